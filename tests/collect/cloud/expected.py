"""What a collection must give under lasting trouble: the served organization without what was refused, and the gaps.

Worked out from the served data and the refusals alone, not by the collector's own reading.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from trustview.collect.services import SERVICES
from trustview.snapshot import (
    AccountFacts,
    AccountStatus,
    Analyzer,
    EvidenceWindow,
    ExternalFinding,
    GapKind,
    GuardrailKind,
    IdentityProvider,
    Organization,
    ProviderKind,
    Role,
    Snapshot,
    Use,
)

from .organization import Invented, home_of
from .surroundings import LONG_AGO, analyzers_in, buses_in, rules_on, trails_of, unused_in
from .trouble import BROKEN, DENIED, DENIED_ELSEWHERE, GONE, NOT_OPTED_IN, Rule
from .wire import Call

FALLBACK = ("eu-west-1", "us-east-1")
IAM_READS = (
    "GetAccountAuthorizationDetails",
    "ListRoles",
    "ListSAMLProviders",
    "ListOpenIDConnectProviders",
    "GetOpenIDConnectProvider",
    "GetSAMLProvider",
    "ListAccountAliases",
)
Expected = tuple[str, str, str, GapKind, str]
"""A gap: account, service, Region, kind, and a text that its reason must hold."""


@dataclass(frozen=True)
class Outcome:
    """What must come out of one invented organization under these rules."""

    served: Invented
    rules: tuple[Rule, ...]
    evidence: bool = False
    details: bool = False

    # ── what is refused ──────────────────────────────────────────────────────────────────────────────────────

    def _kind(self, account: str, service: str, operation: str, region: str = "", question: str = "") -> GapKind | None:
        """The kind of gap that the first rule for such a call leaves; None when it is answered."""
        call = Call(account, service, region, operation, {}, question)
        rule = next((rule for rule in self.rules if rule.meets(call)), None)
        if rule is None:
            return None
        return GapKind.FAILED if rule.refused in (BROKEN, NOT_OPTED_IN, GONE["ListTagsForResource"]) else GapKind.DENIED

    def _can_enter(self, account: str) -> bool:
        return self._hop(account) is None

    def _hop(self, account: str) -> GapKind | None:
        if account == self.served.management:
            return None
        return self._kind(self.served.management, "sts", "AssumeRole", "us-east-1", f"{account}:role")

    def _iam(self, account: str, operation: str) -> GapKind | None:
        return self._kind(account, "iam", operation, "us-east-1")

    @cached_property
    def _homes(self) -> tuple[str, ...]:
        """The accounts whose analyzers are asked."""
        knows_delegates = self._organizations("ListDelegatedAdministrators") is None
        return self.served.homes if knows_delegates else (self.served.management,)

    def _organizations(self, operation: str, question: str = "") -> GapKind | None:
        return self._kind(self.served.management, "organizations", operation, "us-east-1", question)

    def _regions(self, account: str) -> tuple[str, ...]:
        """The Regions that are asked in an account."""
        is_known = self._kind(account, "ec2", "DescribeRegions", "eu-west-1") is None
        return self.served.enabled[account] if is_known else FALLBACK

    # ── the snapshot ─────────────────────────────────────────────────────────────────────────────────────────

    def snapshot(self) -> Snapshot:
        """The snapshot, without its gaps."""
        facts = (self._facts(one) for one in self.served.perfect.accounts if self._can_enter(one.id))
        read = tuple(one for one in facts if one is not None)
        found = (self._finding(finding) for finding in self.served.perfect.external_findings)
        uses = (self._use(use, read) for use in self.served.perfect.uses)
        places = [(one, region) for one in sorted(self._entered) for region in self._regions(one)]
        buses = [bus for place in places for bus in buses_in(*place)]
        return replace(
            self.served.perfect,
            organization=self._organization(),
            analyzers=tuple(self._analyzers(places)),
            trails=tuple(trail for one in sorted(self._entered) for trail in trails_of(one)),
            event_buses=tuple(sorted(buses, key=lambda bus: bus.arn)),
            event_rules=tuple(sorted((rule for bus in buses for rule in rules_on(bus)), key=lambda rule: rule.arn)),
            accounts=read,
            external_findings=tuple(
                sorted(
                    [*(finding for finding in found if finding is not None), *self._unused(places)],
                    key=lambda finding: (finding.account, finding.resource, finding.id),
                )
            ),
            uses=tuple(sorted((use for use in uses if use is not None), key=_use_order)),
            windows=tuple(window for window in self.served.perfect.windows if self._sees(window)),
        )

    @property
    def _entered(self) -> list[str]:
        return [facts.id for facts in self.served.perfect.accounts if self._can_enter(facts.id)]

    def _analyzers(self, places: list[tuple[str, str]]) -> list[Analyzer]:
        """Those of the homes, wherever they may be asked."""
        asked = [place for place in places if place[0] in self._homes and self._analyzer(*place) is None]
        return sorted((one for place in asked for one in analyzers_in(*place)), key=lambda one: one.arn)

    def _unused(self, places: list[tuple[str, str]]) -> Iterator[ExternalFinding]:
        """Findings of unused access; what exactly is unused was asked for or not."""
        for account, region in places:
            if account in self._homes and self._analyzer(account, region) is None:
                for finding in unused_in(account, region):
                    yield finding if self.details else replace(finding, last_accessed="", unused=())

    def _organization(self) -> Organization:
        whole = self.served.organization
        accounts = tuple(
            one if self._organizations("ListTagsForResource", one.id) is None else replace(one, tags=())
            for one in whole.accounts
        )
        lost = {policy.kind for policy in whole.guardrails if self._organizations("DescribePolicy", f'"{policy.id}"')}
        guardrails = tuple(policy for policy in whole.guardrails if policy.kind not in lost)
        units = tuple(
            one if self._organizations("ListTagsForResource", one.id) is None else replace(one, tags=())
            for one in whole.units
        )
        is_known = self._organizations("ListDelegatedAdministrators") is None
        delegated = whole.delegated if is_known else ()
        return replace(whole, accounts=accounts, units=units, guardrails=guardrails, delegated=delegated)

    def _facts(self, whole: AccountFacts) -> AccountFacts | None:
        lost = {operation for operation in IAM_READS if self._iam(whole.id, operation)}
        has_details = "GetAccountAuthorizationDetails" not in lost
        has_roles = "ListRoles" not in lost
        if not has_details and not has_roles:
            return None
        saml = [p for p in whole.providers if p.kind is ProviderKind.SAML and "ListSAMLProviders" not in lost]
        if "GetSAMLProvider" in lost:
            saml = [_listed_alone(provider) for provider in saml]
        oidc = [p for p in whole.providers if p.kind is ProviderKind.OIDC]
        has_oidc = "ListOpenIDConnectProviders" not in lost and not (oidc and "GetOpenIDConnectProvider" in lost)
        return replace(
            whole,
            alias=whole.alias if "ListAccountAliases" not in lost else "",
            roles=tuple(_role(role, has_details=has_details, has_roles=has_roles) for role in whole.roles),
            users=whole.users if has_details else (),
            groups=whole.groups if has_details else (),
            policies=whole.policies if has_details else (),
            providers=(*saml, *(oidc if has_oidc else ())),
            is_partial=not has_details or "ListSAMLProviders" in lost or not has_oidc,
        )

    def _finding(self, finding: ExternalFinding) -> ExternalFinding | None:
        home = home_of(finding)
        if home not in self._homes or not self._can_enter(home):
            return None
        asked = [region for region in self._regions(home) if self._analyzer(home, region) is None]
        seen = tuple(region for region in finding.regions if region in asked)
        if not seen:
            return None
        if seen[0] == finding.regions[0]:
            return replace(finding, regions=seen)
        return replace(finding, id=f"{finding.id[:4]}-{seen[0]}", updated=LONG_AGO, regions=seen)

    def _analyzer(self, account: str, region: str) -> GapKind | None:
        return self._kind(account, "access-analyzer", "ListAnalyzers", region)

    def _sees(self, window: EvidenceWindow) -> bool:
        return self._can_enter(window.account)

    def _use(self, use: Use, read: tuple[AccountFacts, ...]) -> Use | None:
        """A use as the copies that can be read tell it; the owner's copy alone knows no refusal and no MFA."""
        enabled = self.served.enabled[use.caller_account]
        if self._can_enter(use.caller_account) and use.region in enabled:
            return use
        if not self._can_enter(use.role.split(":")[4]):
            return None
        is_known = any(role.arn == use.caller for facts in read for role in facts.roles)
        return replace(use, refused=0, with_mfa=0, caller=use.caller if is_known else use.caller_account)

    # ── the gaps ─────────────────────────────────────────────────────────────────────────────────────────────

    def gaps(self) -> list[Expected]:
        """Every gap, sorted."""
        return sorted([*self._gaps_of_tree(), *self._not_asked(), *self._gaps_inside()])

    def _not_asked(self) -> Iterator[Expected]:
        for service in SERVICES:
            if service.not_asked and not self.evidence:
                yield "", service.name, "", GapKind.NOT_ASKED, service.not_asked

    def _gaps_of_tree(self) -> Iterator[Expected]:
        delegates = self._organizations("ListDelegatedAdministrators")
        if delegates:
            yield "", "organizations", "", delegates, "delegated administrators: "
        listing = self._organizations("ListAccounts")
        if listing:
            yield "", "organizations", "", listing, "accounts that moved while the organization was walked: "
        for kind in GuardrailKind:
            its = (policy for policy in self.served.organization.guardrails if policy.kind is kind)
            lost = next(
                (lost for policy in its if (lost := self._organizations("DescribePolicy", f'"{policy.id}"'))), None
            )
            if lost:
                yield "", "organizations-policies", "", lost, f"{kind.name}s: `organizations:DescribePolicy`"
        for account in self.served.organization.accounts:
            lost = self._organizations("ListTagsForResource", account.id)
            if lost:
                yield account.id, "organizations-tags", "", lost, "`organizations:ListTagsForResource`"
            if account.status is not AccountStatus.ACTIVE:
                yield account.id, "", "", GapKind.SUSPENDED, "cannot be entered"

    def _gaps_inside(self) -> Iterator[Expected]:
        for facts in self.served.perfect.accounts:
            hop = self._hop(facts.id)
            if hop:
                yield facts.id, "", "", hop, "`sts:AssumeRole`"
            else:
                yield from self._gaps_of_iam(facts)
                yield from self._gaps_of_regions(facts.id)

    def _gaps_of_iam(self, facts: AccountFacts) -> Iterator[Expected]:
        has_oidc = any(provider.kind is ProviderKind.OIDC for provider in facts.providers)
        can_list = self._iam(facts.id, "ListOpenIDConnectProviders") is None
        saml = [provider for provider in facts.providers if provider.kind is ProviderKind.SAML]
        for operation in IAM_READS:
            lost = self._iam(facts.id, operation)
            if operation == "GetSAMLProvider":
                for provider in saml if lost and self._iam(facts.id, "ListSAMLProviders") is None else ():
                    yield (
                        facts.id,
                        "iam",
                        "",
                        lost or GapKind.DENIED,
                        f"metadata of `{provider.arn}`: `iam:{operation}`",
                    )
            elif lost and (operation != "GetOpenIDConnectProvider" or (has_oidc and can_list)):
                yield facts.id, "iam", "", lost, f"`iam:{operation}`"

    def _workload_services(self, account: str) -> list[str]:
        """Those that a role may trust, as far as is known."""
        whole = self.served.perfect.facts_by_account[account]
        read = self._facts(whole)
        is_sure = read is not None
        if is_sure and not any('"*"' in role.trust_policy or "\\u" in role.trust_policy for role in whole.roles):
            return []
        return ["cognito-identity", "eks", "roles-anywhere"]

    def _gaps_of_regions(self, account: str) -> Iterator[Expected]:
        services = [*self._workload_services(account), "events"]
        services += ["access-analyzer"] if account in self._homes else []
        services += ["identity-center"] if account == self.served.management else []
        services += ["cloudtrail"] if self.evidence else []
        unknown = self._kind(account, "ec2", "DescribeRegions", "eu-west-1")
        if unknown and services:
            yield account, "ec2", "", unknown, "`ec2:DescribeRegions`"
            for service in services:
                yield account, service, "", GapKind.FAILED, "only eu-west-1, us-east-1 were asked"
        for region in self._regions(account):
            lost = self._analyzer(account, region)
            if lost and account in self._homes:
                yield account, "access-analyzer", region, lost, "`access-analyzer:ListAnalyzers`"
            elif account in self._homes and not self.details and unused_in(account, region):
                yield account, "access-analyzer", region, GapKind.NOT_ASKED, "what exactly is unused, of"


def _use_order(use: Use) -> tuple[str, ...]:
    return use.role, use.caller, use.caller_account, use.action, use.hour, use.external_id, use.region


def _listed_alone(provider: IdentityProvider) -> IdentityProvider:
    """What the list of SAML providers tells of one."""
    return IdentityProvider(
        provider.arn, provider.account, provider.kind, created=provider.created, valid_until=provider.valid_until
    )


def _role(role: Role, *, has_details: bool, has_roles: bool) -> Role:
    """What each of the two reads tells."""
    if not has_roles:
        return replace(role, description="", max_session_seconds=None)
    if has_details:
        return role
    return replace(role, last_used="", last_used_region="", boundary="", inline=(), attached=(), tags=())


# ── rules by seed ────────────────────────────────────────────────────────────────────────────────────────────────


def invent_rules(rng: random.Random, served: Invented, *, evidence: bool) -> tuple[Rule, ...]:
    """Some lasting refusals of every kind."""
    management = served.management
    members = [account for account in served.enabled if account != management]
    policies = [policy.id for policy in served.organization.guardrails]
    makers: list[Callable[[], tuple[Rule, ...]]] = [
        lambda: _hop_refused(management, rng.choice(members)),
        lambda: (Rule(DENIED["iam"], rng.choice(members), rng.choice(IAM_READS)),),
        lambda: (Rule(BROKEN, rng.choice(members), rng.choice(IAM_READS)),),
        lambda: _all_of_iam(rng.choice(members)),
        lambda: (Rule(DENIED["organizations"], operation="ListTagsForResource", within=rng.choice(members)),),
        lambda: (Rule(DENIED["organizations"], operation="DescribePolicy", within=f'"{rng.choice(policies)}"'),),
        lambda: (Rule(DENIED["organizations"], operation="ListDelegatedAdministrators"),),
        lambda: (Rule(DENIED["organizations"], operation="ListAccounts"),),
        lambda: (Rule(DENIED_ELSEWHERE, rng.choice(served.homes), "ListAnalyzers", rng.choice(FALLBACK)),),
        lambda: (Rule(NOT_OPTED_IN, rng.choice(served.homes), "ListAnalyzers", "ap-southeast-2"),),
        lambda: _left(management, rng.choice(members)),
    ]  # fmt: skip
    if not evidence:
        makers.append(lambda: (Rule(DENIED["ec2"], rng.choice(served.homes), "DescribeRegions"),))
    if not members:
        return ()
    return tuple(rule for _ in range(rng.randint(0, 4)) for rule in rng.choice(makers)())


def _hop_refused(management: str, account: str) -> tuple[Rule, ...]:
    return (Rule(DENIED["sts"], management, "AssumeRole", within=f"{account}:role"),)


def _all_of_iam(account: str) -> tuple[Rule, ...]:
    return tuple(Rule(DENIED["iam"], account, operation) for operation in IAM_READS)


def _left(management: str, account: str) -> tuple[Rule, ...]:
    """An account that leaves the organization after it was listed."""
    return (
        *_hop_refused(management, account),
        Rule(GONE["ListTagsForResource"], management, "ListTagsForResource", within=account),
    )
