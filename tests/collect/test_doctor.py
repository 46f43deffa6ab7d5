"""What the doctor says of the demo, with and without trouble."""

from pathlib import Path

import pytest

from trustview.collect import Diagnosis, Scope, examine, read_source
from trustview.collect.operations import OPERATIONS, Asked
from trustview.errors import UsageError

from .conftest import FAST, small
from .relay import OWN, Fault, Refusal, Relay, Request

CLOSED = "888800001111", "ap-southeast-2"
AWAY = "888800001111"


def about(found: tuple[Diagnosis, ...], what: str) -> Diagnosis:
    return next(one for one in found if one.what == what)


async def test_everything_of_the_demo_can_be_read_but_what_is_planted(relay: Relay) -> None:
    found = await examine(Scope(limits=FAST))

    (closed,) = [one for one in found if not one.is_ok]
    assert closed.what == "account 888800001111: access-analyzer"
    assert closed.detail.startswith("can be read in 3 of 4 Regions; in ap-southeast-2: `access-analyzer:ListAnalyzers`")
    assert "--without access-analyzer" in closed.to_do
    assert about(found, "credentials").detail.startswith("arn:aws:sts::999900001111:assumed-role/TrustviewCaller/")
    assert about(found, "organization").detail == "o-acme1example: 42 accounts, read from the management account"
    assert about(found, f"own account {OWN}: Regions").detail == "4 of 4 enabled ones will be asked"
    assert about(found, f"own account {OWN}: events").detail == "can be read in 4 Regions"
    assert about(found, f"own account {OWN}: identity-center").is_ok
    assert len([one for one in found if one.detail.endswith("can be entered")]) == 4


async def test_every_operation_is_tried_that_has_something_to_ask_about(relay: Relay) -> None:
    found = await examine(Scope(accounts=(OWN, "Backup Vault", "Observability", "Mobile Development"), limits=FAST))

    tried = {request.operation for request in relay.seen}
    paths = {"DescribePodIdentityAssociation", "ListPodIdentityAssociations", "ListArchiveRules", "GetFindingV2"}
    wanted = {one.name for one in OPERATIONS if one.asked is Asked.ACCOUNT} - paths
    unasked = {"LookupEvents", "ListFindings", "ListFindingsV2", "ListTargetsByRule", "DescribeUser"}
    assert wanted - tried == unasked
    assert about(found, "not tried").detail == (
        "left out, or nothing to ask about: access-analyzer:GetFinding, access-analyzer:ListArchiveRules, "
        "access-analyzer:ListFindings, cloudtrail:LookupEvents, events:ListTargetsByRule, identitystore:DescribeUser"
    )


async def test_one_item_of_each_list_is_enough(relay: Relay) -> None:
    await examine(small(OWN))

    details = [request.detail for request in relay.seen if request.operation == "ListAccountAssignments"]
    assert len(details) == 1
    assert '"MaxResults": 1' in details[0]


async def test_all_accounts_are_tried_when_asked_for(relay: Relay) -> None:
    found = await examine(
        Scope(units=("Payments", "Prod"), regions=("eu-west-1",), without=EVERYTHING, limits=FAST), all_accounts=True
    )

    entered = [one.what for one in found if one.detail.endswith("can be entered")]
    refused = [one.what for one in found if not one.is_ok]
    assert len(entered) == 11
    assert refused == ["account 111100002222"]


EVERYTHING = (
    "access-analyzer", "cognito-identity", "eks", "events", "iam-organizations-features", "identity-center",
    "organizations-tags", "roles-anywhere", "trails",
)  # fmt: skip


async def test_what_is_left_out_is_told_and_not_tried(relay: Relay) -> None:
    found = await examine(small(OWN, without=EVERYTHING))

    assert {one.what for one in found if one.detail.startswith("not asked: ")} == {*EVERYTHING, "cloudtrail"}
    assert {request.service for request in relay.seen} == {"sts", "organizations", "ec2", "iam"}


async def test_a_service_that_is_not_there_is_a_mistake_of_the_user(relay: Relay) -> None:
    with pytest.raises(UsageError, match="`iam` cannot be given to --without, which takes access-analyzer, "):
        await examine(small(OWN, without=("iam",)))
    with pytest.raises(UsageError, match="--with, which takes access-analyzer-details"):
        await examine(small(OWN, including=("events",)))


async def test_a_role_that_is_not_there_is_told_with_what_to_do(relay: Relay) -> None:
    found = await examine(Scope(role_name="audit/Nobody", without=EVERYTHING, limits=FAST))

    refused = [one for one in found if not one.is_ok]
    assert len(refused) == 3
    assert all("role/audit/Nobody` trust the caller, as `trustview iam-policy` says" in one.to_do for one in refused)
    assert all(one.detail.startswith("`sts:AssumeRole` is refused (AccessDenied): ") for one in refused)


async def test_evidence_in_an_account_that_cannot_be_entered_is_told(relay: Relay) -> None:
    source = read_source("s3://org-trail")
    found = await examine(
        small(OWN, without=EVERYTHING, evidence=source, evidence_days=30, evidence_account=AWAY, role_name="a/Nobody")
    )

    told = about(found, "evidence: s3://org-trail")
    assert not told.is_ok
    assert told.detail.startswith("`sts:AssumeRole` is refused (AccessDenied): ")
    assert "--evidence-account" in told.to_do
    assert "s3" not in {request.service for request in relay.seen}


async def test_the_event_history_is_asked_for_one_event_of_each_kind(relay: Relay) -> None:
    found = await examine(small(OWN, without=EVERYTHING, evidence=read_source("lookup"), evidence_days=30))

    assert about(found, f"own account {OWN}: cloudtrail").detail == "can be read in 1 Region"
    asked = [request for request in relay.seen if request.operation == "LookupEvents"]
    assert len(asked) == 3
    assert all('"MaxResults": 1' in request.detail for request in asked)


async def test_a_refused_call_names_the_action_to_allow(relay: Relay) -> None:
    def trouble(request: Request) -> Fault | None:
        refused = request.operation in ("ListAnalyzers", "ListAccountsForProvisionedPermissionSet")
        return Refusal("AccessDeniedException", "no", 403) if refused else None

    relay.trouble = trouble
    found = await examine(small(OWN))

    where = f"own account {OWN}"
    assert about(found, f"{where}: access-analyzer").to_do == "allow the caller `access-analyzer:ListAnalyzers`"
    assert about(found, f"{where}: identity-center").to_do == (
        "allow the caller `sso:ListAccountsForProvisionedPermissionSet`"
    )


async def test_the_session_policy_is_told(relay: Relay) -> None:
    with_one = about(await examine(small(OWN, without=EVERYTHING)), "session policy")
    without = about(await examine(small(OWN, without=EVERYTHING, has_session_policy=False)), "session policy")

    assert "of 2048 characters" in with_one.detail
    assert without.detail == "none is passed (--no-session-policy): a session may do whatever its role may"


async def test_without_credentials_nothing_else_is_asked(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    (only,) = await examine(Scope())

    assert not only.is_ok
    assert only.ends_all
    assert "aws sso login" in only.to_do
    assert relay.seen == []


async def test_refused_credentials_end_the_examination(relay: Relay) -> None:
    relay.trouble = lambda _request: Refusal("ExpiredToken", "The security token is expired", 403)
    (only,) = await examine(Scope())

    assert not only.is_ok
    assert "ExpiredToken" in only.detail


async def test_it_says_where_the_credentials_come_from(relay: Relay) -> None:
    found = await examine(small(OWN))

    assert about(found, "credentials").detail.endswith(", found by `env`")


async def test_without_credentials_it_names_the_profiles_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile audit]\nregion = eu-west-1\n[profile break-glass]\nregion = eu-west-1\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (found,) = await examine(Scope(limits=FAST))

    assert not found.is_ok
    assert found.ends_all
    assert found.to_do.endswith("profiles here: audit, break-glass")
