"""Records a sitting at the demo as an asciicast: `python -m screenshots.record [FILE]`.

The cockpit runs on a real pseudo-terminal and is driven by keys. Times are those of the script, so that the
same screens always come at the same moments. https://docs.asciinema.org/manual/asciicast/v2/
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.terminal import Terminal
from screenshots.generate import HERE, NARROW, collect_demo
from trustview.analysis import analyse
from trustview.store import save_snapshot

# Keys as a terminal sends them, and the seconds for which a viewer sees what they lead to.
SCRIPT: tuple[tuple[str, float], ...] = (
    ("", 2.5), ("o", 4.0), ("q", 1.0), ("3", 3.0), ("}", 1.5), ("4", 3.0), ("5", 3.0), ("f", 2.0), ("f", 2.0),
    ("2", 1.0), ("r", 2.0), ("u", 2.0), ("/", 0.6), ("p", 0.2), ("a", 0.2), ("r", 0.2), ("t", 0.2), ("y", 0.2),
    (":", 0.2), ("v", 0.2), ("e", 0.2), ("n", 1.5), ("\r", 2.0), (" ", 0.5), (" ", 0.5), ("r", 1.5),
    ("contract ended", 1.5), ("\r", 2.5), ("X", 4.0), ("q", 1.0), ("?", 4.0), ("q", 1.5),
)  # fmt: skip


def main() -> None:
    """Write the recording into a file, `cockpit.cast` here by default."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "cockpit.cast"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        snapshot = asyncio.run(collect_demo(folder))
        path = save_snapshot(folder / "snapshots", snapshot, analyse(snapshot))
        environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES", "COLORTERM")}
        command = (sys.executable, "-m", "tests.ui.cockpit_process", str(path), scratch)
        with Terminal(command, NARROW, environment | {"TERM": "xterm-256color"}) as terminal:
            file.write_text("\n".join(record(terminal)) + "\n", encoding="utf-8")


def record(terminal: Terminal) -> list[str]:
    """The lines of the recording: a head, then what was painted after each key."""
    width, height = NARROW
    lines = [json.dumps({"version": 2, "width": width, "height": height, "title": "trustview demo"})]
    terminal.time_to("decided")
    terminal.settle(2.0)
    at = 0.0
    for keys, seconds in SCRIPT:
        if keys:
            terminal.press(keys)
            terminal.settle(0.6)
        lines.append(json.dumps([round(at, 2), "o", terminal.painted.decode("utf-8", "replace")]))
        at += seconds
    return [*lines, json.dumps([round(at, 2), "o", ""])]


if __name__ == "__main__":
    main()
