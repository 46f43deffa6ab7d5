"""What the checks on use share: which roles were called, where a finding about calls hangs, who is a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence
from trustview.analysis.coverage import describe_coverage
from trustview.analysis.finding import Severity, role_subject
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.use import KnownUse, may_come_by, use_book
from trustview.analysis.use_requests import caller_of_use
from trustview.policy import (
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    BUILTIN_PROVIDERS,
    CallerKind,
    PrincipalForm,
    Privilege,
)
from trustview.snapshot import Role, Use

_MACHINES = frozenset({PrincipalForm.SERVICE, PrincipalForm.OIDC_PROVIDER})


def roles_called(access: Access) -> Iterator[tuple[Role, KnownUse]]:
    """The roles that somebody called, refused calls included; those whose trust policy AWS owns are left out."""
    book = use_book(access)
    for arn in book.by_role:
        role = access.snapshot.roles_by_arn.get(arn)
        if role is not None and not role.is_service_linked and not role.is_identity_center:
            yield role, book.of_role(role)


def on_calls(access: Access, role: Role, uses: Iterable[Use], evidence: Evidence) -> Evidence:
    """The evidence, hung on the grants by which the calls may have come; on the role itself when none lets them in."""
    called = tuple(uses)
    grants = tuple(
        grant for grant in access.grants_by_role.get(role.arn, ()) if any(may_come_by(access, grant, u) for u in called)
    )
    return replace(evidence, grants=grants, subject=None if grants else role_subject(role.arn))


def window_of(known: KnownUse) -> tuple[str, ...]:
    """The window in one sentence, for evidence that rests on what was seen."""
    return describe_coverage(known.coverage)[:1]


def severity_of_power(privilege: Privilege) -> Severity:
    """How bad it is that somebody has this power who does not need it."""
    if privilege in (Privilege.ADMIN, Privilege.ESCALATING):
        return Severity.HIGH
    return Severity.MEDIUM if privilege in (Privilege.WRITE, Privilege.READ_DATA) else Severity.LOW


def is_person(use: Use) -> bool:
    """Whether a person called: an IAM user, somebody signed in by a SAML provider, a session of Identity Center."""
    caller = caller_of_use(use)
    if use.action == ASSUME_ROLE_WITH_SAML or caller.kind is CallerKind.USER:
        return True
    return ":role/aws-reserved/sso.amazonaws.com/" in caller.arn


def is_automation(access: Access, use: Use) -> bool:
    """Whether a machine called that has an identity of its own: a pipeline's token, or a role that machines alone hold.

    A service that works with a role is that role, and no caller of its own.
    """
    caller = caller_of_use(use)
    if use.action == ASSUME_ROLE_WITH_WEB_IDENTITY:
        return caller.provider not in BUILTIN_PROVIDERS
    role = access.snapshot.roles_by_arn.get(caller.arn)
    if role is None or role.is_identity_center:
        return False
    return _is_held_by_machines(access, role) or is_meant_for(role, access.settings.roles.deployment)


def _is_held_by_machines(access: Access, role: Role) -> bool:
    grants = access.grants_by_role.get(role.arn, ())
    return bool(grants) and all(grant.principal.form in _MACHINES for grant in grants)


def name_caller(access: Access, use: Use) -> str:
    """A caller as sentences name it, with its account's name where the ARN does not say it."""
    account = use.caller_account
    known = access.snapshot.account_name(account) if account else ""
    place = f" of {known}" if known and known != account else ""
    return f"`{use.caller}`{place}"
