"""What a review begins with, read from a snapshot and the reviews before: the values that `carry_over` judges.

Decisions are bound here to what they stand on, whoever makes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trustview.review import (
    CarriedItem,
    CarryOver,
    Decision,
    Entry,
    EntryKind,
    Fate,
    Inventory,
    LastReview,
    LedgerLine,
    Reopened,
    Scope,
    Verdict,
    carry_over,
    current_decisions,
    digest_of,
    grant_keys,
    make_entry,
    make_ledger,
    read_basis,
    read_inventory,
    write_inventory,
)
from trustview.store.reviews import ReviewStore
from trustview.store.snapshot_file import SnapshotFile


def bind(snapshot: SnapshotFile, decisions: Iterable[Decision]) -> tuple[tuple[Decision, ...], dict[str, str]]:
    """The decisions bound to what their items are in a snapshot, and the texts of that by digest."""
    bound: list[Decision] = []
    texts: dict[str, str] = {}
    for decision in decisions:
        found = snapshot.basis_of(decision.item)
        if found is not None:
            texts[found[0]] = found[1]
        bound.append(replace(decision, basis=found[0] if found else ""))
    return tuple(bound), texts


def last_review(reviews: ReviewStore, organization: str, current: str) -> LastReview | None:
    """The newest review of an organization that was signed off, `current` aside; None when there is none."""
    closed: list[tuple[str, str, str, str]] = []
    for review in reviews.reviews():
        if review.startswith(f"{organization or 'files'}/") and review != current:
            newest = reviews.journal(review, after=reviews.newest(review) - 1)[-1]
            if newest.attestation is not None:
                closed.append((newest.attestation.taken_at, newest.at, review, newest.attestation.inventory))
    return _read(reviews, *max(closed)[1:]) if closed else None


def _read(reviews: ReviewStore, closed_at: str, review: str, inventory: str) -> LastReview:
    decisions = current_decisions(reviews.journal(review))
    texts = reviews.bases([*(decision.basis for decision in decisions.values()), inventory])
    seen = read_inventory(texts.pop(inventory)) if inventory in texts else Inventory((), ())
    bases = {digest: read_basis(text) for digest, text in texts.items()}
    return LastReview(review, closed_at, decisions, bases, frozenset(seen.grants), frozenset(seen.accounts))


def carry_into(snapshot: SnapshotFile, reviews: ReviewStore, current: str) -> CarryOver | None:
    """What of the last review holds for a snapshot; None when there is no last review.

    `current` is the review that the snapshot belongs to.
    """
    summary = snapshot.summary()
    last = last_review(reviews, summary.organization, current)
    if last is None:
        return None
    items = ((item, read_basis(text), digest) for item, digest, text in snapshot.bases())
    return carry_over(last, items, snapshot.organization(), accounts_read(snapshot), summary.taken_at[:10])


def begin_review(
    snapshot: SnapshotFile, reviews: ReviewStore, review: str, by: str, at: str, scope: Scope | None = None
) -> CarryOver | None:
    """Begin a review with what holds of the last one; raises ReviewBegunError when somebody else has begun it."""
    carried = begin_after_last(snapshot, reviews, review, by, at, scope)
    if carried is None:
        reviews.append(review, replace(make_entry((), EntryKind.START, by, at), scope=scope))
    return carried


def begin_after_last(
    snapshot: SnapshotFile, reviews: ReviewStore, review: str, by: str, at: str, scope: Scope | None = None
) -> CarryOver | None:
    """The same, where there is a last review; otherwise nothing is begun: the first decision does that."""
    carried = carry_into(snapshot, reviews, review)
    if carried is not None:
        entry = _start(replace(make_entry((), EntryKind.START, by, at), scope=scope), carried)
        reviews.append(review, entry, _texts(snapshot, carried))
    return carried


def _start(entry: Entry, carried: CarryOver) -> Entry:
    return replace(
        entry,
        decisions=tuple(item.decision for item in carried.of(Fate.HOLDS) if item.decision),
        last=carried.last,
        reopened=tuple(
            Reopened(item.item, item.was.verdict, item.because, item.check)
            for item in carried.of(Fate.REOPENED)
            if item.was
        ),
    )


def _texts(snapshot: SnapshotFile, carried: CarryOver) -> dict[str, str]:
    needed = {item.decision.basis for item in carried.of(Fate.HOLDS) if item.decision}
    return {digest: text for _, digest, text in snapshot.bases() if digest in needed}


def take_inventory(snapshot: SnapshotFile) -> tuple[str, str]:
    """Everything that is there, for the sign-off, as its digest and its text."""
    keys = {key for _, _, text in snapshot.bases() for key in grant_keys(read_basis(text))}
    text = write_inventory(Inventory(tuple(sorted(keys)), tuple(sorted(accounts_read(snapshot)))))
    return digest_of(text), text


def accounts_read(snapshot: SnapshotFile) -> frozenset[str]:
    """The accounts that were read in full."""
    return frozenset(place.id for place in snapshot.tree() if place.is_account and not place.is_unread)


def take_ledger(snapshot: SnapshotFile) -> tuple[LedgerLine, ...]:
    """What of the organization was read, in part or not."""
    accounts = ((place.id, place.name, place.is_unread) for place in snapshot.tree() if place.is_account)
    return make_ledger(accounts, snapshot.readings(), snapshot.gaps())


def find_outdated(snapshot: SnapshotFile, reviews: ReviewStore, review: str) -> tuple[CarriedItem, ...]:
    """Decisions of a review that were made on something else than what stands in a snapshot, and do not hold for it.

    A snapshot that was taken while a review is under way may show a wider grant under the same item.
    """
    decisions = current_decisions(reviews.journal(review))
    standing = [one for one in decisions.values() if one.verdict not in (Verdict.REVOKE, Verdict.NARROW)]
    known = {one.item: one for one in standing if one.basis}
    digests = snapshot.basis_digests() if known else {}
    wanted = [item for item, one in known.items() if digests.get(item, one.basis) != one.basis]
    changed = [(item, *found) for item in wanted if (found := snapshot.basis_of(item))]
    if not changed:
        return ()
    made = {item: known[item] for item, *_ in changed}
    texts = reviews.bases(one.basis for one in made.values())
    read = accounts_read(snapshot)
    before = LastReview(review, "", made, {digest: read_basis(texts[digest]) for digest in texts}, frozenset(), read)
    items = [(item, read_basis(text), digest) for item, digest, text in changed]
    carried = carry_over(before, items, snapshot.organization(), read, snapshot.summary().taken_at[:10])
    return carried.of(Fate.REOPENED)
