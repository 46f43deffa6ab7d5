"""`trustview import`: files of the AWS CLI -> a snapshot."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from trustview.cli.exit_code import ExitCode
from trustview.cli.keeping import keep_snapshot
from trustview.cli.output import say
from trustview.cli.summary import print_summary
from trustview.collect import FileProblem, read_files
from trustview.errors import SourceError
from trustview.store import find_workspace, load_settings, walk_files


def _readable(paths: Iterable[str], unread: list[FileProblem]) -> Iterator[tuple[str, bytes]]:
    """One file after another, so that only one is in memory; those that cannot be read are put aside."""
    for file in walk_files(paths):
        if file.problem:
            unread.append(FileProblem(file.path, "", file.problem))
        else:
            yield file.path, file.content


def run_import(arguments: Namespace) -> int:
    """Make a snapshot of everything that can be read, and name the rest; 3 when something could not be read."""
    workspace = find_workspace()
    settings = load_settings(workspace, arguments.settings).settings
    unread: list[FileProblem] = []
    imported = read_files(_readable(arguments.paths, unread), datetime.now(UTC))
    problems = [*unread, *imported.problems]
    for problem in problems:
        place = f" at {problem.place}" if problem.place else ""
        say(f"`{problem.path}`{place}: {problem.reason}")
    for note in imported.notes:
        say(note)
    if not imported.snapshot.accounts and imported.snapshot.organization is None:
        raise SourceError("nothing could be read: `trustview import` takes JSON of the AWS CLI, see `--help`")
    summary = keep_snapshot(workspace, imported.snapshot, settings)
    summary["problems"] = [{"path": p.path, "place": p.place, "reason": p.reason} for p in problems]
    print_summary(summary, as_json=arguments.json)
    return ExitCode.GAPS if problems or imported.snapshot.gaps else ExitCode.DONE
