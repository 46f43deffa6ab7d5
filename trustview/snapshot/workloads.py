"""TrustAnchor, RolesAnywhereProfile, IdentityPool, PodIdentityAssociation: how workloads come to roles by a service.

The trust policy of such a role names the service alone; which workload gets in stands here.
"""

from __future__ import annotations

from dataclasses import dataclass

from trustview.snapshot.principals import Tags


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """A certificate authority whose certificates IAM Roles Anywhere accepts in an account.

    `source` is AWS's source type; `certificate_authority` the ARN of a private one of AWS, `fingerprints` the SHA-256
    of the certificates of a bundle. https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_TrustAnchorDetail.html
    """

    arn: str
    account: str
    region: str
    name: str
    is_enabled: bool
    source: str
    certificate_authority: str = ""
    fingerprints: tuple[str, ...] = ()
    created: str = ""


@dataclass(frozen=True, slots=True)
class RolesAnywhereProfile:
    """The roles that IAM Roles Anywhere gives out, and what their sessions are cut down to.

    `session_policy` is JSON text. `attribute_mappings` are pairs of a certificate field and what of it becomes session
    tags. https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ProfileDetail.html
    """

    arn: str
    account: str
    region: str
    name: str
    is_enabled: bool
    roles: tuple[str, ...] = ()
    session_policy: str = ""
    managed_policies: tuple[str, ...] = ()
    duration_seconds: int | None = None
    accepts_role_session_name: bool = False
    attribute_mappings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    created: str = ""


@dataclass(frozen=True, slots=True)
class RoleMappingRule:
    """A rule of a role mapping: who has a claim with this value becomes the role; `match_type` is AWS's."""

    claim: str
    match_type: str
    value: str
    role: str


@dataclass(frozen=True, slots=True)
class RoleMapping:
    """How an identity pool chooses the role of who comes by a provider; `type` is Token or Rules."""

    provider: str
    type: str
    ambiguous_role_resolution: str = ""
    rules: tuple[RoleMappingRule, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityPool:
    """An Amazon Cognito identity pool, its providers and roles.

    `login_providers` are pairs of a provider and its application id, `user_pools` pairs of a user pool and its client
    id. `authenticated_role` and `unauthenticated_role` are ARNs, empty for none.
    https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetIdentityPoolRoles.html
    """

    id: str
    account: str
    region: str
    name: str
    allows_unauthenticated: bool
    allows_classic_flow: bool = False
    login_providers: tuple[tuple[str, str], ...] = ()
    developer_provider: str = ""
    oidc_providers: tuple[str, ...] = ()
    saml_providers: tuple[str, ...] = ()
    user_pools: tuple[tuple[str, str], ...] = ()
    authenticated_role: str = ""
    unauthenticated_role: str = ""
    role_mappings: tuple[RoleMapping, ...] = ()
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class PodIdentityAssociation:
    """A role that the pods of a service account of an Amazon EKS cluster become.

    `target_role` is a second one that they reach through it, with `external_id`; `policy` is the JSON text that their
    sessions are cut down to. https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html
    """

    arn: str
    account: str
    region: str
    cluster: str
    namespace: str
    service_account: str
    role: str
    target_role: str = ""
    external_id: str = ""
    policy: str = ""
    has_session_tags: bool = True
    created: str = ""
