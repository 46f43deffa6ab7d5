"""What the server says is what the data say: read back with boto3 over HTTP."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError

from trustview.demo import Acme, Served
from trustview.demo.records import Role

from .conftest import Boto, Client

KEYS = ("management", "security", "payments-prod", "identity", "sandbox-ben", "network")


def account_id(acme: Acme, key: str) -> str:
    return acme.account(key).id


def reader(acme: Acme, client: Client, key: str, service: str, **given: Boto) -> Boto:
    return client(service, "" if key == "management" else account_id(acme, key), **given)


def refusal(call: Boto, **parameters: Boto) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_the_caller_is_who_the_documentation_says(client: Client) -> None:
    identity = client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::999900001111:assumed-role/TrustviewCaller/trustview-demo"
    assert identity["UserId"].startswith("AROA")


# ── organization ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree_and_its_accounts_are_read_back(acme: Acme, client: Client) -> None:
    organizations = client("organizations")
    described = organizations.describe_organization()["Organization"]
    assert (described["Id"], described["MasterAccountId"]) == (acme.organization_id, acme.management_id)
    (root,) = organizations.list_roots()["Roots"]
    assert {kind["Type"] for kind in root["PolicyTypes"]} == {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"}
    found: dict[str, tuple[str, str, str]] = {}
    waiting = [root["Id"]]
    while waiting:
        parent = waiting.pop()
        units = organizations.get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent)
        waiting += [unit["Id"] for page in units for unit in page["OrganizationalUnits"]]
        pages = organizations.get_paginator("list_accounts_for_parent").paginate(ParentId=parent)
        found |= {a["Id"]: (parent, a["Name"], a["Status"]) for page in pages for a in page["Accounts"]}
    assert found == {a.id: (a.unit_id, a.name, a.status) for a in acme.accounts}


def test_every_account_is_listed_with_its_own_joining_date(acme: Acme, client: Client) -> None:
    pages = client("organizations").get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 20})
    listed = {account["Id"]: account["JoinedTimestamp"] for page in pages for account in page["Accounts"]}
    assert listed == {account.id: account.joined for account in acme.accounts}


def test_guardrails_their_text_and_targets_are_read_back(acme: Acme, client: Client) -> None:
    organizations = client("organizations")
    for policy in acme.control_policies:
        described = organizations.describe_policy(PolicyId=policy.id)["Policy"]
        assert described["Content"] == policy.document
        assert described["PolicySummary"]["Name"] == policy.name
        assert described["PolicySummary"]["AwsManaged"] == policy.is_aws_managed
        pages = organizations.get_paginator("list_targets_for_policy").paginate(PolicyId=policy.id)
        assert {target["TargetId"] for page in pages for target in page["Targets"]} == set(policy.target_ids)
    payments = next(unit.id for unit in acme.units if unit.key == "payments")
    on = organizations.list_policies_for_target(TargetId=payments, Filter="RESOURCE_CONTROL_POLICY")["Policies"]
    assert {policy["Id"] for policy in on} == {"p-RCPFullAWSAccess", "p-acmercp1"}


def test_tags_and_the_delegated_administrator_are_read_back(acme: Acme, client: Client) -> None:
    organizations = client("organizations")
    formula = acme.account("sandbox-formula")
    tags = organizations.list_tags_for_resource(ResourceId=formula.id)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == formula.tags
    listed = organizations.list_delegated_administrators(ServicePrincipal="access-analyzer.amazonaws.com")
    assert [admin["Id"] for admin in listed["DelegatedAdministrators"]] == [account_id(acme, "security")]


def test_members_do_not_read_the_organization_but_delegated_administrators_do(acme: Acme, client: Client) -> None:
    assert refusal(reader(acme, client, "web-dev", "organizations").list_accounts)[0] == "AccessDeniedException"
    assert reader(acme, client, "security", "organizations").list_accounts()["Accounts"]
    assert reader(acme, client, "web-dev", "organizations").describe_organization()["Organization"]["Id"]


# ── inside an account ────────────────────────────────────────────────────────────────────────────────────────────


def details(iam: Boto, size: int = 1000) -> dict[str, list[Any]]:
    pages = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": size})
    merged: dict[str, list[Any]] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    for page in pages:
        for name, items in merged.items():
            items.extend(page[name])
    return merged


def as_read(role: Role) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": json.loads(role.trust),
        "RolePolicyList": [
            {"PolicyName": name, "PolicyDocument": json.loads(text)} for name, text in role.permissions.inline.items()
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in role.permissions.attached
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in role.tags.items()],
        "RoleLastUsed": (
            {"LastUsedDate": role.last_used, "Region": role.last_used_region} if role.last_used is not None else {}
        ),
    }


@pytest.mark.parametrize("key", KEYS)
def test_authorization_details_say_exactly_what_the_data_say(acme: Acme, client: Client, key: str) -> None:
    answer = details(reader(acme, client, key, "iam"))
    expected = {role.arn: role for role in acme.roles if role.account_id == account_id(acme, key)}
    assert {role["Arn"] for role in answer["RoleDetailList"]} == set(expected)
    for found in answer["RoleDetailList"]:
        role = expected[found["Arn"]]
        profiles = found.pop("InstanceProfileList")
        boundary = found.pop("PermissionsBoundary", {"PermissionsBoundaryArn": None})
        assert found == as_read(role)
        assert boundary["PermissionsBoundaryArn"] == role.boundary
        assert bool(profiles) == role.has_instance_profile


def test_users_groups_and_policies_say_what_the_data_say(acme: Acme, client: Client) -> None:
    answer = details(reader(acme, client, "identity", "iam"))
    users = [user for user in acme.users if user.account_id == account_id(acme, "identity")]
    assert {user["Arn"]: user["GroupList"] for user in answer["UserDetailList"]} == {
        user.arn: list(user.groups) for user in users
    }
    martin = next(user for user in answer["UserDetailList"] if user["UserName"] == "ops-martin")
    assert martin["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "sts:AssumeRole"
    assert {group["GroupName"] for group in answer["GroupDetailList"]} == {"break-glass", "database-operators"}
    policies = {policy["PolicyName"]: policy for policy in answer["Policies"]}
    assert policies["AdministratorAccess"]["PolicyVersionList"][0]["Document"]["Statement"][0]["Action"] == "*"
    assert policies["AdministratorAccess"]["Arn"] == "arn:aws:iam::aws:policy/AdministratorAccess"


def test_pages_of_authorization_details_join_to_the_whole(acme: Acme, client: Client) -> None:
    iam = reader(acme, client, "web-prod", "iam")
    first = iam.get_account_authorization_details(MaxItems=5)
    assert first["IsTruncated"]
    assert sum(len(first[name]) for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")) == 5
    assert details(iam, size=5) == details(iam)
    local = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])
    assert [policy["PolicyName"] for policy in local["Policies"]] == ["acme-workload-boundary"]
    assert local["RoleDetailList"] == []


def test_list_roles_has_description_and_session_length_and_lacks_what_aws_lacks(acme: Acme, client: Client) -> None:
    pages = (
        reader(acme, client, "sandbox-ben", "iam")
        .get_paginator("list_roles")
        .paginate(PaginationConfig={"PageSize": 3})
    )
    listed = {role["Arn"]: role for page in pages for role in page["Roles"]}
    expected = {role.arn: role for role in acme.roles if role.account_id == account_id(acme, "sandbox-ben")}
    assert set(listed) == set(expected)
    for arn, role in expected.items():
        assert listed[arn]["MaxSessionDuration"] == role.session_seconds
        assert listed[arn].get("Description", "") == role.description
        assert not {"RoleLastUsed", "Tags", "PermissionsBoundary"} & listed[arn].keys()


def test_identity_providers_and_alias_are_read_back(acme: Acme, client: Client) -> None:
    iam = reader(acme, client, "cicd-hub", "iam")
    here = [p for p in acme.identity_providers if p.account_id == account_id(acme, "cicd-hub")]
    oidc = [entry["Arn"] for entry in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    assert set(oidc) == {provider.arn for provider in here if provider.kind == "oidc"}
    saml = [entry["Arn"] for entry in iam.list_saml_providers()["SAMLProviderList"]]
    assert set(saml) == {provider.arn for provider in here if provider.kind == "saml"}
    github = next(arn for arn in oidc if "github" in arn)
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=github)["ClientIDList"] == ["sts.amazonaws.com"]
    assert iam.get_saml_provider(SAMLProviderArn=saml[0])["SAMLMetadataDocument"]
    assert iam.list_account_aliases()["AccountAliases"] == ["acme-cicd-hub"]


def test_moto_answers_the_rest_from_the_same_state(acme: Acme, client: Client) -> None:
    iam = reader(acme, client, "network", "iam")
    role = iam.get_role(RoleName="NetworkAdmin")["Role"]
    assert (role["MaxSessionDuration"], role["RoleId"]) == (
        43200,
        next(r.id for r in acme.roles if r.arn == role["Arn"]),
    )
    assert role["RoleLastUsed"]["LastUsedDate"]
    assert (
        iam.list_attached_role_policies(RoleName="NetworkAdmin")["AttachedPolicies"][0]["PolicyName"]
        == "AdministratorAccess"
    )


def test_regions_are_those_that_the_organization_uses(acme: Acme, client: Client) -> None:
    regions = client("ec2").describe_regions()["Regions"]
    assert tuple(region["RegionName"] for region in regions) == acme.regions


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111100002222:role/trustview/TrustviewReader",
        "arn:aws:iam::555500001111:role/trustview/TrustviewReader",
        "arn:aws:iam::888800001111:role/trustview/NoSuchRole",
        "arn:aws:iam::888800001111:role/TrustviewReader",
        "arn:aws:iam::888800001111:role/OrganizationAccountAccessRole",
        "arn:aws:iam::464622532012:role/anything",
    ],
)
def test_a_hop_that_aws_would_refuse_is_refused(client: Client, arn: str) -> None:
    code, message = refusal(client("sts").assume_role, RoleArn=arn, RoleSessionName="tests")
    assert code == "AccessDenied"
    assert message.endswith(f"is not authorized to perform: sts:AssumeRole on resource: {arn}")


def test_a_reader_cannot_hop_on(acme: Acme, client: Client) -> None:
    arn = f"arn:aws:iam::{account_id(acme, 'network')}:role/trustview/TrustviewReader"
    sts = reader(acme, client, "security", "sts")
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="tests")[0] == "AccessDenied"


def test_wrong_credentials_are_refused_in_every_protocol(client: Client) -> None:
    assert refusal(client("sts", aws_secret_access_key="wrong").get_caller_identity)[0] == "SignatureDoesNotMatch"
    assert refusal(client("iam", aws_session_token="wrong").list_roles)[0] == "InvalidClientTokenId"
    assert (
        refusal(client("organizations", aws_access_key_id="ASIANOBODY").list_roots)[0] == "UnrecognizedClientException"
    )
    assert refusal(client("accessanalyzer", aws_secret_access_key="wrong").list_analyzers)[0] == "SignatureDoesNotMatch"


def test_nothing_can_be_written(acme: Acme, client: Client) -> None:
    iam = reader(acme, client, "network", "iam")
    assert refusal(iam.delete_role, RoleName="NetworkAdmin")[0] == "AccessDenied"
    assert refusal(client("organizations").delete_policy, PolicyId="p-acmercp1")[0] == "AccessDeniedException"
    assert refusal(client("s3").create_bucket, Bucket="acme-new")[0] == "AccessDenied"
    assert iam.get_role(RoleName="NetworkAdmin")["Role"]["RoleName"] == "NetworkAdmin"


def test_a_connection_stays_open_for_many_calls(served: Served) -> None:
    import http.client

    connection = http.client.HTTPConnection(served.endpoint.removeprefix("http://"))
    for _ in range(2):
        connection.request("POST", "/", body="Action=GetCallerIdentity&Version=2011-06-15")
        answer = connection.getresponse()
        assert answer.status == 403
        assert b"MissingAuthenticationToken" in answer.read()
    connection.close()


def test_policy_documents_come_url_encoded_as_from_aws(acme: Acme) -> None:
    from trustview.demo.iam_answers import IamAnswers

    text = IamAnswers(acme, {}).authorization_details(account_id(acme, "web-dev"), {"MaxItems": "1000"})
    role = next(role for role in acme.roles if role.name == "legacy-upload-handler")
    encoded = text.partition(f"<Arn>{role.arn}</Arn>")[2].partition("<AssumeRolePolicyDocument>")[2].partition("<")[0]
    assert encoded.startswith("%7B%22Version%22")
    assert unquote(encoded) == role.trust
