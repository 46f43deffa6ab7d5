"""Which edges of a column are seen, and what the signs above and below them count."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The edges `first` to `stop` are seen; `above` and `below` are counted by a sign, where they are not 0.

    With `is_tight` there is room for one sign only, which counts both.
    """

    first: int
    stop: int
    count: int
    is_tight: bool = False

    @property
    def above(self) -> int:
        """How many edges come before those that are seen."""
        return self.first

    @property
    def below(self) -> int:
        """How many edges come after those that are seen."""
        return self.count - self.stop

    @property
    def height(self) -> int:
        """How many rows are filled, signs included."""
        if self.is_tight:
            return self.stop - self.first + 1
        return self.stop - self.first + bool(self.above) + bool(self.below)


def window(count: int, rows: int, first: int) -> Window:
    """Return what `rows` rows show of `count` edges when edge `first` is the topmost."""
    if count <= rows:
        return Window(0, count, count)
    if rows <= 2:
        seen = max(0, rows - 1)
        first = max(0, min(first, count - max(1, seen)))
        return Window(first, first + seen, count, is_tight=True)
    first = max(0, min(first, count - rows + 1))
    room = rows - (1 if first else 0)
    stop = count if count - first <= room else first + room - 1
    return Window(first, stop, count)


def scrolled_to(index: int, count: int, rows: int, first: int) -> int:
    """Return the topmost edge, moved as little as needed from `first`, with which edge `index` is seen."""
    seen = window(count, rows, first)
    if index < seen.first:
        return 0 if index <= 1 and rows > 2 else index
    while index >= seen.stop and first < count:
        first = max(first + 1, index - rows + 1)
        seen = window(count, rows, first)
    return seen.first
