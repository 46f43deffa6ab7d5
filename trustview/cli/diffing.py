"""`trustview diff [OLD [NEW]]`: what changed between two snapshots, in what was written and in who gets in."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from trustview.analysis import GrantDifference, compare_grants
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_line, print_table, say
from trustview.cli.selecting import select_accounts
from trustview.errors import UsageError
from trustview.snapshot import Difference, Snapshot, Subject, diff_snapshots, unread_by_one
from trustview.store import SnapshotFile, Workspace, find_snapshot, find_workspace, list_snapshots, open_snapshot


def diff_two(arguments: Namespace) -> int:
    """Print what is different in the newer of two snapshots; by default the newest one and the one before it."""
    old, new = _choose(find_workspace(), arguments.old, arguments.new)
    with open_snapshot(old) as earlier, open_snapshot(new) as later:
        before, after = earlier.load_snapshot(), later.load_snapshot()
        accounts = select_accounts(later, arguments.account)
        names = _names(before) | _names(after)
        facts = [one for one in diff_snapshots(before, after) if _is_asked(one.account or one.name, accounts)]
        grants = compare_grants(earlier.grants(), later.grants(), unread_by_one(before, after))
        effects = [one for one in grants if _is_asked(one.grant.account, accounts)]
        told = _tell(earlier, later, facts, effects)
    if arguments.json:
        print_json(told)
    else:
        _print(told, names, facts, effects)
    return ExitCode.DONE


def _choose(workspace: Workspace, old: str | None, new: str | None) -> tuple[Any, Any]:
    entries = list_snapshots(workspace)
    newer = find_snapshot(workspace, new) if new else entries[-1].path if entries else None
    if old:
        return find_snapshot(workspace, old), newer
    places = [entry.path for entry in entries]
    index = places.index(newer) if newer in places else 0
    if index == 0:
        raise UsageError(
            "there is no earlier snapshot to compare with: `trustview snapshots` lists those that are there"
        )
    return places[index - 1], newer


def _names(snapshot: Snapshot) -> dict[str, str]:
    """What people call the accounts, OUs and guardrails of a snapshot, by id."""
    organization = snapshot.organization
    if organization is None:
        return {}
    accounts = {account.id: account.name for account in organization.accounts}
    units = {unit.id: unit.name for unit in organization.units}
    return accounts | units | {policy.id: policy.name for policy in organization.guardrails}


def _is_asked(account: str, accounts: set[str] | None) -> bool:
    return accounts is None or account in accounts


def _tell(
    earlier: SnapshotFile, later: SnapshotFile, facts: Sequence[Difference], effects: Sequence[GrantDifference]
) -> dict[str, Any]:
    return {
        "old": earlier.name,
        "new": later.name,
        "facts": [
            {
                "kind": one.kind.value,
                "subject": one.subject.value,
                "account": one.account,
                "name": one.name,
                "field": one.field,
                "old": one.old,
                "new": one.new,
            }
            for one in facts
        ],
        "effects": [
            {
                "kind": one.kind.value,
                "role": one.grant.role,
                "account": one.grant.account,
                "principal": one.grant.principal.value,
                "old_reach": one.old.reach.kind.value if one.old else "",
                "new_reach": one.new.reach.kind.value if one.new else "",
                "because": list(one.because),
            }
            for one in effects
        ],
    }


def _print(
    told: dict[str, Any], names: dict[str, str], facts: Sequence[Difference], effects: Sequence[GrantDifference]
) -> None:
    print_line(f"from {told['old']} to {told['new']}")
    print_line("")
    rows = [(one.kind.value, one.subject.value, *_name(one, names), one.field.replace("_", " ")) for one in facts]
    print_table(("written", "what", "account", "name", "field"), rows)
    print_line("")
    heads = ("in effect", "account", "role", "who gets in", "because")
    print_table(heads, [_effect(one, names) for one in effects])
    say(f"{len(facts)} differences as written, {len(effects)} in effect")


def _name(one: Difference, names: dict[str, str]) -> tuple[str, str]:
    """The account and the thing, as people call them."""
    if one.subject in (Subject.ACCOUNT, Subject.COVERAGE):
        return names.get(one.name, one.name), one.name
    if not one.account:
        return "", names.get(one.name, one.name)
    return names.get(one.account, one.account), one.name.rpartition(f"{one.account}:")[2]


def _effect(one: GrantDifference, names: dict[str, str]) -> tuple[str, ...]:
    grant = one.grant
    because = "; ".join(one.because) or f"reach {grant.reach.kind.value}"
    account = names.get(grant.account, grant.account)
    return one.kind.value, account, grant.role.rpartition(":role/")[2], grant.principal.value, because
