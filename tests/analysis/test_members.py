"""Who of a trusted account can use a grant: asking alike grants once gives what asking each would."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.small_organization import MANAGEMENT, PROD, SANDBOX, may_assume, policy, role, snapshot, trust, user
from trustview.analysis.access import Access
from trustview.analysis.find_grants import find_ways
from trustview.analysis.members import describe_members, may_use, members_of
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
    bare = Access(facts)
    return Access(facts, tuple(find_ways(bare).grants))


def asked_one_by_one(access: Access) -> list[tuple[str, ...]]:
    everyone: list[Role | User] = [role for account in access.snapshot.accounts for role in account.roles]
    everyone += access.snapshot.users_by_arn.values()
    return [
        tuple(
            p.arn
            for p in everyone
            if p.account in grant.party_accounts and p.arn != grant.role and may_use(access, grant, p)
        )
        for grant in access.grants
    ]


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

    assert [members_of(access, grant).able for grant in access.grants] == asked_one_by_one(access)


def test_the_demo_gives_the_same_either_way() -> None:
    access = access_of(acme_snapshot())
    wanted = dict(zip((grant.id for grant in access.grants), asked_one_by_one(access), strict=True))
    found = {grant.id: members_of(access, grant).able for grant in access.grants if grant.party_accounts}

    assert {id_: sorted(able) for id_, able in found.items()} == {id_: sorted(wanted[id_]) for id_ in found}


def test_members_are_said_in_one_sentence() -> None:
    facts = snapshot(role("target", policy(trust({"AWS": MANAGEMENT}))), role("one", policy(), MANAGEMENT))
    access = access_of(facts)

    assert describe_members(members_of(access, access.grants[0])) == (
        "none of its 1 principals has the permission to use it today"
    )
