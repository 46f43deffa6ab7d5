"""CloudTrail's event history: the patterns of `usage.json` expanded into the copies that each account would hold.

A call across accounts that succeeds is recorded in the caller's and in the role's account under one `sharedEventID`;
the role's copy does not say the caller's ARN. A call across accounts that is refused is recorded in the caller's
account alone. A call from outside the organization leaves only the role's copy. Calls of services, SAML and OpenID
Connect users are recorded where the role is. https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from trustview.demo.habits import HISTORY_DAYS, moments_of, patterns_of
from trustview.demo.records import Acme, Role, User
from trustview.demo.replies import Reply, json_reply, refusal
from trustview.demo.templates import unique_id, uuid_of

PAGE = 50
Event = dict[str, Any]


class Trail:
    """Answers LookupEvents for every account and Region; events are made when first asked for, by one thread."""

    def __init__(self, acme: Acme) -> None:
        self._acme = acme
        self._roles = {role.arn: role for role in acme.roles}
        self._people: dict[str, Role | User] = {**self._roles, **{user.arn: user for user in acme.users}}
        self._copies: dict[tuple[str, str], list[Event]] | None = None
        self._making = threading.Lock()

    def lookup(self, account_id: str, region: str, content: Mapping[str, Any]) -> Reply:
        """LookupEvents: newest first, at most 50 a page, at most one attribute."""
        attributes = content.get("LookupAttributes") or []
        if len(attributes) > 1:
            message = "You can specify only one lookup attribute."
            return refusal("cloudtrail", "InvalidLookupAttributesException", message, status=400)
        first = content.get("StartTime", (self._acme.now - timedelta(days=HISTORY_DAYS)).timestamp())
        last = content.get("EndTime", self._acme.now.timestamp())
        found = [
            event
            for event in self._events(account_id, region)
            if first <= event["EventTime"] <= last and all(_has(event, attribute) for attribute in attributes)
        ]
        start, size = int(content.get("NextToken") or 0), min(int(content.get("MaxResults") or PAGE), PAGE)
        answer: dict[str, Any] = {"Events": found[start : start + size]}
        if len(found) > start + size:
            answer["NextToken"] = str(start + size)
        return json_reply(answer)

    def _events(self, account_id: str, region: str) -> list[Event]:
        with self._making:
            if self._copies is None:
                self._copies = self._make()
        return self._copies.get((account_id, region), [])

    def _make(self) -> dict[tuple[str, str], list[Event]]:
        copies: dict[tuple[str, str], list[Event]] = {}
        for record in self._expand():
            copies.setdefault((record["recipientAccountId"], record["awsRegion"]), []).append(_event(record))
        for events in copies.values():
            events.sort(key=lambda event: event["EventTime"], reverse=True)
        return copies

    def _expand(self) -> Iterator[dict[str, Any]]:
        for pattern, account_id in patterns_of(self._acme):
            role = self._roles.get(f"arn:aws:iam::{account_id}:role{pattern['role']}")
            if role is None:
                continue
            latest = self._acme.now if pattern.get("refused") else role.last_used
            for number, moment in enumerate(moments_of(pattern, account_id, self._acme.now)):
                if latest is not None and moment <= latest:
                    yield from self._copies_of(pattern, role, moment, number)

    def _copies_of(
        self, pattern: dict[str, Any], role: Role, moment: datetime, number: int
    ) -> Iterator[dict[str, Any]]:
        caller = pattern["caller"]
        name = (role.arn, caller, pattern["event"], moment.isoformat(), number)
        session = pattern.get("session", "session-{n}").replace("{n}", str(1000 + number))
        record = self._record(pattern, role, moment, session, name)
        person = self._people.get(caller)
        caller_account = caller.split(":")[4] if caller.startswith("arn:aws:iam::") else ""
        if pattern["event"] != "AssumeRole" or not caller.startswith("arn:aws:iam::"):
            who = _service(caller) if "." in caller and not caller.startswith("arn:") else _federated(pattern, caller)
            yield {**record, "userIdentity": who, "recipientAccountId": role.account_id, "eventID": uuid_of(*name)}
            return
        crosses = caller_account != role.account_id
        shared = {"sharedEventID": uuid_of(*name, "shared")} if crosses else {}
        if person is not None:
            who = _known(person, session, moment)
            yield {
                **record, **shared, "userIdentity": who, "recipientAccountId": caller_account,
                "eventID": uuid_of(*name, "caller"),
            }  # fmt: skip
        if crosses and not pattern.get("refused"):
            is_user = ":user/" in caller
            identity = person.id if person is not None else unique_id("AIDA" if is_user else "AROA", caller)
            principal = identity if is_user else f"{identity}:{session}"
            who = {"type": "AWSAccount", "principalId": principal, "accountId": caller_account}
            yield {
                **record, **shared, "userIdentity": who, "recipientAccountId": role.account_id,
                "eventID": uuid_of(*name, "role"),
            }  # fmt: skip

    def _record(
        self, pattern: dict[str, Any], role: Role, moment: datetime, session: str, name: tuple[object, ...]
    ) -> dict[str, Any]:
        region = pattern.get("region", self._acme.home_region)
        parameters = {"roleArn": role.arn, "roleSessionName": session, **pattern.get("parameters", {})}
        record = {
            "eventVersion": "1.11",
            "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": "sts.amazonaws.com",
            "eventName": pattern["event"],
            "awsRegion": region,
            "sourceIPAddress": pattern.get("source", "192.0.2.10"),
            "userAgent": pattern.get("agent", "Boto3/1.43"),
            "requestParameters": parameters,
            "requestID": uuid_of(*name, "request"),
            "additionalEventData": {"RequestDetails": {"endpointType": "regional", "awsServingRegion": region}},
            "readOnly": True,
            "resources": [{"accountId": role.account_id, "type": "AWS::IAM::Role", "ARN": role.arn}],
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "eventCategory": "Management",
        }
        if pattern.get("refused"):
            message = f"User is not authorized to perform: sts:{pattern['event']} on resource: {role.arn}"
            return {**record, "responseElements": None, "errorCode": "AccessDenied", "errorMessage": message}
        user = {
            "assumedRoleId": f"{role.id}:{session}",
            "arn": f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{session}",
        }
        key = unique_id("ASIA", *name)[:20]
        expires = (moment + timedelta(hours=1)).strftime("%b %d, %Y, %I:%M:%S %p")
        response = {"assumedRoleUser": user, "credentials": {"accessKeyId": key, "expiration": expires}}
        return {**record, "responseElements": response}


def _known(person: Role | User, session: str, moment: datetime) -> dict[str, Any]:
    if isinstance(person, User):
        return {
            "type": "IAMUser", "principalId": person.id, "arn": person.arn, "accountId": person.account_id,
            "accessKeyId": unique_id("AKIA", person.arn)[:20], "userName": person.name,
        }  # fmt: skip
    attributes = {"creationDate": moment.strftime("%Y-%m-%dT%H:00:00Z"), "mfaAuthenticated": "false"}
    issuer = {
        "type": "Role", "principalId": person.id, "arn": person.arn, "accountId": person.account_id,
        "userName": person.name,
    }  # fmt: skip
    return {
        "type": "AssumedRole",
        "principalId": f"{person.id}:{session}",
        "arn": f"arn:aws:sts::{person.account_id}:assumed-role/{person.name}/{session}",
        "accountId": person.account_id,
        "accessKeyId": unique_id("ASIA", person.arn, moment)[:20],
        "sessionContext": {"sessionIssuer": issuer, "attributes": attributes},
    }


def _service(name: str) -> dict[str, Any]:
    return {"type": "AWSService", "invokedBy": name}


def _federated(pattern: dict[str, Any], provider: str) -> dict[str, Any]:
    user = pattern["user"]
    if pattern["event"] == "AssumeRoleWithSAML":
        return {"type": "SAMLUser", "principalId": f"{provider}:{user}", "userName": user, "identityProvider": provider}
    return {
        "type": "WebIdentityUser", "principalId": f"{provider}:sts.amazonaws.com:{user}", "userName": user,
        "identityProvider": provider,
    }  # fmt: skip


def _event(record: dict[str, Any]) -> Event:
    """The event as LookupEvents lists it, with the whole record as text."""
    who = record["userIdentity"]
    moment = datetime.fromisoformat(record["eventTime"])
    event = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": "true",
        "EventTime": moment.timestamp(),
        "EventSource": record["eventSource"],
        "Resources": [{"ResourceType": "AWS::IAM::Role", "ResourceName": record["requestParameters"]["roleArn"]}],
        "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
    }
    issuer = who.get("sessionContext", {}).get("sessionIssuer", {})
    username = who.get("userName") or issuer.get("userName") or who.get("invokedBy")
    if username:
        event["Username"] = username
    if "accessKeyId" in who:
        event["AccessKeyId"] = who["accessKeyId"]
    return event


def _has(event: Event, attribute: Mapping[str, str]) -> bool:
    key, value = attribute["AttributeKey"], attribute["AttributeValue"]
    if key == "ResourceName":
        return any(
            value in (item["ResourceName"], item["ResourceName"].rpartition("/")[2]) for item in event["Resources"]
        )
    if key == "ResourceType":
        return any(value == item["ResourceType"] for item in event["Resources"])
    return bool(event.get(key) == value)
