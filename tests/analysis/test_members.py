"""Who of a trusted account can use a grant: what the graph says is what asking each of its principals alone gives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.random_organization import RandomOrganization
from tests.analysis.small_organization import MANAGEMENT, PROD, SANDBOX, may_assume, policy, role, snapshot, trust, user
from trustview.analysis import Grant, TrustGraph, analyse
from trustview.analysis.access import Access
from trustview.analysis.door import narrow_to
from trustview.analysis.members import describe_members, members_of
from trustview.analysis.reach import represent_principal, statement_of
from trustview.policy import PrincipalForm
from trustview.snapshot import Role, Snapshot, User

RESOURCES = (
    "*",
    "arn:aws:iam::*:role/target",
    f"arn:aws:iam::{PROD}:role/target",
    f"arn:aws:iam::{SANDBOX}:role/*",
    "arn:aws:iam::2*:role/target",
    "arn:aws:iam::*:role/other",
)


def access_of(facts: Snapshot) -> Access:
    found = analyse(facts, checks=())
    return Access(facts).with_found(found.grants, TrustGraph(found.edges))


def asked_one_by_one(access: Access, grant: Grant) -> tuple[str, ...]:
    everyone: list[Role | User] = []
    for account in access.snapshot.accounts:
        everyone += [*account.roles, *account.users]
    return tuple(
        p.arn
        for p in everyone
        if p.account in grant.party_accounts and p.arn != grant.role and may_use(access, grant, p)
    )


def may_use(access: Access, grant: Grant, principal: Role | User) -> bool:
    target = access.role(grant.role)
    one = represent_principal(access, target, principal)
    trusted = narrow_to(access.trust_policy(target), statement_of(access, grant), grant.principal)
    return access.ask(target, one.caller, one.context, principal, trusted).may_be_allowed


def of_accounts(access: Access) -> list[Grant]:
    """The grants that name whole accounts, or one of their principals."""
    forms = (PrincipalForm.ACCOUNT, PrincipalForm.ROLE, PrincipalForm.USER)
    return [grant for grant in access.grants if grant.principal.form in forms]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(RESOURCES), min_size=3, max_size=3), st.booleans())
def test_alike_grants_are_told_apart_where_policies_tell_them_apart(resources: list[str], is_tagged: bool) -> None:
    trusting = policy(trust({"AWS": MANAGEMENT}))
    facts = snapshot(
        role("target", trusting),
        role("target", trusting, SANDBOX, tags=(("team", "a"),) if is_tagged else ()),
        role("one", policy(), MANAGEMENT, inline=may_assume(resources[0])),
        role("two", policy(), MANAGEMENT, inline=may_assume(resources[1])),
        user("three", MANAGEMENT, inline=may_assume(resources[2])),
    )
    access = access_of(facts)

    for grant in access.grants:
        assert members_of(access, grant).able == asked_one_by_one(access, grant)


@pytest.mark.parametrize("seed", range(4))
def test_random_organizations_give_the_same_either_way(seed: int) -> None:
    access = access_of(RandomOrganization(seed).snapshot)

    for grant in of_accounts(access):
        assert members_of(access, grant).able == asked_one_by_one(access, grant), grant


def test_the_demo_gives_the_same_either_way() -> None:
    access = access_of(acme_snapshot())

    for grant in of_accounts(access):
        found = members_of(access, grant)
        assert found.able == asked_one_by_one(access, grant), grant


def test_whose_policies_were_not_read_may_be_able() -> None:
    facts = snapshot(
        role("target", policy(trust({"AWS": MANAGEMENT}))),
        role("one", policy(), MANAGEMENT, attached=("arn:aws:iam::aws:policy/Unread",)),
    )
    access = access_of(facts)
    found = members_of(access, access.grants[0])

    assert found.able == ()
    assert not found.is_known
    assert "nobody can say" in describe_members(found)


def test_members_are_said_in_one_sentence() -> None:
    facts = snapshot(role("target", policy(trust({"AWS": MANAGEMENT}))), role("one", policy(), MANAGEMENT))
    access = access_of(facts)

    assert describe_members(members_of(access, access.grants[0])) == (
        "none of its 1 principals has the permission to use it today"
    )
