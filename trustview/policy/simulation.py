"""One request with all its policies as a JSON object, and the engine's answer as another: `trustview simulate`.

The one place that knows the format (`FIELDS`). Whoever reads the JSON hands over the fields as they are, with a way to
read one: equal policies, of which an organization has many, can then be read once. Problems are values; nothing raises.
A closed context: a key that is not given is absent. What AWS does not document counts as allowed and is told in the
first reason, because a wrong "no one" is the worst answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from trustview.policy.arn import is_account_id, parse_arn
from trustview.policy.context_key import CallerKind
from trustview.policy.document import PolicyDocument, Problem
from trustview.policy.evaluate import evaluate
from trustview.policy.evaluation import Outcome
from trustview.policy.explain import describe_open_question, describe_reason
from trustview.policy.parse import parse_policy
from trustview.policy.request import Caller, Context, Request, closed_context, read_caller
from trustview.policy.stack import Level, PolicyStack

MISSING = "this field is missing"
# How many problems of one field an answer tells.
MOST_NOTES = 10

_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ABSENT = object()

Given = TypeVar("Given")


class Policies(NamedTuple):
    """The policies of one field by level (one level where the field has none), and what is wrong with them."""

    levels: tuple[Level, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def documents(self) -> Level:
        """The policies of a field that has no levels."""
        return self.levels[0] if self.levels else ()

    @property
    def document(self) -> PolicyDocument | None:
        """The policy of a field that holds at most one."""
        return self.documents[0] if self.documents else None


class Simulation(NamedTuple):
    """A request that was read, its policies, and what is wrong with them."""

    request: Request
    stack: PolicyStack
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the format.

    `read` makes of its JSON value what the engine takes, or a Problem; it is never None. `absent` stands for a field
    that is left out; a field without one must be there.
    """

    name: str
    read: Callable[[Any], Any]
    absent: Any = _ABSENT


# ── reading a field ──────────────────────────────────────────────────────────────────────────────────────────────


def _read_id(value: object) -> str | int | float | Problem:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return Problem("id", f"a text or a number is expected, this is {_name(value)}")
    return value


def _read_principal(text: str) -> Caller | Problem:
    caller = read_caller(text)
    if caller.kind is CallerKind.PRINCIPAL:
        return Problem("principal", f"{_quote(text)} is an account: name the user, role or session in it that asks")
    if caller.kind is CallerKind.UNKNOWN:
        return Problem(
            "principal", f"{_quote(text)} is neither the ARN of a principal nor a service nor an identity provider"
        )
    return caller


def _read_action(text: str) -> str | Problem:
    return text if _ACTION.fullmatch(text) else Problem("action", f"{_quote(text)} is no action like `sts:AssumeRole`")


def _read_resource(text: str) -> str | Problem:
    arn = parse_arn(text)
    is_role = arn is not None and arn.service == "iam" and arn.resource_type == "role" and bool(arn.name)
    return text if is_role else Problem("resource", f"{_quote(text)} is not the ARN of a role")


def _read_account(text: str) -> str | Problem:
    return text if is_account_id(text) else Problem("resource_account", f"{_quote(text)} is not twelve digits")


def _read_context(value: object) -> Context | Problem:
    if not isinstance(value, dict):
        return Problem("context", f"an object of condition keys is expected, this is {_name(value)}")
    for key, given in value.items():
        for text in given if isinstance(given, list) else (given,):
            if not isinstance(text, str):
                return Problem(f"context.{_cut(key)}", f"a text or a list of texts is expected, this is {_name(text)}")
    context = closed_context(value)
    if len(context.values) < len(value):
        return Problem("context", "a key stands there twice: condition keys ignore case")
    return context


def _read_policies(path: str, value: object, depth: int) -> Policies | Problem:
    """A policy (`depth` 0), a list of them (1) or a list of levels (2)."""
    if depth == 0:
        if not isinstance(value, dict):
            hint = ": take the JSON out of the text first" if isinstance(value, str) else ""
            return Problem(path, f"a policy is a JSON object, this is {_name(value)}{hint}")
        document = parse_policy(value)
        problems = [f"`{path}` {_cut(problem.path)}: {problem.message}" for problem in document.problems[:MOST_NOTES]]
        return Policies(((document,),), tuple(problems))
    if not isinstance(value, list):
        what = "policies" if depth == 1 else "levels, each a list of policies,"
        return Problem(path, f"a list of {what} is expected, this is {_name(value)}")
    levels, notes = list[Level](), list[str]()
    for index, item in enumerate(value):
        found = _read_policies(f"{path}[{index}]", item, depth - 1)
        if isinstance(found, Problem):
            return found
        levels.append(found.documents)
        notes += found.notes
    return Policies(tuple(levels) if depth == 2 else (tuple(chain.from_iterable(levels)),), tuple(notes[:MOST_NOTES]))


def _text(name: str, read: Callable[[str], Any]) -> Field:
    def read_text(value: object) -> Any:  # noqa: ANN401 -- as `read` gives it
        return read(value) if isinstance(value, str) else Problem(name, f"a text is expected, this is {_name(value)}")

    return Field(name, read_text)


def _policies(name: str, depth: int, **absent: Policies) -> Field:
    return Field(name, lambda value: _read_policies(name, value, depth), **absent)


def _policy_or_null(name: str) -> Field:
    none = Policies()
    return Field(name, lambda value: none if value is None else _read_policies(name, value, 0), none)


# What the answer is called by.
ID = Field("id", _read_id)
FIELDS = (
    _text("principal", _read_principal),
    _text("action", _read_action),
    _text("resource", _read_resource),
    _text("resource_account", _read_account),
    Field("context", _read_context),
    _policies("trust_policy", 0),
    _policies("identity_policies", 1),
    _policy_or_null("permissions_boundary"),
    _policy_or_null("session_policy"),
    _policies("scps", 2, absent=Policies()),
    _policies("rcps", 2, absent=Policies()),
)
_NAMES = frozenset(field.name for field in FIELDS)


# ── reading and answering a request ──────────────────────────────────────────────────────────────────────────────


def read_simulation(
    fields: Mapping[str, Given], read: Callable[[Field, Given], Any] = lambda field, value: field.read(value)
) -> Simulation | Problem:
    """The request that these fields (without the id) are, or the first Problem; `read` reads the value of a field."""
    values = []
    for field in FIELDS:
        given = fields.get(field.name)
        if given is None and field.name not in fields:
            value = Problem(field.name, MISSING) if field.absent is _ABSENT else field.absent
        else:
            value = read(field, given)  # type: ignore[arg-type]  # None is a value too where the field is there
        if isinstance(value, Problem):
            return value
        values.append(value)
    if not fields.keys() <= _NAMES:
        unknown = next(name for name in fields if name not in _NAMES)
        return Problem(_cut(unknown), f"there is no such field; there are {', '.join(f.name for f in (ID, *FIELDS))}")
    return _put_together(*values)


def _put_together(
    caller: Caller, action: str, resource: str, account: str, context: Context, *policies: Policies
) -> Simulation | Problem:
    if f":{account}:role/" not in resource:
        return Problem("resource_account", f"{_quote(resource)} is not of account `{account}`")
    trust, identity, boundary, session, scps, rcps = policies
    stack = PolicyStack(
        trust.documents[0], identity.documents, boundary.document, session.document, scps.levels, rcps.levels
    )
    notes = trust.notes + identity.notes + boundary.notes + session.notes + scps.notes + rcps.notes
    return Simulation(Request(caller, action, resource, account, context), stack, notes)


def answer_simulation(simulation: Simulation) -> dict[str, object]:
    """What the engine answers: the outcome, and the reasons as sentences.

    The outcome is `allowed`, `explicit_deny` or `implicit_deny`. An answer that stays open is `allowed`, and its first
    reason says on what it depends. Problems of the policies come last.
    """
    evaluation = evaluate(simulation.request, simulation.stack)
    reasons = [describe_reason(reason) for reason in evaluation.reasons]
    outcome = evaluation.outcome
    if outcome is Outcome.CONDITIONAL:
        outcome = Outcome.ALLOWED
        reasons.insert(0, describe_open_question(evaluation))
    return {"outcome": outcome.value, "reasons": [*reasons, *simulation.notes]}


def _name(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def _quote(text: str) -> str:
    return f"`{_cut(text)}`"


def _cut(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
