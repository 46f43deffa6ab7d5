"""Two cockpits on one review: each shows what the other decided, and says where they disagree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.postgres import new_database
from trustview.analysis import Severity
from trustview.review import Decision, EntryKind, Reopened, Scope, Verdict, find_faults, make_entry
from trustview.store import ReviewStore, open_snapshot
from trustview.ui import app
from trustview.ui.opening import open_cockpit
from trustview.ui.review_scope import limited_view

from .acme import acme_snapshot
from .sitting import MEDIUM, NOW, REVIEW, Desk, Screen


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """An empty database of reviews of each kind."""
    if request.param == "SQLite":
        return tmp_path / "reviews.db"
    return new_database(request.getfixturevalue("postgres"))


@asynccontextmanager
async def cockpit_of(who: str, desk: Desk, place: Path | str) -> AsyncIterator[Screen]:
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(place) as reviews:
        cockpit = open_cockpit(snapshot, reviews, who, lambda: NOW, None)
        async with cockpit.run_test(size=MEDIUM) as pilot:
            screen = Screen(cockpit, pilot)
            await screen.until(lambda: cockpit.is_settled)
            yield screen


async def wait(screen: Screen, count: int) -> None:
    """Until so many entries are known; longer than one look at the database, on a machine that does much else."""
    for _ in range(10):
        if len(screen.state.journal) < count:
            try:
                await screen.until(lambda: len(screen.state.journal) >= count)
            except AssertionError:
                continue
    assert len(screen.state.journal) == count


async def test_each_sees_what_the_other_decided(desk: Desk, place: Path | str) -> None:
    async with cockpit_of("ann", desk, place) as ann, cockpit_of("bob", desk, place) as bob:
        await ann.press("a")
        await wait(bob, 1)
        first = ann.state.journal[0].decisions[0].item
        assert bob.state.decisions[first].by == "ann"
        await bob.sees("ann: 1 item decided")

        await bob.press("j", "a")
        await wait(ann, 2)
        assert {one.by for one in ann.state.decisions.values()} == {"ann", "bob"}


async def test_two_at_once_on_one_item_both_stay_and_both_are_told(
    desk: Desk, place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "OTHERS_SECONDS", 3600)  # nobody looks before both have decided
    async with cockpit_of("ann", desk, place) as ann, cockpit_of("bob", desk, place) as bob:
        item = ann.state.rows[0].id
        await ann.press("a")
        await bob.press("r")
        await bob.sees("ann said approve, bob revoke on")
        await ann.cockpit.others.look()
        await ann.sees("ann said approve, bob revoke on")
        assert set(ann.state.conflicts) == {item} == set(bob.state.conflicts)

        await ann.press("g", "a")
        assert not ann.state.conflicts
    with ReviewStore(place) as store:
        kept = store.journal(REVIEW)
        assert find_faults(store.kept(REVIEW)) == ()
    assert [(entry.by, entry.decisions[0].verdict) for entry in kept] == [
        ("ann", Verdict.APPROVE),
        ("bob", Verdict.REVOKE),
        ("ann", Verdict.APPROVE),
    ]
    assert {entry.kind for entry in kept} == {EntryKind.DECIDE}


async def test_what_carries_over_says_why_and_what_is_open_again_says_what_changed(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "reviews.db"
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(place) as reviews:
        first, second = snapshot.items()[0].id, snapshot.items()[1].id
        then = "2026-08-21T06:00:00Z"
        held = Decision(first, Verdict.APPROVE, "ann", then, carried_from="o/2026-Q3", because=("as ever",))
        entry = make_entry((), EntryKind.START, "ann", "2026-11-20T06:00:00Z", [held])
        again = Reopened(second, Verdict.APPROVE, ("RCP `ours` is gone",), "effect-changed-text-same")
        reviews.append(REVIEW, replace(entry, last="o/2026-Q3", reopened=(again,)))

    async with cockpit_of("bob", desk, place) as bob:
        await bob.sees("carried over from o/2026-Q3: as ever")
        await bob.press("j")
        await bob.sees("Open again", "RCP `ours` is gone")
        await bob.press("r")
        await bob.until(lambda: second in bob.state.decisions)


async def test_the_queue_of_a_limited_review_is_narrowed_to_it_and_can_be_widened(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "reviews.db"
    account = "111122221111"
    with ReviewStore(place) as reviews:
        entry = make_entry((), EntryKind.START, "ann", "2026-11-20T06:00:00Z")
        reviews.append(REVIEW, replace(entry, scope=Scope(places=(account,), severity=Severity.HIGH)))

    async with cockpit_of("bob", desk, place) as bob:
        assert (bob.state.scope, bob.state.filter_text) == (account, "sev:high+")
        shown = [bob.state.rows[number] for number in bob.state.view]
        assert shown
        assert all(account in row.accounts and row.severity and row.severity >= Severity.HIGH for row in shown)


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(severity=Severity.LOW, checks=("a", "b")), "sev:low+ check:a,b"),
        (Scope(places=("1", "2")), "account:1,2"),
        (Scope(tags=(("team", "nobody"),)), "account:none"),
    ],
)
def test_a_scope_in_words(scope: Scope, words: str) -> None:
    organization = None if not scope.tags else acme_snapshot().organization

    assert limited_view({}, scope, organization)["filter"] == words


def test_a_screen_that_was_left_narrowed_stays_so() -> None:
    left = {"format": 1, "filter": "who:datadog"}

    assert limited_view(left, Scope(severity=Severity.HIGH), None) is left
    assert limited_view({}, Scope(), None) == {}
