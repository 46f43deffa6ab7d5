"""A grant's own part of its trust policy, as JSON text: what was decided on, whatever else the policy says.

Spelled in one way: order, Sids and the form of lists make no difference.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from typing import Any

from trustview.analysis.door import narrow_to
from trustview.policy import PolicyDocument, PrincipalElement, Statement


def own_policy(document: PolicyDocument, statement: int, element: PrincipalElement) -> str:
    """The Allow statement of this index with this principal alone, beside every Deny; empty when it is not there."""
    found = next((one for one in document.statements if one.index == statement), None)
    if found is None:
        return ""
    alone, *denies = narrow_to(document, found, element).statements
    said = [_said(alone), *sorted(map(_said, denies), key=lambda one: json.dumps(one, sort_keys=True))]
    value = {"Version": document.version or "2008-10-17", "Statement": said}
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _said(statement: Statement) -> dict[str, Any]:
    value: dict[str, Any] = {"Effect": statement.effect.value}
    if statement.has_principal:
        value["NotPrincipal" if statement.not_principals else "Principal"] = _principals(statement)
    value["NotAction" if statement.not_actions else "Action"] = sorted(statement.actions)
    if statement.has_resource:
        value["NotResource" if statement.not_resources else "Resource"] = sorted(statement.resources)
    conditions: dict[str, dict[str, list[str]]] = {}
    for condition in statement.conditions:
        conditions.setdefault(condition.spelling, {})[condition.key] = sorted(condition.values)
    return value | ({"Condition": conditions} if conditions else {})


def _principals(statement: Statement) -> Any:  # noqa: ANN401 -- `*`, or lists by kind
    kinds: dict[str, list[str]] = {}
    for element in statement.principals:
        if element.kind == "*":
            return "*"
        kinds.setdefault(element.kind, []).append(element.value)
    return {kind: sorted(values) for kind, values in sorted(kinds.items())}
