"""`trustview export`: findings in a format, or the organization, to a file or to stdout."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_text, say
from trustview.cli.selecting import open_selected, select_rows
from trustview.errors import UsageError
from trustview.export import FORMATS_BY_NAME, write_organization
from trustview.store import SnapshotFile, Workspace, find_workspace, write_new


def run_export(arguments: Namespace) -> int:
    """Write what the arguments select; a file that is there is not overwritten unasked."""
    workspace = find_workspace()
    with open_selected(workspace, arguments) as snapshot:
        text = _text(workspace, snapshot, arguments)
        if arguments.output:
            path = write_new(arguments.output, text, overwrite=arguments.overwrite)
            say(f"written to `{path}`")
        else:
            print_text(text)
    return ExitCode.DONE


def _text(workspace: Workspace, snapshot: SnapshotFile, arguments: Namespace) -> str | Iterator[str]:
    if arguments.format != "organization":
        return FORMATS_BY_NAME[arguments.format].pieces(select_rows(workspace, snapshot, arguments))
    organization = snapshot.organization()
    if organization is None:
        raise UsageError("this snapshot holds no organization: collect one, or import an organization document")
    return write_organization(organization)
