"""The query of Athena and Lake, run for real: its answer is what reading the same records one by one gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.trails import Plan, invent_files
from tests.collect.services.test_cloudtrail import ANN, AS_ACCOUNT, CALLER, DEPLOY, SESSION, TARGET, record
from tests.collect.services.trail_table import ATHENA_COLUMNS, PARTITIONS, run_query
from trustview.collect.evidence import join_copies
from trustview.collect.reduction import widen
from trustview.collect.services import lake
from trustview.collect.sighting import Sighting, sight
from trustview.collect.trail_files import Day, Span
from trustview.collect.trail_table import bounds_of, expressions_of, read_table
from trustview.collect.usage_query import TELLING, read_rows, rows_of, write_query

Record = dict[str, Any]
PLAN = Plan(2500, accounts=3, regions=2, days=3)
START, END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 30, tzinfo=UTC)
NAME = '"security"."trail"'
ACCOUNTS = (*PLAN.account_ids, CALLER, TARGET)
PROVIDER = f"arn:aws:iam::{TARGET}:oidc-provider/token.actions.githubusercontent.com"


def odd_records() -> Iterator[Record]:
    """What generated records lack: tags, second factors, refusals without parameters, addresses of other kinds…"""
    asked = {"roleArn": DEPLOY.arn, "roleSessionName": "x"}
    tags = {"tags": [{"key": "team", "value": "a"}, {"key": "cost", "value": "b"}]}
    message = f"User: {SESSION['arn']} is not authorized to perform: sts:AssumeRole on resource: {DEPLOY.arn}"
    subject, service = "repo:a/b:ref:refs/heads/main", "ec2.amazonaws.com"
    web = {"type": "WebIdentityUser", "principalId": f"{PROVIDER}:sts.amazonaws.com:{subject}", "userName": subject}
    saml = {"type": "SAMLUser", "principalId": "hash:ann@example.com", "userName": "ann@example.com"}
    okta = {"principalArn": f"arn:aws:iam::{TARGET}:saml-provider/Okta", "principalTags": {"k": "v"}}
    user = {"type": "IAMUser", "principalId": "AIDAANN", "arn": ANN.arn, "accountId": CALLER, "userName": "ann"}
    root = {"type": "Root", "principalId": CALLER, "arn": f"arn:aws:iam::{CALLER}:root", "accountId": CALLER}
    ours, theirs = {"sharedEventID": "s", "recipientAccountId": CALLER}, {"sharedEventID": "s", "eventID": "t"}
    by_web, by_saml = {"eventName": "AssumeRoleWithWebIdentity"}, {"eventName": "AssumeRoleWithSAML"}
    yield record(SESSION, **ours, requestParameters=asked | tags, sourceIPAddress="2001:db8:1:2::3")
    yield record(AS_ACCOUNT, **theirs, sourceIPAddress="2001:db8:1:2::3")
    yield record(user, eventID="u", requestParameters=asked | {"serialNumber": "arn:mfa", "externalId": 'it\'s "odd"'})
    yield record(root, eventID="r", errorCode="AccessDenied", errorMessage="no", vpcEndpointId="vpce-1")
    yield record(SESSION, eventID="m", errorCode="AccessDenied", errorMessage=message, requestParameters=None)
    yield record(SESSION, eventID="n", responseElements={"sourceIdentity": "ann"}, userAgent="[S3Console/0.4, aws/3]")
    yield record(web, **by_web, eventID="w", userAgent="APN/1.0 Terraform/1.9")
    yield record(web, **by_web, eventID="v", errorCode="AccessDenied", responseElements=None)
    yield record(saml, **by_saml, eventID="a", sourceIPAddress="AWS Internal", requestParameters=asked | okta)
    yield record({"type": "AWSService", "invokedBy": service}, eventID="e", sourceIPAddress=service, userAgent=service)
    yield record({"type": "AssumedRole", "arn": SESSION["arn"], "accountId": CALLER}, eventID="g")
    for number in range(3):
        yield record(SESSION, eventID=f"same-{number}")
        yield record(SESSION, eventID="delivered twice")


def records() -> list[Record]:
    whole = [one for region, day in PLAN.parts for _, found, _ in invent_files(PLAN, region, day) for one in found]
    placed = {"recipientAccountId": TARGET, "readOnly": True, "managementEvent": True}
    return [*whole, *({**placed, **one, "eventTime": "2026-09-02T10:05:00Z"} for one in odd_records())]


def one_by_one(found: Iterable[Record]) -> tuple[dict[Sighting, int], dict[Day, Span]]:
    """The calls by reading each record, and how far services of which all reads are management events tell of them."""
    seen: dict[Day, Span] = {}
    calls = []
    for one in found:
        call = sight(one)
        if call is not None:
            calls.append({call[1]: [call[0]]})
        if one["eventSource"] in TELLING and one["readOnly"]:
            time = one["eventTime"]
            widen(seen, {(one["recipientAccountId"], one["awsRegion"], time[:10]): (time, time)})
    return join_copies(calls), seen


def glue(keys: Iterable[str], **parameters: str) -> Record:
    """A table as Glue describes it."""
    return {
        "StorageDescriptor": {
            "Columns": [{"Name": name} for name in ATHENA_COLUMNS],
            "Location": "s3://org-trail/AWSLogs/o-exampleorgid",
        },
        "PartitionKeys": [{"Name": key} for key in keys],
        "Parameters": parameters,
    }


def ask_athena(
    folder: Path,
    found: list[Record],
    keys: tuple[str, ...] = ("account", "region", "day"),
    accounts: tuple[str, ...] = ACCOUNTS,
    regions: tuple[str, ...] | None = None,
    within: tuple[datetime, datetime] = (START, END),
) -> tuple[dict[Sighting, int], dict[Day, Span]]:
    table = read_table(glue(keys))
    query = write_query(NAME, expressions_of(table), bounds_of(table, accounts, regions, *within))
    heads, *lines = run_query(query, NAME, found, folder, day="%d" if "year" in keys else "%Y/%m/%d")
    return read_rows(rows_of([str(head) for head in heads], lines))


@pytest.mark.parametrize("keys", PARTITIONS.values(), ids=PARTITIONS)
def test_athena_counts_what_reading_the_records_one_by_one_gives(keys: tuple[str, ...], tmp_path: Path) -> None:
    found = records()
    calls, seen = ask_athena(tmp_path, found, keys)
    expected, expected_seen = one_by_one(found)

    assert calls == expected
    assert sum(calls.values()) > 100
    assert seen == expected_seen


def test_lake_counts_the_same_but_for_session_tags(tmp_path: Path) -> None:
    found = records()
    query = write_query("0123abcd", lake.EXPRESSIONS, lake.bounds_of(ACCOUNTS, None, START, END))
    heads, *lines = run_query(query, "0123abcd", found, tmp_path, is_lake=True)
    calls, seen = read_rows(rows_of([str(head) for head in heads], lines))
    expected, expected_seen = one_by_one(found)
    without_tags: dict[Sighting, int] = {}
    for call, number in expected.items():
        bare = call._replace(tags=())
        without_tags[bare] = without_tags.get(bare, 0) + number

    assert calls == without_tags
    assert seen == expected_seen


@pytest.mark.parametrize("keys", PARTITIONS.values(), ids=PARTITIONS)
def test_only_what_is_asked_for_is_counted(keys: tuple[str, ...], tmp_path: Path) -> None:
    place = (PLAN.account_ids[0], "eu-west-1", "2026-09-02")
    within = (datetime(2026, 9, 2, tzinfo=UTC), datetime(2026, 9, 2, 23, 59, 59, tzinfo=UTC))
    found = records()
    calls, seen = ask_athena(tmp_path, found, keys, place[:1], place[1:2], within)
    wanted = [one for one in found if (one["recipientAccountId"], one["awsRegion"], one["eventTime"][:10]) == place]

    assert (calls, seen) == one_by_one(wanted)
    assert set(seen) == {place}


def test_no_record_gives_no_call(tmp_path: Path) -> None:
    assert ask_athena(tmp_path, []) == ({}, {})


def test_an_answer_of_another_query_is_not_read() -> None:
    with pytest.raises(ValueError, match="the answer has the columns a, b"):
        rows_of(["a", "b"], [])


# ── layouts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("keys", "parameters", "expected"),
    [
        (("account", "region", "day"), {}, "\"day\" BETWEEN '2026/09/01' AND '2026/09/30'"),
        (
            ("account", "region", "timestamp"),
            {"projection.timestamp.type": "date", "projection.timestamp.format": "yyyy-MM-dd"},
            "\"timestamp\" BETWEEN '2026-09-01' AND '2026-09-30'",
        ),
        (
            ("when",),
            {"projection.when.type": "date", "projection.when.format": "yyyyMMdd"},
            "'20260901' AND '20260930'",
        ),
        (("region", "year", "month", "day"), {}, "BETWEEN '20260901' AND '20260930'"),
    ],
    ids=str,
)
def test_days_are_bounded_by_the_partitions_that_there_are(
    keys: tuple[str, ...], parameters: dict[str, str], expected: str
) -> None:
    bounds = bounds_of(read_table(glue(keys, **parameters)), ["1"], None, START, END)

    assert any(expected in bound for bound in bounds)
    assert (bounds[0] == "\"account\" IN ('1')") is ("account" in keys)
    assert ("recipientaccountid IN ('1')" in bounds) is ("account" not in keys)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (glue(()), "no partitions by day"),
        (glue(("account", "region")), "no partitions by day"),
        (glue(("day",), **{"projection.day.type": "date", "projection.day.format": "dd/MM/yyyy"}), "is not known"),
        (glue(("day",), **{"projection.day.type": "date", "projection.day.format": "yyyy/MM/dd/HH"}), "is not known"),
        (glue(("region", "day"), **{"projection.region.type": "injected"}), "--region"),
        ({"StorageDescriptor": {"Columns": [{"Name": "a"}]}}, "no column `useridentity`"),
    ],
    ids=["none", "account and Region", "days that do not sort", "hours", "injected", "no table of a trail"],
)
def test_a_table_that_cannot_be_bounded_is_not_asked(raw: Record, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        bounds_of(read_table(raw), ["1"], None, START, END)


def test_a_table_cannot_write_into_the_query() -> None:
    """Who may write the table is another than who asks."""
    odd = {'projection.da"y.type': "date", 'projection.da"y.format': "yyyy'MM'dd"}
    bounds = bounds_of(read_table(glue(('da"y',), **odd)), ["1"], None, START, END)

    assert bounds[0] == "\"da\"\"y\" BETWEEN '2026''09''01' AND '2026''09''30'"


def test_a_projected_table_says_where_its_files_lie() -> None:
    template = "s3://org-trail/logs/AWSLogs/o-exampleorgid/${account}/CloudTrail/${region}/${day}"
    table = read_table(glue(("account", "region", "day"), **{"storage.location.template": template}))

    assert (table.bucket, table.prefix) == ("org-trail", "logs/AWSLogs/o-exampleorgid")
