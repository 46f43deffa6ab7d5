"""Scope: what to read of AWS, as whom, and how gently."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field

from trustview.collect.evidence_source import LOOKUP, NO_EVIDENCE, EvidenceSource, SourceKind
from trustview.errors import UsageError
from trustview.policy import is_account_id

ROLE_NAME = "trustview/TrustviewReader"
EVIDENCE_DAYS = 90
MOST_EVIDENCE_DAYS = 3653

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_ROLE_NAME = re.compile(r"/?(?:[!-.0-~]+/){0,32}[\w+=,.@-]{1,64}", re.ASCII)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/(?:[!-.0-~]+/){0,32}[\w+=,.@-]{1,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_RESULTS = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^\x00-\x1f]*)?", re.ASCII)
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a second that we allow ourselves; a refusal for haste halves the rate of its bucket for a while.

    Organizations is limited low and for the whole organization; CloudTrail's LookupEvents to two a second per account
    and Region. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    S3 bears thousands a second. https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
    """

    organizations: float = 10.0
    lookup_events: float = 2.0
    sts: float = 50.0
    others: float = 10.0
    storage: float = 500.0


@dataclass(frozen=True, slots=True)
class Scope:
    """What to read, as whom, and how gently.

    `accounts` are ids or names, `units` ids or names of OUs (with all below); both empty means every account.
    `regions` None means every enabled one. `role_name` is the role to enter member accounts with, its path before it;
    `via` the ARN of a hub role to become first, from which they are entered. With `has_session_policy` a session can do
    nothing but what is asked here, however much its role may do. `without` names services to leave out, `including`
    those to ask that are not asked otherwise.

    `evidence_days` asks the source `evidence` for role assumptions so many days back (CloudTrail's event history has at
    most 90); 0 does not ask. Of the event history at most `evidence_pages` of 50 events are read for each kind of call
    in each account and Region, the newest; 0 reads all. A source that lies in one place is asked in `evidence_account`
    and `evidence_region`, by default the caller's own; `query_results` is where in S3 Athena puts its answer when its
    workgroup says nothing.

    A part that is at most `max_age_seconds` old is taken from the shelf. `is_fresh` begins anew instead of resuming.
    `concurrency` is the most requests in flight. With `asks_opinion` AWS may be asked what it
    says of a change or an event pattern.
    """

    profile: str = ""
    regions: tuple[str, ...] | None = None
    accounts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    role_name: str = ROLE_NAME
    external_id: str = ""
    session_name: str = "trustview"
    via: str = ""
    has_session_policy: bool = True
    without: tuple[str, ...] = ()
    including: tuple[str, ...] = ()
    evidence_days: int = 0
    evidence: EvidenceSource = LOOKUP
    evidence_pages: int = 0
    evidence_account: str = ""
    evidence_region: str = ""
    query_results: str = ""
    max_age_seconds: int = 0
    is_fresh: bool = False
    concurrency: int = 64
    asks_opinion: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.evidence_days <= self._most_days:
            raise UsageError(
                f"`{self.evidence_days}` days of evidence cannot be had: `{self.evidence.text}` gives at most "
                f"{self._most_days} days"
            )
        if self.evidence_account and not is_account_id(self.evidence_account):
            raise UsageError(f"`{self.evidence_account}` is no account id: give the 12 digits of the source's account")
        if self.query_results and not _RESULTS.fullmatch(self.query_results):
            raise UsageError(f"`{self.query_results}` is no place in S3: give it as `s3://bucket/prefix/`")
        if not _ROLE_NAME.fullmatch(self.role_name):
            raise UsageError(f"`{self.role_name}` is no role name: give it as `path/Name`, for example `{ROLE_NAME}`")
        if self.via and not _ROLE_ARN.fullmatch(self.via):
            raise UsageError(f"`{self.via}` is no ARN of a role: give it as `arn:aws:iam::111122223333:role/Name`")
        if self.external_id and not _EXTERNAL_ID.fullmatch(self.external_id):
            raise UsageError(
                f"`{self.external_id}` is no external id: AWS takes 2 to 1224 letters, digits and any of `+=,.@:/-_`"
            )
        if not _SESSION_NAME.fullmatch(self.session_name):
            raise UsageError(
                f"`{self.session_name}` is no session name: AWS takes 2 to 64 letters, digits and any of `+=,.@-_`"
            )
        if self.concurrency < 1:
            raise UsageError(f"`{self.concurrency}` requests in flight read nothing: give 1 or more")

    @property
    def _most_days(self) -> int:
        return EVIDENCE_DAYS if self.evidence.kind is SourceKind.LOOKUP else MOST_EVIDENCE_DAYS

    def asks(self, kind: SourceKind) -> bool:
        """Whether this kind of source is asked for evidence."""
        return self.evidence_days > 0 and self.evidence.kind is kind

    def source_in(self, account: str, own: str) -> EvidenceSource:
        """The source of evidence that is asked in an account, given the caller's own; none when it lies elsewhere."""
        is_there = self.evidence_days > 0 and account == (self.evidence_account or own)
        return self.evidence if is_there else NO_EVIDENCE

    def fingerprint(self, caller: str, endpoint: str) -> str:
        """A text that is equal for two runs that ask the same questions as the same caller of the same AWS."""
        asked = [
            None if self.regions is None else sorted(self.regions), sorted(self.accounts), sorted(self.units),
            self.role_name.strip("/"), self.external_id, self.evidence_days, sorted(self.without),
            sorted(self.including), self.evidence.text, self.evidence_pages, self.evidence_account,
            self.evidence_region, caller, endpoint,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
