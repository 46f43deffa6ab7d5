"""Every widget draws hostile texts as plain characters: nothing a terminal obeys, nothing that breaks the layout."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from rich.cells import cell_len
from textual.widget import Widget
from textual.widgets import Input

from tests.widgets.hosts import HOSTILE, Host, Nodes, screen_lines
from widgets.columns import Column
from widgets.diff_view import DiffView
from widgets.ego_graph import EgoGraph
from widgets.fact_list import Fact, FactList, Heading
from widgets.filter_bar import FilterBar
from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphNode
from widgets.json_view import JsonView, MarkedRange
from widgets.key_help import KeyGroup, KeyHelp, KeyHint, KeyLine
from widgets.prompt_line import PromptLine
from widgets.safe_text import safe_text
from widgets.status_line import Segment, StatusLine
from widgets.tone import Cell, Tone
from widgets.virtual_table import VirtualTable
from widgets.virtual_tree import VirtualTree

ALL = "\n".join(HOSTILE)


class HostileRows:
    def cells(self, row: int) -> Sequence[Cell]:
        return tuple(Cell(HOSTILE[(row + column) % len(HOSTILE)]) for column in range(3))


def table() -> Widget:
    columns = [Column(f"c{i}", HOSTILE[i], 12 if i else None) for i in range(3)]
    return VirtualTable(columns, HostileRows(), range(len(HOSTILE)))


def empty_table() -> Widget:
    return VirtualTable([Column("c", "c")], HostileRows(), (), empty=ALL)


def tree() -> Widget:
    nodes = [text for text in HOSTILE if text]
    shown: VirtualTree[str] = VirtualTree(Nodes({"": nodes, nodes[0]: [f"{text}2" for text in nodes]}))
    shown.set_open(nodes[0], True)
    return shown


def graph() -> Widget:
    edges = [
        GraphEdge(GraphNode(text, text, text, detail=text, count=i), list(EdgeKind)[i % 4], text)
        for i, text in enumerate(HOSTILE)
    ]
    centre = GraphNode("c", HOSTILE[1], HOSTILE[2])
    return EgoGraph(EgoGraphData(centre, HOSTILE, edges, edges, *HOSTILE[:4], trail=HOSTILE, legend=[(ALL, ALL)]))


class ShownDiff(DiffView):
    def on_mount(self) -> None:
        self.show(ALL, ALL.replace("red", "blue") + "\x1b[2J", *HOSTILE[1:3])


class ShownJson(JsonView):
    def on_mount(self) -> None:
        self.show(f'{{"{ALL}": "{ALL}"}}', [MarkedRange(1, 4, Tone.HIGH, ALL), MarkedRange(2, 9, Tone.LOW, HOSTILE[1])])


class AskedPrompt(PromptLine):
    asked: "asyncio.Task[str | None] | None" = None

    def on_mount(self) -> None:
        self.asked = asyncio.ensure_future(self.ask(ALL, placeholder=ALL, value=ALL, validate=lambda _: ALL))


class ChosenPrompt(PromptLine):
    asked: "asyncio.Task[str | None] | None" = None

    def on_mount(self) -> None:
        self.asked = asyncio.ensure_future(self.choose(HOSTILE[0], dict.fromkeys(HOSTILE, ALL)))


class WrongFilter(FilterBar):
    def on_mount(self) -> None:
        self.show_error(ALL)


HINTS = [KeyHint(text, text) for text in HOSTILE]
WIDGETS: dict[str, Callable[[], Widget]] = {
    "table": table,
    "empty table": empty_table,
    "tree": tree,
    "graph": graph,
    "diff": ShownDiff,
    "json": ShownJson,
    "prompt": AskedPrompt,
    "choice": ChosenPrompt,
    "filter": lambda: WrongFilter(ALL, ALL),
    "status": lambda: StatusLine([Segment(text) for text in HOSTILE[:3]], [Segment(ALL)]),
    "key line": lambda: KeyLine(HINTS, last=KeyHint(ALL, ALL)),
    "key help": lambda: KeyHelp([KeyGroup(ALL, HINTS), KeyGroup(HOSTILE[1], HINTS)]),
    "facts": lambda: FactList([Heading(ALL, ALL), *(Fact(text, text, glyph=text) for text in HOSTILE)], empty=ALL),
}


@pytest.mark.parametrize("size", [(40, 60), (80, 24), (120, 40)])
@pytest.mark.parametrize("name", WIDGETS)
async def test_every_strip_is_printable_and_as_wide_as_the_screen(name: str, size: tuple[int, int]) -> None:
    app = Host(WIDGETS[name]())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in ["", "enter", "j", "l", "pagedown", "G"]:
            if key:
                await pilot.press(key)
            for strip in app.screen._compositor.render_strips():
                text = "".join(segment.text for segment in strip)
                assert text.isprintable()
                assert cell_len(text) == size[0]
                assert not any(segment.control for segment in strip)


@pytest.mark.parametrize("name", WIDGETS)
async def test_a_picture_of_it_is_a_readable_file(name: str) -> None:
    app = Host(WIDGETS[name]())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert all(char.isprintable() or char == "\n" for char in app.export_screenshot().replace("\u00a0", " "))


@pytest.mark.parametrize("text", HOSTILE)
async def test_an_input_field_shows_a_value_and_a_placeholder_only_as_plain_text(text: str) -> None:
    prompt, bar = PromptLine(), FilterBar(text)
    app = Host(prompt, bar)
    async with app.run_test(size=(120, 12)) as pilot:
        asked = asyncio.ensure_future(prompt.ask("note:", placeholder=text))
        await pilot.pause()
        for value in ("", text):
            prompt.query_one(Input).value = value
            prompt.query_one(Input).cursor_position = 0
            await pilot.pause()
            lines = screen_lines(app)
            assert all(line.isprintable() and cell_len(line) == 120 for line in lines)
            assert safe_text(text)[:40] in "\n".join(lines)
        prompt.cancel()
        assert await asked is None
        assert bar.text == safe_text(text)
