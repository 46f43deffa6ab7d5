"""What a role is for, as its name, path and tags tell it. The patterns come from the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from trustview.policy.wildcard import Match, match_any, tokenize
from trustview.snapshot import Role, Tags

# Tags whose value says what a role is for; others name owners, tools and the like.
_PURPOSE = ("purpose", "role", "type", "kind", "use", "usage", "function", "class", "category", "access")


def is_meant_for(role: Role, patterns: Iterable[str]) -> bool:
    """Whether some pattern fits name or path of a role, the key of a tag, or the value of one that tells its use."""
    return _fits(role.name, role.path, role.tags, tuple(patterns))


# An organization has few distinct names: its roles come from templates.
@lru_cache(maxsize=65536)
def _fits(name: str, path: str, tags: Tags, patterns: tuple[str, ...]) -> bool:
    return any(map(_matcher(patterns), _words(name, path, tags)))


# Fewer still have paths and keys of their own.
@lru_cache(maxsize=16)
def _matcher(patterns: tuple[str, ...]) -> Match:
    tokens = (tokenize(text, substitutes=False, has_wildcards=True) for text in patterns)
    return lru_cache(maxsize=65536)(match_any(tokens, ignore_case=True))


def _words(name: str, path: str, tags: Tags) -> Iterator[str]:
    yield from (name, path.strip("/"))
    for key, value in tags:
        yield key
        if key.lower() in _PURPOSE:
            yield value
