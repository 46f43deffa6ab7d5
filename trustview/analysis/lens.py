"""What the policies of one side of a request look at on the other side.

Two callers whom a role's policies see alike, and whose own policies say the same, get the same answer; so do two roles
that a caller's policies see alike. THE ONE PLACE that says what a policy may see; the engine decides everything else.

Rule 1: a condition looks at the caller when its key or one of its variables is about the caller, at the role likewise.
        One that looks at both is seen as the values it compares. Whatever looks at neither is the same for all.
Rule 2: a resource looks at the role's ARN.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from trustview.policy import OPERATORS_BY_NAME, Condition, PolicyDocument, Request, Statement
from trustview.policy.condition import Test, prepare_condition
from trustview.policy.wildcard import Match, match_texts

View = tuple[Hashable, ...]

# How keys begin that say who the caller is, and what role is asked for.
_OF_CALLER = ("aws:principal", "aws:userid", "aws:username")
# All callers that sign with credentials of an account have these in common.
_OF_NOBODY = ("aws:principalisawsservice", "aws:principalservicename", "aws:principaltype")
_OF_ROLE = ("aws:resource", "iam:resourcetag/")
# Keys that all principals of an account share.
_OF_ACCOUNT = frozenset({"aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"})
_VARIABLE = re.compile(r"\$\{([^},]+)")


@dataclass(frozen=True, slots=True)
class Lens:
    """What some policies look at.

    `of_caller` and `of_role` are conditions (with whether their policy's version knows variables) on one side alone,
    `caller_keys` and `role_keys` what conditions on both sides compare, `resources` the statements that name some.
    `sees_arn` says that a resource is written with a variable. `accounts` are those of the keys of which nothing is
    asked but whether the caller's account is the role's. `sees_tags`: of the caller it may look at more than its name,
    account and organization. `is_told_by_name`: what it tests of the caller hangs on
    its partition and name alone, what it compares on its account alone. `named` are the tests whether an ARN matches,
    one of each list of `resources`.
    """

    of_caller: tuple[tuple[Condition, bool], ...] = ()
    of_role: tuple[tuple[Condition, bool], ...] = ()
    caller_keys: tuple[str, ...] = ()
    role_keys: tuple[str, ...] = ()
    resources: tuple[tuple[str, ...], ...] = ()
    sees_arn: bool = False
    accounts: frozenset[str] = frozenset()
    sees_tags: bool = True
    is_told_by_name: bool = False
    _of_caller: tuple[Test, ...] = field(default=(), compare=False, repr=False)
    _of_role: tuple[Test, ...] = field(default=(), compare=False, repr=False)
    named: tuple[Match, ...] = field(default=(), compare=False, repr=False)

    @property
    def sees_caller(self) -> bool:
        """Whether it looks at the caller at all."""
        return bool(self.of_caller or self.caller_keys)

    @property
    def sees_role(self) -> bool:
        """Whether it looks at the role at all."""
        return bool(self.of_role or self.role_keys or self.resources or self.sees_arn)

    def reads_keys_of_role(self, besides: frozenset[str] = frozenset()) -> bool:
        """Whether it looks at more of the role than its ARN, `besides` put aside."""
        return bool(self.of_role) or not besides.issuperset(self.role_keys)

    @property
    def tells_callers_apart(self) -> bool:
        """Whether it looks at what principals of one account do not share."""
        return any(key not in _OF_ACCOUNT for key in self._read_of_caller())

    def _read_of_caller(self) -> set[str]:
        keys = {key for condition, _ in self.of_caller for key in _keys(condition)}
        return {key for key in keys if _is_of_caller(key)}.union(self.caller_keys)

    def view_of_caller(self, request: Request, besides: frozenset[str] = frozenset()) -> View:
        """All that it sees of the caller of a request; `besides` are keys of which that does not count."""
        return (*self.truths_of_caller(request), *self.values_of_caller(request, besides))

    def truths_of_caller(self, request: Request) -> View:
        """The part of that view that conditions on the caller alone make."""
        return tuple([test(request) for test in self._of_caller])

    def values_of_caller(self, request: Request, besides: frozenset[str] = frozenset()) -> View:
        """The part of it that is compared with what the role has."""
        return tuple(_look_up(self.caller_keys, request, besides))

    def view_of_role(self, request: Request, besides: frozenset[str] = frozenset()) -> View:
        """All that it sees of the role that a request asks for; `besides` likewise."""
        truths = [test(request) for test in self._of_role]
        named = [is_named(request.resource) for is_named in self.named]
        values = _look_up(self.role_keys, request, besides)
        return (*truths, *named, *values, request.resource if self.sees_arn else "")


def make_lens(documents: Iterable[PolicyDocument]) -> Lens:
    """What these policies look at, all their statements counted."""
    of_caller: list[tuple[Condition, bool]] = []
    of_role: list[tuple[Condition, bool]] = []
    mixed: list[str] = []
    otherwise: set[str] = set()
    resources: list[tuple[str, ...]] = []
    sees_arn = False
    for document in documents:
        flag = document.substitutes_variables
        for statement in document.statements:
            resources += _resources(statement)
            variables = _variables(statement.resources) if flag else ()
            sees_arn = sees_arn or bool(variables)
            mixed += variables
            otherwise.update(variables)
            for condition in statement.conditions:
                keys = _keys(condition)
                is_of_caller, is_beside_policy = any(map(_is_of_caller, keys)), any(map(_is_beside_policy, keys))
                if is_of_caller and is_beside_policy:
                    mixed += keys
                    otherwise |= set() if _compares_accounts(condition) else set(keys)
                elif is_of_caller:
                    of_caller.append((condition, flag))
                elif is_beside_policy:
                    of_role.append((condition, flag))
    listed = tuple(dict.fromkeys(resources))
    return Lens(
        tuple(of_caller),
        tuple(of_role),
        tuple(dict.fromkeys(key for key in mixed if _is_of_caller(key))),
        tuple(dict.fromkeys(key for key in mixed if _is_beside_policy(key))),
        listed,
        sees_arn,
        _ACCOUNTS if set(mixed) >= _ACCOUNTS and not otherwise & _ACCOUNTS else frozenset(),
        not _PLAIN.issuperset({*mixed, *(key for condition, _ in of_caller for key in _keys(condition))}),
        _OF_ACCOUNT.issuperset([key for key in mixed if _is_of_caller(key)])
        and all(_is_on_name(test) for test, _ in of_caller),
        tuple([_test(*asked) for asked in of_caller]),
        tuple([_test(*asked) for asked in of_role]),
        tuple(map(_match, listed)),
    )


@lru_cache(maxsize=1024)
def _test(condition: Condition, substitutes: bool) -> Test:
    """The test of a condition: guardrails stand in the lens of each principal below them."""
    return prepare_condition(condition, substitutes=substitutes)


_match = lru_cache(maxsize=1024)(match_texts)


def _is_on_name(condition: Condition) -> bool:
    """Whether a condition tests an ARN, part by part, and any account fits."""
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    is_of_arns = operator is not None and operator.family == "arn" and _keys(condition) == ("aws:principalarn",)
    return is_of_arns and all(value.split(":", 5)[4:5] == ["*"] for value in condition.values)


def _keys(condition: Condition) -> tuple[str, ...]:
    return (condition.key.lower(), *_variables(condition.values))


def _variables(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(match.strip().lower() for text in texts if "${" in text for match in _VARIABLE.findall(text))


_PLAIN = frozenset({"aws:principalarn", *_OF_ACCOUNT, "aws:resourceaccount"})
_ACCOUNTS = frozenset({"aws:principalaccount", "aws:resourceaccount"})


def _compares_accounts(condition: Condition) -> bool:
    """Whether a condition asks nothing but whether the caller's account is the role's."""
    is_of_texts = condition.operator.lower().startswith("string")
    is_whole = all(_WHOLE.fullmatch(value) for value in condition.values)
    return is_of_texts and is_whole and set(_keys(condition)) == _ACCOUNTS


_WHOLE = re.compile(r"\$\{[^},]*\}")


def _look_up(keys: tuple[str, ...], request: Request, besides: frozenset[str]) -> list[Hashable]:
    return [request.context.look_up(key, request.caller) for key in keys if key not in besides]


def _is_of_caller(key: str) -> bool:
    return key.startswith(_OF_CALLER) and not key.startswith(_OF_NOBODY)


def _is_beside_policy(key: str) -> bool:
    return key.startswith(_OF_ROLE)


def _resources(statement: Statement) -> tuple[tuple[str, ...], ...]:
    """The resources of a statement, unless one of them is every role."""
    return () if not statement.resources or "*" in statement.resources else (statement.resources,)
