"""moto's own server on loopback, for what it serves well: S3 and Athena."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

ACCOUNT = "123456789012"


@contextmanager
def serve_moto() -> Iterator[str]:
    """The server's address, for as long as the context lasts."""
    server = pytest.importorskip("moto.server", reason="moto serves S3 and Athena").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0
    )
    server.start()
    _, port = server.get_host_and_port()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()


def enter(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leads the SDK there, as account `ACCOUNT`."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    given = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)


def client(service: str, address: str) -> Any:  # noqa: ANN401  the SDK ships no types
    """A client of the SDK, to prepare what is there."""
    import boto3

    return boto3.client(
        service, endpoint_url=address, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
