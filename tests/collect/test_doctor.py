"""What the doctor says of the demo, with and without trouble."""

import pytest

from trustview.collect import Diagnosis, Scope, examine

from .relay import Refusal, Relay


def about(found: tuple[Diagnosis, ...], what: str) -> Diagnosis:
    return next(one for one in found if one.what == what)


def test_everything_of_the_demo_can_be_read(relay: Relay) -> None:
    found = examine(Scope())

    assert [one for one in found if not one.is_ok] == []
    assert about(found, "credentials").detail.startswith("arn:aws:sts::999900001111:assumed-role/TrustviewCaller/")
    assert about(found, "organization").detail == "o-acme1example"
    assert len([one for one in found if one.detail.endswith("can be entered")]) == 3


def test_a_role_that_is_not_there_is_told_with_what_to_do(relay: Relay) -> None:
    found = examine(Scope(role_name="audit/Nobody"))

    refused = [one for one in found if not one.is_ok]
    assert len(refused) == 3
    assert all("role/audit/Nobody` trust the caller, or name another role" in one.to_do for one in refused)
    assert all(one.detail.startswith("`sts:AssumeRole` is refused (AccessDenied): ") for one in refused)


def test_a_refused_call_names_the_action_to_allow(relay: Relay) -> None:
    relay.trouble = lambda request: (
        Refusal("AccessDeniedException", "no", 403) if request.operation == "ListAnalyzers" else None
    )
    found = examine(Scope())

    assert (
        about(found, "own account 999900001111: Access Analyzer").to_do
        == "allow the caller `access-analyzer:ListAnalyzers`"
    )


def test_without_credentials_nothing_else_is_asked(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    (only,) = examine(Scope())

    assert not only.is_ok
    assert "aws sso login" in only.to_do
    assert relay.seen == []


def test_refused_credentials_end_the_examination(relay: Relay) -> None:
    relay.trouble = lambda _request: Refusal("ExpiredToken", "The security token is expired", 403)
    (only,) = examine(Scope())

    assert not only.is_ok
    assert "ExpiredToken" in only.detail
