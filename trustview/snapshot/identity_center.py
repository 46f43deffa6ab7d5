"""IdentityCenterInstance, PermissionSet, AccountAssignment: who may sign in to which account by IAM Identity Center.

A permission set stands in each account that it is assigned in as the role `AWSReservedSSO_<name>_<hash>`.
https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentityCenterInstance:
    """An instance of IAM Identity Center; `account` owns it, `region` is where it answers."""

    arn: str
    account: str
    region: str
    identity_store: str
    name: str = ""
    status: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """A permission set of an instance; `session_duration` is in ISO 8601 (`PT1H`)."""

    arn: str
    instance: str
    name: str
    description: str = ""
    session_duration: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class AccountAssignment:
    """A user or group (`principal_type` is USER or GROUP) that has a permission set in an account.

    `principal_name` is empty when it was not read, or the directory no longer knows who it was.
    """

    account: str
    permission_set: str
    principal_type: str
    principal_id: str
    principal_name: str = ""
