"""One change for a whole fleet: applied to every member and weighed for each; those it does not fit stand apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trustview.analysis.choosing import Choice, RoleFacts, rank_choices
from trustview.policy.narrowing import Verdict


@dataclass(frozen=True, slots=True)
class Member:
    """One role of a fleet with the change as it is for this role."""

    facts: RoleFacts
    choice: Choice


@dataclass(frozen=True, slots=True)
class Outlier:
    """One role of a fleet to which the change does not fit as it does to the others, and why.

    `choice` is the change as it is for this role; None where it cannot be made there.
    """

    facts: RoleFacts
    why: str
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class FleetChange:
    """A change of a fleet, by its id: the members for which it is proved and breaks nobody, and the outliers."""

    id: str
    members: tuple[Member, ...]
    outliers: tuple[Outlier, ...]


def change_fleet(id_: str, fleet: Iterable[RoleFacts]) -> FleetChange:
    """Look for the change in each role, and judge it there."""
    members: list[Member] = []
    outliers: list[Outlier] = []
    for facts in fleet:
        choice = next((one for one in rank_choices(facts) if one.remediation.id == id_), None)
        why = _why_apart(choice)
        if choice is None or why:
            outliers.append(Outlier(facts, why, choice))
        else:
            members.append(Member(facts, choice))
    return FleetChange(id_, tuple(members), tuple(outliers))


def _why_apart(choice: Choice | None) -> str:
    if choice is None:
        return "it differs from the others: this change cannot be made there"
    if choice.replay.refused:
        first, *others = choice.replay.refused
        more = f" and {len(others)} more" if others else ""
        return f"it would break `{first.caller}`{more}, seen last {first.last[:10]}"
    if choice.effect.verdict is not Verdict.PROVED and not choice.effect.but_for:
        return f"it is not proved to grant nothing new: {choice.effect.reason}"
    return ""
