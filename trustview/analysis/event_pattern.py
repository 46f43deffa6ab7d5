"""Does an EventBridge rule's pattern match an event? THE ONE PLACE that reads event patterns.

An event may leave fields unknown (`ANYTHING`): the answer is then true, false, or depends on those fields, and a
definite answer holds for whatever they turn out to be, absent included. A pattern that AWS would refuse, or a filter
that is not documented, never makes a definite yes.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://github.com/aws/event-ruler (the matcher that EventBridge runs: arrays, `$or`, leaves)
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from typing import Any

from trustview.policy import Truth, all_of, any_of, depends, truth, undocumented


class _Unknown(Enum):
    ANYTHING = "anything"
    ABSENT = "absent"


ANYTHING = _Unknown.ANYTHING
"""The value of a field of which nothing is known, not even whether it is there."""
_ABSENT = _Unknown.ABSENT

Pattern = Mapping[str, Any]
Event = Mapping[str, Any]


def match_event(pattern: str, event: Event) -> Truth:
    """Whether an event matches a pattern given as JSON text; an event is JSON whose fields may be `ANYTHING`."""
    read = _read(pattern)
    if not isinstance(read, dict) or not read:
        return undocumented("an event pattern that is no JSON object")
    return _match_object(read, event, "")


@lru_cache(maxsize=1024)
def _read(pattern: str) -> object:
    try:
        return json.loads(pattern)
    except (ValueError, RecursionError):
        return None


def _match_object(pattern: Pattern, event: object, path: str) -> Truth:
    """Every field of the pattern must match; of a list of objects, however deep, one of them must match all."""
    if isinstance(event, list):
        return any_of(_match_object(pattern, one, path) for one in event if isinstance(one, dict | list))
    return all_of(_match_fields(pattern, event, path))


def _match_fields(pattern: Pattern, event: object, path: str) -> Iterator[Truth]:
    for name, wanted in pattern.items():
        if name == "$or" and _are_alternatives(wanted):
            yield any_of(_match_object(one, event, path) for one in wanted)
            continue
        if "." in name:
            yield undocumented("a field of an event pattern with a dot in its name")
            continue
        here = f"{path}.{name}" if path else name
        given = _field(event, name)
        if isinstance(wanted, dict):
            # Below what is not there nothing is there: only `exists: false` can match.
            yield _match_object(wanted, {} if given is _ABSENT else given, here)
        elif isinstance(wanted, list) and wanted:
            yield any_of(_match_value(one, given, here) for one in wanted)
        else:
            yield undocumented(f"the field `{here}` of an event pattern without a list of values")


def _are_alternatives(wanted: object) -> bool:
    """Whether `$or` is one: two objects or more; otherwise it is a field like any other."""
    return isinstance(wanted, list) and len(wanted) > 1 and all(isinstance(one, dict) for one in wanted)


def _field(event: object, name: str) -> object:
    if event is ANYTHING:
        return ANYTHING
    return event.get(name, _ABSENT) if isinstance(event, dict) else _ABSENT


def _match_value(wanted: object, given: object, path: str) -> Truth:
    """Whether one entry of a list of values or filters matches what stands in the field."""
    if isinstance(wanted, dict) and len(wanted) == 1:
        ((name, argument),) = wanted.items()
        if name == "exists":
            return _exists(argument, given, path)
        compare = _FILTERS.get(name)
        if compare is None:
            return undocumented(f"the filter `{name}` of an event pattern")
        return _match_leaf(lambda leaf: compare(argument, leaf), given, path)
    if isinstance(wanted, dict | list):
        return undocumented(f"a value of the field `{path}` of an event pattern")
    return _match_leaf(lambda leaf: _is_same(wanted, leaf), given, path)


def _match_leaf(compare: Callable[[object], bool | None], given: object, path: str) -> Truth:
    """A leaf that is a list matches by any of its elements; None is an answer that AWS does not document."""
    if given is ANYTHING:
        return depends(path)
    if given is _ABSENT or isinstance(given, dict):
        return truth(False)
    return any_of(_leaf(compare(leaf), path) for leaf in _leaves(given))


def _leaves(given: object) -> Iterator[object]:
    if not isinstance(given, list):
        yield given
        return
    for one in given:
        if not isinstance(one, dict):
            yield from _leaves(one)


def _leaf(answer: bool | None, path: str) -> Truth:
    return undocumented(f"how the field `{path}` compares with an event pattern") if answer is None else truth(answer)


def _exists(argument: object, given: object, path: str) -> Truth:
    """Presence of a leaf; an object is none."""
    if given is ANYTHING:
        return depends(path)
    if not isinstance(argument, bool) or given == []:
        return undocumented(f"`exists` on the field `{path}` of an event pattern")
    is_there = given is not _ABSENT and not isinstance(given, dict)
    return truth(is_there is argument)


# ── one value, one leaf ──────────────────────────────────────────────────────────────────────────────────────────


def _is_same(wanted: object, leaf: object) -> bool | None:
    """Equal in kind and value; of numbers AWS compares the spelling, which JSON does not keep."""
    if isinstance(wanted, bool) or isinstance(leaf, bool) or wanted is None or leaf is None:
        return wanted is leaf
    if isinstance(wanted, int | float) and isinstance(leaf, int | float):
        is_spelt_alike = type(wanted) is type(leaf)
        return wanted == leaf if is_spelt_alike else (None if wanted == leaf else False)
    return type(wanted) is type(leaf) and wanted == leaf


def _begins(argument: object, leaf: object) -> bool | None:
    return _on_text(argument, leaf, str.startswith)


def _ends(argument: object, leaf: object) -> bool | None:
    return _on_text(argument, leaf, str.endswith)


def _on_text(argument: object, leaf: object, holds: Callable[[str, str], bool]) -> bool | None:
    """A filter on texts; its argument may ask to ignore case."""
    if isinstance(argument, dict) and set(argument) == {"equals-ignore-case"}:
        return _on_text(argument["equals-ignore-case"], leaf, lambda text, wanted: holds(text.lower(), wanted.lower()))
    if not isinstance(argument, str):
        return None
    return isinstance(leaf, str) and holds(leaf, argument)


def _equals_ignoring_case(argument: object, leaf: object) -> bool | None:
    return _on_text(argument, leaf, lambda text, wanted: text.lower() == wanted.lower())


def _like(argument: object, leaf: object) -> bool | None:
    pattern = _wildcard(argument) if isinstance(argument, str) else None
    if pattern is None:
        return None
    return isinstance(leaf, str) and pattern.fullmatch(leaf) is not None


@lru_cache(maxsize=1024)
def _wildcard(text: str) -> re.Pattern[str] | None:
    """`*` stands for any characters; a backslash makes it, or a backslash, plain. None for what AWS refuses."""
    parts = re.findall(r"\\.?|.", text, re.DOTALL)
    is_refused = any(part[0] == "\\" and part[1:] not in ("*", "\\") for part in parts)
    if is_refused or ("*", "*") in pairwise(parts):
        return None
    return re.compile("".join(".*" if part == "*" else re.escape(part[-1]) for part in parts), re.DOTALL)


def _is_between(argument: object, leaf: object) -> bool | None:
    """`["=", 5]` or `[">", 0, "<=", 5]`; a leaf that is no number does not match."""
    if not isinstance(argument, list) or len(argument) not in (2, 4):
        return None
    tests = list(zip(argument[::2], argument[1::2], strict=True))
    if not all(sign in _NUMERIC and _is_number(limit) for sign, limit in tests):
        return None
    return _is_number(leaf) and all(_NUMERIC[sign](leaf, limit) for sign, limit in tests)


_NUMERIC: dict[object, Callable[[Any, Any], bool]] = {
    "=": lambda leaf, limit: leaf == limit,
    "<": lambda leaf, limit: leaf < limit,
    "<=": lambda leaf, limit: leaf <= limit,
    ">": lambda leaf, limit: leaf > limit,
    ">=": lambda leaf, limit: leaf >= limit,
}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_inside(argument: object, leaf: object) -> bool | None:
    try:
        network = ipaddress.ip_network(str(argument), strict=False)
    except ValueError:
        return None
    try:
        return ipaddress.ip_address(leaf) in network if isinstance(leaf, str) else False
    except ValueError:
        return False


def _anything_but(argument: object, leaf: object) -> bool | None:
    """Any value that none of these matches: values, or a filter on texts with one text or several."""
    if isinstance(argument, dict):
        if len(argument) != 1:
            return None
        ((name, inner),) = argument.items()
        compare = _BUT.get(name)
        return None if compare is None else _none_of(_listed(inner), lambda one: compare(one, leaf))
    return _none_of(_listed(argument), lambda one: _is_same(one, leaf))


def _listed(argument: object) -> Sequence[object]:
    return argument if isinstance(argument, list) else (argument,)


def _none_of(arguments: Sequence[object], matches: Callable[[object], bool | None]) -> bool | None:
    answers = [matches(one) for one in arguments]
    return False if True in answers else None if None in answers or not answers else True


_BUT: dict[str, Callable[[object, object], bool | None]] = {
    "prefix": _begins,
    "suffix": _ends,
    "equals-ignore-case": _equals_ignoring_case,
    "wildcard": _like,
}
_FILTERS: dict[str, Callable[[object, object], bool | None]] = {
    **_BUT,
    "numeric": _is_between,
    "cidr": _is_inside,
    "anything-but": _anything_but,
}
