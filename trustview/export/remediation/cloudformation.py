"""CloudFormation: a template with the role's new trust policy, to put into the stack that owns the role.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html
"""

from __future__ import annotations

import json
import re

from trustview.export.remediation.proposal import Proposal, RemediationFormat


def write_cloudformation(proposal: Proposal) -> str:
    """A template in JSON, which is YAML too; every character that is not ASCII is escaped."""
    properties = {
        "RoleName": proposal.name,
        "Path": proposal.path,
        "AssumeRolePolicyDocument": json.loads(proposal.proposed),
    }
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The trust policy that trustview proposes; the role's other properties stay as they are",
        "Resources": {logical_id(proposal.name): role},
    }
    return json.dumps(template, indent=2, ensure_ascii=True) + "\n"


def logical_id(name: str) -> str:
    """A name that CloudFormation takes for a resource: letters and digits alone."""
    return re.sub(r"[^A-Za-z0-9]", "", name) or "Role"


CLOUDFORMATION = RemediationFormat("cloudformation", ".template.json", write_cloudformation)
