"""The classes of policies that AWS wrote, and of principals in authorization details that others published.

`managed_policies.json` has a row for each policy, for all its versions, and rows for versions that differ;
`authorization_details.json` has patterns of principals by file, the first that fits deciding. Each row says why.
"""

import json
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from trustview.analysis.access import Access
from trustview.collect.imported import read_files
from trustview.policy import PolicyDocument, PolicyStack, describe_privilege, judge_privilege, parse_policy
from trustview.snapshot import Role, User

CASES = Path(__file__).parents[1] / "cases" / "privilege"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MANAGED, DETAILS = CORPUS / "managed_policies", CORPUS / "auth_details"
pytestmark = pytest.mark.skipif(not MANAGED.is_dir(), reason="the corpus is not beside the project")


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


EXPECTED = {row["policy"]: row["expect"] for row in rows("managed_policies")}


@pytest.mark.parametrize("path", files_in(MANAGED), ids=lambda path: path.stem)
def test_the_class_of_a_policy_that_aws_wrote(path: Path) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    value = value.get("PolicyVersion", value)
    stack = PolicyStack(PolicyDocument(), (parse_policy(value.get("Document", value)),))
    verdict = judge_privilege(stack)
    expected = EXPECTED.get(path.stem) or EXPECTED[path.stem.partition("--")[0]]

    assert verdict.privilege.value == expected, describe_privilege(verdict)
    assert verdict.unknown == ()


def test_every_policy_that_aws_wrote_is_cased_once_and_justified() -> None:
    names = [row["policy"] for row in rows("managed_policies")]
    stems = {path.stem for path in files_in(MANAGED)}

    assert len(set(names)) == len(names)
    assert {name for name in names if "--" not in name} == {stem.partition("--")[0] for stem in stems}
    assert {name for name in names if "--" in name} <= stems
    assert all(row["why"] for row in rows("managed_policies"))


@cache
def access_to(name: str) -> Access:
    path = DETAILS / name
    return Access(read_files([(name, path.read_bytes())], datetime(2026, 11, 20, tzinfo=UTC)).snapshot)


def principals_of(name: str) -> list[Role | User]:
    found: list[Role | User] = []
    for facts in access_to(name).snapshot.accounts:
        found += [*facts.roles, *facts.users]
    return found


@pytest.mark.parametrize("row", rows("authorization_details"), ids=lambda row: f"{row['file']} {row['principal']}")
def test_the_class_of_a_principal_that_others_published(row: dict[str, Any]) -> None:
    access = access_to(row["file"])
    meant = [principal for principal in principals_of(row["file"]) if fnmatchcase(principal.arn, row["principal"])]

    assert meant
    assert row["why"]
    for principal in meant:
        told = describe_privilege(access.privilege_verdict(principal))
        assert access.privilege(principal).value == row["expect"], (principal.arn, told)


@pytest.mark.parametrize("path", files_in(DETAILS), ids=lambda path: path.stem)
def test_every_principal_has_a_class_and_words(path: Path) -> None:
    for principal in principals_of(path.name):
        verdict = access_to(path.name).privilege_verdict(principal)
        assert describe_privilege(verdict)
