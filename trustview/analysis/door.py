"""Door: what a role asks of those who come by one grant. Roles behind one door give everybody the same answer.

THE ONE PLACE that says when two roles are alike: the statement and the Denies beside it say the same, so do the RCPs
above them, and those policies see both alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from trustview.analysis.access import Access
from trustview.analysis.audience import Audience
from trustview.analysis.lens import Lens, View, make_lens
from trustview.analysis.template import likeness
from trustview.analysis.terms import Terms, assuming_part, granted_actions, terms_of_statement
from trustview.policy import (
    Caller,
    PolicyDocument,
    PrincipalElement,
    PrincipalForm,
    Statement,
)
from trustview.policy.statement import prepare
from trustview.snapshot import GuardrailKind, Role

# Which RCPs are above an account and whether it is ours, whether the role is service-linked, and its partition.
Place = tuple[int, bool, bool, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One principal element of one Allow of a trust policy, with the actions it grants.

    `trust` is the policy as it were if this element of this Allow alone stood beside its Denies; entries of the same
    `number` say the same.
    """

    number: int
    statement: Statement
    element: PrincipalElement
    actions: tuple[str, ...]
    trust: PolicyDocument


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """`example` is the first role behind it; `lens` what its policies look at.

    `named` are the accounts of principals that its Denies name; `is_watchful` says that they name some by id. Doors of
    the same `sight` look at the same of a caller. Doors of the same `like` say the same, each of the account that they
    trust, or whose principal or provider they do: the same answer goes for callers and roles whom they see alike.
    """

    number: int
    like: int
    entry: Entry
    audience: Audience
    lens: Lens
    example: Role
    tells_callers_apart: bool
    named: frozenset[str]
    is_watchful: bool
    sight: int

    def tells_apart(self, account: str) -> bool:
        """Whether two principals of an account that have the same power may get different answers."""
        return self.tells_callers_apart or self.is_watchful or account in self.named

    def elements_for(self, caller: Caller) -> View:
        """Which principal elements mean a caller, statement by statement."""
        trust = self.entry.trust
        return tuple(tuple(prepare(statement, trust).elements_meaning(caller)) for statement in trust.statements)


class Doors:
    """The doors of a snapshot's roles; their numbers begin at `first`."""

    def __init__(self, access: Access, first: int = 0) -> None:
        self._access, self._first = access, first
        self._doors: dict[Hashable, Door] = {}
        self._places: dict[Place, Place] = {}
        self._place_of: dict[tuple[str, bool, str], Place] = {}
        self._likes: dict[Hashable, int] = {}
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._numbers: dict[Terms, int] = {}
        self._lenses: dict[Hashable, Lens] = {}
        self._sights: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._doors)

    def entries(self, role: Role) -> tuple[Entry, ...]:
        """The ways in that a role's trust policy describes, statement by statement."""
        found = self._entries.get(role.trust_policy)
        if found is None:
            found = self._entries[role.trust_policy] = tuple(self._read(self._access.trust_policy(role)))
        return found

    def _read(self, document: PolicyDocument) -> Iterator[Entry]:
        denies = document.denies
        said = (document.version, *map(terms_of_statement, denies))
        for statement in document.allows:
            actions = granted_actions(statement)
            for element in _elements(statement) if actions else ():
                trust = narrow_to(document, statement, element)
                terms = (*said, terms_of_statement(trust.statements[0]))
                yield Entry(self._numbers.setdefault(terms, len(self._numbers)), statement, element, actions, trust)

    def place_of(self, role: Role) -> Place:
        """What tells roles apart that trust the same, wherever their account is not named; equal ones are one value."""
        key = (role.account, role.is_service_linked, role.arn.partition(":iam:")[0])
        found = self._place_of.get(key)
        if found is None:
            rcps = self._access.guardrail_key(role.account, GuardrailKind.RCP)
            place = (rcps, self._access.snapshot.is_ours(role.account), *key[1:])
            found = self._place_of[key] = self._places.setdefault(place, place)
        return found

    def find(self, role: Role, entry: Entry, audience: Audience) -> Door:
        """The door of a role for one way in."""
        access, place = self._access, self.place_of(role)
        lens = self._lens(role, entry, place)
        seen = access.view_of_role(lens, role) if lens.sees_role else ()
        alike = (seen, access.organizations_named(role), place)
        key = (entry.number, *alike, role.account if is_among(role, entry, audience) else "")
        door = self._doors.get(key)
        if door is None:
            number = self._first + len(self._doors)
            is_read = role.account not in access.snapshot.unread_accounts
            wording = _wording(role, entry, access.trust_policy(role)) if is_read else None
            like = number if wording is None else self._likes.setdefault((wording, *alike), number)
            door = self._doors[key] = self._make(number, like, entry, audience, lens, role)
        return door

    def _lens(self, role: Role, entry: Entry, place: Place) -> Lens:
        """What an entry and the RCPs above it look at: the same for all that say the same besides whom they name."""
        trust = entry.trust
        said = tuple([(one.resources, one.conditions) for one in trust.statements])
        key = (trust.substitutes_variables, said, place[0])
        found = self._lenses.get(key)
        if found is None:
            found = self._lenses[key] = make_lens((trust, *self._rcps(role)))
        return found

    def _make(self, number: int, like: int, entry: Entry, audience: Audience, lens: Lens, role: Role) -> Door:
        elements = [element for deny in entry.trust.denies for element in deny.principals]
        return Door(
            number,
            like,
            entry,
            audience,
            lens,
            role,
            lens.tells_callers_apart,
            frozenset(element.account for element in elements if element.account),
            any(element.form is PrincipalForm.UNIQUE_ID for element in elements),
            self._sights.setdefault((lens.of_caller, lens.caller_keys), len(self._sights)),
        )

    def _rcps(self, role: Role) -> Iterator[PolicyDocument]:
        for level in self._access.guardrails(role.account, GuardrailKind.RCP):
            yield from map(assuming_part, level)


def is_among(role: Role, entry: Entry, audience: Audience) -> bool:
    """Whether the role's account is among those that an entry trusts: less may be needed then."""
    return role.account == entry.element.account or role.account in audience.accounts


# The forms of elements of which the account may be put aside.
_OF_ACCOUNT = (
    PrincipalForm.ACCOUNT, PrincipalForm.ROLE, PrincipalForm.USER, PrincipalForm.SAML_PROVIDER,
    PrincipalForm.OIDC_PROVIDER,
)  # fmt: skip


def _wording(role: Role, entry: Entry, document: PolicyDocument) -> Hashable:
    """What an entry says, the account that it trusts, or of which it trusts something, and external ids put aside.

    None where it is like no other: reasons quote statement ids and condition keys, and nothing else of a policy.
    """
    element, trust = entry.element, entry.trust
    if entry.statement.not_principals:
        return None
    text = besides_external_ids(role.trust_policy, document)
    where = (element.account == role.account, entry.statement.index, entry.statement.principals.index(element))
    quoted = [s.sid for s in trust.statements] + [c.key for s in trust.statements for c in s.conditions]
    is_told_by_account = element.form in _OF_ACCOUNT and not any(element.account in text for text in quoted)
    if is_told_by_account and element.partition in ("", role.arn.split(":")[1]):
        return likeness(text, element.account), *where
    is_put_aside = element.form is PrincipalForm.EVERYONE and text != role.trust_policy
    return (text, *where) if is_put_aside else None


def besides_external_ids(text: str, document: PolicyDocument) -> str:
    """The text of a policy that is equal for those that say the same, each with external ids of its own.

    Nothing is known of an external id that somebody may send, so that its value makes no difference, as long as it is
    compared in full with others alone.
    """
    tests = [test for s in document.statements for test in s.conditions if test.key.lower() == "sts:externalid"]
    values = [value for test in tests for value in test.values]
    is_plain = all(test.operator.lower() in _EXACT for test in tests) and all(map(_PLAIN.fullmatch, values))
    counts = Counter(values)
    if not is_plain or "\\" in text or any(text.count(f'"{value}"') != count for value, count in counts.items()):
        return text
    for number, value in enumerate(counts):
        text = text.replace(f'"{value}"', f"{_EXTERNAL_ID}{number}")
    return text


# What JSON writes as an escape alone, so that no policy text holds it.
_EXTERNAL_ID = "\x02"
_PLAIN = re.compile("[A-Za-z0-9_+=,.@:/-]+")
_EXACT = frozenset({"stringequals", "stringlike", "stringnotequals", "stringnotlike"})


def narrow_to(document: PolicyDocument, statement: Statement, element: PrincipalElement) -> PolicyDocument:
    """The trust policy as it were if this element of this Allow alone stood beside its Denies."""
    is_alone = statement.not_principals or statement.principals == (element,)
    if is_alone and len(document.statements) == 1:
        return document
    alone = statement if is_alone else replace(statement, principals=(element,))
    return PolicyDocument(document.version, document.id, (alone, *document.denies))


def _elements(statement: Statement) -> tuple[PrincipalElement, ...]:
    """The elements of a statement; `NotPrincipal` is one element that means everyone else."""
    if not statement.not_principals:
        return statement.principals
    others = ", ".join(element.value for element in statement.principals)
    return (PrincipalElement("NotPrincipal", f"everyone but {others}", PrincipalForm.EVERYONE),)
