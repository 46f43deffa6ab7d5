"""Files that people name: every one is read once or named, and nothing is overwritten unasked."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from trustview.errors import StoreError, UsageError
from trustview.store import files, walk_files, write_new

is_root = os.geteuid() == 0


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names(folder: Path, *given: Path) -> list[str]:
    return [os.path.relpath(file.path, folder) for file in walk_files(given or [folder])]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_folders_are_walked_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path, "b.json", "a/z.json", "a/b/c.txt", "c/a.json", ".git/config", ".hidden")

    assert names(tmp_path) == ["b.json", "a/z.json", "a/b/c.txt", "c/a.json"]
    assert [file.content.decode() for file in walk_files([tmp_path])] == names(tmp_path)


def test_a_file_comes_once_however_often_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.json", "folder/b.json")
    (tmp_path / "again.json").symlink_to("a.json")

    assert names(tmp_path, tmp_path / "a.json", tmp_path, tmp_path / "folder") == ["a.json", "folder/b.json"]


def test_links_that_run_in_a_circle_or_nowhere_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path, "folder/a.json")
    (tmp_path / "folder" / "up").symlink_to("..")
    (tmp_path / "folder" / "self").symlink_to("self")
    (tmp_path / "folder" / "nowhere.json").symlink_to("gone")

    found = list(walk_files([tmp_path]))
    assert [Path(file.path).name for file in found if not file.problem] == ["a.json"]
    assert {Path(file.path).name for file in found if file.problem} == {"nowhere.json", "self"}


def test_a_link_to_a_folder_elsewhere_is_named(tmp_path: Path) -> None:
    write(tmp_path, "here/a.json", "elsewhere/b.json")
    (tmp_path / "here" / "there").symlink_to(tmp_path / "elsewhere")

    found = {Path(file.path).name: file.problem for file in walk_files([tmp_path / "here"])}
    assert found["a.json"] == ""
    assert "not followed" in found["there"]
    assert names(tmp_path, tmp_path / "here" / "there") == ["here/there/b.json"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    write(tmp_path, "a.json")

    found = {Path(file.path).name: file.problem for file in walk_files([tmp_path])}
    assert found["a.json"] == ""
    assert "not a file" in found["pipe.json"]
    assert "not a file" in next(iter(walk_files([tmp_path / "pipe.json"]))).problem


@pytest.mark.skipif(is_root, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, "a.json", "b.json")
    (tmp_path / "a.json").chmod(0)

    assert [bool(file.problem) for file in walk_files([tmp_path])] == [True, False]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.json", "shut/b.json")
    listing = os.scandir

    def refuse(path: str) -> object:
        if os.fspath(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", refuse)

    found = {Path(file.path).name: file.problem for file in walk_files([tmp_path])}
    assert found["a.json"] == ""
    assert "Permission denied" in found["shut"]


def test_a_file_beyond_the_limit_is_not_read_and_the_limit_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_BYTES", 1 << 20)
    (tmp_path / "large.json").write_bytes(b"x" * ((1 << 20) + 1))
    (tmp_path / "small.json").write_bytes(b"x" * (1 << 20))

    large, small = walk_files([tmp_path])
    assert "1 MiB" in large.problem
    assert large.content == b""
    assert len(small.content) == 1 << 20


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gone"):
        list(walk_files([tmp_path / "gone"]))


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_file_belongs_to_its_owner_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = write_new(tmp_path / "out.csv", "é\r\n")

    assert path.read_bytes() == "é\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_may_come_in_pieces_and_one_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    def breaking() -> Iterator[str]:
        yield "x" * (1 << 20)
        raise StoreError("the snapshot is damaged")

    path = write_new(tmp_path / "out.csv", iter(["é", "", "\r\n"]))
    for name in ("out.csv", "other.csv"):
        with pytest.raises(StoreError, match="the snapshot is damaged"):
            write_new(tmp_path / name, breaking(), overwrite=True)

    assert path.read_bytes() == "é\r\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_overwritten_only_when_asked(tmp_path: Path) -> None:
    path = write_new(tmp_path / "out.csv", "first")
    with pytest.raises(UsageError, match="there already"):
        write_new(path, "second")
    assert path.read_text() == "first"

    write_new(path, "second", overwrite=True)
    assert path.read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_not_written_through_unasked(tmp_path: Path) -> None:
    write(tmp_path, "target")
    for name, target in (("link", "target"), ("dangling", "gone")):
        (tmp_path / name).symlink_to(target)
        with pytest.raises(UsageError, match="there already"):
            write_new(tmp_path / name, "text")

    assert (tmp_path / "target").read_text() == "target"
    assert not (tmp_path / "gone").exists()


def test_where_nothing_can_be_written_the_message_says_so_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="choose another place"):
        write_new(tmp_path / "gone" / "out.csv", "text")
    with pytest.raises((StoreError, UsageError)):
        write_new(tmp_path, "text", overwrite=True)
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_cannot_be_encoded_leaves_what_was_there(tmp_path: Path) -> None:
    path = write_new(tmp_path / "out.csv", "first")
    with pytest.raises((StoreError, UnicodeEncodeError)):
        write_new(path, "\ud800", overwrite=True)

    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_without_links_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = write_new(tmp_path / "out.csv", "text")

    assert path.read_text() == "text"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(UsageError, match="there already"):
        write_new(path, "second")


def test_what_a_killed_export_left_beside_does_not_stop_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", lambda *_: None)  # the file is written and never gets its name
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    write_new(tmp_path / "out.csv", "lost")
    monkeypatch.undo()
    assert not (tmp_path / "out.csv").exists()

    assert write_new(tmp_path / "out.csv", "text").read_text() == "text"
