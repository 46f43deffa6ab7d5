"""RCPs against outsiders that shut out AWS's own services, or everybody who signs in through a provider."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Party
from trustview.analysis.guardrails import (
    applies,
    bound_accounts,
    guardrail_subject,
    member_request,
    own_guardrails,
    request_of,
)
from trustview.analysis.kinds import Kind
from trustview.analysis.remediation import Change, ChangeKind
from trustview.policy import CallerKind, PolicyDocument, Statement
from trustview.snapshot import GuardrailKind

_NOBODYS = "000000000000"
_WORDS = {
    CallerKind.SERVICE: "AWS services",
    CallerKind.SAML: "everybody who signs in with SAML",
    CallerKind.OIDC: "every web identity, pipelines and pods included",
}


def _is_of_services(kind: Kind) -> bool:
    return kind.party in (Party.SERVICE, Party.IDENTITY_PROVIDER)


@check(Severity.HIGH, of_all=True, looks_at=_is_of_services)
def guardrail_breaks_services(access: Access) -> Iterator[Evidence]:
    """A resource control policy locks out AWS services or federated callers.

    Why: requests of services, of SAML and of web identities carry no `aws:PrincipalOrgID`. A Deny that tests it with a
    negated operator is true for all of them: EC2, Lambda and every pipeline lose their roles at once.

    Fix: exempt services with `BoolIfExists` `aws:PrincipalIsAWSService` `false`, and deny `sts:AssumeRole` alone; what
    web identities may do belongs in statements of its own.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    for policy, document in own_guardrails(access, GuardrailKind.RCP):
        accounts = bound_accounts(access, policy)
        for deny in document.denies if accounts else ():
            broken = [kind for kind in _WORDS if _breaks(access, accounts[0], deny, document, kind)]
            if broken:
                because = [f"statement {deny.index} denies {_WORDS[kind]} too" for kind in broken]
                because.append(_reckon(access, accounts))
                yield Evidence(
                    (), tuple(because), subject=guardrail_subject(access, policy), statements=(deny.index,),
                    changes=_exempt(deny, broken),
                )  # fmt: skip


def _breaks(access: Access, account: str, deny: Statement, document: PolicyDocument, kind: CallerKind) -> bool:
    """Whether a Deny that lets our own principals pass surely stops this kind of caller."""
    # Whichever account the request of a service or a provider's user names, it is none that the policy spares.
    request = request_of(access, account, kind)
    request = request._replace(context=request.context.with_values({"aws:PrincipalAccount": _NOBODYS}))
    spares_members = not applies(deny, member_request(access, account), document).is_true
    is_about_callers = any(c.key.lower().startswith("aws:principal") for c in deny.conditions)
    return spares_members and is_about_callers and applies(deny, request, document).is_true


def _reckon(access: Access, accounts: tuple[str, ...]) -> str:
    """How many roles it takes from services and providers."""
    below = frozenset(accounts)
    roles = {grant.role for grant in access.grants if _is_of_services(grant) and grant.account in below}
    linked = {role for role in roles if access.role(role).is_service_linked}
    return f"{len(roles - linked)} roles of services and providers stand in the {len(accounts)} accounts below it"


def _exempt(deny: Statement, broken: list[CallerKind]) -> tuple[Change, ...]:
    """Exempt services, where nobody else is locked out."""
    if broken != [CallerKind.SERVICE]:
        return ()
    key, operator = "aws:PrincipalIsAWSService", "BoolIfExists"
    summary = f"deny only when `{key}` is `false` in statement {deny.index}"
    return (Change(ChangeKind.ADD_CONDITION, deny.index, summary, operator, key, ("false",)),)
