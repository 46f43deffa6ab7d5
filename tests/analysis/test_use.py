"""What is known of use: never "not used" where something was not seen, and the reason said wherever use is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.case_evidence import TAKEN_AT, moment
from tests.analysis.small_organization import PROD, SANDBOX, policy, role, snapshot, trust
from trustview.analysis import (
    Access,
    Coverage,
    TrustGraph,
    UseState,
    analyse,
    coverage_of,
    may_come_by,
    use_of_grant,
    use_of_principal,
    use_of_role,
)
from trustview.analysis.coverage import describe_coverage, read_moment
from trustview.analysis.find_grants import find_ways
from trustview.analysis.replay import replay
from trustview.analysis.use_requests import provider_and_subject
from trustview.snapshot import EvidenceWindow, Gap, GapKind, Reading, Role, Snapshot, Use

REGIONS = ("eu-west-1", "us-east-1")
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
EVERY_ACTION = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
USER = f"arn:aws:iam::{SANDBOX}:user/ann"
CALLER = f"arn:aws:iam::{SANDBOX}:role/caller"


def target() -> Role:
    return role("target", policy(trust({"AWS": CALLER})), created=moment(400))


def seen(*windows: EvidenceWindow, uses: tuple[Use, ...] = (), gaps: tuple[Gap, ...] = ()) -> Snapshot:
    found = snapshot(target(), role("caller", policy(trust({"AWS": SANDBOX})), SANDBOX))
    return replace(found, taken_at=moment(0), windows=windows, uses=uses, gaps=gaps)


def window(region: str, first: int = 90, last: int = 0, *holes: tuple[int, int], account: str = PROD) -> EvidenceWindow:
    gone = tuple((moment(start), moment(end)) for start, end in holes)
    return EvidenceWindow(account, region, "cloudtrail", moment(first), moment(last), gone)


def call(caller: str, count: int = 1, account: str = SANDBOX) -> Use:
    return Use(target().arn, caller, account, "sts:AssumeRole", moment(3, 12), count)


# ── how far it can be seen ───────────────────────────────────────────────────────────────────────────────────────

HOLES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=3)


@given(st.lists(st.tuples(st.sampled_from(REGIONS), st.integers(0, 60), st.integers(1, 60), HOLES), max_size=5))
def test_the_newest_stretch_is_that_of_the_days_on_which_every_region_was_seen(
    drawn: list[tuple[str, int, int, list[tuple[int, int]]]],
) -> None:
    days: dict[str, set[int]] = {region: set() for region in REGIONS}
    windows = []
    for region, last, length, holes in drawn:
        gone = [(end + size, end) for end, size in holes]
        windows.append(window(region, last + length, last, *gone))
        days[region] |= set(range(last, last + length)) - {d for start, end in gone for d in range(end, start)}
    together = days[REGIONS[0]] & days[REGIONS[1]]
    newest = min(together, default=None)
    oldest = newest
    while oldest is not None and oldest + 1 in together:
        oldest += 1

    enabled = tuple(Reading("events", PROD, region, moment(0)) for region in REGIONS)
    coverage = coverage_of(replace(seen(*windows), readings=enabled), PROD)

    if newest is None or oldest is None:
        assert (coverage.start, coverage.end, coverage.days) == (None, None, 0)
        assert describe_coverage(coverage)
    else:
        assert (coverage.start, coverage.end) == (
            TAKEN_AT - timedelta(days=oldest + 1),
            TAKEN_AT - timedelta(days=newest),
        )


def test_what_is_missing_is_said_with_its_reason() -> None:
    denied = Gap(PROD, "cloudtrail", "eu-central-1", GapKind.DENIED, "AccessDenied of cloudtrail:LookupEvents")
    found = seen(window("eu-west-1", 90, 0, (40, 38)), window("us-east-1", 60, 5), gaps=(denied,))
    told = " | ".join(describe_coverage(coverage_of(found, PROD)))

    assert "nothing is known of `eu-central-1`: AccessDenied of cloudtrail:LookupEvents" in told
    assert "nothing is known from 2026-10-11 06:00 to 2026-10-13 06:00 in `eu-west-1`" in told
    assert "nothing is known from 2026-08-22 06:00 to 2026-09-21 06:00 in `us-east-1`" in told
    assert "nothing is known from 2026-11-15 06:00 to 2026-11-20 06:00 in `us-east-1`" in told


def test_an_account_that_refused_everything_says_so() -> None:
    refused = Gap(PROD, "", "", GapKind.DENIED, "sts:AssumeRole is refused")

    assert coverage_of(seen(gaps=(refused,)), PROD).lacks == (
        "no evidence of CloudTrail was read of the account: sts:AssumeRole is refused",
    )


def test_another_partition_has_no_global_endpoint() -> None:
    assert coverage_of(seen(window("cn-north-1")), PROD).days == 90
    assert coverage_of(seen(window("eu-west-1")), PROD).days == 0


def test_many_holes_are_counted() -> None:
    holes = [(n, n - 1) for n in range(80, 20, -10)]
    told = describe_coverage(coverage_of(seen(window("eu-west-1", 90, 0, *holes), window("us-east-1")), PROD))

    assert told[-1] == "and 2 more holes"


def test_a_text_that_is_no_moment_is_none() -> None:
    assert read_moment("yesterday") is None
    assert coverage_of(seen(EvidenceWindow(PROD, "us-east-1", "x", "", "later")), PROD).days == 0


# ── what is known ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_principal_that_did_not_come_may_be_the_one_whom_only_its_account_names() -> None:
    everything = (window("eu-west-1"), window("us-east-1"))
    named = use_of_role(seen(*everything, uses=(call(CALLER),)), target(), 90)
    nameless = use_of_role(seen(*everything, uses=(call(SANDBOX),)), target(), 90)

    assert use_of_principal(named, CALLER).state is UseState.USED
    assert use_of_principal(named, f"arn:aws:iam::{SANDBOX}:role/other").state is UseState.UNUSED
    assert use_of_principal(nameless, CALLER).state is UseState.UNKNOWN
    assert use_of_principal(nameless, f"arn:aws:iam::{PROD}:role/other").state is UseState.UNUSED


def test_who_was_not_seen_through_a_hole_is_not_known() -> None:
    holed = seen(window("eu-west-1", 90, 0, (40, 38)), window("us-east-1"), uses=(call(CALLER),))
    known = use_of_role(holed, target(), 90)

    assert known.state is UseState.USED
    assert use_of_principal(known, f"arn:aws:iam::{SANDBOX}:role/other").state is UseState.UNKNOWN


def test_refused_calls_are_kept_and_are_no_use() -> None:
    refused = replace(call(CALLER), count=0, refused=4)
    known = use_of_role(seen(window("eu-west-1"), window("us-east-1"), uses=(refused,)), target(), 90)

    assert (known.state, known.count, known.callers, known.last) == (UseState.UNUSED, 0, (), "")
    assert known.uses == (refused,)


@pytest.mark.parametrize(
    ("caller", "parts"),
    [
        ("arn:aws:iam::1:oidc-provider/token.x.com:repo:acme/app:ref:refs/heads/main",
         ("arn:aws:iam::1:oidc-provider/token.x.com", "repo:acme/app:ref:refs/heads/main")),
        ("arn:aws:iam::1:saml-provider/Okta:ann@example.com", ("arn:aws:iam::1:saml-provider/Okta", "ann@example.com")),
        ("cognito-identity.amazonaws.com:eu-west-1:0123", ("cognito-identity.amazonaws.com", "eu-west-1:0123")),
        ("arn:aws:iam::1:saml-provider/Okta", ("arn:aws:iam::1:saml-provider/Okta", "")),
    ],
)  # fmt: skip
def test_a_federated_caller_is_its_provider_and_a_subject(caller: str, parts: tuple[str, str]) -> None:
    assert provider_and_subject(caller) == parts


def test_a_call_that_may_have_come_two_ways_belongs_to_the_one_that_names_its_caller() -> None:
    both = replace(target(), trust_policy=policy(trust({"AWS": CALLER}), trust({"AWS": SANDBOX})))
    access = ready(both, call(CALLER))
    whole = use_of_role(access.snapshot, both, 90)
    named, wide = (use_of_grant(access, grant, whole) for grant in access.grants_by_role[both.arn])

    assert (named.state, named.count) == (UseState.USED, 1)
    assert (wide.state, wide.reasons[0]) == (
        UseState.UNKNOWN,
        "each call that may have come in this way may have come in another way as well",
    )


COMES_BY = [
    ("a call without an ExternalId does not come by a grant that asks for one",
     {"StringEquals": {"sts:ExternalId": "ours"}}, call(CALLER), False),
    ("a call with it does",
     {"StringEquals": {"sts:ExternalId": "ours"}}, replace(call(CALLER), external_id="ours"), True),
    ("a call of a role may not come by a grant that asks for another tag than it sent",
     {"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}, replace(call(CALLER), tags=("owner",)), False),
    ("a call that sent what is asked for does",
     {"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}, replace(call(CALLER), tags=("team",)), True),
    ("a source identity that was told is believed",
     {"StringEquals": {"sts:SourceIdentity": "ann"}}, replace(call(CALLER), source_identity="bob"), False),
    ("an endpoint that was told is believed",
     {"StringEquals": {"aws:SourceVpce": "vpce-1"}}, replace(call(CALLER), origin="vpce-2"), False),
    ("an address says nothing of an endpoint",
     {"StringEquals": {"aws:SourceVpce": "vpce-1"}}, replace(call(CALLER), origin="198.51.100.7"), True),
    ("a user that showed no MFA does not come by a grant that asks for it",
     {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, call(USER), False),
    ("a user that showed it once may",
     {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, replace(call(USER), count=4, with_mfa=1), True),
    ("what a refused call showed is not known",
     {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, replace(call(USER), count=0, refused=3), True),
    ("a session whose role has a path that nobody told may be any of its account",
     {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{SANDBOX}:role/path/ci"}},
     call(f"arn:aws:sts::{SANDBOX}:assumed-role/ci"), True),
    ("what CloudTrail does not tell is open", {"StringEquals": {"aws:SourceIp": "192.0.2.1"}}, call(CALLER), True),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "one", "comes"), [case[1:] for case in COMES_BY], ids=[c[0] for c in COMES_BY])
def test_a_call_belongs_to_a_grant_as_its_replay_would_have_it(condition: object, one: Use, comes: bool) -> None:
    held = replace(target(), trust_policy=policy(trust({"AWS": SANDBOX}, condition, EVERY_ACTION)))
    access = ready(held, one)
    (grant,) = access.grants_by_role[held.arn]

    assert may_come_by(access, grant, one) is comes
    fates = replay(held, held.trust_policy, (one,), Coverage(PROD), access.snapshot.organization)
    assert bool(fates.stale) is (one.count > 0 and not comes)


def test_a_grant_that_asks_for_more_than_its_caller_sent_is_not_called_unused() -> None:
    stricter = replace(target(), trust_policy=policy(trust({"AWS": USER}, WITH_MFA)))
    access = ready(stricter, call(USER))
    (grant,) = access.grants_by_role[stricter.arn]
    known = use_of_grant(access, grant, use_of_role(access.snapshot, stricter, 90))

    assert known.state is UseState.UNKNOWN
    assert known.reasons[0].startswith("those whom it lets in came, though not as it asks today")


def test_a_grant_of_whom_nobody_came_is_unused_whoever_else_came() -> None:
    both = replace(target(), trust_policy=policy(trust({"AWS": CALLER}), trust({"AWS": USER}, WITH_MFA)))
    access = ready(both, call(CALLER), call(f"arn:aws:iam::{SANDBOX}:role/gone"))
    user = next(grant for grant in access.grants_by_role[both.arn] if grant.principal.value == USER)

    assert use_of_grant(access, user, use_of_role(access.snapshot, both, 90)).state is UseState.UNUSED


def ready(one: Role, *uses: Use) -> Access:
    found = replace(seen(window("eu-west-1"), window("us-east-1"), uses=uses))
    accounts = tuple(replace(facts, roles=(one,)) if facts.id == PROD else facts for facts in found.accounts)
    access = Access(replace(found, accounts=accounts))
    return access.with_found(tuple(find_ways(access).grants), TrustGraph())


# ── the demo's organization ──────────────────────────────────────────────────────────────────────────────────────

UNUSED = {"unused-role", "unused-grant"}


def test_without_the_trail_of_an_account_no_role_of_it_is_called_unused() -> None:
    found = acme_snapshot()
    account = next(f.account for f in analyse(found).findings if f.check == "unused-grant")
    blind = replace(
        found,
        windows=tuple(w for w in found.windows if w.account != account),
        uses=tuple(use for use in found.uses if use.role.split(":")[4] != account),
    )
    findings = [f for f in analyse(blind).findings if f.check in UNUSED]

    assert {f.account for f in findings}.isdisjoint({account})
    assert len({f.account for f in findings}) > 20
    for one in (one for one in found.roles if one.account == account):
        known = use_of_role(blind, one, 90)
        assert known.state is UseState.UNKNOWN
        assert "no evidence of CloudTrail was read of the account" in known.sentences


@pytest.mark.parametrize("region", REGIONS)
def test_a_hole_of_one_day_in_one_region_of_every_account_leaves_nothing_unused(region: str) -> None:
    found = acme_snapshot()
    taken = read_moment(found.taken_at)
    assert taken
    hole = ((taken - timedelta(days=31)).isoformat(), (taken - timedelta(days=30)).isoformat())
    holed = tuple(replace(w, holes=(hole,)) if w.region == region else w for w in found.windows)
    book = replace(found, windows=holed)

    assert {use_of_role(book, one, 90).state for one in found.roles[:150]} == {UseState.USED, UseState.UNKNOWN}


def test_every_finding_on_use_says_the_window() -> None:
    checks = UNUSED | {
        "unexpected-source", "outside-business-hours", "volume-anomaly", "automation-assumes-admin",
        "refused-attempts", "self-trust-expected-but-absent",
    }  # fmt: skip
    told = [f.because for f in analyse(acme_snapshot()).findings if f.check in checks]

    assert len(told) > 50
    assert all(any("evidence covers" in sentence for sentence in because) for because in told)
