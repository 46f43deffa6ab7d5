"""Words -> which review items are shown: `sev:high party:vendor ou:prod -check:unused text`.

Words are joined by "and"; values behind one key, parted by commas, by "or"; `-` or `!` in front means "not". A text
with spaces stands in double quotes. Values may be shortened where they are a fixed list (`sev:crit`), and mean a part
of the name elsewhere (`role:deploy`). While a value is still missing (`sev:`) the word says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum

from trustview.analysis import Party, ReachKind, Severity, SubjectKind
from trustview.review import Verdict
from trustview.store import Condition, TextColumn
from trustview.store import item_query as items
from trustview.ui.places import Places


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known besides the rows: where accounts stand, what was decided, what is marked, who decides where."""

    places: Places
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    marks: Set[int] = frozenset()
    assigned: Mapping[str, str] = field(default_factory=dict)

    def decided(self, verdict: Verdict | None = None) -> Condition:
        """The rows that were decided, or decided so."""
        return items.numbered(n for n, found in self.verdicts.items() if verdict is None or found is verdict)


Test = Callable[[Facts], Condition]


@dataclass(frozen=True, slots=True)
class Filter:
    """The tests that an item must pass; `problem` names the first word that cannot be read.

    Without the word `is:all` only items with findings, or decided ones, are shown.
    """

    tests: tuple[Test, ...] = ()
    shows_all: bool = False
    problem: str = ""

    def condition(self, facts: Facts) -> Condition:
        """Which items are shown."""
        shown = () if self.shows_all else (items.found() | facts.decided(),)
        return items.all_of((*shown, *(test(facts) for test in self.tests)))


_WORD = re.compile(r'(?P<not>[-!])?(?:(?P<key>[A-Za-z]+):)?(?P<value>(?:"[^"]*"?|[^\s"])*)')


def read_filter(text: str) -> Filter:
    """The filter that a text means; a word that cannot be read is named and says nothing, the others hold."""
    tests: list[Test] = []
    shows_all = False
    problem = ""
    for match in _WORD.finditer(text):
        key, value = (match["key"] or "").lower(), match["value"].replace('"', "")
        if key == "arn":
            key, value = "", f"arn:{value}"
        if key == "is" and value.lower() == "all" and not match["not"]:
            shows_all = True
            continue
        try:
            test = _read_word(key, value)
        except ValueError as error:
            problem = problem or str(error)
            continue
        if test is not None:
            tests.append(_negate(test) if match["not"] else test)
    return Filter(tuple(tests), shows_all, problem)


def _read_word(key: str, value: str) -> Test | None:
    """What one word tests; None while it says nothing yet. ValueError names what cannot be read."""
    if not key:
        return _text(value) if value else None
    reader = _READERS.get(key)
    if reader is None:
        raise ValueError(_unknown_key(key))
    if not value:
        return None
    tests = [reader(part) for part in value.split(",") if part]
    return lambda facts: items.any_of(test(facts) for test in tests)


def _unknown_key(key: str) -> str:
    return f"`{key}:` is no filter word: {' '.join(f'{name}:' for name in _READERS)}; put a text in quotes"


def _negate(test: Test) -> Test:
    return lambda facts: ~test(facts)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


_SEARCHED = (TextColumn.ROLE, TextColumn.PRINCIPAL, TextColumn.PARTY_NAME, TextColumn.CHECKS)


def _text(value: str) -> Test:
    parts = [items.contains(column, value) for column in _SEARCHED]
    return lambda facts: items.any_of((*parts, _account(value)(facts)))


def _severity(value: str) -> Test:
    """`high`, `high+` (that and worse), `none`."""
    name = value.removesuffix("+")
    words = {severity.word: severity for severity in reversed(Severity)}
    known = _complete(name, (*words, "none"), "severity")
    if known == "none":
        return lambda facts: ~items.found()
    wanted = words[known]
    if value.endswith("+"):
        return lambda facts: items.severity_at_least(wanted)
    return lambda facts: items.severity_is(wanted)


_PARTIES = {
    "same-account": Party.SAME_ACCOUNT,
    "organization": Party.ORGANIZATION,
    "management": Party.MANAGEMENT,
    "vendor": Party.VENDOR,
    "unknown": Party.UNKNOWN_ACCOUNT,
    "public": Party.PUBLIC,
    "service": Party.SERVICE,
    "provider": Party.IDENTITY_PROVIDER,
}


PARTY_WORDS = {party: word for word, party in _PARTIES.items()}
"""The word of each party."""


def _party(value: str) -> Test:
    known = _complete(value, (*_PARTIES, "outside"), "party")
    if known == "outside":
        return lambda facts: items.party_in(party for party in Party if party.is_outside)
    wanted = _PARTIES[known]
    return lambda facts: items.party_in((wanted,))


def _reach(value: str) -> Test:
    wanted = ReachKind(_complete(value, tuple(ReachKind), "reach"))
    return lambda facts: items.reach_is(wanted)


def _who(value: str) -> Test:
    wanted = items.contains(TextColumn.PARTY_NAME, value) | items.contains(TextColumn.PRINCIPAL, value)
    return lambda facts: wanted


def _kind(value: str) -> Test:
    wanted = SubjectKind(_complete(value, tuple(SubjectKind), "kind"))
    return lambda facts: items.kind_is(wanted)


def _role(value: str) -> Test:
    return lambda facts: items.contains(TextColumn.ROLE, value)


def _check(value: str) -> Test:
    return lambda facts: items.contains(TextColumn.CHECKS, value)


def _account(value: str) -> Test:
    """A part of an account's name or id; of what is about no role, of the place where it hangs."""
    wanted = value.lower()

    def test(facts: Facts) -> Condition:
        named = [place.id for place in facts.places.places if wanted in place.name.lower()]
        by_id = items.contains(TextColumn.ACCOUNTS, value)
        return by_id | items.in_places(named) if named else by_id

    return test


def _reviewer(value: str) -> Test:
    """A part of the name of whom an OU or account above was assigned to; `nobody` where it is nobody's."""
    wanted = value.lower()

    def test(facts: Facts) -> Condition:
        from trustview.review import reviewers_of  # noqa: PLC0415 -- not before the first screen

        accounts = [place.id for place in facts.places.places if place.is_account]
        deciders = {one: reviewers_of((one,), facts.assigned, facts.places) for one in accounts}
        if wanted == "nobody":
            return items.in_places(one for one in accounts if not deciders[one])
        return items.in_places(one for one in accounts if any(wanted in name.lower() for name in deciders[one]))

    return test


def _unit(value: str) -> Test:
    wanted = value.lower()

    def test(facts: Facts) -> Condition:
        places = facts.places
        return items.in_places(
            place.id for place in places.places if any(wanted in name.lower() for name in places.path_names(place.id))
        )

    return test


class _State(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    APPROVED = "approved"
    REVOKED = "revoked"
    NARROWED = "narrowed"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    FOUND = "found"
    MARKED = "marked"
    FLEET = "fleet"
    OUTLIER = "outlier"
    ALL = "all"


_VERDICTS = {
    _State.APPROVED: Verdict.APPROVE,
    _State.REVOKED: Verdict.REVOKE,
    _State.NARROWED: Verdict.NARROW,
    _State.ACCEPTED: Verdict.ACCEPT_RISK,
    _State.DEFERRED: Verdict.DEFER,
}

_STATES: dict[_State, Test] = {
    _State.OPEN: lambda facts: ~facts.decided(),
    _State.DECIDED: lambda facts: facts.decided(),
    _State.FOUND: lambda facts: items.found(),
    _State.MARKED: lambda facts: items.numbered(facts.marks),
    _State.FLEET: lambda facts: items.is_fleet(),
    _State.OUTLIER: lambda facts: items.is_outlier(),
    _State.ALL: lambda facts: items.EVERY,
}


def _is(value: str) -> Test:
    state = _State(_complete(value, tuple(_State), "state"))
    if state in _VERDICTS:
        wanted = _VERDICTS[state]
        return lambda facts: facts.decided(wanted)
    return _STATES[state]


def _complete(value: str, known: Iterable[str], what: str) -> str:
    """The value of a fixed list that a beginning means, the first one where several do; ValueError names the rest."""
    wanted = value.lower()
    names = tuple(known)
    found = next((name for name in names if name == wanted), None) or next(
        (name for name in names if name.startswith(wanted)), None
    )
    if found is None:
        raise ValueError(f"`{value}` is no {what}: {' '.join(names)}")
    return str(found)


_READERS: dict[str, Callable[[str], Test]] = {
    "sev": _severity,
    "is": _is,
    "party": _party,
    "who": _who,
    "reach": _reach,
    "check": _check,
    "kind": _kind,
    "role": _role,
    "account": _account,
    "ou": _unit,
    "reviewer": _reviewer,
}

WORDS: tuple[tuple[str, str], ...] = (
    ("sev:high", "critical high medium low info none; `sev:high+` and worse"),
    ("is:open", " ".join(_State)),
    ("party:vendor", f"{' '.join(_PARTIES)} outside"),
    ("who:datadog", "part of the name of who gets in"),
    ("reach:open", " ".join(ReachKind)),
    ("check:oidc", "part of a check's name"),
    ("kind:guardrail", " ".join(SubjectKind)),
    ("role:deploy", "part of the role's name"),
    ("account:prod", "part of the account's name or id"),
    ("ou:payments", "part of the name of an OU above"),
    ("reviewer:anna", "part of the name of who decides there (N); `nobody`"),
    ("-check:mfa", "not; also `!`"),
    ("sev:high,low", "or"),
    ("text", "any of role, account, principal, party, check"),
)
"""The words with what may stand behind them, for the help."""
