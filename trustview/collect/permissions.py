"""Policies: what the caller and the reader role need, and what a hop is cut down to. Pure.

All of them are made from OPERATIONS: what is asked is allowed, and nothing else. Action names are spelt out, never
wildcards: `cognito-identity:Get*` would give credentials away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from trustview.collect.operations import OPERATIONS, Asked

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


def caller_policy(roll: Roll) -> Policy:
    """What the caller may do: read the organization and its own account, and enter the reader role of the others."""
    return _policy(
        [
            _allow("ReadOrganization", actions(Asked.ORGANIZATION)),
            _allow("ReadOwnAccount", actions(Asked.ACCOUNT)),
            {
                **_allow("EnterAccounts", actions(Asked.HOP), role_arn(roll.partition, "*", roll.role_name)),
                "Condition": {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
            },
        ]
    )


def session_policy() -> str:
    """What a session in a member account is cut down to, however much its role may do."""
    return _text(_policy([_allow("", actions(Asked.ACCOUNT))]))


def hub_session_policy(partition: str, role_name: str) -> str:
    """What a session of a hub role is cut down to: it reads the organization and enters the accounts."""
    reads = _allow("", actions(Asked.ORGANIZATION, Asked.ACCOUNT))
    return _text(_policy([reads, _allow("", actions(Asked.HOP), role_arn(partition, "*", role_name))]))


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
