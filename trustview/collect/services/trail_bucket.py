"""The files of a trail in S3: who really became whom, hour by hour, in all accounts that one bucket tells of.

Only the folders of accounts, Regions and days that are wanted are listed. What was read is kept batch by batch, so that
an interrupted run goes on where it was. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from trustview.collect.batches import Cutter, FileMark, fingerprint
from trustview.collect.counted import Counted, join_counted, read_counted, write_counted
from trustview.collect.evidence_source import SourceKind
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.notes import Shelf
from trustview.collect.parts import Lack
from trustview.collect.reader import Reader, together
from trustview.collect.reduction import (
    Kept,
    LostError,
    Reduction,
    calls_by_day,
    find_reduction,
    put_reduction,
    widen,
)
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, for_evidence
from trustview.collect.sighting import Sighting
from trustview.collect.trail_files import Day, Span
from trustview.policy import is_account_id
from trustview.snapshot import GapKind

BATCHES_AT_ONCE = 4
FOLDERS_AT_ONCE = 16
LARGEST_BYTES = 512 << 20
MOST_TOLD = 100
ACCOUNTS_ESTIMATED = 20
FOLDERS_TRIED = 20
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_PLACE = re.compile(r"/(\d{12})/CloudTrail/([a-z0-9-]+)/(\d{4})/(\d\d)/(\d\d)/", re.ASCII)
_ABOUT_KEYS = (
    "the files are encrypted with a key of their own: who reads them has to be allowed `kms:Decrypt` on it, in its key "
    "policy too"
)


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files of an account and Region lie."""

    account: str
    region: str
    prefix: str


@dataclass(slots=True)
class Bucket:
    """One reading of a bucket: what was asked, and what was read so far."""

    reader: Reader
    scope: Scope
    name: str
    prefix: str
    first_day: str
    last_day: str
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BATCHES_AT_ONCE))
    listing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FOLDERS_AT_ONCE))
    keys: list[str] = field(default_factory=list)
    unread: set[Day] = field(default_factory=set)
    shut: set[tuple[str, str]] = field(default_factory=set)
    failures: dict[str, tuple[Failure, list[str]]] = field(default_factory=dict)
    files: int = 0
    size: int = 0

    # ── where files lie ──────────────────────────────────────────────────────────────────────────────────────

    async def folders(self) -> list[Folder]:
        """The folders of the accounts and Regions that are wanted."""
        found: list[Folder] = []
        async for accounts in self._accounts():
            listed = await together(*map(self._regions, accounts))
            found += [folder for folders in listed for folder in folders]
        return found

    async def _accounts(self) -> AsyncIterator[list[str]]:
        """The folders of the accounts that are wanted, from one place after the other where they lie."""
        for base in await self._bases():
            yield [one for one in await self._below(base) if self._is_wanted(_name(one))]

    async def some_file(self) -> tuple[FileMark, bytes] | None:
        """A file of the wanted days, found in the first folders; None when they hold none. CallError when refused."""
        left = FOLDERS_TRIED
        async for accounts in self._accounts():
            for account in accounts:
                for folder in (await self._regions(account))[:left]:
                    left -= 1
                    async for mark in self._list(folder):
                        return mark, await self._content(mark)
                if not left:
                    return None
        return None

    async def _bases(self) -> list[str]:
        """The folders in which folders of accounts lie: of an organization's trail and of single accounts'."""
        prefix = self.prefix
        top = f"{prefix}/" if prefix else ""
        if "AWSLogs" not in prefix.split("/"):
            top += "AWSLogs/"
        inside = await self._below(top)
        return [top, *(one for one in inside if _ORGANIZATION.fullmatch(_name(one)))]

    def _is_wanted(self, account: str) -> bool:
        return is_account_id(account) and account in self.reader.accounts

    async def _regions(self, prefix: str) -> list[Folder]:
        wanted = self.scope.regions
        inside = await self._below(f"{prefix}CloudTrail/")
        return [Folder(_name(prefix), _name(one), one) for one in inside if wanted is None or _name(one) in wanted]

    async def _below(self, prefix: str) -> list[str]:
        """The folders in a folder."""
        pages = self._pages(Prefix=prefix, Delimiter="/")
        return [str(one["Prefix"]) async for page in pages for one in page.get("CommonPrefixes") or ()]

    async def _pages(self, **parameters: object) -> AsyncIterator[Mapping[str, Any]]:
        """Every page of a listing, which S3 goes on by a token of its own."""
        token: dict[str, object] = {}
        while True:
            answer = await self.reader.whole("s3", "ListObjectsV2", "KeyCount", Bucket=self.name, **parameters, **token)
            yield answer
            if not answer.get("IsTruncated") or not answer.get("NextContinuationToken"):
                return
            token = {"ContinuationToken": answer["NextContinuationToken"]}

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────

    async def read_folder(self, folder: Folder) -> None:
        """Reads the files of an account and Region; when they cannot be listed, no day of it counts as seen."""
        cutter = Cutter()
        async with self.listing:
            try:
                async for mark in self._list(folder):
                    if batch := cutter.push(mark):
                        await self._read_batch(batch)
                if batch := cutter.rest():
                    await self._read_batch(batch)
            except CallError as error:
                self.reader.lack(f"{folder.account} {folder.region}", error.failure)
                self.shut.add((folder.account, folder.region))

    async def measure(self, folder: Folder) -> int:
        """How large the files of an account and Region are together."""
        async with self.listing:
            return sum([mark.size async for mark in self._list(folder)])

    async def _list(self, folder: Folder) -> AsyncIterator[FileMark]:
        """The files of the wanted days, in the order of their names; folders of other days are not listed."""
        after, last = f"{folder.prefix}{self.first_day}", f"{folder.prefix}{self.last_day}/~"
        async for page in self._pages(Prefix=folder.prefix, StartAfter=after):
            for one in page.get("Contents") or ():
                if one["Key"] > last:
                    return
                if one["Key"].endswith((".gz", ".json")):
                    yield FileMark(one["Key"], int(one.get("Size") or 0), str(one.get("ETag") or ""))

    async def _read_batch(self, batch: list[FileMark]) -> None:
        """Reads a batch, unless it is noted already; one of which files could not be read is read again next time."""
        self.reader.go_on()
        key = fingerprint(batch)
        if await self.reader.notes.use(lambda shelf, prefix: find_reduction(shelf, prefix + key)) is None:
            async with self.places:
                contents = await together(*(self._get(mark) for mark in batch))
                found = await asyncio.to_thread(_reduce, [mark.path for mark in batch], contents)
            key = key if None not in contents else f"{key}~"
            await self.reader.notes.use(lambda shelf, prefix: put_reduction(shelf, prefix + key, found))
        self.keys.append(key)
        self.files += len(batch)
        self.size += sum(mark.size for mark in batch)

    async def _get(self, mark: FileMark) -> bytes | None:
        """The content of a file; None when it cannot be had, and its day does not count as seen then."""
        try:
            return await self._content(mark)
        except CallError as error:
            failure = error.failure
        self.unread |= _days_in(mark.path)
        self.failures.setdefault(failure.reason, (failure, []))[1].append(mark.path)
        return None

    async def _content(self, mark: FileMark) -> bytes:
        if mark.size > LARGEST_BYTES:
            raise CallError(Failure(FailureKind.FAILED, "", f"larger than {LARGEST_BYTES >> 20} MiB"))
        try:
            found: bytes = await self.reader.get("s3", "GetObject", "Body", Bucket=self.name, Key=mark.path)
        except CallError as error:
            advice = f"; {_ABOUT_KEYS}" if "kms:" in error.failure.reason else ""
            raise CallError(replace(error.failure, reason=f"{error.failure.reason}{advice}")) from error
        return found

    # ── together ─────────────────────────────────────────────────────────────────────────────────────────────

    async def count(self) -> Counted:
        """What all files come to; CallError when the shelf lost something of it."""
        for failure, paths in self.failures.values():
            self.reader.lack(f"{len(paths):,} files, such as `{paths[0]}`", failure)
        try:
            return await self.reader.notes.use(self._count)
        except LostError as error:
            reason = "what was read of the trail is damaged on disk: the same command reads it again"
            raise CallError(Failure(FailureKind.FAILED, "", reason)) from error

    def _count(self, shelf: Shelf, prefix: str) -> Counted:
        kept = [_found(shelf, prefix + key) for key in self.keys]
        seen: dict[Day, Span] = {}
        calls: Counter[Sighting] = Counter()
        for one in kept:
            widen(seen, one.seen)
        for day in calls_by_day(shelf, kept):
            calls.update(day)
        problems = [problem for one in kept for problem in one.problems]
        for path, reason in problems[:MOST_TOLD]:
            self.reader.lacks.append(Lack(GapKind.DAMAGED, f"`{path}`: {reason}"))
        unread = self.unread.union(*(_days_in(path) for path, _ in problems))
        unread |= {(*place, day) for place in self.shut for _, _, day in seen}
        seen = {day: span for day, span in seen.items() if day not in unread}
        return Counted(f"s3://{self.name}", calls, seen, frozenset(unread), self.name)


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The role assumptions in the files of a trail; CallError when the bucket holds none of what is wanted."""
    named = scope.evidence
    bucket = _open_bucket(reader, scope)
    folders = await bucket.folders()
    if not folders:
        raise _nothing_in(scope)
    for result in await asyncio.gather(*map(bucket.read_folder, folders), return_exceptions=True):
        if result is not None:
            raise result  # told to stop, each folder finishes its batch first
    reader.say(f"{named.text}: {bucket.files:,} files, {bucket.size / 1e6:,.0f} MB")
    return write_counted(await bucket.count())


async def try_out(reader: Reader, scope: Scope) -> str:
    """That the bucket can be listed and a file in it read and understood."""
    found = await _open_bucket(reader, scope).some_file()
    if found is None:
        raise _nothing_in(scope)
    mark, content = found
    for path, reason in _reduce([mark.path], (content,)).reduced().problems:
        raise CallError(Failure(FailureKind.FAILED, "", f"`{path}`: {reason}"))
    return f"can be listed, and a file in it read: `{mark.path}`"


def _open_bucket(reader: Reader, scope: Scope) -> Bucket:
    start, end, named = reader.moment - timedelta(days=scope.evidence_days), reader.moment, scope.evidence
    return Bucket(reader, scope, named.bucket, named.prefix, f"{start:%Y/%m/%d}", f"{end:%Y/%m/%d}")


def _nothing_in(scope: Scope) -> CallError:
    reason = f"`{scope.evidence.text}` holds no files of a trail of the accounts and Regions that are asked for"
    return CallError(Failure(FailureKind.DENIED, "", reason))


async def estimate_bytes(reader: Reader, scope: Scope, name: str, prefix: str, start: datetime) -> tuple[int, bool]:
    """How large the files are that are asked for, and whether all were looked at; of many accounts a few stand for all.

    CallError when they cannot be listed.
    """
    every = max(1, len(reader.accounts) // ACCOUNTS_ESTIMATED)
    some = replace(reader, accounts=reader.accounts[::every])
    bucket = Bucket(some, scope, name, prefix, f"{start:%Y/%m/%d}", f"{reader.moment:%Y/%m/%d}")
    sizes = await together(*(bucket.measure(folder) for folder in await bucket.folders()))
    return sum(sizes) * len(reader.accounts) // max(1, len(some.accounts)), every == 1


def _reduce(paths: list[str], contents: tuple[bytes | None, ...]) -> Reduction:
    found = Reduction()
    for path, content in zip(paths, contents, strict=True):
        if content is not None:
            found.add(path, content)
    return found


def _found(shelf: Shelf, key: str) -> Kept:
    found = find_reduction(shelf, key)
    if found is None:
        raise LostError(key)
    return found


def _name(prefix: str) -> str:
    return prefix.rstrip("/").rpartition("/")[2]


def _days_in(path: str) -> frozenset[Day]:
    """The days that a file may tell of, by its name: that of its folder, and the one before."""
    found = _PLACE.search(path)
    if found is None:
        return frozenset()
    account, region, *day = found.groups()
    return _days(account, region, "-".join(day))


def _days(account: str, region: str, text: str) -> frozenset[Day]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return frozenset()
    return frozenset((account, region, one.isoformat()) for one in (day, day - timedelta(days=1)))


TRAIL_BUCKET = Service(
    "trail-bucket",
    "s3",
    Extent.EVIDENCE,
    fetch,
    read_counted,
    join_counted,
    choice=for_evidence(SourceKind.BUCKET),
    try_out=try_out,
)
