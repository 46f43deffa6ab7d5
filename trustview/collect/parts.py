"""Part: what one service answered for one account and Region; and the shelf that keeps parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from trustview.snapshot import GapKind

FORMAT = 2
GLOBAL = "global"


class Parts(Protocol):
    """A shelf for JSON-ready values under text keys, and for which run they belong to."""

    def get(self, key: str) -> object | None:
        """The value, or None when it is not there or cannot be read."""

    def put(self, key: str, value: object) -> None:
        """Keeps a value."""

    def keys(self, prefix: str) -> Iterable[str]:
        """The keys that begin so."""

    def remove(self, prefix: str) -> None:
        """Removes what begins so."""

    def begin_run(self, scope: str, began: str) -> str:
        """The id of a new run of this scope."""

    def find_run(self, scope: str) -> tuple[str, str] | None:
        """The newest unfinished run of this scope and when it began."""

    def runs(self, scope: str) -> Iterable[str]:
        """Every run of this scope, newest first."""

    def finish_run(self, run: str) -> None:
        """Marks a run as finished."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something inside a part that could not be read."""

    kind: GapKind
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one service answered for one account and Region at `read_at`.

    `answer` is JSON-ready: what AWS said, or what is kept of it. `region` is empty for a service without Regions.
    """

    service: str
    account: str
    region: str
    read_at: str
    answer: Any
    lacks: tuple[Lack, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether asking again would give no more: nothing is lacking but what AWS refused or was not asked."""
        return all(lack.kind in (GapKind.DENIED, GapKind.NOT_ASKED) for lack in self.lacks)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was asked was answered."""
        return all(lack.kind is GapKind.NOT_ASKED for lack in self.lacks)

    def key(self, run: str) -> str:
        """Where it stands on the shelf: `run/account/service/region`."""
        return key_of(run, self.account, self.service, self.region)


def key_of(run: str, account: str, service: str, region: str) -> str:
    """The key of a part: `run/account/service/region`."""
    return f"{run}/{account}/{service}/{region or GLOBAL}"


def write_part(part: Part) -> dict[str, object]:
    """The JSON-ready form of a part; its account, service and Region are in its key."""
    lacks = [[lack.kind.value, lack.reason] for lack in part.lacks]
    return {"format": FORMAT, "read_at": part.read_at, "answer": part.answer, "lacks": lacks}


def read_part(value: object, service: str, account: str, region: str) -> Part | None:
    """The part of its JSON-ready form; None when it is of another format."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        return None
    try:
        lacks = tuple(Lack(GapKind(kind), str(reason)) for kind, reason in value["lacks"])
        return Part(service, account, region, str(value["read_at"]), value["answer"], lacks)
    except (KeyError, TypeError, ValueError):
        return None
