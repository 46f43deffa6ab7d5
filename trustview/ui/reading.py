"""What the cockpit asks of a snapshot and of a review: all that it reads, and the one thing that it writes.

`trustview.store` answers these questions from files; nothing here loads an organization.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trustview.analysis import Edge, Finding, Grant, Party, Privilege, ReachKind, Remediation, Severity
from trustview.review import Entry
from trustview.snapshot import Gap, Role


class ItemRow(Protocol):
    """A row of the queue."""

    @property
    def id(self) -> str:
        """The item's id."""

    @property
    def role_name(self) -> str:
        """The name of its roles, with the path."""

    @property
    def principal(self) -> str:
        """Who is let in, as the trust policy writes it."""

    @property
    def party(self) -> Party:
        """Who that is, from the role's point of view."""

    @property
    def party_name(self) -> str:
        """What people call them."""

    @property
    def reach(self) -> ReachKind:
        """Who gets in after every layer."""

    @property
    def privilege(self) -> Privilege:
        """What the role may do."""

    @property
    def severity(self) -> Severity | None:
        """How bad the worst finding is; None without one."""

    @property
    def checks(self) -> tuple[str, ...]:
        """Ids of the checks that found something, worst first."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Ids of the accounts in which the grant stands."""

    @property
    def outlier_of(self) -> str:
        """The id of the larger fleet that it differs from; empty if none."""


class Reader(Protocol):
    """Answers the cockpit's questions about one snapshot; every method is cheap."""

    def item_grants(self, item: str) -> tuple[Grant, ...]:
        """The grants of an item, role by role."""

    def role(self, arn: str) -> Role | None:
        """A role; None when it is not in the snapshot."""

    def grants_of(self, role: str) -> tuple[Grant, ...]:
        """Every way into a role."""

    def findings_of(self, role: str) -> tuple[Finding, ...]:
        """What was found on a role, worst first."""

    def remediation(self, role: str) -> Remediation | None:
        """What is proposed for a role."""

    def edges_into(self, role: str) -> tuple[Edge, ...]:
        """Who can become a role."""

    def edges_out_of(self, principal: str) -> tuple[Edge, ...]:
        """The roles that a principal can become."""

    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read."""


class Journal(Protocol):
    """Keeps the steps of a review."""

    def journal(self, review_id: str) -> Sequence[Entry]:
        """All steps so far."""

    def append(self, review_id: str, entry: Entry) -> Entry:
        """Keep a step for good; the step as it was kept, sealed on the newest one."""
