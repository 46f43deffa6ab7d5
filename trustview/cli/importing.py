"""`trustview import`: files of the AWS CLI and of a trail -> a snapshot."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from trustview.cli.exit_code import ExitCode
from trustview.cli.keeping import keep_snapshot
from trustview.cli.output import say
from trustview.cli.reducing import mark_of, open_reducer
from trustview.cli.summary import print_summary
from trustview.collect import FileProblem, Reducer, is_trail_file, read_files
from trustview.errors import SourceError
from trustview.snapshot import Snapshot
from trustview.store import find_workspace, list_files, load_settings, read_named


def run_import(arguments: Namespace) -> int:
    """Make a snapshot of everything that can be read, and name the rest; 3 when something could not be read."""
    workspace = find_workspace()
    settings = load_settings(workspace, arguments.settings).settings
    unread: list[FileProblem] = []
    now = datetime.now(UTC)
    with open_reducer(workspace, arguments.paths, now.isoformat(), arguments.jobs) as reducer:
        imported = read_files(_readable(arguments.paths, unread, reducer), now, reducer.finish)
    problems = [*unread, *imported.problems]
    for problem in problems:
        place = f" at {problem.place}" if problem.place else ""
        say(f"`{problem.path}`{place}: {problem.reason}")
    for note in imported.notes:
        say(note)
    _check_that_something_was_read(imported.snapshot)
    summary = keep_snapshot(workspace, imported.snapshot, settings)
    summary["problems"] = [{"path": p.path, "place": p.place, "reason": p.reason} for p in problems]
    print_summary(summary, as_json=arguments.json)
    return ExitCode.GAPS if problems or imported.snapshot.gaps else ExitCode.DONE


def _readable(paths: Iterable[str], unread: list[FileProblem], reducer: Reducer) -> Iterator[tuple[str, bytes]]:
    """One file after another, so that only one is in memory; the reducer gets those of a trail.

    What cannot be read is put aside.
    """
    for file in list_files(paths):
        if file.problem:
            unread.append(FileProblem(file.path, "", file.problem))
        elif is_trail_file(file.head):
            reducer.add(mark_of(file.path, file.size, file.version))
        elif (named := read_named(file.path)).problem:
            unread.append(FileProblem(named.path, "", named.problem))
        else:
            yield named.path, named.content


def _check_that_something_was_read(snapshot: Snapshot) -> None:
    """Raises SourceError when there is nothing to look at."""
    if snapshot.accounts or snapshot.organization is not None:
        return
    if snapshot.windows:
        raise SourceError(
            "the files tell who assumed roles, and nothing of the roles themselves: name those of "
            "`aws iam get-account-authorization-details` too"
        )
    raise SourceError("nothing could be read: `trustview import` takes JSON of the AWS CLI, see `--help`")
