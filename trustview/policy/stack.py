"""PolicyStack: every policy that applies to one request, by layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trustview.policy.document import PolicyDocument
from trustview.quick_init import quick_init

# The documents that hang at one level of the organization: the root, an organizational unit or the account.
Level = tuple[PolicyDocument, ...]


class Layer(StrEnum):
    """The layers of a decision, in the words of AWS."""

    TRUST = "trust policy"
    IDENTITY = "identity policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    SERVICE = "service rule"


@quick_init
@dataclass(frozen=True, slots=True)
class PolicyStack:
    """The policies of one request.

    `identity` is None when the caller's policies are out of sight (an account outside the organization decides for
    itself): they are then taken to allow. `boundary` and `session` are None when there is none.
    `scps` are the levels of the *caller's* account, `rcps` those of the *role's* account, from the root down; empty
    when none applies (a management account, an outsider, a service). `prepared` is no part of the value: it is where
    `stack_on.py` keeps what it laid out.
    """

    trust: PolicyDocument
    identity: tuple[PolicyDocument, ...] | None = None
    boundary: PolicyDocument | None = None
    session: PolicyDocument | None = None
    scps: tuple[Level, ...] = ()
    rcps: tuple[Level, ...] = ()
    prepared: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def own(self) -> list[tuple[Layer, Level]]:
        """The layers that the caller itself brings, as far as they are there and in sight."""
        found = [] if self.identity is None else [(Layer.IDENTITY, self.identity)]
        if self.boundary is not None:
            found.append((Layer.BOUNDARY, (self.boundary,)))
        if self.session is not None:
            found.append((Layer.SESSION, (self.session,)))
        return found
