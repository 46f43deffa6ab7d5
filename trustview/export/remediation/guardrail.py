"""A guardrail's remediation -> text to hand over: a new RCP with its rollout, or another text of one. Pure.

Only the first place is attached by what is written; the places that follow are for when nothing broke.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_policies_create.html
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trustview.export.markdown import code, plain
from trustview.export.remediation.cloudformation import logical_id
from trustview.export.remediation.proposal import one_line
from trustview.export.remediation.terraform import heredoc, quoted, resource_name
from trustview.export.remediation.ticket import block, section
from widgets.safe_text import safe_text


@dataclass(frozen=True, slots=True)
class Stage:
    """One place to attach a guardrail to, and what to know of it."""

    target: str
    summary: str


@dataclass(frozen=True, slots=True)
class GuardrailProposal:
    """A guardrail as it is (`current` and `policy` are empty where it is new) and as proposed (JSON texts).

    `type` is AWS's name of its kind. `changes` say each edit, `closes` the titles of the findings that go away,
    `stages` where to attach it, in order; none where it is attached already. `told` are labelled sentences
    about its proof.
    """

    name: str
    type: str
    policy: str
    current: str
    proposed: str
    changes: tuple[str, ...]
    closes: tuple[str, ...]
    stages: tuple[Stage, ...] = ()
    id: str = ""
    told: tuple[tuple[str, str], ...] = ()


def write_guardrail(proposal: GuardrailProposal, form: str) -> str:
    """The proposal in one of the formats of a role's."""
    return _WRITERS[form](proposal)


# ── AWS CLI ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _write_commands(proposal: GuardrailProposal) -> str:
    lines = [f"# {safe_text(proposal.name)}", *(f"# - {safe_text(change)}" for change in proposal.changes)]
    lines += [f"# {label}: {safe_text(sentence)}" for label, sentence in proposal.told]
    lines += [*_carry_out(proposal), "", "# to take it back:", *(f"# {line}" for line in _take_back(proposal))]
    return "\n".join(lines) + "\n"


def _carry_out(proposal: GuardrailProposal) -> Iterator[str]:
    content = ("--content", one_line(proposal.proposed))
    if proposal.policy:
        yield shlex.join(("aws", "organizations", "update-policy", "--policy-id", proposal.policy, *content))
        return
    named = ("--name", proposal.name, "--type", proposal.type, "--description", "Keeps outsiders from every role")
    made = shlex.join(("aws", "organizations", "create-policy", *named, *content))
    yield f"POLICY=$({made} --query Policy.PolicySummary.Id --output text)"
    for number, stage in enumerate(proposal.stages):
        yield f"# {safe_text(stage.summary)}"
        yield f"{'# when nothing broke: ' if number else ''}{_attach('attach-policy', stage)}"


def _take_back(proposal: GuardrailProposal) -> Iterator[str]:
    if proposal.policy:
        content = ("--content", one_line(proposal.current))
        yield shlex.join(("aws", "organizations", "update-policy", "--policy-id", proposal.policy, *content))
        return
    yield from (_attach("detach-policy", stage) for stage in reversed(proposal.stages))
    yield 'aws organizations delete-policy --policy-id "$POLICY"'


def _attach(verb: str, stage: Stage) -> str:
    return f'aws organizations {verb} --policy-id "$POLICY" {shlex.join(("--target-id", stage.target))}'


# ── the others ───────────────────────────────────────────────────────────────────────────────────────────────────


def _write_terraform(proposal: GuardrailProposal) -> str:
    name = resource_name(proposal.name)
    lines = [*(f"# - {safe_text(change)}" for change in proposal.changes)]
    lines += [f'resource "aws_organizations_policy" "{name}" {{', f"  name = {quoted(proposal.name)}"]
    lines += [f"  type = {quoted(proposal.type)}", "", *heredoc("content", proposal.proposed), "}"]
    if proposal.stages:
        lines += ["", "# Places to attach it to; add one after the other, when nothing broke:"]
        lines += [f"# - {safe_text(f'{stage.target}: {stage.summary}')}" for stage in proposal.stages]
        lines += ['variable "targets" {', "  type    = set(string)"]
        lines += [f"  default = [{quoted(proposal.stages[0].target)}]", "}", ""]
        lines += [f'resource "aws_organizations_policy_attachment" "{name}" {{', "  for_each  = var.targets"]
        lines += [f"  policy_id = aws_organizations_policy.{name}.id", "  target_id = each.value", "}"]
    return "\n".join(lines) + "\n"


def _write_cloudformation(proposal: GuardrailProposal) -> str:
    properties: dict[str, object] = {
        "Name": proposal.name,
        "Type": proposal.type,
        "Content": json.loads(proposal.proposed),
    }
    if proposal.stages:
        properties["TargetIds"] = [proposal.stages[0].target]
    policy = {"Type": "AWS::Organizations::Policy", "Properties": properties}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The guardrail as trustview proposes it; add the next place to TargetIds when nothing broke",
        "Resources": {logical_id(proposal.name): policy},
    }
    return json.dumps(template, indent=2, ensure_ascii=True) + "\n"


def _write_json(proposal: GuardrailProposal) -> str:
    value = {
        "guardrail": proposal.policy or None,
        "name": proposal.name,
        "type": proposal.type,
        "id": proposal.id,
        "changes": list(proposal.changes),
        "closes": list(proposal.closes),
        "told": [{"label": label, "text": sentence} for label, sentence in proposal.told],
        "stages": [{"target": stage.target, "summary": stage.summary} for stage in proposal.stages],
        "current": json.loads(proposal.current) if proposal.current else None,
        "proposed": json.loads(proposal.proposed),
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def _write_ticket(proposal: GuardrailProposal) -> str:
    verb = "Change" if proposal.policy else "Create"
    lines = [f"# {verb} the guardrail {plain(proposal.name)}", "", f"Type {code(proposal.type)}"]
    stages = (f"{stage.target}: {stage.summary}" for stage in proposal.stages)
    told = (f"{label}: {sentence}" for label, sentence in proposal.told)
    for head, texts in (
        ("Changes", proposal.changes),
        ("What it does", told),
        ("Stages", stages),
        ("Closes", proposal.closes),
    ):
        lines += section(head, texts)
    policy = json.dumps(json.loads(proposal.proposed), indent=2, ensure_ascii=True).splitlines()
    lines += block("Policy", "json", policy)
    lines += block("Carry out", "sh", _carry_out(proposal))
    lines += block("Take back", "sh", _take_back(proposal))
    return "\n".join(lines) + "\n"


_WRITERS: dict[str, Callable[[GuardrailProposal], str]] = {
    "json": _write_json,
    "cli": _write_commands,
    "terraform": _write_terraform,
    "cloudformation": _write_cloudformation,
    "markdown": _write_ticket,
}
