"""The command line: arguments -> one call per stage; exit codes. The only place that puts the stages together.

Exit codes: 0 done, 1 failed, 2 usage, 3 done with gaps, 4 `--fail-on` met. Values go to stdout, progress and messages
to stderr. Each command's module is imported when it runs, so that `--version` and the first screen load nothing they do
not need.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from trustview import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words in (["--version"], ["-V"]):
        print(f"trustview {__version__}")
        return 0
    from trustview.cli.run import run  # `--version` needs none of it

    return run(words)
