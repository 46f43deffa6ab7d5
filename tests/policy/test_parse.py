"""Reading policies: nothing raises, every defect is told with its place, and what AWS would refuse is read widely."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.policy import Effect, PolicyDocument, PrincipalForm, parse_policy, read_policy, read_principal

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
ALLOW = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value, with the words of the policy grammar among its keys and texts."""
    words = st.sampled_from(
        [
            "Version", "Statement", "Effect", "Allow", "Deny", "Principal", "NotPrincipal", "AWS", "Federated", "*",
            "Action", "NotAction", "Resource", "Condition", "StringLike", "ForAllValues:", "IfExists", "Null", "aws:x",
        ]
    )  # fmt: skip
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | words
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=5), inner, max_size=5),
        max_leaves=25,
    )


@given(json_values())
def test_no_json_value_makes_the_parser_raise(value: object) -> None:
    for document in (parse_policy(value), read_policy(json.dumps(value)), parse_policy({"Statement": value})):
        assert isinstance(document, PolicyDocument)
        assert all(problem.path.startswith("$") and problem.message for problem in document.problems)


@given(st.text() | st.binary())
def test_no_text_makes_the_parser_raise(text: str | bytes) -> None:
    assert isinstance(parse_policy(text), PolicyDocument)


@given(st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser", "*", "Foo"]), st.text())
def test_no_principal_makes_the_reader_raise(kind: str, value: str) -> None:
    assert read_principal(kind, value).value == value


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
def test_every_json_file_of_the_corpus_is_read() -> None:
    paths = sorted(path for path in CORPUS.rglob("*.json*") if path.suffix in (".json", ".jsonl"))

    assert len(paths) > 500
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for piece in text.splitlines() if path.suffix == ".jsonl" else [text]:
            assert isinstance(parse_policy(piece), PolicyDocument), path.name


DEFECTS = [
    ("a list is no policy", [], "$", "a list"),
    ("no statement at all", {"Version": "2012-10-17"}, "$.Statement", "no statement"),
    ("a version that AWS does not know", {"Version": "2020-01-01", "Statement": ALLOW}, "$.Version", "2020-01-01"),
    ("a statement that is a text", {"Statement": ["Allow"]}, "$.Statement[0]", "a text"),
    ("an effect in lower case", {"Statement": ALLOW | {"Effect": "allow"}}, "$.Statement.Effect", "`allow`"),
    ("no effect", {"Statement": {"Principal": "*", "Action": "sts:AssumeRole"}}, "$.Statement.Effect", "missing"),
    ("a member that does not belong", {"Statement": ALLOW | {"Path": "/"}}, "$.Statement.Path", "`Path`"),
    ("a member in lower case", {"statement": ALLOW}, "$.statement", "`Statement`"),
    ("no action", {"Statement": {"Effect": "Allow", "Principal": "*"}}, "$.Statement", "Action"),
    ("both actions", {"Statement": ALLOW | {"NotAction": "sts:X"}}, "$.Statement", "both"),
    ("an action that is an object", {"Statement": ALLOW | {"Action": {}}}, "$.Statement.Action", "an object"),
    ("a principal that nobody can be", {"Statement": ALLOW | {"Principal": {"AWS": "x"}}}, "$.Statement", "`x`"),
    ("a condition that is a list", {"Statement": ALLOW | {"Condition": []}}, "$.Statement.Condition", "a list"),
    ("an operator that nobody knows", {"Statement": ALLOW | {"Condition": {"Is": {"a": "b"}}}}, "$.Stat", "`Is`"),
    ("an operator without keys", {"Statement": ALLOW | {"Condition": {"Bool": "x"}}}, "$.Statement", "operator takes"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "path", "says"), [case[1:] for case in DEFECTS], ids=[case[0] for case in DEFECTS])
def test_a_defect_is_told_with_its_place(value: object, path: str, says: str) -> None:
    problems = parse_policy(value).problems

    assert [problem for problem in problems if problem.path.startswith(path) and says in problem.message]


def test_a_key_that_stands_twice_is_told() -> None:
    text = '{"Statement": {"Effect": "Allow", "Action": "a", "Condition": {"StringEquals": {}, "StringEquals": {}}}}'

    assert any("`StringEquals` stands twice" in problem.message for problem in parse_policy(text).problems)


def test_text_that_is_no_json_is_told() -> None:
    (problem,) = parse_policy("{").problems

    assert problem.message.startswith("not JSON")


def test_a_broken_effect_never_hides_a_way_in() -> None:
    document = parse_policy({"Statement": ALLOW | {"Effect": "Alow"}})

    assert [statement.effect for statement in document.statements] == [Effect.ALLOW]


def test_a_clean_policy_has_no_problems() -> None:
    condition = {"ForAnyValue:StringLikeIfExists": {"aws:PrincipalOrgPaths": ["o-1/*", "o-2/*"]}, "Bool": {"a:b": True}}
    document = parse_policy(
        {"Version": "2012-10-17", "Id": "x", "Statement": [ALLOW | {"Sid": "S", "Condition": condition}]}
    )
    first, second = document.statements[0].conditions

    assert document.problems == ()
    assert document.statements[0].sid == "S"
    assert (first.quantifier, first.operator, first.if_exists) == ("ForAnyValue", "StringLike", True)
    assert first.spelling == "ForAnyValue:StringLikeIfExists"
    assert second.values == ("true",)


FORMS = [
    ("AWS", "*", PrincipalForm.EVERYONE),
    ("*", "*", PrincipalForm.EVERYONE),
    ("Federated", "*", PrincipalForm.EVERYONE),
    ("AWS", "111122223333", PrincipalForm.ACCOUNT),
    ("AWS", "arn:aws:iam::111122223333:root", PrincipalForm.ACCOUNT),
    ("AWS", "arn:aws:iam::111122223333:user/team/ann", PrincipalForm.USER),
    ("AWS", "arn:aws:iam::111122223333:role/team/ci", PrincipalForm.ROLE),
    ("AWS", "arn:aws:sts::111122223333:assumed-role/ci/build", PrincipalForm.SESSION),
    ("AWS", "arn:aws:sts::111122223333:federated-user/joe", PrincipalForm.FEDERATED_USER),
    ("AWS", "AROAEXAMPLEEXAMPLE12", PrincipalForm.UNIQUE_ID),
    ("AWS", "arn:aws:iam::111122223333:group/admins", PrincipalForm.MALFORMED),
    ("AWS", "arn:aws:iam::*:root", PrincipalForm.MALFORMED),
    ("AWS", "arn:aws:iam::111122223333:role/*", PrincipalForm.MALFORMED),
    ("AWS", "11112222333", PrincipalForm.MALFORMED),
    ("Service", "ec2.amazonaws.com", PrincipalForm.SERVICE),
    ("Service", "*", PrincipalForm.MALFORMED),
    ("Federated", "accounts.google.com", PrincipalForm.OIDC_PROVIDER),
    ("Federated", "arn:aws:iam::111122223333:saml-provider/Okta", PrincipalForm.SAML_PROVIDER),
    ("Federated", "arn:aws:iam::111122223333:oidc-provider/a.example/id/1", PrincipalForm.OIDC_PROVIDER),
    ("Federated", "okta.example", PrincipalForm.MALFORMED),
    ("CanonicalUser", "79a5", PrincipalForm.CANONICAL_USER),
]


@pytest.mark.parametrize(("kind", "value", "form"), FORMS, ids=[f"{kind} {value}" for kind, value, _ in FORMS])
def test_the_form_of_a_principal(kind: str, value: str, form: PrincipalForm) -> None:
    assert read_principal(kind, value).form is form
