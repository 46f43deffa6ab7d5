"""Access: which policies apply to this principal on this role? It builds the stack and asks the engine.

THE ONE PLACE that knows which layers bind whom: SCPs of the caller's account, RCPs of the role's account, nothing of
either for the management account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from trustview.analysis.attachments import (
    groups_of,
    has_unread_policies,
    identity_texts,
    managed_policies_of,
    managed_text,
)
from trustview.analysis.caller_facts import facts_of, facts_of_account
from trustview.analysis.grant import Grant
from trustview.analysis.privilege import PrivilegeJudge, Subject, count_named, name_account, name_in
from trustview.analysis.settings import Settings
from trustview.analysis.tier import Tier, tier_of
from trustview.analysis.vendors import Vendor, vendor_register
from trustview.policy import (
    ACTION_OF_CALLER,
    ASSUME_ROLE,
    Caller,
    CallerKind,
    Context,
    Evaluation,
    Level,
    PolicyDocument,
    PolicyStack,
    Privilege,
    PrivilegeVerdict,
    Request,
    evaluate,
    matches,
    open_context,
    read_policy,
)
from trustview.snapshot import GuardrailKind, GuardrailPolicy, IdentityProvider, Role, Snapshot, User

_ALLOWS_ALL = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
_ADMINISTRATOR = ":policy/AdministratorAccess"
_ROLE_TAGS = ("aws:ResourceTag/", "iam:ResourceTag/")


@dataclass(frozen=True)
class Access:
    """A snapshot, ready for questions. `grants` are filled by `find_grants` before checks run."""

    snapshot: Snapshot
    grants: tuple[Grant, ...] = ()
    settings: Settings = field(default=Settings())

    # ── what is there ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def grants_by_role(self) -> dict[str, tuple[Grant, ...]]:
        """Grants by the ARN of their role."""
        found: dict[str, list[Grant]] = {}
        for grant in self.grants:
            found.setdefault(grant.role, []).append(grant)
        return {role: tuple(grants) for role, grants in found.items()}

    @cached_property
    def providers_by_arn(self) -> dict[str, IdentityProvider]:
        """Identity providers of all accounts read, by ARN."""
        return {p.arn: p for account in self.snapshot.accounts for p in account.providers}

    @cached_property
    def vendors(self) -> dict[str, Vendor]:
        """The bundled register and the user's own entries, by account id."""
        return vendor_register() | {account: Vendor(name) for account, name in self.settings.vendors.register}

    def is_approved(self, account: str) -> bool:
        """Whether the settings approve an outsider, by its id or as an account of a vendor."""
        vendor = self.vendors.get(account)
        is_named = vendor is not None and vendor.name in self.settings.vendors.approved
        return is_named or account in self.settings.accounts.approved

    @cached_property
    def _tiers(self) -> dict[str, Tier]:
        return {}

    def role(self, arn: str) -> Role:
        """The role of a grant."""
        return self.snapshot.roles_by_arn[arn]

    def trust_policy(self, role: Role) -> PolicyDocument:
        """The parsed trust policy."""
        return read_policy(role.trust_policy)

    def tier(self, account: str) -> Tier:
        """The tier of an account."""
        if account not in self._tiers:
            self._tiers[account] = tier_of(self.snapshot, account, self.settings.tiers)
        return self._tiers[account]

    def is_outsider(self, account: str) -> bool:
        """Whether an account id belongs to nobody of ours."""
        return bool(account) and not self.snapshot.is_ours(account)

    # ── layers ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _identity(self) -> dict[str, tuple[PolicyDocument, ...]]:
        return {}

    def identity_policies(self, principal: Role | User) -> tuple[PolicyDocument, ...]:
        """The identity policies of a role or user, its groups' included; unread managed policies are left out."""
        if principal.arn not in self._identity:
            texts = identity_texts(self.snapshot, principal)
            self._identity[principal.arn] = tuple(read_policy(text) for text in texts)
        return self._identity[principal.arn]

    @cached_property
    def memory(self) -> dict[str, dict[Any, Any]]:
        """Room for what a question that many checks ask has found out already, by question."""
        return {}

    def boundary(self, principal: Role | User) -> PolicyDocument | None:
        """The permissions boundary; None when there is none or it was not read."""
        text = managed_text(self.snapshot, principal.boundary)
        return read_policy(text) if text else None

    def has_unread_policies(self, principal: Role | User) -> bool:
        """Whether some policy that hangs on the principal was not read."""
        return has_unread_policies(self.snapshot, principal)

    @cached_property
    def _privileges(self) -> dict[str, Privilege]:
        return {}

    @cached_property
    def _judge(self) -> PrivilegeJudge:
        return PrivilegeJudge()

    def privilege(self, principal: Role | User) -> Privilege:
        """What the principal may do, in classes; what could not be read may hold anything."""
        if principal.arn not in self._privileges:
            known = self._privileges_of(principal).privilege
            is_open = self.has_unread_policies(principal) and not known.may_write
            self._privileges[principal.arn] = Privilege.UNKNOWN if is_open else known
        return self._privileges[principal.arn]

    def privilege_verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """What the policies that were read let the principal do, and why."""
        return name_account(self._privileges_of(principal), principal.account)

    def _privileges_of(self, principal: Role | User) -> PrivilegeVerdict:
        verdict = self._judge.judge(self._subject(principal))
        return count_named(verdict, lambda named: self._may_more(named, principal.account))

    def _may_more(self, named: str, account: str) -> bool:
        """Whether an ARN pattern means a role or user of the account whose own policies make it administrator or so."""
        pattern = name_in(named, account)
        facts = self.snapshot.facts_by_account.get(account)
        principals: tuple[Role | User, ...] = (*facts.roles, *facts.users) if facts and ":iam:" in pattern else ()
        verdicts = (self._judge.judge(self._subject(one)) for one in principals if matches(pattern, one.arn))
        return any(verdict.privilege in (Privilege.ADMIN, Privilege.ESCALATING) for verdict in verdicts)

    def _subject(self, principal: Role | User) -> Subject:
        snapshot, managed = self.snapshot, managed_policies_of(self.snapshot, principal)
        is_bound = isinstance(principal, User) or not principal.is_service_linked
        # AWS's administrator policy says the same everywhere: it need not have been read.
        is_admin = any(arn.endswith(_ADMINISTRATOR) and not managed_text(snapshot, arn) for arn in managed)
        return Subject(
            kind=CallerKind.USER if isinstance(principal, User) else CallerKind.ROLE,
            arn=principal.arn,
            account=principal.account,
            identity=identity_texts(snapshot, principal) + ((_ALLOWS_ALL,) if is_admin else ()),
            boundary=managed_text(snapshot, principal.boundary),
            scps=self._guardrail_texts(principal.account, GuardrailKind.SCP) if is_bound else (),
            facts=tuple(
                (key, (v,) if isinstance(v, str) else v) for key, v in facts_of(self.snapshot, principal).items()
            ),
            own=(*managed, *(group.arn for group in groups_of(snapshot, principal))),
        )

    @cached_property
    def _levels(self) -> dict[tuple[str, GuardrailKind], tuple[Level, ...]]:
        return {}

    @cached_property
    def _level_texts(self) -> dict[tuple[str, GuardrailKind], tuple[tuple[str, ...], ...]]:
        return {}

    def _guardrail_texts(self, account: str, kind: GuardrailKind) -> tuple[tuple[str, ...], ...]:
        organization = self.snapshot.organization
        if organization is None:
            return ()
        if (account, kind) not in self._level_texts:
            # AWS lets no level be without a policy of a kind in use: an empty one was not read, and nothing may be
            # concluded from it, least of all that it shuts everybody out.
            self._level_texts[account, kind] = tuple(
                tuple(policy.document for policy in level) or (_ALLOWS_ALL,)
                for level in organization.guardrails_of(account, kind)
            )
        return self._level_texts[account, kind]

    def guardrails(self, account: str, kind: GuardrailKind) -> tuple[Level, ...]:
        """The SCP or RCP levels that bind an account, from the root down; none for outsiders and management."""
        if (account, kind) not in self._levels:
            texts = self._guardrail_texts(account, kind)
            self._levels[account, kind] = tuple(tuple(map(read_policy, level)) for level in texts)
        return self._levels[account, kind]

    @cached_property
    def _organizations_named(self) -> dict[str, tuple[str, ...]]:
        return {}

    def organizations_named(self, role: Role) -> tuple[str, ...]:
        """The organizations, ours aside, that the role's trust policy or the RCPs of its account name."""
        if role.account not in self._organizations_named:
            levels = self.guardrails(role.account, GuardrailKind.RCP)
            self._organizations_named[role.account] = _organizations_in(d for level in levels for d in level)
        named = _organizations_in((self.trust_policy(role),)) + self._organizations_named[role.account]
        own = self.snapshot.organization.id if self.snapshot.organization else ""
        return tuple(dict.fromkeys(organization for organization in named if organization != own))

    def read_guardrail(self, policy: GuardrailPolicy) -> PolicyDocument:
        """A guardrail, parsed."""
        return read_policy(policy.document)

    def guardrail_name(self, account: str, kind: GuardrailKind, level: int, document: int) -> str:
        """The name of the guardrail that a reason points at, with the place where it hangs."""
        organization = self.snapshot.organization
        if organization is None:
            return kind.name
        policy = organization.guardrails_of(account, kind)[level][document]
        target = organization.path_to(account)[level]
        unit = organization.units_by_id.get(target)
        return f"{kind.name} `{policy.name}` at {unit.name if unit else self.snapshot.account_name(target)}"

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────

    def stack(
        self, role: Role, caller: Caller, principal: Role | User | None = None, trust: PolicyDocument | None = None
    ) -> PolicyStack:
        """Every policy that applies when the caller asks for the role; `principal` is the caller where we know it.

        `trust` stands in for the role's trust policy where only a part of it is asked about.
        """
        identity, boundary = None, None
        if principal is not None:
            identity, boundary = self.identity_policies(principal), self.boundary(principal)
        return PolicyStack(
            trust=trust or self.trust_policy(role),
            identity=identity,
            boundary=boundary,
            scps=self.guardrails(caller.account, GuardrailKind.SCP) if caller.kind.is_iam else (),
            rcps=self.guardrails(role.account, GuardrailKind.RCP),
        )

    def ask(
        self,
        role: Role,
        caller: Caller,
        context: Context,
        principal: Role | User | None = None,
        trust: PolicyDocument | None = None,
    ) -> Evaluation:
        """Whether the caller may assume the role in this context; `trust` as in `stack`."""
        action = ACTION_OF_CALLER.get(caller.kind, ASSUME_ROLE)
        request = Request(caller, action, role.arn, role.account, context)
        return evaluate(request, self.stack(role, caller, principal, trust))

    def context_of(self, role: Role, caller: Caller, principal: Role | User | None = None) -> Context:
        """What is surely known of a request of this caller for this role; the rest is open."""
        values: dict[str, str | tuple[str, ...]] = {
            "aws:ResourceAccount": role.account,
            "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false",
            "aws:PrincipalIsAWSService": "true" if caller.kind is CallerKind.SERVICE else "false",
        }
        if caller.kind is CallerKind.SERVICE and caller.provider:
            values["aws:PrincipalServiceName"] = caller.provider
        absent = ["sts:ExternalId"] if caller.kind is CallerKind.SERVICE else []
        self._add_organization(values, absent, role, caller)
        for prefix in _ROLE_TAGS:
            values |= {f"{prefix}{key}": value for key, value in role.tags}
        if caller.arn and caller.kind.is_iam:
            values["aws:PrincipalArn"] = caller.arn
        if principal is not None:
            values |= {f"aws:PrincipalTag/{key}": value for key, value in principal.tags}
        # Where the account was read in full the role has the tags that we see and no others.
        is_read = role.account not in self.snapshot.unread_accounts
        return open_context(values, absent, _ROLE_TAGS if is_read else ())

    def _add_organization(
        self, values: dict[str, str | tuple[str, ...]], absent: list[str], role: Role, caller: Caller
    ) -> None:
        organization = self.snapshot.organization
        if organization is None:
            return
        if self.snapshot.is_ours(role.account):
            values["aws:ResourceOrgID"] = organization.id
        if caller.kind.is_iam and caller.account:
            values |= facts_of_account(self.snapshot, caller.account)


def _organizations_in(documents: Iterable[PolicyDocument]) -> tuple[str, ...]:
    """The organization ids that conditions on the caller's organization name; one id stands for those of a pattern."""
    values = (
        value.partition("/")[0]
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
        if condition.key.lower() in ("aws:principalorgid", "aws:principalorgpaths")
        for value in condition.values
        if value.startswith("o-")
    )
    return tuple(dict.fromkeys(value.replace("*", "x").replace("?", "x") for value in values))
