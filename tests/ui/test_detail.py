"""What is shown of an item when the cursor comes to it: of a fleet first an account where the worst was found."""

from __future__ import annotations

from trustview.store import open_snapshot
from trustview.ui.best_change import best_changes
from trustview.ui.detail import read_detail
from trustview.ui.present.fix import fix_facts, policies

from .sitting import Desk


def test_the_first_role_of_every_item_is_one_where_the_worst_of_it_was_found(desk: Desk) -> None:
    fleets = 0
    with open_snapshot(desk.snapshot) as reader:
        for row in reader.items():
            detail = read_detail(reader, row, 0)
            if detail is None or not row.grants or row.severity is None:
                continue
            assert max(finding.severity for finding in detail.findings) == row.severity, row
            assert {role.split(":")[4] for role in detail.roles} == set(row.accounts)
            fleets += detail.roles[0] != reader.item_grants(row.id)[0].role
    assert fleets, "in no fleet the first account is without the worst finding: the test tests nothing"


def test_the_best_change_of_an_item_nobody_looked_at_is_that_of_the_role_shown_first(desk: Desk) -> None:
    compared = 0
    with open_snapshot(desk.snapshot) as reader:
        for row in reader.items():
            detail = read_detail(reader, row, 0) if row.grants and len(row.accounts) > 1 else None
            if detail is None or not detail.choices or detail.choices[0].is_removal:
                continue
            if detail.is_ended_by(detail.choices[0]):
                assert best_changes(reader, [row.id])[row.id] == detail.choices[0].remediation.id, row
                compared += 1
    assert compared


def test_of_a_fleet_a_difference_is_spoken_of_only_where_one_is_shown(desk: Desk) -> None:
    spoken = []
    with open_snapshot(desk.snapshot) as reader:
        for row in reader.items():
            detail = read_detail(reader, row, 0) if len(row.accounts) > 1 else None
            if detail is not None:
                words = " ".join(str(fact) for fact in fix_facts(detail))
                assert ("the difference below" in words) == (policies(detail) is not None), row
                spoken.append(policies(detail) is not None)
    assert len(set(spoken)) == 2
