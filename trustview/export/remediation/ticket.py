"""A change ticket in Markdown: what changes and why, the difference, the command, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trustview.analysis import describe_effect
from trustview.export.markdown import code, plain
from trustview.export.remediation.aws_cli import commands, undo_commands
from trustview.export.remediation.proposal import Proposal, RemediationFormat, propose_text
from widgets.safe_text import safe_text


def write_ticket(proposal: Proposal) -> str:
    """A title, the changes, what they close and leave, the difference, and both commands."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    yield f"# Change the role {plain(proposal.before.name)} in {plain(proposal.account_name)}"
    yield ""
    yield f"Role {code(proposal.before.arn)}" + (f", change {code(proposal.id)}" if proposal.id else "")
    yield from section("Changes", proposal.changes)
    yield from section("Closes", proposal.closes)
    yield from section("Leaves", proposal.leaves)
    yield from section("Why", proposal.mended)
    yield from section("Proof", [sentence for _, sentence in describe_effect(proposal.effect)])
    yield from section("What was seen, and what it would do", [sentence for _, sentence in proposal.notes])
    others = [
        f"{one.id}: {'; '.join((*one.changes, *one.reasons))}" for one in proposal.ranked if one.id != proposal.id
    ]
    yield from section("Other changes that were possible", others)
    yield from block("Difference", "diff", propose_text(proposal))
    yield from block("Carry out", "sh", commands(proposal))
    yield from block("Take back", "sh", undo_commands(proposal))


def section(head: str, texts: Iterable[str]) -> Iterator[str]:
    """A heading with a list; nothing for no texts."""
    listed = [f"- {plain(text)}" for text in texts]
    if listed:
        yield from ("", f"## {head}", "", *listed)


def block(head: str, language: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines as a block of code; its fence is longer than any run of backticks inside."""
    safe = [safe_text(line) for line in lines]
    fence = "```"
    while any(fence in line for line in safe):
        fence += "`"
    yield from ("", f"## {head}", "", f"{fence}{language}", *safe, fence)


TICKET = RemediationFormat("markdown", ".md", write_ticket)
