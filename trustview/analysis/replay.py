"""What would become of the uses that were seen? Each is put to the engine against today's trust policy and another.

What a use leaves open stays open, and its answer then depends on that. Guardrails and callers' own policies let the use
through when it was made; they are not asked again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from trustview.analysis.coverage import Coverage, describe_coverage
from trustview.analysis.known_context import KnownCallers, context_for_role
from trustview.analysis.use_requests import actions_of, requests_of, what_is_told
from trustview.policy import (
    Caller,
    Context,
    Effect,
    Layer,
    Outcome,
    PolicyDocument,
    PolicyStack,
    Request,
    evaluate,
    read_policy,
)
from trustview.snapshot import Organization, Role, Snapshot, Use


@dataclass(frozen=True, slots=True)
class Seen:
    """The uses of one caller that fare alike: how many calls, the hour of the last, and why they fare so."""

    caller: str
    count: int
    last: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """What becomes of the uses of one role under another trust policy.

    `kept` calls are allowed as before. `refused` would be refused, `unsure` may be: CloudTrail does not tell what the
    policy asks. `agreed` go on once they send the new ExternalId. `stale` are refused by today's policy already: they
    are from before it. `coverage` says how far the account of the role was seen.
    """

    kept: int = 0
    refused: tuple[Seen, ...] = ()
    unsure: tuple[Seen, ...] = ()
    agreed: tuple[Seen, ...] = ()
    stale: tuple[Seen, ...] = ()
    coverage: Coverage = field(default=Coverage(""))

    @property
    def is_complete(self) -> bool:
        """Whether the evidence has no hole and tells of every use how it fares."""
        is_seen = self.coverage.end is not None and not self.coverage.lacks
        return is_seen and not self.unsure and not self.stale


def replay(
    role: Role,
    proposed: str,
    uses: Iterable[Use],
    coverage: Coverage,
    organization: Organization | None,
    external_ids: Iterable[str] = (),
) -> Replay:
    """Put the uses of a role to today's trust policy and to a proposed one (JSON text).

    `external_ids` are values that callers are to be told before the change is made.
    """
    told = tuple(external_ids)
    facts = Snapshot("", "", organization)
    today, then = read_policy(role.trust_policy), read_policy(proposed)
    found: dict[tuple[str, str, str], list[Use]] = {}
    answers: dict[Hashable, tuple[str, str]] = {}
    for use in uses:
        if not use.count:
            continue
        key = what_is_told(use)
        if key not in answers:
            answers[key] = _fate(facts, role, use, (today, then))
            # Who is refused only because nobody told it the new value is to be told.
            renewed = (replace(use, external_id=value) for value in told)
            if answers[key][0] == "refused" and any(_is_let_in(facts, role, one, then) for one in renewed):
                answers[key] = ("agreed", "")
        found.setdefault((use.caller, *answers[key]), []).append(use)
    seen = {
        fate: tuple(
            Seen(caller, sum(use.count for use in group), max(use.hour for use in group), reason)
            for (caller, its_fate, reason), group in found.items()
            if its_fate == fate
        )
        for fate in ("kept", "refused", "unsure", "agreed", "stale")
    }
    return Replay(
        sum(one.count for one in seen["kept"]),
        seen["refused"],
        seen["unsure"],
        seen["agreed"],
        seen["stale"],
        coverage,
    )


def _fate(facts: Snapshot, role: Role, use: Use, policies: tuple[PolicyDocument, PolicyDocument]) -> tuple[str, str]:
    """How a use fares (`kept`, `refused`, `unsure`, `stale`) and why.

    A use stands for several requests where the evidence leaves open which of them was made; it was let in, so those
    that today's policy surely refuses were not.
    """
    fates: dict[tuple[str, str], None] = {}
    for caller, context in _requests(facts, role, use, policies):
        today, then = (_answer(role, use, caller, context, trust) for trust in policies)
        if today.outcome not in _NO:
            fates[_compare(today, then)] = None
    if not fates:
        return "stale", ""
    if len(fates) == 1:
        return next(iter(fates))
    reasons = [reason for fate, reason in fates if fate == "unsure"]
    return "unsure", reasons[0] if reasons else "what CloudTrail does not tell"


def _is_let_in(facts: Snapshot, role: Role, use: Use, trust: PolicyDocument) -> bool:
    """Whether a policy surely lets in a use, whichever request it stands for."""
    answers = [_answer(role, use, caller, context, trust) for caller, context in _requests(facts, role, use, (trust,))]
    return all(answer.outcome not in _NO for answer in answers)


def _compare(today: _Answer, then: _Answer) -> tuple[str, str]:
    """How one request fares that today's policy let in."""
    # It came in: what left that open was met, and what is open now was met too where it asks the same.
    is_the_same = then.outcome is today.outcome is Outcome.CONDITIONAL and then.asked == today.asked
    if then.outcome is Outcome.ALLOWED or is_the_same:
        return "kept", ""
    if then.outcome is Outcome.CONDITIONAL:
        return "unsure", " and ".join(f"`{key}`" for key in then.depends_on)
    return "refused", "a Deny stops it" if then.outcome is Outcome.EXPLICIT_DENY else "nothing lets it in any more"


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer with the conditions that it is left open by: where those are today's, it was not they that failed."""

    outcome: Outcome
    depends_on: tuple[str, ...]
    asked: frozenset[tuple[Effect, object]]


def _answer(role: Role, use: Use, caller: Caller, context: Context, trust: PolicyDocument) -> _Answer:
    """The narrowest answer over everything that the use asks for: the session, its tags, its source identity."""
    stack = PolicyStack(trust)
    requests = [Request(caller, action, role.arn, role.account, context) for action in actions_of(use)]
    answers = [evaluate(request, stack) for request in requests]
    worst = min(answers, key=lambda answer: _ORDER.index(answer.outcome))
    open_keys = {key.lower() for answer in answers for key in answer.depends_on}
    deciding = {reason.statement for answer in answers for reason in answer.reasons if reason.layer is Layer.TRUST}
    decided = [statement for statement in trust.statements if statement.index in deciding]
    asked: set[tuple[Effect, object]] = {
        (s.effect, condition) for s in decided for condition in s.conditions if condition.key.lower() in open_keys
    }
    if "aws:principalarn" in open_keys:
        asked |= {(s.effect, frozenset(s.principals)) for s in decided}
    return _Answer(worst.outcome, worst.depends_on, frozenset(asked))


_ORDER = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY, Outcome.CONDITIONAL, Outcome.ALLOWED)
_NO = _ORDER[:2]


def _requests(
    facts: Snapshot, role: Role, use: Use, policies: tuple[PolicyDocument, ...]
) -> Iterator[tuple[Caller, Context]]:
    """The requests that a use may have been, with what is known of the role."""
    callers = KnownCallers(facts)
    return requests_of(
        use, lambda one: context_for_role(facts, role, callers.context(one, None, None)), facts.organization, policies
    )


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def describe_replay(found: Replay) -> Iterator[tuple[str, str]]:
    """The replay in labelled sentences: lower case, no full stop."""
    for label, group in (("breaks", found.refused), ("may break", found.unsure)):
        for one in group:
            why = f"depends on {one.reason}" if label == "may break" else one.reason
            yield label, f"`{one.caller}`, seen {count(one.count, 'time')}, last {_hour(one.last)}: {why}"
    for one in found.agreed:
        yield "agree", f"`{one.caller}`, seen {count(one.count, 'time')}: goes on once it sends the new ExternalId"
    total = found.kept + sum(one.count for one in (*found.refused, *found.unsure, *found.agreed))
    if total or found.coverage.end:
        yield "replay", f"{found.kept} of {count(total, 'call')} seen go on as before" if total else "nobody was seen"
    for one in found.stale:
        yield "replay", f"`{one.caller}`, last {_hour(one.last)}, would be refused today already"
    for sentence in describe_coverage(found.coverage):
        yield "seen", sentence


def _hour(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]}"


def count(number: int, thing: str) -> str:
    """A number of things: `1 call`, `2 calls`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
