"""One change for every role of a name: proved for each, and those that it does not fit stand apart with the reason."""

from functools import cache

from tests.analysis.acme_snapshot import acme_snapshot
from trustview.analysis import Analysis, RoleFacts, analyse, change_fleet, coverage_of, rank_choices
from trustview.policy.narrowing import Verdict


@cache
def today() -> Analysis:
    return analyse(acme_snapshot())


def facts_of(arn: str) -> RoleFacts:
    taken, analysis = acme_snapshot(), today()
    role = taken.roles_by_arn[arn]
    return RoleFacts(
        role,
        tuple(finding for finding in analysis.findings if finding.role == arn),
        tuple(grant for grant in analysis.grants if grant.role == arn),
        tuple(one for one in analysis.remediations if one.subject == arn),
        tuple(use for use in taken.uses if use.role == arn),
        coverage_of(taken, role.account),
        taken.organization,
    )


def fleet_of(name: str) -> list[RoleFacts]:
    return [facts_of(role.arn) for role in acme_snapshot().roles if role.name == name]


def gentle_change_of(fleet: list[RoleFacts]) -> str:
    """The id of the first change of some member that takes no way in away."""
    choices = (choice for facts in fleet for choice in rank_choices(facts) if not choice.is_removal)
    return next(choices).remediation.id


def test_a_change_of_one_member_is_made_and_proved_for_every_member_that_says_the_same() -> None:
    fleet = fleet_of("acme-log-shipper")
    found = change_fleet(gentle_change_of(fleet), fleet)

    assert len(found.members) >= 10
    assert len(found.members) + len(found.outliers) == len(fleet)
    for member in found.members:
        effect = member.choice.effect
        assert effect.verdict is Verdict.PROVED or effect.but_for
        assert member.choice.replay.refused == ()
        assert member.choice.remediation.subject == member.facts.role.arn


def test_each_member_gets_its_own_account_in_what_is_the_same_change() -> None:
    fleet = fleet_of("acme-log-shipper")
    found = change_fleet(gentle_change_of(fleet), fleet)

    for member in found.members:
        assert member.choice.after.boundary.split(":")[4] == member.facts.role.account


def test_who_would_break_or_differs_stands_apart_and_says_why() -> None:
    fleet = fleet_of("ci-deploy")
    removal = next(choice.remediation.id for facts in fleet for choice in rank_choices(facts) if choice.replay.refused)
    found = change_fleet(removal, fleet)

    assert any("it would break `" in outlier.why for outlier in found.outliers)
    assert any("it differs from the others" in outlier.why for outlier in found.outliers)
    assert all(outlier.why for outlier in found.outliers)


def test_a_change_that_no_member_has_has_no_members() -> None:
    found = change_fleet("00000000", fleet_of("ci-deploy"))

    assert found.members == ()
    assert len(found.outliers) == len(fleet_of("ci-deploy"))
