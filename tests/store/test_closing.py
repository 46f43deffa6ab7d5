"""A snapshot that is closed while another thread still reads it, as when the reviewer quits during a search."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from tests.ui.acme import acme_analysis, acme_snapshot
from trustview.store import save_snapshot
from trustview.store.snapshot_tables import Row, SnapshotTables

COUNT = 2_000_000
SLOW = f"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {COUNT}) SELECT count(*) FROM n"  # noqa: S608 -- a number of ours


def rows(tables: SnapshotTables) -> Row | None:
    return tables.row(SLOW)


def search(tables: SnapshotTables) -> Row | None:
    return next(tables.search(SLOW))


@pytest.mark.parametrize("ask", [rows, search])
def test_a_query_under_way_is_answered_before_the_file_closes(
    tmp_path: Path, ask: Callable[[SnapshotTables], Row | None]
) -> None:
    tables = SnapshotTables(save_snapshot(tmp_path, acme_snapshot(), acme_analysis()))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, tables)
        sleep(0.05)
        tables.close()
        assert answer.result() == (COUNT,)
