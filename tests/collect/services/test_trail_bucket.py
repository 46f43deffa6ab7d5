"""The files of a trail in S3, over HTTP from moto: only what is wanted is asked, and nothing is lost or read twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.trails import FIRST_DAY, ORGANIZATION, Plan, write_trail
from tests.collect.conftest import Shelf
from tests.collect.services.moto_server import ACCOUNT, client, enter, serve_moto
from tests.collect.services.test_cloudtrail import SESSION, record
from tests.collect.test_trail_files import trail
from trustview.collect import Scope, batches, collect, read_source
from trustview.collect.aws import open_aws
from trustview.collect.counted import Counted, read_counted, windows_in
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.notes import Notes
from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.reduction import Reduction
from trustview.collect.services.trail_bucket import fetch
from trustview.errors import WriteRefusedError
from trustview.snapshot import EventBus, Snapshot, Trail

BUCKET = "org-trail"
PLAN = Plan(1200, accounts=3, regions=2, days=2)
NOON = datetime.combine(FIRST_DAY + timedelta(days=2), datetime.min.time(), UTC)
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trail")
    for region, day in PLAN.parts:
        write_trail(path, PLAN, region, day)
    return path


@pytest.fixture(scope="module")
def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.gz"))


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The trail in a bucket, under a prefix and at its top."""
    with serve_moto() as at:
        s3 = client("s3", at)
        for bucket in (BUCKET, "one-account"):
            s3.create_bucket(Bucket=bucket)
        for path in folder.rglob("*.gz"):
            s3.put_object(Bucket=BUCKET, Key=f"logs/org/{path.relative_to(folder)}", Body=path.read_bytes())
        yield at


@pytest.fixture(autouse=True)
def at_moto(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(address, monkeypatch)
    monkeypatch.setattr(batches, "BATCH_FILES", 16)


@dataclass(slots=True)
class Watched(Reader):
    """A reader that writes down what is asked, and fails where it is told to."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    fail: Callable[[str], Failure | None] = lambda _key: None

    async def whole(self, service: str, operation: str, needs: str, **parameters: object) -> Answer:
        key = str(parameters.get("Key") or parameters.get("Prefix"))
        self.asked.append((operation, key))
        if operation == "GetObject" and (failure := self.fail(key)):
            raise CallError(failure)
        return await super(Watched, self).whole(service, operation, needs, **parameters)

    @property
    def got(self) -> list[str]:
        return [key for operation, key in self.asked if operation == "GetObject"]


def asking(source: str = f"s3://{BUCKET}/logs/org", **given: Any) -> Scope:  # noqa: ANN401
    return Scope(**{"evidence": read_source(source), "evidence_days": 90, **given})


async def read(
    scope: Scope,
    accounts: tuple[str, ...] = PLAN.account_ids,
    **given: Any,  # noqa: ANN401
) -> tuple[Counted, Watched]:
    async with open_aws(scope) as aws:
        reader = Watched(aws, "", "", ACCOUNT, NOON, accounts=accounts, **given)
        part = Part("trail-bucket", ACCOUNT, "", "", await fetch(reader, scope))
    return read_counted(part), reader


def on_disk(folder: Path, *parts: str) -> Counted:
    """What the same files give when they lie on disk."""
    found = Reduction()
    for path in sorted(folder.rglob("*.gz")):
        if all(f"/{part}/" in str(path) for part in parts):
            found.add(str(path), path.read_bytes())
    return Counted("", sum(map(Counter, found.reduced().calls), Counter()), found.seen)


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_bucket_gives_what_the_same_files_give_on_disk(folder: Path, names: list[str]) -> None:
    counted, reader = await read(asking())
    expected = on_disk(folder)

    assert counted.calls == expected.calls
    assert sum(counted.calls.values()) > 40
    assert counted.seen == expected.seen
    assert reader.lacks == []
    assert len(reader.got) == len(set(reader.got)) == len(names)


async def test_only_accounts_regions_and_days_that_are_wanted_are_asked(names: list[str]) -> None:
    account, region = PLAN.account_ids[1], "eu-west-1"
    scope = asking(regions=(region,), evidence_days=1)
    counted, reader = await read(scope, accounts=(account,))
    listed = [key for operation, key in reader.asked if operation == "ListObjectsV2"]

    assert {day for _, _, day in counted.seen} == {"2026-09-02"}
    assert all(f"/{account}/CloudTrail/{region}/2026/09/02/" in key for key in reader.got)
    assert len(reader.got) == sum(f"/{account}/CloudTrail/{region}/2026/09/02/" in name for name in names)
    assert not [key for key in listed if re.search(r"/\d{12}/", key) and account not in key]


@pytest.mark.parametrize("prefix", ["logs/org/AWSLogs", f"logs/org/AWSLogs/{ORGANIZATION}", "logs/org/"])
async def test_a_prefix_may_end_at_any_of_the_folders_above_the_accounts(prefix: str) -> None:
    counted, _ = await read(asking(f"s3://{BUCKET}/{prefix}", regions=("us-east-1",), evidence_days=1))

    assert {account for account, _, _ in counted.seen} == set(PLAN.account_ids)


async def test_a_bucket_without_files_of_what_is_wanted_says_so() -> None:
    with pytest.raises(CallError, match="holds no files of a trail"):
        await read(asking("s3://one-account"))


# ── what ends a run, and what is missing ─────────────────────────────────────────────────────────────────────────


class StoppedHereError(Exception):
    """The walk was told to stop."""


async def test_an_interrupted_reading_goes_on_where_it_was(folder: Path) -> None:
    notes, left = Notes("run/part/"), [4]

    def go_on() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise StoppedHereError

    scope = asking()
    async with open_aws(scope) as aws:
        first = Watched(aws, "", "", ACCOUNT, NOON, accounts=PLAN.account_ids, notes=notes, go_on=go_on)
        with pytest.raises(StoppedHereError):
            await fetch(first, scope)
    counted, second = await read(scope, notes=notes)

    assert first.got
    assert counted.calls == on_disk(folder).calls
    assert len(set(first.got) & set(second.got)) < 0.7 * len(first.got)


async def test_files_that_are_refused_leave_holes_and_say_what_to_allow(folder: Path) -> None:
    refused = Failure(FailureKind.DENIED, "AccessDenied", "`s3:GetObject` is refused: not allowed to do kms:Decrypt")
    account = PLAN.account_ids[0]

    def fail(key: str) -> Failure | None:
        return refused if f"{account}/CloudTrail/us-east-1/2026/09/02" in key else None

    counted, reader = await read(asking(), fail=fail)

    (lack,) = reader.lacks
    assert re.match(r"\d+ files, such as `logs/org/AWSLogs/", lack.reason)
    assert "`kms:Decrypt`" in lack.reason
    assert {day for day in counted.unread if day[0] == account} == {
        (account, "us-east-1", "2026-09-02"),
        (account, "us-east-1", "2026-09-01"),
    }
    assert not counted.unread & counted.seen.keys()
    assert (account, "eu-west-1", "2026-09-02") in counted.seen
    everywhere = Snapshot("", "aws", trails=(organization_trail(),))
    windows = windows_in(everywhere, counted)
    assert (account, "us-east-1") not in {(one.account, one.region) for one in windows}


async def test_what_failed_is_asked_again_and_nothing_else(folder: Path, names: list[str]) -> None:
    notes = Notes("run/part/")
    passing = Failure(FailureKind.TRANSIENT, "", "it broke")
    broken = names[7]
    _, first = await read(asking(), notes=notes, fail=lambda key: passing if key.endswith(broken) else None)
    counted, second = await read(asking(), notes=notes)

    assert len(first.lacks) == 1
    assert any(key.endswith(broken) for key in second.got)
    assert len(second.got) < len(first.got) / 4
    assert second.lacks == []
    assert counted.calls == on_disk(folder).calls


async def test_a_damaged_file_is_named_and_its_days_do_not_count_as_seen(address: str) -> None:
    key = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/09/02/{ACCOUNT}_x.json.gz"
    client("s3", address).put_object(Bucket="one-account", Key=key, Body=trail(record(SESSION))[:-9])
    try:
        counted, reader = await read(asking("s3://one-account"), accounts=(ACCOUNT,))
    finally:
        client("s3", address).delete_object(Bucket="one-account", Key=key)

    assert [lack.reason for lack in reader.lacks] == [f"`{key}`: the file is cut off"]
    assert (ACCOUNT, "eu-west-1", "2026-09-02") in counted.unread


# ── how far it sees ──────────────────────────────────────────────────────────────────────────────────────────────


def organization_trail(**given: Any) -> Trail:  # noqa: ANN401
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/org"
    return replace(
        Trail(arn, ACCOUNT, "org", "us-east-1", is_multi_region=True, is_organization=True, bucket=BUCKET), **given
    )


DAY_ONE, DAY_TWO = ("2026-09-01T01:00:00Z", "2026-09-01T22:00:00Z"), ("2026-09-02T01:00:00Z", "2026-09-02T23:00:00Z")
SEEN = {
    ("1", "us-east-1", "2026-09-01"): DAY_ONE,
    ("1", "us-east-1", "2026-09-02"): DAY_TWO,
    ("1", "eu-west-1", "2026-09-01"): ("2026-09-01T09:00:00Z", "2026-09-01T10:00:00Z"),
    ("2", "us-east-1", "2026-09-02"): DAY_TWO,
}
ALONE = {
    ("1", "us-east-1"): ("09-01T01", "09-02T23"),
    ("1", "eu-west-1"): ("09-01T09", "09-01T10"),
    ("2", "us-east-1"): ("09-02T01", "09-02T23"),
}
ALL = ("us-east-1", "eu-west-1", "ap-south-1")
QUIET = EventBus("arn", "1", "ap-south-1", "default")


@pytest.mark.parametrize(
    ("trails", "expected"),
    [
        ((), ALONE),
        ((organization_trail(is_multi_region=False), organization_trail(bucket="another")), ALONE),
        (
            (organization_trail(),),
            {
                **dict.fromkeys((("1", region) for region in ALL), ("09-01T01", "09-02T23")),
                **dict.fromkeys([("2", region) for region in ("us-east-1", "eu-west-1")], ("09-02T01", "09-02T23")),
            },
        ),
        (
            (organization_trail(is_organization=False, account="1"),),
            {
                **dict.fromkeys((("1", region) for region in ALL), ("09-01T01", "09-02T23")),
                ("2", "us-east-1"): ("09-02T01", "09-02T23"),
            },
        ),
    ],
    ids=["no trail is known", "of one Region, or elsewhere", "of all Regions", "of one account"],
)
def test_a_quiet_region_counts_as_seen_only_where_a_trail_writes_from_all(
    trails: tuple[Trail, ...], expected: dict[tuple[str, str], tuple[str, str]]
) -> None:
    snapshot = Snapshot("", "aws", trails=trails, event_buses=(QUIET,))
    windows = windows_in(snapshot, Counted("s3", {}, SEEN, bucket=BUCKET))

    assert {(one.account, one.region): (one.start[5:13], one.end[5:13]) for one in windows} == expected


def test_an_account_of_an_organizations_trail_is_quiet_after_its_first_day_and_unknown_before() -> None:
    seen = {
        ("1", "us-east-1", f"2026-09-{day:02}"): (f"2026-09-{day:02}T00:01:00Z", f"2026-09-{day:02}T23:59:00Z")
        for day in (1, 2, 3, 5)
    }
    seen["2", "us-east-1", "2026-09-02"] = ("2026-09-02T10:00:00Z", "2026-09-02T11:00:00Z")
    found = Counted("s3", {}, seen, unread=frozenset({("2", "us-east-1", "2026-09-03")}), bucket=BUCKET)
    windows = {one.account: one for one in windows_in(Snapshot("", "aws", trails=(organization_trail(),)), found)}

    assert (windows["2"].start, windows["2"].end) == ("2026-09-02T10:00:00Z", "2026-09-05T23:59:00Z")
    assert windows["2"].holes == (("2026-09-03T00:00:00Z", "2026-09-05T00:00:00Z"),)
    assert windows["1"].holes == (("2026-09-04T00:00:00Z", "2026-09-05T00:00:00Z"),)


# ── what may leave the process ───────────────────────────────────────────────────────────────────────────────────


async def test_objects_are_read_only_when_a_bucket_is_named() -> None:
    listing = {"Bucket": BUCKET, "Prefix": "logs/"}
    async with open_aws(Scope()) as aws:
        with pytest.raises(WriteRefusedError, match="s3:ListObjectsV2"):
            await aws.call("", "", "s3", "ListObjectsV2", listing, needs="KeyCount")
    async with open_aws(asking()) as aws:
        assert (await aws.call("", "", "s3", "ListObjectsV2", listing, needs="KeyCount"))["KeyCount"] > 0
        for operation, more in (("PutObject", {"Body": b""}), ("DeleteObject", {}), ("GetObjectAcl", {})):
            with pytest.raises(WriteRefusedError):
                await aws.call("", "", "s3", operation, {"Bucket": BUCKET, "Key": "any", **more}, needs="any")


async def test_a_whole_run_puts_uses_and_windows_into_the_snapshot(address: str) -> None:
    s3 = client("s3", address)
    told = record(SESSION, recipientAccountId=ACCOUNT, eventTime="2026-11-02T10:05:00Z")
    key = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/11/02/{ACCOUNT}_CloudTrail_eu-west-1_x.json.gz"
    s3.put_object(Bucket="one-account", Key=key, Body=trail(told))
    scope = asking("s3://one-account", regions=("eu-west-1",))
    shelf = Shelf()
    try:
        snapshot = await collect(scope, shelf, lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))
    finally:
        s3.delete_object(Bucket="one-account", Key=key)

    (use,) = snapshot.uses
    (window,) = snapshot.windows
    assert (use.hour, use.count) == ("2026-11-02T10:00:00Z", 1)
    assert (window.account, window.region, window.source) == (ACCOUNT, "eu-west-1", "s3://one-account")
    told_of = [gap for gap in snapshot.gaps if gap.service in ("cloudtrail", "trail-bucket")]
    assert told_of == []
    assert not [key for key in shelf.keys("") if "/trail-bucket/" in key and key.count("/") > 3]
