"""READ_OPERATIONS: every AWS operation that may leave this process. The one list, enforced while it runs.

A hook on the SDK's own events stops whatever is not on it, however it was asked for: a client's method, a page, a
waiter, a presigned address or a request put together by hand.
"""

from __future__ import annotations

from typing import Any

from trustview.errors import WriteRefusedError

READ_OPERATIONS: frozenset[tuple[str, str]] = frozenset(
    {
        ("sts", "GetCallerIdentity"),
        ("sts", "AssumeRole"),
        ("organizations", "DescribeOrganization"),
        ("organizations", "ListRoots"),
        ("organizations", "ListOrganizationalUnitsForParent"),
        ("organizations", "ListAccountsForParent"),
        ("organizations", "ListTagsForResource"),
        ("organizations", "ListPolicies"),
        ("organizations", "DescribePolicy"),
        ("organizations", "ListTargetsForPolicy"),
        ("organizations", "ListDelegatedAdministrators"),
        ("organizations", "ListDelegatedServicesForAccount"),
        ("iam", "GetAccountAuthorizationDetails"),
        ("iam", "ListRoles"),
        ("iam", "ListAccountAliases"),
        ("iam", "ListSAMLProviders"),
        ("iam", "ListOpenIDConnectProviders"),
        ("iam", "GetOpenIDConnectProvider"),
        ("accessanalyzer", "ListAnalyzers"),
        ("accessanalyzer", "ListFindings"),
        ("accessanalyzer", "ListFindingsV2"),
        ("cloudtrail", "LookupEvents"),
        ("ec2", "DescribeRegions"),
    }
)


def guard_session(session: Any) -> None:  # noqa: ANN401  a botocore or aiobotocore session; they ship no types
    """Makes every client of this session refuse what is not on the list, with WriteRefusedError."""
    emitter = session.get_component("event_emitter")
    emitter.register_first("provide-client-params", refuse_writes)
    emitter.register_first("request-created", refuse_writes)


def refuse_writes(event_name: str, **_about: object) -> None:
    """Raises WriteRefusedError unless the event's operation is on the list.

    The name is `event.service-id.Operation`; the service id in lower case is the name of the client.
    """
    _, service, operation = event_name.split(".", 2)
    if (service, operation) not in READ_OPERATIONS:
        raise WriteRefusedError(
            f"`{service}:{operation}` is not on the list of read operations and was not sent; "
            "please report this, trustview never writes to AWS"
        )
