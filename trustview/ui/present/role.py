"""The role screen: what each facet tells in words, and the documents that stand beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trustview.analysis import Finding, Grant, HeldKind, HeldPolicy, Holding, pretty_policy
from trustview.policy import describe_privilege, read_policy
from trustview.ui.dossier import Dossier
from trustview.ui.places import Places
from trustview.ui.present.history import past_changes, past_facts
from trustview.ui.present.policy import marked_policy, statement_lines
from trustview.ui.present.signs import (
    NO_SEVERITY,
    PARTIES,
    PRIVILEGES,
    REACHES,
    UNREAD,
    condition_sign,
    counted,
    severity_sign,
)
from trustview.ui.present.titles import name_of_caller
from trustview.ui.present.use import role_use_facts
from trustview.ui.present.why import role_facts
from trustview.ui.state import Facet
from widgets.fact_list import Fact, Heading
from widgets.json_view import MarkedRange
from widgets.sections import POINTER
from widgets.tone import Cell, Tone

Lines = Iterator[Fact | Heading]

FACETS = {
    Facet.POLICY: "Policy",
    Facet.PERMISSIONS: "Permissions",
    Facet.USE: "Use",
    Facet.HISTORY: "History",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A text beside the facts: with marks, or, where `before` is given, as what changed since then."""

    title: str
    text: str
    marks: tuple[MarkedRange, ...] = ()
    before: str | None = None


def documents(dossier: Dossier, places: Places) -> tuple[Document, ...]:
    """The documents of the facet that is shown, in the order of `n` and `p`."""
    if dossier.role is None:
        return ()
    if dossier.facet is Facet.POLICY:
        text, marks = marked_policy(dossier.role.trust_policy, dossier.grants, dossier.findings)
        return (Document("trust policy", text, marks),) if text else ()
    if dossier.holding is not None:
        return tuple(_held(policy, places) for policy in _readable(dossier.holding))
    changes = past_changes(dossier.past) if dossier.past is not None else ()
    return tuple(Document(title, now, before=before) for title, before, now in changes)


def dossier_facts(dossier: Dossier, places: Places, number: int) -> Lines:
    """The facet in words; `number` is the document that is shown."""
    role = dossier.role
    if role is None:
        yield Fact("", f"no role `{dossier.arn}` in this snapshot: q leads back")
    elif dossier.facet is Facet.POLICY:
        yield from _ways_in(dossier)
        yield from role_facts(role, dossier.grants, places)
        yield from _found(dossier.findings)
    elif dossier.holding is not None:
        yield from _may(dossier, dossier.holding)
        yield from _policies(dossier.holding, places, number)
    elif dossier.use is not None:
        yield from role_use_facts(dossier.use, dossier.grants, places)
    elif dossier.past is not None:
        yield from past_facts(dossier.past, number)


# ── policy ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _ways_in(dossier: Dossier) -> Lines:
    """Every statement's principals, with how far each gets."""
    yield Heading("Who may become it", counted(len(dossier.grants), "way in", "ways in"))
    if not dossier.grants:
        yield Fact("", "no statement lets anybody in")
    worst = {grant: finding for finding in reversed(dossier.findings) for grant in finding.grants}
    for grant in dossier.grants:
        finding = worst.get(grant.id)
        sign = severity_sign(finding.severity) if finding else NO_SEVERITY
        yield Fact(f"{grant.statement} {grant.sid}".rstrip(), (Cell(f"{sign.glyph} ", sign.tone), *_way(grant)))


def _way(grant: Grant) -> tuple[Cell, ...]:
    reach = REACHES[grant.reach.kind]
    _, provided = condition_sign(grant.conditions)
    return (
        Cell(name_of_caller(grant.principal.value, grant.party_name), Tone.STRONG),
        Cell(f" · {PARTIES[grant.party].short} · ", Tone.MUTED),
        Cell(reach.word, reach.tone),
        Cell(f" · {provided} · {', '.join(action.removeprefix('sts:') for action in grant.actions)}", Tone.MUTED),
    )


def _found(findings: Iterable[Finding]) -> Lines:
    listed = list(findings)
    yield Heading("Found on it", "3 says why" if listed else "nothing")
    for finding in listed:
        sign = severity_sign(finding.severity)
        yield Fact("", f"{finding.check}: {'; '.join(finding.because)}", sign.tone, sign.glyph)


# ── permissions ──────────────────────────────────────────────────────────────────────────────────────────────────


def _may(dossier: Dossier, holding: Holding) -> Lines:
    """What all its policies together let it do."""
    yield Heading("What it may do", "its policies together, within boundary and SCPs")
    counted_as = dossier.grants[0].privilege if dossier.grants else holding.verdict.privilege
    sign = PRIVILEGES[counted_as]
    first, *more = describe_privilege(holding.verdict)
    if counted_as is holding.verdict.privilege:
        yield Fact("privilege", first, sign.tone, sign.glyph)
    else:  # the snapshot knows what the roles and users may do that it may turn into
        yield Fact("privilege", sign.word, sign.tone, sign.glyph)
        yield Fact("by itself", first)
    yield from (Fact("", sentence) for sentence in more)
    if holding.is_unread:
        yield Fact("unread", "some of its policies could not be read and may give anything", UNREAD.tone, UNREAD.glyph)


def _readable(holding: Holding) -> list[HeldPolicy]:
    return [policy for policy in holding.policies if policy.document and not policy.is_plain]


def _policies(holding: Holding, places: Places, number: int) -> Lines:
    readable = _readable(holding)
    shown = readable[number % len(readable)] if readable else None
    own = [policy for policy in holding.policies if policy.kind.is_identity]
    yield Heading("Identity policies", "what each gives by itself" if own else "none: it may do nothing")
    for policy in own:
        yield from _gives(policy, is_shown=policy is shown)
    boundary = next((policy for policy in holding.policies if policy.kind is HeldKind.BOUNDARY), None)
    yield Heading("Permissions boundary", "" if boundary else "none")
    if boundary:
        yield _limit("limits to", boundary, places, is_shown=boundary is shown)
    yield from _guardrails(holding, places, shown)


def _gives(policy: HeldPolicy, *, is_shown: bool) -> Lines:
    label = policy.kind.value.removesuffix(" policy")
    yield Fact(label, (_pointer(is_shown), Cell(policy.name, Tone.STRONG)))
    if policy.verdict is None:
        yield Fact(" ", "not read: it may give anything", UNREAD.tone, UNREAD.glyph)
        return
    sign = PRIVILEGES[policy.verdict.privilege]
    for index, sentence in enumerate(describe_privilege(policy.verdict)):
        yield Fact(" ", sentence, Tone.MUTED if index else sign.tone, "" if index else sign.glyph)


def _pointer(is_shown: bool) -> Cell:
    return Cell(f"{POINTER} " if is_shown else "  ", Tone.ACCENT)


def _guardrails(holding: Holding, places: Places, shown: HeldPolicy | None) -> Lines:
    above = [policy for policy in holding.policies if policy.kind in (HeldKind.SCP, HeldKind.RCP)]
    yield Heading("Guardrails above it", "SCPs limit what it does, RCPs who becomes it" if above else "none binds it")
    for policy in above:
        if not policy.is_plain:
            yield _limit(policy.kind.value, policy, places, is_shown=policy is shown)
    for kind in (HeldKind.SCP, HeldKind.RCP):
        of_kind = [policy for policy in above if policy.kind is kind]
        limiting = {policy.place for policy in of_kind if not policy.is_plain}
        plain = [places.name(policy.place) for policy in of_kind if policy.place not in limiting]
        if plain:
            yield Fact(kind.value, f"  nothing is limited at {', '.join(dict.fromkeys(plain))}", Tone.MUTED)


def _limit(label: str, policy: HeldPolicy, places: Places, *, is_shown: bool) -> Fact:
    where = f" @ {places.name(policy.place)}" if policy.place else ""
    return Fact(
        label,
        (
            _pointer(is_shown),
            Cell(policy.name, Tone.STRONG),
            Cell(where, Tone.MUTED),
            Cell(f" · {_bearing(policy)}", Tone.PLAIN if policy.deciding else Tone.MUTED),
        ),
    )


def _bearing(policy: HeldPolicy) -> str:
    if not policy.document:
        return "not read"
    if not policy.deciding:
        return "takes nothing of this away"
    statements = read_policy(policy.document).statements
    names = [statements[number].sid or f"statement {number}" for number in policy.deciding]
    return f"bears on it by {', '.join(names)}"


def _held(policy: HeldPolicy, places: Places) -> Document:
    """One policy, with the statements marked that the verdict rests on."""
    text = pretty_policy(policy.document)
    lines = statement_lines(text)
    note = "decides what it gives" if policy.kind.is_identity else "bears on what the role may do"
    note = "bears on who becomes the role" if policy.kind is HeldKind.RCP else note
    tone = PRIVILEGES[policy.verdict.privilege].tone if policy.verdict else Tone.MEDIUM
    marks = tuple(MarkedRange(*lines[number], tone, note) for number in policy.deciding if number < len(lines))
    where = f" @ {places.name(policy.place)}" if policy.place else ""
    return Document(f"{policy.kind.value} {policy.name}{where}", text, marks)
