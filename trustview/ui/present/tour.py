"""The tour of the first run: its steps, each with a pane and a sentence that names keys as the reviewer has them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustview.ui.commands import COMMANDS_BY_ID, shown_key
from trustview.ui.preferences import Preferences
from trustview.ui.state import Pane, State
from widgets.tone import Cell, Line, Tone


@dataclass(frozen=True, slots=True)
class Step:
    """What is said at a pane; `{id}` in the text stands for a key of that command, `{id.1}` for another one of it."""

    pane: Pane
    text: str


STEPS = (
    Step(
        Pane.QUEUE,
        "The queue: one line for each way in, worst first. {move-queue} and {move-queue.2} move, {why} says why, "
        "{mark} marks.",
    ),
    Step(
        Pane.GRAPH,
        "The graph ({graph}): who comes in, what the role can become. {move-graph} moves, {centre} walks on, {back} "
        "goes back.",
    ),
    Step(
        Pane.FIX,
        "The fix ({fix}): what would mend it, and its proof. {narrow} narrows with it, {approve} approves, {revoke} "
        "revokes: {undo} undoes.",
    ),
    Step(
        Pane.QUEUE,
        "{filter} filters by words, {views} has named views, {overview} is the overview, {help} shows every key. "
        "All is saved at once.",
    ),
)

_KEY = re.compile(r"\{([a-z-]+)(?:\.(\d))?\}")


def keys_named(step: Step, preferences: Preferences) -> tuple[str, ...]:
    """The keys that a step names, by their names in bindings."""
    return tuple(_key(found, preferences) for found in _KEY.finditer(step.text))


def tour_line(state: State) -> tuple[Line, ...]:
    """The step of the tour that is open, and how to go on, as pieces; nothing while there is none."""
    if state.tour is None:
        return ()
    step = STEPS[state.tour.step - 1]
    said = _KEY.sub(lambda found: shown_key(_key(found, state.preferences)), step.text)
    goes_on = "goes on" if state.tour.step < len(STEPS) else "begins"
    return (
        (Cell(f"▸ {state.tour.step} of {len(STEPS)} · ", Tone.ACCENT), Cell(said, Tone.STRONG)),
        _hint("tour", goes_on, state.preferences),
        _hint("back-or-quit", "leaves", state.preferences),
    )


def _hint(command: str, does: str, preferences: Preferences) -> Line:
    key = shown_key(_first(preferences.keys_of(COMMANDS_BY_ID[command]), 0, command))
    return (Cell(key, Tone.HEADING), Cell(f" {does}", Tone.MUTED))


def _key(found: re.Match[str], preferences: Preferences) -> str:
    return _first(preferences.keys_of(COMMANDS_BY_ID[found[1]]), int(found[2] or 0), found[1])


def _first(keys: tuple[str, ...], number: int, command: str) -> str:
    """A key of a command; its name in the palette where the reviewer took its keys away."""
    return keys[number] if number < len(keys) else f":{command}"
