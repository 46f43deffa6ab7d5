"""What lies over the panes: the help of a context, and the list of what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trustview.snapshot import Gap, GapKind
from trustview.ui.commands import COMMANDS_BY_ID, FOOTERS, Command, Context, Group, commands_at, shown_key
from trustview.ui.filter import WORDS
from trustview.ui.places import Places
from trustview.ui.preferences import Preferences
from trustview.ui.present.signs import OUTLIER, REACHES, SEVERITIES, SUSPENDED, UNREAD, VERDICTS, Sign, counted
from trustview.ui.state import LAID_OVER, Sheet, State
from widgets.fact_list import Fact, Heading
from widgets.key_help import KeyGroup, KeyHint
from widgets.tone import Tone


def context_of(state: State) -> Context:
    """Which keys work now: those of the role screen while that is open, else those of the pane with the focus."""
    return Context.ROLE if state.sheet is Sheet.ROLE else Context(state.pane.value)


def footer(context: Context, preferences: Preferences | None = None) -> tuple[KeyHint, ...]:
    """The keys of the footer while a pane has the focus; the first key of each command."""
    mine = preferences or Preferences()
    commands = (COMMANDS_BY_ID[id_] for id_ in FOOTERS[context])
    return tuple(_hint(command, keys[0]) for command in commands if (keys := mine.keys_of(command)))


def _hint(command: Command, key: str) -> KeyHint:
    return KeyHint(shown_key(key), command.label, key)


def help_groups(context: Context, preferences: Preferences | None = None) -> tuple[KeyGroup, ...]:
    """Every key that works here, the words of the filter, and what the signs mean."""
    found: dict[Group, list[KeyHint]] = {group: [] for group in Group}
    for command in commands_at(context):
        keys = (preferences or Preferences()).keys_of(command)
        found[command.group].append(KeyHint(" ".join(map(shown_key, keys)), command.description))
    titles = {Group.HERE: f"In {place_of(context)}"}
    groups = [KeyGroup(titles.get(group, group.value), hints) for group, hints in found.items()]
    words = [KeyHint(word, meaning) for word, meaning in WORDS]
    return (*groups, KeyGroup("Filter words (/)", words), KeyGroup("Signs", list(_signs())))


def place_of(context: Context) -> str:
    """Where keys work, in words."""
    return f"the {context.value} {'screen' if context is Context.ROLE else 'pane'}"


def _signs() -> Iterator[KeyHint]:
    tables: tuple[Iterable[Sign], ...] = (SEVERITIES.values(), VERDICTS.values(), REACHES.values())
    for signs in tables:
        yield KeyHint(" ".join(sign.glyph for sign in signs), ", ".join(sign.word for sign in signs))
    for sign in (OUTLIER, SUSPENDED, UNREAD):
        yield KeyHint(sign.glyph, f"{sign.short}: {sign.word}" if sign is OUTLIER else sign.word)
    yield KeyHint("●", "marked")
    yield KeyHint("×n", "so many at once: a fleet, a group")


_GAP_KINDS = {
    GapKind.DENIED: ("x", Tone.HIGH),
    GapKind.SUSPENDED: ("⊘", Tone.MUTED),
    GapKind.FAILED: ("!", Tone.HIGH),
    GapKind.NOT_ASKED: ("·", Tone.MUTED),
    GapKind.DAMAGED: ("!", Tone.HIGH),
}


def gap_facts(gaps: Iterable[Gap], places: Places) -> Iterator[Fact | Heading]:
    """Each gap with its account, what is missing and why."""
    listed = list(gaps)
    if not listed:
        yield Fact("", "everything that was asked for could be read", Tone.GOOD, "✓")
        return
    yield Fact("", f"{counted(len(listed), 'gap')}: nothing is concluded from what is missing")
    for gap in listed:
        glyph, tone = _GAP_KINDS[gap.kind]
        what = " ".join(filter(None, (gap.service or "everything", f"in {gap.region}" if gap.region else "")))
        yield Heading(places.name(gap.account) if gap.account else "The organization", gap.account)
        yield Fact("missing", f"{what}: {gap.kind.value}", tone, glyph)
        yield Fact("because", gap.reason)


def sheet_footer(sheet: Sheet) -> tuple[KeyHint, ...]:
    """The keys of the footer while a sheet lies over the panes."""
    opens = () if sheet in LAID_OVER else (KeyHint("enter", "go there"),)
    return (*opens, KeyHint("j", "down"), KeyHint("k", "up"), KeyHint("q", "back"))
