"""Trail, EventBus, EventRule: what is written down of role assumptions, and which of them anyone is told of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventSelector:
    """Which events a trail writes down; `read_write_type` is ReadOnly, WriteOnly or All.

    `excluded_sources` are services whose management events are left out.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
    """

    read_write_type: str
    has_management_events: bool
    excluded_sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """What an advanced event selector tests of one field; every list that is not empty must hold.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
    """

    field: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdvancedEventSelector:
    """Which events a trail writes down: those for which all fields hold."""

    name: str
    fields: tuple[FieldSelector, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """A CloudTrail trail; `account` owns it.

    `is_logging` and both kinds of selectors are None when they were not read: those of an organization's trail are read
    in the account that owns it. A trail has selectors of one kind.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html
    """

    arn: str
    account: str
    name: str
    home_region: str
    is_multi_region: bool = False
    is_organization: bool = False
    has_global_service_events: bool = False
    has_log_file_validation: bool = False
    bucket: str = ""
    log_group: str = ""
    kms_key: str = ""
    is_logging: bool | None = None
    latest_delivery: str = ""
    delivery_error: str = ""
    event_selectors: tuple[EventSelector, ...] | None = None
    advanced_event_selectors: tuple[AdvancedEventSelector, ...] | None = None


@dataclass(frozen=True, slots=True)
class EventBus:
    """An EventBridge event bus; `policy` is JSON text, empty when nobody else may send to it."""

    arn: str
    account: str
    region: str
    name: str
    policy: str = ""


@dataclass(frozen=True, slots=True)
class EventTarget:
    """Where a rule sends events; `role` is the one it uses for that."""

    id: str
    arn: str
    role: str = ""
    dead_letter_queue: str = ""


@dataclass(frozen=True, slots=True)
class EventRule:
    """An EventBridge rule whose pattern may match the assumption of a role.

    `state` is ENABLED, DISABLED or ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS; `pattern` is JSON text; `targets` is
    None when they could not be read. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Rule.html
    """

    arn: str
    account: str
    region: str
    name: str
    bus: str
    state: str
    pattern: str
    description: str = ""
    managed_by: str = ""
    targets: tuple[EventTarget, ...] | None = None
