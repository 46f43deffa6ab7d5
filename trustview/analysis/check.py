"""Check, Evidence, @check: what a check is.

It yields only where and why; id, severity and words come from its definition.
The id is the function's name; the docstring is the documentation that people read everywhere: a title, then the
paragraphs `Why:`, `Fix:` and `See:`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from trustview.analysis.access import Access
from trustview.analysis.finding import Confidence, Modifier, Severity, Subject
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import IsMeant
from trustview.analysis.remediation import Change
from trustview.quick_init import quick_init


@quick_init
@dataclass(frozen=True, slots=True)
class Evidence:
    """One place where a check holds: the grants concerned (all of one role) and a sentence for each thing seen.

    Where no single grant is concerned, `subject` says what is, and `statements` which of its policy. `severity`
    overrides the check's own where its table has several; `confidence` overrides what the reach says.
    `changes`, all made, would mend it; each of `instead` would too, in their place. `by_hand` are sentences about
    what people have to do where no change of one thing does it.
    """

    grants: tuple[Grant, ...]
    because: tuple[str, ...]
    severity: Severity | None = None
    confidence: Confidence | None = None
    changes: tuple[Change, ...] = field(default=())
    subject: Subject | None = None
    statements: tuple[int, ...] = ()
    instead: tuple[tuple[Change, ...], ...] = ()
    by_hand: tuple[str, ...] = ()


FindEvidence = Callable[[Access], Iterator[Evidence]]


@dataclass(frozen=True, slots=True)
class Check:
    """A pure search for one kind of problem, with its documentation."""

    id: str
    title: str
    why: str
    fix: str
    see: str
    severity: Severity
    find: FindEvidence
    counted: tuple[Modifier, ...] = ()
    of_all: bool = False
    beside_trust: bool = False
    looks_at: IsMeant | None = None


def check(
    severity: Severity,
    *counted: Modifier,
    of_all: bool = False,
    beside_trust: bool = False,
    looks_at: IsMeant | None = None,
) -> Callable[[FindEvidence], Check]:
    """Make a Check of a generator of evidence; it registers nothing, `checks/__init__` lists it.

    `counted` are modifiers of the severity that the check's own condition holds already. `of_all`: what it finds on a
    role rests on more than the grants of that role. `beside_trust`: what principals may do bears on what it finds, and
    no trust policy. `looks_at` says of a kind of grants whether it bears on what is found anywhere; None: each may.
    """

    def define(find: FindEvidence) -> Check:
        title, *paragraphs = inspect.cleandoc(find.__doc__ or "").split("\n\n")
        sections = {head: body for head, _, body in (paragraph.partition(":") for paragraph in paragraphs)}
        why, fix, see = (_sentence(sections.get(head, "")) for head in ("Why", "Fix", "See"))
        name = find.__name__.replace("_", "-")
        title = title.rstrip(".")
        return Check(name, title, why, fix, see, severity, find, counted, of_all, beside_trust, looks_at)

    return define


def _sentence(paragraph: str) -> str:
    """A paragraph in one line, beginning with a capital letter unless it is an address."""
    text = " ".join(paragraph.split())
    return text if text.startswith("http") else text[:1].upper() + text[1:]
