"""Access: which policies apply to this principal on this role? It builds the stack and asks the engine.

THE ONE PLACE that knows which layers bind whom: SCPs of the caller's account, RCPs of the role's account, nothing of
either for the management account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from trustview.analysis.attachments import (
    groups_of,
    has_unread_policies,
    identity_texts,
    managed_policies_of,
    managed_text,
)
from trustview.analysis.caller_facts import facts_of
from trustview.analysis.grant import Grant
from trustview.analysis.graph import TrustGraph
from trustview.analysis.known_context import Values, context_for_role, context_from_caller
from trustview.analysis.privilege import PrivilegeJudge, Subject, count_named, name_account, name_in
from trustview.analysis.settings import Settings
from trustview.analysis.template import likeness
from trustview.analysis.terms import assuming_part, speaks_of_assuming
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
    parse_policy,
    read_policy,
)
from trustview.snapshot import GuardrailKind, GuardrailPolicy, IdentityProvider, Role, Snapshot, User

_ALLOWS_ALL = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
_ADMINISTRATOR = ":policy/AdministratorAccess"
_SILENT = PolicyDocument()


@dataclass(frozen=True)
class Access:
    """A snapshot, ready for questions. `grants` and `graph` are found before checks run."""

    snapshot: Snapshot
    grants: tuple[Grant, ...] = ()
    graph: TrustGraph = field(default_factory=TrustGraph)
    settings: Settings = field(default=Settings())

    def with_found(self, grants: tuple[Grant, ...], graph: TrustGraph) -> Access:
        """The same with grants and graph; what was worked out from the snapshot alone is kept."""
        found = replace(self, grants=grants, graph=graph)
        vars(found).update({name: value for name, value in vars(self).items() if name.startswith("_")})
        return found

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

    def assuming_policies(self, principal: Role | User) -> tuple[PolicyDocument, ...]:
        """What the identity policies of a role or user say on assuming roles.

        A policy that says nothing stands as an empty one: reasons count policies.
        """
        found = self._assuming.get(principal.arn)
        if found is None:
            texts = list(identity_texts(self.snapshot, principal))
            while texts and not self._speaks_of_assuming(texts[-1], principal.account):
                texts.pop()
            found = self._assuming[principal.arn] = tuple(
                assuming_part(read_policy(text)) if self._speaks_of_assuming(text, principal.account) else _SILENT
                for text in texts
            )
        return found

    def may_ask(self, principal: Role | User) -> bool:
        """Whether some Allow of the principal's own policies speaks of assuming roles at all."""
        return any(document.allows for document in self.assuming_policies(principal))

    @cached_property
    def _assuming(self) -> dict[str, tuple[PolicyDocument, ...]]:
        return {}

    def _speaks_of_assuming(self, text: str, account: str) -> bool:
        """Whether some statement means the assuming of roles; the own account's id makes no difference to that."""
        key = likeness(text, account)
        if key not in self._speaking:
            self._speaking[key] = speaks_of_assuming(parse_policy(text))
        return self._speaking[key]

    @cached_property
    def _speaking(self) -> dict[str, bool]:
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
            known = self.shared_verdict(principal).privilege
            is_open = self.has_unread_policies(principal) and not known.may_write
            self._privileges[principal.arn] = Privilege.UNKNOWN if is_open else known
        return self._privileges[principal.arn]

    def privilege_verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """What the policies that were read let the principal do, and why."""
        return name_account(self.shared_verdict(principal), principal.account)

    def shared_verdict(self, principal: Role | User) -> PrivilegeVerdict:
        """The same before the account is named: one value for all principals that are alike; see `name_account`."""
        if principal.arn not in self._verdicts:
            verdict = self._judge.judge(self._subject(principal))
            self._verdicts[principal.arn] = count_named(verdict, lambda named: self._may_more(named, principal.account))
        return self._verdicts[principal.arn]

    @cached_property
    def _verdicts(self) -> dict[str, PrivilegeVerdict]:
        return {}

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

    def guardrail_key(self, account: str, kind: GuardrailKind) -> tuple[tuple[str, ...], ...]:
        """A value that is equal for accounts that the same guardrails bind, at the same places of the tree."""
        if (account, kind) not in self._guardrail_keys:
            organization = self.snapshot.organization
            levels = organization.guardrails_of(account, kind) if organization else ()
            places = organization.path_to(account)[:-1] if organization else ()
            # Reasons name the place: an account counts as one when more hangs on it than what allows everything.
            is_plain = not levels or all(_allows_everything(read_policy(policy.document)) for policy in levels[-1])
            own = ("" if is_plain else account,)
            self._guardrail_keys[account, kind] = tuple(
                (place, *(policy.id for policy in level)) for place, level in zip((*places, *own), levels, strict=False)
            )
        return self._guardrail_keys[account, kind]

    @cached_property
    def _guardrail_keys(self) -> dict[tuple[str, GuardrailKind], tuple[tuple[str, ...], ...]]:
        return {}

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
    def _organizations_named(self) -> dict[tuple[str, object], tuple[str, ...]]:
        return {}

    def organizations_named(self, role: Role) -> tuple[str, ...]:
        """The organizations, ours aside, that the role's trust policy or the RCPs of its account name."""
        key = (role.trust_policy, self.guardrail_key(role.account, GuardrailKind.RCP))
        if key not in self._organizations_named:
            levels = self.guardrails(role.account, GuardrailKind.RCP)
            named = _organizations_in((self.trust_policy(role), *(d for level in levels for d in level)))
            own = self.snapshot.organization.id if self.snapshot.organization else ""
            self._organizations_named[key] = tuple(organization for organization in named if organization != own)
        return self._organizations_named[key]

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

    def asked_by_anyone(self, role: Role) -> Request:
        """The request for a role of somebody of whom nothing is known."""
        anyone = Caller(CallerKind.PRINCIPAL)
        return Request(anyone, ASSUME_ROLE, role.arn, role.account, self.context_of(role, anyone))

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
        return context_from_caller(self.snapshot, caller, principal, self._account_facts)

    @cached_property
    def _account_facts(self) -> dict[str, Values]:
        return {}


def _allows_everything(document: PolicyDocument) -> bool:
    return all(
        (s.is_allow, s.actions, s.not_actions, s.resources, s.not_resources, s.conditions)
        == (True, ("*",), False, ("*",), False, ())
        for s in document.statements
    )


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
