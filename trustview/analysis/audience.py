"""Who is meant by a principal element once the conditions that surely hold are counted?

A condition *holds* when an outsider cannot satisfy it by choosing what it sends, and an absent key does not satisfy it.
THE ONE PLACE that decides that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trustview.policy import (
    OPERATORS_BY_NAME,
    Condition,
    PrincipalElement,
    PrincipalForm,
    find_context_key,
    is_account_id,
    matches,
)
from trustview.policy.conditions.ip import read_network
from trustview.snapshot import Organization


class Crowd(StrEnum):
    """The kinds of audience."""

    EVERYONE = "everyone"
    ORGANIZATION = "organization"
    ACCOUNTS = "accounts"
    NAMED = "named"
    SERVICE = "service"
    PROVIDER = "provider"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may come: everyone, the members of an organization, whole accounts, one named principal, a service…

    `accounts` are the accounts meant; for ORGANIZATION empty. `organizations` are ids that conditions name.
    """

    crowd: Crowd
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


_CROWDS = {
    PrincipalForm.SERVICE: Crowd.SERVICE,
    PrincipalForm.SAML_PROVIDER: Crowd.PROVIDER,
    PrincipalForm.OIDC_PROVIDER: Crowd.PROVIDER,
    PrincipalForm.UNIQUE_ID: Crowd.NOBODY,
    PrincipalForm.CANONICAL_USER: Crowd.NOBODY,
    PrincipalForm.MALFORMED: Crowd.NOBODY,
}


def find_audience(
    element: PrincipalElement,
    conditions: tuple[Condition, ...],
    organization: Organization | None,
    *,
    is_inverted: bool = False,
) -> Audience:
    """Who a principal element lets come, its statement's conditions counted."""
    if is_inverted:
        return Audience(Crowd.EVERYONE)
    if element.form is PrincipalForm.ACCOUNT:
        return Audience(Crowd.ACCOUNTS, (element.account,))
    if element.form is not PrincipalForm.EVERYONE:
        return Audience(_CROWDS.get(element.form, Crowd.NAMED), (element.account,) if element.account else ())
    accounts = bounded_accounts(conditions)
    if accounts:
        return Audience(Crowd.ACCOUNTS, accounts)
    organizations = bounded_organizations(conditions)
    if organization and organization.id in organizations:
        return Audience(Crowd.ORGANIZATION, organizations=organizations)
    return Audience(Crowd.EVERYONE, organizations=organizations)


def bounded_accounts(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """The accounts to which conditions that hold bound the callers; empty when they do not."""
    found: tuple[str, ...] = ()
    for condition in conditions:
        key = condition.key.lower()
        if holds(condition) and key in ("aws:principalaccount", "aws:principalarn"):
            accounts = condition.values if key == "aws:principalaccount" else map(_account_of, condition.values)
            found = tuple(dict.fromkeys(accounts))
    return found


def bounded_organizations(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """The organization ids to which conditions that hold bound the callers; empty when they do not."""
    found: list[str] = []
    for condition in conditions:
        if holds(condition) and condition.key.lower() in ("aws:principalorgid", "aws:principalorgpaths"):
            found += [value.partition("/")[0] for value in condition.values]
    return tuple(dict.fromkeys(found))


def holds(condition: Condition) -> bool:
    """Whether the condition of an Allow keeps out whoever its values do not mean."""
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    if operator is None or operator.family == "null" or passes_when_absent(condition):
        return False
    if not find_context_key(condition.key).is_identifying or not condition.values:
        return False
    return all(_is_bounded(condition, value) for value in condition.values)


def passes_when_absent(condition: Condition) -> bool:
    """Whether who does not send the key passes."""
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    if operator is None:
        return False
    if operator.family == "null":
        return any(value.strip().lower() == "true" for value in condition.values)
    if condition.quantifier == "ForAnyValue":
        return False
    return condition.if_exists or condition.quantifier == "ForAllValues" or operator.is_negated


def _is_bounded(condition: Condition, value: str) -> bool:
    """Whether one value names somebody: a wildcard must not stand where the account or organization is named."""
    key = condition.key.lower()
    has_wildcard = "*" in value or "?" in value
    operator = OPERATORS_BY_NAME[condition.operator.lower()]
    if key == "aws:sourceip":
        network = read_network(value)
        return network is not None and network.prefixlen > (8 if network.version == 4 else 32)
    if key == "aws:principalarn":
        return is_account_id(_account_of(value))
    if key in ("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"):
        return not set(value.partition("/")[0]) & set("*?") and "/" in value
    if key in ("aws:sourcearn", "aws:userid"):
        return not (operator.has_wildcards and set(value[:12]) & set("*?"))
    # With an operator that knows no wildcards a star is itself, which no account or organization is called.
    return not (operator.has_wildcards and has_wildcard)


def _account_of(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def names_account(pattern: str, account: str) -> bool:
    """Whether a value with wildcards means the account."""
    return matches(pattern, account)
