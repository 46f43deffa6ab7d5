"""Dossier: what the role screen shows of one role; only the facet that is looked at is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trustview.analysis import Finding, Grant, Holding, read_holding
from trustview.snapshot import Role
from trustview.store import SnapshotFile, excerpt_on_role
from trustview.ui.detail import SeenUse, read_use
from trustview.ui.past import Past, PastReader
from trustview.ui.state import Facet, State


@dataclass(frozen=True, slots=True)
class Dossier:
    """A role with the ways into it and what was found on it; and of the facet that is shown, what it tells.

    `role` is None where the snapshot does not have it.
    """

    arn: str
    facet: Facet
    role: Role | None = None
    grants: tuple[Grant, ...] = ()
    findings: tuple[Finding, ...] = ()
    holding: Holding | None = None
    use: SeenUse | None = None
    past: Past | None = None


def read_dossier(reader: SnapshotFile, past: PastReader, review: str, state: State, arn: str) -> Dossier:
    """Read one facet of a role; `review` is the one under way."""
    role = reader.role(arn)
    if role is None:
        return Dossier(arn, state.facet)
    known = Dossier(arn, state.facet, role, reader.grants_of(arn), reader.findings_of(arn))
    if known.facet is Facet.PERMISSIONS:
        return replace(known, holding=read_holding(excerpt_on_role(reader, arn, role.account), role))
    if known.facet is Facet.USE:
        return replace(known, use=read_use(reader, role))
    if known.facet is Facet.HISTORY:
        return replace(known, past=past.read(arn, role.account, review, state.journal))
    return known
