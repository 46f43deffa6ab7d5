"""Chains: every way from outside to an administrator, and the roles through which most of them lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trustview.analysis import Chain, Edge, Privilege, TrustGraph, is_passable, is_shared, lets_strangers_in
from trustview.policy import parse_arn
from trustview.store import SnapshotFile
from trustview.ui.board import BLANK, Board, BoardRow, Link
from trustview.ui.places import Places
from trustview.ui.present.signs import REACHES, counted
from trustview.ui.sitting import Sitting
from trustview.ui.state import State
from widgets.columns import Column
from widgets.tone import Cell, Tone

COLUMNS = (
    Column("steps", "Steps", 5, align="right"),
    Column("reach", "Reach", 11),
    Column("admin", "Administrator", None, min_width=22, weight=2),
    Column("chain", "Comes from", None, min_width=30, weight=4),
    Column("depends", "Depends on", None, min_width=12, priority=1),
)
_CHOKES = 10


def chains(sitting: Sitting, state: State) -> Board:
    """The shortest way to each administrator, the shortest first; enter shows it in the graph, step by step."""
    graph = sitting.reader.graph.whole()
    starts = [number for number, node in enumerate(graph.nodes) if _is_outside(node, state.places)]
    walk = graph.walk(starts, _is_for_strangers)
    reached = [number for number in walk.order if walk.chain(number) and _is_admin(graph.nodes[number], sitting.reader)]
    found = [Chain(walk.chain(number)) for number in reached]
    found.sort(key=lambda chain: (len(chain.steps), chain.target))
    chokes = _chokes(graph, starts, reached)
    rows = [*_choke_rows(chokes, state.places), *(_row(chain, state.places) for chain in found)]
    return Board(
        "From outside to an administrator",
        COLUMNS,
        tuple(rows),
        note=f"{counted(len(found), 'administrator')} can be reached",
        empty="no chain leads from outside to an administrator\nwhat could not be read is not counted: ! lists it",
    )


def _is_admin(node: str, reader: SnapshotFile) -> bool:
    return ":role/" in node and any(grant.privilege is Privilege.ADMIN for grant in reader.grants_of(node))


def _is_for_strangers(edge: Edge) -> bool:
    return is_passable(edge) and lets_strangers_in(edge)


def _is_outside(node: str, places: Places) -> bool:
    """Whether a node is everybody, or an account or principal that is not of this organization."""
    if node.startswith("account:"):
        return any(account not in places.by_id for account in node.removeprefix("account:").split(","))
    arn = parse_arn(node)
    return node == "everyone" or (arn is not None and bool(arn.account) and arn.account not in places.by_id)


def _chokes(graph: TrustGraph, starts: list[int], goals: list[int]) -> Counter[str]:
    """For each role, to how many administrators every way leads through it."""
    ways = graph.choke_points(starts, goals, _is_for_strangers)
    names = (graph.nodes[node] for through in ways.values() for node in through)
    return Counter(name for name in names if not is_shared(name))


def _choke_rows(chokes: Counter[str], places: Places) -> Iterator[BoardRow]:
    if not chokes:
        return
    yield BoardRow(
        (
            Cell(""),
            Cell(""),
            Cell("Cut here", Tone.HEADING),
            Cell("cuts so many administrators off", Tone.MUTED),
        )
    )
    for arn, count in chokes.most_common(_CHOKES):
        cells = (Cell(f"{count:,}"), Cell(""), Cell(_name(arn, places), Tone.STRONG))
        yield BoardRow(cells, Link(role=arn))
    yield BLANK
    yield _head("Can be reached", "the shortest way to each")


def _head(text: str, more: str) -> BoardRow:
    return BoardRow((Cell(""), Cell(""), Cell(text, Tone.HEADING), Cell(more, Tone.MUTED)))


def _row(chain: Chain, places: Places) -> BoardRow:
    sign = REACHES[chain.kind]
    names = " → ".join(_name(step.source, places) for step in chain.steps)
    cells = (
        Cell(str(len(chain.steps))),
        Cell(sign.short, sign.tone),
        Cell(_name(chain.target, places), Tone.STRONG),
        Cell(names),
        Cell(", ".join(chain.depends_on), Tone.MUTED),
    )
    walked = (chain.source, *(step.target for step in chain.steps))
    return BoardRow(cells, Link(role=chain.target, chain=walked))


def _name(node: str, places: Places) -> str:
    arn = parse_arn(node)
    return f"{arn.name} @{places.name(arn.account)}" if arn and arn.account else node
