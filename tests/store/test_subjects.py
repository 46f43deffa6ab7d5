"""Findings that hang on no role: they are items of the queue, count where they hang, and come back whole."""

from pathlib import Path

import pytest

from tests.analysis.small_organization import (
    ORGANIZATION,
    PROD,
    ROOT,
    WORKLOADS,
    guardrail,
    policy,
    role,
    snapshot,
    trust,
)
from trustview.analysis import SubjectKind, analyse
from trustview.export import finding_row
from trustview.review import Decision, Verdict
from trustview.snapshot import GuardrailKind
from trustview.store import ItemRow, SnapshotFile, open_snapshot, save_snapshot
from trustview.ui.detail import read_detail
from trustview.ui.filter import Facts, read_filter
from trustview.ui.places import Places

NO_OUTSIDERS = {
    "Effect": "Deny",
    "Action": "sts:AssumeRole",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
}
WITHOUT_EFFECT = guardrail(GuardrailKind.SCP, "NoOutsiders", NO_OUTSIDERS, WORKLOADS, PROD)


@pytest.fixture
def file(tmp_path: Path) -> SnapshotFile:
    facts = snapshot(role("app", policy(trust({"Service": "ec2.amazonaws.com"}))), guardrails=(WITHOUT_EFFECT,))
    return open_snapshot(save_snapshot(tmp_path, facts, analyse(facts)))


def item_of(file: SnapshotFile, kind: SubjectKind) -> ItemRow:
    (row,) = [row for row in file.items() if row.kind is kind and not row.grants]
    return row


def test_each_is_an_item_of_its_own_with_its_findings(file: SnapshotFile) -> None:
    scp, organization = item_of(file, SubjectKind.GUARDRAIL), item_of(file, SubjectKind.ORGANIZATION)

    assert (scp.role_name, scp.principal, scp.checks) == (
        "NoOutsiders",
        WITHOUT_EFFECT.id,
        ("guardrail-without-effect",),
    )
    assert (scp.party, scp.reach, scp.privilege) == (None, None, None)
    assert set(scp.accounts) == {WORKLOADS, PROD}
    assert (organization.principal, organization.accounts) == (ORGANIZATION, (ROOT,))


def test_it_counts_once_in_each_place_above_and_in_none_below(file: SnapshotFile) -> None:
    counts = {place.id: sum(place.findings) for place in file.tree()}

    assert counts[ROOT] == sum(1 for _ in file.findings())
    assert (counts[WORKLOADS], counts[PROD]) == (1, 1)
    assert sum(counts.values()) == counts[ROOT] + 2


def test_its_details_its_policy_and_its_remedy_are_read_back(file: SnapshotFile) -> None:
    for kind in (SubjectKind.GUARDRAIL, SubjectKind.ORGANIZATION):
        row = item_of(file, kind)
        known, detail = file.item_detail(row.id), read_detail(file, row, 0)

        assert known
        assert detail
        assert known.findings == detail.findings == file.findings_of(row.principal)
        assert (detail.role, detail.grants) == (None, ())
        assert detail.subject.kind is kind
        assert detail.document == (WITHOUT_EFFECT.document if kind is SubjectKind.GUARDRAIL else "")
        assert bool(detail.remediation) == (kind is SubjectKind.ORGANIZATION)


def test_its_decision_is_exported_with_it(file: SnapshotFile) -> None:
    row = item_of(file, SubjectKind.GUARDRAIL)
    (finding,) = file.findings_of(row.principal)
    decision = Decision(row.id, Verdict.ACCEPT_RISK, "ann", "2026-11-20T07:00:00Z", "it goes with the next release")
    written = finding_row(finding, (), {}, {row.id: decision}, "2026-11-20T06:00:00Z")

    assert (written.role, written.subject_kind, written.subject_name) == ("", "guardrail", "NoOutsiders")
    assert written.decision == "accept risk"


def test_filters_know_it_and_an_ou_holds_what_hangs_in_it(file: SnapshotFile) -> None:
    scp, organization = item_of(file, SubjectKind.GUARDRAIL), item_of(file, SubjectKind.ORGANIZATION)
    places = Places(file.tree())

    def shown(text: str) -> list[bool]:
        rows = file.items()
        found = rows.matching(read_filter(text).condition(Facts(places)))
        return [rows.number(row.id) in found for row in (scp, organization)]

    assert shown("kind:guardrail") == [True, False]
    assert shown("party:outside") == shown("party:vendor") == shown("reach:open") == shown("is:fleet") == [False, False]
    assert shown("role:nooutsiders") == [True, False]
    assert not places.all_below(WORKLOADS).isdisjoint(scp.accounts)
    assert places.all_below(WORKLOADS).isdisjoint(organization.accounts)
