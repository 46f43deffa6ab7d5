"""What one condition says of its key: alternatives of a part and of open points, of which one must hold.

The one place that reads set operators, `IfExists`, negation and `Null` as sets; `policy/condition.py` decides them for
one request, and the tests hold both against each other.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.policy.conditions import OPERATORS_BY_NAME, Operator
from trustview.policy.document import Condition
from trustview.policy.narrowing.parts import NO, YES, Aspect, Choice, Lists, Values
from trustview.policy.narrowing.pattern import NOTHING_WRITTEN, read_value
from trustview.policy.narrowing.shape import TEXT, Shape, family_of
from trustview.policy.narrowing.texts import ALL_TEXTS, Texts, none_of, only

# A part of the key (None: it may be anything) and the open points that must be answered so.
Alternative = tuple[Values | Lists | None, tuple[tuple[str, Choice], ...]]

_EMPTY_TEXT = Choice(0b01)


def read_key_condition(condition: Condition, shape: Shape, *, substitutes: bool) -> list[Alternative]:
    """The alternatives of one condition of a known operator."""
    operator = OPERATORS_BY_NAME[condition.operator.lower()]
    if operator.family == "null":
        return list(_read_presence(condition, shape))
    if not shape.is_listed:
        return list(_read_single(condition, operator, shape, substitutes=substitutes))
    if family_of(condition) != TEXT:
        return [_uninterpreted(condition)]
    return list(_read_listed(condition, operator, shape, substitutes=substitutes))


def _uninterpreted(condition: Condition) -> Alternative:
    return None, ((_name(condition), YES),)


def _name(condition: Condition) -> str:
    return f"`{condition.spelling}` on `{condition.key.lower()}` for {sorted(set(condition.values))}"


# ── presence ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_presence(condition: Condition, shape: Shape) -> Iterator[Alternative]:
    """`Null`; under a set operator it asks nothing, and of an empty list AWS says nothing."""
    asked = {value.strip().lower() for value in condition.values}
    if condition.quantifier:
        if condition.quantifier == "ForAllValues":
            yield None, ()
        return
    if not asked <= {"true", "false"}:
        yield _uninterpreted(condition)
        return
    absent, present = "true" in asked, "false" in asked
    if not shape.is_listed:
        yield Values(absent, shape.aspects() if present else None), ()
        return
    yield Lists(absent, False, present, ALL_TEXTS if present else None), ()
    if absent or present:
        asked_so = YES if absent else NO
        yield Lists(False, True, False, None), () if absent and present else (("`Null` on an empty list", asked_so),)


def _when_absent(condition: Condition, operator: Operator) -> tuple[bool, tuple[str, Choice] | None]:
    """Whether a missing key meets the condition, and the open point that decides it."""
    if condition.quantifier != "ForAnyValue":
        return condition.quantifier == "ForAllValues" or condition.if_exists or operator.is_negated, None
    if not condition.if_exists:
        return False, None
    return True, (f"`ForAnyValue` with `IfExists` on an absent key, negated: {operator.is_negated}", YES)


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_single(condition: Condition, operator: Operator, shape: Shape, *, substitutes: bool) -> Iterator[Alternative]:
    """A key with one value, which a set operator takes for none when it is empty."""
    family = family_of(condition)
    met = _met(condition, operator, shape, substitutes=substitutes)
    passes, asked = _when_absent(condition, operator)
    is_sure = passes and asked is None
    if met is None:
        yield _uninterpreted(condition)
        return
    if not condition.quantifier:
        yield Values(is_sure, shape.aspects(family, met)), ()
        return
    if is_sure and isinstance(met, Texts) and met.within:
        yield Values(True, shape.aspects(family, only([*met.within[0], NOTHING_WRITTEN]))), ()
        return
    yield Values(is_sure, shape.aspects(family, _without_empty(met))), ()
    if passes:
        empty: Aspect = only([NOTHING_WRITTEN]) if family == TEXT else _EMPTY_TEXT
        yield Values(True, shape.aspects(family, empty)), (asked,) if asked else ()


def _met(condition: Condition, operator: Operator, shape: Shape, *, substitutes: bool) -> Aspect | None:
    """The values that meet the operator; None when AWS documents no answer."""
    family = family_of(condition)
    if family != TEXT:
        places = shape.scales[family].places(condition)
        return None if places is None else Choice(places)
    return _met_texts(condition, operator, shape, substitutes=substitutes)


def _met_texts(condition: Condition, operator: Operator, shape: Shape, *, substitutes: bool) -> Texts:
    read = (
        read_value(value, operator, substitutes=substitutes, holds_arns=shape.holds_arns) for value in condition.values
    )
    patterns = [pattern for pattern in read if pattern is not None]
    return none_of(patterns) if operator.is_negated else only(patterns)


def _without_empty(met: Aspect) -> Aspect:
    if isinstance(met, Texts):
        return met.meet(none_of([NOTHING_WRITTEN]))
    return Choice(met.mask & ~_EMPTY_TEXT.mask)


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_listed(condition: Condition, operator: Operator, shape: Shape, *, substitutes: bool) -> Iterator[Alternative]:
    """A list: empty ones, and those of one empty text, answer like a missing key; without set operator nobody knows."""
    passes, asked = _when_absent(condition, operator)
    if not condition.quantifier:
        yield Lists(passes, False, False, None), ()
        yield Lists(False, True, True, ALL_TEXTS), ((_name(condition), YES),)
        return
    met = _met_texts(condition, operator, shape, substitutes=substitutes)
    every, some = (met, ()) if condition.quantifier == "ForAllValues" else (ALL_TEXTS, (met,))
    is_sure = passes and asked is None
    yield Lists(is_sure, is_sure, is_sure, every, some), ()
    if asked:
        yield Lists(True, True, True, None), (asked,)
