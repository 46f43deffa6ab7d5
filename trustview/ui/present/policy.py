"""A policy as a text with its deciding statements marked."""

from __future__ import annotations

import json
from collections.abc import Iterable

from trustview.analysis import Finding, Grant, places_of, pretty_policy
from trustview.policy import read_policy
from trustview.ui.present.signs import NO_SEVERITY, REACHES, provider_name, severity_sign
from widgets.json_view import MarkedRange


def statement_lines(text: str) -> tuple[tuple[int, int], ...]:
    """First and last line (from 1) of each statement of a policy indented by `pretty_policy`; empty if it is none."""
    try:
        document = json.loads(text)
    except ValueError:
        return ()
    if not isinstance(document, dict):
        return ()
    key = next((name for name in document if name.lower() == "statement"), "")
    statements = document.get(key)
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines, 1) if line.startswith(f"  {json.dumps(key)}:")), 0)
    if not start:
        return ()
    if isinstance(statements, dict):
        return ((start, start + _height(statements) - 1),)
    ranges: list[tuple[int, int]] = []
    first = start + 1
    for statement in statements if isinstance(statements, list) else ():
        last = first + _height(statement) - 1
        ranges.append((first, last))
        first = last + 1
    return tuple(ranges)


def _height(value: object) -> int:
    return json.dumps(value, indent=2).count("\n") + 1


def marked_policy(
    policy: str, grants: Iterable[Grant], findings: Iterable[Finding]
) -> tuple[str, tuple[MarkedRange, ...]]:
    """The policy indented, and a mark on each statement that lets the grants in, in the tone of the worst finding.

    Without grants those are marked that the findings are about.
    """
    text = pretty_policy(policy)
    ranges = statement_lines(text)
    worst: dict[int, Finding] = {}
    for finding in findings:
        for statement in finding.statements:
            if statement not in worst or finding.severity > worst[statement].severity:
                worst[statement] = finding
    marks: list[MarkedRange] = []
    for statement, notes in (_notes(policy, grants) or {statement: [] for statement in worst}).items():
        if statement < len(ranges):
            sign = severity_sign(worst[statement].severity) if statement in worst else NO_SEVERITY
            marks.append(MarkedRange(*ranges[statement], sign.tone, "; ".join(notes)))
    return text, tuple(marks)


def _notes(policy: str, grants: Iterable[Grant]) -> dict[int, list[str]]:
    notes: dict[int, list[str]] = {}
    for grant in grants:
        text = f"lets in {provider_name(grant.party_name or grant.principal.value)}: {REACHES[grant.reach.kind].word}"
        for statement in places_of(read_policy(policy), grant):
            found = notes.setdefault(statement, [])
            if text not in found:
                found.append(text)
    return notes
