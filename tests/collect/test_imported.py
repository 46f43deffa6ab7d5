"""`trustview import`: files of others, as they are, and what happens to those that cannot be read."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.small_organization import organization, policy, trust
from trustview.collect import Imported, read_files
from trustview.export import write_organization
from trustview.policy import read_policy
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
    files = [
        path
        for path in sorted((CORPUS / "accessanalyzer").glob("awscli-*-finding*.json"))
        if "preview" not in path.name
    ]
    imported = read_files(((path.name, path.read_bytes()) for path in files), NOW)

    assert imported.problems == ()
    assert len(imported.snapshot.external_findings) >= 3


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
    assert [gap.account for gap in snapshot.gaps] == [ACCOUNT]


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
    assert found.organization.path_to("444455556666") == ("r-1", "444455556666")
    assert [guardrail.name for guardrail in found.organization.guardrails] == ["deny"]
    assert {gap.service for gap in found.gaps} == {"iam", "organizations-policies"}


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
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_place(content: bytes, place: str) -> None:
    imported = read_files([("bad.json", content)], NOW)

    assert [(problem.path, problem.place) for problem in imported.problems] == [("bad.json", place)]
    assert imported.snapshot.accounts == ()


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
