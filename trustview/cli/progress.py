"""The live line of a collection on a terminal, plain lines elsewhere, or every event as a line of JSON."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from trustview.collect import AccountRead, AccountState, Event, Notice, Progress, json_line, plain_line, progress_line
from widgets.safe_text import fit, safe_text

SECONDS_BETWEEN_PLAIN_LINES = 5.0


class ProgressDisplay:
    """Shows events on a stream: one line that is drawn over on a terminal, else a line now and then.

    `form` is `auto` as above, `plain` for lines on a terminal too, `json` for every event as JSON.
    """

    def __init__(self, stream: TextIO, form: str = "auto") -> None:
        self._stream = stream
        self._is_json = form == "json"
        self._is_terminal = form == "auto" and stream.isatty()
        self._has_line = False
        self._written_at = 0.0
        self._is_complete = False

    def show(self, event: Event) -> None:
        """Show one event; what is missing from an account, and every notice, stays on the screen."""
        if self._is_json:
            self._stream.write(json_line(event) + "\n")
            self._stream.flush()
        elif isinstance(event, Progress):
            self._show_progress(event)
        elif isinstance(event, Notice) or (
            isinstance(event, AccountRead) and event.state in (AccountState.PARTLY, AccountState.UNREAD)
        ):
            self._write_line(event)

    def close(self) -> None:
        """Take the live line away."""
        if self._has_line:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._has_line = False

    def _show_progress(self, progress: Progress) -> None:
        if self._is_terminal:
            columns = shutil.get_terminal_size().columns - 1
            self._stream.write("\r" + fit(progress_line(progress, columns), columns))
            self._has_line = True
        elif self._is_due(progress):
            self._written_at = time.monotonic()
            self._is_complete = progress.is_complete
            self._stream.write(safe_text(plain_line(progress)) + "\n")
        self._stream.flush()

    def _is_due(self, progress: Progress) -> bool:
        """A plain line now and then, and one at the end."""
        if progress.is_complete:
            return not self._is_complete
        return time.monotonic() - self._written_at >= SECONDS_BETWEEN_PLAIN_LINES

    def _write_line(self, event: AccountRead | Notice) -> None:
        self.close()
        self._stream.write(safe_text(plain_line(event)) + "\n")
        self._stream.flush()
