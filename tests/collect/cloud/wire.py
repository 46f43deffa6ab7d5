"""AWS's protocols, from botocore's own models: requests -> calls, answers -> bytes.

An answer is validated against the model of its operation before it is sent; a member that AWS does not have, or one
that it always has and is missing, raises. An operation of which nothing is served has an answer with empty lists.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote
from xml.sax.saxutils import escape

import botocore.session
from botocore.validate import ParamValidator

from trustview.collect.operations import OPERATIONS
from trustview.demo.replies import Reply, refusal

REQUEST_ID = "00000000-0000-4000-8000-000000000000"
NEXT = "\n  "
"""AWS puts every element on a line of its own."""
Model = Any
"""botocore ships no types."""


@dataclass(frozen=True)
class Call:
    """One request: who asks (an account), where, what, with which parameters."""

    account: str
    service: str
    region: str
    operation: str
    parameters: dict[str, Any] = field(compare=False)
    question: str = ""
    """The same text for the same parameters, so that the same question is known again."""

    def __str__(self) -> str:
        return f"{self.account} {self.service}:{self.operation} {self.region} {self.question}".strip()


@dataclass(frozen=True)
class Refused:
    """An error of AWS, in whatever protocol."""

    code: str
    message: str = "Rate exceeded"
    status: int = 400


@cache
def models() -> dict[str, Model]:
    """The models of every service that is read, by the name in their signatures."""
    session = botocore.session.Session()
    found = (session.get_service_model(name) for name in sorted({one.service for one in OPERATIONS}))
    return {model.signing_name: model for model in found}


def read_call(account: str, service: str, region: str, request: tuple[str, str, dict[str, str], bytes]) -> Call:
    """The call that a request (method, target, headers, body) makes; LookupError when no operation is meant."""
    method, target, headers, body = request
    model = models()[service]
    if model.resolved_protocol in ("query", "ec2"):
        given: dict[str, Any] = dict(parse_qsl(body.decode(), keep_blank_values=True))
        operation = given.pop("Action")
        given.pop("Version")
    elif model.resolved_protocol == "json":
        operation = headers["x-amz-target"].rpartition(".")[2]
        given = json.loads(body or b"{}")
    else:
        operation, given = _rest_call(model, method, target, body)
    return Call(account, service, region, operation, given, json.dumps(given, sort_keys=True) if given else "")


def _rest_call(model: Model, method: str, target: str, body: bytes) -> tuple[str, dict[str, Any]]:
    path, _, query = target.partition("?")
    for name in model.operation_names:
        http = model.operation_model(name).http
        pattern = re.sub(r"\\\{(\w+)(?:\\\+)?\\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"].partition("?")[0]))
        found = re.fullmatch(pattern, path) if http["method"] == method else None
        if found:
            in_path = {key: unquote(value) for key, value in found.groupdict().items()}
            return name, {**in_path, **dict(parse_qsl(query)), **(json.loads(body) if body else {})}
    raise LookupError(f"{method} {path}")


def write_answer(service: str, operation: str, answer: dict[str, Any] | None) -> Reply:
    """The bytes of an answer; None is an answer with nothing in it."""
    model = models()[service]
    shape = model.operation_model(operation).output_shape
    if answer is None:
        answer = {name: [] for name, member in shape.members.items() if member.type_name == "list"}
    report = ParamValidator().validate(answer, shape)
    assert not report.has_errors(), f"{service}:{operation}: {report.generate_report()}"
    if model.resolved_protocol not in ("query", "ec2"):
        kind = "application/json" if model.resolved_protocol == "rest-json" else "application/x-amz-json-1.1"
        return Reply(200, kind, json.dumps(_json(shape, answer)).encode())
    inside = NEXT.join(_members(shape, answer))
    if model.resolved_protocol == "query":
        inside = f"<{operation}Result>{inside}</{operation}Result><ResponseMetadata><RequestId>{REQUEST_ID}</RequestId>"
        inside += "</ResponseMetadata>"
    else:
        inside = f"<requestId>{REQUEST_ID}</requestId>{inside}"
    namespace = model.metadata.get("xmlNamespace", "http://ec2.amazonaws.com/doc/2016-11-15/")
    text = f'<{operation}Response xmlns="{namespace}">{inside}</{operation}Response>'
    return Reply(200, "text/xml", text.encode())


def write_refusal(service: str, refused: Refused) -> Reply:
    """The bytes of an error."""
    return refusal(service, refused.code, refused.message, status=refused.status)


# ── values by the model ──────────────────────────────────────────────────────────────────────────────────────────


def _json(shape: Model, value: Any) -> Any:  # noqa: ANN401
    if shape.type_name == "structure":
        names = {name: member.serialization.get("name", name) for name, member in shape.members.items()}
        return {names[name]: _json(shape.members[name], item) for name, item in value.items()}
    if shape.type_name == "list":
        return [_json(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _json(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp" and shape.serialization.get("timestampFormat") != "iso8601":
        return datetime.fromisoformat(value).timestamp()
    return value


def _members(shape: Model, value: dict[str, Any]) -> list[str]:
    return [_element(shape.members[name], name, item) for name, item in value.items()]


def _element(shape: Model, name: str, value: Any) -> str:  # noqa: ANN401
    tag = shape.serialization.get("name", name)
    if shape.type_name == "structure":
        return f"<{tag}>\n  {NEXT.join(_members(shape, value))}\n</{tag}>"
    if shape.type_name == "list":
        inner = "".join(_element(shape.member, shape.member.serialization.get("name", "member"), i) for i in value)
        return f"<{tag}>{inner}</{tag}>"
    if shape.type_name == "boolean":
        return f"<{tag}>{str(value).lower()}</{tag}>"
    return f"<{tag}>{escape(str(value))}</{tag}>"


def encode_document(text: str) -> str:
    """A policy document as IAM sends it."""
    return quote(text, safe="")
