"""Only operations on the list leave the process, however they are asked for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from trustview.collect.aws import Aws, open_aws
from trustview.collect.operations import OPERATIONS, Operation, guard_session
from trustview.errors import WriteRefusedError

from .conftest import small
from .relay import Relay

ROLE = {"RoleName": "intruder", "AssumeRolePolicyDocument": "{}"}
Boto = Any
"""Whatever the SDK makes: it ships no types."""
Path = Callable[[Aws, Boto], Awaitable[None]]
READS = ("Get", "List", "Describe", "Lookup")


@pytest.fixture
def session() -> Boto:
    import botocore.session

    return botocore.session.Session()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.service}:{one.name}")
def test_every_operation_on_the_list_exists_and_reads(session: Boto, operation: Operation) -> None:
    assert session.get_service_model(operation.service).operation_model(operation.name).name == operation.name
    assert operation.name.startswith(READS) or (operation.service, operation.name) == ("sts", "AssumeRole")


def test_no_operation_is_listed_twice() -> None:
    assert len({(one.service, one.name) for one in OPERATIONS}) == len(OPERATIONS)


@asynccontextmanager
async def opened(service: str) -> AsyncIterator[tuple[Aws, Boto]]:
    """The collector's own client of a service."""
    async with open_aws(small()) as aws:
        yield aws, await aws._client(service, "eu-west-1")


async def by_the_collector(aws: Aws, _client: Boto) -> None:
    await aws.call("", "", "iam", "CreateRole", ROLE, needs="Role")


async def by_the_collector_in_an_account(aws: Aws, _client: Boto) -> None:
    await aws.call("777700001111", "", "iam", "DeleteRole", {"RoleName": "any"}, needs="Role")


async def by_pages_of_the_collector(aws: Aws, _client: Boto) -> None:
    async for _ in aws.pages("", "", "iam", "AttachRolePolicy", {"RoleName": "a", "PolicyArn": "b" * 20}, needs="x"):
        pass


async def by_a_method(_aws: Aws, client: Boto) -> None:
    await client.create_role(**ROLE)


async def by_name(_aws: Aws, client: Boto) -> None:
    await client._make_api_call("CreateRole", ROLE)


async def by_a_read_that_is_not_listed(_aws: Aws, client: Boto) -> None:
    await client.get_credential_report()


async def by_a_paginator(_aws: Aws, client: Boto) -> None:
    async for _ in client.get_paginator("list_users").paginate():
        pass


async def by_a_waiter(_aws: Aws, client: Boto) -> None:
    await client.get_waiter("role_exists").wait(RoleName="any")


async def by_a_presigned_address(_aws: Aws, client: Boto) -> None:
    await client.generate_presigned_url("create_role", Params=ROLE)


async def by_hand(_aws: Aws, client: Boto) -> None:
    operation = client.meta.service_model.operation_model("CreateRole")
    request = await client._convert_to_request_dict(
        ROLE, operation, endpoint_url=client.meta.endpoint_url, context={"client_config": client.meta.config}
    )
    await client._endpoint.make_request(operation, request)


PATHS: tuple[Path, ...] = (
    by_the_collector, by_the_collector_in_an_account, by_pages_of_the_collector, by_a_method, by_name,
    by_a_read_that_is_not_listed, by_a_paginator, by_a_waiter, by_a_presigned_address, by_hand,
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
async def test_what_is_not_on_the_list_does_not_leave(
    relay: Relay, path: Callable[[Aws, Boto], Awaitable[None]]
) -> None:
    async with opened("iam") as (aws, client):
        with pytest.raises(WriteRefusedError, match="is not on the list of read operations"):
            await path(aws, client)

    assert {request.operation for request in relay.seen} <= {"GetCallerIdentity", "AssumeRole"}


ANALYZER = "arn:aws:access-analyzer:eu-west-1:999900001111:analyzer/any"
CENTER = "arn:aws:sso:::instance/ssoins-6804a1b2c3d4e5f6"
SET = "arn:aws:sso:::permissionSet/ssoins-6804a1b2c3d4e5f6/ps-3fa1b7c25d90e486"
WRITES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sts", "get_session_token", {}),
    ("sts", "get_federation_token", {"Name": "any"}),
    ("organizations", "attach_policy", {"PolicyId": "p-12345678", "TargetId": "r-acme"}),
    ("organizations", "close_account", {"AccountId": "111122223333"}),
    ("accessanalyzer", "create_analyzer", {"analyzerName": "any", "type": "ACCOUNT"}),
    ("accessanalyzer", "update_findings", {"analyzerArn": ANALYZER, "status": "ARCHIVED"}),
    ("cloudtrail", "stop_logging", {"Name": "any"}),
    ("ec2", "terminate_instances", {"InstanceIds": ["i-1"]}),
    ("sso-admin", "delete_permission_set", {"InstanceArn": CENTER, "PermissionSetArn": SET}),
    ("identitystore", "list_users", {"IdentityStoreId": "d-9367a1b2c3"}),
    ("rolesanywhere", "disable_profile", {"profileId": "0f6c2d18-57b3-4e9a-8c41-9d2e7a5b1f60"}),
    ("cognito-identity", "get_credentials_for_identity", {"IdentityId": "eu-west-1:any"}),
    ("eks", "delete_cluster", {"name": "any"}),
    ("events", "disable_rule", {"Name": "any"}),
)


@pytest.mark.parametrize(("service", "method", "parameters"), WRITES, ids=str)
async def test_writes_of_every_service_that_is_read_are_refused(
    relay: Relay, service: str, method: str, parameters: dict[str, Any]
) -> None:
    async with opened(service) as (_, client):
        with pytest.raises(WriteRefusedError):
            await getattr(client, method)(**parameters)

    assert [request.operation for request in relay.seen] == ["GetCallerIdentity"]


def test_the_doctors_clients_are_guarded_too(relay: Relay, session: Boto) -> None:
    guard_session(session)
    client = session.create_client("iam", region_name="eu-west-1")
    with pytest.raises(WriteRefusedError):
        client.create_role(**ROLE)
    with pytest.raises(WriteRefusedError):
        client.generate_presigned_url("create_role", Params=ROLE)

    assert relay.seen == []


async def test_a_request_without_credentials_of_its_own_does_not_leave(relay: Relay) -> None:
    async with opened("iam") as (_, client):
        with pytest.raises(LookupError):
            await client.list_roles()

    assert [request.operation for request in relay.seen] == ["GetCallerIdentity"]
