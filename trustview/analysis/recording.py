"""Is the assumption of a role written down where it happens? THE ONE PLACE that reads the selectors of trails.

EventBridge gets an API call only while some trail records it; assuming a role is a management event that reads.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.policy import Truth, all_of, any_of, depends, truth
from trustview.snapshot import AdvancedEventSelector, EventSelector, FieldSelector, Snapshot, Trail

_STS = "sts.amazonaws.com"
_READS = ("ReadOnly", "All")


def is_recorded(snapshot: Snapshot, account: str, region: str, event: str) -> Truth:
    """Whether an event (`AssumeRole`) in an account and Region is recorded; what it depends on is named in words."""
    trails = [trail for trail in snapshot.trails if _covers(trail, account, region)]
    if not trails and not _were_read(snapshot, account):
        return depends("its trails, which were not read")
    return any_of(all_of(_parts(trail, event)) for trail in trails)


def _were_read(snapshot: Snapshot, account: str) -> bool:
    return any(reading.service == "trails" for reading in snapshot.readings_by_account.get(account, ()))


def _covers(trail: Trail, account: str, region: str) -> bool:
    is_of_account = trail.account == account or trail.is_organization
    return is_of_account and (trail.is_multi_region or trail.home_region == region)


def _parts(trail: Trail, event: str) -> Iterator[Truth]:
    yield truth(trail.is_logging) if trail.is_logging is not None else depends(f"whether trail `{trail.name}` logs")
    simple, advanced = trail.event_selectors, trail.advanced_event_selectors
    if simple is None and advanced is None:
        yield depends(f"what trail `{trail.name}` selects")
        return
    chosen = [truth(_selects(selector)) for selector in simple or ()]
    chosen += [_selects_by_field(selector, event) for selector in advanced or ()]
    yield any_of(chosen)


def _selects(selector: EventSelector) -> bool:
    is_wanted = selector.has_management_events and selector.read_write_type in _READS
    return is_wanted and _STS not in selector.excluded_sources


def _selects_by_field(selector: AdvancedEventSelector, event: str) -> Truth:
    known = {
        "eventCategory": "Management",
        "readOnly": "true",
        "eventSource": _STS,
        "eventName": event,
        "eventType": "AwsApiCall",
    }
    return all_of(
        truth(_holds(field, known[field.field])) if field.field in known else depends(f"the field `{field.field}`")
        for field in selector.fields
    )


def _holds(field: FieldSelector, value: str) -> bool:
    """Every list that is not empty must hold: the positive ones for some value, the negative ones for none."""
    wanted = (
        (field.equals, value.__eq__, True),
        (field.starts_with, value.startswith, True),
        (field.ends_with, value.endswith, True),
        (field.not_equals, value.__eq__, False),
        (field.not_starts_with, value.startswith, False),
        (field.not_ends_with, value.endswith, False),
    )
    return all(any(map(test, values)) is is_positive for values, test, is_positive in wanted if values)
