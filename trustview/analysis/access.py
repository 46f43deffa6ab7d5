"""Access: which policies apply to this principal on this role? It builds the stack and asks the engine.

THE ONE PLACE that knows which layers bind whom: SCPs of the caller's account, RCPs of the role's account, nothing of
either for the management account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from trustview.analysis.grant import Grant
from trustview.analysis.privilege import Privilege, classify_privilege
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
    Request,
    evaluate,
    open_context,
    parse_policy,
    read_policy,
)
from trustview.snapshot import GuardrailKind, IdentityProvider, Role, Snapshot, User

_ALLOWS_ALL = parse_policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_ROLE_TAGS = ("aws:ResourceTag/", "iam:ResourceTag/")


@dataclass(frozen=True)
class Access:
    """A snapshot, ready for questions. `grants` are filled by `find_grants` before checks run."""

    snapshot: Snapshot
    grants: tuple[Grant, ...] = ()
    vendors: dict[str, Vendor] = field(default_factory=vendor_register)

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
            self._tiers[account] = tier_of(self.snapshot, account)
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
            texts = [policy.document for policy in principal.inline]
            texts += self._attached(principal.attached)
            if isinstance(principal, User):
                texts += self._of_groups(principal)
            self._identity[principal.arn] = tuple(read_policy(text) for text in texts if text)
        return self._identity[principal.arn]

    def _attached(self, arns: tuple[str, ...]) -> list[str]:
        policies = self.snapshot.policies_by_arn
        return [policies[arn].document for arn in arns if arn in policies]

    def _of_groups(self, user: User) -> list[str]:
        facts = self.snapshot.facts_by_account.get(user.account)
        groups = [group for group in (facts.groups if facts else ()) if group.name in user.groups]
        inline = [policy.document for group in groups for policy in group.inline]
        return inline + [text for group in groups for text in self._attached(group.attached)]

    def boundary(self, principal: Role | User) -> PolicyDocument | None:
        """The permissions boundary; None when there is none or it was not read."""
        policy = self.snapshot.policies_by_arn.get(principal.boundary)
        return read_policy(policy.document) if policy and policy.document else None

    def has_unread_policies(self, principal: Role | User) -> bool:
        """Whether some policy that hangs on the principal was not read."""
        policies = self.snapshot.policies_by_arn
        attached = list(principal.attached)
        if isinstance(principal, User):
            facts = self.snapshot.facts_by_account.get(principal.account)
            known = {group.name: group for group in (facts.groups if facts else ())}
            if any(name not in known for name in principal.groups):
                return True
            attached += [arn for name in principal.groups for arn in known[name].attached]
        return any(arn not in policies or not policies[arn].document for arn in attached)

    @cached_property
    def _privileges(self) -> dict[str, Privilege]:
        return {}

    def privilege(self, principal: Role | User) -> Privilege:
        """What the principal may do, in classes."""
        if principal.arn not in self._privileges:
            known = classify_privilege(self.identity_policies(principal), self.boundary(principal))
            unread = [arn for arn in principal.attached if arn not in self.snapshot.policies_by_arn]
            is_admin = any(arn.endswith(":policy/AdministratorAccess") for arn in unread) and not principal.boundary
            if is_admin:
                known = Privilege.ADMIN
            elif unread and not known.may_write:
                known = Privilege.UNKNOWN
            self._privileges[principal.arn] = known
        return self._privileges[principal.arn]

    @cached_property
    def _levels(self) -> dict[tuple[str, GuardrailKind], tuple[Level, ...]]:
        return {}

    def guardrails(self, account: str, kind: GuardrailKind) -> tuple[Level, ...]:
        """The SCP or RCP levels that bind an account, from the root down; none for outsiders and management."""
        organization = self.snapshot.organization
        if organization is None:
            return ()
        if (account, kind) not in self._levels:
            levels = organization.guardrails_of(account, kind)
            # AWS lets no level be without a policy of a kind in use: an empty one was not read, and nothing may be
            # concluded from it, least of all that it shuts everybody out.
            self._levels[account, kind] = tuple(
                tuple(read_policy(p.document) for p in level) or (_ALLOWS_ALL,) for level in levels
            )
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
            values["aws:PrincipalAccount"] = caller.account
            if self.snapshot.is_ours(caller.account):
                values["aws:PrincipalOrgID"] = organization.id
                if path := organization.principal_path(caller.account):
                    values["aws:PrincipalOrgPaths"] = (path,)


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
