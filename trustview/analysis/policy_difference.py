"""What is different between two policies in effect: who lost or gained the way in and when, and which actions.

Of a trust policy or RCP the prover tells principal by principal, with a request that shows it; of policies without a
principal the catalogue tells which actions are allowed somewhere in one and not in the other.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from trustview.analysis.remediation import pretty_policy
from trustview.policy import PolicyDocument, read_policy
from trustview.policy.catalog import actions_meant, catalog
from trustview.policy.narrowing import Direction, Facts, Verdict, find_shifts, narrower
from trustview.policy.narrowing.budget import BudgetSpentError
from trustview.policy.narrowing.shifts import Shift

_MOST_ACTIONS = 40


@dataclass(frozen=True, slots=True)
class Way:
    """A principal whose way in is different; `whole` when there is none in the other policy.

    `when` are the keys and values of a request that shows it, empty where none could be confirmed.
    """

    principal: str
    whole: bool
    when: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """Two policies, compared.

    `no_wider` says whether the second grants nothing that the first does not, `no_narrower` the reverse. `is_told` is
    false where it takes too long to tell who lost and gained. Actions are those of AWS's catalogue.
    """

    no_wider: Verdict
    no_narrower: Verdict
    lost: tuple[Way, ...] = ()
    gained: tuple[Way, ...] = ()
    actions_lost: tuple[str, ...] = ()
    actions_gained: tuple[str, ...] = ()
    is_told: bool = True

    @property
    def is_same(self) -> bool:
        """Whether both are proved to allow the same requests."""
        return self.no_wider is self.no_narrower is Verdict.PROVED


def compare_policies(old: str, new: str, facts: Facts) -> PolicyDifference:
    """Compare two policies (JSON texts) in effect."""
    first, second = read_policy(old), read_policy(new)
    verdicts = narrower(first, second, facts).verdict, narrower(second, first, facts).verdict
    before, after = _actions(first), _actions(second)
    actions = _listed(before & ~after), _listed(after & ~before)
    if not any(statement.principals for document in (first, second) for statement in document.statements):
        return PolicyDifference(*verdicts, (), (), *actions)
    try:
        shifts = find_shifts(first, second, facts)
    except (BudgetSpentError, RecursionError):
        return PolicyDifference(*verdicts, (), (), *actions, is_told=False)
    lost = tuple(_way(shift) for shift in shifts if shift.direction is Direction.LOST)
    gained = tuple(_way(shift) for shift in shifts if shift.direction is Direction.GAINED)
    return PolicyDifference(*verdicts, lost, gained, *actions)


def _way(shift: Shift) -> Way:
    values = shift.witness.request.context.values if shift.witness is not None else {}
    when = tuple((key, ", ".join(held)) for key, held in sorted(values.items()))
    return Way(shift.principal.value, shift.is_whole, when)


def _actions(document: PolicyDocument) -> int:
    """The actions that are allowed somewhere and not denied everywhere, as a set of the catalogue."""
    found = 0
    for statement in document.allows:
        found |= actions_meant(statement.actions, inverted=statement.not_actions)
    for statement in document.denies:
        if not statement.conditions and "*" in statement.resources:
            found &= ~actions_meant(statement.actions, inverted=statement.not_actions)
    return found


def _listed(actions: int) -> tuple[str, ...]:
    """The names of actions, those that hand content out first."""
    content = catalog().content
    return (*catalog().listed(actions & content), *catalog().listed(actions & ~content))


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def describe_difference(found: PolicyDifference) -> Iterator[tuple[str, str]]:
    """The difference in labelled sentences: lower case, no full stop."""
    yield "in effect", _verdict(found)
    for label, ways in (("lost", found.lost), ("gained", found.gained)):
        for way in ways:
            how = "all of its ways in" if way.whole else "some of its ways in"
            when = ", ".join(f"{key} = {held}" for key, held in way.when)
            yield label, f"`{way.principal}`: {how}{f', for example with {when}' if when else ''}"
    for label, actions in (("no longer", found.actions_lost), ("newly", found.actions_gained)):
        for action in actions[:_MOST_ACTIONS]:
            yield label, f"`{action}`"
        if len(actions) > _MOST_ACTIONS:
            yield label, f"and {len(actions) - _MOST_ACTIONS} more actions"
    if not found.is_told:
        yield "in effect", "who lost and gained takes too long to tell"


def _verdict(found: PolicyDifference) -> str:
    if found.is_same:
        return "proved: both allow the same requests"
    if found.no_wider is Verdict.PROVED:
        return "proved: the second allows nothing that the first does not"
    if found.no_narrower is Verdict.PROVED:
        return "proved: the second allows everything that the first does, and may allow more"
    if Verdict.UNKNOWN in (found.no_wider, found.no_narrower):
        return "whether one allows more than the other cannot be told"
    return "each allows something that the other does not"


def text_difference(old: str, new: str, names: tuple[str, str]) -> list[str]:
    """The lines of the unified difference of two policies, both indented alike."""
    first, second = pretty_policy(old).splitlines(), pretty_policy(new).splitlines()
    return list(difflib.unified_diff(first, second, *names, n=99, lineterm=""))
