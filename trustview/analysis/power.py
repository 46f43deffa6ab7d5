"""Power: what a principal brings when it asks for a role. Principals of equal power get the same answers.

THE ONE PLACE that says when two principals are alike: their own policies say the same on assuming roles, so do the SCPs
above them, and those policies see both alike. A group is the principals of one account that have the same power.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from trustview.analysis.access import Access
from trustview.analysis.lens import Lens, View, make_lens
from trustview.analysis.policy_sets import PolicySet
from trustview.analysis.terms import Terms, assuming_part, granted_actions, terms_of_document, terms_of_statement
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

    `lens` is what its policies and SCPs look at on a role; powers of the same `sight` look at the same. Powers of the
    same `like` differ in nothing but the roles that they name, which the lens of each sees, and their accounts: a view
    need not tell `lens.accounts` where it is told apart whether the role's account is the own. `allowed` are the
    resources that its own policies allow to assume; None when they say so in another way. `accounts` are those
    whose roles alone no Deny keeps from it; None for all. `is_unread`: some policy of its own was not read.
    """

    number: int
    like: int
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


@dataclass(frozen=True, slots=True, eq=False)
class _Wording:
    """What the policies of some principals and the SCPs above them say on assuming roles; `like` as in Power.

    `truths` and `values` are what they, and others that look at the same, see of callers that are told by name: by
    partition and name, and by account with the keys that do not count.
    """

    like: int
    identity: tuple[PolicyDocument, ...]
    boundary: PolicyDocument | None
    lens: Lens
    truths: dict[tuple[str, str], View]
    values: dict[tuple[str, frozenset[str]], View]


class Powers:
    """The powers of a snapshot's principals, worked out once, account by account as they are asked for.

    Their numbers begin at `first`.
    """

    def __init__(self, access: Access, first: int = 0) -> None:
        self._access, self._first = access, first
        self._powers: dict[Hashable, Power] = {}
        self._wordings: dict[Hashable, _Wording] = {}
        self._wording_of: dict[Hashable, _Wording] = {}
        self._who_is: dict[tuple[str, str, str, bool], int] = {}
        self._whos: dict[Hashable, int] = {}
        self._sayings: dict[Hashable, int] = {}
        self._saying_of: dict[int, int] = {}
        self._sights: dict[Hashable, int] = {}
        self._likes: dict[Hashable, int] = {}
        self._likes_of_powers: dict[Hashable, int] = {}
        self._truths: dict[Hashable, dict[tuple[str, str], View]] = {}
        self._values: dict[Hashable, dict[tuple[str, frozenset[str]], View]] = {}
        self._guardrails: dict[str, tuple[PolicyDocument, ...]] = {}
        self._of_principal: dict[str, Power] = {}
        self._of_account: dict[str, Power] = {}
        self._groups: dict[str, list[Group]] = {}

    def of(self, principal: Role | User) -> Power:
        """The power of a principal of the snapshot."""
        found = self._of_principal.get(principal.arn)
        if found is None:
            found = self._of_principal[principal.arn] = self._power(principal)
        return found

    def __len__(self) -> int:
        return len(self._powers)

    def groups_of(self, account: str) -> list[Group]:
        """The groups of an account's principals; none of an account that was not read."""
        if account not in self._groups:
            facts = self._access.snapshot.facts_by_account.get(account)
            self._groups[account] = self.group(account, (*facts.roles, *facts.users)) if facts else []
        return self._groups[account]

    def of_anyone(self, account: str) -> Power:
        """The power of any principal of an account whose name is not known: what the SCPs leave it."""
        if account not in self._of_account:
            who = self._who(CallerKind.PRINCIPAL, account, "")
            self._of_account[account] = self._find(account, None, self._word(who, account, (), None), is_unread=False)
        return self._of_account[account]

    def group(self, account: str, principals: tuple[Role | User, ...]) -> list[Group]:
        """The groups that these principals of an account are."""
        groups: dict[int, Group] = {}
        for principal in principals:
            power = self.of(principal)
            groups.setdefault(power.number, Group(account, power)).members.append(principal)
        return list(groups.values())

    def _power(self, principal: Role | User) -> Power:
        access, account = self._access, principal.account
        own = access.policies.of(principal)
        who = self._who(CallerKind.ROLE if isinstance(principal, Role) else CallerKind.USER, account, principal.arn)
        key = (self._saying(own), who, account if own.names_account else "")
        wording = self._wording_of.get(key)
        if wording is None:
            identity, boundary = access.assuming_policies(principal), access.boundary(principal)
            wording = self._wording_of[key] = self._word(who, account, identity, boundary)
        return self._find(account, principal, wording, is_unread=own.is_unread)

    def _who(self, kind: CallerKind, account: str, arn: str) -> int:
        """A number that is equal for callers of one kind and partition, bound by SCPs of the same wording."""
        partition, _, name = arn.partition(":iam:")
        seen = (kind.value, account, partition, ":role/aws-service-role/" in name)
        found = self._who_is.get(seen)
        if found is None:
            scps = self._access.guardrail_key(account, GuardrailKind.SCP)
            who = (kind, scps, self._access.snapshot.is_ours(account), *seen[2:])
            found = self._who_is[seen] = self._whos.setdefault(who, len(self._whos))
        return found

    def _saying(self, own: PolicySet) -> int:
        """A number that is equal for policy sets that say the same on assuming roles, those of most: nothing."""
        found = self._saying_of.get(own.number)
        if found is None:
            said = (own.told, own.boundary)
            found = self._saying_of[own.number] = self._sayings.setdefault(said, len(self._sayings))
        return found

    def _word(
        self, who: int, account: str, identity: tuple[PolicyDocument, ...], boundary: PolicyDocument | None
    ) -> _Wording:
        bounded = assuming_part(boundary) if boundary else None
        own = (*identity, bounded) if bounded else identity
        # A group of one account and a power of all share what SCPs of the same wording say.
        said = (who, len(identity), *map(terms_of_document, own))
        wording = self._wordings.get(said)
        if wording is None:
            lens = make_lens((*own, *self._guardrails_of(account)))
            terms = said if lens.sees_arn else (*said[:2], *[_besides_resources(document, lens) for document in own])
            like = self._likes.setdefault(terms, len(self._likes))
            truths, values = self._truths.setdefault(lens.of_caller, {}), self._values.setdefault(lens.caller_keys, {})
            wording = self._wordings[said] = _Wording(like, identity, bounded, lens, truths, values)
        return wording

    def _find(self, account: str, principal: Role | User | None, wording: _Wording, *, is_unread: bool) -> Power:
        # What was not read of a principal is told by its name: it is like no other.
        lens, alone = wording.lens, principal.arn if principal is not None and is_unread else ""
        key = (wording, self._own_view(account, principal, wording), alone)
        power = self._powers.get(key)
        if power is None:
            seen = self._own_view(account, principal, wording, lens.accounts)
            alike = (wording.like, seen, alone, principal is None)
            like = self._likes_of_powers.setdefault(alike, len(self._likes_of_powers))
            power = self._powers[key] = self._make(account, principal, wording, like, is_unread=is_unread)
        return power

    def _make(
        self, account: str, principal: Role | User | None, wording: _Wording, like: int, *, is_unread: bool
    ) -> Power:
        identity, lens, caller = wording.identity, wording.lens, self._caller(account, principal)
        own = (*identity, wording.boundary) if wording.boundary else identity
        above = () if caller.is_service_linked_role else self._guardrails_of(account)
        accounts = _accounts((*own, *above), account)
        looks_at = (lens.of_role, lens.role_keys, lens.resources, lens.sees_arn, lens.accounts)
        sight = self._sights.setdefault(looks_at, len(self._sights))
        number = self._first + len(self._powers)
        return Power(number, like, caller, principal, lens, _allowed(identity), accounts, is_unread, sight)

    def _own_view(
        self, account: str, principal: Role | User | None, wording: _Wording, besides: frozenset[str] = frozenset()
    ) -> View:
        """What its own policies see of a principal, or of any of an account."""
        lens, arn = wording.lens, principal.arn if principal is not None else ""
        if not lens.sees_caller:
            return ()
        before, is_named, name = arn.partition(f"::{account}:") if lens.is_told_by_name else ("", "", "")
        if not is_named:
            return lens.view_of_caller(self._request(account, principal, lens), besides)
        truths, values = wording.truths.get((before, name)), wording.values.get((account, besides))
        if truths is None:
            truths = wording.truths[before, name] = lens.truths_of_caller(self._request(account, principal, lens))
        if values is None:
            values = lens.values_of_caller(self._request(account, principal, lens), besides)
            wording.values[account, besides] = values
        return (*truths, *values)

    def _request(self, account: str, principal: Role | User | None, lens: Lens) -> Request:
        caller = self._caller(account, principal)
        context = self._access.context_of_caller(caller, principal if lens.sees_tags else None)
        return Request(caller, ASSUME_ROLE, "", "", context)

    def _caller(self, account: str, principal: Role | User | None) -> Caller:
        return Caller(CallerKind.PRINCIPAL, account) if principal is None else self._access.caller_of(principal)

    def _guardrails_of(self, account: str) -> tuple[PolicyDocument, ...]:
        if account not in self._guardrails:
            levels = self._access.guardrails(account, GuardrailKind.SCP)
            self._guardrails[account] = tuple(assuming_part(document) for level in levels for document in level)
        return self._guardrails[account]


def _besides_resources(document: PolicyDocument, lens: Lens) -> Terms:
    """What a policy says, with the place in the lens for the resources of each statement that it looks at."""
    places = {resources: place for place, resources in enumerate(lens.resources)}
    said = (replace(s, resources=(str(places[s.resources]),)) if s.resources in places else s
            for s in document.statements)  # fmt: skip
    return (document.version, *map(terms_of_statement, said))


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
