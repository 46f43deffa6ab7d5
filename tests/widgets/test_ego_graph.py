import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.widgets.hosts import HOSTILE, Host, lines_of
from widgets.ego_graph import EgoGraph
from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphNode, GraphRow, Ref, Side
from widgets.graph_layout import PerSide, layout
from widgets.graph_window import scrolled_to, window


def edges(count: int, prefix: str) -> tuple[GraphEdge, ...]:
    kinds = list(EdgeKind)
    return tuple(
        GraphEdge(
            GraphNode(f"{prefix}{i}", f"{prefix}-node-{i}", detail="@somewhere"), kinds[i % 4], "!E"[i % 2 : i % 2 + 1]
        )
        for i in range(count)
    )


def graph(incoming: int = 5, outgoing: int = 3) -> EgoGraphData:
    return EgoGraphData(
        GraphNode("centre", "deployer", "■"),
        ("core 4010", "in 5 · out 3"),
        edges(incoming, "in"),
        edges(outgoing, "out"),
        trail=("first", "second"),
    )


def text(row: GraphRow) -> str:
    return "".join(part.text for part in row)


def seen(rows: list[GraphRow], side: Side) -> list[int]:
    """Return the edges that are drawn, once for each row they are drawn in."""
    refs = [{part.ref for part in row if part.ref and part.ref.side is side} for row in rows]
    return [ref.index for in_row in refs for ref in in_row]


def counted(rows: list[GraphRow], side: Side, width: int) -> int:
    """Return how many edges the signs of a side count."""
    joined = [text(row) for row in rows]
    if width >= 96:
        joined = [line[: width // 2] if side is Side.IN else line[width // 2 :] for line in joined]
    else:
        centre = next((y for y, line in enumerate(joined) if "■" in line), len(joined))
        joined = joined[:centre] if side is Side.IN else joined[centre:]
    return sum(int(count.replace(",", "")) for line in joined for count in re.findall(r"[↑↓↕] ([\d,]+) more", line))


sizes = st.tuples(st.integers(40, 220), st.integers(12, 70))


@settings(max_examples=150, deadline=None)
@given(
    sizes,
    st.tuples(st.integers(0, 90), st.sets(st.integers(0, 90), max_size=6)),
    st.integers(0, 90),
    st.integers(0, 95),
    st.integers(0, 95),
)
def test_every_edge_is_drawn_once_or_counted_and_no_row_is_too_wide(
    size: tuple[int, int], incoming: tuple[int, set[int]], outgoing: int, first_in: int, first_out: int
) -> None:
    width, height = size
    count, titled = incoming
    shown = replace(graph(count, outgoing), incoming_titles=[(index, f"part {index}") for index in sorted(titled)])
    rows = layout(shown, width, height, PerSide(first_in, first_out))
    assert len(rows) == height
    assert {cell_len(text(row)) for row in rows} == {width}
    for side in Side:
        drawn = seen(rows, side)
        assert len(drawn) == len(set(drawn))
        assert len(drawn) + counted(rows, side, width) == len(shown.edges(side))


hostile_nodes = st.builds(
    GraphNode,
    st.text(max_size=5),
    st.one_of(st.text(max_size=90), st.sampled_from(HOSTILE)),
    st.text(max_size=2),
    detail=st.text(max_size=60),
    count=st.integers(0, 5000),
)
hostile_edges = st.lists(
    st.builds(GraphEdge, hostile_nodes, st.sampled_from(EdgeKind), st.text(max_size=2)), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(
    sizes, hostile_nodes, st.lists(st.text(max_size=60), max_size=5), hostile_edges, hostile_edges, st.text(max_size=50)
)
def test_rows_are_exactly_as_wide_as_the_pane_for_every_text(
    size: tuple[int, int],
    centre: GraphNode,
    card: list[str],
    incoming: list[GraphEdge],
    outgoing: list[GraphEdge],
    words: str,
) -> None:
    shown = EgoGraphData(
        centre,
        card,
        incoming,
        outgoing,
        words,
        words,
        words,
        words,
        (words, words),
        ((words, words), ("x", words)),
        [(0, words), (3, words)],
        [(1, words)],
    )
    rows = layout(shown, *size)
    assert len(rows) == size[1]
    for row in rows:
        assert cell_len(text(row)) == size[0]
        assert text(row).isprintable()


@given(st.integers(0, 300), st.integers(1, 60), st.integers(-5, 400), st.integers(0, 299))
def test_a_window_fits_its_rows_and_can_show_every_edge(count: int, rows: int, first: int, index: int) -> None:
    seen_now = window(count, rows, first)
    assert seen_now.height <= rows
    assert seen_now.above + (seen_now.stop - seen_now.first) + seen_now.below == count
    if index < count and rows >= 2:
        moved = window(count, rows, scrolled_to(index, count, rows, first))
        assert moved.first <= index < moved.stop


INCOMING = (
    GraphEdge(GraphNode("a", "oidc:github", "✖", detail="repo:acme/*"), EdgeKind.OPEN, "!"),
    GraphEdge(GraphNode("b", "ci-runner", detail="@shared"), EdgeKind.CONDITIONAL, "E"),
    GraphEdge(GraphNode("c", "old-runner", detail="denied"), EdgeKind.BLOCKED),
)
OUTGOING = (
    GraphEdge(GraphNode("d", "etl-writer", "▲"), EdgeKind.OPEN),
    GraphEdge(GraphNode("e", "read-only", count=412), EdgeKind.UNKNOWN),
    GraphEdge(GraphNode("f", "break-glass"), EdgeKind.BLOCKED, "!"),
)
DRAWN = EgoGraphData(GraphNode("r", "deployer", "■"), ("core", "in 3 · out 3"), INCOMING, OUTGOING)


def test_the_drawing_in_three_columns() -> None:
    assert [text(row).rstrip() for row in layout(DRAWN, 100, 9)] == [
        "  comes in                                                              reaches",
        "",
        "                                       ╭────────────────────╮",
        "  ✖ oidc:github  repo:acme/* ────!─┐   │ ■ deployer         │   ┌────▶  ▲ etl-writer",
        "  · ci-runner    @shared     ┄┄┄┄E┄┼──▶│ core               │───┼·?··▶  · read-only ×412",
        "  · old-runner   denied      ╌╌╌╌x ╵   │ in 3 · out 3       │   └╌x     · break-glass",
        "                                       ╰────────────────────╯",
        "",
        " ─ open  ┄ conditional  ╌x blocked",
    ]


def test_the_drawing_as_a_stack() -> None:
    assert [text(row).rstrip() for row in layout(DRAWN, 60, 13)] == [
        " comes in",
        " ┌─!─  ✖ oidc:github  repo:acme/*",
        " ├┄E┄  · ci-runner    @shared",
        " │ x╌  · old-runner   denied",
        " ▼",
        " ■ deployer   core · in 3 · out 3",
        " │ reaches",
        " ├───▶ ▲ etl-writer",
        " ├·?·▶ · read-only ×412",
        " └╌x   · break-glass",
        "",
        "",
        " ─ open  ┄ conditional  ╌x blocked",
    ]


def test_what_does_not_fit_is_counted() -> None:
    assert [text(row).rstrip() for row in layout(graph(9, 9), 60, 12, PerSide(3, 2))] == [
        " first › second › deployer",
        " comes in",
        " ╷     ↑ 3 more",
        " ├·E·  · in-node-3  @somewhere",
        " │     ↓ 5 more",
        " ▼",
        " ■ deployer   core 4010 · in 5 · out 3",
        " │ reaches",
        " │     ↑ 2 more",
        " ├╌x   · out-node-2  @somewhere",
        " ╵     ↓ 6 more",
        " ─ open  ┄ conditional  ╌x blocked",
    ]


PARTS = replace(DRAWN, incoming_titles=((0, "outside ×1"), (1, "inside ×2")), outgoing_titles=((0, "strong"),))


def test_edges_that_stand_together_have_a_title_where_there_is_room() -> None:
    assert [text(row).rstrip() for row in layout(PARTS, 60, 16)] == [
        " comes in",
        " ╷ outside ×1",
        " ├─!─  ✖ oidc:github  repo:acme/*",
        " │ inside ×2",
        " ├┄E┄  · ci-runner    @shared",
        " │ x╌  · old-runner   denied",
        " ▼",
        " ■ deployer   core · in 3 · out 3",
        " │ reaches",
        " │ strong",
        " ├───▶ ▲ etl-writer",
        " ├·?·▶ · read-only ×412",
        " └╌x   · break-glass",
        "",
        "",
        " ─ open  ┄ conditional  ╌x blocked",
    ]
    assert layout(PARTS, 60, 13) == layout(DRAWN, 60, 13)
    assert "  inside ×2" in "\n".join(text(row) for row in layout(PARTS, 100, 15))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_a_group_says_how_many_it_stands_for_however_narrow_the_pane(width: int) -> None:
    group = GraphEdge(GraphNode("g", "users and roles of a team with a long name", detail="in 38 places", count=1_146))
    drawn = layout(replace(graph(2, 2), incoming=(group,), outgoing=(group,)), width, 16)
    assert "\n".join(text(row) for row in drawn).count("×1,146") == 2


async def test_the_cursor_passes_titles_over_and_goes_to_the_same_height() -> None:
    widget = EgoGraph(PARTS)
    async with Host(widget).run_test(size=(120, 20)) as pilot:
        await pilot.press("j")
        assert widget.cursor == Ref(Side.IN, 1)
        await pilot.press("l")
        assert widget.cursor == Ref(Side.OUT, 2)
        await pilot.press("h", "g")
        assert widget.cursor == Ref(Side.IN, 0)


async def test_the_cursor_walks_rows_columns_and_nodes() -> None:
    widget = EgoGraph(graph())
    host = Host(widget)
    async with host.run_test(size=(120, 20), message_hook=host.hook) as pilot:
        assert widget.cursor == Ref(Side.IN, 0)
        await pilot.press("j", "j", "l", "k", "enter", "h", "G", "backspace", "k", "enter", "g")
        assert [m.node_id for m in host.posted(EgoGraph.Centred)] == ["out1", "in3"]
        assert len(host.posted(EgoGraph.WentBack)) == 1
        assert [m.edge.node.id for m in host.posted(EgoGraph.Highlighted)][:4] == ["in1", "in2", "out2", "out1"]
        assert widget.cursor == Ref(Side.IN, 0)


async def test_in_a_stack_the_columns_follow_one_another() -> None:
    widget = EgoGraph(graph(2, 2))
    async with Host(widget).run_test(size=(60, 20)) as pilot:
        await pilot.press("j", "j")
        assert widget.cursor == Ref(Side.OUT, 0)
        await pilot.press("j", "j", "j")
        assert widget.cursor == Ref(Side.OUT, 1)
        await pilot.press("k", "k")
        assert widget.cursor == Ref(Side.IN, 1)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 14), (97, 12)])
async def test_the_cursor_is_always_seen(size: tuple[int, int]) -> None:
    widget = EgoGraph(graph(300, 200))
    async with Host(widget).run_test(size=size) as pilot:
        for key in ["G", "k", "k", "g", "ctrl+d", "ctrl+d", "ctrl+d", "ctrl+u", "l", "end", "up", "h", "home", "j"]:
            await pilot.press(key)
            assert widget.cursor_edge is not None
            line = next(line for line in lines_of(widget) if "▌" in line)
            assert widget.cursor_edge.node.label in line
        await pilot.resize_terminal(size[0], 10)
        await pilot.pause()
        assert any("▌" in line for line in lines_of(widget))


async def test_showing_another_graph_starts_anew_or_at_a_node() -> None:
    widget = EgoGraph(graph())
    async with Host(widget).run_test(size=(120, 20)) as pilot:
        widget.show(graph(2, 9), cursor="out7")
        await pilot.pause()
        assert widget.cursor == Ref(Side.OUT, 7)
        widget.show(graph(0, 2))
        await pilot.pause()
        assert widget.cursor == Ref(Side.OUT, 0)
        assert "nothing comes in" in "\n".join(lines_of(widget))
        widget.show(graph(0, 0))
        await pilot.press("j", "h", "l", "enter", "G")
        assert widget.cursor is None


async def test_clicks_move_the_cursor_and_centre() -> None:
    widget = EgoGraph(graph())
    host = Host(widget)
    async with host.run_test(size=(120, 20), message_hook=host.hook) as pilot:
        y = next(y for y, line in enumerate(lines_of(widget)) if "out-node-1" in line)
        x = lines_of(widget)[y].index("out-node-1")
        await pilot.click(widget, offset=(x, y), times=2)
        assert widget.cursor == Ref(Side.OUT, 1)
        assert [m.node_id for m in host.posted(EgoGraph.Centred)] == ["out1"]
