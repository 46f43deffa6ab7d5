"""Workspace: where things are on disk. The one place that knows; everything in it belongs to its owner alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trustview.errors import StoreError

FOLDER_MODE = 0o700
FILE_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder and the places in it; nothing is created before it is asked for."""

    root: Path

    @property
    def parts(self) -> Path:
        """The folder of what the collector read; it can always be thrown away."""
        return make_folder(self.root / "parts")

    @property
    def snapshots(self) -> Path:
        """The folder of snapshot files."""
        return make_folder(self.root / "snapshots")

    @property
    def reviews(self) -> Path:
        """The folder of the decisions."""
        return make_folder(self.root / "reviews")

    @property
    def exports(self) -> Path:
        """The folder for what is exported without a name."""
        return make_folder(self.root / "exports")


def find_workspace(environment: Mapping[str, str] | None = None) -> Workspace:
    """The user's workspace: `$TRUSTVIEW_HOME`, else `$XDG_DATA_HOME/trustview`, else `~/.local/share/trustview`.

    A relative `XDG_DATA_HOME` does not count, as its specification says:
    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    given = os.environ if environment is None else environment
    if home := given.get("TRUSTVIEW_HOME"):
        return Workspace(Path(home).expanduser().absolute())
    shared = Path(given.get("XDG_DATA_HOME", ""))
    if not shared.is_absolute():
        shared = Path.home() / ".local" / "share"
    return Workspace(shared / "trustview")


def make_folder(path: Path) -> Path:
    """The folder, with mode 0700 whatever the umask; one that is there and wider is narrowed.

    What lies above it is made when missing, and left alone when there: it may be a folder of the user's own. Raises
    StoreError when the folder cannot be made.
    """
    try:
        if not path.parent.exists():
            path.parent.parent.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(exist_ok=True)
            path.parent.chmod(FOLDER_MODE)
        path.mkdir(exist_ok=True)
        _narrow(path, FOLDER_MODE)
    except OSError as error:
        raise _not_writable(path, error) from error
    return path


def make_file(path: Path) -> Path:
    """The file, made empty with mode 0600 if it is not there; one that is wider is narrowed.

    One that is there is not opened: closing it would drop the locks that SQLite holds on it in this process.
    https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
    Raises StoreError when it cannot be made.
    """
    try:
        if not path.is_file() or path.is_symlink():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), FILE_MODE))
        _narrow(path, FILE_MODE)
    except OSError as error:
        raise _not_writable(path, error) from error
    return path


def _narrow(path: Path, mode: int) -> None:
    """Takes away whatever others may do, and gives the owner back what a strict umask took."""
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)


def _not_writable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"cannot write to `{path}`: {error.strerror or error}; make it writable, "
        "or set TRUSTVIEW_HOME to a folder of your own"
    )
