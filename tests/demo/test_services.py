"""The services around roles, over HTTP: answers of the shape of AWS's own service models, with the files' contents."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from trustview.demo import Acme, read_file

from .conftest import Boto, Client
from .test_evidence import checked

SERVICES = read_file("services.json")
CENTER = SERVICES["identity_center"]
INSTANCE = f"arn:aws:sso:::instance/{CENTER['instance']}"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(acme: Acme, client: Client) -> Ask:
    """Asks one operation in an account and Region, and checks the answer's shape."""

    def make(key: str, service: str, operation: str, region: str = "eu-west-1", **parameters: Boto) -> Any:  # noqa: ANN401
        account = "" if key == "management" else acme.account(key).id
        method = getattr(client(service, account, region=region), xform_name(operation))
        return checked(service, operation, method(**parameters))

    return make


# ── who signs in ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_instance_answers_in_one_account_and_region(ask: Ask) -> None:
    (instance,) = ask("management", "sso-admin", "ListInstances")["Instances"]

    assert (instance["InstanceArn"], instance["OwnerAccountId"]) == (INSTANCE, "999900001111")
    assert ask("management", "sso-admin", "ListInstances", "us-east-1")["Instances"] == []
    assert ask("security", "sso-admin", "ListInstances")["Instances"] == []


def test_every_permission_set_and_assignment_is_told(acme: Acme, ask: Ask) -> None:
    arns = ask("management", "sso-admin", "ListPermissionSets", InstanceArn=INSTANCE)["PermissionSets"]
    names, assigned = {}, set()
    for arn in arns:
        asked = {"InstanceArn": INSTANCE, "PermissionSetArn": arn}
        described = ask("management", "sso-admin", "DescribePermissionSet", **asked)["PermissionSet"]
        names[arn] = described["Name"]
        accounts = ask("management", "sso-admin", "ListAccountsForProvisionedPermissionSet", **asked)["AccountIds"]
        for account in accounts:
            told = ask("management", "sso-admin", "ListAccountAssignments", **asked, AccountId=account)
            assigned |= {(described["Name"], a["AccountId"], a["PrincipalType"]) for a in told["AccountAssignments"]}

    assert sorted(names.values()) == sorted(spec["name"] for spec in CENTER["permission_sets"])
    assert ("AdministratorAccess", acme.account("sandbox-alice").id, "USER") in assigned
    assert ("Developer", acme.account("web-prod").id, "GROUP") not in assigned
    assert len([one for one in assigned if one[0] == "ViewOnlyAccess"]) == 40


def test_permission_sets_stand_as_roles_where_they_are_assigned(acme: Acme) -> None:
    """Identity Center makes a role of each set in each account; the role's name ends as the set's id does."""
    roles = {role.name for role in acme.roles if role.path.startswith("/aws-reserved/sso.amazonaws.com/")}

    assert {
        f"AWSReservedSSO_{one['name']}_{one['id'].removeprefix('ps-')}" for one in CENTER["permission_sets"]
    } <= roles


def test_the_directory_knows_its_people_and_no_others(ask: Ask) -> None:
    for group in CENTER["groups"]:
        told = ask("management", "identitystore", "DescribeGroup", IdentityStoreId=CENTER["store"], GroupId=group["id"])
        assert told["DisplayName"] == group["name"]
    (user,) = CENTER["users"]
    told = ask("management", "identitystore", "DescribeUser", IdentityStoreId=CENTER["store"], UserId=user["id"])
    assert told["UserName"] == user["name"]
    gone = "93672f4e10-deadbeef-0000-4000-8000-000000000000"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        ask("management", "identitystore", "DescribeGroup", IdentityStoreId=CENTER["store"], GroupId=gone)


# ── workloads ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_roles_anywhere_names_a_role_that_exists(acme: Acme, ask: Ask) -> None:
    anchors = ask("backup", "rolesanywhere", "ListTrustAnchors")["trustAnchors"]
    (profile,) = ask("backup", "rolesanywhere", "ListProfiles")["profiles"]

    assert {anchor["name"]: anchor["enabled"] for anchor in anchors} == {"datacentre-ca": True, "lab-ca-2023": False}
    assert set(profile["roleArns"]) <= {role.arn for role in acme.roles}
    assert ask("backup", "rolesanywhere", "ListTrustAnchors", "us-east-1")["trustAnchors"] == []
    assert ask("network", "rolesanywhere", "ListProfiles")["profiles"] == []


def test_the_identity_pool_is_the_one_that_the_role_trusts(acme: Acme, ask: Ask) -> None:
    (listed,) = ask("mobile-dev", "cognito-identity", "ListIdentityPools", MaxResults=60)["IdentityPools"]
    pool = listed["IdentityPoolId"]
    roles = ask("mobile-dev", "cognito-identity", "GetIdentityPoolRoles", IdentityPoolId=pool)["Roles"]
    role = next(role for role in acme.roles if role.arn == roles["authenticated"])

    assert pool in role.trust
    described = ask("mobile-dev", "cognito-identity", "DescribeIdentityPool", IdentityPoolId=pool)
    assert described["AllowUnauthenticatedIdentities"] is False


def test_pod_identities_are_listed_without_their_role_and_described_with_it(acme: Acme, ask: Ask) -> None:
    assert ask("observability", "eks", "ListClusters")["clusters"] == ["monitoring"]
    (listed,) = ask("observability", "eks", "ListPodIdentityAssociations", clusterName="monitoring")["associations"]
    told = ask(
        "observability", "eks", "DescribePodIdentityAssociation",
        clusterName="monitoring", associationId=listed["associationId"],
    )["association"]  # fmt: skip

    assert "roleArn" not in listed
    assert told["roleArn"] in {role.arn for role in acme.roles}
    assert ask("observability", "eks", "ListClusters", "us-east-1")["clusters"] == ["probes"]


# ── who is told ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_trail_of_the_organization_is_seen_by_all_and_a_regional_one_at_home_alone(ask: Ask) -> None:
    def names(key: str, region: str) -> set[str]:
        return {trail["Name"] for trail in ask(key, "cloudtrail", "DescribeTrails", region)["trailList"]}

    assert names("management", "eu-west-1") == {"acme-organization"}
    assert names("network", "us-east-1") == {"acme-organization"}
    assert names("sandbox-ben", "eu-west-1") == {"acme-organization"}
    assert names("sandbox-ben", "us-east-1") == {"acme-organization", "try-out"}
    listed = ask("sandbox-ben", "cloudtrail", "ListTrails")["Trails"]
    assert {(trail["Name"], trail["HomeRegion"]) for trail in listed} == {
        ("acme-organization", "eu-west-1"), ("try-out", "us-east-1"),
    }  # fmt: skip


def test_trails_tell_their_status_and_selectors(ask: Ask) -> None:
    (trail,) = [t for t in ask("web-prod", "cloudtrail", "ListTrails")["Trails"] if t["Name"] == "storefront-writes"]
    status = ask("web-prod", "cloudtrail", "GetTrailStatus", Name=trail["TrailARN"])
    selectors = ask("web-prod", "cloudtrail", "GetEventSelectors", TrailName=trail["TrailARN"])

    assert status["IsLogging"] is True
    assert [one["ReadWriteType"] for one in selectors["EventSelectors"]] == ["WriteOnly"]
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        ask("web-prod", "cloudtrail", "GetTrailStatus", "us-east-1", Name=trail["TrailARN"])


def test_rules_stand_on_their_bus_with_their_targets(acme: Acme, ask: Ask) -> None:
    buses = ask("security", "events", "ListEventBuses")["EventBuses"]
    assert [bus["Name"] for bus in buses] == ["default", "break-glass"]
    assert json.loads(buses[1]["Policy"])["Statement"][0]["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == (
        acme.organization_id
    )
    assert [rule["Name"] for rule in ask("security", "events", "ListRules", EventBusName="break-glass")["Rules"]] == [
        "page-sre"
    ]
    (watching,) = [
        rule for rule in ask("orders-prod", "events", "ListRules")["Rules"] if rule["Name"] == "break-glass-used"
    ]
    assert watching["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    (target,) = ask("orders-prod", "events", "ListTargetsByRule", Rule="break-glass-used")["Targets"]
    assert target["Arn"] == buses[1]["Arn"]


# ── the organization ─────────────────────────────────────────────────────────────────────────────────────────────


def test_trusted_services_and_features_of_root_users_are_told_to_the_management_account(ask: Ask) -> None:
    trusted = ask("management", "organizations", "ListAWSServiceAccessForOrganization")["EnabledServicePrincipals"]
    features = ask("management", "iam", "ListOrganizationsFeatures")

    assert [one["ServicePrincipal"] for one in trusted] == SERVICES["trusted_services"]
    assert features == {"OrganizationId": "o-acme1example", "EnabledFeatures": SERVICES["root_features"]}
    with pytest.raises(ClientError, match="AccountNotManagementOrDelegatedAdministratorException"):
        ask("web-dev", "iam", "ListOrganizationsFeatures")


def test_nothing_of_these_can_be_written(acme: Acme, client: Client) -> None:
    for service, operation, parameters in (
        ("events", "disable_rule", {"Name": "page-sre"}),
        ("cloudtrail", "stop_logging", {"Name": "acme-organization"}),
        ("eks", "delete_cluster", {"name": "monitoring"}),
        ("cognito-identity", "delete_identity_pool", {"IdentityPoolId": "eu-west-1:any"}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(client(service, acme.account("observability").id), operation)(**parameters)
