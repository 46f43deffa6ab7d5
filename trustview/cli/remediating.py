"""`trustview remediate ROLE`: the changes that can be chosen, ranked, and the text that carries one of them out."""

from __future__ import annotations

from argparse import Namespace

from trustview.analysis import (
    CHECKS_BY_ID,
    Choice,
    Edge,
    Finding,
    rank_choices,
    what_if,
)
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_line, print_text, say
from trustview.cli.proposing import propose
from trustview.cli.remediating_fleets import remediate_fleet
from trustview.cli.remediating_guardrails import find_guardrail, remediate_guardrail
from trustview.cli.second_opinion import ask_aws
from trustview.cli.selecting import account_names, open_selected, select_role
from trustview.errors import UsageError
from trustview.export.remediation import REMEDIATION_FORMATS_BY_NAME, Proposal, propose_text
from trustview.garbage import without_collection
from trustview.store import SnapshotFile, facts_of_role, find_workspace

_MOST_SHOWN = 10


def remediate_role(arguments: Namespace) -> int:
    """Print what is proposed for one role or guardrail; nothing is changed anywhere."""
    with open_selected(find_workspace(), arguments) as snapshot:
        guardrail = find_guardrail(snapshot, arguments.role)
        if guardrail:
            return remediate_guardrail(snapshot, guardrail, arguments)
        facts = facts_of_role(snapshot, select_role(snapshot, arguments.role).arn)
        choices = rank_choices(facts) if facts else ()
        if facts is None or not choices:
            _say_nothing_is_proposed(arguments.role, facts.findings if facts else ())
            return ExitCode.DONE
        chosen, names = _pick(choices, arguments.change), account_names(snapshot)
        if arguments.fleet:
            return remediate_fleet(snapshot, facts, chosen.remediation.id, names, arguments)
        tried = _try_out(snapshot, chosen) if arguments.what_if else ()
    if arguments.second_opinion:
        tried = (*tried, *ask_aws(facts.role.trust_policy, chosen, arguments))
    account = facts.role.account
    proposal = propose(facts, choices, chosen, names.get(account, account), tried)
    form = "json" if arguments.json else arguments.format
    if form:
        print_text(REMEDIATION_FORMATS_BY_NAME[form].write(proposal))
    else:
        _print_proposal(proposal)
    return ExitCode.DONE


def _try_out(snapshot: SnapshotFile, chosen: Choice) -> tuple[tuple[str, str], ...]:
    """The whole snapshot analysed again with the change, in labelled sentences."""
    with without_collection():
        found = what_if(snapshot.load_snapshot(), snapshot.load_analysis(), (chosen.after,))
    arn = chosen.after.arn
    ended = (("ends", f"{one.check} ({one.severity.word}) on `{one.subject.id}`") for one in found.gone)
    brought = [("brings", f"{one.check} ({one.severity.word}) on `{one.subject.id}`") for one in found.new]
    lost = _shortened("loses", [_told(edge, arn, "can no longer become") for edge in found.lost])
    gained = _shortened("gains", [_told(edge, arn, "can become") for edge in found.gained])
    return (*ended, *(brought or [("brings", "nothing that is not found today")]), *lost, *gained)


def _shortened(label: str, sentences: list[str]) -> list[tuple[str, str]]:
    """The first sentences, and how many more there are."""
    shown = [(label, sentence) for sentence in sentences[:_MOST_SHOWN]]
    left = len(sentences) - _MOST_SHOWN
    return [*shown, *([(label, f"and {left} more")] if left > 0 else [])]


def _told(edge: Edge, role: str, can: str) -> str:
    """A step into a role, or out of it, in words."""
    if edge.source == role:
        return f"it {can} `{edge.target}` ({edge.kind})"
    return f"{_who(edge)} {can} it ({edge.kind})"


def _who(edge: Edge) -> str:
    """Who takes a step, in words: accounts and the organization stand for whoever is in them."""
    kind, _, accounts = edge.source.partition(":")
    return f"any principal of `{accounts}`" if kind == "account" else f"`{edge.source}`"


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
        for sentence in finding.by_hand:
            say(f"    {sentence}")
