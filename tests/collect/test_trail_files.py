"""Files of a trail: the assumptions in them, whatever stands around; real samples; damage; and how far they see."""

import gzip
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collect.services.test_cloudtrail import AS_ACCOUNT, CALLER, DEPLOY, HUB, SESSION, TARGET, record
from trustview.collect import read_files
from trustview.collect.moments import read_moment
from trustview.collect.reduction import SOURCE, windows_of
from trustview.collect.sighting import ACTIONS, agent_family, network_of, sight
from trustview.collect.trail_files import is_trail_file, read_trail_file
from trustview.snapshot import EvidenceWindow

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "cloudtrail"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")


def trail(*records: Any, packed: bool = True) -> bytes:  # noqa: ANN401
    text = json.dumps({"Records": list(records)}, separators=(",", ":")).encode()
    return gzip.compress(text) if packed else text


def assumption(**given: Any) -> dict[str, Any]:  # noqa: ANN401
    return record(SESSION, recipientAccountId=CALLER, **given)


# ── what is found ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
def test_assumptions_are_kept_and_nothing_else(packed: bool) -> None:
    others = [
        {"eventName": "GetObject", "eventSource": "s3.amazonaws.com", "requestParameters": {"key": "AssumeRole"}},
        {"eventName": "AssumeRole", "eventSource": "signin.amazonaws.com"},
        {"eventName": "AssumeRoleX", "eventSource": "sts.amazonaws.com"},
    ]
    found = read_trail_file(trail(*others, assumption(), *others, packed=packed))

    assert found.calls == (sight(assumption()),)


def test_a_record_inside_a_record_is_no_record() -> None:
    forged = {
        "eventName": "PutObject",
        "eventSource": "s3.amazonaws.com",
        "requestParameters": {"x": [{}, assumption(), {}]},
    }

    assert read_trail_file(trail(forged)).calls == ()


def test_files_that_were_put_together_are_read_to_the_end() -> None:
    text = trail(assumption(), packed=False)
    halves = gzip.compress(text[:50]) + gzip.compress(text[50:])

    assert len(read_trail_file(halves).calls) == 1


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(texts, values, max_size=4), max_size=4), st.integers(0, 4))
def test_whatever_stands_around_them_each_assumption_is_found_once(others: list[dict[str, Any]], place: int) -> None:
    records = [*others[:place], assumption(userAgent='"AssumeRole\\"}],{"'), *others[place:]]

    assert len(read_trail_file(trail(*records)).calls) == 1


@given(st.dictionaries(st.sampled_from([*assumption(), "vpcEndpointId"]), values))
def test_a_record_of_any_shape_is_kept_or_left_and_costs_no_other(given: dict[str, Any]) -> None:
    odd = {**assumption(eventID="odd"), **given}
    found = read_trail_file(trail(odd, assumption()))

    assert sight(assumption()) in found.calls
    assert found.calls == tuple(filter(None, map(sight, (odd, assumption()))))


# ── what is no file of a trail ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(b"not json"), "no file of a CloudTrail trail"),
        (gzip.compress(b'{"Records": 1}'), "no file of a CloudTrail trail"),
        (gzip.compress(b"[" * 100_000), "no file of a CloudTrail trail"),
        (trail(assumption())[:-20], "cut off"),
        (b"\x1f\x8b" + b"x" * 50, "damaged"),
        (b'{"Records":[', "no file of a CloudTrail trail"),
    ],
    ids=["text", "no list", "deep", "cut off", "damaged", "half"],
)
def test_damage_is_told(content: bytes, reason: str) -> None:
    assert is_trail_file(content)
    with pytest.raises(ValueError, match=reason):
        read_trail_file(content)


def test_a_file_that_swells_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trustview.collect.trail_files.LARGEST_BYTES", 1 << 20)
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(b"0" * (8 << 20)) + packer.flush()

    with pytest.raises(ValueError, match="unpacks to more than 1 MiB"):
        read_trail_file(bomb)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_byte_that_was_changed_costs_the_file_or_nothing(place: int, change: int) -> None:
    content = bytearray(trail(assumption()))
    content[place % len(content)] ^= change
    try:
        found = read_trail_file(bytes(content))
    except ValueError:
        return
    assert found.calls == (sight(assumption()),)


# ── how far they see ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_window_goes_from_the_first_to_the_last_moment_and_days_without_records_are_holes() -> None:
    seen = {
        ("1", "eu-west-1", f"2026-11-{day:02}"): (f"2026-11-{day:02}T07:30:00Z", f"2026-11-{day:02}T21:00:00Z")
        for day in (1, 2, 5)
    } | {
        ("1", "us-east-1", "2026-11-30"): ("2026-11-30T00:00:00Z", "2026-11-30T01:00:00Z"),
        ("1", "x", "?"): ("?", "?"),
    }

    assert windows_of(seen) == (
        EvidenceWindow(
            "1", "eu-west-1", SOURCE, "2026-11-01T07:30:00Z", "2026-11-05T21:00:00Z",
            (("2026-11-03T00:00:00Z", "2026-11-05T00:00:00Z"),),
        ),
        EvidenceWindow("1", "us-east-1", SOURCE, "2026-11-30T00:00:00Z", "2026-11-30T01:00:00Z"),
    )  # fmt: skip


READ = {
    "eventSource": "ec2.amazonaws.com",
    "eventName": "DescribeInstances",
    "eventTime": "2026-11-02T10:05:00Z",
    "awsRegion": "eu-west-1",
    "recipientAccountId": TARGET,
    "readOnly": True,
    "managementEvent": True,
}


def test_a_file_without_assumptions_still_says_from_when_to_when_it_saw() -> None:
    found = read_trail_file(trail({**READ, "eventTime": "2026-11-02T10:20:00Z"}, READ))

    assert found.calls == ()
    assert found.seen == {(TARGET, "eu-west-1", "2026-11-02"): ("2026-11-02T10:05:00Z", "2026-11-02T10:20:00Z")}


@pytest.mark.parametrize(
    "told",
    [{"readOnly": False}, {"managementEvent": False}, {"readOnly": None}, {"managementEvent": None}, {"awsRegion": ""}],
    ids=str,
)
def test_a_trail_that_may_leave_assumptions_out_does_not_count_as_having_seen(told: dict[str, Any]) -> None:
    """Data events and writes are told by trails that know nothing of role assumptions."""
    assert read_trail_file(trail({**READ, **told})).seen == {}


def test_an_assumption_of_another_service_shows_nothing() -> None:
    assert read_trail_file(trail(assumption(eventSource="signin.amazonaws.com"))).seen == {}


def test_a_digest_of_a_trail_is_passed_over() -> None:
    digest = {"awsAccountId": TARGET, "digestStartTime": "2026-11-02T10:00:00Z", "logFiles": []}
    found = read_trail_file(gzip.compress(json.dumps(digest).encode()))

    assert (found.calls, found.seen) == ((), {})


# ── imported with everything else ────────────────────────────────────────────────────────────────────────────────


def details(arn: str, name: str, path: str, unique_id: str) -> bytes:
    role = {
        "Arn": arn,
        "RoleName": name,
        "Path": path,
        "RoleId": unique_id,
        "AssumeRolePolicyDocument": {"Statement": []},
    }
    return json.dumps({"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [], "Policies": []}).encode()


def test_an_import_joins_both_copies_of_a_call_over_files() -> None:
    place = {"sourceIPAddress": "192.0.2.7", "userAgent": "Boto3/1.40"}
    ours = record(SESSION, sharedEventID="s", eventID="a", recipientAccountId=CALLER, **place)
    theirs = record(AS_ACCOUNT, sharedEventID="s", eventID="b", recipientAccountId=TARGET)
    files = [
        ("hub.json", details(HUB.arn, "Hub", "/ci/", "AROAHUB")),
        ("target.json", details(DEPLOY.arn, "ProdDeploy", "/", "AROATARGET")),
        ("one.json.gz", trail(ours)),
        ("two.json.gz", trail(theirs)),
    ]
    imported = read_files(files, read_moment_of("2026-11-24T09:00:00Z"))
    (use,) = imported.snapshot.uses

    assert (use.role, use.caller, use.count) == (DEPLOY.arn, HUB.arn, 1)
    assert (use.origin, use.agent) == ("192.0.2.0/24", "Boto3")
    assert {(window.account, window.region) for window in imported.snapshot.windows} == {
        (CALLER, "eu-west-1"),
        (TARGET, "eu-west-1"),
    }
    assert not [gap for gap in imported.snapshot.gaps if gap.service == "cloudtrail"]


def read_moment_of(text: str) -> Any:  # noqa: ANN401
    from datetime import datetime

    return datetime.fromisoformat(read_moment(text))


# ── real samples ─────────────────────────────────────────────────────────────────────────────────────────────────


def samples() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(CORPUS.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found.append((f"{path.stem}:{number}", json.loads(line)["event"]))
    return found


@needs_corpus
def test_every_sample_of_the_corpus_is_read_or_left_for_a_reason() -> None:
    read = 0
    for name, event in samples():
        is_asked = event.get("eventSource") == "sts.amazonaws.com" and event.get("eventName") in ACTIONS
        calls = read_trail_file(trail(event)).calls
        assert is_asked or not calls, name
        if is_asked and not calls:
            # A sample without an id, a time, or any role named in it: a description, or a call without parameters.
            named = "role/" in f"{event.get('requestParameters')} {event.get('errorMessage')}"
            assert not (event.get("eventID") and event.get("eventTime") and named), name
        for _, sighting in calls:
            read += 1
            assert re.fullmatch(r"arn:aws[\w-]*:iam::\w+:role/[\w+=,.@/-]+", sighting.role), (name, sighting.role)
            assert sighting.arn or sighting.principal or sighting.account or sighting.outsider, name
            assert sighting.is_refused is bool(event.get("errorCode")), name
    assert read >= 70


@needs_corpus
def test_callers_of_the_corpus_resolve_to_who_they_are() -> None:
    """Of each kind of caller: the role behind a session, the user, the service, the provider with its subject."""
    by_kind: dict[str, set[str]] = {}
    for _, event in samples():
        for _, sighting in read_trail_file(trail(event)).calls:
            by_kind.setdefault(event["userIdentity"]["type"], set()).add(
                sighting.outsider or sighting.arn or sighting.account
            )

    assert all(re.match(r"arn:aws[\w-]*:iam::\d+:role/", who) for who in by_kind["AssumedRole"])
    assert all(re.match(r"arn:aws[\w-]*:iam::\w+:(user/|root)", who) for who in by_kind["IAMUser"])
    assert all(re.fullmatch(r"[\w.-]+\.amazonaws\.com", who) for who in by_kind["AWSService"])
    assert all(":saml-provider/" in who for who in by_kind["SAMLUser"])
    assert all(":" in who for who in by_kind["WebIdentityUser"])
    assert all(re.fullmatch(r"\d{12}", who) for who in by_kind["AWSAccount"])


@needs_corpus
def test_no_sample_of_the_corpus_leaves_a_secret() -> None:
    for name, event in samples():
        kept = json.dumps(sight(event))
        assert "sessionToken" not in kept, name
        assert not re.search(r"ASIA[A-Z0-9]{12}", kept), name


# ── coarse enough to count ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("origin", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com"),
        ("AWS Internal", "AWS Internal"),
        ("vpce-0123", "vpce-0123"),
        ("", ""),
    ],
)
def test_networks(origin: str, network: str) -> None:
    assert network_of(origin) == network


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("aws-cli/2.15.0 Python/3.11 Darwin/23 exe/x86_64 prompt/off", "aws-cli"),
        ("Boto3/1.40 md/Botocore#1.40", "Boto3"),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) aws-sdk-go-v2/1.36", "Terraform"),
        ("aws-sdk-go-v2/1.36.3 ua/2.1 os/linux", "aws-sdk-go-v2"),
        ("[S3Console/0.4, aws-internal/3]", "S3Console"),
        ("AWS Signin, aws-internal/3", "AWS"),
        ("ec2.amazonaws.com", "ec2.amazonaws.com"),
        ("", ""),
    ],
)
def test_programs(agent: str, family: str) -> None:
    assert agent_family(agent) == family
