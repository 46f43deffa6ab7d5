"""Wrapping, and the widgets that show texts: JSON, facts, key help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.widgets.hosts import Host, lines_of, screen_lines
from widgets.fact_list import Fact, FactList, Heading
from widgets.json_view import JsonView, MarkedRange, tone_json
from widgets.key_help import HELP, KeyGroup, KeyHelp, KeyHint, KeyLine, fitting
from widgets.safe_text import safe_text
from widgets.status_line import Segment, StatusLine, arrange_segments
from widgets.tone import Cell, Tone
from widgets.wrapping import line_cells, spread, wrap, wrap_pieces

cells_list = st.lists(st.builds(Cell, st.text(max_size=40), st.sampled_from(Tone)), max_size=5)


@given(cells_list, st.integers(2, 60), st.integers(0, 30))
def test_wrapping_keeps_every_character_and_the_width(line: list[Cell], width: int, hang: int) -> None:
    wrapped = wrap(line, width, hang)
    assert all(line_cells(part) <= width for part in wrapped)
    before = "".join(safe_text(cell.text) for cell in line).replace(" ", "")
    after = "".join(cell.text for part in wrapped for cell in part).replace(" ", "")
    assert after == before


@pytest.mark.parametrize(
    ("text", "width", "hang", "lines"),
    [
        ("arn:aws:iam::1234:role/deployer", 20, 2, ["arn:aws:iam::1234:", "  role/deployer"]),
        ("one two three", 8, 0, ["one two ", "three"]),
        ("abcdefghij", 4, 0, ["abcd", "efgh", "ij"]),
        ("日本語名", 5, 1, ["日本", " 語名"]),
        ("", 5, 0, [""]),
        ("seven77 x", 7, 0, ["seven77", "x"]),
    ],
)
def test_lines_break_after_punctuation_where_they_can(text: str, width: int, hang: int, lines: list[str]) -> None:
    assert ["".join(cell.text for cell in line) for line in wrap((Cell(text),), width, hang)] == lines


@given(st.lists(cells_list, max_size=5), st.integers(8, 60), st.integers(0, 4), st.integers(0, 4))
def test_pieces_keep_every_character_and_the_width(pieces: list[list[Cell]], width: int, gap: int, hang: int) -> None:
    lines = wrap_pieces([tuple(piece) for piece in pieces], width, gap, hang)
    assert all(line_cells(line) <= width for line in lines)
    before = "".join(safe_text(cell.text) for piece in pieces for cell in piece).replace(" ", "")
    assert "".join(cell.text for line in lines for cell in line).replace(" ", "") == before


def test_a_piece_that_fits_on_a_line_is_never_broken() -> None:
    pieces = [(Cell("which format?"),), (Cell("c csv"),), (Cell("h html"),), (Cell("m markdown"),)]
    lines = ["".join(cell.text for cell in line) for line in wrap_pieces(pieces, 22, hang=2)]
    assert lines == ["which format?  c csv", "  h html  m markdown"]


@given(st.text(max_size=80))
def test_toning_json_loses_nothing(text: str) -> None:
    assert "".join(cell.text for cell in tone_json(text)) == text.replace("\n", "\n")


def test_names_and_strings_have_tones() -> None:
    assert list(tone_json('  "Sid": "a\\"b", 3')) == [
        Cell("  "),
        Cell('"Sid"', Tone.NAME),
        Cell(":", Tone.MUTED),
        Cell(" "),
        Cell('"a\\"b"', Tone.STRING),
        Cell(", 3"),
    ]


JSON = '{\n  "Effect": "Allow",\n  "Action": "sts:AssumeRole",\n  "Resource": "' + "x" * 60 + '"\n}\n'


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_json_shows_numbers_marks_and_notes(width: int) -> None:
    view = JsonView()
    async with Host(view).run_test(size=(width, 24)) as pilot:
        view.show(JSON, [MarkedRange(2, 3, Tone.HIGH, "open to everyone")])
        await pilot.pause()
        lines = [line.rstrip() for line in lines_of(view)]
        assert lines[:5] == [
            " 1  {",
            '▌2    "Effect": "Allow",',
            '▌3    "Action": "sts:AssumeRole",',
            "▌     └ open to everyone",
            lines[4],
        ]
        assert "".join(line[4:].strip() for line in lines[4:]).startswith('"Resource":')
        assert "".join(line[4:].strip() for line in lines[4:]).count("x") == 60


async def test_json_scrolls_to_its_marks() -> None:
    view = JsonView()
    text = "\n".join(f'"key{i}": {i},' for i in range(200))
    async with Host(view).run_test(size=(80, 24)) as pilot:
        view.show(text, [MarkedRange(60, 62, Tone.HIGH), MarkedRange(120, 120, Tone.LOW)])
        await pilot.pause()
        view.scroll_to_mark(1)
        assert '"key119"' in lines_of(view)[2]
        view.scroll_to_mark()
        assert '"key59"' in lines_of(view)[2]
        await pilot.press("}")
        assert '"key119"' in lines_of(view)[2]
        await pilot.press("{")
        assert '"key59"' in lines_of(view)[2]
        view.show("[]")
        await pilot.pause()
        assert view.first_seen == 0


FACTS = (
    Heading("who can get in", "1 of 2"),
    Fact("github", "open to every branch of every repository there is in the whole organization", Tone.CRITICAL, "✖"),
    Fact("a label far too long to stand beside its value", "short"),
    Fact("", "a sentence without a label"),
)


async def test_facts_hang_under_their_value() -> None:
    facts = FactList(FACTS)
    async with Host(facts).run_test(size=(60, 24)) as pilot:
        await pilot.pause()
        assert [line.rstrip() for line in lines_of(facts)[:8]] == [
            " who can get in  1 of 2",
            " github               ✖ open to every branch of every",
            "                        repository there is in the whole",
            "                        organization",
            " a label far too long to stand beside its value",
            "                      short",
            " a sentence without a label",
            "",
        ]
        facts.set_facts(())
        await pilot.pause()
        assert "nothing to show" in "\n".join(lines_of(facts))


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_facts_lose_no_text_at_any_width(width: int) -> None:
    value = "".join(f"{i:03d}" for i in range(200))
    facts = FactList((Fact("arn", value), Fact("label", "v")))
    async with Host(facts).run_test(size=(width, 40)):
        assert value in "".join(line.replace("arn", "").strip() for line in lines_of(facts))


HINTS = tuple(KeyHint(key, label) for key, label in [("a", "approve"), ("r", "revoke"), ("/", "filter"), ("u", "undo")])


@pytest.mark.parametrize(
    ("width", "keys"), [(80, "ar/u?"), (41, "ar/?"), (27, "ar?"), (26, "a?"), (17, "a?"), (6, "?"), (2, "?")]
)
def test_the_key_line_ends_with_help_and_fits(width: int, keys: str) -> None:
    assert "".join(hint.key for hint in fitting(HINTS, width)) == keys


async def test_the_key_line_is_drawn_and_clicked() -> None:
    line = KeyLine(HINTS)
    host = Host(line)
    async with host.run_test(size=(40, 5), message_hook=host.hook) as pilot:
        assert lines_of(line)[0].strip() == "a approve  r revoke  / filter  ? help"
        await pilot.click(line, offset=(14, 0))
        assert [message.hint for message in host.posted(KeyLine.Pressed)] == [HINTS[1]]
        line.show((*HINTS[2:], HELP))
        await pilot.pause()
        assert lines_of(line)[0].strip() == "/ filter  u undo  ? help"


@pytest.mark.parametrize("width", [40, 80, 120, 200])
async def test_the_help_panel_shows_every_key_and_scrolls(width: int) -> None:
    groups = [KeyGroup(f"group {i}", [KeyHint(f"k{i}{j}", f"does {i} {j}") for j in range(6)]) for i in range(5)]
    panel = KeyHelp(groups)
    async with Host(panel).run_test(size=(width, 50)) as pilot:
        text = "\n".join(screen_lines(pilot.app))
        for group in groups:
            assert group.title in text
            assert all(hint.key in text and hint.label in text for hint in group.hints)
    panel = KeyHelp(groups)
    async with Host(panel).run_test(size=(40, 10)) as pilot:
        await pilot.press("G")
        assert "does 4 5" in "\n".join(lines_of(panel))


LEFT = (Segment("trustview", Tone.HEADING), Segment("acme", priority=1), Segment("71 % done", priority=2))
RIGHT = (Segment("snapshot 06:00", priority=3), Segment("read only", priority=4))


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (70, "trustview  acme  71 % done                   snapshot 06:00  read only"),
        (55, "trustview  acme  71 % done    snapshot 06:00  read only"),
        (50, "trustview  acme  71 % done        snapshot 06:00 …"),
        (40, "trustview  acme  71 % done             …"),
        (24, "trustview  acme …      …"),
        (14, "trustview …  …"),
    ],
)
def test_the_status_line_drops_what_matters_least_with_a_sign(width: int, text: str) -> None:
    assert "".join(cell.text for cell in arrange_segments(LEFT, RIGHT, width)) == text


def test_the_sign_stands_where_something_was_dropped() -> None:
    left = (Segment("trustview"), Segment("acme", priority=5), Segment("71 % done"))
    right = (Segment("snapshot 06:00", priority=4), Segment("4 gaps"))
    assert (
        "".join(cell.text for cell in arrange_segments(left, right, 40)) == "trustview …  71 % done         …  4 gaps"
    )


segments = st.lists(st.builds(Segment, st.text(max_size=20), st.just(Tone.PLAIN), st.integers(0, 5)), max_size=5)


@given(segments, segments, st.integers(1, 120))
def test_what_fits_fills_the_line_exactly(left: list[Segment], right: list[Segment], width: int) -> None:
    line = arrange_segments(left, right, width)
    used = sum(cell_len(safe_text(cell.text)) for cell in line)
    assert used >= width
    kept = sum(1 for cell in line if cell.text.strip(" …"))
    assert used == width or kept <= 1


async def test_the_status_line_never_wraps() -> None:
    line = StatusLine(LEFT, RIGHT)
    async with Host(line).run_test(size=(40, 5)) as pilot:
        assert lines_of(line) == ["trustview  acme  71 % done           …"]
        line.show((Segment("x" * 500),))
        await pilot.pause()
        assert lines_of(line)[0] == "x" * 37 + "…"
        assert line.size.height == 1


@given(cells_list, cells_list, st.integers(1, 60))
def test_two_ends_of_a_line_fill_it_exactly(left: list[Cell], right: list[Cell], width: int) -> None:
    assert line_cells(spread(left, right, width)) == width


def test_the_left_end_gives_way_first() -> None:
    line = spread((Cell("a long label"),), (Cell("✖2 "), Cell("▲9")), 14)
    assert "".join(cell.text for cell in line) == "a long … ✖2 ▲9"


async def test_a_text_given_while_hidden_is_seen_when_shown() -> None:
    facts = FactList(FACTS)
    async with Host(facts).run_test(size=(60, 24)) as pilot:
        facts.display = False
        await pilot.pause()
        facts.set_facts((Fact("label", "given while hidden"),))
        await pilot.pause()
        facts.display = True
        await pilot.pause()
        assert "given while hidden" in "\n".join(screen_lines(pilot.app))
