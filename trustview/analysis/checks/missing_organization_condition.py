"""Several of our accounts, or names by pattern, trusted without asking for the organization."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import bounded_organizations, is_wild
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated, listed
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.kinds import Kind, by_role
from trustview.analysis.mend import require_organization
from trustview.policy import PrincipalForm

_OURS = (Party.ORGANIZATION, Party.MANAGEMENT)


@check(Severity.LOW)
def missing_organization_condition(access: Access) -> Iterator[Evidence]:
    """Accounts of ours are trusted whether they are still ours or not.

    Why: an account can leave the organization, be sold or be closed; its id stays in the policy and is trusted on.
    `aws:PrincipalOrgID` ends that trust by itself.

    Fix: test `aws:PrincipalOrgID` beside the accounts.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    """
    if access.snapshot.organization is None:
        return
    for grants in by_role(access.kinds.living(_is_unasked)):
        by_statement: dict[int, list[Grant]] = {}
        for grant in grants:
            by_statement.setdefault(grant.statement, []).append(grant)
        for found in by_statement.values():
            yield from _of_statement(access, tuple(found))


def _is_unasked(kind: Kind) -> bool:
    is_of_accounts = kind.principal.form in (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE) and not kind.is_inverted
    is_ours = kind.party in _OURS and bool(kind.party_accounts)
    return is_of_accounts and is_ours and not bounded_organizations(kind.conditions)


def _of_statement(access: Access, grants: tuple[Grant, ...]) -> Iterator[Evidence]:
    accounts = tuple(dict.fromkeys(account for grant in grants for account in grant.party_accounts))
    patterns = _patterns(grants[0])
    changes = require_organization(access, grants[0])
    if len(accounts) > 1:
        because = f"{len(accounts)} accounts are trusted, {listed(accounts)}, and `aws:PrincipalOrgID` is not tested"
        yield Evidence(grants, (because,), changes=changes)
    elif patterns:
        because = f"`aws:PrincipalArn` may be {listed(patterns)}, and `aws:PrincipalOrgID` is not tested"
        yield Evidence(grants, (because,), changes=changes)


def _patterns(grant: Grant) -> tuple[str, ...]:
    """The names by pattern that a grant accepts."""
    return tuple(
        value
        for condition in grant.conditions
        if condition.key.lower() == "aws:principalarn" and not is_negated(condition)
        for value in condition.values
        if is_wild(value)
    )
