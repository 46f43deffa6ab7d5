"""Edge: one node of the trust graph leads to another.

Nodes are principals by ARN, crowds (`account:111122223333`, `organization`, `everyone`, a service or provider as the
trust policy writes it), and the two kinds of node that keep the edges few: `power:…` and `group:…` stand for principals
that may assume the same, `door:…` for roles that let the same principals in. Two edges through a door are one step.
"""

from __future__ import annotations

from dataclasses import dataclass

from trustview.analysis.grant import Reach, ReachKind
from trustview.quick_init import quick_init

POWER, GROUP, DOOR = "power:", "group:", "door:"

# The way that trust policies open; the others are named after the actions that they take.
ASSUME = "assume role"
# Belonging to a group, and standing behind a door, is no step and needs nothing.
JOINS = "joins"
ALWAYS = Reach(ReachKind.OPEN)


@quick_init
@dataclass(frozen=True, slots=True)
class Edge:
    """`source` becomes `target` in the way `kind`, by the grant that `grant` names; or merely belongs to it (JOINS).

    A step to a door has its grant on the edge that leaves the door.
    """

    source: str
    target: str
    kind: str
    grant: str = ""
    reach: Reach = ALWAYS


def is_shared(node: str) -> bool:
    """Whether a node stands for several principals or roles of the snapshot and is none itself."""
    return node.startswith((POWER, GROUP, DOOR))
