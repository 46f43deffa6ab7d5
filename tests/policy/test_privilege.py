"""What a principal may do, in classes: the tables of `tests/cases/privilege/`, and every escalation path by itself.

A case gives `policies` (each a statement, statements or a document), `boundary`, `scps`; `arn`, `own`, `facts` and
`user` say who holds them. `depends_on`, `limited` (ids of paths) and `unknown` are asserted where they are given.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policy.own_policies import stack_of
from trustview.policy import (
    CallerKind,
    Holder,
    Privilege,
    PrivilegeVerdict,
    Scope,
    describe_privilege,
    judge_privilege,
)
from trustview.policy.catalog import EscalationPath, PathCategory, escalation_paths

FOLDER = Path(__file__).parents[1] / "cases" / "privilege"
OWN = "111122223333"


def read_cases(*names: str) -> list[Any]:
    tables = {name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    return [pytest.param(case, id=f"{name}: {case['name']}") for name, cases in tables.items() for case in cases]


def holder_of(case: dict[str, Any]) -> Holder:
    user = case.get("user", "")
    facts = dict(case.get("facts", {}))
    arn = case.get("arn") or f"arn:aws:iam::{OWN}:" + (f"user/{user}" if user else "role/nobody-names-it")
    if user:
        facts["aws:username"] = user
    if "arn" in case:
        facts["aws:PrincipalArn"] = arn
    values = tuple((key.lower(), (value,)) for key, value in facts.items())
    return Holder(CallerKind.USER if user else CallerKind.ROLE, arn, values, tuple(case.get("own", ())))


def judge(case: dict[str, Any]) -> PrivilegeVerdict:
    return judge_privilege(stack_of(case), holder_of(case))


@pytest.mark.parametrize("case", read_cases("classes", "unknown", "limits", "resources", "conditions"))
def test_the_class_of_policies(case: dict[str, Any]) -> None:
    verdict = judge(case)

    assert verdict.privilege.value == case["expect"], describe_privilege(verdict)
    if "depends_on" in case:
        assert list(verdict.depends_on) == case["depends_on"]
    if "limited" in case:
        assert set(case["limited"]) <= {found.path.id for found in verdict.limited}
    if "unknown" in case:
        assert list(verdict.unknown) == case["unknown"]


@pytest.mark.parametrize("case", read_cases("classes", "unknown", "limits", "resources", "conditions"))
def test_a_class_names_the_permissions_that_gave_it(case: dict[str, Any]) -> None:
    verdict = judge(case)

    assert bool(verdict.permissions) == (verdict.privilege is not Privilege.NONE)
    assert all(permission.reasons for permission in verdict.permissions)
    assert all(sentence and not sentence.endswith(".") for sentence in describe_privilege(verdict))


def test_names_of_cases_are_unique() -> None:
    names = [param.id for param in read_cases("classes", "unknown", "limits", "resources", "conditions")]

    assert len(set(names)) == len(names)


# ── escalation paths ─────────────────────────────────────────────────────────────────────────────────────────────


def paths_opened(actions: list[str], path: EscalationPath) -> set[str]:
    """The paths that these actions on everything open; what lifts a boundary is asked of whoever has one."""
    case: dict[str, Any] = {"policies": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    if path.category is PathCategory.BOUNDARY_REMOVAL:
        case["boundary"] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    verdict = judge(case)
    ids = {found.path.id for found in verdict.escalations}
    assert bool(ids) == (verdict.privilege in (Privilege.ESCALATING, Privilege.ADMIN))
    return ids


COUNTED = [path for path in escalation_paths() if path.category is not PathCategory.TRUST]


@pytest.mark.parametrize("path", COUNTED, ids=lambda path: path.id)
def test_a_path_is_open_to_whoever_has_all_its_permissions(path: EscalationPath) -> None:
    assert path.id in paths_opened([action for action, _ in path.needs], path)


@pytest.mark.parametrize(
    ("path", "missing"),
    [(path, action) for path in COUNTED for action, _ in path.needs],
    ids=lambda value: value if isinstance(value, str) else value.id,
)
def test_a_path_is_shut_to_whoever_lacks_one_of_its_permissions(path: EscalationPath, missing: str) -> None:
    rest = [action for action, _ in path.needs if action != missing]

    assert path.id not in paths_opened([*rest, "s3:ListAllMyBuckets"], path)


@pytest.mark.parametrize("path", [path for path in COUNTED if path.passes_to], ids=lambda path: path.id)
def test_a_path_is_shut_where_the_role_goes_to_another_service(path: EscalationPath) -> None:
    others = [action for action, _ in path.needs if action != "iam:PassRole"]
    elsewhere = {"StringEquals": {"iam:PassedToService": "nowhere.amazonaws.com"}}
    verdict = judge(
        {
            "policies": [
                {"Effect": "Allow", "Action": others, "Resource": "*"},
                {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": elsewhere},
            ]
        }
    )

    assert path.id not in {found.path.id for found in verdict.escalations}


def test_role_assumption_alone_is_left_to_the_trust_graph() -> None:
    assert [path.id for path in escalation_paths() if path.category is PathCategory.TRUST] == ["sts-001"]
    assert paths_opened(["sts:AssumeRole"], escalation_paths()[0]) == set()


def test_the_paths_are_whole() -> None:
    paths = escalation_paths()

    assert len({path.id for path in paths}) == len(paths)
    assert all(path.needs and path.see.startswith("https://") for path in paths)
    assert all(bool(path.passes_to) == ("iam:PassRole" in dict(path.needs)) for path in paths)
    # Every path that the source had when it was first reduced.
    assert {f"iam-{number:03}" for number in range(1, 22)} <= {path.id for path in paths}
    assert sum("pathfinding.cloud" in path.see for path in paths) >= 65


# ── resources that cannot all be tried ───────────────────────────────────────────────────────────────────────────


def test_more_resources_than_can_be_tried_leave_it_open() -> None:
    buckets = [f"arn:aws:s3:::bucket-{number}/*" for number in range(300)]
    spared = {"Effect": "Deny", "Action": "s3:*", "NotResource": buckets[-1]}
    verdict = judge({"policies": [[{"Effect": "Allow", "Action": "s3:PutObject", "Resource": buckets}, spared]]})

    assert verdict.privilege is Privilege.WRITE
    assert verdict.depends_on == ("the resource",)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_words_say_what_on_what_and_given_what() -> None:
    named = f"arn:aws:iam::{OWN}:role/app-*"
    verdict = judge({"policies": [{"Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": named}]})

    assert verdict.permissions[0].scope is Scope.PATTERN
    assert describe_privilege(verdict) == (
        f"may gain more than it was given, by iam:UpdateAssumeRolePolicy on {named}",
        f"depends on resource {named}",
        "given a role that may more",
    )


def test_the_words_name_unknown_actions_and_limited_paths() -> None:
    role = f"arn:aws:iam::{OWN}:role/one"
    statements = [
        {"Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": role},
        {"Effect": "Allow", "Action": "s3:FrobnicateBucket", "Resource": "*"},
    ]

    assert describe_privilege(judge({"policies": statements})) == (
        f"may change things, by iam:UpdateAssumeRolePolicy on {role}",
        "also iam:UpdateAssumeRolePolicy, on named resources alone",
        "`s3:FrobnicateBucket` is no action that AWS documents; it counts as writing",
    )


def test_the_words_for_itself_and_for_nothing() -> None:
    itself = f"arn:aws:iam::{OWN}:role/nobody-names-it"
    verdict = judge({"policies": [{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": itself}]})

    assert describe_privilege(verdict) == ("may gain more than it was given, by iam:PutRolePolicy on its own role",)
    assert describe_privilege(judge({"policies": []})) == ("may do nothing",)


def test_whoever_may_change_things_or_nobody_knows_may_write() -> None:
    assert {privilege.value for privilege in Privilege if privilege.may_write} == {
        "admin", "escalating", "write", "unknown",
    }  # fmt: skip
