"""Verdicts that are found once for all policies of a shape are what each gets alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustview.analysis.privilege import NO_CEILING, Bindings, Ceiling, PrivilegeJudge
from trustview.analysis.shape import Elsewhere, shape_of
from trustview.policy import CallerKind, Holder, PolicyDocument, PolicyStack, PrivilegeVerdict, parse_policy

OWN, OTHER = "111122223333", "444455556666"
SELF = f"arn:aws:iam::{OWN}:role/app"

# Where names stand in what policies mean: `{0}` and `{1}` are names.
PATTERNS = (
    "*", "arn:aws:s3:::{0}", "arn:aws:s3:::{0}/*", "arn:aws:s3:::{0}-{1}/*", "arn:aws:s3:::*",
    "arn:aws:s3:::{0}/${{aws:username}}/*", f"arn:aws:sqs:eu-west-1:{OWN}:{{0}}", f"arn:aws:sqs:*:{OWN}:{{0}}",
    "arn:aws:sqs:*:*:{1}*", f"arn:aws:lambda:eu-west-1:{OWN}:function:{{0}}",
    f"arn:aws:lambda:eu-west-1:{OWN}:function:{{0}}-*", f"arn:aws:lambda:eu-west-1:{OWN}:{{0}}*",
    f"arn:aws:codebuild:eu-west-1:{OWN}:project/{{0}}", f"arn:aws:ec2:eu-west-1:{OWN}:instance/{{0}}",
    f"arn:aws:ecs:eu-west-1:{OWN}:task-definition/{{0}}:*", f"arn:aws:iam::{OWN}:role/{{0}}",
    f"arn:aws:iam::{OWN}:role/{{0}}*", f"arn:aws:iam::{OTHER}:role/{{0}}", "arn:aws:iam::*:role/{1}",
    f"arn:aws:iam::{OWN}:policy/{{0}}", f"arn:aws:iam::{OWN}:user/{{0}}", "arn:*:iam::*:role/{0}", "{0}*",
)  # fmt: skip
ACTIONS = (
    "s3:GetObject", "s3:PutObject", "sqs:SendMessage", "iam:PassRole", "lambda:CreateFunction", "lambda:*", "*",
    "lambda:InvokeFunction", "lambda:UpdateFunctionCode", "codebuild:StartBuild", "ecs:RunTask", "ec2:RunInstances",
    "ssm:StartSession", "sts:AssumeRole", "iam:CreateAccessKey", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy",
    "iam:CreatePolicyVersion",
)  # fmt: skip
NAMES = ("app", "a", "app-one", "billing", "x/y", "function", "instance", "role", "app*", "project/app", "one:two")


@dataclass(frozen=True)
class Written:
    """Policies as somebody wrote them, with places for names: identity, boundary (or none), SCPs."""

    identity: tuple[str, ...]
    boundary: str
    scps: str

    def named(self, names: Sequence[str]) -> Bindings:
        identity = tuple(read(text, names) for text in self.identity)
        boundary = read(self.boundary, names) if self.boundary else None
        managed = tuple(f"arn:aws:iam::{OWN}:policy/{name}" for name in names)
        return Bindings(OWN, identity, boundary, SCPS[self.scps], managed)


def read(text: str, names: Sequence[str]) -> PolicyDocument:
    for number, name in enumerate(names):
        text = text.replace(f"<{number}>", name)
    return parse_policy(text)


def statements(least: int = 1) -> st.SearchStrategy[str]:
    def write(rows: list[tuple[str, str, list[str], list[str]]]) -> str:
        made: list[dict[str, Any]] = [
            {"Effect": effect, "Action": actions, about: [p.format("<0>", "<1>") for p in patterns]}
            for effect, about, actions, patterns in rows
        ]
        return json.dumps({"Version": "2012-10-17", "Statement": made})

    row = st.tuples(
        st.sampled_from(("Allow", "Allow", "Allow", "Deny")),
        st.sampled_from(("Resource", "Resource", "Resource", "NotResource")),
        st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3),
        st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2),
    )
    return st.lists(row, min_size=least, max_size=3).map(write)


def scp(*statements: Any) -> Ceiling:  # noqa: ANN401
    return Ceiling(((parse_policy(json.dumps({"Version": "2012-10-17", "Statement": statements})),),))


def denied(*resources: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "*", "Resource": resources}


FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


SCPS = {
    "none": NO_CEILING,
    "roles": scp(FULL, denied("arn:aws:iam::*:role/app*")),
    "things": scp(FULL, denied("arn:aws:s3:::app/*", "arn:aws:sqs:*:*:a*")),
    "one bucket": scp(
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::app-two/*"},
        {"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": "*"},
    ),
}
written = st.builds(
    Written,
    st.lists(statements(), min_size=1, max_size=2).map(tuple),
    st.sampled_from(("", "")) | statements(),
    st.sampled_from(sorted(SCPS)),
)
names = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))


def judged(judge: PrivilegeJudge, bindings: Bindings) -> PrivilegeVerdict:
    return judge.judge(bindings, CallerKind.ROLE, SELF, OWN, lambda: (("aws:PrincipalArn", (SELF,)),))


@settings(deadline=None)
@given(written, st.lists(names, min_size=2, max_size=4))
def test_what_was_found_of_other_names_is_what_is_found_of_these(policies: Written, named: list[Any]) -> None:
    shared = PrivilegeJudge()
    for bindings in map(policies.named, named):
        assert judged(shared, bindings) == judged(PrivilegeJudge(), bindings)


def shape(pattern: str, name: str, *others: str) -> object:
    stack = PolicyStack(PolicyDocument(), tuple(said("s3:*", text.replace("{}", name)) for text in (pattern, *others)))
    return shape_of(stack, Holder(arn=SELF), Elsewhere()).key


def said(action: str, resource: str) -> PolicyDocument:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return parse_policy(json.dumps({"Version": "2012-10-17", "Statement": statement}))


def test_names_of_buckets_queues_functions_and_far_roles_make_no_difference() -> None:
    for pattern in (
        "arn:aws:s3:::{}/*",
        f"arn:aws:sqs:eu-west-1:{OWN}:{{}}",
        f"arn:aws:lambda:eu-west-1:{OWN}:function:{{}}",
        f"arn:aws:iam::{OTHER}:role/{{}}",
        f"arn:aws:iam::{OWN}:role/{{}}",
    ):
        assert shape(pattern, "billing") == shape(pattern, "payroll"), pattern


def test_what_is_asked_about_by_name_makes_one() -> None:
    own = f"arn:aws:iam::{OWN}:role/{{}}"
    assert shape(own, "app") != shape(own, "billing")
    assert shape("arn:aws:lambda:eu-west-1:{}:*", OWN) != shape("arn:aws:lambda:eu-west-1:{}:*", OTHER)
    # A pattern over all services may mean it.
    assert shape("arn:aws:s3:::{}", "a", "arn:*:a") != shape("arn:aws:s3:::{}", "b", "arn:*:a")
    # Another kind of thing than the paths ask about.
    assert shape(f"arn:aws:lambda:eu-west-1:{OWN}:{{}}:x", "function") != shape(
        f"arn:aws:lambda:eu-west-1:{OWN}:{{}}:x", "layer"
    )


def allowed(*resources: str, **more: Any) -> str:  # noqa: ANN401
    statement = {"Effect": "Allow", "Action": ["s3:PutObject", "sqs:SendMessage"], "Resource": resources} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


MET = {
    "an SCP denies it": Written((allowed("arn:aws:s3:::<0>/*"),), "", "things"),
    "an SCP denies what begins so": Written((allowed(f"arn:aws:sqs:eu-west-1:{OWN}:<0>"),), "", "things"),
    "another policy denies it by a pattern over all services": Written(
        (allowed("arn:aws:s3:::<0>/*"), allowed("arn:*:app/*", Effect="Deny", Action="*")), "", "none"
    ),
    "a boundary allows another name alone": Written(
        (allowed("arn:aws:s3:::<0>/*"),), allowed("arn:aws:s3:::app/*"), "none"
    ),
    "it is the principal itself": Written(
        (allowed(f"arn:aws:iam::{OWN}:role/<0>", Action=["iam:PutRolePolicy", "iam:AttachRolePolicy"]),), "", "none"
    ),
}


@pytest.mark.parametrize("policies", MET.values(), ids=MET)
def test_a_name_that_something_else_speaks_of_makes_a_difference(policies: Written) -> None:
    for order in (("app", "billing"), ("billing", "app")):
        shared = PrivilegeJudge()
        together = [judged(shared, policies.named((name, ""))) for name in order]
        assert together == [judged(PrivilegeJudge(), policies.named((name, ""))) for name in order]
        assert together[0].privilege is not together[1].privilege


def test_what_an_scp_names_is_told_as_it_is_where_it_begins_like_a_name() -> None:
    reading = allowed("arn:aws:s3:::<0>", Action="s3:GetObject")
    policies = Written((allowed("*", Action="s3:PutObject"), reading), "", "one bucket")
    shared = PrivilegeJudge()
    for name in ("app", "billing"):
        (permission,) = judged(shared, policies.named((name, ""))).permissions
        assert permission.limits == ("arn:aws:s3:::app-two/*",)
