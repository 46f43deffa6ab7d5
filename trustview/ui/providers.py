"""What the command palette asks; it is imported when the palette is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.command import Provider


def find_commands() -> type[Provider]:
    """What the palette offers; the palette is imported when it is opened."""
    from trustview.ui.palette import CommandProvider  # noqa: PLC0415

    return CommandProvider
