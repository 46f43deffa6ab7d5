"""A choice between changes of a role -> the proposal that is handed over."""

from __future__ import annotations

from collections.abc import Iterable

from trustview.analysis import CHECKS_BY_ID, Choice, Finding, RoleFacts, describe_replay
from trustview.export.remediation import Proposal, Ranked
from trustview.review import explain_finding

Labelled = tuple[tuple[str, str], ...]


def propose(
    facts: RoleFacts, choices: Iterable[Choice], chosen: Choice, account_name: str, tried: Labelled = ()
) -> Proposal:
    """One choice as it is handed over, with the others beside it; `tried` are sentences on what else it would do."""
    one = chosen.remediation
    return Proposal(
        before=facts.role,
        after=chosen.after,
        account_name=account_name,
        changes=tuple(change.summary for change in one.changes),
        closes=_titles(finding for finding in facts.findings if finding.id in one.closes),
        leaves=_titles(finding for finding in facts.findings if finding.id not in one.closes),
        effect=chosen.effect,
        id=one.id,
        notes=(*describe_replay(chosen.replay), *tried),
        ranked=tuple(_rank(choice) for choice in choices),
        mended=tuple(dict.fromkeys(_reason(facts, finding) for finding in facts.findings if finding.id in one.closes)),
    )


def _rank(choice: Choice) -> Ranked:
    one = choice.remediation
    return Ranked(one.id, tuple(change.summary for change in one.changes), choice.reasons, choice.is_removal)


def _reason(facts: RoleFacts, finding: Finding) -> str:
    """What was found, and why it stands where it stands."""
    grants = [grant for grant in facts.grants if grant.id in finding.grants]
    return f"{'. '.join(finding.because)}. {explain_finding(finding, grants)}"


def _titles(findings: Iterable[Finding]) -> tuple[str, ...]:
    known = ((finding.check, CHECKS_BY_ID.get(finding.check)) for finding in findings)
    return tuple(dict.fromkeys(check.title if check else name for name, check in known))
