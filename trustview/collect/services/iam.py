"""IAM: roles, users, groups, policies in force, identity providers and the alias of one account.

GetAccountAuthorizationDetails lacks session lengths and descriptions, ListRoles lacks last use, tags and boundaries:
both are asked. Where only ListRoles is allowed, roles and trust policies are still read, and the account is partial.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from typing import Any
from urllib.parse import unquote

from trustview.collect.certificates import keep_metadata
from trustview.collect.failure import CallError
from trustview.collect.parts import Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service
from trustview.snapshot import (
    AccountFacts,
    Group,
    IdentityProvider,
    InlinePolicy,
    ManagedPolicy,
    ProviderKind,
    Role,
    Snapshot,
    User,
)

PAGE = 1000
Raw = Mapping[str, Any]

_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """Everything of one account; CallError when not even its roles can be listed."""
    details, roles, saml, oidc, aliases = await together(
        reader.attempt("policies, users and groups", partial(_fetch_details, reader)),
        reader.attempt(
            "session lengths and descriptions", partial(reader.items, "iam", "ListRoles", "Roles", MaxItems=PAGE)
        ),
        reader.attempt("SAML providers", partial(_fetch_saml, reader)),
        reader.attempt("OpenID Connect providers", partial(_fetch_oidc, reader)),
        reader.attempt("alias", partial(reader.get, "iam", "ListAccountAliases", "AccountAliases")),
    )
    return {"details": details, "roles": roles, "saml": saml, "oidc": oidc, "aliases": aliases}


async def _fetch_details(reader: Reader) -> dict[str, list[Any]]:
    """Everything; of each managed policy only the version in force, which is the only one that decides."""
    found = await reader.lists("iam", "GetAccountAuthorizationDetails", _LISTS, "IsTruncated", MaxItems=PAGE)
    for role in found["RoleDetailList"]:
        role.pop("InstanceProfileList", None)
    for policy in found["Policies"]:
        policy["PolicyVersionList"] = [v for v in policy.get("PolicyVersionList", ()) if v.get("IsDefaultVersion")]
    return found


async def _fetch_saml(reader: Reader) -> list[dict[str, Any]]:
    """The providers with the essentials of their metadata; those whose metadata cannot be had are listed without."""
    listed = await reader.get("iam", "ListSAMLProviders", "SAMLProviderList")
    return await reader.each(partial(_fetch_metadata, reader, entry) for entry in listed)


async def _fetch_metadata(reader: Reader, entry: Raw) -> dict[str, Any]:
    arn = entry["Arn"]
    try:
        about = await reader.whole("iam", "GetSAMLProvider", "SAMLMetadataDocument", SAMLProviderArn=arn)
    except CallError as error:
        if error.failure.is_gone:
            raise
        reader.lack(f"metadata of `{arn}`", error.failure)
        return dict(entry)
    kept = {name: about[name] for name in ("ValidUntil", "Tags") if about.get(name)}
    return {**entry, **kept, "metadata": keep_metadata(about["SAMLMetadataDocument"])}


async def _fetch_oidc(reader: Reader) -> list[dict[str, Any]]:
    listed = await reader.get("iam", "ListOpenIDConnectProviders", "OpenIDConnectProviderList")
    return await reader.each(partial(_fetch_provider, reader, entry["Arn"]) for entry in listed)


async def _fetch_provider(reader: Reader, arn: str) -> dict[str, Any]:
    about = await reader.whole("iam", "GetOpenIDConnectProvider", "Url", OpenIDConnectProviderArn=arn)
    return {"Arn": arn, **about}


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(part: Part) -> AccountFacts | None:
    """The facts of one account; None when neither its details nor its roles were read."""
    answer = part.answer
    details, listed = answer.get("details"), answer.get("roles")
    if details is None and listed is None:
        return None
    more = {role["Arn"]: role for role in listed or ()}
    given = (details or {}).get("RoleDetailList") if details is not None else listed
    providers = answer.get("saml"), answer.get("oidc")
    return AccountFacts(
        id=part.account,
        alias=next(iter(answer.get("aliases") or ()), ""),
        roles=tuple(read_role(complete_role(role, more.get(role["Arn"])), part.account) for role in given or ()),
        users=tuple(read_user(user, part.account) for user in (details or {}).get("UserDetailList", ())),
        groups=tuple(read_group(group, part.account) for group in (details or {}).get("GroupDetailList", ())),
        policies=tuple(read_policy(policy) for policy in (details or {}).get("Policies", ())),
        providers=tuple(read_providers(part.account, *providers)),
        read_at=part.read_at,
        is_partial=details is None or None in providers,
    )


def trust_policies(part: Part) -> frozenset[str] | None:
    """The trust policies of one account, each once, without reading the rest; None when its roles were not read."""
    details, listed = part.answer.get("details"), part.answer.get("roles")
    if details is None and listed is None:
        return None
    roles = chain((details or {}).get("RoleDetailList") or (), listed or ())
    return frozenset(map(document_text, {role.get("AssumeRolePolicyDocument") or "" for role in roles}))


def read_role(raw: Raw, account: str) -> Role:
    """A role of GetAccountAuthorizationDetails, ListRoles or GetRole: what one of them lacks stays empty."""
    used = raw.get("RoleLastUsed") or {}
    seconds = raw.get("MaxSessionDuration")
    return Role(
        arn=raw["Arn"],
        account=account,
        name=raw["RoleName"],
        path=raw.get("Path") or "/",
        id=raw.get("RoleId") or "",
        trust_policy=document_text(raw.get("AssumeRolePolicyDocument")),
        description=raw.get("Description") or "",
        created=raw.get("CreateDate") or "",
        max_session_seconds=int(seconds) if seconds is not None else None,
        last_used=used.get("LastUsedDate") or "",
        last_used_region=used.get("Region") or "",
        boundary=_boundary(raw),
        inline=_inline(raw.get("RolePolicyList")),
        attached=_attached(raw),
        tags=_tags(raw),
    )


def complete_role(raw: Raw, listed: Raw | None) -> Raw:
    """A role with the session length and description that only ListRoles tells."""
    more = {name: listed[name] for name in _LISTED_ONLY if listed.get(name) is not None} if listed else {}
    return {**raw, **more} if more else raw


_LISTED_ONLY = ("Description", "MaxSessionDuration")


def read_user(raw: Raw, account: str) -> User:
    """A user of GetAccountAuthorizationDetails."""
    return User(
        arn=raw["Arn"],
        account=account,
        name=raw["UserName"],
        path=raw.get("Path") or "/",
        id=raw.get("UserId") or "",
        created=raw.get("CreateDate") or "",
        boundary=_boundary(raw),
        inline=_inline(raw.get("UserPolicyList")),
        attached=_attached(raw),
        groups=tuple(raw.get("GroupList") or ()),
        tags=_tags(raw),
    )


def read_group(raw: Raw, account: str) -> Group:
    """A group of GetAccountAuthorizationDetails."""
    return Group(
        arn=raw["Arn"],
        account=account,
        name=raw["GroupName"],
        path=raw.get("Path") or "/",
        id=raw.get("GroupId") or "",
        inline=_inline(raw.get("GroupPolicyList")),
        attached=_attached(raw),
    )


def read_policy(raw: Raw) -> ManagedPolicy:
    """A managed policy in the version in force; its document is empty when that version is not there."""
    version: Raw = next((v for v in raw.get("PolicyVersionList") or () if v.get("IsDefaultVersion")), {})
    return _managed_policy(
        raw["Arn"],
        raw["PolicyName"],
        document_text(version.get("Document")),
        version.get("VersionId") or raw.get("DefaultVersionId") or "",
    )


@lru_cache(maxsize=4096)
def _managed_policy(arn: str, name: str, document: str, version: str) -> ManagedPolicy:
    """One value for a policy that stands in every account."""
    return ManagedPolicy(arn, name, document, version)


def read_providers(account: str, saml: Iterable[Raw] | None, oidc: Iterable[Raw] | None) -> Iterable[IdentityProvider]:
    """The identity providers of an account, SAML first."""
    yield from (_read_saml(raw, account) for raw in saml or ())
    yield from (_read_oidc(raw, account) for raw in oidc or ())


def _read_saml(raw: Raw, account: str) -> IdentityProvider:
    metadata: Raw = raw.get("metadata") or {}
    return IdentityProvider(
        arn=raw["Arn"],
        account=account,
        kind=ProviderKind.SAML,
        created=raw.get("CreateDate") or "",
        entity_id=metadata.get("entity_id") or "",
        sign_in_urls=tuple(metadata.get("sign_in_urls") or ()),
        fingerprints=tuple(metadata.get("fingerprints") or ()),
        valid_until=raw.get("ValidUntil") or "",
        tags=_tags(raw),
    )


def _read_oidc(raw: Raw, account: str) -> IdentityProvider:
    return IdentityProvider(
        arn=raw["Arn"],
        account=account,
        kind=ProviderKind.OIDC,
        url=raw.get("Url") or "",
        client_ids=tuple(raw.get("ClientIDList") or ()),
        created=raw.get("CreateDate") or "",
        thumbprints=tuple(raw.get("ThumbprintList") or ()),
        tags=_tags(raw),
    )


# What stands in nearly every policy, percent-encoded. Each `%` begins an escape and none of these gives one, so that
# their order does not matter.
_USUAL = tuple((f"%{ord(char):02X}", char) for char in '"{}[],:/* $=+()&?\n\r\t')


@lru_cache(maxsize=4096)
def _decode(encoded: str) -> str:
    """Most escapes are replaced one kind at a time, which is many times faster than `unquote`; that does the rest."""
    for escape, char in _USUAL if "%" in encoded else ():
        if escape in encoded:
            encoded = encoded.replace(escape, char)
    return unquote(encoded) if "%" in encoded else encoded


def document_text(encoded: str | None) -> str:
    """The JSON text of a policy document as IAM sends it, percent-encoded; empty for none.

    Equal documents, which fleets and AWS's own policies are full of, are decoded once.
    """
    return _decode(encoded) if encoded else ""


def _inline(raw: Iterable[Raw] | None) -> tuple[InlinePolicy, ...]:
    return tuple(InlinePolicy(p["PolicyName"], document_text(p.get("PolicyDocument"))) for p in raw or ())


def _attached(raw: Raw) -> tuple[str, ...]:
    return tuple(policy["PolicyArn"] for policy in raw.get("AttachedManagedPolicies") or ())


def _boundary(raw: Raw) -> str:
    return (raw.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn") or ""


def _tags(raw: Raw) -> tuple[tuple[str, str], ...]:
    return tuple((tag["Key"], tag["Value"]) for tag in raw.get("Tags") or ())


# ── join ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def join(snapshot: Snapshot, facts: Sequence[AccountFacts | None]) -> Snapshot:
    """The snapshot with the accounts that were read, in the order of their ids."""
    read_ones = [account for account in facts if account is not None]
    return replace(snapshot, accounts=tuple(sorted(read_ones, key=lambda account: account.id)))


IAM = Service("iam", "iam", Extent.ACCOUNT, fetch, read, join)
