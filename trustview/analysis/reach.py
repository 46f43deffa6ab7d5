"""Who gets in through a grant after every layer? THE ONE PLACE that turns evaluations into a Reach.

A grant often means many callers ("everyone", "any principal of account X"). One representative per kind of caller asks
the engine in an open context; the widest answer is the grant's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trustview.analysis.access import Access
from trustview.analysis.audience import Audience, Crowd, find_audience
from trustview.analysis.door import Entry, narrow_to
from trustview.analysis.grant import OWN_DENY, Grant, Reach, ReachKind
from trustview.policy import (
    ACTION_OF_CALLER,
    ASSUME_ROLE,
    Caller,
    CallerKind,
    Context,
    Evaluation,
    Layer,
    Outcome,
    PolicyDocument,
    PrincipalElement,
    PrincipalForm,
    Reason,
    ReasonKind,
    Request,
    Statement,
    caller_of,
    describe_reason,
    evaluate,
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


def find_reach(access: Access, role: Role, entry: Entry, audience: Audience) -> Reach:
    """The reach of one way in, whatever the role's other statements allow."""
    element, trust = entry.element, entry.trust
    dead = _never(access, role, element)
    if dead:
        return dead
    answers = [ask_reach(access, role, one, trust) for one in represent(access, role, element, audience)]
    if not answers:
        return Reach(ReachKind.UNKNOWN, reasons=("nobody can say who is meant",))
    found = widest(answers)
    if audience.crowd is not Crowd.EVERYONE or found.lets_in:
        return found
    if access.snapshot.organization is not None:
        found = _for_members(found, ask_reach(access, role, _member(access, role), trust))
    if found.kind is ReachKind.DEAD:
        found = widest(ask_reach(access, role, one, trust) for one in _not_of_accounts(access, role))
    return found


_WIDTHS = (ReachKind.DEAD, ReachKind.BLOCKED, ReachKind.UNKNOWN, ReachKind.CONDITIONAL, ReachKind.OPEN)


def widest(reaches: Iterable[Reach]) -> Reach:
    """The reach that lets most in; of blocked ones that which no Deny of the role itself shuts."""
    return max(reaches, key=lambda reach: (_WIDTHS.index(reach.kind), not reach.is_shut_by_itself))


def _for_members(strangers: Reach, members: Reach) -> Reach:
    """What keeps strangers out may let everybody in the organization in."""
    if not members.lets_in:
        return strangers
    keys = ("aws:PrincipalOrgID", *(key for key in members.depends_on if key != "aws:PrincipalOrgID"))
    reasons = (*strangers.reasons, "any principal of the organization gets in", *members.reasons)
    return Reach(ReachKind.CONDITIONAL, keys, strangers.blocked_by, tuple(dict.fromkeys(reasons)))


# ── one grant, asked apart ───────────────────────────────────────────────────────────────────────────────────────


def statement_of(access: Access, grant: Grant) -> Statement:
    """The statement of the trust policy that a grant comes from."""
    statements = access.trust_policy(access.role(grant.role)).statements
    return next(statement for statement in statements if statement.index == grant.statement)


def callers_of(access: Access, grant: Grant) -> tuple[Representative, ...]:
    """The callers that stand for everybody whom a grant lets come."""
    role = access.role(grant.role)
    audience = audience_of(access, role, statement_of(access, grant), grant.principal)
    return tuple(represent(access, role, grant.principal, audience))


def ask_of_grant(access: Access, grant: Grant, one: Representative) -> Evaluation:
    """Whether the caller gets in by this grant alone, guardrails aside: what the role's own trust policy says."""
    role = access.role(grant.role)
    trust = narrow_to(access.trust_policy(role), statement_of(access, grant), grant.principal)
    stack = replace(access.stack(role, one.caller, one.principal, trust), scps=(), rcps=())
    action = ACTION_OF_CALLER.get(one.caller.kind, ASSUME_ROLE)
    return evaluate(Request(one.caller, action, role.arn, role.account, one.context), stack)


def audience_of(access: Access, role: Role, statement: Statement, element: PrincipalElement) -> Audience:
    """Who an element means; the unique id of a living principal of ours means that principal."""
    audience = find_audience(
        element,
        statement.conditions,
        access.snapshot.organization,
        own_account=role.account,
        is_inverted=statement.not_principals,
    )
    if element.value in access.snapshot.principals_by_id:
        return Audience(audience.crowd, (access.snapshot.principals_by_id[element.value].account,))
    return audience


# ── nobody ───────────────────────────────────────────────────────────────────────────────────────────────────────


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


def principal_named(access: Access, element: PrincipalElement) -> Role | User | None:
    """The principal of ours that an element names, by ARN, by a session of it or by its id."""
    by_id = access.snapshot.principals_by_id.get(element.value)
    return by_id or _find_principal(access, caller_of(element).arn)


def _find_principal(access: Access, arn: str) -> Role | User | None:
    return access.snapshot.roles_by_arn.get(arn) or access.snapshot.users_by_arn.get(arn)


# ── representatives ──────────────────────────────────────────────────────────────────────────────────────────────


def represent(access: Access, role: Role, element: PrincipalElement, audience: Audience) -> Iterator[Representative]:
    """The callers that stand for everybody whom an element lets come."""
    match audience.crowd:
        case Crowd.EVERYONE:
            yield from _strangers(access, role, element)
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


def _strangers(access: Access, role: Role, element: PrincipalElement) -> Iterator[Representative]:
    """Callers of an unknown account: in no organization, in one of their own, in one that some policy names."""
    if element.kind == "Federated":
        yield from _not_of_accounts(access, role)
        return
    caller = Caller(CallerKind.PRINCIPAL)
    context = access.context_of(role, caller)
    yield Representative(caller, without(context, *_ORGANIZATION_KEYS))
    yield from _elsewhere(access, role, Representative(caller, context))


def _not_of_accounts(access: Access, role: Role) -> Iterator[Representative]:
    """Services and federated callers: whether `*` means them is not documented."""
    for kind in (CallerKind.SERVICE, CallerKind.SAML, CallerKind.OIDC):
        yield Representative(Caller(kind), access.context_of(role, Caller(kind)))


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
    yield from _in_organizations(access, role, Representative(caller, context))


def _in_organizations(access: Access, role: Role, one: Representative) -> Iterator[Representative]:
    if access.snapshot.is_ours(one.caller.account) or access.snapshot.organization is None:
        yield one
        return
    yield replace(one, context=without(one.context, *_ORGANIZATION_KEYS))
    yield from _elsewhere(access, role, one)


def _elsewhere(access: Access, role: Role, one: Representative) -> Iterator[Representative]:
    """The same caller in each organization but ours that some policy names, and in one that none names."""
    for organization in access.organizations_named(role):
        yield replace(one, context=one.context.with_values({"aws:PrincipalOrgID": organization}))
    nowhere = {"aws:PrincipalOrgID": STRANGER_ORGANIZATION, "aws:PrincipalOrgPaths": f"{STRANGER_ORGANIZATION}/r-else/"}
    yield replace(one, context=one.context.with_values(nowhere))


_ORGANIZATION_KEYS = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")


def without(context: Context, *keys: str) -> Context:
    """The context of a request that does not carry these keys."""
    names = frozenset(key.lower() for key in keys)
    values = {key: value for key, value in context.values.items() if key not in names}
    return context._replace(values=values, absent=context.absent | names)


def _named(access: Access, role: Role, element: PrincipalElement) -> Iterator[Representative]:
    """The principal that the element names, with its own policies where we have read them."""
    caller = caller_of(element)
    principal = _find_principal(access, caller.arn)
    one = Representative(caller, access.context_of(role, caller, principal), principal)
    yield from _in_organizations(access, role, one)


def _by_id(access: Access, role: Role, unique_id: str) -> Representative:
    """The principal of ours that has this id: files show ids where AWS shows ARNs."""
    return represent_principal(access, role, access.snapshot.principals_by_id[unique_id])


def represent_principal(access: Access, role: Role, principal: Role | User) -> Representative:
    """A principal of ours, with its own policies."""
    caller = access.caller_of(principal)
    return Representative(caller, access.context_of(role, caller, principal), principal)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_reach(access: Access, role: Role, one: Representative, trust: PolicyDocument) -> Reach:
    """The reach of one caller by one way in."""
    answer = access.ask(role, one.caller, one.context, one.principal, trust)
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
        return f"{OWN_DENY} {reason.statement}{f' `{reason.sid}`' if reason.sid else ''}" if is_deny else ""
    kinds = {Layer.SCP: (GuardrailKind.SCP, caller.account), Layer.RCP: (GuardrailKind.RCP, role.account)}
    if reason.layer not in kinds:
        return ""
    kind, account = kinds[reason.layer]
    if reason.document < 0:
        return f"no {kind.name} at level {reason.level} allows it"
    return access.guardrail_name(account, kind, reason.level, reason.document)
