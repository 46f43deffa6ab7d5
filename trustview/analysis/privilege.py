"""Principal -> what its policies let it do, judged once for all principals that cannot be told apart by them.

An organization has hundreds of thousands of principals and few distinct sets of policies. Sets are equal up to the
account's own id; what a policy asks about its caller counts only by the answers that its tests give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from trustview.policy import (
    CallerKind,
    Escalation,
    Holder,
    Permission,
    PolicyDocument,
    PolicyStack,
    Privilege,
    PrivilegeVerdict,
    Scope,
    judge_privilege,
    matches,
    read_policy,
)

# Put for the own account id, so that the policies of a fleet are the same text.
_ANY_ACCOUNT = "0" * 12
_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)[^}]*\}")


@dataclass(frozen=True, slots=True)
class Subject:
    """A principal with the texts of its policies; `scps` are levels from the root down, `boundary` empty without one.

    `facts` are the condition keys known of its requests, `own` the ARNs of its groups and managed policies.
    """

    kind: CallerKind
    arn: str
    account: str
    identity: tuple[str, ...]
    boundary: str = ""
    scps: tuple[tuple[str, ...], ...] = ()
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    own: tuple[str, ...] = ()

    @property
    def texts(self) -> Iterator[str]:
        """Every policy text, each once for every place where it stands."""
        yield from self.identity
        yield self.boundary
        for level in self.scps:
            yield from level


@dataclass(frozen=True)
class PrivilegeJudge:
    """Judges subjects and remembers what it judged."""

    _verdicts: dict[object, PrivilegeVerdict] = field(default_factory=dict)

    def judge(self, subject: Subject) -> PrivilegeVerdict:
        """The privileges of a subject; its account id stands as zeros in the texts: see `name_account`."""
        alike = _without_account(subject)
        tests = _tests_of(frozenset(alike.texts))
        facts = tuple((key.lower(), values) for key, values in alike.facts if key.lower() in tests)
        answers = tuple((key, tests[key].answer(values)) for key, values in facts)
        named = _named(alike)
        key = (alike.kind, alike.identity, alike.boundary, alike.scps, answers, named)
        if key not in self._verdicts:
            self._verdicts[key] = judge_privilege(_stack(alike), _holder(alike, facts, named))
        return self._verdicts[key]


def _without_account(subject: Subject) -> Subject:
    """The subject with its account id put aside, where no text says that of another account in its place."""
    if not subject.account or any(_ANY_ACCOUNT in text for text in subject.texts):
        return subject

    def hide(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(text.replace(subject.account, _ANY_ACCOUNT) for text in texts)

    return Subject(
        kind=subject.kind,
        arn=hide((subject.arn,))[0],
        account=_ANY_ACCOUNT,
        identity=hide(subject.identity),
        boundary=hide((subject.boundary,))[0],
        scps=tuple(hide(level) for level in subject.scps),
        facts=tuple((key, hide(values)) for key, values in subject.facts),
        own=hide(subject.own),
    )


def name_in(text: str, account: str) -> str:
    """A text with the account id where zeros stand for it."""
    return text.replace(_ANY_ACCOUNT, account)


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


def _stack(subject: Subject) -> PolicyStack:
    return PolicyStack(
        trust=PolicyDocument(),
        identity=tuple(map(read_policy, subject.identity)),
        boundary=read_policy(subject.boundary) if subject.boundary else None,
        scps=tuple(tuple(map(read_policy, level)) for level in subject.scps),
    )


# ── what the policies ask about the caller ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Tests:
    """What policies compare one key with; `is_put_in` when its value becomes part of a text."""

    patterns: tuple[str, ...]
    is_put_in: bool

    def answer(self, values: tuple[str, ...]) -> object:
        """The same for values that no test can tell apart."""
        if self.is_put_in:
            return values
        return tuple(
            (value == pattern, value.lower() == pattern.lower(), matches(pattern, value))
            for value in values
            for pattern in self.patterns
        )


@lru_cache(maxsize=4096)
def _tests_of(texts: frozenset[str]) -> dict[str, _Tests]:
    """The tests of every key that these policies name, by lower-case name."""
    compared: dict[str, dict[str, None]] = {}
    put_in: set[str] = set()
    for text in sorted(texts):
        put_in |= {name.lower() for name in _VARIABLE.findall(text)}
        for key, values in _comparisons(text):
            compared.setdefault(key, {}).update(dict.fromkeys(values))
    put_in |= {key for key, values in compared.items() if any("${" in value for value in values)}
    return {key: _Tests(tuple(compared.get(key, ())), key in put_in) for key in compared.keys() | put_in}


@lru_cache(maxsize=65536)
def _comparisons(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    statements = read_policy(text).statements if text else ()
    return tuple((test.key.lower(), test.values) for statement in statements for test in statement.conditions)


# ── the principal as a resource ──────────────────────────────────────────────────────────────────────────────────


def _named(subject: Subject) -> tuple[str, ...]:
    """Which of the principal's own ARNs some statement means that does not mean every ARN of that kind."""
    patterns = tuple(dict.fromkeys(p for text in subject.texts for p in _principals_named(text)))
    return tuple(arn for arn in (subject.arn, *subject.own) if any(_is_meant(arn, *pattern) for pattern in patterns))


@lru_cache(maxsize=65536)
def _principals_named(text: str) -> tuple[tuple[str, bool], ...]:
    """The resource patterns that may mean principals or managed policies, and whether variables fill them."""
    if ":iam:" not in text:
        return ()
    listed = (resource for statement in read_policy(text).statements for resource in statement.resources)
    return tuple(dict.fromkeys((_VARIABLE.sub("*", text), "${" in text) for text in listed if ":iam:" in text))


def _is_meant(arn: str, pattern: str, is_filled: bool) -> bool:
    return matches(pattern, arn) and (is_filled or not matches(pattern, _any_like(arn)))


def _any_like(arn: str) -> str:
    """An ARN of the same kind that no policy names."""
    return f"{arn.split('/', 1)[0]}/~itself"


def _holder(subject: Subject, facts: tuple[tuple[str, tuple[str, ...]], ...], named: tuple[str, ...]) -> Holder:
    arn = subject.arn if subject.arn in named else _any_like(subject.arn)
    return Holder(subject.kind, arn, facts, tuple(own for own in named if own != subject.arn))
