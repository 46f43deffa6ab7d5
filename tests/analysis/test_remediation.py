"""Changes edit the trust policy that AWS gave, and nothing else in it."""

import json
from dataclasses import replace

import pytest

from tests.analysis.small_organization import policy, role, trust
from trustview.analysis import Change, ChangeKind, Remediation, apply_changes, pretty_policy
from trustview.analysis.remediation import change_role

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
    (
        "a statement is added at the end",
        Change(ChangeKind.ADD_STATEMENT, -1, "", values=('{"Sid": "New", "Effect": "Deny"}',)),
        lambda s: [one.get("Sid") for one in s] == ["Keep", None, "New"],
    ),
    (
        "the only action of a statement goes with it",
        Change(ChangeKind.REMOVE_ACTION, 1, "", values=("STS:assumerole",)),
        lambda s: len(s) == 1 and s[0]["Sid"] == "Keep",
    ),
    (
        "an action that is not there is left alone",
        Change(ChangeKind.REMOVE_ACTION, 1, "", values=("sts:TagSession",)),
        lambda s: s[1]["Action"] == "sts:AssumeRole",
    ),
    (
        "what is about the role leaves the policy alone",
        Change(ChangeKind.SET_BOUNDARY, -1, "", values=("arn:aws:iam::222222222222:policy/cap",)),
        lambda s: s == json.loads(BASE)["Statement"],
    ),
    ("a statement that is not there is left alone", Change(ChangeKind.REMOVE_STATEMENT, 7, ""), lambda s: len(s) == 2),
]  # fmt: skip


@pytest.mark.parametrize(("change", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_change(change: Change, holds: object) -> None:
    after = json.loads(apply_changes(BASE, [change]))

    assert callable(holds)
    assert holds(after["Statement"])
    assert after["Version"] == "2012-10-17"


def test_a_key_that_is_tested_already_is_asked_for_both() -> None:
    tested = policy(trust({"AWS": "*"}, {"StringEquals": {"AWS:principalorgid": ["o-1", "o-2"]}}))
    again = Change(ChangeKind.ADD_CONDITION, 0, "", "StringEquals", "aws:PrincipalOrgID", ("o-2",))
    (statement,) = json.loads(apply_changes(tested, [again]))["Statement"]

    assert statement["Condition"] == {
        "StringEquals": {"AWS:principalorgid": ["o-1", "o-2"]},
        "StringLike": {"aws:PrincipalOrgID": "o-2"},
    }


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


# ── the role itself ──────────────────────────────────────────────────────────────────────────────────────────────

READ_ONLY, AUDIT = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"
MONITOR = role("monitor", BASE, attached=(READ_ONLY, "arn:aws:iam::222222222222:policy/own"), max_session_seconds=43200)


def test_a_role_gets_everything_that_its_changes_set_and_keeps_the_rest() -> None:
    cap = "arn:aws:iam::222222222222:policy/cap"
    after = change_role(
        MONITOR,
        [
            Change(ChangeKind.REPLACE_MANAGED_POLICY, -1, "", principal=READ_ONLY, values=(AUDIT,)),
            Change(ChangeKind.SET_BOUNDARY, -1, "", values=(cap,)),
            Change(ChangeKind.SET_MAX_SESSION, -1, "", values=("3600",)),
        ],
    )

    assert after.attached == (AUDIT, "arn:aws:iam::222222222222:policy/own")
    assert (after.boundary, after.max_session_seconds, after.trust_policy) == (cap, 3600, BASE)
    assert replace(after, attached=MONITOR.attached, boundary="", max_session_seconds=43200) == MONITOR


def test_a_managed_policy_that_merely_goes_leaves_the_others() -> None:
    change = Change(ChangeKind.REPLACE_MANAGED_POLICY, -1, "", principal=READ_ONLY)

    assert change_role(MONITOR, [change]).attached == ("arn:aws:iam::222222222222:policy/own",)


def test_the_id_of_a_remediation_is_what_it_does_and_not_how_it_is_told() -> None:
    told = [Change(ChangeKind.REMOVE_STATEMENT, 0, words) for words in ("remove it", "take it away")]
    other = Change(ChangeKind.REMOVE_STATEMENT, 1, "remove it")
    ids = [Remediation("role", (change,), "", ()).id for change in (*told, other)]

    assert ids[0] == ids[1] != ids[2]


def test_the_id_of_a_remediation_is_one_for_a_fleet() -> None:
    def named(account: str, external_id: str) -> str:
        own = Change(ChangeKind.REPLACE_PRINCIPAL, 0, "", values=(f"arn:aws:iam::{account}:role/ci",))
        agreed = Change(ChangeKind.ADD_CONDITION, 0, "", "StringEquals", "sts:ExternalId", (external_id,))
        return Remediation(f"arn:aws:iam::{account}:role/x", (own, agreed), "", ()).id

    other = Change(ChangeKind.REPLACE_PRINCIPAL, 0, "", values=("arn:aws:iam::333333333333:role/ci",))

    assert named("111111111111", "abc") == named("222222222222", "def")
    assert Remediation("arn:aws:iam::111111111111:role/x", (other,), "", ()).id != named("111111111111", "abc")
