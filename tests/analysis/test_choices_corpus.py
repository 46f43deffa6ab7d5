"""Every choice for a real trust policy of the corpus ends what it closes, and is proved or says why not."""

from collections import Counter
from functools import cache

from tests.analysis.test_corpus import FOLDER, needs_corpus, read_index, snapshot_of
from trustview.analysis import Remediation, analyse, facts_about, prove_change, what_if
from trustview.analysis.remediation import change_role
from trustview.policy.narrowing import Verdict
from trustview.snapshot import Snapshot

pytestmark = needs_corpus


@cache
def choices() -> tuple[tuple[Snapshot, Remediation], ...]:
    found = []
    for row in read_index() if FOLDER.exists() else ():
        snapshot = snapshot_of(row["file"])
        found += [(snapshot, choice) for choice in analyse(snapshot).remediations]
    return tuple(found)


def test_every_choice_for_a_policy_of_the_corpus_ends_what_it_closes_and_brings_nothing_as_bad() -> None:
    closed: Counter[str] = Counter()
    for snapshot, choice in choices():
        today = analyse(snapshot)
        findings = {finding.id: finding for finding in today.findings}
        after = what_if(snapshot, today, [change_role(snapshot.roles_by_arn[choice.subject], choice.changes)])
        left = {finding.id: finding.severity for finding in after.analysis.findings}
        wanted = [findings[one] for one in choice.closes]
        assert all(left.get(one.id, -1) < one.severity for one in wanted), choice
        assert all(new.severity < max(one.severity for one in wanted) for new in after.new), (choice, after.new)
        closed.update(one.check for one in wanted)

    assert len(choices()) >= 150
    assert len(closed) >= 11, closed


def test_every_choice_for_a_policy_of_the_corpus_is_proved_or_says_why_not() -> None:
    verdicts: Counter[str] = Counter()
    for snapshot, choice in choices():
        role = snapshot.roles_by_arn[choice.subject]
        effect = prove_change(role.trust_policy, choice.changes, facts_about(None, role.account))
        verdicts["proved" if effect.verdict is Verdict.PROVED or effect.but_for else effect.verdict] += 1
        assert effect.verdict is Verdict.PROVED or effect.but_for or effect.gained or effect.reason, choice

    assert verdicts["proved"] >= 0.97 * verdicts.total(), verdicts
