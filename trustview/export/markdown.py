"""Markdown for a ticket or a report: findings by severity, each with why, what was seen and what to change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from trustview.export.export_format import ExportFormat
from trustview.export.rows import FindingRow, FindingRows
from widgets.safe_text import safe_text

# Whatever Markdown, or the HTML inside it, takes for markup: anywhere, and at the beginning of a text.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#!|~&]|:(?=//)|@(?=\w)|(?<=www)\.)", re.IGNORECASE)
_ADDRESS = re.compile(r"https://[A-Za-z0-9./_#?=&%-]+")
_AT_START = re.compile(r"^(\s*)(\d*)([-+=.)])")


def write_markdown(rows: FindingRows) -> Iterator[str]:
    """A title, then a section per severity and a part per finding, in the order of the rows."""
    return (f"{line}\n" for line in _lines(rows))


def _lines(rows: FindingRows) -> Iterator[str]:
    count = sum(number for _, number in rows.sections())
    yield "# Findings"
    yield ""
    yield f"{count} finding{'' if count == 1 else 's'}."
    for severity, group in groupby(rows, key=lambda row: row.severity):
        yield ""
        yield f"## {plain(severity.capitalize())}"
        for row in group:
            yield from _finding(row)


def _finding(row: FindingRow) -> Iterator[str]:
    name = row.role.rpartition("role/")[2] if row.role else row.subject_name
    yield ""
    yield f"### {plain(row.title)}: {plain(name)} in {plain(row.account_name)}"
    yield ""
    yield f"- **Check**: {code(row.check)}, {plain(row.confidence)}, finding {code(row.id)}"
    yield f"- **{plain(row.subject_kind.capitalize())}**: {code(row.subject)}"
    for principal in row.principals:
        yield f"- **Who gets in**: {code(principal)} ({plain('; '.join(row.parties))}; {plain('; '.join(row.reach))})"
    for sentence in row.because:
        yield f"- {plain(sentence)}"
    yield f"- **Why it stands here**: {plain(row.explained)}"
    for change in row.changes:
        yield f"- **Change**: {plain(change)}"
    if row.decision:
        note = f": {plain(row.note)}" if row.note else ""
        yield f"- **Decision**: {plain(row.decision)} by {plain(row.decided_by)} at {plain(row.decided_at)}{note}"
    yield ""
    yield f"{plain(row.why)} {plain(row.fix)} {link(row.see)}".strip()


def plain(text: str) -> str:
    """A text that Markdown shows as it is, nothing hidden and nothing obeyed."""
    return _AT_START.sub(r"\1\2\\\3", _MARKUP.sub(r"\\\1", safe_text(text)))


def link(text: str) -> str:
    """An address as a link; whatever is none stays plain."""
    return f"<{text}>" if _ADDRESS.fullmatch(text) else plain(text)


def code(text: str) -> str:
    """A text as code: no markup inside it counts, and no run of backticks ends it early."""
    safe = safe_text(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", safe)), default=0) + 1)
    space = " " if safe.startswith("`") or safe.endswith("`") else ""
    return f"{fence}{space}{safe}{space}{fence}"


MARKDOWN = ExportFormat("markdown", ".md", "m", write_markdown)
