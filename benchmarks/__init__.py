"""How fast, measured: one file per subject, each against a baseline of the same run.

`.venv/bin/python -m benchmarks` runs them all, words choose some, `--json` prints values. A subject is a file with a
function `measure() -> Iterator[Measure]`, put in `SUBJECTS` in `__main__.py`. Nothing here is a test.
"""
