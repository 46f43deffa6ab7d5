"""Organizations: the tree with its accounts, the guardrails and where they hang, the tags of accounts and OUs.

Three questions, because the accounts can be read as soon as the first is answered. An account that moves while the tree
is walked may be met nowhere, or twice: so all accounts are listed once more at the end. Guardrails of a kind count only
when they were read in full: a level whose policies are unknown would look like one that allows nothing.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from trustview.collect.parts import Lack, Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, unless_left_out
from trustview.snapshot import (
    Account,
    AccountStatus,
    GapKind,
    GuardrailKind,
    GuardrailPolicy,
    Organization,
    OrganizationalUnit,
    Snapshot,
    Tags,
)

Raw = Mapping[str, Any]
PAGE = 20


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch_tree(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The organization, its root, OUs and accounts; CallError when they cannot all be had."""
    organization, roots = await together(
        reader.get("organizations", "DescribeOrganization", "Organization"),
        reader.items("organizations", "ListRoots", "Roots"),
    )
    branches, delegated, trusted = await together(
        _fetch_branches(reader, [root["Id"] for root in roots]),
        reader.attempt("delegated administrators", partial(_fetch_delegated, reader)),
        reader.attempt("services that are trusted in every account", partial(_fetch_trusted, reader)),
    )
    return {
        "organization": organization,
        "roots": roots,
        "branches": branches,
        "strays": await _fetch_strays(reader, roots, branches),
        "delegated": delegated or [],
        "trusted": trusted or [],
    }


async def _fetch_branches(reader: Reader, parents: Sequence[str]) -> list[dict[str, Any]]:
    """What hangs below each parent, level by level."""
    found: list[dict[str, Any]] = []
    while parents:
        level = await together(*(_fetch_branch(reader, parent) for parent in parents))
        found.extend(level)
        parents = [unit["Id"] for branch in level for unit in branch["units"]]
    return found


async def _fetch_branch(reader: Reader, parent: str) -> dict[str, Any]:
    units, accounts = await together(
        reader.items(
            "organizations", "ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent, MaxResults=PAGE
        ),
        reader.items("organizations", "ListAccountsForParent", "Accounts", ParentId=parent, MaxResults=PAGE),
    )
    return {"parent": parent, "units": units, "accounts": accounts}


async def _fetch_strays(reader: Reader, roots: Sequence[Raw], branches: Sequence[Raw]) -> list[dict[str, Any]]:
    """Accounts that were met nowhere or twice, with where they are now."""
    list_accounts = partial(reader.items, "organizations", "ListAccounts", "Accounts", MaxResults=PAGE)
    listed = await reader.attempt("accounts that moved while the organization was walked", list_accounts)
    met = Counter(account["Id"] for branch in branches for account in branch["accounts"])
    strays = await reader.each(partial(_find, reader, one) for one in listed or () if met[one["Id"]] != 1)
    known = {place["Id"] for place in (*roots, *(unit for branch in branches for unit in branch["units"]))}
    for stray in strays:
        if stray["parent"] not in known:
            reason = f"account {stray['account']['Id']} is in `{stray['parent']}`, which was not met in the tree"
            reader.lacks.append(Lack(GapKind.FAILED, reason))
    return strays


async def _find(reader: Reader, account: Raw) -> dict[str, Any]:
    parents = await reader.get("organizations", "ListParents", "Parents", ChildId=account["Id"])
    return {"account": dict(account), "parent": parents[0]["Id"]}


async def _fetch_delegated(reader: Reader) -> list[list[str]]:
    """(account id, service principal) pairs."""
    accounts = await reader.items("organizations", "ListDelegatedAdministrators", "DelegatedAdministrators")
    services = await together(
        *(
            reader.items("organizations", "ListDelegatedServicesForAccount", "DelegatedServices", AccountId=one["Id"])
            for one in accounts
        )
    )
    return [
        [account["Id"], service["ServicePrincipal"]]
        for account, its in zip(accounts, services, strict=True)
        for service in its
    ]


async def _fetch_trusted(reader: Reader) -> list[str]:
    """Service principals."""
    listed = await reader.items("organizations", "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
    return [entry["ServicePrincipal"] for entry in listed]


def read_tree(part: Part) -> Organization:
    """The organization without guardrails and tags."""
    answer = part.answer
    organization = answer["organization"]
    units = [read_unit(root, "") for root in answer["roots"]]
    accounts: dict[str, Account] = {}
    for branch in answer["branches"]:
        units += [read_unit(unit, branch["parent"]) for unit in branch["units"]]
        accounts |= {account["Id"]: read_account(account, branch["parent"]) for account in branch["accounts"]}
    accounts |= {stray["account"]["Id"]: read_account(stray["account"], stray["parent"]) for stray in answer["strays"]}
    return Organization(
        id=organization["Id"],
        management_account=organization.get("MasterAccountId") or organization.get("ManagementAccountId") or "",
        units=tuple(units),
        accounts=tuple(sorted(accounts.values(), key=lambda account: account.id)),
        delegated=tuple(sorted((str(account), str(service)) for account, service in answer["delegated"])),
        trusted_services=tuple(sorted(answer["trusted"])),
    )


def read_unit(raw: Raw, parent: str) -> OrganizationalUnit:
    """A root or an OU."""
    return OrganizationalUnit(raw["Id"], raw.get("Name") or raw["Id"], parent)


def read_account(raw: Raw, parent: str) -> Account:
    """An account; its `State` takes the place of the older `Status`."""
    return Account(
        id=raw["Id"],
        name=raw.get("Name") or raw["Id"],
        parent=parent,
        status=read_status(raw.get("State") or raw.get("Status")),
        email=raw.get("Email") or "",
        joined=raw.get("JoinedTimestamp") or "",
    )


def read_status(status: str | None) -> AccountStatus:
    """The status by AWS's name; one that we do not know is told as such."""
    try:
        return AccountStatus(status or "UNKNOWN")
    except ValueError:
        return AccountStatus.UNKNOWN


def join_tree(snapshot: Snapshot, organizations: Sequence[Organization]) -> Snapshot:
    """The snapshot with its organization."""
    return replace(snapshot, organization=next(iter(organizations), None))


# ── guardrails ───────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch_guardrails(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The SCPs and RCPs with their documents and targets; a kind that cannot be read in full is null."""
    roots = await reader.items("organizations", "ListRoots", "Roots")
    enabled = {
        policy_type["Type"]
        for root in roots
        for policy_type in root.get("PolicyTypes") or ()
        if policy_type.get("Status") in ("ENABLED", "PENDING_DISABLE")
    }
    kinds = [kind for kind in GuardrailKind if kind.value in enabled]
    found = await together(*(reader.attempt(f"{kind.name}s", partial(_fetch_kind, reader, kind)) for kind in kinds))
    return {kind.value: policies for kind, policies in zip(kinds, found, strict=True)}


async def _fetch_kind(reader: Reader, kind: GuardrailKind) -> list[dict[str, Any]]:
    listed = await reader.items("organizations", "ListPolicies", "Policies", Filter=kind.value, MaxResults=PAGE)
    return await reader.each(partial(_fetch_policy, reader, policy) for policy in listed)


async def _fetch_policy(reader: Reader, summary: Raw) -> dict[str, Any]:
    described, targets = await together(
        reader.get("organizations", "DescribePolicy", "Policy", PolicyId=summary["Id"]),
        reader.items("organizations", "ListTargetsForPolicy", "Targets", PolicyId=summary["Id"], MaxResults=PAGE),
    )
    return {"summary": dict(summary), "content": described["Content"], "targets": [t["TargetId"] for t in targets]}


def read_guardrails(part: Part) -> tuple[GuardrailPolicy, ...]:
    """The guardrails that were read."""
    return tuple(
        read_guardrail(policy["summary"], GuardrailKind(kind), policy["content"], policy["targets"])
        for kind, policies in part.answer.items()
        for policy in policies or ()
    )


def read_guardrail(summary: Raw, kind: GuardrailKind, content: str, targets: Sequence[str]) -> GuardrailPolicy:
    """An SCP or RCP; `summary` is what ListPolicies tells of it."""
    return GuardrailPolicy(
        id=summary["Id"],
        name=summary.get("Name") or summary["Id"],
        kind=kind,
        document=content,
        targets=tuple(sorted(targets)),
        description=summary.get("Description") or "",
        is_aws=bool(summary.get("AwsManaged")),
    )


def join_guardrails(snapshot: Snapshot, found: Sequence[tuple[GuardrailPolicy, ...]]) -> Snapshot:
    """The snapshot with the guardrails in its organization."""
    if snapshot.organization is None:
        return snapshot
    policies = sorted((policy for part in found for policy in part), key=lambda policy: (policy.kind, policy.id))
    return replace(snapshot, organization=replace(snapshot.organization, guardrails=tuple(policies)))


# ── tags of accounts and OUs ─────────────────────────────────────────────────────────────────────────────────────


async def fetch_tags(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The tags of the account or OU that is asked about, by the caller: members may not read them."""
    return {"tags": await reader.items("organizations", "ListTagsForResource", "Tags", ResourceId=reader.about)}


def read_tags(part: Part) -> tuple[str, Tags]:
    """The id and its tags."""
    return part.account, tuple((tag["Key"], tag["Value"]) for tag in part.answer["tags"])


def join_tags(snapshot: Snapshot, found: Sequence[tuple[str, Tags]]) -> Snapshot:
    """The snapshot with tags on the accounts and OUs of its organization."""
    if snapshot.organization is None:
        return snapshot
    tags = dict(found)
    accounts = _with_tags(snapshot.organization.accounts, tags)
    units = _with_tags(snapshot.organization.units, tags)
    return replace(snapshot, organization=replace(snapshot.organization, accounts=accounts, units=units))


Tagged = TypeVar("Tagged", Account, OrganizationalUnit)


def _with_tags(places: Sequence[Tagged], tags: Mapping[str, Tags]) -> tuple[Tagged, ...]:
    return tuple(replace(place, tags=tags[place.id]) if place.id in tags else place for place in places)


TREE = Service("organizations", "organizations", Extent.ORGANIZATION, fetch_tree, read_tree, join_tree)
GUARDRAILS = Service(
    "organizations-policies", "organizations", Extent.ORGANIZATION, fetch_guardrails, read_guardrails, join_guardrails
)
TAGS = Service(
    "organizations-tags", "organizations", Extent.ABOUT, fetch_tags, read_tags, join_tags, choice=unless_left_out
)
