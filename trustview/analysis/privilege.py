"""Privilege: what a role may do, in classes.

Only `admin`, `none` and `other` are told apart so far; the finer classes stand in the order in which they matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from trustview.policy import PolicyDocument, Statement, matches


class Privilege(StrEnum):
    """What an identity can do with its policies, its boundary counted."""

    ADMIN = "admin"
    OTHER = "other"
    NONE = "none"
    UNKNOWN = "unknown"


# Whoever may do all of these on everything can give itself everything else.
_ADMIN_ACTIONS = ("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion")


def classify_privilege(policies: Iterable[PolicyDocument], boundary: PolicyDocument | None) -> Privilege:
    """The class of the identity policies together, within the boundary."""
    documents = tuple(policies)
    if not any(document.allows for document in documents):
        return Privilege.NONE
    admin = _is_admin(documents) and (boundary is None or _is_admin((boundary,)))
    return Privilege.ADMIN if admin else Privilege.OTHER


def _is_admin(documents: tuple[PolicyDocument, ...]) -> bool:
    allows = [s for document in documents for s in document.allows if _is_everywhere(s) and not s.conditions]
    denies = [s for document in documents for s in document.denies if _is_everywhere(s) and not s.conditions]
    return all(_covers(allows, action) and not _covers(denies, action) for action in _ADMIN_ACTIONS)


def _is_everywhere(statement: Statement) -> bool:
    return not statement.not_resources and any(set(resource) == {"*"} for resource in statement.resources)


def _covers(statements: list[Statement], action: str) -> bool:
    return any(
        any(matches(pattern, action, ignore_case=True) for pattern in statement.actions) != statement.not_actions
        for statement in statements
    )
