"""Attestation: what a person signs off, as it stood at that moment; sealed into the last entry of a journal."""

from __future__ import annotations

import json
from dataclasses import dataclass

from trustview.snapshot.codec import decode, encode

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
    decisions by verdict, `undecided` the items left open by severity. `inventory` is the digest of everything that was
    there (see `Inventory`), `ledger` that of how far it was read (see `ledger.py`), `extents` its counts.
    `scope` says in words what the review was limited to, empty when it was not. `journal_digest` seals every entry
    before.
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
    inventory: str = ""
    ledger: str = ""
    extents: Counts = ()
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every grant that was there at a sign-off by its key (see `grant_keys`), and the accounts that were read in full.

    It tells new grants of the next review from those that nobody decided on.
    """

    grants: tuple[str, ...]
    accounts: tuple[str, ...]


def write_inventory(inventory: Inventory) -> str:
    """The text that is kept: always the same for the same inventory."""
    return json.dumps(encode(inventory), separators=(",", ":"))


def read_inventory(text: str) -> Inventory:
    """The inventory of a kept text; ValueError when it is none."""
    return decode(Inventory, json.loads(text))
