"""One request with all its policies, as the case tables and `trustview simulate` write it, put to the engine.

`{principal, action, resource, resource_account, context, trust_policy, identity_policies, permissions_boundary,
session_policy, scps, rcps}`. Absent `identity_policies` are out of sight (an outsider's own affair); `[]` are none at
all. `open` leaves whatever `context` does not give unknown. A policy may be one statement, a list of them, or a whole
document.
"""

from typing import Any

from trustview.policy import (
    Evaluation,
    PolicyDocument,
    PolicyStack,
    Request,
    closed_context,
    evaluate,
    open_context,
    parse_policy,
    read_caller,
)

OWN = "111122223333"
ROLE = f"arn:aws:iam::{OWN}:role/target"


def policy(value: Any) -> PolicyDocument:  # noqa: ANN401
    """A document of statements; those of a guardrail or identity policy get the resource that they leave out."""
    if isinstance(value, dict) and "Statement" in value:
        return parse_policy(value)
    return parse_policy({"Version": "2012-10-17", "Statement": value})


def levels(value: list[list[Any]]) -> tuple[tuple[PolicyDocument, ...], ...]:
    return tuple(tuple(policy(document) for document in level) for level in value)


def simulate(case: dict[str, Any]) -> Evaluation:
    """The engine's answer to a case."""
    context = open_context if case.get("open") else closed_context
    request = Request(
        caller=read_caller(case["principal"]),
        action=case.get("action", "sts:AssumeRole"),
        resource=case.get("resource", ROLE),
        resource_account=case.get("resource_account", OWN),
        context=context(case.get("context", {})),
    )
    identity = case.get("identity_policies")
    stack = PolicyStack(
        trust=policy(case["trust_policy"]),
        identity=None if identity is None else tuple(map(policy, identity)),
        boundary=policy(case["permissions_boundary"]) if case.get("permissions_boundary") else None,
        session=policy(case["session_policy"]) if case.get("session_policy") else None,
        scps=levels(case.get("scps", [])),
        rcps=levels(case.get("rcps", [])),
    )
    return evaluate(request, stack)
