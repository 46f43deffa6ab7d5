"""Visit: one turn of asking in one account, and the gaps that it leaves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple

from trustview.collect.failure import Failure, FailureKind
from trustview.policy import is_account_id
from trustview.snapshot import Gap, GapKind


class Place(NamedTuple):
    """Where a part belongs; the account is the one that is asked about, or an OU."""

    service: str
    account: str
    region: str


@dataclass(slots=True)
class Visit:
    """One turn of asking in one account (`account`), mostly about itself (`about`).

    `may_change` says that asking again may give more, `has_fetched` that AWS was asked, `is_cut_short` that the walk
    was told to stop meanwhile.
    """

    account: str
    about: str
    is_last: bool
    gaps: list[Gap] = field(default_factory=list)
    may_change: bool = False
    has_fetched: bool = False
    is_cut_short: bool = False
    entry: asyncio.Future[None] | None = None

    @property
    def wants_another(self) -> bool:
        """Whether there should be another turn at the end."""
        return self.may_change and not self.is_last

    def add_failure(self, place: Place, failure: Failure) -> None:
        """A gap for a part that could not be had; what a Region does not offer is missing in no account."""
        self.may_change |= failure.gap_kind is GapKind.FAILED
        is_absent = failure.kind is FailureKind.NO_ADDRESS
        self.add_gap(place._replace(account="") if is_absent else place, failure.gap_kind, failure.reason)

    def add_gap(self, place: Place, kind: GapKind, reason: str) -> None:
        """A gap; what is asked once for the organization, or about an OU, belongs to no account."""
        if place.account and not is_account_id(place.account):
            self.gaps.append(Gap("", place.service, place.region, kind, f"{place.account}: {reason}"))
            return
        self.gaps.append(Gap(place.account, place.service, place.region, kind, reason))
