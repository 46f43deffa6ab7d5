"""The lines of `trustview narrower -`: what may stand in one, what is wrong in one, and how a proof is written."""

import json
import re
from typing import Any

import pytest

from trustview.policy import Layer, closed_context, parse_policy
from trustview.policy.context_key import CallerKind
from trustview.policy.narrowing import Facts, Verdict, Witness
from trustview.policy.narrowing.comparison import UnreadError, proof_value, read_comparison, witness_value
from trustview.policy.narrowing.proof import ALLOW_ALL
from trustview.policy.request import Caller, Request

ROOT = "arn:aws:iam::111122223333:root"
HOSTILE = "\x1b[31m[red]\u202ex"


def policy(principal: Any = ROOT, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


ASKED = policy(Condition={"StringEquals": {"sts:ExternalId": "x"}})
ODD = policy(Condition={"StringIs": {HOSTILE: "x"}})


PAIR = {"id": "good", "old": policy(), "new": ASKED}
GOOD = {
    "id": "good",
    "verdict": "proved",
    "witness": None,
    "reason": "every request that the new policy allows, the old one allows too",
}
BAD: list[tuple[str, bytes | dict[str, Any], object, str]] = [
    ("nothing", b"", None, "not JSON"),
    ("no JSON", b"compare this", None, "not JSON"),
    ("a list", b"[]", None, "an object is expected, this is a list"),
    ("no UTF-8", b'{"id": "\xff"}', None, "not JSON"),
    ("brackets without end", b"[" * 100_000, None, "not JSON"),
    ("an unknown field", PAIR | {"colour": "red"}, "good", "`colour`: there is no such field"),
    ("an id that is a list", PAIR | {"id": []}, None, "`id`: a text or a number"),
    ("an id out of range", b'{"id": 1e999}', None, "`id`: it is a number out of range"),
    ("no new policy", {"id": 7, "old": policy()}, 7, "`new`: this field is missing"),
    ("a policy that is a list", PAIR | {"new": []}, "good", "`new`: a policy is a JSON object, this is a list"),
    ("a policy that is a number", PAIR | {"old": 5}, "good", "`old`: a policy is a JSON object, this is a number"),
    ("a policy in a text that is none", PAIR | {"old": "{"}, "good", "`old`: not JSON"),
    ("an organization that is a text", PAIR | {"organization": "o-1"}, "good", "`organization`: an object"),
    ("an organization without id", PAIR | {"organization": {"accounts": []}}, "good", "`organization.id`"),
    ("an account of eleven digits", PAIR | {"organization": {"id": "o", "accounts": ["1" * 11]}}, "good", "twelve"),
    ("an account that is a number", PAIR | {"role_account": 111122223333}, "good", "`role_account`: twelve digits"),
    ("a field that stands twice", b'{"id": "x", "id": "y", "old": {}, "new": {}}', "y", "`id` stands twice"),
]  # fmt: skip


def answer(line: bytes | dict[str, Any]) -> dict[str, Any]:
    comparison = read_comparison(line if isinstance(line, bytes) else json.dumps(line))
    return {"id": comparison.name, **proof_value(comparison.prove())}


def test_a_pair_is_answered() -> None:
    assert answer(PAIR) == GOOD
    assert answer({"old": json.dumps(policy()), "new": ASKED})["verdict"] == "proved"
    wider = answer({"id": 2.5, "old": ASKED, "new": policy()})
    assert (wider["id"], wider["verdict"]) == (2.5, "wider")
    assert wider["witness"]["context"]["aws:principalaccount"] == "111122223333"
    asked = policy("x", Condition={"StringEquals": {"sts:ExternalId": "x"}})
    malformed = answer({"id": 4, "old": asked, "new": policy("x")})
    assert (malformed["verdict"], malformed["depends_on"]) == ("wider", ["undocumented: who `x` is"])
    unknown = answer({"id": 3, "old": ODD, "new": policy()})
    assert (unknown["document"], unknown["path"][:35]) == ("old", "$.Statement[0].Condition.StringIs.\x1b")


@pytest.mark.parametrize(("line", "known", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_line_is_told_with_its_id(line: bytes | dict[str, Any], known: object, says: str) -> None:
    with pytest.raises(UnreadError, match=re.escape(says)) as refused:
        answer(line)

    assert refused.value.name == known


def test_facts_are_read() -> None:
    line = PAIR | {"organization": {"id": "o-1", "accounts": ["111122223333"]}, "role_account": "444455556666"}

    assert read_comparison(json.dumps(line)).facts == Facts("o-1", frozenset({"111122223333"}), "444455556666")
    assert read_comparison(json.dumps(PAIR | {"organization": None})).facts == Facts()


def test_a_key_that_stands_twice_in_a_policy_is_told_with_its_place() -> None:
    twice = json.dumps(policy()).replace('"Effect"', '"Action": "*", "Effect"')
    comparison = read_comparison(f'{{"id": 1, "old": {json.dumps(policy())}, "new": {twice}}}')
    proof = comparison.prove()

    assert (proof.verdict, proof.document, proof.path) == (Verdict.UNKNOWN, "new", "$.Statement[0]")
    assert read_comparison('{"old": {"Id": "a", "Id": "b"}, "new": {}}').twice == ("old", "$")


def test_a_witness_is_written_with_who_asks_and_what_they_bring() -> None:
    role = "arn:aws:iam::111122223333:role/ci"

    def written(caller: Caller, **own: Any) -> dict[str, Any]:  # noqa: ANN401
        request = Request(caller, "sts:AssumeRole", role, "111122223333", closed_context({"aws:TagKeys": ["a", "b"]}))
        return witness_value(Witness(request, Layer.TRUST, **own))

    session = written(Caller(CallerKind.ROLE, "111122223333", role, "build"), identity=())
    assert session["principal"] == "arn:aws:sts::111122223333:assumed-role/ci/build"
    assert (session["context"], session["identity_policies"]) == ({"aws:tagkeys": ["a", "b"]}, [])
    with_path = Caller(CallerKind.ROLE, "111122223333", role.replace("ci", "team/ci"), "build")
    assert written(with_path)["principal"] == "arn:aws:iam::111122223333:role/team/ci"
    assert written(Caller(CallerKind.ROLE, "1", role, unique_id="AROAX"))["principal"] == "AROAX"
    assert written(Caller(CallerKind.SERVICE, provider="ec2.amazonaws.com"))["principal"] == "ec2.amazonaws.com"
    bounded = written(Caller(CallerKind.ROLE, "1", role), boundary=ALLOW_ALL, session=parse_policy({"Statement": []}))
    assert bounded["permissions_boundary"]["Statement"][0]["Effect"] == "Allow"
    assert bounded["session_policy"]["Statement"] == []
