"""The rule that watches a role, as text: real parsers and a real shell read the same rule out of it."""

import json
import re
import shutil
import subprocess

import cfnlint.api
import hcl2
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.test_remediation_formats import HOSTILE, names
from trustview.analysis import RegionWatch, Watch, Watched, WatchRule, propose_rule
from trustview.export.remediation import WATCH_FORMATS
from trustview.policy import ASSUME_ACTIONS

REGIONS = ("eu-west-1", "us-east-1")
STATE = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def rule_for(name: str) -> WatchRule:
    regions = tuple(RegionWatch(region, Watched.NONE, "no rule") for region in REGIONS)
    watch = Watch(f"arn:aws:iam::111122223333:role/team/{name}", ASSUME_ACTIONS, Watched.NONE, regions)
    rule = propose_rule(watch)
    assert rule
    assert re.fullmatch(r"[.\-_A-Za-z0-9]{1,64}", rule.name)
    return rule


def test_a_region_that_is_covered_needs_no_rule() -> None:
    regions = (RegionWatch("eu-west-1", Watched.COVERED, "x"), RegionWatch("us-east-1", Watched.UNCERTAIN, "y"))
    rule = propose_rule(Watch("arn:aws:iam::1:role/r", ASSUME_ACTIONS, Watched.UNCERTAIN, regions))

    assert rule
    assert rule.regions == ("us-east-1",)


@settings(max_examples=40, deadline=None)
@given(st.one_of(names, st.sampled_from(HOSTILE)))
def test_json_holds_the_rule_as_aws_takes_it(name: str) -> None:
    rule = rule_for(name)
    value = json.loads(WATCH_FORMATS["json"](rule))

    assert value["regions"] == list(REGIONS)
    assert value["rule"]["State"] == STATE
    assert value["rule"]["EventPattern"]["detail"]["requestParameters"]["roleArn"] == [rule.role]


@settings(max_examples=20, deadline=None)
@given(st.one_of(names, st.sampled_from([text for text in HOSTILE if text.isprintable()])))
def test_a_shell_makes_a_rule_and_a_target_in_each_region(name: str) -> None:
    rule = rule_for(name)
    sh = shutil.which("sh") or "sh"
    printing = "TARGET_ARN='arn:aws:sns:{region}:1:call'\naws() { printf '%s\\0' \"$@\"; printf '\\001'; }\n"
    script = printing + WATCH_FORMATS["cli"](rule)
    out = subprocess.run([sh, "-c", script], capture_output=True, check=True).stdout
    commands = [[word.decode() for word in part.split(b"\0")[:-1]] for part in out.split(b"\x01")[:-1]]

    assert len(commands) == 2 * len(REGIONS)
    for region, (put, target) in zip(REGIONS, zip(commands[::2], commands[1::2], strict=True), strict=True):
        assert put[:5] == ["events", "put-rule", "--region", region, "--name"]
        assert json.loads(put[put.index("--event-pattern") + 1]) == json.loads(rule.pattern)
        assert target[-2:] == ["--targets", f"Id=told,Arn=arn:aws:sns:{region}:1:call"]


def test_a_shell_without_a_target_does_nothing() -> None:
    sh = shutil.which("sh") or "sh"
    script = "aws() { echo called; }\n" + WATCH_FORMATS["cli"](rule_for("break-glass"))
    result = subprocess.run([sh, "-c", script], capture_output=True, check=False, env={})

    assert result.returncode != 0
    assert result.stdout == b""


@settings(max_examples=20, deadline=None)
@given(names)
def test_terraform_reads_the_rule(name: str) -> None:
    rule = rule_for(name)
    parsed = hcl2.loads(WATCH_FORMATS["terraform"](rule))
    kinds = {kind.strip('"'): body for resource in parsed["resource"] for kind, body in resource.items()}
    (made,) = (body for key, body in kinds["aws_cloudwatch_event_rule"].items() if not key.startswith("__"))

    assert made["state"].strip('"') == STATE
    assert rule.role in json.dumps(made["event_pattern"]).replace("\\", "")
    assert "aws_cloudwatch_event_target" in kinds


@settings(max_examples=3, deadline=None)
@given(names)
def test_cloudformation_takes_the_template(name: str) -> None:
    text = WATCH_FORMATS["cloudformation"](rule_for(name))

    assert [str(found) for found in cfnlint.api.lint_all(text) if found.rule.id[0] in "EW"] == []
    assert json.loads(text)["Parameters"]["TargetArn"]["Type"] == "String"
