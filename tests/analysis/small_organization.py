"""A small organization for tests of the analysis: management, prod, sandbox, closed; guardrails as asked for."""

import json
from typing import Any

from trustview.snapshot import (
    Account,
    AccountFacts,
    AccountStatus,
    GuardrailKind,
    GuardrailPolicy,
    InlinePolicy,
    ManagedPolicy,
    Organization,
    OrganizationalUnit,
    Role,
    Snapshot,
    User,
)

MANAGEMENT, PROD, SANDBOX, CLOSED, UNREAD = (
    "111111111111", "222222222222", "333333333333", "444444444444", "555555555555",
)  # fmt: skip
STRANGER = "888877776666"
DATADOG = "464622532012"
ORGANIZATION = "o-smallorg01"
ROOT, WORKLOADS = "r-root", "ou-root-workload"
FULL_ACCESS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ASSUME_ANYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def policy(*statements: dict[str, Any]) -> str:
    """A policy text of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: object, condition: object = None, action: object = "sts:AssumeRole") -> dict[str, Any]:
    """An Allow statement of a trust policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return statement | ({"Condition": condition} if condition else {})


def role(name: str, trust_policy: str, account: str = PROD, path: str = "/", **more: Any) -> Role:  # noqa: ANN401
    """A role; its unique id is made of its name."""
    unique_id = "AROA" + name.upper().replace("-", "")[:12].ljust(12, "0")
    return Role(f"arn:aws:iam::{account}:role{path}{name}", account, name, path, unique_id, trust_policy, **more)


def user(name: str, account: str = PROD, **more: Any) -> User:  # noqa: ANN401
    """A user."""
    unique_id = "AIDA" + name.upper().replace("-", "")[:12].ljust(12, "0")
    return User(f"arn:aws:iam::{account}:user/{name}", account, name, "/", unique_id, **more)


def may_assume(resource: str = "*") -> tuple[InlinePolicy, ...]:
    """Inline policies that let their owner assume roles."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource}
    return (InlinePolicy("assume", policy(statement)),)


def guardrail(kind: GuardrailKind, name: str, statement: dict[str, Any], *targets: str) -> GuardrailPolicy:
    """One SCP or RCP with one statement."""
    return GuardrailPolicy(f"p-{name}", name, kind, policy(statement), targets)


def organization(*guardrails: GuardrailPolicy) -> Organization:
    """The organization, FullAWSAccess of both kinds on every level."""
    everywhere = (ROOT, WORKLOADS, MANAGEMENT, PROD, SANDBOX, CLOSED, UNREAD)
    full = tuple(
        GuardrailPolicy(
            f"p-full-{kind.name}", f"Full{kind.name}", kind, json.dumps(FULL_ACCESS), everywhere, is_aws=True
        )
        for kind in GuardrailKind
    )
    return Organization(
        ORGANIZATION,
        MANAGEMENT,
        (OrganizationalUnit(ROOT, "Root", ""), OrganizationalUnit(WORKLOADS, "Workloads", ROOT)),
        (
            Account(MANAGEMENT, "management", ROOT),
            Account(PROD, "prod", WORKLOADS),
            Account(SANDBOX, "sandbox", ROOT),
            Account(CLOSED, "old", ROOT, AccountStatus.SUSPENDED),
            Account(UNREAD, "unread", ROOT),
        ),
        full + guardrails,
    )


def snapshot(*principals: Role | User, guardrails: tuple[GuardrailPolicy, ...] = ()) -> Snapshot:
    """A snapshot of the organization with these roles and users; the account UNREAD was not read."""
    administrator = ManagedPolicy(ADMINISTRATOR, "AdministratorAccess", json.dumps(FULL_ACCESS))
    accounts = tuple(
        AccountFacts(
            account,
            roles=tuple(p for p in principals if isinstance(p, Role) and p.account == account),
            users=tuple(p for p in principals if isinstance(p, User) and p.account == account),
            policies=(administrator,),
        )
        for account in (MANAGEMENT, PROD, SANDBOX)
    )
    return Snapshot("2026-11-20T06:00:00Z", "aws", organization(*guardrails), accounts)
