"""`iam-policy`, `doctor` and the identity arguments, as scripts use them."""

import json
from typing import Any

import pytest

from trustview.cli import main
from trustview.cli.arguments import build_parser
from trustview.cli.collect_arguments import PARTITIONS
from trustview.cli.collecting import read_evidence, read_scope
from trustview.cli.exit_code import ExitCode
from trustview.collect import ROLE_NAME, Diagnosis, Scope

OWN = "999900001111"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(("iam-policy", "--account", OWN, *words)) == ExitCode.DONE
    return capsys.readouterr().out


def scope(*words: str) -> Scope:
    read: Scope = read_scope(build_parser().parse_args(["collect", *words]))
    return read


def test_the_policies_are_printed_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    caller = f"arn:aws-us-gov:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Review_*"
    words = ("--role-name", "audit/Reader", "--external-id", "q4-2026", "--organization-id", "o-acme1example")
    value: Any = json.loads(printed(capsys, *words, "--caller", caller, "--partition", "aws-us-gov"))
    trust = value["role"]["trust"]["Statement"][0]

    assert (value["role"]["path"], value["role"]["name"]) == ("/audit/", "Reader")
    assert trust["Principal"] == {"AWS": f"arn:aws-us-gov:iam::{OWN}:root"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-acme1example", "sts:ExternalId": "q4-2026"},
        "ArnLike": {"aws:PrincipalArn": [caller]},
    }
    assert "arn:aws-us-gov:iam::*:role/audit/Reader" in json.dumps(value["caller"])


def test_a_source_of_evidence_is_allowed_only_when_it_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--evidence", "s3://org-trail/logs")
    plain, own = json.loads(printed(capsys)), json.loads(printed(capsys, *words))
    elsewhere = json.loads(printed(capsys, *words, "--evidence-account", "444455556666"))

    assert "s3:" not in json.dumps(plain)
    assert "arn:aws:s3:::org-trail/logs/*" in json.dumps(own["caller"])
    assert own.keys() == plain.keys()
    assert (elsewhere["caller"], elsewhere["role"]) == (plain["caller"], plain["role"])
    assert "arn:aws:s3:::org-trail/logs/*" in json.dumps(elsewhere["evidence"])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ("none", 0)),
        (("--evidence", "lookup"), ("lookup", 90)),
        (("--evidence", "s3://org-trail/logs/", "--evidence-days", "400"), ("s3://org-trail/logs/", 400)),
        (("--evidence", "none", "--evidence-days", "30"), ("none", 0)),
    ],
    ids=str,
)
def test_where_evidence_is_asked_and_how_far_back(words: tuple[str, ...], expected: tuple[str, int]) -> None:
    given = read_evidence(build_parser().parse_args(["collect", *words]))

    assert (given["evidence"].text, given["evidence_days"]) == expected
    Scope(**given)


@pytest.mark.parametrize(
    "words",
    [
        ("--evidence", "s3:/org-trail"),
        ("--evidence", "https://org-trail"),
        ("--evidence", "s3://UPPER"),
        ("--evidence", "90"),
        ("--evidence", "lookup", "--evidence-days", "91"),
        ("--evidence", "s3://org-trail", "--evidence-account", "12345"),
    ],
    ids=" ".join,
)
def test_a_source_that_is_none_is_a_mistake_of_the_user(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["collect", *words]) == ExitCode.USAGE
    assert "`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "expected"), [("cloudformation", "Type: \"AWS::IAM::Role\""), ("terraform", 'resource "aws_iam_policy"')]
)  # fmt: skip
def test_every_format_is_written(capsys: pytest.CaptureFixture[str], form: str, expected: str) -> None:
    assert expected in printed(capsys, "--format", form)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--account", "12345"), "`12345` is no account id"),
        (("--account", OWN, "--organization-id", "acme"), "`acme` is no organization id"),
        (("--account", OWN, "--caller", "Anna"), "`Anna` is no ARN"),
        (("--account", OWN, "--role-name", "a b"), "`a b` is no role name"),
        (("--account", OWN, "--external-id", "x"), "`x` is no external id"),
    ],
)
def test_a_value_that_aws_does_not_take_is_a_mistake_of_the_user(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert main(("iam-policy", *words)) == ExitCode.USAGE
    assert told in capsys.readouterr().err


def test_who_we_are_comes_from_the_arguments_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = f"arn:aws:iam::{OWN}:role/Hub"
    monkeypatch.setenv("TRUSTVIEW_EXTERNAL_ID", "from-outside")
    monkeypatch.setenv("TRUSTVIEW_SESSION_NAME", "q3")
    monkeypatch.setenv("TRUSTVIEW_VIA", hub)
    read = scope("--session-name", "q4", "--no-session-policy")

    assert (read.external_id, read.session_name, read.via, read.role_name) == ("from-outside", "q4", hub, ROLE_NAME)
    assert not read.has_session_policy
    assert scope().has_session_policy


def test_what_is_asked_comes_from_the_arguments() -> None:
    read = scope(
        "--without", "events", "--without", "trails", "--with", "access-analyzer-details", "--region", "eu-west-1"
    )

    assert (read.without, read.including) == (("events", "trails"), ("access-analyzer-details",))
    assert read.regions == ("eu-west-1",)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((Diagnosis("credentials", True, "arn"),), ExitCode.DONE),
        ((Diagnosis("credentials", True, "arn"), Diagnosis("a", False, "no", "do")), ExitCode.GAPS),
        ((Diagnosis("credentials", False, "none", "log in", ends_all=True),), ExitCode.FAILED),
    ],
)
def test_the_doctor_says_by_its_exit_code_what_a_run_would_give(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: tuple[Diagnosis, ...], code: ExitCode
) -> None:
    async def examine(_scope: Scope, *, all_accounts: bool) -> tuple[Diagnosis, ...]:
        return found if not all_accounts else ()

    monkeypatch.setattr("trustview.collect.examine", examine)
    assert main(("doctor", "--json")) == code
    told = json.loads(capsys.readouterr().out)
    assert [one["ok"] for one in told] == [one.is_ok for one in found]
    assert main(("doctor",)) == code
    assert all(one.to_do in capsys.readouterr().out for one in found[-1:])


def test_the_partitions_are_those_of_aws() -> None:
    import botocore.session

    assert set(PARTITIONS) <= set(botocore.session.Session().get_available_partitions())
