"""What each format writes: byte for byte for an ordinary finding, and plain for a hostile one."""

import csv
import io
import json
import re
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.small_organization import DATADOG, PROD, STRANGER, policy, role, snapshot, trust
from trustview.analysis import analyse
from trustview.export import FORMATS, FindingRow, finding_row
from trustview.export.csv_rows import safe_cell
from trustview.export.markdown import code, plain
from trustview.review import Decision, Verdict

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
HOSTILE = (
    "[red]x", "\x1b[31mred", "\u202egpj.exe", "=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "a|b", "<b>x</b>",
    "`x`", "**bold**", "a\nb", "\x00", "| |\n|-|", "![x](http://x)", "#heading", "\u200b", "e" + "\u0301" * 9,
)  # fmt: skip


def ordinary_rows() -> list[FindingRow]:
    vendor = role("vendor-reader", policy(trust({"AWS": f"arn:aws:iam::{DATADOG}:root"})))
    stranger = role(
        "partner", policy(trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": "a-long-enough-id"}}))
    )
    analysis = analyse(snapshot(vendor, stranger))
    fleet = analysis.grants[0].fleet
    decided = Decision(fleet, Verdict.REVOKE, "ann", "2026-11-20T07:00:00Z", "contract ended")
    return [finding_row(finding, analysis.grants, {PROD: "prod"}, {fleet: decided}) for finding in analysis.findings]


def hostile_row(text: str) -> FindingRow:
    row = ordinary_rows()[0]
    texts: dict[str, Any] = {
        field.name: text for field in fields(FindingRow) if isinstance(getattr(row, field.name), str)
    }
    listed = ("principals", "parties", "because", "changes", "graded", "depends_on")
    texts |= dict.fromkeys(listed, (text, text))
    return replace(row, **texts)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_writes_what_its_golden_file_says(form: object) -> None:
    path = GOLDEN / f"findings{form.ending}"  # type: ignore[attr-defined]

    assert form.write(ordinary_rows()) == path.read_bytes().decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_csv_starts_a_formula_or_hides_a_character(text: str) -> None:
    (csv_format,) = (form for form in FORMATS if form.name == "csv")
    cells = list(csv.reader(io.StringIO(csv_format.write([hostile_row(text)]), newline="")))[1]

    assert len(cells) == len(fields(FindingRow))
    assert all(cell.isprintable() for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "|", "%"))]


@given(st.text())
def test_a_cell_never_starts_a_formula(text: str) -> None:
    safe = safe_cell(text)

    assert safe.isprintable()
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", HOSTILE)
def test_json_gives_back_every_value_and_holds_only_ascii(text: str) -> None:
    (json_format,) = (form for form in FORMATS if form.name == "json")
    row = hostile_row(text)
    written = json_format.write([row])

    assert written.isascii()
    assert json.loads(written) == [json.loads(json.dumps(asdict(row)))]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_every_text_as_it_is(text: str) -> None:
    (markdown,) = (form for form in FORMATS if form.name == "markdown")
    written = markdown.write([hostile_row(text)])

    assert all(line.isprintable() for line in written.splitlines())
    # What is neither escaped nor in code is ours: no tag, no link, no image of theirs.
    bare = re.sub(r"(`+).*?\1", "", re.sub(r"\\.", "", written))
    assert "<b>" not in bare
    assert "](" not in bare
    assert "://" not in bare


@pytest.mark.parametrize("text", ["- x", "+ x", "1. x", "2) x", "# x", "> x", "=== x", "* x"])
def test_a_text_never_begins_a_list_or_a_heading(text: str) -> None:
    assert re.match(r"\d*\\", plain(text))


@given(st.text())
def test_code_is_closed_by_its_own_fence_alone(text: str) -> None:
    written = code(text)
    fence = re.match("`+", written)

    assert fence
    inside = written[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in re.findall("`+", inside)


@pytest.mark.parametrize("text", ["see www.evil.example", "WWW.EVIL.EXAMPLE", "http://evil.example", "a@evil.example"])
def test_no_text_becomes_a_link_by_itself(text: str) -> None:
    assert "\\" in plain(text)
    assert plain(text).replace("\\", "") == text


def test_every_mark_of_markdown_is_escaped() -> None:
    assert plain("*a* [b](c) <d> `e`") == r"\*a\* \[b\](c) \<d\> \`e\`"


def test_a_finding_is_decided_when_every_grant_of_it_is() -> None:
    decisions = {row.decision for row in ordinary_rows() if row.role.endswith("vendor-reader")}
    others = {row.decision for row in ordinary_rows() if row.role.endswith("partner")}

    assert (decisions, others) == ({"revoke"}, {""})
