"""Is anybody told when a role is assumed? THE ONE PLACE that answers for EventBridge.

Somebody is told in a Region where a trail records the call and a rule on the default bus surely matches it, gets such
events, and has a target; a target that is another bus counts as far as the rules there do. The call is recorded in the
role's account, in the Region whose endpoint it went to: whoever knows a Region that nobody watches calls there.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trustview.analysis.coverage import GLOBAL_REGION, regions_read
from trustview.analysis.event_pattern import ANYTHING, match_event
from trustview.analysis.recording import is_recorded
from trustview.policy import Truth
from trustview.snapshot import EventRule, EventTarget, Role, Snapshot

SERVICE = "events"
ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
DEFAULT_BUS = "default"
_MOST_HOPS = 3


class Watched(StrEnum):
    """Whether somebody is told."""

    COVERED = "covered"
    UNCERTAIN = "uncertain"
    PARTLY = "partly"
    NONE = "none"


# From the best to the worst of one Region.
_RANKS = (Watched.COVERED, Watched.UNCERTAIN, Watched.NONE)


@dataclass(frozen=True, slots=True)
class RegionWatch:
    """One Region: covered, uncertain or none; `reason` is a sentence (lower case, no full stop).

    `rule` names the rule that decides, if there is one.
    """

    region: str
    state: Watched
    reason: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Whether somebody is told of a role's assumption by some actions (`sts:AssumeRole`…), Region by Region."""

    role: str
    actions: tuple[str, ...]
    state: Watched
    regions: tuple[RegionWatch, ...]


def watch_of(snapshot: Snapshot, role: Role, actions: Iterable[str]) -> Watch | None:
    """Who is told of a role's assumption; None where rules were not asked for at all.

    The snapshot may hold trails, buses, rules, readings and gaps alone.
    """
    if not any(reading.service == SERVICE for reading in snapshot.readings):
        return None
    actions = tuple(actions)
    regions = tuple(_in_region(snapshot, role, actions, region) for region in _regions(snapshot, role.account))
    return Watch(role.arn, actions, _together({one.state for one in regions}), regions)


def _together(states: set[Watched]) -> Watched:
    if len(states) == 1:
        return next(iter(states))
    return Watched.PARTLY if Watched.NONE in states else Watched.UNCERTAIN


def describe_watch(watch: Watch) -> tuple[str, ...]:
    """The Regions that are not surely covered, those with one reason together, in sentences."""
    reasons: dict[tuple[Watched, str], list[str]] = {}
    for one in watch.regions:
        if one.state is not Watched.COVERED:
            reasons.setdefault((one.state, one.reason), []).append(f"`{one.region}`")
    words = {Watched.NONE: "nobody is told in", Watched.UNCERTAIN: "it is not sure that anybody is told in"}
    return tuple(f"{words[state]} {', '.join(regions)}: {reason}" for (state, reason), regions in reasons.items())


# ── one Region ───────────────────────────────────────────────────────────────────────────────────────────────────


def _regions(snapshot: Snapshot, account: str) -> tuple[str, ...]:
    """The Regions in which the account may be called: all in which its rules were read or refused."""
    refused = (gap.region for gap in snapshot.gaps_by_account.get(account, ()) if gap.service == SERVICE and gap.region)
    found = {*regions_read(snapshot, account, SERVICE), *refused}
    if not any(region.startswith(("cn-", "us-gov-")) for region in found):
        found.add(GLOBAL_REGION)
    return tuple(sorted(found))


def _in_region(snapshot: Snapshot, role: Role, actions: tuple[str, ...], region: str) -> RegionWatch:
    """The worst of the actions by which the role can be assumed."""
    if region not in regions_read(snapshot, role.account, SERVICE):
        return RegionWatch(region, Watched.UNCERTAIN, "its rules were not read")
    found = [_of_action(snapshot, role, action.partition(":")[2], region) for action in actions]
    return max(found, key=lambda one: _RANKS.index(one.state))


def _of_action(snapshot: Snapshot, role: Role, name: str, region: str) -> RegionWatch:
    recorded = is_recorded(snapshot, role.account, region, name)
    if recorded.is_false:
        return RegionWatch(region, Watched.NONE, f"no trail that logs records {name}, so that no rule sees it")
    event = event_of(role, name, region)
    rules = (rule for rule in snapshot.event_rules if (rule.account, rule.region) == (role.account, region))
    found = [_of_rule(snapshot, rule, event) for rule in rules if rule.bus == DEFAULT_BUS]
    best = min(found, key=_order, default=None)
    if best is None:
        return RegionWatch(region, Watched.NONE, f"no rule on the default bus matches {name}")
    if best.state is Watched.COVERED and recorded.is_open:
        return RegionWatch(region, Watched.UNCERTAIN, f"it depends on {_listed(recorded)}", best.rule)
    return best


def _order(one: RegionWatch) -> tuple[int, bool]:
    """The best first; of equals a rule that is at least about such events."""
    return _RANKS.index(one.state), not one.rule


def _listed(truth: Truth) -> str:
    return ", ".join(sorted(truth.keys))


def _of_rule(snapshot: Snapshot, rule: EventRule, event: dict[str, Any], hops: int = 0) -> RegionWatch:
    """Whether one rule tells somebody; the reason names the rule."""
    matched = match_event(rule.pattern, event)
    if matched.is_false:
        return RegionWatch(rule.region, Watched.NONE, f"no rule on the {rule.bus} bus matches {_name(event)}")
    state, reason = min(_steps(snapshot, rule, event, matched, hops), key=lambda step: -_RANKS.index(step[0]))
    return RegionWatch(rule.region, state, f"rule `{rule.name}` {reason}", rule.name)


def _name(event: dict[str, Any]) -> str:
    return str(event["detail"]["eventName"])


_Step = tuple[Watched, str]


def _steps(snapshot: Snapshot, rule: EventRule, event: dict[str, Any], matched: Truth, hops: int) -> Iterator[_Step]:
    """What must be in order on the way from the event to somebody; the worst of them counts, the first of equals."""
    yield Watched.COVERED, "tells somebody"
    if rule.state not in ("ENABLED", ALL_EVENTS):
        yield Watched.NONE, "is disabled"
    if rule.targets is not None and not rule.targets:
        yield Watched.NONE, "has no target"
    if rule.targets:
        yield min((_of_target(snapshot, rule, target, event, hops) for target in rule.targets), key=_rank)
    if matched.is_open:
        yield Watched.UNCERTAIN, f"matches only by {', '.join(f'`{key}`' for key in sorted(matched.keys))}"
    if rule.state == "ENABLED":
        yield Watched.UNCERTAIN, f"is sure to get such events only in state {ALL_EVENTS}"
    if rule.targets is None:
        yield Watched.UNCERTAIN, "has targets that could not be read"


def _rank(step: _Step) -> int:
    return _RANKS.index(step[0])


def _of_target(snapshot: Snapshot, rule: EventRule, target: EventTarget, event: dict[str, Any], hops: int) -> _Step:
    """Any target tells somebody, but another bus only what its own rules do."""
    parts = target.arn.split(":", 5)
    if len(parts) < 6 or parts[2] != "events" or not parts[5].startswith("event-bus/"):
        return Watched.COVERED, "tells somebody"
    _, _, _, region, account, name = parts
    bus = f"bus `{name.partition('/')[2]}` of {snapshot.account_name(account)}"
    if hops >= _MOST_HOPS or region not in regions_read(snapshot, account, SERVICE):
        return Watched.UNCERTAIN, f"forwards to {bus}, of which nothing was read"
    known = next((one for one in snapshot.event_buses if one.arn == target.arn), None)
    if known is None or (account != rule.account and not known.policy):
        why = "does not exist" if known is None else "lets no other account send to it"
        return Watched.NONE, f"forwards to {bus}, which {why}"
    there = (one for one in snapshot.event_rules if (one.account, one.region, one.bus) == (account, region, known.name))
    best = min((_of_rule(snapshot, one, event, hops + 1) for one in there), key=_order, default=None)
    if best is None:
        return Watched.NONE, f"forwards to {bus}, on which no rule matches {_name(event)}"
    return best.state, f"forwards to {bus}, where {best.reason}"


# ── the event ────────────────────────────────────────────────────────────────────────────────────────────────────

_OPEN_DETAIL = (
    "eventVersion", "userIdentity", "eventTime", "sourceIPAddress", "userAgent", "additionalEventData", "requestID",
    "eventID", "sharedEventID", "tlsDetails", "vpcEndpointId", "vpcEndpointAccountId", "sessionCredentialFromConsole",
    "responseElements", "apiVersion", "addendum", "edgeDeviceDetails",
)  # fmt: skip
_OPEN_PARAMETERS = (
    "roleSessionName", "durationSeconds", "externalId", "serialNumber", "policy", "policyArns", "tags",
    "transitiveTagKeys", "incomingTransitiveTags", "sourceIdentity", "principalArn", "sAMLAssertionID", "principalTags",
    "providerId", "providedContexts",
)  # fmt: skip


def event_of(role: Role, name: str, region: str) -> dict[str, Any]:
    """The event that tells of a successful assumption; what the caller decides is unknown."""
    parameters = dict.fromkeys(_OPEN_PARAMETERS, ANYTHING)
    detail: dict[str, Any] = {
        **dict.fromkeys(_OPEN_DETAIL, ANYTHING),
        "eventSource": "sts.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "requestParameters": {**parameters, "roleArn": role.arn},
        "readOnly": True,
        "resources": [{"accountId": role.account, "type": "AWS::IAM::Role", "ARN": role.arn}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": role.account,
        "eventCategory": "Management",
    }
    return {
        "version": "0",
        "id": ANYTHING,
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.sts",
        "account": role.account,
        "time": ANYTHING,
        "region": region,
        "resources": [],
        "detail": detail,
    }
