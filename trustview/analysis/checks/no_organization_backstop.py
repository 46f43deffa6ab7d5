"""Accounts whose roles nothing but their own trust policies keeps from outsiders."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.backstop import propose_backstop, stopped_in
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Confidence, Severity, Subject, SubjectKind
from trustview.analysis.guardrails import stranger_requests
from trustview.policy import Outcome, PolicyStack, evaluate, parse_policy
from trustview.snapshot import AccountStatus, GuardrailKind, Organization

_OPEN = parse_policy({"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}})
# An account id that nobody has, so that no exception for an account is meant.
_NOBODYS = "000000000000"


@check(Severity.MEDIUM, of_all=True, looks_at=lambda kind: kind.party.is_outside)
def no_organization_backstop(access: Access) -> Iterator[Evidence]:
    """No resource control policy keeps outsiders from assuming roles.

    Why: one wrong trust policy, written by anybody who may create roles, lets a stranger in. A resource control policy
    stops strangers whatever trust policies say; an SCP does not, for it never sees them.

    Fix: attach the proposed RCP, first to a test OU: it lets the organization, AWS services and the vendors approved in
    the settings in, and spares roles with a tag. Guard that tag.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    organization = access.snapshot.organization
    if organization is None:
        return
    accounts = [a.id for a in organization.accounts if _is_bound(organization, a.id, a.status)]
    bare = [account for account in accounts if not _is_backed(access, account)]
    if not bare:
        return
    shown = ", ".join(access.snapshot.account_name(account) for account in bare[:3])
    more = f" and {len(bare) - 3} more" if len(bare) > 3 else ""
    because = [f"no RCP keeps outsiders from the roles of {len(bare)} of {len(accounts)} accounts: {shown}{more}"]
    stopped = stopped_in(access, bare)
    if stopped:
        because.append(
            f"the proposed one would also stop {', '.join(stopped[:3])}{' and others' if stopped[3:] else ''}"
        )
    is_known = access.snapshot.source == "aws" or any(p.kind is GuardrailKind.RCP for p in organization.guardrails)
    yield Evidence(
        (),
        tuple(because),
        confidence=Confidence.PROVEN if is_known else Confidence.UNKNOWN,
        changes=propose_backstop(access, organization, tuple(bare)),
        subject=_subject(organization),
    )


def _is_bound(organization: Organization, account: str, status: AccountStatus) -> bool:
    return account != organization.management_account and status is AccountStatus.ACTIVE


def _is_backed(access: Access, account: str) -> bool:
    """Whether RCPs surely stop a stranger who asks for an untagged role that trusts everybody."""
    stack = PolicyStack(trust=_OPEN, rcps=access.guardrails(account, GuardrailKind.RCP))
    requests = stranger_requests(access, account, _NOBODYS)
    return all(evaluate(request, stack).outcome is Outcome.EXPLICIT_DENY for request in requests)


def _subject(organization: Organization) -> Subject:
    roots = tuple(unit.id for unit in organization.units if not unit.parent)
    places = roots or (organization.management_account,)
    return Subject(
        SubjectKind.ORGANIZATION, organization.id, "the organization", organization.management_account, places,
        "no guardrail against outsiders",
    )  # fmt: skip
