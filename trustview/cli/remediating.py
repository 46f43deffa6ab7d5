"""`trustview remediate ROLE`: the proposed trust policy, its difference, and the text that carries it out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from trustview.analysis import CHECKS_BY_ID, Finding, Remediation, describe_effect, facts_about, prove_effect
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_line, print_text, say
from trustview.cli.selecting import account_names, open_selected, select_role
from trustview.export.remediation import REMEDIATION_FORMATS_BY_NAME, Proposal, propose_text
from trustview.snapshot import Role
from trustview.store import SnapshotFile, find_workspace


def remediate_role(arguments: Namespace) -> int:
    """Print what is proposed for one role; nothing is changed anywhere."""
    with open_selected(find_workspace(), arguments) as snapshot:
        role = select_role(snapshot, arguments.role)
        remediation = snapshot.remediation(role.arn)
        findings = snapshot.findings_of(role.arn)
        if remediation is None:
            _say_nothing_is_proposed(role, findings)
            return ExitCode.DONE
        proposal = _proposal(snapshot, role, remediation, findings)
    form = "json" if arguments.json else arguments.format
    if form:
        print_text(REMEDIATION_FORMATS_BY_NAME[form].write(proposal))
    else:
        _print_proposal(proposal)
    return ExitCode.DONE


def _proposal(snapshot: SnapshotFile, role: Role, remediation: Remediation, findings: tuple[Finding, ...]) -> Proposal:
    names = account_names(snapshot)
    closed = set(remediation.closes)
    return Proposal(
        role=role.arn,
        name=role.name,
        path=role.path,
        account=role.account,
        account_name=names.get(role.account, role.account),
        current=role.trust_policy,
        proposed=remediation.policy,
        changes=tuple(change.summary for change in remediation.changes),
        closes=_titles(finding for finding in findings if finding.id in closed),
        leaves=_titles(finding for finding in findings if finding.id not in closed),
        effect=prove_effect(role.trust_policy, remediation.policy, facts_about(snapshot.organization(), role.account)),
    )


def _titles(findings: Iterable[Finding]) -> tuple[str, ...]:
    known = ((finding.check, CHECKS_BY_ID.get(finding.check)) for finding in findings)
    return tuple(dict.fromkeys(check.title if check else name for name, check in known))


def _print_proposal(proposal: Proposal) -> None:
    print_line(f"{proposal.role}  {proposal.account_name}")
    for head, texts in (("change", proposal.changes), ("closes", proposal.closes), ("leaves", proposal.leaves)):
        for text in texts:
            print_line(f"{head:<8}{text}")
    for head, sentence in describe_effect(proposal.effect):
        print_line(f"{head:<8}{sentence}")
    print_line("")
    for line in propose_text(proposal):
        print_line(line)


def _say_nothing_is_proposed(role: Role, findings: tuple[Finding, ...]) -> None:
    say(f"no change is proposed for `{role.arn}`")
    for finding in findings:
        check = CHECKS_BY_ID.get(finding.check)
        if check is not None:
            say(f"  {check.title}: {check.fix}")
