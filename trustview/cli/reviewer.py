"""Who decides: the name of the login."""

from __future__ import annotations

import getpass


def reviewer_name() -> str:
    """The name of the login, `unknown` where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
