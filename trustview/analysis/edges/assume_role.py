"""Becoming a role by assuming it: every grant is an edge; a crowd's members that can really use it are edges too."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.edges.edge import Edge
from trustview.analysis.grant import Grant, Party, Reach, ReachKind
from trustview.policy import ASSUME_ROLE, Caller, CallerKind, Outcome, PrincipalForm, describe_reason, matches
from trustview.snapshot import Role, User

KIND = "assume role"


def find_assume_role_edges(access: Access) -> Iterator[Edge]:
    """Edges of all grants, and of the members of their crowds whose own policies let them use the grant."""
    able = _able_principals(access)
    for grant in access.grants:
        yield Edge(crowd_of(grant), grant.role, KIND, grant.id, grant.reach)
        if grant.reach.kind in (ReachKind.OPEN, ReachKind.CONDITIONAL) and ASSUME_ROLE in grant.actions:
            yield from _members(access, grant, able)


def crowd_of(grant: Grant) -> str:
    """The id of whoever a grant lets come."""
    if grant.party is Party.PUBLIC:
        return "everyone"
    if grant.principal.form in (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE):
        accounts = grant.party_accounts
        return f"account:{','.join(accounts)}" if accounts else "organization"
    return grant.principal.value


def _able_principals(access: Access) -> dict[str, list[Role | User]]:
    """By account, the principals of which some policy speaks of assuming roles at all."""
    able: dict[str, list[Role | User]] = {}
    for facts in access.snapshot.accounts:
        principals: list[Role | User] = [*facts.roles, *facts.users]
        able[facts.id] = [principal for principal in principals if speaks_of_assuming(access, principal)]
    return able


def speaks_of_assuming(access: Access, principal: Role | User) -> bool:
    """Whether some Allow of the principal's own policies speaks of assuming roles."""
    return any(
        statement.not_actions or any(matches(pattern, ASSUME_ROLE, ignore_case=True) for pattern in statement.actions)
        for document in access.identity_policies(principal)
        for statement in document.allows
    )


def _members(access: Access, grant: Grant, able: dict[str, list[Role | User]]) -> Iterator[Edge]:
    """The principals of a crowd that the engine lets in, each with its own policies."""
    if grant.principal.form not in (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE):
        return
    role = access.role(grant.role)
    for account in grant.party_accounts or tuple(able):
        for principal in able.get(account, ()):
            if principal.arn != role.arn:
                yield from _member(access, role, grant, principal)


def _member(access: Access, role: Role, grant: Grant, principal: Role | User) -> Iterator[Edge]:
    kind = CallerKind.ROLE if isinstance(principal, Role) else CallerKind.USER
    caller = Caller(kind, principal.account, principal.arn)
    answer = access.ask(role, caller, access.context_of(role, caller, principal), principal)
    if not answer.may_be_allowed or grant.statement not in {reason.statement for reason in answer.reasons}:
        return
    found = ReachKind.OPEN if answer.outcome is Outcome.ALLOWED else ReachKind.CONDITIONAL
    reasons = tuple(describe_reason(reason) for reason in answer.reasons)
    yield Edge(principal.arn, role.arn, KIND, grant.id, Reach(found, answer.depends_on, reasons=reasons))
