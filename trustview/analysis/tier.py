"""Tier: how much harm an account can do, from sandbox to management. THE ONE PLACE that tells it.

A tag `tier` or `environment` of the account decides, then the names of its OUs from the account upwards, then its own.
"""

from __future__ import annotations

import re
from enum import IntEnum

from trustview.snapshot import Snapshot


class Tier(IntEnum):
    """Tiers in order; UNKNOWN compares with nothing that matters."""

    UNKNOWN = 0
    SANDBOX = 1
    DEV = 2
    TEST = 3
    PROD = 4
    SECURITY = 5
    LOG = 6
    MANAGEMENT = 7

    @property
    def is_sensitive(self) -> bool:
        """Whether whoever holds it holds the organization: management, security and log accounts."""
        return self >= Tier.SECURITY


_WORDS = {
    Tier.SANDBOX: ("sandbox", "sandboxes", "playground", "experiments"),
    Tier.DEV: ("dev", "development", "develop"),
    Tier.TEST: ("test", "testing", "staging", "stage", "qa", "uat", "preprod", "nonprod"),
    Tier.PROD: ("prod", "production", "live"),
    Tier.LOG: ("log", "logs", "logging", "logarchive"),
    Tier.SECURITY: ("security", "audit", "forensics"),
}
_TAGS = ("tier", "environment", "env", "stage")


def tier_of(snapshot: Snapshot, account_id: str) -> Tier:
    """The tier of an account; UNKNOWN for outsiders and where nothing tells."""
    organization = snapshot.organization
    account = snapshot.account(account_id)
    if organization is None or account is None:
        return Tier.UNKNOWN
    if account_id == organization.management_account:
        return Tier.MANAGEMENT
    tagged = [value for key, value in account.tags if key.lower() in _TAGS]
    units = reversed(organization.unit_names(account_id))
    # A log account commonly stands in the security OU: its own name is the finer answer there.
    for text in (*tagged, *units, account.name):
        tier = _read(text)
        if tier is Tier.SECURITY and _read(account.name) is Tier.LOG:
            return Tier.LOG
        if tier is not Tier.UNKNOWN:
            return tier
    return Tier.UNKNOWN


def _read(text: str) -> Tier:
    words = set(re.split(r"[^a-z0-9]+", text.lower()))
    return next((tier for tier, names in _WORDS.items() if words & set(names)), Tier.UNKNOWN)
