"""The proposed RCP over the whole demo: every outsider that nobody approved is stopped, and nobody else is."""

import json
from dataclasses import replace
from functools import cache

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.small_organization import DATADOG, ROOT, WORKLOADS, organization, policy, role, snapshot, trust
from trustview.analysis import Access, Analysis, Change, ChangeKind, Finding, Grant, Party, Settings, analyse
from trustview.analysis.outsiders import outsiders_of
from trustview.analysis.reach import without
from trustview.analysis.settings import ApprovedAccounts, VendorRegister
from trustview.policy import Caller, CallerKind, Outcome
from trustview.snapshot import GuardrailKind, GuardrailPolicy, Organization, Snapshot

APPROVED = Settings(
    accounts=ApprovedAccounts(approved=("000011112222",)),
    vendors=VendorRegister(approved=("Datadog", "Fivetran", "Redlock - PrismaCloud")),
)


@cache
def before() -> Analysis:
    return analyse(acme_snapshot(), settings=APPROVED)


def proposed() -> tuple[Change, ...]:
    return finding_of(before()).changes


def finding_of(analysis: Analysis) -> Finding:
    return next(finding for finding in analysis.findings if finding.check == "no-organization-backstop")


def with_rcp(text: str) -> Snapshot:
    """The demo with this RCP on its root."""
    own = acme_snapshot().organization
    assert own
    root = next(unit.id for unit in own.units if not unit.parent)
    rcp = GuardrailPolicy("p-proposed", "proposed", GuardrailKind.RCP, text, (root,))
    return replace(acme_snapshot(), organization=replace(own, guardrails=(*own.guardrails, rcp)))


@cache
def after() -> Analysis:
    return analyse(with_rcp(proposed()[0].values[0]), settings=APPROVED)


def bound_grants() -> list[tuple[Grant, Grant]]:
    """Every grant before and after, but for those of the management account, which no RCP binds."""
    own = acme_snapshot().organization
    assert own
    return [
        (grant, after().grants_by_id[grant.id]) for grant in before().grants if grant.account != own.management_account
    ]


def is_exempt(grant: Grant) -> bool:
    return ("external-trust", "approved") in acme_snapshot().roles_by_arn[grant.role].tags


def test_every_outsider_that_nobody_approved_is_stopped() -> None:
    access = Access(acme_snapshot(), settings=APPROVED)
    stopped = 0
    for _, then in bound_grants():
        outsiders = outsiders_of(access, then)
        if outsiders and not any(map(access.is_approved, outsiders)) and not is_exempt(then):
            stopped += 1
            assert not then.reach.lets_in, then
    assert stopped >= 12


def test_whoever_comes_from_anywhere_is_stopped_but_for_the_organization() -> None:
    public = [then for _, then in bound_grants() if then.party is Party.PUBLIC and then.principal.kind != "Federated"]
    access = Access(with_rcp(proposed()[0].values[0]), settings=APPROVED)
    stranger = Caller(CallerKind.PRINCIPAL, "888877776666", "arn:aws:iam::888877776666:user/anybody")
    approved = replace(stranger, account=DATADOG, arn=f"arn:aws:iam::{DATADOG}:role/any")

    assert len(public) >= 5
    for grant in public:
        held = access.role(grant.role)
        asked = [
            access.ask(held, one, without(access.context_of(held, one), "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
            for one in (stranger, approved)
        ]
        assert asked[0].outcome is Outcome.EXPLICIT_DENY or is_exempt(grant), grant
        assert asked[1].outcome is not Outcome.EXPLICIT_DENY, grant


def test_every_approved_vendor_keeps_its_way_in() -> None:
    access = Access(acme_snapshot(), settings=APPROVED)
    kept = 0
    for today, then in bound_grants():
        outsiders = outsiders_of(access, today)
        if outsiders and all(map(access.is_approved, outsiders)) and today.reach.lets_in:
            kept += 1
            assert then.reach.lets_in, then
    assert kept >= 5


def test_every_service_every_federated_role_and_every_role_of_ours_works_as_before() -> None:
    ours = (Party.SERVICE, Party.IDENTITY_PROVIDER, Party.SAME_ACCOUNT, Party.ORGANIZATION, Party.MANAGEMENT)
    pairs = [(today, then) for today, then in bound_grants() if today.party in ours]

    assert {today.party for today, _ in pairs} == set(ours)
    for today, then in pairs:
        assert (then.reach.kind, then.reach.blocked_by) == (today.reach.kind, today.reach.blocked_by), then


def test_the_backstop_stands_and_no_check_of_ours_refuses_it() -> None:
    refused = [f for f in after().findings if f.subject.id == "p-proposed" and f.check != GUARDED_NEXT]

    assert "no-organization-backstop" not in {finding.check for finding in after().findings}
    assert refused == []


GUARDED_NEXT = "guardrail-exemption-can-be-taken"
"""Says that the tag which spares a role has to be guarded: the next step, and no fault of the policy."""


def test_without_the_exemption_of_services_our_own_check_refuses_it() -> None:
    document = json.loads(proposed()[0].values[0])
    del document["Statement"][0]["Condition"]["BoolIfExists"]
    found = analyse(with_rcp(json.dumps(document)), settings=APPROVED).findings

    assert "guardrail-breaks-services" in {finding.check for finding in found if finding.subject.id == "p-proposed"}


def test_it_spares_exactly_the_outsiders_that_come_and_are_approved() -> None:
    document = json.loads(proposed()[0].values[0])
    spared = document["Statement"][0]["Condition"]["StringNotEqualsIfExists"]["aws:PrincipalAccount"]
    access = Access(acme_snapshot(), settings=APPROVED)
    trusted = {one for grant in before().grants if grant.reach.lets_in for one in outsiders_of(access, grant)}
    seen = {use.caller_account for use in acme_snapshot().uses if use.count}

    assert set(spared) <= {one for one in trusted | seen if access.is_approved(one)}
    assert {DATADOG, "834469178297", "188619942792", "000011112222"} == set(spared)


# ── the order ────────────────────────────────────────────────────────────────────────────────────────────────────


def places(changes: tuple[Change, ...]) -> list[str]:
    return [change.values[0] for change in changes if change.kind is ChangeKind.ATTACH_POLICY]


def test_it_is_attached_ou_by_ou_children_first_and_to_the_root_last() -> None:
    own: Organization | None = acme_snapshot().organization
    assert own
    order = places(proposed())

    assert len(order) == len(set(order)) >= 5
    assert not own.units_by_id[order[-1]].parent
    for place in order:
        assert all(order.index(above) >= order.index(place) for above in own.path_to(place) if above in order)


def test_sandboxes_come_before_production() -> None:
    own = acme_snapshot().organization
    assert own
    names = [own.units_by_id[place].name for place in places(proposed())]

    assert names.index("Sandbox") < names.index("Test") < names.index("Retail") < names.index("Security")


def test_a_stage_says_whom_it_stops() -> None:
    facts = snapshot(role("partner", policy(trust({"AWS": "888877776666"}))))
    changes = finding_of(analyse(facts)).changes
    summaries = {change.values[0]: change.summary for change in changes if change.kind is ChangeKind.ATTACH_POLICY}

    assert facts.organization == organization()
    assert list(summaries) == [WORKLOADS, ROOT]
    assert "stops `888877776666`" in summaries[WORKLOADS]
    assert "stops nobody" in summaries[ROOT]
