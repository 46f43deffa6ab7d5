"""Asking the command line for values."""

import json
from typing import Any

import pytest

from trustview.cli import main
from trustview.cli.exit_code import ExitCode

HOSTILE = "=cmd()\x1b[31m[red]\u202ex"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401
    assert main(words) == ExitCode.DONE
    return json.loads(capsys.readouterr().out)
