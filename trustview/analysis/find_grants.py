"""Snapshot -> grants: every way into every role, with its party and reach."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import Audience, Crowd
from trustview.analysis.finding import fingerprint
from trustview.analysis.fleet import fleet_id, own_terms
from trustview.analysis.grant import Grant, Party
from trustview.analysis.reach import audience_of, find_reach
from trustview.policy import ASSUME_ACTIONS, PrincipalElement, PrincipalForm, Statement, matches
from trustview.snapshot import Role


def find_grants(access: Access) -> tuple[Grant, ...]:
    """Every grant of every role, role by role, statement by statement."""
    return tuple(grant for role in access.snapshot.roles for grant in grants_of(access, role))


def grants_of(access: Access, role: Role) -> Iterator[Grant]:
    """The grants of one role."""
    seen: set[str] = set()
    for statement in access.trust_policy(role).allows:
        actions = granted_actions(statement)
        for element in _elements(statement) if actions else ():
            grant = _grant(access, role, statement, element, actions)
            if grant.id not in seen:
                seen.add(grant.id)
                yield grant


def granted_actions(statement: Statement) -> tuple[str, ...]:
    """Which of the three actions that give a session a statement allows."""
    return tuple(
        action
        for action in ASSUME_ACTIONS
        if any(matches(pattern, action, ignore_case=True) for pattern in statement.actions) != statement.not_actions
    )


def _elements(statement: Statement) -> tuple[PrincipalElement, ...]:
    """The elements of a statement; `NotPrincipal` is one element that means everyone else."""
    if not statement.not_principals:
        return statement.principals
    others = ", ".join(element.value for element in statement.principals)
    return (PrincipalElement("NotPrincipal", f"everyone but {others}", PrincipalForm.EVERYONE),)


def _grant(
    access: Access, role: Role, statement: Statement, element: PrincipalElement, actions: tuple[str, ...]
) -> Grant:
    audience = audience_of(access, role, statement, element)
    party = _party(access, role, audience)
    terms = own_terms(role.account, element, statement, actions)
    return Grant(
        id=fingerprint(role.arn, *terms),
        role=role.arn,
        account=role.account,
        statement=statement.index,
        sid=statement.sid,
        principal=element,
        is_inverted=statement.not_principals,
        actions=actions,
        conditions=statement.conditions,
        party=party,
        party_accounts=audience.accounts,
        party_name=_party_name(access, element, party, audience),
        reach=find_reach(access, role, statement, element, audience),
        privilege=access.privilege(role),
        fleet=fleet_id(role, terms),
    )


def _party(access: Access, role: Role, audience: Audience) -> Party:
    parties = {
        Crowd.EVERYONE: Party.PUBLIC,
        Crowd.ORGANIZATION: Party.ORGANIZATION,
        Crowd.SERVICE: Party.SERVICE,
        Crowd.PROVIDER: Party.IDENTITY_PROVIDER,
    }
    if audience.crowd in parties:
        return parties[audience.crowd]
    found = [_party_of_account(access, role, account) for account in audience.accounts]
    return max(found, key=_RANKS.index) if found else Party.UNKNOWN_ACCOUNT


# From the closest to the most foreign: a grant to several accounts counts as its most foreign one.
_RANKS = (
    Party.SAME_ACCOUNT, Party.MANAGEMENT, Party.ORGANIZATION, Party.VENDOR, Party.UNKNOWN_ACCOUNT, Party.PUBLIC,
)  # fmt: skip


def _party_of_account(access: Access, role: Role, account: str) -> Party:
    organization = access.snapshot.organization
    if account == role.account:
        return Party.SAME_ACCOUNT
    if organization and account == organization.management_account:
        return Party.MANAGEMENT
    if access.snapshot.is_ours(account):
        return Party.ORGANIZATION
    return Party.VENDOR if account in access.vendors else Party.UNKNOWN_ACCOUNT


def _party_name(access: Access, element: PrincipalElement, party: Party, audience: Audience) -> str:
    """What people call whoever stands behind a grant."""
    if party is Party.PUBLIC:
        return "everyone"
    if party in (Party.SERVICE, Party.IDENTITY_PROVIDER):
        return element.name or element.value
    if not audience.accounts:
        return "the organization" if party is Party.ORGANIZATION else element.value
    names = [
        access.vendors[account].name
        if access.is_outsider(account) and account in access.vendors
        else access.snapshot.account_name(account)
        for account in audience.accounts
    ]
    return ", ".join(names)
