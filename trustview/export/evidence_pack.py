"""The evidence pack: a whole review as one archive that an auditor can keep, read and check without trustview.

`manifest.json` gives the SHA-256 and size of every other file. The same review gives the same bytes: names are in
order, and every file carries one fixed moment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MOMENT = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_AT_ONCE = 256
MANIFEST = "manifest.json"

README = """\
One review of who can become the IAM roles of an organization.

review.json        which review and snapshot this is, the sign-off and the seal of the journal
journal.jsonl      every step of the review as it was kept, one a line, each sealed on the one before it (`digest`)
decisions.json     every decision that holds: who, when, why, on what (`basis`), and why it carried over
bases/*.json       what each decision stands on: statements, reach, privilege, callers; named by their SHA-256
findings.json      what was found, with reasons and decisions
findings.html      the same to read and to print
policies/*.json    the policies of the roles and guardrails that were found wanting, as AWS gave them
coverage.json      what was read, in part or not, by account, source and Region, and why
evidence.json      for which time CloudTrail tells who assumed what, and the holes in it

An entry's `digest` is the SHA-256 of the entry as JSON (keys in order, ASCII, separators ", " and ": ") without its own
`digest`; `previous` is the digest of the entry before it.
"""


Files = Mapping[str, Callable[[], Iterable[str]]]
"""Texts by name; each gives its pieces, as often as it is asked."""


def write_pack(files: Files, archive: BinaryIO) -> None:
    """Write the archive of these texts, with a manifest and a description; each text is made when its turn comes.

    Those behind the manifest are made twice: it stands in the order of names, and tells of them too.
    """
    texts: dict[str, Callable[[], Iterable[str]]] = {"README.txt": lambda: [README], **files}
    listed: dict[str, dict[str, object]] = {}
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as pack:
        for name in sorted({*texts, MANIFEST}):
            if name == MANIFEST:
                listed |= {other: _sum_up(texts[other]()) for other in texts if other > MANIFEST}
                manifest = json.dumps({"files": dict(sorted(listed.items()))}, indent=2, ensure_ascii=True) + "\n"
                _add(pack, name, [manifest])
            else:
                listed[name] = _add(pack, name, texts[name]())


def _add(pack: ZipFile, name: str, pieces: Iterable[str]) -> dict[str, object]:
    """Put a text into the archive; what the manifest says of it."""
    about = ZipInfo(name, _MOMENT)
    about.external_attr, about.compress_type, about.create_system = _READABLE, ZIP_DEFLATED, 3
    with pack.open(about, "w") as entry:
        return _sum_up(pieces, entry.write)


def _sum_up(pieces: Iterable[str], write: Callable[[bytes], object] = len) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    rest = iter(pieces)
    while some := tuple(islice(rest, _AT_ONCE)):
        body = "".join(some).encode()
        digest.update(body)
        size += len(body)
        write(body)
    return {"sha256": digest.hexdigest(), "bytes": size}
