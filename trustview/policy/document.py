"""PolicyDocument, Statement, Condition: what a policy says, as frozen values.

Nothing is normalised away: what was written stays readable (`sid`, spelling of keys and values), so that a policy can
be shown and changed as its author wrote it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trustview.policy.principal import PrincipalElement
from trustview.policy.problem import Problem
from trustview.quick_init import quick_init


class Effect(StrEnum):
    """What a statement does when it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key: `{"StringLike": {"aws:PrincipalArn": ["…", "…"]}}`.

    `operator` is the bare operator in AWS's spelling (`StringLike`); `quantifier` is `ForAllValues`, `ForAnyValue` or
    empty. `key` is as written; condition keys ignore case, so compare `key.lower()`.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False
    path: str = ""

    @property
    def spelling(self) -> str:
        """The operator as a policy spells it: `ForAnyValue:StringLikeIfExists`."""
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.operator}{'IfExists' if self.if_exists else ''}"


@quick_init
@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `index` is its place in the document, from 0.

    `not_principals`, `not_actions` and `not_resources` say that the list stood under `NotPrincipal`, `NotAction`,
    `NotResource`. `has_principal` is false in identity policies, SCPs and broken trust policies, `has_resource` in
    trust policies and broken others; a list that is there may still be empty. `prepared` is no part of the value: it
    is where `statement.py` keeps what it worked out.
    """

    index: int
    effect: Effect
    sid: str = ""
    principals: tuple[PrincipalElement, ...] = ()
    not_principals: bool = False
    has_principal: bool = False
    actions: tuple[str, ...] = ()
    not_actions: bool = False
    resources: tuple[str, ...] = ()
    not_resources: bool = False
    has_resource: bool = False
    conditions: tuple[Condition, ...] = ()
    path: str = ""
    prepared: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_allow(self) -> bool:
        """Whether the effect is Allow."""
        return self.effect is Effect.ALLOW


@quick_init
@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy; `version` is empty when none was written, which AWS reads as 2008-10-17. `prepared` as in Statement."""

    version: str = ""
    id: str = ""
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)
    prepared: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def allows(self) -> tuple[Statement, ...]:
        """The Allow statements, in order."""
        return self._of(_ALLOW)

    @property
    def denies(self) -> tuple[Statement, ...]:
        """The Deny statements, in order."""
        return self._of(_DENY)

    def _of(self, key: tuple[Effect]) -> tuple[Statement, ...]:
        found: tuple[Statement, ...] | None = self.prepared.get(key)
        if found is None:
            found = self.prepared[key] = tuple([s for s in self.statements if s.effect is key[0]])
        return found

    @property
    def substitutes_variables(self) -> bool:
        """Whether `${…}` is a policy variable here: only version 2012-10-17 substitutes them."""
        return self.version == "2012-10-17"


# What a policy keeps its statements by; no action is called so: actions are texts.
_ALLOW, _DENY = (Effect.ALLOW,), (Effect.DENY,)
