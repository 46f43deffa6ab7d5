"""EvidenceSource: where to learn who really became whom, as the command line names it. Pure.

`lookup` asks CloudTrail's event history, `s3://BUCKET/PREFIX` reads the files of a trail, `athena:DATABASE.TABLE` and
`lake:STORE` have AWS count them. The last two start queries that cost money: they are asked only when they are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from trustview.errors import UsageError

DEFAULT_WORKGROUP = "primary"


class SourceKind(StrEnum):
    """The kinds of sources; none asks nothing."""

    NONE = "none"
    LOOKUP = "lookup"
    BUCKET = "s3"
    ATHENA = "athena"
    LAKE = "lake"


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """A source; `text` is how it was named.

    `bucket` and `prefix` belong to S3; `workgroup`, `database` and `table` to Athena; `store` is the id or ARN of an
    event data store of CloudTrail Lake.
    """

    kind: SourceKind
    text: str
    bucket: str = ""
    prefix: str = ""
    workgroup: str = ""
    database: str = ""
    table: str = ""
    store: str = ""

    @property
    def is_none(self) -> bool:
        """Whether nothing is asked."""
        return self.kind is SourceKind.NONE

    @property
    def is_paid(self) -> bool:
        """Whether asking starts a query that AWS charges for."""
        return self.kind in (SourceKind.ATHENA, SourceKind.LAKE)


NO_EVIDENCE = EvidenceSource(SourceKind.NONE, "none")
LOOKUP = EvidenceSource(SourceKind.LOOKUP, "lookup")

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.ASCII)
# https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
_TABLE = re.compile(r"athena:(?:([\w.-]{1,128})/)?([a-z0-9_]{1,255})\.([a-z0-9_]{1,255})", re.ASCII)
_STORE = re.compile(r"lake:((?:arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:\d{12}:eventdatastore/)?[a-f0-9-]{36})", re.ASCII)


def read_source(text: str) -> EvidenceSource:
    """The source that a text names; UsageError when it names none."""
    if text in (NO_EVIDENCE.text, LOOKUP.text):
        return LOOKUP if text == LOOKUP.text else NO_EVIDENCE
    if found := _BUCKET.fullmatch(text):
        return EvidenceSource(SourceKind.BUCKET, text, bucket=found[1], prefix=(found[2] or "").strip("/"))
    if found := _TABLE.fullmatch(text):
        workgroup = found[1] or DEFAULT_WORKGROUP
        return EvidenceSource(SourceKind.ATHENA, text, workgroup=workgroup, database=found[2], table=found[3])
    if found := _STORE.fullmatch(text):
        return EvidenceSource(SourceKind.LAKE, text, store=found[1])
    raise UsageError(
        f"`{text}` is no source of evidence: give `lookup`, `s3://BUCKET/PREFIX`, `athena:[WORKGROUP/]DATABASE.TABLE`, "
        "`lake:EVENT-DATA-STORE` or `none`"
    )
