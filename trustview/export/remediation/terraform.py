"""Terraform: the arguments of the role's resource; the policy stands in a heredoc that interpolates nothing.

https://developer.hashicorp.com/terraform/language/expressions/strings#heredoc-strings
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from trustview.export.remediation.proposal import Proposal, RemediationFormat
from widgets.safe_text import safe_text


def write_terraform(proposal: Proposal) -> str:
    """An `aws_iam_role` with the arguments that name it and its new `assume_role_policy`."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    yield f"# {safe_text(proposal.role)}"
    for change in proposal.changes:
        yield f"# - {safe_text(change)}"
    yield f'resource "aws_iam_role" "{resource_name(proposal.name)}" {{'
    yield f"  name = {quoted(proposal.name)}"
    yield f"  path = {quoted(proposal.path)}"
    yield ""
    yield "  assume_role_policy = <<-JSON"
    for line in literal(json.dumps(json.loads(proposal.proposed), indent=2, ensure_ascii=True)).splitlines():
        yield f"    {line}"
    yield "  JSON"
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
