"""What AWS and the network do to a collection: each fault ends as data, a retry or a gap, never as a silent hole."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from trustview.collect import Limits, Scope, collect
from trustview.errors import CredentialsError, SourceError, UsageError
from trustview.snapshot import Gap, GapKind, Snapshot

from .conftest import FAST, Shelf, moment, small
from .relay import Fault, Nonsense, Refusal, Relay, Request, Reset, Truncated

OWN, MEMBER, OTHER = "999900001111", "777700001111", "777700004444"
THREE = (OWN, MEMBER, OTHER)


@pytest.fixture(scope="module")
def undisturbed(served: object) -> dict[str, Snapshot]:
    return {}


async def quiet(relay: Relay, undisturbed: dict[str, Snapshot]) -> Snapshot:
    """The same three accounts without trouble, collected once for all tests."""
    if "snapshot" not in undisturbed:
        trouble, relay.trouble = relay.trouble, lambda _request: None
        undisturbed["snapshot"] = await collect(small(*THREE), Shelf(), moment)
        relay.trouble = trouble
    return undisturbed["snapshot"]


def every_other(fault: Callable[[Request], Fault]) -> Callable[[Request], Fault | None]:
    """Each question fails the first time it is put."""
    met: Counter[Request] = Counter()

    def trouble(request: Request) -> Fault | None:
        met[request] += 1
        return fault(request) if met[request] == 1 else None

    return trouble


def hasty(request: Request) -> Refusal:
    """AWS's words for too many requests, by service."""
    codes = {
        "organizations": "TooManyRequestsException",
        "access-analyzer": "ThrottlingException",
        "ec2": "RequestLimitExceeded",
    }
    return Refusal(
        codes.get(request.service, "Throttling"), status=429 if request.service == "access-analyzer" else 400
    )


@pytest.mark.parametrize(
    "fault",
    [
        hasty,
        lambda _request: Refusal("InternalFailure", "We encountered an internal error", 500),
        lambda _request: Nonsense(502),
        lambda _request: Nonsense(200),
        lambda _request: Reset(),
        lambda _request: Truncated(),
    ],
    ids=["throttled", "500", "502 of a proxy", "200 of a proxy", "reset", "truncated"],
)
async def test_a_fault_that_passes_changes_nothing(
    relay: Relay, undisturbed: dict[str, Snapshot], fault: Callable[[Request], Fault]
) -> None:
    expected = await quiet(relay, undisturbed)
    relay.trouble = every_other(fault)

    assert await collect(small(*THREE), Shelf(), moment) == expected


async def test_a_session_that_ends_in_the_middle_is_renewed(relay: Relay, undisturbed: dict[str, Snapshot]) -> None:
    expected = await quiet(relay, undisturbed)
    expired = Refusal("ExpiredToken", "The security token included in the request is expired", 403)
    met: Counter[str] = Counter()

    def trouble(request: Request) -> Fault | None:
        is_first = request.account == MEMBER and request.service == "iam" and not met[request.operation]
        met[request.operation] += is_first
        return expired if is_first else None

    relay.trouble = trouble
    snapshot = await collect(small(*THREE), Shelf(), moment)

    assert snapshot == expected
    assert sum(request.operation == "AssumeRole" and MEMBER in request.detail for request in relay.seen) > 1


def gaps_of(snapshot: Snapshot, account: str) -> list[Gap]:
    return [gap for gap in snapshot.gaps if gap.account == account]


def deny(*operations: str, account: str = MEMBER) -> Callable[[Request], Fault | None]:
    refused = Refusal("AccessDenied", "User: somebody is not authorized to perform: that", 403)
    return lambda request: refused if request.operation in operations and request.account == account else None


async def test_where_only_roles_may_be_listed_the_account_is_partial(relay: Relay) -> None:
    relay.trouble = deny("GetAccountAuthorizationDetails")
    snapshot = await collect(small(*THREE), Shelf(), moment)
    facts = snapshot.facts_by_account[MEMBER]

    (gap,) = gaps_of(snapshot, MEMBER)
    assert (gap.service, gap.kind) == ("iam", GapKind.DENIED)
    assert gap.reason.startswith("policies, users and groups: `iam:GetAccountAuthorizationDetails` is refused")
    assert facts.is_partial
    assert MEMBER in snapshot.unread_accounts
    assert facts.roles
    assert all(role.trust_policy.startswith("{") and role.max_session_seconds for role in facts.roles)
    assert not any(role.attached or role.inline for role in facts.roles)


async def test_where_roles_may_not_be_listed_only_session_lengths_are_missing(relay: Relay) -> None:
    relay.trouble = deny("ListRoles")
    snapshot = await collect(small(*THREE), Shelf(), moment)
    facts = snapshot.facts_by_account[MEMBER]

    (gap,) = gaps_of(snapshot, MEMBER)
    assert gap.reason.startswith("session lengths and descriptions: `iam:ListRoles` is refused")
    assert not facts.is_partial
    assert facts.roles
    assert {role.max_session_seconds for role in facts.roles} == {None}


async def test_where_nothing_of_iam_may_be_read_there_are_gaps_and_no_facts(relay: Relay) -> None:
    relay.trouble = deny(
        "GetAccountAuthorizationDetails",
        "ListRoles",
        "ListSAMLProviders",
        "ListAccountAliases",
        "ListOpenIDConnectProviders",
    )
    snapshot = await collect(small(*THREE), Shelf(), moment)

    assert MEMBER not in snapshot.facts_by_account
    assert len(gaps_of(snapshot, MEMBER)) == 5
    assert set(snapshot.facts_by_account) == {OWN, OTHER}


async def test_a_call_that_keeps_failing_is_a_gap_and_the_run_goes_on(relay: Relay) -> None:
    relay.trouble = lambda request: Reset() if request.account == MEMBER and request.service == "iam" else None
    snapshot = await collect(small(*THREE), Shelf(), moment)

    assert MEMBER not in snapshot.facts_by_account
    assert {gap.kind for gap in gaps_of(snapshot, MEMBER)} == {GapKind.FAILED}
    assert set(snapshot.facts_by_account) == {OWN, OTHER}


async def test_unknown_enabled_regions_leave_a_gap_for_what_is_asked_in_them(relay: Relay) -> None:
    relay.trouble = lambda request: Refusal("UnauthorizedOperation", "no", 403) if request.service == "ec2" else None
    snapshot = await collect(small(OWN, regions=None), Shelf(), moment)

    services = {gap.service: gap for gap in gaps_of(snapshot, OWN)}
    assert services["ec2"].kind is GapKind.DENIED
    assert "only eu-west-1, us-east-1 were asked" in services["access-analyzer"].reason


async def test_guardrails_of_a_kind_that_is_not_read_in_full_are_left_out_with_a_gap(relay: Relay) -> None:
    relay.trouble = lambda request: (
        Refusal("AccessDeniedException", "no")
        if request.operation == "ListTargetsForPolicy" and "p-FullAWSAccess" in request.detail
        else None
    )
    snapshot = await collect(small(OWN), Shelf(), moment)

    assert snapshot.organization is not None
    assert {policy.kind.name for policy in snapshot.organization.guardrails} == {"RCP"}
    (gap,) = [gap for gap in snapshot.gaps if gap.service == "organizations-policies"]
    assert gap.reason.startswith("SCPs: `organizations:ListTargetsForPolicy` is refused")


# ── the organization ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_caller_that_may_not_read_the_organization_reads_its_own_account(relay: Relay) -> None:
    relay.trouble = lambda request: (
        Refusal("AccessDeniedException", "You don't have permissions") if request.service == "organizations" else None
    )
    snapshot = await collect(Scope(limits=FAST), Shelf(), moment)

    assert snapshot.organization is None
    assert set(snapshot.facts_by_account) == {OWN}
    (gap,) = [gap for gap in snapshot.gaps if gap.service == "organizations"]
    assert gap.kind is GapKind.DENIED
    assert gap.reason.startswith(f"only account {OWN} was read: ")


async def test_an_account_without_an_organization_is_read_alone(relay: Relay) -> None:
    relay.trouble = lambda request: (
        Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
        if request.service == "organizations"
        else None
    )
    snapshot = await collect(Scope(limits=FAST), Shelf(), moment)

    assert set(snapshot.facts_by_account) == {OWN}
    assert [gap.kind for gap in snapshot.gaps if gap.service == "organizations"] == [GapKind.NOT_ASKED]


async def test_an_organization_that_cannot_be_walked_for_now_is_no_small_snapshot(relay: Relay) -> None:
    relay.trouble = lambda request: Nonsense(503) if request.operation == "ListAccountsForParent" else None

    with pytest.raises(SourceError, match="the same command goes on where it was"):
        await collect(Scope(limits=FAST), Shelf(), moment)


async def test_what_the_scope_leaves_out_is_told(relay: Relay) -> None:
    snapshot = await collect(small(OWN, without=("organizations-tags",)), Shelf(), moment)

    left_out = [gap for gap in snapshot.gaps if gap.kind is GapKind.NOT_ASKED]
    assert len([gap for gap in left_out if gap.reason == "the account was left out of the scope"]) == 41
    regional = {(gap.account, gap.region) for gap in left_out if gap.service == "access-analyzer"}
    assert regional == {("", "eu-central-1"), ("", "us-east-1"), ("", "ap-southeast-2")}
    whole = {gap.service for gap in left_out if not gap.account and not gap.region}
    assert whole == {"cloudtrail", "organizations-tags"}


async def test_an_account_that_is_not_there_is_a_mistake_of_the_user(relay: Relay) -> None:
    with pytest.raises(UsageError, match="`Security` is no account of the organization"):
        await collect(small("Security"), Shelf(), moment)


# ── who we are ───────────────────────────────────────────────────────────────────────────────────────────────────


def wait_for_iam(shelf: Shelf) -> float:
    """No more delay once the IAM part of some account is kept."""
    until = time.monotonic() + 60
    while not any("/iam/" in key for key in list(shelf.values)) and time.monotonic() < until:
        time.sleep(0.01)
    return 0.0


async def test_our_own_session_ending_stops_the_run_and_the_next_goes_on(relay: Relay) -> None:
    shelf = Shelf()
    expired = Refusal("ExpiredToken", "The security token included in the request is expired", 403)
    relay.trouble = lambda request: expired if request.operation == "AssumeRole" and OTHER in request.detail else None
    relay.delay = lambda request: wait_for_iam(shelf) if OTHER in request.detail else 0.0
    with pytest.raises(CredentialsError, match="log in again"):
        await collect(small(*THREE), shelf, moment)
    kept = shelf.keys("run-0/")
    relay.trouble = lambda _request: None
    snapshot = await collect(small(*THREE), shelf, moment)

    assert any("/iam/" in key for key in kept)
    assert set(snapshot.facts_by_account) == set(THREE)
    assert shelf.finished == ["run-0"]


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"])
async def test_refused_credentials_say_what_to_do(relay: Relay, code: str) -> None:
    relay.trouble = lambda _request: Refusal(code, "no", 403)

    with pytest.raises(CredentialsError, match="aws sso login"):
        await collect(Scope(limits=FAST), Shelf(), moment)


async def test_no_credentials_say_what_to_do(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)

    with pytest.raises(CredentialsError, match="no AWS credentials were found: log in"):
        await collect(Scope(limits=FAST), Shelf(), moment)
    assert relay.seen == []


async def test_a_profile_that_is_not_there_is_named(relay: Relay) -> None:
    with pytest.raises(CredentialsError, match="there is no AWS profile `nobody`"):
        await collect(Scope(profile="nobody"), Shelf(), moment)


async def test_too_many_at_once_never_fails_the_run(relay: Relay, undisturbed: dict[str, Snapshot]) -> None:
    """A server that allows few requests at a time and refuses the rest, in AWS's words."""
    expected = await quiet(relay, undisturbed)
    under_way: Counter[str] = Counter()

    def trouble(request: Request) -> Fault | None:
        under_way[request.service] += 1
        return hasty(request) if under_way[request.service] % 3 == 0 else None

    relay.trouble = trouble
    snapshot = await collect(small(*THREE, limits=Limits(500, 500, 500, 500)), Shelf(), moment)

    assert snapshot == expected
