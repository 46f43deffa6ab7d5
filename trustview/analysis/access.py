"""Access: which policies apply to this principal on this role? It builds the stack and asks the engine.

THE ONE PLACE that knows which layers bind whom: SCPs of the caller's account, RCPs of the role's account, nothing of
either for the management account.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from trustview.analysis.grant import Grant
from trustview.analysis.graph import TrustGraph
from trustview.analysis.guardrail_levels import GuardrailKey, GuardrailLevels
from trustview.analysis.kinds import Kinds, by_role
from trustview.analysis.known_context import KnownCallers, context_for_role
from trustview.analysis.lens import Lens, View
from trustview.analysis.policy_sets import PolicySets
from trustview.analysis.privileges import Privileges
from trustview.analysis.settings import Settings
from trustview.analysis.template import likeness, read_for
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
    read_policy,
)
from trustview.policy.memory import keep
from trustview.snapshot import GuardrailKind, GuardrailPolicy, IdentityProvider, Role, Snapshot, User

# Requests are asked for again and again while one account, or one door, is looked at.
_MOST_ASKED = 4096
_ANYONE = Caller(CallerKind.PRINCIPAL)


@dataclass(frozen=True)
class Access:
    """A snapshot, ready for questions. `grants` and `graph` are found before checks run."""

    snapshot: Snapshot
    grants: Sequence[Grant] = ()
    graph: TrustGraph = field(default_factory=TrustGraph)
    settings: Settings = field(default=Settings())
    doors: Mapping[str, int] = field(default_factory=dict)

    def with_found(
        self,
        grants: Sequence[Grant],
        graph: TrustGraph,
        doors: Mapping[str, int] = MappingProxyType({}),
        by_role: Mapping[str, tuple[Grant, ...]] | None = None,
    ) -> Access:
        """The same with grants and graph; what was worked out from the snapshot alone is kept.

        `doors` are the numbers of the doors that the grants lead through, by grant; `by_role` is given where the grants
        of each role are known already.
        """
        found = replace(self, grants=grants, graph=graph, doors=doors)
        vars(found).update({name: value for name, value in vars(self).items() if name.startswith("_")})
        if by_role is not None:
            vars(found)["grants_by_role"] = by_role
        return found

    # ── what is there ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def grants_by_role(self) -> Mapping[str, tuple[Grant, ...]]:
        """Grants by the ARN of their role."""
        found: dict[str, tuple[Grant, ...]] = {}
        for grants in by_role(self.grants):
            # A role whose grants do not stand together is none the less whole.
            found[grants[0].role] = (*found.get(grants[0].role, ()), *grants)
        return found

    @cached_property
    def kinds(self) -> Kinds:
        """The grants by kind."""
        return Kinds(self.grants)

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
        found = self._trust_policies.get(role.trust_policy)
        if found is None:
            found = read_for(likeness(role.trust_policy, role.account), role.account)
            self._trust_policies[role.trust_policy] = found
        return found

    @cached_property
    def _trust_policies(self) -> dict[str, PolicyDocument]:
        return {}

    def tier(self, account: str) -> Tier:
        """The tier of an account."""
        if account not in self._tiers:
            self._tiers[account] = tier_of(self.snapshot, account, self.settings.tiers)
        return self._tiers[account]

    def is_outsider(self, account: str) -> bool:
        """Whether an account id belongs to nobody of ours."""
        return bool(account) and not self.snapshot.is_ours(account)

    def answers_alike(self, grant: Grant) -> Hashable:
        """A value that is equal for grants whose roles, guardrails counted, give every caller the same answer."""
        return self.doors.get(grant.id, grant.id)

    # ── what principals bring ────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _policies(self) -> PolicySets:
        return PolicySets(self.snapshot)

    @cached_property
    def _privileges(self) -> Privileges:
        return Privileges(self.snapshot, self._policies, self._guardrails)

    @cached_property
    def memory(self) -> dict[str, dict[Any, Any]]:
        """Room for what a question that many checks ask has found out already, by question."""
        return {}

    @property
    def policies(self) -> PolicySets:
        """Which principals have the same policies."""
        return self._policies

    def identity_policies(self, principal: Role | User) -> tuple[PolicyDocument, ...]:
        """The identity policies of a role or user, its groups' included; unread managed policies are left out."""
        return self._policies.identity(principal)

    def assuming_policies(self, principal: Role | User) -> tuple[PolicyDocument, ...]:
        """What the identity policies of a role or user say on assuming roles."""
        return self._policies.assuming(principal)

    def may_ask(self, principal: Role | User) -> bool:
        """Whether some Allow of the principal's own policies speaks of assuming roles at all."""
        return any(document.allows for document in self.assuming_policies(principal))

    def boundary(self, principal: Role | User) -> PolicyDocument | None:
        """The permissions boundary; None when there is none or it was not read."""
        return self._policies.boundary(principal)

    def has_unread_policies(self, principal: Role | User) -> bool:
        """Whether some policy that hangs on the principal was not read."""
        return self._policies.of(principal).is_unread

    def privilege(self, principal: Role | User) -> Privilege:
        """What the principal may do, in classes; what could not be read may hold anything."""
        grants = self.grants_by_role.get(principal.arn) if self.grants else None
        return grants[0].privilege if grants else self._privileges.of(principal)

    def privilege_verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """What the policies that were read let the principal do, and why."""
        return self._privileges.verdict(principal)

    def judged_alone(self, principal: Role | User) -> PrivilegeVerdict:
        """The same of its own policies alone, whoever else it may become."""
        return self._privileges.judged_alone(principal)

    def shared_verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """The same before the account is named: one value for all principals that are alike; see `name_account`."""
        return self._privileges.shared_verdict(principal)

    def may_take_over(self, principal: Role | User) -> bool:
        """Whether some escalation path is open to the principal, were it over named things alone."""
        alike = self._privileges.alike_verdict(principal)
        return bool(alike.escalations or alike.limited)

    # ── guardrails ───────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _guardrails(self) -> GuardrailLevels:
        return GuardrailLevels(self.snapshot)

    def guardrail_key(self, account: str, kind: GuardrailKind) -> GuardrailKey:
        """A value that is equal for accounts that the same guardrails bind, at the same places of the tree."""
        return self._guardrails.key(account, kind)

    def guardrails(self, account: str, kind: GuardrailKind) -> tuple[Level, ...]:
        """The SCP or RCP levels that bind an account, from the root down; none for outsiders and management."""
        return self._guardrails.of(account, kind)

    def guardrail_name(self, account: str, kind: GuardrailKind, level: int, document: int) -> str:
        """The name of the guardrail that a reason points at, with the place where it hangs."""
        return self._guardrails.name(account, kind, level, document)

    def read_guardrail(self, policy: GuardrailPolicy) -> PolicyDocument:
        """A guardrail, parsed."""
        return read_policy(policy.document)

    def organizations_named(self, role: Role) -> tuple[str, ...]:
        """The organizations, ours aside, that the role's trust policy or the RCPs of its account name."""
        rcps = self.guardrail_key(role.account, GuardrailKind.RCP)
        above = self._organizations_above.get(rcps)
        if above is None:
            levels = self.guardrails(role.account, GuardrailKind.RCP)
            above = self._organizations_above[rcps] = tuple(_organizations_in(d for level in levels for d in level))
        own = self.snapshot.organization.id if self.snapshot.organization else ""
        named = dict.fromkeys((*_organizations_in((self.trust_policy(role),)), *above))
        return tuple([organization for organization in named if organization != own])

    @cached_property
    def _organizations_above(self) -> dict[GuardrailKey, tuple[str, ...]]:
        return {}

    def asked_by_anyone(self, role: Role) -> Request:
        """The request for a role of somebody of whom nothing is known."""
        found = self._asked.get(role.arn)
        if found is None:
            found = Request(_ANYONE, ASSUME_ROLE, role.arn, role.account, self.context_of(role, _ANYONE))
            keep(self._asked, role.arn, found, _MOST_ASKED)
        return found

    @cached_property
    def _asked(self) -> dict[str, Request]:
        return {}

    def view_of_role(self, lens: Lens, role: Role, besides: frozenset[str] = frozenset()) -> View:
        """All that a lens sees of a role; `besides` are keys of which that does not count."""
        if lens.reads_keys_of_role(besides):
            return lens.view_of_role(self.asked_by_anyone(role), besides)
        return lens.view_of_role(Request(_ANYONE, ASSUME_ROLE, role.arn, role.account), besides)

    def caller_of(self, principal: Role | User) -> Caller:
        """The caller that a role or user of the snapshot is."""
        kind = CallerKind.ROLE if isinstance(principal, Role) else CallerKind.USER
        return Caller(kind, principal.account, principal.arn, unique_id=principal.id)

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────

    def stack(
        self, role: Role, caller: Caller, principal: Role | User | None = None, trust: PolicyDocument | None = None
    ) -> PolicyStack:
        """Every policy that applies when the caller asks for the role; `principal` is the caller where we know it.

        `trust` stands in for the role's trust policy where only a part of it is asked about.
        """
        identity, boundary = None, None
        if principal is not None:
            identity, boundary = self.assuming_policies(principal), self.boundary(principal)
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
        return context_for_role(self.snapshot, role, self.context_of_caller(caller, principal))

    def context_of_caller(self, caller: Caller, principal: Role | User | None = None) -> Context:
        """What is surely known of any request of this caller, whatever role it asks for."""
        trust = self.trust_policy(principal) if isinstance(principal, Role) else None
        return self._callers.context(caller, principal, trust)

    @cached_property
    def _callers(self) -> KnownCallers:
        return KnownCallers(self.snapshot)


def _organizations_in(documents: Iterable[PolicyDocument]) -> Iterator[str]:
    """The organization ids that conditions on the caller's organization name; one id stands for those of a pattern."""
    for document in documents:
        for statement in document.statements:
            for condition in statement.conditions:
                if condition.key.lower() in ("aws:principalorgid", "aws:principalorgpaths"):
                    values = (value.partition("/")[0] for value in condition.values if value.startswith("o-"))
                    yield from (value.replace("*", "x").replace("?", "x") for value in values)
