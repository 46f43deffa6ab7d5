"""`trustview narrower`: is a policy no wider than another? Two files, or JSON lines of pairs."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from typing import BinaryIO

from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_line, say
from trustview.cli.simulating import LONGEST_LINE, read_lines
from trustview.errors import SourceError, UsageError
from trustview.policy import PolicyDocument
from trustview.policy.narrowing import Facts, Proof, Verdict, narrower
from trustview.policy.narrowing.comparison import (
    UnreadError,
    proof_value,
    read_comparison,
    read_document,
    witness_value,
)
from trustview.store import open_bytes

# `--fail-on`: the verdicts that are this bad.
_BAD = {"unknown": (Verdict.UNKNOWN, Verdict.WIDER), "wider": (Verdict.WIDER,)}


def run_narrower(arguments: Namespace) -> int:
    """Compare two policies, or every pair of the lines; 4 when `--fail-on` is met, 3 when a line was not read."""
    if arguments.old == "-" and arguments.new is None:
        return _run_lines(arguments)
    if arguments.new is None:
        raise UsageError("name two policies, OLD and NEW, or `-` for JSON lines on stdin")
    if arguments.old == arguments.new == "-":
        raise UsageError("stdin can be read once: name a file for one of the two")
    organization = arguments.organization or ""
    if arguments.account and not organization:
        raise UsageError("`--account` names members of an organization: say which with `--organization`")
    facts = Facts(organization, frozenset(arguments.account or ()), arguments.role_account or "")
    proof = narrower(_read_policy(arguments.old), _read_policy(arguments.new), facts)
    _print_proof(proof, as_json=arguments.json)
    return ExitCode.FAIL_ON if proof.verdict in _BAD.get(arguments.fail_on, ()) else ExitCode.DONE


def _read_policy(source: str) -> PolicyDocument:
    """A policy from a file, from stdin, or from JSON text itself."""
    if source.lstrip().startswith("{"):
        text: bytes | str = source
    elif source == "-":
        text = sys.stdin.buffer.read(LONGEST_LINE + 1)
    else:
        with open_bytes(source) as stream:
            text = stream.read(LONGEST_LINE + 1)
    if len(text) > LONGEST_LINE:
        raise SourceError(f"`{source}` is longer than {LONGEST_LINE >> 20} MiB: no policy is")
    try:
        return read_document(source[:100], text)
    except UnreadError as error:
        raise SourceError(f"{error}; give the JSON of one policy") from error


def _print_proof(proof: Proof, *, as_json: bool) -> None:
    if as_json:
        print_json(proof_value(proof))
        return
    place = f" ({proof.document}: {proof.path})" if proof.verdict is Verdict.UNKNOWN else ""
    print_line(f"{proof.verdict.value}: {proof.reason}{place}")
    if proof.witness is None:
        return
    for key, value in witness_value(proof.witness).items():
        if key == "context" and isinstance(value, dict):
            for name, held in value.items():
                print_line(f"  {name} = {held if isinstance(held, str) else json.dumps(held)}")
        elif isinstance(value, str):
            print_line(f"  {key} {value}")


# ── JSON lines ───────────────────────────────────────────────────────────────────────────────────────────────────


def _run_lines(arguments: Namespace) -> int:
    if any((arguments.organization, arguments.account, arguments.role_account)):
        raise UsageError("each line brings its own `organization` and `role_account`: leave the options out")
    if sys.stdin.isatty():
        say("reading pairs of policies, one JSON object a line; Ctrl-D ends")
    return compare_stream(sys.stdin.buffer, sys.stdout.buffer, fail_on=_BAD.get(arguments.fail_on, ()))


def compare_stream(source: BinaryIO, target: BinaryIO, fail_on: tuple[Verdict, ...] = ()) -> int:
    """Answer every line of a stream; whatever was answered is flushed before more input is waited for."""
    count = unread = 0
    is_met = False
    for lines in read_lines(source):
        for line in lines:
            count += 1
            answer = _answer(line, count)
            unread += "error" in answer
            is_met |= answer.get("verdict") in fail_on
            target.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
        target.flush()
    if unread:
        say(f"{unread} of {count} lines could not be read: the answers say why")
    return ExitCode.FAIL_ON if is_met else ExitCode.GAPS if unread else ExitCode.DONE


def _answer(line: bytes | None, number: int) -> dict[str, object]:
    if line is None:
        return {"id": None, "error": f"line {number}: it is longer than {LONGEST_LINE >> 20} MiB"}
    try:
        comparison = read_comparison(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
    except UnreadError as error:
        return {"id": error.name, "error": f"line {number}: {error}"}
    return {"id": comparison.name, **proof_value(comparison.prove())}
