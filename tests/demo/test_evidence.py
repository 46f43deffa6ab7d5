"""Access Analyzer's findings and CloudTrail's events, over HTTP and against botocore's own service models."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from trustview.demo import Acme, load_acme, read_file
from trustview.demo.trail import Trail

from .conftest import NOW, Boto, Client

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str, "boolean": bool, "integer": int, "long": int, "timestamp": (datetime, int, float, str),
}  # fmt: skip


def problems(shape: Boto, value: Boto, path: str = "") -> list[str]:
    """Where a value is not of its shape: unknown or missing members, wrong types, values outside an enumeration."""
    if shape.type_name == "structure":
        unknown = [f"{path}.{name}: unknown" for name in value if name not in shape.members]
        missing = [f"{path}.{name}: missing" for name in shape.required_members if name not in value]
        inside = [
            problem
            for name in value.keys() & shape.members.keys()
            for problem in problems(shape.members[name], value[name], f"{path}.{name}")
        ]
        return unknown + missing + inside
    if shape.type_name == "list":
        return [problem for item in value for problem in problems(shape.member, item, f"{path}[]")]
    if shape.type_name == "map":
        return [problem for item in value.values() for problem in problems(shape.value, item, f"{path}{{}}")]
    if not isinstance(value, KINDS[shape.type_name]):
        return [f"{path}: {value!r} is no {shape.type_name}"]
    allowed = getattr(shape, "enum", [])
    return [f"{path}: {value!r} is not one of {allowed}"] if allowed and value not in allowed else []


def output_of(service: str, operation: str) -> Shape:
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    return model.operation_model(operation).output_shape


def checked(service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    content = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    assert problems(output_of(service, operation), content) == []
    return content


@pytest.fixture(scope="module")
def analyzer(acme: Acme, client: Client) -> Boto:
    def make(region: str, account: str = "security") -> Boto:
        return client("accessanalyzer", acme.account(account).id, region=region)

    return make


# ── Access Analyzer ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_organization_has_one_analyzer_in_each_of_three_regions(analyzer: Boto) -> None:
    for region in REGIONS:
        (found,) = checked("accessanalyzer", "ListAnalyzers", analyzer(region).list_analyzers())["analyzers"]
        assert found["type"] == "ORGANIZATION"
        assert f":{region}:888800001111:" in found["arn"]
        assert analyzer(region).list_analyzers(type="ACCOUNT")["analyzers"] == []
    assert analyzer("eu-west-1", "network").list_analyzers()["analyzers"] == []


def test_findings_of_roles_are_repeated_in_every_region_under_other_ids(analyzer: Boto) -> None:
    roles, ids = [], []
    for region in REGIONS:
        arn = analyzer(region).list_analyzers()["analyzers"][0]["arn"]
        pages = analyzer(region).get_paginator("list_findings_v2").paginate(analyzerArn=arn, maxResults=7)
        found = [f for page in pages for f in checked("accessanalyzer", "ListFindingsV2", page)["findings"]]
        roles.append({f["resource"] for f in found if f["resourceType"] == "AWS::IAM::Role"})
        ids += [f["id"] for f in found]
    lines = [f for f in read_file("external_findings.json")["findings"] if f["type"] == "AWS::IAM::Role"]
    assert roles[0] == roles[1] == roles[2]
    assert len(roles[0]) == len(lines)
    assert len(ids) == len(set(ids))


def test_the_older_list_and_the_details_say_the_same(analyzer: Boto) -> None:
    reader = analyzer("eu-central-1")
    arn = reader.list_analyzers()["analyzers"][0]["arn"]
    listed = checked("accessanalyzer", "ListFindings", reader.list_findings(analyzerArn=arn))["findings"]
    for finding in listed:
        answer = checked("accessanalyzer", "GetFindingV2", reader.get_finding_v2(analyzerArn=arn, id=finding["id"]))
        (detail,) = answer["findingDetails"]
        assert detail["externalAccessDetails"]["principal"] == finding["principal"]
        assert detail["externalAccessDetails"]["condition"] == finding["condition"]
    assert {f["resourceType"] for f in listed} == {"AWS::IAM::Role", "AWS::KMS::Key"}
    rules = checked("accessanalyzer", "ListArchiveRules", reader.list_archive_rules(analyzerName="acme-organization"))
    assert len(rules["archiveRules"]) == 2


def test_findings_are_filtered_by_status(analyzer: Boto) -> None:
    reader = analyzer("eu-west-1")
    arn = reader.list_analyzers()["analyzers"][0]["arn"]
    kept = reader.list_findings(analyzerArn=arn, filter={"status": {"eq": ["ARCHIVED"]}})["findings"]
    assert {finding["status"] for finding in kept} == {"ARCHIVED"}
    assert {finding["resource"].rpartition("/")[2] for finding in kept} == {"DatadogIntegrationRole"}


def test_the_closed_region_refuses_with_the_reason(analyzer: Boto) -> None:
    with pytest.raises(ClientError) as caught:
        analyzer("ap-southeast-2").list_analyzers()
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"].endswith("with an explicit deny in a service control policy")


def test_every_finding_is_of_a_role_that_exists(acme: Acme) -> None:
    names = {(acme_key(acme, role.account_id), role.name) for role in acme.roles}
    for line in read_file("external_findings.json")["findings"]:
        if line["type"] == "AWS::IAM::Role":
            assert (line["account"], line["resource"].rpartition("/")[2]) in names


def acme_key(acme: Acme, account_id: str) -> str:
    return next(account.key for account in acme.accounts if account.id == account_id)


# ── CloudTrail ───────────────────────────────────────────────────────────────────────────────────────────────────


def events_of(trail: Boto, **wanted: Boto) -> list[dict[str, Any]]:
    pages = trail.get_paginator("lookup_events").paginate(**wanted)
    return [event for page in pages for event in checked("cloudtrail", "LookupEvents", page)["Events"]]


def record(event: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(event["CloudTrailEvent"])
    return content


def by_name(name: str) -> list[dict[str, str]]:
    return [{"AttributeKey": "EventName", "AttributeValue": name}]


def test_events_come_in_pages_newest_first_within_the_times_asked_for(acme: Acme, client: Client) -> None:
    trail = client("cloudtrail", acme.account("orders-prod").id)
    first = trail.lookup_events(LookupAttributes=by_name("AssumeRole"))
    assert len(first["Events"]) == 50
    assert first["NextToken"]
    everything = events_of(trail, LookupAttributes=by_name("AssumeRole"))
    moments = [event["EventTime"] for event in everything]
    assert moments == sorted(moments, reverse=True)
    assert len({event["EventId"] for event in everything}) == len(everything) > 100
    month = NOW - timedelta(days=30)
    recent = events_of(trail, LookupAttributes=by_name("AssumeRole"), StartTime=month, EndTime=NOW)
    assert recent == [event for event in everything if event["EventTime"] >= month]


def test_both_copies_of_a_call_share_an_id_and_only_the_callers_names_the_caller(acme: Acme, client: Client) -> None:
    caller = client("cloudtrail", acme.account("shared-services").id)
    target = client("cloudtrail", acme.account("orders-prod").id)
    arn = f"arn:aws:iam::{acme.account('orders-prod').id}:role/release-admin"
    asked = [{"AttributeKey": "ResourceName", "AttributeValue": arn}]
    sent = {record(event)["sharedEventID"]: record(event) for event in events_of(caller, LookupAttributes=asked)}
    received = {record(event)["sharedEventID"]: record(event) for event in events_of(target, LookupAttributes=asked)}
    assert sent
    assert sent.keys() == received.keys()
    promoter = next(role for role in acme.roles if role.name == "artifact-promoter")
    for shared, copy in received.items():
        assert set(copy["userIdentity"]) == {"type", "principalId", "accountId"}
        assert copy["userIdentity"]["principalId"].startswith(promoter.id)
        assert sent[shared]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == promoter.arn
        assert copy["eventID"] != sent[shared]["eventID"]


def test_a_refused_call_across_accounts_is_in_the_callers_account_alone(acme: Acme, client: Client) -> None:
    def refused(key: str) -> list[dict[str, Any]]:
        events = events_of(client("cloudtrail", acme.account(key).id), LookupAttributes=by_name("AssumeRole"))
        return [record(event) for event in events if "errorCode" in record(event)]

    attempts = refused("sandbox-ben")
    assert len(attempts) == 8
    assert {attempt["errorCode"] for attempt in attempts} == {"AccessDenied"}
    assert refused("orders-prod") == []


def test_an_outsiders_call_leaves_the_roles_copy_only(acme: Acme, client: Client) -> None:
    asked = [{"AttributeKey": "ResourceName", "AttributeValue": "legacy-upload-handler"}]
    trail = client("cloudtrail", acme.account("web-dev").id, region="us-east-1")
    found = [record(event) for event in events_of(trail, LookupAttributes=asked)]
    assert found
    assert {event["userIdentity"]["accountId"] for event in found} == {"000033334444"}


def test_federated_and_service_calls_have_their_own_shapes(acme: Acme, client: Client) -> None:
    web = client("cloudtrail", acme.account("web-prod").id)
    github = record(events_of(web, LookupAttributes=by_name("AssumeRoleWithWebIdentity"))[0])
    assert github["userIdentity"]["type"] == "WebIdentityUser"
    lake = client("cloudtrail", acme.account("data-lake-prod").id)
    assert (
        record(events_of(lake, LookupAttributes=by_name("AssumeRoleWithSAML"))[0])["userIdentity"]["type"] == "SAMLUser"
    )
    glue = [record(event) for event in events_of(lake, LookupAttributes=by_name("AssumeRole"))]
    assert {"type": "AWSService", "invokedBy": "glue.amazonaws.com"} in [event["userIdentity"] for event in glue]


def test_two_lookup_attributes_are_refused(acme: Acme, client: Client) -> None:
    trail = client("cloudtrail", acme.account("web-prod").id)
    with pytest.raises(ClientError, match="InvalidLookupAttributesException"):
        trail.lookup_events(LookupAttributes=by_name("AssumeRole") * 2)


def everything(acme: Acme) -> list[dict[str, Any]]:
    trail = Trail(acme)
    found: list[dict[str, Any]] = []
    for account in acme.accounts:
        for region in acme.regions:
            content: dict[str, Any] = {}
            while True:
                page = json.loads(trail.lookup(account.id, region, content).body)
                found += [record(event) for event in page["Events"]]
                if "NextToken" not in page:
                    break
                content = {"NextToken": page["NextToken"]}
    return found


def test_events_are_the_same_every_time_and_agree_with_last_use(acme: Acme) -> None:
    records = everything(acme)
    assert records == everything(load_acme("current", NOW))
    assert 5_000 < len(records) < 20_000
    assert max(Counter(entry["eventID"] for entry in records).values()) == 1
    used = {role.arn: role.last_used for role in acme.roles}
    for entry in records:
        last = used[entry["requestParameters"]["roleArn"]]
        if "errorCode" not in entry:
            assert last is not None
            assert datetime.fromisoformat(entry["eventTime"]) <= last


def test_every_pattern_gives_events(acme: Acme) -> None:
    roles = {entry["requestParameters"]["roleArn"].partition(":role")[2] for entry in everything(acme)}
    assert {pattern["role"] for pattern in read_file("usage.json")["patterns"]} == roles
