"""What changed in effect between two analyses: who gets in now that did not before, and the other way round. Pure.

THE ONE PLACE that says which grant of last time a grant of today is: the same one while its role and its words are the
same, else the one of the same role and principal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from trustview.analysis.grant import Grant
from trustview.policy import Condition


class EffectKind(StrEnum):
    """What happened to a grant."""

    NEW = "new"
    GONE = "gone"
    REWORDED = "reworded"
    EFFECT_CHANGED = "effect changed"


@dataclass(frozen=True, slots=True)
class GrantDifference:
    """A grant that is new, gone, reworded, or of another effect under the same words; `because` says what changed."""

    kind: EffectKind
    old: Grant | None
    new: Grant | None
    because: tuple[str, ...]

    @property
    def grant(self) -> Grant:
        """The grant of today, or the one that is gone."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a difference without a grant")
        return found


def compare_grants(
    old: Iterable[Grant], new: Iterable[Grant], unread: frozenset[str] = frozenset()
) -> tuple[GrantDifference, ...]:
    """Every difference, by role; of accounts in `unread`, which one side could not read, nothing is said."""
    before = {grant.id: grant for grant in old if grant.account not in unread}
    after = {grant.id: grant for grant in new if grant.account not in unread}
    found = [*_same_words(before, after), *_other_words(before, after)]
    return tuple(sorted(found, key=lambda one: (one.grant.role, one.kind, one.grant.principal.value, one.grant.id)))


def _same_words(before: dict[str, Grant], after: dict[str, Grant]) -> Iterator[GrantDifference]:
    for name in before.keys() & after.keys():
        because = tuple(_effects(before[name], after[name]))
        if because:
            yield GrantDifference(EffectKind.EFFECT_CHANGED, before[name], after[name], because)


def _other_words(before: dict[str, Grant], after: dict[str, Grant]) -> Iterator[GrantDifference]:
    """Grants whose words are on one side only; one of each side for the same role and principal is one reworded."""
    gone: dict[tuple[str, str], list[Grant]] = {}
    for grant in (before[name] for name in before if name not in after):
        gone.setdefault((grant.role, grant.principal.value), []).append(grant)
    for grant in (after[name] for name in after if name not in before):
        earlier = gone.get((grant.role, grant.principal.value))
        if earlier:
            was = earlier.pop(0)
            yield GrantDifference(EffectKind.REWORDED, was, grant, (*_words(was, grant), *_effects(was, grant)))
        else:
            yield GrantDifference(EffectKind.NEW, None, grant, ())
    for left in gone.values():
        yield from (GrantDifference(EffectKind.GONE, grant, None, ()) for grant in left)


def _words(old: Grant, new: Grant) -> Iterator[str]:
    return describe_words((old.actions, old.conditions), (new.actions, new.conditions))


Words = tuple[Iterable[str], Iterable[Condition]]
"""What a grant says beside its principal: its actions and its conditions."""


def describe_words(old: Words, new: Words) -> Iterator[str]:
    """What a grant says otherwise than before, in sentences: lower case, no full stop."""
    if set(old[0]) != set(new[0]):
        yield f"actions were {_listed(old[0])}, are {_listed(new[0])}"
    was, now = _conditions(old[1]), _conditions(new[1])
    for condition in sorted(was.keys() - now.keys()):
        yield f"no longer tests {was[condition]}"
    for condition in sorted(now.keys() - was.keys()):
        yield f"now tests {now[condition]}"


def describe_outlier(usual: Grant, one: Grant) -> tuple[str, ...]:
    """How a grant differs from those of the fleet that it stands apart from, in sentences."""
    told = []
    who = [grant.principal.value.replace(grant.account, "<account>") for grant in (usual, one)]
    if who[0] != who[1]:
        told.append(f"lets `{one.principal.value}` in, the others `{usual.principal.value}`")
    if set(usual.actions) != set(one.actions):
        told.append(f"for {_listed(one.actions)}, the others for {_listed(usual.actions)}")
    others, own = (_conditions(grant.conditions, grant.account) for grant in (usual, one))
    told += [f"does not test {others[condition]}, as the others do" for condition in sorted(others.keys() - own.keys())]
    told += [f"tests {own[condition]}, which the others do not" for condition in sorted(own.keys() - others.keys())]
    return tuple(told)


def _conditions(conditions: Iterable[Condition], account: str = "") -> dict[tuple[str, ...], str]:
    """The conditions in words, by what they say: the case of a key and the order of values do not count.

    Nor does the account of the grant, where one is given.
    """
    return {
        (
            one.key.lower(),
            one.spelling,
            *sorted(value.replace(account, "<account>") if account else value for value in one.values),
        ): f"`{one.key}` with `{one.spelling}` for {_listed(one.values)}"
        for one in conditions
    }


def _effects(old: Grant, new: Grant) -> Iterator[str]:
    """What a grant does otherwise than before."""
    if old.reach.kind is not new.reach.kind:
        yield f"reach was {_reach(old)}, is {_reach(new)}"
    elif _keys(old) != _keys(new):
        yield f"depended on {_listed(old.reach.depends_on)}, depends on {_listed(new.reach.depends_on)}"
    elif set(old.reach.blocked_by) != set(new.reach.blocked_by):
        yield f"was blocked by {_blockers(old)}, is blocked by {_blockers(new)}"
    if old.privilege is not new.privilege:
        yield f"the role's privilege was {old.privilege.value}, is {new.privilege.value}"
    if old.party is not new.party:
        yield f"who gets in was {old.party.value}, is {new.party.value}"


def _keys(grant: Grant) -> set[str]:
    return {key.lower() for key in grant.reach.depends_on}


def _reach(grant: Grant) -> str:
    by = f" by {_blockers(grant)}" if grant.reach.blocked_by else ""
    return f"{grant.reach.kind.value}{by}"


def _blockers(grant: Grant) -> str:
    """What blocks a grant: policies are named in backticks already."""
    return ", ".join(grant.reach.blocked_by) or "nothing"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts) or "nothing"
