"""What if some roles were changed? The snapshot with the change, analysed by the same engine, held against today.

THE ONE PLACE that says which findings a change ends and which it brings, and who loses the way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trustview.amended import apart
from trustview.analysis.analyse import Analysis
from trustview.analysis.check import Check
from trustview.analysis.checks import CHECKS
from trustview.analysis.edge import Edge
from trustview.analysis.finding import Finding
from trustview.analysis.grant import Grant
from trustview.analysis.reanalyse import reanalyse
from trustview.analysis.shelves import shelf_of
from trustview.garbage import without_collection
from trustview.policy import PrincipalForm
from trustview.snapshot import Role, Snapshot


@dataclass(frozen=True)
class WhatIf:
    """What a change would do.

    `snapshot` and `analysis` are those after it. `gone` are findings of today that end; `new` are findings that nobody
    has today, and those that become worse. `lost` and `gained` are the steps into the changed roles, and out of them,
    that only today, or only the change, lets somebody take.
    """

    snapshot: Snapshot
    analysis: Analysis
    gone: tuple[Finding, ...]
    new: tuple[Finding, ...]
    lost: tuple[Edge, ...]
    gained: tuple[Edge, ...]


@without_collection()
def what_if(snapshot: Snapshot, today: Analysis, roles: Iterable[Role], checks: Iterable[Check] = CHECKS) -> WhatIf:
    """What would change if these roles were as given here; `today` is the analysis of the snapshot by these checks.

    A role that the snapshot does not have is added to its account. KeyError when that account was not read.
    """
    roles = tuple(roles)
    changed = snapshot.with_roles(roles)
    arns = [role.arn for role in roles]
    after = reanalyse(snapshot, today, changed, arns, checks)
    return WhatIf(
        changed,
        after,
        gone=tuple(find_gone(today, after)),
        new=tuple(f for f in find_gone(after, today, or_milder=True) if f.check not in OF_THE_PAST),
        lost=tuple(_steps_missing(today, after, arns)),
        gained=tuple(_steps_missing(after, today, arns)),
    )


# What was seen and reported was of the policy as it was, and says nothing new of the change.
OF_THE_PAST = frozenset(
    {
        "access-analyzer-finding", "automation-assumes-admin", "outside-business-hours", "refused-attempts",
        "self-trust-expected-but-absent", "unexpected-source", "unused-grant", "unused-role", "volume-anomaly",
    }
)  # fmt: skip


def find_gone(one: Analysis, other: Analysis, *, or_milder: bool = False) -> Iterator[Finding]:
    """The findings of one analysis of which the other has none that is the same; `or_milder`: none as severe.

    Two findings are the same when one check says it of one subject, about grants that name a principal in common.
    """
    # What was not looked for anew is the same value in both, and most of all there is.
    telling = [*apart(one.findings, other.findings)]
    subjects = {finding.subject.id for finding in telling}
    there: dict[str, Finding] = {}
    alike: dict[tuple[str, str], list[Finding]] = {}
    for shelf in set(map(shelf_of, subjects)):
        for finding in other.findings_by_shelf.get(shelf, ()):
            if finding.subject.id in subjects:
                there[finding.id] = finding
                alike.setdefault((finding.check, finding.subject.id), []).append(finding)
    for finding in telling:
        same = there.get(finding.id)
        found = [same] if same else alike.get((finding.check, finding.subject.id), [])
        if not any(
            (candidate.severity >= finding.severity or not or_milder)
            and (candidate is same or _is_about_the_same(finding, one, candidate, other))
            for candidate in found
        ):
            yield finding


def _is_about_the_same(finding: Finding, its: Analysis, other: Finding, of_other: Analysis) -> bool:
    """Whether neither is about grants, or both about grants to one principal, or to a crowd and one of it."""
    mine, theirs = _grants_of(its, finding), _grants_of(of_other, other)
    if not mine or not theirs:
        return not mine and not theirs
    return any(_is_of(one, two) or _is_of(two, one) for one in mine for two in theirs)


def _grants_of(analysis: Analysis, finding: Finding) -> list[Grant]:
    near = analysis.grants_by_account.get(finding.account, ()) if finding.grants else ()
    return [grant for grant in near if grant.id in finding.grants]


def _is_of(one: Grant, crowd: Grant) -> bool:
    """Whether a grant names the same as another, or somebody of the account that the other names as a whole."""
    is_whole = crowd.principal.form is PrincipalForm.ACCOUNT and not crowd.is_inverted
    return _whom(one) == _whom(crowd) or (is_whole and one.principal.account == crowd.principal.account)


def _whom(grant: Grant) -> str:
    """Whom a grant names, however it is written: an account has two spellings, everybody too."""
    element = grant.principal
    by_form = {PrincipalForm.ACCOUNT: element.account, PrincipalForm.EVERYONE: "*"}
    return element.value if grant.is_inverted else by_form.get(element.form, element.value)


def _steps_missing(one: Analysis, other: Analysis, roles: Iterable[str]) -> Iterator[Edge]:
    """The steps into roles and out of them that let somebody in by one analysis, of which the other has none alike."""
    for role in roles:
        there = {(step.source, step.target, step.kind) for step in _steps(other, role)}
        yield from (step for step in _steps(one, role) if (step.source, step.target, step.kind) not in there)


def _steps(analysis: Analysis, role: str) -> Iterator[Edge]:
    steps = (*analysis.graph.into(role), *(step for step in analysis.graph.out_of(role) if step.target != role))
    return (step for step in steps if step.reach.lets_in)
