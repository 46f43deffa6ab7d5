"""A record of CloudTrail -> Sighting: what one copy of one role assumption tells. Pure; wherever the record comes from.

Nothing of it can be used to sign in. https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

Raw = Mapping[str, Any]
ACTIONS = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
STS = "sts.amazonaws.com"
REMEMBERED = 4096


class Sighting(NamedTuple):
    """One copy of a call, to the hour, before copies are joined; empty texts are what this copy does not tell.

    `arn` is the caller's, the role behind a session if told; `principal` its unique id; `outsider` the service, or the
    subject of a provider. Calls that are alike in all of it are one sighting, told apart by their ids.
    """

    hour: str
    action: str
    role: str
    region: str
    is_refused: bool = False
    has_mfa: bool = False
    external_id: str = ""
    arn: str = ""
    principal: str = ""
    account: str = ""
    outsider: str = ""
    source_identity: str = ""
    tags: tuple[str, ...] = ()
    origin: str = ""
    agent: str = ""


def sight(record: Raw) -> tuple[str, Sighting] | None:
    """The id of the call that a record tells of, and what it tells; None when it is no role assumption.

    Both copies of a call across accounts have the same id. A record without id, time or role tells of nothing.
    """
    if record.get("eventName") not in ACTIONS or record.get("eventSource") != STS:
        return None
    who, asked = _object(record, "userIdentity"), _object(record, "requestParameters")
    given, session = _object(record, "responseElements"), _object(who, "sessionContext")
    name = _text(record, "sharedEventID") or _text(record, "eventID")
    role = _text(asked, "roleArn") or _refused_role(_text(record, "errorMessage"))
    time = _text(record, "eventTime").replace(" ", "T")
    if not (name and role and _HOUR.match(time)):
        return None
    outsider, provider = _outsider(who, asked, given)
    arn = _text(who, "arn")
    has_mfa = bool(asked.get("serialNumber")) or _text(_object(session, "attributes"), "mfaAuthenticated") == "true"
    return name, Sighting(
        hour=f"{time[:13]}:00:00Z",
        action=record["eventName"],
        role=role,
        region=_text(record, "awsRegion"),
        is_refused=bool(record.get("errorCode")),
        has_mfa=has_mfa,
        external_id=_text(asked, "externalId"),
        arn=_text(_object(session, "sessionIssuer"), "arn") or arn,
        principal=_text(who, "principalId").partition(":")[0],
        account=_text(who, "accountId") or _account_of(provider if outsider else arn),
        outsider=outsider,
        source_identity=_text(asked, "sourceIdentity") or _text(given, "sourceIdentity"),
        tags=_tag_keys(asked),
        origin=network_of(_text(record, "vpcEndpointId") or _text(record, "sourceIPAddress")),
        agent=agent_family(_text(record, "userAgent")),
    )


_HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d", re.ASCII)


def _outsider(who: Raw, asked: Raw, given: Raw) -> tuple[str, str]:
    """The service, or the provider with its subject, that called; and the provider. Empty for callers of accounts."""
    kind = who.get("type")
    if kind == "AWSService":
        return _text(who, "invokedBy"), ""
    if kind not in ("SAMLUser", "WebIdentityUser"):
        return "", ""
    principal = _text(who, "principalId")
    subject = _text(given, "subjectFromWebIdentityToken") or _text(who, "userName")
    provider = _text(asked, "principalArn") or _text(who, "identityProvider")
    if not provider and principal.startswith("arn:"):
        # `PROVIDER:AUDIENCE:SUBJECT`: the table of Athena that AWS documents has no column for the provider.
        provider = ":".join(principal.split(":")[:6])
    subject = subject or principal.rpartition(":")[2]
    return (f"{provider}:{subject}" if provider else subject), provider


def _text(value: Raw, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _object(value: Raw, name: str) -> Raw:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _refused_role(message: str) -> str:
    """The role of a call that was refused before its parameters were logged: the message still names it."""
    found = _REFUSED.search(message) if message else None
    return found[1] if found else ""


_REFUSED = re.compile(r"sts:AssumeRole\w* on resource: (arn:[\w-]+:iam::\d{12}:role/[\w+=,.@/-]+)")


def _tag_keys(asked: Raw) -> tuple[str, ...]:
    """The keys of the session tags that a call passes; SAML and OIDC callers pass them as an object."""
    listed, mapped = asked.get("tags"), asked.get("principalTags")
    if not listed and not mapped:
        return ()
    tags = [tag.get("key") for tag in listed if isinstance(tag, dict)] if isinstance(listed, list) else []
    return tuple(sorted({str(key) for key in (*tags, *(mapped if isinstance(mapped, dict) else ())) if key}))


def _account_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


@lru_cache(REMEMBERED)
def agent_family(agent: str) -> str:
    """The program behind a user agent, without its version: `aws-cli`, `Boto3`, `Terraform`, a service's name."""
    named = next((name for name in AGENTS if name.lower() in agent.lower()), "")
    return named or agent.strip("[]").partition("/")[0].partition(" ")[0]


# Programs that say what they are behind the SDK's own name.
AGENTS = ("Terraform", "Pulumi", "CloudFormation", "aws-cdk", "aws-cli", "Boto3", "signin.amazonaws.com")


@lru_cache(REMEMBERED)
def network_of(origin: str) -> str:
    """Where a call came from, coarse enough to count: a /24 or /48 network, a VPC endpoint, or a service's name."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
