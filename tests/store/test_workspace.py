"""Where things are, and who may look at them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from trustview.errors import StoreError
from trustview.store import Workspace, find_workspace, make_file, make_folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TRUSTVIEW_HOME": "/srv/reviews", "XDG_DATA_HOME": "/data"}, Path("/srv/reviews")),
        ({"XDG_DATA_HOME": "/data"}, Path("/data/trustview")),
        ({"XDG_DATA_HOME": "relative"}, Path.home() / ".local/share/trustview"),
        ({"TRUSTVIEW_HOME": "", "XDG_DATA_HOME": ""}, Path.home() / ".local/share/trustview"),
        ({"TRUSTVIEW_HOME": "~/reviews"}, Path.home() / "reviews"),
        ({"TRUSTVIEW_HOME": "here"}, Path.cwd() / "here"),
    ],
)
def test_the_workspace_is_where_the_environment_says(environment: dict[str, str], expected: Path) -> None:
    assert find_workspace(environment) == Workspace(expected)


def test_finding_it_makes_nothing(tmp_path: Path) -> None:
    find_workspace({"TRUSTVIEW_HOME": str(tmp_path / "home")})

    assert not (tmp_path / "home").exists()


def test_every_folder_and_file_is_the_owners_alone_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "a" / "b" / "trustview") if umask != 0o777 else Workspace(tmp_path / "trustview")
    folders = [workspace.parts, workspace.snapshots, workspace.reviews, workspace.exports]
    file = make_file(workspace.parts / "x.db")

    assert len(set(folders)) == 4
    assert {mode(folder) for folder in (*folders, workspace.root)} == {0o700}
    assert mode(file) == 0o600


def test_what_is_too_wide_is_narrowed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.parts.chmod(0o755)
    (workspace.parts / "x.db").write_text("kept")
    (workspace.parts / "x.db").chmod(0o666)
    make_file(workspace.parts / "x.db")

    assert mode(workspace.parts) == 0o700
    assert mode(tmp_path / "parts" / "x.db") == 0o600
    assert (tmp_path / "parts" / "x.db").read_text() == "kept"


def test_a_folder_of_the_users_own_above_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "parts")

    assert mode(tmp_path) == 0o755


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="make it writable, or set TRUSTVIEW_HOME to a folder of your own"):
        _ = Workspace(tmp_path / "file").parts


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("somebody's")
    (tmp_path / "x.db").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StoreError):
        make_file(tmp_path / "x.db")
