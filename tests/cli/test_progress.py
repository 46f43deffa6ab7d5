"""What a collection writes to stderr, by form; and what the summary says of the age of its parts."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.analysis.small_organization import DATADOG, PROD, policy, role, snapshot, trust
from trustview.analysis import analyse
from trustview.cli.progress import ProgressDisplay
from trustview.cli.summary import print_summary, summarise
from trustview.collect import AccountRead, AccountState, Notice, Progress
from trustview.snapshot import Reading
from trustview.store import open_snapshot, save_snapshot

HOSTILE = "Web \x1b[2J\n\u202e"
EVENTS = (
    Progress(calls=1),
    Notice(f"going on {HOSTILE}"),
    AccountRead("1", HOSTILE, AccountState.READ),
    AccountRead("2", HOSTILE, AccountState.UNREAD, f"refused {HOSTILE}"),
    Progress(accounts_total=2, done=2, calls=9),
)


class Stream(io.StringIO):
    """A stream that is a terminal or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def shown(form: str, *, is_terminal: bool) -> str:
    stream = Stream(is_terminal=is_terminal)
    display = ProgressDisplay(stream, form)
    for event in EVENTS:
        display.show(event)
    display.close()
    return stream.getvalue()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_json_is_every_event_on_a_line_of_its_own(is_terminal: bool) -> None:
    lines = shown("json", is_terminal=is_terminal).splitlines()

    assert [json.loads(line)["event"] for line in lines] == ["progress", "notice", "account", "account", "progress"]
    assert all(line.isascii() and line.isprintable() for line in lines)


@pytest.mark.parametrize(("form", "is_terminal"), [("plain", True), ("plain", False), ("auto", False)])
def test_plain_lines_tell_what_is_missing_and_hold_nothing_odd(form: str, is_terminal: bool) -> None:
    text = shown(form, is_terminal=is_terminal)

    assert all(line.isprintable() for line in text.splitlines())
    assert "\r" not in text
    assert text.count("not read: 2") == 1
    assert "read: 1" not in text
    assert text.endswith("2 of 2 accounts, 9 calls (0/s)\n")


def test_on_a_terminal_one_line_is_drawn_over_and_taken_away() -> None:
    text = shown("auto", is_terminal=True)

    assert "\x1b[2J" not in text
    assert text.endswith("\r\x1b[K")


def test_the_summary_says_when_its_parts_were_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readings = (Reading("iam", PROD, "", "2026-11-24T08:00:00Z"), Reading("ec2", PROD, "", "2026-11-24T09:00:00Z"))
    taken = replace(snapshot(role("vendor", policy(trust(DATADOG)))), readings=readings)
    with open_snapshot(save_snapshot(tmp_path, taken, analyse(taken))) as saved:
        summary = summarise(saved)
        assert saved.readings() == readings
    print_summary(summary, as_json=False)

    assert (summary["read_from"], summary["read_until"]) == ("2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z")
    assert "2026-11-24T08:00:00Z to 2026-11-24T09:00:00Z" in capsys.readouterr().out
