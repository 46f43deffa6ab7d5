"""EventBridge: the rules that may tell somebody of a role assumption, and the buses they are on, in every Region.

Rules on a schedule, and those whose pattern surely matches no assumption of a role, are left out.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from trustview.analysis import ANYTHING, match_event
from trustview.collect.parts import Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, unless_left_out
from trustview.snapshot import EventBus, EventRule, EventTarget, Snapshot

Raw = Mapping[str, Any]
CLIENT = "events"
PAGE = 100


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The buses of one account and Region, and the rules that may watch role assumptions with their targets."""
    buses = await reader.items(CLIENT, "ListEventBuses", "EventBuses", Limit=PAGE)
    rules = await reader.each(partial(_fetch_rules, reader, bus["Name"]) for bus in buses)
    return {"buses": buses, "rules": list(chain.from_iterable(rules))}


async def _fetch_rules(reader: Reader, bus: str) -> list[dict[str, Any]]:
    listed = await reader.items(CLIENT, "ListRules", "Rules", EventBusName=bus, Limit=PAGE)
    wanted = [rule for rule in listed if may_watch(rule.get("EventPattern") or "")]
    targets = await together(*(_fetch_targets(reader, bus, rule["Name"]) for rule in wanted))
    return [{**rule, "targets": its} for rule, its in zip(wanted, targets, strict=True)]


async def _fetch_targets(reader: Reader, bus: str, rule: str) -> list[dict[str, Any]] | None:
    """What is kept of the targets: their input may hold anything, secrets too, and is not."""
    ask = partial(reader.items, CLIENT, "ListTargetsByRule", "Targets", EventBusName=bus, Rule=rule, Limit=PAGE)
    found = await reader.attempt(f"targets of rule `{rule}` on bus `{bus}`", ask)
    if found is None:
        return None
    return [
        {
            "id": target["Id"],
            "arn": target["Arn"],
            "role": target.get("RoleArn") or "",
            "dead_letter_queue": (target.get("DeadLetterConfig") or {}).get("Arn") or "",
        }
        for target in found
    ]


def may_watch(pattern: str) -> bool:
    """Whether a pattern may match the assumption of a role; a rule without a pattern runs on a schedule."""
    return bool(pattern) and any(not match_event(pattern, event).is_false for event in _EVENTS)


_ENVELOPE = ("version", "id", "account", "time", "region", "resources", "detail-type", "detail")
_EVENTS = tuple({**dict.fromkeys(_ENVELOPE, ANYTHING), "source": source} for source in ("aws.sts", "aws.signin"))


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Found:
    """The buses and rules of one account and Region."""

    buses: tuple[EventBus, ...]
    rules: tuple[EventRule, ...]


def read(part: Part) -> Found:
    """What one account and Region holds."""
    return Found(
        tuple(read_bus(raw, part.account, part.region) for raw in part.answer["buses"]),
        tuple(read_rule(raw, part.account, part.region) for raw in part.answer["rules"]),
    )


def read_bus(raw: Raw, account: str, region: str) -> EventBus:
    """A bus of ListEventBuses."""
    return EventBus(raw["Arn"], account, region, raw["Name"], raw.get("Policy") or "")


def read_rule(raw: Raw, account: str, region: str) -> EventRule:
    """A rule of ListRules with what is kept of its targets."""
    targets = raw.get("targets")
    return EventRule(
        arn=raw["Arn"],
        account=account,
        region=region,
        name=raw["Name"],
        bus=raw.get("EventBusName") or "default",
        state=raw.get("State") or "",
        pattern=raw.get("EventPattern") or "",
        description=raw.get("Description") or "",
        managed_by=raw.get("ManagedBy") or "",
        targets=None if targets is None else tuple(EventTarget(**target) for target in targets),
    )


def join(snapshot: Snapshot, found: Sequence[Found]) -> Snapshot:
    """The snapshot with the buses and rules."""
    buses = sorted((bus for one in found for bus in one.buses), key=lambda bus: bus.arn)
    rules = sorted((rule for one in found for rule in one.rules), key=lambda rule: rule.arn)
    return replace(snapshot, event_buses=tuple(buses), event_rules=tuple(rules))


EVENTBRIDGE = Service("events", CLIENT, Extent.REGION, fetch, read, join, choice=unless_left_out)
