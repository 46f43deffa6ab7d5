"""What rolls the reader role out: CloudFormation and Terraform themselves read the same policies out of it."""

import json
import re
from typing import Any

import cfnlint.api
import cfnlint.decode.cfn_yaml
import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustview.export import Rollout, write_module, write_policies, write_stack_set
from trustview.export.rollout import LOGICAL_ID

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-acme1example", "sts:ExternalId": "a=b,c@d"}},
        }
    ],
}  # fmt: skip
PERMISSIONS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": ["iam:ListRoles", "sso:ListInstances"], "Resource": "*"}
    ],
}
CALLER = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/trustview/TrustviewReader",
            "Condition": {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
        }
    ],
}  # fmt: skip
HOSTILE = (
    "${x}",
    "%{ if }",
    '"',
    "\\",
    "\n",
    ": ",
    "# ",
    "- ",
    "'",
    "yes",
    "null",
    "1e3",
    "日本",
    "\x1b[31m",
    "{",
    "}",
)
texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF), max_size=12)
)


def rollout(trust: Any = TRUST, permissions: Any = PERMISSIONS, caller: Any = CALLER) -> Rollout:  # noqa: ANN401
    return Rollout("TrustviewReader", "/trustview/", caller, trust, permissions, PERMISSIONS)


def policy_of(text: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": text, "Effect": "Allow", "Condition": {text: {text: [text]}}}],
    }


def jsonencoded(module: str, argument: str) -> list[Any]:
    """The values that a module gives to `jsonencode` for an argument, as Terraform reads JSON expressions."""
    found = re.findall(rf"(?<!\w){argument}\s*= jsonencode\((.*?\n  \}}?)\)", module, re.DOTALL)
    return [json.loads(text.replace("$${", "${").replace("%%{", "%{")) for text in found]


def test_cloudformation_finds_nothing_wrong_with_the_template() -> None:
    matches = cfnlint.api.lint_all(write_stack_set(rollout()))

    assert [str(match) for match in matches if match.rule.id[0] in "EW"] == []


@settings(max_examples=80, deadline=None)
@given(texts, texts)
def test_cloudformation_reads_the_same_policies(one: str, other: str) -> None:
    template = cfnlint.decode.cfn_yaml.loads(write_stack_set(rollout(policy_of(one), policy_of(other))))
    role = json.loads(json.dumps(template))["Resources"][LOGICAL_ID]["Properties"]

    assert (role["RoleName"], role["Path"]) == ("TrustviewReader", "/trustview/")
    assert role["AssumeRolePolicyDocument"] == policy_of(one)
    assert role["Policies"] == [{"PolicyName": "read", "PolicyDocument": policy_of(other)}]


def test_terraform_reads_the_module() -> None:
    module = hcl2.loads(write_module(rollout()))
    resources = {kind.strip('"'): next(iter(named)) for one in module["resource"] for kind, named in one.items()}

    assert {next(iter(one)).strip('"') for one in module["variable"]} == {"targets", "caller_role", "has_role_here"}
    assert set(resources) == {
        "aws_iam_policy", "aws_iam_role_policy_attachment", "aws_iam_role", "aws_iam_role_policy",
        "aws_cloudformation_stack_set", "aws_cloudformation_stack_set_instance",
    }  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(texts, texts, texts)
def test_terraform_reads_the_same_policies(one: str, other: str, third: str) -> None:
    text = write_module(rollout(policy_of(one), policy_of(other), policy_of(third)))
    (template,) = jsonencoded(text, "template_body")

    hcl2.loads(text)
    assert jsonencoded(text, "assume_role_policy") == [policy_of(one)]
    assert jsonencoded(text, "policy") == [policy_of(third), policy_of(other)]
    assert template["Resources"][LOGICAL_ID]["Properties"]["AssumeRolePolicyDocument"] == policy_of(one)


def test_the_policies_come_as_one_document() -> None:
    value = json.loads(write_policies(rollout()))

    assert value["caller"] == CALLER
    assert value["role"] == {
        "name": "TrustviewReader", "path": "/trustview/", "trust": TRUST, "permissions": PERMISSIONS,
    }  # fmt: skip


@pytest.mark.parametrize("write", [write_policies, write_stack_set, write_module])
def test_nothing_that_is_written_can_do_anything_to_a_terminal(write: Any) -> None:  # noqa: ANN401
    text = write(rollout(policy_of("\x1b[31m\u202e"), policy_of("\x9b")))

    assert all(line.isprintable() for line in text.splitlines())
