"""Services that can be made to use the role for somebody else.

Only of services that are known to say for whom they act (`analysis/deputies.json`): the others no condition could ask.
A source that is asked for and is not ours is `foreign-source`; EKS pods are `pod-identity-too-wide`, Roles Anywhere is
`roles-anywhere-too-wide`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.deputies import IN_ACCOUNT, acts_for_strangers, deputies, source_conditions
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import add_condition, first_of
from trustview.analysis.reach import statement_of
from trustview.analysis.remediation import Change


@check(Severity.MEDIUM)
def confused_deputy(access: Access) -> Iterator[Evidence]:
    """An AWS service can use the role whoever it acts for.

    Why: the service enters with its own name. If another customer can make it use our role's ARN, it works for them in
    our account (the confused deputy). This service says for whom it acts, and nobody asks. Where a role can only be
    handed over inside its own account (`iam:PassRole`) that is hardening, and info.

    Fix: test `aws:SourceAccount`, or better `aws:SourceArn` with the resource that may use the role; for all roles at
    once, an RCP that tests `aws:SourceOrgID`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    for grant in access.kinds.living(_asks_nothing):
        if acts_for_strangers(access, grant):
            service = grant.principal.value.lower()
            severity = Severity.INFO if service in IN_ACCOUNT else None
            changes, instead = _mend_once(access, grant)
            yield Evidence((grant,), _describe(service), severity, changes=changes, instead=instead)


def _asks_nothing(kind: Kind) -> bool:
    is_deputy = kind.party is Party.SERVICE and kind.principal.value.lower() in deputies()
    return is_deputy and not source_conditions(kind)


@lru_cache(maxsize=1024)
def _describe(service: str) -> tuple[str, ...]:
    because = f"`{service}` says for whom it acts, and neither this policy nor an RCP asks"
    return because, f"what it sends: {deputies()[service].page}"


_Mends = tuple[tuple[Change, ...], tuple[tuple[Change, ...], ...]]


def _mend_once(access: Access, grant: Grant) -> _Mends:
    """The same changes for all roles of an account whose statement of this number serves the same services."""
    memory = access.memory.setdefault("deputies mended", {})
    services = _services_beside(access, grant)
    key = (grant.account, grant.role.split(":", 2)[1], grant.statement, services)
    if key not in memory:
        memory[key] = _mend(grant, services)
    found: _Mends = memory[key]
    return found


def _services_beside(access: Access, grant: Grant) -> tuple[str, ...]:
    """The services of a grant's statement, where each of them answers; the same for all roles of one trust policy."""
    memory = access.memory.setdefault("services of statements", {})
    key = (access.role(grant.role).trust_policy, grant.statement)
    if key not in memory:
        names = tuple(element.value.lower() for element in statement_of(access, grant).principals)
        memory[key] = () if grant.is_inverted or not deputies().keys() >= set(names) else names
    found: tuple[str, ...] = memory[key]
    return found


def _mend(grant: Grant, services: tuple[str, ...]) -> _Mends:
    """Ask for our own account, or for what of it the service may act for, where every service of the statement answers.

    Safe because each sends the key by its page, and what acts here for our own account goes on as before.
    """
    known = [deputies()[service] for service in services]
    if not known:
        return (), ()
    sources = tuple(dict.fromkeys(service.source_in(grant) for service in known))
    by_arn = (add_condition(grant, "ArnLike", "aws:SourceArn", sources, ", in any Region"),) if all(sources) else ()
    by_account = (add_condition(grant, "StringEquals", "aws:SourceAccount", (grant.account,)),)
    return first_of(() if any(service.is_arn_alone for service in known) else by_account, by_arn)
