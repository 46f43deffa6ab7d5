"""Power: what a principal brings when it asks for a role. Principals of equal power get the same answers.

THE ONE PLACE that says when two principals are alike: their own policies say the same on assuming roles, so do the SCPs
above them, and those policies see both alike. A group is the principals of one account that have the same power.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from trustview.analysis.access import Access
from trustview.analysis.lens import Lens, View, make_lens
from trustview.analysis.terms import assuming_part, granted_actions, terms_of_document
from trustview.policy import (
    ASSUME_ROLE,
    Caller,
    CallerKind,
    PolicyDocument,
    Request,
    is_account_id,
)
from trustview.snapshot import GuardrailKind, Role, User


@dataclass(frozen=True, slots=True, eq=False)
class Power:
    """`example` is one of the principals that have it; None stands for any principal of an account, unseen.

    `lens` is what its policies and SCPs look at on a role; powers of the same `sight` look at the same. `allowed` are
    the resources that its own policies allow to assume; None when they say so in another way. `accounts` are those
    whose roles alone no Deny keeps from it; None for all. `is_unread`: some policy of its own was not read.
    """

    number: int
    caller: Caller
    example: Role | User | None
    lens: Lens
    allowed: tuple[str, ...] | None
    accounts: frozenset[str] | None
    is_unread: bool
    sight: int


@dataclass(slots=True)
class Group:
    """The principals of one account that have one power."""

    account: str
    power: Power
    members: list[Role | User] = field(default_factory=list)


class Powers:
    """The powers of all principals of a snapshot, worked out once."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._powers: dict[Hashable, Power] = {}
        self._lenses: dict[Hashable, Lens] = {}
        self._sights: dict[Hashable, int] = {}
        self._guardrails: dict[str, tuple[PolicyDocument, ...]] = {}
        self._of_principal: dict[str, Power] = {}
        self._of_account: dict[str, Power] = {}
        self.groups: dict[str, list[Group]] = {}
        for facts in access.snapshot.accounts:
            self.groups.setdefault(facts.id, []).extend(self._grouped(facts.id, (*facts.roles, *facts.users)))

    def of(self, principal: Role | User) -> Power:
        """The power of a principal of the snapshot."""
        return self._of_principal[principal.arn]

    def of_anyone(self, account: str) -> Power:
        """The power of any principal of an account whose name is not known: what the SCPs leave it."""
        if account not in self._of_account:
            caller = Caller(CallerKind.PRINCIPAL, account)
            self._of_account[account] = self._find(caller, None, (), None, is_unread=False)
        return self._of_account[account]

    def _grouped(self, account: str, principals: tuple[Role | User, ...]) -> list[Group]:
        groups: dict[int, Group] = {}
        for principal in principals:
            power = self._of_principal[principal.arn] = self._power(principal)
            groups.setdefault(power.number, Group(account, power)).members.append(principal)
        return list(groups.values())

    def _power(self, principal: Role | User) -> Power:
        access = self._access
        return self._find(
            access.caller_of(principal),
            principal,
            access.assuming_policies(principal),
            access.boundary(principal),
            is_unread=access.has_unread_policies(principal),
        )

    def _find(
        self,
        caller: Caller,
        principal: Role | User | None,
        identity: tuple[PolicyDocument, ...],
        boundary: PolicyDocument | None,
        *,
        is_unread: bool,
    ) -> Power:
        own = (*identity, assuming_part(boundary)) if boundary else identity
        # A group of one account and a power of all share what SCPs of the same wording say.
        key: tuple[Hashable, ...] = (
            caller.kind,
            caller.is_service_linked_role,
            caller.arn.partition(":iam:")[0],
            self._access.guardrail_key(caller.account, GuardrailKind.SCP),
            self._access.snapshot.is_ours(caller.account),
            len(identity),
            boundary is not None,
            tuple(map(terms_of_document, own)),
        )
        lens = self._lenses.get(key)
        if lens is None:
            lens = self._lenses[key] = make_lens((*own, *self._guardrails_of(caller.account)))
        # What was not read of a principal is told by its name: it is like no other.
        whole = (*key, self._own_view(caller, principal, lens), caller.arn if is_unread else "")
        power = self._powers.get(whole)
        if power is None:
            above = () if caller.is_service_linked_role else self._guardrails_of(caller.account)
            accounts = _accounts((*own, *above), caller.account)
            looks_at = (lens.of_role, lens.role_keys, lens.resources, lens.sees_arn)
            sight = self._sights.setdefault(looks_at, len(self._sights))
            power = Power(len(self._powers), caller, principal, lens, _allowed(identity), accounts, is_unread, sight)
            self._powers[whole] = power
        return power

    def _own_view(self, caller: Caller, principal: Role | User | None, lens: Lens) -> View:
        if not lens.sees_caller:
            return ()
        context = self._access.context_of_caller(caller, principal)
        return lens.view_of_caller(Request(caller, ASSUME_ROLE, "", "", context))

    def _guardrails_of(self, account: str) -> tuple[PolicyDocument, ...]:
        if account not in self._guardrails:
            levels = self._access.guardrails(account, GuardrailKind.SCP)
            self._guardrails[account] = tuple(assuming_part(document) for level in levels for document in level)
        return self._guardrails[account]


def _allowed(identity: tuple[PolicyDocument, ...]) -> tuple[str, ...] | None:
    allows = [statement for document in identity for statement in document.allows]
    if any(statement.not_resources or not statement.resources for statement in allows):
        return None
    return tuple(dict.fromkeys(resource for statement in allows for resource in statement.resources))


def _accounts(documents: tuple[PolicyDocument, ...], own: str) -> frozenset[str] | None:
    """The accounts outside which a Deny surely holds: one on every role whose account is not among these.

    Every request for a role carries its account, so the Deny cannot miss.
    """
    found: frozenset[str] | None = None
    for statement in (statement for document in documents for statement in document.denies):
        is_on_all = "*" in statement.resources and not statement.not_resources
        if not is_on_all or len(statement.conditions) != 1 or ASSUME_ROLE not in granted_actions(statement):
            continue
        (condition,) = statement.conditions
        values = frozenset(own if value == _OWN else value for value in condition.values)
        is_bound = condition.spelling == "StringNotEquals" and condition.key.lower() == "aws:resourceaccount"
        if is_bound and all(map(is_account_id, values)):
            found = values if found is None else found & values
    return found


_OWN = "${aws:PrincipalAccount}"
