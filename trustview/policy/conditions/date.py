"""Date operators: W3C forms of ISO 8601 with any offset, a date alone, or seconds since 1970.

Four or eight digits may be a year, a date without dashes or seconds: AWS does not document which.
https://www.w3.org/TR/NOTE-datetime
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.memory import remember
from trustview.policy.wildcard import Tokens, plain_text

_SECONDS = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
)
_EITHER = re.compile(r"[0-9]{4}([0-9]{4})?")
_START = datetime(1970, 1, 1, tzinfo=UTC)


@remember
def read_moment(text: str) -> Decimal | None:
    """Seconds since 1970 of a date in any form that AWS accepts; None when it is none of them."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return Decimal(text)
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(f"{text}-01" if len(text) == 7 else text)
        since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _START
    except (ValueError, OverflowError):
        return None
    return Decimal(since.days * 86400 + since.seconds) + Decimal(since.microseconds) / 1000000


def _read_surely(text: str) -> Decimal | None:
    return None if _EITHER.fullmatch(text) else read_moment(text)


def _compare(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Sequence[Tokens]], Match]:
    def read(patterns: Sequence[Tokens]) -> Match:
        texts = [plain_text(tokens).strip() for tokens in patterns]
        limits = [limit for text in texts if (limit := _read_surely(text)) is not None]
        otherwise = None if any(map(_EITHER.fullmatch, texts)) else False

        def match(value: str) -> bool | None:
            if _EITHER.fullmatch(value.strip()):
                return None if limits else otherwise
            moment = read_moment(value)
            return any(holds(moment, limit) for limit in limits) or otherwise if moment is not None else False

        return match

    return read


_SILENCE = "a date of four or eight digits"
_EQUALS = _compare(lambda moment, limit: moment == limit)

DATE_OPERATORS = (
    Operator("DateEquals", "date", _EQUALS, has_variables=False, silence=_SILENCE),
    Operator("DateNotEquals", "date", _EQUALS, is_negated=True, has_variables=False, silence=_SILENCE),
    Operator("DateLessThan", "date", _compare(lambda m, limit: m < limit), has_variables=False, silence=_SILENCE),
    Operator(
        "DateLessThanEquals", "date", _compare(lambda m, limit: m <= limit), has_variables=False, silence=_SILENCE
    ),
    Operator("DateGreaterThan", "date", _compare(lambda m, limit: m > limit), has_variables=False, silence=_SILENCE),
    Operator(
        "DateGreaterThanEquals", "date", _compare(lambda m, limit: m >= limit), has_variables=False, silence=_SILENCE
    ),
)
