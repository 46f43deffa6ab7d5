"""The graph against a second reading of the rules: it misses nobody and invents nobody.

The second reading (`tests/policy/second_reading.py`) shares nothing with the product: no powers, no doors, no open
contexts. It is asked of pairs of a caller and a role, once per completion of what a request may carry; slow and plain.
`CROSS_CHECK=200` takes that many organizations instead of a few.
"""

import itertools
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.analysis.random_organization import (
    ACCOUNTS,
    FULL,
    ORGANIZATION,
    OUTSIDER,
    PARENTS,
    PROVIDER,
    RandomOrganization,
)
from tests.policy.second_reading import decide
from trustview.analysis import ASSUME, Analysis, Edge, ReachKind, analyse
from trustview.analysis.access import Access
from trustview.analysis.grant import Reach
from trustview.analysis.reach import ask_reach, represent_principal
from trustview.snapshot import GuardrailKind, Role, Snapshot, User

SEEDS = range(int(os.environ.get("CROSS_CHECK", "5")))
PAIRS = 30

Case = dict[str, Any]


# ── the slow side ────────────────────────────────────────────────────────────────────────────────────────────────


def guardrails(snapshot: Snapshot, account: str, kind: GuardrailKind) -> list[list[Any]]:
    """The levels above an account, read from the snapshot by hand; management is bound by none."""
    organization = snapshot.organization
    assert organization
    if account not in ACCOUNTS or account == organization.management_account:
        return []
    path = ["r-root", *([PARENTS[account]] if PARENTS[account] != "r-root" else []), account]
    return [
        [json.loads(g.document) for g in organization.guardrails if g.kind is kind and place in g.targets]
        for place in path
    ]


def own_policies(snapshot: Snapshot, principal: Role | User) -> list[Any]:
    facts = next(facts for facts in snapshot.accounts if facts.id == principal.account)
    texts = [policy.document for policy in principal.inline]
    if isinstance(principal, User):
        texts += [p.document for group in facts.groups if group.name in principal.groups for p in group.inline]
    return [json.loads(text) for text in texts]


def boundary(snapshot: Snapshot, principal: Role | User) -> Any:  # noqa: ANN401
    found = [p for facts in snapshot.accounts for p in facts.policies if p.arn == principal.boundary]
    return json.loads(found[0].document) if found else None


def path_of(account: str) -> str:
    above = "r-root" if PARENTS[account] == "r-root" else f"r-root/{PARENTS[account]}"
    return f"{ORGANIZATION}/{above}/"


def of_role(role: Role) -> Case:
    context = {"aws:ResourceAccount": role.account, "aws:ResourceOrgID": ORGANIZATION, "aws:SecureTransport": "true"}
    tags = {f"{prefix}:ResourceTag/{key}": value for prefix in ("aws", "iam") for key, value in role.tags}
    return {**context, **tags, "aws:ViaAWSService": "false", "sts:RoleSessionName": "s"}


def completions(*choices: list[Case]) -> Iterator[Case]:
    for combination in itertools.product(*choices):
        yield {key: value for part in combination for key, value in part.items()}


EXTERNAL_ID: list[Case] = [{}, {"sts:ExternalId": "x-1"}, {"sts:ExternalId": "other"}]
SOURCE: list[Case] = [{}, {"aws:SourceIp": "10.1.2.3"}, {"aws:SourceIp": "8.8.8.8"}]
ABSENT_OR_FALSE: list[Case] = [{}, {"aws:MultiFactorAuthPresent": "false"}]
MFA: list[Case] = [*ABSENT_OR_FALSE, {"aws:MultiFactorAuthPresent": "true"}]


def tags_of(principal: Role | User) -> list[Case]:
    """The tags of a caller; a role's sessions carry what was passed where its trust policy lets tags be passed."""
    own: Case = {f"aws:PrincipalTag/{key}": value for key, value in principal.tags}
    may_pass = isinstance(principal, Role) and any(
        action in ("sts:TagSession", "sts:*")
        for statement in json.loads(principal.trust_policy)["Statement"]
        if statement["Effect"] == "Allow"
        for action in (statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
    )
    return [own, *({"aws:PrincipalTag/team": team} for team in ("red", "blue", "app") if may_pass)]


def outcomes_of_ours(snapshot: Snapshot, principal: Role | User, role: Role) -> set[str]:
    case = {
        "principal": principal.arn,
        "action": "sts:AssumeRole",
        "resource": role.arn,
        "resource_account": role.account,
        "trust_policy": json.loads(role.trust_policy),
        "identity_policies": own_policies(snapshot, principal),
        "permissions_boundary": boundary(snapshot, principal),
        "session_policy": None,
        "scps": guardrails(snapshot, principal.account, GuardrailKind.SCP),
        "rcps": guardrails(snapshot, role.account, GuardrailKind.RCP),
    }
    known: Case = {
        **of_role(role),
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalOrgID": ORGANIZATION,
        "aws:PrincipalOrgPaths": [path_of(principal.account)],
        "aws:PrincipalIsAWSService": "false",
    }
    mfa = MFA if isinstance(principal, User) else ABSENT_OR_FALSE
    return {
        decide({**case, "context": {**known, **more}})
        for more in completions(mfa, EXTERNAL_ID, SOURCE, tags_of(principal))
    }


def outcomes_of_others(snapshot: Snapshot, role: Role, principal: str, action: str, *choices: list[Case]) -> set[str]:
    case = {
        "principal": principal,
        "action": action,
        "resource": role.arn,
        "resource_account": role.account,
        "trust_policy": json.loads(role.trust_policy),
        "identity_policies": [FULL],
        "permissions_boundary": None,
        "session_policy": None,
        "scps": [],
        "rcps": guardrails(snapshot, role.account, GuardrailKind.RCP),
    }
    return {decide({**case, "context": {**of_role(role), **more}}) for more in completions(*choices)}


# ── the comparison ───────────────────────────────────────────────────────────────────────────────────────────────


def widest(edges: list[Edge]) -> ReachKind | None:
    kinds = {edge.reach.kind for edge in edges if edge.reach.lets_in}
    return next((k for k in (ReachKind.OPEN, ReachKind.CONDITIONAL, ReachKind.UNKNOWN) if k in kinds), None)


def assumptions(analysis: Analysis, role: str) -> list[Edge]:
    """The steps into a role by assuming it."""
    return [edge for edge in analysis.graph.into(role) if edge.kind == ASSUME]


def disagreement(found: ReachKind | None, outcomes: set[str]) -> str:
    if found is None and outcomes & {"allowed", "conditional"}:
        return "missed"
    if found is ReachKind.OPEN and outcomes != {"allowed"}:
        return "said too much"
    return ""


def principals_of(snapshot: Snapshot) -> list[Role | User]:
    found: list[Role | User] = []
    for facts in snapshot.accounts:
        found += [*facts.roles, *facts.users]
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_of_our_principals_nobody_is_missed_and_nobody_invented(seed: int) -> None:
    snapshot = RandomOrganization(seed).snapshot
    analysis = analyse(snapshot, checks=())
    pairs = [(p, role) for role in snapshot.roles for p in principals_of(snapshot) if p.arn != role.arn]
    found = {
        (p.arn, role.arn): widest([edge for edge in assumptions(analysis, role.arn) if edge.source == p.arn])
        for p, role in pairs
    }
    # As many whom the graph lets in as others.
    inside = [(p, role) for p, role in pairs if found[p.arn, role.arn]]
    outside = [(p, role) for p, role in pairs if not found[p.arn, role.arn]]
    assert min(len(inside), len(outside)) >= PAIRS
    pick = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    for principal, role in (*pick.sample(inside, PAIRS), *pick.sample(outside, PAIRS)):
        outcomes = outcomes_of_ours(snapshot, principal, role)
        said = disagreement(found[principal.arn, role.arn], outcomes)
        assert not said, (said, principal, role, outcomes)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_outsiders_nobody_is_missed_and_nobody_invented(seed: int) -> None:
    snapshot = RandomOrganization(seed).snapshot
    analysis = analyse(snapshot, checks=())
    for role in snapshot.roles:
        edges = [edge for edge in assumptions(analysis, role.arn) if not is_for_members(edge)]
        for name in ("role/vendor", "role/stranger"):
            arn = f"arn:aws:iam::{OUTSIDER}:{name}"
            found = widest([edge for edge in edges if edge.source in (arn, f"account:{OUTSIDER}", "everyone")])
            answers = [outcomes_of_outsider(snapshot, role, arn, more) for more in ORGANIZATIONS]
            assert found or not set().union(*answers) & {"allowed", "conditional"}, (role, answers)
            # A crowd is open when some of those whom it means surely get in.
            assert found is not ReachKind.OPEN or {"allowed"} in answers, (role, answers)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_services_and_federated_callers_nobody_is_missed_and_nobody_invented(seed: int) -> None:
    snapshot = RandomOrganization(seed).snapshot
    analysis = analyse(snapshot, checks=())
    for role in snapshot.roles:
        edges = assumptions(analysis, role.arn)
        for caller, outcomes in no_principals(snapshot, role):
            by_name = widest([edge for edge in edges if edge.source == caller])
            # What is conditional with all keys given is not documented: whether `*` means them.
            said = disagreement(by_name, outcomes if by_name else outcomes - {"conditional"})
            assert not said, (said, caller, role, outcomes)


def is_for_members(edge: Edge) -> bool:
    """A grant to everyone that only lets members in is no way in for others."""
    return edge.source == "everyone" and bool(edge.reach.blocked_by)


ORGANIZATIONS: tuple[Case, ...] = ({}, {"aws:PrincipalOrgID": "o-else", "aws:PrincipalOrgPaths": ["o-else/r-1/"]})


def outcomes_of_outsider(snapshot: Snapshot, role: Role, arn: str, more: Case) -> set[str]:
    known = {"aws:PrincipalArn": arn, "aws:PrincipalAccount": OUTSIDER, "aws:PrincipalIsAWSService": "false", **more}
    tags: list[Case] = [{}, {"aws:PrincipalTag/team": "red"}, {"aws:PrincipalTag/team": "blue"}]
    parts = ([known], tags, ABSENT_OR_FALSE, EXTERNAL_ID)
    return outcomes_of_others(snapshot, role, arn, "sts:AssumeRole", *parts)


def no_principals(snapshot: Snapshot, role: Role) -> Iterator[tuple[str, set[str]]]:
    """Services and the tokens of a provider, with what the second reading says of each."""
    for service in ("ec2.amazonaws.com", "lambda.amazonaws.com"):
        known: Case = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": service}
        accounts: list[Case] = [{}, {"aws:SourceAccount": role.account}, {"aws:SourceAccount": OUTSIDER}]
        yield service, outcomes_of_others(snapshot, role, service, "sts:AssumeRole", [known], accounts)
    provider = f"arn:aws:iam::{role.account}:oidc-provider/{PROVIDER}"
    tokens: list[Case] = [
        {f"{PROVIDER}:sub": subject, f"{PROVIDER}:aud": "sts.amazonaws.com"}
        for subject in ("repo:acme/app:x", "repo:other/app:y")
    ]
    yield provider, outcomes_of_others(snapshot, role, provider, "sts:AssumeRoleWithWebIdentity", tokens)


# ── grouping changes nothing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(100, 100 + len(SEEDS)))
def test_groups_and_doors_say_of_each_pair_what_the_engine_says_of_it_alone(seed: int) -> None:
    snapshot = RandomOrganization(seed).snapshot
    access, analysis = Access(snapshot), analyse(snapshot, checks=())
    for role in snapshot.roles:
        into = {(edge.source, edge.reach.kind) for edge in assumptions(analysis, role.arn) if edge.reach.lets_in}
        for principal in principals_of(snapshot):
            if principal.arn == role.arn:
                continue
            one = represent_principal(access, role, principal)
            alone: Reach = ask_reach(access, role, one, access.trust_policy(role))
            found = {kind for source, kind in into if source == principal.arn}
            assert (alone.kind in found) if alone.lets_in else not found, (principal, role, alone, found)


def test_every_step_names_a_grant_of_its_role() -> None:
    analysis: Analysis = analyse(RandomOrganization(5).snapshot, checks=())
    for role in {grant.role for grant in analysis.grants}:
        for edge in assumptions(analysis, role):
            assert analysis.grants_by_id[edge.grant].role == role
