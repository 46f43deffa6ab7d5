"""The cockpit over half a million roles, through a real pseudo-terminal, against a bare Textual table of 100 rows.

`python -m benchmarks cockpit`. Times run from a key to the first byte that is painted for it, or to the text that is
waited for; they are wall time, so that nothing else may run. `TRUSTVIEW_BENCHMARK_ROLES` sets another size.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.large_reviews import write_review
from benchmarks.measure import Measure
from benchmarks.terminal import Terminal
from trustview.store import open_snapshot

ROLES = 500_000
SIZE = (120, 40)
STARTS, KEYS, OPENINGS = 7, 80, 30
WORDS = ("deployer-2c", "sev:high party:vendor", "account:orders-12", "ou:payments", "vendor-97", "-check:mfa 1a2")

# What would make a difference that users do not have: modules compiled anew at each start, another size, no colours.
_NOT_OF_USERS = ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES", "NO_COLOR")

Times = dict[str, list[float]]


def measure_cockpit() -> Iterator[Measure]:
    """The median and the slowest but five in a hundred of each action; the bare table first."""
    environment = {k: v for k, v in os.environ.items() if k not in _NOT_OF_USERS}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    baseline = _measures("bare table", _time_table(environment), {})
    yield from baseline.values()
    with TemporaryDirectory(prefix="trustview-cockpit-") as folder:
        roles = int(os.environ.get("TRUSTVIEW_BENCHMARK_ROLES", ROLES))
        snapshot = write_review(Path(folder) / "snapshots", roles)
        times, mebibytes = _time_cockpit(snapshot, environment | {"TRUSTVIEW_HOME": folder})
    yield from _measures("cockpit", times, baseline).values()
    print(f"cockpit: at most {mebibytes:.0f} MiB at {roles:,} roles", file=sys.stderr)


def _measures(subject: str, times: Times, baseline: Mapping[str, Measure]) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for what, listed in times.items():
        slow = quantiles(listed, n=20)[-1]
        against = baseline.get(what) or baseline.get("cursor")
        named, ratio = (f"bare table's {against.what}", median(listed) / against.least) if against else ("", 0.0)
        found[what] = Measure(subject, what, len(listed), median(listed), median(listed), named, ratio)
        found[f"{what}, p95"] = Measure(subject, f"{what}, p95", len(listed), slow, slow)
    return found


def _time_table(environment: Mapping[str, str]) -> Times:
    times: Times = {}
    command = (sys.executable, "-m", "benchmarks.bare_table")
    times["first screen"] = _starts(command, environment, "role 5")
    with Terminal(command, SIZE, environment) as terminal:
        terminal.time_to("role 5")
        times["cursor"] = _keys(terminal, "\x1b[B", 20)
        times["page"] = _keys(terminal, "\x1b[6~", 3) + _keys(terminal, "\x1b[5~", 3)
    return times


def _starts(command: tuple[str, ...], environment: Mapping[str, str], text: str) -> list[float]:
    found = []
    for _ in range(STARTS + 1):
        with Terminal(command, SIZE, environment) as terminal:
            found.append(terminal.time_to(text))
    return found[1:]  # the first fills the caches of the disk


def _keys(terminal: Terminal, key: str, count: int) -> list[float]:
    return [terminal.press(key) for _ in range(count)]


def _time_cockpit(snapshot: Path, environment: Mapping[str, str]) -> tuple[Times, float]:
    command = (sys.executable, "-m", "trustview")
    _sit_once(command, environment)
    times: Times = {"first screen": _starts(command, environment, "CRIT")}
    with open_snapshot(snapshot) as file, Terminal(command, SIZE, environment) as terminal:
        terminal.time_to("CRIT")
        terminal.settle(2.0)
        times["cursor"] = _keys(terminal, "j", KEYS)
        times["page"] = _keys(terminal, "\x1b[6~", KEYS // 2)
        terminal.press("g")
        rows = file.items()
        times["opening a role"] = [terminal.time_to(f"{rows[n].role_name} @", "J") for n in range(1, OPENINGS + 1)]
        times["opening a graph"] = [_open_graph(terminal) for _ in range(OPENINGS)]
        terminal.press("2")
        for word in WORDS:
            times.setdefault("filter, first rows", []).extend(_filter(terminal, word) for _ in range(4))
        return times, terminal.mebibytes


def _sit_once(command: tuple[str, ...], environment: Mapping[str, str]) -> None:
    """The first sitting of all: leave the tour, and quit."""
    with Terminal(command, SIZE, environment) as terminal:
        terminal.time_to("1 of 4")
        terminal.time_to("T shows the tour again", "\x1b")
        terminal.press("\x11")


def _open_graph(terminal: Terminal) -> float:
    seconds = terminal.time_to("who comes in", "4")
    terminal.press("3")
    return seconds


def _filter(terminal: Terminal, word: str) -> float:
    """Type a word; the time from its last letter to the first rows found for it, or to the word that there are none."""
    terminal.press("/")
    terminal.press(word[:-1])
    terminal.settle(1.0)
    before = _counts(terminal.text)[-1]
    # Until rows are found, what was counted before is painted with a sign that more is looked for.
    seconds = terminal.time_until(lambda text: any(count != f"{before}…" for count in _counts(text)), word[-1])
    terminal.press("\x15\x1b")  # empty the field and leave it
    terminal.settle(1.0)
    return seconds


def _counts(text: str) -> list[str]:
    return re.findall(r"([\d,]+…?) of [\d,]+(?! ·)", text)
