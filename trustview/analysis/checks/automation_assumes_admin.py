"""Machines that became administrators."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Modifier, Severity
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.seen import is_automation, name_caller, on_calls, roles_called, window_of
from trustview.policy import Privilege
from trustview.snapshot import Use


@check(Severity.HIGH, Modifier.PRIVILEGE, of_all=True)
def automation_assumes_admin(access: Access) -> Iterator[Evidence]:
    """A machine became an administrator, or took a role kept for emergencies.

    Why: a pipeline does what the code in it says, and many may change that code. Whoever can hand it something to run
    is an administrator too. A role for emergencies is for people: a machine that takes it makes its alarm worthless.

    Fix: give the machine a role of its own with what it needs, bounded by a permissions boundary; keep administrators
    and emergency roles for people who show who they are.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    for role, known in roles_called(access):
        is_admin = access.privilege(role) is Privilege.ADMIN
        if not is_admin and not is_meant_for(role, access.settings.roles.break_glass):
            continue
        what = "an administrator" if is_admin else "a role kept for emergencies"
        by_caller: dict[str, list[Use]] = {}
        for use in known.uses:
            if use.count and is_automation(access, use):
                by_caller.setdefault(use.caller, []).append(use)
        for uses in by_caller.values():
            because = f"{name_caller(access, uses[0])}, a machine, became {what} {_describe(uses)}"
            yield on_calls(access, role, uses, Evidence((), (because, *window_of(known))))


def _describe(uses: list[Use]) -> str:
    count = sum(use.count for use in uses)
    return f"{'once' if count == 1 else f'{count} times'}, last on {max(use.hour for use in uses)[:10]}"
