"""What changed between a grant as it was decided on and as it is, and how much that weighs against the decision.

THE ONE PLACE that weighs it. That the words are no wider is proved (`trustview/policy/narrowing/`); whether the effect
is, is read off the two reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from trustview.analysis import OWN_ACCOUNT, Privilege, ReachKind, describe_words, facts_about
from trustview.policy import PolicyDocument, read_policy
from trustview.policy.narrowing import Verdict, Witness, narrower
from trustview.policy.narrowing.proof import WIDER
from trustview.review.basis import Facts, Stand
from trustview.review.ranking import privilege_place
from trustview.snapshot import Organization


class Weight(IntEnum):
    """From SAME and LESS, which speak for a decision, to OTHERWISE and WIDER, which speak against it."""

    SAME = 0
    LESS = 1
    OTHERWISE = 2
    WIDER = 3


@dataclass(frozen=True, slots=True)
class Change:
    """How much changed; `because` are sentences, `check` the id of what is found where it speaks against a decision."""

    weight: Weight
    because: tuple[str, ...] = ()
    check: str = ""


def compare_stands(old: Stand, new: Stand, organization: Organization | None) -> Change:
    """What changed from `old` to `new`, two states of one grant."""
    if old.reach is None or new.reach is None:
        return _subject(old, new)
    words = _words(old, new, organization)
    parts = [words, _reach(old, new), _privilege(old, new), _standing(old, new)]
    weight = max(part.weight for part in parts)
    because = tuple(text for part in parts for text in part.because)
    if weight >= Weight.OTHERWISE:
        speaking = (text for part in parts if part.weight >= Weight.OTHERWISE for text in part.because)
        because = (*speaking, *_causes(parts[1], old, new))
    check = "widened-since-review" if words.weight is Weight.WIDER else "effect-changed-text-same"
    return Change(weight, because, check if weight >= Weight.OTHERWISE else "")


def _subject(old: Stand, new: Stand) -> Change:
    """Of a guardrail or resource: nobody can prove that it does the same, so any change counts."""
    told = []
    if old.policy != new.policy:
        told.append("its document is not the one that was decided on")
    if old.accounts != new.accounts:
        told.append(f"it stood in {_listed(old.accounts)}, stands in {_listed(new.accounts)}")
    return Change(Weight.OTHERWISE, tuple(told), "effect-changed-text-same") if told else Change(Weight.SAME)


def _words(old: Stand, new: Stand, organization: Organization | None) -> Change:
    if old.policy == new.policy:
        return Change(Weight.SAME)
    account = new.accounts[0]
    policies = [read_policy(stand.policy.replace(OWN_ACCOUNT, account)) for stand in (old, new)]
    proof = narrower(policies[0], policies[1], facts_about(organization, account))
    told = tuple(_reworded(*policies))
    match proof.verdict:
        case Verdict.PROVED:
            return Change(Weight.LESS, ("its words are others and proved to grant nothing more", *told))
        case Verdict.WIDER:
            but = proof.reason.removeprefix(WIDER)
            return Change(Weight.WIDER, (f"its words are wider: {_example(proof.witness, proof.reason)}{but}", *told))
        case _:
            sentence = f"its words are others, and whether they are wider is open: {proof.reason}"
            return Change(Weight.WIDER, (sentence, *told))


def _reworded(old: PolicyDocument, new: PolicyDocument) -> Iterator[str]:
    """What the one Allow of each says otherwise, and whether the Denies beside it do."""
    words = [[(one.actions, one.conditions) for one in policy.allows] for policy in (old, new)]
    if words[0] and words[1]:
        yield from describe_words(words[0][0], words[1][0])
    if len(old.denies) != len(new.denies):
        yield f"{len(old.denies)} Deny statements stood beside it, {len(new.denies)} do"


def _example(witness: Witness | None, reason: str) -> str:
    """The request that is newly allowed, in words; what merely says again who calls is left out."""
    if witness is None:
        return reason
    request = witness.request
    told = [
        f"`{key}` {_value(value)}"
        for key, value in sorted(request.context.values.items())
        if not key.startswith("aws:principal")
    ]
    who = f"`{request.caller.arn or request.caller.account}`" if request.caller.account else "others"
    return " with ".join((f"now `{request.action}` by {who}", *([", ".join(told)] if told else ())))


def _value(values: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in values)


# ── the effect ───────────────────────────────────────────────────────────────────────────────────────────────────

_WIDTHS = (ReachKind.DEAD, ReachKind.BLOCKED, ReachKind.CONDITIONAL, ReachKind.OPEN, ReachKind.UNKNOWN)
_LETS_IN = (ReachKind.CONDITIONAL, ReachKind.OPEN, ReachKind.UNKNOWN)


def _reach(old: Stand, new: Stand) -> Change:
    """Whether others get in: wider, not at all any more, or on fewer conditions."""
    if old.reach is None or new.reach is None or (old.reach, old.depends_on, old.blocked_by) == (
        new.reach, new.depends_on, new.blocked_by,
    ):  # fmt: skip
        return Change(Weight.SAME)
    told = (f"reach was {_told(old)}, is {_told(new)}",)
    is_turned = (old.reach in _LETS_IN) is not (new.reach in _LETS_IN)
    is_wider = _WIDTHS.index(new.reach) > _WIDTHS.index(old.reach) or old.reach is ReachKind.UNKNOWN
    lost = set(old.depends_on) - set(new.depends_on) or set(old.blocked_by) - set(new.blocked_by)
    is_same_kind = old.reach is new.reach and new.reach in _LETS_IN
    if is_turned or is_wider or (is_same_kind and lost):
        return Change(Weight.OTHERWISE, told)
    return Change(Weight.LESS, told)


def _told(stand: Stand) -> str:
    kind = stand.reach.value if stand.reach else ""
    by = f" by {_listed(stand.blocked_by)}" if stand.blocked_by else ""
    on = f" on {_listed(stand.depends_on)}" if stand.depends_on else ""
    return f"{kind}{on}{by}"


def _privilege(old: Stand, new: Stand) -> Change:
    if old.privilege is new.privilege or old.privilege is None or new.privilege is None:
        return Change(Weight.SAME)
    told = (f"the role's privilege was {old.privilege.value}, is {new.privilege.value}",)
    is_known = Privilege.UNKNOWN not in (old.privilege, new.privilege)
    is_less = is_known and privilege_place(new.privilege) > privilege_place(old.privilege)
    return Change(Weight.LESS if is_less else Weight.OTHERWISE, told)


def _standing(old: Stand, new: Stand) -> Change:
    """Whether somebody else comes. Where another principal is named, what was not known of it before is no change."""
    known = (
        new.standing if old.principal == new.principal else tuple(f for f in new.standing if f[0] in dict(old.standing))
    )
    told = list(_differences(old.standing, known))
    if old.party is not new.party and old.party and new.party:
        told.insert(0, f"who gets in was {old.party.value}, is {new.party.value}")
    return Change(Weight.OTHERWISE, tuple(told)) if told else Change(Weight.SAME)


# ── why ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _causes(reach: Change, old: Stand, new: Stand) -> Iterator[str]:
    """What stands around the grant and is not as it was: only where the effect is not either."""
    if reach.weight is not Weight.SAME:
        yield from _differences(old.around, new.around)


def _differences(old: Facts, new: Facts) -> Iterator[str]:
    was, now = dict(old), dict(new)
    for what in sorted(was.keys() | now.keys()):
        before, after = was.get(what), now.get(what)
        if before is None:
            yield f"{what} is new{_state(after)}"
        elif after is None:
            yield f"{what} is gone{_state(before)}"
        elif before != after:
            is_told = not before.startswith("#")
            yield f"{what} was {before}, is {after}" if is_told else f"{what} is not what it was"


def _state(state: str | None) -> str:
    return "" if not state or state.startswith("#") else f": {state}"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts) or "nothing"
