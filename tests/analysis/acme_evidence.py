"""What CloudTrail, its trails and EventBridge tell of the demo's organization, made straight of its data files."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from trustview.collect.evidence import count_uses, gather_copies, join_copies
from trustview.collect.services.eventbridge import may_watch, read_bus, read_rule
from trustview.collect.services.trails import read_trail
from trustview.collect.sighting import Sighting, sight
from trustview.demo import Acme
from trustview.demo.habits import HISTORY_DAYS
from trustview.demo.things import Thing, Things
from trustview.demo.trail import Trail
from trustview.snapshot import EventBus, EventRule, EvidenceWindow, Reading, Snapshot


def with_evidence(snapshot: Snapshot, acme: Acme) -> Snapshot:
    """The uses that every readable account and Region tells of, with the windows in which they are known."""
    accounts = [account.id for account in acme.readable_accounts]
    trail = Trail(acme)
    copies: dict[Sighting, list[str]] = {}
    calls = (sight(record) for account in accounts for record in records_of(trail, acme, account))
    gather_copies((call for call in calls if call is not None), copies)
    start, end = acme.now - timedelta(days=HISTORY_DAYS), acme.now
    windows = tuple(
        EvidenceWindow(account, region, "cloudtrail", start.isoformat(), end.isoformat())
        for account in accounts
        for region in acme.regions
    )
    return replace(snapshot, uses=count_uses([join_copies([copies])], snapshot), windows=windows)


def records_of(trail: Trail, acme: Acme, account: str) -> Iterator[dict[str, Any]]:
    """The records of an account, in every Region."""
    for region in acme.regions:
        content: dict[str, Any] = {}
        while True:
            page = json.loads(trail.lookup(account, region, content).body)
            yield from (json.loads(event["CloudTrailEvent"]) for event in page["Events"])
            if "NextToken" not in page:
                break
            content = {"NextToken": page["NextToken"]}


def with_monitoring(snapshot: Snapshot, acme: Acme) -> Snapshot:
    """The trails, buses and rules of every readable account, and that each of its Regions was read."""
    things = Things(acme)
    readable = {account.id for account in acme.readable_accounts}
    trails = tuple(
        read_trail({**thing.value, "status": thing.more["status"], "selectors": thing.more["selectors"]})
        for thing in things.of_kind("trail")
        if thing.account in readable
    )
    rules = tuple(rule_of(thing) for thing in things.of_kind("rule") if thing.account in readable)
    readings = tuple(
        Reading(service, account, region, acme.now.isoformat())
        for account in readable
        for service, regions in (("events", acme.regions), ("trails", ("",)))
        for region in regions
    )
    return replace(
        snapshot,
        trails=trails,
        event_buses=tuple(buses_of(things, acme, readable)),
        event_rules=tuple(rule for rule in rules if may_watch(rule.pattern)),
        readings=readings,
    )


def buses_of(things: Things, acme: Acme, readable: set[str]) -> Iterator[EventBus]:
    for thing in things.of_kind("bus"):
        yield read_bus(thing.value, thing.account, thing.region)
    for account in readable:
        for region in acme.regions:
            arn = f"arn:aws:events:{region}:{account}:event-bus/default"
            yield EventBus(arn, account, region, "default")


def rule_of(thing: Thing) -> EventRule:
    targets = [
        {
            "id": target["Id"],
            "arn": target["Arn"],
            "role": target.get("RoleArn", ""),
            "dead_letter_queue": target.get("DeadLetterConfig", {}).get("Arn", ""),
        }
        for target in thing.more["targets"]
    ]
    return read_rule({**thing.value, "targets": targets}, thing.account, thing.region)
