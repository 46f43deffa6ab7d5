"""Stands before moto: says who calls, refuses what AWS would refuse, and answers what moto lacks or gets wrong.

Ours: the signature, the hop, read calls only, access-analyzer, CloudTrail, ec2:DescribeRegions, the two big IAM reads,
who may read Organizations, and the services of `service_answers`. Everything else goes to moto under the caller's
account.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from trustview.demo.call import Call, read_call
from trustview.demo.credentials import BadCredentialsError, Credentials, Session, Signed
from trustview.demo.external_access import ExternalAccess
from trustview.demo.iam_answers import IamAnswers
from trustview.demo.records import Acme
from trustview.demo.replies import IAM_NAMESPACE, STS_NAMESPACE, Reply, query_reply, refusal
from trustview.demo.service_answers import SERVICES, ServiceAnswers
from trustview.demo.trail import Trail

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., object]], Iterable[bytes]]

_READS = ("Get", "List", "Describe", "Lookup", "BatchGet", "Simulate", "TestEventPattern", "Generate")
_STATUS = {200: "200 OK", 400: "400 Bad Request", 403: "403 Forbidden", 404: "404 Not Found"}


class Gateway:
    """A WSGI application."""

    def __init__(self, acme: Acme, credentials: Credentials, iam: IamAnswers, moto: Application) -> None:
        self._acme = acme
        self._credentials = credentials
        self._iam = iam
        self._moto = moto
        self._trail = Trail(acme)
        self._services = ServiceAnswers(acme)
        self._delegates = {account_id for account_id, _, _ in acme.delegated_administrators}
        self._roles = {role.arn: role for role in acme.roles}
        self._enterable = {account.id for account in acme.readable_accounts}
        self._answers: dict[str, Callable[[Call], Reply | None]] = {
            **dict.fromkeys(SERVICES, self._answer_service),
            "access-analyzer": ExternalAccess(acme).answer,
            "cloudtrail": self._answer_cloudtrail,
            "ec2": self._answer_ec2,
            "iam": self._answer_iam,
            "organizations": self._answer_organizations,
            "sts": self._answer_sts,
        }

    def __call__(self, environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answers one request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            session, service, region = self._credentials.check(_signed(environ, body))
        except BadCredentialsError as error:
            return _send(refusal(error.service, error.code, str(error)), start_response)
        reply = self._answer(read_call(environ, body, session, service, region))
        if reply is not None:
            return _send(reply, start_response)
        environ["wsgi.input"] = io.BytesIO(body)
        # moto keeps the organization with its management account; delegated administrators read the same one.
        owner = self._acme.management_id if service == "organizations" else session.account_id
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = owner
        return self._moto(environ, start_response)

    def _answer(self, call: Call) -> Reply | None:
        """Our reply, or nothing where moto's is right."""
        is_read = call.operation.startswith(_READS) or (not call.operation and call.method in ("GET", "HEAD"))
        if not is_read and call.service not in ("access-analyzer", "sts"):
            return _denied(call, "because the demo only reads")
        answer = self._answers.get(call.service)
        return answer(call) if answer else None

    def _answer_iam(self, call: Call) -> Reply | None:
        """Moto knows no pages of GetAccountAuthorizationDetails, and ListRoles tells more than AWS does."""
        account_id = call.session.account_id
        if call.operation == "GetAccountAuthorizationDetails":
            result = self._iam.authorization_details(account_id, call.parameters)
        elif call.operation == "ListRoles":
            result = self._iam.roles(account_id, call.parameters)
        elif call.operation == "ListOrganizationsFeatures":
            return self._answer_features(call)
        else:
            return None
        return query_reply(call.operation, result, IAM_NAMESPACE)

    def _answer_features(self, call: Call) -> Reply:
        """Told in the management account alone: no account is IAM's delegated administrator."""
        if call.session.account_id != self._acme.management_id:
            code = "AccountNotManagementOrDelegatedAdministratorException"
            return refusal("iam", code, "You must use the management account.", status=403)
        members = "".join(f"<member>{feature}</member>" for feature in self._services.features())
        result = (
            f"<OrganizationId>{self._acme.organization_id}</OrganizationId><EnabledFeatures>{members}</EnabledFeatures>"
        )
        return query_reply(call.operation, result, IAM_NAMESPACE)

    def _answer_service(self, call: Call) -> Reply:
        return self._services.answer(call) or _denied(call)

    def _answer_cloudtrail(self, call: Call) -> Reply:
        if call.operation != "LookupEvents":
            return self._answer_service(call)
        return self._trail.lookup(call.session.account_id, call.region, call.content)

    def _answer_ec2(self, call: Call) -> Reply | None:
        """DescribeRegions gives the Regions that the organization uses; moto's EC2 takes a second to load."""
        if call.operation != "DescribeRegions":
            return _denied(call)
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

    def _answer_organizations(self, call: Call) -> Reply | None:
        """Only the management account and delegated administrators read the organization; moto lets anyone ask."""
        is_reader = call.session.account_id in {self._acme.management_id, *self._delegates}
        if is_reader and call.operation == "ListAWSServiceAccessForOrganization":
            return self._services.trusted_services()
        if is_reader or call.operation == "DescribeOrganization":
            return None
        message = "You don't have permissions to access this resource."
        return refusal("organizations", "AccessDeniedException", message, status=400)

    def _answer_sts(self, call: Call) -> Reply:
        if call.operation == "AssumeRole":
            return self._hop(call)
        if call.operation != "GetCallerIdentity":
            return _denied(call, "because the demo only reads")
        session = call.session
        result = (
            f"<Arn>{escape(session.arn)}</Arn><UserId>{session.role_id}:{escape(session.session_name)}</UserId>"
            f"<Account>{session.account_id}</Account>"
        )
        return query_reply(call.operation, result, STS_NAMESPACE)

    def _hop(self, call: Call) -> Reply:
        """Only the demo's caller may become the reader role, of every account that is open and does not refuse."""
        arn = call.parameters.get("RoleArn", "")
        role = self._roles.get(arn)
        if role is None or not self._is_caller(call.session) or role.account_id not in self._enterable:
            return _denied(call, on=arn)
        if role.path + role.name != self._acme.hop_role:
            return _denied(call, on=arn)
        seconds = min(int(call.parameters.get("DurationSeconds", "3600")), 3600)
        name = call.parameters.get("RoleSessionName", "")
        opened = self._credentials.open(role.account_id, role.name, role.id, name, seconds)
        result = (
            f"<AssumedRoleUser><AssumedRoleId>{role.id}:{escape(name)}</AssumedRoleId><Arn>{escape(opened.arn)}</Arn>"
            f"</AssumedRoleUser><Credentials><AccessKeyId>{opened.access_key}</AccessKeyId>"
            f"<SecretAccessKey>{opened.secret_key}</SecretAccessKey><SessionToken>{opened.token}</SessionToken>"
            f"<Expiration>{opened.expires:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
        )
        return query_reply(call.operation, result, STS_NAMESPACE)

    def _is_caller(self, session: Session) -> bool:
        return (session.account_id, session.role_name) == (self._acme.management_id, self._acme.caller_role)


def _denied(call: Call, why: str = "", *, on: str = "*") -> Reply:
    codes = {"sts": "AccessDenied", "iam": "AccessDenied", "s3": "AccessDenied", "ec2": "UnauthorizedOperation"}
    action = f"{call.service}:{call.operation or call.method + ' ' + call.path}"
    message = f"User: {call.session.arn} is not authorized to perform: {action} on resource: {on} {why}".strip()
    return refusal(call.service, codes.get(call.service, "AccessDeniedException"), message)


def _signed(environ: Environ, body: bytes) -> Signed:
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    headers |= {"content-type": environ.get("CONTENT_TYPE", ""), "content-length": environ.get("CONTENT_LENGTH", "")}
    return Signed(environ["REQUEST_METHOD"], environ["RAW_URI"], headers, body)


def _send(reply: Reply, start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response(_STATUS[reply.status], [("Content-Type", reply.content_type), *reply.headers])
    return [reply.body]
