"""What each layer of a stack says on an action, laid out once, so that a decision walks only what may bear on it.

Nothing here depends on the rest of the request: who is exempt from which layer `evaluate.py` says.
"""

from __future__ import annotations

from typing import NamedTuple

from trustview.policy.memory import keep
from trustview.policy.stack import Layer, Level, PolicyStack
from trustview.policy.statement import PreparedStatement, statements_on

# A statement and where it stands: layer, level and document. They count from 0, -1 where there is none.
Placed = tuple[PreparedStatement, Layer, int, int]


class Allows(NamedTuple):
    """The Allow statements of a layer, or of one level of it."""

    layer: Layer
    level: int
    statements: tuple[Placed, ...]


class StackOn(NamedTuple):
    """The statements of a stack that mean an action; `own` are the layers that the caller itself brings.

    SCP levels that allow the action whatever is asked are left out of `scps`: they decide nothing.
    """

    trust: Allows
    trust_denies: tuple[Placed, ...]
    own: tuple[Allows, ...]
    own_denies: tuple[Placed, ...]
    scps: tuple[Allows, ...]
    scp_denies: tuple[Placed, ...]
    rcp_denies: tuple[Placed, ...]


def stack_on(action: str, stack: PolicyStack) -> StackOn:
    """What a stack says on an action; the stack keeps it."""
    found: StackOn | None = stack.prepared.get(action)
    if found is None:
        found = _lay_out(action, stack)
        keep(stack.prepared, action, found)
    return found


def _lay_out(action: str, stack: PolicyStack) -> StackOn:
    trust, trust_denies = _said_on(action, Layer.TRUST, -1, (stack.trust,)) if stack.trust.statements else _SILENT
    own = [_said_on(action, layer, -1, documents) for layer, documents in stack.own]
    scps, scp_denies = _levels_on(action, Layer.SCP, stack.scps)
    return StackOn(
        trust,
        trust_denies,
        tuple([allows for allows, _ in own]),
        tuple([deny for _, denies in own for deny in denies]),
        scps,
        scp_denies,
        _levels_on(action, Layer.RCP, stack.rcps)[1],
    )


# What a trust policy without statements says on any action.
_SILENT: tuple[Allows, tuple[Placed, ...]] = (Allows(Layer.TRUST, -1, ()), ())

# The levels above one account are the same tuple in stack after stack. It stands in the value so that its id, by which
# it is found, is not another's while it is here.
_Laid = tuple[tuple[Level, ...], tuple[Allows, ...], tuple[Placed, ...]]
_laid_out: dict[tuple[str, Layer, int], _Laid] = {}
# Actions times distinct guardrails: an organization has few of either.
MOST_LAID_OUT = 4096


def _levels_on(action: str, layer: Layer, levels: tuple[Level, ...]) -> tuple[tuple[Allows, ...], tuple[Placed, ...]]:
    """What levels of guardrails say on an action: Allow statements level by level, and Denies."""
    if not levels:
        return (), ()
    key = (action, layer, id(levels))
    found = _laid_out.get(key)
    if found is None:
        by_level = [_said_on(action, layer, level, documents) for level, documents in enumerate(levels)]
        telling = (one for one, _ in by_level if not any(prepared.applies_always for prepared, *_ in one.statements))
        found = levels, tuple(telling), tuple(deny for _, denies in by_level for deny in denies)
        keep(_laid_out, key, found, MOST_LAID_OUT)
    return found[1:]


def _said_on(action: str, layer: Layer, level: int, documents: Level) -> tuple[Allows, tuple[Placed, ...]]:
    """What the documents of a layer, or of one level of it, say on an action: their Allow statements and Denies."""
    allows: list[Placed] = []
    denies: list[Placed] = []
    for number, document in enumerate(documents):
        on = statements_on(action, document)
        if on.allows:
            allows += [(prepared, layer, level, number) for prepared in on.allows]
        if on.denies:
            denies += [(prepared, layer, level, number) for prepared in on.denies]
    return Allows(layer, level, tuple(allows)), tuple(denies)
