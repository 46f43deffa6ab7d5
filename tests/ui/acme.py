"""The demo's organization as a snapshot, without a server: the records of `trustview.demo` turned into values."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from trustview.analysis import Analysis, analyse
from trustview.demo import Acme, load_acme
from trustview.demo.records import Permissions
from trustview.demo.records import Role as DemoRole
from trustview.snapshot import (
    Account,
    AccountFacts,
    AccountStatus,
    Gap,
    GapKind,
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

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
TAKEN_AT = "2026-11-20T06:00:00Z"
_ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
_ADMIN_POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@cache
def acme_snapshot() -> Snapshot:
    """The whole organization as it stands at `NOW`; what a collector could not enter is a gap."""
    acme = load_acme("current", NOW)
    gaps = tuple(
        Gap(a.id, "", "", GapKind.DENIED, "`sts:AssumeRole` was refused")
        if a.refuses_hop
        else Gap(a.id, "", "", GapKind.SUSPENDED, "a suspended account cannot be entered")
        for a in acme.accounts
        if a not in acme.readable_accounts
    )
    return Snapshot(
        taken_at=TAKEN_AT,
        source="aws",
        organization=_organization(acme),
        accounts=tuple(_facts(acme, a.id) for a in acme.readable_accounts),
        gaps=gaps,
    )


@cache
def acme_analysis() -> Analysis:
    """What the snapshot means."""
    return analyse(acme_snapshot())


def _organization(acme: Acme) -> Organization:
    return Organization(
        id=acme.organization_id,
        management_account=acme.management_id,
        units=tuple(OrganizationalUnit(u.id, u.name, u.parent_id or "") for u in acme.units),
        accounts=tuple(
            Account(a.id, a.name, a.unit_id, AccountStatus(a.status), a.email, tags=tuple(a.tags.items()))
            for a in acme.accounts
        ),
        guardrails=tuple(
            GuardrailPolicy(p.id, p.name, GuardrailKind(p.type), p.document, p.target_ids)
            for p in acme.control_policies
        ),
    )


def _facts(acme: Acme, account: str) -> AccountFacts:
    customer = tuple(ManagedPolicy(p.arn, p.name, p.document) for p in acme.policies if p.account_id == account)
    return AccountFacts(
        id=account,
        roles=tuple(_role(role) for role in acme.roles if role.account_id == account),
        users=tuple(
            User(
                u.arn, account, u.name, u.path, u.id, inline=_inline(u.permissions),
                attached=u.permissions.attached, groups=u.groups,
            )
            for u in acme.users
            if u.account_id == account
        ),
        groups=tuple(
            Group(g.arn, account, g.name, g.path, g.id, _inline(g.permissions), g.permissions.attached)
            for g in acme.groups
            if g.account_id == account
        ),
        policies=(*customer, ManagedPolicy(_ADMIN, "AdministratorAccess", _ADMIN_POLICY)),
        providers=tuple(
            IdentityProvider(p.arn, account, ProviderKind(p.kind), p.name, p.audiences)
            for p in acme.identity_providers
            if p.account_id == account
        ),
        read_at=TAKEN_AT,
    )  # fmt: skip


def _inline(permissions: Permissions) -> tuple[InlinePolicy, ...]:
    return tuple(InlinePolicy(name, document) for name, document in permissions.inline.items())


def _role(role: DemoRole) -> Role:
    return Role(
        arn=role.arn,
        account=role.account_id,
        name=role.name,
        path=role.path,
        id=role.id,
        trust_policy=role.trust,
        description=role.description,
        created=_moment(role.created),
        max_session_seconds=role.session_seconds,
        last_used=_moment(role.last_used) if role.last_used else "",
        last_used_region=role.last_used_region if role.last_used else "",
        boundary=role.boundary or "",
        inline=_inline(role.permissions),
        attached=role.permissions.attached,
        tags=tuple(role.tags.items()),
    )


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
