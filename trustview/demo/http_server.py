"""A small threaded HTTP/1.1 server for WSGI applications that keeps connections open (werkzeug's closes each one).

One thread per connection; request bodies must come with a length, which the SDKs always send.
"""

import socket
import sys
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from trustview.demo.gateway import Application

HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """Serves one application on the loopback interface."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, application: Application, port: int = 0) -> None:
        self.application = application
        super().__init__((HOST, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error; anything else is told on stderr."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        super().setup()

    def do_POST(self) -> None:
        self._respond()

    def do_GET(self) -> None:
        self._respond()

    def do_HEAD(self) -> None:
        self._respond()

    def do_PUT(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _respond(self) -> None:
        status: list[str] = []
        sent: list[tuple[str, str]] = []

        def start_response(line: str, headers: list[tuple[str, str]], *_: object) -> None:
            status.append(line)
            sent.extend(headers)

        try:
            body = _joined(self.server.application(self._environ(), start_response))
        except Exception as error:  # whatever goes wrong in an answer is that answer's failure, not the server's
            status[:], body = ["500 Internal Server Error"], f"{type(error).__name__}: {error}".encode()
        code, _, reason = status[0].partition(" ")
        head = [f"HTTP/1.1 {code} {reason}"]
        head += [f"{k}: {v}" for k, v in sent if k.lower() not in ("content-length", "connection", "transfer-encoding")]
        head += [f"Content-Length: {len(body)}", "", ""]
        self.wfile.write("\r\n".join(head).encode("latin-1") + (b"" if self.command == "HEAD" else body))

    def _environ(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "RAW_URI": self.path,
            "REQUEST_URI": self.path,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length", "0"),
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": self.rfile,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            if name.lower() not in ("content-type", "content-length"):
                environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ


def _joined(chunks: Iterable[bytes]) -> bytes:
    body = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
    return body
