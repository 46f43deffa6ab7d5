"""The part of the stored graph that a question is about gives the same chains as all of it."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.analysis.random_organization import ACCOUNTS, OUTSIDER, RandomOrganization
from trustview.analysis import Severity, TrustGraph, analyse, chains_from, chains_into
from trustview.store import SnapshotFile, open_snapshot, save_snapshot


@pytest.fixture(scope="module", params=range(3))
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnapshotFile]:
    snapshot = RandomOrganization(request.param).snapshot
    with open_snapshot(save_snapshot(tmp_path_factory.mktemp("graph"), snapshot, analyse(snapshot))) as file:
        yield file


@pytest.fixture(scope="module")
def whole(stored: SnapshotFile) -> TrustGraph:
    return stored.graph.whole()


def test_who_comes_to_a_role_is_the_same(stored: SnapshotFile, whole: TrustGraph) -> None:
    lengths = set()
    for role in stored.roles():
        chains = list(chains_into(whole, role.arn))
        assert list(chains_into(stored.graph.into(role.arn), role.arn)) == chains
        lengths |= {len(chain.steps) for chain in chains}
    assert {1, 2} <= lengths


def test_where_somebody_comes_to_is_the_same(stored: SnapshotFile, whole: TrustGraph) -> None:
    starts = [[role.arn] for role in stored.roles()] + [["everyone"], [f"account:{OUTSIDER}", "everyone"], ["nobody"]]
    for nodes in starts:
        for are_members in (False, True):
            there = list(chains_from(whole, nodes, are_members=are_members))
            assert list(chains_from(stored.graph.out_of(nodes), nodes, are_members=are_members)) == there


def test_only_what_leads_there_is_read(stored: SnapshotFile, whole: TrustGraph) -> None:
    sizes = [len(stored.graph.into(role.arn).edges) for role in stored.roles()]
    assert min(sizes) < len(whole.edges)
    assert stored.graph.into("arn:aws:iam::999999999999:role/nobody").edges == ()


def test_nodes_are_known_by_name_and_by_part(stored: SnapshotFile, whole: TrustGraph) -> None:
    assert all(map(stored.graph.knows, whole.nodes))
    assert not stored.graph.knows("arn:aws:iam::999999999999:role/nobody")
    for part in (*ACCOUNTS, OUTSIDER, "-provider/", "nowhere"):
        assert set(stored.graph.nodes_with(part)) == {node for node in whole.nodes if part in node}


def test_findings_are_filtered_as_by_hand(stored: SnapshotFile) -> None:
    every = list(stored.findings())
    checks = sorted({finding.check for finding in every})
    for some, accounts in (
        (checks[:1], None), (checks[1:], ACCOUNTS[:1]), (None, ACCOUNTS[1:3]), ([], None), (["none"], None), (None, []),
    ):  # fmt: skip
        assert list(stored.findings(checks=some, accounts=accounts)) == [
            finding
            for finding in every
            if (some is None or finding.check in some) and (accounts is None or finding.account in accounts)
        ]


def test_what_is_known_of_a_list_of_findings_is_what_reading_all_of_it_tells(stored: SnapshotFile) -> None:
    for found in (
        stored.findings(), stored.findings(Severity.HIGH), stored.findings(accounts=ACCOUNTS[:1]),
        stored.findings(checks=["nothing"]),
    ):  # fmt: skip
        every = list(found)
        firsts = {finding.check: finding for finding in reversed(every)}
        assert list(found) == every
        assert found.by_severity() == Counter(finding.severity for finding in every)
        assert list(found.by_severity()) == sorted(found.by_severity(), reverse=True)
        assert list(found.firsts_of_checks()) == [finding for finding in every if firsts[finding.check] == finding]


def test_several_walk_the_same_list_while_others_are_read(stored: SnapshotFile) -> None:
    found = stored.findings()
    every = list(found)
    together = []
    for one, two in zip(found, found, strict=True):
        together += [one, two]
        assert stored.grants_of(one.role) == tuple(grant for grant in stored.grants() if grant.role == one.role)
    assert together == [finding for finding in every for _ in range(2)]


def test_roles_and_grants_of_some_accounts_are_those_of_all_that_are_theirs(stored: SnapshotFile) -> None:
    for accounts in (ACCOUNTS[:1], ACCOUNTS[1:3], [], ["nowhere"]):
        assert list(stored.roles(accounts)) == [role for role in stored.roles() if role.account in accounts]
        assert list(stored.grants(accounts)) == [grant for grant in stored.grants() if grant.account in accounts]
    assert list(stored.roles(ACCOUNTS)) == list(stored.roles())


def test_a_finding_is_found_by_its_id(stored: SnapshotFile) -> None:
    assert all(stored.finding(finding.id) == finding for finding in stored.findings())
    assert stored.finding("0123456789abcdef") is None
