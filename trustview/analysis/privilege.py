"""Privilege: what a role may do, in classes. THE ONE PLACE that tells them.

An action reads when its name begins with a verb that only reads; whatever else it begins with counts as writing: an
unknown action never looks harmless.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from trustview.policy import PolicyDocument, Statement, matches


class Privilege(StrEnum):
    """What an identity can do with its policies, its boundary counted; UNKNOWN when they were not all read."""

    ADMIN = "admin"
    WRITE = "write"
    READ = "read"
    NONE = "none"
    UNKNOWN = "unknown"

    @property
    def may_write(self) -> bool:
        """Whether it can change something, or nobody can say that it cannot."""
        return self in (Privilege.ADMIN, Privilege.WRITE, Privilege.UNKNOWN)


# Whoever may do all of these on everything can give itself everything else.
_ADMIN_ACTIONS = ("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion")
_READING_VERBS = (
    "batchcheck", "batchdescribe", "batchget", "check", "compare", "describe", "detect", "discover", "download",
    "estimate", "filter", "get", "head", "list", "lookup", "query", "read", "scan", "search", "select", "simulate",
    "test", "validate", "verify", "view",
)  # fmt: skip


def classify_privilege(policies: Iterable[PolicyDocument], boundary: PolicyDocument | None) -> Privilege:
    """The class of the identity policies together, within the boundary."""
    documents = tuple(policies)
    allows = [statement for document in documents for statement in document.allows]
    if not allows:
        return Privilege.NONE
    if _is_admin(documents) and (boundary is None or _is_admin((boundary,))):
        return Privilege.ADMIN
    within = allows if boundary is None else [*boundary.allows]
    reads_only = all(map(_reads_only, allows)) or all(map(_reads_only, within))
    return Privilege.READ if reads_only else Privilege.WRITE


def _reads_only(statement: Statement) -> bool:
    if statement.not_actions:
        return False
    return all(action.partition(":")[2].lower().startswith(_READING_VERBS) for action in statement.actions)


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
