"""Trails of an invented organization: any number of records in realistic proportion, in AWS's own layout of files.

Some six per cent assume a role: services, sessions within an account and across accounts (one copy in each, under one
`sharedEventID`), web identities, SAML users, refused calls. The rest is what fills real trails. The same seed gives the
same files. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

ORGANIZATION = "o-exampleorgid"
FIRST_DAY = date(2026, 9, 1)
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2")
SLOTS_A_DAY = 48
COPIES_PER_CALL = 1.2
ROLES = 40

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to invent: `events` records over accounts, Regions and days."""

    events: int
    accounts: int = 12
    regions: int = 2
    days: int = 6
    seed: int = 1

    @property
    def account_ids(self) -> tuple[str, ...]:
        """The accounts; the first ones are the busiest."""
        return tuple(f"{111100000000 + 7919 * number:012}" for number in range(1, self.accounts + 1))

    @property
    def parts(self) -> tuple[tuple[str, date], ...]:
        """Every Region with every day: what one process writes at a time."""
        dates = [FIRST_DAY + timedelta(days=number) for number in range(self.days)]
        return tuple(product(REGIONS[: self.regions], dates))


def write_trail(folder: Path, plan: Plan, region: str, day: date) -> Counter[str]:
    """Writes the files of a Region and day; how many records, copies and successful calls they hold."""
    counts: Counter[str] = Counter()
    for name, records, told in invent_files(plan, region, day):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"Records": records}, separators=(",", ":")).encode()
        path.write_bytes(gzip.compress(text, 6))
        counts.update(told, records=len(records), bytes=len(text), files=1)
    return counts


def invent_files(plan: Plan, region: str, day: date) -> Iterator[tuple[str, list[Record], Counter[str]]]:
    """The files of a Region and day: their names, their records, and the calls that were made in them."""
    chance = random.Random(f"{plan.seed} {region} {day}")  # noqa: S311  invented
    inventor = Inventor(plan, region, chance)
    wanted = plan.events / (len(plan.parts) * SLOTS_A_DAY)
    shares = [1 / (number + 1) for number in range(plan.accounts)]
    for slot in range(SLOTS_A_DAY):
        moment = datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1) * slot / SLOTS_A_DAY
        by_account: dict[str, list[Record]] = {account: [] for account in plan.account_ids}
        told: Counter[str] = Counter()
        for account, share in zip(plan.account_ids, shares, strict=True):
            for _ in range(round(wanted * share / sum(shares))):
                when = moment + timedelta(seconds=chance.randrange(86400 // SLOTS_A_DAY))
                copies = inventor.invent(account, when)
                is_call = copies[0]["eventName"].startswith("AssumeRole")
                told.update(calls=is_call, refused=is_call and "errorCode" in copies[0], copies=is_call * len(copies))
                for copy in copies:
                    by_account[copy["recipientAccountId"]].append(copy)
        for account, records in by_account.items():
            if records:
                records.sort(key=lambda record: record["eventTime"])
                mark = f"{chance.getrandbits(80):020x}"[:16]
                yield file_name(account, region, moment, mark), records, told
                told = Counter()


def file_name(account: str, region: str, moment: datetime, mark: str) -> str:
    """Where AWS puts a file of an organization's trail.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """
    folder = f"AWSLogs/{ORGANIZATION}/{account}/CloudTrail/{region}/{moment:%Y/%m/%d}"
    return f"{folder}/{account}_CloudTrail_{region}_{moment:%Y%m%dT%H%MZ}_{mark}.json.gz"


# ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────

# (weight, source, name, what is asked): management events as they fill trails, most of them reads of machines.
_BACKGROUND: tuple[tuple[int, str, str, bool, dict[str, Any]], ...] = (
    (17, "kms", "Decrypt", True, {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": "key/{hex}"}),
    (8, "kms", "GenerateDataKey", True, {"keySpec": "AES_256", "keyId": "key/{hex}"}),
    (9, "ec2", "DescribeInstances", True, {"instancesSet": {"items": [{"instanceId": "i-{hex}"}]}, "filterSet": {}}),
    (6, "ec2", "DescribeVolumes", True, {"volumeSet": {}, "filterSet": {"items": [{"name": "attachment.status"}]}}),
    (5, "ec2", "DescribeNetworkInterfaces", True, {"networkInterfaceIdSet": {"items": [{"id": "eni-{hex}"}]}}),
    (8, "ssm", "UpdateInstanceInformation", False, {"instanceId": "i-{hex}", "agentVersion": "3.3.2299.0"}),
    (5, "ssm", "GetParameter", True, {"name": "/app/{word}/setting", "withDecryption": True}),
    (5, "logs", "CreateLogStream", False, {"logGroupName": "/aws/lambda/{word}", "logStreamName": "[$LATEST]{hex}"}),
    (5, "s3", "GetBucketAcl", True, {"bucketName": "example-{word}", "Host": "s3.amazonaws.com", "acl": ""}),
    (5, "elasticloadbalancing", "DescribeTargetHealth", True, {"targetGroupArn": "targetgroup/{word}/{hex}"}),
    (4, "autoscaling", "DescribeAutoScalingGroups", True, {"maxRecords": 100, "autoScalingGroupNames": ["{word}"]}),
    (4, "monitoring", "DescribeAlarms", True, {"maxRecords": 100, "alarmNamePrefix": "{word}"}),
    (4, "dynamodb", "DescribeTable", True, {"tableName": "{word}"}),
    (3, "iam", "GetRole", True, {"roleName": "{word}"}),
    (2, "iam", "ListAttachedRolePolicies", True, {"roleName": "{word}", "maxItems": 100}),
    (2, "ecr", "BatchGetImage", True, {"repositoryName": "{word}", "imageIds": [{"imageTag": "sha-{hex}"}]}),
    (2, "sts", "GetCallerIdentity", True, {}),
    (1, "secretsmanager", "GetSecretValue", True, {"secretId": "{word}"}),
    (1, "cloudformation", "DescribeStackEvents", True, {"stackName": "Deploy-AssumeRole-{word}"}),
)
_CALLS = ((30, "service"), (10, "within"), (10, "across"), (6, "web"), (2, "saml"), (2, "refused"))
CALLS_PER_CENT = 5
_SERVICES = ("ec2", "lambda", "ecs-tasks", "config")
_WORDS = ("orders", "billing", "search", "payments", "catalog", "ledger", "reports", "gateway", "session", "audit")
_AGENTS = (
    "aws-sdk-java/2.25.60 Linux/5.10.218 OpenJDK_64-Bit_Server_VM/17.0.11+9-LTS Java/17.0.11 vendor/Amazon.com_Inc.",
    "Boto3/1.43.117 md/Botocore#1.43.117 ua/2.1 os/linux#6.1.94 md/arch#x86_64 lang/python#3.12.4 md/pyimpl#CPython",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) aws-sdk-go-v2/1.36.3 ua/2.1 os/linux",
    "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.2 md/GOARCH#amd64 api/ec2#1.203.1",
    "aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.2",
)


@dataclass(frozen=True, slots=True)
class Inventor:
    """Invents records of one Region."""

    plan: Plan
    region: str
    chance: random.Random

    def invent(self, account: str, when: datetime) -> list[Record]:
        """One call: all copies of its record, that of the caller first."""
        if self.chance.random() * 100 * COPIES_PER_CALL >= CALLS_PER_CENT * COPIES_PER_CALL:
            return [self._background(account, when)]
        (kind,) = self.chance.choices([kind for _, kind in _CALLS], [weight for weight, _ in _CALLS])
        return self._assumption(kind, account, when)

    def _background(self, account: str, when: datetime) -> Record:
        (chosen,) = self.chance.choices(_BACKGROUND, _WEIGHTS)
        _, source, name, is_read, asked = chosen
        text = json.dumps(asked).replace("{hex}", self._hex(17)).replace("{word}", self.chance.choice(_WORDS))
        caller = self.chance.randrange(ROLES)
        record = self._record(source, name, account, when, caller)
        record |= {"requestParameters": json.loads(text) or None, "responseElements": None, "readOnly": is_read}
        return self._finish(record, self._session(account, when, caller), account)

    def _assumption(self, kind: str, account: str, when: datetime) -> list[Record]:
        """A role is assumed, or is not."""
        owner = self.chance.choice(self.plan.account_ids) if kind == "across" else account
        number = int(ROLES * self.chance.random() ** 3)
        role = f"Role{number}"
        session = f"{self.chance.choice(_WORDS)}-{self._hex(8)}"
        name = {"web": "AssumeRoleWithWebIdentity", "saml": "AssumeRoleWithSAML"}.get(kind, "AssumeRole")
        record = self._record("sts", name, account, when, number)
        record["requestParameters"] = {"roleArn": f"arn:aws:iam::{owner}:role/app/{role}", "roleSessionName": session}
        if kind == "refused":
            role_arn = record["requestParameters"]["roleArn"]
            record |= {
                "errorCode": "AccessDenied",
                "errorMessage": f"User is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
                "responseElements": None,
            }
        else:
            record["responseElements"] = self._response(owner, role, session, when)
        if kind == "saml":
            record["requestParameters"]["principalArn"] = f"arn:aws:iam::{account}:saml-provider/Directory"
        record["readOnly"] = True
        record["resources"] = [
            {"accountId": owner, "type": "AWS::IAM::Role", "ARN": f"arn:aws:iam::{owner}:role/app/{role}"}
        ]
        who = self._who(kind, account, when, number)
        if owner == account:
            return [self._finish(record, who, account)]
        record["sharedEventID"] = self._uuid()
        theirs = {"type": "AWSAccount", "principalId": who["principalId"], "accountId": account}
        return [self._finish(record, who, account), self._finish(record, theirs, owner)]

    def _who(self, kind: str, account: str, when: datetime, role: int) -> Record:
        """Who assumes a role: each role has one or two callers that are usual."""
        if kind == "service":
            return {"type": "AWSService", "invokedBy": f"{_SERVICES[role % len(_SERVICES)]}.amazonaws.com"}
        if kind == "web":
            provider = f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
            subject = f"repo:example/{_WORDS[role % len(_WORDS)]}:ref:refs/heads/main"
            principal = f"{provider}:sts.amazonaws.com:{subject}"
            return {
                "type": "WebIdentityUser", "principalId": principal, "userName": subject, "identityProvider": provider,
            }  # fmt: skip
        if kind == "saml":
            provider = f"arn:aws:iam::{account}:saml-provider/Directory"
            person = f"{self.chance.choice(_WORDS)}@example.com"
            return {
                "type": "SAMLUser", "principalId": f"{self._hex(27)}:{person}", "userName": person,
                "identityProvider": provider,
            }  # fmt: skip
        return self._session(account, when, (role + 7 + self.chance.randrange(2)) % ROLES)

    def _session(self, account: str, when: datetime, number: int) -> Record:
        name, unique = f"Role{number}", f"AROA{account[-6:]}{number:011}"
        session = f"i-0{self.chance.randrange(ROLES):016x}"
        return {
            "type": "AssumedRole",
            "principalId": f"{unique}:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
            "accountId": account,
            "accessKeyId": f"ASIA{self._hex(16).upper()}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": unique, "arn": f"arn:aws:iam::{account}:role/app/{name}",
                    "accountId": account, "userName": name,
                },
                "attributes": {"creationDate": f"{when:%Y-%m-%dT%H:00:00Z}", "mfaAuthenticated": "false"},
                "ec2RoleDelivery": "2.0",
            },
        }  # fmt: skip

    def _record(self, source: str, name: str, account: str, when: datetime, caller: int) -> Record:
        """What every record tells; each caller has a network and a program that are usual."""
        network = int(account[-5:]) % 250
        return {
            "eventVersion": "1.11",
            "userIdentity": None,
            "eventTime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": f"{source}.amazonaws.com",
            "eventName": name,
            "awsRegion": self.region,
            "sourceIPAddress": f"10.{network}.{caller % 4}.{self.chance.randrange(1, 255)}",
            "userAgent": _AGENTS[caller % len(_AGENTS)],
        }

    def _response(self, owner: str, role: str, session: str, when: datetime) -> Record:
        return {
            "credentials": {
                "accessKeyId": f"ASIA{self._hex(16).upper()}",
                "sessionToken": "".join(self._hex(40) for _ in range(12)),
                "expiration": f"{when + timedelta(hours=1):%b %d, %Y, %I:%M:%S %p}",
            },
            "assumedRoleUser": {
                "assumedRoleId": f"AROA{self._hex(17).upper()}:{session}",
                "arn": f"arn:aws:sts::{owner}:assumed-role/{role}/{session}",
            },
        }

    def _finish(self, record: Record, who: Record, recipient: str) -> Record:
        host = f"{record['eventSource'].partition('.')[0]}.{self.region}.amazonaws.com"
        return record | {
            "userIdentity": who,
            "requestID": self._uuid(),
            "eventID": self._uuid(),
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": recipient,
            "eventCategory": "Management",
            "tlsDetails": {
                "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host,
            },
        }  # fmt: skip

    def _hex(self, length: int) -> str:
        return f"{self.chance.getrandbits(4 * length):0{length}x}"

    def _uuid(self) -> str:
        digits = self._hex(32)
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_WEIGHTS = [weight for weight, *_ in _BACKGROUND]
