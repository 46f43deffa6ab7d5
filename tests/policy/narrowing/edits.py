"""Edits of real trust policies, each told by name: those that narrow, and those that widen on purpose.

An edit takes a document as JSON and yields new ones; what it does not fit it leaves alone.
"""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
Document = dict[str, Any]
Edit = Callable[[Document], Iterator[Document]]

_POSITIVE = ("StringEquals", "StringLike", "ArnLike", "ArnEquals", "StringEqualsIgnoreCase")
_ACCOUNT_ROOT = re.compile(r"arn:(aws[\w-]*):iam::(\d{12}):root|()(\d{12})")
_NAMED = re.compile(r"arn:(aws[\w-]*):(?:iam|sts)::(\d{12}):(?:role|user|assumed-role)/.+")


def read_corpus() -> dict[str, Document]:
    """Every trust policy of the corpus that is a JSON object with statements, by the name of its file."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(_folder().glob("*.json"))}
    return {name: value for name, value in found.items() if isinstance(value, dict) and "Statement" in value}


def _folder() -> Path:
    return CORPUS / "trust_policies"


def statements_of(document: Document) -> list[Any]:
    listed = document["Statement"]
    return listed if isinstance(listed, list) else [listed]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return list(value) if isinstance(value, list) else [value]


def _each(document: Document, *, effect: str = "Allow") -> Iterator[tuple[Document, Any]]:
    """A copy of the document for each statement of an effect, with that statement of the copy."""
    for index, statement in enumerate(statements_of(document)):
        if isinstance(statement, dict) and statement.get("Effect") == effect:
            copy = deepcopy(document)
            yield copy, statements_of(copy)[index]


def _principals(statement: Any, kind: str) -> list[str]:  # noqa: ANN401
    principal = statement.get("Principal")
    return _listed(principal[kind]) if isinstance(principal, dict) and kind in principal else []


def _is_alone(statement: Any, kind: str) -> bool:  # noqa: ANN401
    return isinstance(statement.get("Principal"), dict) and list(statement["Principal"]) == [kind]


def _conditions(statement: Any) -> list[tuple[str, str, list[Any]]]:  # noqa: ANN401
    block = statement.get("Condition")
    if not isinstance(block, dict):
        return []
    blocks = [(operator, keys) for operator, keys in block.items() if isinstance(keys, dict)]
    return [(operator, key, _listed(values)) for operator, keys in blocks for key, values in keys.items()]


def _with(statement: Any, operator: str, key: str, values: Any) -> None:  # noqa: ANN401
    statement.setdefault("Condition", {}).setdefault(operator, {})[key] = values


def _without(statement: Any, operator: str, key: str) -> None:  # noqa: ANN401
    del statement["Condition"][operator][key]
    if not statement["Condition"][operator]:
        del statement["Condition"][operator]
    if not statement["Condition"]:
        del statement["Condition"]


# ── edits that narrow ────────────────────────────────────────────────────────────────────────────────────────────


def _adding(kind: str, operator: str, key: str, value: str) -> Edit:
    def edit(document: Document) -> Iterator[Document]:
        for copy, statement in _each(document):
            untested = key not in [k for o, k, _ in _conditions(statement) if o == operator]
            if _principals(statement, kind) and untested and isinstance(statement.get("Condition", {}), dict):
                _with(statement, operator, key, value)
                yield copy

    return edit


def _require_claim(claim: str, value: str) -> Edit:
    def edit(document: Document) -> Iterator[Document]:
        for copy, statement in _each(document):
            for provider in _principals(statement, "Federated"):
                key = f"{str(provider).rpartition('oidc-provider/')[2]}:{claim}"
                is_new = key not in [k for _, k, _ in _conditions(statement)]
                if "oidc-provider/" in str(provider) and is_new:
                    _with(statement, "StringEquals", key, value)
                    yield copy
                    break

    return edit


def _root_to_role(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for text in _principals(statement, "AWS"):
            root = _ACCOUNT_ROOT.fullmatch(str(text))
            if root:
                account, partition = root[2] or root[4], root[1] or "aws"
                named = [t for t in _principals(statement, "AWS") if t != text]
                statement["Principal"]["AWS"] = [*named, f"arn:{partition}:iam::{account}:role/reviewed"]
                yield copy
                break


def _remove_principal(document: Document) -> Iterator[Document]:
    for kind in ("AWS", "Service", "Federated"):
        for copy, statement in _each(document):
            listed = _principals(statement, kind)
            if len(listed) > 1:
                statement["Principal"][kind] = listed[1:]
                yield copy


def _everyone_to_root(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        if statement.get("Principal") in ("*", {"AWS": "*"}):
            statement["Principal"] = {"AWS": "arn:aws:iam::777788889999:root"}
            yield copy


def _remove_statement(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        copy["Statement"] = [other for other in statements_of(copy) if other is not statement]
        yield copy


def _like_to_equals(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for operator, key, values in _conditions(statement):
            if operator == "StringLike" and not any("${" in str(v) for v in values):
                _without(statement, operator, key)
                _with(statement, "StringEquals", key, [re.sub("[*?]", "a", str(v)) for v in values])
                yield copy
                break


def _narrow_glob(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for operator, key, values in _conditions(statement):
            if "Like" in operator and "Not" not in operator and any("*" in str(v) for v in values):
                statement["Condition"][operator][key] = [str(v).replace("*", "a*", 1) for v in values]
                yield copy
                break


def _remove_value(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for operator, key, values in _conditions(statement):
            if len(values) > 1 and operator.rpartition(":")[2] in _POSITIVE:
                statement["Condition"][operator][key] = values[:-1]
                yield copy
                break


def _deny_more(document: Document) -> Iterator[Document]:
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "sts:*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-reviewed01"}},
    }
    yield {**deepcopy(document), "Statement": [*deepcopy(statements_of(document)), deny]}


def _name_actions(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        if any("*" in str(action) for action in _listed(statement.get("Action", []))):
            statement["Action"] = ["sts:AssumeRole"]
            yield copy


def _change_nothing(document: Document) -> Iterator[Document]:
    yield deepcopy(document)


NARROWING: dict[str, Edit] = {
    "nothing": _change_nothing,
    "require an external id": _adding("AWS", "StringEquals", "sts:ExternalId", "0f1e2d3c4b5a"),
    "require the organization": _adding("AWS", "StringEquals", "aws:PrincipalOrgID", "o-reviewed01"),
    "require a path of the organization": _adding(
        "AWS", "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-reviewed01/r-ab12/*"
    ),
    "require MFA": _adding("AWS", "Bool", "aws:MultiFactorAuthPresent", "true"),
    "require a role's name": _adding("AWS", "ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ci-*"),
    "require a range of addresses": _adding("AWS", "IpAddress", "aws:SourceIp", "192.0.2.0/24"),
    "require a source account": _adding("Service", "StringEquals", "aws:SourceAccount", "777788889999"),
    "require a source": _adding("Service", "ArnLike", "aws:SourceArn", "arn:aws:*:*:777788889999:*"),
    "require an audience": _require_claim("aud", "sts.amazonaws.com"),
    "require a subject": _require_claim("sub", "repo:acme/app:ref:refs/heads/main"),
    "name a role for its account": _root_to_role,
    "remove a principal": _remove_principal,
    "name an account for everyone": _everyone_to_root,
    "remove a statement": _remove_statement,
    "compare exactly": _like_to_equals,
    "narrow a pattern": _narrow_glob,
    "remove a value": _remove_value,
    "add a Deny": _deny_more,
    "name the actions": _name_actions,
}


# ── edits that widen ─────────────────────────────────────────────────────────────────────────────────────────────


def _drop_condition(document: Document) -> Iterator[Document]:
    for _, original in _each(document):
        for operator, key, _ in _conditions(original):
            for copy, statement in _each(document):
                if statement == original:
                    _without(statement, operator, key)
                    yield copy


def _drop_all_conditions(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        if _conditions(statement):
            del statement["Condition"]
            yield copy


def _if_exists(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for operator, key, values in _conditions(statement):
            if operator in _POSITIVE:
                _without(statement, operator, key)
                _with(statement, f"{operator}IfExists", key, values)
                yield copy
                break


def _widen_value(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for operator, key, values in _conditions(statement):
            if operator in ("StringEquals", "StringLike") and all(
                len(str(v)) > 2 and "${" not in str(v) for v in values
            ):
                _without(statement, operator, key)
                _with(statement, "StringLike", key, [str(v)[:-2].rstrip("*") + "*" for v in values])
                yield copy
                break


def _for_all(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for operator, key, values in _conditions(statement):
            if operator.startswith("ForAnyValue:"):
                _without(statement, operator, key)
                _with(statement, operator.replace("ForAnyValue", "ForAllValues"), key, values)
                yield copy
                break


def _add_value(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for operator, key, values in _conditions(statement):
            if operator in ("StringEquals", "ArnEquals", "ForAnyValue:StringEquals"):
                another = "arn:aws:iam::555566667777:role/another" if operator == "ArnEquals" else "another-value"
                statement["Condition"][operator][key] = [*values, another]
                yield copy
                break


def _drop_deny(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document, effect="Deny"):
        copy["Statement"] = [other for other in statements_of(copy) if other is not statement]
        yield copy


def _named_to_root(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        for text in _principals(statement, "AWS"):
            named = _NAMED.fullmatch(str(text))
            if named:
                others = [t for t in _principals(statement, "AWS") if t != text]
                statement["Principal"]["AWS"] = [*others, f"arn:{named[1]}:iam::{named[2]}:root"]
                yield copy
                break


def _root_to_everyone(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        if any(_ACCOUNT_ROOT.fullmatch(str(text)) for text in _principals(statement, "AWS")):
            statement["Principal"]["AWS"] = "*"
            yield copy


def _trust_another(kind: str, text: str) -> Edit:
    def edit(document: Document) -> Iterator[Document]:
        for copy, statement in _each(document):
            if _principals(statement, kind) and "*" not in _principals(statement, kind):
                statement["Principal"][kind] = [*_principals(statement, kind), text]
                yield copy

    return edit


def _any_action(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document):
        if statement.get("Action") in ("sts:AssumeRole", ["sts:AssumeRole"]):
            statement["Action"] = "sts:*"
            yield copy


def _deny_to_allow(document: Document) -> Iterator[Document]:
    for copy, statement in _each(document, effect="Deny"):
        statement["Effect"] = "Allow"
        yield copy


WIDENING: dict[str, Edit] = {
    "drop a condition": _drop_condition,
    "drop all conditions": _drop_all_conditions,
    "let a missing key pass": _if_exists,
    "widen a value": _widen_value,
    "ask all values instead of any": _for_all,
    "add a value": _add_value,
    "drop a Deny": _drop_deny,
    "trust the account of who is named": _named_to_root,
    "trust everyone": _root_to_everyone,
    "trust another account": _trust_another("AWS", "arn:aws:iam::555566667777:root"),
    "trust another service": _trust_another("Service", "pods.eks.amazonaws.com"),
    "allow every action of STS": _any_action,
    "turn a Deny around": _deny_to_allow,
}


def pairs(edits: dict[str, Edit]) -> Iterator[tuple[str, Document, Document]]:
    """Every edit of every policy of the corpus: its name, the policy before, and the policy after."""
    for name, document in read_corpus().items():
        for edit_name, edit in edits.items():
            for number, after in enumerate(edit(document)):
                yield f"{name}: {edit_name} {number}", document, after
