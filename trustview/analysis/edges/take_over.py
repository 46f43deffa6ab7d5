"""Becoming another principal of the own account by what one may do to it: new access keys, a password, another trust
policy; or a role by handing it to a service that runs one's own code.

The ways are the escalation paths of the catalogue that give another principal; the engine is asked of each target, or
once where no policy names any. An administrator may do so to all: doors keep these edges few.
Paths over what runs already (functions, instances) are left out: nobody read which role each has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache

from trustview.analysis.access import Access
from trustview.analysis.caller_facts import facts_of
from trustview.analysis.edge import DOOR, JOINS, Edge
from trustview.analysis.find_grants import Ways
from trustview.analysis.grant import Grant, Reach, ReachKind
from trustview.analysis.privilege import name_in
from trustview.analysis.template import ANY_ACCOUNT
from trustview.analysis.terms import means
from trustview.policy import (
    Escalation,
    Outcome,
    Permission,
    PolicyDocument,
    PolicyStack,
    PrincipalForm,
    Request,
    Scope,
    describe_reason,
)
from trustview.policy.catalog import EscalationPath, PathCategory, escalation_paths
from trustview.policy.evaluate import evaluate_permission
from trustview.policy.request import permission_context
from trustview.policy.wildcard import match_texts
from trustview.snapshot import AccountFacts, GuardrailKind, Role, User

_HANDING = "iam:PassRole"


def find_take_over_edges(ways: Ways) -> Iterator[Edge]:
    """Edges between principals of one account, account by account."""
    services = _services_of(ways.grants)
    found = _Takings(ways.access)
    for facts in ways.access.snapshot.accounts:
        yield from _Account(ways.access, facts, services.get(facts.id, {}), found).edges()


def find_handing_edges(ways: Ways, place: str) -> Iterator[Edge]:
    """Those of them that hand one of the roles of `ways` to a service; `place` tells their doors from other ones."""
    services = _services_of(ways.grants)
    found = _Takings(ways.access, frozenset(service for own in services.values() for service in own))
    for facts in ways.access.snapshot.accounts:
        if facts.id in services:
            yield from _Account(ways.access, facts, services[facts.id], found, place).edges()


def find_edges_of_takers(
    access: Access, takers: Iterable[Role | User], grants: Iterable[Grant], place: str
) -> Iterator[Edge]:
    """Those of some principals alone; `grants` are those of the roles of their accounts, `place` as above."""
    services = _services_of(grants)
    found = _Takings(access)
    by_account: dict[str, set[str]] = {}
    for taker in takers:
        by_account.setdefault(taker.account, set()).add(taker.arn)
    for account, arns in by_account.items():
        facts = access.snapshot.facts_by_account[account]
        yield from _Account(access, facts, services.get(account, {}), found, place).edges(arns)


def _services_of(found: Iterable[Grant]) -> dict[str, dict[str, list[Grant]]]:
    """By account, the grants by which each service enters roles."""
    services: dict[str, dict[str, list[Grant]]] = {}
    for grant in found:
        if grant.principal.form is PrincipalForm.SERVICE and grant.reach.lets_in:
            services.setdefault(grant.account, {}).setdefault(grant.principal.value, []).append(grant)
    return services


class _Takings:
    """What principals may do to others, worked out once for all that are alike; `kinds` are all that is asked about."""

    def __init__(self, access: Access, kinds: frozenset[str] | None = None) -> None:
        self._access, self._kinds = access, kinds
        self._found: dict[int, dict[str, Escalation]] = {}
        # By the path's id: verdicts, and the paths in them, live as long as the access.
        self._reaches: dict[int, Reach] = {}
        self._denied: dict[tuple[int, int, str], bool] = {}

    def of(self, principal: Role | User) -> dict[str, Escalation]:
        """By whom they gain (`users`, `roles`, or a service to hand a role to), the surest path."""
        if not self._access.may_take_over(principal):
            return {}
        verdict = self._access.shared_verdict(principal)
        if id(verdict) not in self._found:
            self._found[id(verdict)] = self._surest((*verdict.escalations, *verdict.limited))
        return self._found[id(verdict)]

    def reach(self, one: Escalation, account: str) -> Reach:
        """How sure a path is for a principal of an account, whomever it is about."""
        if any(ANY_ACCOUNT in key for permission in one.permissions for key in permission.depends_on):
            return _reach(one, account)
        if id(one) not in self._reaches:
            self._reaches[id(one)] = _reach(one, account)
        return self._reaches[id(one)]

    def is_denied_somewhere(self, principal: Role | User, action: str) -> bool:
        """Whether some Deny of the action is about some resources alone: then each target is asked about."""
        is_bound = isinstance(principal, User) or not principal.is_service_linked
        scps = self._access.guardrail_key(principal.account, GuardrailKind.SCP) if is_bound else -1
        key = (self._access.policies.of(principal).number, scps, action)
        if key not in self._denied:
            self._denied[key] = _is_denied_somewhere(_stack(self._access, principal), action)
        return self._denied[key]

    def _surest(self, found: Iterable[Escalation]) -> dict[str, Escalation]:
        best: dict[str, Escalation] = {}
        for one in found:
            for kind in _kinds(one.path) if one.path.id in _paths() else ():
                is_asked = self._kinds is None or kind in self._kinds
                if is_asked and (kind not in best or _cost(one) < _cost(best[kind])):
                    best[kind] = one
        return best


@lru_cache(maxsize=1)
def handing_ways() -> frozenset[str]:
    """The names of the ways that hand a role to a service."""
    return frozenset(path.name for path in escalation_paths() if path.category is PathCategory.NEW_PASSROLE)


def _kinds(path: EscalationPath) -> tuple[str, ...]:
    if path.category is PathCategory.NEW_PASSROLE:
        return path.passes_to
    return tuple(f"{kind}s" for kind in ("user", "role") if f":{kind}/" in path.needs[0][1])


@lru_cache(maxsize=1)
def _paths() -> frozenset[str]:
    """The paths that give another principal by themselves: what a shorter one of them does already is left out."""
    handing = {p.id for p in escalation_paths() if p.category is PathCategory.NEW_PASSROLE}
    taking = [p for p in escalation_paths() if p.category is PathCategory.PRINCIPAL_ACCESS and not _assumes(p)]
    needs = {path.id: {action for action, _ in path.needs} for path in taking}
    return frozenset(handing | {one for one in needs if not any(needs[other] < needs[one] for other in needs)})


def _assumes(path: EscalationPath) -> bool:
    return any(action == "sts:AssumeRole" for action, _ in path.needs)


class _Account:
    """The principals of one account, and the doors to all of a kind."""

    def __init__(
        self,
        access: Access,
        facts: AccountFacts,
        services: dict[str, list[Grant]],
        takings: _Takings,
        place: str = "",
    ) -> None:
        self._access, self._facts, self._services, self._takings = access, facts, services, takings
        self._place = f"{place}:{facts.id}" if place else facts.id
        self._opened: dict[str, str] = {}

    def edges(self, only: Container[str] | None = None) -> Iterator[Edge]:
        """All edges, or those of some principals by ARN, then those of the doors that were used."""
        principals: list[Role | User] = [*self._facts.roles, *self._facts.users]
        for principal in principals:
            found = self._takings.of(principal) if only is None or principal.arn in only else {}
            if found:
                yield from self._from(principal, found)
        for kind, door in sorted(self._opened.items()):
            yield from (Edge(door, arn, JOINS, grant) for arn, grant in self._behind(kind))

    def _from(self, principal: Role | User, found: dict[str, Escalation]) -> Iterator[Edge]:
        """The edges of one principal: to all of a kind, or to those that its policies mean."""
        for kind, one in found.items():
            if kind not in ("users", "roles") and kind not in self._services:
                continue
            permission = next(p for p in one.permissions if p.action == _deciding(one.path))
            is_anywhere = permission.scope is Scope.ANYWHERE
            if is_anywhere and not self._takings.is_denied_somewhere(principal, permission.action):
                reach = self._takings.reach(one, principal.account)
                yield Edge(principal.arn, self._door(kind), one.path.name, "", reach)
                continue
            yield from self._to_each(principal, one, kind)

    def _to_each(self, principal: Role | User, one: Escalation, kind: str) -> Iterator[Edge]:
        """The edges to those of a kind that a principal's policies mean."""
        stack = _stack(self._access, principal)
        is_meant = _names(stack, _deciding(one.path))
        for arn, grant in self._behind(kind):
            may_be = arn != principal.arn and is_meant(arn)
            reach = self._ask(principal, stack, one, arn) if may_be else None
            if reach:
                yield Edge(principal.arn, arn, one.path.name, grant, reach)

    def _door(self, kind: str) -> str:
        """The door to all of a kind, which is opened by that."""
        return self._opened.setdefault(kind, f"{DOOR}{self._place}:{kind}")

    def _behind(self, kind: str) -> Iterator[tuple[str, str]]:
        """All users or roles, or the roles that a service enters, each with the grant by which it does."""
        if kind in ("users", "roles"):
            known: Iterable[Role | User] = self._facts.users if kind == "users" else self._facts.roles
            yield from ((one.arn, "") for one in known if isinstance(one, User) or not one.is_service_linked)
        else:
            yield from ((grant.role, grant.id) for grant in self._services[kind])

    def _ask(self, principal: Role | User, stack: PolicyStack, one: Escalation, target: str) -> Reach | None:
        """Whether the deciding action is allowed on one target."""
        known = permission_context(facts_of(self._access.snapshot, principal))
        caller = self._access.caller_of(principal)
        answer = evaluate_permission(Request(caller, _deciding(one.path), target, principal.account, known), stack)
        if not answer.may_be_allowed:
            return None
        others = [p for p in one.permissions if p.action != _deciding(one.path)]
        keys = tuple(sorted(_keys(others, principal.account).union(answer.depends_on)))
        is_open = answer.outcome is Outcome.ALLOWED and not keys
        reasons = tuple(dict.fromkeys(map(describe_reason, answer.reasons)))
        return Reach(ReachKind.OPEN if is_open else ReachKind.CONDITIONAL, keys, reasons=_told(one, reasons))


def _cost(one: Escalation) -> tuple[int, int]:
    """Smaller is surer and shorter."""
    return len(one.depends_on), len(one.permissions)


def _deciding(path: EscalationPath) -> str:
    """The action that is done to the principal who is taken over."""
    return _HANDING if path.category is PathCategory.NEW_PASSROLE else path.needs[0][0]


def _keys(permissions: Iterable[Permission], account: str) -> set[str]:
    return {name_in(key, account) for permission in permissions for key in permission.depends_on}


def _reach(one: Escalation, account: str) -> Reach:
    reasons = tuple(dict.fromkeys(describe_reason(reason) for p in one.permissions for reason in p.reasons))
    keys = tuple(sorted(_keys(one.permissions, account)))
    return Reach(ReachKind.CONDITIONAL if keys else ReachKind.OPEN, keys, reasons=_told(one, reasons))


def _told(one: Escalation, reasons: tuple[str, ...]) -> tuple[str, ...]:
    given = (f"it takes {one.path.given}",) if one.path.given else ()
    return (f"it may do {one.path.name}", *given, *reasons)


def _stack(access: Access, principal: Role | User) -> PolicyStack:
    is_bound = isinstance(principal, User) or not principal.is_service_linked
    return PolicyStack(
        trust=PolicyDocument(),
        identity=access.identity_policies(principal),
        boundary=access.boundary(principal),
        scps=access.guardrails(principal.account, GuardrailKind.SCP) if is_bound else (),
    )


def _names(stack: PolicyStack, action: str) -> Callable[[str], bool]:
    """Whether some Allow of the principal's own policies may mean a resource; no other need be asked about."""
    allows = [s for document in stack.identity or () for s in document.allows if means(s, action)]
    patterns = tuple(dict.fromkeys(_VARIABLE.sub("*", text) for statement in allows for text in statement.resources))
    if any(statement.not_resources or not statement.resources for statement in allows) or "*" in patterns:
        return lambda _: True
    return match_texts(patterns)


_VARIABLE = re.compile(r"\$\{[^}]*\}")


def _is_denied_somewhere(stack: PolicyStack, action: str) -> bool:
    """Whether some Deny of the action is about some resources alone: then each target is asked about."""
    own = (*(stack.identity or ()), *((stack.boundary,) if stack.boundary else ()))
    documents = (*own, *(document for level in stack.scps for document in level))
    denies = (deny for document in documents for deny in document.denies)
    return any("*" not in deny.resources and means(deny, action) for deny in denies)
