"""Why a pair is neither proved nor refuted: the construct that stopped it, and its place in its policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trustview.policy.document import PolicyDocument
from trustview.policy.evaluation import Evaluation
from trustview.policy.narrowing.boxes import Box, Parts
from trustview.policy.narrowing.callers import IDENTITY, OPEN
from trustview.policy.narrowing.parts import Lists, Values
from trustview.policy.narrowing.pattern import Pattern
from trustview.policy.narrowing.proof import Proof, Verdict
from trustview.policy.narrowing.reading import KEY, UNSAID, Reading
from trustview.policy.narrowing.texts import Texts

_CREATED_AGAIN = ", and whoever is created again under a name passes a condition on it, but is not who was named"


def explain_answer(name: str, policy: PolicyDocument, answer: Evaluation) -> Proof:
    """What the engine leaves open on a request that might have been a witness."""
    index = next((reason.statement for reason in answer.reasons if reason.depends_on), -1)
    path = next((statement.path for statement in policy.statements if statement.index == index), "$")
    return Proof(Verdict.UNKNOWN, f"it depends on {', '.join(answer.depends_on)}", None, name, path)


def explain_box(left: Box, reading: Reading, policies: tuple[PolicyDocument, PolicyDocument]) -> Proof:
    """What in requests that are left over nobody documents or interprets; `policies` are the old and the new one."""
    for coordinate in left.parts:
        if coordinate.startswith(OPEN):
            name, path = _place(reading, policies, lambda parts: coordinate in parts)  # noqa: B023
            what = coordinate.removeprefix(OPEN).partition(UNSAID)[0]
            return Proof(Verdict.UNKNOWN, f"it is not settled: {what}", None, name, path)
    for part in left.parts.values():
        for pattern in _opaque_in(part):
            name, path = _place(reading, policies, lambda parts: _has(pattern, parts))  # noqa: B023
            return Proof(Verdict.UNKNOWN, f"`{pattern.spelling}` is not interpreted", None, name, path)
    keys = [name.removeprefix(KEY) for name in left.parts if name.startswith((KEY, IDENTITY))]
    by = f"; they differ by {', '.join(f'`{key}`' for key in keys)}" if keys else ""
    again = _CREATED_AGAIN if "aws:principalarn" in keys else ""
    return Proof(Verdict.UNKNOWN, f"no request could be confirmed{by}{again}", None, "new", left.path)


def _place(
    reading: Reading, policies: tuple[PolicyDocument, PolicyDocument], is_there: Callable[[Parts], bool]
) -> tuple[str, str]:
    """The policy and the JSON path of the first element that asks for something."""
    return next(
        (name, path)
        for name, policy in zip(("old", "new"), policies, strict=True)
        for statement in policy.statements
        for path, ways in reading.elements(statement, policy)
        if any(is_there(parts) for parts in ways)
    )


def _has(pattern: Pattern, parts: Parts) -> bool:
    return any(pattern in _opaque_in(part) for part in parts.values())


def _opaque_in(part: object) -> Iterator[Pattern]:
    """The patterns in a part that are not interpreted."""
    sets: list[object] = [part]
    if isinstance(part, Values):
        sets = list(part.aspects or ())
    elif isinstance(part, Lists):
        sets = [part.every, *part.some]
    for texts in sets:
        if isinstance(texts, Texts):
            yield from texts.opaque
