"""`trustview remediate` of a guardrail, or of the organization that has none against outsiders."""

from __future__ import annotations

from argparse import Namespace

from trustview.analysis import (
    CHECKS_BY_ID,
    ChangeKind,
    Finding,
    Remediation,
    describe_guardrail_effect,
    pretty_policy,
    prove_guardrail,
)
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_line, print_text, say
from trustview.export.remediation import GuardrailProposal, Stage, write_guardrail
from trustview.snapshot import GuardrailKind, GuardrailPolicy, Organization
from trustview.store import SnapshotFile

_NEW = "trustview-no-outsiders"


def find_guardrail(snapshot: SnapshotFile, text: str) -> str:
    """The id of the guardrail that is named by its id or name, or of the organization; empty for neither."""
    organization = snapshot.organization()
    if organization is None:
        return ""
    if text in (organization.id, "organization"):
        return organization.id
    return next((policy.id for policy in organization.guardrails if text in (policy.id, policy.name)), "")


def remediate_guardrail(snapshot: SnapshotFile, subject: str, arguments: Namespace) -> int:
    """Print what is proposed for a guardrail; nothing is changed anywhere."""
    found = snapshot.remediations_of(subject)
    organization = snapshot.organization()
    if not found or organization is None:
        say(f"no change is proposed for `{arguments.role}`")
        for sentence in (one for finding in snapshot.findings_of(subject) for one in finding.by_hand):
            say(f"  {sentence}")
        return ExitCode.DONE
    proposal = _propose(organization, found[0], snapshot.findings_of(subject))
    form = "json" if arguments.json else arguments.format
    if form:
        print_text(write_guardrail(proposal, form))
    else:
        _print(proposal)
    return ExitCode.DONE


def _propose(organization: Organization, one: Remediation, findings: tuple[Finding, ...]) -> GuardrailProposal:
    there = {policy.id: policy for policy in organization.guardrails}.get(one.subject)
    known = (CHECKS_BY_ID.get(finding.check) for finding in findings if finding.id in one.closes)
    attached = [change for change in one.changes if change.kind is ChangeKind.ATTACH_POLICY]
    return GuardrailProposal(
        name=there.name if there else _NEW,
        type=_type_of(there),
        policy=one.subject if there else "",
        current=there.document if there else "",
        proposed=one.policy,
        changes=tuple(change.summary for change in one.changes if change.kind is not ChangeKind.ATTACH_POLICY),
        closes=tuple(dict.fromkeys(check.title for check in known if check)),
        stages=tuple(Stage(change.values[0], change.summary) for change in attached),
        id=one.id,
        told=describe_guardrail_effect(prove_guardrail(one, organization)),
    )


def _type_of(policy: GuardrailPolicy | None) -> str:
    is_scp = policy is not None and policy.kind is GuardrailKind.SCP
    return "SERVICE_CONTROL_POLICY" if is_scp else "RESOURCE_CONTROL_POLICY"


def _print(proposal: GuardrailProposal) -> None:
    print_line(f"{proposal.policy or 'new'}  {proposal.name}  {proposal.type}")
    for head, texts in (("change", proposal.changes), ("closes", proposal.closes)):
        for text in texts:
            print_line(f"{head:<11}{text}")
    for head, sentence in proposal.told:
        print_line(f"{head:<11}{sentence}")
    for number, stage in enumerate(proposal.stages, 1):
        print_line(f"{f'stage {number}':<11}{stage.target}: {stage.summary}")
    print_line("")
    for line in pretty_policy(proposal.proposed).splitlines():
        print_line(line)
