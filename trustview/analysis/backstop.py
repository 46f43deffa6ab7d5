"""The RCP that keeps outsiders from every role whatever trust policies say, and the order in which it is attached.

THE ONE PLACE that writes it. An RCP, not an SCP: an SCP never sees who comes from outside. It spares exactly the
accounts of outsiders who get in today and are approved, AWS services, and roles with a tag; federated callers come by
other actions. It is attached OU by OU, where least can break first, and to the root last.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trustview.analysis.access import Access
from trustview.analysis.mend import attach_policy, outsiders_denied
from trustview.analysis.outsiders import name_outsider, outsiders_of
from trustview.analysis.remediation import Change, ChangeKind, account_of
from trustview.analysis.tier import Tier
from trustview.snapshot import Organization

EXEMPTION = ("external-trust", "approved")
"""The tag, and its value, of roles that the RCP spares."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the rollout: the OU or root to attach the RCP to, its accounts, and whom it stops there."""

    target: str
    name: str
    accounts: tuple[str, ...]
    stopped: tuple[str, ...]


def propose_backstop(access: Access, organization: Organization, accounts: tuple[str, ...]) -> tuple[Change, ...]:
    """The RCP for accounts that have none, then each place to attach it to, in order."""
    approved = tuple(sorted(one for one in outsiders_in(access, accounts) if access.is_approved(one)))
    statement = {**outsiders_denied(organization.id, approved, EXEMPTION), "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    spared = f" and the {len(approved)} approved outsiders" if approved else ""
    summary = f"create this RCP; it spares AWS services, roles tagged `{EXEMPTION[0]}`{spared}"
    attached = (attach_policy(stage.target, _describe(stage)) for stage in stages(access, organization, accounts))
    return (Change(ChangeKind.REPLACE_POLICY, -1, summary, values=(text,)), *attached)


def outsiders_in(access: Access, accounts: Iterable[str]) -> tuple[str, ...]:
    """The outsiders that get into these accounts today, or were seen doing so."""
    memory = access.memory.setdefault("outsiders by account", {})
    if not memory:
        for account, outsider in _comings(access):
            memory.setdefault(account, {})[outsider] = None
    return tuple(dict.fromkeys(outsider for account in accounts for outsider in memory.get(account, ())))


def _comings(access: Access) -> Iterator[tuple[str, str]]:
    """Account and outsider, by every way in and every use."""
    for grant in access.kinds.grants(lambda kind: kind.reach.lets_in and bool(outsiders_of(access, kind))):
        yield from ((grant.account, outsider) for outsider in outsiders_of(access, grant))
    for use in access.snapshot.uses:
        if use.count and access.is_outsider(use.caller_account):
            yield account_of(use.role), use.caller_account


def stopped_in(access: Access, accounts: Iterable[str]) -> tuple[str, ...]:
    """The outsiders, by name, that get in today and that nobody has approved."""
    return tuple(name_outsider(access, one) for one in outsiders_in(access, accounts) if not access.is_approved(one))


# ── the order ────────────────────────────────────────────────────────────────────────────────────────────────────


def stages(access: Access, organization: Organization, accounts: tuple[str, ...]) -> Iterator[Stage]:
    """The OUs that hold these accounts, the least sensitive and smallest first; then the root, for whatever comes.

    An OU comes after those below it, for it binds them too: its stage tells of the accounts that it adds.
    """
    below: dict[str, list[str]] = {}
    for account in accounts:
        for place in organization.path_to(account)[:-1]:
            below.setdefault(place, []).append(account)
    holding = {organization.accounts_by_id[account].parent for account in accounts}
    order = sorted(below, key=lambda unit: (_is_root(organization, unit), _tier(access, below[unit]), len(below[unit])))
    bound: set[str] = set()
    for unit in order:
        added = tuple(account for account in below[unit] if account not in bound)
        if unit in holding or _is_root(organization, unit):
            bound.update(added)
            yield Stage(unit, organization.units_by_id[unit].name, added, stopped_in(access, added))


def _is_root(organization: Organization, unit: str) -> bool:
    return not organization.units_by_id[unit].parent


def _tier(access: Access, accounts: Iterable[str]) -> int:
    """The most sensitive tier of some accounts; one that nobody knows may be production."""
    return max((Tier.PROD if tier is Tier.UNKNOWN else tier) for tier in map(access.tier, accounts))


def _describe(stage: Stage) -> str:
    if not stage.accounts:
        return f"last attach it to `{stage.name}`, so that new accounts have it too, and detach it from the OUs"
    held = f"{len(stage.accounts)} account{'' if len(stage.accounts) == 1 else 's'}"
    stops = f"stops {', '.join(stage.stopped[:3])}{' and others' if stage.stopped[3:] else ''}" if stage.stopped else ""
    return f"attach it to `{stage.name}` ({held}): {stops or 'stops nobody who gets in today'}"
