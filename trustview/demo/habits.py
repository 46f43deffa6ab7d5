"""The patterns of `usage.json`: which of them hold in a quarter, in which account, and when each call happens."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from trustview.demo.files import read_file
from trustview.demo.records import Acme
from trustview.demo.templates import Selector, fill, fraction

HISTORY_DAYS = 90
Pattern = dict[str, Any]


def patterns_of(acme: Acme) -> Iterator[tuple[Pattern, str]]:
    """Each pattern with each account that it holds for, filled in."""
    organization = read_file("organization.json")
    selector = Selector(organization["accounts"], organization["units"], organization["organization"]["management"])
    ids = {account.key: account.id for account in acme.accounts}
    for pattern in read_file("usage.json")["patterns"]:
        if "days" in pattern and acme.now < acme.present:
            continue  # what happened on certain days happened after the earlier quarter; habits go on in both
        for key in selector.select(pattern):
            if key in ids:
                yield json.loads(fill(pattern, ids[key], ids, acme.organization_id)), ids[key]


def moments_of(pattern: Pattern, account_id: str, now: datetime) -> Iterator[datetime]:
    """`per_day` gives the calls of a Monday, Tuesday, … Sunday, each at an hour within `hours` (UTC)."""
    from_days, to_days = pattern.get("days", [HISTORY_DAYS - 1, 0])
    first_hour, last_hour = pattern["hours"]
    name = (account_id, pattern["role"], pattern["caller"])
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(from_days, to_days - 1, -1):
        date = midnight - timedelta(days=day)
        wanted = pattern["per_day"][date.weekday()]
        count = int(wanted) + (fraction(*name, date.date(), "more") < wanted % 1)
        for call in range(count):
            hours = first_hour + (last_hour - first_hour) * fraction(*name, date.date(), call)
            moment = date + timedelta(seconds=round(hours * 3600))
            if moment < now:
                yield moment


def with_last_uses(acme: Acme) -> Acme:
    """The roles of which calls are told were last used at the last of them, at the latest when the files say."""
    said = {role.arn: role.last_used for role in acme.roles}
    last: dict[str, datetime] = {}
    for pattern, account_id in patterns_of(acme):
        arn = f"arn:aws:iam::{account_id}:role{pattern['role']}"
        latest = said.get(arn)
        if latest is None or pattern.get("refused"):
            continue
        seen = [moment for moment in moments_of(pattern, account_id, acme.now) if moment <= latest]
        if seen:
            last[arn] = max(seen[-1], *seen, last.get(arn, seen[-1]))
    return replace(
        acme, roles=tuple(replace(role, last_used=last.get(role.arn, role.last_used)) for role in acme.roles)
    )
