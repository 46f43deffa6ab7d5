"""An organization of any size, served so cheaply that it is not what is measured: bytes made once, answered late.

    python -m benchmarks.collector_server ACCOUNTS ROLES     prints its address, serves until its input ends

Every account is the same but for its id, which stands in ARNs and in half of the policies. Signatures are not checked;
an account is known by its access key.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tests.collect.cloud.answers import Answers
from tests.collect.cloud.organization import MOMENT, Invented
from tests.collect.cloud.wire import Call, read_call, write_answer
from trustview.snapshot import (
    Account,
    AccountFacts,
    IdentityProvider,
    InlinePolicy,
    ManagedPolicy,
    Organization,
    OrganizationalUnit,
    ProviderKind,
    Role,
    Snapshot,
)

LATENCY = 0.06
FIRST = 100_000_000_000
TEMPLATE = "999999999999"
REGION = "eu-west-1"
STATEMENT = (
    '{{"Sid":"S{0}","Effect":"Allow","Action":["s3:GetObject{0}","s3:PutObject","dynamodb:Query","kms:Decrypt"],'
    '"Resource":["arn:aws:s3:::bucket-{0}-{1}/*","arn:aws:dynamodb:eu-west-1:{1}:table/t{0}"]}}'
)
TRUST = (
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:role/h{number}"}},'
    '"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"sts:ExternalId":"id-{number}"}}}}}}]}}'
)
_HEAD = re.compile(rb"Credential=ASIA(\d{12})AAAA/\d+/([^/]+)/([^/]+)/")


def make_account(account: str, roles: int) -> AccountFacts:
    """An account of so many roles, some 5 KB each as AWS sends them, with policies that a fleet has."""
    issuer = "i.example"
    arn = f"arn:aws:iam::{account}:oidc-provider/{issuer}"
    provider = IdentityProvider(arn, account, ProviderKind.OIDC, issuer, (), MOMENT)
    policies = tuple(
        ManagedPolicy(f"arn:aws:iam::{account}:policy/p{n}", f"p{n}", _document(n, 4, account), "v2")
        for n in range(roles // 8)
    )
    made = tuple(_role(account, n, policies) for n in range(roles))
    return AccountFacts(account, f"alias-{account}", made, policies=policies, providers=(provider,), read_at=MOMENT)


def _document(number: int, statements: int, account: str) -> str:
    whose = account if number % 2 else "shared"
    inside = ",".join(STATEMENT.format(number * 10 + n, whose) for n in range(statements))
    return f'{{"Version":"2012-10-17","Statement":[{inside}]}}'


def _role(account: str, number: int, policies: tuple[ManagedPolicy, ...]) -> Role:
    trust = TRUST.format(account=account, number=number % 7)
    return Role(
        arn=f"arn:aws:iam::{account}:role/app/service-role-number-{number}",
        account=account,
        name=f"service-role-number-{number}",
        path="/app/",
        id=f"AROA{number:017}",
        trust_policy=trust,
        description=f"what role {number} is for",
        created=MOMENT,
        max_session_seconds=3600,
        last_used=MOMENT,
        last_used_region="eu-west-1",
        inline=(InlinePolicy("main", _document(number, 4, account)),),
        attached=tuple(policy.arn for policy in policies[number % 5 : number % 5 + 2]),
        tags=(("team", f"team-{number % 9}"), ("env", "prod")),
    )


def make_organization(accounts: int, roles: int) -> Invented:
    """The organization: OUs of 20 accounts each; only a template of an account is made."""
    units = [OrganizationalUnit("r-root", "Root", "")]
    units += [OrganizationalUnit(f"ou-root-{n:08}", f"unit {n}", "r-root") for n in range(-(-accounts // 20))]
    listed = tuple(
        Account(str(FIRST + n), f"account {n}", units[1 + n // 20].id, email="a@example.com", joined=MOMENT)
        for n in range(accounts)
    )
    tree = Organization("o-measured01", str(FIRST), tuple(units), listed)
    template = make_account(TEMPLATE, roles)
    enabled: dict[str, tuple[str, ...]] = {account.id: (REGION,) for account in listed}
    return Invented(0, Snapshot(MOMENT, "aws", tree, (template,)), enabled, (str(FIRST),))


class Server:
    """The answers as bytes: those of an account are the template's with another id."""

    def __init__(self, organization: Invented) -> None:
        self._answers = Answers(organization)
        self._organization = organization

    def respond(self, head: bytes, body: bytes) -> bytes:
        """The whole reply to one request."""
        found = _HEAD.search(head)
        account, region, service = (part.decode() for part in found.groups()) if found else (str(FIRST), "", "sts")
        line, *rest = head.decode("latin-1").split("\r\n")
        method, target, _ = line.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
        call = read_call(account, service, region, (method, target, headers, body))
        if service == "sts":
            return _reply("sts", call.operation, self._hop(call))
        if service == "iam":
            whole = self._template(call.operation, str(call.parameters.get("OpenIDConnectProviderArn", "")))
            return whole.replace(TEMPLATE.encode(), account.encode())
        answer = self._answers.whole(call)
        return _reply(service, call.operation, answer if isinstance(answer, dict) else None)

    @lru_cache(maxsize=64)  # noqa: B019  it lives as long as the process
    def _template(self, operation: str, arn: str) -> bytes:
        about = {"OpenIDConnectProviderArn": re.sub(r"\d{12}", TEMPLATE, arn)} if arn else {}
        answer = self._answers.whole(Call(TEMPLATE, "iam", "", operation, about))
        is_paged = operation in ("GetAccountAuthorizationDetails", "ListRoles")
        more = {"IsTruncated": False} if is_paged else {}
        return _reply("iam", operation, {**answer, **more} if isinstance(answer, dict) else None)

    def _hop(self, call: Call) -> dict[str, Any]:
        if call.operation == "GetCallerIdentity":
            return {"Account": call.account, "Arn": f"arn:aws:sts::{call.account}:assumed-role/Caller/x"}
        account = call.parameters["RoleArn"].split(":")[4]
        given = {"AccessKeyId": access_key(account), "SecretAccessKey": "s" * 40, "SessionToken": "t" * 300}
        return {"Credentials": {**given, "Expiration": "2099-01-01T00:00:00Z"}}


def access_key(account: str) -> str:
    """The key that tells whose it is."""
    return f"ASIA{account}AAAA"


def _reply(service: str, operation: str, answer: dict[str, Any] | None) -> bytes:
    reply = write_answer(service, operation, answer)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {reply.content_type}\r\nContent-Length: {len(reply.body)}\r\n\r\n"
    return head.encode() + reply.body


class Connection(asyncio.Protocol):
    """One connection: requests come one after another, each is answered after the latency."""

    def __init__(self, respond: Callable[[bytes, bytes], bytes]) -> None:
        self._respond = respond
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps where to write."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers once a request is whole."""
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        if end and len(rest) >= (size := int(length[1]) if length else 0):
            self._buffer = rest[size:]
            reply = self._respond(head, rest[:size])
            asyncio.get_running_loop().call_later(LATENCY, self._transport.write, reply)


async def serve(accounts: int, roles: int) -> None:
    """Serves until the standard input ends."""
    server = Server(make_organization(accounts, roles))
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server.respond), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
