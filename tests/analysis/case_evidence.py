"""What a case of a check says of use and monitoring: calls, windows, trails and rules, in few words.

`uses` are calls: `by` (an ARN, account id, service, or provider with subject), `ago` (days before the snapshot: one, or
first and last for a call on each day), and where it matters `hour` (12), `count` (1), `refused`, `from` (account, or
the one in the ARN), `action`, `external_id`, `origin`, `mfa`. `windows` are what was seen: `account`, `region`, `ago`
(first and last day) and `holes` (pairs of days ago); left out, the last 90 days of every account that was read, in two
Regions, as soon as a case has `uses`. `rules` are EventBridge rules: `pattern` (an object), and where it matters
`region`, `state`, `bus`, `account`, `targets`; `trails` and `buses` stand in the codec's own shape; `read_of` are the
Regions in which rules were read, by account: of the role's own account both, as soon as a case speaks of rules. Trails
were read where a case has one.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from trustview.snapshot import EventBus, EventRule, EventTarget, EvidenceWindow, Reading, Trail, Use
from trustview.snapshot.codec import decode

TAKEN_AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
REGIONS = ("eu-west-1", "us-east-1")
ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def moment(days_ago: float, hour: int | None = None) -> str:
    found = TAKEN_AT - timedelta(days=days_ago)
    if hour is not None:
        found = found.replace(hour=hour, minute=0, second=0)
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")


def evidence_of(case: dict[str, Any], role: str, accounts: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a snapshot that a case's evidence fills."""
    uses = tuple(use for call in case.get("uses", ()) for use in uses_of(call, role))
    read = {accounts[1]: REGIONS if "rules" in case or "trails" in case else (), **case.get("read_of", {})}
    return {
        "uses": uses,
        "windows": tuple(windows_of(case, accounts)),
        "trails": tuple(decode(Trail, trail) for trail in case.get("trails", ())),
        "event_rules": tuple(rule_of(rule, accounts[1]) for rule in case.get("rules", ())),
        "event_buses": tuple(EventBus(**bus) for bus in case.get("buses", ())),
        "readings": (
            *(Reading("events", account, region, moment(0)) for account, regions in read.items() for region in regions),
            *(Reading("trails", account, "", moment(0)) for account in accounts if case.get("trails")),
        ),
    }


def uses_of(call: dict[str, Any], role: str) -> Iterator[Use]:
    caller, ago = call["by"], call.get("ago", 5)
    parts = caller.split(":")
    account = call.get("from", parts[4] if len(parts) > 5 else caller if caller.isdigit() else "")
    first, last = ago if isinstance(ago, list) else (ago, ago)
    kinds = {":saml-provider/": "sts:AssumeRoleWithSAML", ":oidc-provider/": "sts:AssumeRoleWithWebIdentity"}
    action = next((name for mark, name in kinds.items() if mark in caller), "sts:AssumeRole")
    is_refused = call.get("refused", False)
    count = call.get("count", 1)
    for day in range(first, last - 1, -1):
        yield Use(
            role=call.get("role", role),
            caller=caller,
            caller_account=account,
            action=call.get("action", action),
            hour=moment(day, call.get("hour", 12)),
            count=0 if is_refused else count,
            refused=count if is_refused else 0,
            with_mfa=count if call.get("mfa") else 0,
            external_id=call.get("external_id", ""),
            region=REGIONS[0],
            origin=call.get("origin", ""),
        )


def windows_of(case: dict[str, Any], accounts: tuple[str, ...]) -> Iterator[EvidenceWindow]:
    everything = [{"account": account, "region": region} for account in accounts for region in REGIONS]
    for window in case.get("windows", everything if "uses" in case else ()):
        first, last = window.get("ago", (90, 0))
        holes = tuple((moment(start), moment(end)) for start, end in window.get("holes", ()))
        account, region = window.get("account", accounts[1]), window.get("region", REGIONS[0])
        yield EvidenceWindow(account, region, "cloudtrail", moment(first), moment(last), holes)


def rule_of(given: dict[str, Any], own: str) -> EventRule:
    account, region = given.get("account", own), given.get("region", REGIONS[0])
    name, bus = given.get("name", "watch"), given.get("bus", "default")
    targets = given.get("targets", [f"arn:aws:sns:{region}:{account}:pager"])
    return EventRule(
        arn=f"arn:aws:events:{region}:{account}:rule/{name}",
        account=account,
        region=region,
        name=name,
        bus=bus,
        state=given.get("state", ALL_EVENTS),
        pattern=json.dumps(given["pattern"]),
        targets=None if targets is None else tuple(EventTarget(str(n), arn) for n, arn in enumerate(targets)),
    )
