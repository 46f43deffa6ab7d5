"""Remember answers to short texts, so that no input, however hostile, fills the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

Answer = TypeVar("Answer")

# ARNs, the longest texts that repeat, have at most 2,048 characters.
LONGEST = 2048
ENTRIES = 16384
# How many actions a policy or a stack is kept ready for, and how many accounts of callers a statement.
MOST_PREPARED = 256


def remember(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """Remember what a function of texts answered to the latest ENTRIES of them; longer texts are asked anew."""
    remembered = lru_cache(maxsize=ENTRIES)(function)

    @wraps(function)
    def ask(*texts: str) -> Answer:
        for text in texts:
            if len(text) > LONGEST:
                return function(*texts)
        return remembered(*texts)

    return ask


def keep(shelf: dict[Any, Any], key: object, value: object, most: int = MOST_PREPARED) -> None:
    """Keep what was worked out for a key; a shelf that is full begins anew."""
    if len(shelf) >= most:
        shelf.clear()
    shelf[key] = value
