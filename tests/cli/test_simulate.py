"""`trustview simulate` as scripts use it, through the real process: pipes, bad lines, exit codes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.policy.test_simulation import ALLOW, REQUEST
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.cli.simulating import KEPT_PER_FIELD, Shelf
from trustview.policy.simulation import FIELDS

COMMAND = [sys.executable, "-m", "trustview", "simulate"]
MAIN = "from trustview.cli import main; sys.exit(main(['simulate', '-']))"
MARK = b"\xef\xbb\xbf"


def line(name: object = "good", **changes: Any) -> bytes:  # noqa: ANN401
    return json.dumps({"id": name, **REQUEST, **changes}).encode()


def run(given: bytes, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    result = subprocess.run([*COMMAND, *words], input=given, capture_output=True, check=False, timeout=60)
    return result.returncode, [json.loads(each) for each in result.stdout.splitlines()], result.stderr.decode()


GOOD = {
    "id": "good",
    "outcome": "allowed",
    "reasons": ["statement 0 `In` of the trust policy allows it", "statement 0 of identity policy 0 allows it"],
}
# name, line, id of the answer, what the error says
BAD: list[tuple[str, bytes, object, str]] = [
    ("an unknown field", line("x", colour="red"), "x", "`colour`: there is no such field"),
    ("a missing field", json.dumps({"id": 7, "principal": REQUEST["principal"]}).encode(), 7, "`action`: this field"),
    ("no id", json.dumps(REQUEST).encode(), None, "`id`: this field is missing"),
    ("an id that is an object", line({}), None, "`id`: a text or a number is expected, this is an object"),
    ("an id that is too large a number", line().replace(b'"good"', b"1e999"), None, "`id`: it holds a number out of"),
    ("a policy that is no object", line("x", trust_policy=[]), "x", "`trust_policy`: a policy is a JSON object"),
    ("a policy that is null", line("x", trust_policy=None), "x", "`trust_policy`: a policy is a JSON object"),
    ("a principal that is a list", line("x", principal=[]), "x", "`principal`: a text is expected, this is a list"),
    ("ten megabytes", line("x", context={"aws:x": "a" * 10_000_000}), None, "longer than 2 MiB"),
    ("text that is not UTF-8", line("x", action="?").replace(b"?", b"\xff"), "x", "`action`: it is not JSON"),
    ("a field name that is not UTF-8", line().replace(b"action", b"\xff"), None, "it is not UTF-8"),
    ("nothing", b"", None, "it is empty"),
    ("blanks", b"  \t ", None, "it is empty"),
    ("no JSON", b"simulate this", None, "it is not JSON"),
    ("half an object", line()[:-5], None, "it is not JSON"),
    ("two objects", line() + line(), None, "it is not JSON"),
    ("a list", b"[]", None, "it is JSON, but not an object"),
    ("null", b"null", None, "it is JSON, but not an object"),
    ("not a number", line().replace(b"{}", b'{"a": NaN}'), None, "it is not JSON"),
    ("a huge number", line("x").replace(b"{}", b'{"a": 1' + b"0" * 5000 + b"}"), "x", "`context.a`: a text or a list"),
    ("the id twice", line("x").replace(b'"id"', b'"id": "y", "id"'), "x", "`id`: this field stands twice"),
    ("a field twice", line("x").replace(b"{", b'{"action": "sts:AssumeRole", ', 1), "x", "`action`: this field stands"),
    ("a policy twice", line("x").replace(b"{", b'{"scps": [], "scps" :[],', 1), "x", "`scps`: this field stands twice"),
    ("a name in two spellings", line("x").replace(b"{", b'{"\\u0069d": 1,', 1), "x", "`id`: this field stands twice"),
    ("a context key twice", line("x").replace(b"{}", b'{"a": "1", "a": []}'), "x", "`context`: `a` stands there twice"),
    ("a context key twice, in two cases", line("x", context={"a": "", "A": ""}), "x", "`context`: a key stands there"),
    ("brackets without end", line().replace(b"{}", b"[" * 100_000 + b"]" * 100_000), None, "nested too deeply"),
    ("half a surrogate pair", line().replace(b'"good"', b'"\\ud800 and then"'), None, "it is not JSON"),
    ("a byte order mark inside", MARK + line(), None, "it is not JSON"),
]  # fmt: skip


def test_every_bad_line_is_answered_with_an_error_and_the_others_all_the_same() -> None:
    lines = [line()]
    for _, bad, _, _ in BAD:
        lines += [bad, line()]
    code, answers, said = run(b"\n".join(lines))

    assert code == ExitCode.GAPS
    assert len(answers) == len(lines)
    assert all(answer == GOOD for answer in answers[::2])
    for number, ((name, _, known, says), answer) in enumerate(zip(BAD, answers[1::2], strict=True)):
        assert answer.keys() == {"id", "error"}, name
        assert answer["id"] == known, name
        assert answer["error"].startswith(f"line {2 * number + 2}: "), name
        assert says in answer["error"], (name, answer["error"])
    assert f"{len(BAD)} of {len(lines)} lines" in said


GOOD_LINES: list[tuple[str, bytes]] = [
    ("one line without an end", line()),
    ("one line", line() + b"\n"),
    ("an end of Windows", line() + b"\r\n"),
    ("a byte order mark before the first line", MARK + line() + b"\n"),
    ("blanks around", b" \t" + line() + b"  \n"),
    ("blanks inside", json.dumps({"id": "good", **REQUEST}, indent=1).replace("\n", " ").encode()),
    ("fields in another order", json.dumps(dict(reversed([*REQUEST.items(), ("id", "good")]))).encode()),
    ("a megabyte", line(context={"aws:x": "a" * 1_000_000})),
]


@pytest.mark.parametrize("given", [each[1] for each in GOOD_LINES], ids=[each[0] for each in GOOD_LINES])
def test_a_good_line_is_answered(given: bytes) -> None:
    assert run(given) == (ExitCode.DONE, [GOOD], "")


def test_no_lines_have_no_answers() -> None:
    assert run(b"") == (ExitCode.DONE, [], "")


def test_a_file_and_a_dash_are_read_as_stdin_is(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b"\n".join(line(number) for number in range(2000)))
    from_file, from_dash = run(b"", str(path)), run(path.read_bytes(), "-")

    assert from_file == from_dash
    assert [answer["id"] for answer in from_file[1]] == list(range(2000))


@pytest.mark.parametrize("name", ["not-there.jsonl", "."])
def test_a_file_that_cannot_be_read_is_usage(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(tmp_path / name)]) == ExitCode.USAGE
    assert "name a file that can be read" in capsys.readouterr().err


def test_names_can_do_nothing_to_a_terminal() -> None:
    hostile = "é\u202e\x1b[31m"
    trust = {"Statement": {**REQUEST["trust_policy"]["Statement"][0], "Sid": hostile}}
    result = subprocess.run(COMMAND, input=line(hostile, trust_policy=trust), capture_output=True, check=True)

    assert result.stdout.strip().isascii()
    assert b"\x1b" not in result.stdout
    assert json.loads(result.stdout)["id"] == hostile


def test_an_answer_does_not_wait_for_the_next_line() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(line(number) + b"\n" + line("half")[:40])
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
            process.stdin.write(line("half")[40:] + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == "half"
        process.stdin.close()

        assert process.wait(60) == ExitCode.DONE


def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(line() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(line() + b"\n")
        process.stdin.close()

        assert process.wait(60) == ExitCode.DONE
        assert process.stderr.read() == b""


def test_an_interrupt_ends_it_without_a_word() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(line() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)

        assert process.wait(60) == ExitCode.INTERRUPTED
        assert process.stderr.read() == b""


def test_long_names_above_many_others_do_not_fill_the_memory() -> None:
    operator = {"x" * 500_000: {f"k{number}": "" for number in range(20_000)}}
    trust = {"Statement": ALLOW | {"Condition": operator}}
    given = line(trust_policy=trust).replace(b'"k0": "",', b'"k0": "", "k0": "",')
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 << 30,) * 2); " + MAIN
    result = subprocess.run([sys.executable, "-c", limited], input=given, capture_output=True, check=False, timeout=60)

    assert result.stderr == b""
    assert json.loads(result.stdout)["outcome"] == "allowed"


def test_what_is_remembered_is_bounded() -> None:
    action = next(field for field in FIELDS if field.name == "action")
    shelf = Shelf(action.read_text, KEPT_PER_FIELD)
    for number in range(100):
        text = b'"%d%s"' % (number, b"x" * (KEPT_PER_FIELD // 10))
        assert shelf[text] == shelf[text]
        assert sum(map(len, shelf)) <= KEPT_PER_FIELD + len(text)
    shelf[b'"' + b"x" * 2 * KEPT_PER_FIELD + b'"']

    assert len(shelf) == 1
    assert shelf[b'"sts:AssumeRole"'] == "sts:AssumeRole"


def test_it_loads_neither_aws_nor_the_screen() -> None:
    heavy = ("botocore", "aiobotocore", "boto3", "moto", "textual", "diskcache")
    code = (
        "import sys; from trustview.cli import main; main(['simulate', '-']);"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, check=True, env=os.environ)

    assert result.stderr.strip() == b"[]"
