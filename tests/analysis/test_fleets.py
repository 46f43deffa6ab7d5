"""Which grants are decided together, and which of them differ."""

from collections.abc import Sequence
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
from trustview.analysis import Fleet, analyse, describe_outlier
from trustview.snapshot import AccountFacts, Role


def fleets_of(*roles: Role) -> Sequence[Fleet]:
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


REGIONS = ("eu-west-1", "us-gov-east-1", "ap-southeast-2")


def of_region(region: str, source: str) -> Role:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{source}:{PROD}:rule/*"}}
    return role(f"ops-{region}-runner", policy(trust({"Service": "events.amazonaws.com"}, condition)))


def test_roles_of_each_region_that_differ_only_in_it_are_one_fleet() -> None:
    (fleet,) = fleets_of(*(of_region(region, region) for region in REGIONS))

    assert fleet.role_name == "ops-<region>-runner"
    assert len(fleet.grants) == 3


def test_a_region_that_is_not_the_roles_own_makes_a_difference() -> None:
    assert len(fleets_of(of_region("eu-west-1", "eu-west-1"), of_region("us-east-1", "eu-west-1"))) == 2


def test_what_only_looks_like_a_region_is_none() -> None:
    document = policy(trust({"AWS": STRANGER}))

    assert len(fleets_of(role("neu-west-1", document), role("neu-west-2", document))) == 2
    assert len(fleets_of(role("eu-west-1a", document), role("eu-west-1b", document))) == 2


def test_the_own_organization_makes_no_difference_and_another_one_does() -> None:
    def named(organization: str) -> Role:
        return role("ops", policy(trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": organization}})))

    def fleet_in(organization: str) -> str:
        facts = snapshot(named(organization))
        assert facts.organization
        here = replace(facts, organization=replace(facts.organization, id=organization))
        return analyse(here, checks=()).fleets[0].id

    assert fleet_in("o-first12345") == fleet_in("o-second6789")
    assert fleets_of(named("o-first12345"))[0].id != fleets_of(named("o-second6789"))[0].id


def difference(usual: dict[str, object], one: dict[str, object]) -> tuple[str, ...]:
    """How a role of the sandbox differs from one of the same name in production."""
    grants = analyse(snapshot(role("ops", policy(usual), PROD), role("ops", policy(one), SANDBOX)), checks=()).grants
    return describe_outlier(*sorted(grants, key=lambda grant: grant.account))


def test_an_outlier_says_how_it_differs() -> None:
    usual = trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": "a"}})

    assert difference(usual, trust({"AWS": DATADOG}, {"StringEquals": {"sts:ExternalId": "a"}})) == (
        f"lets `{DATADOG}` in, the others `{STRANGER}`",
    )
    assert difference(usual, trust({"AWS": STRANGER})) == (
        "does not test `sts:ExternalId` with `StringEquals` for `a`, as the others do",
    )
    assert difference(trust({"AWS": STRANGER}), usual) == (
        "tests `sts:ExternalId` with `StringEquals` for `a`, which the others do not",
    )


def test_what_is_its_own_is_no_difference_of_an_outlier() -> None:
    def own(account: str) -> dict[str, object]:
        root = f"arn:aws:iam::{account}:root"
        return trust({"AWS": root}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{account}:*"}})

    assert difference(own(PROD), own(SANDBOX)) == ()


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
