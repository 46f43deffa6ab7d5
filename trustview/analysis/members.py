"""The members of our organization behind a grant: who of a trusted account can really use it."""

from __future__ import annotations

from dataclasses import dataclass

from trustview.analysis.access import Access
from trustview.analysis.edges.assume_role import speaks_of_assuming
from trustview.analysis.grant import Grant
from trustview.analysis.reach import narrow_to, statement_of
from trustview.policy import Caller, CallerKind
from trustview.snapshot import Role, User


@dataclass(frozen=True, slots=True)
class Members:
    """Who of the accounts behind a grant gets in with its own policies: `able` ARNs out of `count` principals.

    `is_known` is false where one of the accounts could not be read in full.
    """

    able: tuple[str, ...]
    count: int
    is_known: bool


def members_of(access: Access, grant: Grant) -> Members:
    """Everybody of the accounts behind a grant, asked one by one."""
    facts = [access.snapshot.facts_by_account[a] for a in grant.party_accounts if a in access.snapshot.facts_by_account]
    principals: list[Role | User] = [role for account in facts for role in account.roles]
    principals += [user for account in facts for user in account.users]
    others = [principal for principal in principals if principal.arn != grant.role]
    able = tuple(principal.arn for principal in others if may_use(access, grant, principal))
    is_known = not access.snapshot.unread_accounts.intersection(grant.party_accounts)
    return Members(able, len(others), is_known)


def may_use(access: Access, grant: Grant, principal: Role | User) -> bool:
    """Whether a principal of ours gets in by this grant with its own policies."""
    if not speaks_of_assuming(access, principal):
        return False
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
