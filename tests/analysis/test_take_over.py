"""Who can take over whom in an account, by what they may do to them: the escalation paths as edges."""

from typing import Any

import pytest

from tests.analysis.small_organization import PROD, SANDBOX, guardrail, policy, role, snapshot, trust, user
from trustview.analysis import ASSUME, ReachKind, analyse
from trustview.snapshot import GuardrailKind, GuardrailPolicy, InlinePolicy

OF_EC2 = policy(trust({"Service": "ec2.amazonaws.com"}))
OF_LAMBDA = policy(trust({"Service": "lambda.amazonaws.com"}))


def allow(action: object, resource: object = "*", condition: object = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


Taken = dict[tuple[str, str], ReachKind]


def taken(
    *statements: dict[str, Any], guardrails: tuple[GuardrailPolicy, ...] = ()
) -> dict[tuple[str, str], ReachKind]:
    """(name, way) of whoever a role of these permissions takes over, with how sure it is."""
    facts = snapshot(
        role("one", OF_EC2, inline=(InlinePolicy("own", policy(*statements)),)),
        role("machine", OF_EC2),
        role("function", OF_LAMBDA),
        role("elsewhere", OF_LAMBDA, SANDBOX),
        user("ann"),
        user("bob"),
        guardrails=guardrails,
    )
    edges = analyse(facts, checks=()).graph.out_of(f"arn:aws:iam::{PROD}:role/one")
    return {(e.target.rpartition("/")[2], e.kind): e.reach.kind for e in edges if e.kind != ASSUME}


OPEN, CONDITIONAL = ReachKind.OPEN, ReachKind.CONDITIONAL
KEY, PASSWORD, TRUST = "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateAssumeRolePolicy"
RUN = "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction"
LAMBDA = ["lambda:CreateFunction", "lambda:InvokeFunction"]
ANN, FUNCTION = f"arn:aws:iam::{PROD}:user/ann", f"arn:aws:iam::{PROD}:role/function"

CASES: list[tuple[str, list[dict[str, Any]], Taken]] = [
    ("new access keys give every user", [allow(KEY)], {("ann", KEY): OPEN, ("bob", KEY): OPEN}),
    ("access keys of one user alone give that one", [allow(KEY, ANN)], {("ann", KEY): OPEN}),
    (
        "of two that are named both are given",
        [allow(TRUST, [FUNCTION, f"arn:aws:iam::{PROD}:role/machine"])],
        {("function", TRUST): OPEN, ("machine", TRUST): OPEN},
    ),
    (
        "a Deny on one user spares that one",
        [allow(PASSWORD), {"Effect": "Deny", "Action": "iam:*", "Resource": ANN}],
        {("bob", PASSWORD): OPEN},
    ),
    (
        "a condition leaves it open",
        [allow(KEY, ANN, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
        {("ann", KEY): CONDITIONAL},
    ),
    (
        "a role handed to a service is one that trusts that service, in this account",
        [allow("iam:PassRole"), allow(LAMBDA)],
        {("function", RUN): OPEN},
    ),
    (
        "a role that may not be handed on is safe",
        [allow("iam:PassRole", f"arn:aws:iam::{PROD}:role/machine"), allow(LAMBDA)],
        {},
    ),
    ("without a function to run nothing is gained by handing on", [allow("iam:PassRole")], {}),
    ("reading gives nobody", [allow(["iam:Get*", "iam:List*"])], {}),
]


@pytest.mark.parametrize(("statements", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_who_is_taken_over(statements: list[dict[str, Any]], expected: Taken) -> None:
    assert taken(*statements) == expected


def test_an_administrator_takes_over_everybody_of_the_account_and_nobody_else() -> None:
    assert {name for name, _ in taken(allow("*"))} == {"machine", "function", "ann", "bob"}


def test_an_scp_keeps_users_safe() -> None:
    scp = guardrail(
        GuardrailKind.SCP, "NoKeys", {"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}, PROD
    )

    assert taken(allow(KEY), guardrails=(scp,)) == {}


def test_a_step_says_what_it_takes() -> None:
    facts = snapshot(role("one", OF_EC2, inline=(InlinePolicy("own", policy(allow(KEY, ANN))),)), user("ann"))
    (edge,) = analyse(facts, checks=()).graph.into(ANN)

    assert edge.reach.reasons == (
        "it may do iam:CreateAccessKey",
        "it takes a user who may more, with fewer than two access keys",
        "statement 0 of identity policy 0 allows it",
    )
