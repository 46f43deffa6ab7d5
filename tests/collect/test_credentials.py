"""Whose credentials sign what; and that they are found nowhere afterwards."""

import asyncio
import json
import logging
import random
import subprocess
import sys
from pathlib import Path

import pytest

from trustview.collect import collect
from trustview.collect.aws import open_aws
from trustview.collect.permissions import session_policy
from trustview.store import open_shelf

from .conftest import moment, small
from .relay import OWN, Relay

ACCOUNTS = (OWN, "777700001111", "777700002222", "777700004444", "222200001111", "888800001111")


async def test_no_request_is_signed_with_the_credentials_of_another_account(relay: Relay) -> None:
    """Many calls at once over one client, answered in a random order: each is made by whom it was meant for."""
    pauses = random.Random(3)  # noqa: S311  a scatter of answers
    relay.delay = lambda _request: pauses.random() * 0.02
    asked = [account for account in ACCOUNTS for _ in range(30)]
    pauses.shuffle(asked)
    async with open_aws(small(concurrency=40)) as aws:
        answers = await asyncio.gather(
            *(aws.call(account, "", "sts", "GetCallerIdentity", {}, needs="Account") for account in asked)
        )

    assert [answer["Account"] for answer in answers] == asked
    assert sum(request.operation == "AssumeRole" for request in relay.seen) == len(ACCOUNTS) - 1


async def test_our_own_account_is_read_without_a_hop(relay: Relay) -> None:
    async with open_aws(small()) as aws:
        await aws.call(OWN, "", "iam", "ListAccountAliases", {}, needs="AccountAliases")

    assert "AssumeRole" not in {request.operation for request in relay.seen}


async def test_the_hop_is_made_as_the_scope_says(relay: Relay) -> None:
    scope = small(role_name="/trustview/TrustviewReader", external_id="an-id", session_name="q4-review")
    async with open_aws(scope) as aws:
        await aws.enter(ACCOUNTS[1])
    (hop,) = [request for request in relay.seen if request.operation == "AssumeRole"]

    assert json.loads(hop.detail) == {
        "RoleArn": f"arn:aws:iam::{ACCOUNTS[1]}:role/trustview/TrustviewReader",
        "ExternalId": "an-id",
        "RoleSessionName": "q4-review",
        "Policy": session_policy(),
    }


async def test_a_hop_without_a_session_policy_has_to_be_asked_for(relay: Relay) -> None:
    async with open_aws(small(has_session_policy=False)) as aws:
        await aws.enter(ACCOUNTS[1])
    (hop,) = [request for request in relay.seen if request.operation == "AssumeRole"]

    assert "Policy" not in json.loads(hop.detail)


def contents(folder: Path) -> list[bytes]:
    """Every file below a folder."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def test_credentials_are_found_nowhere_on_disk_and_in_no_log(
    relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import os

    from aiobotocore.credentials import AioCredentials

    canaries = {os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}
    make = AioCredentials.__init__

    def listen(self: object, *given: str, **named: object) -> None:
        canaries.update(text for text in given[:3] if text and text != "none")
        make(self, *given, **named)

    monkeypatch.setattr(AioCredentials, "__init__", listen)
    with caplog.at_level(logging.DEBUG, logger="trustview"), open_shelf(tmp_path / "parts", pytest.fail) as shelf:
        snapshot = await collect(small(*ACCOUNTS[:3], evidence_days=90), shelf, moment)
        texts = [repr(snapshot), caplog.text, *(str(shelf.get(key)) for key in shelf.keys(""))]
    files = contents(tmp_path)

    assert len(canaries) >= 9
    assert snapshot.uses
    assert files
    for canary in canaries:
        assert not any(canary in text for text in texts)
        assert not any(canary.encode() in content for content in files)


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_collector_loads_nothing_of_the_sdk_and_no_cache() -> None:
    heavy = "('botocore', 'aiobotocore', 'boto3', 'aiohttp', 'moto', 'diskcache', 'textual', 'sqlite3.dbapi2')"
    code = f"import sys, trustview.collect; print([name for name in {heavy} if name in sys.modules])"

    assert run(code) == "[]"


def test_the_shelf_loads_its_cache_only_when_it_is_opened() -> None:
    assert run("import sys, trustview.store; print('diskcache' in sys.modules)") == "False"
