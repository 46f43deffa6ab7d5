"""The tree: paths, names, and the guardrails that bind an account."""

from tests.analysis.small_organization import (
    MANAGEMENT,
    ORGANIZATION,
    PROD,
    ROOT,
    SANDBOX,
    STRANGER,
    UNREAD,
    WORKLOADS,
    guardrail,
    organization,
    policy,
    role,
    snapshot,
    trust,
)
from trustview.analysis import Tier, tier_of
from trustview.snapshot import GuardrailKind, Organization, OrganizationalUnit

DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}


def test_the_path_leads_from_the_root_to_the_account() -> None:
    assert organization().path_to(PROD) == (ROOT, WORKLOADS, PROD)
    assert organization().principal_path(PROD) == f"{ORGANIZATION}/{ROOT}/{WORKLOADS}/"
    assert organization().unit_names(PROD) == ("Workloads",)


def test_an_outsider_has_no_path() -> None:
    assert organization().path_to(STRANGER) == ()
    assert organization().principal_path(STRANGER) == ""


def test_a_tree_that_runs_in_a_circle_ends() -> None:
    units = (OrganizationalUnit("ou-a", "a", "ou-b"), OrganizationalUnit("ou-b", "b", "ou-a"))
    account = organization().accounts[1]
    circular = Organization("o-1", MANAGEMENT, units, (type(account)(PROD, "prod", "ou-a"),))

    assert circular.path_to(PROD) == ("ou-b", "ou-a", PROD)


def test_guardrails_come_level_by_level_from_the_root() -> None:
    tree = organization(guardrail(GuardrailKind.SCP, "deny", DENY, WORKLOADS))
    names = [[p.name for p in level] for level in tree.guardrails_of(PROD, GuardrailKind.SCP)]

    assert names == [["FullSCP"], ["FullSCP", "deny"], ["FullSCP"]]


def test_no_guardrail_binds_the_management_account() -> None:
    assert organization().guardrails_of(MANAGEMENT, GuardrailKind.RCP) == ()


def test_an_account_that_was_not_read_is_told() -> None:
    assert UNREAD in snapshot().unread_accounts
    assert PROD not in snapshot().unread_accounts


def test_ids_lead_back_to_their_principals() -> None:
    ci = role("ci", policy(trust("*")))

    assert snapshot(ci).principals_by_id[ci.id] == ci


def test_tiers_follow_names_and_places() -> None:
    tiers = [tier_of(snapshot(), account) for account in (MANAGEMENT, PROD, SANDBOX, STRANGER)]

    assert tiers == [Tier.MANAGEMENT, Tier.PROD, Tier.SANDBOX, Tier.UNKNOWN]
