"""Files that people name: reading what they import, writing what they export."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trustview.errors import StoreError, UsageError
from trustview.store.workspace import FILE_MODE

LARGEST_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that was found: its content, or why it could not be read."""

    path: str
    content: bytes = b""
    problem: str = ""


def walk_files(paths: Iterable[str | Path]) -> Iterator[NamedFile]:
    """Every file named, and every file below a folder named, in the order of their names.

    Links to folders are not followed, hidden files below a folder are passed over, and each file comes once. Raises
    UsageError for a path that is not there.
    """
    seen: set[Path] = set()
    for given in map(Path, paths):
        if not given.exists():
            raise UsageError(f"`{given}` is not there: name files or folders that are")
        for path in _below(given) if given.is_dir() else [given]:
            real = path.resolve()
            if real not in seen:
                seen.add(real)
                yield _read(path)


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _read(path: Path) -> NamedFile:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return NamedFile(str(path), problem=f"it is larger than {LARGEST_BYTES >> 20} MiB; split it")
        return NamedFile(str(path), path.read_bytes())
    except OSError as error:
        return NamedFile(str(path), problem=f"it cannot be read: {error.strerror or error}")


def write_new(path: str | Path, text: str, *, overwrite: bool = False) -> Path:
    """Write a file whole or not at all, readable by its owner alone; the path.

    Raises UsageError when it is there already and may not be overwritten, StoreError when it cannot be written.
    """
    target = Path(path).expanduser()
    if target.exists() and not overwrite:
        raise UsageError(f"`{target}` is there already: choose another name, or say `--overwrite`")
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            if overwrite:
                os.replace(beside, target)
            else:
                # Linking refuses a file that appeared in the meantime; replacing would not.
                os.link(beside, target)
        finally:
            beside.unlink(missing_ok=True)
    except FileExistsError as error:
        raise UsageError(f"`{target}` is there already: choose another name, or say `--overwrite`") from error
    except OSError as error:
        raise StoreError(f"cannot write `{target}`: {error.strerror or error}; choose another place") from error
    return target
