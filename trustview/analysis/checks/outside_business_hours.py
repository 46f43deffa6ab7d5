"""People at work when nobody is."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.coverage import read_moment
from trustview.analysis.finding import Severity
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.seen import is_person, name_caller, on_calls, roles_called, window_of
from trustview.analysis.working_hours import is_outside_hours
from trustview.snapshot import Role, Use


@check(Severity.MEDIUM, of_all=True)
def outside_business_hours(access: Access) -> Iterator[Evidence]:
    """A person became the role outside working hours.

    Why: people keep hours, and whoever stole their keys often does not, or keeps those of another time zone. Calls of
    IAM users, of people whom a SAML provider signed in and of Identity Center count, machines do not. Emergencies come
    at night: roles for them are left out, and so are the kinds that `business_hours.exempt` names.

    Fix: ask the person. Set time zone, days, hours and holidays under `business_hours` in `trustview.toml`; where a
    role is for the night shift, add its name to `business_hours.exempt`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
    """
    for role, known in roles_called(access):
        if _keeps_no_hours(access, role):
            continue
        by_caller: dict[str, list[Use]] = {}
        for use in known.uses:
            if use.count and is_person(use) and _is_outside(access, use):
                by_caller.setdefault(use.caller, []).append(use)
        for uses in by_caller.values():
            because = (_describe(access, uses), _kept_hours(access), *window_of(known))
            yield on_calls(access, role, uses, Evidence((), because))


def _keeps_no_hours(access: Access, role: Role) -> bool:
    roles, exempt = access.settings.roles, access.settings.business_hours.exempt
    kinds = {"break-glass": roles.break_glass, "monitoring": roles.monitoring, "deployment": roles.deployment}
    patterns = [pattern for name in exempt for pattern in kinds.get(name, (name,))]
    return is_meant_for(role, patterns)


def _is_outside(access: Access, use: Use) -> bool:
    moment = read_moment(use.hour)
    return moment is not None and is_outside_hours(moment, access.settings.business_hours)


def _describe(access: Access, uses: list[Use]) -> str:
    count = sum(use.count for use in uses)
    hours = sorted(use.hour[:16].replace("T", " ") for use in uses)
    shown = ", ".join(dict.fromkeys(hours[-3:]))
    times = "once" if count == 1 else f"{count} times"
    return f"{name_caller(access, uses[0])} became it {times} outside working hours, last in the hours of {shown} UTC"


def _kept_hours(access: Access) -> str:
    hours = access.settings.business_hours
    return f"working hours are {hours.begin} to {hours.end} on {', '.join(hours.days)} in {hours.timezone}"
