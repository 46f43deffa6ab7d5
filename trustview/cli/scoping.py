"""Which part of a review the arguments mean: OUs, accounts, tags, severity, checks."""

from __future__ import annotations

from argparse import Namespace

from trustview.analysis import CHECKS_BY_ID, Severity
from trustview.errors import UsageError
from trustview.review import Scope
from trustview.store import SnapshotFile


def read_scope(snapshot: SnapshotFile, arguments: Namespace) -> Scope | None:
    """The scope that the arguments give; None when they limit nothing. UsageError for what is not there."""
    places = [find_place(snapshot, text, is_account=False) for text in arguments.ou or ()]
    places += [find_place(snapshot, text, is_account=True) for text in arguments.account or ()]
    checks = tuple(arguments.check or ())
    unknown = sorted(set(checks) - CHECKS_BY_ID.keys())
    if unknown:
        raise UsageError(f"`{unknown[0]}` is no check: `trustview checks` lists them")
    severity = Severity[arguments.severity.upper()] if arguments.severity else None
    scope = Scope(tuple(places), tuple(map(_tag, arguments.tag or ())), severity, checks)
    return scope if scope != Scope() else None


def find_place(snapshot: SnapshotFile, text: str, *, is_account: bool | None = None) -> str:
    """The id of an OU or account, given by id or name; UsageError when it is not there, or several are called so."""
    kinds = {True: "account", False: "OU", None: "OU or account"}
    found = [
        place.id
        for place in snapshot.tree()
        if text in (place.id, place.name) and is_account in (None, place.is_account)
    ]
    if len(found) != 1:
        wrong = "is the name of several" if found else "is no"
        raise UsageError(f"`{text}` {wrong} {kinds[is_account]} of this snapshot: give an id as the cockpit shows it")
    return found[0]


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise UsageError(f"`{text}` is no tag: write KEY=VALUE")
    return key, value
