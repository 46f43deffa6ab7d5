"""What hands a remediation over: real parsers and a real shell read the same policy out of it."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from typing import Any

import cfnlint.api
import cfnlint.decode.cfn_yaml
import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustview.analysis import Effect
from trustview.export.remediation import (
    REMEDIATION_FORMATS,
    REMEDIATION_FORMATS_BY_NAME,
    Proposal,
    Ranked,
    propose_text,
)
from trustview.export.remediation.cloudformation import logical_id
from trustview.export.remediation.terraform import resource_name
from trustview.policy.narrowing import Verdict
from trustview.snapshot import Role

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
    arn = f"arn:aws:iam::111122223333:role/team/{name}"
    before = Role(arn, "111122223333", name, "/team/", "AROA1", json.dumps(current))
    return Proposal(
        before=before,
        after=replace(before, trust_policy=json.dumps(proposed)),
        account_name="prod",
        changes=tuple(f"change {text}" for text in HOSTILE),
        closes=HOSTILE,
        leaves=(),
        effect=Effect(Verdict.PROVED, "nothing new", lost=HOSTILE, whole=frozenset(HOSTILE)),
        mended=HOSTILE,
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
        found = words_of(text)
        assert bool(found) == (current != proposed)
        for *words, document in found:
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


# ── what else of a role changes ──────────────────────────────────────────────────────────────────────────────────

CAP, READ_ONLY, AUDIT = (
    "arn:aws:iam::111122223333:policy/it's a `cap`", "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws:policy/SecurityAudit",
)  # fmt: skip


def everything() -> Proposal:
    plain = proposal({"Statement": []}, {"Statement": []})
    before = replace(plain.before, attached=(READ_ONLY,), max_session_seconds=43200)
    after = replace(before, attached=(AUDIT,), boundary=CAP, max_session_seconds=3600)
    return replace(plain, before=before, after=after)


def test_a_shell_reads_every_setting_and_its_way_back() -> None:
    script = write("cli", everything())
    back = "\n".join(line.removeprefix("# ") for line in script.splitlines() if line.startswith("# aws"))
    role = ["--role-name", "Deploy"]

    assert words_of(script) == [
        ["iam", "attach-role-policy", *role, "--policy-arn", AUDIT],
        ["iam", "detach-role-policy", *role, "--policy-arn", READ_ONLY],
        ["iam", "put-role-permissions-boundary", *role, "--permissions-boundary", CAP],
        ["iam", "update-role", *role, "--max-session-duration", "3600"],
    ]
    assert words_of(back) == [
        ["iam", "attach-role-policy", *role, "--policy-arn", READ_ONLY],
        ["iam", "detach-role-policy", *role, "--policy-arn", AUDIT],
        ["iam", "delete-role-permissions-boundary", *role],
        ["iam", "update-role", *role, "--max-session-duration", "43200"],
    ]


def test_terraform_reads_every_setting() -> None:
    read = hcl2.loads(write("terraform", everything()))
    found = {
        kind.strip('"'): {name.strip('"'): body for name, body in named.items()}
        for resource in read["resource"]
        for kind, named in resource.items()
    }
    role = found["aws_iam_role"]["Deploy"]
    attachment = found["aws_iam_role_policy_attachment"]["Deploy_SecurityAudit"]

    assert role["permissions_boundary"].strip('"') == CAP
    assert role["max_session_duration"] == 3600
    assert attachment["policy_arn"].strip('"') == AUDIT
    assert f"remove the resource that attaches {READ_ONLY}" in write("terraform", everything())


def test_cloudformation_reads_every_setting_and_finds_nothing_wrong() -> None:
    text = write("cloudformation", everything())
    resources = json.loads(json.dumps(cfnlint.decode.cfn_yaml.loads(text)["Resources"]))
    role = resources["Deploy"]["Properties"]
    ordinary = replace(everything(), after=replace(everything().after, boundary=CAP.replace("it's a `cap`", "cap")))
    trusted = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    ordinary = replace(ordinary, after=replace(ordinary.after, trust_policy=policy))

    assert role["ManagedPolicyArns"] == [AUDIT]
    assert (role["PermissionsBoundary"], role["MaxSessionDuration"]) == (CAP, 3600)
    assert [str(m) for m in cfnlint.api.lint_all(write("cloudformation", ordinary)) if m.rule.id[0] in "EW"] == []


def test_the_difference_shows_what_is_set_beside_the_policy() -> None:
    lines = propose_text(everything())

    assert {f"-attached: {READ_ONLY}", f"+attached: {AUDIT}", "+longest session: 3600 seconds"} <= set(lines)
    assert {"-permissions boundary: none", f"+permissions boundary: {CAP}"} <= set(lines)


def test_json_and_the_ticket_name_the_other_changes() -> None:
    ranked = (Ranked("0a", ("this one",), ("it breaks nobody",)), Ranked("0b", ("another",), ("it is worse",), True))
    given = replace(everything(), id="0a", ranked=ranked)

    assert [one["id"] for one in json.loads(write("json", given))["choices"]] == ["0a", "0b"]
    assert "- 0b: another; it is worse" in write("markdown", given).splitlines()
