"""Action patterns -> the actions AWS defines, with their access levels. THE ONE PLACE that knows what an action does.

A set of actions is an integer with one bit for each, in the order of `Catalog.names`: an organization has many patterns
and few distinct ones, and unions of large sets are then one instruction each.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from trustview.policy.wildcard import matches


class AccessLevel(StrEnum):
    """AWS's access levels; only the first two change nothing."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    TAGGING = "tagging"
    PERMISSIONS = "permissions"

    @property
    def changes_something(self) -> bool:
        """Whether an action of this level changes anything."""
        return self not in (AccessLevel.LIST, AccessLevel.READ)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every action AWS defines. Numbers are places in `names`; sets are integers with one bit for each action.

    `numbers` are by lower-case name; `services` give the first number of each service and the one behind its last.
    `content` are the actions that read what people put into AWS, `harmless` patterns of what is no more an action.
    `writes_with` gives, by action, the condition key and value without which it only reads.
    """

    names: tuple[str, ...]
    numbers: dict[str, int]
    services: dict[str, tuple[int, int]]
    levels: dict[AccessLevel, int]
    content: int
    harmless: tuple[str, ...]
    writes_with: dict[str, tuple[str, str]]

    @property
    def everything(self) -> int:
        """All actions."""
        return (1 << len(self.names)) - 1

    @property
    def changing(self) -> int:
        """The actions that change something, whatever the request carries."""
        return self._of_levels(changing=True) & ~self._mixed

    @property
    def reading(self) -> int:
        """The actions that only list and read."""
        return self._of_levels(changing=False)

    @property
    def _mixed(self) -> int:
        return sum(self.find(action) for action in self.writes_with)

    def _of_levels(self, *, changing: bool) -> int:
        found = 0
        for level, actions in self.levels.items():
            if level.changes_something is changing:
                found |= actions
        return found

    def listed(self, actions: int) -> Iterator[str]:
        """The names in a set, in order."""
        while actions:
            lowest = actions & -actions
            yield self.names[lowest.bit_length() - 1]
            actions ^= lowest

    def find(self, pattern: str) -> int:
        """The actions that a pattern means, as a set; like the engine, whatever the case."""
        name = pattern.lower()
        if name == "*":
            return self.everything
        service, _, rest = name.partition(":")
        start, end = self.services.get(service, (0, len(self.names)))
        if rest == "*" and service in self.services:
            return (1 << end) - (1 << start)
        if "*" not in name and "?" not in name:
            number = self.numbers.get(name)
            return 0 if number is None else 1 << number
        if service not in self.services and "*" not in service and "?" not in service:
            return 0
        found = 0
        for number in range(start, end):
            if matches(name, self.names[number], ignore_case=True):
                found |= 1 << number
        return found


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The bundled catalogue, with what people added to it."""
    read = _read_actions()
    curated = json.loads(_text("curated.json"))
    levels = dict(read.levels)
    for pattern, level, _ in curated["levels"]:
        moved = read.find(pattern)
        levels = {own: actions & ~moved for own, actions in levels.items()}
        levels[AccessLevel(level)] |= moved
    content = 0
    for pattern, _ in curated["content"]:
        content |= read.find(pattern)
    harmless = tuple(pattern.lower() for pattern, _ in curated["harmless"])
    writes_with = {action: (key, value) for action, key, value, _ in curated["writes_with"]}
    # What changes something is judged by that, whatever it reads on the way.
    known = replace(read, levels=levels, harmless=harmless, writes_with=writes_with)
    return replace(known, content=content & ~known.changing)


def _read_actions() -> Catalog:
    names: list[str] = []
    services: dict[str, tuple[int, int]] = {}
    levels = dict.fromkeys(AccessLevel, 0)
    for line in _text("actions.txt").splitlines()[1:]:
        service, level, *actions = line.split(" ")
        start = len(names)
        names += [f"{service}:{action}" for action in actions]
        services[service] = (services.get(service, (start, 0))[0], len(names))
        levels[AccessLevel(level)] |= (1 << len(names)) - (1 << start)
    return Catalog(tuple(names), {name.lower(): n for n, name in enumerate(names)}, services, levels, 0, (), {})


def _text(name: str) -> str:
    return files("trustview.policy.catalog").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=65536)
def expand(pattern: str) -> int:
    """The actions that a pattern means, as a set; patterns repeat, each is read once."""
    return catalog().find(pattern)


@lru_cache(maxsize=65536)
def actions_meant(patterns: tuple[str, ...], *, inverted: bool) -> int:
    """The actions that an `Action` list means, or a `NotAction` list when it is inverted, as a set."""
    found = 0
    for pattern in patterns:
        found |= expand(pattern)
    return catalog().everything & ~found if inverted else found


def is_unknown(pattern: str) -> bool:
    """Whether a pattern names something that AWS does not define, as far as we know: nobody can say what it does.

    A pattern over a known service that meets none of its actions names nothing.
    """
    known = catalog()
    if expand(pattern):
        return False
    name = pattern.lower()
    has_wildcard = "*" in name or "?" in name
    if has_wildcard and name.partition(":")[0] in known.services:
        return False
    return not any(matches(harmless, name) for harmless in known.harmless)


def level_of(action: str) -> AccessLevel | None:
    """The access level of one action; None when AWS defines no such action."""
    number = catalog().numbers.get(action.lower())
    if number is None:
        return None
    return next(level for level, actions in catalog().levels.items() if actions >> number & 1)


def reads_content(action: str) -> bool:
    """Whether an action that only reads hands out what people put into AWS, not how AWS is set up."""
    number = catalog().numbers.get(action.lower())
    return number is not None and bool(catalog().content >> number & 1)
