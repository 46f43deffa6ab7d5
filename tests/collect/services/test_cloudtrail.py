"""Copies of calls -> uses: counted once, by the one who called, refusals apart."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.collect.evidence import gather_copies, join_copies, write_copies
from trustview.collect.parts import Part
from trustview.collect.services.cloudtrail import join, read, read_event
from trustview.collect.sighting import Sighting, sight
from trustview.snapshot import AccountFacts, EvidenceWindow, Role, Snapshot, Use, User

CALLER, TARGET = "777788889999", "111122223333"
DEPLOY = Role(f"arn:aws:iam::{TARGET}:role/ProdDeploy", TARGET, "ProdDeploy", "/", "AROATARGET", "{}")
HUB = Role(f"arn:aws:iam::{CALLER}:role/ci/Hub", CALLER, "Hub", "/ci/", "AROAHUB", "{}")
ANN = User(f"arn:aws:iam::{CALLER}:user/ann", CALLER, "ann", "/", "AIDAANN")
SNAPSHOT = Snapshot(
    "", "aws", accounts=(AccountFacts(CALLER, roles=(HUB,), users=(ANN,)), AccountFacts(TARGET, roles=(DEPLOY,)))
)

SESSION = {
    "type": "AssumedRole",
    "principalId": "AROAHUB:build-42",
    "arn": f"arn:aws:sts::{CALLER}:assumed-role/Hub/build-42",
    "accountId": CALLER,
    "sessionContext": {
        "sessionIssuer": {"type": "Role", "principalId": "AROAHUB", "arn": HUB.arn, "accountId": CALLER},
        "attributes": {"mfaAuthenticated": "false"},
    },
}
AS_ACCOUNT = {"type": "AWSAccount", "principalId": "AROAHUB:build-42", "accountId": CALLER}


def record(who: dict[str, Any], **given: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "userIdentity": who,
        "eventTime": "2026-11-02T10:05:00Z",
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": "eu-west-1",
        "requestParameters": {"roleArn": DEPLOY.arn, "roleSessionName": "build-42"},
        "responseElements": {"credentials": {"accessKeyId": "ASIACANARY", "sessionToken": "canary-token"}},
        "eventID": "one",
        **given,
    }


def part(*records: dict[str, Any], account: str = TARGET, region: str = "eu-west-1") -> Part:
    copies: dict[Sighting, list[str]] = {}
    gather_copies(filter(None, (read_event({"CloudTrailEvent": json.dumps(one)}) for one in records)), copies)
    kept = json.loads(json.dumps(write_copies(copies)))
    answer = {"start": "2026-08-26T09:00:00Z", "end": "2026-11-24T09:00:00Z", "copies": kept, "holes": []}
    return Part("cloudtrail", account, region, "", answer)


def uses(*parts: Part) -> tuple[Use, ...]:
    return join(SNAPSHOT, [read(one) for one in parts]).uses


def use(caller: str, account: str = CALLER, **given: Any) -> Use:  # noqa: ANN401
    known = {"action": "sts:AssumeRole", "hour": "2026-11-02T10:00:00Z", "count": 1, "region": "eu-west-1"}
    return Use(DEPLOY.arn, caller, account, **{**known, **given})


def test_both_copies_of_a_call_are_one_use_of_the_callers_role() -> None:
    ours = record(SESSION, sharedEventID="shared", eventID="a", recipientAccountId=CALLER)
    theirs = record(AS_ACCOUNT, sharedEventID="shared", eventID="b", recipientAccountId=TARGET)

    assert uses(part(ours, account=CALLER), part(theirs)) == (use(HUB.arn),)
    assert uses(part(theirs), part(ours, account=CALLER)) == (use(HUB.arn),)


def test_the_roles_copy_alone_tells_the_caller_by_its_unique_id() -> None:
    assert uses(part(record(AS_ACCOUNT, sharedEventID="shared"))) == (use(HUB.arn),)


def test_a_caller_outside_the_organization_is_told_by_its_account() -> None:
    vendor = {"type": "AWSAccount", "principalId": "AROAVENDOR:session", "accountId": "464622532012"}
    asked = {"roleArn": DEPLOY.arn, "externalId": "an-id"}

    assert uses(part(record(vendor, requestParameters=asked))) == (
        use("464622532012", "464622532012", external_id="an-id"),
    )


def test_a_refused_call_is_never_use() -> None:
    refused = record(SESSION, errorCode="AccessDenied", responseElements=None)

    assert uses(part(refused, account=CALLER)) == (use(HUB.arn, count=0, refused=1),)


def test_calls_of_one_hour_are_counted_together_and_refusals_beside_them() -> None:
    many = [record(SESSION, eventID=f"e{n}") for n in range(3)]
    refused = record(SESSION, eventID="no", errorCode="AccessDenied")
    later = record(SESSION, eventID="later", eventTime="2026-11-02T11:00:00Z")

    assert uses(part(*many, refused, later)) == (
        use(HUB.arn, count=3, refused=1),
        use(HUB.arn, hour="2026-11-02T11:00:00Z"),
    )


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ({**SESSION, "sessionContext": {**SESSION["sessionContext"], "attributes": {"mfaAuthenticated": "true"}}}, {}),  # type: ignore[dict-item]
        (SESSION, {"serialNumber": f"arn:aws:iam::{CALLER}:mfa/ann"}),
    ],
    ids=["a session signed in with a second factor", "a code in the call"],
)
def test_a_second_factor_is_counted(who: dict[str, Any], asked: dict[str, str]) -> None:
    assert uses(part(record(who, requestParameters={"roleArn": DEPLOY.arn, **asked}))) == (use(HUB.arn, with_mfa=1),)


def test_a_user_is_told_by_its_arn() -> None:
    who = {"type": "IAMUser", "principalId": "AIDAANN", "arn": ANN.arn, "accountId": CALLER, "userName": "ann"}

    assert uses(part(record(who))) == (use(ANN.arn),)


def test_a_session_without_issuer_is_resolved_by_name_with_the_roles_path() -> None:
    who = {"type": "AssumedRole", "arn": f"arn:aws:sts::{CALLER}:assumed-role/Hub/x", "accountId": CALLER}

    assert uses(part(record(who))) == (use(HUB.arn),)


def test_a_session_of_a_role_that_is_gone_loses_its_session_name_only() -> None:
    who = {"type": "AssumedRole", "arn": f"arn:aws:sts::{CALLER}:assumed-role/Gone/x", "accountId": CALLER}

    assert uses(part(record(who))) == (use(f"arn:aws:sts::{CALLER}:assumed-role/Gone"),)


def test_a_service_is_told_by_its_name() -> None:
    who = {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}

    assert uses(part(record(who))) == (use("ec2.amazonaws.com", ""),)


@pytest.mark.parametrize(
    ("kind", "action", "provider"),
    [
        ("WebIdentityUser", "AssumeRoleWithWebIdentity", "oidc-provider/token.actions.githubusercontent.com"),
        ("SAMLUser", "AssumeRoleWithSAML", "saml-provider/Okta"),
    ],
)
def test_a_federated_user_is_told_by_provider_and_subject(kind: str, action: str, provider: str) -> None:
    arn = f"arn:aws:iam::{TARGET}:{provider}"
    who = {"type": kind, "identityProvider": arn, "userName": "repo:acme/shop:ref:refs/heads/main"}

    assert uses(part(record(who, eventName=action))) == (
        use(f"{arn}:repo:acme/shop:ref:refs/heads/main", TARGET, action=f"sts:{action}"),
    )


def test_the_window_says_what_is_known_and_what_is_missing_inside() -> None:
    told = part()
    told.answer["holes"] = [["2026-08-26T09:00:00Z", "2026-10-01T00:00:00Z"]]
    snapshot = join(SNAPSHOT, [read(told)])

    assert snapshot.windows == (
        EvidenceWindow(
            TARGET, "eu-west-1", "cloudtrail", "2026-08-26T09:00:00Z", "2026-11-24T09:00:00Z",
            (("2026-08-26T09:00:00Z", "2026-10-01T00:00:00Z"),),
        ),
    )  # fmt: skip


def test_nothing_that_could_sign_in_is_kept() -> None:
    kept = json.dumps(sight(record(SESSION)))

    assert "canary-token" not in kept
    assert "ASIACANARY" not in kept


@pytest.mark.parametrize("text", ["", "{", "[]", '{"userIdentity": null, "requestParameters": null}', "null"])
def test_an_event_that_makes_no_sense_is_no_use(text: str) -> None:
    assert read_event({"CloudTrailEvent": text}) is None


NAMES = st.sampled_from(["", HUB.arn])
SIGHTINGS = st.builds(
    Sighting, hour=st.just("2026-11-02T10:00:00Z"), action=st.just("AssumeRole"), role=st.just(DEPLOY.arn),
    region=st.just("eu-west-1"), is_refused=st.just(False), has_mfa=st.booleans(), arn=NAMES,
    principal=st.sampled_from(["", "AROAHUB"]), account=st.just(CALLER),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("abc"), SIGHTINGS), max_size=8))
def test_the_order_of_copies_does_not_matter_and_each_call_counts_once(copies: list[tuple[str, Sighting]]) -> None:
    joined = join_copies({sighting: [name]} for name, sighting in copies)
    turned = join_copies({sighting: [name]} for name, sighting in reversed(copies))
    gathered: dict[Sighting, list[str]] = {}
    gather_copies(copies, gathered)

    assert joined.total() == len({name for name, _ in copies})
    assert joined == turned == join_copies([gathered])
