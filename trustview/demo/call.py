"""One AWS request, taken apart: who calls what, where, with which parameters, whatever the service's protocol."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from trustview.demo.credentials import Session


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose signature is good.

    `operation` is empty for services that say it by method and path. `parameters` are those of the `query` protocols,
    `content` is the body of the JSON protocols.
    """

    session: Session
    service: str
    region: str
    operation: str
    method: str
    path: str
    query: Mapping[str, str]
    parameters: Mapping[str, str]
    content: Mapping[str, Any]


def read_call(environ: Mapping[str, Any], body: bytes, session: Session, service: str, region: str) -> Call:
    """Takes a WSGI request apart; a body that is neither form nor JSON is left alone."""
    is_json = body[:1] == b"{"
    parameters = {} if is_json else dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return Call(
        session=session,
        service=service,
        region=region,
        operation=parameters.get("Action") or environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2],
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=dict(parse_qsl(environ.get("QUERY_STRING", ""))),
        parameters=parameters,
        content=json.loads(body) if is_json else {},
    )
