"""A grant that several statements give is mended in all of them: by evaluation nobody gets in by the one left out.

Whoever stands beside it in a statement that repeats it comes as before.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.analysis.small_organization import ORGANIZATION, PROD, SANDBOX, policy, role, snapshot, trust
from trustview.analysis import Analysis, Grant, Remediation, analyse, facts_about, prove_change
from trustview.analysis.choices import removal_of
from trustview.analysis.repeats import name_places, places_of, statements_giving
from trustview.policy import Context, Outcome, PolicyStack, Request, evaluate, read_caller, read_policy
from trustview.policy.narrowing import Verdict
from trustview.snapshot import Snapshot

OUTSIDER, FRIEND = "999900001111", f"arn:aws:iam::{SANDBOX}:role/ci"
STRANGERS = "arn:aws:iam::999900001111:role/any"
WORLD = trust({"AWS": "*"})
EXTERNAL = {"StringEquals": {"sts:ExternalId": "ours"}}


@dataclass(frozen=True)
class Repeated:
    """A trust policy, and whether somebody else in it comes as before once the outsider's way in is taken away."""

    name: str
    statements: tuple[dict[str, Any], ...]
    friend_stays: bool
    repeats: int


CASES = (
    Repeated("everyone in two statements that are one and the same", (WORLD, WORLD), False, 2),
    Repeated("everyone in three", (WORLD, WORLD, WORLD), False, 3),
    Repeated("everyone with a star and beside a friend", (WORLD, trust({"AWS": ["*", FRIEND]})), True, 2),
    Repeated("an account alone, then beside a friend", (trust({"AWS": OUTSIDER}), trust({"AWS": [FRIEND, OUTSIDER]})),
             True, 2),
    Repeated("an account beside a friend, then alone", (trust({"AWS": [FRIEND, OUTSIDER]}), trust({"AWS": OUTSIDER})),
             True, 2),
    Repeated("an account with one and the same condition, its operator's tests in another order",
             (trust({"AWS": OUTSIDER}, EXTERNAL | {"Bool": {"aws:SecureTransport": "true"}}),
              trust({"AWS": OUTSIDER}, {"Bool": {"aws:SecureTransport": "true"}} | EXTERNAL)), False, 2),
    Repeated("an account, once by a list of actions that means no more",
             (trust({"AWS": OUTSIDER}), trust({"AWS": OUTSIDER}, action=["sts:AssumeRole", "sts:SetSourceIdentity"])),
             False, 2),
    Repeated("a friend stands between two that are the same",
             (trust({"AWS": OUTSIDER}), trust({"AWS": FRIEND}), trust({"AWS": OUTSIDER})), True, 2),
    Repeated("an account under another condition is another grant",
             (trust({"AWS": OUTSIDER}), trust({"AWS": OUTSIDER}, EXTERNAL)), False, 1),
    Repeated("a friend with the same words is another grant", (trust({"AWS": OUTSIDER}), trust({"AWS": FRIEND})),
             True, 1),
)  # fmt: skip


def analysed(case: Repeated) -> tuple[Snapshot, Analysis]:
    facts = snapshot(role("partner", policy(*case.statements)), role("ci", policy(WORLD), SANDBOX))
    return facts, analyse(facts)


def wrong_of(analysis: Analysis) -> list[Grant]:
    return [one for one in analysis.grants if one.role.endswith("partner") and one.principal.value in ("*", OUTSIDER)]


def lets_in(text: str, arn: str) -> bool:
    """Whether a trust policy lets a principal in that sends the right ExternalId."""
    values = {"sts:ExternalId": "ours", "aws:SecureTransport": "true", "aws:PrincipalArn": arn}
    values |= {"aws:PrincipalAccount": arn.split(":")[4]}
    if arn.split(":")[4] == SANDBOX:
        values["aws:PrincipalOrgID"] = ORGANIZATION
    context = Context().with_values(values)
    request = Request(read_caller(arn), "sts:AssumeRole", f"arn:aws:iam::{PROD}:role/partner", PROD, context)
    return evaluate(request, PolicyStack(read_policy(text))).outcome in (Outcome.ALLOWED, Outcome.CONDITIONAL)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_statements_that_give_a_grant_are_known(case: Repeated) -> None:
    facts, analysis = analysed(case)
    outside = wrong_of(analysis)[0]
    document = read_policy(facts.roles_by_arn[outside.role].trust_policy)

    assert len(statements_giving(document, outside)) == case.repeats


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_finding_names_every_statement_that_gives_its_grants(case: Repeated) -> None:
    facts, analysis = analysed(case)
    wrong = wrong_of(analysis)
    document = read_policy(facts.roles_by_arn[wrong[0].role].trust_policy)
    alone = [f for f in analysis.findings if f.grants == (wrong[0].id,)]

    assert alone
    for finding in alone:
        assert finding.statements == places_of(document, wrong[0])
        assert any("give the same way in" in one for one in finding.because) is (case.repeats > 1)


def test_statements_are_named_by_their_numbers() -> None:
    assert name_places((3,)) == "statement 3"
    assert name_places((0, 2)) == "statements 0 and 2"
    assert name_places((0, 2, 5)) == "statements 0, 2 and 5"


def test_a_statement_that_is_not_there_is_named_all_the_same() -> None:
    """As a fleet's document may be another member's."""
    _, analysis = analysed(CASES[0])

    assert places_of(read_policy(policy()), wrong_of(analysis)[0]) == (0,)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_taking_a_way_in_away_leaves_none_of_it(case: Repeated) -> None:
    facts, analysis = analysed(case)
    wrong = wrong_of(analysis)
    before = facts.roles_by_arn[wrong[0].role].trust_policy
    removal = removal_of(before, wrong, analysis.findings)

    assert lets_in(before, STRANGERS)
    assert removal is not None
    assert not lets_in(removal.policy, STRANGERS)
    assert lets_in(removal.policy, FRIEND) is case.friend_stays


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_choice_closes_is_not_found_again(case: Repeated) -> None:
    _, analysis = analysed(case)
    chosen = [one for one in analysis.remediations if one.subject.endswith("partner") and one.closes]

    assert chosen
    for one in chosen:
        changed = snapshot(role("partner", one.policy), role("ci", policy(WORLD), SANDBOX))
        left = {finding.id for finding in analyse(changed).findings}
        assert not left.intersection(one.closes), one


def test_narrowing_the_first_takes_the_repeat_away_and_is_proved() -> None:
    case = CASES[2]
    facts, analysis = analysed(case)
    narrowing = [one for one in analysis.remediations if asks_for_organization(one)]

    assert narrowing
    for one in narrowing:
        held = facts.roles_by_arn[one.subject].trust_policy
        assert prove_change(held, one.changes, facts_about(facts.organization, PROD)).verdict is Verdict.PROVED
        assert not lets_in(one.policy, STRANGERS)
        assert lets_in(one.policy, FRIEND)


def asks_for_organization(one: Remediation) -> bool:
    return one.subject.endswith("partner") and any(change.key == "aws:PrincipalOrgID" for change in one.changes)


def test_a_service_that_shares_the_repeat_is_not_asked_for_what_the_crowd_is() -> None:
    shared = trust({"AWS": "*", "Service": "ec2.amazonaws.com"})
    analysis = analyse(snapshot(role("partner", policy(WORLD, shared))))
    chosen = [one for one in analysis.remediations if asks_for_organization(one)]
    service = Request(
        read_caller("ec2.amazonaws.com"), "sts:AssumeRole", f"arn:aws:iam::{PROD}:role/partner", PROD, Context()
    )

    assert chosen
    for one in chosen:
        assert not lets_in(one.policy, STRANGERS)
        assert evaluate(service, PolicyStack(read_policy(one.policy))).outcome is Outcome.ALLOWED
