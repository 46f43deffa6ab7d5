"""Tier: how much harm an account can do, from sandbox to management. THE ONE PLACE that tells it.

The settings decide by account id, then by OU; without them a tag of the account, then the names of its OUs from the
account upwards, then its own name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from trustview.analysis.setting import by_name, setting, texts

if TYPE_CHECKING:
    from trustview.snapshot import Account, Organization, Snapshot


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

    @property
    def rank(self) -> int:
        """The order in which trust may flow: security, log and management accounts stand side by side at the top."""
        return min(self, Tier.SECURITY)


@dataclass(frozen=True, slots=True)
class TierRules:
    """How much harm an account can do: sandbox, dev, test, prod, security, log, management."""

    accounts: tuple[tuple[str, Tier], ...] = setting(
        (), "The tier of single accounts; it wins over everything else.", '{ "111122223333" = "prod" }',
        by_name(Tier, of_accounts=True),
    )  # fmt: skip
    units: tuple[tuple[str, Tier], ...] = setting(
        (),
        "The tier of all accounts below an OU, by the names of the OUs from the root on; the OU nearest to the account "
        "wins.",
        '{ "Workloads/Prod" = "prod", "Labs" = "sandbox" }',
        by_name(Tier, of_accounts=False),
    )
    tags: tuple[str, ...] = setting(
        ("tier", "environment", "env", "stage"),
        "Tags of accounts whose value names the tier; letter case does not count.",
        '["environment"]',
        texts,
    )


_WORDS = {
    Tier.SANDBOX: ("sandbox", "sandboxes", "playground", "experiments"),
    Tier.DEV: ("dev", "development", "develop"),
    Tier.TEST: ("test", "testing", "staging", "stage", "qa", "uat", "preprod", "nonprod"),
    Tier.PROD: ("prod", "production", "live"),
    Tier.LOG: ("log", "logs", "logging", "logarchive"),
    Tier.SECURITY: ("security", "audit", "forensics"),
}


def tier_of(snapshot: Snapshot, account_id: str, rules: TierRules = TierRules()) -> Tier:
    """The tier of an account; UNKNOWN for outsiders and where nothing tells."""
    organization = snapshot.organization
    account = snapshot.account(account_id)
    if organization is None or account is None:
        return dict(rules.accounts).get(account_id, Tier.UNKNOWN)
    if account_id == organization.management_account:
        return Tier.MANAGEMENT
    return _told(organization, account, rules) or _guessed(organization, account, rules)


def _told(organization: Organization, account: Account, rules: TierRules) -> Tier:
    """What the settings say of the account, or of the nearest OU above it."""
    found = dict(rules.accounts).get(account.id)
    if found is not None:
        return found
    of_units = {path.strip("/").lower(): tier for path, tier in rules.units}
    names = organization.unit_names(account.id) if of_units else ()
    paths = ("/".join(names[:end]).lower() for end in range(len(names), 0, -1))
    return next((of_units[path] for path in paths if path in of_units), Tier.UNKNOWN)


def _guessed(organization: Organization, account: Account, rules: TierRules) -> Tier:
    """What tags and names say."""
    keys = {key.lower() for key in rules.tags}
    tagged = [value for key, value in account.tags if key.lower() in keys]
    units = reversed(organization.unit_names(account.id))
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
