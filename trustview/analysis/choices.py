"""Which changes can be chosen for a subject? THE ONE PLACE that puts the changes of findings together.

The first choice makes the changes that every finding offers, the next those of them that take nothing away; each of
the others makes one finding's other changes in their place. Taking the way in away is a choice of every role, and the
change that a revocation asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from trustview.analysis.access import Access
from trustview.analysis.finding import Finding, Subject, SubjectKind
from trustview.analysis.grant import Grant
from trustview.analysis.mend import remove_ways_in
from trustview.analysis.remediation import REMOVALS, Change, ChangeKind, Remediation, apply_changes
from trustview.policy import read_policy

Offer = tuple[Finding, tuple[Change, ...]]


def propose(access: Access, findings: Iterable[Finding]) -> Iterator[Remediation]:
    """What can be chosen for each subject of which some finding offers changes, the best of each first."""
    by_subject: dict[str | Subject, list[Finding]] = {}
    for finding in findings:
        if finding.changes or finding.instead:
            by_subject.setdefault(finding.role or finding.subject, []).append(finding)
    alike: dict[tuple[str, int, int], tuple[Remediation, ...]] = {}
    for found in by_subject.values():
        subject = found[0].subject
        document = _document_of(access, subject)
        if len(found) > 1:
            yield from choices_of(document, found)
            continue
        # Roles of one policy, of each of which one check offers the same, are alike in all but their names.
        (one,) = found
        key = (document, id(one.changes), id(one.instead))
        if key not in alike:
            alike[key] = tuple(choices_of(document, found))
        for choice in alike[key]:
            yield Remediation(subject.id, choice.changes, choice.policy, (one.id,) if choice.closes else ())


def choices_of(document: str, found: Sequence[Finding]) -> Iterator[Remediation]:
    """What can be chosen for one subject with this policy, each outcome once; none where the policy is no JSON."""
    seen: set[tuple[object, ...]] = set()
    tried: set[tuple[Change, ...]] = set()
    for offers in _sets_of_offers(found):
        changes, closes = compose(offers)
        if changes in tried:
            continue
        tried.add(changes)
        try:
            policy = apply_changes(document, changes)
        except ValueError:
            return
        outcome = (policy, *(change.edit for change in changes if change.kind.is_beside_policy))
        if changes and outcome not in seen:
            seen.add(outcome)
            yield Remediation(found[0].subject.id, changes, policy, closes)


def _sets_of_offers(found: Sequence[Finding]) -> Iterator[list[Offer]]:
    """All first offers; those of them that leave everybody a way in; then each other offer before the others' first."""
    first: list[Offer] = [(finding, finding.changes) for finding in found if finding.changes]
    yield first
    gentle = [(finding, changes) for finding, changes in first if not any(c.kind in REMOVALS for c in changes)]
    if len(gentle) < len(first):
        yield gentle
    for finding in found:
        others = [offer for offer in first if offer[0] is not finding]
        for changes in finding.instead:
            yield [(finding, changes), *others]


def compose(offers: Iterable[Offer]) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes of several findings as one, and the ids of the findings that are closed by what comes out.

    Of two changes of one condition or principal the first is made, but what takes something away wins; a finding of
    which another's change was made is closed only when that takes away what it is about.
    """
    offers = [*offers]
    if len(offers) == 1 and len(offers[0][1]) == 1:
        # Nothing else is wanted of it.
        return offers[0][1], (offers[0][0].id,)
    wanted = [(change.target, change) for _, changes in offers for change in changes]
    made: dict[tuple[object, ...], Change] = {}
    for target, change in sorted(wanted, key=lambda one: one[1].kind not in REMOVALS):
        made.setdefault(target, change)
    gone = {change.statement for change in made.values() if change.kind is ChangeKind.REMOVE_STATEMENT}
    closes = tuple(f.id for f, changes in offers if all(_is_done(change, made, gone) for change in changes))
    kept = (made[target] for target in dict.fromkeys(target for target, _ in wanted))
    return tuple(change for change in kept if not _is_idle(change, gone)), closes


def _is_done(change: Change, made: dict[tuple[object, ...], Change], gone: set[int]) -> bool:
    other = made[change.target]
    return change.statement in gone or other is change or other.edit == change.edit or other.kind in REMOVALS


def _is_idle(change: Change, gone: set[int]) -> bool:
    """Whether it edits a statement that goes as a whole."""
    return change.statement in gone and change.kind is not ChangeKind.REMOVE_STATEMENT


def _document_of(access: Access, subject: Subject) -> str:
    """The policy that a subject has: a role's trust policy, a guardrail's own; an empty one for anything else."""
    if subject.kind is SubjectKind.ROLE:
        return access.role(subject.id).trust_policy
    organization = access.snapshot.organization
    policies = organization.guardrails if organization else ()
    return next((policy.document for policy in policies if policy.id == subject.id), "{}")


# ── taking the way in away ───────────────────────────────────────────────────────────────────────────────────────


def removal_of(document: str, grants: Iterable[Grant], findings: Iterable[Finding]) -> Remediation | None:
    """Taking these ways into one role away, and the findings that are about nothing else; None for no grants."""
    grants = tuple(grants)
    if not grants:
        return None
    changes = remove_ways_in(read_policy(document), grants)
    try:
        policy = apply_changes(document, changes)
    except ValueError:
        return None
    ids = {grant.id for grant in grants}
    closes = tuple(finding.id for finding in findings if finding.grants and ids.issuperset(finding.grants))
    return Remediation(grants[0].role, changes, policy, closes)
