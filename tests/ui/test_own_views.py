"""Views that are named in the cockpit: kept beside the decisions for every review, listed first, forgotten again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trustview.ui.own_views import OwnViews, View

from .sitting import MEDIUM, Desk, sitting


async def test_the_words_of_the_queue_get_a_name_that_the_next_sitting_lists_first(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("W")
        await screen.until(lambda: "nothing to name" in screen.state.notice.text)
        await screen.filter("party:vendor sev:high")
        await screen.press("W")
        await screen.sees("view `party:vendor sev:high`", "its name?")
        await screen.type("vendors that matter")
        await screen.press("enter")
        await screen.until(lambda: "V lists it as" in screen.state.notice.text)
        shown = len(screen.state.view)
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("V")
        await screen.sees("vendors that matter", "yours", "built in")
        await screen.press("enter")
        await screen.until(lambda: screen.state.filter_text == "party:vendor sev:high")
        await screen.until(lambda: len(screen.state.view) == shown)
        await screen.press("W")
        await screen.sees("is `vendors that matter`", "forget it")
        await screen.press("f")
        await screen.until(lambda: "is forgotten" in screen.state.notice.text)
    assert OwnViews(desk.folder).load() == ()


async def test_a_view_keeps_the_place_too_and_gets_another_name(desk: Desk) -> None:
    OwnViews(desk.folder).keep(View("infra", "", "ou-acme-infra001"))
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("V")
        await screen.sees("infra", "in Infrastructure")
        await screen.press("enter")
        await screen.until(lambda: screen.state.scope == "ou-acme-infra001")
        await screen.press("W")
        await screen.sees("in Infrastructure is `infra`")
        await screen.press("n")
        await screen.sees("its name?")
        await screen.type("structure")
        await screen.press("enter")
        await screen.until(lambda: "V lists it as" in screen.state.notice.text)
    assert [view.name for view in OwnViews(desk.folder).load()] == ["structure"]


async def test_a_view_that_cannot_be_written_is_told(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.filter("party:vendor")
        (desk.folder / "named-views.json").mkdir()
        await screen.press("W")
        await screen.sees("its name?")
        await screen.type("x")
        await screen.press("enter")
        await screen.until(lambda: "the view could not be kept" in screen.state.notice.text)


def test_one_of_a_name_takes_the_place_of_the_other_and_a_folder_is_no_need(tmp_path: Path) -> None:
    for own in (OwnViews(tmp_path), OwnViews(None)):
        own.keep(View("a", "sev:high"))
        own.keep(View("b", "sev:low"))
        own.keep(View("a", "is:open", "ou-1"))
        assert own.load() == (View("a", "is:open", "ou-1"), View("b", "sev:low"))
        own.forget("a")
        assert own.load() == (View("b", "sev:low"),)


@pytest.mark.parametrize(
    "value",
    ["", "[]", '{"format": 2, "views": []}', '{"format": 1, "views": 3}', '{"format": 1, "views": [1, {}, null]}'],
)
def test_what_is_damaged_is_passed_over(tmp_path: Path, value: str) -> None:
    (tmp_path / "named-views.json").write_text(value, encoding="utf-8")
    assert OwnViews(tmp_path).load() == ()


def test_of_a_damaged_list_the_whole_ones_are_kept(tmp_path: Path) -> None:
    whole = {"name": "n", "words": "w", "scope": ""}
    broken = [{"name": "", "words": "w", "scope": ""}, {"name": "n", "words": 3, "scope": ""}]
    (tmp_path / "named-views.json").write_text(json.dumps({"format": 1, "views": [*broken, whole]}), encoding="utf-8")
    assert OwnViews(tmp_path).load() == (View("n", "w"),)
