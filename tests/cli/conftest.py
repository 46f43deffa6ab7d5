"""A workspace of its own for each test, empty or with one snapshot."""

from pathlib import Path

import pytest

from tests.analysis.small_organization import DATADOG, STRANGER, policy, role, snapshot, trust
from tests.cli.asking import HOSTILE
from trustview.analysis import analyse
from trustview.store import Workspace, find_workspace, save_snapshot


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("TRUSTVIEW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return find_workspace()


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """A workspace with one snapshot of three roles."""
    roles = (
        role("partner", policy(trust({"AWS": STRANGER}))),
        role("vendor", policy(trust({"AWS": f"arn:aws:iam::{DATADOG}:root"})), description=HOSTILE),
        role("app", policy(trust({"Service": "ec2.amazonaws.com"}))),
    )
    facts = snapshot(*roles)
    save_snapshot(workspace, facts, analyse(facts))
    return workspace
