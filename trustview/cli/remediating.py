"""`trustview remediate ROLE`: the changes that can be chosen, ranked, and the text that carries one of them out."""

from __future__ import annotations

from argparse import Namespace

from trustview.analysis import (
    CHECKS_BY_ID,
    Choice,
    Finding,
    rank_choices,
)
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_line, print_text, say
from trustview.cli.proposing import propose
from trustview.cli.remediating_fleets import remediate_fleet
from trustview.cli.remediating_guardrails import find_guardrail, remediate_guardrail
from trustview.cli.selecting import account_names, open_selected, select_role
from trustview.errors import UsageError
from trustview.export.remediation import REMEDIATION_FORMATS_BY_NAME, Proposal, propose_text
from trustview.store import facts_of_role, find_workspace


def remediate_role(arguments: Namespace) -> int:
    """Print what is proposed for one role; nothing is changed anywhere."""
    with open_selected(find_workspace(), arguments) as snapshot:
        guardrail = find_guardrail(snapshot, arguments.role)
        if guardrail:
            return remediate_guardrail(snapshot, guardrail, arguments)
        role = select_role(snapshot, arguments.role)
        facts = facts_of_role(snapshot, role.arn)
        names = account_names(snapshot)
        choices = rank_choices(facts) if facts else ()
        if facts is not None and choices and arguments.fleet:
            chosen = _pick(choices, arguments.change)
            return remediate_fleet(snapshot, facts, chosen.remediation.id, names, arguments)
    if facts is None or not choices:
        _say_nothing_is_proposed(role.arn, facts.findings if facts else ())
        return ExitCode.DONE
    proposal = propose(facts, choices, _pick(choices, arguments.change), names.get(role.account, role.account))
    form = "json" if arguments.json else arguments.format
    if form:
        print_text(REMEDIATION_FORMATS_BY_NAME[form].write(proposal))
    else:
        _print_proposal(proposal)
    return ExitCode.DONE


def _pick(choices: tuple[Choice, ...], wanted: str | None) -> Choice:
    """The choice of an id, or of the beginning of one; the best where none is asked for."""
    if not wanted:
        return choices[0]
    found = [choice for choice in choices if choice.remediation.id.startswith(wanted)]
    if len(found) != 1:
        ids = ", ".join(f"`{choice.remediation.id}`" for choice in choices)
        raise UsageError(f"`{wanted}` is no change of this role: choose one of {ids}")
    return found[0]


def _print_proposal(proposal: Proposal) -> None:
    print_line(f"{proposal.before.arn}  {proposal.account_name}")
    for number, one in enumerate(proposal.ranked, 1):
        chosen = "shown below" if one.id == proposal.id else f"--change {one.id}"
        print_line(f"{number}  {one.id}  {'; '.join(one.changes)}  ({chosen})")
        print_line(f"   {'takes the way in away; ' if one.is_removal else ''}{'; '.join(one.reasons)}")
    print_line("")
    for head, texts in (("change", proposal.changes), ("closes", proposal.closes), ("leaves", proposal.leaves)):
        for text in texts:
            print_line(f"{head:<11}{text}")
    for head, sentence in proposal.told:
        print_line(f"{head:<11}{sentence}")
    print_line("")
    for line in propose_text(proposal):
        print_line(line)


def _say_nothing_is_proposed(arn: str, findings: tuple[Finding, ...]) -> None:
    say(f"no change is proposed for `{arn}`")
    for finding in findings:
        check = CHECKS_BY_ID.get(finding.check)
        if check is not None:
            say(f"  {check.title}: {check.fix}")
