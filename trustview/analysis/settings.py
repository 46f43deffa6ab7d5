"""Settings: what an organization knows about itself and AWS cannot tell. THE ONE PLACE that lists every setting.

One class per section of `trustview.toml`. Whoever changes one changes the file's documentation with it:
`docs/settings.md` is printed by `trustview config --document`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trustview.analysis.setting import (
    account_ids,
    days_of_year,
    names_of_accounts,
    setting,
    some_of,
    text_of,
    texts,
    time_zone,
    whole_number,
)
from trustview.analysis.tier import TierRules

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):[0-5]\d"


@dataclass(frozen=True, slots=True)
class ApprovedAccounts:
    """Accounts outside the organization that we work with."""

    approved: tuple[str, ...] = setting(
        (),
        "Accounts outside the organization that may be trusted: their grants are no longer reported as unknown or "
        "unapproved. Weak conditions on them still are.",
        '["444455556666"]',
        account_ids,
    )


@dataclass(frozen=True, slots=True)
class VendorRegister:
    """Vendors: entries of our own beside the bundled register, and those that we work with."""

    register: tuple[tuple[str, str], ...] = setting(
        (),
        "Accounts of vendors that the bundled register does not know, by account id; an entry here wins over the "
        "bundled one.",
        '{ "444455556666" = "Example Payroll" }',
        names_of_accounts,
    )
    approved: tuple[str, ...] = setting(
        (),
        "Names of vendors that we work with, as the register spells them: all their accounts are approved.",
        '["Datadog", "Example Payroll"]',
        texts,
    )


@dataclass(frozen=True, slots=True)
class RolePatterns:
    """What roles are for, told by their names. A pattern is held against name, path and tags."""

    break_glass: tuple[str, ...] = setting(
        ("*break?glass*", "*breakglass*", "*emergency*", "*firefight*", "*fire?fight*"),
        "Roles kept for emergencies. `*` stands for any text and `?` for one character; letter case does not count.",
        '["*break-glass*", "ops-911"]',
        texts,
    )
    monitoring: tuple[str, ...] = setting(
        (
            "*monitor*", "*audit*", "*scanner*", "*cspm*", "*datadog*", "*new*relic*", "*dynatrace*",
            "*cloudhealth*",
        ),
        "Roles that watch and need no data; a pattern may also be the name of a vendor that only watches.",
        '["*monitor*", "watch-*"]',
        texts,
    )  # fmt: skip
    deployment: tuple[str, ...] = setting(
        ("*deploy*", "*terraform*", "*cloudformation*", "*pipeline*", "*cicd*", "*ci-cd*", "*github*", "*gitlab*"),
        "Roles with which software is rolled out.",
        '["*deploy*", "release-*"]',
        texts,
    )


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When people work: calls of people at other times stand out (`outside-business-hours`)."""

    days: tuple[str, ...] = setting(
        ("mon", "tue", "wed", "thu", "fri"), "Working days.", '["mon", "tue", "wed", "thu"]', some_of(_DAYS)
    )
    begin: str = setting("07:00", "When work begins, 24 hours.", '"08:30"', text_of(_TIME, "08:30"))
    end: str = setting("19:00", "When work ends, 24 hours.", '"18:00"', text_of(_TIME, "18:00"))
    timezone: str = setting(
        "UTC", "The time zone of both, by its name in the tz database.", '"Europe/Paris"', time_zone
    )
    holidays: tuple[str, ...] = setting(
        (), "Days on which nobody works, with the year or without.", '["12-25", "2026-04-06"]', days_of_year
    )
    exempt: tuple[str, ...] = setting(
        ("break-glass", "monitoring", "deployment"),
        "Roles that keep no hours: `break-glass`, `monitoring` and `deployment` stand for the patterns under `roles`, "
        "anything else is a pattern itself.",
        '["break-glass", "night-*"]',
        texts,
    )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which number on a check speaks."""

    external_id_characters: int = setting(
        8, "An ExternalId with fewer characters can be guessed (`weak-external-id`).", "16", whole_number(2, 1224)
    )
    external_id_alternatives: int = setting(
        3, "An ExternalId for which more values pass is weak (`weak-external-id`).", "1", whole_number(1, 100)
    )
    session_hours: int = setting(
        12,
        "Sessions that may last this long are reported on administrators' and outsiders' roles (`long-session`).",
        "8",
        whole_number(2, 12),
    )
    many_principals: int = setting(
        30,
        "A chain to an administrator that so many principals with the same rights can begin is told of "
        "(`escalation-chain`).",
        "100",
        whole_number(2, 100000),
    )
    deployment_services: int = setting(
        5,
        "A deployment role that may write anything in this many services is unscoped (`deployment-role-unscoped`).",
        "3",
        whole_number(1, 100),
    )
    unused_days: int = setting(
        90,
        "A role or grant that nobody used for so many days is unused (`unused-role`, `unused-grant`); evidence has to "
        "see all of them.",
        "180",
        whole_number(7, 400),
    )
    unusual_calls: int = setting(
        20,
        "A day with fewer assumptions by one caller is never unusual (`volume-anomaly`).",
        "50",
        whole_number(2, 100000),
    )
    refused_calls: int = setting(
        3,
        "So many refused attempts of one caller on one role are more than an accident (`refused-attempts`).",
        "10",
        whole_number(1, 1000),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that `trustview.toml` can say; the defaults suit an organization of common habits."""

    tiers: TierRules = field(default=TierRules())
    accounts: ApprovedAccounts = field(default=ApprovedAccounts())
    vendors: VendorRegister = field(default=VendorRegister())
    roles: RolePatterns = field(default=RolePatterns())
    business_hours: BusinessHours = field(default=BusinessHours())
    thresholds: Thresholds = field(default=Thresholds())
