"""Outsiders that nobody knows. Vendors of the register are `trusts-unapproved-vendor`."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import bounded_organizations
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.mend import remove_principal
from trustview.analysis.outsiders import outsiders_of, ways_of_outsiders
from trustview.analysis.remediation import Change


@check(Severity.HIGH)
def trusts_unknown_account(access: Access) -> Iterator[Evidence]:
    """An account that is neither ours nor a known vendor's can become the role.

    Why: nobody can say whose account it is: a contractor of old, somebody's private account, a typing error, or an
    attacker who left a way back in.

    Fix: find out who asked for it and why. Remove the principal unless somebody answers for it; then write the account
    under `accounts.approved` in `trustview.toml`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    for grant in ways_of_outsiders(access):
        unknown = tuple(
            account
            for account in outsiders_of(access, grant)
            if account not in access.vendors and not access.is_approved(account)
        )
        if unknown:
            because = f"{listed(unknown)}: not of the organization, and not in the register of known vendors"
            yield Evidence((grant,), (because,), changes=_removal(grant, unknown))
    if access.snapshot.organization is not None:
        for grant in access.kinds.living(lambda kind: kind.party is Party.PUBLIC):
            yield from _foreign_organizations(grant, access.snapshot.organization.id)


def _removal(grant: Grant, unknown: tuple[str, ...]) -> tuple[Change, ...]:
    return remove_principal(grant) if unknown == grant.party_accounts else ()


def _foreign_organizations(grant: Grant, own: str) -> Iterator[Evidence]:
    """A star that is bound to organizations of which some are not ours."""
    bounded = bounded_organizations(grant.conditions) if not grant.is_inverted else ()
    organizations = tuple(organization for organization in bounded if organization != own)
    if organizations:
        because = f"any principal of the organization {listed(organizations)}, which is not ours"
        yield Evidence((grant,), (because,))
