"""What the engine is asked once for many is what it says of each: everything is found again, asked of each apart."""

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.random_organization import RandomOrganization
from tests.analysis.small_organization import (
    CLOSED,
    MANAGEMENT,
    ORGANIZATION,
    PROD,
    SANDBOX,
    WORKLOADS,
    guardrail,
    may_assume,
    policy,
    role,
    snapshot,
    trust,
    user,
)
from trustview.analysis import Analysis, analyse
from trustview.analysis.door import Doors
from trustview.analysis.find_grants import _Finder
from trustview.analysis.power import Powers
from trustview.analysis.privilege import PrivilegeJudge
from trustview.analysis.role_views import RoleViews
from trustview.snapshot import Account, GuardrailKind, Role, Snapshot, User


class Apart(dict[Any, Any]):
    """A memory in which nothing is found again."""

    def setdefault(self, key: Any, default: Any = None) -> Any:  # noqa: ANN401
        return super().setdefault((key, len(self)), default)

    def __contains__(self, key: object) -> bool:
        return False

    def get(self, key: Any, default: Any = None) -> Any:  # noqa: ANN401
        return default


# Who remembers, and where.
MEMORIES = (
    (Powers, ("_likes_of_powers", "_sayings")),
    (Doors, ("_likes",)),
    (PrivilegeJudge, ("_judged",)),
    (_Finder, ("_reaches", "_worded")),
)


def analyse_apart(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> Analysis:
    for kind, names in MEMORIES:
        begin: Any = kind.__init__

        def make(self: Any, *given: Any, begin: Any = begin, names: tuple[str, ...] = names) -> None:  # noqa: ANN401
            begin(self, *given)
            for name in names:
                object.__setattr__(self, name, Apart())

        monkeypatch.setattr(kind, "__init__", make)
    # Each grant is a kind of its own.
    monkeypatch.setattr("trustview.analysis.kinds.kind_of", lambda grant: grant.id)
    # No role behind a door is seen like another.
    monkeypatch.setattr(RoleViews, "alike", lambda views, power, grants: [[grant] for grant in grants])
    # No view leaves an account out, and none of one name is of another.
    monkeypatch.setattr("trustview.analysis.lens._is_on_name", lambda condition: False)
    monkeypatch.setattr("trustview.analysis.lens._ACCOUNTS", frozenset({"no key"}))
    return analyse(snapshot)


@pytest.mark.parametrize("seed", range(8))
def test_everything_is_found_as_if_each_were_asked_apart(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = RandomOrganization(seed).snapshot
    together = analyse(found)

    assert analyse_apart(found, monkeypatch) == together


def test_the_demo_is_found_as_if_each_were_asked_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    found = acme_snapshot()
    together = analyse(found)

    assert analyse_apart(found, monkeypatch) == together


def side_by_side(found: Snapshot) -> Snapshot:
    """The same with all accounts in one OU, and another that is the management account."""
    assert found.organization is not None
    accounts = tuple(Account(place, place, WORKLOADS) for place in (MANAGEMENT, PROD, SANDBOX, CLOSED))
    return replace(found, organization=replace(found.organization, management_account=CLOSED, accounts=accounts))


OWN, BOTH = ["${aws:PrincipalAccount}"], ["${aws:PrincipalAccount}", MANAGEMENT]


@pytest.mark.parametrize("operator", ["StringNotEquals", "StringEquals", "StringLike", "StringNotEqualsIfExists"])
@pytest.mark.parametrize("accounts", [OWN, BOTH], ids=["the own one", "another too"])
def test_accounts_are_told_apart_where_more_is_asked_than_whether_it_is_the_own_one(
    operator: str, accounts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deny = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {operator: {"aws:ResourceAccount": accounts}},
    }
    scp = guardrail(GuardrailKind.SCP, "near", deny, WORKLOADS)
    members = policy(trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}))
    places = (PROD, SANDBOX, MANAGEMENT)
    targets = [role("target", members, place) for place in places]
    callers = [role("caller", members, place, inline=may_assume()) for place in (SANDBOX, PROD)]
    found = snapshot(*targets, *callers, guardrails=(scp,))
    found = side_by_side(found)
    together = analyse(found)

    assert analyse_apart(found, monkeypatch) == together


# Roles of three accounts say the same, each of its own account: `OWN` stands for that.
FRIEND = {"AWS": "arn:aws:iam::OWN:role/friend"}
PROVIDER = {"Federated": "arn:aws:iam::OWN:oidc-provider/token.actions.githubusercontent.com"}
BY_TOKEN = "sts:AssumeRoleWithWebIdentity"
SUBJECT = "token.actions.githubusercontent.com:sub"
DENY: dict[str, Any] = {"Effect": "Deny", "Action": "sts:*"}
SAYING: dict[str, tuple[dict[str, Any], ...]] = {
    "a role": (trust(FRIEND),),
    "a user": (trust({"AWS": "arn:aws:iam::OWN:user/friend"}),),
    "a role there and here": (trust({"AWS": [f"arn:aws:iam::{PROD}:role/friend", FRIEND["AWS"]]}),),
    "a role with a tag": (trust(FRIEND, {"StringEquals": {"aws:PrincipalTag/team": "red"}}),),
    "a role that is tagged as the role is": (
        trust(FRIEND, {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}),
    ),
    "a role, by a part of its account": (trust(FRIEND, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::2*:role/*"}}),),
    "a role, and its account in a condition": (trust(FRIEND, {"StringEquals": {"aws:PrincipalAccount": "OWN"}}),),
    "a role, save one of an id": (trust(FRIEND), DENY | {"Principal": {"AWS": "AROAFIRST"}}),
    "a role, and denies another": (trust(FRIEND), DENY | {"Principal": {"AWS": "arn:aws:iam::OWN:role/target"}}),
    "a role, and denies all others": (trust(FRIEND), DENY | {"NotPrincipal": FRIEND}),
    "a role, in a statement that names the account": (trust(FRIEND) | {"Sid": "OfOWN"},),
    "a role of an id": (trust({"AWS": "AROAFIRST"}),),
    "an account": (trust({"AWS": PROD}),),
    "a provider": (trust(PROVIDER, {"StringLike": {SUBJECT: "repo:acme/*"}}, BY_TOKEN),),
    "a provider, untested": (trust(PROVIDER, None, BY_TOKEN),),
    "a provider, for roles of a tag": (trust(PROVIDER, {"StringEquals": {"aws:ResourceTag/team": "red"}}, BY_TOKEN),),
    "a provider, for a part of the account": (
        trust(PROVIDER, {"StringLike": {"aws:ResourceAccount": "2*"}}, BY_TOKEN),
    ),
    "a provider, by the wrong action": (trust(PROVIDER),),
    "a provider, and denies another": (
        trust(PROVIDER, None, BY_TOKEN),
        DENY | {"Principal": {"Federated": "arn:aws:iam::OWN:oidc-provider/app.terraform.io"}},
    ),
}


def friend(account: str, kind: str) -> tuple[Role | User, ...]:
    if kind == "nobody":
        return ()
    more: dict[str, dict[str, Any]] = {
        "tagged": {"tags": (("team", "red"),)},
        "bound": {"boundary": f"arn:aws:iam::{account}:policy/nowhere", "inline": may_assume()},
        "unread": {"attached": (f"arn:aws:iam::{account}:policy/unread",)},
        "far": {"inline": may_assume(f"arn:aws:iam::{PROD}:role/*")},
    }
    bare = policy(trust({"Service": "ec2.amazonaws.com"}))
    known = replace(role("friend", bare, account, **more.get(kind, {})), id=f"AROA{kind.upper()}")
    return known, user("friend", account, **more.get(kind, {}))


@pytest.mark.parametrize(
    "kinds", [("plain", "tagged", "first"), ("nobody", "plain", "nobody"), ("far", "bound", "unread")]
)
@pytest.mark.parametrize("statements", SAYING.values(), ids=SAYING)
def test_roles_that_trust_something_of_their_own_account_are_told_apart_by_what_that_is(
    statements: tuple[dict[str, Any], ...], kinds: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    scp = guardrail(GuardrailKind.SCP, "near", DENY | {"Resource": "arn:aws:iam::*:role/target"}, WORKLOADS)
    said, places = json.dumps({"Version": "2012-10-17", "Statement": statements}), (MANAGEMENT, PROD, SANDBOX)
    targets = [
        role(name, said.replace("OWN", place), place, tags=(("team", team),))
        for place in places
        for name, team in (("target", "red"), ("other", "blue"))
    ]
    for order in permutations(kinds):
        friends = [one for place, kind in zip(places, order, strict=True) for one in friend(place, kind)]
        found = side_by_side(snapshot(*targets, *friends, guardrails=(scp,) if "far" in kinds else ()))
        together = analyse(found)
        with monkeypatch.context() as patch:
            assert analyse_apart(found, patch) == together


def test_of_alike_roles_that_trust_a_provider_of_their_own_one_is_asked() -> None:
    said = policy(trust(PROVIDER, {"StringLike": {SUBJECT: "repo:acme/*"}}, BY_TOKEN))
    found = snapshot(*(role("target", said.replace("OWN", place), place) for place in (PROD, SANDBOX)))
    first, second = analyse(side_by_side(found)).grants

    assert first.reach is second.reach
    assert first.principal != second.principal


@pytest.mark.parametrize("places", [(PROD, SANDBOX), (SANDBOX, PROD)])
def test_an_account_that_is_spelt_in_escapes_is_the_own_one_of_its_roles_alone(
    places: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = policy(trust({"Service": "ec2.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": PROD}}))
    escaped = said.replace(PROD, "".join(f"\\u{ord(digit):04x}" for digit in PROD))
    assert PROD not in escaped
    found = side_by_side(snapshot(*(role("target", escaped, place) for place in places)))
    together = analyse(found)

    assert analyse_apart(found, monkeypatch) == together


def external(operator: str, *values: str) -> dict[str, Any]:
    """A condition on the external id."""
    return {operator: {"sts:ExternalId": list(values)}}


# Conditions of an Allow and of a Deny beside it; for each X and Y stand values of every sort, equal ones too.
EXTERNAL_IDS: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "one": (external("StringEquals", "X"), None),
    "two of which one": (external("StringEquals", "X", "Y"), None),
    "two of which both": (external("StringEquals", "X") | external("StringLike", "Y"), None),
    "not": (external("StringNotEquals", "X"), None),
    "a Deny takes it back": (external("StringEquals", "X"), external("StringEquals", "Y")),
    "a Deny on all others": (external("StringEquals", "X"), external("StringNotEquals", "Y")),
    "whatever its case": (external("StringEquals", "X"), external("StringEqualsIgnoreCase", "Y")),
    "as a pattern": (external("StringEquals", "X"), external("StringLike", "Y")),
    "as a number": (external("NumericEquals", "X"), None),
    "beside an absent one": (external("StringEquals", "X") | {"Null": {"sts:ExternalId": "true"}}, None),
}
VALUES = (("a-1", "a-1"), ("a-1", "b-2"), ("a-1", "A-1"), ("a-1", "a*"), ("*", "?-1"), ("", "12"), (PROD, SANDBOX))


@pytest.mark.parametrize("principal", ["*", {"AWS": PROD}, {"AWS": "444433332222"}], ids=str)
@pytest.mark.parametrize(("allow", "deny"), EXTERNAL_IDS.values(), ids=EXTERNAL_IDS)
def test_what_external_ids_are_makes_no_difference_unless_they_are_held_against_each_other(
    principal: str | dict[str, str], allow: dict[str, Any], deny: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(one: str, other: str) -> str:
        statements = [trust(principal, allow)]
        if deny:
            statements.append(trust(principal, deny) | {"Effect": "Deny", "Sid": "a1"})
        text = policy(*statements)
        return text.replace('"X"', json.dumps(one)).replace('"Y"', json.dumps(other))

    roles = [
        role(f"target-{number}", said(*pair), place, inline=may_assume("*"))
        for number, pair in enumerate(VALUES)
        for place in (PROD, SANDBOX)
    ]
    found = side_by_side(snapshot(*roles))
    together = analyse(found)
    assert analyse_apart(found, monkeypatch) == together
