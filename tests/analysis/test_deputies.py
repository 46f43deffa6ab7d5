"""The services that say for whom they act: what the table of them holds, and the sources of one account."""

from dataclasses import replace

import pytest

from tests.analysis.small_organization import PROD, policy, role, snapshot, trust
from trustview.analysis import Grant, analyse
from trustview.analysis.deputies import Deputy, deputies
from trustview.policy import PrincipalForm, parse_arn, read_principal

STATES = trust({"Service": "states.amazonaws.com"})


@pytest.mark.parametrize(("service", "deputy"), deputies().items(), ids=deputies())
def test_every_service_has_a_page_and_sources_of_one_account(service: str, deputy: Deputy) -> None:
    assert read_principal("Service", service).form is PrincipalForm.SERVICE
    assert deputy.page.startswith("https://docs.aws.amazon.com/")
    assert deputy.source or not deputy.is_arn_alone
    if deputy.source:
        source = parse_arn(deputy.source.format(partition="aws", account=PROD))
        assert source is not None
        assert (source.partition, source.region, source.account) == ("aws", "*", PROD)


def grant() -> Grant:
    return analyse(snapshot(role("flow", policy(STATES)))).grants[0]


def test_a_source_is_of_the_partition_and_account_of_the_role() -> None:
    states = deputies()["states.amazonaws.com"]
    chinese = replace(grant(), role=f"arn:aws-cn:iam::{PROD}:role/flow")

    assert states.source_in(grant()) == f"arn:aws:states:*:{PROD}:stateMachine:*"
    assert states.source_in(chinese) == f"arn:aws-cn:states:*:{PROD}:stateMachine:*"
    assert deputies()["config.amazonaws.com"].source_in(grant()) == ""


def test_the_account_is_asked_first_and_its_sources_instead() -> None:
    (finding,) = [
        one for one in analyse(snapshot(role("flow", policy(STATES)))).findings if one.check == "confused-deputy"
    ]

    assert [change.key for change in finding.changes] == ["aws:SourceAccount"]
    assert [[change.key for change in offer] for offer in finding.instead] == [["aws:SourceArn"]]
