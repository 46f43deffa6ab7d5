"""The catalogue of actions: what patterns mean, which level an action has, what nobody knows."""

import json
import subprocess
import sys
import tarfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.actions import digest, read_package
from trustview.policy import matches
from trustview.policy.catalog import (
    AccessLevel,
    actions_meant,
    catalog,
    escalation_paths,
    expand,
    is_unknown,
    level_of,
    reads_content,
)

CURATED: dict[str, Any] = json.loads(
    files("trustview.policy.catalog").joinpath("curated.json").read_text(encoding="utf-8")
)


def names(pattern: str) -> list[str]:
    return list(catalog().listed(expand(pattern)))


LEVELS = [
    ("s3:ListBucket", AccessLevel.LIST),
    ("s3:GetObject", AccessLevel.READ),
    ("s3:PutObject", AccessLevel.WRITE),
    ("S3:PUTOBJECT", AccessLevel.WRITE),
    ("ec2:CreateTags", AccessLevel.TAGGING),
    ("s3:PutBucketPolicy", AccessLevel.PERMISSIONS),
    ("kms:Decrypt", AccessLevel.READ),
    ("iam:PassRole", AccessLevel.WRITE),
    ("s3:FrobnicateBucket", None),
    ("frobnicator:Do", None),
    ("s3", None),
    ("", None),
]


@pytest.mark.parametrize(("action", "expected"), LEVELS, ids=[action or "nothing" for action, _ in LEVELS])
def test_the_level_of_an_action(action: str, expected: AccessLevel | None) -> None:
    assert level_of(action) is expected


CONTENT = [
    ("s3:GetObject", True), ("S3:getobject", True), ("dynamodb:Query", True), ("secretsmanager:GetSecretValue", True),
    ("kms:Decrypt", True), ("ssm:GetParametersByPath", True), ("lambda:GetFunction", True),
    ("s3:GetBucketPolicy", False), ("s3:GetObjectTagging", False), ("s3:PutObject", False), ("s3:Frobnicate", False),
    ("secretsmanager:DescribeSecret", False), ("lambda:GetFunctionConfiguration", False), ("s3:*", False),
]  # fmt: skip


@pytest.mark.parametrize(("action", "expected"), CONTENT, ids=[action for action, _ in CONTENT])
def test_whether_an_action_reads_content(action: str, expected: bool) -> None:
    assert reads_content(action) is expected


def test_patterns_mean_what_the_engine_matches() -> None:
    assert names("s3:GetObject") == ["s3:GetObject"]
    assert names("S3:GETOBJECT") == ["s3:GetObject"]
    assert names("sqs:?eceiveMessage") == ["sqs:ReceiveMessage"]
    assert names("s?s:ReceiveMessage") == ["sqs:ReceiveMessage"]
    assert names("*:ReceiveMessage") == ["sqs:ReceiveMessage"]
    assert names("*receivemessage") == ["sqs:ReceiveMessage"]
    assert names("s3") == names("s3:") == names("frobnicator:*") == names("frobnicator:Get*") == []
    assert names("s3:Frobnicate*") == []
    assert expand("*") == expand("*:*") == expand("**") == catalog().everything
    assert {name.partition(":")[0] for name in names("s3:*")} == {"s3"}


PATTERNS = st.sampled_from(
    ["s3", "iam", "ec2", "*", "s?", "*2", "frob"]
).flatmap(
    lambda service: st.text(alphabet="GetPuObjcRle*?", max_size=6).map(lambda rest: f"{service}:{rest}")
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(PATTERNS)
def test_an_expansion_holds_exactly_what_the_engine_matches(pattern: str) -> None:
    wanted = [name for name in catalog().names if matches(pattern, name, ignore_case=True)]

    assert names(pattern) == names(pattern.upper()) == wanted


@settings(max_examples=50, deadline=None)
@given(st.lists(PATTERNS, max_size=3))
def test_not_action_is_everything_else(patterns: list[str]) -> None:
    meant = actions_meant(tuple(patterns), inverted=False)
    others = actions_meant(tuple(patterns), inverted=True)

    assert meant & others == 0
    assert meant | others == catalog().everything


UNKNOWN = [
    ("s3:GetObject", False), ("s3:*", False), ("*", False), ("s3:Get*", False),
    ("s3:Frobnicate*", False),  # a wildcard over a known service names nothing by itself
    ("s3:FrobnicateBucket", True), ("frobnicator:*", True), ("frobnicator:Do", True), ("Frobnicate", True), ("", True),
    ("mobilehub:GetProject", False), ("MobileHub:Get*", False), ("mobilehub:CreateProject", True),
    ("mobilehub:*", True),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "expected"), UNKNOWN, ids=[pattern or "nothing" for pattern, _ in UNKNOWN])
def test_whether_a_pattern_is_unknown(pattern: str, expected: bool) -> None:
    assert is_unknown(pattern) is expected


def test_every_action_has_one_level_and_one_place() -> None:
    known = catalog()
    together = 0
    for actions in known.levels.values():
        assert together & actions == 0
        together |= actions

    assert together == known.everything
    assert len(known.numbers) == len(known.names) > 20_000
    assert len(known.services) > 400
    assert known.changing & known.reading == known.content & known.changing == 0


def test_what_people_added_is_about_actions_that_exist_and_has_a_reason() -> None:
    for pattern, level, reason in CURATED["levels"]:
        assert names(pattern), pattern
        assert {level_of(name) for name in names(pattern)} == {AccessLevel(level)}
        assert reason
    for pattern, reason in CURATED["content"]:
        assert names(pattern), pattern
        assert all(reads_content(name) for name in names(pattern)), pattern
        assert reason
    for action, key, value, reason in CURATED["writes_with"]:
        assert names(action) == [action]
        assert all((key, value, reason))
    for pattern, reason in CURATED["harmless"]:
        assert not names(pattern), pattern
        assert reason


def test_every_permission_of_a_path_is_an_action() -> None:
    assert {a for path in escalation_paths() for a, _ in path.needs if level_of(a) is None} == set()


def test_nothing_is_read_before_it_is_asked_for() -> None:
    code = (
        "from trustview.policy.catalog import actions, escalation;"
        "import trustview.policy, trustview.analysis;"
        "print(actions.catalog.cache_info().currsize, escalation.escalation_paths.cache_info().currsize)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.split() == ["0", "0"]


def test_the_digest_has_one_line_for_each_service_and_level(tmp_path: Path) -> None:
    actions = {
        "getthing": {"name": "GetThing", "accessLevel": "Read"},
        "describething": {"name": "DescribeThing", "accessLevel": "Read"},
        "tagthing": {"name": "TagThing", "accessLevel": "Tagging, Write"},
        "putthingpolicy": {"name": "PutThingPolicy", "accessLevel": "Permissions management, Write"},
    }
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for name, content in (("actions/thing.json", actions), ("actions/empty.json", {}), ("services.json", {})):
            (tmp_path / "file").write_text(json.dumps(content), encoding="utf-8")
            archive.add(tmp_path / "file", f"package/data/{name}")

    assert digest(read_package(package)) == [
        "thing read DescribeThing GetThing",
        "thing tagging TagThing",
        "thing permissions PutThingPolicy",
    ]
