"""What always holds of privileges, whatever the policies say."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.policy.own_policies import document, stack_of
from trustview.policy import (
    Caller,
    CallerKind,
    Holder,
    Outcome,
    PolicyDocument,
    PolicyStack,
    Privilege,
    PrivilegeVerdict,
    Request,
    closed_context,
    describe_privilege,
    judge_privilege,
    parse_policy,
)
from trustview.policy.evaluate import evaluate_permission

OWN = "111122223333"
ACTIONS = (
    "*", "iam:*", "iam:PutRolePolicy", "iam:PassRole", "iam:*Policy*", "lambda:*", "lambda:CreateFunction",
    "lambda:InvokeFunction", "ec2:RunInstances", "ec2:Describe*", "s3:*", "s3:GetObject", "s3:Put*", "s3:Frobnicate",
    "frobnicator:*", "sts:AssumeRole", "kms:Decrypt",
)  # fmt: skip
RESOURCES = (
    "*", "*", f"arn:aws:iam::{OWN}:role/*", "arn:aws:iam::*:role/me", f"arn:aws:iam::{OWN}:role/app-*",
    "arn:aws:s3:::one*", "arn:aws:s3:::*two/*", "arn:aws:s3:::one/key", "arn:aws:lambda:*:*:function:*",
    "arn:aws:iam::*:user/${aws:username}", "${aws:PrincipalTag/x}",
)  # fmt: skip
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    {"StringNotEquals": {"aws:PrincipalTag/team": "a"}},
    {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/m*"}},
    {"StringLike": {"s3:prefix": "a*"}},
)
MANY = settings(
    max_examples=int(os.environ.get("TRUSTVIEW_PRIVILEGE_EXAMPLES", "30")),
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)


@st.composite
def statements(draw: st.DrawFn, effects: tuple[str, ...] = ("Allow", "Allow", "Deny")) -> dict[str, Any]:
    block = draw(st.sampled_from(CONDITIONS))
    return {
        "Effect": draw(st.sampled_from(effects)),
        draw(st.sampled_from(["Action"] * 5 + ["NotAction"])): draw(
            st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3)
        ),
        draw(st.sampled_from(["Resource"] * 5 + ["NotResource"])): draw(
            st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)
        ),
    } | ({"Condition": block} if block else {})


DOCUMENTS = st.lists(statements(), min_size=1, max_size=3)
HOLDERS = st.sampled_from(
    (
        Holder(),
        Holder(arn=f"arn:aws:iam::{OWN}:role/me", values=(("aws:principalarn", (f"arn:aws:iam::{OWN}:role/me",)),)),
        Holder(CallerKind.USER, f"arn:aws:iam::{OWN}:user/ann", (("aws:username", ("ann",)),)),
    )
)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "policies": draw(st.lists(DOCUMENTS, min_size=1, max_size=2)),
        "boundary": draw(st.none() | DOCUMENTS),
        "scps": draw(st.lists(st.lists(DOCUMENTS, min_size=1, max_size=2), max_size=1)),
    }


RANKS = tuple(reversed([privilege for privilege in Privilege if privilege is not Privilege.UNKNOWN]))


def judge(case: dict[str, Any], holder: Holder) -> PrivilegeVerdict:
    return judge_privilege(stack_of(case), holder)


def rank(case: dict[str, Any], holder: Holder) -> int:
    return RANKS.index(judge(case, holder).privilege)


@MANY
@given(cases(), HOLDERS, DOCUMENTS)
def test_a_guardrail_more_never_raises_the_class(
    case: dict[str, Any], holder: Holder, more: list[dict[str, Any]]
) -> None:
    assert rank(case | {"scps": [*case["scps"], [more]]}, holder) <= rank(case, holder)


LIFTING = ("iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:PutUser*", "iam:DeleteUser*")


@MANY
@given(cases(), HOLDERS, DOCUMENTS)
def test_a_boundary_that_cannot_be_lifted_never_raises_the_class(
    case: dict[str, Any], holder: Holder, more: list[dict[str, Any]]
) -> None:
    keep = {"Effect": "Deny", "Action": LIFTING, "Resource": "*"}

    assert rank(case | {"boundary": [*more, keep]}, holder) <= rank(case | {"boundary": None}, holder)


@MANY
@given(cases(), HOLDERS, statements(effects=("Deny",)))
def test_a_deny_more_never_raises_the_class(case: dict[str, Any], holder: Holder, deny: dict[str, Any]) -> None:
    assert rank(case | {"policies": [*case["policies"], [deny]]}, holder) <= rank(case, holder)


@MANY
@given(cases(), HOLDERS, statements(effects=("Allow",)))
def test_an_allow_more_never_lowers_the_class(case: dict[str, Any], holder: Holder, allow: dict[str, Any]) -> None:
    assert rank(case | {"policies": [*case["policies"], [allow]]}, holder) >= rank(case, holder)


@MANY
@given(cases(), HOLDERS, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(case: dict[str, Any], holder: Holder, random: Any) -> None:  # noqa: ANN401
    shuffled = [list(found) for found in case["policies"]] + case["policies"][:1]
    random.shuffle(shuffled)
    for found in shuffled:
        random.shuffle(found)

    assert judge(case | {"policies": shuffled}, holder).privilege is judge(case, holder).privilege


@MANY
@given(cases(), HOLDERS)
def test_a_class_has_permissions_and_words(case: dict[str, Any], holder: Holder) -> None:
    verdict = judge(case, holder)

    assert bool(verdict.permissions) == (verdict.privilege is not Privilege.NONE)
    assert describe_privilege(verdict)
    assert list(verdict.depends_on) == sorted(verdict.depends_on)


# Requests as a principal may really send them, with what each shows: changing something, content, or configuration.
REQUESTS = (
    ("s3:PutObject", "arn:aws:s3:::one/key", Privilege.WRITE),
    ("s3:PutObject", "arn:aws:s3:::one-two/key", Privilege.WRITE),
    ("s3:PutBucketPolicy", "arn:aws:s3:::onetwo/", Privilege.WRITE),
    ("iam:PutRolePolicy", f"arn:aws:iam::{OWN}:role/me", Privilege.WRITE),
    ("iam:PutRolePolicy", f"arn:aws:iam::{OWN}:role/app-1", Privilege.WRITE),
    ("iam:PassRole", "arn:aws:iam::000000000000:role/x", Privilege.WRITE),
    ("lambda:CreateFunction", "arn:aws:lambda:eu-west-1:000000000000:function:f", Privilege.WRITE),
    ("s3:Frobnicate", "arn:aws:s3:::one/key", Privilege.WRITE),
    ("s3:GetObject", "arn:aws:s3:::x-two/key", Privilege.READ_DATA),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:000000000000:key/k", Privilege.READ_DATA),
    ("ec2:DescribeInstances", "*", Privilege.READ_CONFIG),
)


@settings(MANY, max_examples=5 * MANY.max_examples)
@given(cases(), HOLDERS, st.sampled_from(REQUESTS), st.data())
def test_whoever_may_do_something_has_at_least_the_class_of_it(
    case: dict[str, Any], holder: Holder, request: tuple[str, str, Privilege], data: st.DataObject
) -> None:
    action, resource, shows = request
    context = {key: values[0] for key, values in holder.values}
    context |= {"aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "false", "aws:PrincipalArn": holder.arn}
    for key, values in (("aws:PrincipalTag/team", "ab"), ("aws:PrincipalTag/x", "*x"), ("s3:prefix", "ab")):
        if data.draw(st.booleans()):
            context[key] = data.draw(st.sampled_from(values))
    if holder.kind is CallerKind.USER and data.draw(st.booleans()):
        context["aws:MultiFactorAuthPresent"] = "true"
    if action == "iam:PassRole":
        context["iam:PassedToService"] = "lambda.amazonaws.com"
    account = holder.arn.split(":")[4]
    asked = Request(Caller(holder.kind, account, holder.arn), action, resource, account, closed_context(context))

    is_allowed = evaluate_permission(asked, stack_of(case)).outcome is Outcome.ALLOWED
    event(f"allowed: {is_allowed}")
    if is_allowed:
        assert rank(case, holder) >= RANKS.index(shows)


SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([*ACTIONS, *RESOURCES, "Allow", "Deny", ""])
KEYS = st.sampled_from(
    ["Statement", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "StringEquals"]
)
JUNK = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@MANY
@given(st.lists(JUNK, max_size=3), st.none() | JUNK, st.lists(st.lists(JUNK, max_size=2), max_size=2))
def test_no_document_raises(policies: list[Any], boundary: Any, scps: list[list[Any]]) -> None:  # noqa: ANN401
    stack = PolicyStack(
        PolicyDocument(),
        tuple(parse_policy({"Statement": value}) for value in policies),
        None if boundary is None else parse_policy({"Statement": boundary}),
        None,
        tuple(tuple(parse_policy({"Statement": value}) for value in level) for level in scps),
    )

    assert judge_privilege(stack).privilege in Privilege


@pytest.mark.parametrize("text", ["${", "${}", "${aws:username", "*" * 300, "?" * 300, "a" * 3000 + "*", "::::::"])
def test_no_resource_text_raises(text: str) -> None:
    statement = {"Effect": "Allow", "Action": ["iam:PutRolePolicy", "s3:PutObject"], "Resource": text}
    stack = PolicyStack(PolicyDocument(), (document(statement),), document(statement))

    assert judge_privilege(stack).privilege in Privilege
