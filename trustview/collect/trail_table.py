"""Table: how a table of a trail is laid out, and what bounds a query to accounts, Regions and days. Pure.

Both layouts that AWS documents are known, with partition projection and without: a key for the account, one for the
Region, and one for the day or for year, month and day.
https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-org-wide-trail.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustview.collect.usage_query import (
    Expressions,
    coarse_address,
    coarse_agent,
    principal_of,
    refused_role,
    texts,
)

ACCOUNT_KEYS = ("account", "accountid", "account_id", "aws_account_id", "recipientaccount")
REGION_KEYS = ("region", "awsregion", "aws_region")
DAY_KEYS = ("day", "date", "timestamp", "dt", "eventdate", "event_date", "partition_date")
NEEDED = ("useridentity", "eventtime", "eventsource", "eventname", "requestparameters", "recipientaccountid")
_PLACE = re.compile(r"s3://([^/]+)/(.*)")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, its partition keys, its parameters, and the bucket and prefix that its files lie under."""

    columns: frozenset[str]
    keys: tuple[str, ...]
    parameters: Mapping[str, str]
    bucket: str
    prefix: str


def read_table(raw: Mapping[str, Any]) -> Table:
    """The table that Glue describes; ValueError when it is none of a trail."""
    storage: Mapping[str, Any] = raw.get("StorageDescriptor") or {}
    columns = frozenset(str(column["Name"]).lower() for column in storage.get("Columns") or ())
    parameters = {str(name): str(value) for name, value in (raw.get("Parameters") or {}).items()}
    place = parameters.get("storage.location.template") or str(storage.get("Location") or "")
    found = _PLACE.match(place.partition("${")[0])
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise ValueError(f"it has no column `{missing[0]}`: is it a table of CloudTrail?")
    keys = tuple(str(key["Name"]).lower() for key in raw.get("PartitionKeys") or ())
    return Table(columns, keys, parameters, found[1] if found else "", found[2].strip("/") if found else "")


def bounds_of(
    table: Table, accounts: Sequence[str], regions: Sequence[str] | None, start: datetime, end: datetime
) -> list[str]:
    """SQL conditions for what is asked, by partition; ValueError where the days cannot be bounded so."""
    bounds = [f"{_name(key)} IN ({texts(sorted(accounts))})" for key in table.keys if key in ACCOUNT_KEYS]
    for key in table.keys:
        if key in REGION_KEYS and regions is not None:
            bounds.append(f"{_name(key)} IN ({texts(sorted(regions))})")
        elif key in REGION_KEYS and table.parameters.get(f"projection.{key}.type") == "injected":
            raise ValueError(f"its partitions by `{key}` are injected: name the Regions with --region")
    bounds += _days(table, start, end)
    if not any(key in ACCOUNT_KEYS for key in table.keys):
        bounds.append(f"recipientaccountid IN ({texts(sorted(accounts))})")
    if regions is not None and not any(key in REGION_KEYS for key in table.keys):
        bounds.append(f"awsregion IN ({texts(sorted(regions))})")
    return [*bounds, f"eventtime >= '{start:%Y-%m-%dT%H:%M:%SZ}'", f"eventtime <= '{end:%Y-%m-%dT%H:%M:%SZ}'"]


def _days(table: Table, start: datetime, end: datetime) -> list[str]:
    if {"year", "month", "day"} <= set(table.keys):
        day = '"year" || lpad("month", 2, \'0\') || lpad("day", 2, \'0\')'
        years = texts(str(year) for year in range(start.year, end.year + 1))
        return [f'"year" IN ({years})', f"{day} BETWEEN '{start:%Y%m%d}' AND '{end:%Y%m%d}'"]
    for key in table.keys:
        is_date = table.parameters.get(f"projection.{key}.type") == "date"
        if is_date or key in DAY_KEYS:
            form = _form(table.parameters.get(f"projection.{key}.format", "yyyy/MM/dd"))
            first, last = (texts([moment.strftime(form)]) for moment in (start, end))
            return [f"{_name(key)} BETWEEN {first} AND {last}"]
    raise ValueError("it has no partitions by day, and a query would scan all of the trail: partition it as AWS shows")


def _form(java: str) -> str:
    """The form of a day in Python's words; ValueError when days of that form do not sort as they follow."""
    form = java.replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")
    if re.search(r"[A-Za-z]", re.sub(r"%[Ymd]", "", form)) or re.sub(r"[^Ymd]", "", form) != "Ymd":
        raise ValueError(f"the form `{java}` of its days is not known: use yyyy/MM/dd")
    return form


def _name(key: str) -> str:
    """A name in SQL, whatever stands in it: who may write the table does not write the query."""
    return '"' + key.replace('"', '""') + '"'


def expressions_of(table: Table) -> Expressions:
    """SQL for what the query needs of a record; what the table does not hold is null."""
    nothing = "CAST(NULL AS varchar)"

    def column(name: str) -> str:
        return name if name in table.columns else nothing

    def asked(name: str) -> str:
        return f"json_extract_scalar(requestparameters, '$.{name}')"

    def given(name: str) -> str:
        return f"json_extract_scalar(responseelements, '$.{name}')" if "responseelements" in table.columns else nothing

    def object_asked(name: str) -> str:
        return f"json_format(json_extract(requestparameters, '$.{name}'))"

    kind, who = "useridentity.type", "useridentity.sessioncontext"
    return {
        "event_source": "eventsource",
        "call_id": f"coalesce({column('sharedeventid')}, {column('eventid')})",
        "recipient": "recipientaccountid",
        "time": "eventtime",
        "is_read": f"coalesce({column('readonly')} = 'true', false)",
        "event_name": "eventname",
        "region": "awsregion",
        "refused": column("errorcode"),
        "role": f"coalesce({asked('roleArn')}, {refused_role(column('errormessage'))})",
        "external_id": asked("externalId"),
        "mfa_code": f"CASE WHEN {asked('serialNumber')} IS NOT NULL THEN 'true' END",
        "source_identity": f"coalesce({asked('sourceIdentity')}, {given('sourceIdentity')})",
        "tags": object_asked("tags"),
        "principal_tags": object_asked("principalTags"),
        "caller_type": kind,
        "arn": f"coalesce({who}.sessionissuer.arn, useridentity.arn)",
        "principal": principal_of("useridentity.principalid", kind),
        "account": "useridentity.accountid",
        "service": f"CASE WHEN {kind} = 'AWSService' THEN useridentity.invokedby END",
        "provider": asked("principalArn"),
        "user_name": f"CASE WHEN {kind} IN ('SAMLUser', 'WebIdentityUser') THEN useridentity.username END",
        "subject": given("subjectFromWebIdentityToken"),
        "session_mfa": f"{who}.attributes.mfaauthenticated",
        "endpoint": column("vpcendpointid"),
        "address": coarse_address("sourceipaddress"),
        "agent": coarse_agent("useragent"),
    }
