"""The policies that are printed and passed on, decided by our own engine: what is asked is allowed, nothing else is."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.analysis import Severity, analyse
from trustview.collect import (
    Roll,
    Scope,
    caller_policy,
    evidence_policy,
    read_source,
    reader_policy,
    reader_trust,
    session_policy,
)
from trustview.collect.evidence_source import NO_EVIDENCE
from trustview.collect.operations import EVIDENCE_OPERATIONS, OPERATIONS, Asked, Operation, find_operation
from trustview.collect.permissions import SESSION_POLICY_LIMIT, hub_session_policy
from trustview.policy import Outcome, PolicyStack, Request, closed_context, evaluate, parse_policy, read_caller
from trustview.snapshot import Account, AccountFacts, Organization, OrganizationalUnit, Role, Snapshot

OWN, MEMBER, OUTSIDER = "999900001111", "111122223333", "444455556666"
ORGANIZATION = "o-acme1example"
CALLER = f"arn:aws:iam::{OWN}:role/TrustviewCaller"
READER = f"arn:aws:iam::{MEMBER}:role/trustview/TrustviewReader"
ROLL = Roll(OWN, "trustview/TrustviewReader", (CALLER,), ORGANIZATION)
# A resource that lets everyone in, so that the policy at hand decides alone.
OPEN = parse_policy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}}')
HOP_CONTEXT = {"aws:ResourceOrgID": ORGANIZATION, "aws:PrincipalOrgID": ORGANIZATION}


def allows(policy: Any, action: str, resource: str = "*", **context: str) -> bool:  # noqa: ANN401
    document = parse_policy(policy if isinstance(policy, str) else json.dumps(policy))
    request = Request(read_caller(CALLER), action, resource, MEMBER, closed_context({**HOP_CONTEXT, **context}))
    return evaluate(request, PolicyStack(OPEN, identity=(document,))).outcome is Outcome.ALLOWED


def asked(*kinds: Asked) -> Iterable[Operation]:
    return (operation for operation in OPERATIONS if operation.asked in kinds and operation.action)


def every_action() -> list[str]:
    """The actions of every operation of every service that is on the list, by the prefix that the list gives it."""
    import botocore.session

    session = botocore.session.Session()
    prefixes = {one.service: one.action.partition(":")[0] for one in OPERATIONS if one.action}
    return [
        f"{prefix}:{name}"
        for service, prefix in prefixes.items()
        for name in session.get_service_model(service).operation_names
    ]


@pytest.mark.parametrize(
    ("policy", "kinds"),
    [
        (json.dumps(reader_policy()), (Asked.ACCOUNT,)),
        (session_policy(), (Asked.ACCOUNT,)),
        (json.dumps(caller_policy(ROLL)), (Asked.ORGANIZATION, Asked.ACCOUNT)),
        (hub_session_policy("aws", ROLL.role_name), (Asked.ORGANIZATION, Asked.ACCOUNT)),
    ],
    ids=["reader", "session", "caller", "hub"],
)
def test_exactly_the_operations_on_the_list_are_allowed(policy: str, kinds: tuple[Asked, ...]) -> None:
    wanted = {operation.action for operation in asked(*kinds)}
    others = {"s3:GetObject", "secretsmanager:GetSecretValue", "iam:PassRole", "sts:AssumeRole", *every_action()}

    assert [action for action in sorted(wanted) if not allows(policy, action)] == []
    assert [action for action in sorted(others - wanted) if allows(policy, action)] == []


def test_the_caller_enters_the_reader_role_of_its_organization_and_no_other_role() -> None:
    for policy in (caller_policy(ROLL), json.loads(hub_session_policy("aws", ROLL.role_name))):
        assert allows(policy, "sts:AssumeRole", READER)
        assert not allows(policy, "sts:AssumeRole", f"arn:aws:iam::{MEMBER}:role/Administrator")
        assert not allows(policy, "sts:AssumeRole", f"arn:aws:iam::{MEMBER}:role/other/TrustviewReader")
        assert not allows(policy, "sts:TagSession", READER)
    assert not allows(caller_policy(ROLL), "sts:AssumeRole", READER, **{"aws:ResourceOrgID": "o-another123"})


@pytest.mark.parametrize(
    ("caller", "context", "expected"),
    [
        (CALLER, {}, Outcome.ALLOWED),
        (CALLER, {"aws:PrincipalOrgID": "o-another123"}, Outcome.IMPLICIT_DENY),
        (f"arn:aws:iam::{OWN}:role/SomebodyElse", {}, Outcome.IMPLICIT_DENY),
        (f"arn:aws:iam::{OUTSIDER}:role/TrustviewCaller", {}, Outcome.IMPLICIT_DENY),
    ],
)
def test_the_trust_policy_lets_the_caller_in_alone(caller: str, context: dict[str, str], expected: Outcome) -> None:
    told = {"aws:PrincipalOrgID": ORGANIZATION, "aws:PrincipalArn": caller, **context}
    request = Request(read_caller(caller), "sts:AssumeRole", READER, MEMBER, closed_context(told))
    identity = (parse_policy(json.dumps(caller_policy(Roll(OWN, ROLL.role_name)))),)
    stack = PolicyStack(parse_policy(json.dumps(reader_trust(ROLL))), identity)
    hop = closed_context({**told, "aws:ResourceOrgID": told["aws:PrincipalOrgID"]})

    assert evaluate(Request(request.caller, request.action, READER, MEMBER, hop), stack).outcome is expected


def test_an_external_id_is_asked_for_when_there_is_one() -> None:
    trust = parse_policy(json.dumps(reader_trust(Roll(OWN, ROLL.role_name, external_id="q4-secret"))))
    for told, expected in (({"sts:ExternalId": "q4-secret"}, Outcome.ALLOWED), ({}, Outcome.IMPLICIT_DENY)):
        request = Request(read_caller(CALLER), "sts:AssumeRole", READER, MEMBER, closed_context(told))

        assert evaluate(request, PolicyStack(trust)).outcome is expected


def test_our_own_checks_find_nothing_on_the_role_that_we_propose() -> None:
    role = Role(
        READER, MEMBER, "TrustviewReader", "/trustview/", "AROAREADER", json.dumps(reader_trust(ROLL)),
        max_session_seconds=3600,
    )  # fmt: skip
    caller = Role(CALLER, OWN, "TrustviewCaller", "/", "AROACALLER", "{}")
    organization = Organization(
        ORGANIZATION, OWN, (OrganizationalUnit("r-acme", "Root", ""),),
        (Account(OWN, "management", "r-acme"), Account(MEMBER, "member", "r-acme")),
    )  # fmt: skip
    facts = (AccountFacts(OWN, roles=(caller,)), AccountFacts(MEMBER, roles=(role,)))
    found = analyse(Snapshot("2026-11-24T09:00:00Z", "aws", organization, facts))

    on_roles = [finding for finding in found.findings if finding.role]
    assert [finding.check for finding in on_roles if finding.severity > Severity.INFO] == []
    assert [grant.principal.value for grant in found.grants if grant.role == READER] == [f"arn:aws:iam::{OWN}:root"]


def test_a_session_policy_leaves_room_in_what_aws_takes() -> None:
    """The packed size has a limit of its own that nobody documents: so we stay far below the one for characters."""
    assert len(session_policy()) < 0.7 * SESSION_POLICY_LIMIT
    assert len(hub_session_policy("aws-us-gov", ROLL.role_name)) <= SESSION_POLICY_LIMIT
    assert "*" not in session_policy().replace('"Resource":"*"', "")


@given(st.sampled_from(["aws", "aws-us-gov", "aws-cn"]), st.sampled_from(["Reader", "a/b/Reader", "/audit/Reader"]))
def test_arns_are_of_the_partition(partition: str, role: str) -> None:
    roll = Roll(OWN, role, partition=partition)
    texts = json.dumps([caller_policy(roll), reader_trust(roll)]), hub_session_policy(partition, role)

    assert all(text.count("arn:") == text.count(f"arn:{partition}:iam::") > 0 for text in texts)
    assert (roll.path + roll.name).lstrip("/") == role.lstrip("/")


EVIDENCE_FILES = ("trail_bucket", "athena", "lake")


def test_every_operation_of_a_whole_collection_is_allowed_by_the_session_policy() -> None:
    """What a service asks in an account, its code says; each must be one that the policy of the session allows."""
    import re
    from pathlib import Path

    from trustview.collect import services

    folder = Path(str(services.__file__)).parent
    names = {operation.name: operation for operation in OPERATIONS}
    said = {
        word
        for path in folder.glob("*.py")
        if path.stem not in EVIDENCE_FILES
        for word in re.findall(r'"((?:Get|List|Describe|Lookup)[A-Z]\w+)"', path.read_text(encoding="utf-8"))
    }

    assert said - names.keys() == set()
    assert {one.name for one in OPERATIONS if one.asked is not Asked.HOP} - said == set()
    assert find_operation("iam", "CreateRole") is None


SOURCES = (
    "s3://org-trail", "s3://org-trail/logs/org", "athena:audit/security.trail", "athena:security.trail",
    "lake:0123abcd-0123-0123-0123-0123456789ab",
)  # fmt: skip


@pytest.mark.parametrize("text", SOURCES)
def test_a_source_of_evidence_is_allowed_where_it_lies_and_nowhere_else(text: str) -> None:
    source, roll = read_source(text), replace(ROLL, partition="aws-us-gov")
    chosen = {operation.action for operation in EVIDENCE_OPERATIONS[source.kind]}
    with_it, without = caller_policy(roll, source), caller_policy(roll)
    told = json.dumps(evidence_policy(source, "aws-us-gov"))

    assert with_it["Statement"][: len(without["Statement"])] == without["Statement"]  # type: ignore[index,arg-type]
    assert json.loads(told)["Statement"] == with_it["Statement"][len(without["Statement"]) :]  # type: ignore[index,arg-type]
    assert all(f'"{action}"' in told for action in chosen)
    assert not any(f'"{action}"' in json.dumps([without, reader_policy()]) + session_policy() for action in chosen)
    assert "arn:aws-us-gov:" in told
    assert "arn:aws:" not in told
    assert len(session_policy(source, "aws-us-gov")) <= SESSION_POLICY_LIMIT
    assert len(hub_session_policy("aws-us-gov", ROLL.role_name, source)) <= SESSION_POLICY_LIMIT


def test_only_the_account_of_the_source_is_entered_with_it() -> None:
    scope = Scope(evidence=read_source(SOURCES[0]), evidence_days=90, evidence_account=MEMBER)

    assert scope.source_in(MEMBER, OWN) == scope.evidence
    assert scope.source_in(OWN, OWN) == NO_EVIDENCE
    assert replace(scope, evidence_account="").source_in(OWN, OWN) == scope.evidence
    assert replace(scope, evidence_days=0).source_in(MEMBER, OWN) == NO_EVIDENCE


def test_files_of_a_trail_are_read_below_the_prefix_alone() -> None:
    statements = evidence_policy(read_source(SOURCES[1]), "aws")["Statement"]
    resources = [statement["Resource"] for statement in statements]  # type: ignore[attr-defined]

    assert resources == ["arn:aws:s3:::org-trail", "arn:aws:s3:::org-trail/logs/org/*", "*"]
