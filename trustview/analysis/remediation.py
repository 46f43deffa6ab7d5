"""Change, Remediation: one edit of a role or its trust policy as data, and the edits proposed for a role together.

THE ONE PLACE that applies a change. It edits the JSON that AWS gave: everything else stays as its author wrote it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from trustview.analysis.own_account import make_template
from trustview.quick_init import quick_init
from trustview.snapshot import Role


class ChangeKind(StrEnum):
    """The edits of a policy (REPLACE_POLICY puts a whole one in its place), then those of the role itself."""

    ADD_CONDITION = "add condition"
    REPLACE_CONDITION = "replace condition"
    REMOVE_CONDITION = "remove condition"
    REPLACE_PRINCIPAL = "replace principal"
    REMOVE_PRINCIPAL = "remove principal"
    REMOVE_REPEAT = "remove repeat"
    REMOVE_STATEMENT = "remove statement"
    ADD_STATEMENT = "add statement"
    REMOVE_ACTION = "remove action"
    REPLACE_POLICY = "replace policy"
    REPLACE_MANAGED_POLICY = "replace managed policy"
    SET_BOUNDARY = "set boundary"
    SET_MAX_SESSION = "set max session"
    ATTACH_POLICY = "attach policy"

    @property
    def is_beside_policy(self) -> bool:
        """Whether it changes something beside the policy: the role's own settings, or what watches over it."""
        return self in _BESIDE_POLICY


_BESIDE_POLICY = frozenset(
    {
        ChangeKind.REPLACE_MANAGED_POLICY,
        ChangeKind.SET_BOUNDARY,
        ChangeKind.SET_MAX_SESSION,
        ChangeKind.ATTACH_POLICY,
    }
)
# What takes a way in away.
REMOVALS = (ChangeKind.REMOVE_PRINCIPAL, ChangeKind.REMOVE_STATEMENT)
# Of these several can be made of one statement, or beside a policy.
_SEVERAL = (
    ChangeKind.ADD_STATEMENT,
    ChangeKind.REMOVE_ACTION,
    ChangeKind.ATTACH_POLICY,
)


@quick_init
@dataclass(frozen=True, slots=True)
class Change:
    """One edit; `summary` says it to people, lower case, no full stop.

    Conditions: `operator`, `key`, `values`; REPLACE_CONDITION also takes the operator `old_operator` away from the key.
    Principals: `principal_kind` (`AWS`, `Service`, `Federated`, `*`) and `principal`; REPLACE_PRINCIPAL puts `values`
    in its place, REMOVE_REPEAT takes it out of a statement that only says again what another one says. REMOVE_ACTION:
    `values` are the actions. What is about no single statement has `statement` -1 and says in `values` what comes:
    ADD_STATEMENT and REPLACE_POLICY a JSON text, REPLACE_MANAGED_POLICY the ARN that replaces `principal` (none where
    it merely goes), SET_BOUNDARY an ARN, SET_MAX_SESSION seconds, ATTACH_POLICY the OU, root or account that a
    guardrail is attached to.
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

    @property
    def target(self) -> tuple[object, ...]:
        """What it edits: of two changes of one target only one can be made."""
        if self.kind in _SEVERAL:
            return self.kind, self.statement, self.values
        own = self.kind if self.kind.is_beside_policy or self.kind is ChangeKind.REMOVE_STATEMENT else ""
        return own, self.statement, self.key.lower(), self.old_operator.lower(), self.principal_kind, self.principal

    @property
    def is_to_be_agreed(self) -> bool:
        """Whether it asks for an ExternalId that the other side does not know yet."""
        asks = self.kind in (ChangeKind.ADD_CONDITION, ChangeKind.REPLACE_CONDITION)
        return asks and self.key.lower() == "sts:externalid"

    @property
    def edit(self) -> Change:
        """The same without its words: equal for changes that do the same."""
        return replace(self, summary="")


@quick_init
@dataclass(frozen=True, slots=True)
class Remediation:
    """Changes proposed together for one subject, the policy that comes out (JSON text), and the findings they close."""

    subject: str
    changes: tuple[Change, ...]
    policy: str
    closes: tuple[str, ...]

    @property
    def id(self) -> str:
        """A short name that is the same as long as the edits are, and the same for all members of a fleet.

        The own account's id is put aside, and so are values that are made for one role and still to be agreed.
        """
        account = account_of(self.subject)
        said = "\x00".join(repr(replace(c.edit, values=()) if c.is_to_be_agreed else c.edit) for c in self.changes)
        own = make_template(said, account)[0]
        return hashlib.sha256(own.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def account_of(subject: str) -> str:
    """The account of an ARN; empty for what is no ARN."""
    return subject.split(":", 5)[4] if subject.count(":") > 4 else ""


def pretty_policy(text: str) -> str:
    """A policy text indented as people read it; text that is not JSON comes back as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def apply_changes(policy: str, changes: Iterable[Change]) -> str:
    """The policy text after the changes, on one line; statements that lost their last principal are gone.

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
        edit = _EDITS.get(change.kind)
        if edit and 0 <= change.statement < len(statements) and change.statement not in gone:
            statement = statements[change.statement]
            if not isinstance(statement, dict) or edit(statement, change):
                gone.add(change.statement)
    left = [statement for index, statement in enumerate(statements) if index not in gone]
    left += [
        json.loads(text) for change in changes if change.kind is ChangeKind.ADD_STATEMENT for text in change.values
    ]
    document[key] = left or [dict(_NOBODY)]
    return _ON_ONE_LINE(document)


_ON_ONE_LINE = json.JSONEncoder(ensure_ascii=False).encode


def change_role(role: Role, changes: Iterable[Change]) -> Role:
    """The role after the changes: its trust policy, and what else of it they set. ValueError as `apply_changes`."""
    changes = tuple(changes)
    if any(not change.kind.is_beside_policy for change in changes):
        role = replace(role, trust_policy=apply_changes(role.trust_policy, changes))
    for change in changes:
        value = change.values[0] if change.values else ""
        match change.kind:
            case ChangeKind.REPLACE_MANAGED_POLICY:
                kept = [new for arn in role.attached for new in (change.values if arn == change.principal else (arn,))]
                role = replace(role, attached=tuple(dict.fromkeys(kept)))
            case ChangeKind.SET_BOUNDARY:
                role = replace(role, boundary=value)
            case ChangeKind.SET_MAX_SESSION:
                role = replace(role, max_session_seconds=int(value))
    return role


# AWS refuses a trust policy without statements; this one lets nobody in.
_NOBODY = {"Sid": "NobodyMayAssumeThis", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}

# Each edit changes one statement in place and says whether nothing of it is left.


def _add_condition(statement: dict[str, Any], change: Change) -> bool:
    block = statement.setdefault("Condition", {})
    tests = block.setdefault(_free_operator(block, change), {})
    tests[change.key] = _one_or_list(list(change.values))
    return False


# Operators of one meaning where no value holds a wildcard: a key can stand once under each, and both are asked.
_ALIKE = {"StringEquals": "StringLike", "ArnEquals": "ArnLike", "ArnLike": "ArnEquals"}


def _free_operator(block: dict[str, Any], change: Change) -> str:
    """The operator to add a test under, so that one of the same key that stands there is asked as before."""
    other = _ALIKE.get(change.operator)
    is_plain = not any(set(value) & set("*?") for value in change.values)
    if other is None or not is_plain or not _is_tested(block, change.operator, change.key):
        return change.operator
    return change.operator if _is_tested(block, other, change.key) else other


def _is_tested(block: dict[str, Any], operator: str, key: str) -> bool:
    found = (tests for name, tests in block.items() if name.lower() == operator.lower() and isinstance(tests, dict))
    return any(tested.lower() == key.lower() for tests in found for tested in tests)


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


def _remove_action(statement: dict[str, Any], change: Change) -> bool:
    listed = statement.get("Action", [])
    gone = {action.lower() for action in change.values}
    kept = [action for action in (listed if isinstance(listed, list) else [listed]) if action.lower() not in gone]
    statement["Action"] = _one_or_list(kept)
    return not kept


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
    ChangeKind.REMOVE_REPEAT: _replace_principal,
    ChangeKind.REMOVE_STATEMENT: _remove_statement,
    ChangeKind.REMOVE_ACTION: _remove_action,
}
