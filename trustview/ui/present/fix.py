"""The Fix pane: the proposed changes in words, what they close, and the two policies to compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trustview.analysis import CHECKS_BY_ID, Check, Finding, describe_effect, pretty_policy
from trustview.policy.narrowing import Verdict
from trustview.ui.detail import Detail
from trustview.ui.present.signs import severity_sign
from widgets.fact_list import Fact, Heading
from widgets.tone import Tone

NO_CHANGE = "no change is proposed: revoke (r), accept the risk (w) or approve (a)"


_TONES = {Verdict.PROVED: Tone.GOOD, Verdict.WIDER: Tone.HIGH, Verdict.UNKNOWN: Tone.MEDIUM}


def fix_facts(detail: Detail, checks: Mapping[str, Check] = CHECKS_BY_ID) -> Iterator[Fact | Heading]:
    """The changes, what they close, what stays, and in how many accounts."""
    remediation = detail.remediation
    found = (*detail.findings, *detail.role_findings)
    if remediation is None:
        yield Fact("", NO_CHANGE)
        for finding in found:
            known = checks.get(finding.check)
            yield _finding("remedy", finding, known.fix if known else finding.check)
        return
    for number, change in enumerate(remediation.changes, 1):
        yield Fact(f"change {number}", change.summary, Tone.STRONG)
    for closes in (True, False):
        for finding in found:
            known = checks.get(finding.check)
            if (finding.id in remediation.closes) is closes:
                yield _finding("closes" if closes else "leaves", finding, known.title if known else finding.check)
    if detail.effect is not None:
        for label, sentence in describe_effect(detail.effect):
            yield Fact(label, sentence, _TONES[detail.effect.verdict] if label == "proof" else Tone.PLAIN)
    if len(detail.roles) > 1:
        yield Fact(
            "where", f"this role in {len(detail.roles)} accounts; the difference below is for {detail.subject.account}"
        )


def _finding(label: str, finding: Finding, text: str) -> Fact:
    sign = severity_sign(finding.severity)
    return Fact(label, text, sign.tone, sign.glyph)


def policies(detail: Detail) -> tuple[str, str] | None:
    """The policy as it is and as proposed, both indented alike; None when nothing is proposed."""
    if detail.remediation is None:
        return None
    return pretty_policy(detail.document), pretty_policy(detail.remediation.policy)
