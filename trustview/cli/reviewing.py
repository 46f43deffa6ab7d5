"""`trustview review …`: which reviews there are, how far one is, its sign-off, and whether it was tampered with."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_line, print_table, say
from trustview.cli.reviewer import reviewer_name
from trustview.cli.scoping import read_scope
from trustview.cli.selecting import first_review_of, open_selected, review_of
from trustview.errors import UsageError
from trustview.review import (
    Journal,
    current_decisions,
    describe_counts,
    find_conflicts,
    find_faults,
    following_review,
    is_closed,
    tally_verdicts,
)
from trustview.store import (
    ReviewStore,
    SnapshotFile,
    Standing,
    attest,
    begin_review,
    find_outdated,
    find_workspace,
    open_reviews,
    sign_off,
    take_standing,
)


def list_reviews(arguments: Namespace) -> int:
    """Print every review in which something was decided."""
    with open_reviews(find_workspace(), arguments.review_database) as reviews:
        told = [_tell(review, reviews.journal(review)) for review in reviews.reviews()]
    if arguments.json:
        print_json(told)
    else:
        rows = [(one["review"], str(one["decided"]), one["state"], one["last_by"], one["last_at"]) for one in told]
        print_table(("review", "decided", "state", "last by", "at"), rows)
    return ExitCode.DONE


def _tell(review: str, journal: Journal) -> dict[str, Any]:
    last = journal[-1] if journal else None
    return {
        "review": review,
        "state": "closed" if is_closed(journal) else "open",
        "entries": len(journal),
        "decided": len(current_decisions(journal)),
        "verdicts": dict(tally_verdicts(current_decisions(journal))),
        "last_by": last.by if last else "",
        "last_at": last.at if last else "",
        "seal": last.digest if last else "",
    }


def show_status(arguments: Namespace) -> int:
    """Print how far the review of a snapshot is."""
    workspace = find_workspace()
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        review = review_of(snapshot, reviews)
        journal = reviews.journal(review)
        outdated = [
            {"item": one.item, "because": list(one.because)} for one in find_outdated(snapshot, reviews, review)
        ]
        told = _tell(review, journal) | _progress(snapshot, journal) | {"outdated": outdated}
    if arguments.json:
        print_json(told)
        return ExitCode.DONE
    lines = [
        ("review", f"{told['review']}, {told['state']}"),
        ("snapshot", told["snapshot"]),
        *([("scope", told["scope"])] if told["scope"] else []),
        ("items", f"{told['items'] - sum(told['undecided'].values())} of {told['items']} with findings decided"),
        ("verdicts", _counted(told["verdicts"])),
        ("open", _counted(told["undecided"])),
        ("outdated", f"{len(outdated)} decided on what is otherwise in this snapshot"),
        ("coverage", f"{told['coverage']['accounts_read']} of {told['coverage']['accounts']} accounts read"),
        ("gaps", str(len(told["coverage"]["gaps"]))),
    ]
    for label, value in lines:
        print_line(f"{label:<14}{value}")
    return ExitCode.DONE


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"


def _progress(snapshot: SnapshotFile, journal: Journal) -> dict[str, Any]:
    attestation = attest(snapshot, journal)
    return {
        "snapshot": attestation.snapshot,
        "items": attestation.items,
        "undecided": dict(attestation.undecided),
        "scope": attestation.scope,
        "conflicts": sorted(find_conflicts(journal)),
        "coverage": {
            "accounts": attestation.coverage.accounts,
            "accounts_read": attestation.coverage.accounts_read,
            "gaps": list(attestation.coverage.gaps),
        },
    }


def start_review(arguments: Namespace) -> int:
    """Begin the review of a snapshot with what holds of the last one; after a sign-off, another one of its quarter."""
    workspace = find_workspace()
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        review = review_of(snapshot, reviews)
        journal = reviews.journal(review)
        if journal and not is_closed(journal):
            raise UsageError(
                f"the review `{review}` is open: go on with it, or sign it off with `trustview review close`"
            )
        new = following_review(first_review_of(snapshot), review) if journal else review
        scope = read_scope(snapshot, arguments)
        carried = begin_review(snapshot, reviews, new, reviewer_name(), _now(), scope)
    limits = f" {scope.sentence}" if scope else ""
    say(
        f"the review `{new}`{limits} is begun; "
        f"{describe_counts(carried) if carried else 'nothing is decided in it yet'}"
    )
    return ExitCode.DONE


def close_review(arguments: Namespace) -> int:
    """Sign the review of a snapshot off; nothing can be decided in it afterwards."""
    workspace = find_workspace()
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        review = review_of(snapshot, reviews)
        journal = reviews.journal(review)
        standing = take_standing(snapshot, reviews, review, journal)
        if not arguments.allow_open:
            _refuse_unfinished(standing)
        kept = sign_off(snapshot, reviews, review, journal, reviewer_name(), _now(), arguments.statement or "")
    say(f"the review `{review}` is signed off; note its seal elsewhere, `trustview review verify` asks for it")
    print_line(kept.digest)
    return ExitCode.DONE


def _refuse_unfinished(standing: Standing) -> None:
    """Raises UsageError where something is open, or decided on what is otherwise now."""
    if standing.open:
        raise UsageError(
            f"{standing.open} items with findings are not decided ({_counted(dict(standing.attestation.undecided))}): "
            "decide them in the cockpit, or sign off as it stands with --allow-open"
        )
    if standing.outdated:
        first = standing.outdated[0]
        raise UsageError(
            f"{len(standing.outdated)} decisions were made on something else than what stands in this snapshot, "
            f"`{first.item}`: {first.because[0]}; decide again, or sign off with --allow-open"
        )


def verify_review(arguments: Namespace) -> int:
    """Check the chain and the sign-off of one review, or of all; 1 when something is not as it was kept."""
    with open_reviews(find_workspace(), arguments.review_database) as reviews:
        wanted = [arguments.review] if arguments.review else list(reviews.reviews())
        if arguments.review and arguments.review not in reviews.reviews():
            raise UsageError(f"there is no review `{arguments.review}`: `trustview review list` lists them")
        told = [_verify(reviews, review, arguments.seal) for review in wanted]
    if arguments.json:
        print_json(told)
    else:
        for one in told:
            print_line(f"{one['review']}: {one['entries']} entries, {'damaged' if one['faults'] else 'whole'}")
            for fault in one["faults"]:
                print_line(f"  entry {fault['entry']}: {fault['reason']}")
    return ExitCode.FAILED if any(one["faults"] for one in told) else ExitCode.DONE


def _verify(reviews: ReviewStore, review: str, seal: str | None) -> dict[str, Any]:
    kept = reviews.kept(review)
    found = find_faults(kept, reviews.bases)
    faults = [{"entry": fault.number, "reason": fault.reason} for fault in found]
    if seal and not faults and all(entry.digest != seal for entry in reviews.journal(review)):
        faults.append({"entry": len(kept), "reason": f"no entry has the seal `{seal}`: entries were cut off"})
    return {"review": review, "entries": len(kept), "faults": faults}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
