"""Every command of the cockpit: its keys, its words and where it works. THE ONE TABLE.

Bindings, footer, help and palette are made from it. Keys are named as Textual names them; `shown_key` says them to
people. A command with `is_built_in` is bound by the widget that has it and stands here so that help knows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Context(StrEnum):
    """Where a key works: everywhere on the workbench, or while one pane has the focus, or the role screen is open."""

    ANYWHERE = "anywhere"
    SCOPE = "scope"
    QUEUE = "queue"
    WHY = "why"
    GRAPH = "graph"
    FIX = "fix"
    ROLE = "role"


class Group(StrEnum):
    """The headings of the help, in its order."""

    HERE = "In this pane"
    DECIDE = "Decide (the marked items, else the one under the cursor)"
    MARK = "Mark"
    GO = "Go"
    SEE = "See"
    DO = "Do"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a reviewer can do; `label` fits the footer, `description` is the sentence of help and palette."""

    id: str
    keys: tuple[str, ...]
    label: str
    description: str
    group: Group
    context: Context = Context.ANYWHERE
    is_built_in: bool = False


_MOVES = "move: down, up, half a page, a page, first, last"
_MOVE_KEYS = ("j", "down", "k", "up", "ctrl+d", "ctrl+u", "pagedown", "pageup", "g", "home", "G", "end")


def _moves(context: Context) -> Command:
    return Command(f"move-{context.value}", _MOVE_KEYS, "move", _MOVES, Group.HERE, context, is_built_in=True)


COMMANDS: tuple[Command, ...] = (
    # ── decide ───────────────────────────────────────────────────────────────────────────────────────────────
    Command("approve", ("a",), "approve", "approve: right as it is", Group.DECIDE),
    Command("revoke", ("r",), "revoke", "revoke: remove the grant", Group.DECIDE),
    Command("narrow", ("f",), "narrow", "narrow: apply the change that pane 5 shows", Group.DECIDE),
    Command("accept-risk", ("w",), "accept risk", "accept the risk until a day: wrong but tolerated", Group.DECIDE),
    Command("defer", ("d",), "defer", "defer: to whom, until when", Group.DECIDE),
    Command("note", ("m",), "note", "change the note of a decision", Group.DECIDE),
    Command("owner", ("O",), "owner", "who answers for what is decided", Group.DECIDE),
    Command("assign", ("N",), "assign", "name who decides on an OU or account, or on those of the items", Group.DECIDE),
    Command("clear", ("c",), "clear", "clear the decision: open again", Group.DECIDE),
    Command("undo", ("u",), "undo", "undo the last step, a whole batch at once; no limit", Group.DECIDE),
    Command("redo", ("U",), "redo", "redo what was undone", Group.DECIDE),
    # ── mark ─────────────────────────────────────────────────────────────────────────────────────────────────
    Command("mark", ("space",), "mark", "mark or unmark, and go down", Group.MARK, Context.QUEUE, is_built_in=True),
    Command("range", ("v",), "range", "start or stop marking a range", Group.MARK, Context.QUEUE, is_built_in=True),
    Command(
        "extend", ("shift+down", "shift+up"), "extend", "mark while moving", Group.MARK, Context.QUEUE, is_built_in=True
    ),
    Command("mark-shown", ("asterisk",), "mark all", "mark all items shown", Group.MARK),
    Command("mark-kin", ("F",), "mark kin", "mark all like this: same role name and same checks", Group.MARK),
    Command("mark-party", ("P",), "mark party", "mark all by which the same one gets in", Group.MARK),
    Command("clear-marks", ("backslash",), "unmark", "clear all marks", Group.MARK),
    # ── go ───────────────────────────────────────────────────────────────────────────────────────────────────
    Command("next-undecided", ("right_square_bracket",), "next open", "next item that is not decided", Group.GO),
    Command(
        "previous-undecided", ("left_square_bracket",), "previous open", "previous item that is not decided", Group.GO
    ),
    Command("next-item", ("J",), "next item", "next item, from any pane", Group.GO),
    Command("previous-item", ("K",), "previous item", "previous item, from any pane", Group.GO),
    Command("next-member", ("full_stop",), "next account", "next account of the same fleet", Group.GO),
    Command("previous-member", ("comma",), "previous account", "previous account of the same fleet", Group.GO),
    Command("next-pane", ("tab",), "next part", "next pane; on the role screen the next part of it", Group.GO),
    Command("previous-pane", ("shift+tab",), "previous part", "previous pane, or part of the role screen", Group.GO),
    Command("back-or-quit", ("q",), "back", "back one step; at the top it quits, all is saved", Group.GO),
    Command("back", ("backspace", "escape"), "back", "back one step: leave the pane, widen the queue", Group.GO),
    # ── see ──────────────────────────────────────────────────────────────────────────────────────────────────
    Command("scope", ("b", "1"), "scope", "the OUs and accounts: show, go there, hide", Group.SEE),
    Command("queue", ("2",), "queue", "the queue of review items", Group.SEE),
    Command("why", ("3",), "why", "why: what was found, who gets in, the role, its trust policy", Group.SEE),
    Command("graph", ("4",), "graph", "graph: who comes in, what the role can reach", Group.SEE),
    Command("fix", ("5",), "fix", "fix: the proposed change and its difference", Group.SEE),
    Command("role", ("i",), "role", "the role from every side: policy, permissions, use, history", Group.SEE),
    Command("gaps", ("exclamation_mark",), "gaps", "what could not be read, and why", Group.SEE),
    Command("overview", ("o",), "overview", "overview: progress, risk by OU and party, what is new", Group.SEE),
    Command("chains", ("X",), "chains", "chains from outside to administrators, and where to cut them", Group.SEE),
    Command("changes", ("D",), "changes", "what changed since the snapshot before", Group.SEE),
    Command("views", ("V",), "views", "views: named filters, with how many items each shows", Group.SEE),
    Command("keep-view", ("W",), "keep view", "keep the words and place of the queue as a view of your own", Group.SEE),
    Command("signoff", ("R",), "sign-off", "sign-off: what is left, what was read, what closing seals", Group.SEE),
    Command("zoom", ("z",), "zoom", "this pane alone, or all panes", Group.SEE),
    Command("filter", ("slash",), "filter", "filter the queue by words; enter keeps, esc widens", Group.SEE),
    Command("every-grant", ("A",), "every grant", "also the items on which nothing was found", Group.SEE),
    # ── do ───────────────────────────────────────────────────────────────────────────────────────────────────
    Command("export", ("E",), "export", "write the marked items, else those shown, to a file", Group.DO),
    Command("export-graph", ("S",), "save graph", "write the graph that is seen as SVG, Mermaid or DOT", Group.DO),
    Command("copy", ("y",), "copy ARN", "copy the ARN of the role (or of the graph's node)", Group.DO),
    Command("close", ("C",), "close", "sign the review off as it stands, after a typed confirmation", Group.DO),
    Command("palette", ("colon", "ctrl+p"), "palette", "every command by name", Group.DO),
    Command("tour", ("T",), "tour", "the tour of the first run; again: its next step", Group.DO),
    Command("help", ("question_mark",), "help", "the keys that work here", Group.DO),
    Command("quit", ("ctrl+q",), "quit", "quit; everything is saved", Group.DO),
    # ── in a pane ────────────────────────────────────────────────────────────────────────────────────────────
    _moves(Context.SCOPE),
    Command("open-unit", ("l", "right"), "open", "open the OU", Group.HERE, Context.SCOPE, is_built_in=True),
    Command("close-unit", ("h", "left"), "close", "close the OU", Group.HERE, Context.SCOPE, is_built_in=True),
    Command("choose", ("enter",), "only this", "show only what is in it", Group.HERE, Context.SCOPE, is_built_in=True),
    _moves(Context.QUEUE),
    Command("open", ("enter",), "details", "go to the details", Group.HERE, Context.QUEUE, is_built_in=True),
    _moves(Context.WHY),
    Command(
        "sections", ("right_curly_bracket", "left_curly_bracket"), "next section", "next and previous section",
        Group.HERE, Context.WHY, is_built_in=True,
    ),
    Command(
        "beside", ("l", "right", "h", "left"), "policy", "to the trust policy beside, and back (wide or zoomed)",
        Group.HERE, Context.WHY, is_built_in=True,
    ),
    Command(
        "fold", ("x",), "fold", "in the policy beside: fold what holds no mark, and open it again",
        Group.HERE, Context.WHY, is_built_in=True,
    ),
    _moves(Context.GRAPH),
    Command(
        "walk", ("h", "left", "l", "right"), "in / out", "to those who come in, to what it reaches",
        Group.HERE, Context.GRAPH, is_built_in=True,
    ),
    Command(
        "centre", ("enter",), "centre", "put the role in the centre, or open the group; back closes it",
        Group.HERE, Context.GRAPH, is_built_in=True,
    ),
    _moves(Context.FIX),
    Command(
        "choices", ("n", "p"), "other changes", "next and previous change that can be chosen, the best first",
        Group.HERE, Context.FIX, is_built_in=True,
    ),
    Command(
        "hunks", ("right_curly_bracket", "left_curly_bracket"), "changes", "next and previous change",
        Group.HERE, Context.FIX, is_built_in=True,
    ),
    _moves(Context.ROLE),
    Command(
        "documents", ("n", "p"), "next document", "next and previous policy or change, beside or below",
        Group.HERE, Context.ROLE, is_built_in=True,
    ),
    Command(
        "beside-role", ("l", "right", "h", "left"), "document", "to the document, and back",
        Group.HERE, Context.ROLE, is_built_in=True,
    ),
    Command(
        "sections-role", ("right_curly_bracket", "left_curly_bracket"), "next section",
        "next and previous section, mark or change", Group.HERE, Context.ROLE, is_built_in=True,
    ),
    Command(
        "fold-role", ("x",), "fold", "fold what holds no mark, and open it again",
        Group.HERE, Context.ROLE, is_built_in=True,
    ),
)  # fmt: skip

COMMANDS_BY_ID = {command.id: command for command in COMMANDS}

FOOTERS: dict[Context, tuple[str, ...]] = {
    Context.SCOPE: ("choose", "open-unit", "close-unit", "scope", "queue", "filter"),
    Context.QUEUE: ("approve", "revoke", "narrow", "accept-risk", "mark", "filter", "undo"),
    Context.WHY: ("approve", "revoke", "next-undecided", "sections", "zoom", "graph", "back"),
    Context.GRAPH: ("centre", "back", "walk", "zoom", "copy", "next-undecided", "fix"),
    Context.ROLE: ("next-pane", "documents", "beside-role", "next-undecided", "back"),
    Context.FIX: ("narrow", "choices", "hunks", "revoke", "next-undecided", "zoom", "back"),
}
"""The commands of the footer, most important first; `? help` comes behind them."""


def commands_at(context: Context) -> Iterator[Command]:
    """The commands that work while a pane has the focus: its own first, then those that work anywhere."""
    yield from (command for command in COMMANDS if command.context is context)
    yield from (command for command in COMMANDS if command.context is Context.ANYWHERE)


_SHOWN = {
    "asterisk": "*", "backslash": "\\", "right_square_bracket": "]", "left_square_bracket": "[", "full_stop": ".",
    "comma": ",", "slash": "/", "question_mark": "?", "colon": ":", "exclamation_mark": "!",
    "right_curly_bracket": "}", "left_curly_bracket": "{", "escape": "esc", "down": "↓", "up": "↑", "left": "←",
    "right": "→", "pagedown": "pgdn", "pageup": "pgup", "shift+down": "shift+↓", "shift+up": "shift+↑",
}  # fmt: skip


def shown_key(key: str) -> str:
    """A key as people know it."""
    return _SHOWN.get(key, key)


def shown_keys(command: Command) -> str:
    """All keys of a command, as people know them."""
    return " ".join(shown_key(key) for key in command.keys)
