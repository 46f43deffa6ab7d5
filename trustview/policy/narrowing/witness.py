"""A box of requests -> concrete requests of real callers, each to be put to the engine.

The one place that makes up requests. Values that can be read come first. A request that no such caller really sends is
told by its odd keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from trustview.policy.arn import PARTITIONS, is_account_id
from trustview.policy.context_key import CallerKind
from trustview.policy.narrowing.boxes import Box
from trustview.policy.narrowing.callers import ELSEWHERE, IDENTITY, Cell
from trustview.policy.narrowing.grounds import Grounds
from trustview.policy.narrowing.parts import YES, Choice, Lists, Values
from trustview.policy.narrowing.pattern import Mode, Pattern, arn_glob, glob
from trustview.policy.narrowing.proof import ALLOW_ALL, Witness
from trustview.policy.narrowing.reading import (
    ACTION,
    BOUNDARY_ALLOWS,
    BOUNDARY_OF_NONE,
    BOUNDARY_REFUSES,
    CALLER,
    KEY,
    OWN,
    RESOURCE,
    Reading,
)
from trustview.policy.narrowing.texts import ALL_TEXTS, Texts, as_spelt, holds, only
from trustview.policy.parse import parse_policy
from trustview.policy.request import Caller, Request, closed_context
from trustview.policy.service_rules import ACTION_OF_CALLER, ASSUME_ACTIONS, SET_SOURCE_IDENTITY, TAG_SESSION
from trustview.policy.stack import Layer
from trustview.policy.wildcard import Variable, tokenize

# What a context holds, by keys in lower case.
_Given = dict[str, str | tuple[str, ...]]
# Callers of a box that are tried before the next box.
_MOST_CALLERS = 12
# What it costs to make up the requests of a caller and to put them to the engine, and more for each key.
_STEPS_PER_CALLER, _STEPS_PER_KEY = 150, 30
_REFUSE_ALL = parse_policy({"Version": "2012-10-17", "Statement": []})
_TAG = "aws:requesttag/"
_ANY_ACCOUNT = glob("?" * 12)
_IDENTITY_KEYS = {"aws:principalarn", "aws:principalaccount"}
# What a person would write for a key, tried before what the search comes up with.
_READABLE = {
    "aws:principalorgid": ("o-elsewhere01",),
    "aws:principalorgpaths": ("o-elsewhere01/r-else/ou-else-where0001/",),
    "aws:principaltype": ("AssumedRole", "User"),
    "aws:sourceaccount": (ELSEWHERE,),
    "aws:sourcearn": (f"arn:aws:s3:::bucket-of-{ELSEWHERE}",),
    "aws:requestedregion": ("us-east-1", "eu-central-1"),
    "aws:securetransport": ("true", "false"),
    "aws:multifactorauthpresent": ("true", "false"),
    "sts:externalid": ("another-external-id",),
    "sts:rolesessionname": ("session",),
}


class Sample(NamedTuple):
    """A request to try. `odd` are keys that such callers never leave out or never send.

    `is_foreign`: one of them speaks of another principal than the caller.
    """

    witness: Witness
    odd: tuple[str, ...] = ()
    is_foreign: bool = False


class WitnessMaker:
    """Makes requests out of boxes of one pair of policies."""

    def __init__(self, reading: Reading, grounds: Grounds) -> None:
        self._reading, self._grounds, self._solver = reading, grounds, reading.solver

    def samples(self, box: Box) -> Iterator[Sample]:
        """Requests within a box; those in which a key speaks of another principal where there are no others."""
        is_made = False
        for sample in chain(self._of_callers(box), self._of_unread(box)):
            is_made = True
            yield sample
        if not is_made:
            yield from self._of_callers(box, as_written=True)

    def _of_callers(self, box: Box, *, as_written: bool = False) -> Iterator[Sample]:
        callers = box.parts.get(CALLER, self._reading.whole[CALLER])
        cells = [cell for i, cell in enumerate(self._reading.callers.cells) if callers.mask >> i & 1]
        for cell in cells[:_MOST_CALLERS]:
            self._solver.budget.spend(_STEPS_PER_CALLER + _STEPS_PER_KEY * len(self._reading.shapes))
            real, odd = self._grounds.real(box, cell, as_written=as_written)
            caller = self._caller(real, cell, odd) if real else None
            for prefers_absent in (True, False):
                made = self._make(real, caller, odd, prefers_absent=prefers_absent) if real and caller else None
                if made is not None:
                    yield Sample(made, odd, is_foreign=as_written)

    def _of_unread(self, box: Box) -> Iterator[Sample]:
        """Requests of callers of whom nobody knows who they are: at least whom the same text names."""
        for point, element in self._reading.callers.unread.items():
            made = None
            if box.parts.get(point) == YES:
                made = self._make(box, Caller(CallerKind.UNKNOWN, arn=element.value), (), prefers_absent=True)
            if made is not None:
                yield Sample(made)

    def _make(self, box: Box, caller: Caller, odd: tuple[str, ...], *, prefers_absent: bool) -> Witness | None:
        action = self._action(box, caller)
        context = self._context(box, caller, odd, prefers_absent=prefers_absent)
        if action is None or context is None or not _is_consistent(context):
            return None
        own = self._reading.facts.role_account or _account_but(caller.account)
        role = f"arn:aws:iam::{own}:role/reviewed"
        resource = self._text(box.parts.get(RESOURCE, ALL_TEXTS), (role,)) or role
        request = Request(caller, action, resource, own, closed_context(context))
        return self._with_own_policies(request, box)

    def _with_own_policies(self, request: Request, box: Box) -> Witness:
        identity = box.parts.get(f"{OWN}{Layer.IDENTITY.value}")
        session = box.parts.get(f"{OWN}{Layer.SESSION.value}")
        boundary = box.parts.get(f"{OWN}{Layer.BOUNDARY.value}", BOUNDARY_OF_NONE).mask
        documents = {BOUNDARY_OF_NONE.mask: None, BOUNDARY_ALLOWS.mask: ALLOW_ALL, BOUNDARY_REFUSES.mask: _REFUSE_ALL}
        return Witness(
            request,
            self._reading.layer,
            (() if identity is not None and not identity.mask & 0b10 else None),
            documents[boundary & -boundary],
            _REFUSE_ALL if session is not None and not session.mask & 0b10 else None,
        )

    # ── one coordinate at a time ─────────────────────────────────────────────────────────────────────────────────

    def _caller(self, box: Box, cell: Cell, odd: tuple[str, ...]) -> Caller | None:
        """The example of the cell, or another of its callers whose account and ARN are as the box wants them."""
        caller = cell.example
        ids = [name.removeprefix(IDENTITY) for name, part in box.parts.items() if _is_wanted_id(name, part)]
        if len(ids) > 1:
            return None
        if not caller.kind.is_iam:
            return caller
        caller = replace(caller, unique_id=ids[0] if ids else "")
        if _IDENTITY_KEYS & set(odd):
            return caller
        kind = "user" if caller.kind is CallerKind.USER else "role"
        arns = self._key_texts(box, "aws:principalarn")
        for account in self._accounts(box, cell, arns, kind):
            readable = (caller.arn, *(caller.arn.replace(":aws:", f":{partition}:") for partition in PARTITIONS))
            arn = self._text(arns, readable, arn_glob(f"arn:*:iam::{account}:{kind}/?*"))
            if arn is not None and is_account_id(account) and f"::{account}:" in arn:
                return replace(caller, account=account, arn=arn)
        return None

    def _accounts(self, box: Box, cell: Cell, arns: Texts, kind: str) -> list[str]:
        """The account of the callers, or some that the box may be of."""
        if cell.account:
            return [cell.account]
        asked = self._text(self._key_texts(box, "aws:principalaccount"), (cell.example.account,), _ANY_ACCOUNT)
        arn = self._text(arns, (cell.example.arn,), arn_glob(f"arn:*:iam::{'?' * 12}:{kind}/?*"))
        return [account for account in (asked, arn and arn.split(":")[4]) if account]

    def _key_texts(self, box: Box, key: str) -> Texts:
        part = box.parts.get(f"{KEY}{key}")
        return ALL_TEXTS if part is None else part.texts

    def _action(self, box: Box, caller: Caller) -> str | None:
        texts = box.parts.get(ACTION, ALL_TEXTS)
        own = ACTION_OF_CALLER.get(caller.kind)
        usual = (*((own,) if own else ASSUME_ACTIONS), TAG_SESSION, SET_SOURCE_IDENTITY)
        found = None if texts.opaque else next((action for action in usual if holds(texts, action.lower())), None)
        is_of_roles = self._reading.layer is Layer.TRUST
        return found if found or is_of_roles else self._text(texts, ())

    def _text(self, texts: Texts, readable: tuple[str, ...], wanted: Pattern | None = None) -> str | None:
        """A member of a set: one that can be read, or whatever the search finds among those wanted."""
        spelt = as_spelt(texts) if texts.opaque else texts
        if not spelt.opaque:
            found = next((text for text in readable if holds(spelt, text)), None)
            if found is not None:
                return found
        return self._solver.member(spelt if wanted is None else spelt.meet(only([wanted])))

    def _context(self, box: Box, caller: Caller, odd: tuple[str, ...], *, prefers_absent: bool) -> _Given | None:
        own = (("aws:principalarn", caller.arn), ("aws:principalaccount", caller.account))
        given: _Given = {key: value for key, value in own if caller.kind.is_iam and key not in odd}
        later: dict[str, Values] = {}
        for key in self._reading.shapes:
            part = box.parts.get(f"{KEY}{key}", self._reading.whole[f"{KEY}{key}"])
            if key in given or (part.absent and prefers_absent):
                continue
            if isinstance(part, Values) and _wanted_variables(part):
                later[key] = part
                continue
            value = self._listed(key, part) if isinstance(part, Lists) else self._value(key, part)
            if value is not None:
                given[key] = value
            elif not part.absent:
                return None
        for key in later:
            given[key] = _filled(_wanted_variables(later[key])[0], given)
        if "aws:tagkeys" in given:
            # Whoever passes a tag passes its key, spelt as the policy spells it.
            tags = [s.conditions[0].key for key, s in self._reading.shapes.items() if key in given]
            passed = (tag[len(_TAG) :] for tag in tags if tag.lower().startswith(_TAG))
            given["aws:tagkeys"] = tuple(dict.fromkeys((*given["aws:tagkeys"], *passed)))
        return given

    def _value(self, key: str, part: Values) -> str | None:
        if part.aspects is None:
            return None
        texts = part.texts
        for scale, place in zip(self._reading.shapes[key].scales.values(), part.places, strict=True):
            if place.mask != scale.whole:
                met = (value for index, value in reversed(list(enumerate(scale.values))) if place.mask >> index & 1)
                return next((value for value in met if texts.opaque or holds(texts, value)), None)
        return self._text(texts, _READABLE.get(key, ()))

    def _listed(self, key: str, part: Lists) -> tuple[str, ...] | None:
        if part.every is not None:
            needed = part.needed(part.every)[1:] or part.needed(part.every)
            members = (self._text(texts, _READABLE.get(key, ())) for texts in needed)
            return tuple(dict.fromkeys(member for member in members if member is not None))
        return ("",) if part.blank else () if part.empty else None


def _wanted_variables(part: Values) -> list[Pattern]:
    """The patterns with policy variables that a value must match."""
    texts = part.texts
    return [
        p
        for group in texts.within
        for p in sorted(group)
        if p.mode is Mode.OPAQUE and "${" in p.spelling and p not in texts.without
    ]


def _filled(pattern: Pattern, given: _Given) -> str:
    """A value that matches a pattern with variables, which get a value where they have none."""
    text = ""
    for token in tokenize(pattern.spelling, substitutes=True, has_wildcards=True):
        if isinstance(token, Variable):
            value = given.setdefault(token.key.lower(), "x")
            text += value if isinstance(value, str) else "".join(value)
        else:
            text += token if isinstance(token, str) else "x"
    return text


def _is_wanted_id(coordinate: str, part: object) -> bool:
    return coordinate.startswith(IDENTITY) and isinstance(part, Choice) and part.mask == 0b10


def _account_but(account: str) -> str:
    """An account that the caller is not of."""
    return "111122223333" if account != "111122223333" else "444455556666"


def _is_consistent(context: _Given) -> bool:
    """Whether keys that speak of the same thing agree: an organization and its paths, tags and their keys."""
    organization, paths = context.get("aws:principalorgid"), context.get("aws:principalorgpaths")
    if organization and paths and not all(path.startswith(f"{organization}/") for path in paths):
        return False
    tags = {key.removeprefix(_TAG) for key in context if key.startswith(_TAG)}
    keys = context.get("aws:tagkeys")
    return keys is None or tags <= {key.lower() for key in keys}
