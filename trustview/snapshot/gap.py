"""Gap: something that could not be read, and why. Never silently nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GapKind(StrEnum):
    """Why there is a hole."""

    DENIED = "denied"
    SUSPENDED = "suspended"
    FAILED = "failed"
    NOT_ASKED = "not asked"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing: an account, a service in it, a Region of that; empty texts mean all of them.

    `reason` is a sentence for people: lower case, no full stop.
    """

    account: str
    service: str
    region: str
    kind: GapKind
    reason: str
