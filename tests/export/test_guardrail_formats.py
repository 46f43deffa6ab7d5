"""What hands a guardrail over: real parsers and a real shell read the same policy, and only one place is attached."""

import json
import re
from dataclasses import replace
from typing import Any

import cfnlint.api
import cfnlint.decode.cfn_yaml
import hcl2
import pytest
from hypothesis import given, settings

from tests.export.test_remediation_formats import HOSTILE, policies, words_of
from trustview.export.remediation import (
    REMEDIATION_FORMATS_BY_NAME,
    GuardrailProposal,
    Stage,
    write_guardrail,
)

TYPE = "RESOURCE_CONTROL_POLICY"
STAGES = (Stage("ou-acme-sandb001", f"first {' '.join(HOSTILE)}"), Stage("r-acme", "last"))
RCP = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}],
}


def new(policy: dict[str, Any]) -> GuardrailProposal:
    return GuardrailProposal("no outsiders'", TYPE, "", "", json.dumps(policy), HOSTILE, HOSTILE, STAGES)


def changed(current: dict[str, Any], policy: dict[str, Any]) -> GuardrailProposal:
    return GuardrailProposal("there", TYPE, "p-1", json.dumps(current), json.dumps(policy), HOSTILE, ())


def made(script: str) -> list[list[str]]:
    """What a shell makes of a script; what is captured by a variable is run as well."""
    return words_of(re.sub(r"^POLICY=\$\((.*)\)$", r"\1; POLICY=p-new", script, flags=re.MULTILINE))


@settings(max_examples=30, deadline=None)
@given(policies)
def test_a_shell_creates_the_policy_and_attaches_the_first_place_alone(policy: dict[str, Any]) -> None:
    create, attach = made(write_guardrail(new(policy), "cli"))

    assert create[:6] == ["organizations", "create-policy", "--name", "no outsiders'", "--type", TYPE]
    assert json.loads(create[create.index("--content") + 1]) == policy
    assert attach == ["organizations", "attach-policy", "--policy-id", "p-new", "--target-id", "ou-acme-sandb001"]


@settings(max_examples=30, deadline=None)
@given(policies, policies)
def test_a_shell_changes_the_policy_and_back(current: dict[str, Any], policy: dict[str, Any]) -> None:
    script = write_guardrail(changed(current, policy), "cli")
    back = "\n".join(line.removeprefix("# ") for line in script.splitlines() if line.startswith("# aws"))

    for text, expected in ((script, policy), (back, current)):
        ((*words, content),) = words_of(text)
        assert words == ["organizations", "update-policy", "--policy-id", "p-1", "--content"]
        assert json.loads(content) == expected


def test_everything_that_was_attached_is_detached_before_the_policy_goes() -> None:
    script = write_guardrail(new(RCP), "cli")
    _, back = script.split("# to take it back:\n")
    run = words_of("POLICY=p-new\n" + "\n".join(line.removeprefix("# ") for line in back.splitlines()))

    assert [words[1] for words in run] == ["detach-policy", "detach-policy", "delete-policy"]
    assert [words[-1] for words in run] == ["r-acme", "ou-acme-sandb001", "p-new"]


@settings(max_examples=30, deadline=None)
@given(policies)
def test_terraform_reads_the_same_policy_and_the_first_place(policy: dict[str, Any]) -> None:
    read = hcl2.loads(write_guardrail(new(policy), "terraform"))
    ((body,),) = (tuple(named.values()) for one in read["resource"] for kind, named in one.items() if "nt" not in kind)
    text = re.fullmatch(r'"?<<-JSON\n(.*)\n\s*JSON"?', body["content"], re.DOTALL)
    (targets,) = (one[name] for one in read["variable"] for name in one)

    assert text
    assert json.loads(text[1].replace("$${", "${").replace("%%{", "%{")) == policy
    assert body["type"].strip('"') == TYPE
    assert [target.strip('"') for target in targets["default"]] == ["ou-acme-sandb001"]


@settings(max_examples=30, deadline=None)
@given(policies)
def test_cloudformation_reads_the_same_policy_and_the_first_place(policy: dict[str, Any]) -> None:
    template = cfnlint.decode.cfn_yaml.loads(write_guardrail(new(policy), "cloudformation"))
    (resource,) = json.loads(json.dumps(template["Resources"])).values()

    assert resource["Type"] == "AWS::Organizations::Policy"
    assert resource["Properties"]["Content"] == policy
    assert resource["Properties"]["TargetIds"] == ["ou-acme-sandb001"]


def test_cloudformation_finds_nothing_wrong_with_an_ordinary_guardrail() -> None:
    plain = GuardrailProposal("no-outsiders", TYPE, "", "", json.dumps(RCP), (), (), STAGES)
    matches = cfnlint.api.lint_all(write_guardrail(plain, "cloudformation"))

    assert [str(match) for match in matches if match.rule.id[0] in "EW"] == []


@pytest.mark.parametrize("form", REMEDIATION_FORMATS_BY_NAME)
def test_every_format_of_a_role_writes_guardrails_and_nothing_reaches_the_terminal(form: str) -> None:
    hostile = {"Statement": [{"Sid": text} for text in HOSTILE]}

    for proposal in (new(hostile), changed(hostile, hostile)):
        assert all(line.isprintable() for line in write_guardrail(proposal, form).splitlines())


def test_json_tells_the_stages_in_order() -> None:
    value = json.loads(write_guardrail(new(RCP), "json"))

    assert (value["guardrail"], value["current"], value["proposed"]) == (None, None, RCP)
    assert [stage["target"] for stage in value["stages"]] == ["ou-acme-sandb001", "r-acme"]


@pytest.mark.parametrize("form", ["json", "cli", "markdown"])
def test_what_a_change_does_is_handed_over(form: str) -> None:
    told = (("proof", "proved: it lets nothing through that is stopped today"),)

    assert "lets nothing through that is stopped today" in write_guardrail(replace(new(RCP), told=told), form)
