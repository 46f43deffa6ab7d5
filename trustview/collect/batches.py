"""Batches of files of a trail, on disk or in a bucket: which are read together. Pure.

Where a batch ends depends on names alone, so that new files make few batches new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from zlib import crc32

from trustview import __version__

BATCH_FILES, MOST_FILES, MOST_BYTES = 128, 1024, 64 << 20


@dataclass(frozen=True, slots=True)
class FileMark:
    """A file by its path, its size, and a text that changes when it does."""

    path: str
    size: int
    version: str


@dataclass(slots=True)
class Cutter:
    """Cuts files that come one after another into batches."""

    _batch: list[FileMark] = field(default_factory=list)
    _bytes: int = 0

    def push(self, mark: FileMark) -> list[FileMark]:
        """Takes a file; the batch before it, when that is complete, else nothing."""
        complete = self.rest() if self._batch and self._is_full(mark) else []
        self._batch.append(mark)
        self._bytes += mark.size
        return complete

    def _is_full(self, following: FileMark) -> bool:
        if len(self._batch) >= MOST_FILES or self._bytes >= MOST_BYTES:
            return True
        return crc32(following.path.encode("utf-8", "surrogateescape")) % BATCH_FILES == 0

    def rest(self) -> list[FileMark]:
        """The files since the last complete batch."""
        batch, self._batch, self._bytes = self._batch, [], 0
        return batch


def fingerprint(batch: list[FileMark]) -> str:
    """A text that is the same for the same files, read by the same version of trustview."""
    digest = blake2b(__version__.encode(), digest_size=16)
    for mark in batch:
        digest.update(f"{mark.path}\0{mark.size}\0{mark.version}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
