"""Stands before moto: says who calls, refuses what AWS would refuse, and answers what moto lacks or gets wrong.

Ours: the signature, the hop, read calls only, access-analyzer, CloudTrail's LookupEvents, ec2:DescribeRegions, the two
big IAM reads, and who may read Organizations. Everything else goes to moto under the caller's account.
"""

import io
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from trustview.demo.credentials import BadCredentialsError, Credentials, Session, Signed
from trustview.demo.external_access import Call, ExternalAccess
from trustview.demo.iam_answers import IamAnswers
from trustview.demo.records import Acme
from trustview.demo.replies import IAM_NAMESPACE, STS_NAMESPACE, Reply, json_reply, query_reply, refusal
from trustview.demo.trail import Trail

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., object]], Iterable[bytes]]

_READS = (
    "Get",
    "List",
    "Describe",
    "Lookup",
    "BatchGet",
    "Simulate",
    "TestEventPattern",
    "GenerateServiceLastAccessed",
)
_STATUS = {200: "200 OK", 400: "400 Bad Request", 403: "403 Forbidden", 404: "404 Not Found"}


class Gateway:
    """A WSGI application."""

    def __init__(self, acme: Acme, credentials: Credentials, iam: IamAnswers, moto: Application) -> None:
        self._acme = acme
        self._credentials = credentials
        self._iam = iam
        self._moto = moto
        self._external_access = ExternalAccess(acme)
        self._trail = Trail(acme)
        self._delegates = {account_id for account_id, _, _ in acme.delegated_administrators}
        self._roles = {role.arn: role for role in acme.roles}
        self._refusing = {a.id for a in acme.accounts} - {a.id for a in acme.readable_accounts}

    def __call__(self, environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answers one request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key[:5] == "HTTP_"}
        headers |= {
            "content-type": environ.get("CONTENT_TYPE", ""),
            "content-length": environ.get("CONTENT_LENGTH", ""),
        }
        try:
            session, service, region = self._credentials.check(
                Signed(environ["REQUEST_METHOD"], environ["RAW_URI"], headers, body)
            )
        except BadCredentialsError as error:
            service = headers.get("authorization", "").partition("Credential=")[2].split("/")[3:4]
            reply: Reply | None = refusal(service[0] if service else "sts", error.code, str(error))
        else:
            reply = self._answer(environ, body, session, service, region)
        if reply is None:
            environ["wsgi.input"] = io.BytesIO(body)
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = session.account_id
            return self._moto(environ, start_response)
        start_response(_STATUS[reply.status], [("Content-Type", reply.content_type), *reply.headers])
        return [reply.body]

    def _answer(self, environ: Environ, body: bytes, session: Session, service: str, region: str) -> Reply | None:
        """Our reply, or nothing where moto's is right."""
        if service == "access-analyzer":
            content = json.loads(body) if body else {}
            query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
            path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
            return self._external_access.answer(
                Call(method, path, query, content, session.account_id, session.arn, region)
            )
        parameters = dict(parse_qsl(body.decode(), keep_blank_values=True)) if body[:1] != b"{" else {}
        operation = parameters.get("Action") or environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if service == "sts":
            return self._sts(operation, parameters, session)
        if not operation.startswith(_READS) and environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._denied(service, operation, session, "because the demo only reads")
        if service == "iam" and operation == "GetAccountAuthorizationDetails":
            result = self._iam.authorization_details(session.account_id, parameters)
            return query_reply(operation, result, IAM_NAMESPACE)
        if service == "iam" and operation == "ListRoles":
            return query_reply(operation, self._iam.roles(session.account_id, parameters), IAM_NAMESPACE)
        if service == "cloudtrail" and operation == "LookupEvents":
            return self._trail.lookup(session.account_id, region, json.loads(body))
        if service == "ec2" and operation == "DescribeRegions":
            return self._regions()
        if service == "organizations":
            return self._organizations(operation, body, session)
        return None

    def _sts(self, operation: str, parameters: dict[str, str], session: Session) -> Reply:
        if operation == "GetCallerIdentity":
            result = (
                f"<Arn>{escape(session.arn)}</Arn><UserId>{session.role_id}:{escape(session.session_name)}</UserId>"
                f"<Account>{session.account_id}</Account>"
            )
            return query_reply(operation, result, STS_NAMESPACE)
        if operation == "AssumeRole":
            return self._hop(parameters, session)
        return self._denied("sts", operation, session, "because the demo only reads")

    def _hop(self, parameters: dict[str, str], session: Session) -> Reply:
        """The demo's caller may become the reader role of every account that is open and does not refuse; no one else may."""
        arn = parameters.get("RoleArn", "")
        role = self._roles.get(arn)
        may = session.account_id == self._acme.management_id and session.role_name == self._acme.caller_role
        if role is None or not may or role.path + role.name != self._acme.hop_role or role.account_id in self._refusing:
            return self._denied("sts", "AssumeRole", session, on=arn)
        seconds = min(int(parameters.get("DurationSeconds", "3600")), 3600)
        opened = self._credentials.open(role.account_id, role.name, role.id, parameters["RoleSessionName"], seconds)
        result = (
            f"<AssumedRoleUser><AssumedRoleId>{role.id}:{escape(opened.session_name)}</AssumedRoleId>"
            f"<Arn>{escape(opened.arn)}</Arn></AssumedRoleUser><Credentials><AccessKeyId>{opened.access_key}</AccessKeyId>"
            f"<SecretAccessKey>{opened.secret_key}</SecretAccessKey><SessionToken>{opened.token}</SessionToken>"
            f"<Expiration>{opened.expires:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
        )
        return query_reply("AssumeRole", result, STS_NAMESPACE)

    def _denied(self, service: str, operation: str, session: Session, why: str = "", *, on: str = "*") -> Reply:
        code = "AccessDenied" if service in ("sts", "iam") else "AccessDeniedException"
        code = "UnauthorizedOperation" if service == "ec2" else code
        message = f"User: {session.arn} is not authorized to perform: {service}:{operation} on resource: {on} {why}"
        return refusal(service, code, message.strip())

    def _regions(self) -> Reply:
        items = "".join(
            f"<item><regionName>{region}</regionName><regionEndpoint>ec2.{region}.amazonaws.com</regionEndpoint>"
            "<optInStatus>opt-in-not-required</optInStatus></item>"
            for region in self._acme.regions
        )
        text = (
            '<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<requestId>00000000-0000-4000-8000-000000000000</requestId><regionInfo>{items}</regionInfo>"
            "</DescribeRegionsResponse>"
        )
        return Reply(200, "text/xml", text.encode())

    def _organizations(self, operation: str, body: bytes, session: Session) -> Reply | None:
        """Only the management account and delegated administrators read the organization; moto knows only the former."""
        if operation == "DescribeOrganization" or session.account_id == self._acme.management_id:
            return None
        if session.account_id in self._delegates:
            return None
        return refusal(
            "organizations",
            "AccessDeniedException",
            "You don't have permissions to access this resource.",
            status=400,
        )
