"""Failure: why a call to AWS gave nothing. The one place that reads the SDK's errors.

Five kinds: denied (asking again will not help), throttled and transient (asking again may), no address (there is nobody
to ask), failed (the rest); and two that say that who we are is no longer good, for which see `aws`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from socket import EAI_AGAIN

from trustview.snapshot import GapKind


class FailureKind(StrEnum):
    """What a failure means for the one who asked."""

    DENIED = "denied"
    THROTTLED = "throttled"
    TRANSIENT = "transient"
    EXPIRED = "expired"
    NOT_ACCEPTED = "not accepted"
    NO_ADDRESS = "no address"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that gave nothing: AWS's code and a sentence for people."""

    kind: FailureKind
    code: str
    reason: str

    @property
    def is_worth_retrying(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self.kind in (FailureKind.THROTTLED, FailureKind.TRANSIENT)

    @property
    def is_gone(self) -> bool:
        """Whether what was asked about is not there, though AWS listed it a moment ago."""
        return self.code in _GONE

    @property
    def is_about_time(self) -> bool:
        """Whether AWS refuses because the clocks differ."""
        return self.code in _ABOUT_TIME or any(words in self.reason for words in _WORDS_ABOUT_TIME)

    @property
    def gap_kind(self) -> GapKind:
        """The kind of gap that it leaves."""
        return _GAP_KINDS.get(self.kind, GapKind.FAILED)


class CallError(Exception):
    """A call to AWS gave nothing; it never leaves this folder: `collect` turns it into a gap."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class LostPageError(CallError):
    """A later page of a listing cannot be had: the listing may be begun anew."""


_DENIED = {
    "AccessDenied", "AccessDeniedException", "AccessDeniedForDependencyException", "AuthorizationError",
    "UnauthorizedOperation", "UnauthorizedException", "Forbidden", "OptInRequired",
}  # fmt: skip
_THROTTLED = {
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
    "TooManyRequestsException", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "LimitExceededException", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
}  # fmt: skip
_TRANSIENT = {
    "InternalError", "InternalFailure", "InternalServerException", "InternalServiceErrorException", "ServiceException",
    "ServiceFailure", "ServiceFailureException", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable",
    "RequestTimeout", "RequestTimeoutException", "ConcurrentModificationException", "TransactionInProgressException",
}  # fmt: skip
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}
_NOT_ACCEPTED = {
    "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
    "IncompleteSignature", "InvalidSignatureException", "MissingAuthenticationToken", "AuthFailure",
    "MissingAuthenticationTokenException", "RequestExpired", "RequestTimeTooSkewed", "InvalidToken",
}  # fmt: skip
_GONE = {"NoSuchEntity", "PolicyNotFoundException", "ResourceNotFoundException", "ChildNotFoundException"}
_GAP_KINDS = {FailureKind.DENIED: GapKind.DENIED, FailureKind.NO_ADDRESS: GapKind.NOT_ASKED}
_ABOUT_TIME = {"RequestTimeTooSkewed", "RequestExpired"}
_WORDS_ABOUT_TIME = ("Signature expired: ", "Signature not yet current: ")
_KINDS = {
    **dict.fromkeys(_DENIED, FailureKind.DENIED),
    **dict.fromkeys(_THROTTLED, FailureKind.THROTTLED),
    **dict.fromkeys(_TRANSIENT, FailureKind.TRANSIENT),
    **dict.fromkeys(_EXPIRED, FailureKind.EXPIRED),
    **dict.fromkeys(_NOT_ACCEPTED, FailureKind.NOT_ACCEPTED),
}
_VERBS = {
    FailureKind.DENIED: "is refused",
    FailureKind.THROTTLED: "is throttled",
    FailureKind.EXPIRED: "is refused",
    FailureKind.NOT_ACCEPTED: "is refused",
}
# What the SDK's parsers raise, unwrapped, for an answer of another shape.
_UNREADABLE = (KeyError, IndexError, ValueError, TypeError, AttributeError)
LONGEST_MESSAGE = 400
_LONG_WORD = re.compile(r"\S{160,}")


def read_error(action: str, error: Exception) -> Failure | None:
    """What the SDK's error means for an action such as `iam:ListRoles`; None when it is a fault of ours."""
    from aiohttp import ClientError as NetworkError  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415
    from botocore.exceptions import ConnectionError as NoConnection  # noqa: PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    if isinstance(error, ClientError):
        return _read_answer(action, error.response)
    passing = (HTTPClientError, NoConnection, NetworkError, TimeoutError, ConnectionError)
    if isinstance(error, passing):
        kind = FailureKind.NO_ADDRESS if _is_unknown_name(error) else FailureKind.TRANSIENT
        return Failure(kind, type(error).__name__, _sentence(action, "fails", "", str(error)))
    if isinstance(error, (ResponseParserError, *_UNREADABLE)):
        # The SDK repeats the whole answer, which may hold credentials.
        reason = _sentence(action, "fails", "", "the answer cannot be read")
        return Failure(FailureKind.TRANSIENT, type(error).__name__, reason)
    if isinstance(error, BotoCoreError | OSError):
        return Failure(FailureKind.FAILED, type(error).__name__, _sentence(action, "fails", "", str(error)))
    return None


def _is_unknown_name(error: Exception) -> bool:
    """Whether nobody knows the name of the host: the resolver said so, and not only that it cannot tell now."""
    from aiohttp import ClientConnectorDNSError  # noqa: PLC0415

    cause = getattr(error, "kwargs", {}).get("error", error)
    return isinstance(cause, ClientConnectorDNSError) and cause.os_error.errno != EAI_AGAIN


def _read_answer(action: str, response: dict[str, dict[str, str]]) -> Failure:
    """The meaning of an error answer; a server's error without a code that we know may pass."""
    told = response.get("Error") or {}
    code, message = str(told.get("Code") or ""), str(told.get("Message") or "")
    status = int((response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0)
    kind = _KINDS.get(code.rpartition("#")[2])
    if kind is None and (status >= 500 or status == 429):
        kind = FailureKind.THROTTLED if status == 429 else FailureKind.TRANSIENT
    if kind is None:
        kind = FailureKind.DENIED if status == 403 else FailureKind.FAILED
    return Failure(kind, code, _sentence(action, _VERBS.get(kind, "fails"), code or str(status), message))


def _sentence(action: str, verb: str, code: str, message: str) -> str:
    """`iam:ListRoles` is refused (AccessDenied): User: … is not authorized to perform: iam:ListRoles.

    Of AWS's message only the first paragraph counts, and nothing very long in it: what follows a wrong signature is
    the whole request, its session token included.
    """
    text = _LONG_WORD.sub("…", " ".join(message.partition("\n\n")[0].split())).rstrip(".")
    if len(text) > LONGEST_MESSAGE:
        text = text[: LONGEST_MESSAGE - 1] + "…"
    return f"`{action}` {verb}{f' ({code})' if code else ''}{f': {text}' if text else ''}"
