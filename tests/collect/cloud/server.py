"""The server: HTTP on loopback, signatures checked, answers in pages, trouble as told, everything written down."""

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from trustview.demo.credentials import BadCredentialsError, Credentials, Session, Signed
from trustview.demo.replies import Reply

from .answers import Answer, Answers
from .organization import Invented
from .trouble import DENIED, EXPIRED, LOST_TOKEN, Cut, Fault, Late, Nonsense, Reset, Trouble, Truncated, no_trouble
from .wire import Call, Refused, models, read_call, write_answer, write_refusal

TOKENS = ("Marker", "NextToken", "nextToken")
SIZES = ("MaxItems", "MaxResults", "maxResults")
HOP_ROLE = "trustview/TrustviewReader"
REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


@dataclass
class Cloud:
    """A served organization: where it listens, what it was asked, and what it answered well.

    `page` is the most items of a page, `repeats` lets every later page begin with the last item of the one before it,
    as when something was added in between; `edit` may change a good answer.
    """

    served: Invented
    page: int = 1000
    repeats: bool = False
    trouble: Trouble = no_trouble
    edit: Callable[[Call, Answer], Answer] = lambda _call, answer: answer
    latency: float = 0.0
    endpoint: str = ""
    asked: list[Call] = field(default_factory=list)
    answered: list[Call] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    credentials: Credentials = field(default_factory=Credentials)
    caller: Session | None = None
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._answers = Answers(self.served)
        self._offsets: dict[str, int] = {}
        self._ended: set[str] = set()
        self.log_in()

    def log_in(self) -> None:
        """New credentials for the caller; the old ones are still good."""
        self.caller = self.credentials.open(self.served.management, "Caller", "AROACALLER", "test", 7200)

    def end_sessions(self, account: str) -> None:
        """The sessions of an account that are open now end."""
        self._ended |= {key for key, session in self.credentials._sessions.items() if session.account_id == account}

    def environment(self) -> dict[str, str]:
        """What the SDK needs to come here."""
        assert self.caller is not None
        return {
            "AWS_ACCESS_KEY_ID": self.caller.access_key,
            "AWS_SECRET_ACCESS_KEY": self.caller.secret_key,
            "AWS_SESSION_TOKEN": self.caller.token,
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    # ── one request ──────────────────────────────────────────────────────────────────────────────────────────

    def receive(self, request: tuple[str, str, dict[str, str], bytes]) -> tuple[Call | None, Fault | Reply | None]:
        """The call that a request makes, and what is already decided about its answer."""
        method, target, headers, body = request
        try:
            session, service, region = self.credentials.check(Signed(method, target, headers, body))
        except BadCredentialsError as error:
            return None, write_refusal(error.service, Refused(error.code, str(error), 403))
        call = read_call(session.account_id, service, region, request)
        self.asked.append(call)
        if session.access_key in self._ended:
            return call, EXPIRED
        fault = self.trouble(call)
        if fault is EXPIRED:
            self.end_sessions(call.account)
        if fault is not None:
            self.faults.append(f"{call}: {fault}")
        return call, fault

    def answer(self, call: Call) -> Reply:
        """The good answer to a call."""
        if call.service == "sts":
            answer: Answer | Refused | None = self._answer_sts(call)
        else:
            answer = self._answers.whole(call)
        if isinstance(answer, dict):
            answer = self._cut(call, self.edit(call, answer))
        if isinstance(answer, Refused):
            return write_refusal(call.service, answer)
        self.answered.append(call)
        return write_answer(call.service, call.operation, answer)

    def _answer_sts(self, call: Call) -> Answer | Refused:
        if call.operation == "GetCallerIdentity":
            return {"Account": call.account, "Arn": f"arn:aws:sts::{call.account}:assumed-role/Caller/test"}
        arn = call.parameters["RoleArn"]
        account = arn.split(":")[4]
        is_ours = call.account == self.served.management and arn.endswith(f":role/{HOP_ROLE}")
        if not is_ours or account not in self.served.enabled:
            return DENIED["sts"]
        opened = self.credentials.open(account, "TrustviewReader", "AROAHOP", call.parameters["RoleSessionName"])
        given = {"AccessKeyId": opened.access_key, "SecretAccessKey": opened.secret_key}
        return {"Credentials": {**given, "SessionToken": opened.token, "Expiration": opened.expires.isoformat()}}

    def _cut(self, call: Call, answer: Answer) -> Answer | Refused:
        """One page of an answer, when its operation knows pages."""
        shape = models()[call.service].operation_model(call.operation).output_shape
        name = next((name for name in TOKENS if name in shape.members), None)
        if name is None:
            return answer
        given = next((str(call.parameters[token]) for token in TOKENS if call.parameters.get(token)), "")
        if given and given not in self._offsets:
            return LOST_TOKEN[call.service]
        asked = next((int(call.parameters[size]) for size in SIZES if size in call.parameters), 100)
        start = self._offsets.get(given, 0)
        items = [(key, item) for key, values in answer.items() if isinstance(values, list) for item in values]
        end = start + min(asked, self.page)
        page: dict[str, Any] = {key: [] if isinstance(value, list) else value for key, value in answer.items()}
        for key, item in items[max(0, start - self.repeats) : end]:
            page[key].append(item)
        if "IsTruncated" in shape.members:
            page["IsTruncated"] = end < len(items)
        if end < len(items):
            page[name] = f"{call.operation}-{call.account}-{call.region}-{len(self.asked)}-{end}"
            self._offsets[page[name]] = end
        return page


@asynccontextmanager
async def serve(cloud: Cloud) -> AsyncIterator[Cloud]:
    """The cloud on loopback, in this event loop, for as long as the context lasts; always at the same address."""
    connections: set[asyncio.Task[None]] = set()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            while await _respond(cloud, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            connections.discard(task)
            writer.close()

    port = int(cloud.endpoint.rpartition(":")[2] or 0)
    server = await asyncio.start_server(connect, "127.0.0.1", port, limit=1 << 22)
    cloud.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield cloud
    finally:
        server.close()
        for task in tuple(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


@contextmanager
def serve_in_thread(cloud: Cloud) -> Iterator[Cloud]:
    """The cloud on loopback, in a thread and an event loop of its own, for other processes to ask."""
    started = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def run() -> None:
        async with serve(cloud):
            started.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    started.wait()
    try:
        yield cloud
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


async def _respond(cloud: Cloud, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answers one request; whether the connection lives on."""
    request = await _read_request(reader)
    cloud.moments.append(asyncio.get_running_loop().time())
    call, fault = cloud.receive(request)
    await asyncio.sleep(cloud.latency + (fault.seconds if isinstance(fault, Late) else 0.0))
    if isinstance(fault, Reset):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False
    if isinstance(fault, Nonsense):
        reply = Reply(fault.status, "text/html", b"<html><body>a proxy was here</body></html>")
    elif isinstance(fault, Refused):
        assert call is not None
        reply = write_refusal(call.service, fault)
    elif isinstance(fault, Reply):
        reply = fault
    else:
        assert call is not None
        reply = cloud.answer(call)
    if isinstance(fault, Cut):
        reply = replace(reply, body=reply.body[: len(reply.body) // 2])
    head = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Error')}", f"Content-Type: {reply.content_type}"]
    head += [*(f"{name}: {value}" for name, value in reply.headers), f"Content-Length: {len(reply.body)}", "", ""]
    is_cut = isinstance(fault, Truncated)
    writer.write("\r\n".join(head).encode() + (reply.body[: len(reply.body) // 2] if is_cut else reply.body))
    await writer.drain()
    return not is_cut


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return method, target, headers, await reader.readexactly(int(headers.get("content-length", "0")))
