"""The use of an item in the cockpit: who came, when, and, where somebody could not look, why nobody can say."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.case_evidence import evidence_of, moment
from tests.analysis.small_organization import MANAGEMENT, PROD, SANDBOX, policy, role, snapshot, trust
from trustview.analysis import analyse
from trustview.snapshot import Gap, GapKind, Snapshot
from trustview.store import SnapshotFile, open_snapshot, save_snapshot
from trustview.ui.detail import Detail, read_detail
from trustview.ui.places import Places
from trustview.ui.present.use import use_facts
from widgets.fact_list import Fact, FactList
from widgets.safe_text import cells

HOSTILE = "arn:aws:iam::333333333333:role/\x1b[31m\u202eevil"
CALLER = f"arn:aws:iam::{SANDBOX}:role/caller"
ROLE = f"arn:aws:iam::{PROD}:role/target"
USES = [
    {"by": CALLER, "ago": [8, 5], "hour": 14, "count": 2, "mfa": True},
    {"by": CALLER, "ago": 6, "refused": True},
    {"by": HOSTILE, "ago": 3},
]
EVERYTHING = [{"account": PROD}, {"account": PROD, "region": "us-east-1"}]


def facts(windows: list[Any], *gaps: Gap, named: str = CALLER) -> Snapshot:
    found = snapshot(role("target", policy(trust({"AWS": [SANDBOX, named]})), created=moment(500)))
    case = {"uses": USES if windows else [], "windows": windows}
    return replace(found, taken_at=moment(0), gaps=gaps, **evidence_of(case, ROLE, (MANAGEMENT, PROD, SANDBOX)))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[SnapshotFile]]:
    files: list[SnapshotFile] = []
    yield files
    for file in files:
        file.close()


def details(folder: Path, files: list[SnapshotFile], found: Snapshot) -> list[tuple[Detail, Places]]:
    file = open_snapshot(save_snapshot(folder, found, analyse(found)))
    files.append(file)
    read = [read_detail(file, row, 0) for row in file.items() if row.grants]
    return [(detail, Places(file.tree())) for detail in read if detail is not None and detail.subject.id == ROLE]


def lines_of(detail: Detail, places: Places, width: int = 78) -> list[str]:
    shown = FactList(tuple(use_facts(detail, places))).lay_out(width)
    return ["".join(cell.text for cell in line) for line in shown]


def text_of(found: list[tuple[Detail, Places]]) -> str:
    return "\n".join(line for detail, places in found for line in lines_of(detail, places, 400))


def test_who_came_how_often_and_when(tmp_path: Path, opened: list[SnapshotFile]) -> None:
    text = text_of(details(tmp_path, opened, facts(EVERYTHING)))

    assert "caller @ sandbox · 8 calls, 1 refused, 8 with MFA, last 2026-11-15" in text
    assert "evidence covers 2026-08-22 06:00 to 2026-11-20 06:00 (90 days) in all 2 Regions" in text
    assert "thu  ··············█·········" in text.replace("▓", "█")
    assert "?·" not in text


def test_days_that_nobody_saw_are_marked_and_the_hole_is_told(tmp_path: Path, opened: list[SnapshotFile]) -> None:
    holed = [{"account": PROD, "holes": [[60, 40]]}, {"account": PROD, "region": "us-east-1"}]
    text = text_of(details(tmp_path, opened, facts(holed)))

    assert "?" * 9 in text
    assert "nothing is known from 2026-09-21 06:00 to 2026-10-11 06:00 in `eu-west-1`" in text


def test_without_the_trail_of_the_account_every_way_in_says_why_nobody_can_say(
    tmp_path: Path, opened: list[SnapshotFile]
) -> None:
    refused = Gap(PROD, "cloudtrail", "", GapKind.DENIED, "cloudtrail:LookupEvents is refused")
    found = details(tmp_path, opened, facts([], refused))

    assert found
    for detail, places in found:
        text = "\n".join(lines_of(detail, places, 400))
        assert "whether it is used is not known" in text
        assert "no evidence of CloudTrail was read of the account: cloudtrail:LookupEvents is refused" in text
        assert "nobody was seen" not in text


@pytest.mark.parametrize("width", [40, 78, 116])
def test_nothing_is_wider_than_its_pane(tmp_path: Path, opened: list[SnapshotFile], width: int) -> None:
    for detail, places in details(tmp_path, opened, facts(EVERYTHING)):
        assert max(cells(line) for line in lines_of(detail, places, width)) <= width


def test_a_strip_is_one_line_in_eighty_columns(tmp_path: Path, opened: list[SnapshotFile]) -> None:
    ((detail, places), *_) = details(tmp_path, opened, facts(EVERYTHING))
    strips = [fact for fact in use_facts(detail, places) if isinstance(fact, Fact) and not fact.label]

    assert len([line for line in lines_of(detail, places, 60) if "·····" in line]) == len(strips) - 2
