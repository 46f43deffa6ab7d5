"""Sessions: with whose credentials each account is asked; what the SDK finds, a hub role's, or those of a hop into it.

Each hop is cut down by a session policy unless the scope says otherwise. A session that is about to end is renewed, one
that AWS no longer accepts is forgotten. Credentials stay in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from trustview.collect.failure import CallError
from trustview.collect.permissions import SESSION_POLICY_LIMIT, hub_session_policy, role_arn, session_policy
from trustview.collect.scope import Scope
from trustview.collect.sdk import Answer, find_credentials, refresh
from trustview.errors import CredentialsError, UsageError

HOP_SECONDS = 3600
RENEW_BEFORE = timedelta(minutes=5)
# Who asks, where it is no account: what the SDK finds, and the hub role that is entered with it.
FOUND, HUB = "found", "hub"

AssumeRole = Callable[[str, Mapping[str, object]], Awaitable[Answer]]
"""Asks STS for a session, as somebody; CallError when AWS refuses."""


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
    def main_regions(self) -> tuple[str, ...]:
        """Its own Region, and the one that global services answer from."""
        main = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
        return tuple(sorted({self.region, main.get(self.partition, self.region)}))

    @property
    def name(self) -> str:
        """The ARN without the session name: the same after logging in again."""
        return self.arn.rpartition("/")[0] if ":assumed-role/" in self.arn else self.arn


@dataclass(frozen=True, slots=True)
class Entered:
    """A session of a role; `credentials` is the SDK's own object.

    `packed_percent` says how much of what AWS takes of a session policy ours needs.
    """

    credentials: object
    expires: datetime
    packed_percent: int


class Sessions:
    """The credentials of one run; `caller` is who they belong to, once that was asked."""

    def __init__(self, scope: Scope, assume_role: AssumeRole, caller: Caller) -> None:
        self.caller = caller
        self._scope = scope
        self._assume_role = assume_role
        self._found: Any = None
        self._entered: dict[str, Entered] = {}
        self._entering: dict[str, asyncio.Lock] = {}

    async def find_credentials(self) -> None:
        """Finds those of the caller; CredentialsError when there are none."""
        self._found = await find_credentials(self._scope)

    def is_found(self, account: str) -> bool:
        """Whether an account is asked with the credentials that were found, and not with those of a role."""
        return self._who(account) == FOUND

    def _who(self, account: str) -> str:
        """Whose credentials are used in an account: those that were found, the hub role's, or those of a hop."""
        if account not in ("", self.caller.account):
            return account
        return HUB if self._scope.via else FOUND

    async def credentials_of(self, account: str) -> object:
        """The credentials to ask with in an account: our own, or those of a hop into it."""
        who = self._who(account)
        if who == FOUND:
            await refresh(self._found)
            found: object = self._found
            return found
        async with self._entering.setdefault(who, asyncio.Lock()):
            entered = self._entered.get(who)
            if entered is None or entered.expires - RENEW_BEFORE < datetime.now(UTC):
                entered = self._entered[who] = await (self._enter_hub() if who == HUB else self._enter(who))
            return entered.credentials

    @property
    def packed_percent(self) -> int:
        """How much of what AWS takes of a session policy ours needs at most; 0 while no session was opened."""
        return max((entered.packed_percent for entered in self._entered.values()), default=0)

    async def _enter(self, account: str) -> Entered:
        """A session of the reader role in a member account."""
        more = {"ExternalId": self._scope.external_id} if self._scope.external_id else {}
        arn = role_arn(self.caller.partition, account, self._scope.role_name)
        source = self._scope.source_in(account, self.caller.account)
        return await self._become(self.caller.account, arn, session_policy(source, self.caller.partition), **more)

    async def _enter_hub(self) -> Entered:
        """A session of the hub role; without it nothing can be read."""
        partition = self._scope.via.split(":")[1]
        source = self._scope.source_in(self.caller.account, self.caller.account)
        policy = hub_session_policy(partition, self._scope.role_name, source)
        try:
            return await self._become(FOUND, self._scope.via, policy)
        except CallError as error:
            raise CredentialsError(
                f"the hub role `{self._scope.via}` cannot be entered: {error.failure.reason}; make it trust "
                "who you are, or name another with --via"
            ) from error

    async def _become(self, asker: str, arn: str, policy: str, **more: object) -> Entered:
        """A session of a role, cut down to a policy unless the scope says otherwise."""
        from aiobotocore.credentials import AioCredentials  # noqa: PLC0415

        parameters: dict[str, object] = {
            "RoleArn": arn,
            "RoleSessionName": self._scope.session_name,
            "DurationSeconds": HOP_SECONDS,
            **more,
        }
        if self._scope.has_session_policy:
            parameters["Policy"] = _fitting(policy)
        answer = await self._assume_role(asker, parameters)
        given = answer["Credentials"]
        credentials = AioCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return Entered(
            credentials, datetime.fromisoformat(given["Expiration"]), int(answer.get("PackedPolicySize") or 0)
        )

    def forget(self, account: str, credentials: object) -> None:
        """A session that AWS no longer accepts is not used again; one that was opened meanwhile is."""
        who = self._who(account)
        entered = self._entered.get(who)
        if entered is not None and entered.credentials is credentials:
            del self._entered[who]


def _fitting(policy: str) -> str:
    """The session policy, unless a long role name makes it longer than AWS takes."""
    if len(policy) > SESSION_POLICY_LIMIT:
        raise UsageError(
            f"the session policy has {len(policy)} characters and AWS takes {SESSION_POLICY_LIMIT}: give the role a "
            "shorter path, or pass none with --no-session-policy"
        )
    return policy
