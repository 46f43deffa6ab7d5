"""What policies see of a caller: those that look at its name alone see no account."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.analysis.lens import Lens, make_lens
from trustview.policy import ASSUME_ROLE, Caller, CallerKind, Context, Request, parse_policy

ACCOUNTS = ("111122223333", "444455556666", "271828182845")
_PATTERNS = st.builds(
    "{}:{}:iam::{}:{}".format,
    st.sampled_from(("arn", "*")),
    st.sampled_from(("aws", "aws-*", "*")),
    st.sampled_from(("*", "1*", "??????????33", *ACCOUNTS, "")),
    st.sampled_from(("role/a", "role/*", "role/team/*", "*", "user/*", "role/*1111*")),
)
_OPERATORS = st.sampled_from(("ArnLike", "ArnNotLike", "ArnEquals", "ArnLikeIfExists", "StringLike", "StringNotEquals"))
_NAMES = st.sampled_from(("role/a", "role/team/b", "user/a", "role/111122223333", "role/x1111"))


def lens_on(operator: str, key: str, *values: str) -> Lens:
    """The lens of an SCP with one condition."""
    deny = {"Effect": "Deny", "Action": "sts:*", "Resource": "*", "Condition": {operator: {key: list(values)}}}
    return make_lens([parse_policy(json.dumps({"Version": "2012-10-17", "Statement": [deny]}))])


def request_of(account: str, name: str) -> Request:
    """A request of a principal of which the ARN is known."""
    arn = f"arn:aws:iam::{account}:{name}"
    caller = Caller(CallerKind.ROLE, account, arn)
    return Request(caller, ASSUME_ROLE, "", "", Context({"aws:principalarn": (arn,)}, is_open=True))


@given(_OPERATORS, st.lists(_PATTERNS, min_size=1, max_size=3), _NAMES)
def test_who_has_the_same_name_is_seen_alike_where_the_name_alone_is_seen(
    operator: str, patterns: list[str], name: str
) -> None:
    lens = lens_on(operator, "aws:PrincipalArn", *patterns)
    views = {lens.truths_of_caller(request_of(account, name)) for account in ACCOUNTS}
    assert len(views) == 1 or not lens.is_told_by_name


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/BreakGlass", True),
        ("ArnEquals", "aws:principalarn", "arn:*:iam::*:role/ci/*", True),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/BreakGlass", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1*:role/BreakGlass", False),
        ("ArnLike", "aws:PrincipalArn", "*", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/a", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/${aws:PrincipalTag/team}", False),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/BreakGlass", False),
        ("StringEquals", "aws:PrincipalTag/team", "arn:aws:iam::*:role/a", False),
        ("StringEquals", "aws:PrincipalOrgID", "o-example", False),
    ],
)
def test_a_condition_on_the_name_alone_tells_callers_by_their_names(
    operator: str, key: str, value: str, expected: bool
) -> None:
    lens = lens_on(operator, key, value)
    assert lens.sees_caller
    assert lens.is_told_by_name is expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("aws:ResourceAccount", "${aws:PrincipalAccount}", True),
        ("aws:ResourceOrgID", "${aws:PrincipalOrgID}", True),
        ("aws:ResourceAccount", "${aws:PrincipalTag/account}", False),
        ("aws:ResourceTag/owner", "${aws:username}", False),
        ("iam:ResourceTag/team", "${aws:PrincipalTag/team}", False),
    ],
)
def test_who_is_compared_by_its_account_is_still_told_by_its_name(key: str, value: str, expected: bool) -> None:
    lens = lens_on("StringNotEquals", key, value)
    assert lens.sees_caller
    assert lens.is_told_by_name is expected
