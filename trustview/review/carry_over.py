"""Does last time's decision still hold? THE ONE PLACE that answers: for every item, and with what it rests on.

A decision holds while each grant it was made on is the same or narrower. It is opened again when a grant is wider or
cannot be proved not to be, when the role may do more, when somebody else comes, when it takes effect otherwise under
the same words, when its day has passed, and when it was not carried out. A grant is the one of last time when role and
principal are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from trustview.analysis import OWN_ACCOUNT, Severity, fingerprint
from trustview.review.basis import Basis, Stand
from trustview.review.decision import Decision, Verdict
from trustview.review.stand_change import Change, Weight, compare_stands
from trustview.snapshot import Organization


class Fate(StrEnum):
    """What became of a decision, or why there is none."""

    HOLDS = "holds"
    REOPENED = "reopened"
    NEW = "new"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class CarriedItem:
    """One item of today. `decision` is what carries over, `was` what was decided last time.

    `because` are sentences (lower case, no full stop): why it still holds, or what changed. `check` is the id of what
    is found when it is opened again or new.
    """

    item: str
    fate: Fate
    because: tuple[str, ...] = ()
    check: str = ""
    was: Decision | None = None
    decision: Decision | None = None
    severity: Severity | None = None
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoneItem:
    """An item of last time of which no grant is left; `is_unseen` where nobody could look today."""

    decision: Decision
    roles: tuple[str, ...]
    accounts: tuple[str, ...]
    is_unseen: bool = False


@dataclass(frozen=True, slots=True)
class LastReview:
    """The last review that was signed off: its decisions, what they stand on, and every grant that was there.

    `seen` are keys of grants (see `grant_keys`), `accounts` those that were read in full.
    """

    id: str
    closed_at: str
    decisions: Mapping[str, Decision]
    bases: Mapping[str, Basis]
    seen: frozenset[str]
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What a review begins with: every item of today, in their order, and what is gone.

    `lost_accounts` were read last time and are not today, though they are still ours.
    """

    last: str
    items: tuple[CarriedItem, ...]
    gone: tuple[GoneItem, ...] = ()
    lost_accounts: tuple[str, ...] = ()

    def of(self, fate: Fate) -> tuple[CarriedItem, ...]:
        """The items of one fate."""
        return tuple(item for item in self.items if item.fate is fate)


def grant_keys(basis: Basis) -> Iterator[str]:
    """What each grant of an item goes by from one review to the next: its role and its principal."""
    for stand in basis.stands:
        for account in stand.accounts:
            yield _key(stand, account)


def carry_over(
    last: LastReview,
    items: Iterable[tuple[str, Basis, str]],
    organization: Organization | None,
    read_accounts: frozenset[str],
    today: str,
) -> CarryOver:
    """What holds of the last review. `items` are (id, basis, digest of the basis) of today, in their order.

    `read_accounts` are those that were read in full today, `today` is a day (`2026-11-20`).
    """
    judge = _Judge(last, organization, today)
    found = tuple(judge.judge(item, basis, digest) for item, basis, digest in items)
    ours = set(organization.accounts_by_id) if organization else last.accounts
    lost = tuple(sorted((last.accounts & ours) - read_accounts))
    return CarryOver(last.id, found, tuple(judge.gone(read_accounts)), lost)


class _Judge:
    """Holds items of today against the decisions of last time; two stands that are alike are compared once."""

    def __init__(self, last: LastReview, organization: Organization | None, today: str) -> None:
        self._last, self._organization, self._today = last, organization, today
        self._before: dict[str, list[tuple[Decision, Stand]]] = {}
        self._by_role: dict[str, list[tuple[Decision, Stand]]] = {}
        for decision in last.decisions.values():
            basis = last.bases.get(decision.basis)
            for stand in basis.stands if basis else ():
                for account in stand.accounts:
                    self._before.setdefault(_key(stand, account), []).append((decision, stand))
                    self._by_role.setdefault(_role(stand, account), []).append((decision, stand))
        self._changes: dict[tuple[Stand, Stand], Change] = {}
        self._met: set[str] = set()

    def judge(self, item: str, basis: Basis, digest: str) -> CarriedItem:
        """What became of one item."""
        found = CarriedItem(item, Fate.NEW, severity=basis.severity, accounts=_accounts(basis))
        self._met.update(grant_keys(basis))
        pairs = list(self._pairs(basis))
        was = max((one[1][0] for one in pairs if one[1]), key=lambda decision: decision.at, default=None)
        if was is None:
            return self._without_decision(found, basis)
        found = replace(found, was=was)
        return self._expired(found, was) or self._changed(found, basis, pairs) or self._held(found, was, pairs, digest)

    def _pairs(self, basis: Basis) -> Iterator[tuple[tuple[Stand, str], tuple[Decision, Stand] | None]]:
        """Every grant of an item with the one of last time that is closest to it, decided on."""
        for stand in basis.stands:
            for account in stand.accounts:
                before = self._before.get(_key(stand, account)) or self._wider(stand, account)
                yield (stand, account), min(before, key=lambda one: self._change(one[1], stand).weight, default=None)

    def _wider(self, stand: Stand, account: str) -> list[tuple[Decision, Stand]]:
        """Grants of the same role that let in whom this one does, and more: an account where a role of it is named."""
        of_role = self._by_role.get(_role(stand, account), ()) if _key(stand, account) not in self._last.seen else ()
        return [one for one in of_role if self._change(one[1], stand).weight < Weight.OTHERWISE]

    def _change(self, old: Stand, new: Stand) -> Change:
        alike = (replace(old, accounts=()), replace(new, accounts=()))
        if alike not in self._changes:
            self._changes[alike] = compare_stands(old, new, self._organization)
        return self._changes[alike]

    def _without_decision(self, found: CarriedItem, basis: Basis) -> CarriedItem:
        was = self._last.decisions.get(found.item)
        if was is not None:
            found = replace(found, was=was)
            return _reopened(found, ("what it was decided on was not kept then: nobody can compare it",), "")
        if any(key in self._last.seen for key in grant_keys(basis)):
            return replace(found, fate=Fate.UNDECIDED, because=("it was there last time and nobody decided on it",))
        unread = sorted(set(found.accounts) - self._last.accounts) if _is_grant(basis) else ()
        where = f"; {_listed(unread)} was not read then" if unread and self._last.accounts else ""
        check = "new-grant" if _is_grant(basis) else ""
        return replace(found, because=(f"it was not there at the last review{where}",), check=check)

    def _expired(self, found: CarriedItem, was: Decision) -> CarriedItem | None:
        if not was.until or was.until > self._today:
            return None
        what = "the deferral" if was.verdict is Verdict.DEFER else "the acceptance"
        return replace(found, fate=Fate.REOPENED, because=(f"{what} was until {was.until}",), check="decision-expired")

    def _changed(self, found: CarriedItem, basis: Basis, pairs: list[_Pair]) -> CarriedItem | None:
        """The item opened again, when something speaks against its decision."""
        changes = [self._change(before[1], stand) for (stand, _), before in pairs if before]
        worst = max(changes, key=lambda change: change.weight)
        if worst.weight >= Weight.OTHERWISE:
            sentences = (text for change in changes if change.weight >= Weight.OTHERWISE for text in change.because)
            return _reopened(found, sentences, worst.check)
        return self._not_carried_out(found, worst) or self._joined(found, pairs) or self._graver(found, basis)

    def _not_carried_out(self, found: CarriedItem, worst: Change) -> CarriedItem | None:
        verdict = found.was.verdict if found.was else None
        if verdict is Verdict.REVOKE:
            told = "it was to be revoked, and is still there"
        elif verdict is Verdict.NARROW and worst.weight is Weight.SAME:
            told = "it was to be narrowed, and says the same as before"
        elif verdict is Verdict.NARROW:
            return _reopened(found, ("it was narrowed since: say whether what is left is right", *worst.because), "")
        else:
            return None
        return _reopened(found, (told, *worst.because), "revoke-not-done")

    def _joined(self, found: CarriedItem, pairs: list[_Pair]) -> CarriedItem | None:
        """Grants of the same fleet that nobody decided on, or on which people decided otherwise."""
        joined = sorted({account for (_, account), before in pairs if not before})
        if joined:
            told = f"{len(joined)} of its {len(pairs)} grants were not decided on: those in {_listed(joined)}"
            return _reopened(found, (told,), "new-grant")
        verdicts = sorted({before[0].verdict.value for _, before in pairs if before})
        return _reopened(found, (f"its grants were decided apart: {_listed(verdicts)}",), "") if verdicts[1:] else None

    def _graver(self, found: CarriedItem, basis: Basis) -> CarriedItem | None:
        """What was found on it was not known when it was decided, or is worse."""
        before = self._last.bases.get(found.was.basis) if found.was else None
        if before is None:
            return None
        known = before.severity if before.severity is not None else Severity.INFO
        told = [f"found on it since: {_listed(new)}"] if (new := sorted(set(basis.checks) - set(before.checks))) else []
        if basis.severity is not None and basis.severity > known:
            told.append(f"its severity was {known.word}, is {basis.severity.word}")
        return _reopened(found, told, "") if told else None

    def _held(self, found: CarriedItem, was: Decision, pairs: list[_Pair], digest: str) -> CarriedItem:
        changes = [self._change(before[1], stand) for (stand, _), before in pairs if before]
        told = tuple(dict.fromkeys(text for change in changes for text in change.because)) or (
            "nothing has changed since: the same words, effect, privileges and callers",
        )
        decision = replace(
            was, item=found.item, basis=digest, carried_from=was.carried_from or self._last.id, because=told
        )
        return replace(found, fate=Fate.HOLDS, because=told, decision=decision)

    def gone(self, read_accounts: frozenset[str]) -> Iterator[GoneItem]:
        """Decisions of which no grant was met today."""
        for decision in self._last.decisions.values():
            basis = self._last.bases.get(decision.basis)
            if basis is None or any(key in self._met for key in grant_keys(basis)):
                continue
            roles = tuple(
                stand.role.replace(OWN_ACCOUNT, account) for stand in basis.stands for account in stand.accounts
            )
            accounts = _accounts(basis)
            unseen = any(account not in read_accounts for account in accounts) and _is_grant(basis)
            yield GoneItem(decision, roles, accounts, unseen)


_Pair = tuple[tuple[Stand, str], "tuple[Decision, Stand] | None"]


def _reopened(found: CarriedItem, because: Iterable[str], check: str) -> CarriedItem:
    return replace(found, fate=Fate.REOPENED, because=tuple(dict.fromkeys(because)), check=check)


def _is_grant(basis: Basis) -> bool:
    return any(stand.reach is not None for stand in basis.stands)


def _accounts(basis: Basis) -> tuple[str, ...]:
    return tuple(sorted({account for stand in basis.stands for account in stand.accounts}))


def _role(stand: Stand, account: str) -> str:
    return stand.role.replace(OWN_ACCOUNT, account)


def _key(stand: Stand, account: str) -> str:
    principal = "" if stand.reach is None else stand.principal
    return fingerprint(_role(stand, account), principal.replace(OWN_ACCOUNT, account))


def _listed(texts: Iterable[str]) -> str:
    listed = list(texts)
    more = f" and {len(listed) - 5} more" if len(listed) > 6 else ""
    return ", ".join(f"`{text}`" for text in (listed[:5] if more else listed)) + more
