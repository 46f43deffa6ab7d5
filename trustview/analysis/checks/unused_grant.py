"""Ways into a used role that nobody takes, and accounts of which few use what all are trusted with."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.checks.trusts_account_root import trusts_whole_account
from trustview.analysis.finding import Modifier, Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.members import members_of
from trustview.analysis.mend import name_principals, remove_principal
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.remediation import Change
from trustview.analysis.seen import severity_of_power
from trustview.analysis.use import KnownUse, UseState, use_book
from trustview.policy import is_account_id

_MOST_NAMED = 10


@check(Severity.LOW, Modifier.PRIVILEGE)
def unused_grant(access: Access) -> Iterator[Evidence]:
    """The role is used, but not by all who are trusted.

    Why: each principal that could come and never does is risk without benefit. Where an account is trusted as a whole
    because it was quicker to write, its use says whom to name. It is only said where every Region of the account was
    seen without a hole for `thresholds.unused_days`.

    Fix: remove who does not come, or name those who do. The snapshot does not know since when somebody is trusted:
    ask before you remove what may be new, or what runs once a year.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    book = use_book(access)
    for arn, grants in access.grants_by_role.items():
        if arn not in book.by_role or not book.sees(access.role(arn)):
            continue
        role = access.role(arn)
        whole = book.of_role(role)
        if whole.state is not UseState.USED or whole.doubts or is_meant_for(role, access.settings.roles.break_glass):
            continue
        severity = severity_of_power(access.privilege(role))
        for grant in grants:
            known = book.of_grant(grant)
            if known.state is UseState.UNUSED and not grant.reach.is_shut_by_itself:
                because = (f"{known.reasons[0]}, while the role is {whole.reasons[0]}", *known.sentences[1:])
                yield Evidence((grant,), because, severity=severity, changes=remove_principal(grant))
            elif known.state is UseState.USED and _is_wider_than_needed(grant):
                yield from _too_many(access, grant, known, severity)


def _is_wider_than_needed(grant: Grant) -> bool:
    """The management account is trusted as a whole by design: whoever it sends changes."""
    return trusts_whole_account(grant) and grant.party is not Party.MANAGEMENT


def _too_many(access: Access, grant: Grant, known: KnownUse, severity: Severity) -> Iterator[Evidence]:
    """An account of ours of which fewer come than could, where each caller is known by name."""
    callers = known.callers
    members = members_of(access, grant)
    idle = set(members.able) - set(callers)
    if any(is_account_id(caller) for caller in callers) or not members.is_known or not idle:
        return
    able = len(idle | set(callers))
    because = f"{able} principals of `{grant.party_accounts[0]}` ({grant.party_name}) can use it, {len(callers)} did"
    yield Evidence((grant,), (because, *known.sentences), severity=severity, changes=_name(grant, callers))


def _name(grant: Grant, callers: tuple[str, ...]) -> tuple[Change, ...]:
    """Name those who came, where each is known by its role and not by a session alone."""
    if any(":assumed-role/" in caller for caller in callers) or len(callers) > _MOST_NAMED:
        return ()
    who = "the one" if len(callers) == 1 else f"the {len(callers)}"
    return name_principals(grant, callers, f"{who} that used it")
