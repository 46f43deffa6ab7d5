"""What is worked out anew where roles changed is what a whole analysis of the changed snapshot says.

`REANALYSE=100` takes that many organizations instead of a few.
"""

import json
import os
import random
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.random_organization import RandomOrganization
from trustview.analysis import CHECKS, Analysis, Settings, analyse, chains_into
from trustview.analysis.reanalyse import reanalyse
from trustview.analysis.settings import Thresholds
from trustview.snapshot import InlinePolicy, Role, Snapshot

# So that a few principals count as many.
FEW = Settings(thresholds=Thresholds(many_principals=3))
SEEDS = range(int(os.environ.get("REANALYSE", "4")))


@cache
def acme() -> Analysis:
    return analyse(acme_snapshot())


def compared(analysis: Analysis, snapshot: Snapshot) -> dict[str, Any]:
    """All that an analysis says, steps in the place of edges; of itself a role is told only where it is named."""
    steps = {
        role.arn: sorted(
            {(s.source, s.kind, s.grant, s.reach.kind) for s in analysis.graph.into(role.arn) if s.source != role.arn}
        )
        for role in snapshot.roles
    }
    return {
        "grants": analysis.grants,
        "fleets": analysis.fleets,
        "findings": analysis.findings,
        "remediations": analysis.remediations,
        "steps": steps,
        "outgoing": {
            role.arn: sorted(
                {(s.target, s.kind, s.grant) for s in analysis.graph.out_of(role.arn) if s.target != role.arn}
            )
            for role in snapshot.roles
        },
    }


def hold(before: Snapshot, today: Analysis, *roles: Role) -> Analysis:
    after = before.with_roles(roles)
    anew, whole = reanalyse(before, today, after, [role.arn for role in roles]), analyse(after, settings=today.settings)
    said, wanted = compared(anew, after), compared(whole, after)
    for part, value in wanted.items():
        assert said[part] == value, part
    return anew


def swapped(pick: random.Random, snapshot: Snapshot, count: int) -> list[Role]:
    """Some roles, each with the trust policy of another, its account put in the place of the other's."""
    roles = pick.sample(snapshot.roles, 2 * count)
    return [
        replace(role, trust_policy=other.trust_policy.replace(other.account, role.account))
        for role, other in zip(roles[:count], roles[count:], strict=True)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_organizations(seed: int) -> None:
    snapshot = RandomOrganization(seed).snapshot
    today, pick = analyse(snapshot, settings=FEW), random.Random(seed)  # noqa: S311 -- reproducible, not secret
    for count in (1, 1, 2, 3):
        hold(snapshot, today, *swapped(pick, snapshot, count))


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_the_demo(seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    changed = (*swapped(pick, acme_snapshot(), 1), *otherwise(pick, acme_snapshot(), 2))
    hold(acme_snapshot(), acme(), *{role.arn: role for role in changed}.values())


def test_a_chain_ends_where_its_middle_is_cut_and_comes_back_with_it() -> None:
    snapshot, today = acme_snapshot(), acme()
    chain = next(f for f in today.findings if f.check == "escalation-chain")
    middle = next(c for c in chains_into(today.graph, chain.role) if len(c.steps) == 3).steps[1].target
    shut = replace(
        snapshot.roles_by_arn[middle],
        trust_policy=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*"}]}),
    )
    after = hold(snapshot, today, shut)
    again = reanalyse(snapshot.with_roles([shut]), after, snapshot, [middle])

    assert chain.id not in {finding.id for finding in after.findings}
    assert compared(again, snapshot) == compared(today, snapshot)


POWERS: tuple[tuple[object, object], ...] = (
    ("*", "*"),
    ("iam:*", "*"),
    (["iam:CreateAccessKey", "iam:UpdateAssumeRolePolicy"], "arn:aws:iam::*:*"),
    ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::*:role/app*"),
    (["iam:AttachRolePolicy", "sts:AssumeRole"], "arn:aws:iam::*:role/*deploy*"),
    (["iam:PassRole", "lambda:*", "ec2:*"], "*"),
    (["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "*"),
    ("sts:AssumeRole", "*"),
    ("s3:GetObject", "*"),
)


def otherwise(pick: random.Random, snapshot: Snapshot, count: int) -> list[Role]:
    """Some roles, each with other permissions, another boundary, other tags; some with another trust policy too."""
    return [_otherwise(pick, role, pick.choice(snapshot.roles)) for role in pick.sample(snapshot.roles, count)]


def _otherwise(pick: random.Random, role: Role, other: Role) -> Role:
    action, resource = pick.choice(POWERS)
    effect = pick.choice(("Allow", "Allow", "Allow", "Deny"))
    document = {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}
    powerful = InlinePolicy("new", json.dumps(document))
    kind = pick.randrange(6)
    if kind == 0:
        return replace(role, tags=(("team", pick.choice(("red", "blue", "green"))),))
    if kind == 1:
        return replace(role, boundary="" if role.boundary else f"arn:aws:iam::{role.account}:policy/b")
    if kind == 2:
        return replace(role, inline=other.inline, tags=other.tags)
    if kind == 3:
        trust = other.trust_policy.replace(other.account, role.account)
        return replace(role, inline=(powerful,), trust_policy=trust)
    return replace(role, inline=(powerful,) if kind == 4 else (*role.inline, powerful))


@pytest.mark.parametrize("seed", SEEDS)
def test_random_permissions(seed: int) -> None:
    snapshot = RandomOrganization(seed).snapshot
    today, pick = analyse(snapshot, settings=FEW), random.Random(seed)  # noqa: S311 -- reproducible, not secret
    for count in (1, 1, 2):
        hold(snapshot, today, *otherwise(pick, snapshot, count))


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_one_change_after_the_other(seed: int) -> None:
    snapshot = RandomOrganization(seed).snapshot
    today, pick = analyse(snapshot, settings=FEW), random.Random(seed)  # noqa: S311 -- reproducible, not secret
    for change in (otherwise, swapped, otherwise):
        roles = change(pick, snapshot, 1)
        snapshot, today = snapshot.with_roles(roles), hold(snapshot, today, *roles)


def test_another_name_is_analysed_as_a_whole() -> None:
    snapshot = RandomOrganization(3).snapshot
    role = snapshot.roles[0]
    hold(snapshot, analyse(snapshot), replace(role, arn=f"{role.arn}-new", name=f"{role.name}-new", id="AROANEW"))


def test_a_longer_session_bears_on_the_role_alone() -> None:
    snapshot = acme_snapshot()
    role = next(role for role in snapshot.roles if role.name == "release-admin")
    hold(snapshot, acme(), replace(role, max_session_seconds=43200))


def test_every_check_that_looks_at_one_role_finds_on_it_the_same_alone() -> None:
    snapshot = acme_snapshot()
    assert {check.id for check in CHECKS if check.of_all} >= {"escalation-chain", "reused-external-id"}
    # Held for each of them by the tests above: a check that is not marked as `of_all` is asked of changed roles alone.
    names = ("unused-role", "trusts-account-root", "confused-deputy")
    roles = dict.fromkeys(next(f.role for f in acme().findings if f.check == name) for name in names)
    hold(snapshot, acme(), *(replace(snapshot.roles_by_arn[role], max_session_seconds=7200) for role in roles))
