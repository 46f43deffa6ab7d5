"""OPERATIONS: every AWS operation that may leave this process, with the IAM action that allows it. The one list.

EVIDENCE_OPERATIONS and OPINION_OPERATIONS stand apart: they leave only when the command line asks for them, by the
source of evidence or the second opinion that they belong to.

It is enforced while the process runs: a hook on the SDK's own events stops whatever is not on it, however it was asked
for: a client's method, a page, a waiter, a presigned address or a request put together by hand. Every policy that we
print or pass on (`permissions`) is made from it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from trustview.collect.evidence_source import SourceKind
from trustview.errors import WriteRefusedError


class Asked(StrEnum):
    """Who asks: the caller, to become a role, about the organization or for an opinion; whoever is inside an account,
    or where evidence lies.
    """

    HOP = "hop"
    ORGANIZATION = "organization"
    ACCOUNT = "account"
    EVIDENCE = "evidence"
    OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation by the name of its SDK client and its own; `action` is empty where AWS asks for no permission.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """

    service: str
    name: str
    action: str
    asked: Asked


def _each(asked: Asked, service: str, prefix: str, *names: str) -> Iterator[Operation]:
    """Operations whose actions have their own names behind the prefix."""
    return (Operation(service, name, f"{prefix}:{name}", asked) for name in names)


OPERATIONS: tuple[Operation, ...] = (
    Operation("sts", "GetCallerIdentity", "", Asked.HOP),
    Operation("sts", "AssumeRole", "sts:AssumeRole", Asked.HOP),
    *_each(
        Asked.ORGANIZATION, "organizations", "organizations",
        "DescribeOrganization", "DescribePolicy", "ListAWSServiceAccessForOrganization", "ListAccounts",
        "ListAccountsForParent", "ListDelegatedAdministrators", "ListDelegatedServicesForAccount",
        "ListOrganizationalUnitsForParent", "ListParents", "ListPolicies", "ListRoots", "ListTagsForResource",
        "ListTargetsForPolicy",
    ),
    *_each(
        Asked.ACCOUNT, "iam", "iam",
        "GetAccountAuthorizationDetails", "GetOpenIDConnectProvider", "GetSAMLProvider", "ListAccountAliases",
        "ListOpenIDConnectProviders", "ListOrganizationsFeatures", "ListRoles", "ListSAMLProviders",
    ),
    *_each(Asked.ACCOUNT, "ec2", "ec2", "DescribeRegions"),
    *_each(
        Asked.ACCOUNT, "accessanalyzer", "access-analyzer", "ListAnalyzers", "ListArchiveRules", "ListFindings"
    ),
    # The second version of an operation asks for the action of the first.
    Operation("accessanalyzer", "ListFindingsV2", "access-analyzer:ListFindings", Asked.ACCOUNT),
    Operation("accessanalyzer", "GetFindingV2", "access-analyzer:GetFinding", Asked.ACCOUNT),
    *_each(
        Asked.ACCOUNT, "sso-admin", "sso",
        "DescribePermissionSet", "ListAccountAssignments", "ListAccountsForProvisionedPermissionSet", "ListInstances",
        "ListPermissionSets",
    ),
    *_each(Asked.ACCOUNT, "identitystore", "identitystore", "DescribeGroup", "DescribeUser"),
    *_each(Asked.ACCOUNT, "rolesanywhere", "rolesanywhere", "ListProfiles", "ListTrustAnchors"),
    *_each(
        Asked.ACCOUNT, "cognito-identity", "cognito-identity",
        "DescribeIdentityPool", "GetIdentityPoolRoles", "ListIdentityPools",
    ),
    *_each(
        Asked.ACCOUNT, "eks", "eks", "DescribePodIdentityAssociation", "ListClusters", "ListPodIdentityAssociations"
    ),
    *_each(
        Asked.ACCOUNT, "cloudtrail", "cloudtrail",
        "DescribeTrails", "GetEventSelectors", "GetTrailStatus", "ListTrails", "LookupEvents",
    ),
    *_each(Asked.ACCOUNT, "events", "events", "ListEventBuses", "ListRules", "ListTargetsByRule"),
)  # fmt: skip

# What a source of evidence asks beyond that, where it lies. Reading the objects of a bucket is nothing that a role of
# every account should be allowed; starting a query costs money, and Athena writes its answer to a bucket of the user's.
EVIDENCE_OPERATIONS: dict[SourceKind, tuple[Operation, ...]] = {
    SourceKind.BUCKET: (
        # The second version of the listing asks for the permission to list the bucket.
        Operation("s3", "ListObjectsV2", "s3:ListBucket", Asked.EVIDENCE),
        Operation("s3", "GetObject", "s3:GetObject", Asked.EVIDENCE),
    ),
    # StartQueryExecution is no read by its name: the query only selects, but costs money, and Athena writes its answer.
    SourceKind.ATHENA: (
        *_each(Asked.EVIDENCE, "athena", "athena", "StartQueryExecution", "GetQueryExecution", "GetQueryResults"),
        Operation("glue", "GetTable", "glue:GetTable", Asked.EVIDENCE),
        Operation("s3", "ListObjectsV2", "s3:ListBucket", Asked.EVIDENCE),
    ),
    SourceKind.LAKE: tuple(
        _each(
            Asked.EVIDENCE,
            "cloudtrail",
            "cloudtrail",
            "StartQuery",
            "DescribeQuery",
            "GetQueryResults",
            "GetEventDataStore",
        )
    ),
}

# What a second opinion asks: no read of anything of ours. For `CheckNoNewAccess` AWS charges.
OPINION_OPERATIONS: tuple[Operation, ...] = (
    *_each(Asked.OPINION, "accessanalyzer", "access-analyzer", "ValidatePolicy", "CheckNoNewAccess"),
    *_each(Asked.OPINION, "events", "events", "TestEventPattern"),
)

_BY_NAME = {(operation.service, operation.name): operation for operation in OPERATIONS}


def find_operation(service: str, name: str) -> Operation | None:
    """The operation on the list; None when it is not there."""
    return _BY_NAME.get((service, name))


def guard_session(
    session: Any,  # noqa: ANN401  the SDK ships no types
    source: SourceKind = SourceKind.NONE,
    *,
    asks_opinion: bool = False,
) -> None:
    """Makes every client of a session refuse, with WriteRefusedError, what neither list nor command line asks for."""
    asked = (*EVIDENCE_OPERATIONS.get(source, ()), *(OPINION_OPERATIONS if asks_opinion else ()))
    also = {(operation.service, operation.name) for operation in asked}
    emitter = session.get_component("event_emitter")
    emitter.register_first("provide-client-params", partial(refuse_writes, also=also))
    emitter.register_first("request-created", partial(refuse_writes, also=also))


def refuse_writes(event_name: str, also: Container[tuple[str, str]] = (), **_about: object) -> None:
    """Raises WriteRefusedError unless the event's operation is on the list, or among those that may leave `also`.

    The name is `event.service-id.Operation`; the service id in lower case is the name of the client, but where it has
    words of its own (`eventbridge` is the client `events`).
    """
    _, service, operation = event_name.split(".", 2)
    client = _CLIENTS.get(service, service)
    if find_operation(client, operation) is None and (client, operation) not in also:
        raise WriteRefusedError(
            f"`{client}:{operation}` is not on the list of read operations and was not sent; "
            "please report this, trustview never writes to AWS"
        )


_CLIENTS = {"eventbridge": "events"}
