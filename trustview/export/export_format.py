"""ExportFormat: what a format of findings is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trustview.export.rows import FindingRow


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its name on the command line, the ending of its files, its key on the screen, and what writes rows."""

    name: str
    ending: str
    key: str
    write: Callable[[Sequence[FindingRow]], str]
