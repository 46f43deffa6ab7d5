"""Folding a JSON text: what holds a mark stays open, and what is folded is whole blocks."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.hosts import Host, screen_lines
from widgets.json_view import JsonView, MarkedRange, find_folds
from widgets.tone import Tone


def test_blocks_without_a_mark_are_folded_and_no_marked_line_is_hidden() -> None:
    text = json.dumps({"a": {"b": 1, "c": [2, 3]}, "d": [{"e": 4}, {"f": 5}], "g": []}, indent=2).split("\n")
    assert find_folds(text, ()) == {2: 8, 9: 16}
    inside = next(number for number, line in enumerate(text, 1) if '"f"' in line)
    folds = find_folds(text, [MarkedRange(inside, inside, Tone.HIGH)])
    assert folds == {2: 8, 10: 12}


VALUES = st.recursive(
    st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner)
)


@given(VALUES)
def test_folds_close_what_they_open_and_never_overlap(value: object) -> None:
    text = json.dumps(value, indent=2).split("\n")
    end = 0
    for first, last in sorted(find_folds(text, ()).items()):
        assert first > end
        end = last
        opened, closed = text[first - 1].rstrip()[-1], text[last - 1].strip()[0]
        assert opened + closed in ("{}", "[]")


async def test_a_key_folds_and_opens_again() -> None:
    view = JsonView()
    async with Host(view).run_test(size=(40, 12)) as pilot:
        view.show(json.dumps({"quiet": {"a": 1}, "marked": {"b": 2}}, indent=2), [MarkedRange(6, 6, Tone.HIGH)])
        view.focus()
        await pilot.pause()
        assert '"a": 1' in "\n".join(screen_lines(pilot.app))
        await pilot.press("x")
        folded = "\n".join(screen_lines(pilot.app))
        assert '"quiet": { … },' in folded
        assert '"b": 2' in folded
        await pilot.press("x")
        assert '"a": 1' in "\n".join(screen_lines(pilot.app))
