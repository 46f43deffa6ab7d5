"""What the engine is asked once for many is what it says of each: everything is found again, asked of each apart."""

from dataclasses import replace
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
)
from trustview.analysis import Analysis, analyse
from trustview.analysis.door import Doors
from trustview.analysis.power import Powers
from trustview.analysis.privilege import PrivilegeJudge
from trustview.snapshot import Account, GuardrailKind, Snapshot


class Apart(dict[Any, Any]):
    """A memory in which nothing is found again."""

    def setdefault(self, key: Any, default: Any = None) -> Any:  # noqa: ANN401
        return super().setdefault((key, len(self)), default)

    def __contains__(self, key: object) -> bool:
        return False


def analyse_apart(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> Analysis:
    for kind, name in ((Powers, "_likes_of_powers"), (Doors, "_likes"), (PrivilegeJudge, "_judged")):
        begin: Any = kind.__init__

        def make(self: Any, *given: Any, begin: Any = begin, name: str = name) -> None:  # noqa: ANN401
            begin(self, *given)
            object.__setattr__(self, name, Apart())

        monkeypatch.setattr(kind, "__init__", make)
    # Each grant is a kind of its own.
    monkeypatch.setattr("trustview.analysis.kinds.kind_of", lambda grant: grant.id)
    # No view leaves an account out.
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
    assert found.organization is not None
    side_by_side = tuple(Account(place, place, WORKLOADS) for place in (*places, CLOSED))
    organization = replace(found.organization, management_account=CLOSED, accounts=side_by_side)
    found = replace(found, organization=organization)
    together = analyse(found)

    assert analyse_apart(found, monkeypatch) == together
