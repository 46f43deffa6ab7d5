"""The grade of a finding explains itself: every modifier that applies is told, and what is told adds up."""

import re
from itertools import product

import pytest

from trustview.analysis import Confidence, Finding, Reach, ReachKind, Severity, Tier, role_subject
from trustview.analysis.finding import Modifier
from trustview.analysis.grade import explain_confidence, explain_severity, grade, own_grade
from trustview.policy import Privilege

OPEN = Reach(ReachKind.OPEN)
SHUT = Reach(ReachKind.BLOCKED, blocked_by=("RCP `Outsiders`",))
KEPT_OUT = Reach(ReachKind.CONDITIONAL, ("aws:PrincipalOrgID",), ("RCP `Outsiders`",))
BY_ITSELF = Reach(ReachKind.BLOCKED, blocked_by=("trust policy statement 2",))
MEDIUM, HIGH, LOW = Severity.MEDIUM, Severity.HIGH, Severity.LOW
WRITE, ADMIN, NONE = Privilege.WRITE, Privilege.ADMIN, Privilege.NONE

CASES = {
    "nothing moves it": (MEDIUM, WRITE, Tier.PROD, OPEN, (), MEDIUM, ("nothing moves it",)),
    "an administrator is one worse": (
        MEDIUM, ADMIN, Tier.PROD, OPEN, (), HIGH, ("one up because the role is an administrator",),
    ),
    "a sensitive account is one worse": (
        MEDIUM, WRITE, Tier.LOG, OPEN, (), HIGH, ("one up because the role is in a log account",),
    ),
    "both together are one worse": (
        MEDIUM, ADMIN, Tier.SECURITY, OPEN, (), HIGH,
        ("one up because the role is an administrator and the role is in a security account",),
    ),
    "an administrator that the check counts is told and not counted": (
        HIGH, ADMIN, Tier.PROD, OPEN, (Modifier.PRIVILEGE,), HIGH,
        ("it holds already that the role is an administrator",),
    ),
    "a tier counts beside an administrator that the check counts": (
        HIGH, ADMIN, Tier.MANAGEMENT, OPEN, (Modifier.PRIVILEGE,), Severity.CRITICAL,
        ("it holds already that the role is an administrator", "one up because the role is in a management account"),
    ),
    "what is shut is one milder": (
        MEDIUM, WRITE, Tier.PROD, SHUT, (), LOW, ("one down because RCP `Outsiders` keeps it shut today",),
    ),
    "what is shut to outsiders is one milder": (
        MEDIUM, WRITE, Tier.PROD, KEPT_OUT, (), LOW, ("one down because RCP `Outsiders` keeps outsiders out today",),
    ),
    "what is shut, and counted, is told": (
        MEDIUM, WRITE, Tier.PROD, SHUT, (Modifier.LATENT,), MEDIUM,
        ("it holds already that RCP `Outsiders` keeps it shut today",),
    ),
    "what the role shuts itself moves nothing": (
        MEDIUM, WRITE, Tier.PROD, BY_ITSELF, (), MEDIUM, ("nothing moves it",),
    ),
    "a role that may do nothing is one milder": (
        MEDIUM, NONE, Tier.PROD, OPEN, (), LOW, ("one down because the role may do nothing",),
    ),
    "two reasons are one step": (
        MEDIUM, NONE, Tier.PROD, SHUT, (), LOW,
        ("one down because RCP `Outsiders` keeps it shut today and the role may do nothing",),
    ),
    "one up and one down are both told": (
        MEDIUM, ADMIN, Tier.PROD, SHUT, (), MEDIUM,
        ("one up because the role is an administrator", "one down because RCP `Outsiders` keeps it shut today"),
    ),
    "nothing is worse than critical": (
        Severity.CRITICAL, ADMIN, Tier.PROD, OPEN, (), Severity.CRITICAL,
        ("one up because the role is an administrator", "but nothing is worse than critical"),
    ),
    "nothing is milder than info": (
        Severity.INFO, NONE, Tier.PROD, OPEN, (), Severity.INFO,
        ("one down because the role may do nothing", "but nothing is milder than info"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_modifier_moves_the_severity_and_says_so(name: str) -> None:
    severity, privilege, tier, reach, counted, wanted, told = CASES[name]
    said = own_grade(severity, MEDIUM)
    assert grade(severity, MEDIUM, privilege, tier, reach, counted) == (wanted, (said, *told))


def test_what_is_told_adds_up_to_the_severity() -> None:
    counts = ((), (Modifier.PRIVILEGE,), (Modifier.TIER,), (Modifier.LATENT,), tuple(Modifier))
    for severity, privilege, tier, reach, counted in product(
        Severity, Privilege, Tier, (OPEN, SHUT, KEPT_OUT, BY_ITSELF), counts
    ):
        final, (said, *told) = grade(severity, MEDIUM, privilege, tier, reach, counted)
        assert said == own_grade(severity, MEDIUM)
        moved = sum(one.startswith("one up") for one in told) - sum(one.startswith("one down") for one in told)
        is_at_the_end = any(one.startswith("but nothing is") for one in told)
        assert final == severity + moved - (moved if is_at_the_end else 0)
        assert told
        assert any(re.match("(it holds|one (up|down)|but nothing)", one) for one in told) != (
            "nothing moves it" in told
        )


def finding(confidence: Confidence, depends_on: tuple[str, ...] = ()) -> Finding:
    graded = (own_grade(HIGH, MEDIUM), "one down because the role may do nothing")
    role = role_subject("arn:aws:iam::111111111111:role/app")
    return Finding("f", "check", MEDIUM, confidence, role, (), (), (), graded, depends_on)


def test_a_severity_and_a_certainty_are_told_in_words() -> None:
    assert explain_severity(finding(Confidence.PROVEN)) == (
        "medium: the check says high of this, medium as a rule, one down because the role may do nothing"
    )
    assert explain_confidence(finding(Confidence.PROVEN)) == "proven: all that decides it was read"
    assert explain_confidence(finding(Confidence.UNKNOWN)) == "unknown: something that decides it could not be read"
    assert explain_confidence(finding(Confidence.CONDITIONAL)) == (
        "conditional: it rests on what cannot be told for sure"
    )
    assert explain_confidence(finding(Confidence.CONDITIONAL, ("aws:SourceIp", "aws:username"))) == (
        "conditional: it depends on aws:SourceIp, aws:username"
    )
