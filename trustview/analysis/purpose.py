"""What a role is for, as its name, path and tags tell it. The patterns come from the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from trustview.policy import matches
from trustview.snapshot import Role

# Tags whose value says what a role is for; others name owners, tools and the like.
_PURPOSE = ("purpose", "role", "type", "kind", "use", "usage", "function", "class", "category", "access")


def is_meant_for(role: Role, patterns: Iterable[str]) -> bool:
    """Whether some pattern fits name or path of a role, the key of a tag, or the value of one that tells its use."""
    wanted = tuple(patterns)
    return any(_fits(word, wanted) for word in _words(role))


# An organization has few distinct names: its roles come from templates.
@lru_cache(maxsize=65536)
def _fits(word: str, patterns: tuple[str, ...]) -> bool:
    return any(matches(pattern, word, ignore_case=True) for pattern in patterns)


def _words(role: Role) -> Iterator[str]:
    yield from (role.name, role.path.strip("/"))
    for key, value in role.tags:
        yield key
        if key.lower() in _PURPOSE:
            yield value
