"""Findings once, whichever Regions report them."""

from typing import Any

import pytest

from trustview.collect.services.access_analyzer import ACCESS_ANALYZER, merge_findings, read_finding
from trustview.snapshot import ExternalFinding, Organization

ROLE = "arn:aws:iam::111122223333:role/VendorReader"


def raw(finding_id: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": finding_id,
        "resource": ROLE,
        "resourceType": "AWS::IAM::Role",
        "resourceOwnerAccount": "111122223333",
        "status": "ACTIVE",
        "updatedAt": "2026-11-02T10:00:00Z",
        "principal": {"AWS": "444455556666"},
        "action": ["sts:TagSession", "sts:AssumeRole"],
        "condition": {"sts:ExternalId": "an-id"},
        "isPublic": False,
        **given,
    }


EXPECTED = ExternalFinding(
    id="one", kind="ExternalAccess", resource=ROLE, resource_type="AWS::IAM::Role", account="111122223333",
    status="ACTIVE", principal=("444455556666",), actions=("sts:AssumeRole", "sts:TagSession"),
    condition=(("sts:ExternalId", "an-id"),), updated="2026-11-02T10:00:00Z", regions=("eu-west-1",),
)  # fmt: skip


def test_both_versions_of_the_api_give_the_same_finding() -> None:
    told = {key: raw("one")[key] for key in ("principal", "action", "condition", "isPublic")}
    second = {key: value for key, value in raw("one").items() if key not in told}
    second |= {"findingType": "ExternalAccess", "findingDetails": [{"externalAccessDetails": told}]}

    assert read_finding(raw("one"), "eu-west-1") == EXPECTED
    assert read_finding(second, "eu-west-1") == EXPECTED


def test_a_finding_of_several_regions_is_one_with_the_latest_date() -> None:
    found = [
        read_finding(raw("two", updatedAt="2026-11-03T10:00:00Z"), "us-east-1"),
        read_finding(raw("one"), "eu-west-1"),
        read_finding(raw("one"), "eu-west-1"),
    ]
    (merged,) = merge_findings(found)

    assert merged == ExternalFinding(
        **{
            **{name: getattr(EXPECTED, name) for name in EXPECTED.__dataclass_fields__},
            "regions": ("eu-west-1", "us-east-1"),
            "updated": "2026-11-03T10:00:00Z",
        }
    )


@pytest.mark.parametrize(
    "other",
    [
        {"principal": {"AWS": "*"}},
        {"condition": {}},
        {"status": "ARCHIVED"},
        {"resource": f"{ROLE}2"},
        {"isPublic": True},
    ],
    ids=str,
)
def test_findings_that_differ_stay_apart(other: dict[str, Any]) -> None:
    found = [read_finding(raw("one"), "eu-west-1"), read_finding(raw("two", **other), "us-east-1")]

    assert len(merge_findings(found)) == 2


@pytest.mark.parametrize(
    ("account", "expected"), [("999900001111", True), ("888800001111", True), ("777700001111", False)]
)
def test_analyzers_of_the_organization_stand_with_management_and_the_delegate(account: str, expected: bool) -> None:
    organization = Organization(
        "o-1", "999900001111",
        delegated=(("888800001111", "access-analyzer.amazonaws.com"), ("777700001111", "guardduty.amazonaws.com")),
    )  # fmt: skip

    assert ACCESS_ANALYZER.is_at(organization, account, "999900001111") is expected


def test_without_an_organization_any_account_may_have_one() -> None:
    assert ACCESS_ANALYZER.is_at(None, "777700001111", "777700001111")
