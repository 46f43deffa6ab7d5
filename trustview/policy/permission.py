"""May these policies do ACTION, and where? It puts resources to the engine that stand for what policies speak of.

Rule 1: a resource that no policy names stands for any; then the principal itself; then one for each pattern of the
        statements that speak of the action, common to all layers.
Rule 2: what cannot be tried out counts as allowed, depending on the resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import islice, product

from trustview.policy.arn import parse_arn
from trustview.policy.catalog import actions_meant, catalog
from trustview.policy.context_key import CallerKind
from trustview.policy.document import Statement
from trustview.policy.evaluate import evaluate_permission
from trustview.policy.evaluation import Reason
from trustview.policy.memory import ENTRIES
from trustview.policy.overlap import FILLER, find_common
from trustview.policy.request import Caller, Context, Request, permission_context
from trustview.policy.stack import PolicyStack
from trustview.policy.wildcard import matches
from trustview.quick_init import quick_init

# What holds of every request that a principal sends itself.
_KNOWN = {"aws:PrincipalIsAWSService": "false", "aws:SecureTransport": "true"}
_VARIABLE = re.compile(r"\$\{([^},]*)[^}]*\}")
# More combinations of patterns than this are not tried out.
_MOST_TRIED = 256

# The kind of whatever resource an action may be about.
ANY_KIND = "*"
Pairs = tuple[tuple[str, str], ...]


class Scope(IntEnum):
    """Where an action is allowed, from the widest: anywhere, on the principal itself, on a pattern, on named things."""

    ANYWHERE = 0
    ITSELF = 1
    PATTERN = 2
    NAMED = 3


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose policies are asked about.

    `arn` is the principal's; where only policies are known, one that no policy names. `values` are the condition keys
    known of its requests, with lower-case names. `own` are ARNs of its groups and managed policies.
    """

    kind: CallerKind = CallerKind.ROLE
    arn: str = "arn:aws:iam::000000000000:role/~itself"
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    own: tuple[str, ...] = ()


@quick_init
@dataclass(frozen=True, slots=True)
class Permission:
    """One action that the policies allow.

    `resource` is what was asked about; `~` in it stands for any name. `limits` are the patterns of the policies that it
    had to fit. `depends_on` are the keys of an answer that is not sure.
    """

    action: str
    resource: str
    scope: Scope
    limits: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Smaller is wider: more than named things, then sure, then by scope."""
        return self.scope is Scope.NAMED, bool(self.depends_on), self.scope


@dataclass(frozen=True)
class Permissions:
    """The policies of one holder, ready for questions; `stack` has no trust policy."""

    holder: Holder
    stack: PolicyStack
    _answers: dict[tuple[str, str, bool, Pairs], Permission | None] = field(default_factory=dict, compare=False)

    @cached_property
    def layers(self) -> tuple[tuple[Statement, ...], ...]:
        """The statements that must allow, layer by layer: identity policies, boundary, each level of SCPs."""
        boundary = ((self.stack.boundary,),) if self.stack.boundary else ()
        return tuple(
            tuple(statement for document in documents for statement in document.statements)
            for documents in (self.stack.identity or (), *boundary, *self.stack.scps)
        )

    @cached_property
    def services_named(self) -> tuple[str, ...]:
        """The services of the resources that Allow statements name."""
        allows = (statement for layer in self.layers for statement in layer if statement.is_allow)
        arns = (parse_arn(text) for statement in allows for text in statement.resources)
        return tuple(dict.fromkeys(arn.service for arn in arns if arn and "*" not in arn.service))

    @cached_property
    def _context(self) -> Context:
        absent = () if self.holder.kind is CallerKind.USER else ("aws:username",)
        return permission_context({**_KNOWN, **dict(self.holder.values)}, absent)

    @cached_property
    def _caller(self) -> Caller:
        arn = parse_arn(self.holder.arn)
        return Caller(self.holder.kind, arn.account if arn else "", self.holder.arn)

    def find(
        self, action: str, kind: str = ANY_KIND, *, on_itself: bool = False, carrying: Pairs = ()
    ) -> Permission | None:
        """The widest way in which the action may be allowed, or None where it surely is not.

        `kind` is the ARN pattern of the resources that it is about, empty for an action about none. `carrying` is what
        the request is known to carry. `on_itself` says that the principal itself, its groups or its policies count as
        targets.
        """
        key = (action, kind, on_itself, carrying)
        if key not in self._answers:
            self._answers[key] = self._find(action, kind, on_itself=on_itself, carrying=carrying)
        return self._answers[key]

    def _find(self, action: str, kind: str, *, on_itself: bool, carrying: Pairs) -> Permission | None:
        best: Permission | None = None
        context = self._context.with_values(dict(carrying)) if carrying else self._context
        for resource, scope, limits in self._resources(action, kind, on_itself=on_itself):
            found = self._ask(Request(self._caller, action, resource, self._caller.account, context), scope, limits)
            if found and (best is None or found.rank < best.rank):
                best = found
            if best and best.rank[:2] == (False, False):
                break
        return best

    def _ask(self, request: Request, scope: Scope, limits: tuple[str, ...]) -> Permission | None:
        if not request.resource:
            return Permission(request.action, "", scope, limits, ("the resource",))
        answer = evaluate_permission(request, self.stack)
        if not answer.may_be_allowed:
            return None
        return Permission(request.action, request.resource, scope, limits, answer.depends_on, answer.reasons)

    # ── resources ────────────────────────────────────────────────────────────────────────────────────────────

    def _resources(self, action: str, kind: str, *, on_itself: bool) -> Iterator[tuple[str, Scope, tuple[str, ...]]]:
        """What to ask about: a resource, how much it stands for, and the patterns that it had to fit."""
        partition, account = self.holder.arn.split(":", 2)[1], self._caller.account
        service = action.partition(":")[0]
        generic = f"arn:{{partition}}:{service}:{{region}}:{{account}}:*" if kind in ("", ANY_KIND) else kind
        yield _anything_of(generic, partition, account), Scope.ANYWHERE, ()
        if not kind:
            return
        pattern = _anywhere(kind, partition, account)
        if on_itself:
            yield from ((own, Scope.ITSELF, ()) for own in (self.holder.arn, *self.holder.own) if matches(pattern, own))
        options = self._options(action)
        combinations = product(*options)
        for combination in islice(combinations, _MOST_TRIED):
            limits = tuple(dict.fromkeys(text for text in combination if text.strip("*")))
            resource = find_common(pattern, *limits) if limits else None
            if resource is not None:
                yield resource, _scope_of(limits), limits
        if next(combinations, None) is not None:
            yield "", Scope.PATTERN, ()

    def _options(self, action: str) -> list[tuple[str, ...]]:
        """The resource patterns of each layer, and those that a Deny spares, of the statements about an action."""
        options = []
        for layer in self.layers:
            speaking = [statement for statement in layer if means(statement, action)]
            options.append(self._patterns(s for s in speaking if s.is_allow))
            options += [self._patterns([s], is_spared=True) for s in speaking if not s.is_allow and s.not_resources]
        return [patterns for patterns in options if patterns != ("*",)]

    def _patterns(self, statements: Iterable[Statement], *, is_spared: bool = False) -> tuple[str, ...]:
        found: dict[str, None] = {"*": None} if is_spared else {}
        for statement in statements:
            is_listed = bool(statement.resources) and (is_spared or not statement.not_resources)
            for text in statement.resources if is_listed else ("*",):
                found[self._fill(text)] = None
        return tuple(found)

    def _fill(self, pattern: str) -> str:
        """A resource pattern with the variables that are known put in; others may be anything."""
        values = dict(self.holder.values)
        return _VARIABLE.sub(lambda m: next(iter(values.get(m[1].strip().lower(), ())), FILLER), pattern)


@lru_cache(maxsize=ENTRIES)
def _anything_of(kind: str, partition: str, account: str) -> str:
    """A resource of a kind that no policy names."""
    return kind.format(partition=partition, region=FILLER, account=account).replace("*", FILLER)


@lru_cache(maxsize=ENTRIES)
def _anywhere(kind: str, partition: str, account: str) -> str:
    """The pattern of a kind in every Region."""
    return kind.format(partition=partition, region="*", account=account)


def means(statement: Statement, action: str) -> bool:
    """Whether a statement speaks of an action, for or against it."""
    number = catalog().numbers.get(action.lower())
    if number is not None:
        return bool(actions_meant(statement.actions, inverted=statement.not_actions) >> number & 1)
    return any(matches(pattern, action, ignore_case=True) for pattern in statement.actions) != statement.not_actions


def _scope_of(limits: tuple[str, ...]) -> Scope:
    """A pattern that leaves the name open means many things; one that gives it in full means that thing."""
    names = [text.split(":", 5)[-1] for text in limits]
    return Scope.PATTERN if all("*" in name or "?" in name for name in names) else Scope.NAMED
