"""What an ego graph is made of: one node in the centre, who comes in, and what it reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from widgets.tone import Tone


class Side(StrEnum):
    """A side of the centre: who comes in (always left or above), and what it reaches (right or below)."""

    IN = "in"
    OUT = "out"


class EdgeKind(Enum):
    """How far an edge can be walked; the value is the shape of its line, so that colour is not the only carrier."""

    OPEN = "─"
    CONDITIONAL = "┄"
    BLOCKED = "╌"
    UNKNOWN = "·"

    @property
    def sign(self) -> str:
        """The mark of an edge that has none of its own."""
        return {"BLOCKED": "x", "UNKNOWN": "?"}.get(self.name, self.value)


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node, or a group of `count` nodes that is drawn as one."""

    id: str
    label: str
    glyph: str = "·"
    tone: Tone = Tone.PLAIN
    detail: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An edge between the centre and a node; `mark` is one glyph, for example that of its weakest condition.

    A blocked edge is always marked x, and its line stops short.
    """

    node: GraphNode
    kind: EdgeKind = EdgeKind.OPEN
    mark: str = ""
    tone: Tone = Tone.MUTED


@dataclass(frozen=True, slots=True)
class EgoGraphData:
    """All that an ego graph shows; the order of the edges is the caller's.

    `incoming_titles` and `outgoing_titles` name the edges that stand together: the place of the first one of them, and
    their title. `card` are further lines of the centre, `trail` the labels of the nodes walked through before it, and
    `legend` pairs of a sign and what it means.
    """

    centre: GraphNode
    card: Sequence[str] = ()
    incoming: Sequence[GraphEdge] = ()
    outgoing: Sequence[GraphEdge] = ()
    incoming_title: str = "comes in"
    outgoing_title: str = "reaches"
    incoming_empty: str = "nothing comes in"
    outgoing_empty: str = "reaches nothing"
    trail: Sequence[str] = ()
    legend: Sequence[tuple[str, str]] = (("─", "open"), ("┄", "conditional"), ("╌x", "blocked"))
    incoming_titles: Sequence[tuple[int, str]] = ()
    outgoing_titles: Sequence[tuple[int, str]] = ()

    def edges(self, side: Side) -> Sequence[GraphEdge]:
        """Return the edges of a side."""
        return self.incoming if side is Side.IN else self.outgoing

    def rows(self, side: Side, *, is_titled: bool) -> tuple[int | str, ...]:
        """Return the rows of a side: the places of its edges, each title over the first one that it names."""
        titles = dict(self.incoming_titles if side is Side.IN else self.outgoing_titles) if is_titled else {}
        rows: list[int | str] = []
        for index in range(len(self.edges(side))):
            rows += [titles[index]] if index in titles else []
            rows.append(index)
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class Ref:
    """Points at one edge of a graph."""

    side: Side
    index: int


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a drawn row, already safe and fitted; `ref` is the edge whose node it shows."""

    text: str
    tone: Tone = Tone.PLAIN
    ref: Ref | None = None


GraphRow = tuple[Part, ...]
"""One drawn row; its parts fill the width exactly."""
