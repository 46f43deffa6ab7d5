"""`trustview demo`: serve the invented organization, collect it with the real collector, open the cockpit."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import Any

from trustview.analysis import Settings
from trustview.cli.collecting import make_snapshot
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import say
from trustview.cli.summary import print_summary
from trustview.store import Workspace, find_workspace, list_snapshots, load_settings, make_folder

EVIDENCE_DAYS = 90
# AWS limits how fast it may be asked; the server on this machine does not.
UNLIMITED = 1000.0


def run_demo(arguments: Namespace) -> int:
    """Collect the demo and open it, or print its summary; the second time it opens as it was left."""
    workspace = Workspace(make_folder(find_workspace().root) / "demo")
    kept = [] if arguments.fresh or arguments.headless else list_snapshots(workspace)
    if not kept:
        settings = load_settings(workspace, arguments.settings).settings
        summary = collect_demo(workspace, arguments.quarter, settings)
        if arguments.headless:
            print_summary(summary, as_json=arguments.json)
            return ExitCode.DONE
    else:
        say("opening the demo as you left it; `trustview demo --fresh` collects it again")
    from trustview.cli.cockpit import open_cockpit

    return open_cockpit(workspace, None, arguments.settings, arguments.review_database)


def collect_demo(workspace: Workspace, quarter: str, settings: Settings) -> dict[str, Any]:
    """Serve and collect `acme` over HTTP; the summary of the snapshot."""
    from trustview.collect import Limits, Scope
    from trustview.demo import serve_acme

    say("serving the invented organization `acme` on this machine")
    with serve_acme("earlier" if quarter == "earlier" else "current") as served:
        os.environ.update(served.environment)
        scope = Scope(evidence_days=EVIDENCE_DAYS, is_fresh=True, limits=Limits(*[UNLIMITED] * 4))
        return make_snapshot(workspace, scope, settings)
