"""Values -> words: which statement is marked, what the graph groups, what stands in a row and in the lines around."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.small_organization import PROD, policy, trust
from tests.analysis.small_organization import role as role_of
from tests.analysis.small_organization import snapshot as snapshot_of
from trustview.analysis import (
    CHECKS,
    Analysis,
    Confidence,
    Edge,
    Party,
    Privilege,
    Reach,
    ReachKind,
    Severity,
    Tier,
    analyse,
)
from trustview.analysis import pretty_policy as pretty
from trustview.policy import read_principal
from trustview.review import Decision, EntryKind, Verdict, make_entry
from trustview.snapshot import Role
from trustview.ui.commands import Context
from trustview.ui.detail import Surroundings
from trustview.ui.present import signs
from trustview.ui.present.graph import ego_graph
from trustview.ui.present.policy import marked_policy, statement_lines
from trustview.ui.present.queue import OpenCounts, row_cells
from trustview.ui.present.sheets import footer
from trustview.ui.present.signs import PARTIES
from trustview.ui.present.status import severity_counts, short_moment, top_line
from trustview.ui.showing import scoped
from trustview.ui.state import GROUP
from trustview.ui.steps import begin, with_journal
from widgets.graph import EgoGraphData
from widgets.safe_text import cells

from .acme import acme_analysis, acme_snapshot
from .rows import ITEM, PLACES, items

# ── signs ────────────────────────────────────────────────────────────────────────────────────────────────────────

TABLES = (
    (signs.SEVERITIES, Severity),
    (signs.VERDICTS, Verdict),
    (signs.REACHES, ReachKind),
    (signs.REACH_SENTENCES, ReachKind),
    (signs.EDGES, ReachKind),
    (signs.PARTIES, Party),
    (signs.PRIVILEGES, Privilege),
    (signs.CONFIDENCES, Confidence),
)


@pytest.mark.parametrize(("table", "kind"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_value_has_a_sign(table: dict[object, object], kind: Iterable[object]) -> None:
    assert set(table) == set(kind)


@pytest.mark.parametrize("table", [signs.SEVERITIES, signs.VERDICTS, signs.REACHES])
def test_signs_of_a_table_differ_without_their_colour(table: dict[object, signs.Sign]) -> None:
    glyphs = [sign.glyph for sign in table.values()]
    assert len(set(glyphs)) == len(glyphs)
    assert all(cells(glyph) == 1 for glyph in glyphs)


def test_a_tier_that_is_not_known_is_not_named() -> None:
    assert signs.tier_word(Tier.UNKNOWN) == ""
    assert signs.tier_word(Tier.PROD) == "prod"


# ── trust policies ───────────────────────────────────────────────────────────────────────────────────────────────


def document(*statements: object) -> str:
    return pretty(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def test_each_statement_is_found_by_its_lines() -> None:
    text = document({"Effect": "Allow", "Principal": "*"}, {"Effect": "Deny", "Condition": {"Bool": {"a": ["b"]}}})
    lines = text.split("\n")
    found = [json.loads("\n".join(lines[first - 1 : last]).rstrip(",")) for first, last in statement_lines(text)]
    assert [statement["Effect"] for statement in found] == ["Allow", "Deny"]


def test_a_single_statement_without_a_list_is_found() -> None:
    text = pretty('{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}}}')
    ((first, last),) = statement_lines(text)
    assert text.split("\n")[first - 1] == '  "Statement": {'
    assert text.split("\n")[last - 1] == "  }"


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"Statement": 7}', '{"Statement": []}', "null"])
def test_what_is_no_policy_has_no_statements(text: str) -> None:
    assert statement_lines(pretty(text)) == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(st.text(max_size=8), json_values, max_size=4), max_size=4))
def test_whatever_a_statement_holds_its_lines_are_its_own(statements: list[dict[str, object]]) -> None:
    text = document(*statements)
    lines = text.split("\n")
    found = ["\n".join(lines[first - 1 : last]) for first, last in statement_lines(text)]
    assert [json.loads(part.rstrip(",")) for part in found] == statements


def test_in_the_demo_every_item_marks_the_statement_that_lets_it_in() -> None:
    analysis, snapshot = acme_analysis(), acme_snapshot()
    for grant in analysis.grants:
        _, marks = marked_policy(snapshot.roles_by_arn[grant.role].trust_policy, [grant], [])
        assert len(marks) == 1, grant.role


def test_every_statement_that_gives_a_grant_is_marked() -> None:
    text = policy(trust({"AWS": "*"}), trust({"AWS": PROD}), trust({"AWS": "*"}))
    grant = next(one for one in analyse(snapshot_of(role_of("open", text))).grants if one.principal.value == "*")
    _, marks = marked_policy(text, [grant], [])

    assert len(marks) == 2


# ── graph ────────────────────────────────────────────────────────────────────────────────────────────────────────


def surroundings(analysis: Analysis, role: Role, incoming: tuple[Edge, ...]) -> Surroundings:
    grants = tuple(grant for grant in analysis.grants if grant.role == role.arn)
    return Surroundings(role, grants, incoming, (), {}, (), {})


def test_a_crowd_of_an_account_is_one_group_until_it_is_opened() -> None:
    analysis, snapshot = acme_analysis(), acme_snapshot()
    role = snapshot.roles_by_arn["arn:aws:iam::777700001111:role/NetworkAdmin"]
    open_ = Reach(ReachKind.OPEN)
    members = tuple(
        Edge(f"arn:aws:iam::111111111111:role/app-{n}", role.arn, "assume role", "", open_) for n in range(38)
    )
    grant = next(grant for grant in analysis.grants if grant.role == role.arn)
    account = replace(grant, id="g", principal=read_principal("AWS", "111111111111"), party_name="Shop Prod")
    crowd = Edge("account:111111111111", role.arn, "assume role", "g", open_)
    around = replace(
        surroundings(analysis, role, (crowd, *(replace(edge, grant="g") for edge in members))), grants=(account,)
    )
    folded = ego_graph(around, (), (), PLACES)
    assert sorted((edge.node.label, edge.node.count) for edge in folded.incoming) == [
        ("any principal of Shop Prod", 1),
        ("users and roles of Shop Prod", 38),
    ]
    opened = ego_graph(around, (), (f"{GROUP}111111111111",), PLACES)
    assert len(opened.incoming) == 39


def crowd_of(around: Surroundings, opened: tuple[str, ...]) -> tuple[dict[str, int], EgoGraphData]:
    graph = ego_graph(around, (), opened, PLACES)
    return {edge.node.id: edge.node.count for edge in graph.incoming}, graph


def many(accounts: int, each: int) -> Surroundings:
    """A role that many principals of many accounts come into, all named; on one of them something was found."""
    analysis, snapshot = acme_analysis(), acme_snapshot()
    role = snapshot.roles_by_arn["arn:aws:iam::777700001111:role/NetworkAdmin"]
    usual = next(grant for grant in analysis.grants if grant.role == role.arn)
    arns = [f"arn:aws:iam::{account:012}:role/app-{n}" for account in range(1, accounts + 1) for n in range(each)]
    grants = tuple(replace(usual, id=arn, principal=read_principal("AWS", arn), party=Party.VENDOR) for arn in arns)
    edges = tuple(Edge(arn, role.arn, "assume role", arn, Reach(ReachKind.OPEN)) for arn in arns)
    found = next(one for one in analysis.findings if one.severity is Severity.CRITICAL)
    on_one = replace(found, grants=(arns[-1],))
    return replace(surroundings(analysis, role, edges), grants=grants, findings=(on_one,))


def test_a_large_fan_in_folds_by_account_then_by_party_and_opens_to_everybody_once() -> None:
    around = many(20, 5)
    shown, graph = crowd_of(around, ())
    assert shown == {around.grants[-1].id: 1, f"{GROUP}vendor": 99}
    assert graph.incoming_titles == ((0, f"{PARTIES[Party.VENDOR].word} (100)"),)

    opened: tuple[str, ...] = (f"{GROUP}vendor",)
    shown, graph = crowd_of(around, opened)
    assert sum(shown.values()) == 100
    assert len(shown) == 21
    while groups := [id_ for id_ in shown if id_.startswith(GROUP)]:
        opened = (*opened, groups[0])
        shown, graph = crowd_of(around, opened)
    assert sorted(shown) == sorted(grant.id for grant in around.grants)


def test_what_a_finding_of_weight_names_is_never_folded_away() -> None:
    for accounts, each in ((1, 3), (1, 40), (40, 1), (40, 9)):
        around = many(accounts, each)
        shown, graph = crowd_of(around, ())
        assert shown[around.grants[-1].id] == 1
        assert graph.incoming[0].node.id == around.grants[-1].id
        assert len(shown) <= 13


def test_few_are_shown_one_by_one_under_the_party_they_belong_to() -> None:
    analysis, snapshot = acme_analysis(), acme_snapshot()
    for role in snapshot.roles:
        graph = ego_graph(surroundings(analysis, role, analysis.graph.into(role.arn)), (), (), PLACES)
        starts = [place for place, _ in graph.incoming_titles]
        assert starts == sorted(set(starts))
        counts = [int(title.rpartition("(")[2].rstrip(")").replace(",", "")) for _, title in graph.incoming_titles]
        ends = [*starts[1:], len(graph.incoming)]
        for start, end, count in zip(starts, ends, counts, strict=False):
            assert sum(edge.node.count for edge in graph.incoming[start:end]) == count


def test_every_edge_of_the_demo_is_drawn_or_counted() -> None:
    analysis, snapshot = acme_analysis(), acme_snapshot()
    for role in snapshot.roles:
        incoming = analysis.graph.into(role.arn)
        graph = ego_graph(surroundings(analysis, role, incoming), (), (), PLACES)
        assert sum(edge.node.count for edge in graph.incoming) == len({edge.source for edge in incoming})


def test_everyone_comes_before_those_of_ours_whom_the_same_grant_means() -> None:
    analysis, snapshot = acme_analysis(), acme_snapshot()
    role = next(role for role in snapshot.roles if role.name == "device-farm-runner")
    edge = next(edge for edge in analysis.graph.into(role.arn) if edge.source == "everyone")
    member = replace(edge, source="arn:aws:iam::111111111111:role/app")
    graph = ego_graph(surroundings(analysis, role, (member, edge)), (), (), PLACES)

    assert [one.node.id for one in graph.incoming] == ["everyone", member.source]


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_says_in_words_and_signs_what_it_is() -> None:
    decided = Decision(ITEM.id, Verdict.NARROW, "anna", "2026-11-20T09:00:00Z")
    fleet = replace(ITEM, accounts=("111111111111", "222222222222"), checks=("a", "b", "c"), role_name="x/team/deploy")
    texts = [cell.text for cell in row_cells(fleet, None, PLACES)]
    assert texts == [" ", "▲ HIGH", "×2 accounts", "deploy", "999999999999", "+2 a", "open", "undecided"]
    assert row_cells(ITEM, decided, PLACES)[0].text == "⚑"
    assert row_cells(replace(ITEM, outlier_of="other"), None, PLACES)[3].text == "≠ deployer"
    assert row_cells(replace(ITEM, severity=None, checks=()), None, PLACES)[5].text == "nothing found"


def test_the_top_line_tells_the_gaps_and_fits_eighty_cells() -> None:
    state = begin(items({}, {}, {}), PLACES, ())
    left, right = top_line(state, "o-acme1example", "2026-Q4", "2026-11-20T06:00:00Z", 3, 80)
    width = sum(cells(segment.text) + 2 for segment in (*left, *right))
    assert width <= 80
    assert right[-1].text == "! 3 gaps"
    _, none = top_line(state, "files", "undated", "", 0, 120)
    assert none[-1].text == "no gaps"


def test_moments_are_short() -> None:
    assert short_moment("2026-11-20T06:00:00Z") == "2026-11-20 06:00Z"
    assert short_moment("") == ""


def test_severities_are_counted_worst_first() -> None:
    rows: list[dict[str, object]] = [{"severity": s} for s in (Severity.HIGH, Severity.CRITICAL, Severity.HIGH, None)]
    state = begin(items(*rows), PLACES, ())
    assert severity_counts(state, range(4)) == "✖1 ▲2 ·1"


def test_a_fleet_counts_once_in_an_ou_and_not_at_all_when_it_is_decided() -> None:
    rows = items({"accounts": ("111111111111", "222222222222")}, {"accounts": ("111111111111",)})
    state = begin(rows, PLACES, ())
    counts = OpenCounts(state)
    assert counts.of("r-1") == {Severity.HIGH: 2}
    assert counts.of("ou-dev") == {Severity.HIGH: 1}
    assert not counts.of("444444444444")
    assert tuple(scoped(state, "ou-dev").view) == (0,)
    decision = Decision(rows[0].id, Verdict.APPROVE, "anna", "2026-11-20T09:00:00Z")
    decided = with_journal(state, [make_entry((), EntryKind.DECIDE, "anna", "2026-11-20T09:00:00Z", [decision])])
    counts.follow(decided)
    assert counts.of("r-1") == {Severity.HIGH: 1}
    assert not counts.of("ou-dev")
    counts.follow(state)
    assert counts.of("ou-dev") == {Severity.HIGH: 1}


@pytest.mark.parametrize("context", [context for context in Context if context is not Context.ANYWHERE])
def test_footers_begin_with_what_matters_most(context: Context) -> None:
    assert sum(cells(hint.key) + 1 + cells(hint.label) + 2 for hint in footer(context)[:4]) < 72


def test_every_check_of_the_demo_has_words() -> None:
    assert {check for item in acme_analysis().findings for check in (item.check,)} <= {check.id for check in CHECKS}
