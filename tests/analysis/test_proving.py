"""What a proposed trust policy does: proved on the demo for every remediation, and told in words."""

from collections import Counter

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.small_organization import (
    DATADOG,
    ORGANIZATION,
    PROD,
    ROOT,
    SANDBOX,
    STRANGER,
    guardrail,
    organization,
    policy,
    snapshot,
    trust,
)
from trustview.analysis import (
    Change,
    ChangeKind,
    Remediation,
    analyse,
    describe_effect,
    describe_guardrail_effect,
    facts_about,
    prove_change,
    prove_effect,
    prove_guardrail,
)
from trustview.policy.narrowing import Verdict
from trustview.snapshot import GuardrailKind

FACTS = facts_about(organization(), PROD)
VENDOR = f"arn:aws:iam::{DATADOG}:root"
WITH_ID = {"StringEquals": {"sts:ExternalId": "a-long-enough-id"}}


def test_taking_a_principal_away_grants_nothing_new_and_names_who_loses() -> None:
    effect = prove_effect(policy(trust({"AWS": [VENDOR, STRANGER]})), policy(trust({"AWS": VENDOR})), FACTS)

    assert effect.verdict is Verdict.PROVED
    assert (effect.lost, effect.gained) == ((STRANGER,), ())
    assert dict(describe_effect(effect)) == {
        "proof": "proved: it grants nothing new",
        "loses": f"`{STRANGER}` loses the way in",
    }


def test_a_new_condition_takes_some_ways_in_and_not_all() -> None:
    effect = prove_effect(policy(trust({"AWS": VENDOR})), policy(trust({"AWS": VENDOR}, WITH_ID)), FACTS)

    assert effect.verdict is Verdict.PROVED
    assert (effect.lost, effect.whole) == ((VENDOR,), frozenset())
    assert ("loses", f"`{VENDOR}` loses some of its ways in") in describe_effect(effect)


def test_what_widens_is_never_called_proved() -> None:
    effect = prove_effect(policy(trust({"AWS": VENDOR}, WITH_ID)), policy(trust({"AWS": [VENDOR, STRANGER]})), FACTS)

    assert effect.verdict is Verdict.WIDER
    assert set(effect.gained) == {VENDOR, STRANGER}


def test_a_condition_on_the_organization_is_known_to_hold_for_its_members() -> None:
    member = f"arn:aws:iam::{SANDBOX}:root"
    inside = {"StringEquals": {"aws:PrincipalOrgID": organization().id}}
    effect = prove_effect(policy(trust({"AWS": member})), policy(trust({"AWS": member}, inside)), FACTS)
    back = prove_effect(policy(trust({"AWS": member}, inside)), policy(trust({"AWS": member})), FACTS)

    assert (effect.verdict, effect.lost) == (Verdict.PROVED, ())
    assert back.verdict is Verdict.PROVED


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_what_is_no_policy_proves_nothing(text: str) -> None:
    assert prove_effect(text, policy(trust({"AWS": VENDOR})), FACTS).verdict is not Verdict.PROVED


def test_every_remediation_of_the_demo_is_proved_or_says_why_not() -> None:
    snapshot = acme_snapshot()
    verdicts: Counter[Verdict] = Counter()
    for remediation in analyse(snapshot).remediations:
        role = snapshot.roles_by_arn.get(remediation.subject)
        if role is None:  # a guardrail's, not a role's
            continue
        effect = prove_effect(role.trust_policy, remediation.policy, facts_about(snapshot.organization, role.account))
        verdicts[effect.verdict] += 1
        assert effect.verdict is Verdict.PROVED or effect.reason, remediation.subject

    assert verdicts[Verdict.PROVED] >= 20
    assert verdicts[Verdict.PROVED] >= 0.8 * verdicts.total()


# ── a value that is to be agreed ─────────────────────────────────────────────────────────────────────────────────

WEAK = policy(trust({"AWS": VENDOR}, {"StringLike": {"sts:ExternalId": "acme*"}}))
RENEW = Change(
    ChangeKind.REPLACE_CONDITION, 0, "", operator="StringEquals", key="sts:ExternalId",
    values=("0f12fb69abc7a11e370931c8896a040f",), old_operator="StringLike",
)  # fmt: skip


def test_a_new_external_id_is_told_as_all_that_is_new() -> None:
    effect = prove_change(WEAK, [RENEW], FACTS)

    assert (effect.verdict, effect.but_for, effect.gained) == (Verdict.WIDER, "the new ExternalId", ())
    assert describe_effect(effect)[0] == (
        "proof",
        "proved but for the new ExternalId: apart from that value it grants nothing new",
    )


def test_a_new_external_id_hides_nothing_else_that_widens() -> None:
    widen = Change(ChangeKind.REPLACE_PRINCIPAL, 0, "", principal_kind="AWS", principal=VENDOR, values=("*",))
    effect = prove_change(WEAK, [RENEW, widen], FACTS)

    assert (effect.verdict, effect.but_for) == (Verdict.WIDER, "")
    assert effect.gained


# ── guardrails ───────────────────────────────────────────────────────────────────────────────────────────────────

_OUTSIDERS = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}
NO_OUTSIDERS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sts:AssumeRole",
    "Resource": "*",
    "Condition": _OUTSIDERS,
}
RCP = guardrail(GuardrailKind.RCP, "outsiders", NO_OUTSIDERS, ROOT)


def test_the_rcp_that_is_proposed_for_the_organization_is_proved() -> None:
    there = organization()
    (proposed,) = [one for one in analyse(snapshot()).remediations if one.subject == there.id]
    effect = prove_guardrail(proposed, there)

    assert effect.verdict is Verdict.PROVED
    assert describe_guardrail_effect(effect) == (("proof", "proved: it lets nothing through that is stopped today"),)


def test_to_spare_services_lets_them_through_and_says_so() -> None:
    there = organization(RCP)
    (proposed,) = [one for one in analyse(snapshot(guardrails=(RCP,))).remediations if one.subject == RCP.id]
    effect = prove_guardrail(proposed, there)
    ((label, sentence),) = describe_guardrail_effect(effect)

    assert (effect.verdict, label) == (Verdict.WIDER, "proof")
    assert "for example `sts:AssumeRole` by an AWS service" in sentence


def test_an_scp_is_held_against_its_own_text() -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    leaving = {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
    there = organization(guardrail(GuardrailKind.SCP, "own", everything, ROOT))

    assert prove_guardrail(Remediation("p-own", (), policy(everything, leaving), ()), there).verdict is Verdict.PROVED
    assert prove_guardrail(Remediation("p-own", (), policy(leaving), ()), there).verdict is Verdict.PROVED
    bare = organization(guardrail(GuardrailKind.SCP, "own", leaving, ROOT))
    told = prove_guardrail(Remediation("p-own", (), policy(everything), ()), bare)
    assert told.verdict is Verdict.WIDER
    assert "by `arn:aws:iam::" in told.reason


def test_what_nobody_can_tell_of_a_guardrail_is_told_with_the_reason() -> None:
    odd = NO_OUTSIDERS | {"Condition": {"StringIs": {"aws:PrincipalOrgID": ORGANIZATION}}}
    there = organization(guardrail(GuardrailKind.RCP, "odd", odd, ROOT))
    effect = prove_guardrail(Remediation("p-odd", (), policy(), ()), there)

    assert effect.verdict is Verdict.UNKNOWN
    assert "cannot be told" in describe_guardrail_effect(effect)[0][1]
