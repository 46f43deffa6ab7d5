"""The case tables as `trustview simulate` reads them: each case is one request with all its policies.

A case leaves out what does not matter to it: the role is ROLE, the action `sts:AssumeRole`, the context empty. A policy
may be one statement, a list of them, or a whole document. Some things only cases can say: absent `identity_policies`
are out of sight (an outsider's own affair), `open` leaves whatever `context` does not give unknown, a principal may be
a whole account or nobody that can be told, and `duration_seconds` is how long the session is to last.
"""

from dataclasses import replace
from typing import Any

from trustview.policy import CallerKind, Evaluation, PolicyStack, Request, evaluate, open_context, read_caller
from trustview.policy.simulation import Simulation, read_simulation

OWN = "111122223333"
ROLE = f"arn:aws:iam::{OWN}:role/target"
# Stands in for callers that have no name until they are put in.
SOMEBODY = f"arn:aws:iam::{OWN}:user/somebody"


def policy(value: Any) -> Any:  # noqa: ANN401
    """A whole document of one or more statements."""
    if isinstance(value, dict) and "Statement" in value:
        return value
    return {"Version": "2012-10-17", "Statement": value}


def fields_of(case: dict[str, Any]) -> dict[str, Any]:
    """The fields of a case as the command takes them, in full; what is out of sight comes as nothing."""
    is_named = read_caller(case["principal"]).kind not in (CallerKind.PRINCIPAL, CallerKind.UNKNOWN)
    return {
        "principal": case["principal"] if is_named else SOMEBODY,
        "action": case.get("action", "sts:AssumeRole"),
        "resource": case.get("resource", ROLE),
        "resource_account": case.get("resource_account", OWN),
        "context": case.get("context", {}),
        "trust_policy": policy(case["trust_policy"]),
        "identity_policies": [policy(document) for document in case.get("identity_policies") or ()],
        "permissions_boundary": policy(case["permissions_boundary"]) if case.get("permissions_boundary") else None,
        "session_policy": policy(case["session_policy"]) if case.get("session_policy") else None,
        "scps": [[policy(document) for document in level] for level in case.get("scps", [])],
        "rcps": [[policy(document) for document in level] for level in case.get("rcps", [])],
    }


def read_case(case: dict[str, Any]) -> tuple[Request, PolicyStack]:
    """What a case asks of the engine."""
    simulation = read_simulation(fields_of(case))
    assert isinstance(simulation, Simulation), simulation
    request, stack = simulation.request, simulation.stack
    if case.get("identity_policies") is None:
        stack = replace(stack, identity=None)
    if case.get("open"):
        request = request._replace(context=open_context(case.get("context", {})))
    return request._replace(caller=read_caller(case["principal"]), duration=case.get("duration_seconds")), stack


def simulate(case: dict[str, Any]) -> Evaluation:
    """The engine's answer to a case."""
    return evaluate(*read_case(case))
