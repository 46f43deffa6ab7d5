"""Scope, who decides on what, and rank: each a table of what is meant and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.analysis.small_organization import (
    MANAGEMENT,
    PROD,
    ROOT,
    SANDBOX,
    STRANGER,
    WORKLOADS,
    policy,
    role,
    snapshot,
    trust,
)
from trustview.analysis import Party, Privilege, ReachKind, Severity, analyse
from trustview.review import Scope, explain_finding, rank_item, reviewers_of

FOUND = snapshot().organization
assert FOUND
ORGANIZATION = replace(
    FOUND,
    accounts=tuple(replace(one, tags=(("team", "web"),)) if one.id == PROD else one for one in FOUND.accounts),
)
ITEM = ((PROD,), Severity.HIGH, ("role-open-to-everyone", "no-external-id"))


@pytest.mark.parametrize(
    ("scope", "is_in"),
    [
        (Scope(), True),
        (Scope(places=(PROD,)), True),
        (Scope(places=(WORKLOADS,)), True),
        (Scope(places=(ROOT,)), True),
        (Scope(places=(SANDBOX,)), False),
        (Scope(places=(SANDBOX, WORKLOADS)), True),
        (Scope(tags=(("team", "web"),)), True),
        (Scope(tags=(("team", "data"),)), False),
        (Scope(tags=(("team", "web"), ("stage", "prod"))), False),
        (Scope(places=(SANDBOX,), tags=(("team", "web"),)), False),
        (Scope(severity=Severity.HIGH), True),
        (Scope(severity=Severity.CRITICAL), False),
        (Scope(checks=("no-external-id",)), True),
        (Scope(checks=("long-session",)), False),
        (Scope(places=(PROD,), severity=Severity.CRITICAL), False),
    ],
)
def test_an_item_is_in_a_scope(scope: Scope, is_in: bool) -> None:
    assert scope.admits(scope.accounts(ORGANIZATION), *ITEM) is is_in


def test_a_fleet_is_in_a_scope_with_one_account() -> None:
    scope = Scope(places=(SANDBOX,))

    assert scope.admits(scope.accounts(ORGANIZATION), (PROD, SANDBOX), None, ())
    assert not Scope(severity=Severity.INFO).admits(None, (PROD,), None, ())


def test_without_an_organization_accounts_stand_for_themselves() -> None:
    assert Scope(places=(PROD,)).accounts(None) == frozenset({PROD})
    assert Scope().accounts(None) is None


@pytest.mark.parametrize(
    ("accounts", "assigned", "reviewers"),
    [
        ((PROD,), {}, ()),
        ((PROD,), {ROOT: "ann"}, ("ann",)),
        ((PROD,), {ROOT: "ann", WORKLOADS: "bob"}, ("bob",)),
        ((PROD,), {ROOT: "ann", WORKLOADS: "bob", PROD: "cid"}, ("cid",)),
        ((PROD,), {ROOT: "ann", WORKLOADS: ""}, ("ann",)),
        ((PROD,), {SANDBOX: "ann"}, ()),
        ((PROD, SANDBOX), {WORKLOADS: "bob", SANDBOX: "ann"}, ("bob", "ann")),
        ((PROD, MANAGEMENT), {ROOT: "ann"}, ("ann",)),
        (("999999999999",), {"999999999999": "ann"}, ("ann",)),
    ],
)
def test_whoever_has_the_nearest_place_decides(
    accounts: tuple[str, ...], assigned: dict[str, str], reviewers: tuple[str, ...]
) -> None:
    assert reviewers_of(accounts, assigned, ORGANIZATION) == reviewers


WORSE_FIRST = [
    (Severity.CRITICAL, ReachKind.OPEN, Party.PUBLIC, Privilege.ADMIN, 3),
    (Severity.CRITICAL, ReachKind.OPEN, Party.PUBLIC, Privilege.ADMIN, 1),
    (Severity.CRITICAL, ReachKind.OPEN, Party.PUBLIC, Privilege.WRITE, 9),
    (Severity.CRITICAL, ReachKind.OPEN, Party.ORGANIZATION, Privilege.ADMIN, 9),
    (Severity.CRITICAL, ReachKind.CONDITIONAL, Party.PUBLIC, Privilege.ADMIN, 9),
    (Severity.CRITICAL, ReachKind.BLOCKED, Party.PUBLIC, Privilege.ADMIN, 9),
    (Severity.HIGH, ReachKind.OPEN, Party.PUBLIC, Privilege.ADMIN, 9),
    (None, ReachKind.OPEN, Party.PUBLIC, Privilege.ADMIN, 0),
]


def test_the_worse_comes_first_and_what_weighs_more_decides() -> None:
    places = [rank_item(*one).places for one in WORSE_FIRST]

    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_a_rank_says_why() -> None:
    assert rank_item(*WORSE_FIRST[0]).sentence == (
        "critical, proven that whoever is meant gets in, from outside the organization, the role is an administrator, "
        "3 findings"
    )
    assert rank_item(None, None, None, None, 0).sentence == "nothing was found"


def test_a_finding_says_in_one_sentence_why_it_stands_where_it_stands() -> None:
    vendor = role("app", policy(trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": "x-1"}})))
    analysis = analyse(snapshot(vendor))
    finding = next(one for one in analysis.findings if one.check == "trusts-unknown-account")
    grants = [grant for grant in analysis.grants if grant.id in finding.grants]

    assert explain_finding(finding, grants) == (
        "medium: the check says high, one down because the role may do nothing; conditional: it depends on "
        "sts:ExternalId; who is meant gets in on conditions, from outside the organization"
    )
    assert explain_finding(finding, []) == explain_finding(finding, grants).rpartition("; ")[0]
