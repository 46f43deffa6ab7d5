"""FindingRow: one finding with everything that an export says about it; the same columns in every format.

FindingRows: many of them, which may be made while one walks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Protocol

from trustview.analysis import CHECKS_BY_ID, Finding, Grant
from trustview.review import Decision, explain_finding


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding; texts are as AWS gave them, each format makes them safe in its own way.

    `role` is empty where it hangs on something else; `subject` and `subject_kind` say on what. `seen_at` is the moment
    of the snapshot. `explained` says in one sentence why it stands where it stands. `decision`, `note`, `decided_by`,
    `decided_at` and `until` are empty while nobody has decided.
    """

    id: str
    severity: str
    confidence: str
    check: str
    title: str
    account: str
    account_name: str
    role: str
    subject_kind: str
    subject: str
    subject_name: str
    principals: tuple[str, ...]
    parties: tuple[str, ...]
    reach: tuple[str, ...]
    depends_on: tuple[str, ...]
    statements: tuple[int, ...]
    because: tuple[str, ...]
    graded: tuple[str, ...]
    explained: str
    why: str
    fix: str
    changes: tuple[str, ...]
    see: str
    seen_at: str
    decision: str = ""
    note: str = ""
    decided_by: str = ""
    decided_at: str = ""
    until: str = ""

    def columns(self) -> dict[str, object]:
        """Its fields by name, in order."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(field.name for field in fields(FindingRow))


class FindingRows(Protocol):
    """Rows in order, and what some formats say of all of them before the first one."""

    def __iter__(self) -> Iterator[FindingRow]:
        """Each row; one may walk more than once."""

    def sections(self) -> Sequence[tuple[str, int]]:
        """The severities as they follow one another, each with how many rows stand under it."""

    def firsts_of_checks(self) -> Sequence[FindingRow]:
        """The first row of each check."""


@dataclass(frozen=True, slots=True)
class ListedRows:
    """FindingRows that are all there."""

    rows: Sequence[FindingRow]

    def __iter__(self) -> Iterator[FindingRow]:
        return iter(self.rows)

    def sections(self) -> Sequence[tuple[str, int]]:
        """The severities as they follow one another, each with how many rows stand under it."""
        return [(severity, len(list(group))) for severity, group in groupby(self.rows, lambda row: row.severity)]

    def firsts_of_checks(self) -> Sequence[FindingRow]:
        """The first row of each check."""
        firsts: dict[str, FindingRow] = {}
        for row in self.rows:
            firsts.setdefault(row.check, row)
        return tuple(firsts.values())


def finding_row(
    finding: Finding,
    grants: Iterable[Grant],
    account_names: Mapping[str, str],
    decisions: Mapping[str, Decision],
    seen_at: str,
) -> FindingRow:
    """The row of a finding; `grants` are those of its role if it hangs on one, `decisions` stand by review item."""
    concerned = [grant for grant in grants if grant.id in finding.grants]
    check = CHECKS_BY_ID.get(finding.check)
    decided = [decisions[grant.fleet] for grant in concerned if grant.fleet in decisions]
    # Several grants of one finding may be decided apart: it is decided when all are, and the last one speaks.
    last = max(decided, key=lambda decision: decision.at) if decided and len(decided) == len(concerned) else None
    if not finding.grants:
        last = decisions.get(finding.subject.item_id)
    return FindingRow(
        id=finding.id,
        severity=finding.severity.word,
        confidence=finding.confidence.value,
        check=finding.check,
        title=check.title if check else finding.check,
        account=finding.account,
        account_name=account_names.get(finding.account, finding.account),
        role=finding.role,
        subject_kind=finding.subject.kind.value,
        subject=finding.subject.id,
        subject_name=finding.subject.name,
        principals=_unique(grant.principal.value for grant in concerned),
        parties=_unique(f"{grant.party.value}: {grant.party_name}" for grant in concerned),
        reach=_unique(grant.reach.kind.value for grant in concerned),
        depends_on=finding.depends_on,
        statements=finding.statements,
        because=finding.because,
        graded=finding.graded,
        explained=explain_finding(finding, concerned),
        why=check.why if check else "",
        fix=" ".join((*((check.fix,) if check else ()), *(f"By hand: {one}." for one in finding.by_hand))),
        changes=tuple(change.summary for change in finding.changes),
        see=check.see if check else "",
        seen_at=seen_at,
        decision=last.verdict.value if last else "",
        note=last.note if last else "",
        decided_by=last.by if last else "",
        decided_at=last.at if last else "",
        until=last.until if last else "",
    )


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
