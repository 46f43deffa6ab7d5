"""A text that several patterns with `*` and `?` match together: the one place that finds it."""

from __future__ import annotations

from collections import deque

from trustview.policy.memory import remember

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
    if len(patterns) == 1:
        return patterns[0].replace("*", FILLER).replace("?", FILLER)
    filled = _search(tuple(pattern.replace("*", "?*") for pattern in patterns))
    return filled if filled is not None else _search(patterns)


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
