"""Attestation: what a person signs off, as it stood at that moment; sealed into the last entry of a journal."""

from __future__ import annotations

from dataclasses import dataclass

Counts = tuple[tuple[str, int], ...]
"""Numbers by a word, in the order in which people read them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at: accounts known and read, and a sentence for each thing that was not."""

    accounts: int
    accounts_read: int
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attestation:
    """A sign-off.

    `snapshot` is the name of the snapshot reviewed, `snapshot_digest` the SHA-256 of its file, `tool` the version that
    judged it and `checks` the ids of what it looked for. `items` counts the items with findings, `verdicts` the
    decisions by verdict, `undecided` the items left open by severity. `journal_digest` seals every entry before.
    """

    snapshot: str
    snapshot_digest: str
    taken_at: str
    tool: str
    checks: tuple[str, ...]
    coverage: Coverage
    items: int
    verdicts: Counts
    undecided: Counts
    journal_digest: str
    statement: str = ""
