"""Grounds: what every real request of a cell of callers says of its context, by who the caller is.

The one place that ties callers to their keys. A proof takes only what no real request breaks: the account and ARN of a
principal, and the organization of a member account; and only where the statement asks nothing of the key: what it does
ask is taken as written, a missing key included. A witness keeps to all of it, and to what `context_key.py` says that
callers of its kind always or never send.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from trustview.policy.context_key import CallerKind, Presence, find_context_key
from trustview.policy.narrowing.boxes import Box, Parts, meet
from trustview.policy.narrowing.callers import Cell
from trustview.policy.narrowing.parts import ANY_LIST, Choice, Lists, Values
from trustview.policy.narrowing.pattern import Pattern, arn_glob, glob, plain
from trustview.policy.narrowing.reading import CALLER, KEY, Reading
from trustview.policy.narrowing.shape import TEXT, Shape
from trustview.policy.narrowing.texts import Texts, none_of, only

_ACCOUNT, _ARN = "aws:principalaccount", "aws:principalarn"
_ORGANIZATION, _PATHS = "aws:principalorgid", "aws:principalorgpaths"


class Grounds:
    """What is sure of the callers of one pair of policies."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._named = tuple(dict.fromkeys(cell.account for cell in reading.callers.cells if cell.account))
        groups: dict[frozenset[tuple[str, Values | Lists]], int] = defaultdict(int)
        for index, cell in enumerate(reading.callers.cells):
            groups[frozenset(self.of_identity(cell).items())] |= 1 << index
        self._groups = [(mask, dict(parts)) for parts, mask in groups.items()]

    def grounded(self, box: Box) -> Iterator[Box]:
        """The requests of a box that may be real, as far as a proof may rely on it."""
        callers = box.parts.get(CALLER)
        for mask, parts in self._groups:
            met = Choice(mask if callers is None else callers.mask & mask)
            if met.mask:
                unasked = {key: part for key, part in parts.items() if key not in box.parts}
                yield Box({**box.parts, **unasked, CALLER: met}, box.path)

    def of_identity(self, cell: Cell) -> Parts:
        """What the caller's account, ARN and organization make of the keys on them."""
        if not cell.example.kind.is_iam:
            return {}
        found: dict[str, Values | Lists] = {}
        for key, texts in self._identity_of(cell):
            shape = self._reading.shapes.get(key)
            if shape is not None:
                found[f"{KEY}{key}"] = _holding(shape, texts)
        return found

    def _identity_of(self, cell: Cell) -> Iterator[tuple[str, Texts]]:
        if cell.account:
            yield _ACCOUNT, only([plain(cell.account)])
            yield _ARN, only(map(arn_glob, cell.arns))
        else:
            yield _ACCOUNT, none_of(map(plain, self._named))
            others = none_of(arn_glob(f"arn:*:iam::{account}:*") for account in self._named)
            yield _ARN, only(map(arn_glob, cell.arns)).meet(others)
        if cell.is_member and self._reading.facts.organization:
            yield _ORGANIZATION, only([plain(self._reading.facts.organization)])
            yield _PATHS, only([glob(f"{self._reading.facts.organization}/*")])

    # ── what a witness keeps to ──────────────────────────────────────────────────────────────────────────────────

    def real(self, box: Box, cell: Cell, *, as_written: bool = False) -> tuple[Box | None, tuple[str, ...]]:
        """The requests of a box that callers of a cell really send; else those that only odd keys tell from them.

        The keys are those that such callers always send and that are missing there, or never send and that are there;
        and those of another principal, when the box is taken `as_written`.
        """
        solver = self._reading.solver
        found, odd = meet(box, {CALLER: Choice(1 << self._reading.callers.cells.index(cell))}, solver), list[str]()
        for coordinate, part in self.of_identity(cell).items():
            kept = found and meet(found, {coordinate: part}, solver)
            if found and kept is None:
                odd.append(coordinate.removeprefix(KEY))
                kept = meet(found, {coordinate: part._replace(absent=True)}, solver) or (found if as_written else None)
            found = kept
        for coordinate, part in self.of_kind(cell):
            kept = found and meet(found, {coordinate: part}, solver)
            if found and kept is None:
                odd.append(coordinate.removeprefix(KEY))
                kept = found
            found = kept
        return found, tuple(dict.fromkeys(odd))

    def of_kind(self, cell: Cell) -> Iterator[tuple[str, Values | Lists]]:
        """What callers of this kind always or never send."""
        caller = cell.example
        for key, shape in self._reading.shapes.items():
            row = find_context_key(key)
            candidates = row.candidates(caller.kind)
            presence = row.presence(caller.kind, caller.provider_name)
            if candidates:
                listed = [plain(values[0]) for values in candidates if values]
                yield f"{KEY}{key}", _may_be(shape, listed, absent=None in candidates)
            elif presence is Presence.NEVER:
                yield f"{KEY}{key}", Lists(True, False, False, None) if shape.is_listed else Values(True, None)
            elif presence is Presence.ALWAYS:
                yield f"{KEY}{key}", ANY_LIST._replace(absent=False) if shape.is_listed else _present(shape)
        if caller.kind is CallerKind.SERVICE and "aws:principalservicename" in self._reading.shapes:
            shape = self._reading.shapes["aws:principalservicename"]
            yield f"{KEY}{shape.key}", _holding(shape, only([plain(caller.provider)]))
        outside = self._reading.facts.organization if cell.is_member is False else ""
        if outside and _ORGANIZATION in self._reading.shapes:
            shape = self._reading.shapes[_ORGANIZATION]
            yield f"{KEY}{_ORGANIZATION}", _holding(shape, none_of([plain(outside)]))._replace(absent=True)


def _present(shape: Shape) -> Values:
    return Values(False, shape.aspects())


def _holding(shape: Shape, texts: Texts) -> Values | Lists:
    """A key that is there, with every value in a set."""
    if shape.is_listed:
        return Lists(False, False, False, texts)
    return Values(False, shape.aspects(TEXT, texts))


def _may_be(shape: Shape, patterns: list[Pattern], *, absent: bool) -> Values | Lists:
    held = _holding(shape, only(patterns))
    return held._replace(absent=absent)
