"""The labelled detection samples of the corpus: what a rule of somebody else's says of an event, ours say too."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.small_organization import policy, role, snapshot
from trustview.analysis import Settings, analyse
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.seen import is_person
from trustview.analysis.use_requests import caller_of_use
from trustview.collect.evidence import count_uses, gather_copies, join_copies
from trustview.collect.sighting import Sighting, sight
from trustview.policy import CallerKind
from trustview.snapshot import Snapshot, Use

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "cloudtrail"
# What the authors of the rule keep people from: their setting, in our words.
BLOCKED = ("FullAdminRole",)


def samples() -> list[Any]:
    lines = [line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    labelled = [sample for sample in map(json.loads, lines) if "expected_result" in sample]
    return [pytest.param(sample, id=f"{sample['rule_id']}: {sample['test']}") for sample in labelled]


def uses_of(event: dict[str, Any]) -> tuple[Use, ...]:
    """What the collector makes of one event."""
    seen = sight({"eventID": "e-1", "eventTime": "2026-11-02T10:05:00Z", **event})
    copies: dict[Sighting, list[str]] = {}
    gather_copies([seen] if seen else [], copies)
    return count_uses([join_copies([copies])], Snapshot("2026-11-20T06:00:00Z", "files"))


def takes_a_blocked_role(event: dict[str, Any]) -> bool:
    return any(
        use.count and is_meant_for(role(use.role.rpartition("/")[2], policy()), BLOCKED) for use in uses_of(event)
    )


def opens_a_role(event: dict[str, Any]) -> bool:
    text = (event.get("requestParameters") or {}).get("policyDocument") or policy()
    found = analyse(snapshot(role("changed", text)), settings=Settings()).findings
    return any(finding.role and finding.severity.word in ("high", "critical") for finding in found)


def is_of_a_service(event: dict[str, Any]) -> bool:
    return any(use.count and caller_of_use(use).kind is CallerKind.SERVICE for use in uses_of(event))


def is_of_a_user(event: dict[str, Any]) -> bool:
    return any(use.count and is_person(use) for use in uses_of(event))


OURS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "AWS.CloudTrail.IAMAssumeRoleBlacklistIgnored": takes_a_blocked_role,
    "AWS.IAM.BackdoorRole": opens_a_role,
    "Role.Assumed.by.AWS.Service": is_of_a_service,
    "Role.Assumed.by.User": is_of_a_user,
}
# Rules about other events than the assumption of a role: all that is asked of us is to make no use of their samples.
OTHERS = {
    "AWS.CloudTrail.UserAccessKeyAuth", "AWS.EC2.ManyPasswordReadAttempts", "AWS.IAM.CreateRole",
    "AWS.STS.GetCallerIdentity.TruffleHog", "AWS.STS.GetSessionToken.Misuse",
}  # fmt: skip


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_every_labelled_rule_is_known() -> None:
    assert {param.values[0]["rule_id"] for param in samples()} == set(OURS) | OTHERS


@pytest.mark.parametrize("sample", samples())
def test_a_labelled_sample_gets_its_label(sample: dict[str, Any]) -> None:
    ours = OURS.get(sample["rule_id"])
    if ours is not None:
        assert ours(sample["event"]) is sample["expected_result"]
    else:
        assert not any(use.count and is_person(use) for use in uses_of(sample["event"]))
