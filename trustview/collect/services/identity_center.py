"""IAM Identity Center: its permission sets, and who has which of them in which account.

Asked in one account that can answer for the organization, in every Region: nobody says beforehand in which one the
instance is. It costs a call for each pair of account and permission set, which AWS takes at 20 a second.
https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from trustview.collect.failure import CallError
from trustview.collect.parts import Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, in_one_home_of, unless_left_out
from trustview.snapshot import AccountAssignment, IdentityCenterInstance, PermissionSet, Snapshot

Raw = Mapping[str, Any]
CLIENT, DIRECTORY = "sso-admin", "identitystore"
PAGE = 100


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The instances of one Region with their permission sets and assignments.

    An instance that is copied to several Regions is read in its primary one.
    """
    listed = await reader.items(CLIENT, "ListInstances", "Instances", MaxResults=PAGE)
    here = [one for one in listed if one.get("PrimaryRegion", reader.region) == reader.region]
    return {"instances": list(await together(*(_fetch_instance(reader, one) for one in here)))}


async def _fetch_instance(reader: Reader, instance: Raw) -> dict[str, Any]:
    arn = instance["InstanceArn"]
    sets = await reader.items(CLIENT, "ListPermissionSets", "PermissionSets", InstanceArn=arn, MaxResults=PAGE)
    found = await reader.each(partial(_fetch_set, reader, arn, one) for one in sets)
    who = {(one["PrincipalType"], one["PrincipalId"]) for its in found for one in its["assignments"]}
    store = instance.get("IdentityStoreId") or ""
    names = await together(*(_fetch_name(reader, store, kind, one) for kind, one in sorted(who)))
    return {"instance": dict(instance), "sets": found, "names": [name for name in names if name]}


async def _fetch_set(reader: Reader, instance: str, arn: str) -> dict[str, Any]:
    asked = {"InstanceArn": instance, "PermissionSetArn": arn}
    described, accounts = await together(
        reader.get(CLIENT, "DescribePermissionSet", "PermissionSet", **asked),
        reader.items(CLIENT, "ListAccountsForProvisionedPermissionSet", "AccountIds", **asked, MaxResults=PAGE),
    )
    list_assignments = partial(reader.items, CLIENT, "ListAccountAssignments", "AccountAssignments", **asked)
    assigned = await reader.each(partial(list_assignments, AccountId=one, MaxResults=PAGE) for one in accounts)
    return {"set": described, "assignments": list(chain.from_iterable(assigned))}


async def _fetch_name(reader: Reader, store: str, kind: str, one: str) -> list[str] | None:
    """(kind, id, name) of a user or group; None for one that the directory no longer has."""
    is_group = kind == "GROUP"
    operation, key, member = ("DescribeGroup", "GroupId", "DisplayName") if is_group else _USER
    try:
        answer = await reader.whole(DIRECTORY, operation, key, IdentityStoreId=store, **{key: one})
    except CallError as error:
        if not error.failure.is_gone:
            reader.lack(f"name of {kind.lower()} {one}", error.failure)
        return None
    return [kind, one, str(answer.get(member) or "")]


_USER = ("DescribeUser", "UserId", "UserName")


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Found:
    """What the instances of one Region hold."""

    instances: tuple[IdentityCenterInstance, ...]
    sets: tuple[PermissionSet, ...]
    assignments: tuple[AccountAssignment, ...]


def read(part: Part) -> Found:
    """The instances of one account and Region."""
    told = part.answer["instances"]
    names = {(kind, one): name for each in told for kind, one, name in each["names"]}
    return Found(
        tuple(read_instance(each["instance"], part.account, part.region) for each in told),
        tuple(read_set(its["set"], each["instance"]["InstanceArn"]) for each in told for its in each["sets"]),
        tuple(
            read_assignment(one, names) for each in told for its in each["sets"] for one in its["assignments"]
        ),
    )  # fmt: skip


def read_instance(raw: Raw, account: str, region: str) -> IdentityCenterInstance:
    """An instance of ListInstances."""
    return IdentityCenterInstance(
        arn=raw["InstanceArn"],
        account=raw.get("OwnerAccountId") or account,
        region=region,
        identity_store=raw.get("IdentityStoreId") or "",
        name=raw.get("Name") or "",
        status=raw.get("Status") or "",
        created=raw.get("CreatedDate") or "",
    )


def read_set(raw: Raw, instance: str) -> PermissionSet:
    """A permission set of DescribePermissionSet."""
    return PermissionSet(
        arn=raw["PermissionSetArn"],
        instance=instance,
        name=raw.get("Name") or "",
        description=raw.get("Description") or "",
        session_duration=raw.get("SessionDuration") or "",
        created=raw.get("CreatedDate") or "",
    )


def read_assignment(raw: Raw, names: Mapping[tuple[str, str], str]) -> AccountAssignment:
    """An assignment of ListAccountAssignments."""
    kind, one = raw["PrincipalType"], raw["PrincipalId"]
    return AccountAssignment(raw["AccountId"], raw["PermissionSetArn"], kind, one, names.get((kind, one), ""))


def join(snapshot: Snapshot, found: Sequence[Found]) -> Snapshot:
    """The snapshot with the instances, permission sets and assignments, each once."""
    assignments = {one for each in found for one in each.assignments}
    return replace(
        snapshot,
        identity_center_instances=tuple(
            sorted({one for each in found for one in each.instances}, key=lambda one: one.arn)
        ),
        permission_sets=tuple(sorted({one for each in found for one in each.sets}, key=lambda one: one.arn)),
        account_assignments=tuple(
            sorted(assignments, key=lambda one: (one.account, one.permission_set, one.principal_type, one.principal_id))
        ),
    )


IDENTITY_CENTER = Service(
    "identity-center",
    CLIENT,
    Extent.REGION,
    fetch,
    read,
    join,
    is_at=in_one_home_of("sso.amazonaws.com"),
    choice=unless_left_out,
)
