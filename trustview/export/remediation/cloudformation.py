"""CloudFormation: a template with the role's new properties, to put into the stack that owns the role.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from trustview.export.remediation.proposal import Proposal, RemediationFormat
from trustview.snapshot import Role


def write_cloudformation(proposal: Proposal) -> str:
    """A template in JSON, which is YAML too; every character that is not ASCII is escaped."""
    role = {"Type": "AWS::IAM::Role", "Properties": _properties(proposal.before, proposal.after)}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role as trustview proposes it; its other properties stay as they are",
        "Resources": {logical_id(proposal.after.name): role},
    }
    return json.dumps(template, indent=2, ensure_ascii=True) + "\n"


def _properties(before: Role, after: Role) -> dict[str, Any]:
    """What names the role, its trust policy, and whatever else of it changes."""
    properties: dict[str, Any] = {
        "RoleName": after.name,
        "Path": after.path,
        "AssumeRolePolicyDocument": json.loads(after.trust_policy),
    }
    if after.attached != before.attached:
        properties["ManagedPolicyArns"] = list(after.attached)
    if after.boundary != before.boundary:
        properties["PermissionsBoundary"] = after.boundary
    if after.max_session_seconds != before.max_session_seconds:
        properties["MaxSessionDuration"] = after.max_session_seconds
    return properties


def logical_id(name: str) -> str:
    """A name that CloudFormation takes for a resource: letters and digits alone."""
    return re.sub(r"[^A-Za-z0-9]", "", name) or "Role"


CLOUDFORMATION = RemediationFormat("cloudformation", ".template.json", write_cloudformation)
