"""Words of the filter: what each admits, and which word is named when it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustview.analysis import Party, ReachKind, Severity
from trustview.review import Verdict
from trustview.store import ItemTable
from trustview.ui.filter import WORDS, Facts, read_filter
from trustview.ui.places import Places

from .rows import ITEM, PLACES, table


@dataclass(frozen=True)
class Case:
    text: str
    admits: bool
    verdict: Verdict | None = None
    is_marked: bool = False


VENDOR = replace(
    ITEM,
    role_name="team/DatadogIntegrationRole",
    principal="arn:aws:iam::464622532012:root",
    party=Party.VENDOR,
    party_name="Datadog",
    reach=ReachKind.CONDITIONAL,
    severity=Severity.HIGH,
    checks=("trusts-whole-external-account", "weak-external-id"),
    accounts=("111111111111", "222222222222"),
)

CASES = [
    Case("", True),
    Case("   ", True),
    Case("sev:high", True),
    Case("sev:hi", True),
    Case("SEV:HIGH", True),
    Case("sev:critical", False),
    Case("sev:critical,high", True),
    Case("sev:medium+", True),
    Case("sev:critical+", False),
    Case("sev:none", False),
    Case("-sev:high", False),
    Case("!sev:low", True),
    Case("party:vendor", True),
    Case("party:outside", True),
    Case("party:public", False),
    Case("who:datadog", True),
    Case("who:464622532012", True),
    Case("who:cloudhealth", False),
    Case("reach:conditional", True),
    Case("reach:open", False),
    Case("check:weak-external-id", True),
    Case("check:external", True),
    Case("-check:weak", False),
    Case("role:datadog", True),
    Case("role:team/", True),
    Case("account:111111111111", True),
    Case("account:shop", True),
    Case("account:333", False),
    Case("ou:prod", True),
    Case("ou:dev", True),
    Case("ou:sandbox", False),
    Case('ou:"big data"', True),
    Case('ou:"big', True),
    Case("is:fleet", True),
    Case("is:outlier", False),
    Case("is:found", True),
    Case("is:open", True),
    Case("is:open", False, verdict=Verdict.APPROVE),
    Case("is:decided", True, verdict=Verdict.REVOKE),
    Case("is:revoked", True, verdict=Verdict.REVOKE),
    Case("is:approved", False, verdict=Verdict.REVOKE),
    Case("is:narrowed", True, verdict=Verdict.NARROW),
    Case("is:accepted", True, verdict=Verdict.ACCEPT_RISK),
    Case("is:deferred", True, verdict=Verdict.DEFER),
    Case("is:marked", False),
    Case("is:marked", True, is_marked=True),
    Case("is:all", True),
    Case("datadog", True),
    Case("weak-ext", True),
    Case("shop", True),
    Case('"Shop Prod"', True),
    Case('"Prod Shop"', False),
    Case("-datadog", False),
    Case("arn:aws:iam::464622532012:root", True),
    Case("sev:high party:vendor ou:prod check:weak is:open reach:cond role:Integration -check:mfa data", True),
    Case("sev:high party:service", False),
    Case("sev:", True),
    Case("-sev:", True),
    Case("sev:,", False),
]


VENDOR_ROW = table(VENDOR)


def admits(text: str, row: ItemTable, facts: Facts) -> bool:
    """Whether a filter shows the only row of a table."""
    return row.matching(read_filter(text).condition(facts)) == (0,)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text!r}-{case.admits}")
def test_a_filter_admits_what_its_words_mean(case: Case) -> None:
    found = read_filter(case.text)
    assert not found.problem
    facts = Facts(PLACES, {0: case.verdict} if case.verdict else {}, {0} if case.is_marked else frozenset())
    assert admits(case.text, VENDOR_ROW, facts) is case.admits


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sev:hgih", "`hgih`"),
        ("role:x sev:worst", "`worst`"),
        ("colour:red", "`colour:`"),
        ("colour:", "`colour:`"),
        ("is:done", "`done`"),
        ("party:friend", "`friend`"),
        ("reach:maybe", "`maybe`"),
        ("-is:nothing", "`nothing`"),
        ("sev:high,bad", "`bad`"),
    ],
)
def test_a_word_that_cannot_be_read_is_named_with_what_could_stand_there(text: str, named: str) -> None:
    problem = read_filter(text).problem
    assert problem.startswith(named)
    assert ":" in problem


def test_without_is_all_only_items_with_findings_or_decisions_are_shown() -> None:
    quiet = table(replace(ITEM, severity=None, checks=()))
    facts = Facts(PLACES)
    assert not admits("", quiet, facts)
    assert admits("is:all", quiet, facts)
    assert admits("is:all sev:none", quiet, facts)
    assert admits("", quiet, replace(facts, verdicts={0: Verdict.APPROVE}))


def test_every_word_that_the_help_shows_can_be_read() -> None:
    for word, _ in WORDS:
        assert not read_filter(word).problem, word


@given(st.text(max_size=60))
def test_no_text_breaks_the_filter(text: str) -> None:
    assert admits(text, VENDOR_ROW, Facts(Places(()))) in (True, False)


@settings(max_examples=60, deadline=None)  # each example writes a file
@given(st.sampled_from("abcXYZ09-_/:.*%'\u00e4\u0130\u4e2d"), st.text(max_size=12))
def test_a_part_of_any_name_is_found_whatever_its_case(first: str, rest: str) -> None:
    """Also what SQL would read as a pattern, and letters beyond ASCII."""
    name = first + rest.replace('"', "")
    rows = table(replace(ITEM, role_name=f"x{name}y"), replace(ITEM, id="item-2", role_name="other"))
    found = rows.matching(read_filter(f'role:"{name.upper()}"').condition(Facts(PLACES)))
    assert (0 in found) is (name.upper().lower() in f"x{name}y".lower())
