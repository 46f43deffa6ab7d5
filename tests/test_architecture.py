"""What must hold of the house itself: lists are complete, documented and cased; the core loads alone; paths exist."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import trustview.analysis.checks
import trustview.analysis.edges
import trustview.collect.services
import trustview.export
import trustview.export.remediation
import trustview.policy.conditions
from trustview.analysis import CHECKS
from trustview.policy import OPERATORS

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"

# Files of an extension folder that hold the shape of its members, not a member.
SHAPES = {"__init__", "operator", "service", "export_format", "rows", "row"}

EXTENSIONS = {
    trustview.policy.conditions: "OPERATORS",
    trustview.analysis.edges: "EDGES",
    trustview.analysis.checks: "CHECKS",
    trustview.collect.services: "SERVICES",
    trustview.export: "FORMATS",
    trustview.export.remediation: "REMEDIATION_FORMATS",
}


@pytest.mark.parametrize("package", EXTENSIONS, ids=lambda package: package.__name__)
def test_every_file_of_an_extension_folder_is_imported_by_its_list(package: ModuleType) -> None:
    folder = Path(str(package.__file__)).parent
    source = (folder / "__init__.py").read_text(encoding="utf-8")
    members = sorted(path.stem for path in folder.glob("*.py") if path.stem not in SHAPES)

    missing = [name for name in members if f"from {package.__name__}.{name} import" not in source]

    assert members
    assert not missing
    assert getattr(package, EXTENSIONS[package])


@pytest.mark.parametrize("package", EXTENSIONS, ids=lambda package: package.__name__)
def test_the_first_sentence_of_an_extension_folder_says_what_lives_there(package: ModuleType) -> None:
    assert package.__doc__
    assert EXTENSIONS[package] in package.__doc__


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_is_documented_in_full(check: trustview.analysis.Check) -> None:
    assert check.title
    assert check.why
    assert check.fix
    assert check.see.startswith("https://docs.aws.amazon.com/") or "https://docs." in check.see


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_cases_that_match_and_cases_that_do_not(check: trustview.analysis.Check) -> None:
    table = json.loads((CASES / "checks" / f"{check.id}.json").read_text(encoding="utf-8"))
    cases = table["cases"] if isinstance(table, dict) else table
    expected = {case["expect"] for case in cases}

    assert {"match", "no match"} <= expected
    assert len({case["name"] for case in cases}) == len(cases)


def test_every_case_table_of_a_check_belongs_to_a_check() -> None:
    assert {path.stem for path in (CASES / "checks").glob("*.json")} == {check.id for check in CHECKS}


def test_every_operator_has_cases() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (CASES / "evaluate").glob("*.json"))

    assert [operator.name for operator in OPERATORS if operator.name not in text] == []


def test_the_core_loads_without_the_screen_and_without_aws() -> None:
    code = (
        "import sys, trustview.policy, trustview.snapshot, trustview.analysis, trustview.review, trustview.export;"
        "print([n for n in ('textual', 'botocore', 'aiobotocore', 'boto3', 'moto', 'diskcache') if n in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"


DOCUMENTS = sorted(path for path in ROOT.glob("*.md"))
# A path in backticks: it has a slash, or ends like a file.
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|toml|txt|json|svg))`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_named_in_the_documents_exists(document: Path) -> None:
    named = set(PATH.findall(document.read_text(encoding="utf-8")))
    roots = (ROOT, ROOT / "trustview")

    assert sorted(name for name in named if not any((root / name).exists() for root in roots)) == []


def test_continuous_integration_runs_the_second_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line.strip() for line in readme.splitlines() if line.strip().startswith("python3 -m venv")]

    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_no_file_names_a_package_registry_or_a_path_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    hosts = re.compile(
        r"pypi\.o[r]g|pythonhosted\.o[r]g|registry\.npm[j]s|deb\.debian\.o[r]g|(?<![\w.])/(?:work|root|home)/\w"
    )
    found = [
        name
        for name in listed
        if (ROOT / name).is_file() and hosts.search((ROOT / name).read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_work_beside_the_keys_is_begun_in_one_place() -> None:
    """`begin_work` takes a function; a coroutine, which nobody awaits when its node goes at that moment, is none."""
    way_of_textual = re.compile(r"\brun_[w]orker\b|\b_new_[w]orker\b|from textual import .*\b[w]ork\b")
    files = (path for folder in ("trustview", "widgets", "tests") for path in (ROOT / folder).rglob("*.py"))
    found = [path.relative_to(ROOT) for path in files if way_of_textual.search(path.read_text(encoding="utf-8"))]

    assert found == [Path("widgets/background.py")]
