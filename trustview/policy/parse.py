"""JSON text or value -> PolicyDocument with its Problems.

Rule 1: nothing raises; whatever cannot be read becomes a Problem with its JSON path, and the rest is read.
Rule 2: what AWS would reject is still read in the widest way it could be meant, because such files exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from trustview.policy.conditions import OPERATORS_BY_NAME
from trustview.policy.document import Condition, Effect, PolicyDocument, Problem, Statement
from trustview.policy.principal import PrincipalElement, PrincipalForm, read_principal

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
    problems: list[Problem] = []
    if isinstance(source, str | bytes):
        source = _load(source, problems)
        if source is None and problems:
            return PolicyDocument(problems=tuple(problems))
    if not isinstance(source, dict):
        problems.append(Problem("$", f"a policy is a JSON object, this is {_name(source)}; it grants nothing"))
        return PolicyDocument(problems=tuple(problems))
    fields = _fields(source, _DOCUMENT_KEYS, "$", problems)
    version = _scalar(fields.get("Version"), "$.Version", problems)
    if version and version not in _VERSIONS:
        problems.append(Problem("$.Version", f"`{version}` is no policy version; AWS refuses the policy"))
    statements = tuple(_statements(fields.get("Statement"), problems))
    return PolicyDocument(version, _scalar(fields.get("Id"), "$.Id", problems), statements, tuple(problems))


def _load(text: str | bytes, problems: list[Problem]) -> object:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(items)
        if len(seen) < len(items):
            keys = [key for key, _ in items]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            problems.append(
                Problem("$", f"key {_listed(twice)} stands twice in one object; AWS keeps only one of them")
            )
        return seen

    try:
        return json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        problems.append(Problem("$", f"not JSON: {error}"))
        return None


def _statements(value: object, problems: list[Problem]) -> Iterator[Statement]:
    if value is None:
        problems.append(Problem("$.Statement", "there is no statement; the policy grants nothing"))
        return
    listed = value if isinstance(value, list) else [value]
    for index, item in enumerate(listed):
        path = f"$.Statement[{index}]" if isinstance(value, list) else "$.Statement"
        if isinstance(item, dict):
            yield _statement(index, item, path, problems)
        else:
            problems.append(Problem(path, f"a statement is an object, this is {_name(item)}; AWS refuses the policy"))


def _statement(index: int, item: dict[str, Any], path: str, problems: list[Problem]) -> Statement:
    fields = _fields(item, _STATEMENT_KEYS, path, problems)
    principal_key = _one_of(fields, "Principal", "NotPrincipal", path, problems)
    action_key = _one_of(fields, "Action", "NotAction", path, problems)
    resource_key = _one_of(fields, "Resource", "NotResource", path, problems)
    if not action_key:
        problems.append(Problem(path, "there is neither Action nor NotAction; AWS refuses the policy"))
    return Statement(
        index=index,
        effect=_effect(fields.get("Effect"), path, problems),
        sid=_scalar(fields.get("Sid"), f"{path}.Sid", problems),
        principals=tuple(_principals(fields.get(principal_key), f"{path}.{principal_key}", problems)),
        not_principals=principal_key == "NotPrincipal",
        has_principal=bool(principal_key),
        actions=_texts(fields.get(action_key), f"{path}.{action_key}", problems),
        not_actions=action_key == "NotAction",
        resources=_texts(fields.get(resource_key), f"{path}.{resource_key}", problems),
        not_resources=resource_key == "NotResource",
        has_resource=bool(resource_key),
        conditions=tuple(_conditions(fields.get("Condition"), f"{path}.Condition", problems)),
        path=path,
    )


def _effect(value: object, path: str, problems: list[Problem]) -> Effect:
    """Allow unless it surely says Deny: a broken effect must not hide a way in."""
    text = value if isinstance(value, str) else ""
    if text not in ("Allow", "Deny"):
        shown = f"`{text}`" if text else _name(value)
        problems.append(Problem(f"{path}.Effect", f"effect is {shown}, not Allow or Deny; AWS refuses the policy"))
    return Effect.DENY if text.lower() == "deny" else Effect.ALLOW


def _principals(value: object, path: str, problems: list[Problem]) -> Iterator[PrincipalElement]:
    if value is None:
        return
    if not isinstance(value, dict):
        for text in _texts(value, path, problems):
            yield _principal("*", text, path, problems)
        return
    for key, values in _fields(value, _PRINCIPAL_KEYS, path, problems, keep_unknown=True).items():
        for text in _texts(values, f"{path}.{key}", problems):
            yield _principal(key, text, f"{path}.{key}", problems)


def _principal(kind: str, text: str, path: str, problems: list[Problem]) -> PrincipalElement:
    element = read_principal(kind, text)
    if element.form is PrincipalForm.MALFORMED:
        problems.append(Problem(path, f"`{text}` is no principal that AWS documents; it matches nobody"))
    return element


def _conditions(value: object, path: str, problems: list[Problem]) -> Iterator[Condition]:
    if value is None:
        return
    if not isinstance(value, dict):
        problems.append(Problem(path, f"a condition is an object, this is {_name(value)}; AWS refuses the policy"))
        return
    for spelling, keys in value.items():
        here = f"{path}.{spelling}"
        if not isinstance(keys, dict):
            problems.append(Problem(here, f"an operator takes an object of keys, this is {_name(keys)}"))
            yield Condition(operator=str(spelling), key="", values=(), path=here)
            continue
        for key, values in keys.items():
            yield _condition(str(spelling), str(key), values, f"{here}.{key}", problems)


def _condition(spelling: str, key: str, values: object, path: str, problems: list[Problem]) -> Condition:
    quantifier, bare = "", spelling
    for known in ("ForAllValues", "ForAnyValue"):
        if spelling.lower().startswith(known.lower() + ":"):
            quantifier, bare = known, spelling[len(known) + 1 :]
    if_exists = bare.lower().endswith("ifexists") and bare.lower() != "nullifexists"
    bare = bare[: -len("IfExists")] if if_exists else bare
    operator = OPERATORS_BY_NAME.get(bare.lower())
    if operator is None:
        problems.append(Problem(path, f"`{spelling}` is no condition operator; AWS refuses the policy"))
    name = operator.name if operator else bare
    return Condition(name, key, _texts(values, path, problems), quantifier, if_exists, path)


def _fields(
    item: dict[str, Any], known: tuple[str, ...], path: str, problems: list[Problem], *, keep_unknown: bool = False
) -> dict[str, Any]:
    """The members of an object under the spelling AWS documents, whatever case they were written in."""
    spelling = {name.lower(): name for name in known}
    fields: dict[str, Any] = {}
    for key, value in item.items():
        name = spelling.get(key.lower())
        if name is None:
            problems.append(Problem(f"{path}.{key}", f"`{key}` does not belong here; AWS refuses the policy"))
            if keep_unknown:
                fields[key] = value
            continue
        if name != key:
            problems.append(Problem(f"{path}.{key}", f"`{key}` is spelt `{name}` in AWS's grammar"))
        fields[name] = value
    return fields


def _one_of(fields: dict[str, Any], plain: str, negated: str, path: str, problems: list[Problem]) -> str:
    """Which of two exclusive members is there; empty when neither is."""
    if plain in fields and negated in fields:
        problems.append(Problem(path, f"both {plain} and {negated} are there; AWS refuses the policy"))
    return plain if plain in fields else negated if negated in fields else ""


def _texts(value: object, path: str, problems: list[Problem]) -> tuple[str, ...]:
    """One text or a list of texts; numbers and booleans become the text AWS makes of them."""
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    texts = []
    for item in listed:
        if isinstance(item, bool):
            texts.append("true" if item else "false")
        elif isinstance(item, str | int | float):
            texts.append(str(item))
        else:
            problems.append(Problem(path, f"a text is expected, this is {_name(item)}; AWS refuses the policy"))
    return tuple(texts)


def _scalar(value: object, path: str, problems: list[Problem]) -> str:
    texts = _texts(value, path, problems)
    if len(texts) > 1:
        problems.append(Problem(path, "one text is expected, this is a list; AWS refuses the policy"))
    return texts[0] if texts else ""


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _name(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")
