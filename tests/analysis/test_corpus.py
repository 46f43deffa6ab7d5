"""The labelled trust policies of the corpus: each label that a check corresponds to is found, and nothing unlabelled.

Each policy is the trust policy of one role that may write, in the account that its label states. Where none is stated
it is the account of the identity providers it trusts, or that of the sources that its services act for, or else one
that the policy does not name. There is no organization: every other account is an outsider's. `DISAGREEMENTS` lists
every difference with its reason; `docs/corpus-disagreements.md` shows them.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from trustview.analysis import analyse
from trustview.snapshot import AccountFacts, InlinePolicy, Role, Snapshot

FOLDER = Path(__file__).parents[3] / "shared" / "corpus" / "trust_policies"
DOCUMENT = Path(__file__).parents[2] / "docs" / "corpus-disagreements.md"
UNUSED = "999988887777"
SOURCE = re.compile(r'"aws:Source(?:Account|Arn)":\s*\[?\s*"(?:arn:[^"]*?:)?(\d{12})[:"]', re.IGNORECASE)
WRITES = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}

EVERYONE = ("role-open-to-everyone", "wildcard-with-weak-condition", "absent-key-passes")
OUTSIDER = ("trusts-unknown-account", "trusts-unapproved-vendor")
MALFORMED = ("malformed-or-foreign-principal",)
TOO_WIDE = ("oidc-subject-too-wide",)
NEVER = ("oidc-subject-never-matches",)
# A label, and the checks of which one must find it.
MUST_FIND: dict[str, tuple[str, ...]] = {
    "wildcard-principal": EVERYONE,
    "not-principal": ("role-open-to-everyone",),
    "external-root": ("trusts-whole-external-account",),
    "external-root-with-external-id": ("trusts-whole-external-account",),
    "external-principal": OUTSIDER,
    "no-external-id": ("vendor-without-external-id",),
    "empty-or-wildcard-external-id": ("weak-external-id",),
    "external-id-wildcard": ("weak-external-id",),
    "malformed-principal": MALFORMED,
    "invalid-principal": MALFORMED,
    "malformed-account-id": MALFORMED,
    "oidc-missing-sub": ("oidc-without-subject",),
    "cognito-missing-aud": ("cognito-guest-role",),
    "cognito-missing-amr": ("cognito-guest-role",),
    "cognito-unauthenticated": ("cognito-guest-role",),
    "confused-deputy-service": ("confused-deputy", "pod-identity-too-wide"),
    "same-account-root": ("trusts-account-root",),
    "stale-principal": ("deleted-principal",),
    "oidc-missing-aud": ("oidc-without-audience", "builtin-identity-provider-without-app"),
    "oidc-sub-any-ref": TOO_WIDE,
    "oidc-sub-org-wide": TOO_WIDE,
    "oidc-sub-ref-wildcard": TOO_WIDE,
    "oidc-sub-wildcard": TOO_WIDE,
    "wildcard-under-stringequals": NEVER,
    "condition-key-mismatch": NEVER,
    "oidc-sub-invalid": NEVER,
    "saml-missing-aud": ("saml-without-audience",),
    "external-federated-provider": ("saml-without-audience",),
    "mfa-condition-false": ("mfa-not-enforced",),
    "forallvalues-on-single-key": ("absent-key-passes",),
    "oidc-forallvalues": ("absent-key-passes",),
}
# A check, and the labels of which one must stand there when it finds something, where those above are not all.
OUTSIDERS = ("external-principal", "external-root", "external-root-narrowed", "external-root-with-external-id")
EXPLAINED_BY: dict[str, tuple[str, ...]] = {
    # A star that is bound to an account is labelled as bounded, a list with a star as a star.
    "trusts-unknown-account": (*OUTSIDERS, "wildcard-principal-bounded", "wildcard-principal"),
    "trusts-unapproved-vendor": OUTSIDERS,
    "trusts-whole-external-account": (*OUTSIDERS, "wildcard-principal-bounded", "wildcard-principal"),
    "vendor-without-external-id": (*OUTSIDERS, "wildcard-principal-bounded", "wildcard-principal"),
    # Of ExternalIds the labels judge only those that are empty or a pattern.
    "weak-external-id": (*OUTSIDERS, "empty-or-wildcard-external-id", "external-id-wildcard"),
    "reused-external-id": OUTSIDERS,
}

# Checks of which no label speaks.
UNLABELLED = {
    "mixed-trust": "the labels judge statements, not who shares a role",
    "roles-anywhere-too-wide": "the labels know no certificates",
    "external-role-can-write": "every role writes here",
    "cross-account-role-without-boundary": "no role has a boundary here",
}

DEAD = "no token ever meets the conditions: that is told, and nothing else"
WRONG_ACTION = "the action is not the provider's: nobody gets in"
TOO_FEW_DIGITS = "an account id with too few digits is nobody's: that is told, and nothing else"
NOT_DOCUMENTED = "AWS documents no source key for this service in role trust policies: such a condition may lock it out"
DOCUMENTED = "AWS documents that the service sends source keys; the label asks for none"
IN_ACCOUNT = "only hardening, and info: `iam:PassRole` keeps the role in its account"
OTHER_PARTITION = "a role of `aws` cannot trust another partition; the source fills in the one it is deployed to"
STILL_OUTSIDE = "the source calls any ExternalId or MFA enough; the account is unknown, and trusted as a whole"
# File: the reason, then the labels that are not found and the checks that find something beside the labels.
DISAGREEMENTS: dict[str, tuple[str, ...]] = {
    "aws-cloudformation-user-guid--aws-resource-elasticbeanstalk-environmen.json": (
        "a placeholder of the documentation is no principal",
        "malformed-or-foreign-principal",
    ),
    "aws-oidc-trust-examples--assume-role-2.json": (DEAD, "oidc-missing-aud", "oidc-missing-sub"),
    "aws-oidc-trust-examples--assume-role.json": (
        "`release/*` is not every branch: a rule of the repository can protect it",
        "oidc-sub-ref-wildcard",
    ),
    "aws-root-account--github-oidc-assume-role-plan.json": (
        "every role writes here; this one, for pull requests, only reads at its source",
        "oidc-subject-too-wide",
    ),
    "cartography--roles.json": (TOO_FEW_DIGITS, "malformed-or-foreign-principal"),
    "cfripper--generic-resource-with-cross-account-poli.json": (TOO_FEW_DIGITS, "external-principal"),
    "cfripper--invalid-generic-resource.json": (TOO_FEW_DIGITS, "external-principal"),
    "checkov--fail-wildcard-assertion.json": (DEAD, "oidc-missing-aud", "oidc-sub-wildcard"),
    "checkov--fail-wildcard.json": (DEAD, "oidc-missing-aud", "oidc-sub-wildcard"),
    "checkov--fail2.json": (DEAD, "oidc-missing-aud"),
    "checkov--pass-gh-org.json": (
        "the keys have a path that the provider has not: such claims are never sent",
        "oidc-subject-never-matches",
    ),
    "cloud-custodian--iam-policies-2.json": (WRONG_ACTION, "cognito-missing-aud", "cognito-missing-amr"),
    "cloud-custodian--iam-policies-3.json": (WRONG_ACTION, "cognito-missing-aud", "cognito-missing-amr"),
    "aws-cli--validate-policy.json": (WRONG_ACTION, "cognito-missing-amr"),
    "aws-cloudformation-templates--deliveryrole.json": (NOT_DOCUMENTED, "confused-deputy-service"),
    "cloudformation-template--logsbackupbucketassumerole.json": (NOT_DOCUMENTED, "confused-deputy-service"),
    "cloudformation-template--datadogmetricstreamrole.json": (NOT_DOCUMENTED, "confused-deputy-service"),
    "cloudformation-template--subscriptionrole.json": (NOT_DOCUMENTED, "confused-deputy-service"),
    "iam-access-analyzer-custom-p--allowlist-account-principals-4.json": (NOT_DOCUMENTED, "confused-deputy-service"),
    "iam-access-analyzer-custom-p--allowlist-aws-service-principal-3.json": (NOT_DOCUMENTED, "confused-deputy-service"),
    "amazon-sagemaker-developer-g--data-wrangler-security.json": (NOT_DOCUMENTED, "confused-deputy-service"),
    "prowler--iam-role-cross-service-confused-deputy-p-2.json": (
        "EC2 gives a role to instances of its own account alone, and sends no source key",
        "confused-deputy-service",
    ),
    "govuk-aws--es-can-assume-role.json": (DOCUMENTED, "confused-deputy"),
    "checkov--test-iamroleallowspublicassume.json": (DOCUMENTED, "confused-deputy"),
    "pathfinding-labs--admin-role.json": (IN_ACCOUNT, "confused-deputy"),
    "checkov--pass.json": (IN_ACCOUNT, "confused-deputy"),
    "iam-user-guide--id-credentials-mfa-configure-api-require.json": (
        "an info: the whole account is trusted, with MFA; the label asks for MFA alone",
        "trusts-account-root",
    ),
    "cloudsplaining--test-trust-policies-3.json": (
        "a range of addresses under `StringEquals` is a text that no address equals",
        "wildcard-principal",
    ),
    "consoleme--conftest-2.json": (
        "no home account is stated: the provider counts as another account's",
        "saml-without-audience",
    ),
    "iam-user-guide--confused-deputy.json": (
        STILL_OUTSIDE,
        "trusts-unknown-account",
        "trusts-whole-external-account",
        "weak-external-id",
    ),
    "iam-user-guide--id-roles-providers-saml.json": (
        "`ForAllValues` on an affiliation lets in who has none: so it stands in AWS's own example",
        "absent-key-passes",
    ),
    "kics--negative1.json": (
        STILL_OUTSIDE,
        "trusts-unknown-account",
        "trusts-whole-external-account",
        "weak-external-id",
    ),
    "kics--negative2.json": (
        STILL_OUTSIDE,
        "trusts-unknown-account",
        "trusts-whole-external-account",
        "vendor-without-external-id",
    ),
    "panther-analysis--aws-iam-role-github-actions-trust-7.json": (DEAD, "oidc-missing-aud"),
    "panther-analysis--aws-iam-role-github-actions-trust-9.json": (DEAD, "oidc-sub-any-ref"),
    "pathfinding-labs--cleanup-attack-2.json": (
        "`aws:username` leaves one user of the account: it is not trusted as a whole",
        "external-root",
    ),
    "terraform-aws-iam-role--86-description-2025-06-03.json": (
        "of providers of another account only SAML is looked for",
        "external-federated-provider",
    ),
    "terraform-aws-secure--event-bus-stackset-execution-role.json": (
        OTHER_PARTITION,
        "malformed-or-foreign-principal",
    ),
    "terraform-provider-databrick--data-aws-unity-catalog-assume-role-polic-2.json": (
        OTHER_PARTITION,
        "external-principal",
        "malformed-or-foreign-principal",
    ),
}


@cache
def read_index() -> tuple[dict[str, Any], ...]:
    lines = (FOLDER / "index.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def home_of(row: dict[str, Any], text: str) -> str:
    """The account that is stated, that of providers or sources where no other is named, or an unused one."""
    if row["home_account"]:
        return str(row["home_account"])
    if '"AWS"' not in text and '"Federated"' not in text:
        sources = set(SOURCE.findall(text))
        if len(sources) == 1:
            return str(sources.pop())
    providers = set(re.findall(r"arn:[\w-]+:iam::(\d{12}):(?:saml|oidc)-provider/", text))
    return providers.pop() if len(providers) == 1 and '"AWS"' not in text else UNUSED


@cache
def snapshot_of(file: str) -> Snapshot:
    row = next(row for row in read_index() if row["file"] == file)
    text = (FOLDER / file).read_text(encoding="utf-8")
    account = home_of(row, text)
    writes = InlinePolicy("writes", json.dumps(WRITES))
    role = Role(f"arn:aws:iam::{account}:role/target", account, "target", "/", "AROATARGET", text, inline=(writes,))
    return Snapshot("2026-11-20T06:00:00Z", "files", None, (AccountFacts(account, roles=(role,)),))


@cache
def checks_on(file: str) -> frozenset[str]:
    return frozenset(finding.check for finding in analyse(snapshot_of(file)).findings)


def differences() -> set[tuple[str, str]]:
    """(file, label) for what was not found, (file, check) for what was found beside the labels."""
    labels_of: dict[str, tuple[str, ...]] = {
        check: tuple(label for label, checks in MUST_FIND.items() if check in checks)
        for check in {check for checks in MUST_FIND.values() for check in checks} | set(EXPLAINED_BY)
    }
    found: set[tuple[str, str]] = set()
    for row in read_index():
        file, labels, checks = row["file"], set(row["label"]), checks_on(row["file"])
        found |= {(file, label) for label in labels & set(MUST_FIND) if not checks & set(MUST_FIND[label])}
        found |= {
            (file, check)
            for check in checks - set(UNLABELLED)
            if not labels & {*labels_of.get(check, ()), *EXPLAINED_BY.get(check, ())}
        }
    return found


def disagreement_lines() -> Iterator[str]:
    """The table of disagreements as a document, by reason; print it with `python -m tests.analysis.test_corpus`."""
    yield "# Where the checks and the labelled corpus disagree"
    yield ""
    yield "The corpus holds trust policies of public projects, each with labels that a person gave it. The checks find"
    yield "what the labels say, and nothing beside them, but for these policies. A test holds this table to the truth."
    yield ""
    yield "| policy | label not found, or check found beside the labels | why |"
    yield "|---|---|---|"
    for file, (reason, *items) in sorted(DISAGREEMENTS.items(), key=lambda row: (row[1][0], row[0])):
        yield f"| {file.removesuffix('.json')} | {', '.join(f'`{item}`' for item in items)} | {reason} |"
    yield ""
    yield "These checks are left out of the comparison, for no label speaks of what they look for:"
    yield ""
    for check, reason in UNLABELLED.items():
        yield f"- `{check}`: {reason}"


def test_the_document_shows_every_disagreement() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == "\n".join(disagreement_lines()) + "\n"


needs_corpus = pytest.mark.skipif(not FOLDER.exists(), reason="the corpus is not here")


@needs_corpus
def test_every_policy_of_the_corpus_is_analysed() -> None:
    assert len([checks_on(row["file"]) for row in read_index()]) > 300


@needs_corpus
def test_findings_agree_with_the_labels_but_for_the_differences_that_are_explained() -> None:
    explained = {(file, item) for file, (_, *items) in DISAGREEMENTS.items() for item in items}
    found = differences()

    assert sorted(found - explained) == []
    assert sorted(explained - found) == []


if __name__ == "__main__":
    print("\n".join(disagreement_lines()))
