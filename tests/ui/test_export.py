"""Exporting from the cockpit: what is marked, else what is shown; no file is ever replaced unasked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from .sitting import Desk, sitting


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def read(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


async def test_the_findings_of_marked_items_are_written_to_a_file(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("space", "space", "E")
        await screen.sees("export the findings of 2 items marked", "csv", "json", "markdown")
        await screen.press("c")
        await screen.sees("to which file?", "trustview-2026-Q4-findings.csv")
        await screen.press("enter")
        await screen.sees("written to `trustview-2026-Q4-findings.csv`")
        marked = [screen.state.rows[number] for number in sorted(screen.state.marks)]
    rows = list(csv.DictReader(io.StringIO(read("trustview-2026-Q4-findings.csv"))))
    assert {row["check"] for row in rows} == {check for row in marked for check in row.checks}


async def test_what_is_shown_is_written_with_its_decisions(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("r")
        await screen.until(lambda: screen.state.decisions)
        await screen.filter("is:revoked")
        await screen.press("E")
        await screen.sees("1 item shown")
        await screen.press("j")
        await screen.sees("to which file?")
        await screen.press("enter")
        await screen.sees("written to")
    text = read("trustview-2026-Q4-findings.json")
    assert "revoke" in text
    assert json.loads(text)


async def test_a_file_that_is_there_is_not_replaced_unasked(desk: Desk) -> None:
    name = "trustview-2026-Q4-findings.csv"
    write(name, "mine")
    async with sitting(desk) as screen:
        await screen.press("E", "c")
        await screen.sees("to which file?")
        await screen.press("enter")
        await screen.sees("is there already")
        await screen.press("n")
        await screen.sees("nothing is exported")
        assert read(name) == "mine"
        await screen.press("E", "c")
        await screen.sees("to which file?")
        await screen.press("enter")
        await screen.sees("is there already")
        await screen.press("o")
        await screen.sees("written to")
    assert read(name) != "mine"


async def test_a_place_that_cannot_be_written_is_told_with_what_to_do(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("E", "m")
        await screen.sees("to which file?")
        await screen.press("ctrl+u")
        await screen.type("no/such/folder.md")
        await screen.press("enter")
        await screen.sees("✗ not exported: cannot write", "choose another place")


async def test_the_graph_that_is_seen_is_written_for_other_programs(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with sitting(desk) as screen:
        await screen.press("4", "S")
        await screen.sees("export the graph of", "Mermaid")
        await screen.press("d")
        await screen.sees("to which file?")
        await screen.press("enter")
        await screen.sees("the graph written to")
        centre = screen.cockpit.bench.graph.graph.graph.centre.label
    text = (tmp_path / "trustview-graph.dot").read_text()
    assert text.startswith("digraph {")
    assert centre in text
