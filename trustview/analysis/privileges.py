"""Which policies of a snapshot bind a principal, and what do they let it do? THE ONE PLACE that joins the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from trustview.analysis.caller_facts import facts_of
from trustview.analysis.guardrail_levels import GuardrailLevels, allows_everything
from trustview.analysis.policy_sets import ALLOWS_ALL, PolicySet, PolicySets
from trustview.analysis.privilege import (
    Bindings,
    Ceiling,
    Facts,
    PrivilegeJudge,
    count_named,
    name_account,
    name_in,
)
from trustview.analysis.shape import Elsewhere, named_in, patterns_of, rename, shape_of_patterns
from trustview.analysis.template import ANY_ACCOUNT, is_shareable, likeness, read_for, sees_part_of_account, text_of
from trustview.policy import (
    CallerKind,
    Level,
    PolicyDocument,
    Privilege,
    PrivilegeVerdict,
    Statement,
    read_policy,
)
from trustview.policy.catalog import actions_meant, is_unknown
from trustview.policy.wildcard import match_texts
from trustview.snapshot import GuardrailKind, Role, Snapshot, User

# The statements of SCPs that bear on some identity policies: their level, document and place in it.
_Kept = tuple[tuple[int, int, Statement], ...]
_POWERFUL = (Privilege.ADMIN, Privilege.ESCALATING)


@dataclass(frozen=True, slots=True, eq=False)
class _Scps:
    """The SCPs of some accounts, read alike.

    `statements` are all that do more than allow everything, with the actions that they mean. `strict` are the levels
    without a statement that allows everything. `account` is ANY_ACCOUNT, or that of the only account that reads so.
    """

    account: str
    levels: tuple[Level, ...] = ()
    strict: tuple[int, ...] = ()
    statements: tuple[tuple[int, int, Statement, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Bound:
    """What binds some principals: bindings of their shape. Names begin with `first` in these, with `own` in theirs."""

    bindings: Bindings
    first: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


@dataclass(slots=True)
class Privileges:
    """What the principals of a snapshot may do."""

    snapshot: Snapshot
    policies: PolicySets
    guardrails: GuardrailLevels
    judge: PrivilegeJudge = field(default_factory=PrivilegeJudge)
    _judged: dict[str, PrivilegeVerdict] = field(default_factory=dict)
    _verdicts: dict[str, PrivilegeVerdict] = field(default_factory=dict)
    _counted: dict[tuple[int, str], PrivilegeVerdict] = field(default_factory=dict)
    _scps: dict[str, _Scps] = field(default_factory=dict)
    _alike: dict[object, _Scps] = field(default_factory=dict)
    _bindings: dict[object, Bindings] = field(default_factory=dict)
    _ceilings: dict[object, Ceiling] = field(default_factory=dict)
    _shared: dict[int, bool] = field(default_factory=dict)
    _parts: dict[object, bool] = field(default_factory=dict)
    _elsewhere: dict[tuple[int, str, str], Elsewhere] = field(default_factory=dict)
    _met: dict[tuple[int, int, str], _Bound] = field(default_factory=dict)
    _firsts: dict[object, tuple[Bindings, tuple[str, ...]]] = field(default_factory=dict)
    _told: dict[tuple[int, int], PrivilegeVerdict] = field(default_factory=dict)

    def of(self, principal: Role | User) -> Privilege:
        """The class; what could not be read may hold anything."""
        alike = self.alike_verdict(principal)
        # Paths over named things may count, for what the principals of those names may do.
        known = self.shared_verdict(principal).privilege if alike.limited else alike.privilege
        return Privilege.UNKNOWN if self.policies.of(principal).is_unread and not known.may_write else known

    def verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """What the policies that were read let the principal do, and why."""
        return name_account(self.shared_verdict(principal), principal.account)

    def shared_verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """The same before the account is named: one value for all principals that are alike; see `name_account`."""
        found = self._verdicts.get(principal.arn)
        if found is None:
            found = self._verdicts[principal.arn] = self._count(self.judged_alone(principal), principal.account)
        return found

    def judged_alone(self, principal: Role | User) -> PrivilegeVerdict:
        """What its own policies let it do, whoever else it may become."""
        alike, bound = self.alike_verdict(principal), self._bound(principal)
        found = self._told.get((id(alike), id(bound)))
        if found is None:
            found = self._told[id(alike), id(bound)] = rename(alike, bound.first, bound.own)
        return found

    def alike_verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """The same in the names of the first whose policies have their shape: the class and the paths are its own."""
        found = self._judged.get(principal.arn)
        if found is None:
            found = self._judged[principal.arn] = self._judge(principal)
        return found

    def _judge(self, principal: Role | User) -> PrivilegeVerdict:
        kind = CallerKind.USER if isinstance(principal, User) else CallerKind.ROLE
        bindings = self._bound(principal).bindings
        return self.judge.judge(bindings, kind, principal.arn, principal.account, lambda: self._facts(principal))

    def _facts(self, principal: Role | User) -> Facts:
        found = facts_of(self.snapshot, principal).items()
        return tuple((key, (value,) if isinstance(value, str) else value) for key, value in found)

    def _count(self, verdict: PrivilegeVerdict, account: str) -> PrivilegeVerdict:
        if not verdict.limited:
            return verdict
        key = (id(verdict), account)
        if key not in self._counted:
            self._counted[key] = count_named(verdict, lambda named: self._may_more(name_in(named, account), account))
        return self._counted[key]

    def _may_more(self, named: str, account: str) -> bool:
        """Whether an ARN pattern means a role or user of the account whose own policies make it administrator or so."""
        return any(self.judged_alone(one).privilege in _POWERFUL for one in self._meant(named, account))

    def _meant(self, named: str, account: str) -> Iterator[Role | User]:
        facts = self.snapshot.facts_by_account.get(account)
        if not facts or ":iam:" not in named:
            return
        if "*" in named or "?" in named:
            principals: tuple[Role | User, ...] = (*facts.roles, *facts.users)
            is_meant = match_texts((named,))
            yield from (one for one in principals if is_meant(one.arn))
        else:
            one = self.snapshot.roles_by_arn.get(named) or self.snapshot.users_by_arn.get(named)
            yield from (one,) if one and one.account == account else ()

    # ── what binds whom ──────────────────────────────────────────────────────────────────────────────────────

    def _bound(self, principal: Role | User) -> _Bound:
        own, account = self.policies.of(principal), principal.account
        is_bound = isinstance(principal, User) or not principal.is_service_linked
        scps = self._scps_of(account) if is_bound else _NONE
        number, above = own.number, id(scps)
        # What binds those of all accounts alike stands under none.
        found = self._met.get((number, above, "")) or self._met.get((number, above, account))
        if found is None:
            is_shared = scps.account == ANY_ACCOUNT and self._is_shared(own)
            found = self._meet(own, scps, ANY_ACCOUNT if is_shared else account)
            self._met[number, above, "" if is_shared else account] = found
        return found

    def _meet(self, own: PolicySet, scps: _Scps, account: str) -> _Bound:
        """What binds a policy set below some SCPs: the same as what binds the first of its shape, in other names."""
        if own.skeletons is None or any(":iam:" in arn for arn in own.arns):
            return _Bound(self._make(own, scps, account))
        named = named_in(tuple([text_of(arn, account) for arn in own.arns]), account)
        shape = shape_of_patterns(named, self._named_above(own, scps, account), account)
        key = (own.skeletons, own.boundary, own.own, own.is_admin, id(scps), account, shape.key)
        if key not in self._firsts:
            self._firsts[key] = self._make(own, scps, account), shape.begins
        return _Bound(*self._firsts[key], shape.begins)

    def _named_above(self, own: PolicySet, scps: _Scps, account: str) -> Elsewhere:
        """What boundary and SCPs name."""
        key = (id(scps), own.boundary, account)
        found = self._elsewhere.get(key)
        if found is None:
            boundary = read_for(own.boundary, account).statements if own.boundary else ()
            above = (*boundary, *(statement for _, _, statement, _ in scps.statements))
            found = self._elsewhere[key] = Elsewhere(tuple(patterns_of(above)))
        return found

    def _is_shared(self, own: PolicySet) -> bool:
        """Whether any account can stand for the own one in a policy set."""
        if own.number not in self._shared:
            likes = (*own.identity, own.boundary) if own.boundary else own.identity
            is_shared = all(map(is_shareable, (*likes, *own.own))) and not self._sees_part(own, likes)
            self._shared[own.number] = is_shared
        return self._shared[own.number]

    def _sees_part(self, own: PolicySet, likes: tuple[str, ...]) -> bool:
        """Whether some policy may see a part of an account id; of an ARN only what stands before the name tells."""
        heads = tuple([tuple(arn.split(":", 5)[:5]) for arn in own.arns])
        key = (likes if own.skeletons is None else own.skeletons, heads, own.boundary)
        if key not in self._parts:
            self._parts[key] = any(sees_part_of_account(read_for(like, ANY_ACCOUNT)) for like in likes)
        return self._parts[key]

    def _make(self, own: PolicySet, scps: _Scps, account: str) -> Bindings:
        """The bindings of a policy set below some SCPs: one value for all SCPs of which the same bears on it."""
        identity = tuple(read_for(like, account) for like in own.identity)
        if own.is_admin:
            identity += (_EVERYTHING,)
        kept = _bearing_on(identity, scps)
        ids = tuple((level, document, id(statement)) for level, document, statement in kept)
        key = (own.number, account, scps.strict, ids)
        if key not in self._bindings:
            boundary = read_for(own.boundary, account) if own.boundary else None
            named = tuple(text_of(like, account) for like in own.own)
            self._bindings[key] = Bindings(account, identity, boundary, self._ceiling(scps, kept), named)
        return self._bindings[key]

    def _ceiling(self, scps: _Scps, kept: _Kept) -> Ceiling:
        """The levels with these statements alone; the same value for the same ones."""
        key = (id(scps), tuple(id(statement) for *_, statement in kept))
        if key not in self._ceilings:
            self._ceilings[key] = Ceiling(_reduce(scps, kept))
        return self._ceilings[key]

    def _scps_of(self, account: str) -> _Scps:
        found = self._scps.get(account)
        if found is None:
            texts = self.guardrails.texts(account, GuardrailKind.SCP)
            likes = tuple(tuple(likeness(text, account) for text in level) for level in texts)
            found = self._alike.get(likes) or _read(likes, account)
            if found.account == ANY_ACCOUNT:
                self._alike[likes] = found
            self._scps[account] = found
        return found


_NONE = _Scps(ANY_ACCOUNT)


def _read(likes: tuple[tuple[str, ...], ...], account: str) -> _Scps:
    documents = [read_for(like, account) for level in likes for like in level]
    is_shared = all(is_shareable(like) for level in likes for like in level)
    account = ANY_ACCOUNT if is_shared and not any(map(sees_part_of_account, documents)) else account
    levels = tuple(tuple(read_for(like, account) for like in level) for level in likes)
    statements, strict = [], []
    for number, level in enumerate(levels):
        if not any(allows_everything(statement) for document in level for statement in document.statements):
            strict.append(number)
        for place, document in enumerate(level):
            for statement in document.statements:
                if not allows_everything(statement):
                    meant = actions_meant(statement.actions, inverted=statement.not_actions)
                    statements.append((number, place, statement, meant))
    return _Scps(account, levels, tuple(strict), tuple(statements))


# ── what of the SCPs bears on some identity policies ─────────────────────────────────────────────────────────────


def _bearing_on(identity: tuple[PolicyDocument, ...], scps: _Scps) -> _Kept:
    """The statements of SCPs that mean an action of which identity policies speak: what else they say changes nothing.

    Only such actions are ever asked about. Of an action that AWS does not define nobody knows which statements mean it:
    then all count.
    """
    spoken = 0
    for statement in (statement for document in identity for statement in document.allows):
        spoken |= actions_meant(statement.actions, inverted=statement.not_actions)
        if not statement.not_actions and any(map(is_unknown, statement.actions)):
            spoken = -1
            break
    is_all = spoken == -1
    return tuple(
        (level, place, statement) for level, place, statement, meant in scps.statements if is_all or meant & spoken
    )


def _reduce(scps: _Scps, kept: _Kept) -> tuple[Level, ...]:
    """The levels with these statements, and those that allow everything, alone."""
    there = {(level, place, id(statement)) for level, place, statement in kept}

    def reduce(level: int, place: int, document: PolicyDocument) -> PolicyDocument:
        statements = (s for s in document.statements if allows_everything(s) or (level, place, id(s)) in there)
        return replace(document, statements=tuple(statements), problems=())

    return tuple(
        tuple(reduce(number, place, document) for place, document in enumerate(level))
        for number, level in enumerate(scps.levels)
    )


_EVERYTHING = read_policy(ALLOWS_ALL)
