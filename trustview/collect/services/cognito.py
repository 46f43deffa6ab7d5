"""Amazon Cognito identity pools: whom they let in, as which role, in every Region of an account where a role trusts it.

https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetIdentityPoolRoles.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from trustview.collect.parts import Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, unless_left_out, where_trusted
from trustview.snapshot import IdentityPool, RoleMapping, RoleMappingRule, Snapshot

Raw = Mapping[str, Any]
CLIENT = "cognito-identity"
PAGE = 60


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The identity pools of one account and Region with their roles."""
    listed = await reader.items(CLIENT, "ListIdentityPools", "IdentityPools", MaxResults=PAGE)
    return {"pools": await reader.each(partial(_fetch_pool, reader, pool["IdentityPoolId"]) for pool in listed)}


async def _fetch_pool(reader: Reader, pool: str) -> dict[str, Any]:
    described, roles = await together(
        reader.whole(CLIENT, "DescribeIdentityPool", "IdentityPoolId", IdentityPoolId=pool),
        reader.whole(CLIENT, "GetIdentityPoolRoles", "IdentityPoolId", IdentityPoolId=pool),
    )
    return {**described, **roles}


def read(part: Part) -> tuple[IdentityPool, ...]:
    """The identity pools of one account and Region."""
    return tuple(read_pool(raw, part.account, part.region) for raw in part.answer["pools"])


def read_pool(raw: Raw, account: str, region: str) -> IdentityPool:
    """A pool of DescribeIdentityPool with what GetIdentityPoolRoles tells of it."""
    roles: Raw = raw.get("Roles") or {}
    user_pools = ((one.get("ProviderName") or "", one.get("ClientId") or "") for one in _list(raw, _USER_POOLS))
    return IdentityPool(
        id=raw["IdentityPoolId"],
        account=account,
        region=region,
        name=raw.get("IdentityPoolName") or "",
        allows_unauthenticated=bool(raw.get("AllowUnauthenticatedIdentities")),
        allows_classic_flow=bool(raw.get("AllowClassicFlow")),
        login_providers=tuple(sorted((raw.get("SupportedLoginProviders") or {}).items())),
        developer_provider=raw.get("DeveloperProviderName") or "",
        oidc_providers=tuple(sorted(_list(raw, "OpenIdConnectProviderARNs"))),
        saml_providers=tuple(sorted(_list(raw, "SamlProviderARNs"))),
        user_pools=tuple(sorted(user_pools)),
        authenticated_role=roles.get("authenticated") or "",
        unauthenticated_role=roles.get("unauthenticated") or "",
        role_mappings=tuple(read_mapping(*item) for item in sorted((raw.get("RoleMappings") or {}).items())),
        tags=tuple(sorted((raw.get("IdentityPoolTags") or {}).items())),
    )


_USER_POOLS = "CognitoIdentityProviders"


def read_mapping(provider: str, raw: Raw) -> RoleMapping:
    """How the role of who comes by this provider is chosen; rules are tried in their order."""
    rules = (raw.get("RulesConfiguration") or {}).get("Rules") or ()
    return RoleMapping(
        provider,
        raw["Type"],
        raw.get("AmbiguousRoleResolution") or "",
        tuple(RoleMappingRule(rule["Claim"], rule["MatchType"], rule["Value"], rule["RoleARN"]) for rule in rules),
    )


def _list(raw: Raw, name: str) -> Sequence[Any]:
    return raw.get(name) or ()


def join(snapshot: Snapshot, found: Sequence[tuple[IdentityPool, ...]]) -> Snapshot:
    """The snapshot with the identity pools."""
    return replace(snapshot, identity_pools=tuple(sorted(chain.from_iterable(found), key=lambda pool: pool.id)))


COGNITO = Service(
    "cognito-identity",
    CLIENT,
    Extent.REGION,
    fetch,
    read,
    join,
    is_of_use=where_trusted("cognito-identity."),
    choice=unless_left_out,
)
