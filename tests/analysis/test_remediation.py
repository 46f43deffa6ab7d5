"""Changes edit the trust policy that AWS gave, and nothing else in it."""

import json

import pytest

from tests.analysis.small_organization import policy, trust
from trustview.analysis import Change, ChangeKind, apply_changes, pretty_policy

BASE = policy(
    {"Sid": "Keep", **trust({"AWS": ["111111111111", "222222222222"]}, {"StringLike": {"sts:ExternalId": "a*"}})},
    trust({"Service": "ec2.amazonaws.com"}),
)

CASES = [
    (
        "a condition is added beside the others",
        Change(ChangeKind.ADD_CONDITION, 0, "", operator="StringEquals", key="aws:PrincipalOrgID", values=("o-1",)),
        lambda s: s[0]["Condition"] == {
            "StringLike": {"sts:ExternalId": "a*"}, "StringEquals": {"aws:PrincipalOrgID": "o-1"}
        },
    ),
    (
        "a condition is added where there was none",
        Change(ChangeKind.ADD_CONDITION, 1, "", operator="StringEquals", key="aws:SourceAccount", values=("1", "2")),
        lambda s: s[1]["Condition"] == {"StringEquals": {"aws:SourceAccount": ["1", "2"]}},
    ),
    (
        "an operator is replaced and the empty one goes",
        Change(
            ChangeKind.REPLACE_CONDITION, 0, "", operator="StringEquals", key="STS:externalid", values=("abc",),
            old_operator="StringLike",
        ),
        lambda s: s[0]["Condition"] == {"StringEquals": {"STS:externalid": "abc"}},
    ),
    (
        "the last condition goes with its block",
        Change(ChangeKind.REMOVE_CONDITION, 0, "", operator="StringLike", key="sts:ExternalId"),
        lambda s: "Condition" not in s[0],
    ),
    (
        "operators are found whatever case they are written in",
        Change(ChangeKind.REMOVE_CONDITION, 0, "", operator="stringlike", key="STS:ExternalId"),
        lambda s: "Condition" not in s[0],
    ),
    (
        "one of two principals is removed",
        Change(ChangeKind.REMOVE_PRINCIPAL, 0, "", principal_kind="AWS", principal="222222222222"),
        lambda s: s[0]["Principal"] == {"AWS": "111111111111"},
    ),
    (
        "a principal is replaced by two",
        Change(
            ChangeKind.REPLACE_PRINCIPAL, 0, "", principal_kind="AWS", principal="111111111111", values=("a", "b")
        ),
        lambda s: s[0]["Principal"] == {"AWS": ["a", "b", "222222222222"]},
    ),
    (
        "a statement without principals goes",
        Change(ChangeKind.REMOVE_PRINCIPAL, 1, "", principal_kind="Service", principal="ec2.amazonaws.com"),
        lambda s: len(s) == 1 and s[0]["Sid"] == "Keep",
    ),
    (
        "a statement is removed",
        Change(ChangeKind.REMOVE_STATEMENT, 0, ""),
        lambda s: len(s) == 1 and "Service" in s[0]["Principal"],
    ),
    ("a statement that is not there is left alone", Change(ChangeKind.REMOVE_STATEMENT, 7, ""), lambda s: len(s) == 2),
]  # fmt: skip


@pytest.mark.parametrize(("change", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_change(change: Change, holds: object) -> None:
    after = json.loads(apply_changes(BASE, [change]))

    assert callable(holds)
    assert holds(after["Statement"])
    assert after["Version"] == "2012-10-17"


def test_a_policy_that_lost_its_last_statement_lets_nobody_in() -> None:
    after = json.loads(apply_changes(policy(trust("*")), [Change(ChangeKind.REMOVE_STATEMENT, 0, "")]))

    assert [statement["Effect"] for statement in after["Statement"]] == ["Deny"]


def test_several_changes_keep_the_numbers_of_the_policy_given() -> None:
    changes = [
        Change(ChangeKind.REMOVE_STATEMENT, 0, ""),
        Change(ChangeKind.ADD_CONDITION, 1, "", "Bool", "a", ("true",)),
    ]
    after = json.loads(apply_changes(BASE, changes))

    assert [statement.get("Condition") for statement in after["Statement"]] == [{"Bool": {"a": "true"}}]


def test_a_policy_that_is_no_object_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="JSON object"):
        apply_changes("[]", [])


def test_a_policy_that_is_not_json_is_shown_as_it_is() -> None:
    assert pretty_policy("{not json") == "{not json"
