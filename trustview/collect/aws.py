"""Aws: the only call to AWS. Paging, retries and throttling are decided here and nowhere else.

Rule 1: one client per service and Region serves all accounts; each request is signed with the credentials that stand in
a context variable, and a request without them does not leave. Rule 2: the SDK does not retry; we do, within the budget,
with jitter. Rule 3: every failure becomes a Failure with a sentence; only who we are being refused stops the run.
Rule 4: moments come back as ISO 8601 texts and policy documents still encoded (see `sdk`). Rule 5: a service that has
no address in a Region is not offered there, and is not asked there again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from trustview.collect.budget import Budget
from trustview.collect.failure import CallError, Failure, FailureKind, LostPageError
from trustview.collect.scope import Scope
from trustview.collect.sdk import (
    DEFAULT_REGION,
    HOW_TO_LOG_IN,
    HOW_TO_NAME_A_REGION,
    HOW_TO_SET_THE_CLOCK,
    Answer,
    configure,
    is_name_known,
    open_session,
    send,
)
from trustview.collect.sessions import Caller, Sessions
from trustview.errors import CredentialsError

ATTEMPTS = {FailureKind.THROTTLED: 10, FailureKind.TRANSIENT: 5}
LONGEST_PAUSE = 20.0
PAGE_TOKENS = ("NextToken", "nextToken", "Marker")


@dataclass(slots=True)
class Counts:
    """What has been asked so far."""

    calls: int = 0
    throttled: int = 0
    retried: int = 0


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
        self._session = open_session(scope)
        configured = self._session.get_config_variable("region")
        self._has_region, self._region = configured is not None, str(configured or DEFAULT_REGION)
        self._clients: dict[tuple[str, str], Any] = {}
        self._opening = asyncio.Lock()
        self._absent: dict[tuple[str, str], Failure] = {}
        self.sessions = Sessions(scope, self._assume_role, Caller("", "", self._region, ""))

    async def sign_in(self) -> None:
        """Finds the credentials and asks AWS whose they are."""
        await self.sessions.find_credentials()
        try:
            answer = await self.call("", "", "sts", "GetCallerIdentity", {}, needs="Account")
        except CallError as error:
            raise CredentialsError(
                f"AWS does not say who we are: {error.failure.reason}; check the network and the Region "
                f"`{self._region}`, then try again"
            ) from error
        client = await self._client("sts", self._region)
        endpoint = str(client.meta.endpoint_url)
        self.sessions.caller = Caller(answer["Account"], answer["Arn"], self._region, endpoint)

    @property
    def caller(self) -> Caller:
        """Who we are; nobody until that was asked."""
        return self.sessions.caller

    async def enter(self, account: str) -> None:
        """Makes sure that an account can be entered; CallError when AWS refuses the hop."""
        await self.sessions.credentials_of(account)

    async def _assume_role(self, asker: str, parameters: Mapping[str, object]) -> Answer:
        return await self.call(asker, "", "sts", "AssumeRole", parameters, needs="Credentials")

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
            if (service, region) in self._absent:
                raise CallError(self._absent[service, region])
            credentials = await self.sessions.credentials_of(account)
            answer = await self._ask(credentials, account, region, service, operation, parameters)
            if not isinstance(answer, Failure) and needs not in answer:
                reason = f"`{service}:{operation}` gives an answer without `{needs}`"
                answer = Failure(FailureKind.TRANSIENT, "", reason)
            if not isinstance(answer, Failure):
                return answer
            if answer.kind is FailureKind.NO_ADDRESS:
                answer = await self._judge_absence(answer, service, region)
            failures.append(answer)
            self._stop_unless_ours(answer, account, region)
            if answer.kind in (FailureKind.EXPIRED, FailureKind.NOT_ACCEPTED):
                self.sessions.forget(account, credentials)
            if not _may_try_again(failures) or not self._may_retry(answer, service, region):
                raise CallError(answer)
            if answer.is_worth_retrying:
                self.counts.retried += 1
                pause = min(LONGEST_PAUSE, 0.25 * 2 ** len(failures))
                await asyncio.sleep(pause * random.random())  # noqa: S311  jitter

    async def _ask(
        self,
        credentials: object,
        account: str,
        region: str,
        service: str,
        operation: str,
        parameters: Mapping[str, object],
    ) -> Answer | Failure:
        """One request, within the budget."""
        client = await self._client(service, region or self._region)
        bucket = self._budget.bucket(account, region, service, operation)
        await bucket.take()
        async with self._budget.in_flight(account):
            self.counts.calls += 1
            answer = await send(client, operation, parameters, credentials)
        if not isinstance(answer, Failure):
            self._budget.note_answer(bucket, service, region)
        elif answer.kind is FailureKind.THROTTLED:
            self.counts.throttled += 1
            self._budget.note_refusal(bucket)
        return answer

    async def _judge_absence(self, failure: Failure, service: str, region: str) -> Failure:
        """A service of a Region is not offered there when its name is not known while that of STS is.

        No list says so: that of the SDK names Regions before a service is there, and lacks new ones.
        """
        host = urlsplit(self.caller.endpoint).hostname
        if not region or not host or not await is_name_known(host):
            return replace(failure, kind=FailureKind.TRANSIENT)
        reason = f"`{service}` has no address in {region}: it is not offered there, or its name is blocked"
        self._absent[service, region] = absence = replace(failure, reason=reason)
        return absence

    def _may_retry(self, failure: Failure, service: str, region: str) -> bool:
        """Whether the retries that are left allow one more; being throttled costs none, the bucket is slower then."""
        return failure.kind is not FailureKind.TRANSIENT or self._budget.may_retry(service, region)

    def _stop_unless_ours(self, failure: Failure, account: str, region: str) -> None:
        """Credentials of the caller that AWS no longer accepts end the run: nothing more can be read with them."""
        is_over = failure.kind is FailureKind.EXPIRED or (
            failure.kind is FailureKind.NOT_ACCEPTED and region in ("", self._region)
        )
        if is_over and self.sessions.is_found(account):
            what_to_do = HOW_TO_SET_THE_CLOCK if failure.is_about_time else HOW_TO_LOG_IN
            if not self._has_region and failure.kind is FailureKind.NOT_ACCEPTED and not failure.is_about_time:
                what_to_do = f"{HOW_TO_NAME_A_REGION}; or {what_to_do}"
            raise CredentialsError(f"AWS does not accept the credentials: {failure.reason}; {what_to_do}")

    async def pages(
        self, account: str, region: str, service: str, operation: str, parameters: Mapping[str, object], needs: str
    ) -> AsyncIterator[Answer]:
        """Every page of an operation; a page token that comes back twice ends it with CallError.

        LostPageError when a later page cannot be had although the first could: AWS may have forgotten the token.
        """
        asked, seen = dict(parameters), set[str]()
        while True:
            try:
                answer = await self.call(account, region, service, operation, asked, needs)
            except CallError as error:
                if seen and error.failure.kind is FailureKind.FAILED:
                    raise LostPageError(error.failure) from error
                raise
            yield answer
            name = next((name for name in PAGE_TOKENS if answer.get(name)), None)
            if name is None:
                return
            if answer[name] in seen:
                reason = f"`{service}:{operation}` gives the same page again and again"
                raise CallError(Failure(FailureKind.FAILED, "", reason))
            seen.add(answer[name])
            asked[name] = answer[name]

    async def _client(self, service: str, region: str) -> Any:  # noqa: ANN401  the SDK ships no types
        """The one client of a service in a Region; its own credentials are worthless on purpose."""
        if (service, region) in self._clients:
            return self._clients[service, region]
        async with self._opening:
            if (service, region) not in self._clients:
                opening = self._session.create_client(
                    service,
                    region_name=region,
                    config=configure(self._scope),
                    aws_access_key_id="none",
                    aws_secret_access_key="none",  # noqa: S106  every request brings its own
                )
                self._clients[service, region] = await self._stack.enter_async_context(opening)
            return self._clients[service, region]


def _may_try_again(failures: list[Failure]) -> bool:
    """Whether the last failure leaves another try; a session that ended is renewed twice at most."""
    last = failures[-1].kind
    if last in (FailureKind.EXPIRED, FailureKind.NOT_ACCEPTED):
        return sum(failure.kind is last for failure in failures) <= (2 if last is FailureKind.EXPIRED else 1)
    return len(failures) < ATTEMPTS.get(last, 1)
