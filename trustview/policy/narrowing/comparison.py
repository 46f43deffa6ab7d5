"""One pair of policies as a JSON line, and the proof as another: `trustview narrower -`.

The one place that knows the format. A witness is written as `trustview simulate` reads requests: with `trust_policy`
and `id` beside it, the engine can be asked again.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from trustview.policy.arn import is_account_id, parse_arn
from trustview.policy.document import PolicyDocument
from trustview.policy.json_text import WrittenNumber, name_of, read_json
from trustview.policy.narrowing.narrow import narrower
from trustview.policy.narrowing.proof import NO_FACTS, Facts, Proof, Verdict, Witness
from trustview.policy.parse import parse_policy
from trustview.policy.request import Caller

FIELDS = ("id", "old", "new", "organization", "role_account")

_ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_REFUSE_ALL: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}


class UnreadError(ValueError):
    """Why a line cannot be read; `name` is its id, None when it cannot be told."""

    def __init__(self, why: str, name: object = None) -> None:
        super().__init__(why)
        self.name = name


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pair of policies by name; `twice` is where a key stands twice: the policy and the JSON path in it."""

    name: object
    old: PolicyDocument
    new: PolicyDocument
    facts: Facts = NO_FACTS
    twice: tuple[str, str] = ("", "")

    def prove(self) -> Proof:
        """The proof; nothing is proved of a policy in which a key stands twice, because AWS may read the other."""
        document, path = self.twice
        if document:
            return Proof(Verdict.UNKNOWN, "a key stands twice in one object", None, document, path)
        return narrower(self.old, self.new, self.facts)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_comparison(line: bytes | str) -> Comparison:
    """What a line asks; UnreadError when it cannot be told."""
    value, repeated, reason = read_json(line)
    if reason:
        raise UnreadError(f"it is not JSON: {reason}")
    if not isinstance(value, dict):
        raise UnreadError(f"an object is expected, this is {name_of(value)}")
    name = _read_name(value)
    try:
        _refuse_unknown(value)
        old, new = (_read_policy(field, value) for field in ("old", "new"))
        return Comparison(name, old, new, _read_facts(value), _twice(repeated))
    except UnreadError as error:
        raise UnreadError(str(error), name) from error


def _refuse_unknown(value: dict[str, Any]) -> None:
    unknown = next((field for field in value if field not in FIELDS), None)
    if unknown is not None:
        raise UnreadError(f"`{unknown[:100]}`: there is no such field; there are {', '.join(FIELDS)}")


def _read_name(value: dict[str, Any]) -> object:
    name = value.get("id")
    if isinstance(name, WrittenNumber):
        number = json.loads(name)
        if not math.isfinite(number):
            raise UnreadError("`id`: it is a number out of range")
        return number
    if name is not None and not isinstance(name, str):
        raise UnreadError(f"`id`: a text or a number is expected, this is {name_of(name)}")
    return name


def _read_policy(field: str, value: dict[str, Any]) -> PolicyDocument:
    if field not in value:
        raise UnreadError(f"`{field}`: this field is missing")
    given = value[field]
    if not isinstance(given, dict | str) or isinstance(given, WrittenNumber):
        raise UnreadError(f"`{field}`: a policy is a JSON object, this is {name_of(given)}")
    return read_document(field, given)


def read_document(name: str, given: object) -> PolicyDocument:
    """A policy from JSON text or a value; UnreadError when it is none."""
    document = parse_policy(given)
    problem = next((p for p in document.problems if p.is_refused and p.path == "$"), None)
    if problem is not None and not document.statements:
        raise UnreadError(f"`{name}`: {problem.found}")
    return document


def _read_facts(value: dict[str, Any]) -> Facts:
    account = value.get("role_account")
    if account is not None and not _is_account(account):
        raise UnreadError("`role_account`: twelve digits are expected, as a text")
    organization = value.get("organization")
    if organization is None:
        return Facts(role_account=account or "")
    if not isinstance(organization, dict) or not organization.keys() <= {"id", "accounts"}:
        raise UnreadError("`organization`: an object of `id` and `accounts` is expected, or null")
    name, accounts = organization.get("id"), organization.get("accounts", [])
    if not isinstance(name, str) or not name:
        raise UnreadError("`organization.id`: a text is expected")
    if not isinstance(accounts, list) or not all(map(_is_account, accounts)):
        raise UnreadError("`organization.accounts`: a list of texts of twelve digits is expected")
    return Facts(name, frozenset(accounts), account or "")


def _is_account(value: object) -> bool:
    return type(value) is str and is_account_id(value)


def _twice(repeated: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Where a key stands twice in one of the policies; in what stands around them nothing may."""
    for path, key in repeated:
        field = path.removeprefix("$.").partition(".")[0]
        if path == "$" or field not in ("old", "new"):
            raise UnreadError(f"`{key[:100]}` stands twice in one object")
        return field, f"$.{path.removeprefix(f'$.{field}').removeprefix('.')}".rstrip(".")
    return "", ""


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def proof_value(proof: Proof) -> dict[str, object]:
    """A proof as JSON; `document` and `path` are there when something stopped it, `depends_on` where it is open."""
    found: dict[str, object] = {
        "verdict": proof.verdict.value,
        "witness": None if proof.witness is None else witness_value(proof.witness),
        "reason": proof.reason,
    }
    if proof.verdict is Verdict.UNKNOWN:
        found |= {"document": proof.document, "path": proof.path}
    if proof.depends_on:
        found["depends_on"] = list(proof.depends_on)
    return found


def witness_value(witness: Witness) -> dict[str, object]:
    """A witness as the fields of a line of `trustview simulate`, without id and trust policy.

    A caller whose own policies are out of sight is given some that allow everything.
    """
    request = witness.request
    return {
        "principal": _principal(request.caller),
        "action": request.action,
        "resource": request.resource,
        "resource_account": request.resource_account,
        "context": {k: v[0] if len(v) == 1 else list(v) for k, v in request.context.values.items()},
        "identity_policies": [_ALLOW_ALL] if witness.identity is None else [],
        "permissions_boundary": _own_policy(witness.boundary),
        "session_policy": _own_policy(witness.session),
    }


def _own_policy(document: PolicyDocument | None) -> dict[str, Any] | None:
    return None if document is None else _ALLOW_ALL if document.statements else _REFUSE_ALL


def _principal(caller: Caller) -> str:
    """The text that names a caller best: a session's ARN where its role has no path, a unique id where it is known."""
    arn = parse_arn(caller.arn)
    if caller.unique_id:
        return caller.unique_id
    if arn is None or not caller.session or "/" in arn.path_and_name:
        return caller.arn or caller.provider
    return f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{arn.name}/{caller.session}"
