"""`usage` and `watch`: what they print of a stored snapshot, with the window, its holes and the rule to add."""

from dataclasses import replace

import pytest

from tests.analysis.case_evidence import evidence_of, moment
from tests.analysis.small_organization import MANAGEMENT, PROD, SANDBOX, may_assume, policy, role, snapshot, trust
from tests.cli.asking import HOSTILE, printed
from trustview.analysis import analyse
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.snapshot import Gap, GapKind
from trustview.store import Workspace, save_snapshot

ROLE = f"arn:aws:iam::{PROD}:role/break-glass"
CALLER = f"arn:aws:iam::{SANDBOX}:role/caller"
CASE = {
    "uses": [
        {
            "by": CALLER,
            "ago": [8, 5],
            "hour": 14,
            "count": 2,
            "mfa": True,
            "external_id": "x",
            "origin": "192.0.2.0/24",
        },
        {"by": CALLER, "ago": 6, "refused": True},
        {"by": HOSTILE, "ago": 3, "from": SANDBOX},
    ],
    "windows": [{"account": PROD}, {"account": PROD, "region": "us-east-1", "holes": [[30, 29]]}],
    "rules": [{"pattern": {"source": ["aws.sts"]}, "account": PROD}],
    "read_of": {PROD: ["eu-west-1", "us-east-1"]},
}


@pytest.fixture(autouse=True)
def kept(workspace: Workspace) -> None:
    target = role("break-glass", policy(trust({"AWS": CALLER}), trust({"AWS": MANAGEMENT})), created=moment(500))
    facts = snapshot(
        target, role("caller", policy(trust({"Service": "ec2.amazonaws.com"})), SANDBOX, inline=may_assume())
    )
    gap = Gap(PROD, "cloudtrail", "eu-central-1", GapKind.DENIED, "AccessDenied")
    found = replace(facts, taken_at=moment(0), gaps=(gap,), **evidence_of(CASE, ROLE, (MANAGEMENT, PROD, SANDBOX)))
    save_snapshot(workspace, found, analyse(found))


def test_usage_tells_who_came_how_often_and_when(capsys: pytest.CaptureFixture[str]) -> None:
    value = printed(capsys, "usage", "break-glass", "--json")
    first = value["callers"][0]

    assert (value["role"], value["use"], value["calls"], value["refused"]) == (ROLE, "used", 9, 1)
    assert (first["caller"], first["calls"], first["refused"], first["with_mfa"]) == (CALLER, 8, 1, 8)
    assert (first["with_external_id"], first["networks"]) == (8, ["192.0.2.0/24"])
    assert (first["first"], first["last"]) == ("2026-11-12T14:00:00Z", "2026-11-15T14:00:00Z")
    assert {"day": "2026-11-14", "calls": 2, "refused": 1} in value["days"]
    assert sum(map(sum, value["by_weekday_and_hour"])) == 9
    assert value["by_weekday_and_hour"][3][14] == 2  # 2026-11-12 is a Thursday


def test_usage_tells_each_way_in_apart_and_calls_none_unused_through_a_hole(capsys: pytest.CaptureFixture[str]) -> None:
    """A caller whom nobody can read may be whoever of its account is trusted: its call is not left without a way in."""
    value = printed(capsys, "usage", "break-glass", "--json")
    ways = {way["principal"]: way for way in value["ways_in"]}

    assert (ways[CALLER]["use"], ways[CALLER]["calls"]) == ("used", 8 + 1)
    assert ways[MANAGEMENT]["use"] == "not known"
    assert "nothing is known of `eu-central-1`: AccessDenied" in value["window"]["lacks"]
    assert any("in `us-east-1`" in lack for lack in value["window"]["lacks"])


def test_usage_as_text_holds_the_same_and_does_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage", ROLE]) == ExitCode.DONE
    text = capsys.readouterr().out

    assert "used 9 times by 2 callers, last on 2026-11-17" in text
    assert "nothing is known of `eu-central-1`: AccessDenied" in text
    assert "thu  ··············█" in text.replace("▓", "█")
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_usage_of_a_role_without_evidence_says_that_nothing_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = printed(capsys, "usage", "caller", "--json")

    assert (value["use"], value["callers"], value["window"]["days"]) == ("not known", [], 0)
    assert value["window"]["lacks"] == ["no evidence of CloudTrail was read of the account"]


def test_watch_tells_region_by_region_who_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    value = printed(capsys, "watch", "break-glass", "--json")

    assert value["state"] == "partly"
    assert [(one["region"], one["state"]) for one in value["regions"]] == [
        ("eu-west-1", "uncertain"),  # no trail was read
        ("us-east-1", "none"),
    ]
    assert value["rule_to_add"]["regions"] == ["eu-west-1", "us-east-1"]


@pytest.mark.parametrize(("form", "part"), [
    ("json", '"State"'), ("cli", "aws events put-rule"), ("terraform", "aws_cloudwatch_event_rule"),
    ("cloudformation", "AWS::Events::Rule"),
])  # fmt: skip
def test_watch_prints_the_rule_to_add(capsys: pytest.CaptureFixture[str], form: str, part: str) -> None:
    assert main(["watch", "break-glass", "--format", form]) == ExitCode.DONE
    text = capsys.readouterr().out

    assert part in text
    assert ROLE in text


def test_who_can_tells_who_of_them_did_and_the_window(capsys: pytest.CaptureFixture[str]) -> None:
    chains = printed(capsys, "who-can", "break-glass", "--json")
    used = {chain["principal"]: chain["use"] for chain in chains if chain["length"] == 1}
    assert main(["who-can", "break-glass"]) == ExitCode.DONE
    shown = capsys.readouterr()

    assert used[CALLER] == {"state": "used", "calls": 8, "last": "2026-11-15T14:00:00Z"}
    assert "8 times, last 2026-11-15" in shown.out
    assert "nothing is known of `eu-central-1`: AccessDenied" in shown.err
