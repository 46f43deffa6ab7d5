"""Cognito identity pools: whose pool, and whether guests get in."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import passes_when_absent
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated, listed
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import add_condition
from trustview.analysis.remediation import Change
from trustview.analysis.subjects import asks_for_a_value, claims_of, is_dead, issuer_name
from trustview.policy import ASSUME_ROLE_WITH_WEB_IDENTITY, PrincipalForm, matches
from trustview.snapshot import IdentityPool

COGNITO = "cognito-identity.amazonaws.com"
# What the roles that Cognito makes for guests may do.
_OF_GUESTS = ("mobileanalytics:PutEvents", "cognito-sync:*", "cognito-identity:*", "rum:PutRumEvents")


@check(Severity.CRITICAL)
def cognito_guest_role(access: Access) -> Iterator[Evidence]:
    """Anybody's identity pool, or a guest who never signed in, can become the role.

    Why: all identity pools of all AWS customers share one issuer. Without the pool's id in `aud` anybody's pool is
    good enough. Guests of a pool are everybody with the application: what the role may do, the world may do.

    Fix: test `cognito-identity.amazonaws.com:aud` for the pool's id, and `amr` with `ForAnyValue:StringLike`
    `authenticated`; give guests a role of their own that may hardly do anything.

    See: https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
    """
    for grant in access.kinds.living(_signs_in):
        if not any(asks_for_a_value("aud", test) for claim, test in claims_of(grant) if claim == "aud"):
            because = f"`{COGNITO}:aud` is not tested: any identity pool of any customer will do"
            yield Evidence((grant,), (because,), changes=_name_pools(access, grant))
            continue
        rights = _beyond_guests(access, grant)
        if rights and _lets_guests_in(grant):
            because = f"guests who never signed in get in, and the role may do {listed(rights)}"
            yield Evidence((grant,), (because,), Severity.HIGH, changes=_ask_to_sign_in(access, grant))


def _signs_in(kind: Kind) -> bool:
    """Whether users of identity pools may come."""
    return is_cognito(kind) and ASSUME_ROLE_WITH_WEB_IDENTITY in kind.actions and not is_dead(kind)


def _pools_of(access: Access, grant: Grant) -> tuple[IdentityPool, ...]:
    """The identity pools that give the role to somebody."""
    return tuple(
        pool
        for pool in access.snapshot.identity_pools
        if grant.role in (pool.authenticated_role, pool.unauthenticated_role)
        or any(rule.role == grant.role for mapping in pool.role_mappings for rule in mapping.rules)
    )


def _name_pools(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Ask for the pools that give the role, and for who signed in where no pool gives it to guests."""
    pools = _pools_of(access, grant)
    if not pools:
        return ()
    named = add_condition(grant, "StringEquals", f"{COGNITO}:aud", tuple(sorted(pool.id for pool in pools)))
    return (named, *(_ask_to_sign_in(access, grant) if _lets_guests_in(grant) else ()))


def _ask_to_sign_in(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Keep guests out, where it is known who gets the role and no pool gives it to guests."""
    pools = _pools_of(access, grant)
    is_of_guests = any(pool.unauthenticated_role == grant.role for pool in pools)
    is_tested = any(claim == "amr" for claim, _ in claims_of(grant))
    if not pools or is_of_guests or is_tested:
        return ()
    return (add_condition(grant, "ForAnyValue:StringLike", f"{COGNITO}:amr", ("authenticated",)),)


def is_cognito(grant: Kind) -> bool:
    """Whether identity pools are trusted."""
    return grant.principal.form is PrincipalForm.OIDC_PROVIDER and issuer_name(grant) == COGNITO


def _lets_guests_in(grant: Grant) -> bool:
    """Whether no test of `amr` surely asks for somebody who signed in."""
    tests = [test for claim, test in claims_of(grant) if claim == "amr"]
    return not any(
        not is_negated(test) and not passes_when_absent(test) and test.values
        and not any(matches(value, "unauthenticated") for value in test.values)
        for test in tests
    )  # fmt: skip


def _beyond_guests(access: Access, grant: Grant) -> tuple[str, ...]:
    """What the role may do beyond what guests usually may."""
    allows = [s for document in access.identity_policies(access.role(grant.role)) for s in document.allows]
    actions = [action for s in allows for action in (("everything but a list",) if s.not_actions else s.actions)]
    return tuple(dict.fromkeys(a for a in actions if not any(matches(p, a, ignore_case=True) for p in _OF_GUESTS)))
