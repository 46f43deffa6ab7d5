"""Proxies, CA bundles and endpoints of one's own, as the SDK honours them, on loopback."""

import datetime
import http.client
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from trustview.collect.aws import open_aws
from trustview.demo import Served
from trustview.errors import CredentialsError

from .conftest import small
from .relay import OWN, Relay, serve_relay

MEMBER = "777700001111"


async def ask() -> str:
    """One question to STS as the caller and one inside an account."""
    async with open_aws(small()) as aws:
        await aws.call(MEMBER, "", "iam", "ListAccountAliases", {}, needs="AccountAliases")
        return aws.caller.account


# ── proxies ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Proxy:
    """A forward proxy that writes down which addresses it was asked for."""

    asked: list[str] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    seen = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.asked.append(self.path)
            where = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            upstream = http.client.HTTPConnection(where.hostname or "", where.port)
            upstream.request("POST", where.path or "/", body, dict(self.headers.items()))
            answer = upstream.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            upstream.close()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    seen.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield seen
    server.shutdown()
    server.server_close()
    thread.join()


async def test_requests_go_through_the_proxy_of_the_environment(
    relay: Relay, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")

    assert await ask() == OWN
    assert len(proxy.asked) == len(relay.seen) == 3
    assert {f"{urlsplit(address).scheme}://{urlsplit(address).netloc}" for address in proxy.asked} == {relay.endpoint}


async def test_no_proxy_is_honoured(relay: Relay, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    assert await ask() == OWN
    assert proxy.asked == []


# ── CA bundles ───────────────────────────────────────────────────────────────────────────────────────────────────


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a proxy that opens TLS")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = folder / "bundle.pem"
    path.write_bytes(
        key.private_bytes(encoding, form, serialization.NoEncryption()) + certificate.public_bytes(encoding)
    )
    return path


@pytest.fixture
def bundle(served: Served, relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The demo behind TLS of a certificate of its own; the environment leads there and does not trust it."""
    path = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with serve_relay(served.endpoint, context) as secure:
        for name, value in secure.environment(dict(served.environment)).items():
            monkeypatch.setenv(name, value)
        yield path


async def test_a_certificate_that_the_bundle_holds_is_trusted(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))

    assert await ask() == OWN


@pytest.mark.usefixtures("bundle")
async def test_a_certificate_that_nobody_vouches_for_is_told_as_such() -> None:
    with pytest.raises(CredentialsError, match=r"(?s)AWS does not say who we are: .*(?i:certificate)"):
        await ask()


# ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_one_service_may_have_an_endpoint_of_its_own(
    relay: Relay, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", served.endpoint)

    assert await ask() == OWN
    assert {request.service for request in relay.seen} == {"iam"}
