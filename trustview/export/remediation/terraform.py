"""Terraform: the arguments of the role's resource; the policy stands in a heredoc that interpolates nothing.

https://developer.hashicorp.com/terraform/language/expressions/strings#heredoc-strings
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from trustview.export.remediation.proposal import Proposal, RemediationFormat
from trustview.snapshot import Role
from widgets.safe_text import safe_text


def write_terraform(proposal: Proposal) -> str:
    """An `aws_iam_role` with the arguments that name it and those that change, then what is attached anew."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    before, after = proposal.before, proposal.after
    yield f"# {safe_text(after.arn)}"
    for change in proposal.changes:
        yield f"# - {safe_text(change)}"
    yield f'resource "aws_iam_role" "{resource_name(after.name)}" {{'
    yield f"  name = {quoted(after.name)}"
    yield f"  path = {quoted(after.path)}"
    if after.boundary != before.boundary:
        yield f"  permissions_boundary = {quoted(after.boundary) if after.boundary else 'null'}"
    if after.max_session_seconds != before.max_session_seconds:
        yield f"  max_session_duration = {after.max_session_seconds}"
    yield ""
    yield from heredoc("assume_role_policy", after.trust_policy)
    yield "}"
    yield from _attachments(before, after)


def heredoc(name: str, policy: str) -> Iterator[str]:
    """An argument that holds a policy, in which nothing is interpolated."""
    yield f"  {name} = <<-JSON"
    for line in literal(json.dumps(json.loads(policy), indent=2, ensure_ascii=True)).splitlines():
        yield f"    {line}"
    yield "  JSON"


def _attachments(before: Role, after: Role) -> Iterator[str]:
    """What is attached anew; what goes is a resource of theirs, which they must take away."""
    for arn in before.attached:
        if arn not in after.attached:
            yield from ("", f"# remove the resource that attaches {safe_text(arn)}")
    for arn in after.attached:
        if arn not in before.attached:
            name = resource_name(f"{after.name}_{arn.rpartition('/')[2]}")
            yield from ("", f'resource "aws_iam_role_policy_attachment" "{name}" {{')
            yield f"  role       = aws_iam_role.{resource_name(after.name)}.name"
            yield f"  policy_arn = {quoted(arn)}"
            yield "}"


def resource_name(name: str) -> str:
    """A name that Terraform takes for a resource: letters, digits, `_` and `-`, not beginning with a digit."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return plain if plain[:1].isalpha() else f"role_{plain}"


def quoted(text: str) -> str:
    """A text as a quoted string: JSON's escapes are Terraform's too."""
    return literal(json.dumps(text, ensure_ascii=True))


def literal(text: str) -> str:
    """A text in which Terraform finds nothing to interpolate: `${` and `%{` stand for themselves."""
    return text.replace("${", "$${").replace("%{", "%%{")


TERRAFORM = RemediationFormat("terraform", ".tf", write_terraform)
