"""Policies of different accounts that say the same: each is parsed once, and gets an account's id put in afterwards."""

from __future__ import annotations

import re
from functools import lru_cache

from trustview.analysis.own_account import OWN_ACCOUNT, make_template
from trustview.policy import (
    OPERATORS_BY_NAME,
    Condition,
    PolicyDocument,
    PrincipalElement,
    Statement,
    parse_policy,
    read_policy,
)

# The account of a policy that is parsed for all: twelve digits, because the parser tells account ids by these, and none
# that overlaps with itself.
ANY_ACCOUNT = "271828182845"


def likeness(text: str, account: str) -> str:
    """A text that is equal for two policies only when they say the same, each of its own account.

    Escapes could spell an account id in another way, so a text that has some is like itself alone.
    """
    if "\\" in text or OWN_ACCOUNT in text:
        return f"{_ALONE}{account}{OWN_ACCOUNT}{text}"
    return make_template(text, account)[0]


# How the likeness of a text begins that is like no other.
_ALONE = f"{OWN_ACCOUNT}\\"


def names_own(like: str) -> bool:
    """Whether what a likeness stands for differs from account to account."""
    return OWN_ACCOUNT in like


def is_shareable(like: str) -> bool:
    """Whether one reading, with ANY_ACCOUNT for the own account, can stand for what all accounts say."""
    return not like.startswith(_ALONE) and ANY_ACCOUNT not in like


def sees_part_of_account(document: PolicyDocument) -> bool:
    """Whether some pattern may fit a part of an account id, so that no other account can stand for the own one."""
    return any(
        any(map(_may_fit_part, statement.resources))
        or any(_is_compared_as_number(test) or any(map(_may_fit_part, test.values)) for test in statement.conditions)
        for statement in document.statements
    )


def _may_fit_part(pattern: str) -> bool:
    """Whether a wildcard stands beside a digit before the name in an ARN, or in what is no ARN."""
    return any(_DIGIT.search(part) and ("*" in part or "?" in part) for part in pattern.split(":", 5)[:5])


_DIGIT = re.compile("[0-9]")


def _is_compared_as_number(test: Condition) -> bool:
    operator = OPERATORS_BY_NAME.get(test.operator.lower())
    return operator is not None and operator.family == "numeric" and test.key.lower().endswith("account")


def text_of(like: str, account: str) -> str:
    """The text of an account whose likeness this is."""
    if like.startswith(_ALONE):
        return like.split(OWN_ACCOUNT, 2)[2]
    return like.replace(OWN_ACCOUNT, account)


def read_for(like: str, account: str) -> PolicyDocument:
    """The policy of an account, by its likeness: what `read_policy` says of its text."""
    if OWN_ACCOUNT not in like:
        return read_policy(like)
    text, shared = text_of(like, account), like.replace(OWN_ACCOUNT, ANY_ACCOUNT)
    if not is_shareable(like) or shared.replace(ANY_ACCOUNT, account) != text:
        return read_policy(text)
    document = _read_shared(shared)
    if account == ANY_ACCOUNT and document:
        return document
    # What is wrong is told in words and paths that are cut where they are long: that is read as it stands.
    return _Renaming(account).document(document) if document else read_policy(text)


@lru_cache(maxsize=65536)
def _read_shared(text: str) -> PolicyDocument | None:
    """The policy with ANY_ACCOUNT in it; None when something is wrong in it, or a path does not hold a whole key."""
    document = parse_policy(text)
    conditions = (condition for statement in document.statements for condition in statement.conditions)
    is_plain = not document.problems and all(condition.path.endswith(condition.key) for condition in conditions)
    return document if is_plain else None


class _Renaming:
    """Puts one account in the place of ANY_ACCOUNT, wherever a policy holds it."""

    def __init__(self, account: str) -> None:
        self._account = account

    def document(self, document: PolicyDocument) -> PolicyDocument:
        statements = tuple(map(self._statement, document.statements))
        return PolicyDocument(document.version, self._text(document.id), statements)

    def _text(self, text: str) -> str:
        return text.replace(ANY_ACCOUNT, self._account) if ANY_ACCOUNT in text else text

    def _texts(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self._text, texts)) if any(ANY_ACCOUNT in text for text in texts) else texts

    def _statement(self, said: Statement) -> Statement:
        return Statement(
            said.index,
            said.effect,
            self._text(said.sid),
            tuple(map(self._principal, said.principals)),
            said.not_principals,
            said.has_principal,
            self._texts(said.actions),
            said.not_actions,
            self._texts(said.resources),
            said.not_resources,
            said.has_resource,
            self._conditions(said.conditions),
            said.path,
        )

    def _principal(self, element: PrincipalElement) -> PrincipalElement:
        if ANY_ACCOUNT not in element.value:
            return element
        value, account, name = map(self._text, (element.value, element.account, element.name))
        return PrincipalElement(element.kind, value, element.form, account, element.partition, name)

    def _conditions(self, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """Conditions that do not name the account are the same value for all accounts."""
        is_named = any(ANY_ACCOUNT in text for test in conditions for text in (test.path, *test.values))
        return tuple(map(self._condition, conditions)) if is_named else conditions

    def _condition(self, test: Condition) -> Condition:
        values, key, path = self._texts(test.values), self._text(test.key), self._text(test.path)
        return Condition(test.operator, key, values, test.quantifier, test.if_exists, path)
