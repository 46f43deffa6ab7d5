"""AWS is asked about a change or a pattern only when it is asked for, and what it says or does not say is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from trustview.analysis import Effect, PatternQuestion
from trustview.cli.second_opinion import describe_answer, describe_opinion
from trustview.collect import Opinion, PatternOpinion, Scope, ask_opinion, ask_patterns
from trustview.collect.operations import EVIDENCE_OPERATIONS, OPERATIONS, OPINION_OPERATIONS
from trustview.policy import Truth, depends, truth
from trustview.policy.narrowing import Verdict

OLD, NEW = '{"Statement": "old"}', '{"Statement": "new"}'
IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::111122223333:user/ann</Arn><UserId>AIDA1</UserId><Account>111122223333</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
WARNING = {
    "findingType": "SECURITY_WARNING", "issueCode": "PASS_ROLE_WITH_STAR", "findingDetails": "a star is wide",
    "learnMoreLink": "https://docs.aws.amazon.com/", "locations": [],
}  # fmt: skip
Answers = Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]


@dataclass
class Analyzer:
    """A server with AWS's protocol; `asked` are the paths and bodies that came."""

    answer: Answers
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@contextmanager
def serving(answer: Answers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Analyzer]:
    analyzer = Analyzer(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            target = self.headers.get("X-Amz-Target", "")
            if self.path == "/" and not target:
                self.reply(200, IDENTITY, "text/xml")
                return
            analyzer.asked.append((target or self.path.partition("?")[0], json.loads(body)))
            status, value = analyzer.answer(*analyzer.asked[-1])
            self.reply(status, json.dumps(value), "application/json")

        def reply(self, status: int, text: str, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            if status != 200:
                self.send_header("x-amzn-ErrorType", "AccessDeniedException")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}", "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    try:
        yield analyzer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(result: str, findings: list[dict[str, Any]]) -> Answers:
    def answer(path: str, _body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "/policy/validation":
            return 200, {"findings": findings}
        return 200, {"result": result, "message": "so it is", "reasons": [{"description": "statement 0"}]}

    return answer


async def test_both_questions_are_asked_with_both_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering("FAIL", [WARNING]), monkeypatch) as analyzer:
        opinion = await ask_opinion(Scope(), OLD, NEW)

    assert opinion == Opinion(
        True, ("so it is", "statement 0"), ("security warning PASS_ROLE_WITH_STAR: a star is wide",)
    )
    assert analyzer.asked == [
        (
            "/policy/check-no-new-access",
            {"existingPolicyDocument": OLD, "newPolicyDocument": NEW, "policyType": "RESOURCE_POLICY"},
        ),
        (
            "/policy/validation",
            {
                "policyDocument": NEW,
                "policyType": "RESOURCE_POLICY",
                "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument",
            },
        ),
    ]


async def test_a_change_that_passes_grants_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering("PASS", []), monkeypatch):
        assert (await ask_opinion(Scope(), OLD, NEW)).grants_new is False


async def test_who_may_not_ask_is_told_and_it_is_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _path, _body: (403, {"message": "you may not"}), monkeypatch):
        opinion = await ask_opinion(Scope(), OLD, NEW)

    assert (opinion.grants_new, opinion.reasons, opinion.warnings) == (None, (), ())
    assert ["CheckNoNewAccess" in opinion.lacks[0], "ValidatePolicy" in opinion.lacks[1]] == [True, True]


def test_no_question_is_on_the_list_of_what_is_always_read() -> None:
    always = {(one.service, one.name) for one in OPERATIONS}
    always |= {(one.service, one.name) for source in EVIDENCE_OPERATIONS.values() for one in source}

    assert [one.name for one in OPINION_OPERATIONS] == ["ValidatePolicy", "CheckNoNewAccess", "TestEventPattern"]
    assert always.isdisjoint((one.service, one.name) for one in OPINION_OPERATIONS)
    assert Scope().asks_opinion is False


@pytest.mark.parametrize(
    ("verdict", "grants_new", "differs"),
    [
        (Verdict.PROVED, False, False),
        (Verdict.PROVED, True, True),
        (Verdict.WIDER, True, False),
        (Verdict.WIDER, False, True),
        (Verdict.UNKNOWN, True, False),
        (Verdict.PROVED, None, False),
    ],
)
def test_a_difference_between_aws_and_the_proof_is_said(
    verdict: Verdict, grants_new: bool | None, differs: bool
) -> None:
    told = dict(describe_opinion(Opinion(grants_new), Effect(verdict, "")))

    assert ("differs" in told) is differs


async def test_each_pattern_is_tested_on_its_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_target: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return (200, {"Result": body["EventPattern"] == "one"}) if body["EventPattern"] != "bad" else (403, {})

    with serving(answer, monkeypatch) as bridge:
        opinions = await ask_patterns(Scope(), [("one", "event"), ("two", "event"), ("bad", "event")])

    assert [one.matches for one in opinions] == [True, False, None]
    assert "`events:TestEventPattern` gives no answer" in opinions[2].lack
    assert bridge.asked[0] == ("AWSEvents.TestEventPattern", {"EventPattern": "one", "Event": "event"})


@pytest.mark.parametrize(
    ("ours", "matches", "differs"),
    [
        (truth(True), True, False),
        (truth(True), False, True),
        (truth(False), True, True),
        (truth(False), False, False),
        (depends("detail.userAgent"), True, False),
        (truth(True), None, False),
    ],
)
def test_a_difference_between_eventbridge_and_our_matcher_is_said(
    ours: Truth, matches: bool | None, differs: bool
) -> None:
    question = PatternQuestion("page-sre", "sts:AssumeRole", "{}", "{}", ours)

    assert describe_answer(question, PatternOpinion(matches))["differs"] is differs
