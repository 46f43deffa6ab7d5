"""Organization, OrganizationalUnit, Account, GuardrailPolicy: the tree, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from trustview.snapshot.principals import Tags


class AccountStatus(StrEnum):
    """The states of an account that Organizations reports."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class OrganizationalUnit:
    """An OU, or the root of the organization (its parent is empty)."""

    id: str
    name: str
    parent: str
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the organization; `parent` is the id of its OU or of the root."""

    id: str
    name: str
    parent: str = ""
    status: AccountStatus = AccountStatus.ACTIVE
    email: str = ""
    joined: str = ""
    tags: Tags = ()


class GuardrailKind(StrEnum):
    """The two kinds of guardrail, in the names of the Organizations API."""

    SCP = "SERVICE_CONTROL_POLICY"
    RCP = "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True)
class GuardrailPolicy:
    """An SCP or RCP and the ids of the root, OUs and accounts that it hangs on; `document` is JSON text."""

    id: str
    name: str
    kind: GuardrailKind
    document: str
    targets: tuple[str, ...] = ()
    description: str = ""
    is_aws: bool = False


@dataclass(frozen=True)
class Organization:
    """The organization: its tree from the root down, its accounts and guardrails.

    `units` holds the root too. `delegated` are (account id, service principal) of delegated administrators,
    `trusted_services` the service principals that may act in every account. `root_features` are what IAM manages of the
    root users (`RootCredentialsManagement`, `RootSessions`), None when that was not read.
    """

    id: str
    management_account: str
    units: tuple[OrganizationalUnit, ...] = ()
    accounts: tuple[Account, ...] = ()
    guardrails: tuple[GuardrailPolicy, ...] = ()
    delegated: tuple[tuple[str, str], ...] = ()
    trusted_services: tuple[str, ...] = ()
    root_features: tuple[str, ...] | None = None

    @cached_property
    def accounts_by_id(self) -> dict[str, Account]:
        """Accounts by their id."""
        return {account.id: account for account in self.accounts}

    @cached_property
    def units_by_id(self) -> dict[str, OrganizationalUnit]:
        """OUs and the root by their id."""
        return {unit.id: unit for unit in self.units}

    def path_to(self, place: str) -> tuple[str, ...]:
        """Ids from the root to an account, OU or the root itself, those included; empty for an outsider.

        Of an account these are the levels at which guardrails hang.
        """
        found = self.accounts_by_id.get(place) or self.units_by_id.get(place)
        if found is None:
            return ()
        path = [found.id]
        parent = found.parent
        while parent in self.units_by_id and parent not in path:
            path.append(parent)
            parent = self.units_by_id[parent].parent
        return tuple(reversed(path))

    def principal_path(self, account_id: str) -> str:
        """What `aws:PrincipalOrgPaths` holds for principals of the account: `o-x/r-x/ou-x/`.

        Empty for an outsider, and where the tree above the account is not known up to the root.
        """
        path = self.path_to(account_id)
        top = self.units_by_id.get(path[0]) if path else None
        return f"{'/'.join((self.id, *path[:-1]))}/" if top and not top.parent else ""

    def unit_names(self, account_id: str) -> tuple[str, ...]:
        """Names of the OUs above an account, from the top, without the root."""
        return tuple(self.units_by_id[unit].name for unit in self.path_to(account_id)[1:-1])

    @cached_property
    def _guardrails_by_target(self) -> dict[tuple[GuardrailKind, str], tuple[GuardrailPolicy, ...]]:
        found: dict[tuple[GuardrailKind, str], list[GuardrailPolicy]] = {}
        for policy in self.guardrails:
            for target in policy.targets:
                found.setdefault((policy.kind, target), []).append(policy)
        return {key: tuple(policies) for key, policies in found.items()}

    def guardrails_of(self, account_id: str, kind: GuardrailKind) -> tuple[tuple[GuardrailPolicy, ...], ...]:
        """The guardrails that bind an account, one tuple per level from the root down.

        Empty for the management account, which no guardrail binds, and for an outsider.
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
        """
        if account_id == self.management_account:
            return ()
        return tuple(self._guardrails_by_target.get((kind, target), ()) for target in self.path_to(account_id))
