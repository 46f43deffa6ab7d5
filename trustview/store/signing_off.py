"""The sign-off of a review: what there is to sign, what is against it, and the entry that seals it.

THE ONE PLACE for it: command line and cockpit sign by it, and show beforehand what it would seal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from trustview import __version__
from trustview.analysis import CHECKS, Severity
from trustview.errors import UsageError
from trustview.review import (
    Attestation,
    CarriedItem,
    Coverage,
    Decision,
    Entry,
    EntryKind,
    Journal,
    Scope,
    count_extents,
    current_decisions,
    current_scope,
    describe_place,
    digest_of,
    find_conflicts,
    find_faults,
    make_entry,
    tally_undecided,
    tally_verdicts,
    write_ledger,
)
from trustview.snapshot import Gap
from trustview.store.carrying import find_outdated, take_inventory, take_ledger
from trustview.store.reviews import ReviewStore
from trustview.store.snapshot_file import SnapshotFile
from trustview.store.snapshot_rows import ItemRow


@dataclass(frozen=True, slots=True)
class Standing:
    """A review before its sign-off: what would be attested, what holds no more, and on what people disagree."""

    attestation: Attestation
    outdated: tuple[CarriedItem, ...]
    conflicts: dict[str, tuple[Decision, Decision]]

    @property
    def open(self) -> int:
        """How many items with findings nobody decided on."""
        return sum(count for _, count in self.attestation.undecided)


def rows_within(snapshot: SnapshotFile, *scopes: Scope | None) -> Iterator[ItemRow]:
    """The items that are in all of these scopes, worst first."""
    organization = snapshot.organization()
    wanted = [(scope, scope.accounts(organization)) for scope in scopes if scope is not None]
    for row in snapshot.items():
        if all(scope.admits(within, row.accounts, row.severity, row.checks) for scope, within in wanted):
            yield row


def rows_of_review(snapshot: SnapshotFile, journal: Journal) -> Iterator[ItemRow]:
    """The items that a review is about, worst first."""
    return rows_within(snapshot, current_scope(journal))


def take_standing(snapshot: SnapshotFile, reviews: ReviewStore, review: str, journal: Journal) -> Standing:
    """How a review stands after the steps of a journal."""
    return Standing(attest(snapshot, journal), find_outdated(snapshot, reviews, review), dict(find_conflicts(journal)))


def attest(snapshot: SnapshotFile, journal: Journal, statement: str = "") -> Attestation:
    """What there is to sign, as it stands."""
    decisions = current_decisions(journal)
    items: list[tuple[str, Severity | None]] = [(row.id, row.severity) for row in rows_of_review(snapshot, journal)]
    summary = snapshot.summary()
    names = {place.id: place.name for place in snapshot.tree()}
    gaps = tuple(_sentence(gap, names.get(gap.account, "")) for gap in snapshot.gaps())
    return Attestation(
        snapshot=snapshot.name,
        snapshot_digest=snapshot.digest(),
        taken_at=summary.taken_at,
        tool=__version__,
        checks=tuple(check.id for check in CHECKS),
        coverage=Coverage(summary.accounts, summary.accounts_read, gaps),
        items=sum(severity is not None for _, severity in items),
        verdicts=tally_verdicts(decisions),
        undecided=tally_undecided(items, decisions),
        journal_digest=journal[-1].digest if journal else "",
        statement=statement,
        scope=current_scope(journal).sentence,
    )


def _sentence(gap: Gap, name: str) -> str:
    return f"{describe_place(gap.account, name, gap.service, gap.region)}: {gap.kind.value}: {gap.reason}"


def sign_off(
    snapshot: SnapshotFile, reviews: ReviewStore, review: str, journal: Journal, by: str, at: str, statement: str = ""
) -> Entry:
    """Seal a review as it stands after the steps of a journal; nothing can be decided in it afterwards.

    Raises UsageError when it was tampered with, and StoreError when somebody decided after those steps.
    """
    refuse_faults(reviews, review)
    attestation, texts = _with_texts(attest(snapshot, journal, statement), snapshot)
    return reviews.append(review, make_entry(journal, EntryKind.CLOSE, by, at, attestation=attestation), texts)


def _with_texts(attestation: Attestation, snapshot: SnapshotFile) -> tuple[Attestation, dict[str, str]]:
    """The attestation with everything that was there and how far it was read, and the texts of both by digest."""
    inventory, ledger = take_inventory(snapshot), take_ledger(snapshot)
    text = write_ledger(ledger)
    signed = replace(attestation, inventory=inventory[0], ledger=digest_of(text), extents=count_extents(ledger))
    return signed, {inventory[0]: inventory[1], digest_of(text): text}


def refuse_faults(reviews: ReviewStore, review: str) -> None:
    """Raises UsageError when a review is not as it was kept."""
    faults = find_faults(reviews.kept(review), reviews.bases)
    if faults:
        raise UsageError(
            f"the review `{review}` was tampered with, entry {faults[0].number}: {faults[0].reason}; "
            "`trustview review verify` lists everything, put back the last good copy of the file"
        )
