"""The policies of a principal alone, as the tables of privileges write them: no role, no request, no trust policy."""

from typing import Any

from tests.policy.simulation import policy
from trustview.policy import PolicyDocument, PolicyStack, parse_policy


def document(value: Any) -> PolicyDocument:  # noqa: ANN401
    """A document of one or more statements."""
    return parse_policy(policy(value))


def stack_of(case: dict[str, Any]) -> PolicyStack:
    """The `policies`, `boundary` and `scps` of a case; a boundary of null is none."""
    boundary = case.get("boundary")
    return PolicyStack(
        trust=PolicyDocument(),
        identity=tuple(map(document, case["policies"])),
        boundary=document(boundary) if boundary is not None else None,
        scps=tuple(tuple(map(document, level)) for level in case.get("scps", [])),
    )
