"""Aws: the only call to AWS. Sessions, hops, paging, retries and throttling are decided here and nowhere else.

Rule 1: one client per service and Region serves all accounts; each request is signed with the credentials that stand in
a context variable, and a request without them does not leave. Rule 2: the SDK does not retry; we do, within the budget,
with jitter. Rule 3: every failure becomes a Failure with a sentence; only who we are being refused stops the run.
Rule 4: moments come back as ISO 8601 texts and policy documents still encoded, because decoding either while parsing
costs most of the time. Rule 5: credentials stay in memory.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from trustview import __version__
from trustview.collect.budget import Budget
from trustview.collect.failure import CallError, Failure, FailureKind, read_error
from trustview.collect.moments import read_moment
from trustview.collect.operations import guard_session
from trustview.collect.scope import Scope
from trustview.errors import CredentialsError, TrustviewError

ATTEMPTS = {FailureKind.THROTTLED: 10, FailureKind.TRANSIENT: 5}
LONGEST_PAUSE = 20.0
HOP_SECONDS = 3600
RENEW_BEFORE = timedelta(minutes=5)
CONNECT_SECONDS, READ_SECONDS = 10, 60
DEFAULT_REGION = "us-east-1"
PAGE_TOKENS = ("NextToken", "nextToken", "Marker")

Answer = dict[str, Any]
_credentials: ContextVar[object] = ContextVar("credentials")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the account and ARN of the credentials, the Region of requests that name none, the address of STS."""

    account: str
    arn: str
    region: str
    endpoint: str

    @property
    def partition(self) -> str:
        """`aws`, `aws-us-gov` or `aws-cn`."""
        return self.arn.split(":")[1]

    @property
    def name(self) -> str:
        """The ARN without the session name: the same after logging in again."""
        return self.arn.rpartition("/")[0] if ":assumed-role/" in self.arn else self.arn


@dataclass(slots=True)
class Counts:
    """What has been asked so far."""

    calls: int = 0
    throttled: int = 0


@dataclass(frozen=True, slots=True)
class Entered:
    """A session in a member account; `credentials` is the SDK's own object."""

    credentials: object
    expires: datetime


@asynccontextmanager
async def open_aws(scope: Scope) -> AsyncIterator[Aws]:
    """AWS as the scope's profile sees it; raises CredentialsError when there are no credentials or AWS refuses them."""
    async with AsyncExitStack() as stack:
        aws = Aws(scope, stack)
        await aws.sign_in()
        yield aws


class Aws:
    """The calls of one run."""

    def __init__(self, scope: Scope, stack: AsyncExitStack) -> None:
        self.counts = Counts()
        self._scope = scope
        self._stack = stack
        self._budget = Budget(scope.limits, scope.concurrency)
        self._session = _reading_session(scope)
        self._region = str(self._session.get_config_variable("region") or DEFAULT_REGION)
        self._own: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._opening = asyncio.Lock()
        self._entered: dict[str, Entered] = {}
        self._entering: dict[str, asyncio.Lock] = {}
        self.caller = Caller("", "", self._region, "")

    async def sign_in(self) -> None:
        """Finds the credentials and asks AWS whose they are."""
        self._own = await _find_credentials(self._scope)
        try:
            answer = await self.call("", "", "sts", "GetCallerIdentity", {}, needs="Account")
        except CallError as error:
            raise CredentialsError(
                f"AWS does not say who we are: {error.failure.reason}; check the network and the Region "
                f"`{self._region}`, then try again"
            ) from error
        client = await self._client("sts", self._region)
        self.caller = Caller(answer["Account"], answer["Arn"], self._region, str(client.meta.endpoint_url))

    # ── one call ─────────────────────────────────────────────────────────────────────────────────────────────

    async def call(
        self, account: str, region: str, service: str, operation: str, parameters: Mapping[str, object], needs: str
    ) -> Answer:
        """AWS's answer to one operation, asked in an account and Region (empty: the caller's).

        `needs` is a member that a good answer has: the SDK reads one that makes no sense as an empty one. Raises
        CallError when no good one can be had, CredentialsError when who we are is no longer accepted.
        """
        failures: list[Failure] = []
        while True:
            answer = await self._ask(account, region, service, operation, parameters)
            if not isinstance(answer, Failure) and needs not in answer:
                reason = f"`{service}:{operation}` gives an answer without `{needs}`"
                answer = Failure(FailureKind.TRANSIENT, "", reason)
            if not isinstance(answer, Failure):
                return answer
            failures.append(answer)
            self._stop_unless_ours(answer, account, region)
            self._forget_session(answer, account)
            if not _may_try_again(failures):
                raise CallError(answer)
            if answer.is_worth_retrying:
                pause = min(LONGEST_PAUSE, 0.25 * 2 ** len(failures))
                await asyncio.sleep(pause * random.random())  # noqa: S311  jitter

    async def _ask(
        self, account: str, region: str, service: str, operation: str, parameters: Mapping[str, object]
    ) -> Answer | Failure:
        """One request, within the budget."""
        credentials = await self._credentials_of(account)
        client = await self._client(service, region or self._region)
        bucket = self._budget.bucket(account, region, service, operation)
        await bucket.take()
        async with self._budget.in_flight:
            self.counts.calls += 1
            answer = await _send(client, operation, parameters, credentials)
        if not isinstance(answer, Failure):
            bucket.speed_up()
        elif answer.kind is FailureKind.THROTTLED:
            self.counts.throttled += 1
            bucket.slow_down()
        return answer

    def _is_own(self, account: str) -> bool:
        return account in ("", self.caller.account)

    def _stop_unless_ours(self, failure: Failure, account: str, region: str) -> None:
        """Credentials of the caller that AWS no longer accepts end the run: nothing more can be read with them."""
        is_over = failure.kind is FailureKind.EXPIRED or (
            failure.kind is FailureKind.NOT_ACCEPTED and region in ("", self._region)
        )
        if is_over and self._is_own(account):
            raise CredentialsError(f"AWS does not accept the credentials: {failure.reason}; {HOW_TO_LOG_IN}")

    def _forget_session(self, failure: Failure, account: str) -> None:
        if failure.kind in (FailureKind.EXPIRED, FailureKind.NOT_ACCEPTED):
            self._entered.pop(account, None)

    async def pages(
        self, account: str, region: str, service: str, operation: str, parameters: Mapping[str, object], needs: str
    ) -> AsyncIterator[Answer]:
        """Every page of an operation; a page token that comes back twice ends it with CallError."""
        asked, seen = dict(parameters), set[str]()
        while True:
            answer = await self.call(account, region, service, operation, asked, needs)
            yield answer
            name = next((name for name in PAGE_TOKENS if answer.get(name)), None)
            if name is None:
                return
            if answer[name] in seen:
                reason = f"`{service}:{operation}` gives the same page again and again"
                raise CallError(Failure(FailureKind.FAILED, "", reason))
            seen.add(answer[name])
            asked[name] = answer[name]

    # ── who asks ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _credentials_of(self, account: str) -> object:
        """The credentials to ask with in an account: our own, or those of a hop into it."""
        if self._is_own(account):
            await _refresh(self._own)
            own: object = self._own
            return own
        async with self._entering.setdefault(account, asyncio.Lock()):
            entered = self._entered.get(account)
            if entered is None or entered.expires - RENEW_BEFORE < datetime.now(UTC):
                entered = self._entered[account] = await self._enter(account)
            return entered.credentials

    async def enter(self, account: str) -> None:
        """Makes sure that an account can be entered; CallError when AWS refuses the hop."""
        await self._credentials_of(account)

    async def _enter(self, account: str) -> Entered:
        from aiobotocore.credentials import AioCredentials  # noqa: PLC0415

        arn = f"arn:{self.caller.partition}:iam::{account}:role/{self._scope.role_name.strip('/')}"
        parameters: dict[str, object] = {
            "RoleArn": arn,
            "RoleSessionName": self._scope.session_name,
            "DurationSeconds": HOP_SECONDS,
        }
        if self._scope.external_id:
            parameters["ExternalId"] = self._scope.external_id
        answer = await self.call(self.caller.account, "", "sts", "AssumeRole", parameters, needs="Credentials")
        given = answer["Credentials"]
        credentials = AioCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return Entered(credentials, datetime.fromisoformat(given["Expiration"]))

    async def _client(self, service: str, region: str) -> Any:  # noqa: ANN401  the SDK ships no types
        """The one client of a service in a Region; its own credentials are worthless on purpose."""
        async with self._opening:
            if (service, region) not in self._clients:
                opening = self._session.create_client(
                    service,
                    region_name=region,
                    config=_configuration(self._scope),
                    aws_access_key_id="none",
                    aws_secret_access_key="none",  # noqa: S106  every request brings its own
                )
                self._clients[service, region] = await self._stack.enter_async_context(opening)
            return self._clients[service, region]


HOW_TO_LOG_IN = (
    "log in again (`aws sso login`), or name another profile with --profile or AWS_PROFILE; "
    "what was read is kept, and the same command goes on where it was"
)


def _may_try_again(failures: list[Failure]) -> bool:
    """Whether the last failure leaves another try; a session that ended is renewed twice at most."""
    last = failures[-1].kind
    if last in (FailureKind.EXPIRED, FailureKind.NOT_ACCEPTED):
        return sum(failure.kind is last for failure in failures) <= (2 if last is FailureKind.EXPIRED else 1)
    return len(failures) < ATTEMPTS.get(last, 1)


async def _send(client: Any, operation: str, parameters: Mapping[str, object], credentials: object) -> Answer | Failure:  # noqa: ANN401
    """One request signed with these credentials; an error of AWS or the network becomes a Failure."""
    from botocore import xform_name  # noqa: PLC0415

    mark = _credentials.set(credentials)
    try:
        answer: Answer = await getattr(client, xform_name(operation))(**parameters)
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


# ── the SDK's sessions ───────────────────────────────────────────────────────────────────────────────────────────


def _reading_session(scope: Scope) -> Any:  # noqa: ANN401
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
        raise CredentialsError(f"{error}; {HOW_TO_LOG_IN}") from error
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_moment)
    session.unregister("after-call.iam", json_decode_policies)
    session.register("before-call", _sign_as_told)
    guard_session(session)
    return session


def _sign_as_told(params: dict[str, Any], **_: object) -> None:
    """Puts the credentials of the context into the request; LookupError when there are none."""
    context = params["context"]
    context["signing"] = {**context.get("signing", {}), "request_credentials": _credentials.get()}


def _configuration(scope: Scope) -> object:
    from aiobotocore.config import AioConfig  # noqa: PLC0415

    return AioConfig(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=scope.concurrency,
        user_agent_extra=f"trustview/{__version__}",
    )


async def _find_credentials(scope: Scope) -> object:
    """The credentials that the SDK's chain finds, in a session of their own so that nothing of ours touches it."""
    from aiobotocore.session import AioSession  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        found: object = await AioSession(profile=scope.profile or None).get_credentials()
    except BotoCoreError as error:
        raise CredentialsError(f"{error}; {HOW_TO_LOG_IN}") from error
    if found is None:
        raise CredentialsError(
            "no AWS credentials were found: log in (`aws sso login`), or name a profile with --profile or AWS_PROFILE; "
            "`trustview demo` needs none"
        )
    return found


async def _refresh(credentials: Any) -> None:  # noqa: ANN401
    """Renews credentials that can renew themselves and are about to end."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        await credentials.get_frozen_credentials()
    except (BotoCoreError, ClientError, RuntimeError) as error:
        raise CredentialsError(f"the AWS session has ended ({error}); {HOW_TO_LOG_IN}") from error
