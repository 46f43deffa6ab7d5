"""Random pairs of trust policies over few words, so that they meet often; the second is often an edit of the first."""

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from trustview.policy import PolicyDocument, parse_policy
from trustview.policy.narrowing import Facts

A, B = "111122223333", "444455556666"
ORGANIZATION = "o-1"
_PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": A},
    {"AWS": f"arn:aws:iam::{A}:root"},
    {"AWS": [f"arn:aws:iam::{A}:root", f"arn:aws:iam::{B}:root"]},
    {"AWS": f"arn:aws-cn:iam::{B}:root"},
    {"AWS": f"arn:aws:iam::{A}:role/ci"},
    {"AWS": [f"arn:aws:iam::{A}:role/team/ci", f"arn:aws:iam::{B}:user/ann"]},
    {"AWS": f"arn:aws:iam::{A}:role/CI"},
    {"AWS": f"arn:aws:iam::{A}:user/ann"},
    {"AWS": f"arn:aws:sts::{A}:assumed-role/ci/build"},
    {"AWS": "AROAEXAMPLEEXAMPLE12"},
    {"AWS": f"arn:aws:iam::{A}:role/*"},
    {"Service": "ec2.amazonaws.com"},
    {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
    {"Federated": f"arn:aws:iam::{A}:saml-provider/Okta"},
    {"Federated": f"arn:aws:iam::{A}:oidc-provider/token.actions.githubusercontent.com"},
    {"Federated": "*"},
    {"Federated": f"arn:aws:iam::{A}:oidc-provider/app.terraform.io"},
    {"AWS": f"arn:aws:iam::{A}:role/ci", "Service": "ec2.amazonaws.com"},
)
_ACTIONS: tuple[Any, ...] = (
    "sts:AssumeRole", "sts:AssumeRole", "sts:AssumeRole*", "sts:*", "*", ["sts:AssumeRole", "sts:TagSession"],
    "STS:assume?ole", ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
)  # fmt: skip
_TEXTS = ("a", "ab", "abc", "A", "a*", "a?", "?b*", "*b", "*", "", "b")
_ARNS = (
    f"arn:aws:iam::{A}:role/ci", f"arn:aws:iam::{A}:role/*", f"arn:aws:iam::{A}:role/c?", "arn:aws:iam::*:role/ci",
    f"arn:aws:iam::{A}:*", f"arn:aws:iam::{B}:user/ann", "arn:*:iam::*:*", "ci",
)  # fmt: skip
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # key: the operators that fit it, and its values
    "sts:ExternalId": (("StringEquals", "StringLike", "StringEqualsIgnoreCase"), (*_TEXTS, "${aws:username}")),
    "aws:PrincipalTag/team": (("StringEquals", "StringLike", "StringNotLike"), (*_TEXTS, "a-${aws:username}", "${*}")),
    "aws:username": (("StringLike", "StringNotEquals"), _TEXTS),
    "aws:PrincipalArn": (("ArnLike", "ArnEquals", "ArnNotLike", "StringLike", "StringNotEquals"), _ARNS),
    "aws:SourceArn": (("ArnLike", "ArnNotEquals", "StringEquals", "StringLike"), _ARNS),
    "iam:AwsThing": (("ArnLike", "ArnNotEquals", "StringLike"), _ARNS),
    "aws:PrincipalAccount": (("StringEquals", "StringNotEquals", "StringLike"), (A, B, "1111*")),
    "aws:PrincipalOrgID": (("StringEquals", "StringNotEquals", "StringLike"), (ORGANIZATION, "o-2", "o-*")),
    "aws:PrincipalOrgPaths": (("StringLike", "StringEquals", "StringNotLike"), ("o-1/*", "o-1/r-1/ou-1/", "*")),
    "aws:TagKeys": (("StringEquals", "StringLike", "StringNotEquals"), _TEXTS),
    "aws:MultiFactorAuthPresent": (("Bool", "Bool", "StringEquals"), ("true", "false", "TRUE")),
    "aws:MultiFactorAuthAge": (
        ("NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals"),
        ("0", "10", "10.0", "3600", "ten"),
    ),
    "aws:CurrentTime": (
        ("DateLessThan", "DateGreaterThan", "DateNotEquals", "DateGreaterThanEquals"),
        ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2027-01-01", "1767225600"),
    ),
    "aws:SourceIp": (("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.0.0.0/24", "10.0.1.0", "0.0.0.0/0", "::/0")),
    "custom:Bytes": (("BinaryEquals",), ("QQ==", "Qg==", "?")),
    "token.actions.githubusercontent.com:sub": (("StringEquals", "StringLike"), _TEXTS),
}  # fmt: skip


@st.composite
def _conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        key = draw(st.sampled_from(sorted(_KEYS)))
        operators, values = _KEYS[key]
        if draw(st.integers(0, 9)) == 0:
            block.setdefault("Null", {})[key] = draw(st.sampled_from(["true", "false"]))
            continue
        quantifier = draw(st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:"]))
        if key in ("aws:PrincipalOrgPaths", "aws:TagKeys") and draw(st.integers(0, 9)):
            quantifier = draw(st.sampled_from(["ForAllValues:", "ForAnyValue:"]))
        suffix = draw(st.sampled_from(["", "", "", "IfExists"]))
        chosen = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        block.setdefault(f"{quantifier}{draw(st.sampled_from(operators))}{suffix}", {})[key] = chosen
    return block


@st.composite
def _statements(draw: st.DrawFn, effects: tuple[str, ...] = ("Allow", "Allow", "Allow", "Deny")) -> dict[str, Any]:
    rare = draw(st.integers(0, 39))
    statement: dict[str, Any] = {
        "Effect": draw(st.sampled_from(effects)),
        "NotPrincipal" if rare in (0, 1) else "Principal": draw(st.sampled_from(_PRINCIPALS)),
        "NotAction" if rare == 2 else "Action": draw(st.sampled_from(_ACTIONS)),
    }
    if rare == 3:
        statement["Resource"] = draw(st.sampled_from(["*", "arn:aws:iam::*:role/*", "arn:aws:s3:::b"]))
    block = draw(_conditions())
    return statement | ({"Condition": block} if block else {})


@st.composite
def _edits(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """The document after a few small changes, of which some narrow and some widen."""
    edited = deepcopy(document)
    listed: list[dict[str, Any]] = edited["Statement"]
    for _ in range(draw(st.integers(0, 2))):
        kind = draw(st.integers(0, 6))
        if kind == 0 or not listed:
            listed.append(draw(_statements()))
            continue
        index = draw(st.integers(0, len(listed) - 1))
        if kind == 1:
            del listed[index]
        elif kind == 2:
            listed[index].pop("Condition", None)
        elif kind == 3:
            for operator, keys in draw(_conditions()).items():
                listed[index].setdefault("Condition", {}).setdefault(operator, {}).update(keys)
        elif kind == 4:
            listed[index].pop("NotPrincipal", None)
            listed[index]["Principal"] = draw(st.sampled_from(_PRINCIPALS))
        elif kind == 5:
            listed[index].pop("NotAction", None)
            listed[index]["Action"] = draw(st.sampled_from(_ACTIONS))
        else:
            listed.append(draw(_statements(effects=("Deny",))))
    return edited


@st.composite
def pairs_of_policies(draw: st.DrawFn) -> tuple[PolicyDocument, PolicyDocument]:
    """Two policies, mostly near each other."""
    version = draw(st.sampled_from(["2012-10-17"] * 9 + ["2008-10-17"]))
    old = {"Version": version, "Statement": draw(st.lists(_statements(), min_size=1, max_size=3))}
    if draw(st.integers(0, 4)):
        new = draw(_edits(old))
    else:
        new = {"Version": version, "Statement": draw(st.lists(_statements(), min_size=1, max_size=3))}
    if draw(st.integers(0, 19)) == 0:
        new["Version"] = "2008-10-17"
    return parse_policy(old), parse_policy(new)


FACTS = st.sampled_from(
    [
        Facts(),
        Facts(),
        Facts(ORGANIZATION, frozenset({A, "777788889999"})),
        Facts(role_account=A),
        Facts(ORGANIZATION, frozenset({A, B}), A),
    ]
)
