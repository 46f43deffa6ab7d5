"""Files of a CloudTrail trail -> what is kept of the role assumptions in them. Pure.

A file holds some minutes of an account and Region, gzipped JSON, of which a few per cent assume roles: records are cut
out unread, and only those that speak of an assumption are parsed. Whatever a record's texts hold, JSON's own grammar
says where it ends.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from trustview.collect.evidence import ACTIONS, STS, keep_record
from trustview.snapshot import EvidenceWindow

GZIP = b"\x1f\x8b"
LARGEST_BYTES = 1 << 30
SOURCE = "trail files"
_MARK = b'"AssumeRole'

Day = tuple[str, str, str]
"""An account, a Region and a day (`2026-11-20`) of which there are records."""


@dataclass(frozen=True, slots=True)
class TrailFile:
    """What is kept of one file: the assumptions in it, and the days that it has records of."""

    events: tuple[dict[str, Any], ...]
    days: frozenset[Day]


def is_trail_file(content: bytes) -> bool:
    """Whether a file looks like one of a trail: gzipped, or an object of `Records`."""
    return content.startswith(GZIP) or content[:64].replace(b" ", b"").replace(b"\n", b"").startswith(b'{"Records":')


def read_trail_file(content: bytes) -> TrailFile:
    """The assumptions and days of a file; ValueError when it is damaged, too large or no file of a trail."""
    text = _decompress(content) if content.startswith(GZIP) else content
    cut_out, placed = _decoders()
    try:
        records, places = cut_out.decode(text).Records, placed.decode(text).Records
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no file of a CloudTrail trail: {error}") from error
    events = tuple(_assumptions(bytes(record) for record in records))
    days = {(place.recipientAccountId, place.awsRegion, place.eventTime[:10]) for place in places}
    return TrailFile(events, frozenset(day for day in days if all(day)))


def _assumptions(records: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for record in records:
        if _MARK in record:
            value = json.loads(record)
            if value.get("eventSource") == STS and value.get("eventName") in ACTIONS:
                yield keep_record(value)


def _decompress(content: bytes) -> bytes:
    """All members of a gzip file; ValueError when it is damaged, cut off, or swells beyond any trail's file."""
    parts: list[bytes] = []
    left, room = content, LARGEST_BYTES
    while left.startswith(GZIP):
        reader = zlib.decompressobj(wbits=31)
        try:
            parts.append(reader.decompress(left, room))
        except zlib.error as error:
            raise ValueError(f"the file is damaged: {error}") from error
        room -= len(parts[-1])
        if not reader.eof:
            raise ValueError(
                f"it unpacks to more than {LARGEST_BYTES >> 20} MiB" if room <= 0 else "the file is cut off"
            )
        left = reader.unused_data
    return b"".join(parts)


@cache
def _decoders() -> tuple[Any, Any]:
    """Decoders that cut the records out, and that read where and when each one was."""
    import msgspec  # noqa: PLC0415  only for whoever reads trails

    class Place(msgspec.Struct):
        recipientAccountId: str = ""  # noqa: N815  CloudTrail's spelling
        awsRegion: str = ""  # noqa: N815
        eventTime: str = ""  # noqa: N815

    raw = msgspec.defstruct("Raw", [("Records", list[msgspec.Raw])])
    placed = msgspec.defstruct("Placed", [("Records", list[Place])])
    return msgspec.json.Decoder(raw), msgspec.json.Decoder(placed)


# ── how far the files see ────────────────────────────────────────────────────────────────────────────────────────


def windows_of(days: Iterable[Day]) -> tuple[EvidenceWindow, ...]:
    """The period that the files cover, per account and Region; whole days without a record are holes in it.

    A day on which nothing happened looks the same as one whose files are missing, and is told as missing.
    """
    known: dict[tuple[str, str], set[date]] = {}
    for account, region, day in days:
        try:
            moment = date.fromisoformat(day)
        except ValueError:
            continue
        known.setdefault((account, region), set()).add(moment)
    return tuple(_window(account, region, sorted(found)) for (account, region), found in sorted(known.items()))


def _window(account: str, region: str, days: list[date]) -> EvidenceWindow:
    after = timedelta(days=1)
    holes = tuple((_begin(one + after), _begin(other)) for one, other in pairwise(days) if other - one > after)
    return EvidenceWindow(account, region, SOURCE, _begin(days[0]), _begin(days[-1] + after), holes)


def _begin(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
