"""`trustview collect` and `trustview doctor`: AWS -> a snapshot file; what the credentials can read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from trustview.analysis import Settings
from trustview.cli.consenting import agreed, ask
from trustview.cli.exit_code import ExitCode
from trustview.cli.keeping import keep_snapshot
from trustview.cli.output import print_json, print_line, print_table, say
from trustview.cli.summary import print_summary
from trustview.errors import UsageError
from trustview.snapshot import Snapshot
from trustview.store import Workspace, find_workspace, load_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from trustview.collect import Keep, Report

HOW_TO_GO_ON = "what was read is kept, run the same command again to go on"


def run_collect(arguments: Namespace) -> int:
    """Collect into a new snapshot and print what it holds; 3 when something could not be read."""
    workspace = find_workspace()
    scope = replace(
        read_scope(arguments),
        **read_evidence(arguments),
        max_age_seconds=read_age(arguments.max_age),
        is_fresh=arguments.fresh,
    )
    settings = load_settings(workspace, arguments.settings).settings
    make = watch_snapshot if arguments.progress == "screen" else make_snapshot
    summary = make(workspace, scope, settings, arguments.progress, is_agreed=arguments.yes)
    print_summary(summary, as_json=arguments.json)
    return ExitCode.GAPS if summary["gaps"] else ExitCode.DONE


def read_scope(arguments: Namespace) -> Any:  # noqa: ANN401 -- collect.Scope, imported when needed
    """The scope that the arguments ask for, and the environment where they say nothing."""
    from trustview.collect import Scope

    given: dict[str, Any] = {
        "profile": arguments.profile,
        **{name: given_or_set(arguments, name) for name in ("role_name", "external_id", "session_name", "via")},
        "has_session_policy": not arguments.no_session_policy,
        "accounts": tuple(arguments.account or ()),
        "units": tuple(arguments.ou or ()),
        "regions": tuple(arguments.region) if arguments.region else None,
        "without": tuple(arguments.without or ()),
        "including": tuple(arguments.including or ()),
    }
    return Scope(**{name: value for name, value in given.items() if value is not None})


def given_or_set(arguments: Namespace, name: str) -> str | None:
    """An argument, or the variable of that name (`TRUSTVIEW_EXTERNAL_ID`); None when neither is there."""
    given: str | None = getattr(arguments, name)
    return given if given is not None else os.environ.get(f"TRUSTVIEW_{name.upper()}") or None


def read_evidence(arguments: Namespace) -> dict[str, Any]:
    """Where the scope asks who really became whom, and how far back."""
    from trustview.collect import read_source

    source = read_source(arguments.evidence)
    return {
        "evidence": source,
        "evidence_days": 0 if source.is_none else arguments.evidence_days,
        "evidence_pages": arguments.evidence_pages or 0,
        "evidence_account": arguments.evidence_account or "",
        "evidence_region": arguments.evidence_region or "",
        "query_results": arguments.query_results or "",
    }


def read_age(text: str) -> int:
    """Seconds of an age like `30m`, `12h`, `7d` or a plain number of seconds; UsageError when it is none."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number, unit = (text[:-1], text[-1]) if text[-1:] in units else (text, "s")
    if not number.isdigit():
        raise UsageError(f"`{text}` is no age: write it as 30m, 12h or 7d")
    return int(number) * units[unit]


def make_snapshot(
    workspace: Workspace,
    scope: Any,  # noqa: ANN401
    settings: Settings,
    progress: str = "auto",
    *,
    is_agreed: bool = False,
) -> dict[str, Any]:
    """Collect with a live display, analyse and save; the summary. Before a query that costs money a person is asked.

    The first interrupt finishes what is under way, the second stops; while the snapshot is analysed one is enough.
    """
    from trustview.store import open_shelf

    with open_shelf(workspace.parts, say) as shelf:
        try:
            keep = partial(keep_snapshot, workspace, settings=settings)
            return asyncio.run(_collect(scope, shelf, progress, keep, agreed if is_agreed else ask))
        except KeyboardInterrupt:
            raise KeyboardInterrupt(HOW_TO_GO_ON) from None


async def _collect(
    scope: Any,  # noqa: ANN401
    shelf: Any,  # noqa: ANN401
    progress: str,
    keep_snapshot: Callable[[Snapshot], dict[str, Any]],
    answer: Callable[[str], Awaitable[bool]],
) -> dict[str, Any]:
    from trustview.cli.progress import ProgressDisplay
    from trustview.collect import collect

    display = ProgressDisplay(sys.stderr, progress)
    loop = asyncio.get_running_loop()
    summary: dict[str, Any] = {}

    async def keep(snapshot: Snapshot) -> None:
        display.close()
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
        summary.update(keep_snapshot(snapshot))

    async def consent(question: str) -> bool:
        display.close()
        return await answer(question)

    collecting = collect(scope, shelf, lambda: datetime.now(UTC), display.show, consent, keep=keep)
    work = asyncio.ensure_future(collecting)
    with contextlib.suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        display.close()
    return summary


def watch_snapshot(
    workspace: Workspace,
    scope: Any,  # noqa: ANN401
    settings: Settings,
    _progress: str,
    *,
    is_agreed: bool,
) -> dict[str, Any]:
    """The same in a screen of its own, where nobody is asked: what costs money was agreed to before, or is not done."""
    from trustview.collect import Notice, collect
    from trustview.store import open_shelf

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the screen of a collection needs a terminal: leave --progress away, or give plain or json")
    from trustview.ui import watch_collection

    async def consent(_question: str) -> bool:
        return is_agreed

    async def read(report: Report, keep: Keep) -> Snapshot:
        with open_shelf(workspace.parts, lambda warning: report(Notice(warning))) as shelf:
            return await collect(scope, shelf, lambda: datetime.now(UTC), report, consent, keep=keep)

    kept = watch_collection(read, partial(keep_snapshot, workspace, settings=settings))
    if kept is None:
        raise KeyboardInterrupt(HOW_TO_GO_ON)
    return kept


def run_doctor(arguments: Namespace) -> int:
    """Print what the current credentials can and cannot read; 1 when nothing can be, 3 when something cannot."""
    from trustview.collect import examine

    scope = replace(read_scope(arguments), **read_evidence(arguments))
    found = asyncio.run(examine(scope, all_accounts=arguments.all_accounts))
    if arguments.json:
        print_json([{"what": one.what, "ok": one.is_ok, "detail": one.detail, "to_do": one.to_do} for one in found])
    else:
        print_table(("", "what", "detail"), [("ok" if one.is_ok else "NO", one.what, one.detail) for one in found])
        for one in found:
            if not one.is_ok:
                print_line(f"{one.what}: {one.to_do}")
    if any(one.ends_all for one in found):
        return ExitCode.FAILED
    return ExitCode.DONE if all(one.is_ok for one in found) else ExitCode.GAPS
