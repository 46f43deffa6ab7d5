"""`trustview` where nothing was collected yet, on a real terminal: it offers to collect, shows how, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collect.cloud.organization import invent
from tests.collect.cloud.server import Cloud, serve_in_thread
from trustview.cli.run import run
from trustview.store import open_shelf

from .test_process import on_terminal

NO_AWS = {
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def test_it_collects_and_opens_the_review(tmp_path: Path) -> None:
    with serve_in_thread(Cloud(invent(5, 4))) as cloud:
        home = {**cloud.environment(), "TRUSTVIEW_HOME": str(tmp_path)}
        with on_terminal(["-m", "trustview"], **home) as terminal:
            terminal.until("what shall it be? [c/d/q]")
            terminal.press("c\n")
            terminal.until("enter goes on")
            terminal.press("\r")
            terminal.until("Queue")
            terminal.press("\x11")
            terminal.read_to_end()
    assert list((tmp_path / "snapshots").iterdir())


def test_without_credentials_it_says_how_to_go_on(tmp_path: Path) -> None:
    with on_terminal(["-m", "trustview"], **NO_AWS, TRUSTVIEW_HOME=str(tmp_path)) as terminal:
        terminal.until("what shall it be? [c/d/q]")
        terminal.press("c\n")
        terminal.until("no AWS credentials were found")
        terminal.press("q")
        terminal.until("trustview: no AWS credentials were found: log in")


def test_a_collection_that_did_not_finish_is_told(tmp_path: Path) -> None:
    with open_shelf(tmp_path / "parts", print) as shelf:
        shelf.begin_run("scope", "2026-11-24T09:00:00Z")
    with on_terminal(["-m", "trustview"], **NO_AWS, TRUSTVIEW_HOME=str(tmp_path)) as terminal:
        terminal.until("the collection begun at 2026-11-24T09:00:00Z did not finish")
        terminal.press("q\n")
        terminal.read_to_end()


def test_without_a_terminal_there_is_no_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRUSTVIEW_HOME", str(tmp_path))

    assert run(["collect", "--progress", "screen"]) == 2
    assert "needs a terminal: leave --progress away, or give plain or json" in capsys.readouterr().err
