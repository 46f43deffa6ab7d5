"""Athena (moto's, with queued answers) and CloudTrail Lake: confirmed, waited for, paged, resumed, begun once."""

from __future__ import annotations

import http.client
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.trails import ORGANIZATION, invent_files
from tests.collect.conftest import Shelf
from tests.collect.services.moto_server import ACCOUNT, client, enter, serve_moto
from tests.collect.services.test_trail_bucket import NOON, PLAN, StoppedHereError
from tests.collect.services.test_usage_query import glue, one_by_one
from tests.collect.services.trail_table import run_query
from trustview.collect import Scope, collect, read_source
from trustview.collect.aws import open_aws
from trustview.collect.counted import Counted, read_counted
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.notes import Notes
from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.services import athena, lake
from trustview.collect.trail_table import bounds_of, expressions_of, read_table
from trustview.collect.usage_query import write_query
from trustview.errors import WriteRefusedError

Answer = dict[str, Any]
TABLE = glue(("account", "region", "day"))
STORE = "arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/0123abcd-0123-0123-0123-0123456789ab"
RECORDS = [one for region, day in PLAN.parts for _, found, _ in invent_files(PLAN, region, day) for one in found]


@dataclass(slots=True)
class Asking(Reader):
    """A reader that writes down what is asked, and whose answers may be replaced."""

    asked: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    instead: Callable[[str, Mapping[str, object]], Answer | None] = lambda _operation, _parameters: None
    questions: list[str] = field(default_factory=list)

    async def whole(self, service: str, operation: str, needs: str, **parameters: object) -> Answer:
        self.asked.append((operation, parameters))
        found = self.instead(operation, parameters)
        return found if found is not None else await super(Asking, self).whole(service, operation, needs, **parameters)

    async def pages(self, service: str, operation: str, needs: str, **parameters: object) -> Any:  # noqa: ANN401
        found: Answer | None = None
        while found is None or found.get("NextToken"):
            more = {"NextToken": found["NextToken"]} if found else {}
            found = await self.whole(service, operation, needs, **parameters, **more)
            yield found

    def times(self, operation: str) -> int:
        return sum(asked == operation for asked, _ in self.asked)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in ("athena", "lake"):
        monkeypatch.setattr(f"trustview.collect.services.{service}.FIRST_PAUSE", 0.0)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A table over a bucket with some files."""
    with serve_moto() as at:
        tables = client("glue", at)
        tables.create_database(DatabaseInput={"Name": "security"})
        storage = TABLE["StorageDescriptor"]
        columns = [{**column, "Type": "string"} for column in storage["Columns"]]
        keys = [{**key, "Type": "string"} for key in TABLE["PartitionKeys"]]
        tables.create_table(
            DatabaseName="security",
            TableInput={
                "Name": "trail",
                "StorageDescriptor": {**storage, "Columns": columns},
                "PartitionKeys": keys,
                "Parameters": {},
            },
        )
        client("athena", at).create_work_group(Name="audit", Configuration={})
        s3 = client("s3", at)
        s3.create_bucket(Bucket="org-trail")
        for account in PLAN.account_ids:
            key = f"AWSLogs/{ORGANIZATION}/{account}/CloudTrail/us-east-1/2026/09/02/x.json.gz"
            s3.put_object(Bucket="org-trail", Key=key, Body=b"x" * 1_000_000)
        yield at


@pytest.fixture(autouse=True)
def at_moto(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(address, monkeypatch)


def post(address: str, path: str, value: object) -> None:
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    connection.request("POST", f"/moto-api/{path}", json.dumps(value), {"Content-Type": "application/json"})
    assert connection.getresponse().status in (200, 201)
    connection.close()


def asking(source: str = "athena:audit/security.trail", **given: Any) -> Scope:  # noqa: ANN401
    return Scope(**{"evidence": read_source(source), "evidence_days": 30, **given})


def answer_of(folder: Path) -> list[list[str | None]]:
    """What the engine answers to the query that is sent."""
    start, table = NOON - timedelta(days=30), read_table(TABLE)
    bounds = bounds_of(table, PLAN.account_ids, None, start, NOON)
    return run_query(
        write_query('"security"."trail"', expressions_of(table), bounds), '"security"."trail"', RECORDS, folder
    )


def rows(lines: list[list[str | None]]) -> list[Answer]:
    return [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in line]} for line in lines]


def queue(address: str, lines: list[list[str | None]]) -> None:
    results = {"rows": rows(lines), "column_info": []}
    post(address, "static/athena/query-results", {"account_id": ACCOUNT, "region": "us-east-1", "results": [results]})


async def run(
    fetch: Callable[[Reader, Scope], Awaitable[Answer]],
    scope: Scope,
    *,
    agrees: bool = True,
    **given: Any,  # noqa: ANN401
) -> tuple[Counted, Asking]:
    async with open_aws(scope) as aws:
        reader = Asking(aws, "", "", ACCOUNT, NOON, accounts=PLAN.account_ids, **given)

        async def consent(question: str) -> bool:
            reader.questions.append(question)
            return agrees

        reader.consent = consent
        given.get("kept", []).append(reader)
        part = Part("athena", ACCOUNT, "", "", await fetch(reader, scope))
    return read_counted(part), reader


# ── Athena ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_answer_of_a_query_that_waits_in_a_queue_is_read(address: str, tmp_path: Path) -> None:
    post(address, "state-manager/set-transition", {
        "model_name": "athena::execution", "transition": {"progression": "manual", "times": 2},
    })  # fmt: skip
    queue(address, answer_of(tmp_path))
    try:
        counted, reader = await run(athena.fetch, asking(query_results="s3://answers/"))
    finally:
        post(address, "state-manager/unset-transition", {"model_name": "athena::execution"})
    calls, seen = one_by_one(RECORDS)

    assert (counted.calls, counted.seen) == (calls, seen)
    assert sum(calls.values()) > 30
    assert (counted.source, counted.bucket) == ("athena:audit/security.trail", "org-trail")
    assert reader.times("GetQueryExecution") > 1
    (started,) = [parameters for operation, parameters in reader.asked if operation == "StartQueryExecution"]
    assert started["WorkGroup"] == "audit"
    assert started["ResultConfiguration"] == {"OutputLocation": "s3://answers/"}


async def test_what_it_will_cost_is_said_before(address: str, tmp_path: Path) -> None:
    queue(address, answer_of(tmp_path))
    _, reader = await run(athena.fetch, asking())

    (question,) = reader.questions
    assert "2026-08-04" in question
    assert "It scans 0.0 GB, which costs 0.00 USD at 5 USD per TB" in question
    listed = [operation for operation, _ in reader.asked]
    assert listed.index("ListObjectsV2") < listed.index("StartQueryExecution")


async def test_where_the_bucket_may_not_be_listed_that_is_said(address: str, tmp_path: Path) -> None:
    def refuse(operation: str, _parameters: object) -> Answer | None:
        if operation == "ListObjectsV2":
            raise CallError(Failure(FailureKind.DENIED, "AccessDenied", "`s3:ListObjectsV2` is refused"))
        return None

    queue(address, answer_of(tmp_path))
    _, reader = await run(athena.fetch, asking(), instead=refuse)

    assert "How much it scans cannot be told (`s3:ListObjectsV2` is refused)" in reader.questions[0]


async def test_without_consent_no_query_runs() -> None:
    kept: list[Asking] = []
    with pytest.raises(CallError, match="was not confirmed: `--yes`") as refused:
        await run_keeping(kept, agrees=False)

    assert refused.value.failure.kind is FailureKind.DENIED
    assert kept[0].times("StartQueryExecution") == 0


async def run_keeping(kept: list[Asking], **given: Any) -> Counted:  # noqa: ANN401
    """A run whose reader is kept whatever becomes of it."""

    async def fetch(reader: Reader, scope: Scope) -> Answer:
        assert isinstance(reader, Asking)
        kept.append(reader)
        return await athena.fetch(reader, scope)

    return (await run(fetch, asking(), **given))[0]


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
async def test_a_query_that_failed_says_why_and_the_next_run_begins_anew(
    state: str, address: str, tmp_path: Path
) -> None:
    def fail(operation: str, _parameters: object) -> Answer | None:
        status = {"State": state, "StateChangeReason": "HIVE_BAD_DATA: broken"}
        return {"QueryExecution": {"Status": status}} if operation == "GetQueryExecution" else None

    notes, kept = Notes("run/part/"), list[Asking]()
    queue(address, answer_of(tmp_path))
    with pytest.raises(CallError, match=f"{state.lower()}: HIVE_BAD_DATA: broken"):
        await run_keeping(kept, notes=notes, instead=fail)
    queue(address, answer_of(tmp_path))
    counted = await run_keeping(kept, notes=notes)

    assert counted.calls
    assert [reader.times("StartQueryExecution") for reader in kept] == [1, 1]
    first, second = (next(p for o, p in reader.asked if o == "StartQueryExecution") for reader in kept)
    assert first["ClientRequestToken"] != second["ClientRequestToken"]


async def test_an_interrupted_run_goes_on_with_the_query_that_it_began(address: str, tmp_path: Path) -> None:
    def stop() -> None:
        raise StoppedHereError

    def running(operation: str, _parameters: object) -> Answer | None:
        return {"QueryExecution": {"Status": {"State": "RUNNING"}}} if operation == "GetQueryExecution" else None

    notes, kept = Notes("run/part/"), list[Asking]()
    queue(address, answer_of(tmp_path))
    with pytest.raises(StoppedHereError):
        await run_keeping(kept, notes=notes, instead=running, go_on=stop)
    counted = await run_keeping(kept, notes=notes)

    assert counted.calls == one_by_one(RECORDS)[0]
    assert [reader.times("StartQueryExecution") for reader in kept] == [1, 0]
    assert kept[1].questions == []


async def test_every_page_of_the_answer_is_read(address: str, tmp_path: Path) -> None:
    lines = rows(answer_of(tmp_path))

    def page(operation: str, parameters: Mapping[str, object]) -> Answer | None:
        if operation != "GetQueryResults":
            return None
        at = int(str(parameters.get("NextToken") or 0))
        more = {"NextToken": str(at + 7)} if at + 7 < len(lines) else {}
        return {"ResultSet": {"Rows": lines[at : at + 7]}, **more}

    counted, reader = await run(athena.fetch, asking(), instead=page)

    assert counted.calls == one_by_one(RECORDS)[0]
    assert reader.times("GetQueryResults") == -(-len(lines) // 7)


async def test_a_table_that_is_not_there_is_a_failure(address: str) -> None:
    with pytest.raises(CallError, match="GetTable"):
        await run(athena.fetch, asking("athena:security.nothing"))


async def test_an_answer_of_another_query_is_a_failure(address: str) -> None:
    queue(address, [["a", "b"], ["1", "2"]])
    with pytest.raises(CallError, match="Athena's answer cannot be read: the answer has the columns a, b"):
        await run(athena.fetch, asking())


@pytest.mark.parametrize("agrees", [True, False], ids=["confirmed", "not confirmed"])
async def test_a_whole_run_asks_once_and_puts_the_answer_into_the_snapshot(
    agrees: bool, address: str, tmp_path: Path
) -> None:
    table, name = read_table(TABLE), '"security"."trail"'
    bounds = bounds_of(table, [ACCOUNT], None, NOON - timedelta(days=30), NOON)
    told = [{**one, "recipientAccountId": ACCOUNT} for one in RECORDS]
    query = write_query(name, expressions_of(table), bounds)
    if agrees:
        queue(address, run_query(query, name, told, tmp_path))
    questions: list[str] = []

    async def consent(question: str) -> bool:
        questions.append(question)
        return agrees

    snapshot = await collect(asking(regions=("us-east-1",)), Shelf(), lambda: NOON, consent=consent)
    about = [gap.reason for gap in snapshot.gaps if gap.service in ("athena", "cloudtrail", "lake", "trail-bucket")]

    assert len(questions) == 1
    assert (sum(use.count for use in snapshot.uses) > 0) is agrees
    assert {window.account for window in snapshot.windows} == ({ACCOUNT} if agrees else set())
    assert about == ([] if agrees else ["the query was not confirmed: `--yes` confirms it beforehand"])


# ── Lake ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def lake_answers(
    folder: Path, states: list[str], size: int = 9
) -> Callable[[str, Mapping[str, object]], Answer | None]:
    """An event data store that answers our query, and goes through these states."""
    text = write_query(
        "0123abcd-0123-0123-0123-0123456789ab",
        lake.EXPRESSIONS,
        lake.bounds_of(PLAN.account_ids, None, NOON - timedelta(days=30), NOON),
    )
    heads, *lines = run_query(text, "0123abcd-0123-0123-0123-0123456789ab", RECORDS, folder, is_lake=True)
    told = [[{str(head): cell or ""} for head, cell in zip(heads, line, strict=True)] for line in lines]

    def answer(operation: str, parameters: Mapping[str, object]) -> Answer | None:
        match operation:
            case "GetEventDataStore":
                return {"EventDataStoreArn": STORE, "MultiRegionEnabled": True}
            case "StartQuery":
                assert parameters["QueryStatement"] == text
                return {"QueryId": "one"}
            case "DescribeQuery":
                state = states.pop(0) if len(states) > 1 else states[0]
                return {"QueryStatus": state, "ErrorMessage": "no such column"}
            case "GetQueryResults":
                at = int(str(parameters.get("NextToken") or 0))
                more = {"NextToken": str(at + size)} if at + size < len(told) else {}
                return {"QueryStatus": "FINISHED", "QueryResultRows": told[at : at + size], **more}
        return None

    return answer


async def test_lake_is_asked_in_the_same_way(tmp_path: Path) -> None:
    instead = lake_answers(tmp_path, ["QUEUED", "RUNNING", "FINISHED"])
    counted, reader = await run(lake.fetch, asking(f"lake:{STORE}"), instead=instead)

    assert (counted.calls, counted.seen) == one_by_one(RECORDS)
    assert counted.is_everywhere
    assert "0.005 USD per GB" in reader.questions[0]
    assert reader.times("DescribeQuery") == 3
    assert reader.times("GetQueryResults") > 3


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "TIMED_OUT"])
async def test_a_query_of_lake_that_failed_says_why(state: str, tmp_path: Path) -> None:
    with pytest.raises(CallError, match=f"{state.lower().replace('_', ' ')}: no such column"):
        await run(lake.fetch, asking(f"lake:{STORE}"), instead=lake_answers(tmp_path, [state]))


async def test_an_id_that_is_none_does_not_get_into_the_query(tmp_path: Path) -> None:
    def odd(operation: str, _parameters: object) -> Answer | None:
        return {"EventDataStoreArn": "arn:x/y; DROP"} if operation == "GetEventDataStore" else None

    with pytest.raises(CallError, match="is no id of an event data store"):
        await run(lake.fetch, asking(f"lake:{STORE}"), instead=odd)


async def test_without_consent_lake_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="was not confirmed"):
        await run(lake.fetch, asking(f"lake:{STORE}"), instead=lake_answers(tmp_path, ["FINISHED"]), agrees=False)


# ── what may leave the process ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("source", ["none", "lookup", "s3://org-trail"])
async def test_no_query_leaves_unless_its_source_is_named(source: str) -> None:
    days = 0 if source == "none" else 30
    async with open_aws(asking(source, evidence_days=days)) as aws:
        for service, operation, parameters in (
            ("athena", "StartQueryExecution", {"QueryString": "SELECT 1"}),
            ("cloudtrail", "StartQuery", {"QueryStatement": "SELECT 1"}),
        ):
            with pytest.raises(WriteRefusedError):
                await aws.call("", "", service, operation, parameters, needs="any")


async def test_naming_athena_lets_nothing_else_leave() -> None:
    async with open_aws(asking()) as aws:
        for service, operation, parameters in (
            ("athena", "DeleteWorkGroup", {"WorkGroup": "audit"}),
            ("athena", "StopQueryExecution", {"QueryExecutionId": "one"}),
            ("glue", "DeleteTable", {"DatabaseName": "security", "Name": "trail"}),
            ("s3", "GetObject", {"Bucket": "org-trail", "Key": "any"}),
            ("cloudtrail", "StartQuery", {"QueryStatement": "SELECT 1"}),
        ):
            with pytest.raises(WriteRefusedError):
                await aws.call("", "", service, operation, parameters, needs="any")
