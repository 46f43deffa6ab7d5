"""One role's remediation -> text to hand over, one file per format; `REMEDIATION_FORMATS` lists them. Pure.

Each shows the same proposed role; commands come with those that take them back. Nothing here runs anything.
"""

from trustview.export.remediation.aws_cli import AWS_CLI
from trustview.export.remediation.cloudformation import CLOUDFORMATION
from trustview.export.remediation.guardrail import GuardrailProposal, Stage, write_guardrail
from trustview.export.remediation.json_policy import JSON_POLICY
from trustview.export.remediation.proposal import Proposal, Ranked, RemediationFormat, describe_role, propose_text
from trustview.export.remediation.terraform import TERRAFORM
from trustview.export.remediation.ticket import TICKET
from trustview.export.remediation.watch_rule import WATCH_FORMATS

REMEDIATION_FORMATS: tuple[RemediationFormat, ...] = (JSON_POLICY, AWS_CLI, TERRAFORM, CLOUDFORMATION, TICKET)

REMEDIATION_FORMATS_BY_NAME = {form.name: form for form in REMEDIATION_FORMATS}

__all__ = [
    "REMEDIATION_FORMATS",
    "REMEDIATION_FORMATS_BY_NAME",
    "WATCH_FORMATS",
    "GuardrailProposal",
    "Proposal",
    "Ranked",
    "RemediationFormat",
    "Stage",
    "describe_role",
    "propose_text",
    "write_guardrail",
]
