"""Which accounts a scope means."""

import pytest

from trustview.collect import Scope
from trustview.collect.targets import choose_targets
from trustview.errors import UsageError
from trustview.snapshot import Account, AccountStatus, GapKind, Organization, OrganizationalUnit

ORGANIZATION = Organization(
    "o-1",
    "1",
    units=(
        OrganizationalUnit("r", "Root", ""),
        OrganizationalUnit("ou-w", "Workloads", "r"),
        OrganizationalUnit("ou-p", "Prod", "ou-w"),
        OrganizationalUnit("ou-s", "Suspended", "r"),
    ),
    accounts=(
        Account("1", "Management", "r"),
        Account("2", "Security", "r"),
        Account("3", "Web", "ou-p"),
        Account("4", "Web", "ou-w"),
        Account("5", "Gone", "ou-s", AccountStatus.SUSPENDED),
        Account("6", "New", "ou-w", AccountStatus.UNKNOWN),
        Account("7", "Closing", "ou-p", AccountStatus.PENDING_CLOSURE),
    ),
)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), ["2", "1", "3", "4", "6"]),
        (Scope(accounts=("3",)), ["3"]),
        (Scope(accounts=("Web",)), ["3", "4"]),
        (Scope(units=("Prod",)), ["3"]),
        (Scope(units=("ou-w",)), ["3", "4", "6"]),
        (Scope(units=("Prod",), accounts=("Security",)), ["2", "3"]),
        (Scope(units=("Root",)), ["2", "1", "3", "4", "6"]),
        (Scope(accounts=("5",)), []),
    ],
    ids=["all, our own first", "an id", "a name of two", "an OU", "all below an OU", "both", "the root", "suspended"],
)
def test_the_accounts_to_enter(scope: Scope, expected: list[str]) -> None:
    assert [account.id for account in choose_targets(ORGANIZATION, "2", scope).enter] == expected


def test_every_account_is_entered_or_has_a_gap() -> None:
    for scope in (Scope(), Scope(accounts=("3",)), Scope(units=("Suspended",))):
        targets = choose_targets(ORGANIZATION, "2", scope)
        told = [account.id for account in targets.enter] + [gap.account for gap in targets.gaps]

        assert sorted(told) == [account.id for account in ORGANIZATION.accounts]


def test_a_suspended_account_is_told_as_such() -> None:
    gaps = {gap.account: gap for gap in choose_targets(ORGANIZATION, "2", Scope()).gaps}

    assert gaps["5"].kind is GapKind.SUSPENDED
    assert gaps["7"].reason == "the account is pending closure and cannot be entered"


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (Scope(accounts=("web",)), "`web` is no account of the organization: give an id or a whole name to --account"),
        (Scope(units=("Dev",)), "`Dev` is no OU of the organization: give an id or a whole name to --ou"),
    ],
)
def test_a_name_that_is_not_there_is_told_with_the_option(scope: Scope, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose_targets(ORGANIZATION, "2", scope)
    assert str(caught.value) == told


def test_without_an_organization_only_our_own_account_can_be_meant() -> None:
    assert [account.id for account in choose_targets(None, "2", Scope(accounts=("2",))).enter] == ["2"]
    with pytest.raises(UsageError, match="`3` cannot be read: without an organization there is only account 2"):
        choose_targets(None, "2", Scope(accounts=("3",)))


@pytest.mark.parametrize(
    "wrong", [{"evidence_days": 91}, {"evidence_days": -1}, {"role_name": "/"}, {"concurrency": 0}], ids=str
)
def test_a_scope_that_cannot_be_is_a_mistake_of_the_user(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Scope(**wrong)  # type: ignore[arg-type]


SAME = Scope(accounts=("1", "2"))


@pytest.mark.parametrize(
    "other",
    [
        Scope(accounts=("1",)), Scope(accounts=("1",), units=("2",)), Scope(units=("1", "2")),
        Scope(accounts=("1", "2"), regions=()), Scope(accounts=("1", "2"), regions=("every Region",)),
        Scope(accounts=("1", "2"), external_id="an-id"), Scope(accounts=("1", "2"), evidence_days=1),
        Scope(accounts=("1", "2"), role_name="a/b"), Scope(accounts=("1", "2"), without=("organizations-tags",)),
    ],
)  # fmt: skip
def test_scopes_that_ask_something_else_have_another_fingerprint(other: Scope) -> None:
    assert SAME.fingerprint("me", "there") != other.fingerprint("me", "there")


def test_how_gently_and_as_which_profile_is_asked_does_not_matter_to_the_fingerprint() -> None:
    same = Scope(
        accounts=("2", "1"),
        concurrency=3,
        max_age_seconds=9,
        is_fresh=True,
        profile="x",
        role_name="/trustview/TrustviewReader",
    )

    assert SAME.fingerprint("me", "there") == same.fingerprint("me", "there")
    assert SAME.fingerprint("me", "there") != SAME.fingerprint("you", "there")
    assert SAME.fingerprint("me", "there") != SAME.fingerprint("me", "elsewhere")
