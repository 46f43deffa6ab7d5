"""ReviewItem: one thing to decide, a fleet of equal grants or whatever else findings hang on, and what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from trustview.analysis import ReachKind, SubjectKind
from trustview.policy import Privilege

if TYPE_CHECKING:
    from trustview.analysis import Analysis, Finding, Fleet, Grant, Party, Severity, Subject
from trustview.review.ranking import privilege_place, rank_item, reach_place


class ItemState(StrEnum):
    """How far an item is: open, or decided."""

    OPEN = "open"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A fleet of grants under review, or something else that findings hang on.

    `id` is the fleet's. `severity` is None when nothing was found on it. `checks` are ids, worst first. `findings` and
    `grants` are ids; `accounts` those of the roles. `outlier_of` names the fleet that this one differs from.
    Where there are no grants, `role_name` is the subject's name, `principal` its id, `party_name` its note, and
    `accounts` are its places; there is no party, reach or privilege then.
    """

    id: str
    role_name: str
    principal: str
    party: Party | None
    party_name: str
    reach: ReachKind | None
    privilege: Privilege | None
    severity: Severity | None
    checks: tuple[str, ...]
    findings: tuple[str, ...]
    grants: tuple[str, ...]
    accounts: tuple[str, ...]
    outlier_of: str = ""
    kind: SubjectKind = SubjectKind.ROLE


def review_id(organization: str, taken_at: str) -> str:
    """The review that a snapshot belongs to, one a quarter: `o-acme1example/2026-Q4`."""
    year, month = taken_at[:4], taken_at[5:7]
    quarter = f"{year}-Q{(int(month) + 2) // 3}" if month.isdigit() and int(month) else "undated"
    return f"{organization or 'files'}/{quarter}"


def review_under_way(first: str, known: Iterable[str]) -> str:
    """The newest review of a quarter: `first` itself, or the one that was started after it was signed off."""
    later = [review for review in known if review.startswith(f"{first}-") and review[len(first) + 1 :].isdigit()]
    return max(later, key=lambda review: int(review[len(first) + 1 :]), default=first)


def following_review(first: str, current: str) -> str:
    """The id of the review after `current` in the quarter of `first`: `…/2026-Q4-2`."""
    number = int(current[len(first) + 1 :]) if current != first else 1
    return f"{first}-{number + 1}"


def review_items(analysis: Analysis) -> tuple[ReviewItem, ...]:
    """Every fleet as an item, and every subject of findings that are about no grant; worst first."""
    by_grant: dict[str, list[Finding]] = {}
    for finding in analysis.findings:
        for grant in finding.grants:
            by_grant.setdefault(grant, []).append(finding)
    by_subject: dict[Subject, list[Finding]] = {}
    for finding in analysis.findings:
        if not finding.grants:
            by_subject.setdefault(finding.subject, []).append(finding)
    items = [_item(fleet, analysis, by_grant) for fleet in analysis.fleets]
    items += [_item_of(subject, _unique(findings)) for subject, findings in by_subject.items()]
    return tuple(sorted(items, key=rank))


def rank(item: ReviewItem) -> tuple[tuple[int, ...], str, str]:
    """Where an item stands in the queue; names decide between equals."""
    found = rank_item(item.severity, item.reach, item.party, item.privilege, len(item.findings))
    return found.places, item.role_name, item.id


def _item(fleet: Fleet, analysis: Analysis, by_grant: dict[str, list[Finding]]) -> ReviewItem:
    grants = [analysis.grants_by_id[grant] for grant in fleet.grants]
    findings = _unique(finding for grant in grants for finding in by_grant.get(grant.id, ()))
    first = _most_telling(grants)
    return ReviewItem(
        id=fleet.id,
        role_name=fleet.role_name,
        principal=first.principal.value,
        party=first.party,
        party_name=first.party_name,
        reach=first.reach.kind,
        privilege=first.privilege,
        severity=max((finding.severity for finding in findings), default=None),
        checks=tuple(dict.fromkeys(finding.check for finding in findings)),
        findings=tuple(finding.id for finding in findings),
        grants=fleet.grants,
        accounts=fleet.accounts,
        outlier_of=fleet.outlier_of,
    )


def _item_of(subject: Subject, findings: list[Finding]) -> ReviewItem:
    return ReviewItem(
        id=subject.item_id,
        role_name=subject.name,
        principal=subject.id,
        party=None,
        party_name=subject.note,
        reach=None,
        privilege=None,
        severity=max(finding.severity for finding in findings),
        checks=tuple(dict.fromkeys(finding.check for finding in findings)),
        findings=tuple(finding.id for finding in findings),
        grants=(),
        accounts=subject.places,
        kind=subject.kind,
    )


def _most_telling(grants: list[Grant]) -> Grant:
    """The grant that stands for the fleet: the widest and most privileged one."""
    return min(grants, key=lambda grant: (reach_place(grant.reach.kind), privilege_place(grant.privilege)))


def _unique(findings: Iterable[Finding]) -> list[Finding]:
    by_id = {finding.id: finding for finding in findings}
    return sorted(by_id.values(), key=lambda finding: (-finding.severity, finding.check, finding.subject.id))
