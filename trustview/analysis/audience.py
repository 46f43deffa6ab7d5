"""Who is meant by a principal element once the conditions that surely hold are counted?

A condition *holds* when an outsider cannot satisfy it by choosing what it sends, and an absent key does not satisfy it.
THE ONE PLACE that decides that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from trustview.policy import (
    OPERATORS_BY_NAME,
    Condition,
    Operator,
    PrincipalElement,
    PrincipalForm,
    find_context_key,
    is_account_id,
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
    """Who may come: everyone, the members of our organization, whole accounts, one named principal, a service…

    `accounts` are the accounts meant; for ORGANIZATION empty.
    """

    crowd: Crowd
    accounts: tuple[str, ...] = ()


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
    own_account: str = "",
    is_inverted: bool = False,
) -> Audience:
    """Who a principal element lets come, its statement's conditions counted; `own_account` is the role's."""
    if is_inverted:
        return Audience(Crowd.EVERYONE)
    if element.form is PrincipalForm.ACCOUNT:
        return Audience(Crowd.ACCOUNTS, (element.account,))
    if element.form is not PrincipalForm.EVERYONE:
        return Audience(_CROWDS.get(element.form, Crowd.NAMED), (element.account,) if element.account else ())
    filled = tuple(_fill_in(condition, organization, own_account) for condition in conditions)
    accounts = bounded_accounts(filled)
    if accounts:
        return Audience(Crowd.ACCOUNTS, accounts)
    if organization and bounded_organizations(filled) == (organization.id,):
        return Audience(Crowd.ORGANIZATION)
    return Audience(Crowd.EVERYONE)


def _fill_in(condition: Condition, organization: Organization | None, own_account: str) -> Condition:
    """The condition with what is known of the role put in for its policy variables."""
    if not any("${" in value for value in condition.values):
        return condition
    known = {"aws:resourceaccount": own_account, "aws:resourceorgid": organization.id if organization else ""}

    def fill(match: re.Match[str]) -> str:
        return known.get(match[1].strip().lower()) or match[0]

    return replace(condition, values=tuple(_VARIABLE.sub(fill, value) for value in condition.values))


_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def bounded_accounts(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """The accounts to which conditions that hold bound the callers, all of them together; empty when they do not."""
    found: tuple[str, ...] = ()
    for condition in conditions:
        name = _ACCOUNT_NAMES.get(condition.key.lower())
        if name and holds(condition, conditions):
            accounts = tuple(dict.fromkeys(map(name, condition.values)))
            found = tuple(account for account in found if account in accounts) or accounts
    return found


def bounded_organizations(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """The organizations to which conditions that hold bound the callers, all together; empty when they do not."""
    found: tuple[str, ...] = ()
    for condition in conditions:
        is_about = condition.key.lower() in ("aws:principalorgid", "aws:principalorgpaths")
        if is_about and holds(condition, conditions):
            named = tuple(dict.fromkeys(value.partition("/")[0] for value in condition.values))
            found = tuple(organization for organization in found if organization in named) or named
    return found


def holds(condition: Condition, beside: tuple[Condition, ...] = ()) -> bool:
    """Whether the condition of an Allow keeps out whoever its values do not mean.

    `beside` are the conditions of the same statement: one of them may demand the key that this one lets be absent.
    """
    if passes_when_absent(condition) and not is_demanded(condition.key, beside):
        return False
    return is_bounded(condition)


def is_bounded(condition: Condition) -> bool:
    """Whether a condition names somebody whom outsiders cannot pass for; what an absent key does is left aside."""
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    if operator is None or operator.family == "null" or operator.is_negated or not condition.values:
        return False
    if not find_context_key(condition.key).is_identifying:
        return False
    return all(_names_somebody(condition, value) for value in condition.values)


def is_demanded(key: str, conditions: tuple[Condition, ...]) -> bool:
    """Whether some condition fails for who does not send the key."""
    return any(
        condition.key.lower() == key.lower()
        and condition.operator.lower() in OPERATORS_BY_NAME
        and not passes_when_absent(condition)
        for condition in conditions
    )


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


def _names_somebody(condition: Condition, value: str) -> bool:
    """Whether one value names somebody: a wildcard must not stand where the account or organization is named."""
    operator = OPERATORS_BY_NAME[condition.operator.lower()]
    rule = _RULES.get(condition.key.lower())
    if rule:
        return rule(value, operator)
    # With an operator that knows no wildcards a star is itself, which no account or organization is called.
    return "${" not in value and not (operator.has_wildcards and is_wild(value))


def _names_network(value: str, operator: Operator) -> bool:
    network = read_network(value)
    return network is not None and network.prefixlen >= (8 if network.version == 4 else 32)


def _names_principal(value: str, operator: Operator) -> bool:
    """The account is named, and under a string operator no `*` before it can reach across the colons."""
    account = _account_of(value)
    reaches_across = operator.family == "string" and operator.has_wildcards
    return is_account_id(account) and not (reaches_across and is_wild(value.partition(f":{account}:")[0]))


def _names_path(value: str, operator: Operator) -> bool:
    first, slash, _ = value.partition("/")
    return bool(slash) and not is_wild(first) and "${" not in first


def _names_start(value: str, operator: Operator) -> bool:
    return "${" not in value[:12] and not (operator.has_wildcards and is_wild(value[:12]))


def _names_services(value: str, operator: Operator) -> bool:
    return value.strip().lower() == "true"


_RULES: dict[str, Callable[[str, Operator], bool]] = {
    "aws:sourceip": _names_network,
    "aws:principalarn": _names_principal,
    "aws:principalorgpaths": _names_path,
    "aws:sourceorgpaths": _names_path,
    "aws:vpceorgpaths": _names_path,
    "aws:sourcearn": _names_start,
    "aws:userid": _names_start,
    "aws:principalisawsservice": _names_services,
}


def is_wild(text: str) -> bool:
    """Whether a text holds a wildcard."""
    return "*" in text or "?" in text


def _account_of(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


_ACCOUNT_NAMES: dict[str, Callable[[str], str]] = {
    "aws:principalaccount": lambda value: value,
    "aws:principalarn": _account_of,
}
