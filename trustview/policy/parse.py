"""JSON text or value -> PolicyDocument with its Problems.

Rule 1: nothing raises; whatever cannot be read becomes a Problem with its JSON path, and the rest is read.
Rule 2: what AWS would refuse is still read in the widest way it could be meant, because such files exist.
Rule 3: what is wrong in one kind of policy only (a resource in a trust policy) is told by `policy/misplaced.py`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from trustview.policy.document import Effect, PolicyDocument, Statement
from trustview.policy.json_text import is_text, name_of, placed_texts, read_json, read_texts
from trustview.policy.parse_condition import read_conditions
from trustview.policy.principal import PrincipalElement, PrincipalForm, read_principal
from trustview.policy.problem import Consequence, Problem, Problems

_DOCUMENT_KEYS = ("Version", "Id", "Statement")
_STATEMENT_KEYS = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_PRINCIPAL_KEYS = ("AWS", "Service", "Federated", "CanonicalUser")
_VERSIONS = ("2012-10-17", "2008-10-17")


@lru_cache(maxsize=65536)
def read_policy(text: str) -> PolicyDocument:
    """Parse a policy text; equal texts, of which an organization has many, are parsed once."""
    return parse_policy(text)


def parse_policy(source: object) -> PolicyDocument:
    """Read a policy from JSON text or from a value that json.loads gave; every defect is a Problem of the document."""
    problems = Problems()
    if isinstance(source, str | bytes):
        source, repeated, reason = read_json(source)
        if reason:
            problems.tell("$", f"not JSON: {reason}")
            return PolicyDocument(problems=tuple(problems))
        for path, key in repeated:
            problems.tell(path, f"`{key}` stands twice in one object, and only the last is read here")
    if not isinstance(source, dict):
        problems.tell("$", f"a policy is a JSON object, this is {name_of(source)}")
        return PolicyDocument(problems=tuple(problems))
    fields = _fields(source, _DOCUMENT_KEYS, "$", problems)
    version = _scalar(fields, "Version", "$", problems)
    if "Version" in fields and version not in _VERSIONS:
        problems.tell("$.Version", f"`{version}` is no version of the policy language")
    statements = tuple(_statements(fields, problems))
    if version != "2012-10-17":
        problems += (problem for statement in statements for problem in _unread_variables(statement))
    return PolicyDocument(version, _scalar(fields, "Id", "$", problems), statements, tuple(problems))


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────


def _statements(fields: dict[str, Any], problems: Problems) -> Iterator[Statement]:
    value = fields.get("Statement")
    if value is None:
        problems.tell("$.Statement", "there is no statement")
        return
    if value == []:
        problems.tell("$.Statement", "the list of statements is empty", Consequence.NOTHING)
    listed = value if isinstance(value, list) else [value]
    for index, item in enumerate(listed):
        path = f"$.Statement[{index}]" if isinstance(value, list) else "$.Statement"
        if isinstance(item, dict):
            yield _statement(index, item, path, problems)
        else:
            problems.tell(path, f"a statement is an object, this is {name_of(item)}")


def _statement(index: int, item: dict[str, Any], path: str, problems: Problems) -> Statement:
    fields = _fields(item, _STATEMENT_KEYS, path, problems)
    principal_key = _one_of(fields, "Principal", "NotPrincipal", path, problems)
    action_key = _one_of(fields, "Action", "NotAction", path, problems)
    resource_key = _one_of(fields, "Resource", "NotResource", path, problems)
    if not action_key:
        problems.tell(path, "there is neither Action nor NotAction")
    principals = _principals(fields[principal_key], f"{path}.{principal_key}", problems) if principal_key else ()
    return Statement(
        index=index,
        effect=_effect(fields, path, problems),
        sid=_scalar(fields, "Sid", path, problems),
        principals=tuple(principals),
        not_principals=principal_key == "NotPrincipal",
        has_principal=bool(principal_key),
        actions=_actions(fields, action_key, path, problems),
        not_actions=action_key == "NotAction",
        resources=_resources(fields, resource_key, path, problems),
        not_resources=resource_key == "NotResource",
        has_resource=bool(resource_key),
        conditions=tuple(read_conditions(fields, f"{path}.Condition", problems)),
        path=path,
    )


def _effect(fields: dict[str, Any], path: str, problems: Problems) -> Effect:
    """Allow unless it surely says Deny: a broken effect must not hide a way in."""
    value = fields.get("Effect")
    text = str(value) if is_text(value) else ""
    if text not in ("Allow", "Deny"):
        shown = f"`{text}`" if is_text(value) else name_of(value) if "Effect" in fields else "missing"
        problems.tell(f"{path}.Effect", f"the effect is {shown}, not Allow or Deny")
    return Effect.DENY if text.strip().lower() == "deny" else Effect.ALLOW


def _actions(fields: dict[str, Any], key: str, path: str, problems: Problems) -> tuple[str, ...]:
    texts = _listed(fields, key, path, problems)
    for text in texts:
        if ":" not in text and set(text) != {"*"}:
            problems.tell(f"{path}.{key}", f"`{text}` is no action: it names no service")
    return texts


def _resources(fields: dict[str, Any], key: str, path: str, problems: Problems) -> tuple[str, ...]:
    texts = _listed(fields, key, path, problems)
    for text in texts:
        if not set(text) & set(":*?$"):
            problems.tell(f"{path}.{key}", f"`{text}` is no resource: it is neither an ARN nor `*`")
    return texts


def _listed(fields: dict[str, Any], key: str, path: str, problems: Problems) -> tuple[str, ...]:
    """The texts of an element that needs one at least."""
    if fields.get(key) == []:
        problems.tell(f"{path}.{key}", f"{key} is an empty list", Consequence.NOTHING)
    return read_texts(fields[key], f"{path}.{key}", problems) if key else ()


# ── principals ───────────────────────────────────────────────────────────────────────────────────────────────────


def _principals(value: object, path: str, problems: Problems) -> Iterator[PrincipalElement]:
    if value in ({}, []):
        problems.tell(path, f"there is nobody in {name_of(value)} of nothing", Consequence.NOTHING)
    if not isinstance(value, dict):
        if not is_text(value):
            problems.tell(path, f"a principal is an object or `*`, this is {name_of(value)}")
        for _, text in placed_texts(value, path):
            yield _principal("*", text, path, problems)
        return
    for key, values in _fields(value, _PRINCIPAL_KEYS, path, problems, keep_unknown=True).items():
        if values == []:
            problems.tell(f"{path}.{key}", "the list of principals is empty", Consequence.NOTHING)
        read_texts(values, f"{path}.{key}", problems)
        for place, text in placed_texts(values, f"{path}.{key}"):
            yield _principal(key, text, place, problems)


def _principal(kind: str, text: str, path: str, problems: Problems) -> PrincipalElement:
    element = read_principal(kind, text)
    if element.form is PrincipalForm.MALFORMED:
        problems.tell(path, f"`{text}` is no principal that AWS documents and matches nobody")
    if element.form is PrincipalForm.UNIQUE_ID:
        problems.tell(path, f"`{text}` stands for a principal that was deleted", Consequence.NOBODY)
    return element


# ── variables ────────────────────────────────────────────────────────────────────────────────────────────────────


def _unread_variables(statement: Statement) -> Iterator[Problem]:
    """Policy variables in a version of the language that does not know them."""
    places = [(f"{statement.path}.Resource", statement.resources)]
    places += [(condition.path, condition.values) for condition in statement.conditions]
    for path, texts in places:
        for text in texts:
            if "${" in text:
                yield Problem(path, f"`{text}` needs version 2012-10-17 to be a variable", Consequence.PLAIN_TEXT)


# ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _fields(
    item: dict[str, Any], known: tuple[str, ...], path: str, problems: Problems, *, keep_unknown: bool = False
) -> dict[str, Any]:
    """The members of an object under the spelling AWS documents, whatever case they were written in."""
    spelling = _spelling(known)
    fields: dict[str, Any] = {}
    for key, value in item.items():
        name = spelling.get(key.lower())
        if name is None:
            problems.tell(f"{path}.{key}", f"`{key}` does not belong here")
            if keep_unknown:
                fields[key] = value
            continue
        if name != key:
            problems.tell(f"{path}.{key}", f"`{key}` is spelt `{name}` in AWS's grammar", Consequence.UNDOCUMENTED)
        if name in fields:
            problems.tell(f"{path}.{key}", f"`{name}` stands twice, whatever its letter case")
        fields[name] = value
    return fields


@lru_cache(maxsize=8)
def _spelling(known: tuple[str, ...]) -> dict[str, str]:
    return {name.lower(): name for name in known}


def _one_of(fields: dict[str, Any], plain: str, negated: str, path: str, problems: Problems) -> str:
    """Which of two exclusive members is there; empty when neither is."""
    if plain in fields and negated in fields:
        problems.tell(path, f"both {plain} and {negated} are there, and only {plain} is read here")
    return plain if plain in fields else negated if negated in fields else ""


def _scalar(fields: dict[str, Any], key: str, path: str, problems: Problems) -> str:
    """The one text of a member; a number or a list is not what AWS expects there."""
    value = fields.get(key)
    if key in fields and not is_text(value):
        problems.tell(f"{path}.{key}", f"one text is expected, this is {name_of(value)}")
    return next((text for _, text in placed_texts(value, path)), "")
