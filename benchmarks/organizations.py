"""A seeded generator of organizations as large as real ones: the same seed and size give the same organization.

Few templates repeat across accounts, with a long tail; hub accounts (management, security, CI, network, data) reach
into all others; three in five roles are services' own; vendors, guardrails, boundaries and groups are there.

`python -m benchmarks.organizations FOLDER` writes one as the files that `trustview import` reads.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import organization_templates as templates
from benchmarks.organization_templates import Statement
from trustview.export import write_organization
from trustview.snapshot import (
    Account,
    AccountFacts,
    Group,
    GuardrailKind,
    GuardrailPolicy,
    IdentityProvider,
    InlinePolicy,
    ManagedPolicy,
    Organization,
    OrganizationalUnit,
    ProviderKind,
    Role,
    Snapshot,
    User,
)

ROLES_PER_ACCOUNT = 100
TAKEN_AT = "2026-11-20T06:00:00Z"
_SERVICE_SHARE = 0.6
_LONG_TAIL_SHARE = 0.04
# So many roles are deployed all over the organization, and make up this share of an account.
_COMMON = 300
_COMMON_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class _Blueprint:
    """A role that is deployed to several accounts."""

    name: str
    trust: str
    permissions: tuple[str, ...]
    attached: tuple[str, ...]
    is_bounded: bool


def generate_snapshot(roles: int, seed: int = 7) -> Snapshot:
    """An organization of about this many roles, in accounts of a hundred on average."""
    return _Generator(roles, seed).snapshot()


class _Generator:
    """Everything that is decided once for an organization."""

    def __init__(self, roles: int, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 -- it must repeat
        count = max(len(templates.HUBS) + 3, roles // ROLES_PER_ACCOUNT)
        self._ids = [f"{100_000_000_000 + 7_919 * number + seed:012}" for number in range(1, count + 1)]
        self._hubs = dict(zip(templates.HUBS, self._ids, strict=False))
        self._roles = roles
        self._names = [f"platform-{number}" for number in range(_COMMON)]
        self._common = [self._blueprint(name) for name in self._names]
        self._of_team: dict[int, list[_Blueprint]] = {}

    def snapshot(self) -> Snapshot:
        accounts = tuple(self._account(number, account) for number, account in enumerate(self._ids))
        return Snapshot(TAKEN_AT, "aws", self._organization(), accounts)

    # ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────

    def _organization(self) -> Organization:
        units = tuple(OrganizationalUnit(*unit) for unit in templates.UNITS)
        accounts = tuple(Account(id_, self._name(n), self._parent(n)) for n, id_ in enumerate(self._ids))
        everywhere = tuple(unit.id for unit in units) + tuple(self._ids)
        full = [
            GuardrailPolicy(f"p-{kind.name}", f"Full{kind.name}", kind, _text(templates.FULL_ACCESS), everywhere)
            for kind in GuardrailKind
        ]
        own = [
            GuardrailPolicy(f"p-{name}", name, GuardrailKind[kind], _text(statements), targets)
            for kind, name, statements, targets in templates.GUARDRAILS
        ]
        return Organization(templates.ORGANIZATION_ID, self._hubs["management"], units, accounts, (*full, *own))

    def _name(self, number: int) -> str:
        return templates.HUBS[number] if number < len(templates.HUBS) else f"workload-{number}"

    def _parent(self, number: int) -> str:
        if number == 0:
            return "r-root"
        return "ou-security" if number < len(templates.HUBS) else ("ou-prod", "ou-test", "ou-sandbox")[number % 3]

    # ── an account ───────────────────────────────────────────────────────────────────────────────────────────

    def _account(self, number: int, account: str) -> AccountFacts:
        known = {**self._hubs, "own": account}
        roles = [self._baseline(known, *row) for row in templates.BASELINE]
        roles += [self._hub_role(known, *row[1:]) for row in templates.HUB_ROLES if self._hubs[row[0]] == account]
        share = self._random.randint(ROLES_PER_ACCOUNT // 2, ROLES_PER_ACCOUNT * 3 // 2)
        wanted = share if self._roles >= ROLES_PER_ACCOUNT * len(self._ids) else self._roles // len(self._ids)
        roles += [self._deployed(known, plan) for plan in self._plans(number, max(0, wanted - len(roles)))]
        github = f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
        sso = f"arn:aws:iam::{account}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
        return AccountFacts(
            account,
            self._name(number),
            roles=tuple(roles),
            users=tuple(self._user(account, place) for place in range(self._random.randint(0, 8))),
            groups=tuple(_groups(account)),
            policies=tuple(_managed(account)),
            providers=(
                IdentityProvider(
                    github, account, ProviderKind.OIDC, "token.actions.githubusercontent.com", ("sts.amazonaws.com",)
                ),
                IdentityProvider(sso, account, ProviderKind.SAML),
            ),
            read_at=TAKEN_AT,
        )

    def _baseline(
        self, known: dict[str, str], name: str, path: str, trust: tuple[Statement, ...], attached: tuple[str, ...]
    ) -> Role:
        external = f"{templates.ORGANIZATION_ID}-{name}"
        arns = tuple(f"arn:aws:iam::aws:policy/{policy}" for policy in attached)
        return self._role(known, name, path, _fill(trust, {**known, "external": external}), attached=arns)

    def _hub_role(self, known: dict[str, str], name: str, path: str, own: tuple[Statement, ...]) -> Role:
        trust = _fill((templates.allow({"Service": "ec2.amazonaws.com"}),), known)
        return self._role(known, name, path, trust, inline=(InlinePolicy("own", _fill(own, known)),))

    def _plans(self, number: int, count: int) -> list[_Blueprint]:
        """What an account deploys: some of what all have, and what its team has, in production, test and sandbox."""
        team = self._of_team.setdefault(number // 3, [])
        shared = min(int(count * _COMMON_SHARE), len(self._common))
        while len(team) < count - shared:
            team.append(self._blueprint(f"team{number // 3}-app-{len(team)}"))
        return [*self._random.sample(self._common, shared), *team[: count - shared]]

    def _blueprint(self, name: str) -> _Blueprint:
        """A role as a team wrote it once, for all accounts that it deploys to; `{own}` is left for these."""
        pick = self._random
        words = {
            **self._hubs,
            "app": name,
            "friend": pick.choice(self._names),
            "other": pick.choice(self._ids),
            "vendor": pick.choice(templates.VENDORS)[0],
            "external": f"{pick.randrange(10**12):012x}",
            "person": f"person-{pick.randrange(5)}",
            "unique": f"{pick.randrange(10**16):017d}",
        }
        if pick.random() < _SERVICE_SHARE:
            trust: tuple[Statement, ...] = (
                templates.allow({"Service": f"{pick.choice(templates.SERVICES)}.amazonaws.com"}),
            )
        else:
            trust = self._weighted(templates.APPLICATION_TRUSTS)
        permissions = [self._weighted(templates.PERMISSIONS) for _ in range(pick.randint(1, 2))]
        return _Blueprint(
            name,
            _fill(trust, words),
            tuple(_fill(own, words) for own in permissions),
            ("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",) if pick.random() < 0.4 else (),
            is_bounded=pick.random() < 0.1,
        )

    def _deployed(self, known: dict[str, str], plan: _Blueprint) -> Role:
        """A role of a blueprint in one account; a few were changed by hand."""
        own = {"own": known["own"]}
        trust = _put_in(plan.trust, own)
        if self._random.random() < _LONG_TAIL_SHARE:
            trust = trust.replace('"Effect"', f'"Sid": "Tail{self._random.randrange(10**9)}", "Effect"', 1)
        return self._role(
            known,
            plan.name,
            "/",
            trust,
            boundary=f"arn:aws:iam::{known['own']}:policy/Boundary" if plan.is_bounded else "",
            inline=tuple(InlinePolicy(f"own-{n}", _put_in(text, own)) for n, text in enumerate(plan.permissions)),
            attached=plan.attached,
            tags=(("app", plan.name),),
        )

    def _role(self, known: dict[str, str], name: str, path: str, trust: str, **more: Any) -> Role:  # noqa: ANN401
        arn = f"arn:aws:iam::{known['own']}:role{path}{name}"
        unique_id = f"AROA{self._random.randrange(10**16):017d}"
        created = f"20{self._random.randint(18, 25)}-0{self._random.randint(1, 9)}-11T09:00:00Z"
        return Role(arn, known["own"], name, path, unique_id, trust, created=created, **more)

    def _user(self, account: str, place: int) -> User:
        arn = f"arn:aws:iam::{account}:user/person-{place}"
        groups = self._random.choice(((), ("developers",), ("developers", "operators")))
        return User(arn, account, f"person-{place}", "/", f"AIDA{self._random.randrange(10**16):017d}", groups=groups)

    def _weighted(self, table: tuple[tuple[int, tuple[Statement, ...]], ...]) -> tuple[Statement, ...]:
        return self._random.choices([row[1] for row in table], weights=[row[0] for row in table])[0]


def _managed(account: str) -> Iterator[ManagedPolicy]:
    for name, statements in templates.MANAGED.items():
        yield ManagedPolicy(f"arn:aws:iam::aws:policy/{name}", name, _text(statements), "v1")
    limits = (templates.permit(["s3:*", "logs:*", "dynamodb:*", "sts:AssumeRole", "iam:PassRole"]),)
    yield ManagedPolicy(f"arn:aws:iam::{account}:policy/Boundary", "Boundary", _text(limits), "v3")


def _groups(account: str) -> Iterator[Group]:
    for name, attached in (("developers", "ReadOnlyAccess"), ("operators", "PowerUserAccess")):
        arn = f"arn:aws:iam::{account}:group/{name}"
        yield Group(
            arn, account, name, "/", f"AGPA{account}{name[:3].upper()}", (), (f"arn:aws:iam::aws:policy/{attached}",)
        )


def _text(statements: tuple[Statement, ...]) -> str:
    """A policy's JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _fill(statements: tuple[Statement, ...], words: dict[str, str]) -> str:
    """A policy's JSON text with the words of a role put in."""
    return _put_in(_text(statements), words)


def _put_in(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def account_details(facts: AccountFacts) -> dict[str, Any]:
    """What `aws iam get-account-authorization-details` answers for an account."""
    return {
        "RoleDetailList": [_role_detail(role) for role in facts.roles],
        "UserDetailList": [_user_detail(user) for user in facts.users],
        "GroupDetailList": [
            _named(group, "Group")
            | {"GroupPolicyList": _inline(group.inline), "AttachedManagedPolicies": _attached(group.attached)}
            for group in facts.groups
        ],
        "Policies": [_policy_detail(policy) for policy in facts.policies],
    }


def _named(value: Role | User | Group, kind: str) -> dict[str, Any]:
    created = getattr(value, "created", "") or TAKEN_AT
    return {
        "Path": value.path,
        f"{kind}Name": value.name,
        f"{kind}Id": value.id,
        "Arn": value.arn,
        "CreateDate": created,
    }


def _role_detail(role: Role) -> dict[str, Any]:
    detail = _named(role, "Role") | {
        "AssumeRolePolicyDocument": json.loads(role.trust_policy),
        "InstanceProfileList": [],
        "RolePolicyList": _inline(role.inline),
        "AttachedManagedPolicies": _attached(role.attached),
        "Tags": [{"Key": key, "Value": value} for key, value in role.tags],
        "RoleLastUsed": {},
    }
    return detail | _boundary(role.boundary)


def _user_detail(user: User) -> dict[str, Any]:
    detail = _named(user, "User") | {
        "UserPolicyList": _inline(user.inline),
        "GroupList": list(user.groups),
        "AttachedManagedPolicies": _attached(user.attached),
        "Tags": [],
    }
    return detail | _boundary(user.boundary)


def _boundary(arn: str) -> dict[str, Any]:
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    return {"PermissionsBoundary": boundary} if arn else {}


def _inline(policies: Iterable[InlinePolicy]) -> list[dict[str, Any]]:
    return [{"PolicyName": policy.name, "PolicyDocument": json.loads(policy.document)} for policy in policies]


def _attached(arns: Iterable[str]) -> list[dict[str, str]]:
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


def _policy_detail(policy: ManagedPolicy) -> dict[str, Any]:
    version = {
        "Document": json.loads(policy.document),
        "VersionId": policy.version,
        "IsDefaultVersion": True,
        "CreateDate": TAKEN_AT,
    }
    return {
        "PolicyName": policy.name,
        "PolicyId": f"ANPA{policy.name.upper()[:12]:0<17}",
        "Arn": policy.arn,
        "Path": "/",
        "DefaultVersionId": policy.version,
        "AttachmentCount": 1,
        "IsAttachable": True,
        "CreateDate": TAKEN_AT,
        "UpdateDate": TAKEN_AT,
        "PolicyVersionList": [version],
    }


def write_files(snapshot: Snapshot, folder: Path) -> None:
    """One file per account as the AWS CLI writes it, and the organization, as `trustview import` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    if snapshot.organization:
        text = write_organization(snapshot.organization)
        (folder / "organization.json").write_text(text, encoding="utf-8")
    for facts in snapshot.accounts:
        text = json.dumps(account_details(facts))
        (folder / f"{facts.id}.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Write the files of one organization."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--roles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write_files(generate_snapshot(arguments.roles, arguments.seed), arguments.folder)


if __name__ == "__main__":
    main()
