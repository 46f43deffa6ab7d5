"""Who answers for a decision, and who decides where: by one key each, as the command line does."""

from __future__ import annotations

from trustview.review import EntryKind, current_assignments, current_decisions
from trustview.store import ReviewStore

from .sitting import MEDIUM, REVIEW, Desk, sitting

INFRA = "ou-acme-infra001"


async def test_an_owner_is_named_for_what_is_decided_and_taken_back_by_undo(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("O")
        await screen.until(lambda: "decide first" in screen.state.notice.text)
        await screen.press("space", "space", "r")
        await screen.sees("why?")
        await screen.type("both go")
        await screen.press("enter")
        await screen.until(lambda: len(screen.state.decisions) == 2)
        await screen.press("g", "O")
        await screen.sees("who answers for it?")
        await screen.type("team blue")
        await screen.press("enter")
        await screen.until(lambda: {one.owner for one in screen.state.decisions.values()} == {"", "team blue"})
        await screen.press("3")
        await screen.until(lambda: screen.cockpit.is_settled)
        await screen.press("g", "K", "J", "2", "g")
        await screen.sees("owner", "team blue")
        await screen.press("u")
        await screen.until(lambda: {one.owner for one in screen.state.decisions.values()} == {""})
    with ReviewStore(desk.reviews) as reviews:
        assert {one.note for one in current_decisions(reviews.journal(REVIEW)).values()} == {"both go"}


async def test_an_ou_is_assigned_in_the_tree_and_filtered_by(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        cursor, total = screen.state.cursor, len(screen.state.view)
        await screen.press("1", "j")
        await screen.sees("Infrastructure")
        await screen.press("N")
        await screen.sees("Infrastructure · who decides there?")
        await screen.type("berta")
        await screen.press("enter")
        await screen.until(lambda: current_assignments(screen.state.journal) == {INFRA: "berta"})
        assert screen.state.cursor == cursor
        await screen.filter("reviewer:ber")
        inside = screen.state.places.all_below(INFRA)
        await screen.until(lambda: 0 < len(screen.state.view) < total)
        assert all(inside.intersection(screen.state.rows[n].accounts) for n in screen.state.view)
        mine = len(screen.state.view)
        await screen.sees("assigned", "berta")
        await screen.filter("reviewer:nobody")
        await screen.until(lambda: screen.state.view and len(screen.state.view) != mine)
        await screen.press("u")
        await screen.until(lambda: "nothing to undo" in screen.state.notice.text)
    with ReviewStore(desk.reviews) as reviews:
        (entry,) = [one for one in reviews.journal(REVIEW) if one.kind is EntryKind.ASSIGN]
        assert entry.by == "anna"


async def test_the_accounts_of_the_marked_items_are_assigned_and_given_back(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("space", "space")
        await screen.until(lambda: len(screen.state.marks) == 2)
        wanted = {account for n in screen.state.marks for account in screen.state.rows[n].accounts}
        for name in ("carl", ""):
            await screen.press("N")
            await screen.sees("who decides there?")
            await screen.press("ctrl+u")
            await screen.type(name)
            await screen.press("enter")
            await screen.until(lambda name=name: set(current_assignments(screen.state.journal).values()) == {name})  # type: ignore[misc]
            assert set(current_assignments(screen.state.journal)) == wanted
            assert len(screen.state.marks) == 2
