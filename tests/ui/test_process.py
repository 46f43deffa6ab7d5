"""The cockpit as a program on a real pseudo-terminal: what it loads, what it sends, and that a kill loses nothing."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from trustview.analysis import analyse
from trustview.review import review_items, verify_chain
from trustview.store import ReviewStore, save_snapshot

from .acme import acme_analysis
from .hostile import hostile_snapshot
from .sitting import REVIEW, Desk

ROOT = Path(__file__).parents[2]
# How many items of the demo have findings.
FOUND = sum(item.severity is not None for item in review_items(acme_analysis()))
PATIENCE = 30.0

# What Textual itself sends: styles, cursor moves, modes, queries and the shape of the mouse pointer.
_OWN = re.compile(rb"\x1b(\[[0-9;:?<>=]*[ $]?[A-Za-z~]|[=>78]|\]22;[a-z-]*\x07)")


class Terminal:
    """A process on a terminal of 80 by 24 cells."""

    def __init__(self, process: int, descriptor: int) -> None:
        self.process = process
        self.descriptor = descriptor
        self.sent = b""

    def press(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def until(self, text: str) -> None:
        """Read until the terminal was sent `text`, words in any style."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if text in self.plain:
                return
            self._read(0.2)
        raise AssertionError(f"`{text}` was not sent:\n{self.plain[-3000:]}")

    def read_to_end(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._read(0.2):
            pass

    @property
    def plain(self) -> str:
        return _OWN.sub(b"", self.sent).decode("utf-8", "replace")

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.sent += data
        return bool(data)


@contextmanager
def on_terminal(command: list[str], **more: str) -> Iterator[Terminal]:
    """A program of Python's on a terminal of its own, ended when the context is left."""
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **more}
    process, descriptor = pty.fork()
    if process == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, *command], environment)  # noqa: S606 -- our own module
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    terminal = Terminal(process, descriptor)
    try:
        yield terminal
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(descriptor)


@contextmanager
def cockpit(desk: Desk, **more: str) -> Iterator[Terminal]:
    with on_terminal(["-m", "tests.ui.cockpit_process", str(desk.snapshot), str(desk.folder)], **more) as terminal:
        yield terminal


def test_the_cockpit_loads_nothing_that_talks_to_aws(desk: Desk) -> None:
    with cockpit(desk) as terminal:
        terminal.until("NetworkAdmin")
        terminal.press("4")
        terminal.until("who comes in")
        terminal.press("\x11")  # ctrl+q
        terminal.until("loaded: []")


@pytest.mark.parametrize("round_", range(3))
def test_a_decision_that_was_confirmed_outlives_a_kill(desk: Desk, round_: int) -> None:
    with cockpit(desk) as terminal:
        terminal.until("NetworkAdmin")
        for number in range(round_ + 1):
            terminal.press("r")
            terminal.until(f"{number + 1}/{FOUND}")
        os.kill(terminal.process, signal.SIGKILL)
    with ReviewStore(desk.reviews) as reviews:
        journal = reviews.journal(REVIEW)
    assert len(journal) == round_ + 1
    assert verify_chain(journal) == 0
    with cockpit(desk) as terminal:
        terminal.until(f"{round_ + 1}/{FOUND} decided")


def test_no_colour_is_sent_where_none_is_wanted(desk: Desk) -> None:
    with cockpit(desk, NO_COLOR="1") as terminal:
        terminal.until("NetworkAdmin")
        terminal.press("r")
        terminal.until(f"1/{FOUND}")
        terminal.press("o")
        terminal.until("Open, by OU")
        terminal.press("q4")
        terminal.until("who comes in")
    colours = re.findall(rb"\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;[25];[0-9;]+)m", terminal.sent)
    assert not colours


def test_hostile_names_reach_the_terminal_as_plain_text(tmp_path: Path) -> None:
    snapshot = hostile_snapshot()
    file = save_snapshot(tmp_path / "snapshots", snapshot, analyse(snapshot))
    with cockpit(Desk(file, tmp_path)) as terminal:
        terminal.until("role-")
        terminal.press("b")
        terminal.until("CLICK")
        terminal.press("2!")
        terminal.until("could not be read")
        terminal.press("qo")
        terminal.until("Open, by OU")
        terminal.press("qX")
        terminal.until("From outside to an administrator")
        terminal.press("qD")
        terminal.until("no earlier snapshot")
        terminal.press("qV")
        terminal.until("identity providers")
        terminal.press("qR")
        terminal.until("sources of accounts")
        terminal.press("q3JJJJJJJJ4JJJ5JJ")
        terminal.until("[5 Fix]")
        terminal.press("\x11")
        terminal.read_to_end()
    rest = _OWN.sub(b"", terminal.sent)
    assert b"\x1b" not in rest, rest[rest.index(b"\x1b") - 50 :][:200]
    assert b"\x1b]52" not in terminal.sent
    assert b"\x1b]0;title" not in terminal.sent
    assert b"\xc2\x9b" not in terminal.sent
    for char in rest.decode("utf-8"):
        assert char.isprintable() or char in "\r\n\x07\x0f", repr(char)
