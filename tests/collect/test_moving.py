"""An account that moves while the tree is walked is met nowhere, or twice: it is in the snapshot all the same, once."""

from dataclasses import replace

import pytest

from trustview.snapshot import GapKind

from .cloud.answers import Answer
from .cloud.expected import Outcome
from .cloud.organization import Invented, invent
from .cloud.server import Cloud
from .cloud.trouble import DENIED, Rule, Troubles
from .cloud.wire import Call, Refused
from .conftest import Shelf
from .test_cloud import gather, unexplained

SERVED = invent(5, 12)
MOVED = next(one for one in SERVED.organization.accounts if one.id != SERVED.management and one.id in SERVED.enabled)
BELOW = {"ListAccountsForParent": "Accounts", "ListOrganizationalUnitsForParent": "OrganizationalUnits"}


def hide(call: Call, answer: Answer, *hidden: str) -> Answer:
    """What is listed below a parent, without some of it."""
    name = BELOW.get(call.operation)
    return {name: [one for one in answer[name] if one["Id"] not in hidden]} if name else answer


def collect_moving(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    """What is collected is what was served."""
    snapshot = gather(cloud, monkeypatch, Shelf())

    assert replace(snapshot, gaps=(), readings=()) == Outcome(cloud.served, ()).snapshot()
    assert unexplained(snapshot, Outcome(cloud.served, ()).gaps()) == ([], [])


def test_an_account_that_is_met_nowhere_is_found_where_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    collect_moving(monkeypatch, Cloud(SERVED, page=3, edit=lambda call, answer: hide(call, answer, MOVED.id)))


def test_an_account_that_is_met_twice_is_read_once_where_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    def edit(call: Call, answer: Answer) -> Answer:
        if call.operation != "ListAccountsForParent":
            return answer
        others = [one for one in answer["Accounts"] if one["Id"] != MOVED.id]
        return {"Accounts": [*others, {"Id": MOVED.id, "Name": MOVED.name, "State": "ACTIVE"}]}

    collect_moving(monkeypatch, Cloud(SERVED, edit=edit))


def with_new_unit() -> tuple[Invented, str]:
    """The organization with an account in an OU that nothing else is in."""
    whole = SERVED.organization
    unit = replace(whole.units[-1], id=f"{whole.units[-1].id}new", name="new", parent=whole.units[-1].id, tags=())
    accounts = tuple(replace(one, parent=unit.id) if one == MOVED else one for one in whole.accounts)
    organization = replace(whole, units=(*whole.units, unit), accounts=accounts)
    return replace(SERVED, perfect=replace(SERVED.perfect, organization=organization)), unit.id


def test_an_account_in_an_ou_that_was_made_meanwhile_is_found_by_walking_again(monkeypatch: pytest.MonkeyPatch) -> None:
    served, unit = with_new_unit()
    cloud = Cloud(served)

    def edit(call: Call, answer: Answer) -> Answer:
        has_listed_all = any(one.operation == "ListAccounts" for one in cloud.answered)
        return answer if has_listed_all else hide(call, answer, unit, MOVED.id)

    cloud.edit = edit
    collect_moving(monkeypatch, cloud)


def test_an_ou_that_is_never_met_is_a_gap_and_its_account_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    served, unit = with_new_unit()
    cloud = Cloud(served, edit=lambda call, answer: hide(call, answer, unit, MOVED.id))
    snapshot = gather(cloud, monkeypatch, Shelf())
    (gap,) = [gap for gap in snapshot.gaps if gap.service == "organizations"]

    assert (gap.kind, gap.account) == (GapKind.FAILED, "")
    assert gap.reason == f"account {MOVED.id} is in `{unit}`, which was not met in the tree"
    assert MOVED.id in snapshot.facts_by_account
    assert snapshot.accounts == Outcome(served, ()).snapshot().accounts


def test_an_account_that_leaves_before_it_is_looked_for_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule(
        Refused("ChildNotFoundException", "We can't find an organizational unit or account"), operation="ListParents"
    )
    cloud = Cloud(SERVED, trouble=Troubles((rule,)), edit=lambda call, answer: hide(call, answer, MOVED.id))
    snapshot = gather(cloud, monkeypatch, Shelf())

    assert MOVED.id not in snapshot.facts_by_account
    assert unexplained(snapshot, Outcome(SERVED, ()).gaps()) == ([], [])


def test_where_accounts_may_not_be_listed_that_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(SERVED, trouble=Troubles((Rule(DENIED["organizations"], operation="ListAccounts"),)))
    snapshot = gather(cloud, monkeypatch, Shelf())
    (gap,) = [gap for gap in snapshot.gaps if gap.service == "organizations"]

    assert gap.kind is GapKind.DENIED
    assert gap.reason.startswith("accounts that moved while the organization was walked: `organizations:ListAccounts`")
    assert snapshot.organization == SERVED.organization
