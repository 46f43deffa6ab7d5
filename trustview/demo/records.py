"""What the demo serves, as frozen values: one organization at one moment, with every template filled in.

Dates are aware `datetime`s in UTC; policies are JSON text, exactly as AWS would give them back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Statement = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Unit:
    """An organizational unit, or the root (which has no parent)."""

    key: str
    id: str
    name: str
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the organization; `key` is the short name that the data files use."""

    key: str
    id: str
    name: str
    email: str
    unit_id: str
    status: str
    joined: datetime
    tags: Mapping[str, str]
    refuses_hop: bool


@dataclass(frozen=True, slots=True)
class ControlPolicy:
    """A service or resource control policy and the ids of the root, units and accounts it hangs on."""

    id: str
    name: str
    type: str
    description: str
    is_aws_managed: bool
    document: str
    target_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a role, user or group may do: inline documents by name, and ARNs of attached managed policies."""

    inline: Mapping[str, str]
    attached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role."""

    account_id: str
    name: str
    path: str
    id: str
    description: str
    trust: str
    permissions: Permissions
    boundary: str | None
    session_seconds: int
    tags: Mapping[str, str]
    created: datetime
    last_used: datetime | None
    last_used_region: str
    has_instance_profile: bool

    @property
    def arn(self) -> str:
        """The role's ARN, with its path."""
        return f"arn:aws:iam::{self.account_id}:role{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class User:
    """An IAM user and the names of its groups."""

    account_id: str
    name: str
    path: str
    id: str
    permissions: Permissions
    boundary: str | None
    groups: tuple[str, ...]
    tags: Mapping[str, str]
    created: datetime

    @property
    def arn(self) -> str:
        """The user's ARN, with its path."""
        return f"arn:aws:iam::{self.account_id}:user{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """An IAM group."""

    account_id: str
    name: str
    path: str
    id: str
    permissions: Permissions
    created: datetime

    @property
    def arn(self) -> str:
        """The group's ARN, with its path."""
        return f"arn:aws:iam::{self.account_id}:group{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class CustomerPolicy:
    """A customer managed policy with one version."""

    account_id: str
    name: str
    path: str
    id: str
    description: str
    document: str
    created: datetime

    @property
    def arn(self) -> str:
        """The policy's ARN, with its path."""
        return f"arn:aws:iam::{self.account_id}:policy{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """A SAML provider (`name`) or an OpenID Connect provider (`name` is the URL without its scheme)."""

    account_id: str
    kind: str
    name: str
    audiences: tuple[str, ...]
    created: datetime

    @property
    def arn(self) -> str:
        """The provider's ARN."""
        return f"arn:aws:iam::{self.account_id}:{self.kind}-provider/{self.name}"


@dataclass(frozen=True, slots=True)
class Acme:
    """The whole organization as it stands at `now`; the files count back from `present`, at most a quarter later."""

    present: datetime
    now: datetime
    organization_id: str
    root_id: str
    management_id: str
    management_email: str
    caller_role: str
    hop_role: str
    home_region: str
    regions: tuple[str, ...]
    units: tuple[Unit, ...]
    accounts: tuple[Account, ...]
    control_policies: tuple[ControlPolicy, ...]
    delegated_administrators: tuple[tuple[str, str, datetime], ...]
    """(account id, service principal, since)."""
    roles: tuple[Role, ...]
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    policies: tuple[CustomerPolicy, ...]
    identity_providers: tuple[IdentityProvider, ...]

    def account(self, key: str) -> Account:
        """The account with this key; KeyError when there is none."""
        for account in self.accounts:
            if account.key == key:
                return account
        raise KeyError(key)

    @property
    def readable_accounts(self) -> tuple[Account, ...]:
        """The accounts that a collector can enter."""
        return tuple(a for a in self.accounts if a.status == "ACTIVE" and not a.refuses_hop)
