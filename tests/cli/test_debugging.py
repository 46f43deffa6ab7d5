"""The log of `--debug`: what may stand in it and what may not, and that nothing is set up unless it is asked for."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from trustview.cli import main
from trustview.cli.debugging import hide_secrets, known_secrets, write_log
from trustview.cli.exit_code import ExitCode

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY_ID = "ASIAIOSFODNN7EXAMPLE"


@pytest.mark.parametrize(
    "text",
    [
        f"Signature failed for {KEY_ID}",
        f"found {KEY}",
        f"<SecretAccessKey>{KEY}</SecretAccessKey>",
        "<SessionToken>short1</SessionToken>",
        "x-amz-security-token:short1",
        "{'SessionToken': 'short1'}",
        "'ExternalId': 'short1'",
        "Authorization: short1",
        "postgresql://ann:short1@host/reviews",
        "Making request for OperationModel(name=AssumeRole) with params: {'body': 'short1'}",
        "Response body:\nb'short1\nshort1'",
    ],
)
def test_what_is_a_credential_or_looks_so_is_hidden(text: str) -> None:
    told = hide_secrets(text)

    assert not any(secret in told for secret in (KEY, KEY_ID, "short1"))
    assert "[hidden]" in told


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin",
        "snapshot `20261120T060000Z` is damaged",
        "3cbb88d9573ef6a5a4cac39934bde6491e92dc62c528e4ebebcf6a3cbb88d957",
        'File "lib/python3.11/site-packages/trustview/ui/app.py", line 12, in say',
        "not saved, nothing is decided: another trustview is writing to `reviews.db`",
        "postgresql://ann@host/reviews",
        "account 111122223333 was not read: AccessDenied",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert hide_secrets(text) == text


def test_what_the_environment_holds_is_hidden_wherever_it_stands() -> None:
    known = known_secrets({"TRUSTVIEW_EXTERNAL_ID": "plum tree", "AWS_SESSION_TOKEN": "", "HOME": "/tmp/ann"})

    assert hide_secrets("asked with plum tree for /tmp/ann", known) == "asked with [hidden] for /tmp/ann"


def test_a_command_leaves_what_it_was_and_how_it_ended_and_not_what_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTVIEW_HOME", str(tmp_path / "home"))
    log = tmp_path / "log"
    address = "postgresql://ann:geheim@127.0.0.1:1/reviews"
    before = [*logging.getLogger().handlers]

    assert main(["--debug", str(log), "review", "list", "--review-database", address]) == ExitCode.FAILED

    text = log.read_text()
    assert "command reviewing.list_reviews" in text
    assert "Traceback" in text
    assert "geheim" not in text
    assert logging.getLogger().handlers == before
    assert log.stat().st_mode & 0o777 == 0o600


def test_no_line_of_it_can_colour_a_terminal(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with write_log(str(log)):
        logging.getLogger("trustview").info("role \x1b[31mred")

    assert "\x1b" not in log.read_text()


def test_nothing_is_set_up_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (logging.getLogger("botocore.endpoint").level, [*logging.getLogger().handlers])
    with write_log(None):
        assert (logging.getLogger("botocore.endpoint").level, [*logging.getLogger().handlers]) == before


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--debug", str(tmp_path), "checks"]) == ExitCode.FAILED
    assert "cannot write to" in capsys.readouterr().err
