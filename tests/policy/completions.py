"""Every way in which an open context can be completed, as far as the policies of a case can tell the difference.

A key that the policies mention holds one of the values that they mention, a fresh one, or nothing; lists hold none, one
or two of them; and each as far as `context_key` says that requests of this caller may carry it.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice, product
from random import Random
from typing import Any

from tests.policy.random_cases import GIVEN, GIVEN_LISTS
from trustview.policy import Caller, Presence, find_context_key

POLICIES = (
    "trust_policy", "identity_policies", "permissions_boundary", "session_policy", "scps", "rcps",
)  # fmt: skip
FRESH = "fresh"
_VARIABLE = re.compile(r"\$\{([^},]+)[^}]*\}")

# The values of a key, None for its absence.
Values = tuple[str, ...] | None


def mentioned(case: dict[str, Any]) -> dict[str, set[str]]:
    """The keys that conditions and variables of the policies mention, each with the values asked of it."""
    found: dict[str, set[str]] = {}
    waiting: list[Any] = [case[name] for name in POLICIES]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        if isinstance(item, dict):
            waiting += [value for key, value in item.items() if key != "Condition"]
            for keys in item.get("Condition", {}).values():
                for key, values in keys.items():
                    texts = values if isinstance(values, list) else [values]
                    found.setdefault(key.lower(), set()).update(str(text) for text in texts)
    for key in _VARIABLE.findall(json.dumps([case[name] for name in POLICIES])):
        if key not in "*?$":
            found.setdefault(key.strip().lower(), set())
    return found


def possible_values(key: str, asked: set[str], caller: Caller) -> list[Values]:
    """What the key may hold in a request of this caller."""
    row = find_context_key(key)
    if row.candidates(caller.kind):
        return list(row.candidates(caller.kind))
    presence = row.presence(caller.kind, caller.provider_name)
    if presence is Presence.NEVER:
        return [None]
    given = {name.lower(): values for name, values in (GIVEN | GIVEN_LISTS).items()}
    texts = sorted({*(text for text in asked if "${" not in text), *given.get(key, ()), FRESH})
    lists: list[Values] = [(text,) for text in texts]
    if row.is_listed:
        lists += [(), (texts[0], texts[-1])]
    return lists if presence is Presence.ALWAYS else [*lists, None]


def completions(case: dict[str, Any], caller: Caller, random: Random, most: int) -> Iterator[dict[str, Any]]:
    """All complete contexts of a case, or `most` of them drawn at random when there are more."""
    given = {key.lower() for key in case["context"]}
    unknown = {key: asked for key, asked in mentioned(case).items() if key not in given}
    choices = [possible_values(key, asked, caller) for key, asked in sorted(unknown.items())]
    total = 1
    for choice in choices:
        total *= len(choice)
    picked = product(*choices) if total <= most else iter(lambda: tuple(map(random.choice, choices)), None)
    for values in islice(picked, most):
        held = {key: list(value) for key, value in zip(sorted(unknown), values, strict=True) if value is not None}
        yield {**held, **case["context"]}
