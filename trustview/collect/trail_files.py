"""One file of a CloudTrail trail -> the role assumptions in it, and how far it sees. Pure.

A file holds some minutes of an account and Region, gzipped JSON, of which a few per cent assume roles: of the other
records only a few fields are looked at, and the rest is never parsed. Whatever the texts of a record hold, JSON's own
grammar says where it ends.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from trustview.collect.sighting import ACTIONS, STS, Sighting, sight

GZIP = b"\x1f\x8b"
HEAD_BYTES = 64
LARGEST_BYTES = 1 << 30

Day = tuple[str, str, str]
"""An account, a Region and a day (`2026-11-20`)."""
Span = tuple[str, str]
"""The first and the last moment of what was seen."""


@dataclass(frozen=True, slots=True)
class TrailFile:
    """What is kept of one file: the role assumptions by the id of the call, and from when to when it sees them.

    A day is seen when a management event that reads is told of it: role assumptions are such events, and a trail that
    leaves them out says nothing of them.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """

    calls: tuple[tuple[str, Sighting], ...] = ()
    seen: Mapping[Day, Span] = field(default_factory=dict)


def is_trail_file(head: bytes) -> bool:
    """Whether a file that begins so looks like one of a trail: gzipped, or an object of `Records`."""
    return head.startswith(GZIP) or head[:HEAD_BYTES].translate(None, b" \r\n\t").startswith(b'{"Records":')


def read_trail_file(content: bytes) -> TrailFile:
    """The assumptions of a file and how far it sees; a digest, which holds no records, tells of nothing.

    ValueError when it is damaged, too large or no file of a trail.
    """
    text = _decompress(content) if content.startswith(GZIP) else content
    try:
        records = _cut(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no file of a CloudTrail trail: {error}") from error
    calls: list[tuple[str, Sighting]] = []
    times: dict[Day, set[str]] = {}
    before = None
    for record in records:
        if record.eventName in ACTIONS:
            told = _open(record)
            call = sight(told)
            if call is not None:
                calls.append(call)
            elif told.get("eventSource") != STS:
                continue
        elif record.readOnly is not True or record.managementEvent is not True:
            continue
        if record.eventTime != before:
            before = record.eventTime
            day = (record.recipientAccountId, record.awsRegion, before[:10])
            times.setdefault(day, set()).add(before)
    return TrailFile(tuple(calls), {day: (min(found), max(found)) for day, found in times.items() if all(day)})


def _decompress(content: bytes) -> bytes:
    """All members of a gzip file; ValueError when it is damaged, cut off, or swells beyond any trail's file."""
    from isal import isal_zlib  # noqa: PLC0415  only for whoever reads trails

    parts: list[bytes] = []
    left, room = content, LARGEST_BYTES
    while left.startswith(GZIP):
        reader = isal_zlib.decompressobj(wbits=31)
        try:
            parts.append(reader.decompress(left, room))
        except isal_zlib.IsalError as error:  # type: ignore[misc]  # its stub says that it is an instance
            raise ValueError(f"the file is damaged: {error}") from error
        room -= len(parts[-1])
        if not reader.eof:
            raise ValueError(
                f"it unpacks to more than {LARGEST_BYTES >> 20} MiB" if room <= 0 else "the file is cut off"
            )
        left = reader.unused_data
    return parts[0] if len(parts) == 1 else b"".join(parts)


# ── records, cut out of the text ─────────────────────────────────────────────────────────────────────────────────

# What is read of every record, and what is left as text until a record is wanted.
_READ = ("eventName", "eventTime", "awsRegion", "recipientAccountId")
_FLAGS = ("readOnly", "managementEvent")
_LEFT = (
    "eventSource", "eventID", "sharedEventID", "errorCode", "errorMessage", "userIdentity", "requestParameters",
    "responseElements", "sourceIPAddress", "vpcEndpointId", "userAgent",
)  # fmt: skip


@cache
def _shapes() -> tuple[Any, Any]:
    """A record, cut into its fields, and the decoder of a file."""
    import msgspec  # noqa: PLC0415  only for whoever reads trails

    read = [(name, str, "") for name in _READ]
    flags = [(name, bool | str | None, None) for name in _FLAGS]
    left = [(name, msgspec.Raw, None) for name in _LEFT]
    record = msgspec.defstruct("Record", [*read, *flags, *left], gc=False)
    file = msgspec.defstruct("File", [("Records", list[record] | None, None), ("digestStartTime", str, "")])  # type: ignore[valid-type]
    return record, msgspec.json.Decoder(file)


def _cut(text: bytes) -> Iterable[Any]:
    """The records of a file; ValueError when it is none of a trail."""
    import msgspec  # noqa: PLC0415

    try:
        file = _shapes()[1].decode(text)
    except msgspec.ValidationError:
        return _cut_loosely(json.loads(text))
    if file.Records is None and not file.digestStartTime:
        raise ValueError("it has no `Records`")
    return file.Records or ()


def _cut_loosely(value: object) -> list[Any]:
    """The records of a file in which some hold what no record of CloudTrail holds: that counts as not being there."""
    import msgspec  # noqa: PLC0415

    records = value.get("Records") if isinstance(value, dict) else None
    if not isinstance(records, list):
        raise ValueError("its `Records` are no list")
    kept = (record for record in records if isinstance(record, dict))
    return [_shapes()[0](**dict(_fitting(record, msgspec))) for record in kept]


def _fitting(record: Mapping[str, Any], msgspec: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  the module
    for name in _READ:
        if isinstance(record.get(name), str):
            yield name, record[name]
    for name in _FLAGS:
        yield name, record.get(name) is True
    for name in _LEFT:
        if name in record:
            yield name, msgspec.Raw(msgspec.json.encode(record[name]))


def _open(record: Any) -> dict[str, Any]:  # noqa: ANN401  its shape is made where it is needed
    """A record that is wanted, with all that is read of it."""
    import msgspec  # noqa: PLC0415

    read = {name: getattr(record, name) for name in _READ}
    left = ((name, getattr(record, name)) for name in _LEFT)
    return {**read, **{name: msgspec.json.decode(text) for name, text in left if text is not None}}
