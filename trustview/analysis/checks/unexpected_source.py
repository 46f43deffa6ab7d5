"""Callers that nobody has named and nobody has seen before."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.coverage import DAY, read_moment
from trustview.analysis.finding import Severity
from trustview.analysis.seen import name_caller, on_calls, roles_called, window_of
from trustview.analysis.use import KnownUse, may_come_by
from trustview.analysis.use_requests import caller_of_use
from trustview.policy import CallerKind
from trustview.snapshot import Role, Use

NEW_DAYS = 30
_LEAST_HABIT = 10


@check(Severity.HIGH, of_all=True)
def unexpected_source(access: Access) -> Iterator[Evidence]:
    """Somebody became the role who is named nowhere and was not seen before.

    Why: what a wide grant allows is one thing, that somebody takes it is another. Reported are accounts that are
    neither ours nor approved nor named in the trust policy; callers that no grant names and that came for the first
    time in the last 30 days to a role that others have used for longer; and IAM users, whose keys can be stolen, that
    come from a network from which they never came before. A stranger whose way in is gone by now is a low one: it may
    have been mended, or somebody may have opened it for a while.

    Fix: find out who it is. Approve the account in `trustview.toml`, name the caller in the trust policy, or shut the
    grant and look at what the sessions did.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
    """
    for role, known in roles_called(access):
        by_caller: dict[str, list[Use]] = {}
        for use in known.uses:
            if use.count:
                by_caller.setdefault(use.caller, []).append(use)
        for uses in by_caller.values():
            found = _stranger(access, role, uses) or _newcomer(access, role, known, uses) or _other_network(uses)
            if found:
                severity, sentence, told = found
                because = (f"{name_caller(access, uses[0])} {sentence}", *window_of(known))
                yield on_calls(access, role, told, Evidence((), because, severity=severity))


_Told = tuple[Severity, str, list[Use]]


def _is_of_iam(use: Use) -> bool:
    return caller_of_use(use).kind.is_iam


def _stranger(access: Access, role: Role, uses: list[Use]) -> _Told | None:
    """An account that is not ours, that nobody approved and that no grant names."""
    account = uses[0].caller_account
    if not _is_of_iam(uses[0]) or not access.is_outsider(account) or access.is_approved(account):
        return None
    grants = access.grants_by_role.get(role.arn, ())
    if any(grant.principal.account == account for grant in grants):
        return None
    is_open = any(may_come_by(access, grant, use) for grant in grants for use in uses)
    severity, way = (Severity.HIGH, "") if is_open else (Severity.LOW, "; the way in which it came is gone")
    return severity, f"is not of the organization, not approved and not named{way}; {_came(uses)}", uses


def _newcomer(access: Access, role: Role, known: KnownUse, uses: list[Use]) -> _Told | None:
    """A caller that no grant names, new to a role that others have used for longer."""
    end, start = known.coverage.end, known.coverage.start
    first = read_moment(min(use.hour for use in uses))
    if end is None or start is None or first is None or not _is_of_iam(uses[0]):
        return None
    oldest = read_moment(min(use.hour for use in known.uses if use.count))
    is_new = end - first <= NEW_DAYS * DAY and first - start >= NEW_DAYS * DAY
    if not is_new or oldest is None or first - oldest <= NEW_DAYS * DAY:
        return None
    caller, account = uses[0].caller, uses[0].caller_account
    if any(grant.principal.value == caller for grant in access.grants_by_role.get(role.arn, ())):
        return None
    is_known_account = any(u.caller_account == account and u.caller != caller and u.count for u in known.uses)
    severity = Severity.MEDIUM if is_known_account else Severity.HIGH
    whose = "" if is_known_account else ", and so did its account"
    return severity, f"came for the first time on {first:%Y-%m-%d}{whose}; no grant names it; {_came(uses)}", uses


def _other_network(uses: list[Use]) -> _Told | None:
    """An IAM user with a habit that comes from a network from which it did not come before."""
    if caller_of_use(uses[0]).kind is not CallerKind.USER:
        return None
    ordered = sorted((use for use in uses if use.origin), key=lambda use: use.hour)
    habit: dict[str, int] = {}
    for use in ordered:
        if use.origin not in habit and len(habit) == 1 and sum(habit.values()) >= _LEAST_HABIT:
            told = [other for other in ordered if other.origin == use.origin]
            usual = next(iter(habit))
            return Severity.MEDIUM, f"always came from `{usual}` before; from `{use.origin}` {_came(told)}", told
        habit[use.origin] = habit.get(use.origin, 0) + use.count
    return None


def _came(uses: list[Use]) -> str:
    count, days = sum(use.count for use in uses), sorted(use.hour[:10] for use in uses)
    times = "once" if count == 1 else f"{count} times"
    return f"it came {times} {f'on {days[0]}' if days[0] == days[-1] else f'from {days[0]} to {days[-1]}'}"
