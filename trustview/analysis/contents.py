"""Which content a role may read, and where it may write: what the checks on permission scope share.

Access levels do not tell content from configuration: `s3:GetObject` and `s3:GetBucketPolicy` both read.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from trustview.analysis.access import Access
from trustview.policy import PolicyDocument, Statement, matches
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
    return tuple(
        action
        for action in CONTENT
        if _may(documents, action) and (boundary is None or _may((boundary,), action))
    )  # fmt: skip


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


def _may(documents: tuple[PolicyDocument, ...], action: str) -> bool:
    """Whether some Allow means the action, and no Deny without conditions takes it away everywhere."""
    allows = any(_means(s, action) for document in documents for s in document.allows)
    return allows and not any(
        _means(s, action) and not s.conditions and "*" in s.resources
        for document in documents
        for s in document.denies
    )  # fmt: skip


def _means(statement: Statement, action: str) -> bool:
    return any(matches(pattern, action, ignore_case=True) for pattern in statement.actions) != statement.not_actions
