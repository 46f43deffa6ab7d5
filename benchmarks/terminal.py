"""Terminal: a program on a real pseudo-terminal, and how long it takes from a key to the bytes that it paints."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_SEQUENCES = re.compile(rb"\x1b(?:\[[0-9;:?<>=]*[ $]?[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>78])")
PATIENCE = 60.0
"""Seconds after which a program that does not paint counts as broken."""


class Terminal:
    """A program with a terminal of its own; use it as a context manager, so that it ends."""

    def __init__(self, command: Sequence[str], size: tuple[int, int], environment: Mapping[str, str]) -> None:
        self.started = time.perf_counter()
        self.painted = b""
        self._size = size
        self.process, self._descriptor = pty.fork()
        if self.process == 0:
            self._resize(0)
            os.execvpe(command[0], list(command), dict(environment))  # noqa: S606 -- the benchmark's own command
        self._resize(self._descriptor)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self._descriptor)

    def _resize(self, descriptor: int) -> None:
        columns, lines = self._size
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys: str) -> float:
        """Send keys; seconds until the first byte of what is painted for them, and all of it is read."""
        return self.time_to("", keys)

    def time_to(self, text: str, keys: str = "") -> float:
        """Seconds from the keys to a text on the terminal (any text: to the first byte), then until it is quiet."""
        return self.time_until(lambda painted: text in painted, keys)

    def time_until(self, is_there: Callable[[str], object], keys: str = "") -> float:
        """The same for any test of all that is painted since the keys, sequences taken out."""
        self.painted = b""
        start = time.perf_counter()
        if keys:
            os.write(self._descriptor, keys.encode())
        while not self.painted or not is_there(self.text):
            if time.perf_counter() - start > PATIENCE or not self._read(PATIENCE):
                raise RuntimeError(f"what is waited for is not painted: {self.text[-500:]!r}")
        seconds = time.perf_counter() - start
        self.settle()
        return seconds

    def settle(self, quiet: float = 0.15) -> None:
        """Read until nothing more comes."""
        while self._read(quiet):
            pass

    def _read(self, seconds: float) -> bool:
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._descriptor, 1 << 16)
        except OSError:
            return False
        self.painted += data
        return bool(data)

    @property
    def text(self) -> str:
        """All that is painted since the last keys, sequences taken out."""
        return _SEQUENCES.sub(b"", self.painted).decode(errors="replace")

    @property
    def mebibytes(self) -> float:
        """The most memory that the program ever had, in MiB."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
