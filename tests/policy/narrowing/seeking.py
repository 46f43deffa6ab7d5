"""Requests that seek the boundaries of two policies: callers, actions and values just inside and just outside of them.

They owe nothing to the prover: callers come from the principal elements and their neighbours, values from the values
of conditions, bent a little.
"""

import contextlib
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from trustview.policy import (
    Caller,
    Condition,
    Evaluation,
    Outcome,
    PolicyDocument,
    PolicyStack,
    PrincipalElement,
    PrincipalForm,
    Request,
    closed_context,
    evaluate,
    find_context_key,
    parse_arn,
    parse_policy,
    read_caller,
)
from trustview.policy.context_key import CallerKind
from trustview.policy.narrowing import Facts

OWN, STRANGER = "121212121212", "343434343434"
ROLE = f"arn:aws:iam::{OWN}:role/target"
_ACTIONS = (
    "sts:AssumeRole", "sts:assumerole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession",
    "sts:SetSourceIdentity", "sts:SetContext", "s3:GetObject", "iam:PassRole",
)  # fmt: skip
_ALLOW_ALL = parse_policy({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_ALLOW_NOTHING = parse_policy({"Version": "2012-10-17", "Statement": []})
_RANKS = {Outcome.EXPLICIT_DENY: 0, Outcome.IMPLICIT_DENY: 0, Outcome.CONDITIONAL: 1, Outcome.ALLOWED: 2}

Context = dict[str, str | list[str]]


class Seeker:
    """Random requests for one pair of policies."""

    def __init__(self, old: PolicyDocument, new: PolicyDocument, facts: Facts, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - it must be the same each time
        self._facts = facts
        statements = [*old.statements, *new.statements]
        self._aims = new.allows
        self._named = {s.index: list(dict.fromkeys(_callers(s.principals, strangers=False))) for s in new.allows}
        everyone = dict.fromkeys(_callers(e for s in statements for e in s.principals))
        self._callers = [caller for caller in everyone if caller.kind is not CallerKind.UNKNOWN]
        self._named_arns = {e.value for s in statements for e in s.principals}
        self._lists = {
            c.key.lower()
            for s in statements
            for c in s.conditions
            if find_context_key(c.key).is_listed or (c.quantifier and find_context_key(c.key).pattern == "*")
        }
        actions = [text for s in statements for text in s.actions]
        self._actions = [*_ACTIONS, *(bent for text in actions for bent in _bend(text))]
        self._resources = [ROLE, *(bent for s in statements for text in s.resources for bent in _bend(text))]
        self._values: dict[str, list[str]] = {}
        for condition in (c for s in statements for c in s.conditions if c.key):
            known = self._values.setdefault(condition.key.lower(), ["", "x"])
            known += (value for value in _values(condition) if value not in known)
            for text in condition.values:
                for variable in _variables(text):
                    self._values.setdefault(variable.lower(), ["x", "y", "*"])

    def requests(self, count: int) -> Iterator[Request]:
        """So many requests; two in three aim at an Allow of the new policy, and miss it by little if they do."""
        for _ in range(count):
            aim = self._random.choice(self._aims) if self._aims and self._random.random() < 0.67 else None
            caller = self._random.choice((aim and self._named.get(aim.index)) or self._callers)
            usual = {CallerKind.SAML: _ACTIONS[2], CallerKind.OIDC: _ACTIONS[3]}.get(caller.kind, _ACTIONS[0])
            action = usual if self._random.random() < 0.7 else self._random.choice(self._actions)
            resource = ROLE if self._random.random() < 0.7 else self._random.choice(self._resources)
            own = self._facts.role_account or OWN
            context = self._context(caller, aim.conditions if aim else ())
            yield Request(caller, action, resource, own, closed_context(context))

    def stack(self, trust: PolicyDocument) -> PolicyStack:
        """The same stack for each policy of a pair, until the next `turn`."""
        return PolicyStack(trust, *self._own)

    def turn(self) -> None:
        """Choose the caller's own policies anew; without the role's account they are taken to allow."""
        documents = [None, _ALLOW_ALL] if not self._facts.role_account else [None, _ALLOW_ALL, _ALLOW_NOTHING]
        identity = self._random.choice(documents)
        self._own = (
            None if identity is None else (identity,),
            self._random.choice(documents),
            self._random.choice(documents),
        )

    def _context(self, caller: Caller, aims: Iterable[Condition]) -> Context:
        context: Context = {}
        aimed = {condition.key.lower(): condition for condition in aims if condition.values}
        for key, values in self._values.items():
            if self._random.random() < 0.2:
                continue
            if key in self._lists:
                context[key] = [self._random.choice(values) for _ in range(self._random.randrange(4))]
            else:
                context[key] = self._random.choice(values)
            if key in aimed and "Not" not in aimed[key].operator and self._random.random() < 0.8:
                value = self._random.choice(list(_bend(self._random.choice(aimed[key].values)))[:7])
                context[key] = [value] if key in self._lists else value
        if str(context.get("aws:sourcearn", "")).count(":") < 5:
            # What calls for a resource sends its ARN.
            context.pop("aws:sourcearn", None)
        if caller.kind.is_iam:
            self._tell_identity(caller, context)
        return context

    def _tell_identity(self, caller: Caller, context: Context) -> None:
        """What a caller's account, ARN and organization say of their keys; here they are always sent."""
        arn = parse_arn(caller.arn)
        context["aws:principalaccount"] = caller.account
        context["aws:principalarn"] = caller.arn
        if arn is not None and caller.session and "/" not in arn.path_and_name:
            # A session shows its role without the path, and perhaps in other letter case.
            end, of_account = f"/{arn.name}".lower(), [c.arn for c in self._callers if c.account == caller.account]
            same = [text for text in of_account if text in self._named_arns and text.lower().endswith(end)]
            context["aws:principalarn"] = self._random.choice(same or [caller.arn])
        if caller.account in self._facts.accounts:
            context["aws:principalorgid"] = self._facts.organization
            context["aws:principalorgpaths"] = [f"{self._facts.organization}/r-1/ou-{self._random.choice('12')}/"]


def find_violation(
    old: PolicyDocument, new: PolicyDocument, facts: Facts, *, count: int, seed: int
) -> tuple[Request, PolicyStack] | None:
    """A request on which the new policy goes beyond the old one, in some reading of what is not documented."""
    seeker = Seeker(old, new, facts, seed)
    for request in seeker.requests(count):
        seeker.turn()
        after = evaluate(request, seeker.stack(new))
        if after.may_be_allowed and _goes_beyond(after, evaluate(request, seeker.stack(old))):
            return request, seeker.stack(new)
    return None


def _goes_beyond(after: Evaluation, before: Evaluation) -> bool:
    """Whether a reading lets the new policy allow and the old one not.

    The engine keeps no account of which open answers hang together: of those it is asked only where one statement
    alone is open.
    """
    if after.outcome is Outcome.ALLOWED and not before.may_be_allowed:
        return True
    still_open = [reason for answer in (after, before) for reason in answer.reasons if reason.depends_on]
    is_alone = len(still_open) == 1 and len(still_open[0].depends_on) == 1 and "Null" not in still_open[0].depends_on[0]
    return is_alone and _RANKS[before.outcome] < _RANKS[after.outcome]


def count_allowed(old: PolicyDocument, new: PolicyDocument, facts: Facts, *, count: int, seed: int) -> int:
    """How many requests the new policy may allow: a search of which none is says nothing."""
    seeker = Seeker(old, new, facts, seed)
    seeker.turn()
    return sum(evaluate(request, seeker.stack(new)).may_be_allowed for request in seeker.requests(count))


# ── callers ──────────────────────────────────────────────────────────────────────────────────────────────────────


_STRANGERS = (
    f"arn:aws:iam::{STRANGER}:role/stranger",
    f"arn:aws:iam::{STRANGER}:user/stranger",
    f"arn:aws:iam::{OWN}:role/neighbour",
    "strange.amazonaws.com",
    f"arn:aws:iam::{STRANGER}:saml-provider/strange",
    f"arn:aws:iam::{STRANGER}:oidc-provider/strange.example",
)


def _callers(elements: Iterable[PrincipalElement], *, strangers: bool = True) -> Iterator[Caller]:
    yield from map(read_caller, _STRANGERS if strangers else ())
    for element in elements:
        account, partition = element.account or STRANGER, element.partition or "aws"
        if element.kind == "AWS" and element.account:
            for kind in ("role", "user"):
                yield read_caller(f"arn:{partition}:iam::{account}:{kind}/another")
            yield from _namesakes(element, f"arn:{partition}:iam::{account}", f"arn:{partition}:sts::{account}")
        if element.form is PrincipalForm.UNIQUE_ID:
            yield Caller(CallerKind.ROLE, STRANGER, f"arn:aws:iam::{STRANGER}:role/x", unique_id=element.value)
        if element.form is not PrincipalForm.ACCOUNT:
            yield read_caller(element.value)


def _namesakes(element: PrincipalElement, iam: str, sts: str) -> Iterator[Caller]:
    """Callers whose names are near the one that is named: with another path, session, kind or letter case."""
    if element.form is PrincipalForm.SESSION:
        role, _, session = element.name.partition("/")
    else:
        role, session = element.name.rpartition("/")[2], "session"
    if not role:
        return
    for name in (role, role.swapcase()):
        yield read_caller(f"{iam}:role/{name}")
        yield read_caller(f"{iam}:role/path/{name}")
        yield read_caller(f"{iam}:user/{name}")
        for of_session in (session, "another"):
            yield read_caller(f"{sts}:assumed-role/{name}/{of_session}")
    yield Caller(CallerKind.ROLE, element.account, f"{iam}:role/path/{role}", session)


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _bend(text: str) -> Iterator[str]:
    """A text itself, with something in place of its wildcards, and a little off."""
    yield text
    for many in ("", "x", "a", ":", "/", "o-1/x"):
        for one in ("x", ":", ""):
            if "*" in text or "?" in text:
                yield text.replace("*", many).replace("?", one)
    yield f"{text}x"
    yield f"x{text}"
    yield text[:-1]
    yield text.swapcase()


def _values(condition: Condition) -> Iterator[str]:
    for text in condition.values:
        yield from _bend(text)
        if "${" in text:
            yield text.replace("${", "").replace("}", "")
            for put_in in ("x", "*", ""):
                yield _without_variables(text, put_in)
        if condition.operator.startswith(("Numeric", "Date")):
            yield from _around(text)
        if "Ip" in condition.operator:
            yield from ("10.0.0.0", "10.0.0.255", "10.0.1.0", "192.0.2.7", "::1", "2001:db8::1", text.partition("/")[0])
    if condition.operator == "Bool":
        yield from ("true", "false", " TRUE ")


def _around(text: str) -> Iterator[str]:
    with contextlib.suppress(ValueError):
        yield from (str(float(text) + step) for step in (-1, -0.5, 0.5, 1))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    yield from ((aware + timedelta(seconds=step)).isoformat() for step in (-1, 0, 1))


def _variables(text: str) -> Iterator[str]:
    for piece in text.split("${")[1:]:
        yield piece.partition("}")[0].partition(",")[0].strip()


def _without_variables(text: str, put_in: str) -> str:
    first, *rest = text.split("${")
    return first + "".join(put_in + piece.partition("}")[2] for piece in rest)
