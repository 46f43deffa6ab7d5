"""`trustview review items`, `decide`, `assign` and the scope of a review, as a person and a script use them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.analysis.small_organization import ADMINISTRATOR, DATADOG, STRANGER, policy, role, snapshot, trust
from tests.cli.asking import printed
from trustview.analysis import analyse
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.store import Workspace, open_reviews, save_snapshot

REVIEW = "o-smallorg01/2026-Q4"


def items(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = printed(capsys, "review", "items", "--json", *words)
    return found


def of_role(found: list[dict[str, Any]], role: str) -> dict[str, Any]:
    return next(one for one in found if one["role"] == role)


def test_items_stand_worst_first_and_say_why(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = items(capsys)

    assert {one["role"] for one in found} >= {"partner", "vendor", "app"}
    assert {one["state"] for one in found} == {"open"}
    severities = ["critical", "high", "medium", "low", "info", None]
    assert [severities.index(one["severity"]) for one in found] == sorted(
        severities.index(o["severity"]) for o in found
    )
    assert all(one["rank"].startswith(one["severity"] or "nothing was found") for one in found)


def test_a_decision_holds_everything_that_was_given(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    partner = of_role(items(capsys), "partner")["item"]
    words = ["--note", "contract runs on", "--until", "2099-01-01", "--owner", "payments team"]

    assert main(["review", "decide", "accept-risk", partner, *words]) == ExitCode.DONE
    capsys.readouterr()
    found = of_role(items(capsys), "partner")
    assert found["state"] == "decided"
    assert {name: found["decision"][name] for name in ("verdict", "note", "until", "owner")} == {
        "verdict": "accept risk",
        "note": "contract runs on",
        "until": "2099-01-01",
        "owner": "payments team",
    }
    with open_reviews(filled) as reviews:
        (entry,) = reviews.journal(REVIEW)
        assert reviews.bases([entry.decisions[0].basis])


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["accept-risk", "partner", "--until", "2099-01-01"], "a note is needed"),
        (["accept-risk", "partner", "--note", "x"], "a day is needed"),
        (["accept-risk", "partner", "--note", "x", "--until", "2020-01-01"], "not in the future"),
        (["accept-risk", "partner", "--note", "x", "--until", "soon"], "is no day"),
        (["defer", "partner", "--note", "x", "--until", "2099-01-01"], "somebody is needed"),
        (["approve", "partner", "vendor"], "a note is needed"),
        (["narrow", "partner"], "needs the change that is to be made"),
        (["narrow", "partner", "--change", "nonsense"], "needs the change that is to be made"),
        (["approve", "partner", "--change", "x"], "not for `approve`"),
        (["approve", "nobody"], "is no item of this snapshot"),
    ],
)
def test_a_decision_that_lacks_something_is_refused(
    filled: Workspace, capsys: pytest.CaptureFixture[str], words: list[str], missing: str
) -> None:
    ids = {one["role"]: one["item"] for one in items(capsys)}

    assert main(["review", "decide", *(ids.get(word, word) for word in words)]) == ExitCode.USAGE
    assert missing in capsys.readouterr().err
    with open_reviews(filled) as reviews:
        assert reviews.journal(REVIEW) == ()


def test_narrow_keeps_the_change_that_was_chosen(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    partner = of_role(items(capsys), "partner")["item"]
    main(["review", "decide", "narrow", partner])
    change = capsys.readouterr().err.split("one of `")[1].split("`")[0]

    assert main(["review", "decide", "narrow", partner, "--change", change]) == ExitCode.DONE
    capsys.readouterr()
    assert of_role(items(capsys), "partner")["decision"]["change"] == change


def test_a_review_of_a_part_is_about_that_part_alone(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    whole = len(items(capsys))
    assert main(["review", "start", "--account", "prod", "--check", "trusts-unknown-account"]) == ExitCode.DONE
    capsys.readouterr()
    found = items(capsys)
    status = printed(capsys, "review", "status", "--json")

    assert 0 < len(found) < whole
    assert all("trusts-unknown-account" in one["checks"] for one in found)
    assert status["scope"] == "in 222222222222, found by trusts-unknown-account"
    assert status["items"] == len(found)
    assert main(["review", "decide", "revoke", *(one["item"] for one in found), "--note", "gone"]) == ExitCode.DONE
    assert main(["review", "close"]) == ExitCode.DONE
    with open_reviews(filled) as reviews:
        signed = reviews.journal(REVIEW)[-1].attestation
    assert signed
    assert signed.scope == status["scope"]


@pytest.mark.parametrize(
    "words", [["--ou", "nowhere"], ["--account", "nobody"], ["--tag", "nonsense"], ["--check", "no-such-check"]]
)
def test_a_scope_that_means_nothing_is_refused(
    filled: Workspace, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["review", "start", *words]) == ExitCode.USAGE
    assert words[1] in capsys.readouterr().err


def test_a_decision_on_what_is_wider_in_a_newer_snapshot_is_told_and_not_signed_off(
    filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """The words are the same, and so is the item: the role may do more."""
    found = items(capsys)
    main(["review", "decide", "approve", *(one["item"] for one in found), "--note", "fine"])
    facts = snapshot(
        role("partner", policy(trust({"AWS": STRANGER}))),
        role("vendor", policy(trust({"AWS": f"arn:aws:iam::{DATADOG}:root"})), attached=(ADMINISTRATOR,)),
        role("app", policy(trust({"Service": "ec2.amazonaws.com"}))),
    )
    save_snapshot(filled, replace(facts, taken_at="2026-11-25T06:00:00Z"), analyse(facts))
    capsys.readouterr()

    (outdated,) = items(capsys, "--state", "outdated")
    assert outdated["role"] == "vendor"
    assert "the role's privilege was none, is admin" in outdated["reopened"]
    assert [one["item"] for one in printed(capsys, "review", "status", "--json")["outdated"]] == [outdated["item"]]
    assert main(["review", "close"]) == ExitCode.USAGE
    assert "made on something else" in capsys.readouterr().err

    main(["review", "decide", "revoke", outdated["item"]])
    capsys.readouterr()
    assert items(capsys, "--state", "outdated") == []


def test_work_is_shared_out_and_handed_on(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "assign", "ann", "Workloads"]) == ExitCode.DONE
    assert main(["review", "assign", "bob", "sandbox"]) == ExitCode.DONE
    capsys.readouterr()
    found = items(capsys, "--reviewer", "ann")
    assert found
    assert all(one["accounts"] == ["222222222222"] for one in found)
    assert items(capsys, "--reviewer", "cid") == []

    main(["review", "assign", "cid", "Workloads"])
    capsys.readouterr()
    assert items(capsys, "--reviewer", "ann") == []
    assert items(capsys, "--reviewer", "cid") == [{**one, "reviewers": ["cid"]} for one in found]

    main(["review", "assign", "-", "Workloads"])
    capsys.readouterr()
    assert items(capsys, "--reviewer", "cid") == []
