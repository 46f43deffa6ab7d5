"""Narrowing: the change that is shown is taken, one that ends nothing is not, and what was taken is said and shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.analysis.small_organization import policy, role, snapshot, trust
from trustview.analysis import analyse
from trustview.review import Verdict
from trustview.store import ItemRow, SnapshotFile, save_snapshot
from trustview.ui.detail import read_detail
from trustview.ui.whereabouts import at_row

from .sitting import MEDIUM, WIDE, Desk, sitting


async def test_narrow_is_refused_where_no_change_is_proposed(desk: Desk) -> None:
    async with sitting(desk) as screen:
        reader = screen.cockpit.reader
        number = next(
            n
            for n, row in enumerate(screen.state.rows.items)
            if all(not reader.remediations_of(grant.role) for grant in reader.item_grants(row.id))
        )
        await screen.press(*["J"] * number, "f")
        await screen.sees("no change is proposed for")
        assert not screen.state.decisions


async def test_narrow_takes_the_proposed_change(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.filter("check:vendor-without datadog")
        await screen.press("f")
        await screen.until(lambda: screen.state.progress[0] == 1)
        assert next(iter(screen.state.decisions.values())).verdict is Verdict.NARROW


async def test_the_fix_pane_walks_through_the_choices_and_narrow_takes_the_one_that_is_shown(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.filter("legacy-upload")
        fix, row = screen.cockpit.bench.fix, screen.state.row
        assert row is not None
        await screen.press("5")
        await screen.until(lambda: fix.chosen_for(row.id) is not None)
        await screen.sees("1 of 3, the best first: n and p show the others")
        best = fix.chosen_for(row.id)
        await screen.press("n")
        await screen.sees("2 of 3, the best first")
        second = fix.chosen_for(row.id)
        assert best is not None
        assert second is not None
        assert second.remediation.id != best.remediation.id
        await screen.sees("because", "the evidence is not complete")
        await screen.press("f")
        await screen.until(lambda: screen.state.progress[0] == 1)
        decision = screen.state.decisions[row.id]
        assert (decision.verdict, decision.change) == (Verdict.NARROW, second.remediation.id)


async def test_marked_items_are_narrowed_each_with_the_change_that_the_fix_pane_shows_first(desk: Desk) -> None:
    async with sitting(desk) as screen:
        reader, rows = screen.cockpit.reader, screen.state.rows
        best = {n: shown_first(reader, row) for n, row in enumerate(rows.items) if row.grants}
        unlike = [n for n, one in best.items() if one and one != offered_first(reader, rows[n])]
        alike = [n for n, one in best.items() if one and one == offered_first(reader, rows[n])]
        chosen = [*unlike[:3], *alike[:2]]

        assert len(unlike) >= 3
        screen.cockpit.show(replace(screen.state, marks=frozenset(chosen)))
        await screen.press("f")
        await screen.sees("narrow 5 items", "why?")
        await screen.type("the vendor agrees")
        await screen.press("enter")
        await screen.until(lambda: screen.state.progress[0] == 5)
        assert {n: screen.state.decisions[rows[n].id].change for n in chosen} == {n: best[n] for n in chosen}


def offered_first(reader: SnapshotFile, row: ItemRow) -> str:
    """The id of the change of an item's role that is written first, ranked or not."""
    return next((one.id for one in reader.remediations_of(reader.item_grants(row.id)[0].role)), "")


async def test_narrow_takes_no_change_that_ends_nothing_of_the_item_and_shows_one_that_does(tmp_path: Path) -> None:
    trusted = trust({"Service": "config.amazonaws.com"}), trust({"AWS": "AROAGONEGONEGONEGONE"})
    found = snapshot(role("mixed", policy(*trusted)))
    async with sitting(Desk(save_snapshot(tmp_path, found, analyse(found)), tmp_path), MEDIUM) as screen:
        await screen.filter("AROAGONE")
        fix, row = screen.cockpit.bench.fix, screen.state.row
        assert row is not None
        await screen.press("5")
        await screen.until(lambda: fix.chosen_for(row.id) is not None)
        first = fix.chosen_for(row.id)
        assert first is not None
        await screen.press("n")
        await screen.until(lambda: fix.is_idle_for(row.id))
        await screen.sees("2 of 3", "nothing of this item")
        await screen.press("f")
        await screen.sees("the change that was shown ends nothing of", "1 of 3")
        assert not screen.state.decisions
        assert fix.chosen_for(row.id) == first
        await screen.press("f")
        await screen.until(lambda: screen.state.progress[0] == 1)
        assert screen.state.decisions[row.id].change == first.remediation.id


def shown_first(reader: SnapshotFile, row: ItemRow) -> str:
    """The id of the first change that the Fix pane shows of an item; empty where that takes the way in away."""
    detail = read_detail(reader, row, 0)
    best = detail.choices[0] if detail and detail.choices else None
    return best.remediation.id if best and not best.is_removal else ""


async def test_what_narrow_took_instead_of_a_removal_is_said(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.filter("legacy-upload")
        await screen.press("5")
        await screen.sees("1 of 3, the best first")
        await screen.press("n", "n")
        await screen.sees("3 of 3, the best first", "it takes the way")
        await screen.press("f")
        await screen.until(lambda: screen.state.progress[0] == 1)
        (decision,) = screen.state.decisions.values()
        await screen.sees(f"by `{decision.change}`, the best change that leaves a way in")


async def test_of_a_decided_item_the_change_that_was_decided_is_shown(desk: Desk) -> None:
    async with sitting(desk, WIDE) as screen:
        await screen.filter("role:legacy-upload,edge-invalidation")
        fix, rows = screen.cockpit.bench.fix, screen.state.rows
        legacy, other = sorted(screen.state.view, key=lambda number: "legacy" not in rows[number].role_name)
        screen.cockpit.show(at_row(screen.state, legacy))
        await screen.sees("1 of 3, the best first")
        await screen.press("5", "n", "f")
        await screen.until(lambda: screen.state.progress[0] == 1)
        taken = screen.state.decisions[rows[legacy].id].change
        await screen.until(lambda: screen.cockpit.is_settled and screen.state.cursor == other)
        screen.cockpit.show(at_row(screen.state, legacy))
        await screen.sees("2 of 3, the best first", f"`{taken}`: ")
        shown = fix.chosen_for(rows[legacy].id)
        assert shown is not None
        assert shown.remediation.id == taken
