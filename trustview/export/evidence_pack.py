"""The evidence pack: a whole review as one archive that an auditor can keep, read and check without trustview.

`manifest.json` gives the SHA-256 and size of every other file. The same review gives the same bytes: names are in
order, and every file carries one fixed moment.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MOMENT = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16

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


def write_pack(files: Mapping[str, str]) -> bytes:
    """The archive of these texts by name, with a manifest and a description."""
    texts = {"README.txt": README, **files}
    listed = {
        name: {"sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text.encode())}
        for name, text in sorted(texts.items())
    }
    texts["manifest.json"] = json.dumps({"files": listed}, indent=2, ensure_ascii=True) + "\n"
    archive = io.BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as pack:
        for name, text in sorted(texts.items()):
            about = ZipInfo(name, _MOMENT)
            about.external_attr, about.compress_type, about.create_system = _READABLE, ZIP_DEFLATED, 3
            pack.writestr(about, text.encode())
    return archive.getvalue()
