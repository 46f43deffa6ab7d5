"""Records of CloudTrail -> uses: who really became whom, hour by hour. Pure; whatever source the records come from.

A call across accounts leaves one copy in the caller's account and one in the role's, under one `sharedEventID`; they
are joined, because only the caller's copy tells the caller's ARN, and only the caller's account sees refusals.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trustview.snapshot import Role, Snapshot, Use, User

Raw = Mapping[str, Any]
ACTIONS = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
STS = "sts.amazonaws.com"


# ── what is kept of a record ─────────────────────────────────────────────────────────────────────────────────────


def keep_record(record: Raw) -> dict[str, Any]:
    """What is kept of a CloudTrail record, whatever its shape: nothing of it can be used to sign in."""
    who = _object(record.get("userIdentity"))
    session = _object(who.get("sessionContext"))
    asked, given = _object(record.get("requestParameters")), _object(record.get("responseElements"))
    kept = {
        "id": record.get("sharedEventID") or record.get("eventID") or "",
        "time": str(record.get("eventTime") or "").replace(" ", "T"),
        "name": record.get("eventName") or "",
        "region": record.get("awsRegion") or "",
        "error": record.get("errorCode") or "",
        "role": asked.get("roleArn") or _refused_role(record),
        "external_id": asked.get("externalId") or "",
        "mfa_device": bool(asked.get("serialNumber")),
        "source_identity": asked.get("sourceIdentity") or given.get("sourceIdentity") or "",
        "tags": _tag_keys(asked),
        "type": who.get("type") or "",
        "arn": who.get("arn") or "",
        "principal": who.get("principalId") or "",
        "account": who.get("accountId") or "",
        "service": who.get("invokedBy") or "",
        "provider": asked.get("principalArn") or who.get("identityProvider") or "",
        "user": given.get("subjectFromWebIdentityToken") or who.get("userName") or "",
        "issuer": _object(session.get("sessionIssuer")).get("arn") or "",
        "mfa": _object(session.get("attributes")).get("mfaAuthenticated") == "true",
        "origin": record.get("vpcEndpointId") or record.get("sourceIPAddress") or "",
        "agent": agent_family(str(record.get("userAgent") or "")),
    }
    return {name: value for name, value in kept.items() if value and isinstance(value, str | bool | list)}


def _refused_role(record: Raw) -> str:
    """The role of a call that was refused before its parameters were logged: the message still names it."""
    found = _REFUSED.search(str(record.get("errorMessage") or ""))
    return found[1] if found else ""


_REFUSED = re.compile(r"sts:AssumeRole\w* on resource: (arn:[\w-]+:iam::\d{12}:role/[\w+=,.@/-]+)")


def _object(value: object) -> Raw:
    return value if isinstance(value, dict) else {}


def _tag_keys(asked: Raw) -> list[str]:
    """The keys of the session tags that a call passes; SAML and OIDC callers pass them as an object."""
    listed, mapped = asked.get("tags"), asked.get("principalTags")
    tags = [tag.get("key") for tag in listed if isinstance(tag, dict)] if isinstance(listed, list) else []
    return sorted({str(key) for key in (*tags, *(mapped if isinstance(mapped, dict) else ())) if key})


def agent_family(agent: str) -> str:
    """The program behind a user agent, without its version: `aws-cli`, `Boto3`, `Terraform`, a service's name."""
    named = next((name for name in _AGENTS if name.lower() in agent.lower()), "")
    return named or agent.strip("[]").partition("/")[0].partition(" ")[0]


# Programs that say what they are behind the SDK's own name.
_AGENTS = ("Terraform", "Pulumi", "CloudFormation", "aws-cdk", "aws-cli", "Boto3", "signin.amazonaws.com")


# ── one copy of a call ───────────────────────────────────────────────────────────────────────────────────────────


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
    source_identity: str = ""
    tags: tuple[str, ...] = ()
    origin: str = ""
    agent: str = ""


def is_assumption(event: Raw) -> bool:
    """Whether what was kept of a record tells of a role assumption at all."""
    return bool(event.get("id") and event.get("role") and event.get("time"))


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
        source_identity=event.get("source_identity", ""),
        tags=tuple(event.get("tags", ())),
        origin=network_of(event.get("origin", "")),
        agent=event.get("agent", ""),
    )


def _account_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


def network_of(origin: str) -> str:
    """Where a call came from, coarse enough to count: a /24 or /48 network, a VPC endpoint, or a service's name."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


# ── all copies together ──────────────────────────────────────────────────────────────────────────────────────────


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
        source_identity=first.source_identity or second.source_identity,
        tags=first.tags or second.tags,
        origin=first.origin or second.origin,
        agent=first.agent or second.agent,
        principal=first.principal or second.principal,
        account=first.account or second.account,
        outsider=first.outsider or second.outsider,
    )


def count_uses(calls: Iterable[Sighting], snapshot: Snapshot) -> tuple[Use, ...]:
    """Calls by everything that tells them apart within an hour; refused ones are counted beside them."""
    sessions = {(role.account, role.name): role.arn for role in snapshot.roles}
    counts: dict[Use, list[int]] = {}
    for call in calls:
        count = counts.setdefault(_use(call, snapshot, sessions), [0, 0, 0])
        count[1 if call.is_refused else 0] += 1
        count[2] += call.has_mfa and not call.is_refused
    uses = (replace(use, count=done, refused=refused, with_mfa=mfa) for use, (done, refused, mfa) in counts.items())
    return tuple(sorted(uses, key=_order))


def _use(call: Sighting, snapshot: Snapshot, sessions: Mapping[tuple[str, str], str]) -> Use:
    """The use that a call belongs to, uncounted."""
    return Use(
        role=call.role,
        caller=_caller(call, snapshot.principals_by_id, sessions),
        caller_account=call.account,
        action=f"sts:{call.action}",
        hour=f"{call.time[:13]}:00:00Z",
        count=0,
        external_id=call.external_id,
        region=call.region,
        source_identity=call.source_identity,
        tags=call.tags,
        origin=call.origin,
        agent=call.agent,
    )


def _order(use: Use) -> tuple[object, ...]:
    return (
        use.role, use.caller, use.caller_account, use.action, use.hour, use.external_id, use.region,
        use.source_identity, use.tags, use.origin, use.agent,
    )  # fmt: skip


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
