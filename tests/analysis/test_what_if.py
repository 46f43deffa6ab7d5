"""What a change would do: which findings it ends, which it brings, and who loses the way in."""

from dataclasses import replace

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.small_organization import (
    ADMINISTRATOR,
    MANAGEMENT,
    PROD,
    SANDBOX,
    STRANGER,
    may_assume,
    policy,
    role,
    snapshot,
    trust,
)
from trustview.analysis import CHECKS_BY_ID, WhatIf, analyse, apply_changes, what_if
from trustview.analysis.what_if import OF_THE_PAST
from trustview.snapshot import Role, Snapshot

ONE, TWO = (f"arn:aws:iam::{MANAGEMENT}:role/{name}" for name in ("one", "two"))


def organization(*roles: Role) -> Snapshot:
    able = (role(name, policy(), MANAGEMENT, inline=may_assume()) for name in ("one", "two"))
    return snapshot(*roles, *able)


def change(before: Snapshot, *roles: Role) -> WhatIf:
    return what_if(before, analyse(before), roles)


def checks(findings: object) -> set[str]:
    assert isinstance(findings, tuple)
    return {finding.check for finding in findings}


def test_who_is_no_longer_meant_loses_the_way_in_and_nobody_gains_one() -> None:
    before = role("target", policy(trust({"AWS": MANAGEMENT})))
    found = change(organization(before), replace(before, trust_policy=policy(trust({"AWS": ONE}))))

    assert {step.source for step in found.lost} == {f"account:{MANAGEMENT}", TWO}
    assert found.gained == ()


def test_whom_a_change_lets_in_gains_a_way_and_the_finding_is_new() -> None:
    before = role("target", policy(trust({"AWS": ONE})))
    found = change(organization(before), replace(before, trust_policy=policy(trust({"AWS": [ONE, STRANGER]}))))

    assert {step.source for step in found.gained} == {f"account:{STRANGER}"}
    assert "trusts-unknown-account" in checks(found.new)
    assert found.lost == ()
    assert found.gone == ()


def test_what_a_role_may_do_no_more_it_loses_and_what_it_may_do_anew_it_gains() -> None:
    able = role("able", policy(trust({"Service": "ec2.amazonaws.com"})), inline=may_assume())
    target = role("target", policy(trust({"AWS": able.account})))
    unable = replace(able, inline=())
    there, back = change(organization(able, target), unable), change(organization(unable, target), able)

    assert {(step.source, step.target) for step in there.lost} == {(able.arn, target.arn)} >= set(there.gained)
    assert {(step.source, step.target) for step in back.gained} == {(able.arn, target.arn)} >= set(back.lost)


def test_what_becomes_worse_is_new_and_what_becomes_milder_is_not_gone() -> None:
    mild = role("target", policy(trust({"AWS": STRANGER})))
    worse = replace(mild, attached=(ADMINISTRATOR,))
    there, back = change(organization(mild), worse), change(organization(worse), mild)

    assert "trusts-unknown-account" in checks(there.new)
    assert "trusts-unknown-account" not in checks(there.gone) | checks(back.gone) | checks(back.new)
    assert "external-role-is-admin" in checks(back.gone)


def test_the_same_said_in_other_words_is_neither_gone_nor_new() -> None:
    before = role("target", policy(trust({"AWS": STRANGER})))
    same = trust({"AWS": f"arn:aws:iam::{STRANGER}:root"})
    found = change(organization(before), replace(before, trust_policy=policy({"Sid": "Named", **same})))

    assert checks(found.gone) == checks(found.new) == set()


def test_a_change_of_one_role_ends_a_chain_that_ends_elsewhere() -> None:
    door = role("door", policy(trust({"AWS": STRANGER})), inline=may_assume())
    admin = role("admin", policy(trust({"AWS": door.arn})), attached=(ADMINISTRATOR,))
    found = change(organization(door, admin), replace(door, trust_policy=policy(trust({"AWS": ONE}))))

    assert ("escalation-chain", admin.arn) in {(finding.check, finding.role) for finding in found.gone}


def test_a_role_that_is_not_there_is_added_to_its_account() -> None:
    facts = organization(role("target", policy(trust({"AWS": ONE}))))
    found = change(facts, role("new", policy(trust({"AWS": "*"})), SANDBOX))

    assert "role-open-to-everyone" in checks(found.new)
    assert found.snapshot.roles_by_arn.keys() - facts.roles_by_arn.keys() == {f"arn:aws:iam::{SANDBOX}:role/new"}


def test_a_role_of_an_account_that_was_not_read_cannot_be_added() -> None:
    with pytest.raises(KeyError):
        organization().with_roles([role("new", policy(), STRANGER)])


def test_everything_else_of_the_snapshot_stays() -> None:
    facts = organization(role("target", policy(trust({"AWS": ONE}))))
    changed = facts.with_roles([replace(facts.roles_by_arn[ONE], description="changed")])

    assert replace(changed, accounts=()) == replace(facts, accounts=())
    assert [account.id for account in changed.accounts] == [account.id for account in facts.accounts]
    assert {r.arn for r in changed.roles if r != facts.roles_by_arn[r.arn]} == {ONE}
    assert PROD in changed.facts_by_account


def test_of_the_demo_no_role_is_changed_without_its_own_findings_being_told() -> None:
    facts = acme_snapshot()
    today = analyse(facts)
    mended = next(found for found in today.remediations if found.subject in facts.roles_by_arn and found.closes)
    before = facts.roles_by_arn[mended.subject]
    found = what_if(facts, today, [replace(before, trust_policy=apply_changes(before.trust_policy, mended.changes))])

    assert {finding.role for finding in found.gone} >= {mended.subject}
    assert found.new == ()


def test_what_is_left_out_as_of_the_past_are_checks() -> None:
    assert set(CHECKS_BY_ID) >= OF_THE_PAST
