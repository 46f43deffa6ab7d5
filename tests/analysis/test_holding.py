"""What a role holds: what each policy gives alone, what all give together, and which guardrails are above it."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.analysis.small_organization import MANAGEMENT, PROD, policy, role, snapshot, trust
from trustview.analysis import HeldKind, Holding, read_holding
from trustview.policy import Privilege
from trustview.snapshot import GuardrailKind, GuardrailPolicy, InlinePolicy, ManagedPolicy, Role, Snapshot

TRUST = policy(trust({"AWS": PROD}))
PASS = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
RUN = {"Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def held(*policies: InlinePolicy, boundary: str = "", attached: tuple[str, ...] = (), **guardrails: str) -> Holding:
    """What a role with these policies holds; guardrails by kind, at the root."""
    one = replace(role("holder", TRUST), inline=policies, attached=attached, boundary=boundary)
    found = snapshot(one)
    above = tuple(
        GuardrailPolicy(f"p-{kind}", f"the {kind}", GuardrailKind[kind], text, ("r-1",))
        for kind, text in guardrails.items()
    )
    return read_holding(_with(found, above, boundary), one)


def _with(found: Snapshot, above: tuple[GuardrailPolicy, ...], boundary: str) -> Snapshot:
    organization = found.organization
    assert organization is not None
    accounts = tuple(
        replace(facts, policies=(ManagedPolicy(boundary, "fence", json.dumps(_document(READ))),))
        if boundary and facts.id == PROD
        else facts
        for facts in found.accounts
    )
    root = organization.path_to(PROD)[0]
    placed = tuple(replace(policy, targets=(root,)) for policy in above)
    return replace(found, accounts=accounts, organization=replace(organization, guardrails=placed))


def _document(*statements: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def inline(name: str, *statements: object) -> InlinePolicy:
    return InlinePolicy(name, json.dumps(_document(*statements)))


def verdicts(holding: Holding) -> dict[str, Privilege]:
    return {one.name: one.verdict.privilege for one in holding.policies if one.verdict is not None}


def test_two_policies_that_escalate_together_give_less_by_themselves() -> None:
    holding = held(inline("pass", PASS), inline("run", RUN))

    assert holding.verdict.privilege is Privilege.ESCALATING
    assert verdicts(holding)["run"] is Privilege.WRITE
    assert Privilege.ESCALATING not in verdicts(holding).values()


def test_the_statement_that_gives_it_is_named_and_no_other() -> None:
    holding = held(inline("mixed", READ, ADMIN, READ))

    assert holding.verdict.privilege is Privilege.ADMIN
    assert holding.policies[0].deciding == (1,)


def test_a_boundary_limits_the_whole_and_not_what_a_policy_says_by_itself() -> None:
    boundary = f"arn:aws:iam::{PROD}:policy/fence"
    holding = held(inline("all", ADMIN), boundary=boundary)

    assert verdicts(holding) == {"all": Privilege.ADMIN}
    assert holding.verdict.privilege is Privilege.READ_DATA
    (fence,) = [one for one in holding.policies if one.kind is HeldKind.BOUNDARY]
    assert fence.deciding == (0,)


def test_a_policy_that_was_not_read_has_no_verdict_and_is_said_to_be_missing() -> None:
    holding = held(attached=("arn:aws:iam::111111111111:policy/gone",))

    assert holding.is_unread
    assert verdicts(holding) == {}
    assert holding.policies[0].document == ""


def test_of_an_scp_only_the_denies_count_that_meet_what_the_policies_allow() -> None:
    scp = json.dumps(
        _document(
            ADMIN,
            {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
        )
    )
    holding = held(inline("read", READ), SCP=scp)
    (above,) = [one for one in holding.policies if one.kind is HeldKind.SCP]

    assert above.deciding == (2,)
    assert not above.is_plain


def test_an_rcp_bears_by_what_it_says_of_assuming_roles() -> None:
    everything = {**ADMIN, "Principal": "*"}
    deny = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
    rcp = json.dumps(_document({**deny, "Action": "s3:*"}, {**deny, "Action": "sts:AssumeRole"}))
    for text, deciding, is_plain in ((rcp, (1,), False), (json.dumps(_document(everything)), (), True)):
        (above,) = [one for one in held(RCP=text).policies if one.kind is HeldKind.RCP]
        assert (above.deciding, above.is_plain) == (deciding, is_plain)


def test_no_guardrail_is_above_the_management_account_or_a_service_linked_role() -> None:
    scp = GuardrailPolicy("p-1", "limit", GuardrailKind.SCP, json.dumps(_document(ADMIN)), ())
    for one in (
        Role(f"arn:aws:iam::{MANAGEMENT}:role/m", MANAGEMENT, "m", "/", "AROAM", TRUST),
        Role(f"arn:aws:iam::{PROD}:role/s", PROD, "s", "/aws-service-role/x.amazonaws.com/", "AROAS", TRUST),
    ):
        found = _with(snapshot(one), (scp,), "")
        assert not [held for held in read_holding(found, one).policies if not held.kind.is_identity]
