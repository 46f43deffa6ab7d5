"""Detail: all that is shown of one account's part of a review item, read when the cursor rests on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trustview.analysis import (
    ASSUME,
    BusinessHours,
    Choice,
    Edge,
    Effect,
    Finding,
    Grant,
    KnownUse,
    Remediation,
    Subject,
    SubjectKind,
    describe_outlier,
    prove_guardrail,
    rank_choices,
    role_subject,
    use_of_ways,
)
from trustview.snapshot import ExternalFinding, Role
from trustview.store import ItemRow, SnapshotFile, excerpt_on_use, facts_of_role
from trustview.store.item_query import is_outlier


@dataclass(frozen=True, slots=True)
class SeenUse:
    """What is known of a role's use and, by id, of each way into it; `hours` say when people work, and where."""

    whole: KnownUse
    by_grant: Mapping[str, KnownUse]
    hours: BusinessHours
    taken_at: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One role of an item, or the guardrail, resource or organization that it is about.

    `document` is the policy of the subject, empty where it has none; `role` is None where the subject is no role.
    `roles` are the ARNs of all roles of the item, first one where the worst of it was found; `member` is the place of
    this one. `grants` are the item's grants in
    this role, `others` the other ways into it. `findings` are those on the item's grants, `role_findings` those on the
    rest. `choices` are the changes of the role: those that end a finding on the item's grants, the best first, then the
    others; `remediation` is what is proposed for anything else, `effect` its proof where it is a guardrail's.
    `majority` is the fleet that the item differs from, `differs` says how, `outliers` are those that differ from it.
    `reported` is what Access Analyzer says of the role, `has_analyzer` whether any was read, `use` who came.
    """

    row: ItemRow
    subject: Subject
    document: str
    roles: tuple[str, ...]
    member: int
    role: Role | None
    grants: tuple[Grant, ...]
    others: tuple[Grant, ...]
    findings: tuple[Finding, ...]
    role_findings: tuple[Finding, ...]
    choices: tuple[Choice, ...]
    remediation: Remediation | None
    effect: Effect | None = None
    majority: ItemRow | None = None
    outliers: tuple[ItemRow, ...] = ()
    differs: tuple[str, ...] = ()
    reported: tuple[ExternalFinding, ...] = ()
    has_analyzer: bool = False
    use: SeenUse | None = None

    def is_ended_by(self, choice: Choice) -> bool:
        """Whether a choice ends something that was found on the item itself."""
        return _ends(choice, self.findings)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A role with who comes in and what it can reach; `conditions` by grant id."""

    role: Role
    grants: tuple[Grant, ...]
    incoming: tuple[Edge, ...]
    outgoing: tuple[Edge, ...]
    targets: dict[str, Role]
    findings: tuple[Finding, ...]
    way_out: dict[str, Grant]


def read_detail(reader: SnapshotFile, row: ItemRow, member: int) -> Detail | None:
    """Read one role of an item; None when the snapshot does not have it."""
    if not row.grants:
        return _read_apart(reader, row)
    item_grants = reader.item_grants(row.id)
    roles = roles_of(reader, row, item_grants)
    if not roles:
        return None
    arn = roles[member % len(roles)]
    role = reader.role(arn)
    if role is None:
        return None
    grants = tuple(grant for grant in item_grants if grant.role == arn)
    ids = {grant.id for grant in grants}
    found = reader.findings_of(arn)
    on_item = tuple(finding for finding in found if ids.intersection(finding.grants))
    facts = facts_of_role(reader, arn)
    choices = rank_choices(facts) if facts else ()
    return Detail(
        row=row,
        subject=role_subject(arn),
        document=role.trust_policy,
        roles=roles,
        member=roles.index(arn),
        role=role,
        grants=grants,
        others=tuple(grant for grant in reader.grants_of(arn) if grant.id not in ids),
        findings=on_item,
        role_findings=tuple(finding for finding in found if not ids.intersection(finding.grants)),
        choices=tuple(sorted(choices, key=lambda choice: not _ends(choice, on_item))),
        remediation=None,
        majority=_majority(reader, row),
        outliers=_outliers(reader, row),
        differs=_difference(reader, row, grants),
        reported=reader.external_findings_of(arn),
        has_analyzer=reader.summary().external_findings > 0,
        use=read_use(reader, role),
    )


def roles_of(reader: SnapshotFile, row: ItemRow, grants: tuple[Grant, ...]) -> tuple[str, ...]:
    """The roles of an item: of a fleet first one where the worst of it was found, then all in their order."""
    roles = dict.fromkeys(grant.role for grant in grants)
    if len(roles) > 1 and row.severity is not None:
        worst = reader.role_where_found(row.id, row.severity, {grant.id for grant in grants})
        roles = dict.fromkeys((worst, *roles)) if worst else roles
    return tuple(roles)


def _ends(choice: Choice, findings: tuple[Finding, ...]) -> bool:
    return any(finding.id in choice.remediation.closes for finding in findings)


def read_use(reader: SnapshotFile, role: Role) -> SeenUse:
    """What is known of the use of a role and of each way into it."""
    excerpt, settings = excerpt_on_use(reader, role), reader.settings()
    whole, by_grant = use_of_ways(excerpt, role, reader.grants_of(role.arn), settings)
    return SeenUse(whole, by_grant, settings.business_hours, excerpt.taken_at)


def _majority(reader: SnapshotFile, row: ItemRow) -> ItemRow | None:
    rows = reader.items()
    number = rows.number(row.outlier_of) if row.outlier_of else None
    return None if number is None else rows[number]


def _difference(reader: SnapshotFile, row: ItemRow, grants: tuple[Grant, ...]) -> tuple[str, ...]:
    """How an outlier differs from the fleet that it stands apart from."""
    usual = reader.item_grants(row.outlier_of)[:1] if row.outlier_of else ()
    return describe_outlier(usual[0], grants[0]) if usual and grants else ()


def _outliers(reader: SnapshotFile, row: ItemRow) -> tuple[ItemRow, ...]:
    rows = reader.items()
    return tuple(rows[number] for number in rows.matching(is_outlier(row.id)))


def _read_apart(reader: SnapshotFile, row: ItemRow) -> Detail | None:
    """Read an item that is about no grant."""
    found = tuple(finding for finding in reader.findings_of(row.principal) if not finding.grants)
    if not found:
        return None
    subject = found[0].subject
    remediation = next(iter(reader.remediations_of(subject.id)), None)
    return Detail(
        row=row,
        subject=subject,
        document=reader.document_of(subject),
        roles=(),
        member=0,
        role=reader.role(subject.id),
        grants=(),
        others=(),
        findings=found,
        role_findings=(),
        choices=(),
        remediation=remediation,
        effect=_prove(reader, subject, remediation) if remediation is not None else None,
    )


def _prove(reader: SnapshotFile, subject: Subject, remediation: Remediation) -> Effect | None:
    """What a guardrail's change, or a new one for the organization, lets through; None for anything else."""
    organization = reader.organization()
    if organization is None or subject.kind not in (SubjectKind.GUARDRAIL, SubjectKind.ORGANIZATION):
        return None
    return prove_guardrail(remediation, organization)


def read_surroundings(reader: SnapshotFile, arn: str) -> Surroundings | None:
    """Read who can assume a role and what it can assume; None when the snapshot does not have the role."""
    role = reader.role(arn)
    if role is None:
        return None
    outgoing = _assuming(reader.edges_out_of(arn))
    targets = {edge.target: found for edge in outgoing if (found := reader.role(edge.target)) is not None}
    return Surroundings(
        role=role,
        grants=reader.grants_of(arn),
        incoming=_assuming(reader.edges_into(arn)),
        outgoing=outgoing,
        targets=targets,
        findings=reader.findings_of(arn),
        way_out={grant.id: grant for target in targets for grant in reader.grants_of(target)},
    )


def _assuming(edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    return tuple(edge for edge in edges if edge.kind == ASSUME)
