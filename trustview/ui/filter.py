"""Words -> which review items are shown: `sev:high party:vendor ou:prod -check:unused text`. Pure.

Words are joined by "and"; values behind one key, parted by commas, by "or"; `-` or `!` in front means "not". A text
with spaces stands in double quotes. Values may be shortened where they are a fixed list (`sev:crit`), and mean a part
of the name elsewhere (`role:deploy`). While a value is still missing (`sev:`) the word says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

from trustview.analysis import Party, ReachKind, Severity, SubjectKind
from trustview.review import Verdict
from trustview.store import ItemRow
from trustview.ui.places import Places


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an item besides its row: where its accounts stand, what was decided, whether it is marked."""

    places: Places
    verdict: Verdict | None = None
    is_marked: bool = False


Test = Callable[[ItemRow, Facts], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """The tests that an item must pass; `problem` names the first word that cannot be read.

    Without the word `is:all` only items with findings, or decided ones, are shown.
    """

    tests: tuple[Test, ...] = ()
    shows_all: bool = False
    problem: str = ""

    def admits(self, row: ItemRow, facts: Facts) -> bool:
        """Whether an item is shown."""
        if not self.shows_all and row.severity is None and facts.verdict is None:
            return False
        return all(test(row, facts) for test in self.tests)


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
    return lambda row, facts: any(test(row, facts) for test in tests)


def _unknown_key(key: str) -> str:
    return f"`{key}:` is no filter word: {' '.join(f'{name}:' for name in _READERS)}; put a text in quotes"


def _negate(test: Test) -> Test:
    return lambda row, facts: not test(row, facts)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(value: str) -> Test:
    wanted = value.lower()

    def test(row: ItemRow, facts: Facts) -> bool:
        return any(wanted in text.lower() for text in _texts(row, facts.places))

    return test


def _texts(row: ItemRow, places: Places) -> Iterable[str]:
    yield from (row.role_name, row.principal, row.party_name, *row.checks)
    for account in row.accounts:
        yield account
        yield places.name(account)


def _severity(value: str) -> Test:
    """`high`, `high+` (that and worse), `none`."""
    name = value.removesuffix("+")
    words = {severity.word: severity for severity in reversed(Severity)}
    known = _complete(name, (*words, "none"), "severity")
    if known == "none":
        return lambda row, facts: row.severity is None
    wanted = words[known]
    if value.endswith("+"):
        return lambda row, facts: row.severity is not None and row.severity >= wanted
    return lambda row, facts: row.severity is wanted


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


def _party(value: str) -> Test:
    known = _complete(value, (*_PARTIES, "outside"), "party")
    if known == "outside":
        return lambda row, facts: row.party is not None and row.party.is_outside
    wanted = _PARTIES[known]
    return lambda row, facts: row.party is wanted


def _reach(value: str) -> Test:
    wanted = ReachKind(_complete(value, tuple(ReachKind), "reach"))
    return lambda row, facts: row.reach is wanted


def _who(value: str) -> Test:
    wanted = value.lower()
    return lambda row, facts: wanted in row.party_name.lower() or wanted in row.principal.lower()


def _kind(value: str) -> Test:
    wanted = SubjectKind(_complete(value, tuple(SubjectKind), "kind"))
    return lambda row, facts: row.kind is wanted


def _role(value: str) -> Test:
    wanted = value.lower()
    return lambda row, facts: wanted in row.role_name.lower()


def _check(value: str) -> Test:
    wanted = value.lower()
    return lambda row, facts: any(wanted in check for check in row.checks)


def _account(value: str) -> Test:
    wanted = value.lower()
    return lambda row, facts: any(
        wanted in account or wanted in facts.places.name(account).lower() for account in row.accounts
    )


def _unit(value: str) -> Test:
    wanted = value.lower()
    return lambda row, facts: any(
        wanted in name.lower() for account in row.accounts for name in facts.places.path_names(account)
    )


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
    _State.OPEN: lambda row, facts: facts.verdict is None,
    _State.DECIDED: lambda row, facts: facts.verdict is not None,
    _State.FOUND: lambda row, facts: row.severity is not None,
    _State.MARKED: lambda row, facts: facts.is_marked,
    _State.FLEET: lambda row, facts: row.grants > 0 and len(row.accounts) > 1,
    _State.OUTLIER: lambda row, facts: bool(row.outlier_of),
    _State.ALL: lambda row, facts: True,
}


def _is(value: str) -> Test:
    state = _State(_complete(value, tuple(_State), "state"))
    if state in _VERDICTS:
        wanted = _VERDICTS[state]
        return lambda row, facts: facts.verdict is wanted
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
    ("-check:mfa", "not; also `!`"),
    ("sev:high,low", "or"),
    ("text", "any of role, account, principal, party, check"),
)
"""The words with what may stand behind them, for the help."""


def matching(
    rows: Iterable[tuple[int, ItemRow, Verdict | None]], wanted: Filter, places: Places, marks: Set[int]
) -> tuple[int, ...]:
    """The numbers of the rows that a filter admits, in the order given."""
    return tuple(number for number, row, verdict in rows if wanted.admits(row, Facts(places, verdict, number in marks)))
