"""CloudTrail's event history: who really became whom, hour by hour.

A call across accounts leaves one copy in the caller's account and one in the role's, under one `sharedEventID`; they
are joined, because only the caller's copy tells the caller's ARN, and only the caller's account sees refusals.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from trustview.collect.failure import CallError
from trustview.collect.moments import write_moment
from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service
from trustview.snapshot import EvidenceWindow, Role, Snapshot, Use, User

Raw = Mapping[str, Any]
PAGE = 50
SOURCE = "cloudtrail"
ACTIONS = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The role assumptions of one account and Region, back from when the run began.

    CloudTrail gives the newest first, so that what is lacking after a failure is the oldest stretch of one event name.
    """
    start, end = reader.moment - timedelta(days=scope.evidence_days), reader.moment
    events: list[dict[str, Any]] = []
    holes: list[list[str]] = []
    for action in ACTIONS:
        oldest = write_moment(end)
        try:
            async for page in reader.pages(
                "cloudtrail",
                "LookupEvents",
                "Events",
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": action}],
                StartTime=start,
                EndTime=end,
                MaxResults=PAGE,
            ):
                for event in page["Events"]:
                    events.append(keep(event))
                    oldest = min(oldest, event.get("EventTime") or oldest)
        except CallError as error:
            if not events and not holes and action == ACTIONS[0]:
                raise
            reader.lack(f"{action} before {oldest}", error.failure)
            holes.append([write_moment(start), oldest])
    return {"start": write_moment(start), "end": write_moment(end), "events": events, "holes": holes}


def keep(event: Raw) -> dict[str, Any]:
    """What is kept of an event that LookupEvents lists; its response may hold a session token and is not."""
    try:
        record = json.loads(event.get("CloudTrailEvent") or "{}")
    except ValueError:
        record = None
    return keep_record(record) if isinstance(record, dict) else {}


def keep_record(record: Raw) -> dict[str, Any]:
    """What is kept of a CloudTrail record: nothing of it can be used to sign in."""
    who = record.get("userIdentity") or {}
    session = who.get("sessionContext") or {}
    asked = record.get("requestParameters") or {}
    kept = {
        "id": record.get("sharedEventID") or record.get("eventID") or "",
        "time": record.get("eventTime") or "",
        "name": record.get("eventName") or "",
        "region": record.get("awsRegion") or "",
        "error": record.get("errorCode") or "",
        "role": asked.get("roleArn") or "",
        "external_id": asked.get("externalId") or "",
        "mfa_device": bool(asked.get("serialNumber")),
        "type": who.get("type") or "",
        "arn": who.get("arn") or "",
        "principal": who.get("principalId") or "",
        "account": who.get("accountId") or "",
        "service": who.get("invokedBy") or "",
        "provider": who.get("identityProvider") or asked.get("principalArn") or "",
        "user": who.get("userName") or "",
        "issuer": (session.get("sessionIssuer") or {}).get("arn") or "",
        "mfa": (session.get("attributes") or {}).get("mfaAuthenticated") == "true",
    }
    return {name: value for name, value in kept.items() if value}


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sighting:
    """One copy of one call, before copies are joined; empty texts are what this copy does not tell."""

    id: str
    time: str
    action: str
    role: str
    region: str
    is_refused: bool
    has_mfa: bool
    external_id: str
    arn: str
    principal: str
    account: str
    outsider: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The copies of one account and Region, and the period they cover."""

    sightings: tuple[Sighting, ...]
    window: EvidenceWindow


def read(part: Part) -> Evidence:
    """The evidence of one account and Region."""
    answer = part.answer
    holes = tuple(sorted({(str(start), str(end)) for start, end in answer["holes"]}))
    window = EvidenceWindow(part.account, part.region, SOURCE, answer["start"], answer["end"], holes)
    events = (event for event in answer["events"] if event.get("id") and event.get("role") and event.get("time"))
    return Evidence(tuple(read_event(event) for event in events), window)


def read_event(event: Raw) -> Sighting:
    """One copy, from what is kept of it."""
    kind, service, provider = event.get("type", ""), event.get("service", ""), event.get("provider", "")
    outsider = ""
    if kind == "AWSService":
        outsider = service
    elif kind in ("SAMLUser", "WebIdentityUser"):
        subject = event.get("user") or event.get("principal", "").rpartition(":")[2]
        outsider = f"{provider}:{subject}" if provider else subject
    account = event.get("account", "") or _account_of(provider if outsider else event.get("arn", ""))
    return Sighting(
        id=event["id"],
        time=event["time"],
        action=event.get("name", ""),
        role=event["role"],
        region=event.get("region", ""),
        is_refused=bool(event.get("error")),
        has_mfa=bool(event.get("mfa_device") or event.get("mfa")),
        external_id=event.get("external_id", ""),
        arn=event.get("issuer", "") or event.get("arn", ""),
        principal=event.get("principal", "").partition(":")[0],
        account=account,
        outsider=outsider,
    )


def _account_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


# ── join ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def join(snapshot: Snapshot, found: Sequence[Evidence]) -> Snapshot:
    """The snapshot with every use counted once, and the windows in which uses are known."""
    calls = merge_copies(chain.from_iterable(evidence.sightings for evidence in found))
    windows = sorted((evidence.window for evidence in found), key=lambda window: (window.account, window.region))
    return replace(snapshot, uses=count_uses(calls, snapshot), windows=tuple(windows))


def merge_copies(sightings: Iterable[Sighting]) -> list[Sighting]:
    """One sighting per call: what one copy does not tell is taken from the other."""
    calls: dict[str, Sighting] = {}
    for sighting in sightings:
        known = calls.get(sighting.id)
        calls[sighting.id] = sighting if known is None else _merge(known, sighting)
    return list(calls.values())


def _merge(one: Sighting, other: Sighting) -> Sighting:
    first, second = (one, other) if one.arn else (other, one)
    return replace(
        first,
        has_mfa=one.has_mfa or other.has_mfa,
        external_id=first.external_id or second.external_id,
        principal=first.principal or second.principal,
        account=first.account or second.account,
        outsider=first.outsider or second.outsider,
    )


def count_uses(calls: Iterable[Sighting], snapshot: Snapshot) -> tuple[Use, ...]:
    """Calls by role, caller and hour; refused ones are counted apart."""
    sessions = {(role.account, role.name): role.arn for role in snapshot.roles}
    counts: dict[tuple[str, ...], list[int]] = {}
    for call in calls:
        caller = _caller(call, snapshot.principals_by_id, sessions)
        hour = f"{call.time[:13]}:00:00Z"
        key = (call.role, caller, call.account, f"sts:{call.action}", hour, call.external_id, call.region)
        count = counts.setdefault(key, [0, 0, 0])
        count[1 if call.is_refused else 0] += 1
        count[2] += call.has_mfa and not call.is_refused
    return tuple(
        Use(role, caller, account, action, hour, done, refused, mfa, external_id, region)
        for (role, caller, account, action, hour, external_id, region), (done, refused, mfa) in sorted(counts.items())
    )


def _caller(call: Sighting, people: Mapping[str, Role | User], sessions: Mapping[tuple[str, str], str]) -> str:
    """The ARN of the role or user; else the service, the provider's subject, or the account alone."""
    if call.outsider:
        return call.outsider
    known = people.get(call.principal)
    if known is not None:
        return known.arn
    if ":assumed-role/" in call.arn:
        name = call.arn.split("/")[1]
        return sessions.get((call.account, name), f"{call.arn.split(':assumed-role/')[0]}:assumed-role/{name}")
    return call.arn or call.account


CLOUDTRAIL = Service(
    "cloudtrail",
    Extent.REGION,
    fetch,
    read,
    join,
    is_asked=lambda scope: scope.evidence_days > 0,
    not_asked="role assumptions were not asked of CloudTrail: `trustview collect --evidence 90` does",
)
