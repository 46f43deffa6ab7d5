"""What the claims that an OIDC grant tests let in. THE ONE PLACE that reads subjects.

Rule 1: an organization is closed only where a separator follows its name: `repo:acme*` also means `acme-evil`.
Rule 2: GitHub has two formats, `repo:acme/app:…` and `repo:acme@ID/app@ID:…`; `@` cannot occur in a name, so
        `repo:acme@*/app@*:…` is closed by name.
Rule 3: `*` under an operator without wildcards is a plain star, which no issuer sends.
https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import re
from functools import lru_cache

from trustview.analysis.audience import is_wild, passes_when_absent
from trustview.analysis.conditions import is_about_mfa, is_negated, listed
from trustview.analysis.issuers import APPLICATION_CLAIMS, Bound, Issuer, find_issuer
from trustview.analysis.kinds import Kind
from trustview.policy import (
    OPERATORS_BY_NAME,
    CallerKind,
    Condition,
    Presence,
    PrincipalForm,
    find_context_key,
)

# Claims that GitHub puts first where an organization changed its subject template.
_CUSTOM_CLAIMS = (
    "repository_owner", "repository_owner_id", "repository_id", "repository_visibility", "enterprise", "enterprise_id",
    "actor", "actor_id", "environment", "event_name", "head_ref", "base_ref", "job_workflow_ref", "ref", "ref_type",
    "run_id", "runner_environment", "sha", "workflow", "workflow_ref", "context",
)  # fmt: skip
_OWNER_CLAIMS = ("repository_owner", "repository_owner_id", "repository_id", "enterprise", "enterprise_id")
# Any branch, any tag, any environment, or any pull request.
_ANY_PLACE = re.compile(
    r"[*?].*|pull_request|ref:\*|ref:refs/(heads/|tags/)?\*|environment:\*|ref_type:\*|ref_type:\w+:(\*|ref:\*)"
)
# What is worth testing beside a project: with it, not every branch gets in.
_NARROWING_CLAIMS = ("ref", "environment", "job_workflow_ref", "ref_protected", "build_branch")


def is_oidc(grant: Kind) -> bool:
    """Whether an OIDC provider is trusted, and not one of those that sign in everybody."""
    return grant.principal.form is PrincipalForm.OIDC_PROVIDER and issuer_name(grant) not in APPLICATION_CLAIMS


def issuer_name(grant: Kind) -> str:
    """The issuer that a grant trusts, as condition keys spell it."""
    return _issuer_name(grant.principal.name)


def _issuer_name(provider: str) -> str:
    return provider.lower().rstrip("/")


def issuer_of(grant: Kind) -> Issuer:
    """The issuer that a grant trusts."""
    return find_issuer(grant.principal.name)


def claims_of(grant: Kind) -> tuple[tuple[str, Condition], ...]:
    """The conditions on claims of the grant's own issuer, with the claim; keys of AWS stand under their full name."""
    provider = grant.principal.name
    return tuple([(_claim_of(provider, condition.key), condition) for condition in grant.conditions])


# Several checks ask, and an organization has few providers and keys.
@lru_cache(maxsize=4096)
def _claim_of(provider: str, key: str) -> str:
    key = key.lower()
    issuer, _, claim = key.rpartition(":")
    return claim if issuer.rstrip("/") == _issuer_name(provider) else key


def tests_of(grant: Kind, *claims: str) -> tuple[Condition, ...]:
    """The conditions that surely test one of these claims for some value."""
    return tuple(c for claim, c in claims_of(grant) if claim in claims and asks_for_a_value(claim, c))


def asks_for_a_value(claim: str, condition: Condition) -> bool:
    """Whether only some values of the claim pass; every token has a subject and an audience."""
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    if operator is None or operator.family == "null" or operator.is_negated or not condition.values:
        return False
    if claim not in ("sub", "aud", "oaud") and passes_when_absent(condition):
        return False
    return not operator.has_wildcards or all(set(value) - set("*?") for value in condition.values)


# ── how wide ─────────────────────────────────────────────────────────────────────────────────────────────────────


def tenancy_of(grant: Kind) -> tuple[Condition, ...]:
    """The conditions on claims that name the tenant, whatever they test them for."""
    return tuple(condition for claim, condition in claims_of(grant) if claim in issuer_of(grant).claims)


def bound_of(grant: Kind) -> tuple[Bound, tuple[str, ...]]:
    """How far the claims close, and the values of the narrowest condition that leave it so wide."""
    issuer = issuer_of(grant)
    found = [
        _bound_of_condition(issuer, claim, condition) for claim, condition in claims_of(grant) if claim in issuer.claims
    ]
    bound, values = max(found, key=lambda each: each[0], default=(Bound.NOBODY, ()))
    if bound is Bound.PROJECT and any(asks_for_a_value(c, t) for c, t in claims_of(grant) if c in _NARROWING_CLAIMS):
        return Bound.EXACT, values
    return bound, values


def _bound_of_condition(issuer: Issuer, claim: str, condition: Condition) -> tuple[Bound, tuple[str, ...]]:
    if not asks_for_a_value(claim, condition):
        return Bound.NOBODY, condition.values
    live = [value for value in condition.values if not _is_dead_star(condition, value)]
    bounds = {value: _bound_of_value(issuer, claim, value) for value in live}
    widest = min(bounds.values(), default=Bound.EXACT)
    return widest, tuple(value for value, bound in bounds.items() if bound is widest)


def _bound_of_value(issuer: Issuer, claim: str, value: str) -> Bound:
    if claim == "sub":
        return read_subject(issuer, value)
    if not is_wild(value):
        return issuer.claims[claim]
    # `acme/*` of the claim `repository` closes the owner; nothing else is closed by half a value.
    owner, slash, _ = value.partition("/")
    return Bound.TENANT if claim == "repository" and slash and not is_wild(owner) else Bound.NOBODY


def read_subject(issuer: Issuer, pattern: str) -> Bound:
    """How far one subject pattern closes."""
    if not pattern.startswith(issuer.prefix):
        return _read_custom_subject(pattern)
    rest = pattern.removeprefix(issuer.prefix)
    if not issuer.tenant_ends:
        return Bound.EXACT if set(rest) - set("*?") else Bound.NOBODY
    tenant, end, rest = _cut(rest, issuer.tenant_ends)
    if not tenant or is_wild(tenant):
        return Bound.NOBODY
    return _read_behind_tenant(issuer, end, rest)


def _read_behind_tenant(issuer: Issuer, end: str, rest: str) -> Bound:
    if not end:
        return Bound.EXACT
    if end == "@":
        _, slash, rest = rest.partition("/")
        if not slash:
            return Bound.TENANT
    if not issuer.project_ends:
        return Bound.TENANT if rest[:1] in ("*", "?") else Bound.EXACT
    project, end, place = _cut(rest, issuer.project_ends)
    if is_wild(project.partition("@")[0]):
        return Bound.TENANT
    return Bound.PROJECT if end and _ANY_PLACE.fullmatch(place) else Bound.EXACT


def _read_custom_subject(pattern: str) -> Bound:
    if not is_wild(pattern):
        return Bound.EXACT
    claim, colon, rest = pattern.partition(":")
    is_closed = colon and claim in _OWNER_CLAIMS and not is_wild(rest.partition(":")[0])
    return Bound.TENANT if is_closed else Bound.NOBODY


def _cut(text: str, ends: str) -> tuple[str, str, str]:
    """The text before the first of these characters, that character, and the text behind it."""
    place = next((index for index, letter in enumerate(text) if letter in ends), len(text))
    return text[:place], text[place : place + 1], text[place + 1 :]


def close_subject(pattern: str) -> tuple[str, ...]:
    """A GitHub subject that runs on behind the organization's name, closed in both formats; empty when unsure."""
    match = _RUNNING_ON.fullmatch(pattern)
    if not match:
        return ()
    owner, repository, place = match["owner"], match["repository"], match["place"] or ":*"
    if repository:
        return (f"repo:{owner}/{repository}{place}", f"repo:{owner}@*/{repository}@*{place}")
    return (f"repo:{owner}/*{match['place'] or ''}", f"repo:{owner}@*{match['place'] or ''}")


# Names of GitHub never end with a hyphen: `repo:acme-*` means no single organization.
_RUNNING_ON = re.compile(
    r"repo:(?P<owner>[A-Za-z0-9-]*[A-Za-z0-9])\*(?:/(?:(?P<repository>[\w.-]*\w)\*?|\*))?(?P<place>:.*)?"
)


# ── what never matches ───────────────────────────────────────────────────────────────────────────────────────────


def dead_conditions_of(grant: Kind) -> tuple[tuple[Condition, str], ...]:
    """The conditions that no token of the issuer ever meets, each with the reason in words."""
    return tuple(
        (condition, reason)
        for claim, condition in claims_of(grant)
        if not is_about_mfa(condition) and (reason := _why_dead(grant.principal.name, claim, condition))
    )


def is_dead(grant: Kind) -> bool:
    """Whether no token of the issuer can ever meet the grant's conditions."""
    return bool(dead_conditions_of(grant))


# Several checks ask, and pipelines of many accounts test the same.
@lru_cache(maxsize=4096)
def _why_dead(provider: str, claim: str, condition: Condition) -> str:
    issuer, name = find_issuer(provider), _issuer_name(provider)
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    if operator is None:
        return ""
    row = find_context_key(condition.key)
    if row.presence(CallerKind.OIDC, name) is Presence.NEVER and not passes_when_absent(condition):
        return f"`{condition.key}` is never sent with a token of `{name}`"
    if is_negated(condition) or operator.family != "string" or not condition.values:
        return ""
    if all(_is_dead_star(condition, value) for value in condition.values):
        return f"`*` under `{condition.spelling}` is a plain star: no token has {listed(condition.values)}"
    if claim == "sub" and all(_has_wrong_prefix(issuer, value) for value in condition.values):
        template = ", unless the organization changed its subject template" if issuer.prefix == "repo:" else ""
        return f"{listed(condition.values)} does not begin with `{issuer.prefix}`, as subjects do{template}"
    return ""


def _is_dead_star(condition: Condition, value: str) -> bool:
    operator = OPERATORS_BY_NAME[condition.operator.lower()]
    return operator.family == "string" and not operator.has_wildcards and "*" in value and "${*}" not in value


def _has_wrong_prefix(issuer: Issuer, value: str) -> bool:
    """Whether no subject of the issuer can match; a wildcard may stand for the prefix or its end."""
    head = re.split(r"[*?$]", value, maxsplit=1)[0]
    if head.startswith(issuer.prefix) or (head != value and issuer.prefix.startswith(head)):
        return False
    return not (issuer.prefix == "repo:" and value.partition(":")[0] in _CUSTOM_CLAIMS and ":" in value)
