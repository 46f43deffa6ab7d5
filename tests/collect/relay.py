"""A relay before the demo's server: it writes down every request and answers some of them with AWS's errors.

A request is told apart as AWS does it: the service and the key from the signature, the operation from the body, a
header or the path. Whose key it is, it learns from the AssumeRole answers that pass through.
"""

import http.client
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OWN = "999900001111"
DETAILS = (
    "RoleArn",
    "ExternalId",
    "RoleSessionName",
    "Policy",
    "Marker",
    "OpenIDConnectProviderArn",
    "SAMLProviderArn",
)
REST_OPERATIONS = {
    ("GET", "/analyzer"): "ListAnalyzers",
    ("POST", "/finding"): "ListFindings",
    ("POST", "/findingv2"): "ListFindingsV2",
    ("GET", "/trustanchors"): "ListTrustAnchors",
    ("GET", "/profiles"): "ListProfiles",
    ("GET", "/clusters"): "ListClusters",
}


@dataclass(frozen=True)
class Request:
    """One request as it came: whose key signed it, and what it asks."""

    account: str
    service: str
    region: str
    operation: str
    detail: str

    def __str__(self) -> str:
        return f"{self.account} {self.service}:{self.operation} {self.region} {self.detail}".strip()


@dataclass(frozen=True)
class Refusal:
    """An error answer in the shape of the service's protocol."""

    code: str
    message: str = "Rate exceeded"
    status: int = 400


@dataclass(frozen=True)
class Reset:
    """The connection is reset without an answer."""


@dataclass(frozen=True)
class Truncated:
    """Half of the answer, then the end."""


@dataclass(frozen=True)
class Nonsense:
    """An answer that says nothing of what was asked."""

    status: int = 200


Fault = Refusal | Reset | Truncated | Nonsense
Trouble = Callable[[Request], Fault | None]


def no_trouble(_request: Request) -> Fault | None:
    return None


@dataclass
class Relay:
    """Where it listens, what it has seen, and what trouble it makes."""

    upstream: str
    endpoint: str = ""
    trouble: Trouble = no_trouble
    delay: Callable[[Request], float] = lambda _request: 0.0
    seen: list[Request] = field(default_factory=list)
    answered: list[Request] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def environment(self, served: dict[str, str]) -> dict[str, str]:
        """The demo's environment, with this relay in the place of its server."""
        return {name: self.endpoint if value == self.upstream else value for name, value in served.items()}


@contextmanager
def serve_relay(upstream: str, tls: ssl.SSLContext | None = None) -> Iterator[Relay]:
    """A relay on loopback for as long as the context lasts, behind TLS when told so."""
    relay = Relay(upstream)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.relay = relay
    relay.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    relay: Relay

    def handle_error(self, *_: object) -> None:
        """Clients that go away are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    upstream: http.client.HTTPConnection | None = None

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        super().setup()

    def finish(self) -> None:
        if self.upstream is not None:
            self.upstream.close()
        super().finish()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._relay()

    def do_POST(self) -> None:
        self._relay()

    def _relay(self) -> None:
        relay = self.server.relay
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = self._read_request(body)
        with relay.lock:
            relay.seen.append(request)
            fault = relay.trouble(request)
        time.sleep(relay.delay(request))
        if isinstance(fault, Refusal):
            return self._send(*_refusal(request.service, fault))
        if isinstance(fault, Nonsense):
            return self._send(fault.status, "text/html", b"<html><body>a proxy was here</body></html>")
        if isinstance(fault, Reset):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return None
        status, kind, answer = self._ask_upstream(body)
        self._learn(request, answer)
        if isinstance(fault, Truncated):
            self.close_connection = True
            return self._send(status, kind, answer, half=True)
        with relay.lock:
            relay.answered.append(request)
        return self._send(status, kind, answer)

    def _ask_upstream(self, body: bytes) -> tuple[int, str, bytes]:
        where = urlsplit(self.server.relay.upstream)
        if self.upstream is None:
            self.upstream = http.client.HTTPConnection(where.hostname or "", where.port)
        self.upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            self.upstream.putheader(name, value)
        self.upstream.endheaders(body)
        answer = self.upstream.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()

    def _read_request(self, body: bytes) -> Request:
        found = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", self.headers.get("Authorization", ""))
        key, region, service = found.groups() if found else ("", "", "")
        text = body.decode(errors="replace")
        asked = parse_qs(text) if not text.startswith("{") else {}
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        operation = asked.get("Action", [""])[0] or target
        operation = operation or REST_OPERATIONS.get((self.command, self.path.partition("?")[0]), self.path)
        detail = {name: asked[name][0] for name in DETAILS if name in asked}
        detail |= json.loads(text) if target else {}
        account = self.server.relay.accounts.get(key, OWN)
        return Request(account, service, region, operation, json.dumps(detail, sort_keys=True) if detail else "")

    def _learn(self, request: Request, answer: bytes) -> None:
        if request.operation == "AssumeRole":
            keys = re.findall(rb"<AccessKeyId>([^<]+)<", answer)
            self.server.relay.accounts |= {
                key.decode(): json.loads(request.detail)["RoleArn"].split(":")[4] for key in keys
            }

    def _send(self, status: int, kind: str, body: bytes, *, half: bool = False) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)


def _refusal(service: str, fault: Refusal) -> tuple[int, str, bytes]:
    """AWS's error shapes: query XML, EC2's XML, and JSON for the rest."""
    if service in ("iam", "sts"):
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{fault.code}</Code><Message>{fault.message}</Message>"
            "</Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
        )
        return fault.status, "text/xml", text.encode()
    if service == "ec2":
        error = f"<Error><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"
        return fault.status, "text/xml", f"<Response><Errors>{error}</Errors></Response>".encode()
    kind = "application/json" if service == "access-analyzer" else "application/x-amz-json-1.1"
    return fault.status, kind, json.dumps({"__type": fault.code, "message": fault.message}).encode()
