"""One request with all its policies as a JSON object, and the engine's answer as another: `trustview simulate`.

The one place that knows the format (`FIELDS`). A request is read field by field and put together of three parts: what
is asked, the context, and the policies. Whoever reads many keeps the first and the last, for they repeat. What cannot
be read is a value too.
A closed context: a key that is not given is absent. What AWS does not document counts as allowed and is told in the
first reason, because a wrong "no one" is the worst answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from trustview.policy.arn import is_account_id, parse_arn
from trustview.policy.context_key import CallerKind
from trustview.policy.evaluate import evaluate
from trustview.policy.evaluation import Evaluation, Outcome
from trustview.policy.explain import describe_open_question, describe_reason
from trustview.policy.json_text import name_of, read_json
from trustview.policy.memory import LONGEST
from trustview.policy.misplaced import find_misplaced
from trustview.policy.parse import parse_policy
from trustview.policy.request import Caller, Context, Request, closed_context, read_caller
from trustview.policy.stack import Layer, PolicyStack

# How many problems of one field an answer tells.
MOST_NOTES = 10

# What kind of policy the fields of policies hold.
_LAYERS = {
    "trust_policy": Layer.TRUST,
    "identity_policies": Layer.IDENTITY,
    "permissions_boundary": Layer.BOUNDARY,
    "session_policy": Layer.SESSION,
    "scps": Layer.SCP,
    "rcps": Layer.RCP,
}

_ACTION = re.compile(r"[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128}")

Given = TypeVar("Given")
# What reads the value of each field, however it is given.
Readers = Mapping[str, Callable[[Given], Any]]


class Asked(NamedTuple):
    """What a request asks, whatever its context: who, what, of which role, of which account."""

    caller: Caller
    action: str
    resource: str
    account: str


class Policies(NamedTuple):
    """What the engine takes of a field of policies (one, several, or levels of them), and what is wrong with them."""

    value: Any
    notes: tuple[str, ...] = ()


class Unread(NamedTuple):
    """Why a request cannot be read: the field, empty for the request as a whole, and what is wrong with it."""

    field: str
    why: str


class Stacked(NamedTuple):
    """The policies of a request, and what is wrong with them."""

    stack: PolicyStack
    notes: tuple[str, ...]


class Simulation(NamedTuple):
    """A request that was read, its policies, and what is wrong with them."""

    request: Request
    stack: PolicyStack
    notes: tuple[str, ...]


class Field(NamedTuple):
    """One field of the format.

    `read` makes of its JSON value what the engine takes, or Unread. `absent` stands for a field that is left out.
    """

    name: str
    read: Callable[[Any], Any]
    absent: Any

    def read_text(self, text: bytes) -> Any:  # noqa: ANN401 -- as `read` gives it
        """What `read` makes of JSON text, which also tells numbers as written, and keys that stand twice."""
        value, repeated, reason = read_json(text)
        if reason:
            return Unread(self.name, f"it is not JSON: {reason}")
        found = self.read(value)
        if not repeated or isinstance(found, Unread):
            return found
        if not isinstance(found, Policies):
            return Unread(self.name, f"{_quote(repeated[0][1])} stands there twice")
        notes = [f"`{self.name}` {_cut(path)}: {_quote(key)} stands twice, the last is read" for path, key in repeated]
        return found._replace(notes=(*notes, *found.notes)[:MOST_NOTES])


# ── reading a field ──────────────────────────────────────────────────────────────────────────────────────────────


def _read_id(value: object) -> str | int | float | Unread:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return Unread("id", f"a text or a number is expected, this is {name_of(value)}")
    return value


def _read_principal(text: str) -> Caller | Unread:
    caller = read_caller(text)
    if caller.kind is CallerKind.PRINCIPAL:
        return Unread("principal", f"{_quote(text)} is an account: name the user, role or session in it that asks")
    return caller


def _read_action(text: str) -> str | Unread:
    return text if _ACTION.fullmatch(text) else Unread("action", f"{_quote(text)} is no action like `sts:AssumeRole`")


def _read_resource(text: str) -> str | Unread:
    arn = parse_arn(text)
    is_role = arn is not None and arn.service == "iam" and arn.resource_type == "role" and bool(arn.name)
    return text if is_role and len(text) <= LONGEST else Unread("resource", f"{_quote(text)} is not the ARN of a role")


def _read_account(text: str) -> str | Unread:
    return text if is_account_id(text) else Unread("resource_account", f"{_quote(text)} is not twelve digits")


def _read_context(value: object) -> Context | Unread:
    if not isinstance(value, dict):
        return Unread("context", f"an object of condition keys is expected, this is {name_of(value)}")
    for key, given in value.items():
        if type(given) is str:
            continue
        for text in given if isinstance(given, list) else (given,):
            if type(text) is not str:
                return Unread(f"context.{_cut(key)}", f"a text or a list of texts is expected, this is {name_of(text)}")
    context = closed_context(value)
    if len(context.values) < len(value):
        return Unread("context", "a key stands there twice: condition keys ignore case")
    return context


def _read_policy(path: str, value: object) -> Policies | Unread:
    if not isinstance(value, dict):
        hint = ": take the JSON out of the text first" if type(value) is str else ""
        return Unread(path, f"a policy is a JSON object, this is {name_of(value)}{hint}")
    document = parse_policy(value)
    problems = (*document.problems, *find_misplaced(document, _LAYERS[path.partition("[")[0]]))
    notes = [f"`{path}` {_cut(problem.path)}: {problem.message}" for problem in problems[:MOST_NOTES]]
    return Policies(document, tuple(notes))


def _read_list(path: str, value: object, read: Callable[[str, object], Policies | Unread]) -> Policies | Unread:
    """A list of what `read` reads."""
    if not isinstance(value, list):
        return Unread(path, f"a list is expected, this is {name_of(value)}")
    found, notes = [], list[str]()
    for index, item in enumerate(value):
        one = read(f"{path}[{index}]", item)
        if isinstance(one, Unread):
            return one
        found.append(one.value)
        notes += one.notes
    return Policies(tuple(found), tuple(notes[:MOST_NOTES]))


def _read_level(path: str, value: object) -> Policies | Unread:
    return _read_list(path, value, _read_policy)


def _needed(name: str, read: Callable[[Any], Any]) -> Field:
    return Field(name, read, Unread(name, "this field is missing"))


def _text(name: str, read: Callable[[str], Any]) -> Field:
    def read_text(value: object) -> Any:  # noqa: ANN401 -- as `read` gives it
        return read(value) if type(value) is str else Unread(name, f"a text is expected, this is {name_of(value)}")

    return _needed(name, read_text)


def _policy_or_null(name: str) -> Field:
    none = Policies(None)
    return Field(name, lambda value: none if value is None else _read_policy(name, value), none)


def _levels(name: str) -> Field:
    return Field(name, lambda value: _read_list(name, value, _read_level), Policies(()))


# What the answer is called by.
ID = _needed("id", _read_id)
# What is asked.
TEXTS = (
    _text("principal", _read_principal),
    _text("action", _read_action),
    _text("resource", _read_resource),
    _text("resource_account", _read_account),
)
CONTEXT = _needed("context", _read_context)
POLICIES = (
    _needed("trust_policy", lambda value: _read_policy("trust_policy", value)),
    _needed("identity_policies", lambda value: _read_level("identity_policies", value)),
    _policy_or_null("permissions_boundary"),
    _policy_or_null("session_policy"),
    _levels("scps"),
    _levels("rcps"),
)
FIELDS = (*TEXTS, CONTEXT, *POLICIES)
READERS: Readers[Any] = {field.name: field.read for field in FIELDS}


# ── reading and answering a request ──────────────────────────────────────────────────────────────────────────────


def read_simulation(fields: Mapping[str, Given], readers: Readers[Given] = READERS) -> Simulation | Unread:
    """The request that these fields (without the id) are, or why they are none; `readers` read their values."""
    values = [readers[name](fields[name]) if name in fields else absent for name, _, absent in FIELDS]
    if Unread in map(type, values):
        return next(value for value in values if isinstance(value, Unread))
    if not fields.keys() <= READERS.keys():
        unknown = next(name for name in fields if name not in READERS)
        return Unread(_cut(unknown), f"there is no such field; there are {', '.join((ID.name, *READERS))}")
    *texts, context = values[: len(TEXTS) + 1]
    asked = ask(texts)
    return asked if isinstance(asked, Unread) else put_together(asked, context, stack_up(values[len(TEXTS) + 1 :]))


def ask(values: Sequence[Any]) -> Asked | Unread:
    """What the values of TEXTS ask together."""
    asked = Asked(*values)
    if f":{asked.account}:role/" not in asked.resource:
        return Unread("resource_account", f"{_quote(asked.resource)} is not of account `{asked.account}`")
    return asked


def stack_up(values: Sequence[Policies]) -> Stacked:
    """What the values of POLICIES are together."""
    stack = PolicyStack(*[policies.value for policies in values])
    return Stacked(stack, tuple([note for policies in values for note in policies.notes]))


def put_together(asked: Asked, context: Context, stacked: Stacked) -> Simulation | Unread:
    """A request of its three parts; a caller of no form is read where the trust policy names it so."""
    caller = asked.caller
    if caller.kind is CallerKind.UNKNOWN and not _is_named(caller.arn, stacked.stack):
        why = f"{_quote(caller.arn)} is neither the ARN of a principal nor a service nor an identity provider"
        return Unread("principal", why)
    return Simulation(Request(*asked, context), *stacked)


def _is_named(text: str, stack: PolicyStack) -> bool:
    return any(element.value == text for statement in stack.trust.statements for element in statement.principals)


def count_texts(context: Context) -> int:
    """How many texts a context was given: keys and values."""
    return len(context.values) + sum(map(len, context.values.values()))


def find_repeated_field(line: bytes) -> Unread | None:
    """The first field that stands twice in a request as JSON text; a reader of JSON alone sees the last of them."""
    _, repeated, reason = read_json(line)
    if reason:
        return Unread("", f"it is not JSON: {reason}")
    return next((Unread(_cut(name), "this field stands twice") for path, name in repeated if path == "$"), None)


def answer_simulation(simulation: Simulation) -> dict[str, object]:
    """What the engine answers, as `describe_answer` says it."""
    return describe_answer(evaluate(simulation.request, simulation.stack), simulation.notes)


def describe_answer(evaluation: Evaluation, notes: tuple[str, ...]) -> dict[str, object]:
    """The outcome, and the reasons as sentences.

    The outcome is `allowed`, `explicit_deny` or `implicit_deny`. An answer that stays open is `allowed`, and its first
    reason says on what it depends. Problems of the policies come last.
    """
    outcome, reasons = evaluation.outcome, [describe_reason(reason) for reason in evaluation.reasons]
    if outcome is Outcome.CONDITIONAL:
        outcome = Outcome.ALLOWED
        reasons.insert(0, describe_open_question(evaluation))
    return {"outcome": outcome, "reasons": [*reasons, *notes]}


def _quote(text: str) -> str:
    return f"`{_cut(text)}`"


def _cut(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
