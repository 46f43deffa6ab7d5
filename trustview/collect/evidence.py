"""Copies of calls -> uses: who really became whom, hour by hour. Pure; whatever source the copies come from.

A call across accounts leaves one copy in the caller's account and one in the role's, under one `sharedEventID`; they
are joined, because only the caller's copy tells the caller's ARN, and only the caller's account sees refusals.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from trustview.collect.sighting import REMEMBERED, Sighting
from trustview.snapshot import Role, Snapshot, Use, User

Copies = Mapping[Sighting, Iterable[str]]
"""Copies that are alike, with the ids of the calls that they are of."""


def gather_copies(calls: Iterable[tuple[str, Sighting]], into: dict[Sighting, list[str]]) -> None:
    """Adds copies, each with the id of its call."""
    for name, sighting in calls:
        into.setdefault(sighting, []).append(name)


def write_copies(copies: Copies) -> list[Any]:
    """The JSON-ready form."""
    return [[list(sighting), list(ids)] for sighting, ids in copies.items()]


def read_copies(value: Any) -> dict[Sighting, list[str]]:  # noqa: ANN401  JSON of the shelf
    """Copies of their JSON-ready form; TypeError or ValueError when it is another."""
    copies: dict[Sighting, list[str]] = {}
    for fields, ids in value:
        sighting = Sighting(*fields)
        copies[sighting._replace(tags=tuple(sighting.tags))] = [str(name) for name in ids]
    return copies


def join_copies(found: Iterable[Copies]) -> Counter[Sighting]:
    """How many calls there were of each kind: copies with one id are one call, however often and wherever it is told.

    What one copy does not tell is taken from the other.
    """
    calls: dict[str, Sighting] = {}
    for copies in found:
        for sighting, ids in copies.items():
            for name in ids:
                known = calls.setdefault(name, sighting)
                if known is not sighting:
                    calls[name] = _merge(known, sighting)
    return Counter(calls.values())


@lru_cache(REMEMBERED)
def _merge(one: Sighting, other: Sighting) -> Sighting:
    """What both copies tell: where one tells nothing the other counts, in whatever order they come."""
    pairs: Iterable[tuple[Any, Any]] = zip(one, other, strict=True)
    return Sighting(*map(max, pairs))


def count_uses(found: Iterable[Mapping[Sighting, int]], snapshot: Snapshot) -> tuple[Use, ...]:
    """Calls by everything that tells them apart within an hour; refused ones are counted beside them, never as use."""
    sessions = {(role.account, role.name): role.arn for role in snapshot.roles}
    counts: dict[tuple[Any, ...], list[int]] = {}
    for calls in found:
        for call, number in calls.items():
            caller = _caller(call, snapshot.principals_by_id, sessions)
            told = (
                call.role, caller, call.account, call.action, call.hour, call.external_id, call.region,
                call.source_identity, call.tags, call.origin, call.agent,
            )  # fmt: skip
            count = counts.setdefault(told, [0, 0, 0])
            count[1 if call.is_refused else 0] += number
            count[2] += number if call.has_mfa and not call.is_refused else 0
    return tuple(_use(told, *count) for told, count in sorted(counts.items()))


def _use(told: tuple[Any, ...], count: int, refused: int, with_mfa: int) -> Use:
    role, caller, account, action, hour, external_id, region, source_identity, tags, origin, agent = told
    return Use(
        role=role,
        caller=caller,
        caller_account=account,
        action=f"sts:{action}",
        hour=hour,
        count=count,
        refused=refused,
        with_mfa=with_mfa,
        external_id=external_id,
        region=region,
        source_identity=source_identity,
        tags=tags,
        origin=origin,
        agent=agent,
    )


def _caller(call: Sighting, people: Mapping[str, Role | User], sessions: Mapping[tuple[str, str], str]) -> str:
    """The ARN of the role or user; else the service, the provider's subject, or the account alone."""
    if call.outsider:
        return call.outsider
    known = people.get(call.principal)
    if known is not None:
        return known.arn
    if ":assumed-role/" in call.arn:
        name = call.arn.split("/")[1]
        return sessions.get((call.account, name), f"{call.arn.split(':assumed-role/')[0]}:assumed-role/{name}")
    return call.arn or call.account
