"""One HTTP reply, and AWS's ways of saying no in each of its protocols."""

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

IAM_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP reply."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = field(default=())


def json_reply(content: object, *, status: int = 200, version: str = "1.1") -> Reply:
    """A JSON reply in the form of the `json` protocol of that version."""
    return Reply(status, f"application/x-amz-json-{version}", json.dumps(content).encode())


def rest_reply(content: object) -> Reply:
    """A JSON reply in the form of the `rest-json` protocol."""
    return Reply(200, "application/json", json.dumps(content).encode())


def query_reply(operation: str, result: str, namespace: str) -> Reply:
    """An XML reply in the form of the `query` protocol; `result` is the inside of the result element."""
    body = (
        f'<{operation}Response xmlns="{namespace}"><{operation}Result>{result}</{operation}Result>'
        f"<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata>"
        f"</{operation}Response>"
    )
    return Reply(200, "text/xml", body.encode())


def refusal(service: str, code: str, message: str, *, status: int = 403) -> Reply:
    """An error in the protocol that the service speaks."""
    if service in ("iam", "sts"):
        text = (
            f'<ErrorResponse xmlns="{STS_NAMESPACE if service == "sts" else IAM_NAMESPACE}"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{escape(message)}</Message></Error>"
            "<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
        )
        return Reply(status, "text/xml", text.encode())
    if service == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>"
            "<RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>"
        )
        return Reply(status, "text/xml", text.encode())
    if service == "s3":
        text = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        return Reply(status, "application/xml", text.encode())
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    kind = "application/json" if service == "access-analyzer" else "application/x-amz-json-1.1"
    return Reply(status, kind, body, (("x-amzn-ErrorType", code),))
