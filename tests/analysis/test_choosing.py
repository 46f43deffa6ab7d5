"""Choices are ranked: what breaks nobody before what closes most, and each says why it stands where it stands."""

from dataclasses import replace

from tests.analysis.small_organization import DATADOG, PROD, SANDBOX, organization, policy, role, snapshot, trust
from trustview.analysis import Choice, RoleFacts, analyse, choose_narrowing, coverage_of, rank_choices
from trustview.snapshot import EvidenceWindow, Snapshot, Use

VENDOR = f"arn:aws:iam::{DATADOG}:root"
WINDOW = EvidenceWindow(PROD, "us-east-1", "cloudtrail", "2026-08-26T09:00:00Z", "2026-11-24T09:00:00Z")
TARGET = f"arn:aws:iam::{PROD}:role/target"


def ranked(trust_policy: str, *uses: Use, windows: tuple[EvidenceWindow, ...] = (WINDOW,)) -> tuple[Choice, ...]:
    return rank_choices(known(trust_policy, *uses, windows=windows))


def known(trust_policy: str, *uses: Use, windows: tuple[EvidenceWindow, ...] = (WINDOW,)) -> RoleFacts:
    facts: Snapshot = replace(
        snapshot(role("target", trust_policy)), taken_at="2026-11-24T09:00:00Z", uses=uses, windows=windows
    )
    analysis = analyse(facts)
    return RoleFacts(
        facts.roles_by_arn[TARGET],
        tuple(finding for finding in analysis.findings if finding.role == TARGET),
        tuple(grant for grant in analysis.grants if grant.role == TARGET),
        tuple(one for one in analysis.remediations if one.subject == TARGET),
        uses,
        coverage_of(facts, PROD),
        organization(),
    )


def seen(caller: str, account: str, external_id: str = "") -> Use:
    return Use(TARGET, caller, account, "sts:AssumeRole", "2026-11-20T08:00:00Z", 5, external_id=external_id)


def test_a_way_in_that_surely_nobody_uses_is_best_taken_away() -> None:
    best, *others = ranked(policy(trust({"AWS": VENDOR})))

    assert best.is_removal
    assert best.reasons[0] == "breaks nobody who was seen, and the evidence is complete"
    assert others


def test_without_evidence_nothing_that_is_in_use_for_all_we_know_is_taken_away_first() -> None:
    best, *_, last = ranked(policy(trust({"AWS": VENDOR})), windows=())

    assert not best.is_removal
    assert last.is_removal
    assert best.reasons[0] == "breaks nobody who was seen, but the evidence is not complete"


def test_what_is_used_is_narrowed_and_who_must_be_told_is_said() -> None:
    best, *_, last = ranked(policy(trust({"AWS": VENDOR})), seen(DATADOG, DATADOG))

    assert not best.is_removal
    assert best.replay.refused == ()
    assert "asks 1 caller to send a new ExternalId first" in best.reasons
    assert last.is_removal
    assert last.reasons[0] == "breaks 5 calls that were seen, of 1 caller"


def test_of_a_trusted_account_those_who_came_can_be_named() -> None:
    came = f"arn:aws:iam::{SANDBOX}:role/ci"
    choices = ranked(policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:root"})), seen(came, SANDBOX))
    named = next(choice for choice in choices if came in choice.after.trust_policy)

    assert (named.replay.kept, named.replay.refused) == (5, ())
    assert choices[0] is named


def test_a_role_without_findings_has_no_choices() -> None:
    assert ranked(policy(trust({"Service": "ec2.amazonaws.com"})), windows=()) == ()


def test_narrowing_takes_the_best_that_leaves_a_way_in_even_where_taking_it_away_ranks_first() -> None:
    facts = known(policy(trust({"AWS": VENDOR})))
    best, *others = rank_choices(facts)

    assert best.is_removal
    assert choose_narrowing(facts, facts.findings) == next(one.remediation for one in others if not one.is_removal)


def test_narrowing_takes_nothing_that_ends_none_of_what_was_found() -> None:
    facts = known(policy(trust({"AWS": VENDOR})))

    assert choose_narrowing(facts, ()) is None


def test_narrowing_takes_a_way_in_away_only_where_a_finding_offers_that() -> None:
    gone = known(policy(trust({"AWS": "AROADELETEDROLE00000A"})))
    taken = choose_narrowing(gone, gone.findings)

    assert taken is not None
    assert taken in gone.remediations
    assert choose_narrowing(replace(gone, remediations=()), gone.findings) is None
