"""Date operators: W3C forms of ISO 8601 with any offset, a date alone, or seconds since 1970."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.wildcard import Tokens, plain_text


def read_moment(text: str) -> Decimal | None:
    """Seconds since 1970 of a date in any form that AWS accepts; None when it is none of them."""
    text = text.strip()
    try:
        return Decimal(text) if text.lstrip("+-").replace(".", "", 1).isdigit() and len(text) != 8 else _iso(text)
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _iso(text: str) -> Decimal:
    padded = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
    moment = datetime.fromisoformat(padded)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Decimal(str(aware.timestamp()))


def _compare(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Sequence[Tokens]], Match]:
    def read(patterns: Sequence[Tokens]) -> Match:
        limits = [limit for tokens in patterns if (limit := read_moment(plain_text(tokens))) is not None]

        def match(value: str) -> bool:
            moment = read_moment(value)
            return moment is not None and any(holds(moment, limit) for limit in limits)

        return match

    return read


_EQUALS = _compare(lambda moment, limit: moment == limit)

DATE_OPERATORS = (
    Operator("DateEquals", "date", _EQUALS, has_variables=False),
    Operator("DateNotEquals", "date", _EQUALS, is_negated=True, has_variables=False),
    Operator("DateLessThan", "date", _compare(lambda m, limit: m < limit), has_variables=False),
    Operator("DateLessThanEquals", "date", _compare(lambda m, limit: m <= limit), has_variables=False),
    Operator("DateGreaterThan", "date", _compare(lambda m, limit: m > limit), has_variables=False),
    Operator("DateGreaterThanEquals", "date", _compare(lambda m, limit: m >= limit), has_variables=False),
)
