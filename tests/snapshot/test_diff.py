"""What changed between two snapshots: on the demo exactly what was planted, and nothing of what was not seen."""

from dataclasses import replace
from typing import Any

from tests.analysis.acme_snapshot import NOW, acme_snapshot
from tests.analysis.small_organization import PROD, SANDBOX, policy, role, snapshot, trust, user
from trustview.demo import load_acme, read_file
from trustview.snapshot import AccountStatus, Difference, DifferenceKind, Snapshot, Subject, diff_snapshots

ADDED, REMOVED, CHANGED = DifferenceKind.ADDED, DifferenceKind.REMOVED, DifferenceKind.CHANGED
FIELDS = {
    "trust": "trust_policy", "inline": "inline", "session_hours": "max_session_seconds", "unit": "parent",
    "status": "status",
}  # fmt: skip
OPEN = policy(trust({"Service": "ec2.amazonaws.com"}))


def told(*differences: Difference) -> set[tuple[str, str, str, str]]:
    return {(one.kind.value, one.subject.value, one.name, one.field) for one in differences}


def planted() -> set[tuple[str, str, str, str]]:
    """What `earlier.json` says, read with nothing but its own rules."""
    acme = load_acme("current", NOW)
    ids = {account.key: account.id for account in acme.accounts}
    guardrails = {key["key"]: key["id"] for key in read_file("organization.json")["policies"]}
    found: set[tuple[str, str, str, str]] = set()
    for change in read_file("earlier.json")["changes"]:
        found |= _planted(change, ids, guardrails)
    return found


def _planted(change: dict[str, Any], ids: dict[str, str], guardrails: dict[str, str]) -> set[tuple[str, str, str, str]]:
    was = change["was"]
    if "policy" in change:
        name = guardrails.get(change["policy"]) or was["id"]
        return {("added" if was is None else "removed", "guardrail", name, "")}
    account = ids[change["account"]]
    if "role" not in change:
        if was is None:
            return {("added", "account", account, ""), ("added", "coverage", account, "")}
        return {("changed", "account", account, FIELDS[field]) for field in was if field in FIELDS}
    everyone = (*acme_snapshot("earlier").roles, *acme_snapshot().roles)
    roles = {(one.account, one.name): one.arn for one in everyone}
    arn = roles[account, change["role"]]
    if was is None:
        # Of an account that was not there, its roles are not news of their own.
        return set() if change["account"] == "hackathon" else {("added", "role", arn, "")}
    if "created" in was:
        return {("removed", "role", arn, "")}
    return {("changed", "role", arn, FIELDS[field]) for field in was if field in FIELDS}


def test_the_demo_differs_from_a_quarter_ago_in_exactly_what_was_planted() -> None:
    differences = diff_snapshots(acme_snapshot("earlier"), acme_snapshot())
    # AWS hangs its own policies on an account that is new.
    own = [one for one in differences if not (one.subject is Subject.GUARDRAIL and "FullAWSAccess" in one.name)]

    assert told(*own) == planted()


def test_a_snapshot_does_not_differ_from_itself() -> None:
    assert diff_snapshots(acme_snapshot(), acme_snapshot()) == ()


def test_the_way_back_is_the_same_the_other_way_round() -> None:
    there = diff_snapshots(acme_snapshot("earlier"), acme_snapshot())
    back = diff_snapshots(acme_snapshot(), acme_snapshot("earlier"))
    turned = {ADDED: REMOVED, REMOVED: ADDED, CHANGED: CHANGED}

    # Coverage is told of accounts that are known today.
    without = [
        {(one.name, one.field, one.old, one.new) for one in side if one.subject is not Subject.COVERAGE}
        for side in (there, back)
    ]
    assert without[0] == {(name, field, new, old) for name, field, old, new in without[1]}
    kinds = {(one.name, one.field): one.kind for one in back}
    assert all(kinds[one.name, one.field] is turned[one.kind] for one in there if one.subject is not Subject.COVERAGE)


def test_roles_of_an_account_that_was_not_read_are_neither_new_nor_gone() -> None:
    before = snapshot(role("a", OPEN))
    after = replace(before, accounts=tuple(facts for facts in before.accounts if facts.id != PROD))

    assert [one.subject for one in diff_snapshots(before, after)] == [Subject.COVERAGE]
    assert [one.kind for one in diff_snapshots(before, after)] == [REMOVED]
    assert [one.kind for one in diff_snapshots(after, before)] == [ADDED]


def partly(given: Snapshot) -> Snapshot:
    accounts = (replace(facts, is_partial=facts.id == PROD) for facts in given.accounts)
    return replace(given, accounts=tuple(accounts))


def test_what_is_missing_from_an_account_read_in_part_is_not_called_gone() -> None:
    whole, less = snapshot(role("a", OPEN), role("b", OPEN)), snapshot(role("a", OPEN))

    assert told(*diff_snapshots(whole, less)) == {("removed", "role", f"arn:aws:iam::{PROD}:role/b", "")}
    assert told(*diff_snapshots(whole, partly(less))) == {("removed", "coverage", PROD, "")}
    assert told(*diff_snapshots(partly(less), whole)) == {("added", "coverage", PROD, "")}


def test_a_change_inside_an_account_read_in_part_is_still_seen() -> None:
    was, now = snapshot(role("a", OPEN)), snapshot(role("a", policy(trust({"AWS": "*"}))))

    assert ("changed", "role", f"arn:aws:iam::{PROD}:role/a", "trust_policy") in told(*diff_snapshots(was, partly(now)))


def test_a_change_holds_both_values_as_text() -> None:
    was = snapshot(user("ann", groups=("a", "b"), tags=(("k", "v"),)))
    now = snapshot(user("ann", groups=("b",), tags=()))
    groups, tags = diff_snapshots(was, now)

    assert (groups.field, groups.old, groups.new) == ("groups", "a\nb", "b")
    assert (tags.field, tags.old, tags.new) == ("tags", "k = v", "")


def test_an_account_that_was_closed_is_a_change_of_its_status() -> None:
    was = snapshot()
    organization = was.organization
    assert organization is not None
    accounts = tuple(
        replace(one, status=AccountStatus.CLOSED) if one.id == SANDBOX else one for one in organization.accounts
    )
    now = replace(was, organization=replace(organization, accounts=accounts))

    (one,) = diff_snapshots(was, now)
    assert (one.subject, one.name, one.field, one.old, one.new) == (
        Subject.ACCOUNT,
        SANDBOX,
        "status",
        "ACTIVE",
        "CLOSED",
    )


def test_policies_of_aws_that_are_no_longer_listed_are_no_news() -> None:
    """Which of them are listed depends on what is attached, and that is told by who has them."""
    was = snapshot(role("a", OPEN))
    now = replace(was, accounts=tuple(replace(facts, policies=()) for facts in was.accounts))

    assert diff_snapshots(was, now) == ()
