"""The tour of the first run: four steps over the real screen, one question each."""

from __future__ import annotations

from trustview.ui.desk import Desk
from trustview.ui.state import Pane
from trustview.ui.whereabouts import at_pane

_STEPS = (
    (Pane.QUEUE, "The queue: one line for each way in, worst first. j and k move, 3 says why, space marks."),
    (Pane.GRAPH, "The graph (4): who comes in on one side, what the role can become on the other; enter walks."),
    (Pane.FIX, "The fix (5): what would mend it, and its proof. f narrows with it; a approves, r revokes: u undoes."),
    (Pane.QUEUE, "/ filters by words, V has named views, o is the overview, ? shows every key. All is saved at once."),
)


async def tour(desk: Desk) -> None:
    """Go round the panes with a sentence on each; the screen is as it was when it ends."""
    before = desk.state
    with desk.bench.asking() as prompt:
        for number, (pane, text) in enumerate(_STEPS, 1):
            desk.show(at_pane(desk.state, pane))
            more = {"n": "next"} if number < len(_STEPS) else {"n": "begin"}
            if await prompt.choose(f"{number} of {len(_STEPS)} · {text}", more) is None:
                break
    desk.show(at_pane(desk.state, before.pane))
    desk.say("T shows the tour again, ? every key")
