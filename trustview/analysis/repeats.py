"""Repeats: a grant that several statements of one trust policy give, and the changes that leave none of them out.

THE ONE PLACE that knows it. A grant is mended where it stands first; the statements that repeat it lose the principal,
for the first one goes on to give what is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trustview.analysis.check import Evidence
from trustview.analysis.fleet import terms_of_conditions
from trustview.analysis.grant import Grant
from trustview.analysis.remediation import REMOVALS, Change, ChangeKind
from trustview.analysis.terms import granted_actions
from trustview.policy import PolicyDocument, Statement

_OF_PRINCIPALS = (ChangeKind.REPLACE_PRINCIPAL, ChangeKind.REMOVE_PRINCIPAL)


def statements_giving(document: PolicyDocument, grant: Grant) -> tuple[Statement, ...]:
    """Every statement that gives just this grant: same principal, same actions, same conditions."""
    own = next((one for one in document.allows if one.index == grant.statement), None)
    if own is None or len(document.allows) < 2:
        return (own,) if own is not None else ()
    return tuple(one for one in document.allows if one is own or _repeats(one, own, grant))


def places_of(document: PolicyDocument, grant: Grant) -> tuple[int, ...]:
    """The numbers of the statements that give a grant; its own where the policy is not the one it was read from."""
    if len(document.allows) < 2:
        return (grant.statement,)
    return tuple(one.index for one in statements_giving(document, grant)) or (grant.statement,)


def describe_places(document: PolicyDocument, grants: Sequence[Grant]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The numbers of the statements that give some grants; and a sentence for each set of them that gives the same."""
    if len(document.allows) < 2 and len(grants) == 1:
        return (grants[0].statement,), ()
    places = dict.fromkeys([places_of(document, grant) for grant in grants])
    repeats = [f"{name_places(found)} give the same way in" for found in places if len(found) > 1]
    return tuple(sorted({place for found in places for place in found})), tuple(repeats)


def name_places(places: tuple[int, ...]) -> str:
    """Statements by their numbers: `statement 0`, `statements 0 and 2`."""
    *first, last = map(str, places)
    return f"statements {', '.join(first)} and {last}" if first else f"statement {last}"


def _repeats(one: Statement, own: Statement, grant: Grant) -> bool:
    if one.not_principals != own.not_principals:
        return False
    # `NotPrincipal` is one principal: everybody but those.
    is_same = one.principals == own.principals if grant.is_inverted else grant.principal in one.principals
    return (
        is_same
        and granted_actions(one) == granted_actions(own)
        and terms_of_conditions(one) == terms_of_conditions(own)
    )


def bear_on_repeats(document: PolicyDocument, grants: Iterable[Grant], changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that mend grants, and those that take the grants out of the statements that repeat them."""
    made = list(changes)
    gone = {change.statement for change in made if change.kind is ChangeKind.REMOVE_STATEMENT}
    for grant in grants:
        touching = [change for change in made if _touches(change, grant)]
        is_removed = any(change.kind in REMOVALS for change in touching)
        for statement in statements_giving(document, grant) if touching else ():
            change = _take_repeat(grant, statement.index, is_removed=is_removed)
            is_made = any(change.target == other.target for other in made)
            if statement.index not in (grant.statement, *gone) and not is_made:
                made.append(change)
    return tuple(made)


def mend_repeats(document: PolicyDocument, evidence: Evidence) -> Evidence:
    """The same evidence; whatever it offers bears on every statement that gives its grants."""
    return replace(
        evidence,
        changes=bear_on_repeats(document, evidence.grants, evidence.changes),
        instead=tuple(bear_on_repeats(document, evidence.grants, changes) for changes in evidence.instead),
    )


def _touches(change: Change, grant: Grant) -> bool:
    is_its_own = change.kind not in _OF_PRINCIPALS or change.principal == grant.principal.value
    return change.statement == grant.statement and is_its_own


def _take_repeat(grant: Grant, statement: int, *, is_removed: bool) -> Change:
    """Take a grant out of a statement that repeats it: as a removal where all of it goes."""
    kind = ChangeKind.REMOVE_PRINCIPAL if is_removed else ChangeKind.REMOVE_REPEAT
    summary = f"remove `{grant.principal.value}` from statement {statement}, which repeats statement {grant.statement}"
    element = grant.principal
    return Change(kind, statement, summary, principal_kind=element.kind, principal=element.value)
