"""Every case of every check: `tests/cases/checks/<id>.json`.

A case is `{name, trust_policy, expect}` and, where it matters, `role` (fields of the role that differ), `permissions`
(`read` unless told: `none`, `write`, `admin`, or statements), `policies` (managed ones by ARN), `users`, `roles`,
`providers`, `scps` and `rcps` (statements on the root), `guardrails` (whole ones, with targets), `settings` (TOML),
`account_tags`, `external` (what Access Analyzer reports), `things` (other lists of a snapshot, by field), `all_read`
(no account is unread), `severity`, `confidence`, `says` (part of a sentence of the evidence), `alone` (no other check
finds more than an info), `mended` (statements after the change that the finding offers; null when it must offer none),
`on` (what the finding hangs on, unless it is the role), `gaps`, and what `case_evidence` reads. All stand in the
organization below.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.case_evidence import evidence_of, moment
from trustview.analysis import (
    CHECKS,
    Analysis,
    Change,
    Finding,
    Severity,
    Subject,
    SubjectKind,
    analyse,
    apply_changes,
    read_settings,
)
from trustview.analysis.remediation import change_role
from trustview.snapshot import (
    Account,
    AccountFacts,
    AccountStatus,
    ExternalFinding,
    Gap,
    GuardrailKind,
    GuardrailPolicy,
    IdentityPool,
    IdentityProvider,
    InlinePolicy,
    ManagedPolicy,
    Organization,
    OrganizationalUnit,
    PodIdentityAssociation,
    ProviderKind,
    Role,
    Snapshot,
    TrustAnchor,
    User,
)
from trustview.snapshot.codec import decode

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


# Further lists of a snapshot that a case can fill, by their field.
THINGS: dict[str, type] = {
    "pod_identity_associations": PodIdentityAssociation,
    "identity_pools": IdentityPool,
    "trust_anchors": TrustAnchor,
}


def document(statements: object) -> str:
    if isinstance(statements, dict) and "Statement" in statements:
        return json.dumps(statements)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def make_role(fields: dict[str, Any], permissions: str | list[Any], trust: object) -> Role:
    given = {"account": OWN, "name": "target", "path": "/", "tags": {}, **fields}
    account, name, path = given["account"], given["name"], given["path"]
    unique_id = "AROA" + name.upper().replace("-", "")[:12].ljust(12, "0")
    arn = f"arn:{given.get('partition', 'aws')}:iam::{account}:role{path}{name}"
    return Role(
        arn, account, name, path, unique_id, document(trust),
        inline=inline_of(permissions),
        tags=tuple(given["tags"].items()),
        attached=tuple(given.get("attached", ())),
        boundary=given.get("boundary", ""),
        max_session_seconds=given.get("session_seconds"),
        created=moment(given["created"]) if "created" in given else "",
        last_used=moment(given["last_used"]) if "last_used" in given else "",
        last_used_region=given.get("last_used_region", ""),
    )  # fmt: skip


def inline_of(permissions: str | list[Any]) -> tuple[InlinePolicy, ...]:
    statements = PERMISSIONS[permissions] if isinstance(permissions, str) else permissions
    return (InlinePolicy("own", document(statements)),) if statements else ()


def make_user(fields: dict[str, Any]) -> User:
    """A user; `permissions` as of a role, or statements."""
    given = {"account": OWN, "permissions": "assume", **fields}
    inline = inline_of(given["permissions"])
    account, name = given["account"], given["name"]
    return User(f"arn:aws:iam::{account}:user/{name}", account, name, "/", f"AIDA{name.upper():0<12}", inline=inline)


def make_provider(kind: str, name: str, client_ids: Iterable[str]) -> IdentityProvider:
    arn = f"arn:aws:iam::{OWN}:{kind}-provider/{name}"
    return IdentityProvider(arn, OWN, ProviderKind(kind), name, tuple(client_ids))


def make_organization(case: dict[str, Any]) -> Organization:
    """Management, two members in one unit, a suspended and an unread account; guardrails hang on the root."""
    tags = {account: tuple(found.items()) for account, found in case.get("account_tags", {}).items()}
    accounts: tuple[Account, ...] = (
        Account(MANAGEMENT, "management", ROOT),
        Account(OWN, "shop", UNIT, tags=tags.get(OWN, ())),
        Account(OTHER, "orders", UNIT, tags=tags.get(OTHER, ())),
    )
    if not case.get("all_read"):
        old = Account(SUSPENDED, "old", ROOT, AccountStatus.SUSPENDED)
        accounts = (*accounts, old, Account(UNREAD, "unread", ROOT))
    everywhere = (ROOT, UNIT, *(account.id for account in accounts))
    guardrails = [
        GuardrailPolicy(f"p-{kind.name}", f"Full{kind.name}", kind, document(FULL_ACCESS), everywhere, is_aws=True)
        for kind in GuardrailKind
    ]
    for kind, key in ((GuardrailKind.SCP, "scps"), (GuardrailKind.RCP, "rcps")):
        for number, statement in enumerate(case.get(key, [])):
            text = document([statement])
            guardrails.append(GuardrailPolicy(f"p-{key}{number}", f"{kind.name} {number}", kind, text, (ROOT,)))
    for number, given in enumerate(case.get("guardrails", [])):
        kind, text = GuardrailKind[given["kind"]], document(given["statements"])
        guardrails.append(
            GuardrailPolicy(f"p-own{number}", f"own {number}", kind, text, tuple(given.get("targets", [ROOT])))
        )
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
    policies = tuple(
        ManagedPolicy(arn, arn.rpartition("/")[2], document(statements))
        for arn, statements in case.get("policies", {}).items()
    )
    accounts = tuple(
        AccountFacts(
            account,
            roles=tuple(role for role in roles if role.account == account),
            users=tuple(user for user in users if user.account == account),
            policies=policies if account == OWN else (),
            providers=tuple(make_provider(*fields) for fields in providers) if account == OWN else (),
        )
        for account in (MANAGEMENT, OWN, OTHER)
    )
    reported = tuple(decode(ExternalFinding, finding) for finding in case.get("external", ()))
    evidence = evidence_of(case, roles[0].arn, (MANAGEMENT, OWN, OTHER))
    source, gaps = case.get("source", "aws"), tuple(decode(Gap, gap) for gap in case.get("gaps", ()))
    things: dict[str, Any] = {
        name: tuple(decode(THINGS[name], one) for one in found) for name, found in case.get("things", {}).items()
    }
    organization = make_organization(case)
    snapshot = Snapshot(moment(0), source, organization, accounts, reported, gaps=gaps, **evidence, **things)
    return snapshot, roles[0].arn


def analyse_case(case: dict[str, Any], snapshot: Snapshot) -> Analysis:
    return analyse(snapshot, settings=read_settings(case.get("settings", ""), "case").settings)


def read_cases() -> list[Any]:
    tables = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    return [
        pytest.param(check, case, id=f"{check}: {case['name']}") for check, cases in tables.items() for case in cases
    ]


CASES = read_cases()
MATCHING = [param for param in CASES if param.values[1]["expect"] == "match"]


def findings_on(analysis: Analysis, role: str, check: str, kind: str = "role") -> list[Finding]:
    found = [finding for finding in analysis.findings if finding.check == check and finding.subject.kind == kind]
    return [finding for finding in found if kind != "role" or finding.role == role]


@pytest.mark.parametrize(("check", "case"), CASES)
def test_a_check_finds_what_it_must_and_nothing_else(check: str, case: dict[str, Any]) -> None:
    snapshot, role = make_snapshot(case)
    analysis = analyse_case(case, snapshot)
    found = findings_on(analysis, role, check, case.get("on", "role"))

    assert case["expect"] in ("match", "no match")
    assert bool(found) == (case["expect"] == "match"), (found, analysis.grants)
    if "severity" in case:
        assert {finding.severity.word for finding in found} == {case["severity"]}, [f.graded for f in found]
    if "confidence" in case:
        assert {finding.confidence.value for finding in found} == {case["confidence"]}
    if "says" in case:
        assert any(case["says"] in sentence for finding in found for sentence in finding.because), found[0].because
    if case.get("alone"):
        telling = (finding for finding in analysis.findings if finding.role == role and finding.severity)
        assert {finding.check for finding in telling} == {check}
    if "findings" in case:
        assert len(found) == case["findings"]


@pytest.mark.parametrize(("check", "case"), MATCHING)
def test_whatever_a_finding_offers_ends_it_and_opens_nothing_as_bad(check: str, case: dict[str, Any]) -> None:
    snapshot, role = make_snapshot(case)
    kind = case.get("on", "role")
    before = analyse_case(case, snapshot)
    for finding in findings_on(before, role, check, kind):
        if "mended" in case:
            assert bool(finding.changes) == (case["mended"] is not None)
        if case.get("mended"):
            text = apply_changes(document_of(snapshot, finding.subject), finding.changes)
            assert json.loads(text)["Statement"] == case["mended"]
        for offer in filter(None, (finding.changes, *finding.instead)):
            after = analyse_case(case, mended(snapshot, finding.subject, offer))
            assert not [
                left
                for left in findings_on(after, role, check, kind)
                if is_about_the_same(left, after, finding, before) and left.severity >= finding.severity
            ], offer
            # What a guardrail shuts is latent afterwards: that is its work.
            shut = {"latent-exposure"} if kind == "organization" else set()
            worst = {check: max(o.severity for o in before.findings if o.check == check) for check in checks_of(before)}
            worse = [new for new in after.findings if new.severity > worst.get(new.check, -1) and new.check not in shut]
            assert not [new for new in worse if new.severity >= finding.severity], (offer, worse)


def is_about_the_same(left: Finding, after: Analysis, finding: Finding, before: Analysis) -> bool:
    if not finding.grants:
        return left.subject.id == finding.subject.id
    return bool(principals_of(left, after) & principals_of(finding, before))


def checks_of(analysis: Analysis) -> set[str]:
    return {finding.check for finding in analysis.findings}


def document_of(snapshot: Snapshot, subject: Subject) -> str:
    if subject.kind is SubjectKind.ROLE:
        return snapshot.roles_by_arn[subject.id].trust_policy
    assert snapshot.organization
    policies = {policy.id: policy.document for policy in snapshot.organization.guardrails}
    return policies.get(subject.id, "{}")


def mended(snapshot: Snapshot, subject: Subject, changes: tuple[Change, ...]) -> Snapshot:
    """The snapshot after the change: another role, another guardrail, or an RCP that was not there."""
    if subject.kind is SubjectKind.ROLE:
        return snapshot.with_roles([change_role(snapshot.roles_by_arn[subject.id], changes)])
    text = apply_changes(document_of(snapshot, subject), changes)
    assert snapshot.organization
    guardrails = tuple(
        replace(policy, document=text) if policy.id == subject.id else policy
        for policy in snapshot.organization.guardrails
    )
    if subject.kind is SubjectKind.ORGANIZATION:
        guardrails += (GuardrailPolicy("p-new", "new", GuardrailKind.RCP, text, (ROOT,)),)
    return replace(snapshot, organization=replace(snapshot.organization, guardrails=guardrails))


def principals_of(finding: Finding, analysis: Analysis) -> set[str]:
    return {analysis.grants_by_id[grant].principal.value for grant in finding.grants}


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
        assert [finding for finding in analyse(snapshot).findings if finding.role] == []
