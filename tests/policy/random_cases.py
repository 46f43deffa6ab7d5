"""Random requests with all their policies, in the format of `simulation.py`; half of what they say fits the request."""

from random import Random
from typing import Any

from tests.policy.simulation import OWN, ROLE

OTHER, OUTSIDE = "444455556666", "888877776666"
GITHUB = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{OWN}:saml-provider/Okta"
CALLERS = (
    f"arn:aws:iam::{OWN}:role/ci", f"arn:aws:iam::{OWN}:user/ann", f"arn:aws:sts::{OWN}:assumed-role/ci/build",
    f"arn:aws:iam::{OTHER}:role/team/ci", f"arn:aws:iam::{OTHER}:user/ann",
    f"arn:aws:sts::{OTHER}:assumed-role/ci/build", f"arn:aws:sts::{OTHER}:assumed-role/CI/build",
    f"arn:aws:iam::{OTHER}:role/aws-service-role/x.amazonaws.com/x", f"arn:aws:iam::{OUTSIDE}:role/scanner",
    f"arn:aws-cn:iam::{OTHER}:role/ci", f"arn:aws:iam::{OTHER}:root", f"arn:aws:sts::{OTHER}:federated-user/joe",
    "ec2.amazonaws.com", SAML, GITHUB, "cognito-identity.amazonaws.com",
)  # fmt: skip
ACTION_OF = {SAML: "sts:AssumeRoleWithSAML", GITHUB: "sts:AssumeRoleWithWebIdentity"}
ACTION_OF["cognito-identity.amazonaws.com"] = "sts:AssumeRoleWithWebIdentity"
NAMED: tuple[Any, ...] = (
    "*", {"AWS": "*"}, {"AWS": OWN}, {"AWS": OTHER}, {"AWS": f"arn:aws:iam::{OTHER}:root"},
    {"AWS": [f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OTHER}:user/ann"]}, {"AWS": f"arn:aws:iam::{OUTSIDE}:root"},
    {"AWS": f"arn:aws:iam::{OWN}:user/ann"}, {"AWS": f"arn:aws:iam::{OWN}:role/ci"},
    {"AWS": f"arn:aws:iam::{OTHER}:role/team/ci"}, {"AWS": f"arn:aws:iam::{OTHER}:role/ci"},
    {"AWS": f"arn:aws:sts::{OTHER}:assumed-role/ci/build"}, {"AWS": f"arn:aws:sts::{OWN}:assumed-role/ci/build"},
    {"AWS": "AROAEXAMPLEEXAMPLE12"}, {"AWS": f"arn:aws:iam::{OTHER}:role/*"}, {"Service": "ec2.amazonaws.com"},
    {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}, {"Federated": SAML}, {"Federated": GITHUB},
    {"Federated": "cognito-identity.amazonaws.com"}, {"Federated": "*"}, {"AWS": OTHER, "Federated": SAML},
)  # fmt: skip
ACTIONS: tuple[Any, ...] = (
    "sts:AssumeRole", "sts:*", "*", "STS:assumerole*", "sts:AssumeRoleWith*", ["sts:AssumeRole", "sts:TagSession"],
    "sts:TagSession", "s3:GetObject", "sts:AssumeRol?",
)  # fmt: skip
RESOURCES: tuple[Any, ...] = (
    "*", ROLE, f"arn:aws:iam::{OWN}:role/*", "arn:aws:iam::*:role/${aws:PrincipalTag/team}", "arn:aws:s3:::bucket",
    ["arn:aws:s3:::bucket", "arn:aws:iam::*:role/t?rget"], f"arn:aws:iam::{OTHER}:role/target",
)  # fmt: skip

TEXTS = ("a", "A", "ab", "*", "", "target", "b", "b?")
# Values that a request carries.
GIVEN: dict[str, tuple[str, ...]] = {
    "aws:PrincipalTag/team": TEXTS,
    "sts:ExternalId": TEXTS,
    "aws:PrincipalOrgID": ("o-1", "o-2"),
    "aws:PrincipalAccount": (OWN, OTHER),
    "aws:PrincipalArn": (
        f"arn:aws:iam::{OWN}:role/ci",
        f"arn:aws:iam::{OTHER}:role/team/ci",
        "root",
        "arn:aws:iam:::1:role/ci",
    ),
    "aws:SourceIp": ("203.0.113.9", "2001:db8::1", "10.0.0.1"),
    "aws:CurrentTime": ("2026-07-15T00:00:00Z", "2026-07-15T02:00:00+02:00", "1784073600"),
    "aws:MultiFactorAuthPresent": ("true", "false"),
    "aws:MultiFactorAuthAge": ("300", "3600", "1e3"),
    "token.actions.githubusercontent.com:sub": ("repo:acme/app:ref:refs/heads/main", "repo:acme-evil/app:x"),
}
GIVEN_LISTS: dict[str, tuple[str, ...]] = {"aws:TagKeys": ("a", "b", ""), "aws:PrincipalOrgPaths": ("o-1/r/", "o-2/r/")}
KEYS = tuple(GIVEN | GIVEN_LISTS)
# Values that a policy asks for, by operator.
ASKED: dict[str, tuple[Any, ...]] = {
    "String": (*TEXTS, "a*", "${aws:PrincipalTag/team}", "${*}", "${aws:PrincipalTag/none, 'a'}", "o-1",
               OTHER, "repo:acme*", "${aws:TagKeys}", "${sts:ExternalId}", "o-1/*"),
    "Numeric": (300, "300", 3600.0, "1000", "ten"),
    "Date": ("2026-07-15", "2026-07-15T00:00:00Z", 1784073600, "2026-07-16T00:00:00+02:00", "soon"),
    "Bool": (True, False, "true", "FALSE", "${aws:PrincipalTag/team}"),
    "Binary": ("YQ==", "YWI=", "?"),
    "Ip": ("203.0.113.0/24", "0.0.0.0/0", "::/0", "2001:DB8:0::1", "everywhere"),
    "Arn": (f"arn:aws:iam::{OTHER}:role/*", "arn:aws:iam::*:role/ci", "arn:*:role/ci",
            "arn:aws:iam::${aws:PrincipalAccount}:role/c?", "arn:*:*:*:*:*", "arn:*:iam:?:1:role/ci"),
    "Null": (True, "false", "true"),
}  # fmt: skip
NATURAL = {
    "Numeric": "aws:MultiFactorAuthAge", "Date": "aws:CurrentTime", "Bool": "aws:MultiFactorAuthPresent",
    "Ip": "aws:SourceIp", "Arn": "aws:PrincipalArn",
}  # fmt: skip
COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
    "StringNotLike", *(f"Numeric{name}" for name in COMPARISONS), *(f"Date{name}" for name in COMPARISONS), "Bool",
    "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
)  # fmt: skip


def random_case(random: Random) -> dict[str, Any]:
    """A whole case; its context is closed."""
    principal = random.choice(CALLERS)
    action = ACTION_OF.get(principal, "sts:AssumeRole")
    return {
        "principal": principal,
        "action": action if random.random() < 0.9 else random.choice(("sts:TagSession", "sts:AssumeRole")),
        "resource": ROLE if random.random() < 0.95 else f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/x",
        "resource_account": OWN,
        "context": random_context(random),
        "trust_policy": random_document(random, naming=(*NAMED, *([named_by(principal)] * len(NAMED)))),
        "identity_policies": _sometimes(
            random, 0.7, lambda: [random_document(random) for _ in range(random.randint(0, 2))]
        ),
        "permissions_boundary": _sometimes(random, 0.2, lambda: random_document(random)),
        "session_policy": _sometimes(random, 0.15, lambda: random_document(random)),
        "scps": [[random_document(random)] for _ in range(random.choice((0, 0, 0, 1, 2)))],
        "rcps": [[random_rcp(random)] for _ in range(random.choice((0, 0, 1)))],
    }


def _sometimes(random: Random, share: float, make: Any) -> Any:  # noqa: ANN401
    return make() if random.random() < share else None


def random_context(random: Random) -> dict[str, Any]:
    context: dict[str, Any] = {key: random.choice(values) for key, values in GIVEN.items() if random.random() < 0.5}
    for key, values in GIVEN_LISTS.items():
        if random.random() < 0.5:
            context[key] = [random.choice(values) for _ in range(random.choice((0, 1, 1, 2)))]
    return context


def named_by(principal: str) -> dict[str, Any]:
    """A principal that means this caller."""
    if principal.endswith(".amazonaws.com") and "cognito" not in principal:
        return {"Service": principal}
    return {"Federated" if "provider" in principal or "cognito" in principal else "AWS": principal}


def random_document(random: Random, *, naming: tuple[Any, ...] = ()) -> dict[str, Any]:
    """A document that mostly allows: the first statement is likely to say yes. `naming`: principals to choose from."""
    statements = [random_statement(random, naming=naming) for _ in range(random.choice((0, 1, 1, 2)))]
    if random.random() < 0.7:
        likely: dict[str, Any] = {"Effect": "Allow", "Action": random.choice(("*", "sts:*"))}
        likely |= {"Principal": random.choice(naming)} if naming else {"Resource": "*"}
        statements.insert(0, likely)
    return {
        "Version": random.choice(("2012-10-17", "2012-10-17", "2008-10-17")),
        "Statement": statements[0] if len(statements) == 1 else statements,
    }


def random_rcp(random: Random) -> dict[str, Any]:
    statement = random_statement(random)
    return {"Version": "2012-10-17", "Statement": [statement | {"Effect": "Deny", "Principal": "*"}]}


def random_statement(random: Random, *, naming: tuple[Any, ...] = ()) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": random.choice(("Allow", "Allow", "Allow", "Deny"))}
    statement["Action" if random.random() < 0.9 else "NotAction"] = random.choice(ACTIONS)
    if naming:
        statement["Principal" if random.random() < 0.9 else "NotPrincipal"] = random.choice(naming)
    else:
        statement["Resource" if random.random() < 0.9 else "NotResource"] = random.choice(RESOURCES)
    if random.random() < 0.7:
        statement["Condition"] = random_condition(random)
    return statement


def random_condition(random: Random) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for _ in range(random.choice((1, 1, 2))):
        operator = random.choice(OPERATORS)
        family = next(name for name in ASKED if operator.removeprefix("Not").startswith(name))
        key = NATURAL.get(family, "") if random.random() < 0.6 else ""
        values = [random.choice(ASKED[family]) for _ in range(random.choice((1, 1, 2)))]
        quantifier = random.choice(("", "", "", "ForAllValues:", "ForAnyValue:"))
        suffix = random.choice(("", "", "IfExists")) if family != "Null" else ""
        asked = block.setdefault(f"{quantifier}{operator}{suffix}", {})
        asked[key or random.choice(KEYS)] = values[0] if len(values) == 1 else values
    return block
