"""The members of our organization behind a grant: who of a trusted account can really use it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trustview.analysis.access import Access
from trustview.analysis.attachments import identity_texts, managed_text
from trustview.analysis.door import narrow_to
from trustview.analysis.grant import Grant
from trustview.analysis.reach import statement_of
from trustview.policy import Caller, CallerKind
from trustview.snapshot import GuardrailKind, Role, User


@dataclass(frozen=True, slots=True)
class Members:
    """Who of the accounts behind a grant gets in with its own policies: `able` ARNs out of `count` principals.

    `is_known` is false where one of the accounts could not be read in full.
    """

    able: tuple[str, ...]
    count: int
    is_known: bool


def members_of(access: Access, grant: Grant) -> Members:
    """Everybody of the accounts behind a grant, those of alike grants asked once."""
    able: list[str] = []
    count = 0
    for account in grant.party_accounts:
        count += _count(access, account)
        able += [p.arn for p in _speaking(access, account) if p.arn != grant.role and _may_use_alike(access, grant, p)]
    is_known = not access.snapshot.unread_accounts.intersection(grant.party_accounts)
    return Members(tuple(able), count - (grant.account in grant.party_accounts), is_known)


def _count(access: Access, account: str) -> int:
    facts = access.snapshot.facts_by_account.get(account)
    return len(facts.roles) + len(facts.users) if facts else 0


def _speaking(access: Access, account: str) -> tuple[Role | User, ...]:
    """The principals of an account of which some policy speaks of assuming roles at all."""
    memory = access.memory.setdefault("speaking", {})
    if account not in memory:
        facts = access.snapshot.facts_by_account.get(account)
        principals: list[Role | User] = [*facts.roles, *facts.users] if facts else []
        memory[account] = tuple(p for p in principals if access.may_ask(p))
    found: tuple[Role | User, ...] = memory[account]
    return found


def _may_use_alike(access: Access, grant: Grant, principal: Role | User) -> bool:
    """`may_use`, asked once for all grants of a fleet that nothing tells apart for this principal."""
    role = access.role(grant.role)
    key = (
        principal.arn,
        grant.fleet,
        principal.account == role.account,
        "" if _is_blind(access, principal) else role.account,
        role.tags,
        _guardrail_ids(access, role.account),
    )
    memory = access.memory.setdefault("members", {})
    if key not in memory:
        memory[key] = may_use(access, grant, principal)
    return bool(memory[key])


def _is_blind(access: Access, principal: Role | User) -> bool:
    """Whether no policy that binds a principal can tell one account's role from another's."""
    memory = access.memory.setdefault("blind", {})
    if principal.arn not in memory:
        texts = [*identity_texts(access.snapshot, principal), managed_text(access.snapshot, principal.boundary)]
        memory[principal.arn] = not any(map(_tells_accounts_apart, texts))
    return bool(memory[principal.arn]) and not _scps_tell_apart(access, principal.account)


def _scps_tell_apart(access: Access, account: str) -> bool:
    memory = access.memory.setdefault("telling SCPs", {})
    if account not in memory:
        organization = access.snapshot.organization
        levels = organization.guardrails_of(account, GuardrailKind.SCP) if organization else ()
        memory[account] = any(_tells_accounts_apart(policy.document) for level in levels for policy in level)
    return bool(memory[account])


@lru_cache(maxsize=65536)
def _tells_accounts_apart(text: str) -> bool:
    """Whether a policy names accounts in ARNs of IAM, in full or by pattern, or tests whose the resource is."""
    return _NAMES_ACCOUNT.search(text) is not None


# After `iam::` anything but a lone star; or a key that holds the account of the resource.
_NAMES_ACCOUNT = re.compile(r"iam::(?!\*:)|aws:Resource(?:Account|OrgPaths)", re.IGNORECASE)


def _guardrail_ids(access: Access, account: str) -> tuple[str, ...]:
    memory = access.memory.setdefault("RCPs", {})
    if account not in memory:
        organization = access.snapshot.organization
        levels = organization.guardrails_of(account, GuardrailKind.RCP) if organization else ()
        memory[account] = tuple(policy.id for level in levels for policy in level)
    found: tuple[str, ...] = memory[account]
    return found


def may_use(access: Access, grant: Grant, principal: Role | User) -> bool:
    """Whether a principal of ours gets in by this grant with its own policies."""
    role = access.role(grant.role)
    kind = CallerKind.ROLE if isinstance(principal, Role) else CallerKind.USER
    caller = Caller(kind, principal.account, principal.arn)
    trust = narrow_to(access.trust_policy(role), statement_of(access, grant), grant.principal)
    context = access.context_of(role, caller, principal)
    return access.ask(role, caller, context, principal, trust).may_be_allowed


def describe_members(members: Members) -> str:
    """How many of how many can use it, and the first of them."""
    if not members.is_known:
        return "not all of its principals could be read: nobody can say who of them can use it"
    if not members.able:
        return f"none of its {members.count} principals has the permission to use it today"
    shown = ", ".join(f"`{arn.partition(':iam:')[2].lstrip(':')}`" for arn in members.able[:3])
    more = f" and {len(members.able) - 3} more" if len(members.able) > 3 else ""
    return f"{len(members.able)} of its {members.count} principals can use it: {shown}{more}"
