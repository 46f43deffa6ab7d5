"""A snapshot file as large as the largest reviews, written from rows that are made up by number: no analysis runs.

Half a million roles that no two accounts share are the hardest case: every grant is an item of its own. Two in five
have a finding. One role of each hundred can be assumed by a whole account, one lets five thousand principals in.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trustview.analysis import (
    ASSUME,
    Analysis,
    Confidence,
    Edge,
    Finding,
    Fleet,
    Grant,
    Party,
    Reach,
    ReachKind,
    Severity,
    role_subject,
)
from trustview.policy import Privilege, read_principal
from trustview.snapshot import Account, AccountFacts, Organization, OrganizationalUnit, Role, Snapshot
from trustview.store import save_snapshot

ROLES_PER_ACCOUNT = 100
FOUND_OF_FIVE = 2
CROWD = 5_000
TAKEN_AT = "2026-11-20T06:00:00Z"

_UNITS = (
    "Infrastructure",
    "Security",
    "Sandbox",
    "Workloads",
    "Retail",
    "Payments",
    "Data",
    "Search",
    "Mobile",
    "Legacy",
)
_TEAMS = (
    "orders",
    "ledger",
    "catalog",
    "ingest",
    "etl",
    "billing",
    "search",
    "portal",
    "identity",
    "audit",
    "edge",
    "ml",
)
_TASKS = ("deployer", "reader", "pipeline", "exporter", "admin", "runner", "backup", "scanner", "proxy", "migration")
_CHECKS = ("trusts-unknown-account", "oidc-subject-too-wide", "vendor-without-external-id", "mfa-not-enforced",
           "cross-account-role-without-boundary", "trusts-whole-organization", "confused-deputy")  # fmt: skip
_PARTIES = tuple(Party)
_REACHES = tuple(map(Reach, ReachKind))
_PRIVILEGES = tuple(Privilege)
_SEVERITIES = (Severity.CRITICAL, *[Severity.HIGH] * 4, *[Severity.MEDIUM] * 8, *[Severity.LOW] * 6, Severity.INFO)
_POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},'
    '"Action":"sts:AssumeRole"}]}'
)


def write_review(folder: Path, roles: int) -> Path:
    """Write a snapshot of so many roles into a folder; its file."""
    accounts = [f"{100_000_000_000 + 7_919 * number}" for number in range(max(1, roles // ROLES_PER_ACCOUNT))]
    made = [_role(number, accounts) for number in range(roles)]
    grants = tuple(_grant(number, role, accounts) for number, role in enumerate(made))
    facts = tuple(
        AccountFacts(account, roles=tuple(made[n * ROLES_PER_ACCOUNT : (n + 1) * ROLES_PER_ACCOUNT]), read_at=TAKEN_AT)
        for n, account in enumerate(accounts)
    )
    analysis = Analysis(
        grants=grants,
        fleets=tuple(Fleet(g.fleet, _name_of(g.role), (g.id,), (g.account,)) for g in grants),
        edges=tuple(_edges(grants, made)),
        findings=tuple(_finding(number, grants[number]) for number in range(roles) if number % 5 < FOUND_OF_FIVE),
        remediations=(),
    )
    organization = Organization(
        "o-large", accounts[0], tuple(_units()), tuple(map(_account, range(len(accounts)), accounts))
    )
    return save_snapshot(
        folder, Snapshot(taken_at=TAKEN_AT, source="made up", organization=organization, accounts=facts), analysis
    )


def _units() -> Iterator[OrganizationalUnit]:
    yield OrganizationalUnit("r-1", "Root", "")
    for number, name in enumerate(_UNITS):
        yield OrganizationalUnit(f"ou-{number}", name, "r-1")
        for tier, below in enumerate(("Prod", "Test", "Dev")):
            yield OrganizationalUnit(f"ou-{number}-{tier}", f"{name} {below}", f"ou-{number}")


def _account(number: int, account: str) -> Account:
    return Account(account, f"{_TEAMS[number % len(_TEAMS)]}-{number}", f"ou-{number % len(_UNITS)}-{number % 3}")


def _role(number: int, accounts: list[str]) -> Role:
    account = accounts[number // ROLES_PER_ACCOUNT]
    name = f"{_TEAMS[number % len(_TEAMS)]}-{_TASKS[number // 7 % len(_TASKS)]}-{number:x}"
    arn = f"arn:aws:iam::{account}:role/{name}"
    return Role(arn, account, name, "/", f"AROA{number:016X}", _POLICY % accounts[number * 31 % len(accounts)])


def _name_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def _grant(number: int, role: Role, accounts: list[str]) -> Grant:
    other = accounts[number * 31 % len(accounts)]
    return Grant(
        id=f"g{number:015x}",
        role=role.arn,
        account=role.account,
        statement=0,
        sid="",
        principal=read_principal("AWS", f"arn:aws:iam::{other}:root"),
        is_inverted=False,
        actions=("sts:AssumeRole",),
        conditions=(),
        party=_PARTIES[number % len(_PARTIES)],
        party_accounts=(other,),
        party_name=f"vendor-{number % 977}",
        reach=_REACHES[number // 3 % len(_REACHES)],
        privilege=_PRIVILEGES[number // 5 % len(_PRIVILEGES)],
        fleet=f"f{number:015x}",
    )


def _edges(grants: tuple[Grant, ...], roles: list[Role]) -> Iterator[Edge]:
    """The account into each role; of a hundred roles the first becomes ten others; into the first of all a crowd."""
    for number, grant in enumerate(grants):
        yield Edge(f"account:{grant.party_accounts[0]}", grant.role, ASSUME, grant.id, grant.reach)
        if number % ROLES_PER_ACCOUNT == 0:
            for step in range(1, 11):
                target = grants[(number * 31 + step * 101) % len(grants)]
                yield Edge(grant.role, target.role, ASSUME, target.id, target.reach)
    for role in roles[1 : CROWD + 1]:
        yield Edge(role.arn, roles[0].arn, ASSUME, grants[0].id, grants[0].reach)


def _finding(number: int, grant: Grant) -> Finding:
    return Finding(
        id=f"x{number:015x}",
        check=_CHECKS[number // 5 % len(_CHECKS)],
        severity=_SEVERITIES[number // 5 % len(_SEVERITIES)],
        confidence=Confidence.PROVEN,
        subject=role_subject(grant.role),
        statements=(0,),
        grants=(grant.id,),
        because=("an account outside the organization is trusted",),
    )
