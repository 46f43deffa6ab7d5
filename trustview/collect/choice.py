"""Which services a scope asks, and a gap for each of the others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trustview.collect.scope import Scope
from trustview.collect.services import EVIDENCE, EXTRAS, SERVICES, Service
from trustview.errors import UsageError
from trustview.snapshot import Gap, GapKind


def choose_services(scope: Scope) -> tuple[Service, ...]:
    """The services that the scope asks; UsageError when it names one that is not there or must not be left out."""
    _check(scope.without, [service.name for service in SERVICES if service.may_be_left_out], "--without")
    _check(scope.including, EXTRAS, "--with")
    return tuple(service for service in SERVICES if service.is_asked(scope))


def _check(names: Iterable[str], known: Iterable[str], option: str) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise UsageError(f"`{unknown[0]}` cannot be given to {option}, which takes {', '.join(sorted(known))}")


def services_not_asked(scope: Scope) -> Iterator[Gap]:
    """A gap for each service that the scope does not ask; of the sources of evidence, only when none is asked."""
    has_evidence = any(service.is_asked(scope) for service in EVIDENCE)
    for service in SERVICES:
        if service in EVIDENCE and (has_evidence or service is not EVIDENCE[0]):
            continue
        if not service.is_asked(scope):
            reason = service.not_asked or f"it was left out (`--without {service.name}`)"
            yield Gap("", service.name, "", GapKind.NOT_ASKED, reason)


def services_without_answer(scope: Scope, answered: Iterable[str], told: Iterable[Gap]) -> Iterator[Gap]:
    """A gap for each service that only some accounts can answer, when none of them did and no gap says so."""
    covered = {*answered, *(gap.service for gap in told)}
    for service in SERVICES:
        if service.is_asked(scope) and service.is_in_few_accounts and service.name not in covered:
            reason = "only the management account and delegated administrators can be asked, and none was read"
            yield Gap("", service.name, "", GapKind.NOT_ASKED, reason)
