"""Grant, Party, Reach: one way into one role, who stands behind it, and whether they get in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trustview.policy import Condition, PrincipalElement, Privilege
from trustview.quick_init import quick_init


class Party(StrEnum):
    """Who a grant lets in, from the role's point of view."""

    SAME_ACCOUNT = "same_account"
    ORGANIZATION = "organization"
    MANAGEMENT = "management"
    VENDOR = "vendor"
    UNKNOWN_ACCOUNT = "unknown_account"
    PUBLIC = "public"
    SERVICE = "service"
    IDENTITY_PROVIDER = "identity_provider"

    @property
    def is_outside(self) -> bool:
        """Whether somebody outside the organization stands behind it with credentials of their own."""
        return self in (Party.VENDOR, Party.UNKNOWN_ACCOUNT, Party.PUBLIC)


# How `blocked_by` names a Deny of the role's own trust policy; guardrails have names of their own.
OWN_DENY = "trust policy statement"


class ReachKind(StrEnum):
    """Who gets in after every layer."""

    OPEN = "open"
    CONDITIONAL = "conditional"
    BLOCKED = "blocked"
    DEAD = "dead"
    UNKNOWN = "unknown"


@quick_init
@dataclass(frozen=True, slots=True)
class Reach:
    """The answer for one grant: open, conditional on `depends_on`, blocked by `blocked_by`, dead or unknown; and why.

    A grant to everyone that only lets members of the organization in is conditional, and `blocked_by` names what keeps
    the others out. `reasons` are sentences: lower case, no full stop.
    """

    kind: ReachKind
    depends_on: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def lets_in(self) -> bool:
        """Whether somebody may get in, or nobody can say."""
        return self.kind in (ReachKind.OPEN, ReachKind.CONDITIONAL, ReachKind.UNKNOWN)

    @property
    def is_shut_by_itself(self) -> bool:
        """Whether the role's own trust policy keeps out those whom the grant seems to mean, guardrails or not."""
        if not self.blocked_by:
            return self.kind is ReachKind.DEAD
        return self.kind is ReachKind.DEAD or any(name.startswith(OWN_DENY) for name in self.blocked_by)


@quick_init
@dataclass(frozen=True, slots=True)
class Grant:
    """One way in: (role, principal element, actions, conditions); the unit of review.

    `id` is the same as long as the grant is the same. `statement` is the index in the trust policy. `is_inverted`: the
    element stood under `NotPrincipal`. `party_accounts` are the accounts behind it, `party_name` what people call them.
    `fleet` is the id of the fleet it belongs to.
    """

    id: str
    role: str
    account: str
    statement: int
    sid: str
    principal: PrincipalElement
    is_inverted: bool
    actions: tuple[str, ...]
    conditions: tuple[Condition, ...]
    party: Party
    party_accounts: tuple[str, ...]
    party_name: str
    reach: Reach
    privilege: Privilege
    fleet: str
