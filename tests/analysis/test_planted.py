"""The demo's organization has exactly the findings that were planted in it, with their severities."""

from collections import Counter
from dataclasses import replace

from tests.analysis.acme_snapshot import acme_snapshot
from trustview.analysis import CHECKS, analyse
from trustview.demo import read_file


def test_the_demo_has_exactly_the_findings_that_were_planted() -> None:
    planted = read_file("planted.json")["findings"]
    wanted = Counter((f["check"], f["account"], f["role"], f["severity"]) for f in planted)
    found = Counter(
        (f.check, f.account, f.role.rpartition("/")[2], f.severity.word) for f in analyse(acme_snapshot()).findings
    )

    assert found - wanted == Counter()
    assert wanted - found == Counter()


def test_all_remediations_together_close_what_they_promise_and_open_nothing() -> None:
    snapshot = acme_snapshot()
    before = analyse(snapshot)
    policies = {remediation.subject: remediation.policy for remediation in before.remediations}
    closed = {finding for remediation in before.remediations for finding in remediation.closes}
    accounts = tuple(
        replace(facts, roles=tuple(replace(r, trust_policy=policies.get(r.arn, r.trust_policy)) for r in facts.roles))
        for facts in snapshot.accounts
    )
    after = analyse(replace(snapshot, accounts=accounts))

    worst = {(f.check, f.role): f.severity for f in before.findings}
    promised = {(f.check, f.role) for f in before.findings if f.id in closed}
    left = {(f.check, f.role): f.severity for f in after.findings}
    assert len(promised) > 20
    assert {key for key in promised & left.keys() if left[key] >= worst[key]} == set()
    assert left.keys() - worst.keys() == set()
    assert all(left[key] <= worst[key] for key in left)


def test_every_check_finds_something_in_the_demo() -> None:
    assert {f["check"] for f in read_file("planted.json")["findings"]} == {check.id for check in CHECKS}
