"""Every choice that is offered in the demo does what it says: it ends what it closes, and brings nothing as bad.

What is new is milder than what goes (a role that is open to the organization instead of the world), and nothing new is
granted, or the choice says what alone is.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.small_organization import PROD, SANDBOX, STRANGER, policy, role, snapshot, trust
from trustview.analysis import (
    Analysis,
    Change,
    ChangeKind,
    Confidence,
    Finding,
    Grant,
    Remediation,
    Severity,
    analyse,
    facts_about,
    prove_change,
    role_subject,
    what_if,
)
from trustview.analysis.choices import compose, removal_of
from trustview.analysis.remediation import change_role
from trustview.policy.narrowing import Verdict


@cache
def today() -> Analysis:
    return analyse(acme_snapshot())


def by_rank() -> Iterator[list[Remediation]]:
    """The first choice of every role, then the second of those that have one, and so on."""
    choices: dict[str, list[Remediation]] = defaultdict(list)
    for remediation in today().remediations:
        if remediation.subject in acme_snapshot().roles_by_arn:
            choices[remediation.subject].append(remediation)
    for rank in range(max(map(len, choices.values()))):
        yield [found[rank] for found in choices.values() if len(found) > rank]


def removals() -> list[Remediation]:
    """Of every role with findings the removal of the ways in that its worst one is about."""
    worst: dict[str, Finding] = {}
    for finding in today().findings:
        if finding.grants:
            worst.setdefault(finding.role, finding)
    taken = acme_snapshot()
    return [
        removal
        for arn, finding in worst.items()
        if (removal := removal_of(taken.roles_by_arn[arn].trust_policy, grants_of(finding), today().findings))
    ]


def grants_of(finding: Finding) -> list[Grant]:
    return [today().grants_by_id[grant] for grant in finding.grants]


ROUNDS = [*by_rank(), removals()]


@pytest.mark.parametrize("chosen", ROUNDS, ids=["first", *["other"] * (len(ROUNDS) - 2), "removal"])
def test_every_choice_ends_what_it_closes_and_brings_nothing_as_bad(chosen: list[Remediation]) -> None:
    taken, findings = acme_snapshot(), {finding.id: finding for finding in today().findings}
    roles = [change_role(taken.roles_by_arn[choice.subject], choice.changes) for choice in chosen]
    after = what_if(taken, today(), roles)
    left = {finding.id: finding.severity for finding in after.analysis.findings}
    closed = {choice.subject: [findings[one] for one in choice.closes] for choice in chosen}

    assert chosen
    for choice in chosen:
        assert all(left.get(one.id, -1) < one.severity for one in closed[choice.subject]), choice
    for new in after.new:
        assert new.role in closed, new
        assert new.severity < max(one.severity for one in closed[new.role]), new


@pytest.mark.parametrize("chosen", ROUNDS, ids=["first", *["other"] * (len(ROUNDS) - 2), "removal"])
def test_every_choice_is_proved_or_says_what_alone_is_new(chosen: list[Remediation]) -> None:
    taken = acme_snapshot()
    for choice in chosen:
        held = taken.roles_by_arn[choice.subject]
        effect = prove_change(held.trust_policy, choice.changes, facts_about(taken.organization, held.account))
        # To test MFA no longer lets in whom the test shut out: it is offered, and told for what it is.
        widens = any(change.kind is ChangeKind.REMOVE_CONDITION for change in choice.changes)
        assert effect.verdict is Verdict.PROVED or effect.but_for or (widens and effect.gained), choice


def test_most_findings_that_are_worse_than_an_info_can_be_mended() -> None:
    offered = {finding.check for finding in today().findings if finding.changes or finding.instead}

    assert len(offered) >= 27
    assert {"trusts-account-root", "oidc-without-subject", "monitoring-role-reads-data"} <= offered


def test_choices_of_one_role_have_ids_of_their_own_that_stay() -> None:
    again = analyse(acme_snapshot())

    assert len({(choice.subject, choice.id) for choice in today().remediations}) == len(today().remediations)
    assert [choice.id for choice in again.remediations] == [choice.id for choice in today().remediations]


# ── several changes as one ───────────────────────────────────────────────────────────────────────────────────────


def offer(name: str, *changes: Change) -> tuple[Finding, tuple[Change, ...]]:
    return Finding(name, "check", Severity.HIGH, Confidence.PROVEN, role_subject("role"), (), (), ()), changes


REMOVE = Change(ChangeKind.REMOVE_PRINCIPAL, 0, "", principal_kind="AWS", principal="a")
REPLACE = Change(ChangeKind.REPLACE_PRINCIPAL, 0, "", principal_kind="AWS", principal="a", values=("b",))
ADD = Change(ChangeKind.ADD_CONDITION, 0, "", operator="StringEquals", key="aws:PrincipalOrgID", values=("o-1",))
OTHER = Change(ChangeKind.ADD_CONDITION, 0, "", operator="StringEquals", key="aws:PrincipalOrgID", values=("o-2",))
DROP = Change(ChangeKind.REMOVE_STATEMENT, 0, "")


def test_changes_of_different_things_are_all_made() -> None:
    assert compose([offer("f", REPLACE), offer("g", ADD)]) == ((REPLACE, ADD), ("f", "g"))


def test_what_two_findings_ask_for_is_done_once() -> None:
    assert compose([offer("f", ADD), offer("g", ADD)]) == ((ADD,), ("f", "g"))


def test_of_two_values_the_first_is_taken_and_the_other_finding_is_not_called_closed() -> None:
    assert compose([offer("f", ADD), offer("g", OTHER)]) == ((ADD,), ("f",))


def test_what_takes_away_wins_and_closes_what_would_have_been_narrowed() -> None:
    assert compose([offer("f", REPLACE), offer("g", REMOVE)]) == ((REMOVE,), ("f", "g"))
    assert compose([offer("f", ADD), offer("g", DROP)]) == ((DROP,), ("f", "g"))


def test_a_role_of_which_one_of_two_principals_is_wrong_loses_that_one() -> None:
    facts = snapshot(role("partner", policy(trust({"AWS": [STRANGER, f"arn:aws:iam::{SANDBOX}:role/ci"]}))))
    analysis = analyse(facts)
    (arn,) = (f"arn:aws:iam::{PROD}:role/partner",)
    wrong = [grant for grant in analysis.grants if STRANGER in grant.principal.value]
    removal = removal_of(facts.roles_by_arn[arn].trust_policy, wrong, analysis.findings)

    assert removal is not None
    assert [change.kind for change in removal.changes] == [ChangeKind.REMOVE_PRINCIPAL]
    assert STRANGER not in removal.policy
    assert "role/ci" in removal.policy


def test_a_role_of_which_everybody_is_wrong_loses_the_statement() -> None:
    facts = snapshot(role("partner", policy(trust({"AWS": STRANGER}))))
    analysis = analyse(facts)
    removal = removal_of(facts.roles[0].trust_policy, analysis.grants, analysis.findings)

    assert removal is not None
    assert [change.kind for change in removal.changes] == [ChangeKind.REMOVE_STATEMENT]
    assert "NobodyMayAssumeThis" in removal.policy


def test_nothing_is_removed_where_nothing_is_named() -> None:
    assert removal_of("{}", [], []) is None
