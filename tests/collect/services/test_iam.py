"""Answers of IAM -> facts of an account."""

from typing import Any
from urllib.parse import quote

import pytest

from trustview.collect.parts import Lack, Part
from trustview.collect.services.iam import complete_role, document_text, read, read_policy, read_role, trust_policies
from trustview.snapshot import AccountFacts, GapKind, ManagedPolicy

ACCOUNT = "111122223333"
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
RAW = {
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/app/Web",
    "RoleName": "Web",
    "Path": "/app/",
    "RoleId": "AROAWEB",
    "CreateDate": "2026-01-02T03:04:05Z",
    "AssumeRolePolicyDocument": quote(TRUST),
}
EMPTY: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}


def facts(lacks: tuple[Lack, ...] = (), **answer: Any) -> AccountFacts | None:  # noqa: ANN401
    whole = {"details": EMPTY, "roles": [], "saml": [], "oidc": [], "aliases": ["web"]}
    return read(Part("iam", ACCOUNT, "", "2026-11-24T09:00:00Z", {**whole, **answer}, lacks))


def test_a_role_that_was_never_used_has_no_date() -> None:
    role = read_role({**RAW, "RoleLastUsed": {}}, ACCOUNT)

    assert (role.last_used, role.last_used_region, role.max_session_seconds) == ("", "", None)
    assert role.trust_policy == TRUST


def test_the_second_list_adds_session_length_and_description_only() -> None:
    detailed = {**RAW, "Tags": [{"Key": "team", "Value": "web"}]}
    listed = {**RAW, "Path": "/elsewhere/", "MaxSessionDuration": 43200, "Description": "runs the shop"}
    whole = read_role(complete_role(detailed, listed), ACCOUNT)

    assert (whole.max_session_seconds, whole.description, whole.tags) == (43200, "runs the shop", (("team", "web"),))
    assert (whole.path, complete_role(detailed, None)) == ("/app/", detailed)


def test_a_role_that_only_one_of_the_lists_has_is_kept() -> None:
    """A role made or deleted between the two calls."""
    found = facts(details={**EMPTY, "RoleDetailList": [RAW]}, roles=[])

    assert found is not None
    assert [role.name for role in found.roles] == ["Web"]


def test_the_version_in_force_is_read_not_the_newest() -> None:
    versions = [
        {"VersionId": "v2", "IsDefaultVersion": False, "Document": quote("{}")},
        {"VersionId": "v1", "IsDefaultVersion": True, "Document": quote(TRUST)},
    ]
    raw = {
        "Arn": "arn:aws:iam::aws:policy/X",
        "PolicyName": "X",
        "DefaultVersionId": "v1",
        "PolicyVersionList": versions,
    }

    assert read_policy(raw) == ManagedPolicy("arn:aws:iam::aws:policy/X", "X", TRUST, "v1")


def test_a_policy_without_its_version_in_force_has_no_document() -> None:
    raw = {"Arn": "arn:aws:iam::aws:policy/X", "PolicyName": "X", "DefaultVersionId": "v7"}

    assert read_policy(raw) == ManagedPolicy("arn:aws:iam::aws:policy/X", "X", "", "v7")


@pytest.mark.parametrize("missing", ["details", "saml", "oidc"])
def test_an_account_without_some_of_its_principals_is_partial(missing: str) -> None:
    found = facts((Lack(GapKind.DENIED, "no"),), **{missing: None})

    assert found is not None
    assert found.is_partial


@pytest.mark.parametrize("missing", ["roles", "aliases"])
def test_an_account_without_session_lengths_or_alias_is_whole(missing: str) -> None:
    found = facts((Lack(GapKind.DENIED, "no"),), **{missing: None})

    assert found is not None
    assert not found.is_partial


def test_an_account_of_which_nothing_was_read_has_no_facts() -> None:
    assert facts(details=None, roles=None) is None


def trusts(**answer: Any) -> frozenset[str] | None:  # noqa: ANN401
    return trust_policies(Part("iam", ACCOUNT, "", "", {"details": EMPTY, "roles": [], **answer}))


def test_trust_policies_are_those_of_either_list_each_once() -> None:
    other = {**RAW, "AssumeRolePolicyDocument": quote("{}")}

    assert trusts(details={**EMPTY, "RoleDetailList": [RAW, RAW]}, roles=[RAW, other]) == frozenset({TRUST, "{}"})
    assert (
        trusts(details=None, roles=[RAW])
        == trusts(details={**EMPTY, "RoleDetailList": [RAW]}, roles=None)
        == frozenset({TRUST})
    )


def test_trust_policies_are_not_known_where_no_role_was_read() -> None:
    assert trusts(details=None, roles=None) is None
    assert trusts() == frozenset()


@pytest.mark.parametrize("text", ["", TRUST, '{"a": "100 % + 1"}', '{"a": "\u202e[red]=cmd()"}'])
def test_documents_come_back_exactly(text: str) -> None:
    assert document_text(quote(text, safe="")) == text
