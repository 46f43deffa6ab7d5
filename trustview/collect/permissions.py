"""Policies: what the caller and the reader role need, and what a hop is cut down to. Pure.

All of them are made from OPERATIONS: what is asked is allowed, and nothing else. Action names are spelt out, never
wildcards: `cognito-identity:Get*` would give credentials away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from trustview.collect.evidence_source import NO_EVIDENCE, EvidenceSource, SourceKind
from trustview.collect.operations import EVIDENCE_OPERATIONS, OPERATIONS, Asked

# AWS takes at most so many characters of a session policy.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
SESSION_POLICY_LIMIT = 2048
VERSION = "2012-10-17"

Policy = dict[str, object]
Statement = dict[str, object]


@dataclass(frozen=True, slots=True)
class Roll:
    """Who enters what: the account of the caller, and the role that stands in every account.

    `callers` are ARN patterns of who may enter; empty means whoever the account lets. `organization` is the id that
    callers must be of, `external_id` what they must say; empty means that neither is asked for.
    """

    account: str
    role_name: str
    callers: tuple[str, ...] = ()
    organization: str = ""
    external_id: str = ""
    partition: str = "aws"

    @property
    def path(self) -> str:
        """The role's path, with a slash at both ends."""
        path = self.role_name.strip("/").rpartition("/")[0]
        return f"/{path}/" if path else "/"

    @property
    def name(self) -> str:
        """The role's name without its path."""
        return self.role_name.strip("/").rpartition("/")[2]


def actions(*asked: Asked) -> list[str]:
    """The IAM actions of the operations that are asked so, each once, sorted."""
    return sorted({operation.action for operation in OPERATIONS if operation.asked in asked and operation.action})


def reader_policy() -> Policy:
    """What the reader role of an account may do."""
    return _policy([_allow("ReadAccount", actions(Asked.ACCOUNT))])


def reader_trust(roll: Roll) -> Policy:
    """Who may enter the reader role: the caller's account, within the organization.

    A caller is named by a condition on its ARN, so that it may be written before it exists and as a pattern for roles
    of Identity Center, whose names end at random.
    """
    tests: dict[str, dict[str, object]] = {}
    if roll.organization:
        tests.setdefault("StringEquals", {})["aws:PrincipalOrgID"] = roll.organization
    if roll.external_id:
        tests.setdefault("StringEquals", {})["sts:ExternalId"] = roll.external_id
    if roll.callers:
        tests["ArnLike"] = {"aws:PrincipalArn": list(roll.callers)}
    trust: Statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{roll.partition}:iam::{roll.account}:root"},
        "Action": "sts:AssumeRole",
    }
    return _policy([{**trust, "Condition": tests} if tests else trust])


def evidence_policy(source: EvidenceSource, partition: str) -> Policy:
    """What whoever asks a source of evidence may do beyond that, where it lies; nothing for a source of every account.

    Without a key of its own the trail needs no `kms:Decrypt`.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    """
    return _policy(_evidence_statements(source, partition))


def _evidence_statements(source: EvidenceSource, partition: str) -> list[Statement]:
    asked = [operation.action for operation in EVIDENCE_OPERATIONS.get(source.kind, ())]
    if source.kind is SourceKind.ATHENA:
        return _athena_statements(source, partition, asked)
    if source.kind is SourceKind.LAKE:
        store = source.store.rpartition("/")[2]
        return [_allow("QueryLake", sorted(asked), f"arn:{partition}:cloudtrail:*:*:eventdatastore/{store}")]
    if source.kind is not SourceKind.BUCKET:
        return []
    bucket = f"arn:{partition}:s3:::{source.bucket}"
    files = f"{bucket}/{source.prefix}/*" if source.prefix else f"{bucket}/*"
    decrypt = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}
    return [
        _allow("ListTrail", [action for action in asked if action == "s3:ListBucket"], bucket),
        _allow("ReadTrail", [action for action in asked if action != "s3:ListBucket"], files),
        {**_allow("DecryptTrail", ["kms:Decrypt"]), "Condition": decrypt},
    ]


def _athena_statements(source: EvidenceSource, partition: str, asked: list[str]) -> list[Statement]:
    """What we ask, and what Athena does in the caller's name: it reads the table and its files and writes the answer.

    Which buckets these are only the table and the workgroup say: they are to be named instead of `*`.
    https://docs.aws.amazon.com/athena/latest/ug/managed-policies.html
    """
    names = ("catalog", f"database/{source.database}", f"table/{source.database}/{source.table}")
    table = {"Resource": [f"arn:{partition}:glue:*:*:{name}" for name in names]}
    queries = [action for action in asked if action.startswith("athena:")]
    return [
        _allow("QueryTrail", queries, f"arn:{partition}:athena:*:*:workgroup/{source.workgroup}"),
        {**_allow("ReadTable", ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable"]), **table},
        _allow("ReadTrail", ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"], f"arn:{partition}:s3:::*"),
        _allow("WriteAnswer", ["s3:AbortMultipartUpload", "s3:PutObject"], f"arn:{partition}:s3:::*"),
    ]


def _evidence_in_short(source: EvidenceSource, partition: str) -> list[Statement]:
    """The same in one statement without conditions, for sessions, whose policies must be short.

    What a query touches has many names: there the role's own policy alone says where.
    """
    found = _evidence_statements(source, partition)
    if not found:
        return []
    allowed = sorted({action for statement in found for action in _texts(statement["Action"])})
    if source.is_paid:
        return [_allow("", allowed)]
    resources = sorted({resource for statement in found for resource in _texts(statement["Resource"])})
    keys = [f"arn:{partition}:kms:*:*:key/*" if resource == "*" else resource for resource in resources]
    return [{"Effect": "Allow", "Action": allowed, "Resource": keys}]


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def caller_policy(roll: Roll, source: EvidenceSource = NO_EVIDENCE) -> Policy:
    """What the caller may do: read the organization and its own account, and enter the reader role of the others.

    A source of evidence is one that lies in the caller's account, or that lets the caller in.
    """
    return _policy(
        [
            _allow("ReadOrganization", actions(Asked.ORGANIZATION)),
            _allow("ReadOwnAccount", actions(Asked.ACCOUNT)),
            {
                **_allow("EnterAccounts", actions(Asked.HOP), role_arn(roll.partition, "*", roll.role_name)),
                "Condition": {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
            },
            *_evidence_statements(source, roll.partition),
        ]
    )


def session_policy(source: EvidenceSource = NO_EVIDENCE, partition: str = "aws") -> str:
    """What a session in a member account is cut down to, however much its role may do; a source may lie there."""
    return _text(_policy([_allow("", actions(Asked.ACCOUNT)), *_evidence_in_short(source, partition)]))


def hub_session_policy(partition: str, role_name: str, source: EvidenceSource = NO_EVIDENCE) -> str:
    """What a session of a hub role is cut down to: it reads the organization and enters the accounts."""
    reads = _allow("", actions(Asked.ORGANIZATION, Asked.ACCOUNT))
    enters = _allow("", actions(Asked.HOP), role_arn(partition, "*", role_name))
    return _text(_policy([reads, enters, *_evidence_in_short(source, partition)]))


def role_arn(partition: str, account: str, role_name: str) -> str:
    """The ARN of a role by its name with the path before it."""
    return f"arn:{partition}:iam::{account}:role/{role_name.strip('/')}"


def _policy(statements: list[Statement]) -> Policy:
    return {"Version": VERSION, "Statement": statements}


def _allow(sid: str, allowed: Iterable[str], resource: str = "*") -> Statement:
    named: Statement = {"Sid": sid} if sid else {}
    return {**named, "Effect": "Allow", "Action": list(allowed), "Resource": resource}


def _text(policy: Policy) -> str:
    return json.dumps(policy, separators=(",", ":"))
