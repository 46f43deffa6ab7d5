"""What each command does, by its id; the commands themselves are in `commands`.

What may live here: functions that take the desk, ask what is missing on the prompt line, and give it another state.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from trustview.ui.actions import assigning, closing, deciding, exporting, moving, seeing, touring, viewing
from trustview.ui.desk import Desk

Action = Callable[[Desk], Awaitable[None] | None]

ACTIONS: dict[str, Action] = {
    "approve": deciding.approve,
    "revoke": deciding.revoke,
    "narrow": deciding.narrow,
    "accept-risk": deciding.accept_risk,
    "defer": deciding.defer,
    "note": deciding.note,
    "owner": deciding.owner,
    "assign": assigning.assign,
    "clear": deciding.clear,
    "undo": deciding.undo,
    "redo": deciding.redo,
    "mark-shown": moving.mark_shown,
    "mark-kin": moving.mark_kin,
    "mark-party": moving.mark_party,
    "clear-marks": moving.clear_marks,
    "next-undecided": moving.next_undecided,
    "previous-undecided": moving.previous_undecided,
    "next-item": moving.next_item,
    "previous-item": moving.previous_item,
    "next-member": moving.next_member,
    "previous-member": moving.previous_member,
    "next-pane": moving.next_pane,
    "previous-pane": moving.previous_pane,
    "back": moving.back,
    "back-or-quit": moving.back_or_quit,
    "quit": moving.leave,
    "scope": moving.scope,
    "queue": moving.queue,
    "why": moving.why,
    "graph": moving.graph,
    "fix": moving.fix,
    "zoom": moving.zoom,
    "filter": moving.edit_filter,
    "every-grant": moving.every_grant,
    "role": seeing.show_role,
    "gaps": seeing.show_gaps,
    "overview": seeing.show_overview,
    "chains": seeing.show_chains,
    "changes": seeing.show_changes,
    "views": seeing.show_views,
    "signoff": seeing.show_signoff,
    "keep-view": viewing.keep_view,
    "close": closing.close,
    "tour": touring.tour,
    "help": seeing.show_help,
    "palette": seeing.show_palette,
    "export": exporting.export,
    "export-graph": exporting.export_graph,
    "copy": exporting.copy,
}
