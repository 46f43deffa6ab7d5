"""What the one way to AWS makes of answers: moments, failures, pages."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.collect.aws import Aws, open_aws
from trustview.collect.failure import LONGEST_MESSAGE, CallError, FailureKind, read_error
from trustview.collect.moments import read_moment, write_moment
from trustview.snapshot import GapKind

from .conftest import small
from .relay import Relay


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-20T06:00:00Z", "2026-11-20T06:00:00Z"),
        ("2026-11-20T06:00:00.123Z", "2026-11-20T06:00:00Z"),
        ("2026-11-20T07:00:00+01:00", "2026-11-20T06:00:00Z"),
        ("2026-11-20T06:00:00", "2026-11-20T06:00:00Z"),
        ("Fri, 20 Nov 2026 06:00:00 GMT", "2026-11-20T06:00:00Z"),
        (1795154400, "2026-11-20T06:00:00Z"),
        (1795154400.9, "2026-11-20T06:00:00Z"),
        ("1795154400", "2026-11-20T06:00:00Z"),
        ("", ""),
        ("yesterday \x1b[31m", ""),
        (10**30, ""),
        (float("nan"), ""),
        (None, ""),
    ],
)
def test_every_form_of_a_moment_is_read(value: object, expected: str) -> None:
    assert read_moment(value) == expected


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2999, 1, 1)))
def test_a_moment_is_written_and_read_back(moment: datetime) -> None:
    text = write_moment(moment)

    assert read_moment(text) == text
    assert datetime.fromisoformat(text) == moment.replace(tzinfo=UTC, microsecond=0)


def answer(code: str, status: int = 400, message: str = "no") -> Exception:
    from botocore.exceptions import ClientError

    told = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "ListRoles")  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answer("AccessDenied", 403), FailureKind.DENIED),
        (answer("AccessDeniedException"), FailureKind.DENIED),
        (answer("UnauthorizedOperation", 403), FailureKind.DENIED),
        (answer("SomethingNew", 403), FailureKind.DENIED),
        (answer("Throttling"), FailureKind.THROTTLED),
        (answer("TooManyRequestsException"), FailureKind.THROTTLED),
        (answer("RequestLimitExceeded", 503), FailureKind.THROTTLED),
        (answer("com.amazon#ThrottlingException"), FailureKind.THROTTLED),
        (answer("", 429), FailureKind.THROTTLED),
        (answer("InternalFailure", 500), FailureKind.TRANSIENT),
        (answer("502", 502), FailureKind.TRANSIENT),
        (answer("ExpiredToken", 403), FailureKind.EXPIRED),
        (answer("ExpiredTokenException"), FailureKind.EXPIRED),
        (answer("InvalidClientTokenId", 403), FailureKind.NOT_ACCEPTED),
        (answer("NoSuchEntity", 404), FailureKind.FAILED),
        (TimeoutError(), FailureKind.TRANSIENT),
        (ConnectionResetError(), FailureKind.TRANSIENT),
        (KeyError("ListRolesResult"), FailureKind.TRANSIENT),
    ],
)
def test_every_error_has_a_meaning(error: Exception, kind: FailureKind) -> None:
    failure = read_error("iam:ListRoles", error)

    assert failure is not None
    assert failure.kind is kind
    assert failure.gap_kind is (GapKind.DENIED if kind is FailureKind.DENIED else GapKind.FAILED)


def test_an_error_of_ours_has_none() -> None:
    assert read_error("iam:ListRoles", LookupError()) is None
    assert read_error("iam:ListRoles", AssertionError()) is None


def test_a_reason_is_one_short_sentence_whatever_aws_says() -> None:
    failure = read_error(
        "iam:ListRoles", answer("AccessDenied", 403, "User:\n  x\tis not\r\nauthorized. " + "y " * 9999)
    )

    assert failure is not None
    assert failure.reason.startswith("`iam:ListRoles` is refused (AccessDenied): User: x is not authorized. y y")
    assert "\n" not in failure.reason
    assert len(failure.reason) < LONGEST_MESSAGE + 60


@pytest.mark.parametrize("between", ["\n\n", " ", "\n"])
def test_a_session_token_that_aws_repeats_is_not_passed_on(between: str) -> None:
    message = (
        "The request signature we calculated does not match the signature you provided."
        f"{between}The Canonical String should have been 'POST / x-amz-security-token:{'canary' * 60}'"
    )
    failure = read_error("sts:AssumeRole", answer("SignatureDoesNotMatch", 403, message))

    assert failure is not None
    assert "does not match" in failure.reason
    assert "canary" not in failure.reason


async def pages(aws: Aws, answers: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> list[object]:
    waiting, asked = iter(answers), list[object]()

    async def call(
        _account: str, _region: str, _service: str, _operation: str, given: dict[str, Any], _needs: str
    ) -> Any:  # noqa: ANN401
        asked.append(dict(given))
        return next(waiting)

    monkeypatch.setattr(aws, "call", call)
    found = [page["Items"] async for page in aws.pages("1", "", "iam", "ListRoles", {"MaxItems": 2}, "Items")]
    return [*found, *asked]


@pytest.mark.parametrize("token", ["Marker", "NextToken", "nextToken"])
async def test_pages_follow_their_token(relay: Relay, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    async with open_aws(small()) as aws:
        found = await pages(aws, [{"Items": [1], token: "a"}, {"Items": [], token: "b"}, {"Items": [2]}], monkeypatch)

    assert found == [[1], [], [2], {"MaxItems": 2}, {"MaxItems": 2, token: "a"}, {"MaxItems": 2, token: "b"}]


async def test_a_token_that_comes_back_ends_the_pages(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_aws(small()) as aws:
        with pytest.raises(CallError, match="the same page again and again"):
            await pages(aws, [{"Items": [1], "Marker": "a"}] * 3, monkeypatch)
