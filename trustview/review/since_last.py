"""What is found only by comparing with the last review that was signed off: its checks, and their findings.

THE ONE PLACE that lists them. They stand beside CHECKS, which see one snapshot alone; their documentation is read
everywhere that of a check is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trustview.analysis import Severity
from trustview.review.carry_over import CarriedItem, CarryOver, Fate


@dataclass(frozen=True, slots=True)
class ReviewCheck:
    """The documentation of one; `severity` is the least that it has."""

    id: str
    title: str
    why: str
    fix: str
    see: str
    severity: Severity = Severity.MEDIUM


@dataclass(frozen=True, slots=True)
class ChangeFound:
    """One change since the last review: on an item, on items that are gone, or on an account.

    `because` are sentences: lower case, no full stop.
    """

    check: str
    severity: Severity
    subject: str
    accounts: tuple[str, ...]
    because: tuple[str, ...]


_SEE = "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_continuous_reduction.html"

REVIEW_CHECKS = (
    ReviewCheck(
        "widened-since-review",
        "A grant is wider than what was decided on",
        "The decision of the last review was made on a narrower grant, and does not cover what was added since.",
        "Decide on what stands now, or narrow the trust policy to what was approved.",
        _SEE,
    ),
    ReviewCheck(
        "new-grant",
        "A grant was not there at the last review",
        "Somebody got a way into a role since, and nobody has said yet that it is right.",
        "Decide on it; the role's description, tags and CloudTrail tell who made it.",
        _SEE,
    ),
    ReviewCheck(
        "revoke-not-done",
        "What was to be revoked or narrowed is still there",
        "The last review decided on a change, and the grant is as it was: the decision had no effect.",
        "Make the change (`trustview remediate ROLE` writes it), or decide otherwise and say why.",
        _SEE,
    ),
    ReviewCheck(
        "decision-expired",
        "An acceptance or a deferral has passed its day",
        "A risk was accepted, or a decision put off, until a day that has passed.",
        "Decide again.",
        _SEE,
    ),
    ReviewCheck(
        "effect-changed-text-same",
        "A grant takes effect otherwise under the same words",
        "An SCP, an RCP, a move between OUs, the caller's own policies or the role's permissions changed who gets in "
        "or what they can do, although nobody touched the trust policy.",
        "Read what changed around it, then decide on the effect that it has now.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    ),
    ReviewCheck(
        "coverage-lost",
        "An account was read at the last review and is not any more",
        "What is in it is not known today: its grants are neither approved nor gone.",
        "Let the reader role in again (`trustview doctor` says what is in the way), then collect once more.",
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html",
    ),
)

REVIEW_CHECKS_BY_ID = {check.id: check for check in REVIEW_CHECKS}


def changes_found(carried: CarryOver) -> tuple[ChangeFound, ...]:
    """What was found by comparing, worst first."""
    found = [*map(_on_item, filter(lambda item: item.check, carried.items)), *_lost(carried)]
    return tuple(sorted(found, key=lambda one: (-one.severity, one.check, one.subject)))


def _on_item(item: CarriedItem) -> ChangeFound:
    """The severity is the item's own, and at least the check's."""
    least = REVIEW_CHECKS_BY_ID[item.check].severity
    severity = max(item.severity, least) if item.severity is not None else least
    return ChangeFound(item.check, severity, item.item, item.accounts, item.because)


def _lost(carried: CarryOver) -> Iterator[ChangeFound]:
    for account in carried.lost_accounts:
        kept = sum(account in gone.accounts for gone in carried.gone if gone.is_unseen)
        told = (
            "it was read in full at the last review, and is not today",
            f"{kept} items that were decided on then stand there and cannot be seen",
        )
        yield ChangeFound("coverage-lost", REVIEW_CHECKS_BY_ID["coverage-lost"].severity, account, (account,), told)


def describe_counts(carried: CarryOver) -> str:
    """How a review begins, in a sentence: what carries over and what is open."""
    counts = {fate: len(carried.of(fate)) for fate in Fate}
    return (
        f"since `{carried.last}`: {counts[Fate.HOLDS]} decisions carry over, {counts[Fate.REOPENED]} are open again, "
        f"{counts[Fate.NEW]} items are new, {len(carried.gone)} are gone"
    )
