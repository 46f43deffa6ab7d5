"""Files of the AWS CLI -> a snapshot: the same values as from AWS itself. Pure.

Rule 1: a file that cannot be read is named, with the place and the reason, and the rest is read. Rule 2: accounts are
told by the ARNs inside, so several files of one account are one account, and a file may hold several. Rule 3: what was
not imported is a gap: nothing is concluded from what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from trustview.collect.documents import Document, FileProblem, Kind, recognise
from trustview.collect.moments import write_moment
from trustview.collect.services.access_analyzer import merge_findings, read_finding
from trustview.collect.services.iam import (
    complete_role,
    read_group,
    read_policy,
    read_providers,
    read_role,
    read_user,
)
from trustview.collect.services.organizations import read_account, read_guardrail, read_unit
from trustview.policy import is_account_id, parse_arn
from trustview.snapshot import (
    AccountFacts,
    ExternalFinding,
    Gap,
    GapKind,
    Group,
    GuardrailKind,
    GuardrailPolicy,
    IdentityProvider,
    ManagedPolicy,
    Organization,
    Role,
    Snapshot,
    User,
)
from trustview.snapshot.codec import decode

ODD_SHAPE = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read from files, what was not, and what a person should know of the rest."""

    snapshot: Snapshot
    problems: tuple[FileProblem, ...]
    notes: tuple[str, ...]


def read_files(files: Iterable[tuple[str, bytes]], now: datetime) -> Imported:
    """Read files given as (name, content), in this order; of two different values of one thing the first is kept."""
    gathered = _Gathered()
    problems: list[FileProblem] = []
    for path, content in files:
        document = recognise(path, content)
        if isinstance(document, FileProblem):
            problems.append(document)
            continue
        try:
            gathered.add(document)
        except ODD_SHAPE as error:
            gathered.problems.append(FileProblem(path, "$", _odd(document.kind, error)))
    return Imported(gathered.build(write_moment(now)), (*problems, *gathered.problems), tuple(gathered.notes))


def _odd(kind: Kind, error: Exception) -> str:
    said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
    return f"not quite what `{kind}` writes: {said}"


def _account_in(arn: str) -> str:
    parsed = parse_arn(arn)
    if parsed is None or not is_account_id(parsed.account):
        raise ValueError(f"`{arn}` names no account")
    return parsed.account


# The lists of principals: how one is read, and where it is kept.
_DETAILS: tuple[tuple[str, Callable[[Mapping[str, Any], str], Role | User | Group], str], ...] = (
    ("RoleDetailList", read_role, "roles"),
    ("UserDetailList", read_user, "users"),
    ("GroupDetailList", read_group, "groups"),
)


@dataclass(slots=True)
class _Account:
    """What files said of one account, by ARN."""

    roles: dict[str, Role] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    providers: dict[str, IdentityProvider] = field(default_factory=dict)
    listed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    whole_files: int = 0
    cut_files: int = 0
    is_damaged: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether only first pages were there, or something in a file could not be read."""
        return not self.whole_files or self.is_damaged

    def facts(self, account: str, now: str) -> AccountFacts:
        """The account's facts; what only `list-roles` tells is put into the roles."""
        listed = {arn: read_role(raw, account) for arn, raw in self.listed.items() if arn not in self.roles}
        roles = [complete_role(role, self.listed.get(role.arn)) for role in (*self.roles.values(), *listed.values())]
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


@dataclass(slots=True)
class _Gathered:
    """Everything read so far."""

    accounts: dict[str, _Account] = field(default_factory=dict)
    aws_policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    oidc: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    findings: list[ExternalFinding] = field(default_factory=list)
    whole: Organization | None = None
    about: Mapping[str, Any] | None = None
    members: list[Mapping[str, Any]] = field(default_factory=list)
    roots: list[Mapping[str, Any]] = field(default_factory=list)
    guardrails: dict[str, GuardrailPolicy] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Take in one document."""
        value = document.value
        match document.kind:
            case Kind.ACCOUNT_DETAILS:
                self._add_details(value, document.path)
            case Kind.LIST_ROLES:
                self._add_listed(value["Roles"])
            case Kind.GET_ROLE:
                self._add_listed([value["Role"]])
            case Kind.SAML_PROVIDERS:
                self._add_providers(value["SAMLProviderList"], is_saml=True)
            case Kind.OIDC_PROVIDERS:
                self._add_providers(value["OpenIDConnectProviderList"], is_saml=False)
            case Kind.OIDC_PROVIDER:
                self.oidc[value["Url"].removeprefix("https://")] = value
            case Kind.LIST_FINDINGS:
                self.findings += [read_finding(raw, "") for raw in value["findings"]]
            case Kind.GET_FINDING:
                self.findings.append(read_finding(value["finding"], ""))
            case Kind.GET_FINDING_V2:
                self.findings.append(read_finding(value, ""))
            case _:
                self._add_organization(document)

    # ── accounts ─────────────────────────────────────────────────────────────────────────────────────────────

    def _account(self, arn: str) -> tuple[str, _Account]:
        account = _account_in(arn)
        return account, self.accounts.setdefault(account, _Account())

    def _add_details(self, value: Mapping[str, Any], path: str) -> None:
        is_cut = bool(value.get("IsTruncated"))
        before = len(self.problems)
        touched = set()
        for name, read, kept in _DETAILS:
            for index, raw in enumerate(value.get(name) or ()):
                try:
                    account = _account_in(raw["Arn"])
                    one = read(raw, account)
                except ODD_SHAPE as error:
                    place = f"$.{name}[{index}]"
                    self.problems.append(FileProblem(path, place, _odd(Kind.ACCOUNT_DETAILS, error)))
                    continue
                touched.add(account)
                known = getattr(self.accounts.setdefault(account, _Account()), kept)
                self._keep(known, raw["Arn"], one, path)
        touched |= self._add_policies(map(read_policy, value.get("Policies") or ()), path)
        for account in touched:
            found = self.accounts[account]
            found.cut_files += is_cut
            found.whole_files += not is_cut
            found.is_damaged |= len(self.problems) > before

    def _add_policies(self, policies: Iterable[ManagedPolicy], path: str) -> set[str]:
        touched = set()
        for policy in policies:
            if policy.is_aws:
                self._keep(self.aws_policies, policy.arn, policy, path)
                continue
            account, found = self._account(policy.arn)
            touched.add(account)
            self._keep(found.policies, policy.arn, policy, path)
        return touched

    def _keep(self, known: dict[str, Any], arn: str, value: object, path: str) -> None:
        if arn not in known:
            known[arn] = value
        elif known[arn] != value:
            self.notes.append(f"`{arn}` in `{path}` differs from what an earlier file says: the earlier one is kept")

    def _add_listed(self, roles: Iterable[Mapping[str, Any]]) -> None:
        for raw in roles:
            self._account(raw["Arn"])[1].listed.setdefault(raw["Arn"], raw)

    def _add_providers(self, listed: Iterable[Mapping[str, Any]], *, is_saml: bool) -> None:
        for raw in listed:
            account, found = self._account(raw["Arn"])
            (provider,) = read_providers(account, [raw] if is_saml else None, None if is_saml else [raw])
            found.providers.setdefault(provider.arn, provider)

    # ── the organization ─────────────────────────────────────────────────────────────────────────────────────

    def _add_organization(self, document: Document) -> None:
        value = document.value
        match document.kind:
            case Kind.ORGANIZATION:
                self.whole = decode(Organization, value["organization"])
            case Kind.DESCRIBE_ORGANIZATION:
                self.about = value["Organization"]
            case Kind.LIST_ACCOUNTS:
                self.members += value["Accounts"]
            case Kind.LIST_ROOTS:
                self.roots += value["Roots"]
            case Kind.DESCRIBE_POLICY:
                self._add_guardrail(value["Policy"])

    def _add_guardrail(self, raw: Mapping[str, Any]) -> None:
        summary = raw["PolicySummary"]
        policy = read_guardrail(summary, GuardrailKind(summary["Type"]), raw["Content"], ())
        self.guardrails[policy.id] = policy

    def _organization(self) -> Organization | None:
        if self.whole:
            return self.whole
        if self.about is None and not self.members:
            return None
        about = self.about or {}
        root = self.roots[0]["Id"] if self.roots else ""
        accounts = {raw["Id"]: read_account(raw, root) for raw in self.members}
        return Organization(
            id=about.get("Id") or "",
            management_account=about.get("MasterAccountId") or about.get("ManagementAccountId") or "",
            units=tuple(read_unit(raw, "") for raw in self.roots),
            accounts=tuple(accounts[id_] for id_ in sorted(accounts)),
            guardrails=tuple(self.guardrails[id_] for id_ in sorted(self.guardrails)),
        )

    # ── together ─────────────────────────────────────────────────────────────────────────────────────────────

    def build(self, now: str) -> Snapshot:
        """The snapshot of everything taken in."""
        organization = self._organization()
        accounts = [self._facts(account, now) for account in sorted(self.accounts)]
        if accounts and self.aws_policies:
            # Policies of AWS are the same in every account: the first one holds them for all.
            accounts[0] = replace(accounts[0], policies=(*accounts[0].policies, *self.aws_policies.values()))
        return Snapshot(
            taken_at=now,
            source="files",
            organization=organization,
            accounts=tuple(accounts),
            external_findings=merge_findings(self.findings),
            gaps=tuple(self._gaps(organization)),
        )

    def _facts(self, account: str, now: str) -> AccountFacts:
        facts = self.accounts[account].facts(account, now)
        providers = tuple(map(self._complete_provider, facts.providers))
        return replace(facts, providers=providers)

    def _complete_provider(self, provider: IdentityProvider) -> IdentityProvider:
        """The provider with its audiences; `get-open-id-connect-provider` tells no ARN, only the address."""
        raw = self.oidc.get(provider.arn.partition(":oidc-provider/")[2])
        if raw is None:
            return provider
        return replace(provider, url=raw["Url"], client_ids=tuple(raw["ClientIDList"]))

    def _gaps(self, organization: Organization | None) -> Iterable[Gap]:
        for account in sorted(self.accounts):
            found = self.accounts[account]
            if found.is_partial:
                what = "only a part of" if found.cut_files or found.is_damaged else "no"
                reason = f"{what} `get-account-authorization-details` was imported: principals or policies are missing"
                yield Gap(account, "iam", "", GapKind.NOT_ASKED, reason)
        if organization is None:
            return
        if not organization.id:
            yield Gap("", "organizations", "", GapKind.NOT_ASKED, "no `describe-organization`: the id is not known")
        for member in organization.accounts:
            if member.id not in self.accounts:
                reason = "no `get-account-authorization-details` of this account was imported"
                yield Gap(member.id, "iam", "", GapKind.NOT_ASKED, reason)
        if not any(policy.targets for policy in organization.guardrails):
            reason = "which SCPs and RCPs hang where was not imported: none is counted"
            yield Gap("", "organizations-policies", "", GapKind.NOT_ASKED, reason)
