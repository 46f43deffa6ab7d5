"""One server for all tests of this folder; clients are boto3's, reached through the environment that it hands out."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from trustview.demo import Acme, Served, load_acme, serve_acme

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Boto = Any
"""Whatever boto3 makes or takes: it ships no types."""
Client = Callable[..., Boto]


@pytest.fixture(scope="session")
def acme() -> Acme:
    return load_acme("current", NOW)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    pytest.importorskip("moto", reason="the demo's server needs moto")
    with serve_acme(now=NOW) as running:
        yield running


@pytest.fixture(scope="session")
def client(served: Served) -> Client:
    """A client of a service as the demo's caller, or as the reader role of an account."""
    import boto3
    from botocore.config import Config

    keys = {
        "aws_access_key_id": served.environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": served.environment["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": served.environment["AWS_SESSION_TOKEN"],
    }
    opened: dict[str, dict[str, str]] = {}
    session = boto3.session.Session()

    def make(service: str, account: str = "", region: str = "eu-west-1", **given: str) -> Boto:
        if account and account not in opened:
            role = f"arn:aws:iam::{account}:role/trustview/TrustviewReader"
            answer = make("sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
            opened[account] = {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            }
        chosen = {**(opened[account] if account else keys), **given}
        config = Config(retries={"total_max_attempts": 1})
        return session.client(service, region_name=region, endpoint_url=served.endpoint, config=config, **chosen)

    return make
