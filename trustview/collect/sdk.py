"""The SDK as the collector needs it: sessions that only read, sign each request as told, and parse cheaply.

What botocore does by itself and costs most of the time is left out: policies stay encoded, timestamps become texts
without dateutil, models are loaded once. Its retries are off. Credentials stay in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from trustview import __version__
from trustview.collect.evidence_source import SourceKind
from trustview.collect.failure import Failure, read_error
from trustview.collect.moments import read_moment
from trustview.collect.operations import guard_session
from trustview.collect.query_parser import parser_factory
from trustview.collect.scope import Scope
from trustview.errors import CredentialsError, TrustviewError

CONNECT_SECONDS, READ_SECONDS = 10, 60
DEFAULT_REGION = "us-east-1"
HOW_TO_LOG_IN = (
    "log in again (`aws sso login`), or name another profile with --profile or AWS_PROFILE; "
    "what was read is kept, and the same command goes on where it was"
)
HOW_TO_NAME_A_REGION = (
    "credentials of GovCloud or China need a Region of theirs: "
    "set AWS_REGION, for example to us-gov-west-1 or cn-north-1"
)
HOW_TO_SET_THE_CLOCK = (
    "set the clock of this machine: AWS refuses requests that are minutes off; "
    "what was read is kept, and the same command goes on where it was"
)
# More connections than requests in flight: one that is slow keeps its connection while another goes on.
CONNECTIONS_PER_REQUEST = 4

Answer = dict[str, Any]
_credentials: ContextVar[object] = ContextVar("credentials")


async def send(client: Any, operation: str, parameters: Mapping[str, object], credentials: object) -> Answer | Failure:  # noqa: ANN401
    """One request signed with these credentials; an error of AWS or the network becomes a Failure."""
    from botocore import xform_name  # noqa: PLC0415

    mark = _credentials.set(credentials)
    try:
        answer: Answer = await getattr(client, xform_name(operation))(**parameters)
        if operation == "GetObject":
            answer["Body"] = await answer["Body"].read()
    except TrustviewError:
        raise
    except Exception as error:
        failure = read_error(f"{client.meta.service_model.signing_name}:{operation}", error)
        if failure is None:
            raise
        return failure
    finally:
        _credentials.reset(mark)
    answer.pop("ResponseMetadata", None)
    return answer


async def is_name_known(host: str) -> bool:
    """Whether the name of a host has an address; False too when there is no telling now."""
    try:
        return bool(await asyncio.get_running_loop().getaddrinfo(host, None))
    except OSError:
        return False


def open_session(scope: Scope) -> Any:  # noqa: ANN401
    """A session for reading: guarded, signing as told, with cheap moments and policies left encoded."""
    from aiobotocore.session import AioSession  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ProfileNotFound  # noqa: PLC0415
    from botocore.handlers import json_decode_policies  # noqa: PLC0415

    session = AioSession(profile=scope.profile or None)
    try:
        session.get_scoped_config()
    except ProfileNotFound as error:
        profile = session.get_config_variable("profile")
        raise CredentialsError(
            f"there is no AWS profile `{profile}`: `aws configure list-profiles` names them"
        ) from error
    except BotoCoreError as error:
        raise CredentialsError(f"the AWS configuration cannot be read ({error}); {HOW_TO_LOG_IN}") from error
    session.register_component("data_loader", _loader(session.get_config_variable("data_path") or ""))
    parsers = parser_factory()()
    parsers.set_parser_defaults(timestamp_parser=read_moment)
    session.register_component("response_parser_factory", parsers)
    session.unregister("after-call.iam", json_decode_policies)
    session.register("before-call", _sign_as_told)
    source = scope.evidence.kind if scope.evidence_days else SourceKind.NONE
    guard_session(session, source, asks_opinion=scope.asks_opinion)
    return session


@cache
def _loader(data_path: str) -> object:
    """The SDK's models, loaded once in a process: they take longer to read than many an account."""
    from botocore.loaders import create_loader  # noqa: PLC0415

    loader: object = create_loader(data_path or None)
    return loader


def _sign_as_told(params: dict[str, Any], **_: object) -> None:
    """Puts the credentials of the context into the request; LookupError when there are none."""
    context = params["context"]
    context["signing"] = {**context.get("signing", {}), "request_credentials": _credentials.get()}


def configure(scope: Scope) -> object:
    """How clients connect; nothing is tried twice here."""
    from aiobotocore.config import AioConfig  # noqa: PLC0415

    return AioConfig(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=scope.concurrency * CONNECTIONS_PER_REQUEST,
        user_agent=f"trustview/{__version__}",  # the SDK makes its own anew for every request
    )


async def find_credentials(scope: Scope) -> object:
    """The credentials that the SDK's chain finds, in a session of their own so that nothing of ours touches it."""
    from aiobotocore.session import AioSession  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        found: object = await AioSession(profile=scope.profile or None).get_credentials()
    except (BotoCoreError, ClientError, RuntimeError) as error:
        raise CredentialsError(f"the AWS credentials cannot be used ({error}); {HOW_TO_LOG_IN}") from error
    if found is None:
        raise CredentialsError(
            "no AWS credentials were found: log in (`aws sso login`), or name a profile with --profile or AWS_PROFILE; "
            "`trustview demo` needs none"
        )
    return found


@dataclass(frozen=True, slots=True)
class Login:
    """Where the SDK finds credentials on this machine (`env`, `sso`, `shared-credentials-file`…), and all profiles."""

    source: str
    profiles: tuple[str, ...]


def look_at_login(scope: Scope) -> Login:
    """What this machine offers to log in with; nothing is asked of AWS, and no credential is kept."""
    import boto3  # noqa: PLC0415  only the doctor looks
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        session = boto3.session.Session(profile_name=scope.profile or None)
        found = session.get_credentials()
    except (BotoCoreError, ClientError, RuntimeError):
        session, found = boto3.session.Session(), None
    return Login(str(found.method) if found else "", tuple(sorted(session.available_profiles)))


async def refresh(credentials: Any) -> None:  # noqa: ANN401
    """Renews credentials that can renew themselves and are about to end."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        await credentials.get_frozen_credentials()
    except (BotoCoreError, ClientError, RuntimeError) as error:
        raise CredentialsError(f"the AWS session has ended ({error}); {HOW_TO_LOG_IN}") from error
