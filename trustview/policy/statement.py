"""Does this statement apply to this request? One test per element: action, principal, resource, conditions.

A statement is prepared once: its patterns are compiled, and tests that every request passes are left out. A policy
keeps its statements that mean an action (`statements_on`), so that a request meets only what depends on the request.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from trustview.policy.arn import parse_arn
from trustview.policy.condition import Test, prepare_condition
from trustview.policy.context_key import CallerKind
from trustview.policy.document import PolicyDocument, Statement
from trustview.policy.memory import ENTRIES, keep
from trustview.policy.patterns import Patterns
from trustview.policy.principal import PrincipalElement, PrincipalForm
from trustview.policy.request import Caller, Request
from trustview.policy.truth import FALSE, TRUE, Truth, all_of, any_of, depends, truth, undocumented
from trustview.policy.wildcard import Match, match_any, tokenize

# Principal elements that mean, or may mean, a caller.
Elements = list[tuple[PrincipalElement, Truth]]
Matcher = Callable[[PrincipalElement, Caller], Truth]
Candidates = tuple[tuple[PrincipalElement, Matcher], ...]


# ── a policy, ready for an action ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StatementsOn:
    """The statements of a policy that mean an action, by effect, in order."""

    allows: tuple[PreparedStatement, ...]
    denies: tuple[PreparedStatement, ...]


def statements_on(action: str, document: PolicyDocument) -> StatementsOn:
    """What a policy says on an action, ready to be asked."""
    found: StatementsOn | None = document.prepared.get(action)
    if found is None:
        meant = [prepare(s, document) for s in document.statements if means_action(s, action)]
        allows = tuple([prepared for prepared in meant if prepared.statement.is_allow])
        found = StatementsOn(allows, tuple([p for p in meant if not p.statement.is_allow]))
        keep(document.prepared, action, found)
    return found


def means_action(statement: Statement, action: str) -> bool:
    """Whether the action is, or may be, meant; actions ignore case."""
    match = statement.prepared.get("action")
    if match is None:
        match = statement.prepared["action"] = _match_actions(statement.actions)
    return bool(match(action) != statement.not_actions)


@lru_cache(maxsize=ENTRIES)
def _match_actions(patterns: tuple[str, ...]) -> Match:
    """The test of a list of actions; few lists stand in many statements."""
    return match_any((tokenize(text, substitutes=False, has_wildcards=True) for text in patterns), ignore_case=True)


def prepare(statement: Statement, document: PolicyDocument) -> PreparedStatement:
    """The statement as its document's version reads it, ready to be asked; prepared once."""
    substitutes = document.substitutes_variables
    found: PreparedStatement | None = statement.prepared.get(substitutes)
    if found is None:
        found = statement.prepared[substitutes] = PreparedStatement(statement, substitutes=substitutes)
    return found


class PreparedStatement:
    """A statement with all that no request changes; whether it means the action is known already."""

    __slots__ = ("_elements", "_tests", "_tests_of_trust", "statement")

    def __init__(self, statement: Statement, *, substitutes: bool) -> None:
        self.statement = statement
        resources = _prepare_resources(statement, substitutes=substitutes)
        others = [prepare_condition(c, substitutes=substitutes) for c in statement.conditions]
        if statement.not_actions and not statement.actions:
            others.append(_always(undocumented("an empty `NotAction`")))
        self._tests: tuple[Test, ...] = (*resources, *others)
        self._tests_of_trust: tuple[Test, ...] = (*map(_as_in_trust, resources), *others)
        self._elements: dict[str, Candidates] = {}

    @property
    def applies_always(self) -> bool:
        """Whether resource and conditions are met by every request."""
        return not self._tests

    def applies(self, request: Request) -> Truth:
        """Whether resource and conditions are met: all that an identity policy, a boundary or an SCP asks."""
        return _together(self._tests, request)

    def applies_to_everyone(self, request: Request) -> Truth:
        """The same in an RCP: its principal is always `*`, services and federated callers included.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
        """
        is_everyone = any(element.form is PrincipalForm.EVERYONE for element in self.statement.principals)
        if self.statement.not_principals or (self.statement.has_principal and not is_everyone):
            return all_of((undocumented("a resource control policy whose principal is not `*`"), self.applies(request)))
        return self.applies(request)

    def applies_to_caller(self, request: Request) -> Truth:
        """The same in a trust policy, which must mean the caller too."""
        return self.applies_to_them(self.elements_meaning(request.caller), request)

    def applies_to_them(self, elements: Elements, request: Request) -> Truth:
        """The same when it is known already which elements mean the caller."""
        meant = self.means(elements)
        return meant if meant.value is False else meant & self.applies_to_its_role(request)

    def applies_to_its_role(self, request: Request) -> Truth:
        """The same in a trust policy, whoever is meant."""
        return _together(self._tests_of_trust, request)

    def means_caller(self, caller: Caller) -> Truth:
        """Whether the caller is meant by the statement."""
        return self.means(self.elements_meaning(caller))

    def elements_meaning(self, caller: Caller) -> Elements:
        """Each principal element that means, or may mean, the caller."""
        if caller.kind is CallerKind.UNKNOWN:
            return [(element, undocumented(f"who `{caller}` is")) for element in self.statement.principals]
        found = []
        for element, matcher in self._candidates(caller):
            meant = matcher(element, caller)
            if meant.value is not False:
                found.append((element, meant))
        return found

    def means(self, elements: Elements) -> Truth:
        """Whether the caller, whom these elements mean or may mean, is meant by the statement."""
        if self.statement.not_principals:
            return self._means_others(elements)
        return elements[0][1] if len(elements) == 1 else any_of([meant for _, meant in elements])

    def _means_others(self, named: Elements) -> Truth:
        if self.statement.is_allow:
            return undocumented("`NotPrincipal` in an Allow")
        if not self.statement.principals:
            return undocumented("an empty `NotPrincipal`")
        return ~any_of([meant for _, meant in named])

    def _candidates(self, caller: Caller) -> Candidates:
        """Every element save those of other accounts: they never mean this caller."""
        found = self._elements.get(caller.account)
        if found is None:
            listed = self.statement.principals
            near = [e for e in listed if not caller.account or e.account in ("", caller.account)]
            found = tuple((e, _MATCHERS[e.form]) for e in near if e.form in _MATCHERS)
            keep(self._elements, caller.account, found)
        return found


def _prepare_resources(statement: Statement, *, substitutes: bool) -> tuple[Test, ...]:
    """Whether the role is meant; a statement without resources (a trust policy) means the role it is attached to.

    A list of no resources has no effect; of an empty `NotResource` AWS says nothing.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html (empty array)
    """
    if not statement.has_resource:
        return ()
    if not statement.resources:
        return (_always(undocumented("an empty `NotResource`") if statement.not_resources else FALSE),)
    patterns = Patterns(
        (tokenize(text, substitutes=substitutes, has_wildcards=True) for text in statement.resources), match_any
    )
    if statement.not_resources:
        return (lambda request: ~patterns.match(request.resource, request),)
    if patterns.matches_whatever:
        return ()
    return (lambda request: patterns.match(request.resource, request),)


def _together(tests: tuple[Test, ...], request: Request) -> Truth:
    """Whether a request passes every test; the first that surely fails ends it."""
    together = TRUE
    for test in tests:
        answer = test(request)
        if answer.value is False:
            return answer
        together &= answer
    return together


def _always(answer: Truth) -> Test:
    return lambda _: answer


def _as_in_trust(test: Test) -> Test:
    """AWS refuses a trust policy that names a resource: where it is not the role, nobody knows what it says.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html (role trust policy)
    """
    unanswered = undocumented("`Resource` in a trust policy")
    return lambda request: answer if (answer := test(request)).is_true else unanswered


# ── does this element mean the caller? ──────────────────────────────────────────────────────────────────────────


def matches_element(element: PrincipalElement, caller: Caller) -> Truth:
    """Whether one element of a trust policy means a caller of a known kind."""
    matcher = _MATCHERS.get(element.form)
    return FALSE if matcher is None else matcher(element, caller)


def _is_anyone(element: PrincipalElement, caller: Caller) -> Truth:
    """AWS documents `*` for principals of accounts; under `Federated`, and for other callers, it does not say."""
    if caller.kind.is_iam:
        return truth(element.kind != "Federated")
    if element.kind == "Federated" and caller.kind is CallerKind.SERVICE:
        return FALSE
    return undocumented(f"`*` as principal for {caller.kind.value} callers")


def _is_of_account(element: PrincipalElement, caller: Caller) -> Truth:
    """The account, or its root, stands for every principal in it; who has no name is of any partition."""
    if not caller.kind.is_iam:
        return FALSE
    if not caller.account:
        return depends("aws:PrincipalAccount")
    own = parse_arn(caller.arn)
    same_partition = not element.partition or own is None or own.partition == element.partition
    return truth(caller.account == element.account and same_partition)


def _is_user(element: PrincipalElement, caller: Caller) -> Truth:
    return _is_named(element, caller, CallerKind.USER)


def _is_role(element: PrincipalElement, caller: Caller) -> Truth:
    """A session is of a role by account and role name: its own ARN drops the path."""
    named = _is_named(element, caller, CallerKind.ROLE)
    if named.is_false and caller.kind is CallerKind.ROLE and caller.session:
        arn = parse_arn(caller.arn)
        if arn is None or (arn.account, arn.partition) != (element.account, element.partition):
            return FALSE
        return _is_same_name(element.name.rpartition("/")[2], arn.name) if "/" not in arn.path_and_name else FALSE
    return named


def _is_same_name(named: str, of_session: str) -> Truth:
    """Role names are unique whatever their case; how a session of another spelling compares AWS does not document."""
    if named != of_session and named.lower() == of_session.lower():
        return undocumented("letter case between a session and its role")
    return truth(named == of_session)


def _is_named(element: PrincipalElement, caller: Caller, kind: CallerKind) -> Truth:
    if caller.kind is CallerKind.PRINCIPAL:
        return depends("aws:PrincipalArn")
    return truth(caller.kind is kind and caller.arn == element.value)


def _is_session(element: PrincipalElement, caller: Caller) -> Truth:
    role, _, session = element.name.partition("/")
    if caller.kind is CallerKind.PRINCIPAL:
        return depends("aws:userid")
    arn = parse_arn(caller.arn)
    if caller.kind is not CallerKind.ROLE or arn is None:
        return FALSE
    if (arn.account, arn.partition) != (element.account, element.partition):
        return FALSE
    # Without a session name any of the role's sessions may be meant.
    of_session = truth(caller.session == session) if caller.session else depends("aws:userid")
    return all_of((_is_same_name(role, arn.name), of_session))


def _is_federated_user(element: PrincipalElement, caller: Caller) -> Truth:
    return _is_named(element, caller, CallerKind.FEDERATED_USER)


def _is_unique_id(element: PrincipalElement, caller: Caller) -> Truth:
    """Shown once its principal was deleted: it matches nobody else, even of the same name."""
    return truth(bool(caller.unique_id) and caller.unique_id == element.value)


def _is_service(element: PrincipalElement, caller: Caller) -> Truth:
    return truth(caller.kind is CallerKind.SERVICE and caller.provider.lower() == element.value.lower())


def _is_provider(element: PrincipalElement, caller: Caller) -> Truth:
    return truth(caller.kind in (CallerKind.SAML, CallerKind.OIDC) and caller.provider == element.value)


# Other forms mean nobody in a trust policy.
_MATCHERS: dict[PrincipalForm, Matcher] = {
    PrincipalForm.EVERYONE: _is_anyone,
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
