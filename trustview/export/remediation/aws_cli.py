"""AWS CLI: the command that makes the change, and the one that takes it back; a shell reads every word as it is.

https://docs.aws.amazon.com/cli/latest/reference/iam/update-assume-role-policy.html
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from trustview.analysis import describe_effect
from trustview.export.remediation.proposal import Proposal, RemediationFormat, one_line
from widgets.safe_text import safe_text


def write_commands(proposal: Proposal) -> str:
    """Two commands for a POSIX shell, with what they do as comments."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    yield f"# {safe_text(proposal.role)}, account {safe_text(f'{proposal.account_name} ({proposal.account})')}"
    for change in proposal.changes:
        yield f"# - {safe_text(change)}"
    for _, sentence in describe_effect(proposal.effect):
        yield f"# {safe_text(sentence)}"
    yield command(proposal.name, proposal.proposed)
    yield ""
    yield "# to take it back:"
    yield f"# {command(proposal.name, proposal.current)}"


def command(role_name: str, policy: str) -> str:
    """The command that gives a role this trust policy."""
    words = ("aws", "iam", "update-assume-role-policy", "--role-name", role_name, "--policy-document", one_line(policy))
    return shlex.join(words)


AWS_CLI = RemediationFormat("cli", ".sh", write_commands)
