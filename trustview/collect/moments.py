"""Moments: AWS's timestamps -> ISO 8601 texts in UTC, to the second (`2026-11-20T06:00:00Z`); empty when unreadable."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def read_moment(value: object) -> str:
    """The moment that AWS gave, as text or as seconds since 1970."""
    if isinstance(value, str) and _USUAL.fullmatch(value):
        return value
    try:
        return write_moment(_parse(value))
    except (ValueError, TypeError, OverflowError, OSError):
        return ""


def write_moment(moment: datetime) -> str:
    """The text of a moment; one without a zone is taken as UTC."""
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _parse(value: object) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        from botocore.utils import parse_timestamp  # noqa: PLC0415  the odd formats are rare

        moment: datetime = parse_timestamp(value)
        return moment
