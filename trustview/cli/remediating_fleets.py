"""`trustview remediate ROLE --fleet`: one change for every role of a name, proved for each."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping

from trustview.analysis import FleetChange, Member, RoleFacts, change_fleet
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_line, print_text
from trustview.cli.proposing import propose
from trustview.export.remediation import REMEDIATION_FORMATS_BY_NAME, Proposal
from trustview.store import SnapshotFile, facts_of_role


def remediate_fleet(
    snapshot: SnapshotFile, facts: RoleFacts, change: str, names: Mapping[str, str], arguments: Namespace
) -> int:
    """Print one change for all roles of a name; nothing is changed anywhere."""
    found = change_fleet(change, _fleet(snapshot, facts))
    proposals = [_propose(member, names) for member in found.members]
    form = "json" if arguments.json else arguments.format
    if form == "json":
        print_text(json.dumps(_value(found, proposals), indent=2, ensure_ascii=True) + "\n")
    elif form:
        print_text("\n".join(REMEDIATION_FORMATS_BY_NAME[form].write(proposal) for proposal in proposals))
    else:
        _print(found, names)
    return ExitCode.DONE


def _fleet(snapshot: SnapshotFile, facts: RoleFacts) -> Iterator[RoleFacts]:
    """The roles of the role's name and path, itself first."""
    path = f"{facts.role.path}{facts.role.name}"
    alike = (arn for arn in snapshot.role_arns(facts.role.name) if arn.endswith(f":role{path}"))
    for arn in dict.fromkeys((facts.role.arn, *alike)):
        member = facts_of_role(snapshot, arn)
        if member is not None:
            yield member


def _propose(member: Member, names: Mapping[str, str]) -> Proposal:
    account = member.facts.role.account
    return propose(member.facts, (member.choice,), member.choice, names.get(account, account))


def _value(found: FleetChange, proposals: list[Proposal]) -> dict[str, object]:
    write = REMEDIATION_FORMATS_BY_NAME["json"].write
    return {
        "id": found.id,
        "members": [json.loads(write(proposal)) for proposal in proposals],
        "outliers": [{"role": outlier.facts.role.arn, "why": outlier.why} for outlier in found.outliers],
    }


def _print(found: FleetChange, names: Mapping[str, str]) -> None:
    """The change once, in the words of its first member, then where it is proved and where not."""
    for member in found.members[:1]:
        for change in member.choice.remediation.changes:
            print_line(f"change     {change.summary}")
    for member in found.members:
        role = member.facts.role
        print_line(f"proved     {role.arn}  {names.get(role.account, '')}: {'; '.join(member.choice.reasons)}")
    for outlier in found.outliers:
        role = outlier.facts.role
        print_line(f"apart      {role.arn}  {names.get(role.account, '')}: {outlier.why}")
