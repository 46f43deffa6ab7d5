"""CloudTrail Lake, for those who have an event data store: AWS counts who really became whom.

The query costs money for what it scans: it is asked only when the command line names the store, and a person confirms
it. A query that was begun is never begun twice. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-lake.html
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from trustview.collect.counted import Counted, join_counted, read_counted, write_counted
from trustview.collect.evidence_source import SourceKind
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.moments import write_moment
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, for_evidence
from trustview.collect.usage_query import (
    COLUMNS,
    Expressions,
    coarse_address,
    coarse_agent,
    principal_of,
    read_rows,
    refused_role,
    rows_of,
    texts,
    write_query,
)

PAGE = 1000
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
CLIENT = "cloudtrail"
_STORE = re.compile(r"[a-f0-9-]{36}")


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The role assumptions in an event data store; CallError when the query was not confirmed, or failed."""
    start, end = reader.moment - timedelta(days=scope.evidence_days), reader.moment
    store, name = await _look_at_store(reader, scope)
    query = write_query(name, EXPRESSIONS, bounds_of(reader.accounts, scope.regions, start, end))
    execution = await _find_or_begin(reader, scope, query, start)
    await _wait(reader, execution)
    lines = await _results(reader, execution)
    heads = [name for name, _ in lines[0]] if lines else COLUMNS
    try:
        calls, seen = read_rows(rows_of(heads, ([value for _, value in line] for line in lines)))
    except (KeyError, ValueError) as error:
        raise CallError(Failure(FailureKind.FAILED, "", f"the answer of Lake cannot be read: {error}")) from error
    is_everywhere = bool(store.get("MultiRegionEnabled"))
    return write_counted(Counted("CloudTrail Lake", calls, seen, is_everywhere=is_everywhere))


async def try_out(reader: Reader, scope: Scope) -> str:
    """That the event data store is there; no query is begun. Of one that is to be deleted AWS gives no results.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteEventDataStore.html
    """
    store, _ = await _look_at_store(reader, scope)
    if store.get("Status") == "PENDING_DELETION":
        raise CallError(Failure(FailureKind.FAILED, "", "the event data store is to be deleted and cannot be asked"))
    return "the event data store is there; a query, which costs money, was not begun"


async def _look_at_store(reader: Reader, scope: Scope) -> tuple[Mapping[str, Any], str]:
    """What AWS says of the event data store, and its id."""
    store = await reader.whole(CLIENT, "GetEventDataStore", "EventDataStoreArn", EventDataStore=scope.evidence.store)
    name = str(store["EventDataStoreArn"]).rpartition("/")[2]
    if not _STORE.fullmatch(name):
        raise CallError(Failure(FailureKind.FAILED, "", f"`{name}` is no id of an event data store"))
    return store, name


async def _find_or_begin(reader: Reader, scope: Scope, query: str, start: datetime) -> str:
    """The id of the query: of the one that an interrupted run began, or of a new one that was confirmed."""
    begun = await reader.notes.get("query")
    if isinstance(begun, dict) and begun.get("query") == query:
        reader.say(f"going on with query {begun['execution']}")
        return str(begun["execution"])
    question = (
        f"CloudTrail Lake scans `{scope.evidence.text}` from {write_moment(start)[:10]} on. How much that is cannot "
        "be told; AWS charges 0.005 USD per GB, as in us-east-1. Run it?"
    )
    if not await reader.consent(question):
        raise CallError(Failure(FailureKind.DENIED, "", "the query was not confirmed: `--yes` confirms it beforehand"))
    execution: str = await reader.get(CLIENT, "StartQuery", "QueryId", QueryStatement=query)
    await reader.notes.put("query", {"query": query, "execution": execution})
    return execution


async def _wait(reader: Reader, execution: str) -> None:
    """Waits until the query is done; CallError when it failed, was cancelled or took too long."""
    pause = FIRST_PAUSE
    while True:
        found = await reader.whole(CLIENT, "DescribeQuery", "QueryStatus", QueryId=execution)
        match found["QueryStatus"]:
            case "FINISHED":
                return
            case "FAILED" | "CANCELLED" | "TIMED_OUT" as state:
                await reader.notes.put("query", None)
                reason = found.get("ErrorMessage") or "AWS gives no reason"
                told = f"query {execution} {state.lower().replace('_', ' ')}: {reason}"
                raise CallError(Failure(FailureKind.FAILED, "", told))
        reader.go_on()
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)


async def _results(reader: Reader, execution: str) -> list[list[tuple[str, str | None]]]:
    """The lines of the answer, each a list of names and values."""
    lines = []
    pages = reader.pages(CLIENT, "GetQueryResults", "QueryStatus", QueryId=execution, MaxQueryResults=PAGE)
    async for page in pages:
        lines += [_line(row) for row in page.get("QueryResultRows") or ()]
    return lines


def _line(row: Sequence[Mapping[str, str]]) -> list[tuple[str, str | None]]:
    """One line; a value that is null comes as an empty text."""
    return [(name, value or None) for cell in row for name, value in cell.items()]


def bounds_of(accounts: Sequence[str], regions: Sequence[str] | None, start: datetime, end: datetime) -> list[str]:
    """SQL conditions for what is asked; the store is partitioned by time."""
    bounds = [f"eventTime >= '{start:%Y-%m-%d %H:%M:%S}'", f"eventTime <= '{end:%Y-%m-%d %H:%M:%S}'"]
    bounds.append(f"recipientAccountId IN ({texts(sorted(accounts))})")
    return bounds if regions is None else [*bounds, f"awsRegion IN ({texts(sorted(regions))})"]


def _asked(name: str) -> str:
    return f"element_at(requestParameters, '{name}')"


def _given(name: str) -> str:
    return f"element_at(responseElements, '{name}')"


_KIND, _SESSION = "userIdentity.type", "userIdentity.sessioncontext"
# Parameters are maps of texts in Lake: what is itself an object, as session tags are, cannot be told.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html
EXPRESSIONS: Expressions = {
    "event_source": "eventSource",
    "call_id": "coalesce(sharedEventID, eventID)",
    "recipient": "recipientAccountId",
    "time": "replace(CAST(eventTime AS varchar), ' ', 'T')",
    "is_read": "coalesce(readOnly, false)",
    "event_name": "eventName",
    "region": "awsRegion",
    "refused": "errorCode",
    "role": f"coalesce({_asked('roleArn')}, {refused_role('errorMessage')})",
    "external_id": _asked("externalId"),
    "mfa_code": f"CASE WHEN {_asked('serialNumber')} IS NOT NULL THEN 'true' END",
    "source_identity": f"coalesce({_asked('sourceIdentity')}, {_given('sourceIdentity')})",
    "tags": "CAST(NULL AS varchar)",
    "principal_tags": "CAST(NULL AS varchar)",
    "caller_type": _KIND,
    "arn": f"coalesce({_SESSION}.sessionissuer.arn, userIdentity.arn)",
    "principal": principal_of("userIdentity.principalid", _KIND),
    "account": "userIdentity.accountid",
    "service": f"CASE WHEN {_KIND} = 'AWSService' THEN userIdentity.invokedby END",
    "provider": f"coalesce({_asked('principalArn')}, userIdentity.identityprovider)",
    "user_name": f"CASE WHEN {_KIND} IN ('SAMLUser', 'WebIdentityUser') THEN userIdentity.username END",
    "subject": _given("subjectFromWebIdentityToken"),
    "session_mfa": f"{_SESSION}.attributes.mfaauthenticated",
    "endpoint": "vpcEndpointId",
    "address": coarse_address("sourceIPAddress"),
    "agent": coarse_agent("userAgent"),
}


LAKE = Service(
    "lake",
    CLIENT,
    Extent.EVIDENCE,
    fetch,
    read_counted,
    join_counted,
    choice=for_evidence(SourceKind.LAKE),
    try_out=try_out,
)
