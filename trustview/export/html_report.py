"""HTML: one file that stands alone, for whoever has no terminal; no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from trustview.export.export_format import ExportFormat
from trustview.export.rows import FindingRow, FindingRows
from widgets.safe_text import safe_text

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #7779; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; } h2 { margin-top: 3rem; border-bottom: 2px solid var(--line); }
h3 { margin: 0 0 .5rem; font-size: 1.05rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
article { border: 1px solid var(--line); border-left-width: 6px; border-radius: 4px; padding: 1rem; margin: 1rem 0;
  break-inside: avoid; }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: .25rem 1rem; margin: 0; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; } ul { margin: 0; padding-left: 1.2rem; }
.critical { border-left-color: #b3123b; } .high { border-left-color: #d9730d; } .medium { border-left-color: #c9a400; }
.low { border-left-color: #3b7dd8; } .info { border-left-color: #888; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: 0; list-style: none; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .5rem; } }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
"""


def write_html(rows: FindingRows) -> Iterator[str]:
    """A page with the counts, then a section per severity and an article per finding, in the order of the rows."""
    return (f"{line}\n" for line in _page(rows))


def _page(rows: FindingRows) -> Iterator[str]:
    sections = rows.sections()
    count = _count(sum(number for _, number in sections))
    seen = max((row.seen_at for row in rows.firsts_of_checks()), default="")
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<title>trustview: {count}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{count}</h1>"
    yield f"<p>Who can get into our cloud, as of {text(seen)}.</p>" if seen else ""
    yield '<ul class="counts">'
    for severity, number in sections:
        yield f'<li><a href="#{text(severity)}">{number} {text(severity)}</a></li>'
    yield "</ul>"
    for severity, group in groupby(rows, key=lambda row: row.severity):
        yield f'<section id="{text(severity)}"><h2>{text(severity.capitalize())}</h2>'
        for row in group:
            yield from _article(row)
        yield "</section>"
    yield "</body></html>"


def _article(row: FindingRow) -> Iterator[str]:
    yield f'<article class="{text(row.severity)}"><h3>{text(row.title)}</h3><dl>'
    yield _entry(text(row.subject_kind.capitalize()), _subject(row))
    yield _entry("Account", text(f"{row.account_name} ({row.account})"))
    yield _entry("Who gets in", _listed([f"<code>{text(name)}</code>" for name in row.principals]))
    yield _entry("Reach", text("; ".join((*row.reach, *row.depends_on))))
    yield _entry("Seen", _listed([text(sentence) for sentence in row.because]))
    yield _entry("Why it stands here", text(row.explained))
    yield _entry("Why it matters", text(row.why))
    yield _entry("Fix", text(row.fix))
    yield _entry("Change", _listed([text(change) for change in row.changes]))
    yield _entry("Decision", _decision(row))
    see = f'<a href="{text(row.see)}">{text(row.see)}</a>' if row.see.startswith("https://") else text(row.see)
    yield _entry("See", see)
    yield _entry("Finding", f"<code>{text(row.check)}</code> {text(row.confidence)}, <code>{text(row.id)}</code>")
    yield "</dl></article>"


def _subject(row: FindingRow) -> str:
    """What it hangs on; beside an id that says nothing, its name."""
    name = f"{text(row.subject_name)} " if row.subject_kind != "role" else ""
    return f"{name}<code>{text(row.subject)}</code>"


def _decision(row: FindingRow) -> str:
    if not row.decision:
        return "none yet"
    until = f", until {row.until}" if row.until else ""
    note = f": {row.note}" if row.note else ""
    return text(f"{row.decision} by {row.decided_by} at {row.decided_at}{until}{note}")


def _entry(name: str, inside: str) -> str:
    return f"<dt>{name}</dt><dd>{inside}</dd>" if inside else ""


def _listed(items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _count(number: int) -> str:
    return f"{number} finding{'' if number == 1 else 's'}"


def text(value: str) -> str:
    """A text that HTML shows as it is: nothing hidden, nothing obeyed, also inside a quoted attribute."""
    return escape(safe_text(value))


HTML = ExportFormat("html", ".html", "h", write_html)
