"""What a policy says on assuming roles, as values that are equal when two policies say the same.

THE ONE PLACE that decides which statements speak of assuming roles.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from trustview.policy import ASSUME_ACTIONS, PolicyDocument, Statement, matches

Terms = tuple[Hashable, ...]


def granted_actions(statement: Statement) -> tuple[str, ...]:
    """Which of the three actions that give a session a statement means."""
    return _granted(statement.actions, statement.not_actions)


def means(statement: Statement, action: str) -> bool:
    """Whether a statement means an action."""
    return _is_among(statement.actions, action) != statement.not_actions


@lru_cache(maxsize=16384)
def _granted(patterns: tuple[str, ...], is_inverted: bool) -> tuple[str, ...]:
    return tuple(action for action in ASSUME_ACTIONS if _is_among(patterns, action) != is_inverted)


def _is_among(patterns: tuple[str, ...], action: str) -> bool:
    return any(matches(pattern, action, ignore_case=True) for pattern in patterns)


def speaks_of_assuming(document: PolicyDocument) -> bool:
    """Whether some statement means the assuming of roles."""
    return any(map(granted_actions, document.statements))


def assuming_part(document: PolicyDocument) -> PolicyDocument:
    """The policy with only those statements that mean the assuming of roles."""
    kept = tuple(statement for statement in document.statements if granted_actions(statement))
    return PolicyDocument(document.version, document.id, kept)


def terms_of_document(document: PolicyDocument) -> Terms:
    """What a policy says, statement by statement."""
    return (document.version, *map(terms_of_statement, document.statements))


def terms_of_statement(statement: Statement) -> Terms:
    """What a statement says, its place and name included because reasons quote them."""
    return (
        statement.index,
        statement.effect,
        statement.sid,
        statement.not_principals,
        statement.principals,
        statement.not_actions,
        statement.actions,
        statement.not_resources,
        statement.resources,
        tuple((condition.spelling, condition.key, condition.values) for condition in statement.conditions),
    )
