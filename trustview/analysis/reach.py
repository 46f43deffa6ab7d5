"""Who gets in through a grant after every layer? THE ONE PLACE that turns evaluations into a Reach.

A grant often means many callers ("everyone", "any principal of account X"). One representative per kind of caller asks
the engine in an open context; the widest answer is the grant's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trustview.analysis.access import Access
from trustview.analysis.audience import Audience, Crowd
from trustview.analysis.grant import Reach, ReachKind
from trustview.policy import (
    Caller,
    CallerKind,
    Context,
    Evaluation,
    Layer,
    Outcome,
    PrincipalElement,
    PrincipalForm,
    Reason,
    ReasonKind,
    caller_of,
    describe_reason,
)
from trustview.snapshot import GuardrailKind, Role, User

# An organization id that nobody has: a stranger's own organization.
STRANGER_ORGANIZATION = "o-stranger00"


@dataclass(frozen=True, slots=True)
class Representative:
    """One caller that stands for many, with what is known of its requests."""

    caller: Caller
    context: Context
    principal: Role | User | None = None


def find_reach(access: Access, role: Role, element: PrincipalElement, audience: Audience) -> Reach:
    """The reach of one principal element of a role's trust policy."""
    dead = _never(access, role, element)
    if dead:
        return dead
    answers = [
        (one, access.ask(role, one.caller, one.context, one.principal))
        for one in represent(access, role, element, audience)
    ]
    if not answers:
        return Reach(ReachKind.UNKNOWN, reasons=("nobody can say who is meant",))
    return widest(_read(access, role, one, answer) for one, answer in answers)


_WIDTHS = (ReachKind.DEAD, ReachKind.BLOCKED, ReachKind.UNKNOWN, ReachKind.CONDITIONAL, ReachKind.OPEN)


def widest(reaches: Iterable[Reach]) -> Reach:
    """The reach that lets most in."""
    return max(reaches, key=lambda reach: _WIDTHS.index(reach.kind))


def _never(access: Access, role: Role, element: PrincipalElement) -> Reach | None:
    """Elements that mean nobody, or a principal of ours that is not there."""
    if element.form is PrincipalForm.UNIQUE_ID and element.value not in access.snapshot.principals_by_id:
        return Reach(
            ReachKind.DEAD, reasons=(f"`{element.value}` is the id of a deleted principal: it matches nobody",)
        )
    if element.form in (PrincipalForm.MALFORMED, PrincipalForm.CANONICAL_USER):
        return Reach(ReachKind.DEAD, reasons=(f"`{element.value}` matches nobody in a trust policy",))
    if element.partition and element.partition != role.arn.split(":")[1]:
        return Reach(ReachKind.DEAD, reasons=(f"`{element.value}` is of another partition: it matches nobody here",))
    if element.account in access.snapshot.unread_accounts:
        return None
    is_named = element.form in (PrincipalForm.ROLE, PrincipalForm.USER)
    if is_named and access.snapshot.is_ours(element.account) and _find_principal(access, element.value) is None:
        return Reach(ReachKind.DEAD, reasons=(f"`{element.value}` does not exist",))
    return None


def _find_principal(access: Access, arn: str) -> Role | User | None:
    return access.snapshot.roles_by_arn.get(arn) or access.snapshot.users_by_arn.get(arn)


# ── representatives ──────────────────────────────────────────────────────────────────────────────────────────────


def represent(access: Access, role: Role, element: PrincipalElement, audience: Audience) -> Iterator[Representative]:
    """The callers that stand for everybody whom an element lets come."""
    match audience.crowd:
        case Crowd.EVERYONE:
            yield from _strangers(access, role, audience)
        case Crowd.ORGANIZATION:
            yield _member(access, role)
        case Crowd.ACCOUNTS:
            for account in audience.accounts:
                yield from _of_account(access, role, account)
        case Crowd.NAMED:
            yield from _named(access, role, element)
        case Crowd.SERVICE | Crowd.PROVIDER:
            caller = caller_of(element)
            yield Representative(caller, access.context_of(role, caller))
        case Crowd.NOBODY if element.value in access.snapshot.principals_by_id:
            yield _by_id(access, role, element.value)


def _strangers(access: Access, role: Role, audience: Audience) -> Iterator[Representative]:
    """Callers of an unknown account: in no organization, in one of their own, in one that a condition names."""
    caller = Caller(CallerKind.PRINCIPAL)
    context = access.context_of(role, caller)
    absent = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
    yield Representative(caller, replace(context, absent=context.absent | absent))
    for organization in (*audience.organizations, STRANGER_ORGANIZATION):
        yield Representative(caller, context.with_values({"aws:PrincipalOrgID": organization}))


def _member(access: Access, role: Role) -> Representative:
    """Any principal of any account of the organization."""
    caller = Caller(CallerKind.PRINCIPAL)
    organization = access.snapshot.organization
    context = access.context_of(role, caller)
    return Representative(caller, context.with_values({"aws:PrincipalOrgID": organization.id if organization else ""}))


def _of_account(access: Access, role: Role, account: str) -> Iterator[Representative]:
    """Any principal of one account; an outsider may be in no organization or in one that is not ours."""
    caller = Caller(CallerKind.PRINCIPAL, account)
    context = access.context_of(role, caller)
    yield from _in_organizations(access, account, Representative(caller, context))


def _in_organizations(access: Access, account: str, one: Representative) -> Iterator[Representative]:
    if access.snapshot.is_ours(account) or access.snapshot.organization is None:
        yield one
        return
    absent = one.context.absent | {"aws:principalorgid", "aws:principalorgpaths"}
    yield Representative(one.caller, replace(one.context, absent=absent), one.principal)
    elsewhere = one.context.with_values({"aws:PrincipalOrgID": STRANGER_ORGANIZATION})
    yield Representative(one.caller, elsewhere, one.principal)


def _named(access: Access, role: Role, element: PrincipalElement) -> Iterator[Representative]:
    """The principal that the element names, with its own policies where we have read them."""
    caller = caller_of(element)
    principal = _find_principal(access, caller.arn)
    one = Representative(caller, access.context_of(role, caller, principal), principal)
    yield from _in_organizations(access, element.account, one)


def _by_id(access: Access, role: Role, unique_id: str) -> Representative:
    """The principal of ours that has this id: files show ids where AWS shows ARNs."""
    principal = access.snapshot.principals_by_id[unique_id]
    kind = CallerKind.ROLE if isinstance(principal, Role) else CallerKind.USER
    caller = Caller(kind, principal.account, principal.arn, unique_id=unique_id)
    return Representative(caller, access.context_of(role, caller, principal), principal)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(access: Access, role: Role, one: Representative, answer: Evaluation) -> Reach:
    reasons = tuple(dict.fromkeys(describe_reason(reason) for reason in answer.reasons))
    if answer.outcome is Outcome.ALLOWED:
        return _open(access, one, reasons)
    if answer.outcome is Outcome.CONDITIONAL:
        return Reach(ReachKind.CONDITIONAL, answer.depends_on, reasons=reasons)
    if one.principal is not None and _rests_on_unread(access, one.principal, answer):
        gap = f"not all policies of `{one.principal.arn}` were read"
        return Reach(ReachKind.UNKNOWN, reasons=(*reasons, gap))
    blocking = tuple(
        dict.fromkeys(name for reason in answer.reasons if (name := _blocker(access, role, one.caller, reason)))
    )
    return Reach(ReachKind.BLOCKED, (), blocking, reasons) if blocking else Reach(ReachKind.DEAD, reasons=reasons)


def _rests_on_unread(access: Access, principal: Role | User, answer: Evaluation) -> bool:
    """Whether a missing Allow may stand in a policy of the caller that we have not seen."""
    is_missing = any(r.kind is ReasonKind.MISSING and r.layer is Layer.IDENTITY for r in answer.reasons)
    return is_missing and access.has_unread_policies(principal)


def _open(access: Access, one: Representative, reasons: tuple[str, ...]) -> Reach:
    """An open answer, unless it rests on an account of ours that could not be read."""
    if one.caller.arn and one.principal is None and one.caller.account in access.snapshot.unread_accounts:
        gap = f"account {one.caller.account} could not be read: its policies are taken to allow"
        return Reach(ReachKind.UNKNOWN, reasons=(*reasons, gap))
    return Reach(ReachKind.OPEN, reasons=reasons)


def _blocker(access: Access, role: Role, caller: Caller, reason: Reason) -> str:
    """The name of a guardrail or Deny that keeps the grant shut; empty for whatever merely does not allow."""
    if reason.layer is Layer.TRUST:
        is_deny = reason.kind is ReasonKind.DENIES
        return f"trust policy statement {reason.statement}{f' `{reason.sid}`' if reason.sid else ''}" if is_deny else ""
    kinds = {Layer.SCP: (GuardrailKind.SCP, caller.account), Layer.RCP: (GuardrailKind.RCP, role.account)}
    if reason.layer not in kinds:
        return ""
    kind, account = kinds[reason.layer]
    if reason.document < 0:
        return f"no {kind.name} at level {reason.level} allows it"
    return access.guardrail_name(account, kind, reason.level, reason.document)
