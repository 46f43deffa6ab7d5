"""`trustview import` of a folder of a trail: who assumed what stands in the snapshot, and damaged files are named."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.trails import FIRST_DAY, Plan, write_trail
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.store import Workspace, newest_snapshot, open_snapshot

PLAN = Plan(800, accounts=2, regions=1, days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A trail, and beside it the roles of one account."""
    write_trail(tmp_path / "files", PLAN, "us-east-1", FIRST_DAY)
    account = PLAN.account_ids[0]
    role = {
        "Arn": f"arn:aws:iam::{account}:role/app/Role0",
        "RoleName": "Role0",
        "Path": "/app/",
        "RoleId": "AROA0",
        "AssumeRolePolicyDocument": {"Statement": []},
    }
    details = {"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [], "Policies": []}
    (tmp_path / "files" / "details.json").write_text(json.dumps(details))
    return tmp_path / "files"


def kept(workspace: Workspace) -> tuple[object, object]:
    with open_snapshot(newest_snapshot(workspace)) as opened:
        facts = opened.load_snapshot()
    return facts.uses, facts.windows


def test_uses_and_windows_stand_in_the_snapshot(workspace: Workspace, folder: Path) -> None:
    assert main(["import", str(folder), "--jobs", "1"]) == ExitCode.GAPS
    uses, windows = kept(workspace)
    assert main(["import", str(folder)]) == ExitCode.GAPS

    assert uses
    assert windows
    assert kept(workspace) == (uses, windows)


def test_a_file_that_is_cut_off_is_named(
    workspace: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "half.json.gz").write_bytes(gzip.compress(b'{"Records":[]}')[:-5])

    assert main(["import", str(folder), "--json"]) == ExitCode.GAPS
    printed = capsys.readouterr()
    assert "half.json.gz`: the file is cut off" in printed.err
    assert [problem["reason"] for problem in json.loads(printed.out)["problems"]] == ["the file is cut off"]


@pytest.mark.usefixtures("workspace")
def test_a_trail_alone_tells_of_no_role_and_says_what_to_add(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "details.json").unlink()

    assert main(["import", str(folder)]) == ExitCode.FAILED
    assert "get-account-authorization-details" in capsys.readouterr().err


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_so_many_processes_are_none(jobs: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["import", "--jobs", jobs, "anything"])
    assert stopped.value.code == ExitCode.USAGE
