"""Starts the server in a process of its own and takes it down again."""

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from trustview.demo.load import Quarter
from trustview.errors import SourceError

PATIENCE_SECONDS = 60
_SERVICES = (
    "STS", "IAM", "ORGANIZATIONS", "ACCESSANALYZER", "CLOUDTRAIL", "EC2", "SSO_ADMIN", "IDENTITYSTORE", "ROLESANYWHERE",
    "COGNITO_IDENTITY", "EKS", "EVENTBRIDGE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """Where the demo organization answers, and the environment variables with which any AWS SDK reaches it."""

    endpoint: str
    environment: Mapping[str, str]


@contextmanager
def serve_acme(quarter: Quarter = "current", now: datetime | None = None) -> Iterator[Served]:
    """Serves the embedded organization on loopback for as long as the context lasts.

    `now` is the moment from which the data count back (the present when left out); the earlier quarter stands 91 days
    before it. Raises SourceError when moto is not installed or the server does not come up.
    """
    if any(importlib.util.find_spec(name) is None for name in ("moto", "flask")):
        raise SourceError(_MISSING)
    process = _start(quarter, now or datetime.now(UTC))
    try:
        yield _served(_ready_line(process))
    finally:
        _stop(process)


_MISSING = "the demo needs moto, which is not installed: `pip install 'trustview[demo]'`"


def _start(quarter: Quarter, now: datetime) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "trustview.demo.serve", "--quarter", quarter, "--now", now.isoformat()]
    return subprocess.Popen(  # noqa: S603  our own module, run by our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )


def _ready_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the server says of itself; one that says nothing in good time is ended."""
    timer = threading.Timer(PATIENCE_SECONDS, process.kill)
    timer.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
    finally:
        timer.cancel()
    if not line:
        raise SourceError("the demo's server ended before it was ready: see its message above, then try again")
    told: dict[str, Any] = json.loads(line)
    if told.get("error") == "missing":
        raise SourceError(f"{_MISSING} ({told['detail']})")
    if "error" in told:
        raise SourceError(
            f"the demo's server cannot listen on 127.0.0.1: {told['detail']}; free a port, then try again"
        )
    return told


def _served(told: dict[str, Any]) -> Served:
    endpoint = told["endpoint"]
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        **{f"AWS_ENDPOINT_URL_{service}": endpoint for service in _SERVICES},
        **told["environment"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_CONFIG_FILE": str(Path(__file__).with_name("sdk.ini")),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PROFILE": "default",
        "NO_PROXY": "127.0.0.1",
    }
    return Served(endpoint, MappingProxyType(environment))


def _stop(process: subprocess.Popen[str]) -> None:
    """Closing stdin asks it to end; one that does not is killed."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
