"""SnapshotFile: an open snapshot, which reads what is asked for and nothing else.

The mirror of `snapshot_writer`. Nothing is worked out here: what the first screen shows, every grant and every finding
stand in the file. A damaged row raises StoreError that names the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Set
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from trustview import analysis as conclusions
from trustview import snapshot as facts
from trustview.analysis import Severity, SubjectKind
from trustview.garbage import without_collection
from trustview.snapshot.codec import decode
from trustview.store import snapshot_values as values
from trustview.store.finding_list import FindingList
from trustview.store.item_query import Condition, one_of
from trustview.store.item_table import ItemTable
from trustview.store.snapshot_graph import StoredGraph
from trustview.store.snapshot_keys import text_value
from trustview.store.snapshot_rows import ItemDetail, PlaceRow, Summary
from trustview.store.snapshot_tables import Row, SnapshotTables

if TYPE_CHECKING:
    from trustview.analysis import (
        Analysis,
        Edge,
        Finding,
        Grant,
        Remediation,
        Settings,
        Subject,
    )
    from trustview.snapshot import (
        AccountFacts,
        EvidenceWindow,
        ExternalFinding,
        Gap,
        ManagedPolicy,
        Organization,
        Reading,
        Role,
        Snapshot,
        Use,
        User,
    )

T = TypeVar("T")


class SnapshotFile:
    """A snapshot file that is open for reading.

    The first screen needs `summary`, `tree` and `items`; everything else loads when it is looked at. It may be used
    from several threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tables = SnapshotTables(path)

    def __enter__(self) -> SnapshotFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._tables.close()

    @property
    def name(self) -> str:
        """What the snapshot is called on the command line."""
        return self.path.stem

    # ── the first screen ─────────────────────────────────────────────────────────────────────────────────────

    def digest(self) -> str:
        """The SHA-256 of the file: what was signed off is this snapshot and no other."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def summary(self) -> Summary:
        """The numbers of the snapshot."""
        with self._tables.reading():
            return decode(Summary, json.loads(self._tables.meta("summary")))

    def settings(self) -> Settings:
        """The settings under which it was analysed."""
        with self._tables.reading():
            return decode(conclusions.Settings, json.loads(self._tables.meta("settings")))

    def tree(self) -> tuple[PlaceRow, ...]:
        """The root, OUs and accounts, with what was found in them."""
        with self._tables.reading():
            return tuple(map(values.read_place, self._tables.rows(f"{values.PLACES} ORDER BY number")))

    def items(self) -> ItemTable:
        """The queue, worst first; rows are read as they are looked at."""
        return self._items

    @cached_property
    def _items(self) -> ItemTable:
        return ItemTable(self._tables)

    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read, and why."""
        return self._records(facts.Gap, "gaps")

    def windows(self) -> tuple[EvidenceWindow, ...]:
        """For which time assumptions are known, by account and Region."""
        return self._records(facts.EvidenceWindow, "windows")

    def readings(self) -> tuple[Reading, ...]:
        """When each part was read."""
        return self._records(facts.Reading, "readings")

    # ── one item, one role ───────────────────────────────────────────────────────────────────────────────────

    def item_detail(self, item: str) -> ItemDetail | None:
        """A review item with its grants and findings; None when it is not in this snapshot."""
        with self._tables.reading():
            row = self._tables.row(f"{values.ITEMS} WHERE id = ?", item)
            if row is None:
                return None
            shown = values.read_item(row)
            grants = self.item_grants(item)
            if not grants:
                return ItemDetail(shown, (), tuple(f for f in self.findings_of(shown.principal) if not f.grants))
            ids = {grant.id for grant in grants}
            roles = dict.fromkeys(grant.role for grant in grants)
            found = [f for role in roles for f in self.findings_of(role) if ids.intersection(f.grants)]
            return ItemDetail(shown, grants, tuple(sorted(found, key=lambda finding: -finding.severity)))

    def item_grants(self, item: str) -> tuple[Grant, ...]:
        """The grants of a review item, in the order of its roles."""
        return self._of_name(f"{values.GRANTS} WHERE fleet = ? ORDER BY number", item, values.read_grant)

    def role_where_found(self, item: str, severity: Severity, grants: Set[str]) -> str:
        """The first role of a review item with a finding of this severity on one of its grants; empty if none has."""
        of_item = "subject IN (SELECT role FROM grant_ WHERE fleet = ?)"
        query = f"{values.FINDINGS} WHERE severity = ? AND {of_item} ORDER BY number"
        with self._tables.reading():
            rows = self._tables.rows(query, int(severity), self._tables.number(item))
            found = (values.read_finding(self._tables, row) for row in rows)
            return next((one.subject.id for one in found if not grants.isdisjoint(one.grants)), "")

    def basis_of(self, item: str) -> tuple[str, str] | None:
        """What a decision on an item stands on, as its digest and its text; None when it is not in this snapshot."""
        with self._tables.reading():
            row = self._tables.row(f"{values.BASES} WHERE item = ?", item)
            return values.read_basis_row(self._tables, row)[1:] if row else None

    def basis_digests(self) -> dict[str, str]:
        """The digest of what a decision on each item stands on, by item."""
        with self._tables.reading():
            return {text_value(row[0]): row[1] for row in self._tables.rows("SELECT item, digest FROM basis")}

    def bases(self) -> tuple[tuple[str, str, str], ...]:
        """Every item with the digest and the text of what a decision on it stands on, worst first."""
        with self._tables.reading(), without_collection():
            rows = self._tables.walk(f"{values.BASES} ORDER BY number")
            return tuple(values.read_basis_row(self._tables, row) for row in rows)

    def role(self, arn: str) -> Role | None:
        """A role by its ARN; None when it is not in this snapshot."""
        return self._fact(facts.Role, "roles", arn)

    def user(self, arn: str) -> User | None:
        """A user by its ARN; None when it is not in this snapshot."""
        return self._fact(facts.User, "users", arn)

    def policy(self, arn: str) -> ManagedPolicy | None:
        """A managed policy by its ARN; None when it is not in this snapshot."""
        return self._fact(facts.ManagedPolicy, "policies", arn)

    def grants_of(self, role: str) -> tuple[Grant, ...]:
        """Every way into a role."""
        return self._of_name(f"{values.GRANTS} WHERE role = ? ORDER BY number", role, values.read_grant)

    def findings_of(self, subject: str) -> tuple[Finding, ...]:
        """What was found on a role, guardrail, resource or organization, by its id; worst first."""
        return self._of_name(f"{values.FINDINGS} WHERE subject = ? ORDER BY number", subject, values.read_finding)

    def finding(self, id_: str) -> Finding | None:
        """A finding by its id; None when it is not in this snapshot."""
        return next(iter(self._of_name(f"{values.FINDINGS} WHERE id = ?", id_, values.read_finding)), None)

    def remediations_of(self, subject: str) -> tuple[Remediation, ...]:
        """What can be chosen for a subject, as it was proposed."""
        query = f"{values.REMEDIATIONS} WHERE subject = ? ORDER BY number"
        return self._of_name(query, subject, values.read_remediation)

    def document_of(self, subject: Subject) -> str:
        """The policy of a subject as it was read; empty where it has none."""
        if subject.kind is SubjectKind.ROLE:
            role = self.role(subject.id)
            return role.trust_policy if role else ""
        organization = self.organization() if subject.kind is SubjectKind.GUARDRAIL else None
        policies = organization.guardrails if organization else ()
        return next((policy.document for policy in policies if policy.id == subject.id), "")

    def edges_into(self, role: str) -> tuple[Edge, ...]:
        """Who can become a role: the members of every group that gets in, one by one."""
        return tuple(conclusions.steps_into(role, lambda node: self._edges("target", node)))

    def edges_out_of(self, principal: str) -> tuple[Edge, ...]:
        """The roles that a principal can become."""
        return tuple(conclusions.steps_out_of(principal, lambda node: self._edges("source", node)))

    def _edges(self, end: str, node: str) -> tuple[Edge, ...]:
        return self._of_name(f"{values.EDGES} WHERE {end} = ? ORDER BY number", node, values.read_edge)

    @cached_property
    def graph(self) -> StoredGraph:
        """The trust graph, of which one reads the part that a question is about."""
        return StoredGraph(self._tables)

    def role_arns(self, name: str) -> tuple[str, ...]:
        """The ARNs of all roles of a name, whatever their account and path."""
        query = (
            "SELECT name.value FROM fact JOIN name ON name.number = fact.name "
            "WHERE fact.kind = 'roles' AND substr(name.value, ?) = ? ORDER BY fact.number"
        )
        with self._tables.reading():
            return tuple(text_value(arn) for (arn,) in self._tables.rows(query, -len(name) - 1, f"/{name}"))

    def uses_of(self, role: str) -> tuple[Use, ...]:
        """Who was seen becoming a role."""
        return self._records(facts.Use, "uses", role)

    def external_findings_of(self, resource: str) -> tuple[ExternalFinding, ...]:
        """What IAM Access Analyzer reported on a resource."""
        return self._records(facts.ExternalFinding, "external_findings", resource)

    def external_findings(self) -> tuple[ExternalFinding, ...]:
        """What IAM Access Analyzer reported on anything."""
        return self._records(facts.ExternalFinding, "external_findings")

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────────

    def organization(self) -> Organization | None:
        """The organization with its guardrails, read once; None when only single accounts were read."""
        return self._organization

    @cached_property
    def _organization(self) -> Organization | None:
        with self._tables.reading():
            text = self._tables.meta("organization")
            return decode(facts.Organization, values.unfold(self._tables, json.loads(text), "")) if text else None

    def roles(self, accounts: Iterable[str] | None = None) -> Iterator[Role]:
        """Every role, account by account; of these accounts alone, None for all."""
        wanted = Condition("kind = 'roles'") & one_of("owner", accounts)
        query = f"SELECT owner, body FROM fact WHERE {wanted.sql} ORDER BY number"  # noqa: S608 -- made of marks
        with self._tables.reading():
            for owner, body in self._tables.walk(query, *wanted.values):
                yield values.read_fact(self._tables, facts.Role, owner, body)

    def grants(self, accounts: Iterable[str] | None = None) -> Iterator[Grant]:
        """Every way into every role; of these accounts alone, None for all."""
        wanted = one_of("account", accounts)
        with self._tables.reading():
            for row in self._tables.walk(f"{values.GRANTS} WHERE {wanted.sql} ORDER BY number", *wanted.values):
                yield values.read_grant(self._tables, row)

    def findings(
        self,
        at_least: Severity = Severity.INFO,
        *,
        checks: Iterable[str] | None = None,
        accounts: Iterable[str] | None = None,
    ) -> FindingList:
        """Findings of this severity and worse, worst first; of these checks and accounts alone, None for all."""
        return FindingList(self._tables, at_least, checks, accounts)

    def listed(self, field: str, account: str | None = None) -> tuple[Any, ...]:
        """One of the plain lists of the snapshot, by its field; of one account, or all of it."""
        from trustview.store.snapshot_records import RECORDS  # noqa: PLC0415 -- it needs every kind of fact

        kind = next(records.type for records in RECORDS if records.field == field)
        return self._records(kind, field) if account is None else self._owned(kind, field, account)

    # ── everything ───────────────────────────────────────────────────────────────────────────────────────────

    def load_snapshot(self) -> Snapshot:
        """All facts, as they were saved."""
        from trustview.store.snapshot_records import RECORDS  # noqa: PLC0415 -- it needs every kind of fact

        with self._tables.reading(), without_collection():
            head = json.loads(self._tables.meta("head"))
            return facts.Snapshot(
                taken_at=head["taken_at"],
                source=head["source"],
                organization=self.organization(),
                accounts=self._accounts(),
                **{records.field: self._records(records.type, records.field) for records in RECORDS},
            )

    def load_analysis(self) -> Analysis:
        """All conclusions, as they were saved."""
        with self._tables.loading():
            return conclusions.Analysis(
                grants=tuple(self._each(values.GRANTS, values.read_grant)),
                fleets=tuple(self._each(values.FLEETS, values.read_fleet)),
                edges=tuple(values.read_edges(self._tables)),
                findings=tuple(self._each(values.FINDINGS, values.read_finding)),
                remediations=tuple(self._each(values.REMEDIATIONS, values.read_remediation)),
                settings=self.settings(),
            )

    def _accounts(self) -> tuple[AccountFacts, ...]:
        kinds = {
            "roles": facts.Role, "users": facts.User, "groups": facts.Group, "policies": facts.ManagedPolicy,
            "providers": facts.IdentityProvider,
        }  # fmt: skip
        found: dict[int, dict[str, list[Any]]] = {}
        query = "SELECT kind, account, owner, body FROM fact WHERE account > 0 ORDER BY number"
        for kind, account, owner, body in self._tables.walk(query):
            value: object = values.read_fact(self._tables, kinds[kind], owner, body)
            found.setdefault(account, {}).setdefault(kind, []).append(value)
        accounts = self._tables.rows("SELECT number, id, body FROM account ORDER BY number")
        return tuple(self._account(found.get(number, {}), id_, body) for number, id_, body in accounts)

    def _account(self, found: dict[str, list[Any]], id_: str | bytes, body: int) -> AccountFacts:
        fields: dict[str, Any] = {kind: tuple(listed) for kind, listed in found.items()}
        return facts.AccountFacts(text_value(id_), **json.loads(self._tables.text(body)), **fields)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

    def _fact(self, kind: type[T], table: str, arn: str) -> T | None:
        query = "SELECT owner, body FROM fact WHERE kind = ? AND name = ? ORDER BY number DESC LIMIT 1"
        with self._tables.reading():
            number = self._tables.number(arn)
            row = self._tables.row(query, table, number) if number else None
            return values.read_fact(self._tables, kind, *row) if row else None

    def _records(self, kind: type[T], table: str, name: str | None = None) -> tuple[T, ...]:
        query = "SELECT owner, body FROM fact WHERE kind = ?"
        with self._tables.reading():
            if name is None:
                rows = self._tables.rows(f"{query} ORDER BY number", table)
            else:
                rows = self._tables.rows(f"{query} AND name = ? ORDER BY number", table, self._tables.number(name))
            return tuple(decode(kind, json.loads(self._tables.text(body, text_value(owner)))) for owner, body in rows)

    def _owned(self, kind: type[T], table: str, account: str) -> tuple[T, ...]:
        query = "SELECT body FROM fact WHERE kind = ? AND owner = ? ORDER BY number"
        with self._tables.reading():
            rows = self._tables.rows(query, table, account)
            return tuple(decode(kind, json.loads(self._tables.text(body, account))) for (body,) in rows)

    def _of_name(self, query: str, name: str, read: Callable[[SnapshotTables, Row], T]) -> tuple[T, ...]:
        with self._tables.reading():
            number = self._tables.number(name)
            return tuple(read(self._tables, row) for row in self._tables.rows(query, number)) if number else ()

    def _each(self, query: str, read: Callable[[SnapshotTables, Row], T]) -> Iterator[T]:
        return (read(self._tables, row) for row in self._tables.walk(f"{query} ORDER BY number"))
