"""The query that has AWS count role assumptions, in Athena or CloudTrail Lake: one text, one answer. Pure.

The table is scanned once. Copies of a call are joined by its id, what one does not tell is taken from the other, and
calls are counted by what a sighting tells; beside them stand, for each account, Region and day, the first and last
moment of which management events that read are told. A row is read as a record is, by `sighting` alone.
https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from trustview.collect.reduction import widen
from trustview.collect.sighting import ACTIONS, AGENTS, STS, Sighting, sight
from trustview.collect.trail_files import Day, Span

# Services of which every read event is a management event: where one is told of, role assumptions would be too.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
TELLING = (
    STS, "ec2.amazonaws.com", "iam.amazonaws.com", "kms.amazonaws.com", "cloudtrail.amazonaws.com",
    "config.amazonaws.com", "organizations.amazonaws.com", "elasticloadbalancing.amazonaws.com",
    "autoscaling.amazonaws.com", "monitoring.amazonaws.com",
)  # fmt: skip

Expressions = Mapping[str, str]
"""SQL for each thing that the query needs of a record, in the words of one engine."""

# What is asked of a record, by the name of its column in the answer.
FIELDS = (
    "event_name", "region", "refused", "role", "external_id", "mfa_code", "source_identity", "tags", "principal_tags",
    "caller_type", "arn", "principal", "account", "service", "provider", "user_name", "subject", "session_mfa",
    "endpoint", "address", "agent",
)  # fmt: skip
COLUMNS = ("kind", "place", "hour", "first_seen", "last_seen", *FIELDS, "calls")


def write_query(source: str, expressions: Expressions, conditions: Sequence[str]) -> str:
    """The text for a table or event data store, with the conditions that bound what is scanned.

    `expressions` has every field, and beside them `call_id`, `recipient`, `time` and `is_read`.
    """
    fields = ",\n    ".join(f"{expressions[name]} AS {name}" for name in FIELDS)
    maxima = ",\n    ".join(f"max(CASE WHEN kind = 'call' THEN {name} END) AS {name}" for name in FIELDS)
    names = ", ".join(FIELDS)
    is_call = f"(event_source = '{STS}' AND event_name IN ({texts(ACTIONS)}))"
    wanted = [*conditions, f"{expressions['event_source']} IN ({texts(TELLING)})"]
    return f"""\
WITH told AS (
  SELECT
    {expressions["event_source"]} AS event_source,
    {expressions["call_id"]} AS call_id,
    {expressions["recipient"]} AS recipient,
    {expressions["time"]} AS told_at,
    {expressions["is_read"]} AS is_read,
    {fields}
  FROM {source}
  WHERE {(chr(10) + "    AND ").join(wanted)}
),
marked AS (
  SELECT *
  FROM told
  CROSS JOIN UNNEST(CASE WHEN {is_call} THEN ARRAY['call', 'seen'] ELSE ARRAY['seen'] END) AS kinds (kind)
  WHERE {is_call} OR is_read
),
joined AS (
  SELECT
    kind,
    CASE WHEN kind = 'call' THEN call_id ELSE recipient || ' ' || region || ' ' || substr(told_at, 1, 10) END AS id,
    min(told_at) AS first_at,
    max(told_at) AS last_at,
    {maxima}
  FROM marked
  GROUP BY 1, 2
)
SELECT
  kind,
  CASE WHEN kind = 'seen' THEN id END AS place,
  substr(first_at, 1, 13) AS hour,
  min(first_at) AS first_seen,
  max(last_at) AS last_seen,
  {names},
  count(*) AS calls
FROM joined
GROUP BY kind, CASE WHEN kind = 'seen' THEN id END, substr(first_at, 1, 13), {names}"""  # noqa: S608  our own words


def texts(values: Iterable[str]) -> str:
    """Values as SQL texts, with commas between."""
    return ", ".join(f"""'{value.replace("'", "''")}'""" for value in values)


def coarse_address(column: str) -> str:
    """SQL for an address without its last number, so that calls from one network are counted together."""
    return f"coalesce(nullif(regexp_extract({column}, '^[0-9]+\\.[0-9]+\\.[0-9]+\\.'), '') || '0', {column})"


def coarse_agent(column: str) -> str:
    """SQL for the program behind a user agent, as `sighting.agent_family` tells it, or what that makes the same of."""
    named = " ".join(f"WHEN strpos(lower({column}), '{name.lower()}') > 0 THEN '{name}'" for name in AGENTS)
    return f"CASE {named} ELSE split_part(split_part({column}, '/', 1), ' ', 1) END"


def refused_role(column: str) -> str:
    """SQL for the role that the message of a refused call names."""
    return f"nullif(regexp_extract({column}, 'arn:[a-z-]+:iam::[0-9]{{12}}:role/[A-Za-z0-9_+=,.@/-]+'), '')"


def principal_of(column: str, kind: str) -> str:
    """SQL for the unique id of a caller without the name of its session; whole for users of a provider."""
    return f"CASE WHEN {kind} IN ('SAMLUser', 'WebIdentityUser') THEN {column} ELSE split_part({column}, ':', 1) END"


# ── the answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def read_rows(rows: Iterable[Mapping[str, str | None]]) -> tuple[Counter[Sighting], dict[Day, Span]]:
    """The calls, and how far they see; KeyError or ValueError when a row is none of this query."""
    calls: Counter[Sighting] = Counter()
    seen: dict[Day, Span] = {}
    for row in rows:
        if row["kind"] == "seen":
            account, _, rest = str(row["place"]).partition(" ")
            region, _, day = rest.partition(" ")
            first, last = _moment(row["first_seen"]), _moment(row["last_seen"])
            if account and region and day:
                widen(seen, {(account, region, day): (first, last)})
        elif (found := sight(_record(row))) is not None:
            calls[found[1]] += int(row["calls"] or 0)
    return calls, seen


def _moment(text: str | None) -> str:
    return f"{(text or '').replace(' ', 'T')[:19]}Z"


def _record(row: Mapping[str, str | None]) -> dict[str, Any]:
    """A row as the record that it stands for."""
    who = {
        "type": row["caller_type"],
        "arn": row["arn"],
        "principalId": row["principal"],
        "accountId": row["account"],
        "invokedBy": row["service"],
        "userName": row["user_name"],
        "sessionContext": {"attributes": {"mfaAuthenticated": row["session_mfa"]}},
    }
    asked = {
        "roleArn": row["role"],
        "externalId": row["external_id"],
        "serialNumber": row["mfa_code"] or None,
        "sourceIdentity": row["source_identity"],
        "principalArn": row["provider"],
        "tags": _json(row["tags"]),
        "principalTags": _json(row["principal_tags"]),
    }
    return {
        "eventID": "counted",
        "eventSource": STS,
        "eventName": row["event_name"],
        "eventTime": f"{row['hour']}:00:00Z",
        "awsRegion": row["region"],
        "errorCode": row["refused"],
        "userIdentity": who,
        "requestParameters": {name: value for name, value in asked.items() if value},
        "responseElements": {"subjectFromWebIdentityToken": row["subject"]},
        "vpcEndpointId": row["endpoint"],
        "sourceIPAddress": row["address"],
        "userAgent": row["agent"],
    }


def _json(text: str | None) -> Any:  # noqa: ANN401  JSON
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def rows_of(heads: Sequence[str], lines: Iterable[Sequence[str | None]]) -> Iterator[dict[str, str | None]]:
    """Lines of an answer under their heads; ValueError when they are others than were asked for."""
    if tuple(heads) != COLUMNS:
        raise ValueError(f"the answer has the columns {', '.join(heads)}")
    return (dict(zip(COLUMNS, line, strict=True)) for line in lines)
