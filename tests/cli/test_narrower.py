"""`trustview narrower` as scripts use it: files, pipes, bad lines, exit codes."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.policy.narrowing.test_comparison import ASKED, BAD, GOOD, ODD, PAIR, ROOT, policy
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.cli.narrowing import compare_stream
from trustview.cli.simulating import LONGEST_LINE, Simulator


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in {"root": policy(), "asked": ASKED, "odd": ODD}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    (tmp_path / "none.json").write_text("[1, 2]", encoding="utf-8")
    return tmp_path


def answers(*lines: bytes | dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    given = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    target = io.BytesIO()
    code = compare_stream(io.BufferedReader(io.BytesIO(given)), target)
    return code, [json.loads(line) for line in target.getvalue().splitlines()]


# ── two policies ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("files")
def test_two_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["narrower", "root.json", "asked.json"]) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("proved: every request")
    assert main(["narrower", "asked.json", "root.json"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert shown.startswith("wider: the new policy allows")
    assert f"principal {ROOT[:-4]}user/x\n" in shown
    assert "  aws:principalaccount = 111122223333\n" in shown


@pytest.mark.usefixtures("files")
def test_what_stopped_it_is_told_with_its_place_and_does_nothing_to_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["narrower", "odd.json", "root.json"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert shown.startswith("unknown: it is not settled: StringIs")
    assert "(old: $.Statement[0].Condition.StringIs." in shown
    assert all(line.isprintable() for line in shown.splitlines())


@pytest.mark.usefixtures("files")
def test_json_holds_the_verdict_and_a_request_to_simulate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["narrower", "--json", "asked.json", "root.json"]) == ExitCode.DONE
    found = json.loads(capsys.readouterr().out)

    assert found["verdict"] == "wider"
    assert outcome(found["witness"], policy()) == "allowed"
    assert outcome(found["witness"], ASKED) == "implicit_deny"


def outcome(witness: dict[str, Any], trust_policy: dict[str, Any]) -> str:
    line = json.dumps({"id": "w", "trust_policy": trust_policy, **witness}).encode()
    answer = json.loads(Simulator().answer(line))
    return str(answer["outcome"])


def test_json_text_instead_of_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["narrower", json.dumps(policy()), json.dumps(ASKED)]) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("proved")


@pytest.mark.usefixtures("files")
def test_the_organization_and_the_account_of_the_role_can_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    ours = json.dumps(policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))
    named = json.dumps(policy("arn:aws:iam::111122223333:role/ci"))

    assert main(["narrower", ours, "root.json", "--organization", "o-1", "--account", "111122223333"]) == 0
    assert capsys.readouterr().out.startswith("proved")
    assert main(["narrower", ours, "root.json"]) == 0
    assert capsys.readouterr().out.startswith("wider")
    assert main(["narrower", "root.json", named, "--json", "--role-account", "111122223333"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "wider"
    assert found["witness"]["identity_policies"] == []
    assert outcome(found["witness"], json.loads(named)) == "allowed"
    assert outcome(found["witness"], policy()) == "implicit_deny"


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["root.json", "asked.json", "--fail-on", "unknown"], ExitCode.DONE),
        (["odd.json", "root.json", "--fail-on", "wider"], ExitCode.DONE),
        (["odd.json", "root.json", "--fail-on", "unknown"], ExitCode.FAIL_ON),
        (["asked.json", "root.json", "--fail-on", "wider"], ExitCode.FAIL_ON),
        (["asked.json", "root.json", "--fail-on", "unknown"], ExitCode.FAIL_ON),
        (["root.json"], ExitCode.USAGE),
        (["root.json", "not-there.json"], ExitCode.USAGE),
        (["-", "-"], ExitCode.USAGE),
        (["root.json", "asked.json", "--account", "111122223333"], ExitCode.USAGE),
        (["-", "--organization", "o-1"], ExitCode.USAGE),
        (["root.json", "none.json"], ExitCode.FAILED),
        (["root.json", "{"], ExitCode.FAILED),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_exit_codes(words: list[str], code: ExitCode, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["narrower", *words]) == code
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert (code in (ExitCode.USAGE, ExitCode.FAILED)) == said.startswith("trustview: ")


def test_a_policy_that_is_too_long_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "long.json").write_bytes(b" " * (LONGEST_LINE + 1))

    assert main(["narrower", "root.json", "long.json"]) == ExitCode.FAILED
    assert "longer than 2 MiB" in capsys.readouterr().err


# ── JSON lines ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_bad_line_is_answered_with_an_error_and_the_others_all_the_same() -> None:
    lines: list[bytes | dict[str, Any]] = [PAIR]
    bad_lines = [*BAD, ("a line above the limit", b" " * (LONGEST_LINE + 1), None, "longer than 2 MiB")]
    for _, bad, _, _ in bad_lines:
        lines += [bad, PAIR]
    code, found = answers(*lines)

    assert code == ExitCode.GAPS
    assert all(answer == GOOD for answer in found[::2])
    for number, ((name, _, known, says), answer) in enumerate(zip(bad_lines, found[1::2], strict=True)):
        assert answer.keys() == {"id", "error"}, name
        assert answer["id"] == known, name
        assert answer["error"].startswith(f"line {2 * number + 2}: "), name
        assert says in answer["error"], (name, answer["error"])


def test_lines_bring_their_own_facts() -> None:
    ours = policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    organization = {"id": "o-1", "accounts": ["111122223333"]}
    code, found = answers(
        {"id": 1, "old": ours, "new": policy(), "organization": organization},
        {"id": 2.5, "old": ours, "new": policy(), "organization": None},
        {"old": json.dumps(policy()), "new": ASKED, "role_account": "111122223333"},
    )

    assert code == ExitCode.DONE
    assert [(answer["id"], answer["verdict"]) for answer in found] == [(1, "proved"), (2.5, "wider"), (None, "proved")]


def test_nothing_is_proved_of_a_policy_in_which_a_key_stands_twice() -> None:
    same = json.dumps(policy())
    twice = same.replace('"Effect"', '"Action": "*", "Effect"')
    _, found = answers(
        b'{"id": 1, "old": %s, "new": %s}' % (same.encode(), twice.encode()),
        b'{"id": 2, "old": {"Id": "a", "Id": "b", "Statement": []}, "new": %s}' % same.encode(),
        {"id": 3, "old": same, "new": twice},
    )

    assert [answer["verdict"] for answer in found] == ["unknown"] * 3
    assert (found[0]["document"], found[0]["path"]) == ("new", "$.Statement[0]")
    assert (found[1]["document"], found[1]["path"]) == ("old", "$")


def test_lines_through_a_real_pipe() -> None:
    given = b"\n".join([b"\xef\xbb\xbf" + json.dumps(PAIR).encode(), json.dumps(PAIR).encode()])
    command = [sys.executable, "-m", "trustview", "narrower", "-"]
    result = subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)

    assert (result.returncode, result.stderr) == (0, b"")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [GOOD, GOOD]


def test_a_policy_from_stdin_beside_a_file(files: Path) -> None:
    command = [sys.executable, "-m", "trustview", "narrower", "root.json", "-", "--fail-on", "unknown"]
    given = json.dumps(ASKED).encode()
    result = subprocess.run(command, input=given, capture_output=True, check=False, timeout=60, cwd=files)

    assert result.returncode == ExitCode.DONE
    assert result.stdout.startswith(b"proved")
