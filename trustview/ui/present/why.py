"""The Why pane: what was found and why it matters, who gets in, the role, its fleet, its trust policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trustview.analysis import (
    CHECKS_BY_ID,
    Check,
    Finding,
    Grant,
    Subject,
    describe_agreement,
    explain_confidence,
    explain_severity,
    name_places,
    places_of,
)
from trustview.policy import is_account_id, read_policy
from trustview.review import Decision, current_assignments, rank_item, reviewers_of
from trustview.snapshot import Role
from trustview.ui.detail import Detail
from trustview.ui.places import Places
from trustview.ui.present.signs import (
    CONFIDENCES,
    OUTLIER,
    PARTIES,
    PRIVILEGES,
    REACH_SENTENCES,
    REACHES,
    SUSPENDED,
    UNREAD,
    VERDICTS,
    counted,
    day_of,
    provider_name,
    severity_sign,
)
from trustview.ui.present.use import use_facts
from trustview.ui.state import State
from widgets.fact_list import Fact, Heading
from widgets.json_view import MarkedRange, tone_json
from widgets.tone import Cell, Tone

Lines = Iterator[Fact | Heading]


def why_facts(state: State, detail: Detail, checks: Mapping[str, Check] = CHECKS_BY_ID) -> Lines:
    """Everything in words, the most important first."""
    decision = state.decisions.get(detail.row.id)
    if decision is not None:
        yield from _decided(decision, detail)
        yield from _disputed(state.conflicts.get(detail.row.id))
    else:
        yield from _opened_again(state, detail.row.id)
    deciders = reviewers_of(detail.row.accounts, current_assignments(state.journal), state.places)
    if deciders:
        yield Fact("assigned", ", ".join(deciders))
    yield from _found(detail, checks)
    yield from _who(detail, state.places)
    yield from use_facts(detail, state.places)
    if detail.role is not None:
        yield from role_facts(detail.role, detail.grants, state.places)
    else:
        yield from _apart(detail.subject, state.places)
    yield from _fleet(state, detail)
    yield from _beside(detail, checks)
    row = detail.row
    yield Fact("ranked", rank_item(row.severity, row.reach, row.party, row.privilege, row.findings).sentence)


def policy_facts(text: str, marks: tuple[MarkedRange, ...]) -> Lines:
    """The policy as further lines of the same text, for panes with room for one column."""
    if not text:
        return
    yield Heading("Policy", "▌ the statements that it is about")
    for number, line in enumerate(text.split("\n"), 1):
        mark = next((mark for mark in marks if mark.first <= number <= mark.last), None)
        bar = Cell("▌ " if mark else "  ", mark.tone if mark else Tone.PLAIN)
        yield Fact("", (bar, *tone_json(line)))
        for noted in marks:
            if noted.note and noted.last == number:
                yield Fact("", (Cell("▌ ", noted.tone), Cell(f"    └ {noted.note}", noted.tone)))


# ── what was found ───────────────────────────────────────────────────────────────────────────────────────────────


def _decided(decision: Decision, detail: Detail) -> Lines:
    sign = VERDICTS[decision.verdict]
    yield Heading("Decided")
    until = f" until {decision.until}" if decision.until else ""
    who = f" ({decision.assignee})" if decision.assignee else ""
    yield Fact("", f"{sign.word}{until}{who}, by {decision.by} at {decision.at}", sign.tone, sign.glyph)
    if decision.change:
        yield Fact("change", _told_change(decision.change, detail))
    if decision.note:
        yield Fact("note", decision.note)
    if decision.owner:
        yield Fact("owner", decision.owner)
    for sentence in decision.because:
        yield Fact("since", f"carried over from {decision.carried_from}: {sentence}")


def _told_change(change: str, detail: Detail) -> str:
    """What a change does; by its id alone where it is that of another role, or not proposed any more."""
    found = next((one.remediation for one in detail.choices if one.remediation.id == change), None)
    return f"`{change}`: {'; '.join(one.summary for one in found.changes)}" if found else f"`{change}`"


def _opened_again(state: State, item: str) -> Lines:
    """What was decided last time, and what changed since."""
    found = next((one for entry in state.journal for one in entry.reopened if one.item == item), None)
    if found is not None:
        yield Heading("Open again", f"{VERDICTS[found.verdict].word} at the last review")
        for sentence in found.because:
            yield Fact("changed", sentence, Tone.STRONG)


def _disputed(conflict: tuple[Decision, Decision] | None) -> Lines:
    """What another said of it at the same time."""
    if conflict is not None:
        first, last = conflict
        told = f"{first.by} said {first.verdict.value} at {first.at}, {last.by} {last.verdict.value}: decide again"
        yield Fact("conflict", told, Tone.CRITICAL)


def _found(detail: Detail, checks: Mapping[str, Check]) -> Lines:
    if not detail.findings:
        yield Heading("Nothing was found on this grant")
    for finding in detail.findings:
        yield from _finding(finding, checks.get(finding.check))


def _finding(finding: Finding, check: Check | None) -> Lines:
    sign = severity_sign(finding.severity)
    yield Heading(f"{sign.glyph} {check.title if check else finding.check}")
    for sentence in finding.because:
        yield Fact("because", sentence, Tone.STRONG)
    yield Fact("severity", _graded(explain_severity(finding), f"{sign.glyph} ", sign.tone))
    yield Fact("certainty", _graded(explain_confidence(finding), "", CONFIDENCES[finding.confidence].tone))
    if check:
        yield Fact("matters", check.why)
        yield Fact("remedy", check.fix)
        for sentence in finding.by_hand:
            yield Fact("by hand", sentence)
        yield Fact("check", check.id, Tone.MUTED)
        if check.see:
            yield Fact("see", check.see, Tone.MUTED)


def _graded(sentence: str, glyph: str, tone: Tone) -> tuple[Cell, ...]:
    """A grade, and behind it what made it."""
    word, colon, why = sentence.partition(":")
    return Cell(f"{glyph}{word}", tone), Cell(f"{colon}{why}", Tone.MUTED)


# ── who gets in ──────────────────────────────────────────────────────────────────────────────────────────────────


def _who(detail: Detail, places: Places) -> Lines:
    for grant in detail.grants:
        party = PARTIES[grant.party]
        where = name_places(places_of(read_policy(detail.document), grant))
        yield Heading("Who gets in", f"{where}{f' {grant.sid}' if grant.sid else ''}")
        yield Fact("principal", grant.principal.value, Tone.STRONG)
        yield Fact("who", (Cell(provider_name(grant.party_name)), Cell(f" · {party.word}", Tone.MUTED)))
        for account in grant.party_accounts:
            yield _account("account", account, places)
        yield Fact("how", ", ".join(grant.actions))
        for index, condition in enumerate(grant.conditions):
            values = ", ".join(condition.values) or "no value"
            yield Fact(" " if index else "provided", f"{condition.spelling} {condition.key} = {values}")
        if not grant.conditions:
            yield Fact("provided", "nothing: there is no condition", Tone.MUTED)
        yield from _reach(grant)
        yield Fact("analyzer", describe_agreement(grant, detail.reported, is_read=detail.has_analyzer), Tone.MUTED)


def _reach(grant: Grant) -> Lines:
    sign = REACHES[grant.reach.kind]
    yield Fact("reach", (Cell(sign.word, sign.tone), Cell(f": {REACH_SENTENCES[grant.reach.kind]}")))
    if grant.reach.depends_on:
        yield Fact("depends on", ", ".join(grant.reach.depends_on))
    if grant.reach.blocked_by:
        yield Fact("blocked by", ", ".join(grant.reach.blocked_by))
    for index, reason in enumerate(grant.reach.reasons):
        yield Fact(" " if index else "layers", reason, Tone.MUTED)


def _account(label: str, account: str, places: Places) -> Fact:
    """An account with all that is known of it; a party may also be several or a text that is no account."""
    place = places.by_id.get(account)
    if place is None:
        outside = "not of this organization" if is_account_id(account) else "no account id"
        return Fact(label, (Cell(account), Cell(f" · {outside}", Tone.MEDIUM)))
    units = "/".join(places.path_names(account)) or "at the root"
    cells = [Cell(place.name, Tone.STRONG), Cell(f" {account} · {units}", Tone.MUTED)]
    if place.tier not in ("", "unknown"):
        cells.append(Cell(f" · {place.tier}", Tone.MUTED))
    if place.is_suspended:
        cells.append(Cell(f" · {SUSPENDED.glyph} suspended", Tone.MEDIUM))
    if place.is_unread:
        cells.append(Cell(f" · {UNREAD.glyph} {UNREAD.word}", UNREAD.tone))
    return Fact(label, tuple(cells))


# ── the role ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _apart(subject: Subject, places: Places) -> Lines:
    """What a finding is about that is no role."""
    yield Heading(f"The {subject.kind.value}")
    yield Fact("name", subject.name, Tone.STRONG)
    if subject.note:
        yield Fact("", subject.note)
    for place in subject.places:
        yield _place(place, places)
    yield Fact("id", subject.id, Tone.MUTED)


def _place(place: str, places: Places) -> Fact:
    found = places.by_id.get(place)
    if found is None or found.is_account:
        return _account("account", place, places)
    return Fact("hangs on", (Cell(found.name, Tone.STRONG), Cell(f" {place}", Tone.MUTED)))


def role_facts(role: Role, grants: Sequence[Grant], places: Places) -> Lines:
    """What a role is, by itself; its privilege where some way into it tells it."""
    yield Heading("The role", role.path if role.path != "/" else "")
    yield Fact("name", role.name, Tone.STRONG)
    yield _account("account", role.account, places)
    if grants:
        privilege = PRIVILEGES[grants[0].privilege]
        yield Fact("privilege", privilege.word, privilege.tone, privilege.glyph)
    if role.description:
        yield Fact("says", role.description)
    yield Fact("created", day_of(role.created) or "not known")
    yield Fact("last used", _last_used(role))
    if role.max_session_seconds is not None:
        yield Fact("session", f"at most {_hours(role.max_session_seconds)}")
    policies = [arn.rpartition("/")[2] for arn in role.attached] + [f"{p.name} (inline)" for p in role.inline]
    yield Fact("policies", ", ".join(policies) or "none")
    yield Fact("boundary", role.boundary.rpartition("/")[2] or "none")
    if role.tags:
        yield Fact("tags", ", ".join(f"{key}={value}" for key, value in role.tags))
    yield Fact("arn", role.arn, Tone.MUTED)


def _last_used(role: Role) -> str:
    """The day and Region of the last use that AWS remembers."""
    if not role.last_used:
        return "not within the 400 days that AWS keeps, or not read"
    return f"{day_of(role.last_used)}{f' in {role.last_used_region}' if role.last_used_region else ''}"


def _hours(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return counted(hours, "hour") + (f" {rest // 60} min" if rest else "")


def _fleet(state: State, detail: Detail) -> Lines:
    row = detail.row
    if not detail.grants:
        return
    outliers = detail.outliers
    if len(row.accounts) < 2 and not row.outlier_of and not outliers:
        return
    yield Heading("The fleet", f"{len(row.accounts)} equal grants, decided together" if len(row.accounts) > 1 else "")
    if row.outlier_of:
        majority = detail.majority
        count = counted(len(majority.accounts), "account") if majority else "other accounts"
        yield Fact("", f"{OUTLIER.word}: {count} have it otherwise", OUTLIER.tone, OUTLIER.glyph)
        yield from (Fact("differs", sentence) for sentence in detail.differs)
    if len(row.accounts) > 1:
        yield Fact("accounts", ", ".join(state.places.name(account) for account in row.accounts))
    for other in outliers:
        names = ", ".join(state.places.name(account) for account in other.accounts)
        yield Fact("outlier", f"{names}: {other.principal}", OUTLIER.tone, OUTLIER.glyph)


def _beside(detail: Detail, checks: Mapping[str, Check]) -> Lines:
    if not detail.others:
        return
    yield Heading("Other ways into this role", "items of their own")
    for grant in detail.others:
        sign = REACHES[grant.reach.kind]
        yield Fact(sign.word, grant.party_name or grant.principal.value)
    for finding in detail.role_findings:
        severity = severity_sign(finding.severity)
        known = checks.get(finding.check)
        yield Fact("found", known.title if known else finding.check, severity.tone, severity.glyph)
