"""Rollout: the policies of the caller and of the reader role as text: JSON, a StackSet template, a Terraform module.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trustview.export.remediation.terraform import literal, quoted

NAME = "trustview-reader"
LOGICAL_ID = "TrustviewReader"
DESCRIPTION = "Read-only access for trustview, the access review of the organization"

Policy = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rollout:
    """What has to stand where: the caller's policy, and the reader role with its path, trust and permissions.

    `session` is what the caller itself cuts every session of the role down to; `evidence` what the reader role needs
    beside its permissions in the one account where a source of evidence lies.
    """

    role_name: str
    path: str
    caller: Policy
    trust: Policy
    permissions: Policy
    session: Policy
    evidence: Policy | None = None


def write_policies(rollout: Rollout) -> str:
    """The policies as one JSON document."""
    role = {"name": rollout.role_name, "path": rollout.path, "trust": rollout.trust, "permissions": rollout.permissions}
    value = {"caller": rollout.caller, "role": role, "session": rollout.session}
    if rollout.evidence is not None:
        value["evidence"] = rollout.evidence
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


# ── CloudFormation ───────────────────────────────────────────────────────────────────────────────────────────────


def stack_set_template(rollout: Rollout) -> dict[str, Any]:
    """The template of the reader role, the same in every account."""
    role = {
        "RoleName": rollout.role_name,
        "Path": rollout.path,
        "Description": DESCRIPTION,
        "MaxSessionDuration": 3600,
        "AssumeRolePolicyDocument": rollout.trust,
        "Policies": [{"PolicyName": "read", "PolicyDocument": rollout.permissions}],
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION,
        "Resources": {LOGICAL_ID: {"Type": "AWS::IAM::Role", "Properties": role}},
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": [LOGICAL_ID, "Arn"]}}},
    }


def write_stack_set(rollout: Rollout) -> str:
    """The template in YAML, with the commands that roll it out."""
    return "\n".join([*_HOW_TO_ROLL_OUT, *_yaml(stack_set_template(rollout), "")]) + "\n"


_HOW_TO_ROLL_OUT = (
    "# Save as trustview-reader.yaml; in the management account, or the delegated administrator of StackSets:",
    "#   aws cloudformation create-stack-set --stack-set-name trustview-reader --permission-model SERVICE_MANAGED \\",
    "#     --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false --capabilities CAPABILITY_NAMED_IAM \\",
    "#     --template-body file://trustview-reader.yaml",
    "#   aws cloudformation create-stack-instances --stack-set-name trustview-reader --regions us-east-1 \\",
    "#     --deployment-targets OrganizationalUnitIds=r-xxxx",
    "# StackSets leave the management account out: when the caller is elsewhere, deploy a stack of it there too.",
)


def _yaml(value: object, indent: str) -> Iterator[str]:
    """Lines of YAML in block style; texts are quoted as JSON quotes them, which YAML reads the same."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _yaml_item(f"{indent}{_yaml_key(str(key))}:", item, f"{indent}  ")
    elif isinstance(value, list):
        for item in value:
            lines = list(_yaml(item, f"{indent}  "))
            yield f"{indent}- {lines[0].strip()}"
            yield from lines[1:]
    else:
        yield f"{indent}{json.dumps(value, ensure_ascii=True)}"


def _yaml_item(head: str, item: object, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping | list) and item:
        yield head
        yield from _yaml(item, indent)
    else:
        yield f"{head} {json.dumps(item, ensure_ascii=True)}"


def _yaml_key(key: str) -> str:
    is_plain = key.isascii() and key.isalpha() and key.lower() not in _WORDS_OF_YAML
    return key if is_plain else json.dumps(key, ensure_ascii=True)


_WORDS_OF_YAML = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}


# ── Terraform ────────────────────────────────────────────────────────────────────────────────────────────────────


def write_module(rollout: Rollout) -> str:
    """A Terraform module for the management account: the caller's policy, and a StackSet of the reader role."""
    return _MODULE.format(
        name=quoted(NAME),
        role_name=quoted(rollout.role_name),
        path=quoted(rollout.path),
        description=quoted(DESCRIPTION),
        caller=_jsonencode(rollout.caller, "  "),
        trust=_jsonencode(rollout.trust, "  "),
        permissions=_jsonencode(rollout.permissions, "  "),
        template=_jsonencode(stack_set_template(rollout), "  "),
    )


def _jsonencode(value: object, indent: str) -> str:
    """A call of `jsonencode`: JSON is an expression of Terraform, once nothing in it is interpolated."""
    text = literal(json.dumps(value, indent=2, ensure_ascii=True))
    return "jsonencode({})".format(text.replace("\n", f"\n{indent}"))


_MODULE = """\
# Apply in the management account, or in the delegated administrator of StackSets.

terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }}
  }}
}}

variable "targets" {{
  description = "The root or the OUs whose accounts get the reader role, new accounts too"
  type        = list(string)
}}

variable "caller_role" {{
  description = "The name of the role that calls trustview; null when its policy is attached elsewhere"
  type        = string
  default     = null
}}

variable "has_role_here" {{
  description = "Whether this account gets the reader role too: StackSets leave the management account out"
  type        = bool
  default     = false
}}

resource "aws_iam_policy" "caller" {{
  name   = "trustview-caller"
  path   = {path}
  policy = {caller}
}}

resource "aws_iam_role_policy_attachment" "caller" {{
  count      = var.caller_role == null ? 0 : 1
  role       = var.caller_role
  policy_arn = aws_iam_policy.caller.arn
}}

resource "aws_iam_role" "reader" {{
  count                = var.has_role_here ? 1 : 0
  name                 = {role_name}
  path                 = {path}
  description          = {description}
  max_session_duration = 3600
  assume_role_policy   = {trust}
}}

resource "aws_iam_role_policy" "reader" {{
  count  = var.has_role_here ? 1 : 0
  name   = "read"
  role   = aws_iam_role.reader[0].id
  policy = {permissions}
}}

resource "aws_cloudformation_stack_set" "reader" {{
  name             = {name}
  description      = {description}
  permission_model = "SERVICE_MANAGED"
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  template_body    = {template}

  auto_deployment {{
    enabled                          = true
    retain_stacks_on_account_removal = false
  }}

  lifecycle {{
    ignore_changes = [administration_role_arn]
  }}
}}

resource "aws_cloudformation_stack_set_instance" "reader" {{
  stack_set_name = aws_cloudformation_stack_set.reader.name

  deployment_targets {{
    organizational_unit_ids = var.targets
  }}
}}
"""
