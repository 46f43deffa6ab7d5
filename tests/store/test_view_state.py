"""The file that keeps how a screen was left: whole or as it was, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustview.store import load_view, save_view, view_file


def test_a_view_comes_back(tmp_path: Path) -> None:
    path = view_file(tmp_path, "o-acme/2026-Q4")
    save_view(path, {"filter": "sev:high", "marks": ["a"]})
    assert load_view(path) == {"filter": "sev:high", "marks": ["a"]}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"a": ', b"[" * 100_000])
def test_a_damaged_file_is_passed_over(tmp_path: Path, content: bytes) -> None:
    path = view_file(tmp_path, "r")
    path.write_bytes(content)
    assert load_view(path) == {}


def test_a_file_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert load_view(tmp_path / "none.json") == {}


def test_reviews_have_files_of_their_own_whatever_they_are_called(tmp_path: Path) -> None:
    paths = {view_file(tmp_path, name) for name in ("a", "b", "../../etc/passwd", "x\0y", "a/b")}
    assert len(paths) == 5
    assert {path.parent for path in paths} == {tmp_path}
