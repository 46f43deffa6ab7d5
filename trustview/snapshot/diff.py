"""What changed between two snapshots: accounts, guardrails, principals, policies, and what could be read. Pure.

Nothing is called gone, or new, where one of the two snapshots could not look: that is a change of coverage, and told
as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trustview.snapshot.organization import Organization
from trustview.snapshot.snapshot import AccountFacts, Snapshot


class Subject(StrEnum):
    """What a difference is about."""

    ACCOUNT = "account"
    UNIT = "OU"
    GUARDRAIL = "guardrail"
    ROLE = "role"
    USER = "user"
    GROUP = "group"
    POLICY = "policy"
    PROVIDER = "identity provider"
    COVERAGE = "coverage"


class DifferenceKind(StrEnum):
    """What happened to it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is new, gone or otherwise than before.

    `name` is its ARN or id, `account` the account it is in (empty for the organization). Of a change, `field` names
    what changed, and `old` and `new` hold it as text: a policy is its JSON, a list has one entry a line.
    """

    kind: DifferenceKind
    subject: Subject
    account: str
    name: str
    field: str = ""
    old: str = ""
    new: str = ""


def unread_by_one(old: Snapshot, new: Snapshot) -> frozenset[str]:
    """Accounts that one of the two could not read in full: of their grants nothing is concluded."""
    read = [{facts.id for facts in side.accounts if not facts.is_partial} for side in (old, new)]
    return frozenset(read[0] ^ read[1]) | old.unread_accounts | new.unread_accounts


# What is compared of each thing: what it is called on the screen, and where it is found.
_ACCOUNT = ("name", "parent", "status", "email", "tags")
_UNIT = ("name", "parent")
_GUARDRAIL = ("name", "document", "targets")
_ROLE = ("trust_policy", "inline", "attached", "boundary", "max_session_seconds", "description", "tags")
_USER = ("inline", "attached", "boundary", "groups", "tags")
_GROUP = ("inline", "attached")
_POLICY = ("document",)
_PROVIDER = ("url", "client_ids")

Things = Mapping[str, Any]


def diff_snapshots(old: Snapshot, new: Snapshot) -> tuple[Difference, ...]:
    """Every difference: the organization first, then account by account, then what could be read."""
    found = [*_organization(old.organization, new.organization)]
    for account in sorted(old.facts_by_account.keys() & new.facts_by_account.keys()):
        found += _facts(old.facts_by_account[account], new.facts_by_account[account])
    return (*found, *_coverage(old, new))


def _organization(old: Organization | None, new: Organization | None) -> Iterator[Difference]:
    if old is None or new is None:
        return
    yield from _compare(Subject.ACCOUNT, "", old.accounts_by_id, new.accounts_by_id, _ACCOUNT)
    yield from _compare(Subject.UNIT, "", old.units_by_id, new.units_by_id, _UNIT)
    guardrails = [{policy.id: policy for policy in side.guardrails} for side in (old, new)]
    yield from _compare(Subject.GUARDRAIL, "", guardrails[0], guardrails[1], _GUARDRAIL)


def _facts(old: AccountFacts, new: AccountFacts) -> Iterator[Difference]:
    """The differences inside an account that both snapshots read."""
    inside: tuple[tuple[Subject, Callable[[AccountFacts], Iterable[Any]], tuple[str, ...]], ...] = (
        (Subject.ROLE, lambda facts: facts.roles, _ROLE),
        (Subject.USER, lambda facts: facts.users, _USER),
        (Subject.GROUP, lambda facts: facts.groups, _GROUP),
        # AWS lists its own policies where they are attached: that they come and go is told by who has them.
        (Subject.POLICY, lambda facts: (one for one in facts.policies if not one.is_aws), _POLICY),
        (Subject.PROVIDER, lambda facts: facts.providers, _PROVIDER),
    )
    for subject, things, fields in inside:
        sides = [{thing.arn: thing for thing in things(facts)} for facts in (old, new)]
        for difference in _compare(subject, old.id, sides[0], sides[1], fields):
            is_blind = (difference.kind is DifferenceKind.ADDED and old.is_partial) or (
                difference.kind is DifferenceKind.REMOVED and new.is_partial
            )
            if not is_blind:
                yield difference


def _coverage(old: Snapshot, new: Snapshot) -> Iterator[Difference]:
    """Accounts that were read and are not any more, or the other way round; in part counts as not read."""
    read = [{facts.id for facts in side.accounts if not facts.is_partial} for side in (old, new)]
    known = set(new.organization.accounts_by_id) if new.organization else read[0] | read[1]
    for account in sorted((read[0] ^ read[1]) & known):
        kind = DifferenceKind.REMOVED if account in read[0] else DifferenceKind.ADDED
        yield Difference(kind, Subject.COVERAGE, account, account)


def _compare(subject: Subject, account: str, old: Things, new: Things, fields: tuple[str, ...]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            yield Difference(DifferenceKind.ADDED if name in new else DifferenceKind.REMOVED, subject, account, name)
            continue
        for field in fields:
            before, after = getattr(old[name], field), getattr(new[name], field)
            if before != after:
                yield Difference(
                    DifferenceKind.CHANGED, subject, account, name, field, show_value(before), show_value(after)
                )


def show_value(value: object) -> str:
    """A value as text: lists one entry a line, inline policies by name, nothing as the empty text."""
    if isinstance(value, tuple):
        return "\n".join(_show_entry(entry) for entry in value)
    return "" if value is None else str(value)


def _show_entry(entry: object) -> str:
    if isinstance(entry, tuple):
        return " = ".join(map(str, entry))
    name, document = getattr(entry, "name", ""), getattr(entry, "document", "")
    return f"{name}: {document}" if document else str(entry)
