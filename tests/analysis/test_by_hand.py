"""What people are told to do where no change of one thing does it: done as it is told, the finding is gone."""

import json
from typing import Any

from tests.analysis.small_organization import (
    ORGANIZATION,
    PROD,
    ROOT,
    SANDBOX,
    guardrail,
    policy,
    role,
    snapshot,
    trust,
    user,
)
from trustview.analysis import Finding, analyse
from trustview.analysis.checks.guardrail_exemption_can_be_taken import GUARD
from trustview.snapshot import GuardrailKind, InlinePolicy, Role, Snapshot

SERVICE, PARTNER = trust({"Service": "lambda.amazonaws.com"}), trust({"AWS": f"arn:aws:iam::{SANDBOX}:root"})
TAGGING = InlinePolicy("tag", policy({"Effect": "Allow", "Action": "iam:*", "Resource": "*"}))
EXEMPTING: dict[str, Any] = {
    "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {
        "aws:PrincipalOrgID": ORGANIZATION, "aws:ResourceTag/external-trust": "approved"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
}  # fmt: skip
RCP = guardrail(GuardrailKind.RCP, "outsiders", EXEMPTING, ROOT)


def found(facts: Snapshot, check: str) -> list[Finding]:
    return [finding for finding in analyse(facts).findings if finding.check == check]


def test_a_mixed_role_is_divided_by_its_statements() -> None:
    (finding,) = found(snapshot(role("both", policy(SERVICE, PARTNER, PARTNER))), "mixed-trust")

    assert finding.by_hand == (
        f"make a second role for `arn:aws:iam::{SANDBOX}:root`, with statements 1 and 2 of this trust policy and the "
        "permissions that they need",
        f"once they come by the second role, take `arn:aws:iam::{SANDBOX}:root` out of this one, and what only they "
        "needed",
    )
    divided = snapshot(role("machine", policy(SERVICE)), role("people", policy(PARTNER, PARTNER)))
    assert found(divided, "mixed-trust") == []


def test_a_statement_of_both_is_divided_by_its_principals() -> None:
    both = trust({"Service": "lambda.amazonaws.com", "AWS": f"arn:aws:iam::{SANDBOX}:root"})
    (finding,) = found(snapshot(role("both", policy(both))), "mixed-trust")

    assert finding.by_hand[1] == "of statement 0 take the principals of each role alone"


def tagger(name: str, account: str = PROD) -> Role:
    return role(name, policy(trust({"Service": "ec2.amazonaws.com"})), account, inline=(TAGGING,))


def test_the_statement_that_is_told_leaves_the_tag_to_the_role_that_may_exempt() -> None:
    anyone = user("ann", inline=(TAGGING,))
    facts = snapshot(tagger("any"), tagger(GUARD), anyone, guardrails=(RCP,))
    (finding,) = found(facts, "guardrail-exemption-can-be-taken")
    (told,) = finding.by_hand
    statement = json.loads(told[told.index("{") :])
    scp = guardrail(GuardrailKind.SCP, "tags", statement, ROOT)
    (left,) = found(snapshot(tagger("any"), tagger(GUARD), anyone, guardrails=(RCP, scp)), finding.check)

    assert len(finding.because[1].split("`arn:aws:iam::")) == 4
    assert left.because[1].endswith(f"can set that tag: `arn:aws:iam::{PROD}:role/{GUARD}`")
    assert found(snapshot(tagger("any"), anyone, guardrails=(RCP, scp)), finding.check) == []
