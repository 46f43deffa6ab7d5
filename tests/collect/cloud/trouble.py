"""What goes wrong, by seed: what lasts (refusals that must become gaps) and what passes (and must leave no trace)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .wire import Call, Refused

DENIED = {
    "ec2": Refused("UnauthorizedOperation", "You are not authorized to perform this operation.", 403),
    "iam": Refused("AccessDenied", "User: somebody is not authorized to perform: that", 403),
    "sts": Refused("AccessDenied", "User: somebody is not authorized to perform: sts:AssumeRole", 403),
    "organizations": Refused("AccessDeniedException", "You don't have permissions to access this resource."),
}
DENIED_ELSEWHERE = Refused("AccessDeniedException", "with an explicit deny in a service control policy", 403)
BROKEN = Refused("InternalFailure", "We encountered an internal error", 500)
NOT_OPTED_IN = Refused("UnrecognizedClientException", "The security token included in the request is invalid.", 403)
EXPIRED = Refused("ExpiredToken", "The security token included in the request is expired", 403)
SKEWED = Refused("SignatureDoesNotMatch", "Signature not yet current: 20261124T090000Z is still later than", 403)
HASTE = {
    "ec2": Refused("RequestLimitExceeded", "Request limit exceeded.", 503),
    "iam": Refused("Throttling"),
    "sts": Refused("Throttling"),
    "organizations": Refused("TooManyRequestsException", "AWS Organizations can't complete your request"),
    "cloudtrail": Refused("ThrottlingException"),
    "access-analyzer": Refused("ThrottlingException", status=429),
}
SLOW_DOWN = Refused("SlowDown", "Please reduce your request rate.", 503)
LOST_TOKEN = {
    "iam": Refused("ValidationError", "Invalid Marker"),
    "organizations": Refused("InvalidInputException", "You specified an invalid value for NextToken."),
    "cloudtrail": Refused("InvalidNextTokenException", "Invalid token"),
    "access-analyzer": Refused("ValidationException", "Invalid nextToken"),
}
GONE = {
    "GetOpenIDConnectProvider": Refused("NoSuchEntity", "OpenIDConnect Provider not found", 404),
    "DescribePolicy": Refused("PolicyNotFoundException", "We can't find a policy with that id."),
    "ListTargetsForPolicy": Refused("PolicyNotFoundException", "We can't find a policy with that id."),
    "ListTagsForResource": Refused("TargetNotFoundException", "You specified a target that doesn't exist."),
}


@dataclass(frozen=True)
class Reset:
    """The connection is reset without an answer."""


@dataclass(frozen=True)
class Truncated:
    """Half of the answer, then the end."""


@dataclass(frozen=True)
class Cut:
    """Half of the answer, by a proxy that says it is all."""


@dataclass(frozen=True)
class Nonsense:
    """An answer that says nothing of what was asked."""

    status: int = 502


@dataclass(frozen=True)
class Late:
    """The right answer, after so many seconds."""

    seconds: float


Fault = Refused | Reset | Truncated | Cut | Nonsense | Late
Trouble = Callable[[Call], Fault | None]


def no_trouble(_call: Call) -> Fault | None:
    """Everything is answered."""
    return None


@dataclass(frozen=True)
class Rule:
    """A refusal that lasts; empty texts mean any."""

    refused: Refused
    account: str = ""
    operation: str = ""
    region: str = ""
    within: str = ""

    def meets(self, call: Call) -> bool:
        """Whether the call is refused."""
        return (
            self.account in ("", call.account)
            and self.operation in ("", call.operation)
            and self.region in ("", call.region)
            and self.within in call.question
        )


@dataclass
class Passing:
    """Faults that pass: each question meets at most `most` of them, some are met once in an account and operation.

    The caller's own session (`own` is its account) does not end.
    """

    own: str
    rng: random.Random
    share: float
    most: int = 3
    met: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call) -> Fault | None:
        """The fault for one call, or none."""
        question = str(call)
        if self.rng.random() > self.share or self.met[question] >= self.most:
            return None
        self.met[question] += 1
        return self._choose(call)

    def _choose(self, call: Call) -> Fault:
        haste = self.rng.choice((HASTE.get(call.service, SLOW_DOWN), SLOW_DOWN))
        choices: list[Fault] = [
            haste, BROKEN, Reset(), Truncated(), Cut(), Nonsense(502), Nonsense(200), Late(self.rng.uniform(0.1, 90.0)),
        ]  # fmt: skip
        once = [fault for key, fault in self._rare(call) if not self.met[key]]
        if not once:
            return self.rng.choice(choices)
        fault = self.rng.choice(once)
        self.met.update(key for key, rare in self._rare(call) if rare is fault)
        return fault

    def _rare(self, call: Call) -> Iterator[tuple[str, Fault]]:
        """What happens once: a session ends, a page is forgotten."""
        if call.account != self.own:
            yield f"{call.account} session", EXPIRED
        if any(name in call.parameters for name in ("Marker", "NextToken", "nextToken")):
            lost = LOST_TOKEN.get(call.service, LOST_TOKEN["access-analyzer"])
            yield f"{call.account} {call.region} {call.operation}", lost


@dataclass
class Troubles:
    """All trouble of one seed: what lasts comes before what passes."""

    rules: tuple[Rule, ...]
    passing: Trouble = no_trouble

    def __call__(self, call: Call) -> Fault | None:
        """The fault for one call, or none."""
        lasting = next((rule.refused for rule in self.rules if rule.meets(call)), None)
        return lasting or self.passing(call)


@dataclass
class TokenBucket:
    """AWS's own limit: so many requests a second, so many at once."""

    rate: float
    burst: float
    level: float = -1.0
    at: float = 0.0

    def lets_through(self) -> bool:
        """Takes a token when there is one."""
        now = asyncio.get_running_loop().time()
        self.level = self.burst if self.level < 0 else min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass
class Throttle:
    """Limits of AWS by service: (requests a second, at once), for each account and Region; LookupEvents has its own."""

    limits: dict[str, tuple[float, float]]
    buckets: dict[tuple[str, str, str], TokenBucket] = field(default_factory=dict)
    refused: list[tuple[float, Call]] = field(default_factory=list)

    def __call__(self, call: Call) -> Fault | None:
        """A refusal for haste, or none."""
        name = call.operation if call.operation in self.limits else call.service
        if name not in self.limits:
            return None
        bucket = self.buckets.setdefault((call.account, call.region, name), TokenBucket(*self.limits[name]))
        if bucket.lets_through():
            return None
        self.refused.append((asyncio.get_running_loop().time(), call))
        return HASTE.get(call.service, SLOW_DOWN)
