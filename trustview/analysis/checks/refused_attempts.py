"""Who tried to become a role and was refused."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.seen import name_caller, on_calls, roles_called, window_of
from trustview.analysis.use import KnownUse
from trustview.snapshot import Use

_BLIND = "attempts from outside the organization stand in the caller's account alone: nobody here can see them"


@check(Severity.INFO, of_all=True)
def refused_attempts(access: Access) -> Iterator[Evidence]:
    """Somebody tried to become the role and was refused.

    Why: a pipeline that lacks a permission tries for ever; somebody who looks for a way in tries here and there. Only
    whoever never gets in, and tries `thresholds.refused_calls` times or more, is more than a note. A refused call
    across accounts is recorded in the account of the caller and nowhere else. A role that calls for itself is
    `self-trust-expected-but-absent`.

    Fix: ask who it was. Mend the caller that should get in; of the others look at what else they tried.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
    """
    for role, known in roles_called(access):
        by_caller: dict[str, list[Use]] = {}
        for use in known.uses:
            if use.refused and use.caller != role.arn:
                by_caller.setdefault(use.caller, []).append(use)
        for caller, uses in by_caller.items():
            severity = _severity(access, known, caller, uses)
            because = (_describe(access, uses), *window_of(known), _BLIND)
            yield on_calls(access, role, uses, Evidence((), because, severity=severity))


def _severity(access: Access, known: KnownUse, caller: str, uses: list[Use]) -> Severity:
    gets_in = caller in known.callers
    is_much = sum(use.refused for use in uses) >= access.settings.thresholds.refused_calls
    return Severity.MEDIUM if is_much and not gets_in else Severity.INFO


def _describe(access: Access, uses: list[Use]) -> str:
    count, days = sum(use.refused for use in uses), sorted(use.hour[:10] for use in uses)
    times = "once" if count == 1 else f"{count} times"
    when = f"on {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"
    origins = ", ".join(f"`{origin}`" for origin in sorted({use.origin for use in uses if use.origin})[:3])
    return f"{name_caller(access, uses[0])} was refused {times} {when}{f', from {origins}' if origins else ''}"
