"""Who lost the way in and who gained one, and that each is shown by a request."""

from typing import Any

from hypothesis import given

from tests.policy.narrowing.random_pairs import FACTS, pairs_of_policies
from tests.policy.narrowing.test_soundness import Pair, many
from trustview.policy import Outcome, PolicyDocument, evaluate, parse_policy
from trustview.policy.narrowing import Direction, Facts, find_shifts, narrower

A, B = "111122223333", "444455556666"
ROOT, CI = f"arn:aws:iam::{A}:root", f"arn:aws:iam::{A}:role/ci"


def policy(*statements: dict[str, Any]) -> PolicyDocument:
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    return parse_policy({"Version": "2012-10-17", "Statement": [allow | statement for statement in statements]})


def told(old: PolicyDocument, new: PolicyDocument) -> list[tuple[str, str, bool, str]]:
    return [(s.principal.value, s.direction.value, s.is_whole, s.path) for s in find_shifts(old, new)]


def test_nothing_shifts_between_equal_policies() -> None:
    document = policy({"Principal": {"AWS": [A, B]}}, {"Effect": "Deny", "Principal": {"AWS": CI}})

    assert told(document, document) == []
    assert told(document, policy({"Principal": {"AWS": [B, ROOT]}}, {"Effect": "Deny", "Principal": {"AWS": CI}})) == []


def test_who_is_no_longer_named_loses_all_and_who_is_new_gains_all() -> None:
    old = policy({"Principal": {"AWS": [ROOT, B]}})
    new = policy({"Principal": {"AWS": ROOT}}, {"Principal": {"Service": "ec2.amazonaws.com"}})

    assert told(old, new) == [
        (B, "lost", True, "$.Statement[0]"),
        ("ec2.amazonaws.com", "gained", True, "$.Statement[1]"),
    ]


def test_an_account_that_shrinks_to_a_role_loses_in_part_and_the_role_nothing() -> None:
    assert told(policy({"Principal": {"AWS": ROOT}}), policy({"Principal": {"AWS": CI}})) == [
        (ROOT, "lost", False, "$.Statement[0]")
    ]


def test_a_condition_more_takes_a_part_and_a_deny_takes_all() -> None:
    old = policy({"Principal": {"AWS": ROOT}})
    asked = policy({"Principal": {"AWS": ROOT}, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}})
    denied = policy({"Principal": {"AWS": ROOT}}, {"Effect": "Deny", "Principal": {"AWS": "*"}})

    assert told(old, asked) == [(ROOT, "lost", False, "$.Statement[0]")]
    assert (ROOT, "lost", True, "$.Statement[0]") in told(old, denied)
    assert told(denied, old)[0] == (ROOT, "gained", True, "$.Statement[0]")


def test_who_nobody_can_tell_is_told_with_the_reason() -> None:
    old = policy({"Principal": {"AWS": ROOT}, "Condition": {"StringIs": {"sts:ExternalId": "x"}}})
    (gained,) = find_shifts(old, policy({"Principal": {"AWS": ROOT}}))

    assert gained.direction is Direction.GAINED
    assert gained.witness is None
    assert "StringIs" in gained.reason


def test_principals_that_mean_nobody_for_sure_are_passed_over() -> None:
    assert told(policy({"Principal": {"AWS": "AROAEXAMPLEEXAMPLE12"}}), policy({"Principal": {"AWS": B}})) == [
        (B, "gained", True, "$.Statement[0]")
    ]


@many(30)
@given(pairs_of_policies(), FACTS)
def test_every_shift_is_shown_and_whoever_gains_makes_the_policy_wider(pair: Pair, facts: Facts) -> None:
    old, new = pair
    shifts = find_shifts(old, new, facts)
    for shift in shifts:
        before, after = (old, new) if shift.direction is Direction.GAINED else (new, old)
        if shift.witness is not None:
            request = shift.witness.request
            assert evaluate(request, shift.witness.stack(after)).outcome is Outcome.ALLOWED
            assert not evaluate(request, shift.witness.stack(before)).may_be_allowed
    if any(shift.direction is Direction.GAINED for shift in shifts):
        assert not narrower(old, new, facts).is_proved
