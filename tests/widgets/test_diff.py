import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.hosts import Host, lines_of
from widgets.diff import Change, DiffLine, Half, diff_lines, hunk_count
from widgets.diff_view import DiffView

OLD = """{
  "Effect": "Allow",
  "Condition": {
    "StringEquals": {
      "token:sub": "repo:acme/platform:ref:refs/heads/main"
    }
  }
}
"""
NEW = """{
  "Effect": "Allow",
  "Condition": {
    "StringLike": {
      "token:sub": "repo:acme/*"
    }
  },
  "Extra": 1
}
"""


def plain(half: Half | None) -> str:
    return "".join(word.text for word in half.words) if half else ""


def marked(half: Half | None) -> list[str]:
    return [word.text for word in half.words if word.is_marked] if half else []


def changes(lines: list[DiffLine]) -> list[DiffLine]:
    return [line for line in lines if line.change is not Change.SAME]


def test_changed_lines_are_paired_and_their_words_marked() -> None:
    lines = changes(diff_lines(OLD, NEW))
    assert [(line.change, line.hunk) for line in lines] == [
        (Change.CHANGED, 1),
        (Change.CHANGED, 1),
        (Change.CHANGED, 2),
        (Change.ADDED, 2),
    ]
    assert (marked(lines[0].old), marked(lines[0].new)) == (["StringEquals"], ["StringLike"])
    assert (marked(lines[1].old), marked(lines[1].new)) == (["platform:ref:refs/heads/main"], ["*"])
    assert lines[3].new == Half(8, lines[3].new.words if lines[3].new else ())


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("", "", []),
        ("a\n", "a", []),
        ("a", "a\nb", [Change.ADDED]),
        ("a\nb", "b", [Change.REMOVED]),
        ("same\nold words here", "same\nnew words here", [Change.CHANGED]),
        ("", "a\nb", [Change.ADDED, Change.ADDED]),
        ("x\u2028y", "x\u2029y", [Change.CHANGED]),
        ("a\r\nb", "a\nb", [Change.CHANGED]),
    ],
)
def test_what_changed(old: str, new: str, kinds: list[Change]) -> None:
    lines = diff_lines(old, new)
    assert [line.change for line in changes(lines)] == kinds
    assert (hunk_count(lines) == 0) == (not kinds)


line_texts = st.lists(st.sampled_from(["{", "}", '"a": 1,', '"b": 2', "x y z", "x y q", "", "long " * 30]), max_size=12)


@given(line_texts, line_texts)
def test_both_texts_can_be_read_back_from_their_comparison(old: list[str], new: list[str]) -> None:
    lines = diff_lines("\n".join(old) + "\n" if old else "", "\n".join(new) + "\n" if new else "")
    assert [plain(line.old) for line in lines if line.old] == old
    assert [plain(line.new) for line in lines if line.new] == new
    assert [line.old.number for line in lines if line.old] == list(range(1, len(old) + 1))
    assert [line.new.number for line in lines if line.new] == list(range(1, len(new) + 1))


def test_huge_texts_are_compared_without_pairing_every_line() -> None:
    old, new = "\n".join(f"old {i} {i * 7}" for i in range(300)), "\n".join(f"new {i} {i * 5}" for i in range(280))
    assert len(diff_lines(old, new)) == 300
    assert len(diff_lines("a " * 20_000, "b " * 20_000)) == 1


async def test_narrow_panes_show_removed_above_added_with_signs() -> None:
    view = DiffView()
    async with Host(view).run_test(size=(80, 24)) as pilot:
        view.show(OLD, NEW, "last quarter", "now")
        await pilot.pause()
        assert [line.rstrip() for line in lines_of(view)[:12]] == [
            " last quarter → now  2 changes",
            " 1   {",
            ' 2     "Effect": "Allow",',
            ' 3     "Condition": {',
            ' 4 -     "StringEquals": {',
            ' 5 -       "token:sub": "repo:acme/platform:ref:refs/heads/main"',
            ' 4 +     "StringLike": {',
            ' 5 +       "token:sub": "repo:acme/*"',
            " 6       }",
            " 7 -   }",
            " 7 +   },",
            ' 8 +   "Extra": 1',
        ]


async def test_wide_panes_show_the_texts_side_by_side() -> None:
    view = DiffView()
    async with Host(view).run_test(size=(120, 40)) as pilot:
        view.show(OLD, NEW)
        await pilot.pause()
        line = lines_of(view)[5]
        assert '5 -       "token:sub": "repo:acme/platform' in line
        assert ' │  5 +       "token:sub": "repo:acme/*"' in line
        assert line.index("│") == lines_of(view)[1].index("│")


@pytest.mark.parametrize("width", [40, 64, 80, 120, 200])
async def test_long_lines_wrap_and_are_never_lost(width: int) -> None:
    view = DiffView()
    words = "".join(f"{i:04d}" for i in range(100))
    async with Host(view).run_test(size=(width, 60)) as pilot:
        view.show(f"   {words}", f"   x{words}")
        await pilot.pause()
        shown = lines_of(view)[1:]
        if width >= 110:
            before = "".join(line.split("│")[0][6:].strip(" -") for line in shown)
        else:
            before = "".join(line[4:].strip(" -") for line in shown if "-" in line[:5])
        assert words in before


async def test_equal_texts_say_no_change() -> None:
    view = DiffView()
    async with Host(view).run_test(size=(120, 24)) as pilot:
        assert "nothing to compare" in "\n".join(lines_of(view))
        view.show(OLD, OLD)
        await pilot.pause()
        assert "no change" in lines_of(view)[0]
        assert '"Effect": "Allow"' in "\n".join(lines_of(view))
        view.clear()
        await pilot.pause()
        assert "nothing to compare" in "\n".join(lines_of(view))


@pytest.mark.parametrize("width", [80, 120])
async def test_braces_jump_between_the_changes(width: int) -> None:
    view = DiffView()
    old = "\n".join(f"line {i}" for i in range(200))
    new = old.replace("line 50\n", "row fifty\n").replace("line 120\n", "row many\n")
    async with Host(view).run_test(size=(width, 24)) as pilot:
        view.show(old, new)
        await pilot.pause()
        tops = []
        for key in ["}", "}", "}", "{", "{"]:
            await pilot.press(key)
            tops.append("".join(line for line in lines_of(view)[:4]))
        assert "row fifty" in tops[0]
        assert "row many" in tops[1]
        assert "row many" in tops[2]
        assert "row fifty" in tops[3]
        await pilot.press("j", "j", "G", "g")
        assert view.first_seen == 0
