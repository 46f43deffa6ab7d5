"""Privilege: what a role may do, in classes. THE ONE PLACE that tells them.

An action reads when its name begins with a verb that only reads, or when AWS's own read-only policies hold it; whatever
else counts as writing: an unknown action never looks harmless.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

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
    "adminget", "adminlist", "batchcheck", "batchdescribe", "batchdetect", "batchget", "batchread", "check", "classify",
    "compare", "contains", "count", "describe", "detect", "discover", "download", "estimate", "evaluate", "filter",
    "get", "head", "list", "lookup", "preview", "probe", "query", "read", "recognize", "resolve", "retrieve", "sample",
    "scan", "search", "select", "simulate", "test", "validate", "verify", "view",
)  # fmt: skip
# Actions of AWS's own ReadOnlyAccess and SecurityAudit that begin with no reading verb.
_READING_ACTIONS = frozenset({
    "athena:batch*", "cloudwatch:generatequery", "cloudwatch:generatequeryresultssummary", "codecommit:gitpull",
    "codedeploy:batch*", "config:deliver*", "devops-guru:startcostestimation", "dynamodb:partiqlselect",
    "elasticbeanstalk:request*", "es:eshttpget", "es:eshttphead", "iam:generate*", "iam:generatecredentialreport",
    "iam:generateservicelastaccesseddetails", "identitystore:ismemberingroups", "lightsail:is*",
    "lightsail:isvpcpeered", "logs:startlivetail", "logs:startquery", "logs:stoplivetail", "logs:stopquery",
    "polly:synthesizespeech", "sdb:domainmetadata", "servicequotas:startquotautilizationreport", "sqs:receive*",
    "sqs:receivemessage", "verifiedpermissions:isauthorized", "verifiedpermissions:isauthorizedwithtoken",
    "wellarchitected:exportlens", "xray:canceltraceretrieval", "xray:starttraceretrieval",
})  # fmt: skip


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


# An organization has few distinct statements, some of them with a thousand actions: each is read once.
@lru_cache(maxsize=65536)
def _reads_only(statement: Statement) -> bool:
    if statement.not_actions:
        return False
    return all(
        action.lower() in _READING_ACTIONS or action.partition(":")[2].lower().startswith(_READING_VERBS)
        for action in statement.actions
    )


def _is_admin(documents: tuple[PolicyDocument, ...]) -> bool:
    allows = [s for document in documents for s in document.allows if _is_everywhere(s) and not s.conditions]
    denies = [s for document in documents for s in document.denies if _is_everywhere(s) and not s.conditions]
    return all(_covers(allows, action) and not _covers(denies, action) for action in _ADMIN_ACTIONS)


def _is_everywhere(statement: Statement) -> bool:
    return not statement.not_resources and any(set(resource) == {"*"} for resource in statement.resources)


def _covers(statements: list[Statement], action: str) -> bool:
    return any(_means(statement, action) for statement in statements)


@lru_cache(maxsize=65536)
def _means(statement: Statement, action: str) -> bool:
    return any(matches(pattern, action, ignore_case=True) for pattern in statement.actions) != statement.not_actions
