"""Every case of every check: `tests/cases/checks/<id>.json`.

A case is `{name, trust_policy, expect}` and, where it matters, `role` (fields of the role that differ), `permissions`
(`read` unless told: `none`, `write`, `admin`), `users`, `roles`, `providers`, `scps`, `rcps`, `severity`, `confidence`,
`says` (part of a sentence of the evidence), `alone` (no other check finds anything), `mended` (the statements after the
change that the finding offers; null when it must offer none). All stand in the organization below.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trustview.analysis import CHECKS, Analysis, Finding, Severity, analyse, apply_changes
from trustview.snapshot import (
    Account,
    AccountFacts,
    AccountStatus,
    GuardrailKind,
    GuardrailPolicy,
    IdentityProvider,
    InlinePolicy,
    Organization,
    OrganizationalUnit,
    ProviderKind,
    Role,
    Snapshot,
    User,
)

FOLDER = Path(__file__).parents[1] / "cases" / "checks"
OWN, OTHER, MANAGEMENT, SUSPENDED, UNREAD = (
    "111122223333", "444455556666", "999900001111", "555500001111", "777700001111",
)  # fmt: skip
ROOT, UNIT = "r-root", "ou-root-workload"
FULL_ACCESS = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
PERMISSIONS = {
    "none": [],
    "read": [{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}],
    "write": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}],
    "admin": FULL_ACCESS,
    "assume": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
}
PROVIDERS = (
    ("oidc", "token.actions.githubusercontent.com", ("sts.amazonaws.com",)),
    ("oidc", "gitlab.com", ("https://gitlab.com",)),
    ("oidc", "app.terraform.io", ("aws.workload.identity",)),
    ("oidc", "agent.buildkite.com", ()),
    ("oidc", "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF", ("sts.amazonaws.com",)),
    ("oidc", "login.example.com", ()),
    ("saml", "Okta", ()),
)


def document(statements: object) -> str:
    if isinstance(statements, dict) and "Statement" in statements:
        return json.dumps(statements)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def make_role(fields: dict[str, Any], permissions: str, trust: object) -> Role:
    given = {"account": OWN, "name": "target", "path": "/", "tags": {}, **fields}
    account, name, path = given["account"], given["name"], given["path"]
    unique_id = "AROA" + name.upper().replace("-", "")[:12].ljust(12, "0")
    inline = tuple(InlinePolicy("own", document(PERMISSIONS[permissions])) for _ in [0] if PERMISSIONS[permissions])
    arn = f"arn:{given.get('partition', 'aws')}:iam::{account}:role{path}{name}"
    tags = tuple(given["tags"].items())
    return Role(arn, account, name, path, unique_id, document(trust), inline=inline, tags=tags)


def make_user(fields: dict[str, Any]) -> User:
    """A user; `permissions` as of a role, or statements."""
    given = {"account": OWN, "permissions": "assume", **fields}
    asked = given["permissions"]
    inline = (InlinePolicy("own", document(PERMISSIONS[asked] if isinstance(asked, str) else asked)),)
    account, name = given["account"], given["name"]
    return User(f"arn:aws:iam::{account}:user/{name}", account, name, "/", f"AIDA{name.upper():0<12}", inline=inline)


def make_provider(kind: str, name: str, client_ids: Iterable[str]) -> IdentityProvider:
    arn = f"arn:aws:iam::{OWN}:{kind}-provider/{name}"
    return IdentityProvider(arn, OWN, ProviderKind(kind), name, tuple(client_ids))


def make_organization(case: dict[str, Any]) -> Organization:
    """Management, two members in one unit, a suspended and an unread account; guardrails hang on the root."""
    accounts = (
        Account(MANAGEMENT, "management", ROOT),
        Account(OWN, "shop", UNIT),
        Account(OTHER, "orders", UNIT),
        Account(SUSPENDED, "old", ROOT, AccountStatus.SUSPENDED),
        Account(UNREAD, "unread", ROOT),
    )
    everywhere = (ROOT, UNIT, *(account.id for account in accounts))
    guardrails = [
        GuardrailPolicy(f"p-{kind.name}", f"Full{kind.name}", kind, document(FULL_ACCESS), everywhere, is_aws=True)
        for kind in GuardrailKind
    ]
    for kind, key in ((GuardrailKind.SCP, "scps"), (GuardrailKind.RCP, "rcps")):
        for number, statement in enumerate(case.get(key, [])):
            text = document([statement])
            guardrails.append(GuardrailPolicy(f"p-{key}{number}", f"{kind.name} {number}", kind, text, (ROOT,)))
    units = (OrganizationalUnit(ROOT, "Root", ""), OrganizationalUnit(UNIT, "Workloads", ROOT))
    return Organization("o-exampleorgid", MANAGEMENT, units, accounts, tuple(guardrails))


def make_snapshot(case: dict[str, Any]) -> tuple[Snapshot, str]:
    """The organization with the case's role, and whatever principals and providers it asks for; the role's ARN."""
    roles = [make_role(case.get("role", {}), case.get("permissions", "read"), case["trust_policy"])]
    for fields in case.get("roles", []):
        permissions, trust = fields.get("permissions", "assume"), fields.get("trust_policy", [])
        roles.append(make_role(fields, permissions, trust))
    users = [make_user(fields) for fields in case.get("users", [])]
    providers = case.get("providers", PROVIDERS)
    accounts = tuple(
        AccountFacts(
            account,
            roles=tuple(role for role in roles if role.account == account),
            users=tuple(user for user in users if user.account == account),
            providers=tuple(make_provider(*fields) for fields in providers) if account == OWN else (),
        )
        for account in (MANAGEMENT, OWN, OTHER)
    )
    snapshot = Snapshot("2026-11-20T06:00:00Z", case.get("source", "aws"), make_organization(case), accounts)
    return snapshot, roles[0].arn


def read_cases() -> list[Any]:
    tables = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    return [
        pytest.param(check, case, id=f"{check}: {case['name']}") for check, cases in tables.items() for case in cases
    ]


CASES = read_cases()
MATCHING = [param for param in CASES if param.values[1]["expect"] == "match"]


def findings_on(analysis: Analysis, role: str, check: str) -> list[Finding]:
    return [finding for finding in analysis.findings if finding.role == role and finding.check == check]


@pytest.mark.parametrize(("check", "case"), CASES)
def test_a_check_finds_what_it_must_and_nothing_else(check: str, case: dict[str, Any]) -> None:
    snapshot, role = make_snapshot(case)
    analysis = analyse(snapshot)
    found = findings_on(analysis, role, check)

    assert case["expect"] in ("match", "no match")
    assert bool(found) == (case["expect"] == "match"), (found, analysis.grants)
    if "severity" in case:
        assert {finding.severity.word for finding in found} == {case["severity"]}, [f.graded for f in found]
    if "confidence" in case:
        assert {finding.confidence.value for finding in found} == {case["confidence"]}
    if "says" in case:
        assert any(case["says"] in sentence for finding in found for sentence in finding.because), found[0].because
    if case.get("alone"):
        assert {finding.check for finding in analysis.findings} == {check}
    if "findings" in case:
        assert len(found) == case["findings"]


@pytest.mark.parametrize(("check", "case"), MATCHING)
def test_what_a_finding_offers_ends_it_and_opens_nothing_as_bad(check: str, case: dict[str, Any]) -> None:
    snapshot, role = make_snapshot(case)
    before = analyse(snapshot)
    for finding in findings_on(before, role, check):
        if "mended" in case:
            assert bool(finding.changes) == (case["mended"] is not None)
        if not finding.changes:
            continue
        after_text = apply_changes(snapshot.roles_by_arn[role].trust_policy, finding.changes)
        if case.get("mended"):
            assert json.loads(after_text)["Statement"] == case["mended"]
        after = analyse(with_trust(snapshot, role, after_text))
        assert not [
            left
            for left in findings_on(after, role, check)
            if principals_of(left, after) & principals_of(finding, before) and left.severity >= finding.severity
        ]
        known = {(old.check, old.severity) for old in before.findings}
        worse = [new for new in after.findings if (new.check, new.severity) not in known]
        assert not [new for new in worse if new.severity >= finding.severity], worse


def principals_of(finding: Finding, analysis: Analysis) -> set[str]:
    return {analysis.grants_by_id[grant].principal.value for grant in finding.grants}


def with_trust(snapshot: Snapshot, role: str, trust: str) -> Snapshot:
    accounts = tuple(
        replace(facts, roles=tuple(replace(r, trust_policy=trust) if r.arn == role else r for r in facts.roles))
        for facts in snapshot.accounts
    )
    return replace(snapshot, accounts=accounts)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_four_cases_of_each_kind(check: Any) -> None:  # noqa: ANN401
    expected = [param.values[1]["expect"] for param in CASES if param.values[0] == check.id]

    assert expected.count("match") >= 4
    assert expected.count("no match") >= 4


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_severities_of_a_check_are_cased(check: Any) -> None:  # noqa: ANN401
    graded = [param.values[1].get("severity") for param in CASES if param.values[0] == check.id]

    assert any(graded)
    assert check.severity in Severity


def test_nobody_reports_roles_that_belong_to_aws() -> None:
    everyone = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]
    for path in ("/aws-service-role/x.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/"):
        snapshot, _ = make_snapshot({"trust_policy": everyone, "role": {"path": path}})
        assert analyse(snapshot).findings == ()
