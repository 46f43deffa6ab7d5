"""Our reading of the query protocol against the SDK's own, on the same bytes; and documents against `unquote`."""

from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.collect.moments import read_moment
from trustview.collect.operations import OPERATIONS
from trustview.collect.query_parser import parser_factory
from trustview.collect.services.iam import document_text
from trustview.snapshot import ProviderKind

from .cloud.answers import Answers
from .cloud.organization import invent
from .cloud.wire import Call, models, write_answer

Boto = Any
"""The SDK ships no types."""
SERVED = invent(11, 3, roles=30)


@cache
def parsers() -> tuple[Boto, Boto]:
    """The SDK's parser and ours."""
    from aiobotocore.parsers import AioResponseParserFactory

    both = AioResponseParserFactory(), parser_factory()()
    for factory in both:
        factory.set_parser_defaults(timestamp_parser=read_moment)
    theirs, ours = (factory.create_parser("query") for factory in both)
    assert type(theirs) is not type(ours)
    return theirs, ours


async def parse(parser: Boto, body: bytes, operation: str, service: str = "iam") -> Boto:
    shape = models()[service].operation_model(operation).output_shape
    return await parser.parse({"status_code": 200, "headers": {}, "body": body, "context": {}}, shape)


QUERIES = sorted(operation.name for operation in OPERATIONS if operation.service == "iam")


@pytest.mark.parametrize("operation", QUERIES)
async def test_every_read_of_iam_gives_what_the_sdk_gives(operation: str) -> None:
    for facts in SERVED.perfect.accounts:
        arns = {provider.kind: provider.arn for provider in facts.providers}
        about = {
            "OpenIDConnectProviderArn": arns.get(ProviderKind.OIDC, ""),
            "SAMLProviderArn": arns.get(ProviderKind.SAML, ""),
        }
        answer = Answers(SERVED).whole(Call(facts.id, "iam", "", operation, about))
        body = write_answer("iam", operation, answer if isinstance(answer, dict) else None).body
        theirs, ours = [await parse(parser, body, operation) for parser in parsers()]
        assert ours == theirs


@pytest.mark.parametrize(
    "inside",
    [
        "<Roles/>",
        "<Roles><member/></Roles>",
        "<Roles><member><RoleName/><Path>/</Path><Unknown><Deep>1</Deep></Unknown></member></Roles>",
        "<IsTruncated>true</IsTruncated><Marker>a&amp;b</Marker>",
        "<IsTruncated/>",
        "<Roles><member><MaxSessionDuration>3600</MaxSessionDuration><CreateDate/></member></Roles>",
        "",
    ],
)
@pytest.mark.parametrize("namespace", ["", ' xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'])
async def test_odd_answers_give_what_the_sdk_gives(inside: str, namespace: str) -> None:
    text = f"<ListRolesResponse{namespace}><ListRolesResult>{inside}</ListRolesResult></ListRolesResponse>"
    theirs, ours = [await parse(parser, text.encode(), "ListRoles") for parser in parsers()]

    assert ours == theirs


@pytest.mark.parametrize("body", [b"", b"<html>", b"<ListRolesResponse/>", b"<ListRolesResponse><ListRolesRes"])
async def test_what_is_no_answer_fails_as_with_the_sdk(body: bytes) -> None:
    errors = []
    for parser in parsers():
        with pytest.raises(Exception) as caught:  # noqa: PT011  whatever the SDK raises
            await parse(parser, body, "ListRoles")
        errors.append(caught.type)

    assert errors[0] is errors[1]


@given(st.text())
def test_an_encoded_document_comes_back(text: str) -> None:
    assert document_text(quote(text, safe="")) == text


@given(st.text(alphabet='%2234bBC57Dd0Aa"{}: é', max_size=40))
def test_whatever_is_percent_encoded_is_decoded_as_unquote_does(text: str) -> None:
    assert document_text(text) == unquote(text)
