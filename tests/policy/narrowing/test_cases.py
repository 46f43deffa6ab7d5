"""The case tables of the prover: `tests/cases/narrowing/*.json`, one pair of policies each with the verdict.

`old` and `new` are a statement, or a list of them; what a statement leaves out is an Allow of `sts:AssumeRole` to an
account. `facts` as in `Facts`; `old_version` and `new_version` default to 2012-10-17. `if` is a part of what AWS leaves
open and a wider policy depends on.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policy.narrowing.seeking import find_violation
from trustview.policy import Layer, Outcome, PolicyDocument, evaluate, parse_policy
from trustview.policy.narrowing import Facts, Proof, Verdict, narrower

FOLDER = Path(__file__).parents[2] / "cases" / "narrowing"
_TRUST = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
_INSTEAD = {"NotPrincipal": "Principal", "NotAction": "Action"}


def read_cases() -> list[Any]:
    tables = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    return [
        pytest.param(table, case, id=f"{table}: {case['name']}") for table, cases in tables.items() for case in cases
    ]


def policy(table: str, case: dict[str, Any], side: str) -> PolicyDocument:
    defaults = {"Effect": "Allow"} if table == "identity" else _TRUST
    statements = []
    for given in case[side] if isinstance(case[side], list) else [case[side]]:
        left_out = {_INSTEAD[key] for key in given if key in _INSTEAD} | {k for k, v in given.items() if v is None}
        statements.append({key: value for key, value in (defaults | given).items() if key not in left_out})
    return parse_policy({"Version": case.get(f"{side}_version", "2012-10-17"), "Statement": statements})


def facts_of(case: dict[str, Any]) -> Facts:
    given = case.get("facts", {})
    return Facts(given.get("organization", ""), frozenset(given.get("accounts", ())), given.get("role_account", ""))


def assert_shown(proof: Proof, old: PolicyDocument, new: PolicyDocument) -> None:
    """The engine says of the witness what the proof says of it."""
    assert proof.witness is not None
    after = evaluate(proof.witness.request, proof.witness.stack(new))
    assert after.outcome is Outcome.ALLOWED or set(after.depends_on) == set(proof.depends_on)
    assert after.may_be_allowed
    assert not evaluate(proof.witness.request, proof.witness.stack(old)).may_be_allowed


@pytest.mark.parametrize(("table", "case"), read_cases())
def test_the_verdict_of_a_pair(table: str, case: dict[str, Any]) -> None:
    old, new, facts = policy(table, case, "old"), policy(table, case, "new"), facts_of(case)
    proof = narrower(old, new, facts)

    assert proof.verdict.value == case["expect"], proof.reason
    assert (proof.verdict is Verdict.WIDER) == (proof.witness is not None)
    assert (proof.verdict is Verdict.UNKNOWN) <= proof.path.startswith("$")
    assert (proof.verdict is Verdict.WIDER and bool(proof.depends_on)) == ("if" in case), proof.reason
    assert not proof.depends_on or case["if"] in "; ".join(proof.depends_on)
    if proof.witness is not None:
        assert_shown(proof, old, new)
    if proof.is_proved and table != "identity":
        assert find_violation(old, new, facts, count=400, seed=0) is None


def test_the_tables_give_each_verdict_room() -> None:
    verdicts = [param.values[1]["expect"] for param in read_cases()]

    assert verdicts.count("proved") > 60
    assert verdicts.count("wider") > 60
    assert verdicts.count("unknown") > 10


def test_a_policy_that_cannot_be_read_proves_nothing() -> None:
    good = parse_policy({"Statement": _TRUST})
    for text in ("{", "[]", '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}'):
        unread = parse_policy(text)
        for old, new, name in ((unread, good, "old"), (good, unread, "new"), (unread, unread, "old")):
            proof = narrower(old, new)
            assert (proof.verdict, proof.document, proof.path) == (Verdict.UNKNOWN, name, "$")


def test_the_layer_can_be_said() -> None:
    """What names no principal is an identity policy, unless it is said to be a trust policy."""
    document = parse_policy({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    narrowed = parse_policy({"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})

    assert narrower(document, narrowed).is_proved
    assert narrower(narrowed, document).verdict is Verdict.WIDER
    assert narrower(narrowed, document, layer=Layer.TRUST).verdict is Verdict.UNKNOWN


def test_a_request_on_paper_alone_is_told_by_its_keys() -> None:
    old = parse_policy(
        {"Statement": _TRUST | {"Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci"}}}}
    )
    new = parse_policy(
        {
            "Statement": _TRUST
            | {"Condition": {"ArnEqualsIfExists": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci"}}}
        }
    )
    proof = narrower(old, new)

    assert proof.verdict is Verdict.WIDER
    assert proof.witness is not None
    assert "aws:principalarn" not in proof.witness.request.context.values
    assert proof.reason.endswith("no such caller sends it so: `aws:principalarn`")


def test_a_proof_names_the_account_in_which_it_would_not_hold() -> None:
    old = parse_policy({"Statement": _TRUST})
    new = parse_policy({"Statement": _TRUST | {"Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"}}})

    assert "unless the role is of account `111122223333`" in narrower(old, new).reason
    assert "unless" not in narrower(old, new, Facts(role_account="444455556666")).reason
    assert "unless" not in narrower(old, old).reason


def test_a_statement_of_too_many_readings_is_left_open() -> None:
    many = {"ForAnyValue:StringEqualsIfExists": {f"aws:PrincipalTag/{number}": "a" for number in range(12)}}
    digits = {"NumericLessThan": {"aws:MultiFactorAuthAge": f"1.{'0' * 9000}1"}}
    more = {"NumericLessThan": {"aws:MultiFactorAuthAge": f"1.{'0' * 9000}2"}}
    for before, after in ((digits, many), (digits, more)):
        old, new = (parse_policy({"Statement": _TRUST | {"Condition": condition}}) for condition in (before, after))
        proof = narrower(old, new)
        assert proof.verdict is Verdict.UNKNOWN
        assert proof.reason == "it takes too many steps to compare them"


# No text with fewer than 22 letters decides between these, and each of them may be one of many.
COSTLY = tuple(
    _TRUST | {"Condition": {"StringLike": {"sts:ExternalId": values}}} for values in (["*x*", "*0*"], "*a" + "?" * 20)
)
_NOBODY_KNOWS = _TRUST | {"Principal": {"AWS": "arn:aws:iam::1234:root"}}
_PINNED = {"Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci"}}}


def test_what_was_shown_before_the_limit_counts_unless_only_keys_of_another_principal_show_it() -> None:
    asked = _NOBODY_KNOWS | {"Condition": {"StringEquals": {"aws:PrincipalTag/a": "b"}}}
    foreign = _TRUST | {"Principal": {"AWS": "444455556666"}} | _PINNED
    old = parse_policy({"Statement": [asked, _TRUST | _PINNED, COSTLY[0]]})
    shown = narrower(old, parse_policy({"Statement": [_NOBODY_KNOWS, COSTLY[1]]}))
    not_shown = narrower(old, parse_policy({"Statement": [foreign, COSTLY[1]]}))

    assert (shown.verdict, shown.depends_on) == (Verdict.WIDER, ("undocumented: who `arn:aws:iam::1234:root` is",))
    assert narrower(old, parse_policy({"Statement": [foreign]})).verdict is Verdict.WIDER
    assert not_shown.verdict is Verdict.UNKNOWN
    assert not_shown.reason == "it takes too many steps to compare them"


STOPPED = [
    ({"StringIs": {"sts:ExternalId": "a"}}, "StringIs", "old", "$.Statement[0].Condition.StringIs.sts:ExternalId"),
    (
        {"StringNotLike": {"aws:TagKeys": "a"}},
        "on `aws:tagkeys`",
        "old",
        "$.Statement[0].Condition.StringNotLike.aws:TagKeys",
    ),
    ({"ArnNotLike": {"custom:Thing": "arn:aws"}}, "fewer than six parts", "old", "$.Statement[0]"),
]


@pytest.mark.parametrize(("condition", "says", "document", "path"), STOPPED)
def test_what_stopped_a_proof_is_named_with_its_place(
    condition: dict[str, Any], says: str, document: str, path: str
) -> None:
    old = parse_policy({"Version": "2012-10-17", "Statement": [_TRUST | {"Condition": condition}]})
    new = parse_policy({"Version": "2012-10-17", "Statement": [_TRUST | {"Condition": {"Null": {"a:b": "false"}}}]})
    proof = narrower(old, new)

    assert proof.verdict is Verdict.UNKNOWN
    assert says in proof.reason
    assert (proof.document, proof.path) == (document, path)
