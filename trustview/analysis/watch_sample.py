"""PatternQuestion: what another matcher is asked about the rules that watch a role: one whole event, and our answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trustview.analysis.event_pattern import ANYTHING, match_event
from trustview.analysis.watch import DEFAULT_BUS, Watch, event_of
from trustview.analysis.watch_rule import WatchRule
from trustview.policy import Truth
from trustview.snapshot import Role, Snapshot


@dataclass(frozen=True, slots=True)
class PatternQuestion:
    """Does this pattern match this event? Both are JSON text; `ours` is what our own matcher says of the same event."""

    rule: str
    action: str
    pattern: str
    event: str
    ours: Truth


def pattern_questions(
    snapshot: Snapshot, role: Role, watch: Watch, proposed: WatchRule | None
) -> tuple[PatternQuestion, ...]:
    """The rules that decide for a role, and the one that is proposed: each pattern is asked once for each action."""
    found: dict[tuple[str, str], PatternQuestion] = {}
    for name, pattern, region in _patterns(snapshot, role, watch, proposed):
        for action in watch.actions:
            event = write_sample(role, action.partition(":")[2], region)
            question = PatternQuestion(name, action, pattern, event, match_event(pattern, json.loads(event)))
            found.setdefault((pattern, action), question)
    return tuple(found.values())


def _patterns(
    snapshot: Snapshot, role: Role, watch: Watch, proposed: WatchRule | None
) -> Iterator[tuple[str, str, str]]:
    rules = {
        (rule.region, rule.name): rule.pattern
        for rule in snapshot.event_rules
        if (rule.account, rule.bus) == (role.account, DEFAULT_BUS)
    }
    for one in watch.regions:
        if one.rule:
            yield one.rule, rules[one.region, one.rule], one.region
    if proposed is not None:
        yield proposed.name, proposed.pattern, proposed.regions[0]


def write_sample(role: Role, name: str, region: str) -> str:
    """One event as AWS delivers it, of which is said only what is sure; all that EventBridge insists on is there.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
    """
    known = _without_anything(event_of(role, name, region))
    event = {**known, "id": "00000000-0000-0000-0000-000000000000", "time": "2026-01-01T00:00:00Z"}
    return json.dumps(event)


def _without_anything(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return {key: _without_anything(one) for key, one in value.items() if one is not ANYTHING}
    return value
