"""Which grants are decided together, and which of them differ."""

from dataclasses import replace

from tests.analysis.small_organization import (
    DATADOG,
    MANAGEMENT,
    PROD,
    SANDBOX,
    STRANGER,
    UNREAD,
    policy,
    role,
    snapshot,
    trust,
)
from trustview.analysis import Fleet, analyse
from trustview.snapshot import AccountFacts, Role


def fleets_of(*roles: Role) -> tuple[Fleet, ...]:
    return analyse(snapshot(*roles), checks=()).fleets


def everywhere(name: str, template: str) -> tuple[Role, ...]:
    return tuple(role(name, template.replace("OWN", account), account) for account in (MANAGEMENT, PROD, SANDBOX))


def test_grants_that_differ_only_in_their_own_account_are_one_fleet() -> None:
    (fleet,) = fleets_of(*everywhere("ops", policy(trust({"AWS": "arn:aws:iam::OWN:root"}))))

    assert fleet.accounts == (MANAGEMENT, PROD, SANDBOX)
    assert len(fleet.grants) == 3


def test_the_order_of_values_and_the_case_of_keys_make_no_difference() -> None:
    one = trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": ["a", "b"]}})
    other = trust({"AWS": STRANGER}, {"StringEquals": {"STS:externalid": ["b", "a"]}})

    assert len(fleets_of(role("v", policy(one), PROD), role("v", policy(other), SANDBOX))) == 1


def test_another_role_name_is_another_fleet() -> None:
    document = policy(trust({"AWS": STRANGER}))

    assert len(fleets_of(role("a", document), role("b", document))) == 2


def test_another_value_is_another_fleet() -> None:
    one, other = (policy(trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": x}})) for x in ("1", "2"))

    assert len(fleets_of(role("v", one, PROD), role("v", other, SANDBOX))) == 2


def test_text_that_looks_like_a_placeholder_is_not_taken_for_one() -> None:
    document = policy(trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": "<account>"}}))
    own = policy(trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": SANDBOX}}))

    assert len(fleets_of(role("v", document, PROD), role("v", own, SANDBOX))) == 2


def test_a_role_that_differs_from_the_same_role_elsewhere_is_an_outlier_of_it() -> None:
    usual = [role("ops", policy(trust({"AWS": DATADOG})), account) for account in (MANAGEMENT, PROD, SANDBOX)]
    odd = AccountFacts(UNREAD, roles=(role("ops", policy(trust({"AWS": STRANGER})), UNREAD),))
    facts = snapshot(*usual)
    fleet, outlier = analyse(replace(facts, accounts=(*facts.accounts, odd)), checks=()).fleets

    assert (fleet.outlier_of, outlier.outlier_of) == ("", fleet.id)


def test_two_grants_of_the_same_roles_are_no_outliers_of_each_other() -> None:
    document = policy(trust({"AWS": DATADOG}), trust({"Service": "ec2.amazonaws.com"}))

    assert [fleet.outlier_of for fleet in fleets_of(*everywhere("ops", document))] == ["", ""]
