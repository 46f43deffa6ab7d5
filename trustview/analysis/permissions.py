"""May this principal of ours do ACTION on RESOURCE? Identity policies, boundary, SCPs; of unsure answers the wider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trustview.analysis.access import Access
from trustview.policy import Caller, CallerKind, PolicyDocument, Request, open_context
from trustview.policy.statement import statements_on
from trustview.snapshot import GuardrailKind, Role, User


def may_do(
    access: Access, principal: Role | User, action: str, resource: str, values: Mapping[str, str | tuple[str, ...]]
) -> bool:
    """Whether nothing surely stops it; `values` are condition keys of the request."""
    kind = CallerKind.ROLE if isinstance(principal, Role) else CallerKind.USER
    caller = Caller(kind, principal.account, principal.arn)
    known = {"aws:PrincipalArn": principal.arn, "aws:PrincipalAccount": principal.account, **values}
    request = Request(caller, action, resource, principal.account, open_context(known))
    boundary = access.boundary(principal)
    layers: list[tuple[PolicyDocument, ...]] = [access.identity_policies(principal)]
    layers += [(boundary,)] if boundary is not None else []
    layers += access.guardrails(principal.account, GuardrailKind.SCP)
    return all(_may_pass(request, layer) for layer in layers)


def _may_pass(request: Request, documents: Iterable[PolicyDocument]) -> bool:
    """Whether a layer may allow, and does not surely deny."""
    found = [statements_on(request.action, document) for document in documents]
    if any(deny.applies(request).is_true for statements in found for deny in statements.denies):
        return False
    return any(not allow.applies(request).is_false for statements in found for allow in statements.allows)
