"""SCPs and RCPs as subjects of findings: whom they bind, and whether their statements can ever apply."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from trustview.analysis.access import Access
from trustview.analysis.finding import Subject, SubjectKind
from trustview.analysis.reach import STRANGER_ORGANIZATION, without
from trustview.policy import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    OPERATORS_BY_NAME,
    Caller,
    CallerKind,
    Condition,
    Context,
    PolicyDocument,
    Request,
    Statement,
    evaluate_condition,
)
from trustview.policy.statement import means_action, prepare
from trustview.policy.truth import FALSE, Truth
from trustview.snapshot import GuardrailKind, GuardrailPolicy, Role

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_GLOBAL = (
    "aws:AssumedRoot", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:ChatbotSourceArn",
    "aws:CurrentTime", "aws:Ec2InstanceSourcePrivateIPv4", "aws:Ec2InstanceSourceVpc", "aws:EpochTime",
    "aws:FederatedProvider", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount",
    "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:PrincipalType", "aws:referer",
    "aws:RequestedRegion", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths",
    "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:SourceIdentity", "aws:SourceIp",
    "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:TagKeys",
    "aws:TokenIssueTime", "aws:UserAgent", "aws:userid", "aws:username", "aws:ViaAWSService", "aws:VpceAccount",
    "aws:VpceOrgID", "aws:VpceOrgPaths", "aws:VpcSourceIp",
)  # fmt: skip
GLOBAL_KEYS = {name.lower(): name for name in _GLOBAL}
_TAGGED = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
_ACTIONS = {
    CallerKind.SAML: ASSUME_ROLE_WITH_SAML,
    CallerKind.OIDC: ASSUME_ROLE_WITH_WEB_IDENTITY,
}


def own_guardrails(access: Access, kind: GuardrailKind) -> Iterator[tuple[GuardrailPolicy, PolicyDocument]]:
    """The organization's own guardrails of a kind that hang somewhere, each parsed."""
    organization = access.snapshot.organization
    for policy in organization.guardrails if organization else ():
        if policy.kind is kind and policy.targets and not policy.is_aws:
            yield policy, access.read_guardrail(policy)


def guardrail_subject(access: Access, policy: GuardrailPolicy) -> Subject:
    """A guardrail as what a finding hangs on."""
    organization = access.snapshot.organization
    account = organization.management_account if organization else ""
    places = tuple(sorted(policy.targets))
    return Subject(SubjectKind.GUARDRAIL, policy.id, policy.name, account, places, policy.kind.name)


def bound_accounts(access: Access, policy: GuardrailPolicy) -> tuple[str, ...]:
    """The accounts below the places where a guardrail hangs, that of management aside: none binds it."""
    organization = access.snapshot.organization
    if organization is None:
        return ()
    targets = set(policy.targets)
    return tuple(
        account.id
        for account in organization.accounts
        if account.id != organization.management_account and targets & set(organization.path_to(account.id))
    )


# ── who is asked about ───────────────────────────────────────────────────────────────────────────────────────────


def any_role(account: str) -> Role:
    """A role of an account that nothing is known of: no tags, no policies."""
    return Role(f"arn:aws:iam::{account}:role/any", account, "any", "/", "", "{}")


def member_request(access: Access, account: str, caller_account: str = "") -> Request:
    """A principal of our organization asks for any role of an account."""
    organization = access.snapshot.organization
    caller = Caller(CallerKind.PRINCIPAL, caller_account)
    ours = {"aws:PrincipalOrgID": organization.id if organization else ""}
    return _request(caller, account, _context(access, account, caller).with_values(ours))


def outgoing_request(access: Access, account: str) -> Request:
    """A principal of an account asks for something, its own or a stranger's: what an SCP on the account meets."""
    request = member_request(access, account, account)
    known = {key: value for key, value in request.context.values.items() if not key.startswith("aws:resource")}
    return request._replace(context=request.context._replace(values=known))


def stranger_requests(access: Access, account: str, stranger: str = "") -> Iterator[Request]:
    """A stranger in no organization, and one in another, ask for any role of an account; of any account, or of one."""
    caller = Caller(CallerKind.PRINCIPAL, stranger)
    context = _context(access, account, caller)
    yield _request(caller, account, without(context, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
    elsewhere = {"aws:PrincipalOrgID": STRANGER_ORGANIZATION, "aws:PrincipalOrgPaths": f"{STRANGER_ORGANIZATION}/r-x/"}
    yield _request(caller, account, context.with_values(elsewhere))


def request_of(access: Access, account: str, kind: CallerKind) -> Request:
    """A service or federated caller asks for any role of an account."""
    caller = Caller(kind)
    return _request(caller, account, _context(access, account, caller))


def _context(access: Access, account: str, caller: Caller) -> Context:
    """What is known of a request for an untagged role: also in an account that could not be read."""
    return access.context_of(any_role(account), caller)._replace(complete=("aws:resourcetag/", "iam:resourcetag/"))


def _request(caller: Caller, account: str, context: Context) -> Request:
    return Request(caller, _ACTIONS.get(caller.kind, ASSUME_ROLE), any_role(account).arn, account, context)


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────


def applies(statement: Statement, request: Request, document: PolicyDocument) -> Truth:
    """Whether a statement of an RCP applies to a request."""
    if not means_action(statement, request.action):
        return FALSE
    return prepare(statement, document).applies_to_everyone(request)


def never_applies(statement: Statement, requests: list[Request], document: PolicyDocument) -> tuple[Condition, ...]:
    """The conditions of which one is surely false in every request; empty where the statement may apply."""
    found: list[Condition] = []
    for request in requests:
        false = [c for c in statement.conditions if is_judged(c) and evaluate_of(c, request, document).is_false]
        if not false:
            return ()
        found += [condition for condition in false if condition not in found]
    return tuple(found)


def evaluate_of(condition: Condition, request: Request, document: PolicyDocument) -> Truth:
    """Whether a condition of a document holds in a request; a key that does not exist is in none."""
    if meant_key(condition.key):
        request = request._replace(context=without(request.context, condition.key))
    return evaluate_condition(condition, request, substitutes=document.substitutes_variables)


def is_judged(condition: Condition) -> bool:
    """Whether we know the condition's key: those of AWS that are known, and those that are known ones misspelt."""
    is_known = condition.key.lower() in GLOBAL_KEYS or condition.key.lower().startswith(_TAGGED)
    return condition.operator.lower() in OPERATORS_BY_NAME and (is_known or bool(meant_key(condition.key)))


def meant_key(key: str) -> str:
    """The key that a misspelt one was meant to be; empty where it is none, or may be one that we do not know."""
    name = key.lower()
    if not name.startswith("aws:") or name in GLOBAL_KEYS or name.startswith(_TAGGED):
        return ""
    return next((GLOBAL_KEYS[near] for near in get_close_matches(name, GLOBAL_KEYS, n=1, cutoff=0.85)), "")
