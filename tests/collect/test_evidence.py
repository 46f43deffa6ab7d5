"""CloudTrail's evidence over HTTP: uses, windows, and what is missing when CloudTrail fails half-way."""

import json
from collections import Counter

from trustview.collect import collect
from trustview.demo import Acme
from trustview.demo.trail import Trail
from trustview.snapshot import EvidenceWindow, Gap, GapKind, Snapshot

from .conftest import Shelf, moment, small
from .relay import Fault, Refusal, Relay, Request

HUB, PAYMENTS = "777700003333", "111133331111"
START, END = "2026-08-26T09:00:00Z", "2026-11-24T09:00:00Z"


def trail_gaps(snapshot: Snapshot) -> list[Gap]:
    """What CloudTrail did not give, without the Regions that these tests leave out."""
    return [gap for gap in snapshot.gaps if gap.service == "cloudtrail" and gap.kind is not GapKind.NOT_ASKED]


async def test_every_call_is_counted_once_and_told_by_the_callers_role(relay: Relay, acme: Acme) -> None:
    scope = small(HUB, PAYMENTS, evidence_days=90)
    snapshot = await collect(scope, Shelf(), moment)

    records = {
        record.get("sharedEventID") or record["eventID"]: record
        for (account, region), events in Trail(acme)._make().items()
        for record in (json.loads(event["CloudTrailEvent"]) for event in events)
        if account in (HUB, PAYMENTS) and region == "eu-west-1"
    }
    expected: Counter[tuple[str, bool]] = Counter()
    for record in records.values():
        expected[record["requestParameters"]["roleArn"], "errorCode" in record] += 1
    found: Counter[tuple[str, bool]] = Counter()
    for use in snapshot.uses:
        found[use.role, False] += use.count
        found[use.role, True] += use.refused

    assert +found == expected
    assert any(is_refused for _, is_refused in expected)
    assert trail_gaps(snapshot) == []
    from_hub = [use for use in snapshot.uses if use.caller_account == HUB]
    across = [use for use in from_hub if use.role.startswith(f"arn:aws:iam::{PAYMENTS}:")]
    assert across
    assert {use.caller for use in across} <= {role.arn for role in snapshot.facts_by_account[HUB].roles}
    assert snapshot.windows == (
        EvidenceWindow(PAYMENTS, "eu-west-1", "cloudtrail", START, END),
        EvidenceWindow(HUB, "eu-west-1", "cloudtrail", START, END),
    )


async def test_what_cloudtrail_did_not_give_is_a_hole_and_a_gap(relay: Relay) -> None:
    pages: Counter[str] = Counter()

    def trouble(request: Request) -> Fault | None:
        if request.operation != "LookupEvents" or "AssumeRoleWith" in request.detail:
            return None
        pages[request.detail] += 1
        return Refusal("InternalFailure", "we failed", 500) if len(pages) > 3 else None

    relay.trouble = trouble
    shelf = Shelf()
    snapshot = await collect(small(HUB, evidence_days=90), shelf, moment)

    (window,) = snapshot.windows
    ((hole_start, hole_end),) = window.holes
    (gap,) = trail_gaps(snapshot)
    assert (window.start, window.end, hole_start) == (START, END, START)
    assert START < hole_end < END
    assert min(use.hour for use in snapshot.uses if use.action == "sts:AssumeRole") >= hole_end[:13]
    assert (gap.account, gap.region, gap.kind) == (HUB, "eu-west-1", GapKind.FAILED)
    assert gap.reason.startswith(f"AssumeRole before {hole_end}: `cloudtrail:LookupEvents` fails")

    relay.trouble = lambda _request: None
    relay.seen.clear()
    shelf.finished.clear()
    again = await collect(small(HUB, evidence_days=90), shelf, moment)

    assert {request.operation for request in relay.seen if request.account == HUB} == {"LookupEvents"}
    assert trail_gaps(again) == []
    assert again.windows == (EvidenceWindow(HUB, "eu-west-1", "cloudtrail", START, END),)


async def test_a_refusal_of_cloudtrail_is_a_gap_without_a_window(relay: Relay) -> None:
    relay.trouble = lambda request: (
        Refusal("AccessDeniedException", "no") if request.operation == "LookupEvents" else None
    )
    snapshot = await collect(small(HUB, evidence_days=30), Shelf(), moment)

    assert snapshot.windows == ()
    assert [gap.kind for gap in trail_gaps(snapshot)] == [GapKind.DENIED]
