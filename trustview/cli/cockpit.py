"""`trustview` without a command: the cockpit on the newest snapshot, or an offer to make one."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import UTC, datetime

from trustview.cli.exit_code import ExitCode
from trustview.cli.output import say
from trustview.cli.reviewer import reviewer_name
from trustview.errors import NoSnapshotError, UsageError
from trustview.store import Workspace, find_workspace

WAIT_SECONDS = 3
"""For how long a key waits for others who write to the same file of decisions."""


def open_newest(arguments: Namespace) -> int:
    """Open the cockpit on a snapshot; without any, offer to collect one."""
    workspace = find_workspace()
    try:
        start = start_of(arguments)
        return open_cockpit(workspace, arguments.snapshot, arguments.settings, arguments.review_database, start)
    except NoSnapshotError:
        if arguments.snapshot or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        return _offer(workspace)


def open_cockpit(
    workspace: Workspace,
    name: str | None,
    settings: str | None = None,
    database: str | None = None,
    start: dict[str, str] | None = None,
) -> int:
    """Open the cockpit on a snapshot by name, or the newest; it says when the settings in force are others."""
    from trustview.store import (
        find_snapshot,
        load_cockpit_sections,
        load_settings,
        newest_snapshot,
        open_reviews,
        open_snapshot,
    )

    in_force = load_settings(workspace, settings).settings
    path = find_snapshot(workspace, name) if name else newest_snapshot(workspace)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the cockpit needs a terminal; `trustview findings` and `trustview demo --headless` do not")
    from trustview.ui import run_cockpit

    with open_snapshot(path) as snapshot, open_reviews(workspace, database, WAIT_SECONDS) as reviews:

        def remark() -> str:
            from trustview.cli.config import describe_difference  # after the first screen

            return describe_difference(snapshot, in_force)

        run_cockpit(
            snapshot,
            reviews,
            reviewer=reviewer_name(),
            now=lambda: datetime.now(UTC),
            views=workspace.reviews,
            remark=remark,
            wishes={**(start or {}), "sections": load_cockpit_sections(workspace, settings)},
        )
    return ExitCode.DONE


def start_of(arguments: Namespace) -> dict[str, str] | None:
    """Where the cockpit is to begin; None for where it was left."""
    asked = {"role": arguments.at_role, "words": arguments.at_words, "sheet": arguments.at_screen}
    return {key: value for key, value in asked.items() if value} or None


def _offer(workspace: Workspace) -> int:
    """Ask a person what to do about having no snapshot yet."""
    from trustview.store import open_shelf

    with open_shelf(workspace.parts, say) as shelf:
        begun = next(iter(shelf.unfinished()), "")
    if begun:
        say(f"no snapshot yet: the collection begun at {begun} did not finish, and goes on where it was for a day")
    else:
        say("nothing has been collected yet")
    say("  c  collect your organization: `trustview collect`, with your AWS credentials")
    say("  d  look at an invented organization first: `trustview demo`")
    say("  q  leave; `trustview import DIR` reads files of the AWS CLI instead")
    say("what shall it be? [c/d/q]")
    answer = sys.stdin.readline().strip().lower()
    commands = {"c": ["collect", "--progress", "screen"], "d": ["demo"]}
    if answer not in commands:
        return ExitCode.DONE
    from trustview.cli.run import run

    code = run(commands[answer])
    return run([]) if answer == "c" and code in (ExitCode.DONE, ExitCode.GAPS) else code
