"""What hands a remediation over: real parsers and a real shell read the same policy out of it."""

import json
import re
import shutil
import subprocess
from typing import Any

import cfnlint.api
import cfnlint.decode.cfn_yaml
import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustview.analysis import Effect
from trustview.export.remediation import REMEDIATION_FORMATS, REMEDIATION_FORMATS_BY_NAME, Proposal, propose_text
from trustview.export.remediation.cloudformation import logical_id
from trustview.export.remediation.terraform import resource_name
from trustview.policy.narrowing import Verdict

HOSTILE = (
    "${x}", "$${x}", "%{ if }", "'; rm -rf / #", '"', "\\", "\n", "$(id)", "`id`", "JSON", "\u202e", "日本", "\x1b[31m",
    "EOF", "é", "```",
)  # fmt: skip
# CloudFormation reads JSON; the linter reads it as YAML, which has no pairs of surrogates.
texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF), max_size=12)
)
policies = st.builds(
    lambda sid, principal, key, value: {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {key: [value, "x"]}}},
        ],
    },
    texts, texts, texts, texts,
)  # fmt: skip
# The characters that IAM takes for a role's name and path.
names = st.text(st.sampled_from("abcXYZ019+=,.@_-"), min_size=1, max_size=20)


def proposal(current: dict[str, Any], proposed: dict[str, Any], name: str = "Deploy") -> Proposal:
    return Proposal(
        role=f"arn:aws:iam::111122223333:role/team/{name}",
        name=name,
        path="/team/",
        account="111122223333",
        account_name="prod",
        current=json.dumps(current),
        proposed=json.dumps(proposed),
        changes=tuple(f"change {text}" for text in HOSTILE),
        closes=HOSTILE,
        leaves=(),
        effect=Effect(Verdict.PROVED, "nothing new", lost=HOSTILE, whole=frozenset(HOSTILE)),
    )


def write(form: str, given: Proposal) -> str:
    return REMEDIATION_FORMATS_BY_NAME[form].write(given)


def words_of(script: str) -> list[list[str]]:
    """What a shell makes of each `aws` command of a script."""
    sh = shutil.which("sh") or "sh"
    printing = "aws() { printf '%s\\0' \"$@\"; printf '\\001'; }\n"
    out = subprocess.run([sh, "-c", printing + script], capture_output=True, check=True).stdout
    return [[word.decode() for word in part.split(b"\0")[:-1]] for part in out.split(b"\x01")[:-1]]


@settings(max_examples=60, deadline=None)
@given(policies, policies, names)
def test_a_shell_reads_the_policy_and_the_way_back(
    current: dict[str, Any], proposed: dict[str, Any], name: str
) -> None:
    script = write("cli", proposal(current, proposed, name))
    back = "\n".join(line.removeprefix("# ") for line in script.splitlines() if line.startswith("# aws"))
    expected = ["iam", "update-assume-role-policy", "--role-name", name, "--policy-document"]

    for text, policy in ((script, proposed), (back, current)):
        ((*words, document),) = words_of(text)
        assert words == expected
        assert json.loads(document) == policy


@settings(max_examples=60, deadline=None)
@given(policies, names)
def test_terraform_reads_the_same_policy(policy: dict[str, Any], name: str) -> None:
    read = hcl2.loads(write("terraform", proposal({}, policy, name)))
    ((kind, ((label, role),)),) = ((kind, named.items()) for kind, named in read["resource"][0].items())
    text = role["assume_role_policy"]
    body = re.fullmatch(r'"?<<-JSON\n(.*)\n\s*JSON"?', text, re.DOTALL)

    assert kind.strip('"') == "aws_iam_role"
    assert label.strip('"') == resource_name(name)
    assert role["name"].strip('"') == name
    assert json.loads((body[1] if body else text).replace("$${", "${").replace("%%{", "%{")) == policy


@settings(max_examples=60, deadline=None)
@given(policies, names)
def test_cloudformation_reads_the_same_policy(policy: dict[str, Any], name: str) -> None:
    template = cfnlint.decode.cfn_yaml.loads(write("cloudformation", proposal({}, policy, name)))
    role = template["Resources"][logical_id(name)]

    assert role["Type"] == "AWS::IAM::Role"
    assert json.loads(json.dumps(role["Properties"]))["AssumeRolePolicyDocument"] == policy


def test_cloudformation_finds_nothing_wrong_with_an_ordinary_template() -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sts:AssumeRole"}
        ],
    }
    matches = cfnlint.api.lint_all(write("cloudformation", proposal(policy, policy)))

    assert [str(match) for match in matches if match.rule.id[0] in "EW"] == []


def test_json_holds_both_policies() -> None:
    value = json.loads(write("json", proposal({"Statement": 1}, {"Statement": 2})))

    assert (value["current"], value["proposed"], value["closes"]) == ({"Statement": 1}, {"Statement": 2}, list(HOSTILE))


@pytest.mark.parametrize("form", REMEDIATION_FORMATS, ids=lambda form: form.name)
def test_nothing_that_is_written_can_do_anything_to_a_terminal(form: Any) -> None:  # noqa: ANN401
    hostile = {"Statement": [{"Sid": text} for text in HOSTILE]}

    assert all(line.isprintable() for line in form.write(proposal(hostile, hostile)).splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ends_a_block_of_the_ticket_early(text: str) -> None:
    policy = {"Statement": [{"Sid": text}]}
    lines = write("markdown", proposal({}, policy)).splitlines()
    fences = [line for line in lines if re.fullmatch(r"`{3,}(diff|sh)?", line)]

    assert [fence.strip("`") for fence in fences] == ["diff", "", "sh", "", "sh", ""]


def test_the_difference_shows_what_was_and_what_will_be() -> None:
    lines = propose_text(proposal({"Statement": "old"}, {"Statement": "new"}))

    assert '-  "Statement": "old"' in lines
    assert '+  "Statement": "new"' in lines


@given(names)
def test_names_of_resources_are_what_the_tools_take(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", resource_name(name))
    assert re.fullmatch(r"[A-Za-z0-9]+", logical_id(name))
