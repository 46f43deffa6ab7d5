"""The format of `trustview simulate`: what a request may look like, what its answer says, and what cannot be read."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.policy.random_cases import random_case
from tests.policy.simulation import OWN, ROLE, fields_of, simulate
from trustview.policy import Context, Outcome, describe_reason
from trustview.policy.simulation import (
    CONTEXT,
    FIELDS,
    ID,
    Simulation,
    Unread,
    answer_simulation,
    count_texts,
    find_repeated_field,
    read_simulation,
)

OTHER = "444455556666"
ALLOW = {"Sid": "In", "Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sts:AssumeRole"}
ANYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
REQUEST: dict[str, Any] = {
    "principal": f"arn:aws:iam::{OTHER}:role/ci",
    "action": "sts:AssumeRole",
    "resource": ROLE,
    "resource_account": OWN,
    "context": {},
    "trust_policy": {"Version": "2012-10-17", "Statement": [ALLOW]},
    "identity_policies": [ANYTHING],
}


def answer(fields: dict[str, Any]) -> dict[str, Any]:
    found = read_simulation(fields)
    assert isinstance(found, Simulation), found
    return answer_simulation(found)


def statement(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"Version": "2012-10-17", "Statement": [ALLOW | changes]}


ANSWERS: list[tuple[str, dict[str, Any], str, list[str]]] = [
    (
        "both sides allow",
        {},
        "allowed",
        ["statement 0 `In` of the trust policy allows it", "statement 0 of identity policy 0 allows it"],
    ),
    (
        "a caller without policies",
        {"identity_policies": []},
        "implicit_deny",
        ["statement 0 `In` of the trust policy allows it", "no statement of the identity policy allows it"],
    ),
    (
        "a role that trusts somebody else",
        {"trust_policy": statement(Principal={"AWS": OWN})},
        "implicit_deny",
        ["no statement of the trust policy allows it"],
    ),
    (
        "a Deny of the second identity policy",
        {"identity_policies": [ANYTHING, {"Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}}]},
        "explicit_deny",
        ["statement 0 of identity policy 1 denies it"],
    ),
    (
        "a Deny of a guardrail at the second level",
        {
            "scps": [
                [ANYTHING],
                [ANYTHING, {"Statement": {"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"}}],
            ]
        },
        "explicit_deny",
        ["statement 0 `No` of service control policy 1 at level 1 above the caller's account denies it"],
    ),
    (
        "a level that allows nothing",
        {"scps": [[ANYTHING], []]},
        "implicit_deny",
        ["no statement of the service control policy at level 1 above the caller's account allows it"],
    ),
    (
        "the boundary is silent",
        {"permissions_boundary": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}},
        "implicit_deny",
        ["statement 0 `In` of the trust policy allows it", "no statement of the permissions boundary allows it"],
    ),
    (
        "what AWS does not document counts as allowed, and is told first",
        {"principal": "ec2.amazonaws.com", "trust_policy": statement(Principal={"AWS": "*"}), "identity_policies": []},
        "allowed",
        [
            "not settled, counted as allowed: AWS does not document `*` as principal for service callers",
            "statement 0 `In` of the trust policy allows it depending on undocumented: `*` as principal for service "
            "callers",
        ],
    ),
    (
        "whom the trust policy names by a text of no form is whoever the same text names",
        {"principal": "arn:aws:iam::1234:root", "trust_policy": statement(Principal={"AWS": "arn:aws:iam::1234:root"})},
        "allowed",
        [
            "not settled, counted as allowed: AWS does not document who `arn:aws:iam::1234:root` is",
            "statement 0 `In` of the trust policy allows it depending on undocumented: who `arn:aws:iam::1234:root` is",
            "`trust_policy` $.Statement[0].Principal.AWS: `arn:aws:iam::1234:root` is no principal that AWS documents "
            "and matches nobody; AWS refuses the policy",
        ],
    ),
    (
        "a role's ARN where one session of it is trusted",
        {"trust_policy": statement(Principal={"AWS": f"arn:aws:sts::{OTHER}:assumed-role/ci/build"})},
        "allowed",
        [
            "not settled, counted as allowed: it depends on aws:userid",
            "statement 0 `In` of the trust policy allows it depending on aws:userid",
            "statement 0 of identity policy 0 allows it",
        ],
    ),
]


@pytest.mark.parametrize(("changes", "outcome", "reasons"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
def test_an_answer_is_an_outcome_with_the_statements_that_decided(
    changes: dict[str, Any], outcome: str, reasons: list[str]
) -> None:
    assert answer(REQUEST | changes) == {"outcome": outcome, "reasons": reasons}


def test_what_may_be_left_out_is_nothing() -> None:
    nothing: dict[str, Any] = {"permissions_boundary": None, "session_policy": None, "scps": [], "rcps": []}

    assert answer(REQUEST) == answer(REQUEST | nothing)


def test_a_defect_of_a_policy_is_told_with_its_place() -> None:
    given = REQUEST | {"identity_policies": [ANYTHING, {"Statement": [5]}]}
    told = answer(given)["reasons"][-1]

    assert told.startswith("`identity_policies[1]` $.Statement[0]: a statement is an object, this is a number")


UNREAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("a principal that is a number", {"principal": 5}, "principal", "a text is expected, this is a number"),
    ("an account as principal", {"principal": OTHER}, "principal", "name the user, role or session"),
    ("a principal of no form", {"principal": "somebody"}, "principal", "`somebody` is neither"),
    (
        "a principal of another text than the trust policy names",
        {"principal": "somebody", "trust_policy": statement(Principal={"AWS": "somebody "})},
        "principal",
        "`somebody` is neither",
    ),
    ("an action without a service", {"action": "AssumeRole"}, "action", "`AssumeRole` is no action"),
    ("an action with a wildcard", {"action": "sts:*"}, "action", "`sts:*` is no action"),
    ("a resource that is no role", {"resource": f"arn:aws:iam::{OWN}:user/ann"}, "resource", "not the ARN of a role"),
    ("a resource that is no ARN", {"resource": "*"}, "resource", "`*` is not the ARN of a role"),
    ("an account with eleven digits", {"resource_account": "11112222333"}, "resource_account", "twelve digits"),
    ("the account of another role", {"resource_account": OTHER}, "resource_account", "is not of account"),
    ("a context that is a list", {"context": []}, "context", "this is a list"),
    ("a boolean in the context", {"context": {"aws:x": True}}, "context.aws:x", "this is a boolean"),
    ("a number in a list of the context", {"context": {"aws:x": ["a", 1]}}, "context.aws:x", "this is a number"),
    ("a key of the context in two cases", {"context": {"aws:X": "a", "aws:x": "b"}}, "context", "stands there twice"),
    ("a trust policy that is a text", {"trust_policy": "{}"}, "trust_policy", "take the JSON out of the text"),
    ("a trust policy that is a list", {"trust_policy": [{}]}, "trust_policy", "this is a list"),
    ("no trust policy", {"trust_policy": None}, "trust_policy", "this is null"),
    ("identity policies out of sight", {"identity_policies": None}, "identity_policies", "this is null"),
    ("one identity policy alone", {"identity_policies": {}}, "identity_policies", "a list is expected"),
    ("an identity policy that is null", {"identity_policies": [{}, None]}, "identity_policies[1]", "this is null"),
    ("a boundary that is a list", {"permissions_boundary": []}, "permissions_boundary", "this is a list"),
    ("a session policy that is a number", {"session_policy": 0}, "session_policy", "this is a number"),
    ("levels that are null", {"scps": None}, "scps", "a list is expected"),
    ("policies without levels", {"scps": [{}]}, "scps[0]", "a list is expected, this is an object"),
    ("a text among the policies of a level", {"rcps": [[], [{}, "x"]]}, "rcps[1][1]", "this is a text"),
    ("a field that nobody knows", {"colour": "red"}, "colour", "there is no such field"),
]


@pytest.mark.parametrize(("changes", "field", "says"), [u[1:] for u in UNREAD], ids=[u[0] for u in UNREAD])
def test_what_cannot_be_read_is_told_by_its_field(changes: dict[str, Any], field: str, says: str) -> None:
    found = read_simulation(REQUEST | changes)

    assert isinstance(found, Unread)
    assert found.field == field
    assert says in found.why


@pytest.mark.parametrize("name", REQUEST)
def test_a_field_that_is_missing_is_named(name: str) -> None:
    assert read_simulation({k: v for k, v in REQUEST.items() if k != name}) == Unread(name, "this field is missing")


@pytest.mark.parametrize("value", [None, True, [], {}, [1]])
def test_an_id_is_a_text_or_a_number(value: object) -> None:
    assert isinstance(ID.read(value), Unread)
    assert [ID.read(known) for known in ("a", "", 1, 1.5)] == ["a", "", 1, 1.5]


def cases(count: int) -> Iterator[dict[str, Any]]:
    chance = Random(20261126)  # noqa: S311 -- it must repeat
    for _ in range(count):
        case = random_case(chance)
        yield case | {"open": False, "identity_policies": case.get("identity_policies") or []}


def test_the_answer_is_what_the_engine_says_of_the_same_values() -> None:
    for case in cases(300):
        evaluation, told = simulate(case), answer(fields_of(case))
        is_open = evaluation.outcome is Outcome.CONDITIONAL

        assert told["outcome"] == ("allowed" if is_open else evaluation.outcome.value)
        assert told["reasons"][is_open:][: len(evaluation.reasons)] == [describe_reason(r) for r in evaluation.reasons]
        assert told["reasons"][0].startswith("not settled") == is_open


def test_fields_say_the_same_as_values_and_as_text() -> None:
    for case in cases(100):
        fields = fields_of(case)
        texts = {name: json.dumps(value).encode() for name, value in fields.items()}
        from_text = read_simulation(texts, {field.name: field.read_text for field in FIELDS})
        assert isinstance(from_text, Simulation)

        assert answer_simulation(from_text)["outcome"] == answer(fields)["outcome"]


MISPLACED = [
    ("trust_policy", ALLOW | {"Resource": "*"}, "a trust policy has no resource"),
    ("permissions_boundary", ALLOW | {"Resource": "*"}, "a principal stands only in"),
    ("session_policy", {"Effect": "Allow", "Action": "sts:*"}, "neither Resource nor NotResource"),
]


@pytest.mark.parametrize(("field", "changed", "says"), MISPLACED, ids=[field for field, _, _ in MISPLACED])
def test_what_does_not_belong_in_a_kind_of_policy_is_told(field: str, changed: dict[str, Any], says: str) -> None:
    reasons = answer(REQUEST | {field: {"Version": "2012-10-17", "Statement": changed}})["reasons"]

    assert [reason for reason in reasons if reason.startswith(f"`{field}` $.Statement: ") and says in reason]


TEXTS = [
    ("a key that stands twice in a policy is told", "trust_policy", b'{"Id": "a", "Id": "b"}', "", "`Id` stands twice"),
    ("half a text", "action", b'"sts', "action", "it is not JSON"),
    ("no UTF-8", "action", b'"\xff"', "action", "it is not JSON"),
    ("not a number", "context", b'{"a": NaN}', "context", "NaN is no JSON"),
    ("brackets without end", "scps", b"[" * 100_000, "scps", "nested too deeply"),
]


@pytest.mark.parametrize(("name", "text", "field", "says"), [t[1:] for t in TEXTS], ids=[t[0] for t in TEXTS])
def test_a_field_is_read_from_its_text(name: str, text: bytes, field: str, says: str) -> None:
    found = next(each for each in FIELDS if each.name == name).read_text(text)

    assert says in (found.why if field else found.notes[0])
    assert not field or (isinstance(found, Unread) and found.field == field)


# ── what stands there twice ──────────────────────────────────────────────────────────────────────────────────────


def test_a_context_key_that_stands_twice_is_not_read() -> None:
    assert CONTEXT.read_text(b'{"aws:x": "a", "aws:x": "b"}') == Unread("context", "`aws:x` stands there twice")
    assert isinstance(CONTEXT.read_text(b'{"aws:x": "a", "aws:y": "b"}'), Context)


def test_the_texts_of_a_context_are_its_keys_and_its_values() -> None:
    assert count_texts(Context({"a": ("x",), "b": ("x", "y", "z")})) == 6
    assert count_texts(Context()) == 0


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"id": 1, "action": "x"}', None),
        (b'{"id": 1, "id": 2}', Unread("id", "this field stands twice")),
        (b'{"a": {"b": 1, "b": 2}, "id": 1}', None),
        (b'{"\\u0069d": 1, "id": 2}', Unread("id", "this field stands twice")),
    ],
)
def test_a_field_that_stands_twice_is_found_however_it_is_spelt(line: bytes, found: Unread | None) -> None:
    assert find_repeated_field(line) == found


def test_a_line_that_is_no_json_is_told_as_that() -> None:
    found = find_repeated_field(b"{")

    assert found is not None
    assert found.why.startswith("it is not JSON")
