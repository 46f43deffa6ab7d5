"""Service: one AWS API, or one question to it, as the collector asks and reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.snapshot import Organization, Snapshot


class Extent(StrEnum):
    """How often a service is asked.

    Once for the organization, once about each account (by the caller, from outside), in each account, or in each
    enabled Region of each account.
    """

    ORGANIZATION = "organization"
    ABOUT = "about"
    ACCOUNT = "account"
    REGION = "region"


def everywhere(_organization: Organization | None, _account: str) -> bool:
    """In every account."""
    return True


def always(_scope: Scope) -> bool:
    """Whatever the scope."""
    return True


@dataclass(frozen=True, slots=True)
class Service:
    """One question to AWS.

    `fetch` asks it and returns what to keep, JSON-ready; `read` is pure and makes values of one part; `join` puts the
    values of all parts into the snapshot. `is_at` says in which accounts it is asked, `is_asked` for which scopes;
    `not_asked` is the sentence of the gap for the others.
    """

    name: str
    extent: Extent
    fetch: Callable[[Reader, Scope], Awaitable[Any]]
    read: Callable[[Part], Any]
    join: Callable[[Snapshot, Sequence[Any]], Snapshot]
    is_at: Callable[[Organization | None, str], bool] = everywhere
    is_asked: Callable[[Scope], bool] = always
    not_asked: str = ""
