"""Export to a file, and copy to the clipboard."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from trustview.errors import StoreError, UsageError
from trustview.review import Decision
from trustview.store import SnapshotFile, write_new
from trustview.ui.desk import Desk
from trustview.ui.present.signs import counted
from trustview.ui.searching import STILL_LOOKING
from trustview.ui.state import Pane, Sheet
from widgets.prompt_line import PromptLine
from widgets.safe_text import safe_text

if TYPE_CHECKING:
    from trustview.export import FindingRow


def copy(desk: Desk) -> None:
    """Copy the ARN or id of what is shown, or the ARN of the graph's node."""
    text = desk.bench.sheet.role.arn if desk.state.sheet is Sheet.ROLE else ""
    edge = desk.bench.graph.graph.cursor_edge
    if not text and desk.state.pane is Pane.GRAPH and edge is not None and edge.node.id.startswith("arn:"):
        text = edge.node.id
    elif not text and desk.detail is not None:
        text = desk.detail.subject.id
    if not text:
        desk.say("there is no ARN here to copy", is_bad=True)
        return
    desk.copy(safe_text(text))
    desk.say(f"copied {text}")


async def export(desk: Desk) -> None:
    """Write the findings of the marked items, else of those shown, to a file."""
    from trustview.export import FORMATS  # noqa: PLC0415 -- after the first screen

    letters = {form.key: form for form in FORMATS}
    state = desk.state
    if state.is_searching and not state.marks:
        desk.say(STILL_LOOKING, is_bad=True)
        return
    numbers = tuple(sorted(state.marks)) or state.view
    which = "marked" if state.marks else "shown"
    items = [state.rows[number].id for number in numbers if state.rows[number].findings]
    if not items:
        desk.say(f"none of the items {which} has a finding to export", is_bad=True)
        return
    with desk.bench.asking() as prompt:
        head = f"export the findings of {counted(len(items), 'item')} {which}"
        letter = await prompt.choose(head, {letter: form.name for letter, form in letters.items()})
        form = letters.get(letter or "")
        name = form and await prompt.ask(
            f"{head} as {form.name} · to which file? (esc leaves)",
            value=f"trustview-{desk.review_id.rpartition('/')[2]}-findings{form.ending}",
            required=True,
        )
        if form is None or not name:
            desk.say("nothing is exported")
            return
        names = {place.id: place.name for place in state.places.places if place.is_account}
        rows = await asyncio.to_thread(_rows, desk.reader, items, names, state.decisions)
        await _write(desk, prompt, form.write(rows), name, counted(len(rows), "finding"))


def _rows(
    reader: SnapshotFile, items: list[str], names: Mapping[str, str], decisions: Mapping[str, Decision]
) -> list[FindingRow]:
    """The findings of the items, each once, in the order of the queue."""
    from trustview.export import finding_row  # noqa: PLC0415

    rows: dict[str, FindingRow] = {}
    seen_at = reader.summary().taken_at
    for item in items:
        detail = reader.item_detail(item)
        for finding in detail.findings if detail else ():
            if finding.id not in rows:
                rows[finding.id] = finding_row(finding, reader.grants_of(finding.role), names, decisions, seen_at)
    return list(rows.values())


async def _write(desk: Desk, prompt: PromptLine, text: str, name: str, what: str) -> None:
    """Write the file; one that is there is replaced only when the reviewer says so."""
    try:
        path = write_new(name, text)
    except UsageError:
        answer = await prompt.choose(
            f"`{name}` is there already", {"o": "overwrite it", "n": "keep it, export nothing"}
        )
        if answer != "o":
            desk.say("nothing is exported; E asks again for a name")
            return
        path = write_new(name, text, overwrite=True)
    except StoreError as error:
        desk.say(f"not exported: {error}", is_bad=True)
        return
    desk.say(f"{what} written to `{path}`")


async def export_graph(desk: Desk) -> None:
    """Write the graph that is seen as a picture, or for other programs."""
    from widgets.graph_text import GRAPH_FORMATS  # noqa: PLC0415 -- after the first screen

    graph = desk.bench.graph.graph.graph
    if not graph.centre.id:
        desk.say("there is no graph here to export: choose an item of a role", is_bad=True)
        return
    with desk.bench.asking() as prompt:
        head = f"export the graph of {graph.centre.label}"
        letter = await prompt.choose(head, {letter: name for letter, (name, _, _) in GRAPH_FORMATS.items()})
        if letter is None:
            desk.say("nothing is exported")
            return
        form, ending, write = GRAPH_FORMATS[letter]
        name = await prompt.ask(
            f"{head} as {form} · to which file? (esc leaves)", value=f"trustview-graph{ending}", required=True
        )
        if not name:
            desk.say("nothing is exported")
            return
        await _write(desk, prompt, write(graph), name, "the graph")
