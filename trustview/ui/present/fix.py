"""The Fix pane: the changes that can be chosen, what one of them does, and the two roles to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from trustview.analysis import (
    CHECKS_BY_ID,
    Change,
    Check,
    Choice,
    Finding,
    describe_effect,
    describe_guardrail_effect,
    describe_replay,
    pretty_policy,
)
from trustview.export.remediation import describe_role
from trustview.policy.narrowing import Verdict
from trustview.ui.detail import Detail
from trustview.ui.present.signs import severity_sign
from widgets.fact_list import Fact, Heading
from widgets.tone import Tone

NO_CHANGE = "no change is proposed: revoke (r), accept the risk (w) or approve (a)"


_TONES = {Verdict.PROVED: Tone.GOOD, Verdict.WIDER: Tone.HIGH, Verdict.UNKNOWN: Tone.MEDIUM}
_SEEN_TONES = {"breaks": Tone.HIGH, "may break": Tone.MEDIUM, "agree": Tone.MEDIUM}


def chosen_of(detail: Detail, number: int) -> Choice | None:
    """The choice of a number, counted from 0 and around; None where there is none."""
    return detail.choices[number % len(detail.choices)] if detail.choices else None


def fix_facts(detail: Detail, number: int = 0, checks: Mapping[str, Check] = CHECKS_BY_ID) -> Iterator[Fact | Heading]:
    """The changes of one choice, why it stands where it stands, what it closes, and whom it takes the way in."""
    found = (*detail.findings, *detail.role_findings)
    choice = chosen_of(detail, number)
    if choice is not None:
        yield from _of_choice(detail, choice, checks)
    elif detail.remediation is not None:
        yield from _changes(detail.remediation.changes)
        if detail.effect is not None:
            for label, sentence in describe_guardrail_effect(detail.effect):
                yield Fact(label, sentence, _TONES[detail.effect.verdict])
        yield from _closed(found, detail.remediation.closes, checks)
    else:
        yield Fact("", NO_CHANGE)
        for finding in found:
            known = checks.get(finding.check)
            yield _finding("remedy", finding, known.fix if known else finding.check)
    yield from _by_hand(detail, choice)
    if len(detail.roles) > 1:
        is_shown = choice is not None or detail.remediation is not None
        below = f"; the difference below is for {detail.subject.account}" if is_shown else ""
        yield Fact("where", f"this role in {len(detail.roles)} accounts{below}")


def _of_choice(detail: Detail, choice: Choice, checks: Mapping[str, Check]) -> Iterator[Fact]:
    count, place = len(detail.choices), detail.choices.index(choice) + 1
    which = f"{place} of {count}, the best first: n and p show the others" if count > 1 else "the only one"
    yield Fact("choice", f"{which}; {_what_takes_it(detail, choice)}")
    yield from _changes(choice.remediation.changes)
    yield Fact("because", "; ".join(choice.reasons))
    for label, sentence in describe_effect(choice.effect):
        is_good = label == "proof" and bool(choice.effect.but_for)
        tone = Tone.GOOD if is_good else _TONES[choice.effect.verdict]
        yield Fact(label, sentence, tone if label == "proof" else Tone.PLAIN)
    for label, sentence in describe_replay(choice.replay):
        yield Fact(label, sentence, _SEEN_TONES.get(label, Tone.PLAIN))
    yield from _closed((*detail.findings, *detail.role_findings), choice.remediation.closes, checks)


def _by_hand(detail: Detail, choice: Choice | None) -> Iterator[Fact]:
    """What people have to do about what stays of the item."""
    for finding in detail.findings:
        if choice is None or finding.id not in choice.remediation.closes:
            for sentence in finding.by_hand:
                yield Fact("by hand", sentence)


def _what_takes_it(detail: Detail, choice: Choice) -> str:
    if choice.is_removal:
        return "it takes the way in away, as revoke (r) asks"
    if not detail.is_ended_by(choice):
        return "narrow (f) does not take it, for it ends nothing of this item"
    return f"narrow (f) takes it as `{choice.remediation.id}`"


def _changes(changes: Iterable[Change]) -> Iterator[Fact]:
    for number, change in enumerate(changes, 1):
        yield Fact(f"change {number}", change.summary, Tone.STRONG)


def _closed(found: Iterable[Finding], closed: tuple[str, ...], checks: Mapping[str, Check]) -> Iterator[Fact]:
    """What goes away, then what stays."""
    for finding in sorted(found, key=lambda finding: finding.id not in closed):
        known = checks.get(finding.check)
        label = "closes" if finding.id in closed else "leaves"
        yield _finding(label, finding, known.title if known else finding.check)


def _finding(label: str, finding: Finding, text: str) -> Fact:
    sign = severity_sign(finding.severity)
    return Fact(label, text, sign.tone, sign.glyph)


def policies(detail: Detail, number: int = 0) -> tuple[str, str] | None:
    """The role, or another's policy, as it is and as proposed, both indented alike; None when nothing is proposed."""
    choice = chosen_of(detail, number)
    if choice is not None and detail.role is not None:
        now, then = describe_role(detail.role, choice.after), describe_role(choice.after, detail.role)
        return "\n".join(now), "\n".join(then)
    if detail.remediation is None:
        return None
    return pretty_policy(detail.document), pretty_policy(detail.remediation.policy)
