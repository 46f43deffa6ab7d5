"""Change, Remediation: one edit of a trust policy as data, and the edits proposed for a role together.

THE ONE PLACE that applies a change. It edits the JSON that AWS gave: everything else stays as its author wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """The edits that a policy knows; REPLACE_POLICY puts a whole policy in its place."""

    ADD_CONDITION = "add condition"
    REPLACE_CONDITION = "replace condition"
    REMOVE_CONDITION = "remove condition"
    REPLACE_PRINCIPAL = "replace principal"
    REMOVE_PRINCIPAL = "remove principal"
    REMOVE_STATEMENT = "remove statement"
    REPLACE_POLICY = "replace policy"


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of one statement; `summary` says it to people, lower case, no full stop.

    Conditions: `operator`, `key`, `values`; REPLACE_CONDITION also takes the operator `old_operator` away from the key.
    Principals: `principal_kind` (`AWS`, `Service`, `Federated`, `*`) and `principal`; REPLACE_PRINCIPAL puts `values`
    in its place. REPLACE_POLICY: `values` is the whole text, `statement` -1.
    """

    kind: ChangeKind
    statement: int
    summary: str
    operator: str = ""
    key: str = ""
    values: tuple[str, ...] = ()
    old_operator: str = ""
    principal_kind: str = ""
    principal: str = ""


@dataclass(frozen=True, slots=True)
class Remediation:
    """The changes proposed for one subject, the policy that comes out (JSON text), and the findings they close."""

    subject: str
    changes: tuple[Change, ...]
    policy: str
    closes: tuple[str, ...]


def pretty_policy(text: str) -> str:
    """A policy text indented as people read it; text that is not JSON comes back as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def apply_changes(policy: str, changes: Iterable[Change]) -> str:
    """The policy text after the changes, indented; statements that lost their last principal are gone.

    Statement numbers are those of the policy given. ValueError when the policy is no JSON object.
    """
    changes = tuple(changes)
    whole = next((change for change in changes if change.kind is ChangeKind.REPLACE_POLICY), None)
    document = json.loads(whole.values[0] if whole else policy)
    if not isinstance(document, dict):
        raise ValueError("a policy is a JSON object")
    key = next((name for name in document if name.lower() == "statement"), "Statement")
    listed = document.get(key, [])
    statements = listed if isinstance(listed, list) else [listed]
    gone: set[int] = set()
    for change in () if whole else changes:
        if 0 <= change.statement < len(statements) and change.statement not in gone:
            statement = statements[change.statement]
            if not isinstance(statement, dict) or _EDITS[change.kind](statement, change):
                gone.add(change.statement)
    left = [statement for index, statement in enumerate(statements) if index not in gone]
    document[key] = left or [dict(_NOBODY)]
    return json.dumps(document, indent=2, ensure_ascii=False)


# AWS refuses a trust policy without statements; this one lets nobody in.
_NOBODY = {"Sid": "NobodyMayAssumeThis", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}

# Each edit changes one statement in place and says whether nothing of it is left.


def _add_condition(statement: dict[str, Any], change: Change) -> bool:
    block = statement.setdefault("Condition", {})
    values = list(change.values)
    block.setdefault(change.operator, {})[change.key] = values[0] if len(values) == 1 else values
    return False


def _remove_condition(statement: dict[str, Any], change: Change) -> bool:
    block = statement.get("Condition", {})
    wanted = (change.old_operator or change.operator).lower()
    for operator in [operator for operator in block if operator.lower() == wanted]:
        keys = block[operator]
        for key in [key for key in keys if key.lower() == change.key.lower()]:
            del keys[key]
        if not keys:
            del block[operator]
    if not block:
        statement.pop("Condition", None)
    return False


def _replace_condition(statement: dict[str, Any], change: Change) -> bool:
    _remove_condition(statement, change)
    return _add_condition(statement, change)


def _remove_statement(statement: dict[str, Any], change: Change) -> bool:
    return True


def _replace_principal(statement: dict[str, Any], change: Change) -> bool:
    principal = statement.get("Principal")
    if not isinstance(principal, dict):
        statement["Principal"] = {"AWS": _one_or_list(list(change.values))} if change.values else None
        return not change.values
    listed = principal.get(change.principal_kind, [])
    texts = listed if isinstance(listed, list) else [listed]
    kept: list[str] = []
    for text in texts:
        kept += change.values if text == change.principal else [text]
    unique = list(dict.fromkeys(kept))
    if unique:
        principal[change.principal_kind] = _one_or_list(unique)
    else:
        principal.pop(change.principal_kind, None)
    return not principal


def _one_or_list(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


_EDITS: dict[ChangeKind, Callable[[dict[str, Any], Change], bool]] = {
    ChangeKind.ADD_CONDITION: _add_condition,
    ChangeKind.REPLACE_CONDITION: _replace_condition,
    ChangeKind.REMOVE_CONDITION: _remove_condition,
    ChangeKind.REPLACE_PRINCIPAL: _replace_principal,
    ChangeKind.REMOVE_PRINCIPAL: _replace_principal,
    ChangeKind.REMOVE_STATEMENT: _remove_statement,
}
