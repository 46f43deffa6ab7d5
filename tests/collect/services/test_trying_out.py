"""What the doctor says of a source of evidence that is named: moto's, over HTTP; Lake's answers are ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.trails import write_trail
from tests.collect.services.moto_server import ACCOUNT, client, enter, serve_moto
from tests.collect.services.test_queries import STORE, Asking
from tests.collect.services.test_trail_bucket import NOON, PLAN
from tests.collect.services.test_usage_query import glue
from trustview.collect import Diagnosis, Limits, Scope, doctor, read_source
from trustview.collect.aws import open_aws
from trustview.collect.failure import CallError
from trustview.collect.services import lake

FAST = Limits(organizations=10_000, sts=10_000, others=10_000)
LEFT_OUT = (
    "access-analyzer", "cognito-identity", "eks", "events", "iam-organizations-features", "identity-center",
    "organizations-tags", "roles-anywhere", "trails",
)  # fmt: skip
LATELY = datetime.now(UTC) - timedelta(days=10)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bucket with files of our own account, one with a file that is none, and tables over the first."""
    folder = tmp_path_factory.mktemp("trail")
    for region, day in PLAN.parts[:1]:
        write_trail(folder, PLAN, region, day)
    with serve_moto() as at:
        s3 = client("s3", at)
        for bucket in ("tried-ours", "tried-damaged", "tried-empty"):
            s3.create_bucket(Bucket=bucket)
        path = next(iter(sorted(folder.rglob("*.gz"))))
        place = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{LATELY:%Y/%m/%d}/x.json.gz"
        s3.put_object(Bucket="tried-ours", Key="AWSLogs/111111111111/Config/us-east-1/x", Body=b"{}")
        s3.put_object(Bucket="tried-ours", Key=place, Body=path.read_bytes())
        s3.put_object(Bucket="tried-damaged", Key=place, Body=b"no gzip")
        client("athena", at).create_work_group(Name="tried", Configuration={})
        tables = client("glue", at)
        tables.create_database(DatabaseInput={"Name": "tried_tables"})
        for name, bucket, days in (
            ("trail", "tried-ours", True),
            ("elsewhere", "tried-gone", True),
            ("flat", "tried-ours", False),
        ):
            raw = glue(("account", "region", "day")) if days else glue(("region",))
            storage = raw["StorageDescriptor"] | {"Location": f"s3://{bucket}/AWSLogs"}
            columns = [{**column, "Type": "string"} for column in storage["Columns"]]
            keys = [{**key, "Type": "string"} for key in raw["PartitionKeys"]]
            given = {"StorageDescriptor": {**storage, "Columns": columns}, "PartitionKeys": keys, "Parameters": {}}
            tables.create_table(DatabaseName="tried_tables", TableInput={"Name": name, **given})
        yield at


@pytest.fixture(autouse=True)
def at_moto(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(address, monkeypatch)


async def examined(source: str, **given: Any) -> list[Diagnosis]:  # noqa: ANN401
    scope = Scope(**{
        "evidence": read_source(source), "evidence_days": 30, "regions": ("us-east-1",), "without": LEFT_OUT,
        "limits": FAST, **given,
    })  # fmt: skip
    found = await doctor.examine(scope)
    return [one for one in found if one.what.startswith("evidence")]


async def test_without_a_source_nothing_is_said_of_one() -> None:
    assert await examined("none") == []


async def test_of_a_bucket_one_file_is_read_and_named() -> None:
    (told,) = await examined("s3://tried-ours")

    assert told.is_ok
    assert told.what == "evidence: s3://tried-ours"
    assert told.detail.startswith(f"can be listed, and a file in it read: `AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/")


@pytest.mark.parametrize(
    ("source", "given", "reason"),
    [
        ("s3://tried-gone", {}, "NoSuchBucket"),
        (
            "s3://tried-empty",
            {},
            "`s3://tried-empty` holds no files of a trail of the accounts and Regions that are asked for",
        ),
        ("s3://tried-ours/elsewhere", {}, "holds no files of a trail"),
        ("s3://tried-ours", {"evidence_days": 1}, "holds no files of a trail"),
        ("s3://tried-ours", {"regions": ("eu-west-1",)}, "holds no files of a trail"),
        ("s3://tried-damaged", {}, f"`AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/"),
        ("athena:tried/tried_tables.gone", {}, "EntityNotFoundException"),
        ("athena:tried/tried_tables.flat", {}, "cannot be asked: "),
    ],
)
async def test_what_cannot_be_read_is_told_with_what_to_do(source: str, given: dict[str, Any], reason: str) -> None:
    (told,) = await examined(source, **given)

    assert not told.is_ok
    assert reason in told.detail
    assert f"allow what `trustview iam-policy --evidence {source}` says" in told.to_do


async def test_of_a_table_no_query_is_begun(address: str) -> None:
    (told,) = await examined("athena:tried/tried_tables.trail")

    assert told.is_ok
    assert told.detail == "the table can be asked; a query, which costs money, was not begun"
    assert client("athena", address).list_query_executions(WorkGroup="tried")["QueryExecutionIds"] == []


async def test_a_table_whose_files_cannot_be_listed_can_be_asked_all_the_same() -> None:
    (told,) = await examined("athena:tried/tried_tables.elsewhere")

    assert told.is_ok
    assert "how much it scans cannot be told" in told.detail


@pytest.mark.parametrize(
    ("status", "is_ok"), [("ENABLED", True), ("STOPPED_INGESTION", True), ("PENDING_DELETION", False)]
)
async def test_an_event_data_store_is_looked_at_and_not_asked(status: str, is_ok: bool) -> None:
    scope = Scope(evidence=read_source(f"lake:{STORE}"), evidence_days=30)
    answer = {"EventDataStoreArn": STORE, "MultiRegionEnabled": True, "Status": status}
    async with open_aws(scope) as aws:
        reader = Asking(aws, "", "", ACCOUNT, NOON, instead=lambda _operation, _parameters: answer)
        if is_ok:
            assert await lake.try_out(reader, scope) == (
                "the event data store is there; a query, which costs money, was not begun"
            )
        else:
            with pytest.raises(CallError, match="is to be deleted"):
                await lake.try_out(reader, scope)
    assert [operation for operation, _ in reader.asked] == ["GetEventDataStore"]
