"""Truth: true, false, or depending on named context keys.

The algebra is sound: a definite answer holds for every completion of the context; the keys of an open one are all that
it may depend on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trustview.policy.memory import remember

# How the keys begin that stand for what AWS's documentation leaves open.
UNDOCUMENTED = "undocumented: "


@dataclass(frozen=True, slots=True)
class Truth:
    """`value` is None when the answer depends on `keys`; `undocumented: …` names what AWS leaves open."""

    value: bool | None
    keys: frozenset[str] = frozenset()

    @property
    def is_true(self) -> bool:
        """Whether it holds in every completion."""
        return self.value is True

    @property
    def is_false(self) -> bool:
        """Whether it holds in no completion."""
        return self.value is False

    @property
    def is_open(self) -> bool:
        """Whether it depends on something unknown."""
        return self.value is None

    def __and__(self, other: Truth) -> Truth:
        """Both: what `all_of` says of the two."""
        if self.value is True or other.value is False:
            return other
        if other.value is True or self.value is False:
            return self
        return Truth(None, self.keys | other.keys)

    def __invert__(self) -> Truth:
        return self if self.value is None else FALSE if self.value else TRUE


TRUE = Truth(True)
FALSE = Truth(False)


@remember
def depends(*keys: str) -> Truth:
    """An answer that depends on these keys."""
    return Truth(None, frozenset(keys))


@remember
def undocumented(what: str) -> Truth:
    """An answer that AWS's documentation does not give."""
    return Truth(None, frozenset({f"{UNDOCUMENTED}{what}"}))


def truth(value: bool) -> Truth:
    """A definite answer."""
    return TRUE if value else FALSE


def all_of(parts: Iterable[Truth]) -> Truth:
    """True when all are, false as soon as one is; stops reading at the first false."""
    keys: frozenset[str] = frozenset()
    for part in parts:
        if part.value is False:
            return FALSE
        keys |= part.keys
    return Truth(None, keys) if keys else TRUE


def any_of(parts: Iterable[Truth]) -> Truth:
    """True as soon as one is, false when none is; stops reading at the first true."""
    keys: frozenset[str] = frozenset()
    for part in parts:
        if part.value is True:
            return TRUE
        keys |= part.keys
    return Truth(None, keys) if keys else FALSE
