"""The EventBridge rule that tells of a role's assumption, as text: JSON, AWS CLI, Terraform, CloudFormation.

Who is told is for the organization to say: each text leaves the ARN of the target open in one place. A topic or queue
must let `events.amazonaws.com` send to it.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator

from trustview.analysis import WatchRule
from trustview.export.remediation.cloudformation import logical_id
from trustview.export.remediation.proposal import one_line
from trustview.export.remediation.terraform import literal, quoted, resource_name
from widgets.safe_text import safe_text

_STATE = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_TARGET_ID = "told"


def write_json(rule: WatchRule) -> str:
    """The rule as PutRule takes it, with the Regions that need it."""
    value = {
        "account": rule.account,
        "regions": list(rule.regions),
        "rule": {
            "Name": rule.name,
            "Description": rule.description,
            "EventBusName": "default",
            "State": _STATE,
            "EventPattern": json.loads(rule.pattern),
        },
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def write_commands(rule: WatchRule) -> str:
    """A POSIX shell script; it wants TARGET_ARN in its environment, with `{region}` where the Region stands in it."""
    return "\n".join(_commands(rule)) + "\n"


def _commands(rule: WatchRule) -> Iterator[str]:
    yield f"# {safe_text(rule.role)}: run in account {safe_text(rule.account)}"
    yield ': "${TARGET_ARN:?set it to the ARN of the topic or queue that is told, {region} standing for the Region}"'
    for region in rule.regions:
        put = (
            "aws", "events", "put-rule", "--region", region, "--name", rule.name, "--description", rule.description,
            "--state", _STATE, "--event-pattern", one_line(rule.pattern),
        )  # fmt: skip
        yield shlex.join(put)
        target = f'"Id={_TARGET_ID},Arn=$(printf %s "$TARGET_ARN" | sed {shlex.quote(f"s/{{region}}/{region}/g")})"'
        words = ("aws", "events", "put-targets", "--region", region, "--rule", rule.name, "--targets")
        yield f"{shlex.join(words)} {target}"
    yield ""
    yield "# to take it back:"
    for region in rule.regions:
        place = ("--region", region)
        yield f"# {shlex.join(('aws', 'events', 'remove-targets', *place, '--rule', rule.name, '--ids', _TARGET_ID))}"
        yield f"# {shlex.join(('aws', 'events', 'delete-rule', *place, '--name', rule.name))}"


def write_terraform(rule: WatchRule) -> str:
    """A rule and its target; apply it with a provider of each Region that the comment names."""
    return "\n".join(_terraform(rule)) + "\n"


def _terraform(rule: WatchRule) -> Iterator[str]:
    name = resource_name(rule.name)
    yield f"# {safe_text(rule.role)}"
    yield f"# in each of: {safe_text(', '.join(rule.regions))}"
    yield 'variable "target_arn" {'
    yield "  type        = string"
    yield '  description = "Who is told: a topic or queue of the Region"'
    yield "}"
    yield ""
    yield f'resource "aws_cloudwatch_event_rule" "{name}" {{'
    yield f"  name        = {quoted(rule.name)}"
    yield f"  description = {quoted(rule.description)}"
    yield f"  state       = {quoted(_STATE)}"
    yield ""
    yield "  event_pattern = <<-JSON"
    for line in literal(json.dumps(json.loads(rule.pattern), indent=2, ensure_ascii=True)).splitlines():
        yield f"    {line}"
    yield "  JSON"
    yield "}"
    yield ""
    yield f'resource "aws_cloudwatch_event_target" "{name}" {{'
    yield f"  rule      = aws_cloudwatch_event_rule.{name}.name"
    yield f"  target_id = {quoted(_TARGET_ID)}"
    yield "  arn       = var.target_arn"
    yield "}"


def write_cloudformation(rule: WatchRule) -> str:
    """A template in JSON, for a stack in each Region (a StackSet); every character that is not ASCII is escaped."""
    properties = {
        "Name": rule.name,
        "Description": rule.description,
        "State": _STATE,
        "EventPattern": json.loads(rule.pattern),
        "Targets": [{"Id": _TARGET_ID, "Arn": {"Ref": "TargetArn"}}],
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{rule.description}; for a stack in each of {', '.join(rule.regions)}",
        "Parameters": {"TargetArn": {"Type": "String", "Description": "Who is told: a topic or queue of the Region"}},
        "Resources": {logical_id(rule.name): {"Type": "AWS::Events::Rule", "Properties": properties}},
    }
    return json.dumps(template, indent=2, ensure_ascii=True) + "\n"


WATCH_FORMATS: dict[str, Callable[[WatchRule], str]] = {
    "json": write_json,
    "cli": write_commands,
    "terraform": write_terraform,
    "cloudformation": write_cloudformation,
}
