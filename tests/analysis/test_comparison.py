"""What changed in effect between two analyses."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.small_organization import DATADOG, PROD, STRANGER, guardrail, policy, role, snapshot, trust
from trustview.analysis import EffectKind, Grant, GrantDifference, ReachKind, analyse, compare_grants
from trustview.snapshot import GuardrailKind, InlinePolicy, Snapshot

VENDOR = f"arn:aws:iam::{DATADOG}:root"
OUTSIDERS_KEPT_OUT = guardrail(
    GuardrailKind.RCP,
    "outsiders",
    {
        "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*",
        "Condition": {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-smallorg01"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    },
    PROD,
)  # fmt: skip


def grants(of: Snapshot) -> Sequence[Grant]:
    return analyse(of).grants


def compare(old: Snapshot, new: Snapshot) -> tuple[GrantDifference, ...]:
    return compare_grants(grants(old), grants(new))


def vendor(condition: object = None, **more: Any) -> Snapshot:  # noqa: ANN401
    return snapshot(role("reader", policy(trust({"AWS": VENDOR}, condition)), **more))


def test_nothing_changed() -> None:
    assert compare(vendor(), vendor()) == ()


def test_a_grant_of_a_new_principal_is_new_and_the_other_way_round_gone() -> None:
    alone = vendor()
    both = snapshot(role("reader", policy(trust({"AWS": [VENDOR, STRANGER]}))))

    assert [(one.kind, one.grant.principal.value) for one in compare(alone, both)] == [(EffectKind.NEW, STRANGER)]
    assert [(one.kind, one.grant.principal.value) for one in compare(both, alone)] == [(EffectKind.GONE, STRANGER)]


def test_a_condition_that_is_gone_is_told() -> None:
    (one,) = compare(vendor({"StringEquals": {"sts:ExternalId": "a-long-enough-id"}}), vendor())

    assert one.kind is EffectKind.REWORDED
    assert one.because == (
        "no longer tests `sts:ExternalId` with `StringEquals` for `a-long-enough-id`",
        "reach was conditional, is open",
    )


@pytest.mark.parametrize("spelling", ["sts:ExternalId", "STS:externalid"])
def test_the_order_of_values_and_the_case_of_keys_are_no_change(spelling: str) -> None:
    was = vendor({"StringEquals": {"sts:ExternalId": ["one-long-id", "two-long-id"]}})

    assert compare(was, vendor({"StringEquals": {spelling: ["two-long-id", "one-long-id"]}})) == ()


def test_the_same_words_with_a_guardrail_gone_are_a_change_of_effect() -> None:
    reader = role("reader", policy(trust({"AWS": VENDOR})))
    (one,) = compare(snapshot(reader, guardrails=(OUTSIDERS_KEPT_OUT,)), snapshot(reader))

    assert one.kind is EffectKind.EFFECT_CHANGED
    assert one.old is not None
    assert one.old.reach.kind is ReachKind.BLOCKED
    (because,) = one.because
    assert because.startswith("reach was blocked by")
    assert because.endswith("is open")


def test_the_same_words_on_a_role_that_may_do_more_are_a_change_of_effect() -> None:
    everything = InlinePolicy("all", policy({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    (one,) = compare(vendor(), vendor(inline=(everything,)))

    assert one.because == ("the role's privilege was none, is admin",)


def test_nothing_is_said_of_accounts_that_one_side_could_not_read() -> None:
    was, now = vendor(), snapshot()

    assert compare_grants(grants(was), grants(now), frozenset({PROD})) == ()
    assert [one.kind for one in compare_grants(grants(was), grants(now))] == [EffectKind.GONE]


def test_a_deleted_role_takes_its_grants_with_it() -> None:
    assert [one.kind for one in compare(vendor(), snapshot())] == [EffectKind.GONE]
    assert [one.kind for one in compare(snapshot(), vendor())] == [EffectKind.NEW]


def test_the_demo_tells_the_guardrail_that_went_away_by_its_name() -> None:
    earlier, current = acme_snapshot("earlier"), acme_snapshot()
    found = {one.grant.role.rpartition("/")[2]: one for one in compare(earlier, current)}

    assert found["spot-fleet-manager"].kind is EffectKind.EFFECT_CHANGED
    assert "`Retail: only our organization becomes a role`" in found["spot-fleet-manager"].because[0]
    assert found["DatadogIntegrationRole"].kind is EffectKind.REWORDED
    assert found["external-auditor-2026"].kind is EffectKind.GONE
    assert found["nops-integration"].because == ("the role's privilege was read-config, is write",)


def test_roles_whose_words_and_effect_stayed_are_not_told() -> None:
    current = acme_snapshot()
    again = replace(current, taken_at="later")

    assert compare(current, again) == ()
