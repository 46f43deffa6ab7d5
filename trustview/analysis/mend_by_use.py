"""The changes that rest on who was seen: a crowd gives way to those who came, a provider's users to their subjects.

They are offered beside what mends a finding without evidence; what the evidence cannot tell is said by the replay.
"""

from __future__ import annotations

from collections.abc import Iterable

from trustview.analysis.access import Access
from trustview.analysis.grant import Grant, Party
from trustview.analysis.mend import add_condition, name_principals, replace_condition
from trustview.analysis.remediation import Change
from trustview.analysis.use import may_come_by, use_book
from trustview.policy import Condition, PrincipalForm, parse_arn
from trustview.snapshot import Use

_MOST_NAMED = 10
_CROWDS = (PrincipalForm.EVERYONE, PrincipalForm.ACCOUNT)


def uses_of(access: Access, role: str) -> tuple[Use, ...]:
    """The uses of a role that AWS let through."""
    return tuple(use for use in use_book(access).by_role.get(role, ()) if use.count)


def name_those_seen(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Name those who were seen coming in place of a crowd; none where nobody was, or somebody cannot be named.

    In place of everybody an account may be named of which CloudTrail does not tell who came, and never an outsider
    whom nobody has approved: to have come is no reason to be let in.
    """
    if grant.principal.form not in _CROWDS or grant.is_inverted or grant.party is Party.MANAGEMENT:
        return ()
    uses = [use for use in uses_of(access, grant.role) if may_come_by(access, grant, use)]
    is_open = grant.principal.form is PrincipalForm.EVERYONE
    if is_open and any(access.is_outsider(u.caller_account) and not access.is_approved(u.caller_account) for u in uses):
        return ()
    seen = tuple(sorted({_name(grant, use) if is_open else use.caller for use in uses}))
    if not seen or len(seen) > _MOST_NAMED or not all(map(_can_be_named, seen)):
        return ()
    return name_principals(grant, seen, f"the {len(seen)} seen using it")


def _name(grant: Grant, use: Use) -> str:
    """The caller, or its account where nothing else is known of it."""
    partition = grant.role.split(":")[1]
    return use.caller if _can_be_named(use.caller) else f"arn:{partition}:iam::{use.caller_account}:root"


def _callers(uses: Iterable[Use]) -> tuple[str, ...]:
    return tuple(sorted({use.caller for use in uses}))


def _can_be_named(caller: str) -> bool:
    """Whether it is an ARN of IAM: an account id alone, or a session without the path of its role, is not."""
    arn = parse_arn(caller)
    return (
        arn is not None and arn.service == "iam" and (arn.resource == "root" or arn.resource_type in ("role", "user"))
    )


def name_subjects_seen(access: Access, grant: Grant, claim: str, tested: Condition | None = None) -> tuple[Change, ...]:
    """Ask for the subjects that were seen coming from a provider; `tested` is the test that gives way to this one."""
    start = f"{grant.principal.value}:"
    uses = [use for use in uses_of(access, grant.role) if use.caller.startswith(start)]
    subjects = tuple(caller.removeprefix(start) for caller in _callers(uses))
    if not subjects or len(subjects) > _MOST_NAMED or not all(subjects):
        return ()
    note = ", as seen"
    if tested is not None:
        return (replace_condition(grant.statement, tested, "StringEquals", subjects, note),)
    return (add_condition(grant, "StringEquals", f"{grant.principal.name}:{claim}", subjects, note),)


def list_tags_seen(access: Access, grant: Grant, free: Iterable[str]) -> tuple[str, ...]:
    """The keys of session tags that were seen, but for those that must not be the caller's choice."""
    barred = {tag.lower() for tag in free}
    seen = {tag for use in uses_of(access, grant.role) if may_come_by(access, grant, use) for tag in use.tags}
    return tuple(sorted(tag for tag in seen if tag.lower() not in barred))
