"""Rows and places for tests that need no organization."""

from __future__ import annotations

import atexit
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from trustview.analysis import Party, Privilege, ReachKind, Severity
from trustview.snapshot import AccountStatus
from trustview.store import ItemRow as Item
from trustview.store import ItemTable, PlaceRow
from trustview.store.snapshot_tables import SnapshotTables
from trustview.store.snapshot_writer import write_items
from trustview.ui.places import Places

ITEM = Item(
    id="item-1",
    role_name="deployer",
    principal="arn:aws:iam::999999999999:root",
    party=Party.UNKNOWN_ACCOUNT,
    party_name="999999999999",
    reach=ReachKind.OPEN,
    privilege=Privilege.WRITE,
    severity=Severity.HIGH,
    checks=("trusts-unknown-account",),
    accounts=("111111111111",),
    units=(),
    outlier_of="",
    grants=1,
    findings=1,
)


def _place(id_: str, name: str, parent: str, *, is_account: bool = False, is_suspended: bool = False) -> PlaceRow:
    status = AccountStatus.SUSPENDED if is_suspended else AccountStatus.ACTIVE
    return PlaceRow(id_, name, parent, is_account, status, False, "prod", 0, (0, 0, 0, 0, 0))


PLACES = Places(
    (
        _place("r-1", "Root", ""),
        _place("ou-prod", "Prod", "r-1"),
        _place("ou-data", "Big Data", "ou-prod"),
        _place("ou-dev", "Dev", "r-1"),
        _place("111111111111", "Shop Prod", "ou-data", is_account=True),
        _place("222222222222", "Shop Dev", "ou-dev", is_account=True),
        _place("333333333333", "Old", "ou-dev", is_account=True, is_suspended=True),
        _place("444444444444", "Management", "r-1", is_account=True),
    )
)


def items(*changes: dict[str, object]) -> ItemTable:
    """Rows with ids numbered from 1, each with its changes."""
    return table(*(replace(ITEM, **{"id": f"item-{n}", **change}) for n, change in enumerate(changes, 1)))  # type: ignore[arg-type]


def table(*rows: Item) -> ItemTable:
    """Rows in a snapshot file that holds nothing else."""
    path = Path(mkdtemp(prefix="trustview-rows-")) / "rows.trustview"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        write_items(database, rows)
    atexit.register(rmtree, path.parent)
    return ItemTable(SnapshotTables(path))
