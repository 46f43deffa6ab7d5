"""Kinds of grants: asked of a kind is what asking each of its grants gives, in the order of the snapshot."""

from collections.abc import Callable

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.random_organization import RandomOrganization
from trustview.analysis import Grant, Party, ReachKind, analyse
from trustview.analysis.access import Access
from trustview.analysis.kinds import IsMeant, Kind, Kinds, by_role, kind_of
from trustview.policy import read_principal

SHARED = [name for name, value in vars(Kind).items() if isinstance(value, property)]
ASKED: dict[str, IsMeant] = {
    "any": lambda _: True,
    "none": lambda _: False,
    "outsiders": lambda kind: kind.party.is_outside,
    "conditions": lambda kind: bool(kind.conditions),
    "conditional": lambda kind: kind.reach.kind is ReachKind.CONDITIONAL,
    "of services": lambda kind: kind.party is Party.SERVICE,
}


@pytest.fixture(scope="module", params=["acme", 0, 1, 2])
def grants(request: pytest.FixtureRequest) -> tuple[Grant, ...]:
    found = acme_snapshot() if request.param == "acme" else RandomOrganization(request.param).snapshot
    return tuple(analyse(found, checks=()).grants)


def test_the_grants_of_one_kind_have_everything_in_common_that_may_be_asked(grants: tuple[Grant, ...]) -> None:
    first: dict[object, Grant] = {}
    for grant in grants:
        other = first.setdefault(kind_of(grant), grant)

        assert [getattr(grant, name) for name in SHARED] == [getattr(other, name) for name in SHARED]
    assert SHARED
    assert not {"id", "role", "account", "fleet", "statement", "sid"} & set(SHARED)


@pytest.mark.parametrize("name", ASKED)
def test_what_is_meant_is_what_asking_each_grant_gives(grants: tuple[Grant, ...], name: str) -> None:
    is_meant = ASKED[name]
    meant = [grant for grant in grants if is_meant(grant)]

    assert Kinds(grants).grants(is_meant) == meant
    assert Kinds(grants).living(is_meant) == [grant for grant in meant if not grant.reach.is_shut_by_itself]


def test_the_grants_of_each_role_stand_together(grants: tuple[Grant, ...]) -> None:
    found = list(by_role(grants))

    assert [grant for group in found for grant in group] == list(grants)
    assert len({group[0].role for group in found}) == len(found)
    assert all(grant.role == group[0].role for group in found for grant in group)


def test_no_grant_of_a_role_is_lost_where_its_grants_stand_apart(grants: tuple[Grant, ...]) -> None:
    apart = (*grants[::2], *grants[1::2])
    found = Access(acme_snapshot(), grants=apart).grants_by_role

    assert {role: list(own) for role, own in found.items()} == {
        role: [grant for grant in apart if grant.role == role] for role in {grant.role for grant in apart}
    }


# ── sketches ─────────────────────────────────────────────────────────────────────────────────────────────────────

ASKED_OF_MORE: dict[str, Callable[[Kind], object]] = {
    "what the principal is called": lambda kind: kind.principal.value,
    "whether the principal is a certain one": lambda kind: kind.principal == read_principal("*", "*"),
    "whether the principal is one of some": lambda kind: kind.principal in {read_principal("*", "*")},
    "whether the principal counts as true": lambda kind: bool(kind.principal),
    "what the reach depends on": lambda kind: kind.reach.depends_on,
    "what it says of itself": lambda kind: kind.party_name,
}


@pytest.mark.parametrize("name", ASKED_OF_MORE)
def test_what_a_sketch_does_not_show_is_asked_of_each_kind(name: str, grants: tuple[Grant, ...]) -> None:
    asked: list[Kind] = []

    def is_meant(kind: Kind) -> bool:
        ASKED_OF_MORE[name](kind)
        asked.append(kind)
        return True

    assert Kinds(grants).grants(is_meant) == list(grants)
    assert len(asked) == len({kind_of(grant) for grant in grants})
    assert all(isinstance(kind, Grant) for kind in asked)


def test_what_a_sketch_shows_is_asked_once_of_all_that_look_alike(grants: tuple[Grant, ...]) -> None:
    asked: list[Kind] = []

    def is_meant(kind: Kind) -> bool:
        asked.append(kind)
        return kind.party.is_outside and kind.reach.lets_in

    found = Kinds(grants).grants(is_meant)

    assert found == [grant for grant in grants if grant.party.is_outside and grant.reach.lets_in]
    assert not any(isinstance(kind, Grant) for kind in asked)
    assert len(asked) <= len({kind_of(grant) for grant in grants})


@pytest.mark.parametrize("seed", ["acme", 3, 4])
def test_every_check_finds_what_it_finds_when_each_kind_is_asked(
    seed: str | int, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = acme_snapshot() if seed == "acme" else RandomOrganization(int(seed)).snapshot
    together = analyse(snapshot).findings
    monkeypatch.setattr(Kinds, "grants", lambda kinds, is_meant: list(filter(is_meant, kinds._grants)))
    monkeypatch.setattr(
        Kinds,
        "living",
        lambda kinds, is_meant: [g for g in kinds._grants if not g.reach.is_shut_by_itself and is_meant(g)],
    )

    assert analyse(snapshot).findings == together
