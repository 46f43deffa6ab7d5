"""Everything that must hold, with one command: `python -m tests` (more words go to pytest).

Format, lint, types, architecture, then the tests; it goes on after a failure and says at the end what failed. Those of
the language run by themselves, because they must reach every branch of it.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

# In the order of the folders: else files of few and long tests come last, and one process waits for the other.
PYTEST = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
# Asked for some tests, it runs those alone: they need not reach everything.
TESTS = (
    (("tests", [*PYTEST, *sys.argv[1:]]),)
    if sys.argv[1:]
    else (
        ("language", [*PYTEST, "tests/policy", "--dist", "load", "--cov", "--cov-report=term"]),
        ("tests", [*PYTEST, "--ignore=tests/policy"]),
    )
)
STEPS = (
    ("format", [BIN / "ruff", "format", "--check", "."]),
    ("lint", [BIN / "ruff", "check", "."]),
    ("types", [BIN / "mypy"]),
    ("architecture", [BIN / "lint-imports"]),
    *TESTS,
)


def main() -> int:
    """Run every step; the exit code is 1 when one failed."""
    failed = []
    for name, command in STEPS:
        started = time.monotonic()
        print(f"── {name} ──", flush=True)
        code = subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode
        print(f"── {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
        if code:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "everything holds")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
