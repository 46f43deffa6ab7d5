"""Which of the errors that end a sitting are known, so that a message says what to do and no traceback is shown.

What went wrong is left in the log of `--debug`, with its traceback.
"""

from __future__ import annotations

import logging
from typing import TypeVar

from textual.app import App
from textual.worker import WorkerFailed

from trustview.errors import StoreError, TrustviewError

_LOG = logging.getLogger("trustview.ui")
_LOG.addHandler(logging.NullHandler())  # nothing is ever printed over the screen

Result = TypeVar("Result")


class CandidApp(App[Result]):
    """An application that a known error ends with its message and no traceback; `problem` is the first of them."""

    problem: TrustviewError | None = None

    def _handle_exception(self, error: Exception) -> None:
        """What nobody expected where it happened."""
        known = known_error(error)
        if known is None:
            super()._handle_exception(error)
        else:
            self.problem = self.problem or known
            self.exit(return_code=1)


def known_error(error: BaseException) -> TrustviewError | None:
    """The error as one of ours; None for a mistake of the program, whose traceback is wanted."""
    if isinstance(error, WorkerFailed):
        return known_error(error.error)
    _LOG.error("an error ends the sitting", exc_info=error)
    if isinstance(error, TrustviewError):
        return error
    if isinstance(error, OSError):
        where = f" `{error.filename}`" if error.filename else ""
        return StoreError(
            f"the system refused{where}: {error.strerror or error}; look at the disk and the terminal, then begin "
            "again: all that was confirmed or read is there"
        )
    return None


def log_said(text: str, *, is_bad: bool) -> None:
    """Leave in the log, where there is one, what the reviewer was told."""
    _LOG.log(logging.WARNING if is_bad else logging.DEBUG, "said: %s", text)
