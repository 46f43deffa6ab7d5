"""Two quarters of `acme`, collected over HTTP: the second review holds what it should and opens again what it must."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import trustview.demo
from trustview.review import Decision, EntryKind, Verdict, make_entry, review_id
from trustview.store import Workspace, bind, newest_snapshot, open_reviews, open_snapshot

DATA = Path(str(trustview.demo.__file__)).parent / "acme"
AT = "2026-08-21T06:00:00Z"


def read(name: str) -> Any:  # noqa: ANN401
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


EXPECTED = read("second_review")
CHANGES = {change["sentence"] for change in read("earlier")["changes"]}


def run(home: Path, *words: str) -> str:
    environment = {**os.environ, "TRUSTVIEW_HOME": str(home)}
    command = [sys.executable, "-m", "trustview", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=300)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def approve_everything(place: Workspace) -> None:
    with open_snapshot(newest_snapshot(place)) as snapshot, open_reviews(place) as reviews:
        summary = snapshot.summary()
        made = [Decision(item.id, Verdict.APPROVE, "ann", AT, "as it should be") for item in snapshot.items()]
        decisions, texts = bind(snapshot, made)
        entry = make_entry((), EntryKind.DECIDE, "ann", AT, decisions)
        reviews.append(review_id(summary.organization, summary.taken_at), entry, texts)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What `review changes` says today after everything was approved a quarter earlier, and what a new review holds."""
    home = tmp_path_factory.mktemp("home")
    run(home, "demo", "--headless", "--quarter", "earlier")
    approve_everything(Workspace(home / "demo"))
    run(home / "demo", "review", "close")
    run(home, "demo", "--headless")
    told: dict[str, Any] = json.loads(run(home / "demo", "review", "changes", "--json"))
    run(home / "demo", "review", "start")
    status = json.loads(run(home / "demo", "review", "status", "--json"))
    verified = json.loads(run(home / "demo", "review", "verify", "--json"))
    return {**told, "status": status, "verified": verified}


def named(item: Mapping[str, Any]) -> tuple[str, str]:
    return item.get("role", item.get("item", "")), item.get("principal", item.get("who", ""))


def is_of_use(item: Mapping[str, Any]) -> bool:
    """Whether nothing but what was seen in use makes it open again, or an item at all."""
    checks = {f"`{check}`" for check in EXPECTED["checks_of_use"]}
    if item["fate"] == "new":
        return {f"`{check}`" for check in item["checks"]} <= checks and not item["check"]
    said = [text.removeprefix("found on it since: ") for text in item["because"] if "its severity was" not in text]
    return bool(said) and {check for text in said for check in text.split(", ")} <= checks


def test_what_is_open_again_or_new_is_what_was_planted_and_nothing_else(told: Mapping[str, Any]) -> None:
    changed = [item for item in told["items"] if item["fate"] != "holds"]
    found = {(*named(item), item["fate"], item["check"]) for item in changed if not is_of_use(item)}

    assert found == {(item["item"], item["who"], item["fate"], item["check"]) for item in EXPECTED["items"]}


def test_each_says_what_changed(told: Mapping[str, Any]) -> None:
    said = {named(one): "; ".join(one["because"]) for one in told["items"] if one["fate"] != "holds"}
    wanted = {named(item): item["because"] for item in EXPECTED["items"]}

    assert {name: text for name, text in wanted.items() if text not in said[name]} == {}


def test_every_planted_change_is_found_or_known_to_change_nothing() -> None:
    told = {one["change"] for part in ("items", "gone", "without_effect") for one in EXPECTED[part]}

    assert told - {""} == CHANGES


def test_everything_else_carries_over_and_says_why(told: Mapping[str, Any]) -> None:
    held = [item for item in told["items"] if item["fate"] == "holds"]

    assert len(held) > 100
    assert all(item["decision"] == "approve" for item in held)
    assert all(item["because"] for item in held)
    assert told["status"]["decided"] == len(held)
    assert told["lost_accounts"] == []


def test_what_is_gone_is_told(told: Mapping[str, Any]) -> None:
    assert {role for gone in told["gone"] for role in gone["roles"]} == {gone["item"] for gone in EXPECTED["gone"]}
    assert all(gone["seen"] for gone in told["gone"])


def test_both_reviews_are_whole(told: Mapping[str, Any]) -> None:
    assert len(told["verified"]) == 2
    assert all(review["faults"] == [] for review in told["verified"])
