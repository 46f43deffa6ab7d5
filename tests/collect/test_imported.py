"""`trustview import`: files of others, as they are, and what happens to those that cannot be read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.small_organization import organization, policy, trust
from trustview.analysis import analyse
from trustview.collect import Imported, read_files
from trustview.export import write_organization
from trustview.policy import read_policy
from trustview.snapshot import GapKind, GuardrailKind, GuardrailPolicy, decode_snapshot, encode_snapshot
from trustview.store import walk_files

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
ACCOUNT = "111122223333"
TRUST = json.loads(policy(trust({"Service": "ec2.amazonaws.com"})))

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")


def read_values(*values: object) -> Imported:
    return read_files(((f"{n}.json", json.dumps(value).encode()) for n, value in enumerate(values)), NOW)


def raw_role(name: str = "r", **more: object) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return {"Arn": arn, "RoleName": name, "Path": "/", "RoleId": "AROA1", "AssumeRolePolicyDocument": TRUST, **more}


def details(*roles: object, **more: object) -> dict[str, Any]:
    return {"RoleDetailList": list(roles), "UserDetailList": [], "GroupDetailList": [], "Policies": [], **more}


# ── the corpus ───────────────────────────────────────────────────────────────────────────────────────────────────


def arns_in(folder: Path, *lists: str) -> set[str]:
    """The ARNs that stand in lists of these names, counted without our code; those of no account are left out."""
    found = set()
    for path in folder.glob("*.json"):
        value = json.loads(path.read_text(encoding="utf-8"))
        value = value.get("data", value)
        found |= {one["Arn"] for name in lists for one in value.get(name) or ()}
    return {arn for arn in found if arn.split(":")[4].isdigit()}


@needs_corpus
def test_every_well_formed_file_of_account_details_is_read_and_every_other_is_named() -> None:
    folder = CORPUS / "auth_details"
    imported = read_files(((file.path, file.content) for file in walk_files([folder])), NOW)
    snapshot = imported.snapshot

    assert {role.arn for role in snapshot.roles} == arns_in(folder, "RoleDetailList", "Roles")
    assert set(snapshot.users_by_arn) == arns_in(folder, "UserDetailList")
    assert {Path(problem.path).name for problem in imported.problems} == {
        "index.jsonl",
        "cloudmapper--iam-get-account-authorization-details.json",
    }
    assert all(problem.place and problem.reason for problem in imported.problems)


@needs_corpus
@pytest.mark.parametrize("path", sorted((CORPUS / "auth_details").glob("*.json")), ids=lambda path: path.stem)
def test_the_trust_policies_of_a_file_are_those_that_stand_in_it(path: Path) -> None:
    snapshot = read_files([(str(path), path.read_bytes())], NOW).snapshot

    for role in snapshot.roles:
        assert read_policy(role.trust_policy).version
        assert not role.trust_policy.startswith("%")
        assert role.created.endswith("Z")


@needs_corpus
def test_findings_of_access_analyzer_are_read() -> None:
    folder = CORPUS / "accessanalyzer"
    imported = read_files(((Path(file.path).name, file.content) for file in walk_files([folder])), NOW)
    known = {f"awscli-{name}.json" for name in ("get-finding", "get-finding-v2", "list-findings", "list-findings-v2")}

    assert {problem.path for problem in imported.problems} == {path.name for path in folder.iterdir()} - known
    found = imported.snapshot.external_findings
    assert {finding.id[:8] for finding in found} == {"0910eedb", "597f3bc2", "ce0e221a"}
    assert {finding.account for finding in found} == {"111122223333"}
    assert "cognito-identity.amazonaws.com" in {principal for finding in found for principal in finding.principal}


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_role_is_whole_from_its_two_lists() -> None:
    listed = raw_role(MaxSessionDuration=7200, Description="what it is for")
    used = raw_role(RoleLastUsed={"LastUsedDate": "2026-11-01T00:00:00+00:00", "Region": "eu-west-1"})
    (role,) = read_values(details(used), {"Roles": [listed]}).snapshot.roles

    assert (role.max_session_seconds, role.description) == (7200, "what it is for")
    assert (role.last_used, role.last_used_region) == ("2026-11-01T00:00:00Z", "eu-west-1")


def test_pages_of_one_account_are_one_account() -> None:
    first, last = details(raw_role("a"), IsTruncated=True), details(raw_role("b"), IsTruncated=False)
    (facts,) = read_values(first, last).snapshot.accounts

    assert [role.name for role in facts.roles] == ["a", "b"]
    assert not facts.is_partial


def test_a_first_page_alone_is_a_gap() -> None:
    snapshot = read_values(details(raw_role(), IsTruncated=True)).snapshot

    assert snapshot.accounts[0].is_partial
    assert [gap.account for gap in snapshot.gaps if gap.service == "iam"] == [ACCOUNT]


def test_details_without_one_of_their_lists_are_a_gap() -> None:
    without_users = {key: value for key, value in details(raw_role()).items() if key != "UserDetailList"}

    assert read_values(without_users).snapshot.accounts[0].is_partial
    assert not read_values(details(raw_role())).snapshot.accounts[0].is_partial


def test_a_role_that_only_a_list_names_is_read_and_makes_the_account_partial() -> None:
    snapshot = read_values(details(raw_role("a")), {"Roles": [raw_role("a"), raw_role("b")]}).snapshot

    assert [role.name for role in snapshot.roles] == ["a", "b"]
    assert ACCOUNT in snapshot.unread_accounts


def test_get_role_completes_what_was_listed() -> None:
    used = {"LastUsedDate": "2026-11-01T00:00:00Z", "Region": "eu-west-1"}
    got = {"Role": raw_role(RoleLastUsed=used, Tags=[{"Key": "team", "Value": "x"}])}
    (role,) = read_values({"Roles": [raw_role(MaxSessionDuration=7200)]}, got).snapshot.roles

    assert (role.max_session_seconds, role.last_used, role.tags) == (7200, used["LastUsedDate"], (("team", "x"),))


def test_roles_alone_are_a_gap_because_nothing_may_be_concluded_from_them() -> None:
    snapshot = read_values({"Roles": [raw_role()]}).snapshot

    assert ACCOUNT in snapshot.unread_accounts


@pytest.mark.parametrize(
    "document",
    [TRUST, json.dumps(TRUST), "%7B%22Version%22%3A%20%222012-10-17%22%2C%20%22Statement%22%3A%20%5B%5D%7D"],
    ids=["an object", "JSON text", "percent-encoded"],
)
def test_a_policy_may_stand_in_three_ways(document: object) -> None:
    (role,) = read_values(details(raw_role(AssumeRolePolicyDocument=document))).snapshot.roles

    assert json.loads(role.trust_policy)["Version"] == "2012-10-17"


def test_a_percent_sign_inside_a_policy_stays() -> None:
    document = {"Statement": [{"Sid": "a%20b", "Effect": "Allow"}]}
    (role,) = read_values(details(raw_role(AssumeRolePolicyDocument=document))).snapshot.roles

    assert json.loads(role.trust_policy) == document


def test_keys_in_another_case_are_read() -> None:
    upper = {"ROLEDETAILLIST": [{key.upper(): value for key, value in raw_role().items()}]}

    assert [role.name for role in read_values(upper).snapshot.roles] == ["r"]


def test_of_two_different_values_the_first_is_kept_and_said() -> None:
    other = raw_role(Path="/", RoleId="AROA2")
    imported = read_values(details(raw_role()), details(other))

    assert [role.id for role in imported.snapshot.roles] == ["AROA1"]
    assert len(imported.notes) == 1
    assert [gap.kind for gap in imported.snapshot.gaps if gap.account] == [GapKind.DAMAGED]


def test_two_answers_that_differ_in_who_may_assume_a_role_are_told() -> None:
    other = raw_role(AssumeRolePolicyDocument=json.loads(policy(trust({"AWS": "*"}))))
    imported = read_values(details(raw_role()), {"Roles": [other]})

    assert len(imported.notes) == 1
    assert [gap.kind for gap in imported.snapshot.gaps if gap.account] == [GapKind.DAMAGED]


@pytest.mark.parametrize("missing", [{}, {"AssumeRolePolicyDocument": None}, {"AssumeRolePolicyDocument": ""}])
@pytest.mark.parametrize("key", ["details", "Roles", "Role"])
def test_a_role_without_a_trust_policy_is_kept_and_told(missing: dict[str, Any], key: str) -> None:
    raw = {name: value for name, value in raw_role().items() if name != "AssumeRolePolicyDocument"} | missing
    imported = read_values({"details": details(raw), "Roles": {"Roles": [raw]}, "Role": {"Role": raw}}[key])

    assert [role.name for role in imported.snapshot.roles] == ["r"]
    assert "who may assume" in imported.problems[0].reason
    assert ACCOUNT in imported.snapshot.unread_accounts


@pytest.mark.parametrize(
    "wrong",
    [{"Description": 5}, {"Tags": 5}, {"Tags": [{"Key": "k", "Value": None}]}, {"MaxSessionDuration": "long"},
     {"RoleLastUsed": 7}, {"RolePolicyList": [5]}, {"Path": ["/"]}, {"PermissionsBoundary": "x"}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("key", ["RoleDetailList", "Roles"])
def test_a_value_of_the_wrong_type_costs_its_role_alone_and_is_told(key: str, wrong: dict[str, Any]) -> None:
    roles = [raw_role("good"), raw_role("bad", **wrong)]
    imported = read_values(details(*roles) if key == "RoleDetailList" else {key: roles})

    assert [role.name for role in imported.snapshot.roles] == ["good"]
    assert [problem.place for problem in imported.problems] == [f"$.{key}[1]"]
    assert ACCOUNT in imported.snapshot.unread_accounts


def test_details_that_name_no_account_are_told() -> None:
    assert [problem.place for problem in read_values(details()).problems] == ["$"]


def test_one_bad_principal_costs_itself_alone() -> None:
    imported = read_values(details(raw_role("good"), {"RoleName": "no ARN"}, {"Arn": "nonsense"}))

    assert [role.name for role in imported.snapshot.roles] == ["good"]
    assert [problem.place for problem in imported.problems] == ["$.RoleDetailList[1]", "$.RoleDetailList[2]"]
    assert imported.snapshot.accounts[0].is_partial


def test_providers_get_their_audiences_by_address() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
    listed = {"OpenIDConnectProviderList": [{"Arn": arn}]}
    got = {"Url": "gitlab.com", "ClientIDList": ["https://gitlab.com"], "ThumbprintList": []}
    (provider,) = read_values(details(raw_role()), listed, got).snapshot.accounts[0].providers

    assert provider.client_ids == ("https://gitlab.com",)


def test_audiences_of_a_provider_that_two_accounts_or_none_have_are_given_to_nobody() -> None:
    arns = [f"arn:aws:iam::{account}:oidc-provider/gitlab.com" for account in (ACCOUNT, "444455556666")]
    got = {"Url": "gitlab.com", "ClientIDList": ["x"]}
    both = read_values({"OpenIDConnectProviderList": [{"Arn": arn} for arn in arns]}, got)
    nobody = read_values(got)

    assert [p.client_ids for account in both.snapshot.accounts for p in account.providers] == [(), ()]
    assert [problem.place for problem in (*both.problems, *nobody.problems)] == ["$.Url", "$.Url"]


# ── the organization ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_exported_organization_is_read_back_as_it_was() -> None:
    text = write_organization(organization())

    assert read_files([("organization.json", text.encode())], NOW).snapshot.organization == organization()


def test_an_organization_is_put_together_from_the_answers_of_the_cli() -> None:
    found = read_values(
        {"Organization": {"Id": "o-1", "MasterAccountId": ACCOUNT}},
        {"Accounts": [{"Id": ACCOUNT, "Name": "main", "Status": "ACTIVE"}, {"Id": "444455556666", "Name": "b"}]},
        {"Roots": [{"Id": "r-1", "Name": "Root"}]},
        {
            "Policy": {
                "PolicySummary": {"Id": "p-1", "Name": "deny", "Type": "SERVICE_CONTROL_POLICY"},
                "Content": json.dumps({"Statement": []}),
            }
        },
    ).snapshot

    assert found.organization
    assert found.organization.management_account == ACCOUNT
    assert [account.name for account in found.organization.accounts] == ["main", "b"]
    assert [guardrail.name for guardrail in found.organization.guardrails] == ["deny"]
    assert {gap.service for gap in found.gaps} == {
        "iam", "organizations-policies", "organizations", "access-analyzer", "cloudtrail", "trails", "events", "eks",
        "cognito-identity", "roles-anywhere", "identity-center", "iam-organizations-features",
    }  # fmt: skip


LISTED = {"Accounts": [{"Id": ACCOUNT, "Name": "a", "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-1/{ACCOUNT}"}]}


def test_the_arns_of_accounts_name_the_organization() -> None:
    found = read_values(LISTED).snapshot.organization

    assert found
    assert (found.id, found.management_account) == ("o-1", ACCOUNT)


def test_conditions_on_paths_stay_open_while_the_tree_is_not_known() -> None:
    in_an_ou = trust("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/*"}})
    role = raw_role(AssumeRolePolicyDocument=json.loads(policy(in_an_ou)))
    found = read_values(LISTED, {"Roots": [{"Id": "r-1", "Name": "Root"}]}, details(role)).snapshot

    assert found.organization
    assert found.organization.principal_path(ACCOUNT) == ""
    assert [grant.reach.lets_in for grant in analyse(found).grants] == [True]


@pytest.mark.parametrize(
    "documents",
    [
        [{"Organization": {"Id": "o-1", "MasterAccountId": ACCOUNT}}],
        [{"Accounts": [{"Id": ACCOUNT, "Name": "main"}]}],
        [{**LISTED, "NextToken": "more"}],
        [{"Accounts": [*LISTED["Accounts"], {"Id": 5}]}],
    ],
    ids=["no accounts", "no id", "not all accounts", "an account that cannot be read"],
)
def test_without_all_its_accounts_there_is_no_organization_and_nothing_is_shut_by_it(documents: list[Any]) -> None:
    members_only = trust({"AWS": "444455556666"}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    role = raw_role(AssumeRolePolicyDocument=json.loads(policy(members_only)))
    found = read_values(*documents, details(role)).snapshot

    assert found.organization is None
    assert "organizations" in {gap.service for gap in found.gaps}
    assert [grant.reach.lets_in for grant in analyse(found).grants] == [True]


def test_two_organizations_are_not_mixed() -> None:
    other = {"Organization": {"Id": "o-2", "MasterAccountId": "444455556666"}}
    imported = read_values(LISTED, other)

    assert imported.snapshot.organization
    assert imported.snapshot.organization.id == "o-1"
    assert ["import them apart" in problem.reason for problem in imported.problems] == [True]


def without_texts() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(write_organization(organization()))
    for guardrail in document["organization"]["guardrails"]:
        del guardrail["document"]
    return document


def described(guardrail: GuardrailPolicy) -> dict[str, Any]:
    summary = {"Id": guardrail.id, "Name": guardrail.name, "Type": guardrail.kind.value}
    return {"Policy": {"PolicySummary": summary, "Content": guardrail.document}}


def test_an_organization_document_may_leave_the_texts_of_policies_to_the_cli() -> None:
    texts = [described(guardrail) for guardrail in organization().guardrails]

    assert read_values(without_texts(), *texts).snapshot.organization == organization()


def test_a_kind_of_guardrail_counts_only_when_all_its_texts_are_known() -> None:
    rcps = [described(guardrail) for guardrail in organization().guardrails if guardrail.kind is GuardrailKind.RCP]
    found = read_values(without_texts(), *rcps).snapshot

    assert found.organization
    assert {guardrail.kind for guardrail in found.organization.guardrails} == {GuardrailKind.RCP}
    assert "organizations-policies" in {gap.service for gap in found.gaps}


def test_a_document_of_a_newer_trustview_is_told() -> None:
    document = json.loads(write_organization(organization())) | {"version": 2}
    imported = read_values(document)

    assert imported.snapshot.organization is None
    assert [problem.place for problem in imported.problems] == ["$.version"]


# ── what cannot be read ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "line 1 column 1"),
        (b"{", "line 1 column 2"),
        (b'{"a": 1}\n{"a": 2}\n', "line 2 column 1"),
        (b"\xff\xfe\x00", "byte 0"),
        (b"[]", "$"),
        (b'"text"', "$"),
        (b'{"something": "else"}', "$"),
        (b"[" * 100_000, ""),
        (b'{"a": ' + b"9" * 5000 + b"}", ""),
        ("\ufeff{".encode("utf-16-le"), "line 1 column 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_place(content: bytes, place: str) -> None:
    imported = read_files([("bad.json", content)], NOW)

    assert [(problem.path, problem.place) for problem in imported.problems] == [("bad.json", place)]
    assert imported.snapshot.accounts == ()


def test_what_powershell_redirects_and_marks_is_read() -> None:
    text = json.dumps(details(raw_role()))
    for content in (text.encode("utf-16"), ("\ufeff" + text).encode("utf-16-be"), text.encode("utf-8-sig")):
        assert [role.name for role in read_files([("a", content)], NOW).snapshot.roles] == ["r"]


def test_a_file_that_was_cut_off_is_told_so() -> None:
    content = json.dumps(details(raw_role())).encode()

    for end in (20, len(content) // 2, len(content) - 1):
        (problem,) = read_files([("a", content[:end])], NOW).problems
        assert "cut off" in problem.reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)
known_keys = st.sampled_from(
    [
        "RoleDetailList",
        "Roles",
        "Policies",
        "Organization",
        "Accounts",
        "Policy",
        "findings",
        "document",
        "organization",
    ]
)


@given(st.dictionaries(known_keys, json_values, max_size=4))
def test_no_json_under_known_keys_raises(value: dict[str, Any]) -> None:
    assert isinstance(read_values(value), Imported)


def everything() -> list[Any]:
    """One valid document of each kind."""
    summary = {"Id": "p-1", "Name": "deny", "Type": "SERVICE_CONTROL_POLICY"}
    finding = {"id": "f", "resourceType": "AWS::IAM::Role", "analyzedAt": "2026-11-20T06:00:00Z", "resource": "x"}
    oidc = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
    principal = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/u", "UserName": "u", "GroupList": ["g"]}
    managed = {"Arn": f"arn:aws:iam::{ACCOUNT}:policy/p", "PolicyName": "p", "PolicyVersionList": [
        {"VersionId": "v1", "IsDefaultVersion": True, "Document": TRUST}]}  # fmt: skip
    inline = [{"PolicyName": "i", "PolicyDocument": TRUST}]
    role = raw_role(RolePolicyList=inline, Tags=[{"Key": "k", "Value": "v"}], CreateDate="2026-11-20T06:00:00Z")
    return [
        details(role, UserDetailList=[principal], Policies=[managed]),
        {"status_code": 200, "data": {"Roles": [role]}},
        {"Role": role},
        {"SAMLProviderList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/s"}]},
        {"OpenIDConnectProviderList": [{"Arn": oidc}]},
        {"Url": "gitlab.com", "ClientIDList": ["c"]},
        {"Organization": {"Id": "o-1", "MasterAccountId": ACCOUNT}},
        LISTED,
        {"Roots": [{"Id": "r-1", "Name": "Root"}]},
        {"Policy": {"PolicySummary": summary, "Content": json.dumps(TRUST)}},
        {"findings": [finding]},
        {"finding": finding},
        {
            **finding,
            "findingDetails": [{"externalAccessDetails": {"principal": {"AWS": "*"}, "condition": {"a": "b"}}}],
        },
        json.loads(write_organization(organization())),
    ]


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*path, key))


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_is_changed_in_files_nothing_raises_and_what_is_read_can_be_kept(data: st.DataObject) -> None:
    documents = json.loads(json.dumps(everything()))  # no part of one stands in another
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from([place for place in places(documents) if place]))
        holder: Any = documents
        for key in path:
            holder = holder[key]
        holder[last] = data.draw(json_values | st.sampled_from(["\ud800", "%", "arn:aws:iam::1:role/x"]))
    kept = data.draw(st.lists(st.sampled_from(documents), unique_by=id))

    snapshot = read_values(*kept).snapshot

    assert decode_snapshot(json.loads(json.dumps(encode_snapshot(snapshot)))) == snapshot
    analyse(snapshot)


def test_the_documents_of_the_property_above_are_all_read() -> None:
    imported = read_values(*everything())

    assert [problem for problem in imported.problems if "import them apart" not in problem.reason] == []
