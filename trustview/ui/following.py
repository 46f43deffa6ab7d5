"""Where a link leads: the queue under words, a role wherever it stands, or another sheet.

Links come from the lines of boards and from the command line (`trustview --role ARN`).
"""

from __future__ import annotations

from dataclasses import replace

from trustview.store import SnapshotFile
from trustview.ui.board import Link
from trustview.ui.showing import refreshed, with_filter, with_scope
from trustview.ui.state import Notice, Pane, Sheet, State
from trustview.ui.whereabouts import at_pane, at_row


def follow(state: State, link: Link, reader: SnapshotFile) -> State:
    """The state at the end of a link that is no sheet; words and scope are not searched for yet."""
    if link.chain:
        return at_chain(state, link.chain, reader)
    if link.role:
        return at_role(state, link.role, reader)
    if link.item:
        number = state.rows.number(link.item)
        return state if number is None else at_pane(at_row(_with_row(state, number), number), Pane.WHY)
    return at_pane(with_scope(with_filter(state, link.words), link.scope), Pane.QUEUE)


def at_role(state: State, arn: str, reader: SnapshotFile) -> State:
    """The worst item of a role under the cursor and its explanation beside; a role without a way in in the graph."""
    if reader.role(arn) is None:
        return replace(state, notice=Notice(f"no role `{arn}` in this snapshot", is_bad=True))
    items = {grant.fleet: None for grant in reader.grants_of(arn)}
    numbers = sorted(state.rows.numbers(items).values())
    state = replace(state, sheet=Sheet.NONE)
    if not numbers:
        return at_pane(replace(state, trail=(arn,), opened=()), Pane.GRAPH)
    number = numbers[0]
    state = _with_row(state, number)
    roles = list(dict.fromkeys(grant.role for grant in reader.item_grants(state.rows[number].id)))
    return at_pane(replace(at_row(state, number), member=roles.index(arn)), Pane.WHY)


def at_chain(state: State, chain: tuple[str, ...], reader: SnapshotFile) -> State:
    """The role at the end of a chain in the centre of the graph, as if one had walked there; back leads along it."""
    roles = tuple(node for node in chain if ":role/" in node and reader.role(node) is not None)
    return at_pane(replace(at_role(state, chain[-1], reader), trail=roles, opened=()), Pane.GRAPH)


def _with_row(state: State, number: int) -> State:
    """The queue widened until a row is in it."""
    if number in state.view:
        return state
    return refreshed(with_scope(with_filter(state, "" if number < len(state.rows.found) else "is:all"), ""))
