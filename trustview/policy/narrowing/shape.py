"""Shape: what kind of coordinate a context key is, from all conditions on it; and the places on its scale.

The one place that decides which conditions are interpreted together. Numbers, dates, addresses and bytes become
finitely many places between the limits that the policies name; whether a place meets a condition the engine itself
says, of one value that stands for it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from functools import cached_property
from itertools import pairwise

from trustview.policy.condition import evaluate_condition
from trustview.policy.conditions import OPERATORS_BY_NAME
from trustview.policy.conditions.date import read_moment
from trustview.policy.conditions.ip import read_network
from trustview.policy.context_key import CallerKind, find_context_key
from trustview.policy.document import Condition
from trustview.policy.narrowing.budget import Budget, BudgetSpentError
from trustview.policy.narrowing.parts import ANY_LIST, Aspect, Choice, Lists, Values
from trustview.policy.narrowing.texts import ALL_TEXTS
from trustview.policy.request import Caller, Request, closed_context

TEXT = "text"
_FAMILIES = {"string": TEXT, "arn": TEXT, "boolean": TEXT}
# Keys that never hold anything but an ARN.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_ARN_KEYS = ("aws:principalarn", "aws:sourcearn")
# A key with one value of any kind, to ask the engine how an operator compares.
_PROBE = "aws:useragent"
_ASKING = Caller(CallerKind.USER)
# What it costs to ask whether a place meets a condition, beside its values.
_STEPS_PER_PLACE = 10
# No place on any scale: an empty text, which set operators take for no value, and one that is not.
_OFF_SCALE = ("", "?")
# Whatever the size of the numbers, half of them and twice them can be written.
_WIDE = Context(prec=28, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


class Scale:
    """The places of one key on one scale, each with a value that stands for it."""

    def __init__(self, family: str, limits: Iterable[str], budget: Budget) -> None:
        self._budget = budget
        self.values = (*_OFF_SCALE, *dict.fromkeys(_PLACES[family](list(limits))))
        self.whole = (1 << len(self.values)) - 1

    def places(self, condition: Condition) -> int | None:
        """The places that meet a condition without its set operator; None when AWS does not document it."""
        bare = Condition(condition.operator, _PROBE, condition.values)
        met = 0
        for index, value in enumerate(self.values):
            self._budget.spend(_STEPS_PER_PLACE + 4 * len(condition.values))
            request = Request(_ASKING, "", "", "", closed_context({_PROBE: value}))
            answer = evaluate_condition(bare, request, substitutes=False)
            if answer.is_open:
                return None
            met |= answer.is_true << index
        return met


def _of_numbers(limits: list[str]) -> Iterator[str]:
    numbers: set[Decimal] = set()
    for text in limits:
        try:
            number = Decimal(text.strip())
        except InvalidOperation:
            continue
        if number.is_finite():
            numbers.add(number)
    yield from map(str, _between(sorted(numbers)))


def _of_dates(limits: list[str]) -> Iterator[str]:
    moments = sorted({moment for text in limits if (moment := read_moment(text)) is not None})
    # Without a point, eight digits might be a date.
    yield from (f"{moment:f}" if moment % 1 else f"{moment:.1f}" for moment in _between(moments))


def _between(limits: list[Decimal]) -> Iterator[Decimal]:
    """Every limit, a number between each two, one below and one above all."""
    if not limits:
        yield Decimal(0)
        return
    yield min(Decimal(-1), _WIDE.subtract(_WIDE.add(limits[0], limits[0]), 1))
    for limit, following in pairwise(limits):
        yield limit
        yield _halfway(limit, following)
    yield limits[-1]
    yield max(Decimal(1), _WIDE.add(_WIDE.add(limits[-1], limits[-1]), 1))


def _halfway(low: Decimal, high: Decimal) -> Decimal:
    """A number between two; BudgetSpentError when they are written with more digits than anybody writes."""
    for digits in (_WIDE.prec, 400, 8000):
        context = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
        middle = context.divide(context.add(low, high), Decimal(2))
        if low < middle < high:
            return middle
    raise BudgetSpentError


def _of_addresses(limits: list[str]) -> Iterator[str]:
    """The first address of every stretch that no range begins or ends in."""
    starts: dict[int, set[int]] = {4: {0}, 6: {0}}
    for text in limits:
        network = read_network(text)
        if network is not None:
            starts[network.version] |= {int(network.network_address), int(network.broadcast_address) + 1}
    for number in sorted(n for n in starts[4] if n < 1 << 32):
        yield str(ipaddress.IPv4Address(number))
    for number in sorted(n for n in starts[6] if n < 1 << 128):
        yield str(ipaddress.IPv6Address(number))


def _of_bytes(limits: list[str]) -> Iterator[str]:
    known: set[bytes] = set()
    for text in limits:
        try:
            known.add(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            continue
    other = next(bytes([0] * size) for size in range(1, len(known) + 2) if bytes([0] * size) not in known)
    yield from (base64.b64encode(value).decode("ascii") for value in (*sorted(known), other))


_PLACES = {"numeric": _of_numbers, "date": _of_dates, "ip": _of_addresses, "binary": _of_bytes}


@dataclass(frozen=True)
class Shape:
    """A key with the conditions that both policies put on it.

    `is_listed`: it holds several values. `holds_arns`: each of them is an ARN. The aspects of one value are a text and
    the scales that are asked for, in this order.
    """

    key: str
    conditions: tuple[Condition, ...]
    budget: Budget

    @cached_property
    def is_listed(self) -> bool:
        """Whether the key holds a list; one that nobody lists does when a set operator is asked of it."""
        row = find_context_key(self.key)
        return row.is_listed or (row.pattern == "*" and any(c.quantifier for c in self.conditions))

    @cached_property
    def holds_arns(self) -> bool:
        """Whether every value of the key is an ARN."""
        return self.key in _ARN_KEYS

    @cached_property
    def scales(self) -> dict[str, Scale]:
        """The scale of each family that is not compared as text."""
        limits: dict[str, list[str]] = {}
        for condition in self.conditions:
            family = family_of(condition)
            if family not in (TEXT, "null"):
                limits.setdefault(family, []).extend(condition.values)
        return {family: Scale(family, values, self.budget) for family, values in limits.items()}

    def aspects(self, family: str = "", part: Aspect | None = None) -> tuple[Aspect, ...]:
        """A value of which one aspect is in `part`, and the others may be anything."""
        scales = tuple(
            part if part is not None and family == name else Choice(scale.whole) for name, scale in self.scales.items()
        )
        return (part if part is not None and family == TEXT else ALL_TEXTS, *scales)

    @property
    def whole(self) -> Values | Lists:
        """All that the key may be."""
        return ANY_LIST if self.is_listed else Values(True, self.aspects())


def family_of(condition: Condition) -> str:
    """The scale on which a condition compares."""
    family = OPERATORS_BY_NAME[condition.operator.lower()].family
    return _FAMILIES.get(family, family)
