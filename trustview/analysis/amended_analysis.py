"""Grants, fleets, findings and remediations of which few are otherwise than before, in the order of a whole analysis.

THE ONE PLACE that puts what was found anew among what still stands: it costs what is otherwise, and looks up where that
belongs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter, itemgetter

from trustview.amended import AmendedDict, amend
from trustview.analysis.access import Access
from trustview.analysis.analyse import Analysis, place_of_finding
from trustview.analysis.choices import propose
from trustview.analysis.finding import Finding
from trustview.analysis.fleet import Fleet, find_fleets, role_name_of
from trustview.analysis.grant import Grant
from trustview.analysis.remediation import Remediation
from trustview.analysis.shelves import shelf_of, shelve
from trustview.snapshot import Snapshot

_Place = tuple[int, str, str, str]
_LAST: _Place = (1, "", "", "")


# ── grants ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class AmendedGrants:
    """The grants of `after`, of which those of some roles are otherwise than in the analysis of `today`."""

    today: Analysis
    after: Snapshot
    by_account: Mapping[str, tuple[Grant, ...]]
    changed: frozenset[str]

    @cached_property
    def all(self) -> Sequence[Grant]:
        """All grants, role by role."""
        numbers, grants = self.account_numbers, self.today.grants
        changes = []
        for account in sorted(self.changed, key=numbers.__getitem__):
            start = bisect_left(grants, numbers[account], key=lambda grant: numbers[grant.account])
            end = start + len(self.today.grants_by_account.get(account, ()))
            changes.append((start, end, self.by_account[account]))
        return amend(grants, changes)

    @cached_property
    def account_numbers(self) -> dict[str, int]:
        """The number of each account that was read: grants stand account by account."""
        return {account: number for number, account in enumerate(self.after.facts_by_account)}

    def of_accounts(self, accounts: Iterable[str]) -> Iterator[Grant]:
        """The grants of some accounts, in their order."""
        known = [account for account in accounts if account in self.by_account]
        for account in sorted(known, key=self.account_numbers.__getitem__):
            yield from self.by_account[account]


def amend_grants(today: Analysis, after: Snapshot, roles: Iterable[str], found: Iterable[Grant]) -> AmendedGrants:
    """The grants with these in the place of those of some roles."""
    own = {role: tuple(grants) for role, grants in groupby(found, key=attrgetter("role"))}
    changed: dict[str, tuple[Grant, ...]] = {}
    given = shelve(roles, lambda role: after.roles_by_arn[role].account)
    for account, arns in given.items():
        known = shelve(today.grants_by_account.get(account, ()), attrgetter("role"))
        known |= {arn: own.get(arn, ()) for arn in arns}
        told = (known.get(role.arn, ()) for role in after.facts_by_account[account].roles)
        changed[account] = tuple(grant for grants in told for grant in grants)
    return AmendedGrants(today, after, AmendedDict(today.grants_by_account, changed), frozenset(changed))


# ── fleets ───────────────────────────────────────────────────────────────────────────────────────────────────────


def amend_fleets(grants: AmendedGrants, changed: Iterable[Grant]) -> Sequence[Fleet]:
    """What `find_fleets` says of the grants; `changed` are those that came and went."""
    before, changed = grants.today.fleets, tuple(changed)
    names = set(map(role_name_of, changed))
    gone = [(place, fleet) for place, fleet in enumerate(before) if fleet.role_name in names] if names else []
    ids = {fleet.id for _, fleet in gone}.union(grant.fleet for grant in changed)
    accounts = {account for _, fleet in gone for account in fleet.accounts}.union(grant.account for grant in changed)
    found = find_fleets(grant for grant in grants.of_accounts(accounts) if grant.fleet in ids)
    was, now = _FirstMet(grants, grants.today.grants_by_account), _FirstMet(grants, grants.by_account)
    changes: list[tuple[int, int, tuple[Fleet, ...]]] = [(place, place + 1, ()) for place, _ in gone]
    for fleet in found:
        place = bisect_left(before, now.of(fleet), key=was.of)
        changes.append((place, place, (fleet,)))
    # Of those that come to one place the first is first already.
    return amend(before, sorted(changes, key=itemgetter(0, 1)))


class _FirstMet:
    """Where fleets are met first, whatever else is otherwise: the account, the role in it, the grant of that role."""

    def __init__(self, grants: AmendedGrants, by_account: Mapping[str, tuple[Grant, ...]]) -> None:
        self._after, self._numbers, self._by_account = grants.after, grants.account_numbers, by_account
        self._known: dict[str, dict[str, tuple[int, int]]] = {}

    def of(self, fleet: Fleet) -> tuple[int, int, int]:
        """Larger for those that are met later."""
        account = fleet.accounts[0]
        if account not in self._known:
            self._known[account] = self._places_in(account)
        return self._numbers[account], *self._known[account][fleet.grants[0]]

    def _places_in(self, account: str) -> dict[str, tuple[int, int]]:
        roles = {role.arn: number for number, role in enumerate(self._after.facts_by_account[account].roles)}
        return {grant.id: (roles[grant.role], place) for place, grant in enumerate(self._by_account[account])}


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AmendedFindings:
    """All findings; by shelf, as `Analysis.findings_by_shelf`; and the subjects of which some are otherwise."""

    all: Sequence[Finding]
    by_shelf: Mapping[str, tuple[Finding, ...]]
    subjects: frozenset[str]


def amend_findings(today: Analysis, gone: Iterable[Finding], found: Iterable[Finding]) -> AmendedFindings:
    """The findings with those found in the place of those gone; what is found as it was is left where it stands."""
    old, new = shelve(gone, attrgetter("id")), shelve(found, attrgetter("id"))
    out = [finding for name, told in old.items() if new.get(name) != told for finding in told]
    into = [finding for name, told in new.items() if old.get(name) != told for finding in told]
    left, came = set(map(place_of_finding, out)), shelve(into, place_of_finding)
    changes = []
    for place in sorted(left.union(came)):
        end = bisect_right(today.findings, place, key=place_of_finding)
        start = bisect_left(today.findings, place, key=place_of_finding) if place in left else end
        changes.append((start, end, came.get(place, ())))
    turned = shelve((*out, *into), lambda finding: shelf_of(finding.subject.id))
    coming = shelve(into, lambda finding: shelf_of(finding.subject.id))
    changed = {}
    for shelf in turned:
        kept = [f for f in today.findings_by_shelf.get(shelf, ()) if place_of_finding(f) not in left]
        changed[shelf] = tuple(sorted((*kept, *coming.get(shelf, ())), key=place_of_finding))
    return AmendedFindings(
        amend(today.findings, changes),
        AmendedDict(today.findings_by_shelf, changed),
        frozenset(finding.subject.id for finding in (*out, *into)),
    )


# ── remediations ─────────────────────────────────────────────────────────────────────────────────────────────────


def amend_remediations(
    today: Analysis, access: Access, findings: AmendedFindings, subjects: Iterable[str]
) -> Sequence[Remediation]:
    """What is proposed now; for these subjects anew. Subjects stand in the order of the findings that offer changes."""
    before, asked = today.remediations, frozenset(subjects)
    shelves = set(map(shelf_of, asked))
    told = [f for shelf in shelves for f in findings.by_shelf.get(shelf, ()) if f.subject.id in asked]
    found = shelve(propose(access, sorted(told, key=place_of_finding)), attrgetter("subject"))
    was, now = _FirstOffers(today.findings_by_shelf), _FirstOffers(findings.by_shelf)
    changes: list[tuple[int, int, _Place, tuple[Remediation, ...]]] = []
    for subject in asked:
        start, end = was.find(before, was.of(subject))
        changes.append((start, end, _LAST, ()))
        if subject in found:
            place, _ = was.find(before, now.of(subject))
            changes.append((place, place, now.of(subject), found[subject]))
    return amend(before, [(start, end, instead) for start, end, _, instead in sorted(changes, key=itemgetter(0, 1, 2))])


class _FirstOffers:
    """Where subjects are first told of by a finding that offers changes."""

    def __init__(self, by_shelf: Mapping[str, tuple[Finding, ...]]) -> None:
        self._by_shelf = by_shelf
        self._known: dict[str, dict[str, _Place]] = {}

    def of(self, subject: str) -> _Place:
        """The place of that finding; behind all others where there is none."""
        shelf = shelf_of(subject)
        if shelf not in self._known:
            offers = (f for f in reversed(self._by_shelf.get(shelf, ())) if f.changes or f.instead)
            self._known[shelf] = {finding.subject.id: place_of_finding(finding) for finding in offers}
        return self._known[shelf].get(subject, _LAST)

    def find(self, remediations: Sequence[Remediation], place: _Place) -> tuple[int, int]:
        """From where up to where remediations stand, or would, of a subject with this place."""

        def of(remediation: Remediation) -> _Place:
            return self.of(remediation.subject)

        return bisect_left(remediations, place, key=of), bisect_right(remediations, place, key=of)
