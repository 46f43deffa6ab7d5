"""Which decisions of last time hold: every reason to keep one and every reason to open one again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.analysis.small_organization import (
    DATADOG,
    MANAGEMENT,
    PROD,
    ROOT,
    SANDBOX,
    STRANGER,
    guardrail,
    may_assume,
    policy,
    role,
    snapshot,
    trust,
    user,
)
from trustview.analysis import Settings, analyse
from trustview.policy import Privilege
from trustview.review import (
    Basis,
    CarriedItem,
    CarryOver,
    Decision,
    Fate,
    LastReview,
    Verdict,
    carry_over,
    digest_of,
    grant_keys,
    item_bases,
    read_basis,
    review_items,
    write_basis,
)
from trustview.snapshot import GuardrailKind, InlinePolicy, Snapshot

TODAY = "2026-11-20"
READ = frozenset({MANAGEMENT, PROD, SANDBOX})
FROM_ID = {"StringEquals": {"sts:ExternalId": "8d1f6c0be2974d5e"}}


def bases_of(facts: Snapshot, settings: Settings | None = None) -> list[tuple[str, Basis, str]]:
    analysis = analyse(facts, settings=settings)
    found = item_bases(facts, analysis, review_items(analysis))
    return [(item, basis, digest_of(write_basis(basis))) for item, basis in found]


def last_of(facts: Snapshot, decided: Decision | None, settings: Settings | None = None) -> LastReview:
    """A review of these facts in which every item got this decision."""
    there = bases_of(facts, settings)
    decisions = {item: replace(decided, item=item, basis=digest) for item, _, digest in there} if decided else {}
    return LastReview(
        "o-smallorg01/2026-Q3",
        "2026-08-30T06:00:00Z",
        decisions,
        {digest: basis for _, basis, digest in there},
        frozenset(key for _, basis, _ in there for key in grant_keys(basis)),
        READ,
    )


def decision(verdict: Verdict = Verdict.APPROVE, until: str = "") -> Decision:
    return Decision("", verdict, "ann", "2026-08-20T06:00:00Z", "fine", until)


def compare(
    old: Snapshot, new: Snapshot, decided: Decision | None = None, *, settings: Sequence[Settings | None] = (None, None)
) -> CarryOver:
    last = last_of(old, decided or decision(), settings[0])
    return carry_over(last, bases_of(new, settings[1]), new.organization, READ, TODAY)


def of_role(carried: CarryOver, new: Snapshot, name: str = "app") -> CarriedItem:
    """The only item of a role."""
    ids = {item.id for item in review_items(analyse(new)) if item.role_name == name}
    (found,) = (item for item in carried.items if item.item in ids)
    return found


def app(*statements: dict[str, Any], **more: Any) -> Snapshot:  # noqa: ANN401
    return snapshot(role("app", policy(*statements), **more))


OUTSIDER = trust({"AWS": STRANGER}, FROM_ID)
ONE = app(OUTSIDER)


# ── it holds ─────────────────────────────────────────────────────────────────────────────────────────────────────


def both(first: str, second: str) -> dict[str, Any]:
    return trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": [first, second]}})


HOLDS = {
    "the same in every way": (ONE, ONE, "nothing has changed"),
    "the account spelled as its root": (ONE, app(trust({"AWS": f"arn:aws:iam::{STRANGER}:root"}, FROM_ID)), "proved"),
    "values in another order": (
        app(both("first-id-1234", "other-id-1234")), app(both("other-id-1234", "first-id-1234")),
        "nothing has changed"),
    "one value fewer": (app(both("first-id-1234", "other-id-1234")),
                        app(trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": "first-id-1234"}})), "proved"),
    "one more condition": (ONE, app(trust({"AWS": STRANGER}, {**FROM_ID, "Bool": {"aws:SecureTransport": "true"}})),
                           "now tests `aws:SecureTransport`"),
    "a user where the account was": (ONE, app(trust({"AWS": f"arn:aws:iam::{STRANGER}:user/ann"}, FROM_ID)), "proved"),
    "one more Deny": (ONE, app(OUTSIDER, {**trust({"AWS": "*"}, {"Bool": {"aws:SecureTransport": "false"}}),
                                         "Effect": "Deny"}), "0 Deny statements stood beside it, 1 do"),
    "a role that may do less": (
        app(OUTSIDER, inline=(InlinePolicy("x", policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})),)),
        app(OUTSIDER), "the role's privilege was write, is none"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_a_decision_holds_for(name: str) -> None:
    old, new, because = HOLDS[name]
    found = of_role(compare(old, new), new)

    assert found.fate is Fate.HOLDS, found.because
    assert because in "; ".join(found.because)
    assert found.decision
    assert (found.decision.carried_from, found.decision.by) == ("o-smallorg01/2026-Q3", "ann")
    assert found.decision.basis == next(digest for item, _, digest in bases_of(new) if item == found.item)
    assert found.decision.because == found.because


# ── it is opened again ───────────────────────────────────────────────────────────────────────────────────────────


def rcp(*targets: str) -> tuple[Any, ...]:
    outside = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-smallorg01"}}
    services = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}
    return (guardrail(GuardrailKind.RCP, "ours-only", {**deny, "Condition": {**outside, **services}}, *targets),)


def under(guardrails: tuple[Any, ...]) -> Snapshot:
    return snapshot(role("app", policy(OUTSIDER)), guardrails=guardrails)


NAMED = trust({"AWS": f"arn:aws:iam::{SANDBOX}:user/worker"})


def with_caller(**more: Any) -> Snapshot:  # noqa: ANN401
    return snapshot(role("app", policy(NAMED)), user("worker", SANDBOX, **more))


def remade(facts: Snapshot) -> Snapshot:
    """The caller was deleted and made anew."""
    accounts = tuple(
        replace(account, users=tuple(replace(one, id="AIDAANOTHER00001") for one in account.users))
        for account in facts.accounts
    )
    return replace(facts, accounts=accounts)


READS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}

REOPENED = {
    "no ExternalId any more": (
        ONE, app(trust({"AWS": STRANGER})), "widened-since-review", "no longer tests `sts:ExternalId`"),
    "one value more": (
        ONE, app(both("8d1f6c0be2974d5e", "another-id-123")), "widened-since-review", "its words are wider"),
    "one Deny fewer": (
        app(OUTSIDER, {**trust({"AWS": "*"}, {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), "Effect": "Deny"}),
        ONE, "widened-since-review", "1 Deny statements stood beside it, 0 do"),
    "an RCP that went away": (
        under(rcp(ROOT)), under(()), "effect-changed-text-same", "RCP `ours-only` on the role's account is gone"),
    "an RCP that came": (
        under(()), under(rcp(PROD)), "effect-changed-text-same", "RCP `ours-only` on the role's account is new"),
    "a caller's policy that came": (
        snapshot(role("app", policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:user/worker"}))), user("worker", SANDBOX)),
        with_caller(inline=may_assume()), "effect-changed-text-same", "reach was dead, is open"),
    "a caller that was made anew": (
        with_caller(inline=may_assume()), remade(with_caller(inline=may_assume())), "effect-changed-text-same",
        "is the principal with the id AIDAANOTHER00001"),
    "a role that may do more": (
        app(OUTSIDER, inline=(InlinePolicy("x", policy(READS)),)),
        app(OUTSIDER, inline=(InlinePolicy("x", policy({**READS, "Action": "s3:*"})),)),
        "effect-changed-text-same", "the role's privilege was read-data, is write"),
}  # fmt: skip


@pytest.mark.parametrize("name", REOPENED)
def test_a_decision_is_opened_again_by(name: str) -> None:
    old, new, check, because = REOPENED[name]
    found = of_role(compare(old, new), new)

    assert found.fate is Fate.REOPENED, found.because
    assert found.check == check
    assert because in "; ".join(found.because)
    assert found.decision is None
    assert found.was
    assert found.was.verdict is Verdict.APPROVE


def test_who_is_no_longer_approved_is_somebody_else() -> None:
    facts = app(trust({"AWS": f"arn:aws:iam::{DATADOG}:root"}, FROM_ID))
    approved = replace(Settings(), vendors=replace(Settings().vendors, approved=("Datadog",)))
    found = of_role(compare(facts, facts, settings=(approved, None)), facts)

    assert (found.fate, found.check) == (Fate.REOPENED, "effect-changed-text-same")
    assert f"account {DATADOG} was approved, is not approved" in found.because


# ── days and deeds ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("decided", "fate", "check"),
    [
        (decision(Verdict.ACCEPT_RISK, "2026-11-21"), Fate.HOLDS, ""),
        (decision(Verdict.ACCEPT_RISK, "2026-11-20"), Fate.REOPENED, "decision-expired"),
        (decision(Verdict.DEFER, "2026-12-01"), Fate.HOLDS, ""),
        (decision(Verdict.DEFER, "2026-09-01"), Fate.REOPENED, "decision-expired"),
        (decision(Verdict.REVOKE), Fate.REOPENED, "revoke-not-done"),
        (decision(Verdict.NARROW), Fate.REOPENED, "revoke-not-done"),
    ],
)
def test_of_what_has_not_changed(decided: Decision, fate: Fate, check: str) -> None:
    found = of_role(compare(ONE, ONE, decided), ONE)

    assert (found.fate, found.check) == (fate, check)


def test_what_was_narrowed_as_decided_is_asked_once_more() -> None:
    new = app(trust({"AWS": STRANGER}, {**FROM_ID, "Bool": {"aws:SecureTransport": "true"}}))
    found = of_role(compare(ONE, new, decision(Verdict.NARROW)), new)

    assert (found.fate, found.check) == (Fate.REOPENED, "")
    assert "it was narrowed since" in found.because[0]


def test_what_was_revoked_and_is_gone_is_told() -> None:
    carried = compare(ONE, snapshot(), decision(Verdict.REVOKE))

    assert [(gone.decision.verdict, gone.roles, gone.is_unseen) for gone in carried.gone] == [
        (Verdict.REVOKE, (f"arn:aws:iam::{PROD}:role/app",), False)
    ]


def test_what_cannot_be_seen_is_not_called_gone_and_its_account_is_lost() -> None:
    last = last_of(ONE, decision())
    carried = carry_over(last, [], ONE.organization, READ - {PROD}, TODAY)

    assert [gone.is_unseen for gone in carried.gone if gone.roles == (f"arn:aws:iam::{PROD}:role/app",)] == [True]
    assert carried.lost_accounts == (PROD,)


def test_an_account_that_left_the_organization_is_not_lost() -> None:
    organization = ONE.organization
    assert organization
    left = replace(organization, accounts=tuple(one for one in organization.accounts if one.id != PROD))

    assert carry_over(last_of(ONE, decision()), [], left, READ - {PROD}, TODAY).lost_accounts == ()


# ── what nobody decided on ───────────────────────────────────────────────────────────────────────────────────────


def test_what_was_there_and_undecided_is_not_new() -> None:
    carried = carry_over(last_of(ONE, None), bases_of(ONE), ONE.organization, READ, TODAY)

    assert {item.fate for item in carried.items} == {Fate.UNDECIDED}


def test_what_was_not_there_is_new() -> None:
    found = of_role(compare(snapshot(), ONE), ONE)

    assert (found.fate, found.check) == (Fate.NEW, "new-grant")


def test_one_more_member_of_a_fleet_opens_the_fleet_again() -> None:
    fleet = [role("app", policy(OUTSIDER), account) for account in (MANAGEMENT, PROD)]
    new = snapshot(*fleet, role("app", policy(OUTSIDER), SANDBOX))
    found = of_role(compare(snapshot(*fleet), new), new)

    assert (found.fate, found.check) == (Fate.REOPENED, "new-grant")
    assert found.because == (f"1 of its 3 grants were not decided on: those in `{SANDBOX}`",)


def test_one_member_fewer_leaves_a_fleet_decided() -> None:
    fleet = [role("app", policy(OUTSIDER), account) for account in (MANAGEMENT, PROD, SANDBOX)]
    new = snapshot(*fleet[:2])

    assert of_role(compare(snapshot(*fleet), new), new).fate is Fate.HOLDS


def test_a_second_statement_does_not_open_the_first_again() -> None:
    new = app(OUTSIDER, trust({"AWS": "123456789012"}, FROM_ID))
    carried = compare(ONE, new)
    ids = {item.id for item in review_items(analyse(new)) if item.role_name == "app"}

    assert sorted(item.fate for item in carried.items if item.item in ids) == [Fate.HOLDS, Fate.NEW]


def test_a_decision_of_which_the_basis_was_not_kept_is_opened_again() -> None:
    last = replace(last_of(ONE, decision()), bases={}, seen=frozenset())
    found = of_role(carry_over(last, bases_of(ONE), ONE.organization, READ, TODAY), ONE)

    assert found.fate is Fate.REOPENED
    assert "was not kept" in found.because[0]


# ── the basis itself ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_basis_comes_back_as_it_was_kept() -> None:
    for _, basis, _ in bases_of(with_caller(inline=may_assume())):
        assert read_basis(write_basis(basis)) == basis


def test_a_fleet_is_described_once() -> None:
    fleet = [role("app", policy(trust({"Service": "ec2.amazonaws.com"})), account) for account in (PROD, SANDBOX)]
    (basis,) = (basis for _, basis, _ in bases_of(snapshot(*fleet)) if "role/app" in basis.stands[0].role)

    assert [stand.role for stand in basis.stands] == ["arn:aws:iam::\x01:role/app"] * len(basis.stands)
    assert sorted(account for stand in basis.stands for account in stand.accounts) == [PROD, SANDBOX]
    assert all(stand.privilege is Privilege.NONE for stand in basis.stands)
