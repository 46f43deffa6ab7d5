"""ExportFormat: what a format of findings is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trustview.export.rows import FindingRow, FindingRows, ListedRows


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its name on the command line, the ending of its files, its key on the screen, and what writes rows.

    `pieces` gives the text piece by piece, so that neither it nor the rows need be in memory as a whole.
    """

    name: str
    ending: str
    key: str
    pieces: Callable[[FindingRows], Iterator[str]]

    def write(self, rows: Sequence[FindingRow]) -> str:
        """The text of rows that are all there."""
        return "".join(self.pieces(ListedRows(rows)))
