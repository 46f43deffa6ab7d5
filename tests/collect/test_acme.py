"""The whole demo organization, collected over HTTP, against the data it is served from."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from trustview.collect import AccountRead, AccountState, Event, Progress, Scope, collect
from trustview.demo import Acme, read_file
from trustview.demo.moto_state import load_library
from trustview.demo.records import Group, IdentityProvider, Permissions, Role, User
from trustview.snapshot import (
    Account,
    AccountStatus,
    GapKind,
    GuardrailKind,
    InlinePolicy,
    ManagedPolicy,
    Organization,
    ProviderKind,
    Snapshot,
)
from trustview.snapshot import Group as GroupFact
from trustview.snapshot import IdentityProvider as ProviderFact
from trustview.snapshot import Role as RoleFact
from trustview.snapshot import User as UserFact

from .conftest import FAST, NOW, Shelf, moment
from .relay import Relay


def iso(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""


def inline(permissions: Permissions) -> tuple[InlinePolicy, ...]:
    return tuple(InlinePolicy(name, text) for name, text in permissions.inline.items())


def role_fact(role: Role) -> RoleFact:
    return RoleFact(
        arn=role.arn,
        account=role.account_id,
        name=role.name,
        path=role.path,
        id=role.id,
        trust_policy=role.trust,
        description=role.description,
        created=iso(role.created),
        max_session_seconds=role.session_seconds,
        last_used=iso(role.last_used),
        last_used_region=role.last_used_region if role.last_used else "",
        boundary=role.boundary or "",
        inline=inline(role.permissions),
        attached=role.permissions.attached,
        tags=tuple(role.tags.items()),
    )


def user_fact(user: User) -> UserFact:
    return UserFact(
        arn=user.arn,
        account=user.account_id,
        name=user.name,
        path=user.path,
        id=user.id,
        created=iso(user.created),
        boundary=user.boundary or "",
        inline=inline(user.permissions),
        attached=user.permissions.attached,
        groups=user.groups,
        tags=tuple(user.tags.items()),
    )


def group_fact(group: Group) -> GroupFact:
    attached = group.permissions.attached
    return GroupFact(group.arn, group.account_id, group.name, group.path, group.id, inline(group.permissions), attached)


def provider_fact(provider: IdentityProvider) -> ProviderFact:
    is_oidc = provider.kind == "oidc"
    return ProviderFact(
        arn=provider.arn,
        account=provider.account_id,
        kind=ProviderKind.OIDC if is_oidc else ProviderKind.SAML,
        url=provider.name if is_oidc else "",
        client_ids=provider.audiences if is_oidc else (),
        created=iso(provider.created),
        thumbprints=("f" * 40,) if is_oidc else (),
        **({} if is_oidc else saml_fact(provider)),
    )


def saml_fact(provider: IdentityProvider) -> dict[str, Any]:
    """What is read of a SAML provider's metadata."""
    site = f"https://sign-in.acme.example/{provider.name}"
    return {
        "entity_id": site,
        "sign_in_urls": (f"{site}/sso",),
        "fingerprints": (hashlib.sha256(f"the signing certificate of {provider.name}".encode()).hexdigest(),),
        "valid_until": iso(provider.created + timedelta(days=3650)),
    }


def managed_facts(acme: Acme, account: str) -> set[ManagedPolicy]:
    """The account's own policies and those of AWS that something in it uses."""
    library = load_library(acme)
    everyone: list[Role | User | Group] = [*acme.roles, *acme.users, *acme.groups]
    owners = [owner for owner in everyone if owner.account_id == account]
    bounds = [o.boundary for o in owners if not isinstance(o, Group) and o.boundary]
    used = {arn for o in owners for arn in o.permissions.attached} | set(bounds)
    own = {ManagedPolicy(p.arn, p.name, p.document, "v1") for p in acme.policies if p.account_id == account}
    return own | {
        ManagedPolicy(arn, library[arn].name, library[arn].document, library[arn].version)
        for arn in used & library.keys()
    }


@pytest.fixture(scope="module")
def collected(served: object, running_relay: Relay) -> tuple[Snapshot, list[Event]]:
    """The whole organization, collected once."""
    import asyncio

    from trustview.demo import Served

    assert isinstance(served, Served)
    events: list[Event] = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in served.environment.items():
            patch.setenv(name, value)
        snapshot = asyncio.run(collect(Scope(limits=FAST), Shelf(), moment, events.append))
    return snapshot, events


@pytest.fixture(scope="module")
def snapshot(collected: tuple[Snapshot, list[Event]]) -> Snapshot:
    return collected[0]


@pytest.fixture(scope="module")
def organization(snapshot: Snapshot) -> Organization:
    assert snapshot.organization is not None
    return snapshot.organization


def test_the_snapshot_says_when_and_whence(snapshot: Snapshot) -> None:
    assert (snapshot.taken_at, snapshot.source) == (iso(NOW), "aws")
    assert {facts.read_at for facts in snapshot.accounts} == {iso(NOW)}


def test_the_organization_equals_its_data(acme: Acme, organization: Organization) -> None:
    assert (organization.id, organization.management_account) == (acme.organization_id, acme.management_id)
    assert {(unit.id, unit.name, unit.parent) for unit in organization.units} == {
        (unit.id, unit.name, unit.parent_id or "") for unit in acme.units
    }
    assert organization.delegated == tuple(sorted((a, service) for a, service, _ in acme.delegated_administrators))


def test_every_account_is_there_with_its_place_status_and_tags(acme: Acme, organization: Organization) -> None:
    expected = tuple(
        Account(a.id, a.name, a.unit_id, AccountStatus(a.status), a.email, iso(a.joined), tuple(a.tags.items()))
        for a in sorted(acme.accounts, key=lambda a: a.id)
    )
    found = tuple(
        Account(
            a.id,
            a.name,
            a.parent,
            a.status,
            a.email if a.id != acme.management_id else acme.account("management").email,
            a.joined,
            a.tags,
        )
        for a in organization.accounts
    )
    assert found == expected


def test_every_guardrail_is_there_with_its_document_and_targets(acme: Acme, organization: Organization) -> None:
    assert {(p.id, p.name, p.kind, p.description, p.targets, p.is_aws) for p in organization.guardrails} == {
        (p.id, p.name, GuardrailKind(p.type), p.description, tuple(sorted(p.target_ids)), p.is_aws_managed)
        for p in acme.control_policies
    }
    documents = {p.id: json.loads(p.document) for p in organization.guardrails}
    assert documents == {p.id: json.loads(p.document) for p in acme.control_policies}


def test_every_role_user_group_and_provider_equals_its_data(acme: Acme, snapshot: Snapshot) -> None:
    readable = {account.id for account in acme.readable_accounts}
    assert {facts.id for facts in snapshot.accounts} == readable
    for account in readable:
        facts = snapshot.facts_by_account[account]
        assert not facts.is_partial
        assert set(facts.roles) == {role_fact(r) for r in acme.roles if r.account_id == account}
        assert set(facts.users) == {user_fact(u) for u in acme.users if u.account_id == account}
        assert set(facts.groups) == {group_fact(g) for g in acme.groups if g.account_id == account}
        assert set(facts.providers) == {provider_fact(p) for p in acme.identity_providers if p.account_id == account}
        assert set(facts.policies) == managed_facts(acme, account)


def test_the_numbers_are_those_of_a_real_organization(acme: Acme, snapshot: Snapshot) -> None:
    assert len(snapshot.roles) > 650
    assert len(snapshot.accounts) == len(acme.accounts) - 3


def test_access_analyzer_findings_are_there_once_with_every_region(acme: Acme, snapshot: Snapshot) -> None:
    told = read_file("external_findings.json")
    expected = {
        (line["resource"].replace("${account}", acme.account(line["account"]).id), line.get("status", "ACTIVE")):
        tuple(sorted([line["region"]] if "region" in line else told["regions"]))
        for line in told["findings"]
    }  # fmt: skip
    found = {(f.resource, f.status): f.regions for f in snapshot.external_findings}
    assert found == expected
    assert len(snapshot.external_findings) == len(told["findings"])
    assert {f.kind for f in snapshot.external_findings} == {"ExternalAccess"}


def test_the_gaps_are_exactly_those_that_were_planted(snapshot: Snapshot) -> None:
    kinds = {"hop": GapKind.DENIED, "suspended": GapKind.SUSPENDED, "access-analyzer": GapKind.DENIED}
    planted = {
        (
            gap["account"],
            gap["what"] if gap["what"] == "access-analyzer" else "",
            gap.get("region", ""),
            kinds[gap["what"]],
        )
        for gap in read_file("planted.json")["gaps"]
    }
    found = {(gap.account, gap.service, gap.region, gap.kind) for gap in snapshot.gaps}
    assert found == planted | {("", "cloudtrail", "", GapKind.NOT_ASKED)}
    assert len(snapshot.gaps) == len(found)


def test_a_refused_hop_says_what_aws_said(snapshot: Snapshot) -> None:
    (gap,) = [gap for gap in snapshot.gaps if gap.account == "111100002222"]
    assert gap.reason.startswith("`sts:AssumeRole` is refused (AccessDenied): User: arn:aws:sts::999900001111:")
    assert not gap.reason.endswith(".")


def test_progress_ends_with_every_account_done(collected: tuple[Snapshot, list[Event]], acme: Acme) -> None:
    _, events = collected
    steps = [event for event in events if isinstance(event, Progress)]
    ends = {event.account: event.state for event in events if isinstance(event, AccountRead)}
    assert steps[-1].is_complete
    assert steps[-1].accounts_total == len(acme.accounts) - 2
    assert steps[-1].failed == 2
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert ends["111100002222"] is AccountState.UNREAD
    assert ends["888800001111"] is AccountState.PARTLY
    assert set(ends.values()) == {AccountState.UNREAD, AccountState.PARTLY, AccountState.READ}


# ── the services around roles ────────────────────────────────────────────────────────────────────────────────────

SERVICES = read_file("services.json")


def things(kind: str) -> list[dict[str, Any]]:
    return [thing for thing in SERVICES["things"] if thing["kind"] == kind]


def test_what_surrounds_the_organization_is_there(organization: Organization) -> None:
    assert list(organization.trusted_services) == SERVICES["trusted_services"]
    assert organization.root_features == ("RootCredentialsManagement",)


def test_every_permission_set_and_assignment_is_there_with_the_names_of_people(acme: Acme, snapshot: Snapshot) -> None:
    center = SERVICES["identity_center"]
    (instance,) = snapshot.identity_center_instances
    assert (instance.account, instance.region) == (acme.management_id, center["region"])
    names = {permission_set.arn: permission_set.name for permission_set in snapshot.permission_sets}
    assert sorted(names.values()) == ["AdministratorAccess", "Developer", "ViewOnlyAccess"]
    found = {(names[one.permission_set], one.principal_name) for one in snapshot.account_assignments}
    assert found == {
        ("AdministratorAccess", "cloud-platform"), ("AdministratorAccess", "alice.meyer@acme.example"),
        ("AdministratorAccess", ""), ("ViewOnlyAccess", "[red]auditors[/red]"), ("Developer", "developers"),
        ("Developer", "data-science"),
    }  # fmt: skip
    open_accounts = {account.id for account in acme.accounts if account.status == "ACTIVE"}
    assigned = {one.account for one in snapshot.account_assignments if names[one.permission_set] == "ViewOnlyAccess"}
    assert assigned == open_accounts


def test_workloads_are_there_with_their_roles(acme: Acme, snapshot: Snapshot) -> None:
    assert [(one.name, one.is_enabled) for one in snapshot.trust_anchors] == [
        ("datacentre-ca", True), ("lab-ca-2023", False),
    ]  # fmt: skip
    (profile,) = snapshot.roles_anywhere_profiles
    (pool,) = snapshot.identity_pools
    (association,) = snapshot.pod_identity_associations
    for role in (*profile.roles, pool.authenticated_role, association.role):
        assert role in snapshot.roles_by_arn
    assert pool.role_mappings[0].rules[0].claim == "custom:plan"
    assert (association.cluster, association.namespace, association.service_account) == (
        "monitoring", "monitoring", "alert-router",
    )  # fmt: skip


def test_each_trail_is_there_once_as_its_owner_tells_it(acme: Acme, snapshot: Snapshot) -> None:
    trails = {trail.name: trail for trail in snapshot.trails}
    assert len(snapshot.trails) == len(trails) == len(things("trail"))
    assert trails["acme-organization"].account == acme.management_id
    assert trails["acme-organization"].is_logging is True
    assert trails["acme-organization"].advanced_event_selectors
    assert trails["try-out"].home_region == "us-east-1"
    assert trails["try-out"].is_logging is False
    assert [one.read_write_type for one in trails["storefront-writes"].event_selectors or ()] == ["WriteOnly"]


def test_the_rules_that_may_watch_role_assumptions_are_there_with_their_targets(acme: Acme, snapshot: Snapshot) -> None:
    found = {(rule.account, rule.region, rule.bus, rule.name): rule for rule in snapshot.event_rules}
    assert {name for *_, name in found} == {"page-sre", "break-glass-used"}
    watching = {(account, region) for account, region, _, name in found if name == "break-glass-used"}
    payments = [acme.account(key).id for key in ("payments-prod", "cards-prod", "ledger-prod")]
    everywhere = ("eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2")
    expected = {(account, region) for account in payments for region in everywhere}
    expected |= {(acme.account("orders-prod").id, region) for region in ("eu-west-1", "us-east-1")}
    assert watching == expected | {(acme.account(key).id, "eu-west-1") for key in ("web-prod", "catalog-prod")}
    rule = found[payments[0], "us-east-1", "default", "break-glass-used"]
    assert rule.targets is not None
    assert [target.arn for target in rule.targets] == [
        f"arn:aws:events:eu-west-1:{acme.account('security').id}:event-bus/break-glass"
    ]
    assert len(snapshot.event_buses) == 4 * (len(acme.accounts) - 3) + 1


def test_analyzers_are_there_in_every_region_with_what_they_hide(snapshot: Snapshot) -> None:
    told = read_file("external_findings.json")
    assert [analyzer.region for analyzer in snapshot.analyzers] == sorted(told["regions"])
    for analyzer in snapshot.analyzers:
        assert [rule.name for rule in analyzer.archive_rules or ()] == [rule["name"] for rule in told["archive_rules"]]
    restricted = {finding.resource for finding in snapshot.external_findings if finding.rcp_restriction == "APPLICABLE"}
    assert len(restricted) == len([line for line in told["findings"] if line.get("rcp") == "APPLICABLE"])
