"""`trustview usage ROLE`: who really used the role, when, and how far that can be seen."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from trustview.analysis import (
    WEEKDAYS,
    CallerUse,
    Coverage,
    Grant,
    Habit,
    KnownUse,
    Settings,
    UseState,
    callers_of_uses,
    days_of,
    describe_coverage,
    habit_of,
    use_of_ways,
)
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_line, print_table
from trustview.cli.selecting import account_names, open_selected, select_role
from trustview.snapshot import Role
from trustview.store import excerpt_on_use, find_workspace
from widgets.heat import scale, shade

_HOURS = ("0", "6", "12", "18")


def show_usage(arguments: Namespace) -> int:
    """Print what is known of a role's use."""
    with open_selected(find_workspace(), arguments) as snapshot:
        role = select_role(snapshot, arguments.role)
        grants, settings, names = snapshot.grants_of(role.arn), snapshot.settings(), account_names(snapshot)
        whole, by_grant = use_of_ways(excerpt_on_use(snapshot, role), role, grants, settings)
    ways = tuple((grant, by_grant[grant.id]) for grant in grants)
    if arguments.json:
        print_json(_value(role, whole, ways, settings))
    else:
        _print_use(role, whole, ways, settings, names)
    return ExitCode.DONE


Ways = tuple[tuple[Grant, KnownUse], ...]


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────


def _print_use(role: Role, whole: KnownUse, ways: Ways, settings: Settings, names: dict[str, str]) -> None:
    print_line(f"{role.arn}  {names.get(role.account, '')}")
    for label, sentences in (("use", whole.reasons), ("window", describe_coverage(whole.coverage))):
        for number, sentence in enumerate(sentences):
            print_line(f"{'' if number else label:<8}{sentence}")
    print_line("")
    ways_in = ("way in", "use", "calls", "last", "why")
    print_table(ways_in, [_way(grant, known) for grant, known in ways])
    callers = callers_of_uses(whole.uses)
    if callers:
        print_line("")
        heads = ("caller", "account", "calls", "refused", "mfa", "external id", "first", "last", "with", "from")
        print_table(heads, [_row(one, names) for one in callers])
    if whole.count:
        print_line("")
        for line in habit_lines(habit_of(whole.uses, settings.business_hours), settings.business_hours.timezone):
            print_line(line)


def _way(grant: Grant, known: KnownUse) -> tuple[str, ...]:
    """A way in with its use; what is not plain from the numbers is said."""
    why = "" if known.state is UseState.USED else "; ".join(known.reasons)
    return (grant.principal.value, known.state.value, str(known.count), known.last[:10], why)


def _row(one: CallerUse, names: dict[str, str]) -> tuple[str, ...]:
    account = names.get(one.account, one.account)
    numbers = (one.count, one.refused, one.with_mfa, one.with_external_id)
    told = (", ".join(one.agents), ", ".join(one.origins))
    return (one.caller, account, *map(str, numbers), one.first[:10], one.last[:10], *told)


def habit_lines(habit: Habit, timezone: str) -> Iterator[str]:
    """The calls by weekday and hour as shades, a line for each day."""
    most = max(max(day) for day in habit)
    yield f"     {scale(_HOURS, len(habit[0]), len(_HOURS))}  ({timezone}; the darkest hour has {most} in all)"
    for name, day in zip(WEEKDAYS, habit, strict=True):
        total = sum(day)
        yield f"{name}  {''.join(shade(count, most) for count in day)}  {total or ''}".rstrip()


# ── for scripts ──────────────────────────────────────────────────────────────────────────────────────────────────


def _value(role: Role, whole: KnownUse, ways: Ways, settings: Settings) -> dict[str, Any]:
    return {
        "role": role.arn,
        "account": role.account,
        **_known(whole),
        "last_used": {"at": role.last_used or None, "region": role.last_used_region or None},
        "window": _window(whole.coverage),
        "ways_in": [
            {"grant": grant.id, "statement": grant.statement, "principal": grant.principal.value, **_known(known)}
            for grant, known in ways
        ],
        "callers": [_caller(one) for one in callers_of_uses(whole.uses)],
        "days": [{"day": day, "calls": count, "refused": refused} for day, count, refused in days_of(whole.uses)],
        "timezone": settings.business_hours.timezone,
        "by_weekday_and_hour": [list(day) for day in habit_of(whole.uses, settings.business_hours)],
    }


def _known(known: KnownUse) -> dict[str, Any]:
    return {
        "use": known.state.value,
        "calls": known.count,
        "refused": sum(use.refused for use in known.uses),
        "last": known.last or None,
        "reasons": list(known.reasons),
    }


def _window(coverage: Coverage) -> dict[str, Any]:
    return {
        "start": coverage.start.isoformat() if coverage.start else None,
        "end": coverage.end.isoformat() if coverage.end else None,
        "days": coverage.days,
        "regions": list(coverage.regions),
        "sources": list(coverage.sources),
        "lacks": list(coverage.lacks),
    }


def _caller(one: CallerUse) -> dict[str, Any]:
    return {
        "caller": one.caller,
        "account": one.account or None,
        "calls": one.count,
        "refused": one.refused,
        "with_mfa": one.with_mfa,
        "with_external_id": one.with_external_id,
        "first": one.first,
        "last": one.last,
        "actions": list(one.actions),
        "networks": list(one.origins),
        "programs": list(one.agents),
        "source_identities": list(one.source_identities),
        "regions": list(one.regions),
    }
