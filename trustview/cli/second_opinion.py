"""What AWS says of a change or of event patterns, beside what we say: asked only with `--second-opinion`."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trustview.policy.narrowing import Verdict

if TYPE_CHECKING:
    from trustview.analysis import Choice, Effect, PatternQuestion
    from trustview.collect import Opinion, PatternOpinion

Labelled = tuple[tuple[str, str], ...]


def ask_aws(current: str, chosen: Choice, arguments: Namespace) -> Labelled:
    """Access Analyzer's opinion on the trust policy that a choice proposes, in labelled sentences."""
    from trustview.collect import Scope, ask_opinion

    scope = Scope(profile=arguments.profile or "")
    opinion = asyncio.run(ask_opinion(scope, current, chosen.after.trust_policy))
    return tuple(describe_opinion(opinion, chosen.effect))


def describe_opinion(opinion: Opinion, effect: Effect) -> Iterator[tuple[str, str]]:
    """What AWS says, and where it is not what we say."""
    words = {True: "the change grants something new", False: "the change grants nothing new", None: "no answer"}
    yield "AWS says", words[opinion.grants_new]
    for reason in opinion.reasons:
        yield "AWS says", reason
    for warning in opinion.warnings:
        yield "AWS warns", warning
    for lack in opinion.lacks:
        yield "AWS", lack
    ours = {Verdict.PROVED: False, Verdict.WIDER: True, Verdict.UNKNOWN: None}[effect.verdict]
    if None not in (ours, opinion.grants_new) and ours is not opinion.grants_new:
        yield "differs", "AWS and the proof above do not agree: look at both before you make the change"


def ask_about_patterns(questions: Sequence[PatternQuestion], arguments: Namespace) -> list[dict[str, object]]:
    """EventBridge's answer on each pattern and event, as plain values."""
    from trustview.collect import Scope, ask_patterns

    pairs = [(question.pattern, question.event) for question in questions]
    opinions = asyncio.run(ask_patterns(Scope(profile=arguments.profile or ""), pairs))
    return [describe_answer(*one) for one in zip(questions, opinions, strict=True)]


def describe_answer(question: PatternQuestion, opinion: PatternOpinion) -> dict[str, object]:
    """One answer beside ours, of the same event; they differ only where both are definite."""
    ours = None if question.ours.is_open else not question.ours.is_false
    differs = None not in (ours, opinion.matches) and ours is not opinion.matches
    said = {"rule": question.rule, "action": question.action, "matches": opinion.matches, "ours": ours}
    return {**said, "differs": differs, "lack": opinion.lack}
