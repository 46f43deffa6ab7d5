"""The collectors that are compared: ours, three that one would write with the SDK, and the floor.

    python -m benchmarks.collectors NAME ADDRESS ACCOUNTS CONCURRENCY     prints what it took, as JSON

Each asks the same of every account: AssumeRole, GetAccountAuthorizationDetails, ListRoles, both kinds of identity
providers, the alias. Ours walks the organization as well, keeps everything on the shelf and builds the snapshot.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

from benchmarks.collector_server import FIRST, access_key

Sdk = Any
"""The SDK ships no types."""
FAST = 1_000_000.0
READS = (
    "get_account_authorization_details",
    "list_roles",
    "list_saml_providers",
    "list_open_id_connect_providers",
    "list_account_aliases",
)
OPERATIONS = (
    "GetAccountAuthorizationDetails",
    "ListRoles",
    "ListSAMLProviders",
    "ListOpenIDConnectProviders",
    "ListAccountAliases",
)
ASKED_PER_ACCOUNT = 2 + len(READS)
OPTIONAL = (
    "access-analyzer", "cognito-identity", "eks", "events", "iam-organizations-features", "identity-center",
    "organizations-tags", "roles-anywhere", "trails",
)  # fmt: skip
"""What ours asks by default and the others do not."""


def ids(accounts: int) -> list[str]:
    """The accounts to read."""
    return [str(FIRST + number) for number in range(1, accounts + 1)]


def role_of(account: str) -> dict[str, str]:
    """The parameters of the hop."""
    return {"RoleArn": f"arn:aws:iam::{account}:role/trustview/TrustviewReader", "RoleSessionName": "measured"}


def size_of(read: str) -> dict[str, int]:
    """The size of a page, for a read that has pages."""
    return {"MaxItems": 1000} if read in READS[:2] else {}


# ── with boto3 ───────────────────────────────────────────────────────────────────────────────────────────────────


def read_with_boto3(session: Sdk, sts: Sdk, account: str) -> int:
    """One account with a client of its own; the number of its roles."""
    given = sts.assume_role(**role_of(account))["Credentials"]
    iam = session.client(
        "iam",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    answers = [
        getattr(iam, read)(**({"MaxItems": 1000} if "roles" in read or "details" in read else {})) for read in READS
    ]
    for provider in answers[3]["OpenIDConnectProviderList"]:
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
    return len(answers[0]["RoleDetailList"])


def sequential(accounts: int, _concurrency: int) -> None:
    """Account after account."""
    import boto3

    session = boto3.Session()
    sts = session.client("sts")
    for account in ids(accounts):
        read_with_boto3(session, sts, account)


def threads(accounts: int, _concurrency: int) -> None:
    """16 threads."""
    import boto3

    session = boto3.Session()
    sts = session.client("sts")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda account: read_with_boto3(session, sts, account), ids(accounts)))


# ── with aiobotocore as its documentation has it ─────────────────────────────────────────────────────────────────


async def plain(accounts: int, concurrency: int) -> None:
    """A client per account and a semaphore."""
    from aiobotocore.session import get_session

    session = get_session()
    places = asyncio.Semaphore(concurrency)

    async def call(client: Sdk, operation: str, **parameters: object) -> Sdk:
        async with places:
            return await getattr(client, operation)(**parameters)

    async def read(sts: Sdk, account: str) -> None:
        given = (await call(sts, "assume_role", **role_of(account)))["Credentials"]
        keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
        async with session.create_client("iam", **keys) as iam:
            answers = await asyncio.gather(*(call(iam, read, **size_of(read)) for read in READS))
            for provider in answers[3]["OpenIDConnectProviderList"]:
                await call(iam, "get_open_id_connect_provider", OpenIDConnectProviderArn=provider["Arn"])

    async with session.create_client("sts") as sts:
        at_once = asyncio.Semaphore(concurrency)

        async def within(account: str) -> None:
            async with at_once:
                await read(sts, account)

        await asyncio.gather(*map(within, ids(accounts)))


# ── the floor ────────────────────────────────────────────────────────────────────────────────────────────────────


async def floor(accounts: int, concurrency: int) -> None:
    """The same requests, unsigned, over connections kept open; the XML is parsed, each distinct policy decoded once."""
    where = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    waiting = [(account, action) for account in ids(accounts) for action in _actions(account)]
    decoded: dict[str, str] = {}

    async def work() -> None:
        reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 24)
        while waiting:
            account, body = waiting.pop()
            writer.write(_request(account, body))
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            for element in ElementTree.fromstring(await reader.readexactly(size)).iter():  # noqa: S314  our own server
                if element.text and element.text.startswith("%7B") and element.text not in decoded:
                    decoded[element.text] = unquote(element.text)
        writer.close()

    await asyncio.gather(*(work() for _ in range(concurrency)))


def _actions(account: str) -> list[tuple[str, str]]:
    hop = f"Action=AssumeRole&Version=2011-06-15&RoleArn={quote(role_of(account)['RoleArn'])}"
    arn = quote(f"arn:aws:iam::{account}:oidc-provider/i.example")
    one = f"Action=GetOpenIDConnectProvider&Version=2010-05-08&OpenIDConnectProviderArn={arn}"
    return [("sts", hop), ("iam", one), *(("iam", f"Action={name}&Version=2010-05-08") for name in OPERATIONS)]


def _request(account: str, about: tuple[str, str]) -> bytes:
    service, body = about
    lines = (
        "POST / HTTP/1.1",
        "Host: localhost",
        f"Authorization: AWS4-HMAC-SHA256 Credential={access_key(account)}/20261126/us-east-1/{service}/aws4_request",
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


# ── ours ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def ours(_accounts: int, concurrency: int) -> dict[str, float]:
    """The whole collection, shelf on disk and snapshot built; and what it had taken when the building began."""
    from trustview.collect import Limits, Progress, Scope, collect
    from trustview.snapshot import GapKind
    from trustview.store import open_shelf

    walked: dict[str, float] = {}

    def note(event: object) -> None:
        if isinstance(event, Progress) and event.is_complete:
            walked.update(walk_seconds=time.perf_counter() - started, walk_cpu=_cpu(), walk_peak_mb=_peak_mb())

    scope = Scope(limits=Limits(FAST, FAST, FAST, FAST), concurrency=concurrency, without=OPTIONAL)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, open_shelf(Path(folder) / "parts", print) as shelf:
        snapshot = await collect(scope, shelf, lambda: datetime.now(UTC), note)
        assert {gap.kind for gap in snapshot.gaps} <= {GapKind.NOT_ASKED}, "what fails is not worth measuring"
        shelf_mb = _size_of(Path(folder)) / 1e6
    return {**walked, "shelf_mb": shelf_mb, "roles": len(snapshot.roles), "gaps": len(snapshot.gaps)}


# ── measuring ────────────────────────────────────────────────────────────────────────────────────────────────────

COLLECTORS: dict[str, Callable[[int, int], None] | Callable[[int, int], Coroutine[Any, Any, Any]]] = {
    "sequential": sequential,
    "threads": threads,
    "plain": plain,
    "floor": floor,
    "ours": ours,
}


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(name: str, address: str, accounts: int, concurrency: int) -> None:
    """Runs one collector in this process and prints what it took."""
    for variable in [variable for variable in os.environ if variable.startswith("AWS_")]:
        del os.environ[variable]
    os.environ |= {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": access_key(str(FIRST)),
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    started = time.perf_counter()
    done = COLLECTORS[name](accounts, concurrency)
    more = asyncio.run(done) if done is not None else None
    took = {"seconds": time.perf_counter() - started, "cpu": _cpu(), "peak_mb": _peak_mb()}
    print(json.dumps({**took, **(more or {})}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
