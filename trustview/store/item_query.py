"""Condition: which rows of the queue are meant, in words that the database answers; it alone knows how they are kept.

Conditions join with `&`, `|` and `~`. Texts are compared without regard to case. Numbers are those of the rows, from 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from trustview.analysis import Party, ReachKind, Severity, SubjectKind

FOLD = "fold_case"
"""The function of ours that lower-cases texts beyond ASCII."""


class TextColumn(StrEnum):
    """What of an item can be searched for a part of its text."""

    ROLE = "role_name"
    PRINCIPAL = "principal"
    PARTY_NAME = "party_name"
    CHECKS = "checks"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of a row: an expression over its columns that is true, false or null, and the values in it."""

    sql: str
    values: tuple[str | int, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql} AND {other.sql})", (*self.values, *other.values))

    def __or__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql} OR {other.sql})", (*self.values, *other.values))

    def __invert__(self) -> Condition:
        return Condition(f"({self.sql}) IS NOT TRUE", self.values)


EVERY = Condition("TRUE")
NONE = Condition("FALSE")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """All of them hold; of none every row."""
    joined = EVERY
    for condition in conditions:
        joined = condition if joined is EVERY else joined & condition
    return joined


def any_of(conditions: Iterable[Condition]) -> Condition:
    """One of them holds; of none no row."""
    joined = NONE
    for condition in conditions:
        joined = condition if joined is NONE else joined | condition
    return joined


def one_of(column: str, values: Iterable[str | int] | None) -> Condition:
    """The column of any table holds one of these values; None for whatever it holds."""
    if values is None:
        return EVERY
    wanted = tuple(values)
    return Condition(f"{column} IN ({', '.join('?' * len(wanted))})", wanted)


def found() -> Condition:
    """Something was found on it."""
    return Condition("severity IS NOT NULL")


def severity_is(severity: Severity) -> Condition:
    """Its severity is this one."""
    return Condition("severity = ?", (int(severity),))


def severity_at_least(severity: Severity) -> Condition:
    """Its severity is this one or worse."""
    return Condition("severity >= ?", (int(severity),))


def party_in(parties: Iterable[Party]) -> Condition:
    """Its party is one of these."""
    return Condition("party IN (SELECT value FROM json_each(?))", (json.dumps([party.value for party in parties]),))


def comes(party: Party, name: str) -> Condition:
    """Who gets in is exactly this one of the party."""
    return Condition("(party = ? AND party_name = ?)", (party.value, name))


def reach_is(reach: ReachKind) -> Condition:
    """Its reach is this one."""
    return Condition("reach = ?", (reach.value,))


def kind_is(kind: SubjectKind) -> Condition:
    """It is about a thing of this kind."""
    return Condition("kind = ?", (kind.value,))


def contains(column: TextColumn, text: str) -> Condition:
    """A part of a column's text; of checks and accounts, a part of one of them."""
    wanted = text.lower()
    if column in (TextColumn.CHECKS, TextColumn.ACCOUNTS) and not set(wanted).isdisjoint('",[]'):
        return NONE
    lower = "lower" if wanted.isascii() else FOLD
    return Condition(f"instr({lower}({column.value}), ?)", (wanted,))


def has_checks(checks: Iterable[str]) -> Condition:
    """Exactly these checks, in this order."""
    return Condition("checks = ?", (_packed(checks),))


def role_named(name: str) -> Condition:
    """The name of its role, whatever its path."""
    return Condition("(role_name = ? OR substr(role_name, ?) = ?)", (name, -len(name) - 1, f"/{name}"))


def in_places(places: Iterable[str]) -> Condition:
    """One of its accounts (or other places) is one of these."""
    wanted = sorted(set(places))
    alone = json.dumps([_packed([place]) for place in wanted])
    return Condition(
        "(accounts IN (SELECT value FROM json_each(?)) OR (instr(accounts, ',') AND EXISTS (SELECT 1 FROM "
        "json_each(accounts) AS one WHERE one.value IN (SELECT value FROM json_each(?)))))",
        (alone, json.dumps(wanted)),
    )


def is_fleet() -> Condition:
    """The same grant stands in several accounts."""
    return Condition("(grants > 0 AND instr(accounts, ','))")


def is_outlier(fleet: str = "") -> Condition:
    """It differs from a fleet, or from this one."""
    some = Condition("outlier_of <> ''")  # said always: the index holds outliers alone
    return Condition("outlier_of = ?", (fleet,)) & some if fleet else some


def numbered(numbers: Iterable[int]) -> Condition:
    """Its number is one of these."""
    return Condition("number IN (SELECT value + 1 FROM json_each(?))", (json.dumps(sorted(numbers)),))


def _packed(texts: Iterable[str]) -> str:
    """A list of texts as a row holds it."""
    return json.dumps(list(texts), separators=(",", ":"), ensure_ascii=True)
