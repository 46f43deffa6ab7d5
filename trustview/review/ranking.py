"""Which item comes first, and why? THE ONE PLACE that ranks them; the rank of an item or a finding explains itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustview.analysis import Party, Privilege, ReachKind, Severity, explain_confidence, explain_severity

if TYPE_CHECKING:
    from trustview.analysis import Finding, Grant

_REACHES = {
    ReachKind.OPEN: "proven that whoever is meant gets in",
    ReachKind.CONDITIONAL: "who is meant gets in on conditions",
    ReachKind.UNKNOWN: "nobody can say whether anybody gets in",
    ReachKind.BLOCKED: "a guardrail keeps it shut",
    ReachKind.DEAD: "nobody gets in",
}
_PRIVILEGES = {
    Privilege.ADMIN: "the role is an administrator",
    Privilege.ESCALATING: "the role can make itself an administrator",
    Privilege.UNKNOWN: "what the role may do is not known",
    Privilege.WRITE: "the role may write",
    Privilege.READ_DATA: "the role may read data",
    Privilege.READ_CONFIG: "the role may read configuration",
    Privilege.NONE: "the role may do nothing",
}


@dataclass(frozen=True, slots=True)
class Rank:
    """Where an item stands: `places` compare, smaller first; `reasons` say each in words, in the order of their weight.

    Severity comes first, then how sure it is and how far it reaches, outsiders before our own, what the role may do,
    and how much was found.
    """

    places: tuple[int, ...]
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Why it stands there, in one sentence: lower case, no full stop."""
        return ", ".join(self.reasons)


def rank_item(
    severity: Severity | None, reach: ReachKind | None, party: Party | None, privilege: Privilege | None, findings: int
) -> Rank:
    """The rank of an item by what it is; `findings` counts them."""
    is_outside = party is not None and party.is_outside
    told = [
        (-severity if severity is not None else 1, severity.word if severity is not None else "nothing was found"),
        (list(_REACHES).index(reach), _REACHES[reach]) if reach else (len(_REACHES), ""),
        (0, "from outside the organization") if is_outside else (1, ""),
        (privilege_place(privilege), _PRIVILEGES[privilege]) if privilege else (len(_PRIVILEGES), ""),
        (-findings, f"{findings} findings" if findings > 1 else ""),
    ]
    return Rank(tuple(place for place, _ in told), tuple(words for _, words in told if words))


def explain_finding(finding: Finding, grants: Sequence[Grant]) -> str:
    """Why a finding stands where it stands, in one sentence: lower case, no full stop.

    What made its severity, how sure it is, and what ranks it among those as bad: the widest reach of the ways in that
    it is about (`grants`), outsiders, and what the role may do.
    """
    told = [explain_severity(finding), explain_confidence(finding)]
    if grants:
        reach = min((grant.reach.kind for grant in grants), key=reach_place)
        party = next((grant.party for grant in grants if grant.party.is_outside), grants[0].party)
        rank = rank_item(finding.severity, reach, party, grants[0].privilege, 1)
        more = (reason.removeprefix("proven that ") for reason in rank.reasons[1:])
        told.append(", ".join(reason for reason in more if reason not in told[0]))
    return "; ".join(told)


def reach_place(reach: ReachKind) -> int:
    """The place of a reach among all, the widest first."""
    return list(_REACHES).index(reach)


def privilege_place(privilege: Privilege) -> int:
    """The place of a privilege among all, the most powerful first."""
    return list(_PRIVILEGES).index(privilege)
