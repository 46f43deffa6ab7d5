"""Which content a role may read, and where it may write: what the checks on permission scope share.

Access levels do not tell content from configuration: `s3:GetObject` and `s3:GetBucketPolicy` both read.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from trustview.analysis.access import Access
from trustview.policy import PolicyDocument, Statement
from trustview.policy.statement import means_action
from trustview.snapshot import Role

# Actions that give away what customers keep, not how it is set up.
CONTENT = (
    "s3:GetObject", "dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem",
    "dynamodb:PartiQLSelect", "sqs:ReceiveMessage", "kinesis:GetRecords", "ssm:GetParameter",
    "secretsmanager:GetSecretValue", "kms:Decrypt", "logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery",
    "codecommit:GitPull", "ecr:BatchGetImage", "ec2:GetPasswordData", "lambda:GetFunction", "athena:GetQueryResults",
    "rds-data:ExecuteStatement", "redshift-data:GetStatementResult",
)  # fmt: skip
_READING = ("get", "list", "describe", "batchget", "head", "lookup", "search", "view", "read", "check", "query", "scan")


def contents_read(documents: tuple[PolicyDocument, ...], boundary: PolicyDocument | None) -> tuple[str, ...]:
    """The actions on content that identity policies allow somewhere, the boundary counted."""
    allowed = frozenset[str]().union(*(_contents_of(document).allowed for document in documents))
    denied = frozenset[str]().union(*(_contents_of(document).denied for document in documents))
    if boundary is not None:
        allowed &= _contents_of(boundary).allowed
    return tuple(action for action in CONTENT if action in allowed - denied)


def contents_read_by(access: Access, role: Role) -> tuple[str, ...]:
    """The actions on content that a role may do."""
    return contents_read(access.identity_policies(role), access.boundary(role))


def services_written_anywhere(access: Access, role: Role) -> tuple[str, ...]:
    """The services in which a role may change anything, on every resource and without a condition; `*` for all."""
    found: dict[str, None] = {}
    for document in access.identity_policies(role):
        for statement in document.allows:
            if "*" in statement.resources and not statement.not_resources and not statement.conditions:
                found |= dict.fromkeys(_services_written(statement))
    return tuple(found)


def _services_written(statement: Statement) -> tuple[str, ...]:
    if statement.not_actions:
        return ("*",)
    pairs = (action.lower().partition(":") for action in statement.actions)
    return tuple(service for service, _, name in pairs if not name.startswith(_READING))


@dataclass(frozen=True, slots=True)
class _Contents:
    """The actions on content that one policy allows somewhere, and those that it denies everywhere."""

    allowed: frozenset[str]
    denied: frozenset[str]


# An organization has few distinct policies, some of them with a thousand actions: each is read once.
@lru_cache(maxsize=4096)
def _contents_of(document: PolicyDocument) -> _Contents:
    everywhere = [s for s in document.denies if not s.conditions and "*" in s.resources]
    return _Contents(_contents_in(document.allows), _contents_in(tuple(everywhere)))


def _contents_in(statements: tuple[Statement, ...]) -> frozenset[str]:
    return frozenset(action for action in CONTENT if any(means_action(s, action) for s in statements))
