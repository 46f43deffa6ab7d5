"""What AWS refuses in one kind of policy and takes in another: a resource in a trust policy, a principal in an SCP.

The one place that knows which elements each kind of policy may have. `parse.py` tells what is wrong in every kind.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trustview.policy.document import PolicyDocument, Statement
from trustview.policy.principal import PrincipalElement, PrincipalForm
from trustview.policy.problem import Consequence, Problem
from trustview.policy.service_rules import ASSUME_ROLE, ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY
from trustview.policy.stack import Layer
from trustview.policy.wildcard import matches

_SID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_ACTIONS_OF_FORM = {
    PrincipalForm.SAML_PROVIDER: ASSUME_ROLE_WITH_SAML,
    PrincipalForm.OIDC_PROVIDER: ASSUME_ROLE_WITH_WEB_IDENTITY,
    PrincipalForm.ACCOUNT: ASSUME_ROLE,
    PrincipalForm.USER: ASSUME_ROLE,
    PrincipalForm.ROLE: ASSUME_ROLE,
    PrincipalForm.SESSION: ASSUME_ROLE,
    PrincipalForm.SERVICE: ASSUME_ROLE,
}


def find_misplaced(document: PolicyDocument, layer: Layer) -> tuple[Problem, ...]:
    """The problems of a document as a policy of this layer, beside those that it has in any."""
    rules = _RULES[layer]
    found = [problem for statement in document.statements for rule in rules for problem in rule(statement)]
    if layer in _IDENTITY_LAYERS:
        found += _of_identity(document)
    return tuple(found)


def _of_identity(document: PolicyDocument) -> Iterator[Problem]:
    """Policies of IAM principals have no id, and each Sid once."""
    if document.id:
        yield Problem("$.Id", "an identity policy has no Id", Consequence.REFUSED)
    sids = [statement.sid for statement in document.statements]
    for index, statement in enumerate(document.statements):
        if statement.sid and statement.sid in sids[:index]:
            yield Problem(f"{statement.path}.Sid", f"the Sid `{statement.sid}` stands twice", Consequence.REFUSED)


def _has_no_principal(statement: Statement) -> Iterator[Problem]:
    if statement.has_principal:
        yield Problem(statement.path, "a principal stands only in trust policies and RCPs", Consequence.REFUSED)


def _has_resource(statement: Statement) -> Iterator[Problem]:
    if not statement.has_resource:
        yield Problem(statement.path, "there is neither Resource nor NotResource", Consequence.REFUSED)


def _has_plain_sid(statement: Statement) -> Iterator[Problem]:
    if not set(statement.sid) <= _SID_CHARACTERS:
        reason = f"the Sid `{statement.sid}` has other characters than letters and digits"
        yield Problem(f"{statement.path}.Sid", reason, Consequence.REFUSED)


def _has_no_resource(statement: Statement) -> Iterator[Problem]:
    if statement.has_resource:
        yield Problem(statement.path, "a trust policy has no resource", Consequence.REFUSED)


def _names_who_is_trusted(statement: Statement) -> Iterator[Problem]:
    if not statement.has_principal:
        yield Problem(statement.path, "a trust policy says whom it trusts: there is no Principal", Consequence.REFUSED)
    if statement.not_principals:
        yield Problem(f"{statement.path}.NotPrincipal", "a trust policy has no NotPrincipal", Consequence.REFUSED)
    for element in statement.principals:
        yield from _of_trusted(element, f"{statement.path}.Principal")


def _of_trusted(element: PrincipalElement, path: str) -> Iterator[Problem]:
    if element.form is PrincipalForm.CANONICAL_USER:
        yield Problem(path, "a canonical user stands only in policies of S3", Consequence.REFUSED)
    if element.kind == "*" and element.form is PrincipalForm.EVERYONE:
        yield Problem(path, '`"Principal": "*"` is not for trust policies, unlike `{"AWS": "*"}`', Consequence.REFUSED)


def _fits_the_principal(statement: Statement) -> Iterator[Problem]:
    """Each of the three AssumeRole actions has callers of its own."""
    if statement.not_actions or statement.not_principals:
        return
    for element in statement.principals:
        action = _ACTIONS_OF_FORM.get(element.form)
        if action and statement.actions and not _allows_any(statement, action):
            reason = f"`{element.value}` assumes roles by {action} alone, which no action here means"
            yield Problem(f"{statement.path}.Action", reason, Consequence.NOBODY)


def _allows_any(statement: Statement, action: str) -> bool:
    """Whether the actions hold this one, or one of those that go beside it."""
    beside = ("sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext")
    return any(matches(text, name, ignore_case=True) for text in statement.actions for name in (action, *beside))


def _is_an_rcp(statement: Statement) -> Iterator[Problem]:
    is_everyone = [element.value for element in statement.principals] == ["*"] and not statement.not_principals
    if not is_everyone:
        yield Problem(statement.path, "the principal of an RCP is `*`", Consequence.REFUSED)
    if statement.is_allow and statement.actions != ("*",):
        yield Problem(f"{statement.path}.Effect", "an RCP only denies", Consequence.REFUSED)
    if statement.not_actions:
        yield Problem(f"{statement.path}.NotAction", "an RCP has no NotAction", Consequence.REFUSED)
    if not statement.is_allow and "*" in statement.actions:
        yield Problem(f"{statement.path}.Action", "an RCP names the service of its actions", Consequence.REFUSED)


_Rule = Callable[[Statement], Iterator[Problem]]
_IDENTITY_RULES: tuple[_Rule, ...] = (_has_no_principal, _has_resource, _has_plain_sid)
_IDENTITY_LAYERS = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
_RULES: dict[Layer, tuple[_Rule, ...]] = {
    Layer.TRUST: (_has_no_resource, _names_who_is_trusted, _fits_the_principal),
    Layer.IDENTITY: _IDENTITY_RULES,
    Layer.BOUNDARY: _IDENTITY_RULES,
    Layer.SESSION: _IDENTITY_RULES,
    Layer.SCP: (_has_no_principal, _has_resource),
    Layer.RCP: (_has_resource, _is_an_rcp),
}
