"""What each layer of a stack says on an action, laid out once, so that a decision walks only what may bear on it.

Nothing here depends on the rest of the request: who is exempt from which layer `evaluate.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    trust, own = (stack.trust,), stack.own
    scps, scp_denies = _levels_on(action, Layer.SCP, stack.scps)
    return StackOn(
        _allows(action, Layer.TRUST, -1, trust),
        tuple(_denies(action, Layer.TRUST, -1, trust)),
        tuple([_allows(action, layer, -1, documents) for layer, documents in own]),
        tuple([deny for layer, documents in own for deny in _denies(action, layer, -1, documents)]),
        scps,
        scp_denies,
        _levels_on(action, Layer.RCP, stack.rcps)[1],
    )


# The levels above one account are the same tuple in stack after stack. It stands in the value so that its id, by which
# it is found, is not another's while it is here.
_Laid = tuple[tuple[Level, ...], tuple[Allows, ...], tuple[Placed, ...]]
_laid_out: dict[tuple[str, Layer, int], _Laid] = {}


def _levels_on(action: str, layer: Layer, levels: tuple[Level, ...]) -> tuple[tuple[Allows, ...], tuple[Placed, ...]]:
    """What levels of guardrails say on an action: Allow statements level by level, and Denies."""
    if not levels:
        return (), ()
    key = (action, layer, id(levels))
    found = _laid_out.get(key)
    if found is None:
        by_level = [_allows(action, layer, level, documents) for level, documents in enumerate(levels)]
        telling = (one for one in by_level if not any(prepared.applies_always for prepared, *_ in one.statements))
        denies = (d for level, documents in enumerate(levels) for d in _denies(action, layer, level, documents))
        found = levels, tuple(telling), tuple(denies)
        keep(_laid_out, key, found)
    return found[1:]


def _allows(action: str, layer: Layer, level: int, documents: Level) -> Allows:
    found = [
        (prepared, layer, level, number)
        for number, document in enumerate(documents)
        for prepared in statements_on(action, document).allows
    ]
    return Allows(layer, level, tuple(found))


def _denies(action: str, layer: Layer, level: int, documents: Level) -> Iterator[Placed]:
    for number, document in enumerate(documents):
        for prepared in statements_on(action, document).denies:
            yield prepared, layer, level, number
