"""Does this statement apply to this request? One list of matchers per kind of policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable

from trustview.policy.arn import parse_arn
from trustview.policy.condition import evaluate_condition, fill_variables
from trustview.policy.context_key import CallerKind
from trustview.policy.document import PolicyDocument, Statement
from trustview.policy.principal import PrincipalElement, PrincipalForm
from trustview.policy.request import Request
from trustview.policy.truth import FALSE, TRUE, Truth, all_of, any_of, depends, truth, undocumented
from trustview.policy.wildcard import matches, matches_tokens, tokenize

Matcher = Callable[[Statement, Request, PolicyDocument], Truth]


def matches_action(statement: Statement, request: Request, document: PolicyDocument) -> Truth:
    """Whether the action is meant; actions ignore case."""
    found = any(matches(pattern, request.action, ignore_case=True) for pattern in statement.actions)
    return truth(found != statement.not_actions)


def matches_resource(statement: Statement, request: Request, document: PolicyDocument) -> Truth:
    """Whether the role is meant; a statement without resources (a trust policy) means the role it is attached to."""
    if not statement.resources:
        return TRUE
    found = any_of(_matches_one_resource(text, request, document) for text in statement.resources)
    return ~found if statement.not_resources else found


def _matches_one_resource(text: str, request: Request, document: PolicyDocument) -> Truth:
    pattern = tokenize(text, substitutes=document.substitutes_variables, has_wildcards=True)
    filled, missing = fill_variables(pattern, request)
    if missing:
        return depends(*missing)
    return truth(filled is not None and matches_tokens(filled, request.resource))


def matches_conditions(statement: Statement, request: Request, document: PolicyDocument) -> Truth:
    """Whether every condition holds."""
    substitutes = document.substitutes_variables
    return all_of(evaluate_condition(c, request, substitutes=substitutes) for c in statement.conditions)


def matches_principal(statement: Statement, request: Request, document: PolicyDocument) -> Truth:
    """Whether the caller is meant by a trust policy."""
    found = any_of(matches_element(element, request) for element in statement.principals)
    if not statement.not_principals:
        return found
    if statement.is_allow:
        return FALSE if found.is_true else undocumented("`NotPrincipal` in an Allow")
    return ~found


def matches_everyone(statement: Statement, request: Request, document: PolicyDocument) -> Truth:
    """Whether an RCP means the caller: its principal is always `*`, services and federated callers included."""
    return truth(not statement.not_principals)


def matches_element(element: PrincipalElement, request: Request) -> Truth:
    """Whether one principal element means the caller."""
    caller = request.caller
    if element.form is PrincipalForm.EVERYONE:
        return _is_anyone(element, request)
    if caller.kind is CallerKind.UNKNOWN:
        return undocumented(f"who `{caller}` is")
    matcher = _MATCHERS.get(element.form)
    return matcher(element, request) if matcher else FALSE


def _is_anyone(element: PrincipalElement, request: Request) -> Truth:
    """AWS documents `*` for principals of accounts; under `Federated`, and for other callers, it does not say."""
    kind = request.caller.kind
    if kind.is_iam:
        return truth(element.kind != "Federated")
    if element.kind == "Federated" and kind is CallerKind.SERVICE:
        return FALSE
    return undocumented(f"`*` as principal for {kind.value} callers")


def _is_of_account(element: PrincipalElement, request: Request) -> Truth:
    """The account, or its root, stands for every principal in it."""
    caller = request.caller
    if not caller.kind.is_iam:
        return FALSE
    if not caller.account:
        return depends("aws:PrincipalAccount")
    own = parse_arn(caller.arn)
    same_partition = not element.partition or own is None or own.partition == element.partition
    return truth(caller.account == element.account and same_partition)


def _is_user(element: PrincipalElement, request: Request) -> Truth:
    return _is_named(element, request, {CallerKind.USER})


def _is_role(element: PrincipalElement, request: Request) -> Truth:
    """A session is of a role by account and role name: its own ARN drops the path."""
    named = _is_named(element, request, {CallerKind.ROLE})
    if named.is_false and request.caller.kind is CallerKind.ROLE and request.caller.session:
        arn = parse_arn(request.caller.arn)
        if arn is None or (arn.account, arn.partition) != (element.account, element.partition):
            return FALSE
        return _is_same_name(element.name.rpartition("/")[2], arn.name) if "/" not in arn.path_and_name else FALSE
    return named


def _is_same_name(named: str, of_session: str) -> Truth:
    """Role names are unique whatever their case; how a session of another spelling compares AWS does not document."""
    if named != of_session and named.lower() == of_session.lower():
        return undocumented("letter case between a session and its role")
    return truth(named == of_session)


def _is_named(element: PrincipalElement, request: Request, kinds: set[CallerKind]) -> Truth:
    caller = request.caller
    if caller.kind is CallerKind.PRINCIPAL:
        if caller.account and caller.account != element.account:
            return FALSE
        return depends("aws:PrincipalArn")
    return truth(caller.kind in kinds and caller.arn == element.value)


def _is_session(element: PrincipalElement, request: Request) -> Truth:
    caller = request.caller
    role, _, session = element.name.partition("/")
    if caller.kind is CallerKind.PRINCIPAL:
        return FALSE if caller.account and caller.account != element.account else depends("aws:userid")
    arn = parse_arn(caller.arn)
    if caller.kind is not CallerKind.ROLE or arn is None:
        return FALSE
    if (arn.account, arn.partition) != (element.account, element.partition):
        return FALSE
    # Without a session name any of the role's sessions may be meant.
    of_session = truth(caller.session == session) if caller.session else depends("aws:userid")
    return all_of((_is_same_name(role, arn.name), of_session))


def _is_federated_user(element: PrincipalElement, request: Request) -> Truth:
    return _is_named(element, request, {CallerKind.FEDERATED_USER})


def _is_unique_id(element: PrincipalElement, request: Request) -> Truth:
    """Shown once its principal was deleted: it matches nobody else, even of the same name."""
    return truth(bool(request.caller.unique_id) and request.caller.unique_id == element.value)


def _is_service(element: PrincipalElement, request: Request) -> Truth:
    caller = request.caller
    return truth(caller.kind is CallerKind.SERVICE and caller.provider.lower() == element.value.lower())


def _is_provider(element: PrincipalElement, request: Request) -> Truth:
    caller = request.caller
    return truth(caller.kind in (CallerKind.SAML, CallerKind.OIDC) and caller.provider == element.value)


_MATCHERS: dict[PrincipalForm, Callable[[PrincipalElement, Request], Truth]] = {
    PrincipalForm.ACCOUNT: _is_of_account,
    PrincipalForm.USER: _is_user,
    PrincipalForm.ROLE: _is_role,
    PrincipalForm.SESSION: _is_session,
    PrincipalForm.FEDERATED_USER: _is_federated_user,
    PrincipalForm.UNIQUE_ID: _is_unique_id,
    PrincipalForm.SERVICE: _is_service,
    PrincipalForm.SAML_PROVIDER: _is_provider,
    PrincipalForm.OIDC_PROVIDER: _is_provider,
}

TRUST_MATCHERS: tuple[Matcher, ...] = (matches_action, matches_principal, matches_resource, matches_conditions)
IDENTITY_MATCHERS: tuple[Matcher, ...] = (matches_action, matches_resource, matches_conditions)
RCP_MATCHERS: tuple[Matcher, ...] = (matches_action, matches_everyone, matches_resource, matches_conditions)


def apply_matchers(
    statement: Statement, request: Request, document: PolicyDocument, matchers: tuple[Matcher, ...]
) -> Truth:
    """Whether the statement applies; the first matcher that surely fails ends the reading."""
    return all_of(matcher(statement, request, document) for matcher in matchers)
