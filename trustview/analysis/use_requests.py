"""The requests that a use may have been. THE ONE PLACE that turns a use into requests, and knows who called.

CloudTrail does not tell everything that a condition can ask: what a use leaves open stays open, and where it may have
been one of several requests, each is given.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator

from trustview.analysis.reach import STRANGER_ORGANIZATION, without
from trustview.policy import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    Caller,
    CallerKind,
    Context,
    PolicyDocument,
    is_account_id,
    read_caller,
)
from trustview.snapshot import Organization, Use

_MFA = "aws:MultiFactorAuthPresent"
_SESSION = ":assumed-role/"
_FEDERATED = {ASSUME_ROLE_WITH_SAML: CallerKind.SAML, ASSUME_ROLE_WITH_WEB_IDENTITY: CallerKind.OIDC}


def what_is_told(use: Use) -> Hashable:
    """What of a use its requests are made of: equal for uses that are the same requests."""
    mfa = None if not use.count else use.with_mfa > 0, use.with_mfa < use.count
    sent = use.external_id, use.tags, use.source_identity, _endpoint(use)
    return use.caller, use.caller_account, use.action, *sent, mfa


def actions_of(use: Use) -> Iterator[str]:
    """Everything that a use asks for: the session, its tags, its source identity."""
    yield use.action
    if use.tags:
        yield "sts:TagSession"
    if use.source_identity:
        yield "sts:SetSourceIdentity"


def requests_of(
    use: Use,
    know: Callable[[Caller], Context],
    organization: Organization | None,
    policies: Iterable[PolicyDocument],
) -> Iterator[tuple[Caller, Context]]:
    """The requests that a use may have been: with proof of MFA or without, from an organization or from none.

    `know` says what is known of a caller's requests beforehand, `policies` are those that will be asked.
    """
    caller = who_asks(use)
    context = know(caller)
    context = context._replace(values={**context.values, **dict(_values(use, caller))})
    if use.action == ASSUME_ROLE:
        absent = {"sts:externalid"} if not use.external_id else set()
        absent |= {"aws:tagkeys"} if not use.tags else set()
        context = context._replace(absent=context.absent | absent)
    for one in _in_organizations(organization, use, context, policies):
        yield from ((caller, with_mfa) for with_mfa in _with_mfa(use, caller, one))


def _in_organizations(
    own: Organization | None, use: Use, context: Context, policies: Iterable[PolicyDocument]
) -> Iterator[Context]:
    """An outsider is of no organization or of one that is not ours; of which is open where a policy names others."""
    named = {value for policy in policies for value in _organizations(policy)} - {own.id if own else ""}
    if own is None or not use.caller_account or use.caller_account in own.accounts_by_id or named:
        yield context
        return
    yield without(context, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
    elsewhere = {"aws:PrincipalOrgID": STRANGER_ORGANIZATION, "aws:PrincipalOrgPaths": f"{STRANGER_ORGANIZATION}/r-x/"}
    yield context.with_values(elsewhere)


def _organizations(policy: PolicyDocument) -> Iterator[str]:
    for statement in policy.statements:
        for condition in statement.conditions:
            if condition.key.lower().startswith("aws:principalorg"):
                yield from (value.partition("/")[0] for value in condition.values)


def _with_mfa(use: Use, caller: Caller, context: Context) -> Iterator[Context]:
    """Without MFA the key is `false` in a console session and absent with access keys; of refused calls it is open."""
    if caller.kind is not CallerKind.USER or not use.count:
        yield context
        return
    if use.with_mfa:
        yield context.with_values({_MFA: "true"})
    if use.with_mfa < use.count:
        yield context.with_values({_MFA: "false"})
        yield without(context, _MFA)


def _values(use: Use, caller: Caller) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What CloudTrail tells of a call, by condition key in lower case."""
    if caller.kind is CallerKind.OIDC:
        _, subject = provider_and_subject(use.caller)
        if subject:
            yield f"{caller.provider_name}:sub".lower(), (subject,)
    if use.external_id:
        yield "sts:externalid", (use.external_id,)
    if use.tags:
        yield "aws:tagkeys", use.tags
    if use.source_identity:
        yield "sts:sourceidentity", (use.source_identity,)
    if _endpoint(use):
        yield "aws:sourcevpce", (use.origin,)


def _endpoint(use: Use) -> str:
    return use.origin if use.origin.startswith("vpce-") else ""


# ── who called ───────────────────────────────────────────────────────────────────────────────────────────────────


def who_asks(use: Use) -> Caller:
    """Who asks: a session of which the role's path is not told may be one of any role of its account."""
    is_federated = use.action in _FEDERATED
    is_vague = not is_federated and (read_caller(use.caller).kind is CallerKind.UNKNOWN or _SESSION in use.caller)
    return Caller(CallerKind.PRINCIPAL, use.caller_account) if is_vague else caller_of_use(use)


def caller_of_use(use: Use) -> Caller:
    """The caller as the engine knows callers; an account alone stands for any principal of it."""
    kind = _FEDERATED.get(use.action)
    if kind is not None:
        provider, _ = provider_and_subject(use.caller)
        found = read_caller(provider)
        return found if found.kind is kind else Caller(kind, use.caller_account, provider=provider)
    if is_account_id(use.caller):
        return Caller(CallerKind.PRINCIPAL, use.caller)
    if not use.caller.startswith("arn:"):
        return Caller(CallerKind.SERVICE, provider=use.caller)
    return read_caller(use.caller if ":assumed-role/" not in use.caller else f"{use.caller}/any")


def provider_and_subject(caller: str) -> tuple[str, str]:
    """The provider, an ARN or a name, and the subject of a federated caller."""
    parts = caller.split(":", 6)
    if caller.startswith("arn:") and len(parts) > 6:
        return ":".join(parts[:6]), parts[6]
    if caller.startswith("arn:"):
        return caller, ""
    provider, _, subject = caller.partition(":")
    return provider, subject
