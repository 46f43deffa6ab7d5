"""What files say of accounts: principals, policies, identity providers, put together by ARN. Pure.

Rule 1: the ARNs tell which account something belongs to; several files may tell of one account. Rule 2: of two
different values of one thing the first is kept, and that they differ is told. Rule 3: an account counts as read only
when one whole answer of `get-account-authorization-details` was there and everything in it could be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from trustview.collect.documents import Document, FileProblem, Kind
from trustview.collect.services.iam import (
    IAM,
    read_group,
    read_policy,
    read_providers,
    read_role,
    read_user,
)
from trustview.policy import is_account_id, parse_arn
from trustview.policy import read_policy as parse_text
from trustview.snapshot import (
    AccountFacts,
    Gap,
    GapKind,
    Group,
    IdentityProvider,
    ManagedPolicy,
    Role,
    User,
)
from trustview.snapshot.codec import decode, encode

Raw = Mapping[str, Any]
T = TypeVar("T")

ODD_SHAPE = (KeyError, TypeError, ValueError, AttributeError)

DETAILS = "get-account-authorization-details"
_LISTS = ("RoleDetailList", "UserDetailList", "GroupDetailList", "Policies")


def check(value: T) -> T:
    """The value, when its fields hold what they must; ValueError when a file put something else there."""
    return decode(type(value), encode(value))


def account_in(arn: object) -> str:
    """The account that an ARN names; ValueError when it names none."""
    parsed = parse_arn(arn) if isinstance(arn, str) else None
    if parsed is None or not is_account_id(parsed.account):
        raise ValueError(f"`{arn}` names no account")
    return parsed.account


def describe_odd(error: Exception) -> str:
    """What is wrong with an entry of a file."""
    return f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)


@dataclass(slots=True)
class OneAccount:
    """What files said of one account, by ARN; `listed` are the roles of ListRoles and GetRole."""

    roles: dict[str, Role] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    providers: dict[str, IdentityProvider] = field(default_factory=dict)
    listed: dict[str, Role] = field(default_factory=dict)
    has_whole_file: bool = False
    has_some_file: bool = False
    is_damaged: bool = False
    contradicted: set[str] = field(default_factory=set)

    @property
    def has_roles_of_lists_alone(self) -> bool:
        """Whether a list names roles of which no details were there."""
        return not self.listed.keys() <= self.roles.keys()

    @property
    def is_partial(self) -> bool:
        """Whether principals or policies may be missing."""
        return not self.has_whole_file or self.is_damaged or self.has_roles_of_lists_alone

    def facts(self, account: str, now: str) -> AccountFacts:
        """The account's facts; what only lists tell is put into the roles."""
        roles = [complete(role, self.listed.get(role.arn)) for role in self.roles.values()]
        roles += [role for arn, role in self.listed.items() if arn not in self.roles]
        return AccountFacts(
            account,
            roles=tuple(roles),
            users=tuple(self.users.values()),
            groups=tuple(self.groups.values()),
            policies=tuple(self.policies.values()),
            providers=tuple(self.providers.values()),
            read_at=now,
            is_partial=self.is_partial,
        )

    def gaps(self, account: str) -> Iterator[Gap]:
        """What is missing or uncertain in the account."""
        if self.is_partial:
            what = f"only a part of `{DETAILS}`" if self.has_some_file else f"no `{DETAILS}`"
            reason = f"{what} was imported: principals or policies are missing"
            yield Gap(account, IAM.name, "", GapKind.NOT_ASKED, reason)
        if self.contradicted:
            some = ", ".join(sorted(arn.rpartition(":")[2] for arn in self.contradicted)[:3])
            reason = f"files differ in {len(self.contradicted)} of its entries and the first file counts: {some}"
            yield Gap(account, IAM.name, "", GapKind.DAMAGED, reason)


def complete(role: Role, listed: Role | None) -> Role:
    """The role with what only another answer tells."""
    if listed is None:
        return role
    names = [field.name for field in fields(Role)]
    return replace(role, **{name: getattr(listed, name) for name in names if not getattr(role, name)})


@dataclass(slots=True)
class AccountFiles:
    """All accounts that files told of so far."""

    accounts: dict[str, OneAccount] = field(default_factory=dict)
    aws_policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    audiences: list[tuple[str, Raw]] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Take in one document about IAM."""
        value, path = document.value, document.path
        match document.kind:
            case Kind.ACCOUNT_DETAILS:
                self._add_details(value, path)
            case Kind.LIST_ROLES:
                self._each(path, "$.Roles", value["Roles"], self._add_listed)
            case Kind.GET_ROLE:
                self._one(path, "$.Role", value["Role"], self._add_listed)
            case Kind.SAML_PROVIDERS:
                listed = value["SAMLProviderList"]
                self._each(path, "$.SAMLProviderList", listed, self._add_saml)
            case Kind.OIDC_PROVIDERS:
                listed = value["OpenIDConnectProviderList"]
                self._each(path, "$.OpenIDConnectProviderList", listed, self._add_oidc)
            case _:
                self.audiences.append((path, value))

    # ── one answer ───────────────────────────────────────────────────────────────────────────────────────────

    def _add_details(self, value: Raw, path: str) -> None:
        problems_before = len(self.problems)
        touched: set[str] = set()
        for name, add in zip(_LISTS, (self._add_role, self._add_user, self._add_group, self._add_policy), strict=True):
            touched |= self._each(path, f"$.{name}", value.get(name) or [], add)
        is_whole = not value.get("IsTruncated") and all(isinstance(value.get(name), list) for name in _LISTS)
        has_problems = len(self.problems) > problems_before
        for account in touched:
            self.accounts[account].has_some_file = True
            self.accounts[account].has_whole_file |= is_whole
            self.accounts[account].is_damaged |= has_problems
        if not touched and not has_problems:
            self.problems.append(FileProblem(path, "$", "nothing in it names the account that it is about"))

    def _each(self, path: str, place: str, listed: object, add: Callable[[Raw, str], str]) -> set[str]:
        """The accounts that the entries of a list belong to; an entry that cannot be read costs itself alone."""
        if not isinstance(listed, list):
            self.problems.append(FileProblem(path, place, "a list is expected"))
            return set()
        found = (self._one(path, f"{place}[{index}]", raw, add) for index, raw in enumerate(listed))
        return {account for account in found if account}

    def _one(self, path: str, place: str, raw: Raw, add: Callable[[Raw, str], str]) -> str:
        try:
            account = add(raw, path)
        except ODD_SHAPE as error:
            self.problems.append(FileProblem(path, place, describe_odd(error)))
            return self._damage(raw)
        if raw.get("AssumeRolePolicyDocument") or "RoleName" not in raw:
            return account
        reason = "`AssumeRolePolicyDocument` is missing: who may assume the role is not known"
        self.problems.append(FileProblem(path, place, reason))
        return self._damage(raw)

    def _damage(self, raw: object) -> str:
        """The account of an entry that could not be read in full, marked; empty when not even that is told."""
        try:
            account = account_in(raw["Arn"])  # type: ignore[index]
        except ODD_SHAPE:
            return ""
        self._account(account).is_damaged = True
        return account

    def _account(self, account: str) -> OneAccount:
        return self.accounts.setdefault(account, OneAccount())

    # ── one entry ────────────────────────────────────────────────────────────────────────────────────────────

    def _add_role(self, raw: Raw, path: str) -> str:
        role = check(read_role(raw, account_in(raw["Arn"])))
        return self._keep(self._account(role.account).roles, role, role.account, path)

    def _add_user(self, raw: Raw, path: str) -> str:
        user = check(read_user(raw, account_in(raw["Arn"])))
        return self._keep(self._account(user.account).users, user, user.account, path)

    def _add_group(self, raw: Raw, path: str) -> str:
        group = check(read_group(raw, account_in(raw["Arn"])))
        return self._keep(self._account(group.account).groups, group, group.account, path)

    def _add_policy(self, raw: Raw, path: str) -> str:
        policy = check(read_policy(raw))
        if policy.is_aws:
            return self._keep(self.aws_policies, policy, "", path)
        account = account_in(policy.arn)
        return self._keep(self._account(account).policies, policy, account, path)

    def _keep(self, known: dict[str, T], value: T, account: str, path: str) -> str:
        arn: str = value.arn  # type: ignore[attr-defined]
        if known.setdefault(arn, value) != value:
            self._contradict(arn, account, path)
        return account

    def _contradict(self, arn: str, account: str, path: str) -> None:
        self.notes.append(f"`{arn}` in `{path}` differs from what an earlier file says: the earlier one is kept")
        if account:
            self._account(account).contradicted.add(arn)

    def _add_listed(self, raw: Raw, path: str) -> str:
        role = check(read_role(raw, account_in(raw["Arn"])))
        listed = self._account(role.account).listed
        known = listed.get(role.arn)
        listed[role.arn] = complete(known, role) if known else role
        if known and not is_same_policy(known.trust_policy, role.trust_policy):
            self._contradict(role.arn, role.account, path)
        return role.account

    def _add_saml(self, raw: Raw, _path: str) -> str:
        account = account_in(raw["Arn"])
        return self._add_providers(account, read_providers(account, [raw], None))

    def _add_oidc(self, raw: Raw, _path: str) -> str:
        account = account_in(raw["Arn"])
        return self._add_providers(account, read_providers(account, None, [raw]))

    def _add_providers(self, account: str, providers: Iterable[IdentityProvider]) -> str:
        for provider in map(check, providers):
            self._account(account).providers.setdefault(provider.arn, provider)
        return account

    # ── together ─────────────────────────────────────────────────────────────────────────────────────────────

    def build(self, now: str) -> tuple[AccountFacts, ...]:
        """The facts of every account, by id; policies of AWS, which are the same everywhere, stand in the first."""
        self._add_audiences()
        for account, found in self.accounts.items():
            for arn, role in found.roles.items():
                listed = found.listed.get(arn, role)
                if not is_same_policy(role.trust_policy, listed.trust_policy):
                    self._contradict(arn, account, "list-roles")
        facts = [found.facts(account, now) for account, found in sorted(self.accounts.items())]
        if facts and self.aws_policies:
            facts[0] = replace(facts[0], policies=(*facts[0].policies, *self.aws_policies.values()))
        return tuple(facts)

    def _add_audiences(self) -> None:
        """Give providers what GetOpenIDConnectProvider tells; it tells no ARN, only the address."""
        for path, raw in self.audiences:
            url = raw["Url"].removeprefix("https://")
            found = [
                (one, provider)
                for one in self.accounts.values()
                for provider in one.providers.values()
                if provider.arn.partition(":oidc-provider/")[2] == url
            ]
            if len(found) != 1:
                which = "several accounts have" if found else "no `list-open-id-connect-providers` names"
                self.problems.append(FileProblem(path, "$.Url", f"{which} this provider: whose it is cannot be told"))
                continue
            ((one, provider),) = found
            try:
                one.providers[provider.arn] = check(replace(provider, url=url, client_ids=tuple(raw["ClientIDList"])))
            except ODD_SHAPE as error:
                self.problems.append(FileProblem(path, "$.ClientIDList", describe_odd(error)))

    def gaps(self) -> Iterable[Gap]:
        """What is missing or uncertain, account by account."""
        for account, found in sorted(self.accounts.items()):
            yield from found.gaps(account)


def is_same_policy(one: str, other: str) -> bool:
    """Whether two policy texts say the same, or one of them says nothing."""
    return not one or not other or one == other or parse_text(one) == parse_text(other)
