"""Athena over the table of a trail: AWS counts who really became whom, in organizations too large to download.

The query costs money, and Athena writes its answer to a bucket of the user's: it is asked only when the command line
names the table, what it will cost is told first, and a person confirms it. A query that was begun is never begun twice:
an interrupted run goes on with it. https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from trustview.collect.counted import Counted, join_counted, read_counted, write_counted
from trustview.collect.evidence_source import SourceKind
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.moments import write_moment
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, for_evidence
from trustview.collect.services.trail_bucket import estimate_bytes
from trustview.collect.trail_table import Table, bounds_of, expressions_of, read_table
from trustview.collect.usage_query import COLUMNS, read_rows, rows_of, write_query

PAGE = 1000
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
DOLLARS_PER_TERABYTE = 5.0
CLIENT = "athena"


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The role assumptions that a table tells of; CallError when the query was not confirmed, or failed."""
    source = scope.evidence
    start = reader.moment - timedelta(days=scope.evidence_days)
    table, bounds = await _look_at_table(reader, scope, start)
    name = f'"{source.database}"."{source.table}"'
    query = write_query(name, expressions_of(table), bounds)
    execution = await _find_or_begin(reader, scope, table, query, start)
    await _wait(reader, execution)
    heads, lines = await _results(reader, execution)
    try:
        calls, seen = read_rows(rows_of(heads, lines))
    except (KeyError, ValueError) as error:
        raise CallError(Failure(FailureKind.FAILED, "", f"Athena's answer cannot be read: {error}")) from error
    return write_counted(Counted(source.text, calls, seen, bucket=table.bucket))


async def try_out(reader: Reader, scope: Scope) -> str:
    """That the table is there and can be asked, and whether its files can be measured; no query is begun."""
    table, _ = await _look_at_table(reader, scope, reader.moment - timedelta(days=scope.evidence_days))
    told = "the table can be asked; a query, which costs money, was not begun"
    try:
        await reader.whole("s3", "ListObjectsV2", "KeyCount", Bucket=table.bucket, Prefix=table.prefix, MaxKeys=1)
    except CallError as error:
        return f"{told}, and how much it scans cannot be told ({error.failure.reason})"
    return told


async def _look_at_table(reader: Reader, scope: Scope, start: datetime) -> tuple[Table, list[str]]:
    """The table, and what bounds the query over it; CallError when it is not there or cannot be asked."""
    source = scope.evidence
    raw = await reader.get("glue", "GetTable", "Table", DatabaseName=source.database, Name=source.table)
    try:
        table = read_table(raw)
        return table, bounds_of(table, reader.accounts, scope.regions, start, reader.moment)
    except ValueError as error:
        raise CallError(Failure(FailureKind.DENIED, "", f"`{source.text}` cannot be asked: {error}")) from error


async def _find_or_begin(reader: Reader, scope: Scope, table: Table, query: str, start: datetime) -> str:
    """The id of the query: of the one that an interrupted run began, or of a new one that was confirmed."""
    noted = await reader.notes.get("query")
    begun: Mapping[str, Any] = noted if isinstance(noted, dict) else {}
    if begun.get("query") == query and begun.get("execution"):
        reader.say(f"going on with query {begun['execution']}")
        return str(begun["execution"])
    if not await reader.consent(await _question(reader, scope, table, start)):
        raise CallError(Failure(FailureKind.DENIED, "", "the query was not confirmed: `--yes` confirms it beforehand"))
    # A retry after a lost answer must not begin a second query; one after a failure must.
    asked = f"{query}\0{reader.notes.prefix}\0{write_moment(reader.moment)}\0{begun.get('execution_before', '')}"
    token = blake2b(asked.encode(), digest_size=32).hexdigest()
    results = {"ResultConfiguration": {"OutputLocation": scope.query_results}} if scope.query_results else {}
    execution: str = await reader.get(
        CLIENT, "StartQueryExecution", "QueryExecutionId",
        QueryString=query,
        ClientRequestToken=token,
        QueryExecutionContext={"Database": scope.evidence.database},
        WorkGroup=scope.evidence.workgroup,
        **results,
    )  # fmt: skip
    await reader.notes.put("query", {"query": query, "execution": execution})
    return execution


async def _question(reader: Reader, scope: Scope, table: Table, start: datetime) -> str:
    """What a person has to know before the query runs."""
    where = scope.query_results or f"where workgroup `{scope.evidence.workgroup}` says"
    whole = f"Athena scans `{scope.evidence.text}` from {write_moment(start)[:10]} on and writes its answer {where}"
    price = f"{DOLLARS_PER_TERABYTE:.0f} USD per TB, as in us-east-1"
    try:
        size, is_whole = await estimate_bytes(reader, scope, table.bucket, table.prefix, start)
    except CallError as error:
        return f"{whole}. How much it scans cannot be told ({error.failure.reason}); AWS charges {price}. Run it?"
    about = "" if is_whole else "about "
    cost = size / 1e12 * DOLLARS_PER_TERABYTE
    return f"{whole}. It scans {about}{size / 1e9:,.1f} GB, which costs {about}{cost:,.2f} USD at {price}. Run it?"


async def _wait(reader: Reader, execution: str) -> None:
    """Waits until the query is done; CallError when it failed or was cancelled."""
    pause = FIRST_PAUSE
    while True:
        found = await reader.get(CLIENT, "GetQueryExecution", "QueryExecution", QueryExecutionId=execution)
        status: Mapping[str, Any] = found.get("Status") or {}
        match status.get("State"):
            case "SUCCEEDED":
                return
            case "FAILED" | "CANCELLED" as state:
                await reader.notes.put("query", {"execution_before": execution})
                reason = status.get("StateChangeReason") or "Athena gives no reason"
                raise CallError(Failure(FailureKind.FAILED, "", f"query {execution} {state.lower()}: {reason}"))
        reader.go_on()
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)


async def _results(reader: Reader, execution: str) -> tuple[list[str], list[list[str | None]]]:
    """The heads and the lines of the answer, from all pages."""
    lines: list[list[str | None]] = []
    async for page in _pages(reader, execution):
        lines += [[cell.get("VarCharValue") for cell in row.get("Data") or ()] for row in page.get("Rows") or ()]
    if not lines:
        return list(COLUMNS), []
    return [str(head) for head in lines[0]], lines[1:]


async def _pages(reader: Reader, execution: str) -> AsyncIterator[Mapping[str, Any]]:
    pages = reader.pages(CLIENT, "GetQueryResults", "ResultSet", QueryExecutionId=execution, MaxResults=PAGE)
    async for page in pages:
        yield page["ResultSet"]


ATHENA = Service(
    "athena",
    CLIENT,
    Extent.EVIDENCE,
    fetch,
    read_counted,
    join_counted,
    choice=for_evidence(SourceKind.ATHENA),
    try_out=try_out,
)
