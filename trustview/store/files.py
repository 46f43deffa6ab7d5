"""Files that people name: reading what they import, writing what they export."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from trustview.errors import StoreError, UsageError
from trustview.store.workspace import FILE_MODE

LARGEST_BYTES = 512 << 20
HEAD_BYTES = 64


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that was found: its content, or why it could not be read."""

    path: str
    content: bytes = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that was found, unread but for its first bytes; or why it cannot be read.

    `version` changes whenever the file does.
    """

    path: str
    size: int = 0
    version: str = ""
    head: bytes = b""
    problem: str = ""


def walk_files(paths: Iterable[str | Path]) -> Iterator[NamedFile]:
    """Every file that `list_files` finds, with its content."""
    for file in list_files(paths):
        yield NamedFile(file.path, problem=file.problem) if file.problem else read_named(file.path)


def list_files(paths: Iterable[str | Path]) -> Iterator[ListedFile]:
    """Every file named, and every file below a folder named, in the order of their names; each comes once.

    Hidden files below a folder are passed over, and links to folders below it are not followed; whatever else cannot
    be read comes with the reason. Raises UsageError for a path that is not there.
    """
    seen: set[tuple[int, int]] = set()
    for given in map(Path, paths):
        if not given.exists():
            raise UsageError(f"`{given}` is not there: name files or folders that are")
        for path, problem in _below(given) if given.is_dir() else [(str(given), "")]:
            if problem:
                yield ListedFile(path, problem=problem)
            else:
                yield from _list_once(path, seen)


def _below(folder: Path) -> Iterator[tuple[str, str]]:
    """The files below a folder, and what is wrong with those that are not looked into."""
    shut: list[OSError] = []
    top = os.path.realpath(folder)
    for parent, folders, names in os.walk(folder, onerror=shut.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            yield os.path.join(parent, name), ""
        for path in (os.path.join(parent, name) for name in folders):
            if os.path.islink(path) and not Path(os.path.realpath(path)).is_relative_to(top):
                yield path, "a link to a folder is not followed: name the folder itself"
    for error in shut:
        yield str(error.filename), f"it cannot be listed: {error.strerror or error}"


def _list_once(path: str, seen: set[tuple[int, int]]) -> Iterator[ListedFile]:
    """The file, unless it was seen under another name."""
    try:
        about = os.stat(path)
        if (about.st_dev, about.st_ino) in seen:
            return
        seen.add((about.st_dev, about.st_ino))
        if not stat.S_ISREG(about.st_mode):
            yield ListedFile(path, problem="it is not a file: pipes and devices are not read")
        elif about.st_size > LARGEST_BYTES:
            yield ListedFile(path, problem=f"it is larger than {LARGEST_BYTES >> 20} MiB; split it")
        else:
            version = f"{about.st_mtime_ns} {about.st_ctime_ns}"
            yield ListedFile(path, about.st_size, version, _read(path, HEAD_BYTES))
    except OSError as error:
        yield ListedFile(path, problem=_unreadable(error))


def read_named(path: str) -> NamedFile:
    """A file that was listed, with its content."""
    try:
        return NamedFile(path, _read(path))
    except OSError as error:
        return NamedFile(path, problem=_unreadable(error))


def _read(path: str, size: int = -1) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read(size)


def _unreadable(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}"


def open_bytes(path: str | Path) -> BinaryIO:
    """A named file or pipe, open for reading. Raises UsageError when it cannot be."""
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror or error}; name a file that can be read") from error


Content = str | bytes | Iterable[str] | Callable[[BinaryIO], object]
"""What a file is to hold: a text, or its pieces, or bytes; or what writes it."""


def write_new(path: str | Path, content: Content, *, overwrite: bool = False) -> Path:
    """Write a file whole or not at all, readable by its owner alone; the path.

    Raises UsageError when it is there already and may not be overwritten, StoreError when it cannot be written.
    """
    target = Path(path).expanduser()
    if target.exists() and not overwrite:
        raise UsageError(f"`{target}` is there already: choose another name, or say `--overwrite`")
    beside = target.with_name(f".{target.name}.{os.getpid()}-{time.time_ns()}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _write(content, file)
            if overwrite:
                os.replace(beside, target)
            elif not take_name(beside, target):
                raise FileExistsError(errno.EEXIST, "File exists", str(target))
        finally:
            beside.unlink(missing_ok=True)
    except FileExistsError as error:
        raise UsageError(f"`{target}` is there already: choose another name, or say `--overwrite`") from error
    except OSError as error:
        raise StoreError(f"cannot write `{target}`: {error.strerror or error}; choose another place") from error
    return target


def _write(content: Content, file: BinaryIO) -> None:
    if callable(content):
        content(file)
    elif isinstance(content, bytes):
        file.write(content)
    else:
        file.writelines(piece.encode() for piece in ([content] if isinstance(content, str) else content))


def take_name(written: Path, path: Path) -> bool:
    """Give a written file its own name; False when another file has that name, which is never replaced.

    Where the disk knows no links, renaming must do. Raises OSError when neither is possible.
    """
    try:
        os.link(written, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        if os.path.lexists(path):
            return False
        written.rename(path)
    return True
