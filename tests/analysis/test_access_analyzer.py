"""Access Analyzer held against the grants: agreed, or why it says nothing."""

import pytest

from tests.analysis.small_organization import (
    ADMINISTRATOR,
    DATADOG,
    PROD,
    SANDBOX,
    STRANGER,
    policy,
    role,
    snapshot,
    trust,
)
from trustview.analysis import Grant, analyse, describe_agreement
from trustview.snapshot import ExternalFinding

ROLE = f"arn:aws:iam::{PROD}:role/target"


def grant_of(principal: object) -> Grant:
    (grant,) = analyse(snapshot(role("target", policy(trust(principal))), role("ci", "{}", SANDBOX)), checks=()).grants
    return grant


def report(principal: str, status: str = "ACTIVE", resource: str = ROLE) -> ExternalFinding:
    return ExternalFinding(
        "f",
        "ExternalAccess",
        resource,
        "AWS::IAM::Role",
        PROD,
        status,
        (principal,),
        regions=("eu-west-1", "us-east-1"),
    )


AGREED = [
    ("an account by its id", {"AWS": f"arn:aws:iam::{STRANGER}:root"}, STRANGER),
    ("an account by its root", {"AWS": STRANGER}, f"arn:aws:iam::{STRANGER}:root"),
    ("a role by its ARN", {"AWS": f"arn:aws:iam::{DATADOG}:role/x"}, f"arn:aws:iam::{DATADOG}:role/x"),
    ("a role by its account", {"AWS": f"arn:aws:iam::{DATADOG}:role/x"}, DATADOG),
    ("everyone", {"AWS": "*"}, "*"),
    ("a provider", {"Federated": "accounts.google.com"}, "accounts.google.com"),
]


@pytest.mark.parametrize(("principal", "reported"), [case[1:] for case in AGREED], ids=[case[0] for case in AGREED])
def test_a_grant_that_it_reports_is_agreed(principal: object, reported: str) -> None:
    told = describe_agreement(grant_of(principal), [report(reported)], is_read=True)

    assert told == "reports it too in eu-west-1, us-east-1"


SILENT = [
    ("trust inside the organization", {"AWS": SANDBOX}, "zone of trust"),
    ("the role's own account", {"AWS": PROD}, "zone of trust"),
    ("a service", {"Service": "ec2.amazonaws.com"}, "leaves out AWS services"),
    ("a principal of another partition", {"AWS": f"arn:aws-cn:iam::{STRANGER}:root"}, "nobody can get in"),
    ("a stranger that it overlooks", {"AWS": STRANGER}, "certain condition keys alone"),
]


@pytest.mark.parametrize(("principal", "reason"), [case[1:] for case in SILENT], ids=[case[0] for case in SILENT])
def test_a_grant_that_it_does_not_report_has_a_reason(principal: object, reason: str) -> None:
    others = [report(DATADOG), report(STRANGER, "RESOLVED"), report(STRANGER, resource=ADMINISTRATOR)]
    told = describe_agreement(grant_of(principal), others, is_read=True)

    assert told.startswith("does not report it")
    assert reason in told


def test_what_an_archive_rule_put_aside_is_told() -> None:
    assert "archive rule" in describe_agreement(
        grant_of({"AWS": STRANGER}), [report(STRANGER, "ARCHIVED")], is_read=True
    )


def test_without_an_analyzer_nothing_is_concluded() -> None:
    assert describe_agreement(grant_of({"AWS": STRANGER}), [], is_read=False) == "no analyzer could be read"
