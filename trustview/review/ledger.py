"""Ledger: what was looked at, account by account, source by source, Region by Region. THE ONE PLACE that says so.

A source that gave something and has a gap was read in part; one that has only a gap was not read. Nothing is called
read because nothing was said of it: an account that is known and of which nobody says anything was not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from trustview.snapshot import Gap, Reading
from trustview.snapshot.codec import encode

EVERYTHING = "everything"


class Extent(StrEnum):
    """How far something was read."""

    READ = "read"
    PARTLY = "partly"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One source of one account and Region; an empty account is the organization, an empty Region all of them.

    `why` are sentences on what is missing: lower case, no full stop. `read_at` is when, empty where it was not.
    """

    account: str
    name: str
    source: str
    region: str
    extent: Extent
    why: tuple[str, ...] = ()
    read_at: str = ""


def make_ledger(
    accounts: Iterable[tuple[str, str, bool]], readings: Iterable[Reading], gaps: Iterable[Gap]
) -> tuple[LedgerLine, ...]:
    """The ledger of a snapshot, in the order of accounts, sources and Regions; accounts are (id, name, is unread)."""
    known = {account: (name, is_unread) for account, name, is_unread in accounts}
    read: dict[tuple[str, str, str], str] = {}
    for reading in readings:
        place = (reading.account, reading.service, reading.region)
        read[place] = max(read.get(place, ""), reading.read_at)
    missing: dict[tuple[str, str, str], list[str]] = {}
    for gap in gaps:
        missing.setdefault((gap.account, gap.service or EVERYTHING, gap.region), []).append(
            f"{gap.kind.value}: {gap.reason}"
        )
    lines = [_line(place, known, read, missing) for place in sorted(read.keys() | missing.keys())]
    return tuple(sorted((*lines, *_unsaid(known, lines)), key=lambda one: (one.account, one.source, one.region)))


def _line(
    place: tuple[str, str, str],
    known: dict[str, tuple[str, bool]],
    read: dict[tuple[str, str, str], str],
    missing: dict[tuple[str, str, str], list[str]],
) -> LedgerLine:
    account, source, region = place
    why = tuple(dict.fromkeys(missing.get(place, ())))
    extent = (Extent.PARTLY if why else Extent.READ) if place in read else Extent.NOT_READ
    name = known.get(account, ("", False))[0] if account else "the organization"
    return LedgerLine(account, name, source, region, extent, why, read.get(place, ""))


def _unsaid(known: dict[str, tuple[str, bool]], lines: Iterable[LedgerLine]) -> Iterator[LedgerLine]:
    """Accounts of which no line says anything: files say nothing of when they were read."""
    told = {line.account for line in lines}
    for account, (name, is_unread) in known.items():
        if account in told:
            continue
        if is_unread:
            yield LedgerLine(account, name, EVERYTHING, "", Extent.NOT_READ, ("nothing says why",))
        else:
            yield LedgerLine(account, name, "iam", "", Extent.READ)


def write_ledger(ledger: Iterable[LedgerLine]) -> str:
    """The text that is kept: always the same for the same ledger."""
    return json.dumps([encode(line) for line in ledger], separators=(",", ":"), ensure_ascii=True)


def count_extents(ledger: Iterable[LedgerLine]) -> tuple[tuple[str, int], ...]:
    """How many sources were read, in part or not at all."""
    found = [line.extent for line in ledger]
    return tuple((extent.value, found.count(extent)) for extent in Extent)


def describe_place(account: str, name: str, service: str, region: str) -> str:
    """Where something is missing, in words."""
    place = (account, name if name != account else "", service, region)
    return " ".join(part for part in place if part) or "everywhere"
