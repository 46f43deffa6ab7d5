"""Which of the errors that end a sitting are known, so that a message says what to do instead of a traceback."""

from __future__ import annotations

from textual.worker import WorkerFailed

from trustview.errors import StoreError, TrustviewError


def known_error(error: BaseException) -> TrustviewError | None:
    """The error as one of ours; None for a mistake of the program, whose traceback is wanted."""
    if isinstance(error, WorkerFailed):
        return known_error(error.error)
    if isinstance(error, TrustviewError):
        return error
    if isinstance(error, OSError):
        where = f" `{error.filename}`" if error.filename else ""
        return StoreError(
            f"the system refused{where}: {error.strerror or error}; look at the disk and the terminal, then open the "
            "review again: all that was confirmed is there"
        )
    return None
