"""What a role is for, as its name, path and tags tell it. The patterns come from the settings."""

from __future__ import annotations

from collections.abc import Iterable

from trustview.policy import matches
from trustview.snapshot import Role


def is_meant_for(role: Role, patterns: Iterable[str]) -> bool:
    """Whether some pattern fits the name, the path, or a tag's key or value of a role; letter case does not count."""
    words = (role.name, role.path.strip("/"), *(word for tag in role.tags for word in tag))
    return any(matches(pattern, word, ignore_case=True) for pattern in patterns for word in words)
