"""Summary, PlaceRow, ItemRow: what the first screen shows of a snapshot; worked out once, when it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from trustview import analysis as conclusions
from trustview.analysis import Severity, SubjectKind
from trustview.snapshot import AccountStatus

if TYPE_CHECKING:
    from trustview.analysis import Analysis, Finding, Grant, Party, Privilege, ReachKind, TierRules
    from trustview.review import ReviewItem
    from trustview.snapshot import Organization, Snapshot


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a snapshot.

    `accounts` are those of the organization, `accounts_read` those whose IAM was read. `findings` counts by severity,
    from info to critical.
    """

    taken_at: str
    source: str
    organization: str
    management_account: str
    accounts: int
    accounts_read: int
    roles: int
    users: int
    grants: int
    items: int
    edges: int
    findings: tuple[int, int, int, int, int]
    external_findings: int
    uses: int
    gaps: int

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return self.findings[severity]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """The root, an OU or an account of the tree; `parent` is empty at the top.

    An account is *unread* when not all of its IAM could be read. `roles` and `findings` (from info to critical) count
    everything below.
    """

    id: str
    name: str
    parent: str
    is_account: bool
    status: AccountStatus
    is_unread: bool
    tier: str
    roles: int
    findings: tuple[int, int, int, int, int]

    @property
    def is_suspended(self) -> bool:
        """Whether the account is suspended, being closed or closed."""
        return self.status not in (AccountStatus.ACTIVE, AccountStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A review item as a row of the queue: `ReviewItem` with numbers in place of what it holds.

    `units` are the names of the OUs that all its accounts share, from the top. `grants` and `findings` are counts;
    without grants it is an item of something that is no grant.
    """

    id: str
    role_name: str
    principal: str
    party: Party | None
    party_name: str
    reach: ReachKind | None
    privilege: Privilege | None
    severity: Severity | None
    checks: tuple[str, ...]
    accounts: tuple[str, ...]
    units: tuple[str, ...]
    outlier_of: str
    grants: int
    findings: int
    kind: SubjectKind = SubjectKind.ROLE


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """A review item with its grants and with what was found on them, worst first."""

    row: ItemRow
    grants: tuple[Grant, ...]
    findings: tuple[Finding, ...]


def summarise(snapshot: Snapshot, analysis: Analysis) -> Summary:
    """The numbers of a snapshot and its analysis."""
    organization = snapshot.organization
    read = {account.id for account in snapshot.accounts}
    return Summary(
        taken_at=snapshot.taken_at,
        source=snapshot.source,
        organization=organization.id if organization else "",
        management_account=organization.management_account if organization else "",
        accounts=len(read | {account.id for account in organization.accounts}) if organization else len(read),
        accounts_read=len(read),
        roles=sum(len(account.roles) for account in snapshot.accounts),
        users=sum(len(account.users) for account in snapshot.accounts),
        grants=len(analysis.grants),
        items=len(analysis.fleets),
        edges=len(analysis.edges),
        findings=_by_severity(Counter(finding.severity for finding in analysis.findings)),
        external_findings=len(snapshot.external_findings),
        uses=len(snapshot.uses),
        gaps=len(snapshot.gaps),
    )


def _by_severity(counts: Counter[Severity]) -> tuple[int, int, int, int, int]:
    info, low, medium, high, critical = (counts[severity] for severity in Severity)
    return info, low, medium, high, critical


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────────────


def place_rows(snapshot: Snapshot, analysis: Analysis) -> Iterator[PlaceRow]:
    """The tree from the top, OUs first; accounts that were read but belong to nobody stand at the top."""
    organization = snapshot.organization
    roles: Counter[str] = Counter()
    findings: dict[str, Counter[Severity]] = {}
    for account in snapshot.accounts:
        for place in _above(organization, account.id):
            roles[place] += len(account.roles)
    for finding in analysis.findings:
        for place in {above for at in finding.subject.places for above in _above(organization, at)}:
            findings.setdefault(place, Counter())[finding.severity] += 1
    for row in _places(snapshot, analysis.settings.tiers):
        yield PlaceRow(*row, roles[row[0]], _by_severity(findings.get(row[0], Counter())))


def _above(organization: Organization | None, place: str) -> tuple[str, ...]:
    """An account, OU or root, and everything that it stands in."""
    return (organization.path_to(place) if organization else ()) or (place,)


def _places(snapshot: Snapshot, tiers: TierRules) -> Iterator[tuple[str, str, str, bool, AccountStatus, bool, str]]:
    organization, unread = snapshot.organization, snapshot.unread_accounts
    if organization:
        for unit in organization.units:
            yield unit.id, unit.name, unit.parent, False, AccountStatus.ACTIVE, False, ""
        for account in organization.accounts:
            tier = conclusions.tier_of(snapshot, account.id, tiers).name.lower()
            name = snapshot.account_name(account.id)
            yield account.id, name, account.parent, True, account.status, account.id in unread, tier
    for facts in snapshot.facts_by_account.values():
        if organization is None or facts.id not in organization.accounts_by_id:
            name = snapshot.account_name(facts.id)
            yield facts.id, name, "", True, AccountStatus.UNKNOWN, facts.id in unread, "unknown"


# ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────────


def item_rows(snapshot: Snapshot, items: Iterable[ReviewItem]) -> Iterator[ItemRow]:
    """The queue, worst first."""
    return (_item_row(item, snapshot.organization) for item in items)


def _item_row(item: ReviewItem, organization: Organization | None) -> ItemRow:
    return ItemRow(
        id=item.id,
        role_name=item.role_name,
        principal=item.principal,
        party=item.party,
        party_name=item.party_name,
        reach=item.reach,
        privilege=item.privilege,
        severity=item.severity,
        checks=item.checks,
        accounts=item.accounts,
        units=_shared([organization.unit_names(account) for account in item.accounts]) if organization else (),
        outlier_of=item.outlier_of,
        grants=len(item.grants),
        findings=len(item.findings),
        kind=item.kind,
    )


def _shared(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What all paths begin with."""
    levels = takewhile(lambda names: len(set(names)) == 1, zip(*paths, strict=False))
    return tuple(names[0] for names in levels)
