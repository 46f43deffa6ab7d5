"""The organization of the demo as a snapshot, made straight of its data files: neither server nor collector between."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Literal

import pytest

from tests.analysis.acme_evidence import with_evidence, with_monitoring
from trustview.demo import Acme, load_acme, read_file
from trustview.demo.records import Permissions
from trustview.snapshot import (
    Account,
    AccountFacts,
    AccountStatus,
    ExternalFinding,
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

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@cache
def acme_snapshot(quarter: Literal["current", "earlier"] = "current") -> Snapshot:
    """One quarter (`current` or `earlier`), every readable account read in full."""
    acme = load_acme(quarter, NOW)
    accounts = tuple(facts_of(acme, account.id) for account in acme.readable_accounts)
    snapshot = Snapshot(acme.now.isoformat(), "aws", organization_of(acme), accounts, tuple(reported(acme)))
    return with_monitoring(with_evidence(snapshot, acme), acme)


def reported(acme: Acme) -> Iterator[ExternalFinding]:
    """What Access Analyzer reports, once for all Regions."""
    ids = {account["key"]: account["id"] for account in read_file("organization.json")["accounts"]}
    content = read_file("external_findings.json")
    for number, found in enumerate(content["findings"]):
        account = ids[found["account"]]
        yield ExternalFinding(
            id=f"f-{number}",
            kind="ExternalAccess",
            resource=found["resource"].replace("${account}", account),
            resource_type=found["type"],
            account=account,
            status=found.get("status", "ACTIVE"),
            principal=tuple(text.replace("${account}", account) for text in found["principal"].values()),
            actions=tuple(found["action"]),
            is_public=found.get("public", False),
            regions=(found["region"],) if "region" in found else tuple(content["regions"]),
        )


def organization_of(acme: Acme) -> Organization:
    units = tuple(OrganizationalUnit(unit.id, unit.name, unit.parent_id or "") for unit in acme.units)
    accounts = tuple(
        Account(a.id, a.name, a.unit_id, AccountStatus(a.status), a.email, tags=tuple(a.tags.items()))
        for a in acme.accounts
    )
    guardrails = tuple(
        GuardrailPolicy(p.id, p.name, GuardrailKind(p.type), p.document, p.target_ids, p.description, p.is_aws_managed)
        for p in acme.control_policies
    )
    return Organization(acme.organization_id, acme.management_id, units, accounts, guardrails)


def facts_of(acme: Acme, account: str) -> AccountFacts:
    roles = tuple(
        Role(
            r.arn, account, r.name, r.path, r.id, r.trust,
            created=r.created.isoformat(), last_used=r.last_used.isoformat() if r.last_used else "",
            last_used_region=r.last_used_region if r.last_used else "",
            max_session_seconds=r.session_seconds, boundary=r.boundary or "",
            inline=inline_of(r.permissions), attached=r.permissions.attached,
            tags=tuple(r.tags.items()),
        )
        for r in acme.roles if r.account_id == account
    )  # fmt: skip
    users = tuple(
        User(
            u.arn, account, u.name, u.path, u.id,
            boundary=u.boundary or "", inline=inline_of(u.permissions), attached=u.permissions.attached,
            groups=u.groups, tags=tuple(u.tags.items()),
        )
        for u in acme.users if u.account_id == account
    )  # fmt: skip
    groups = tuple(
        Group(g.arn, account, g.name, g.path, g.id, inline_of(g.permissions), g.permissions.attached)
        for g in acme.groups if g.account_id == account
    )  # fmt: skip
    own = tuple(ManagedPolicy(p.arn, p.name, p.document) for p in acme.policies if p.account_id == account)
    providers = tuple(
        IdentityProvider(p.arn, account, ProviderKind(p.kind), p.name, p.audiences)
        for p in acme.identity_providers if p.account_id == account
    )  # fmt: skip
    return AccountFacts(
        account, roles=roles, users=users, groups=groups, policies=own + aws_policies(), providers=providers
    )


def inline_of(permissions: Permissions) -> tuple[InlinePolicy, ...]:
    return tuple(InlinePolicy(name, document) for name, document in permissions.inline.items())


@cache
def aws_policies() -> tuple[ManagedPolicy, ...]:
    """The managed policies of AWS, as the demo's server knows them."""
    known = pytest.importorskip("moto.iam.aws_managed_policies", reason="the demo's policies come with moto")
    return tuple(
        ManagedPolicy(f"arn:aws:iam::aws:policy{policy.get('Path', '/')}{name}", name, json.dumps(policy["Document"]))
        for name, policy in json.loads(known.aws_managed_policies_data).items()
    )
