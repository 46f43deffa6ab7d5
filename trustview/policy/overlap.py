"""A text that several patterns with `*` and `?` match together: the one place that finds it."""

from __future__ import annotations

from collections import deque

from trustview.policy.memory import remember
from trustview.policy.wildcard import matches

# Stands for whatever a wildcard may hold. No name in an ARN has this character.
FILLER = "~"
# Places looked at before it is left open whether there is a common text.
_MOST_STATES = 20_000

_Places = tuple[int, ...]


@remember
def find_common(*patterns: str) -> str | None:
    """A text that all patterns match, or None when there is none; empty where the search is too long.

    Each `*` holds something where that is possible.
    """
    telling = tuple(dict.fromkeys(pattern for pattern in patterns if set(pattern) != {"*"})) or patterns[:1]
    if len(telling) == 1:
        return telling[0].replace("*", FILLER).replace("?", FILLER)
    plain = next((pattern for pattern in telling if "*" not in pattern and "?" not in pattern), None)
    if plain is not None:
        return plain if all(matches(pattern, plain) for pattern in telling) else None
    before = shared_start(telling)
    left = tuple(pattern[len(before) :] for pattern in telling)
    after = shared_start(tuple(pattern[::-1] for pattern in left))[::-1]
    middle = tuple(pattern[: len(pattern) - len(after)] for pattern in left)
    filled = _search(tuple(pattern.replace("*", "?*") for pattern in middle))
    found = filled if filled is not None else _search(middle)
    is_open = not found and any(pattern.strip("*") for pattern in middle)
    return found if found is None or is_open else f"{before}{found}{after}"


def shared_start(patterns: tuple[str, ...]) -> str:
    """What all patterns begin with, before any wildcard: nothing else can stand there."""
    least, most = min(patterns), max(patterns)
    length = next((n for n, pair in enumerate(zip(least, most, strict=False)) if pair[0] != pair[1]), len(least))
    start = least[: min(length, len(most))]
    return start[: next((n for n, character in enumerate(start) if character in "*?"), len(start))]


def _search(patterns: tuple[str, ...]) -> str | None:
    """Walk all patterns at once, breadth first; a state is a place in each."""
    start: _Places = (0,) * len(patterns)
    seen, queue = {start}, deque([(start, "")])
    while queue:
        places, text = queue.popleft()
        if all(place == len(pattern) for place, pattern in zip(places, patterns, strict=True)):
            return text
        if len(seen) > _MOST_STATES:
            return ""
        for following, step in _steps(places, patterns):
            if following not in seen:
                seen.add(following)
                queue.append((following, text + step))
    return None


def _steps(places: _Places, patterns: tuple[str, ...]) -> list[tuple[_Places, str]]:
    """Where one may go from here: past a `*` without a text, or one character further in every pattern."""
    here = [pattern[place : place + 1] for place, pattern in zip(places, patterns, strict=True)]
    found = [
        ((*places[:index], places[index] + 1, *places[index + 1 :]), "")
        for index, character in enumerate(here)
        if character == "*"
    ]
    literals = set(here) - {"*", "?"}
    if "" not in literals and len(literals) <= 1:
        moved = tuple(place + (character != "*") for place, character in zip(places, here, strict=True))
        if moved != places:
            found.append((moved, literals.pop() if literals else FILLER))
    return found
