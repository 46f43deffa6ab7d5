"""Policies that bind a principal -> what they let it do, judged once for all principals that they cannot tell apart.

An organization has hundreds of thousands of principals and few distinct sets of policies. Sets are equal up to the
account's own id; of SCPs only the statements count that speak of what the identity policies allow; what a policy asks
about its caller counts only by the answers that its tests give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from trustview.analysis.shape import Elsewhere, patterns_in, rename, shape_of
from trustview.analysis.template import ANY_ACCOUNT
from trustview.policy import (
    CallerKind,
    Escalation,
    Holder,
    Level,
    Permission,
    PolicyDocument,
    PolicyStack,
    Privilege,
    PrivilegeVerdict,
    Scope,
    judge_privilege,
)
from trustview.policy.wildcard import Match, match_texts

_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)[^}]*\}")
Facts = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, eq=False)
class Ceiling:
    """The SCPs above some principals, `levels` from the root down, and what they look at: read once for all of them."""

    levels: tuple[Level, ...] = ()

    @cached_property
    def documents(self) -> tuple[PolicyDocument, ...]:
        """Every policy, in order."""
        return tuple(document for level in self.levels for document in level)

    @cached_property
    def tests(self) -> dict[str, Tests]:
        """The tests of every key that they name, by lower-case name."""
        return _tests_in(self.documents)

    @cached_property
    def principals_named(self) -> Naming:
        """Their resource patterns that may mean principals or managed policies."""
        return _principals_named(self.documents)

    @cached_property
    def named(self) -> Elsewhere:
        """All their resource patterns."""
        return Elsewhere(tuple(patterns_in(self.documents)))


NO_CEILING = Ceiling()


@dataclass(frozen=True, eq=False)
class Bindings:
    """The policies that bind some principals, and the ARNs of their managed ones and groups.

    `account` is ANY_ACCOUNT where that stands for each principal's own in all texts; else that of all of them.
    """

    account: str
    identity: tuple[PolicyDocument, ...]
    boundary: PolicyDocument | None = None
    ceiling: Ceiling = NO_CEILING
    own: tuple[str, ...] = ()

    @cached_property
    def tests(self) -> dict[str, Tests]:
        """The tests of every key that these policies name, by lower-case name."""
        own, above = _tests_in(self._documents), self.ceiling.tests
        if not own or not above:
            return own or above
        return {key: _joined([tests[key] for tests in (own, above) if key in tests]) for key in own.keys() | above}

    @cached_property
    def principals_named(self) -> Naming:
        """The resource patterns that may mean principals or managed policies."""
        own, above = _principals_named(self._documents), self.ceiling.principals_named
        return own | above if own else above

    @property
    def _documents(self) -> tuple[PolicyDocument, ...]:
        return (*self.identity, self.boundary) if self.boundary else self.identity

    @cached_property
    def own_named(self) -> tuple[str, ...]:
        """Those of `own` that some statement names."""
        return tuple(arn for arn in self.own if self.name_it(arn))

    def name_it(self, arn: str) -> bool:
        """Whether some statement means this ARN that does not mean every ARN of its kind."""
        other = _any_like(arn)
        return any(
            matches(arn) and (is_filled or not matches(other)) for matches, is_filled in self.principals_named.values()
        )

    def like(self, arn: str) -> str:
        """A principal's ARN, or one that no policy names where these do not either."""
        return arn if self.principals_named and self.name_it(arn) else _any_like(arn)

    def told(self, known: Facts, account: str) -> Facts:
        """What is known of the keys that these policies test, as they would say it."""
        tested = [(name, values) for key, values in known if (name := key.lower()) in self.tests]
        return tuple([(key, tuple([self.hide(value, account) for value in values])) for key, values in tested])

    def hide(self, text: str, account: str) -> str:
        """A text of a principal of an account as these policies would say it."""
        return text.replace(account, ANY_ACCOUNT) if account and self.account == ANY_ACCOUNT else text


@dataclass(frozen=True, slots=True)
class PrivilegeJudge:
    """Judges principals and remembers what it judged: for some policies, and for all of one shape."""

    _verdicts: dict[Hashable, PrivilegeVerdict] = field(default_factory=dict)
    _judged: dict[Hashable, tuple[tuple[str, ...], PrivilegeVerdict]] = field(default_factory=dict)

    def judge(
        self, bindings: Bindings, kind: CallerKind, arn: str, account: str, facts: Callable[[], Facts]
    ) -> PrivilegeVerdict:
        """What the principal of this ARN may do; its account stands in the texts as in those of the bindings.

        `facts` gives the condition keys known of its requests; it is asked only where some policy tests any.
        """
        told = bindings.told(facts(), account) if bindings.tests else ()
        answers = tuple([(key, bindings.tests[key].answer(values)) for key, values in told])
        like = bindings.like(bindings.hide(arn, account))
        key = (bindings, kind, answers, like)
        found = self._verdicts.get(key)
        if found is None:
            holder = Holder(kind, like, told, bindings.own_named)
            found = self._verdicts[key] = self._judge(bindings, holder, answers)
        return found

    def _judge(self, bindings: Bindings, holder: Holder, answers: Hashable) -> PrivilegeVerdict:
        """What is judged of the first policies of a shape is told in the names of the others."""
        stack = _stack(bindings)
        shape = shape_of(stack, holder, bindings.ceiling.named)
        # SCPs of which the same bears are one value.
        key = (shape.key, bindings.account, bindings.ceiling, holder.kind, holder.arn, holder.own, answers)
        if key not in self._judged:
            self._judged[key] = shape.begins, judge_privilege(stack, holder)
        first, verdict = self._judged[key]
        return rename(verdict, first, shape.begins)


# One value for all: what it says on an action, nothing, is found once.
_NO_TRUST = PolicyDocument()


def _stack(bindings: Bindings) -> PolicyStack:
    return PolicyStack(_NO_TRUST, bindings.identity, bindings.boundary, scps=bindings.ceiling.levels)


def name_in(text: str, account: str) -> str:
    """A text with the account id where ANY_ACCOUNT stands for it."""
    return text.replace(ANY_ACCOUNT, account)


def name_account(verdict: PrivilegeVerdict, account: str) -> PrivilegeVerdict:
    """The verdict with the account id in all its texts."""

    def name(permission: Permission) -> Permission:
        return replace(
            permission,
            resource=name_in(permission.resource, account),
            limits=tuple(name_in(limit, account) for limit in permission.limits),
        )

    def name_all(found: tuple[Escalation, ...]) -> tuple[Escalation, ...]:
        return tuple(replace(one, permissions=tuple(map(name, one.permissions))) for one in found)

    return replace(
        verdict,
        permissions=tuple(map(name, verdict.permissions)),
        escalations=name_all(verdict.escalations),
        limited=name_all(verdict.limited),
        depends_on=tuple(name_in(key, account) for key in verdict.depends_on),
    )


# Who may change what a named principal may do, and become it, gains whatever that one could do before.
_CHANGE_POLICIES = (
    "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:CreatePolicyVersion",
)  # fmt: skip


def count_named(verdict: PrivilegeVerdict, may_more: Callable[[str], bool]) -> PrivilegeVerdict:
    """The verdict with the paths counted that lead to named principals who gain it something.

    `may_more` says of an ARN pattern whether it means a role or user who is an administrator or escalating.
    """
    if verdict.privilege in (Privilege.ADMIN, Privilege.ESCALATING):
        return verdict
    gained = tuple(found for found in verdict.limited if _gains(found, may_more))
    if not gained:
        return verdict
    return replace(
        verdict,
        privilege=Privilege.ESCALATING,
        permissions=gained[0].permissions,
        escalations=gained,
        limited=tuple(found for found in verdict.limited if found not in gained),
        depends_on=gained[0].depends_on,
    )


def _gains(found: Escalation, may_more: Callable[[str], bool]) -> bool:
    if found.path.on_itself:
        return False
    if found.path.needs[0][0] in _CHANGE_POLICIES:
        return True
    named = (permission for permission in found.permissions if permission.scope is Scope.NAMED)
    return any(may_more(limit) for permission in named for limit in permission.limits)


# ── what the policies ask about the caller ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Tests:
    """What policies compare one key with; `is_put_in` when its value becomes part of a text."""

    patterns: tuple[str, ...]
    is_put_in: bool

    @cached_property
    def _read(self) -> tuple[tuple[str, str, Match], ...]:
        return tuple([(pattern, pattern.lower(), match_texts((pattern,))) for pattern in self.patterns])

    def answer(self, values: tuple[str, ...]) -> object:
        """The same for values that no test can tell apart."""
        if self.is_put_in:
            return values
        return tuple(
            [
                (value == pattern, value.lower() == lowered, matches(value))
                for value in values
                for pattern, lowered, matches in self._read
            ]
        )


def _tests_in(documents: Iterable[PolicyDocument]) -> dict[str, Tests]:
    compared: dict[str, dict[str, None]] = {}
    put_in: set[str] = set()
    for statement in (statement for document in documents for statement in document.statements):
        texts = [*statement.resources]
        for test in statement.conditions:
            compared.setdefault(test.key.lower(), {}).update(dict.fromkeys(test.values))
            texts += test.values
            if any("${" in value for value in test.values):
                put_in.add(test.key.lower())
        put_in |= {name.lower() for text in texts if "${" in text for name in _VARIABLE.findall(text)}
    return {key: Tests(tuple(compared.get(key, ())), key in put_in) for key in compared.keys() | put_in}


def _joined(tests: list[Tests]) -> Tests:
    patterns = dict.fromkeys(pattern for one in tests for pattern in one.patterns)
    return Tests(tuple(patterns), any(one.is_put_in for one in tests))


# ── the principal as a resource ──────────────────────────────────────────────────────────────────────────────────


# Patterns as tests, and whether variables fill them.
Naming = dict[str, tuple[Match, bool]]


def _principals_named(documents: Iterable[PolicyDocument]) -> Naming:
    named = (text for text in patterns_in(documents) if ":iam:" in text)
    return {text: (match_texts((_VARIABLE.sub("*", text),)), "${" in text) for text in named}


def _any_like(arn: str) -> str:
    """An ARN of the same kind that no policy names."""
    return f"{arn.split('/', 1)[0]}/~itself"
