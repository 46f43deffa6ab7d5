"""What costs money: only who agrees, beforehand or at a terminal, pays."""

import io
from typing import Any

import pytest

from trustview.cli.consenting import agreed, ask, decline

QUESTION = "It scans 2 GB, which costs 0.01 USD. Run it?"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "expected"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
async def test_a_person_at_a_terminal_is_asked(typed: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("sys.stderr", said)

    assert await ask(QUESTION) is expected
    assert said.getvalue() == f"{QUESTION} [y/N]\n"


async def test_without_a_terminal_nobody_agrees(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:  # noqa: ANN401
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert await ask(QUESTION) is False
    assert await decline(QUESTION) is False
    assert capsys.readouterr().err.count("`--yes` agrees beforehand") == 2


async def test_who_agreed_beforehand_is_told_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert await agreed(QUESTION) is True
    assert capsys.readouterr().err == "It scans 2 GB, which costs 0.01 USD.\n"
