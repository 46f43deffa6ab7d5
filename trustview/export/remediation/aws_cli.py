"""AWS CLI: the commands that make the change, and those that take it back; a shell reads every word as it is.

https://docs.aws.amazon.com/cli/latest/reference/iam/update-assume-role-policy.html
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from trustview.export.remediation.proposal import Proposal, RemediationFormat, one_line
from trustview.snapshot import Role
from widgets.safe_text import safe_text


def write_commands(proposal: Proposal) -> str:
    """Commands for a POSIX shell, with what they do as comments; those that take it back are comments too."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    before = proposal.before
    yield f"# {safe_text(before.arn)}, account {safe_text(f'{proposal.account_name} ({before.account})')}"
    for change in proposal.changes:
        yield f"# - {safe_text(change)}"
    for _, sentence in proposal.told:
        yield f"# {safe_text(sentence)}"
    yield from commands(proposal)
    yield ""
    yield "# to take it back:"
    for command in undo_commands(proposal):
        yield f"# {command}"


def commands(proposal: Proposal) -> list[str]:
    """The commands that make the change."""
    return [shlex.join(words) for words in _from_to(proposal.before, proposal.after)]


def undo_commands(proposal: Proposal) -> list[str]:
    """The commands that take it back."""
    return [shlex.join(words) for words in _from_to(proposal.after, proposal.before)]


def _from_to(old: Role, new: Role) -> Iterator[tuple[str, ...]]:
    """The commands that make one role of another of the same name; what comes is there before anything goes."""
    named = ("--role-name", new.name)
    if old.trust_policy != new.trust_policy:
        document = ("--policy-document", one_line(new.trust_policy))
        yield ("aws", "iam", "update-assume-role-policy", *named, *document)
    for arn in new.attached:
        if arn not in old.attached:
            yield ("aws", "iam", "attach-role-policy", *named, "--policy-arn", arn)
    for arn in old.attached:
        if arn not in new.attached:
            yield ("aws", "iam", "detach-role-policy", *named, "--policy-arn", arn)
    if old.boundary != new.boundary and new.boundary:
        yield ("aws", "iam", "put-role-permissions-boundary", *named, "--permissions-boundary", new.boundary)
    elif old.boundary != new.boundary:
        yield ("aws", "iam", "delete-role-permissions-boundary", *named)
    if old.max_session_seconds != new.max_session_seconds:
        yield ("aws", "iam", "update-role", *named, "--max-session-duration", str(new.max_session_seconds or 3600))


AWS_CLI = RemediationFormat("cli", ".sh", write_commands)
