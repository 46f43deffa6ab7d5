"""Callers: everyone who may ask, as finitely many cells that no principal element of either policy cuts through.

The one place that lists them. Whether an element means a cell the engine itself says (`statement.matches_element`), of
one caller that stands for the cell; an answer that it leaves open becomes a coordinate that may be yes or no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trustview.policy.context_key import CallerKind
from trustview.policy.narrowing.budget import Budget
from trustview.policy.narrowing.pattern import ANY
from trustview.policy.principal import PrincipalElement, PrincipalForm
from trustview.policy.request import Caller
from trustview.policy.statement import matches_element

# A coordinate that an element's meaning depends on: what nobody documents, or who somebody is.
OPEN = "open:"
IDENTITY = "id:"

# What it costs to ask whether an element means a cell.
_STEPS_PER_CALLER = 5
ELSEWHERE = "999988887777"
# All that AWS has begin so.
_ANY_PARTITION = f"aws{ANY}"
_UNREAD = (PrincipalForm.MALFORMED, PrincipalForm.CANONICAL_USER)


@dataclass(frozen=True, slots=True)
class Cell:
    """Callers alike; `example` is one of them.

    `account` is theirs, empty when it is any that no policy names; `arns` are patterns of their `aws:PrincipalArn`,
    none for services and federated callers. `is_member`: their account is one of the organization; None when nobody
    knows.
    """

    example: Caller
    account: str = ""
    arns: tuple[str, ...] = ()
    is_member: bool | None = None


@dataclass(slots=True)
class _Mentions:
    """What the policies name of one account, in one partition."""

    users: set[str] = field(default_factory=set)
    # Role name in lower case -> the paths with names, and the sessions, that are named.
    roles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sessions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True, slots=True)
class Meaning:
    """Whom one element means: the cells of `mask`, surely or where the coordinate `if_open` says yes."""

    mask: int
    if_open: str = ""


class Callers:
    """The cells of a pair of policies, and whom each element means."""

    def __init__(
        self, elements: Iterable[PrincipalElement], accounts: Iterable[str], members: frozenset[str], budget: Budget
    ) -> None:
        self._budget = budget
        listed = list(dict.fromkeys(elements))
        self.cells: list[Cell] = [*_of_accounts(listed, accounts, members), *_of_others(listed)]
        self.whole = (1 << len(self.cells)) - 1
        self.iam = sum(1 << i for i, cell in enumerate(self.cells) if cell.example.kind.is_iam)
        self._of: dict[str, int] = defaultdict(int)
        for index, cell in enumerate(self.cells):
            self._of[cell.account or cell.example.provider.lower()] |= 1 << index
        self._meanings: dict[PrincipalElement, tuple[Meaning, ...]] = {}
        # Open point -> the element of which nobody knows whom it means.
        self.unread = {_whom(element): element for element in listed if element.form in _UNREAD}

    def meanings(self, element: PrincipalElement) -> tuple[Meaning, ...]:
        """Whom an element means."""
        if element not in self._meanings:
            self._meanings[element] = tuple(self._find_meanings(element))
        return self._meanings[element]

    def of_account(self, account: str) -> int:
        """The cells of an account that is named."""
        return self._of[account] & self.iam

    def _find_meanings(self, element: PrincipalElement) -> Iterator[Meaning]:
        if element.form in _UNREAD:
            # AWS documents nobody by it; whoever it is, the same text is the same.
            yield Meaning(self.whole, _whom(element))
            return
        if element.form is PrincipalForm.UNIQUE_ID:
            yield Meaning(self.iam, f"{IDENTITY}{element.value}")
            return
        surely, open_masks = 0, dict[str, int]()
        for index in _bits(self._candidates(element)):
            self._budget.spend(_STEPS_PER_CALLER)
            answer = matches_element(element, self.cells[index].example)
            if answer.is_true:
                surely |= 1 << index
            elif answer.is_open:
                kind = element.kind if element.kind == "Federated" else ""
                name = f"{OPEN}{', '.join(sorted(answer.keys))} {kind}{element.value}"
                open_masks[name] = open_masks.get(name, 0) | 1 << index
        yield Meaning(surely)
        for name, mask in open_masks.items():
            yield Meaning(mask, name)

    def _candidates(self, element: PrincipalElement) -> int:
        if element.form is PrincipalForm.EVERYONE:
            return self.whole
        return self._of[element.account if element.kind == "AWS" else element.value.lower()]


def _whom(element: PrincipalElement) -> str:
    """The open point of an element of which nobody knows whom it means."""
    return f"{OPEN}whom `{element.value}` under `{element.kind}` means"


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_accounts(elements: list[PrincipalElement], accounts: Iterable[str], members: frozenset[str]) -> Iterator[Cell]:
    mentions: dict[tuple[str, str], _Mentions] = {}
    bare = list(accounts)
    for element in elements:
        if element.kind != "AWS" or not element.account:
            continue
        if not element.partition:
            bare.append(element.account)
            continue
        of_account = mentions.setdefault((element.account, element.partition), _Mentions())
        name = element.name.rpartition("/")[2]
        if element.form is PrincipalForm.USER:
            of_account.users.add(element.value)
        elif element.form is PrincipalForm.ROLE:
            of_account.roles[name.lower()].add(element.name)
        elif element.form is PrincipalForm.SESSION:
            role, _, session = element.name.partition("/")
            of_account.roles[role.lower()].add(role)
            of_account.sessions[role.lower()].add(session)
    placed = {account for account, _ in mentions}
    for account in dict.fromkeys(bare):
        # The account's id alone says no partition: it is the one that another element names, or any.
        if account not in placed:
            mentions[account, _ANY_PARTITION] = _Mentions()
    for (account, partition), found in mentions.items():
        yield from _of_account(account, partition, found, is_member=account in members if members else None)
    named = {account for account, _ in mentions}
    for is_member in (False, True) if members else (None,):
        example = next((m for m in sorted(members) if m not in named), "") if is_member else _unnamed(named | members)
        if example:
            yield Cell(_role(example, "aws", "x"), "", (f"arn:{_ANY_PARTITION}:iam::*:role/*",), is_member)
            yield Cell(_user(example, "aws", "x"), "", (f"arn:{_ANY_PARTITION}:iam::*:user/*",), is_member)


def _unnamed(named: Iterable[str]) -> str:
    taken = set(named)
    number = int(ELSEWHERE)
    while str(number) in taken:
        number -= 1
    return str(number)


def _of_account(account: str, partition: str, mentions: _Mentions, *, is_member: bool | None) -> Iterator[Cell]:
    prefix, partition = f"arn:{partition}:iam::{account}", partition.rstrip(ANY)
    for arn in sorted(mentions.users):
        yield Cell(Caller(CallerKind.USER, account, arn), account, (arn,), is_member)
    other = _other({arn.rpartition("/")[2] for arn in mentions.users})
    yield Cell(_user(account, partition, other), account, (f"{prefix}:user/*",), is_member)
    for caller, names in _of_roles(account, partition, mentions):
        yield Cell(caller, account, tuple(f"{prefix}:role/{name}" for name in names), is_member)
    other = _other(mentions.roles)
    yield Cell(_role(account, partition, other), account, (f"{prefix}:role/*",), is_member)


def _of_roles(account: str, partition: str, mentions: _Mentions) -> Iterator[tuple[Caller, tuple[str, ...]]]:
    """Callers of the roles that are named, each with patterns of what stands behind `role/` in their ARN."""
    for name, paths in sorted(mentions.roles.items()):
        sessions = [*sorted(mentions.sessions[name]), _other(mentions.sessions[name])]
        spellings = sorted({path.rpartition("/")[2] for path in paths})
        for path in sorted(path for path in paths if "/" in path):
            yield from ((_role(account, partition, path, session), (path,)) for session in sessions)
        for spelling in spellings:
            # Without a session's name it is the role without a path; its sessions look like those of any path.
            yield _role(account, partition, spelling), (spelling,)
            looks_like = (f"*{spelling}",) if mentions.sessions[name] else tuple(sorted(paths))
            yield from ((_role(account, partition, spelling, session), looks_like) for session in sessions)
            if mentions.sessions[name]:
                yield from ((_role(account, partition, f"x/{spelling}", s), (f"*/{spelling}",)) for s in sessions)
        if len(spellings) > 1:
            yield _role(account, partition, _respelt(name, spellings), "x"), ("*",)


def _other(taken: Iterable[str], text: str = "x") -> str:
    """A name that is none of those taken."""
    names = set(taken)
    while text in names:
        text += "x"
    return text


def _respelt(name: str, taken: Iterable[str]) -> str:
    """The same name in letters of another case; one that is taken when there is no other."""
    spellings = (name[:index] + name[index:].swapcase() for index in range(len(name)))
    return next((spelling for spelling in spellings if spelling not in taken), name.upper())


def _role(account: str, partition: str, path: str, session: str = "") -> Caller:
    return Caller(CallerKind.ROLE, account, f"arn:{partition}:iam::{account}:role/{path}", session)


def _user(account: str, partition: str, name: str) -> Caller:
    return Caller(CallerKind.USER, account, f"arn:{partition}:iam::{account}:user/{name}")


def _of_others(elements: list[PrincipalElement]) -> Iterator[Cell]:
    """Services and federated callers: those that are named, and one that is not."""
    services = {e.value.lower() for e in elements if e.form is PrincipalForm.SERVICE}
    for name in (*sorted(services), _other({s.partition(".")[0] for s in services}) + ".amazonaws.com"):
        yield Cell(Caller(CallerKind.SERVICE, provider=name))
    kinds = {PrincipalForm.SAML_PROVIDER: CallerKind.SAML, PrincipalForm.OIDC_PROVIDER: CallerKind.OIDC}
    for form, kind in kinds.items():
        named = sorted({(e.value, e.account) for e in elements if e.form is form})
        for provider, account in named:
            yield Cell(Caller(kind, account, provider=provider))
        word = kind.value.lower()
        other = _other({provider.partition("-provider/")[2] for provider, _ in named}, "x.example")
        arn = f"arn:aws:iam::{ELSEWHERE}:{word}-provider/{other}"
        yield Cell(Caller(kind, ELSEWHERE, provider=arn))
