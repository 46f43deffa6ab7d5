"""The exit codes: a contract with scripts."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    GAPS = 3
    FAIL_ON = 4
    INTERRUPTED = 130
