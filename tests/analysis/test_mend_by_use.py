"""Changes that rest on who was seen: those are named who came and may, and nobody because he merely came."""

from dataclasses import replace

from tests.analysis.small_organization import DATADOG, PROD, SANDBOX, STRANGER, policy, role, snapshot, trust
from trustview.analysis import Access, Settings, analyse
from trustview.analysis.mend_by_use import name_subjects_seen, name_those_seen
from trustview.analysis.settings import ApprovedAccounts
from trustview.snapshot import Use

TARGET = f"arn:aws:iam::{PROD}:role/target"
CI = f"arn:aws:iam::{SANDBOX}:role/ci"
GITHUB = f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"
WEB = "sts:AssumeRoleWithWebIdentity"


def seen(caller: str, account: str, action: str = "sts:AssumeRole", count: int = 1) -> Use:
    return Use(TARGET, caller, account, action, "2026-11-20T08:00:00Z", count)


def named(trust_policy: str, *uses: Use, approved: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Whom the change names for the first grant; nobody where none is offered."""
    settings = Settings(accounts=ApprovedAccounts(approved=approved))
    facts = replace(snapshot(role("target", trust_policy)), uses=uses)
    analysis = analyse(facts, settings=settings)
    access = Access(facts, analysis.grants, settings=settings)
    return tuple(value for change in name_those_seen(access, analysis.grants[0]) for value in change.values)


def test_of_an_account_those_who_came_are_named() -> None:
    whole = policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:root"}))

    assert named(whole, seen(CI, SANDBOX), seen(CI, SANDBOX)) == (CI,)


def test_calls_that_were_refused_name_nobody() -> None:
    whole = policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:root"}))

    assert named(whole, seen(CI, SANDBOX, count=0)) == ()


def test_of_a_vendor_nobody_is_named_where_only_its_account_is_known() -> None:
    assert named(policy(trust({"AWS": f"arn:aws:iam::{DATADOG}:root"})), seen(DATADOG, DATADOG)) == ()


def test_whoever_merely_came_through_an_open_door_is_not_let_in_by_name() -> None:
    assert named(policy(trust({"AWS": "*"})), seen(CI, SANDBOX), seen(STRANGER, STRANGER)) == ()


def test_in_place_of_everybody_an_approved_outsider_and_ours_are_named() -> None:
    found = named(policy(trust({"AWS": "*"})), seen(CI, SANDBOX), seen(STRANGER, STRANGER), approved=(STRANGER,))

    assert found == (CI, f"arn:aws:iam::{STRANGER}:root")


def test_a_session_of_which_the_role_is_not_known_is_not_named() -> None:
    whole = policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:root"}))

    assert named(whole, seen(f"arn:aws:sts::{SANDBOX}:assumed-role/ci", SANDBOX)) == ()


def test_too_many_are_not_named() -> None:
    whole = policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:root"}))

    assert named(whole, *(seen(f"{CI}{number}", SANDBOX) for number in range(11))) == ()


def test_of_a_provider_the_subjects_that_came_are_asked_for() -> None:
    facts = replace(
        snapshot(role("target", policy(trust({"Federated": GITHUB}, action=WEB)))),
        uses=(seen(f"{GITHUB}:repo:acme/app:ref:refs/heads/main", PROD, WEB), seen(f"{GITHUB}x:other", PROD, WEB)),
    )
    analysis = analyse(facts)
    (change,) = name_subjects_seen(Access(facts, analysis.grants), analysis.grants[0], "sub")

    assert (change.key, change.values) == (
        "token.actions.githubusercontent.com:sub",
        ("repo:acme/app:ref:refs/heads/main",),
    )
