"""`trustview explain ID`: why a finding stands where it stands, or what a check looks for and why it matters."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from typing import Any

from trustview.analysis import CHECKS_BY_ID, Check, Finding
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_line
from trustview.cli.selecting import account_names, open_selected
from trustview.errors import NoSnapshotError, UsageError
from trustview.review import REVIEW_CHECKS_BY_ID, ReviewCheck, explain_finding, rank_item
from trustview.store import SnapshotFile, find_workspace

_WIDTH = 88


def explain(arguments: Namespace) -> int:
    """Print the documentation of a check, or one finding with all that made its grade and its rank."""
    check = CHECKS_BY_ID.get(arguments.what) or REVIEW_CHECKS_BY_ID.get(arguments.what)
    told = _tell_check(check) if check else _tell_finding(arguments)
    if arguments.json:
        print_json(told)
    else:
        _print(told)
    return ExitCode.DONE


def _tell_check(check: Check | ReviewCheck) -> dict[str, Any]:
    """The same values as `trustview checks --json` gives."""
    documented = {"title": check.title, "why": check.why, "fix": check.fix, "see": check.see}
    return {"id": check.id, "severity": check.severity.word} | documented


def _tell_finding(arguments: Namespace) -> dict[str, Any]:
    unknown = UsageError(
        f"`{arguments.what}` is no check and no finding: `trustview checks` lists checks, `trustview findings --json` "
        "gives the ids of findings"
    )
    try:
        with open_selected(find_workspace(), arguments) as snapshot:
            finding = snapshot.finding(arguments.what)
            if finding is None:
                raise unknown
            return _tell(snapshot, finding)
    except NoSnapshotError:
        if arguments.snapshot:
            raise
        raise unknown from None


def _tell(snapshot: SnapshotFile, finding: Finding) -> dict[str, Any]:
    check = CHECKS_BY_ID.get(finding.check)
    grants = [grant for grant in snapshot.grants_of(finding.role) if grant.id in finding.grants] if finding.role else []
    return {
        "id": finding.id,
        "severity": finding.severity.word,
        "check": finding.check,
        "title": check.title if check else finding.check,
        "subject": finding.subject.id,
        "account": finding.account,
        "account_name": account_names(snapshot).get(finding.account, finding.account),
        "principals": [grant.principal.value for grant in grants],
        "because": list(finding.because),
        "explained": explain_finding(finding, grants),
        "ranked": _ranks(snapshot, {grant.fleet for grant in grants} or {finding.subject.item_id}),
        "why": check.why if check else "",
        "fix": check.fix if check else "",
        "see": check.see if check else "",
    }


def _ranks(snapshot: SnapshotFile, items: set[str]) -> list[dict[str, Any]]:
    """Items of the queue, each with its place and why it has it, the first first."""
    table = snapshot.items()
    ranks = []
    for item, number in sorted(table.numbers(items).items(), key=lambda entry: entry[1]):
        row = table[number]
        rank = rank_item(row.severity, row.reach, row.party, row.privilege, row.findings)
        ranks.append({"item": item, "place": number + 1, "why": rank.sentence})
    return ranks


_HEADS = {
    "subject": "On", "principals": "Who gets in", "because": "Seen", "explained": "Severity",
    "ranked": "Place in the queue", "why": "Why", "fix": "Fix",
}  # fmt: skip


def _print(told: dict[str, Any]) -> None:
    print_line(f"{told.get('check', told['id'])} ({told['severity']})")
    print_line("")
    _wrap(f"{told['title']}.")
    for name, head in _HEADS.items():
        for text in _texts(told.get(name) or [], told):
            print_line("")
            _wrap(f"{head}: {text}")
    print_line("")
    print_line(f"See: {told['see']}")


def _texts(value: str | list[Any], told: dict[str, Any]) -> list[str]:
    if isinstance(value, str):
        return [f"{value} ({told['account_name']})" if value == told.get("subject") else value]
    return [f"{one['place']}, for it is {one['why']}" if isinstance(one, dict) else str(one) for one in value]


def _wrap(text: str) -> None:
    for line in textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False):
        print_line(line)
