"""Outcome, Reason, Evaluation: the answer and the statements that decided it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from trustview.policy.stack import Layer


class Outcome(StrEnum):
    """The engine's answer. CONDITIONAL: it depends on context that the request leaves unknown."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"
    CONDITIONAL = "conditional"


class ReasonKind(StrEnum):
    """What a reason did: it allowed, denied, or was missing."""

    ALLOWS = "allows"
    DENIES = "denies"
    MISSING = "missing"


class Reason(NamedTuple):
    """One statement, or one missing statement, that decided.

    `level` counts organization levels from the root, `document` the documents of the layer, `statement` the statements
    of the document, each from 0; -1 where nothing stands there. `depends_on` names the keys that leave it open.
    """

    layer: Layer
    kind: ReasonKind
    level: int = -1
    document: int = -1
    statement: int = -1
    sid: str = ""
    depends_on: tuple[str, ...] = ()
    note: str = ""


class Evaluation(NamedTuple):
    """The answer to one request: an outcome, its reasons, and the keys that a conditional one depends on."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    depends_on: tuple[str, ...] = ()

    @property
    def may_be_allowed(self) -> bool:
        """Whether some completion of the context lets the caller in."""
        return self.outcome in (Outcome.ALLOWED, Outcome.CONDITIONAL)
