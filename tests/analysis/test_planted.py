"""The demo's organization has exactly the findings that were planted in it, with their severities."""

from collections import Counter

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


def test_every_check_finds_something_in_the_demo() -> None:
    assert {f["check"] for f in read_file("planted.json")["findings"]} == {check.id for check in CHECKS}
