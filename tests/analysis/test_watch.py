"""Whether somebody is told when a role is assumed; the rule that is proposed does tell, and tells of nothing else."""

import json
from dataclasses import replace

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.case_evidence import ALL_EVENTS
from trustview.analysis import Watched, WatchRule, match_event, pattern_questions, propose_rule, watch_of
from trustview.analysis.watch import event_of
from trustview.policy import ASSUME_ACTIONS, truth
from trustview.snapshot import EventRule, EventTarget, Role, Snapshot

EMERGENCY = tuple(role for role in acme_snapshot().roles if role.name == "breakglass-admin")


def with_rule(snapshot: Snapshot, rule: WatchRule) -> Snapshot:
    added = tuple(
        EventRule(
            f"arn:aws:events:{region}:{rule.account}:rule/{rule.name}",
            rule.account,
            region,
            rule.name,
            "default",
            ALL_EVENTS,
            rule.pattern,
            targets=(EventTarget("told", f"arn:aws:sns:{region}:{rule.account}:on-call"),),
        )
        for region in rule.regions
    )
    return replace(snapshot, event_rules=snapshot.event_rules + added)


@pytest.mark.parametrize("role", EMERGENCY, ids=lambda role: role.account)
def test_the_rule_that_is_proposed_covers_every_region(role: Role) -> None:
    snapshot = acme_snapshot()
    watch = watch_of(snapshot, role, ASSUME_ACTIONS)
    assert watch
    rule = propose_rule(watch)
    assert rule
    assert len(watch.regions) == 4

    after = watch_of(with_rule(snapshot, rule), role, ASSUME_ACTIONS)

    assert after
    assert after.state is Watched.COVERED
    assert propose_rule(after) is None


@pytest.mark.parametrize("action", ASSUME_ACTIONS)
def test_the_rule_that_is_proposed_tells_of_this_role_and_of_success_alone(action: str) -> None:
    one, other = EMERGENCY[:2]
    watch = watch_of(acme_snapshot(), one, ASSUME_ACTIONS)
    assert watch
    rule = propose_rule(watch)
    assert rule
    name = action.partition(":")[2]
    event = event_of(one, name, "eu-west-1")
    refused = {**event, "detail": {**event["detail"], "errorCode": "AccessDenied"}}

    assert match_event(rule.pattern, event).is_true
    assert match_event(rule.pattern, refused).is_false
    assert match_event(rule.pattern, event_of(other, name, "eu-west-1")).is_false
    assert match_event(rule.pattern, event_of(one, "GetSessionToken", "eu-west-1")).is_false


def test_rules_that_forward_in_a_circle_tell_nobody_for_sure() -> None:
    role = EMERGENCY[0]
    region, bus = "eu-west-1", f"arn:aws:events:eu-west-1:{role.account}:event-bus/default"
    loop = EventRule(
        f"arn:aws:events:{region}:{role.account}:rule/loop",
        role.account,
        region,
        "loop",
        "default",
        ALL_EVENTS,
        json.dumps({"source": ["aws.sts"]}),
        targets=(EventTarget("again", bus),),
    )
    snapshot = replace(acme_snapshot(), event_rules=(loop,))
    watch = watch_of(snapshot, role, ASSUME_ACTIONS)

    assert watch
    assert next(one.state for one in watch.regions if one.region == region) is Watched.UNCERTAIN


def test_without_any_reading_of_rules_nothing_is_said() -> None:
    assert watch_of(replace(acme_snapshot(), readings=()), EMERGENCY[0], ASSUME_ACTIONS) is None


@pytest.mark.parametrize("role", EMERGENCY, ids=lambda role: role.account)
def test_another_matcher_is_asked_about_whole_events_of_which_ours_is_sure(role: Role) -> None:
    """EventBridge refuses an event without these fields: see `API_TestEventPattern` of its reference."""
    snapshot = acme_snapshot()
    watch = watch_of(snapshot, role, ASSUME_ACTIONS)
    assert watch
    rule = propose_rule(watch)
    assert rule
    questions = pattern_questions(snapshot, role, watch, rule)

    assert {one.rule for one in questions} == {rule.name, *(one.rule for one in watch.regions if one.rule)}
    assert {one.action for one in questions} == set(ASSUME_ACTIONS)
    assert len({(one.pattern, one.action) for one in questions}) == len(questions)
    for question in questions:
        event = json.loads(question.event)
        assert {"id", "account", "source", "time", "region", "resources", "detail-type"} <= event.keys()
        assert event["detail"]["requestParameters"] == {"roleArn": role.arn}
        assert not question.ours.is_open
    assert all(one.ours == truth(True) for one in questions if one.rule == rule.name)
