"""Export to a file, and copy to the clipboard."""

from __future__ import annotations

from trustview.ui.desk import Desk
from trustview.ui.state import Pane
from widgets.safe_text import safe_text


def copy(desk: Desk) -> None:
    """Copy the ARN of the role that is shown, or of the graph's node."""
    text = ""
    edge = desk.bench.graph.graph.cursor_edge
    if desk.state.pane is Pane.GRAPH and edge is not None and edge.node.id.startswith("arn:"):
        text = edge.node.id
    elif desk.detail is not None:
        text = desk.detail.role.arn
    if not text:
        desk.say("there is no ARN here to copy", is_bad=True)
        return
    desk.copy(safe_text(text))
    desk.say(f"copied {text}")


async def export(desk: Desk) -> None:
    """Write the marked items, else those shown, to a file."""
    desk.say("export comes with trustview.export", is_bad=True)
