"""The commands that print what a snapshot holds, what is looked for, and which snapshots there are."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from trustview.analysis import CHECKS, Check, Grant, Severity, describe_agreement
from trustview.cli.config import describe_difference
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_json_list, print_table, print_text, say
from trustview.cli.selecting import account_names, open_selected, select_accounts, select_rows
from trustview.export import FORMATS_BY_NAME, FindingRow
from trustview.review import REVIEW_CHECKS, ReviewCheck
from trustview.snapshot import ExternalFinding, Role
from trustview.snapshot.codec import encode
from trustview.store import delete_snapshot, find_workspace, load_settings
from trustview.store import list_snapshots as snapshots_of


def list_findings(arguments: Namespace) -> int:
    """Print the findings, worst first; 4 when one is as bad as `--fail-on` says."""
    workspace = find_workspace()
    settings = load_settings(workspace, arguments.settings).settings
    with open_selected(workspace, arguments) as snapshot:
        rows = select_rows(workspace, snapshot, arguments)
        if difference := describe_difference(snapshot, settings):
            say(difference)
        form = "json" if arguments.json else arguments.format
        if form:
            print_text(FORMATS_BY_NAME[form].pieces(rows))
        else:
            heads = ("severity", "check", "account", "role", "who gets in", "reach", "decision")
            print_table(heads, map(_finding, rows))
            count = sum(number for _, number in rows.sections())
            say(f"{count} findings" if count != 1 else "1 finding")
        worst = max(rows.findings.by_severity(), default=None)
    is_met = arguments.fail_on and worst is not None and worst >= Severity[arguments.fail_on.upper()]
    return ExitCode.FAIL_ON if is_met else ExitCode.DONE


def _finding(row: FindingRow) -> tuple[str, ...]:
    return (
        row.severity,
        row.check,
        row.account_name,
        row.role.rpartition(":role/")[2] or f"{row.subject_kind} {row.subject_name}",
        ", ".join(row.principals),
        ", ".join(row.reach),
        row.decision or "open",
    )


def list_roles(arguments: Namespace) -> int:
    """Print every role."""
    with open_selected(find_workspace(), arguments) as snapshot:
        roles = snapshot.roles(select_accounts(snapshot, arguments.account))
        if arguments.json:
            print_json_list(map(_role, roles))
            return ExitCode.DONE
        names = account_names(snapshot)
        heads = ("account", "role", "created", "last used", "attached")
        print_table(
            heads,
            (
                (
                    names.get(role.account, role.account),
                    f"{role.path}{role.name}".lstrip("/"),
                    role.created[:10],
                    role.last_used[:10] or "never seen",
                    ", ".join(arn.rpartition("/")[2] for arn in role.attached),
                )
                for role in roles
            ),
        )
    return ExitCode.DONE


def _role(role: Role) -> dict[str, Any]:
    """All that was read of a role; policies as JSON where they are JSON."""
    value: dict[str, Any] = encode(role)
    value["trust_policy"] = _policy(role.trust_policy)
    value["inline"] = [{"name": policy.name, "document": _policy(policy.document)} for policy in role.inline]
    return value


def _policy(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def list_grants(arguments: Namespace) -> int:
    """Print every way into every role, with party and reach."""
    with open_selected(find_workspace(), arguments) as snapshot:
        grants = snapshot.grants(select_accounts(snapshot, arguments.account))
        if arguments.json:
            print_json_list(_agreed(grants, snapshot.external_findings()))
            return ExitCode.DONE
        names = account_names(snapshot)
        heads = ("account", "role", "principal", "party", "reach", "depends on / blocked by")
        print_table(
            heads,
            (
                (
                    names.get(grant.account, grant.account),
                    grant.role.rpartition(":role/")[2],
                    grant.principal.value,
                    f"{grant.party.value}: {grant.party_name}",
                    grant.reach.kind.value,
                    ", ".join(grant.reach.depends_on or grant.reach.blocked_by),
                )
                for grant in grants
            ),
        )
    return ExitCode.DONE


def _agreed(grants: Iterable[Grant], reported: Sequence[ExternalFinding]) -> Iterator[dict[str, Any]]:
    """Each grant with what IAM Access Analyzer says of it."""
    by_role: dict[str, list[ExternalFinding]] = {}
    for finding in reported:
        by_role.setdefault(finding.resource, []).append(finding)
    for grant in grants:
        told = describe_agreement(grant, by_role.get(grant.role, ()), is_read=bool(reported))
        yield {**_grant(grant), "access_analyzer": told}


def _grant(grant: Grant) -> dict[str, Any]:
    return {
        "role": grant.role,
        "account": grant.account,
        "principal": grant.principal.value,
        "party": grant.party.value,
        "actions": list(grant.actions),
        "conditions": [
            {"operator": condition.spelling, "key": condition.key, "values": list(condition.values)}
            for condition in grant.conditions
        ],
        "reach": grant.reach.kind.value,
        "depends_on": list(grant.reach.depends_on),
        "blocked_by": list(grant.reach.blocked_by),
        "reasons": list(grant.reach.reasons),
        "fleet": grant.fleet,
        "privilege": grant.privilege.value,
    }


def list_snapshots(arguments: Namespace) -> int:
    """Print the snapshots, or delete one."""
    workspace = find_workspace()
    if arguments.delete:
        delete_snapshot(workspace, arguments.delete)
        say(f"snapshot `{arguments.delete}` is deleted; decisions are kept elsewhere and stay")
        return ExitCode.DONE
    entries = snapshots_of(workspace)
    if arguments.json:
        print_json([{"name": entry.name, "path": str(entry.path), "bytes": entry.bytes} for entry in entries])
    else:
        print_table(("name", "size"), [(entry.name, f"{entry.bytes / 1e6:.1f} MB") for entry in entries])
    return ExitCode.DONE


def list_checks(arguments: Namespace) -> int:
    """Print the catalogue of checks; those that compare with the last review come last."""
    checks: tuple[Check | ReviewCheck, ...] = (*CHECKS, *REVIEW_CHECKS)
    if arguments.json:
        fields = ("id", "title", "why", "fix", "see")
        print_json([{name: getattr(c, name) for name in fields} | {"severity": c.severity.word} for c in checks])
    else:
        print_table(("check", "severity", "title"), [(c.id, c.severity.word, c.title) for c in checks])
    return ExitCode.DONE
