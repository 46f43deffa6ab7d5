"""`trustview demo --headless` over HTTP, against numbers counted from the data files with nothing but a JSON parser."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import trustview.demo

DATA = Path(str(trustview.demo.__file__)).parent / "acme"


def read(name: str) -> Any:  # noqa: ANN401
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


ORGANIZATION = read("organization")
FLEETS = read("fleets")
PLANTED = read("planted")
ACCOUNTS = {account["key"]: account for account in ORGANIZATION["accounts"]}


def units_below(key: str) -> set[str]:
    found = {key}
    for _ in ORGANIZATION["units"]:
        found |= {unit["key"] for unit in ORGANIZATION["units"] if unit["parent"] in found}
    return found


def accounts_in(words: list[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        if word == "all":
            found |= set(ACCOUNTS)
        elif word == "members":
            found |= set(ACCOUNTS) - {ORGANIZATION["organization"]["management"]}
        elif word.startswith("unit:"):
            units = units_below(word.removeprefix("unit:"))
            found |= {key for key, account in ACCOUNTS.items() if account["unit"] in units}
        else:
            found.add(word)
    return found


def roles() -> Iterator[tuple[str, dict[str, Any]]]:
    """(account key, role) of every role that the files describe."""
    for fleet in FLEETS["fleets"]:
        for account in accounts_in(fleet["in"]) - accounts_in(fleet.get("except", [])):
            role = dict(fleet["role"])
            for outlier in fleet.get("outliers", []):
                if account in accounts_in(outlier["in"]):
                    role |= outlier["role"]
            yield account, role
    for role in read("roles")["roles"]:
        yield role["account"], role


def is_readable(account: dict[str, Any]) -> bool:
    return account.get("status", "ACTIVE") == "ACTIVE" and account.get("hop") != "refused"


READABLE = {key for key, account in ACCOUNTS.items() if is_readable(account)}


def count_grants(trust: Any) -> int:  # noqa: ANN401
    if isinstance(trust, str):
        if trust.startswith("service:"):
            return 1
        trust = FLEETS["trusts"][trust]
    return sum(count_principals(statement["Principal"]) for statement in trust if statement["Effect"] == "Allow")


def count_principals(principal: Any) -> int:  # noqa: ANN401
    if isinstance(principal, str):
        return 1
    return sum(len(values) if isinstance(values, list) else 1 for values in principal.values())


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401
    """What the command prints, run as a person would run it."""
    environment = {**os.environ, "TRUSTVIEW_HOME": str(tmp_path_factory.mktemp("home"))}
    command = [sys.executable, "-m", "trustview", "demo", "--headless", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=120)

    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_every_account_is_counted_and_every_readable_one_was_read(summary: dict[str, Any]) -> None:
    assert (summary["accounts"], summary["accounts_read"]) == (len(ACCOUNTS), len(READABLE))


def test_the_roles_are_those_of_the_files(summary: dict[str, Any]) -> None:
    assert summary["roles"] == sum(1 for account, _ in roles() if account in READABLE)


def test_the_grants_are_those_of_the_files(summary: dict[str, Any]) -> None:
    assert summary["grants"] == sum(count_grants(role["trust"]) for account, role in roles() if account in READABLE)


def test_the_findings_by_severity_are_those_planted(summary: dict[str, Any]) -> None:
    assert Counter(summary["findings"]) == Counter(finding["severity"] for finding in PLANTED["findings"])


def test_the_gaps_are_those_planted(summary: dict[str, Any]) -> None:
    found = {(gap["account"], gap["region"]) for gap in summary["gaps"]}

    assert found == {(gap["account"], gap.get("region", "")) for gap in PLANTED["gaps"]}
