"""The demo's organization in a snapshot file, made once, and an empty desk for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustview.store import save_snapshot

from .acme import acme_analysis, acme_snapshot
from .sitting import Desk


@pytest.fixture(scope="session")
def acme_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_snapshot(tmp_path_factory.mktemp("snapshots"), acme_snapshot(), acme_analysis())


@pytest.fixture
def desk(acme_file: Path, tmp_path: Path) -> Desk:
    return Desk(acme_file, tmp_path)
