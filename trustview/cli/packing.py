"""`trustview review coverage` and `trustview review pack`: what was looked at, and everything for an auditor."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any

from trustview import __version__
from trustview.analysis import Subject, SubjectKind
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_table, print_text, say
from trustview.cli.selecting import open_selected, review_of, rows_of, select_accounts
from trustview.errors import UsageError
from trustview.export import FORMATS_BY_NAME, write_pack, write_table
from trustview.review import Journal, LedgerLine, count_extents, current_decisions, is_closed
from trustview.snapshot.codec import encode
from trustview.store import ReviewStore, SnapshotFile, find_workspace, open_reviews, take_ledger, write_new

File = tuple[str, Callable[[], Iterable[str]]]


def show_coverage(arguments: Namespace) -> int:
    """Print what was read, in part or not, by account, source and Region."""
    with open_selected(find_workspace(), arguments) as snapshot:
        accounts = select_accounts(snapshot, arguments.account)
        ledger = [line for line in take_ledger(snapshot) if accounts is None or line.account in accounts]
    heads = ("account", "name", "source", "region", "extent", "why", "read at")
    rows = [_row(line) for line in ledger]
    if arguments.json:
        print_json([encode(line) for line in ledger])
    elif arguments.format == "csv":
        print_text(write_table(heads, rows))
    else:
        shown = [row for row, line in zip(rows, ledger, strict=True) if arguments.all or line.why]
        print_table(heads, shown)
        say(", ".join(f"{count} {word}" for word, count in count_extents(ledger)))
    return ExitCode.DONE


def _row(line: LedgerLine) -> tuple[str, ...]:
    return line.account, line.name, line.source, line.region, line.extent.value, "; ".join(line.why), line.read_at


def pack_review(arguments: Namespace) -> int:
    """Write the evidence pack of a snapshot's review."""
    workspace = find_workspace()
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        review = review_of(snapshot, reviews)
        journal = reviews.journal(review)
        signed = journal[-1].attestation if is_closed(journal) else None
        if signed is not None and signed.snapshot_digest != snapshot.digest():
            raise UsageError(
                f"the review `{review}` was signed off on snapshot `{signed.snapshot}`: name it with --snapshot"
            )
        files = dict(_files(snapshot, reviews, review, journal))
        name = arguments.output or str(workspace.exports / f"{review.replace('/', '-')}.zip")
        say(f"written to `{write_new(name, partial(write_pack, files), overwrite=arguments.overwrite)}`")
    return ExitCode.DONE


def _files(snapshot: SnapshotFile, reviews: ReviewStore, review: str, journal: Journal) -> Iterator[File]:
    decisions = current_decisions(journal)
    rows = rows_of(snapshot, snapshot.findings(), decisions)
    bases = reviews.bases(one.basis for one in decisions.values())
    yield "review.json", lambda: [_json(_about(snapshot, review, journal))]
    yield "journal.jsonl", lambda: (f"{body}\n" for _, body in reviews.kept(review))
    yield "decisions.json", lambda: [_json([encode(decisions[item]) for item in sorted(decisions)])]
    yield from ((f"bases/{digest}.json", partial(list, [text])) for digest, text in bases.items())
    yield "findings.json", partial(FORMATS_BY_NAME["json"].pieces, rows)
    yield "findings.html", partial(FORMATS_BY_NAME["html"].pieces, rows)
    yield from _policies(snapshot)
    yield "coverage.json", lambda: [_json([encode(line) for line in take_ledger(snapshot)])]
    yield "evidence.json", lambda: [_json([encode(window) for window in snapshot.windows()])]


def _about(snapshot: SnapshotFile, review: str, journal: Journal) -> dict[str, Any]:
    last = journal[-1] if journal else None
    return {
        "review": review,
        "state": "closed" if is_closed(journal) else "open",
        "snapshot": snapshot.name,
        "snapshot_digest": snapshot.digest(),
        "taken_at": snapshot.summary().taken_at,
        "tool": __version__,
        "entries": len(journal),
        "seal": last.digest if last else "",
        "attestation": encode(last.attestation) if last and last.attestation else None,
    }


def _policies(snapshot: SnapshotFile) -> Iterator[File]:
    """The policy of every subject of a finding, each once, under a name that any disk takes."""
    for number, subject in enumerate(sorted({one.subject for one in snapshot.findings()}, key=attrgetter("id")), 1):
        if subject.kind in (SubjectKind.ROLE, SubjectKind.GUARDRAIL):
            yield f"policies/{number:05}.json", partial(_policy, snapshot, subject)


def _policy(snapshot: SnapshotFile, subject: Subject) -> Iterator[str]:
    value = {"subject": subject.id, "kind": subject.kind.value, "policy": snapshot.document_of(subject)}
    yield _json(value)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
