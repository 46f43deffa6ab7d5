"""Role, User, Group, IdentityProvider: who can act, and who says who they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trustview.quick_init import quick_init
from trustview.snapshot.policies import InlinePolicy

Tags = tuple[tuple[str, str], ...]


@quick_init
@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role.

    `trust_policy` is JSON text. `boundary` and `attached` are ARNs of managed policies. `max_session_seconds` is None
    and `last_used` empty when that was not read or never happened (AWS keeps 400 days).
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleDetail.html
    """

    arn: str
    account: str
    name: str
    path: str
    id: str
    trust_policy: str
    description: str = ""
    created: str = ""
    max_session_seconds: int | None = None
    last_used: str = ""
    last_used_region: str = ""
    boundary: str = ""
    inline: tuple[InlinePolicy, ...] = ()
    attached: tuple[str, ...] = ()
    tags: Tags = ()

    @property
    def is_service_linked(self) -> bool:
        """Whether AWS owns its trust policy."""
        return self.path.startswith("/aws-service-role/")

    @property
    def is_identity_center(self) -> bool:
        """Whether IAM Identity Center owns it."""
        return self.path.startswith("/aws-reserved/sso.amazonaws.com/")


@dataclass(frozen=True, slots=True)
class User:
    """An IAM user; `groups` are names of groups of its account."""

    arn: str
    account: str
    name: str
    path: str
    id: str
    created: str = ""
    boundary: str = ""
    inline: tuple[InlinePolicy, ...] = ()
    attached: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class Group:
    """An IAM group: no principal, but its policies are its members'."""

    arn: str
    account: str
    name: str
    path: str
    id: str
    inline: tuple[InlinePolicy, ...] = ()
    attached: tuple[str, ...] = ()


class ProviderKind(StrEnum):
    """The two kinds of identity provider that an account can hold."""

    SAML = "saml"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An identity provider of an account.

    Of an OIDC provider: `url` (without its scheme), `client_ids` (the audiences that it accepts) and `thumbprints` of
    certificates. Of a SAML provider: `entity_id` (the issuer of its assertions), `sign_in_urls`, `fingerprints` (the
    SHA-256 of its signing certificates) and until when its metadata is valid; they are empty when that was not read.
    """

    arn: str
    account: str
    kind: ProviderKind
    url: str = ""
    client_ids: tuple[str, ...] = ()
    created: str = ""
    thumbprints: tuple[str, ...] = ()
    entity_id: str = ""
    sign_in_urls: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    valid_until: str = ""
    tags: Tags = ()
