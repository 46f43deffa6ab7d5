"""What a review costs once its snapshot is analysed: opening it, deciding a fleet of 800 grants, carrying all over.

Each against parsing the JSON of the same decisions. `python -m benchmarks.reviews 10000 100000` measures other sizes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.large_reviews import TAKEN_AT, write_review
from benchmarks.measure import Measure, measure
from trustview.analysis import analyse
from trustview.review import Decision, EntryKind, Verdict, make_entry, review_id
from trustview.snapshot import Account, AccountFacts, Organization, OrganizationalUnit, Role, Snapshot
from trustview.store import ReviewStore, bind, carry_into, open_snapshot, save_snapshot
from trustview.ui.opening import open_cockpit
from trustview.ui.state import Notice
from trustview.ui.steps import after_entry

GRANTS = 10_000
FLEET = 800
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "888877776666"}, '
    '"Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "d8f1a60be29"}}}]}'
)


def measure_reviews(grants: int = GRANTS) -> Iterator[Measure]:
    """Opening and carrying over a review of so many grants, and deciding one fleet."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _measure_large(Path(folder), grants)
        yield from _measure_fleet(Path(folder) / "fleet")


def _measure_large(folder: Path, grants: int) -> Iterator[Measure]:
    with open_snapshot(write_review(folder / "snapshots", grants)) as snapshot:
        made = [Decision(row.id, Verdict.APPROVE, "ann", TAKEN_AT, "fine") for row in snapshot.items()]
        decisions, texts = bind(snapshot, made)
        told = json.dumps([asdict(decision) for decision in decisions])
        baseline = measure("reviews", "json.loads of decisions", 1, lambda: json.loads(told))
        yield baseline
        review = review_id(snapshot.summary().organization, TAKEN_AT)
        with ReviewStore(folder / "reviews.db") as reviews:
            entry = make_entry((), EntryKind.DECIDE, "ann", TAKEN_AT, decisions)
            reviews.append(review, entry, texts)

            def opened() -> None:
                cockpit = open_cockpit(snapshot, reviews, "ann", lambda: NOW, None)
                assert cockpit.sitting.begun().journal

            yield measure("reviews", f"open, {len(decisions)} decided", 1, opened, baseline)
            yield measure(
                "reviews", "compare with nothing before", 1,
                lambda: carry_into(snapshot, reviews, review), baseline,
            )  # fmt: skip


def _measure_fleet(folder: Path) -> Iterator[Measure]:
    facts = _fleet()
    with (
        open_snapshot(save_snapshot(folder, facts, analyse(facts))) as snapshot,
        ReviewStore(folder / "reviews.db") as reviews,
    ):
        cockpit = open_cockpit(snapshot, reviews, "ann", lambda: NOW, None)
        row = next(row for row in snapshot.items() if row.grants == FLEET)
        told = json.dumps([grant.id for grant in snapshot.item_grants(row.id)])
        baseline = measure("reviews", "json.loads of grant ids", 1, lambda: json.loads(told))
        yield baseline

        def decide() -> None:
            """What one key does, up to the frame."""
            made = [Decision(row.id, Verdict.REVOKE, "ann", TAKEN_AT, "gone")]
            decisions, texts = bind(snapshot, made)
            entry = make_entry(cockpit.state.journal, EntryKind.DECIDE, "ann", TAKEN_AT, decisions)
            kept = reviews.append("o-fleet00001/2026-Q4", entry, texts)
            after_entry(cockpit.state, kept, Notice("done"))

        yield measure("reviews", f"one key decides {FLEET}", 1, decide, baseline)


def _fleet() -> Snapshot:
    """One role of a stranger's in each of so many accounts."""
    ids = [f"{number:012}" for number in range(100_000_000_000, 100_000_000_000 + FLEET)]
    accounts = tuple(Account(account, f"account-{account[-3:]}", "r-root") for account in ids)
    organization = Organization("o-fleet00001", ids[0], (OrganizationalUnit("r-root", "Root", ""),), accounts)
    roles = {
        account: Role(f"arn:aws:iam::{account}:role/vendor", account, "vendor", "/", f"AROA{account}XX", TRUST)
        for account in ids
    }
    return Snapshot(
        TAKEN_AT, "aws", organization, tuple(AccountFacts(account, roles=(role,)) for account, role in roles.items())
    )


def main() -> None:
    """Print a line per measure, for each size that was given."""
    for size in map(int, sys.argv[1:] or [str(GRANTS)]):
        for one in measure_reviews(size):
            ratio = f"{one.ratio:8.1f} x {one.against}" if one.against else ""
            print(f"{one.what:32} {one.least * 1e3:10.2f} ms {ratio}", flush=True)


if __name__ == "__main__":
    main()
