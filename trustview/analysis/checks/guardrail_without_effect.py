"""Guardrails that people rely on and that stop nobody."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import quote
from trustview.analysis.finding import Severity
from trustview.analysis.guardrails import (
    bound_accounts,
    guardrail_subject,
    meant_key,
    member_request,
    never_applies,
    outgoing_request,
    own_guardrails,
    request_of,
    stranger_requests,
)
from trustview.analysis.remediation import Change, ChangeKind
from trustview.policy import OPERATORS_BY_NAME, CallerKind, Condition, PolicyDocument, Request, Statement
from trustview.snapshot import GuardrailKind, GuardrailPolicy

_KEYS_OF_OUTSIDERS = ("aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount")


@check(Severity.MEDIUM, of_all=True, looks_at=lambda _: False)
def guardrail_without_effect(access: Access) -> Iterator[Evidence]:
    """A guardrail stops nobody.

    Why: an SCP binds principals of our own accounts alone: one that denies outsiders never sees an outsider. No
    guardrail binds the management account. A key or operator that is spelt wrong makes a Deny that never applies. The
    organization feels safe behind each of them.

    Fix: keep outsiders out with an RCP, which binds whoever asks for our roles; correct the spelling; put guardrails on
    the accounts that they are meant for.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    for kind in GuardrailKind:
        for policy, document in own_guardrails(access, kind):
            accounts = bound_accounts(access, policy)
            if not accounts:
                because = "it hangs on nothing but the management account, which no guardrail binds"
                yield Evidence((), (because,), subject=guardrail_subject(access, policy))
            else:
                yield from _of_statements(access, policy, document, accounts)


def _of_statements(
    access: Access, policy: GuardrailPolicy, document: PolicyDocument, accounts: tuple[str, ...]
) -> Iterator[Evidence]:
    """One finding for all statements of a guardrail that never apply."""
    requests = list(_requests(access, policy.kind, accounts))
    found = {deny.index: (deny, _reasons(policy.kind, deny, requests, document)) for deny in document.denies}
    telling = {index: reasons for index, (_, reasons) in found.items() if reasons}
    if telling:
        because = tuple(reason for reasons in telling.values() for reason in reasons)
        changes = tuple(change for index in telling for change in _respell(found[index][0]))
        subject = guardrail_subject(access, policy)
        yield Evidence((), because, subject=subject, statements=tuple(telling), changes=changes)


def _requests(access: Access, kind: GuardrailKind, accounts: tuple[str, ...]) -> Iterator[Request]:
    """Whoever a guardrail can meet: members of the accounts that an SCP binds; for an RCP anybody."""
    if kind is GuardrailKind.SCP:
        yield from (outgoing_request(access, account) for account in accounts)
        return
    yield from stranger_requests(access, accounts[0])
    yield member_request(access, accounts[0])
    for caller in (CallerKind.SERVICE, CallerKind.SAML, CallerKind.OIDC):
        yield request_of(access, accounts[0], caller)


def _reasons(
    kind: GuardrailKind, deny: Statement, requests: list[Request], document: PolicyDocument
) -> tuple[str, ...]:
    name = f"statement {deny.index}{f' `{deny.sid}`' if deny.sid else ''}"
    wrong = [condition for condition in deny.conditions if condition.operator.lower() not in OPERATORS_BY_NAME]
    if wrong:
        return tuple(f"{name}: there is no operator `{condition.spelling}`" for condition in wrong)
    misspelt = [condition for condition in deny.conditions if meant_key(condition.key)]
    false = never_applies(deny, requests, document)
    if false and not misspelt:
        return tuple(f"{name} never applies: {_explain(kind, condition)}" for condition in false)
    effect = "it never applies" if false else "whoever asks, it is as if it were not tested"
    return tuple(
        f"{name}: there is no key `{condition.key}`, `{meant_key(condition.key)}` was meant; {effect}"
        for condition in misspelt
    )


def _explain(kind: GuardrailKind, condition: Condition) -> str:
    if kind is GuardrailKind.SCP and condition.key.lower() in _KEYS_OF_OUTSIDERS:
        return f"{quote(condition)}, and an SCP sees none but our own principals, who always pass"
    return f"{quote(condition)}, which is never so"


def _respell(deny: Statement) -> Iterator[Change]:
    """The same test of the key that was meant."""
    for condition in deny.conditions:
        meant = meant_key(condition.key)
        if meant:
            operator, values = condition.spelling, condition.values
            gone = f"no longer test `{condition.key}` in statement {deny.index}: there is no such key"
            yield Change(ChangeKind.REMOVE_CONDITION, deny.index, gone, operator, condition.key)
            summary = f"test `{meant}` with `{operator}` instead"
            yield Change(ChangeKind.ADD_CONDITION, deny.index, summary, operator, meant, values)
