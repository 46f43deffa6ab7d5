"""Scope: what to read of AWS, as whom, and how gently."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from trustview.errors import UsageError

ROLE_NAME = "trustview/TrustviewReader"
EVIDENCE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a second that we allow ourselves; a refusal for haste halves the rate of its bucket for a while.

    Organizations is limited low and for the whole organization; CloudTrail's LookupEvents to two a second per account
    and Region. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """

    organizations: float = 10.0
    lookup_events: float = 2.0
    sts: float = 50.0
    others: float = 10.0


@dataclass(frozen=True, slots=True)
class Scope:
    """What to read, as whom, and how gently.

    `accounts` are ids or names, `units` ids or names of OUs (with all below); both empty means every account.
    `regions` None means every enabled one. `role_name` is the role to enter member accounts with, its path before it.
    `evidence_days` asks CloudTrail for role assumptions, at most 90 days back; 0 does not ask. A part that is at most
    `max_age_seconds` old is taken from the shelf. `is_fresh` begins anew instead of resuming. `concurrency` is the most
    requests in flight.
    """

    profile: str = ""
    regions: tuple[str, ...] | None = None
    accounts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    role_name: str = ROLE_NAME
    external_id: str = ""
    session_name: str = "trustview"
    evidence_days: int = 0
    has_account_tags: bool = True
    max_age_seconds: int = 0
    is_fresh: bool = False
    concurrency: int = 64
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.evidence_days <= EVIDENCE_DAYS:
            raise UsageError(
                f"`{self.evidence_days}` days of evidence cannot be had: CloudTrail keeps {EVIDENCE_DAYS} days"
            )
        if not self.role_name.strip("/"):
            raise UsageError(f"`{self.role_name}` is no role name: give it as `path/Name`, for example `{ROLE_NAME}`")
        if self.concurrency < 1:
            raise UsageError(f"`{self.concurrency}` requests in flight read nothing: give 1 or more")

    def fingerprint(self, caller: str, endpoint: str) -> str:
        """A text that is equal for two runs that ask the same questions as the same caller of the same AWS."""
        asked = [
            None if self.regions is None else sorted(self.regions), sorted(self.accounts), sorted(self.units),
            self.role_name.strip("/"), self.external_id, self.evidence_days, self.has_account_tags, caller, endpoint,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
