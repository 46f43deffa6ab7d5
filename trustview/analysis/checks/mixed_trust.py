"""Roles that machines and people share."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.kinds import Kind, by_role
from trustview.analysis.repeats import name_places, places_of
from trustview.policy import PrincipalForm

# Workloads that come through a provider are machines too.
_WORKLOADS = ("oidc.eks.", "oidc-fips.eks.")


@check(Severity.MEDIUM)
def mixed_trust(access: Access) -> Iterator[Evidence]:
    """One role serves an AWS service and people or other accounts.

    Why: its permissions are the sum of what both need, so that each has more than it should; its trail does not say
    which of them acted; and whoever may come in person can do what was meant for the service alone.

    Fix: make a role for each of them.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    serving = {grants[0].role: grants for grants in by_role(access.kinds.living(_is_of_service))}
    for others in by_role(access.kinds.living(_is_other)):
        services = serving.get(others[0].role)
        if services:
            both = (services[0].principal.value, others[0].party_name or others[0].principal.value)
            because = f"{both[0]} and {both[1]} share the role"
            yield Evidence((*services, *others), (because,), by_hand=tuple(_split(access, services, others)))


def _split(access: Access, services: tuple[Grant, ...], others: tuple[Grant, ...]) -> Iterator[str]:
    """How one role becomes two; what each may do nobody can tell from here."""
    document = access.trust_policy(access.role(services[0].role))
    kept, moved = ({one for grant in grants for one in places_of(document, grant)} for grants in (services, others))
    who = listed(tuple(dict.fromkeys(grant.principal.value for grant in others)))
    there = name_places(tuple(sorted(moved)))
    yield f"make a second role for {who}, with {there} of this trust policy and the permissions that they need"
    if kept & moved:
        yield f"of {name_places(tuple(sorted(kept & moved)))} take the principals of each role alone"
    yield f"once they come by the second role, take {who} out of this one, and what only they needed"


def _is_of_service(kind: Kind) -> bool:
    return kind.party is Party.SERVICE


def _is_other(grant: Kind) -> bool:
    """Whether people or another account come by this grant; a named role of the same account is a machine's."""
    if grant.party is Party.SERVICE:
        return False
    if grant.party is Party.SAME_ACCOUNT:
        return grant.principal.form in (PrincipalForm.ACCOUNT, PrincipalForm.USER, PrincipalForm.EVERYONE)
    return not (grant.party is Party.IDENTITY_PROVIDER and grant.principal.name.startswith(_WORKLOADS))
