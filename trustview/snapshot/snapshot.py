"""Snapshot: the root value, and its look-ups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, TypeVar

from trustview.amended import AmendedDict
from trustview.snapshot.external_findings import Analyzer, ExternalFinding
from trustview.snapshot.gap import Gap
from trustview.snapshot.identity_center import AccountAssignment, IdentityCenterInstance, PermissionSet
from trustview.snapshot.monitoring import EventBus, EventRule, Trail
from trustview.snapshot.organization import Account, Organization
from trustview.snapshot.policies import ManagedPolicy
from trustview.snapshot.principals import Group, IdentityProvider, Role, User
from trustview.snapshot.usage import EvidenceWindow, Use
from trustview.snapshot.workloads import IdentityPool, PodIdentityAssociation, RolesAnywhereProfile, TrustAnchor


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What was read inside one account at `read_at`.

    `is_partial` says that some of its principals or policies are missing: nothing may be concluded from what is not
    here.
    """

    id: str
    alias: str = ""
    roles: tuple[Role, ...] = ()
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    providers: tuple[IdentityProvider, ...] = ()
    read_at: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """When one service was read, for an account (the one it tells of) and Region; empty when it has none."""

    service: str
    account: str
    region: str
    read_at: str


@dataclass(frozen=True)
class Snapshot:
    """Everything read at one moment.

    `source` says where it comes from (`aws`, `files`). `organization` is None when only single accounts were read: then
    the accounts read are all that is known to be ours. `readings` tell how old each part is: with `--max-age` some are
    older than the snapshot.
    """

    taken_at: str
    source: str
    organization: Organization | None = None
    accounts: tuple[AccountFacts, ...] = ()
    external_findings: tuple[ExternalFinding, ...] = ()
    uses: tuple[Use, ...] = ()
    windows: tuple[EvidenceWindow, ...] = ()
    gaps: tuple[Gap, ...] = ()
    readings: tuple[Reading, ...] = ()
    analyzers: tuple[Analyzer, ...] = ()
    identity_center_instances: tuple[IdentityCenterInstance, ...] = ()
    permission_sets: tuple[PermissionSet, ...] = ()
    account_assignments: tuple[AccountAssignment, ...] = ()
    trust_anchors: tuple[TrustAnchor, ...] = ()
    roles_anywhere_profiles: tuple[RolesAnywhereProfile, ...] = ()
    identity_pools: tuple[IdentityPool, ...] = ()
    pod_identity_associations: tuple[PodIdentityAssociation, ...] = ()
    trails: tuple[Trail, ...] = ()
    event_buses: tuple[EventBus, ...] = ()
    event_rules: tuple[EventRule, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """Every role, account by account."""
        return tuple(role for account in self.accounts for role in account.roles)

    @cached_property
    def facts_by_account(self) -> dict[str, AccountFacts]:
        """What was read, by account id."""
        return {account.id: account for account in self.accounts}

    @cached_property
    def roles_by_arn(self) -> Mapping[str, Role]:
        """Roles by ARN."""
        return {role.arn: role for role in self.roles}

    @cached_property
    def users_by_arn(self) -> dict[str, User]:
        """Users by ARN."""
        return {user.arn: user for account in self.accounts for user in account.users}

    @cached_property
    def policies_by_arn(self) -> dict[str, ManagedPolicy]:
        """Managed policies by ARN; those of AWS are the same in every account."""
        return {policy.arn: policy for account in self.accounts for policy in account.policies}

    @cached_property
    def principals_by_id(self) -> Mapping[str, Role | User]:
        """Roles and users by their unique id (`AROA…`, `AIDA…`)."""
        everyone: list[Role | User] = [*self.roles, *self.users_by_arn.values()]
        return {principal.id: principal for principal in everyone if principal.id}

    @cached_property
    def unread_accounts(self) -> frozenset[str]:
        """Accounts whose IAM could not be read, or only in part: nothing may be concluded from what is not there."""
        known = {account.id for account in self.organization.accounts} if self.organization else set()
        partial = {account.id for account in self.accounts if account.is_partial}
        return frozenset((known - set(self.facts_by_account)) | partial)

    @cached_property
    def windows_by_account(self) -> dict[str, tuple[EvidenceWindow, ...]]:
        """How far evidence sees, by account id."""
        return _by_account(self.windows)

    @cached_property
    def gaps_by_account(self) -> dict[str, tuple[Gap, ...]]:
        """What could not be read, by account id."""
        return _by_account(self.gaps)

    @cached_property
    def readings_by_account(self) -> dict[str, tuple[Reading, ...]]:
        """When each part was read, by account id."""
        return _by_account(self.readings)

    def with_roles(self, roles: Iterable[Role]) -> Snapshot:
        """The same with these roles in the place of those of their ARN; others are added to their accounts.

        It costs the accounts of the roles, not all that is known. KeyError when an account was not read.
        """
        by_account: dict[str, dict[str, Role]] = {}
        for role in roles:
            by_account.setdefault(role.account, {})[role.arn] = role
        facts = dict(self.facts_by_account)
        for account, given in by_account.items():
            own = {role.arn: role for role in facts[account].roles} | given
            facts[account] = replace(facts[account], roles=tuple(own.values()))
        changed = replace(self, accounts=tuple(facts.values()))
        new = {arn: role for given in by_account.values() for arn, role in given.items()}
        vars(changed).update(self._look_ups_with(new))
        return changed

    def _look_ups_with(self, new: Mapping[str, Role]) -> dict[str, object]:
        """The look-ups that cost most, with these roles in them."""
        found: dict[str, object] = {
            "users_by_arn": self.users_by_arn,
            "policies_by_arn": self.policies_by_arn,
            "roles_by_arn": AmendedDict(self.roles_by_arn, new),
        }
        # An id that nobody has any more is looked for nowhere.
        if all(arn in self.roles_by_arn and self.roles_by_arn[arn].id == role.id for arn, role in new.items()):
            known = self.principals_by_id
            ids = {role.id: role for arn, role in new.items() if role.id and known[role.id].arn == arn}
            found["principals_by_id"] = AmendedDict(known, ids)
        return found

    def account(self, account_id: str) -> Account | None:
        """The account in the organization; None for an outsider or without an organization."""
        return self.organization.accounts_by_id.get(account_id) if self.organization else None

    def is_ours(self, account_id: str) -> bool:
        """Whether the account belongs to the organization, or was read when there is none."""
        if self.organization:
            return account_id in self.organization.accounts_by_id
        return account_id in self.facts_by_account

    def account_name(self, account_id: str) -> str:
        """The account's name, its alias, or its id."""
        account = self.account(account_id)
        facts = self.facts_by_account.get(account_id)
        return (account.name if account else "") or (facts.alias if facts else "") or account_id


class _OfAccount(Protocol):
    @property
    def account(self) -> str: ...


_T = TypeVar("_T", bound=_OfAccount)


def _by_account(values: Iterable[_T]) -> dict[str, tuple[_T, ...]]:
    found: dict[str, list[_T]] = {}
    for value in values:
        found.setdefault(value.account, []).append(value)
    return {account: tuple(listed) for account, listed in found.items()}
