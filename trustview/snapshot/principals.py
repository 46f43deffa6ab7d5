"""Role, User, Group, IdentityProvider: who can act, and who says who they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trustview.snapshot.policies import InlinePolicy

Tags = tuple[tuple[str, str], ...]


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
    """An identity provider of an account; `client_ids` are the audiences an OIDC provider accepts."""

    arn: str
    account: str
    kind: ProviderKind
    url: str = ""
    client_ids: tuple[str, ...] = ()
    created: str = ""
