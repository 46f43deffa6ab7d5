"""Every command with its arguments; `module` and `verb` say which function runs it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustview import __version__
from trustview.cli.argument_groups import SEVERITIES
from trustview.cli.argument_groups import add_filters as _add_filters
from trustview.cli.argument_groups import add_json as _add_json
from trustview.cli.argument_groups import add_reviews as _add_reviews
from trustview.cli.argument_groups import add_settings as _add_settings
from trustview.cli.argument_groups import add_snapshot as _add_snapshot
from trustview.cli.argument_groups import command as _command
from trustview.cli.collect_arguments import add_collect as _add_collect
from trustview.cli.collect_arguments import add_doctor as _add_doctor
from trustview.cli.collect_arguments import add_iam_policy as _add_iam_policy
from trustview.cli.collect_arguments import add_import as _add_import
from trustview.cli.policy_arguments import add_compare as _add_compare
from trustview.cli.policy_arguments import add_narrower as _add_narrower
from trustview.cli.policy_arguments import add_simulate as _add_simulate
from trustview.cli.review_arguments import add_review as _add_review
from trustview.cli.use_arguments import add_usage as _add_usage
from trustview.cli.use_arguments import add_watch as _add_watch

SCREENS = ("role", "overview", "chains", "changes", "signoff", "gaps", "help")
FORMATS = ("csv", "json", "jsonl", "markdown", "html", "sarif", "asff", "ocsf")
REMEDIATION_FORMATS = ("json", "cli", "terraform", "cloudformation", "markdown")

if TYPE_CHECKING:
    from trustview.cli.argument_groups import Commands as _Commands


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="trustview",
        description="Who can get into our cloud? The quarterly access review of an AWS Organization, in the terminal. "
        "Without a command it opens the cockpit on the newest snapshot.",
        epilog="exit codes: 0 done, 1 failed, 2 usage, 3 done with gaps, 4 --fail-on met",
    )
    parser.add_argument("-V", "--version", action="version", version=f"trustview {__version__}")
    parser.add_argument("--debug", metavar="FILE", help="write what is done into this file, without secrets")
    _add_snapshot(parser)
    _add_settings(parser)
    _add_reviews(parser)
    begin = parser.add_argument_group("where the cockpit begins", "instead of where it was left")
    begin.add_argument(
        "--role",
        dest="at_role",
        metavar="ARN",
        help="with this role's worst item; with `--screen role` with the role itself",
    )
    begin.add_argument("--words", dest="at_words", metavar="WORDS", help="with the queue so filtered")
    begin.add_argument("--screen", dest="at_screen", choices=SCREENS, help="with this screen")
    parser.set_defaults(module="cockpit", verb="open_newest", review_database=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (
        _add_demo, _add_collect, _add_import, _add_findings, _add_roles, _add_grants, _add_who_can, _add_reach,
        _add_usage, _add_watch,
        _add_export, _add_snapshots, _add_diff, _add_remediate, _add_review, _add_analyse, _add_config, _add_checks,
        _add_explain, _add_simulate,
        _add_narrower, _add_compare, _add_doctor, _add_iam_policy,
    ):  # fmt: skip
        add(commands)
    return parser


def _add_demo(commands: _Commands) -> None:
    parser = _command(
        commands, "demo", "collect and open an invented organization, served on this machine", "demo", "run_demo"
    )
    parser.add_argument("--headless", action="store_true", help="print the summary instead of opening the cockpit")
    parser.add_argument("--fresh", action="store_true", help="collect again even when the demo was collected before")
    parser.add_argument("--quarter", choices=("current", "earlier"), default="current", help="which state to serve")
    _add_reviews(parser)
    _add_settings(parser)
    _add_json(parser)


def _add_findings(commands: _Commands) -> None:
    parser = _command(commands, "findings", "list what was found, worst first", "listing", "list_findings")
    _add_snapshot(parser)
    _add_reviews(parser)
    _add_filters(parser)
    parser.add_argument("--format", choices=FORMATS, help="print in this format instead of a table")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="exit with 4 when something this bad is listed")
    _add_settings(parser)
    _add_json(parser)


def _add_roles(commands: _Commands) -> None:
    parser = _command(commands, "roles", "list every role", "listing", "list_roles")
    _add_snapshot(parser)
    parser.add_argument("--account", action="append", metavar="ID", help="this account (id or name) only; repeatable")
    _add_json(parser)


def _add_grants(commands: _Commands) -> None:
    parser = _command(commands, "grants", "list every way into every role", "listing", "list_grants")
    _add_snapshot(parser)
    parser.add_argument("--account", action="append", metavar="ID", help="this account (id or name) only; repeatable")
    _add_json(parser)


def _add_who_can(commands: _Commands) -> None:
    text = "list everybody who can become a role, directly or through other roles"
    parser = _command(commands, "who-can", text, "tracing", "who_can")
    parser.add_argument("role", metavar="ROLE", help="the role's ARN, its name, or ACCOUNT/NAME")
    _add_trace(parser)


def _add_reach(commands: _Commands) -> None:
    parser = _command(commands, "reach", "list every role that somebody can become", "tracing", "reach")
    parser.add_argument(
        "principal", metavar="PRINCIPAL", help="an ARN, an account id, a service, a provider, or `everyone`"
    )
    _add_trace(parser)


def _add_trace(parser: argparse.ArgumentParser) -> None:
    _add_snapshot(parser)
    parser.add_argument("--limit", type=int, default=0, metavar="NUMBER", help="print only the first so many")
    _add_json(parser)


def _add_export(commands: _Commands) -> None:
    parser = _command(commands, "export", "write findings, or the organization, in a format", "exporting", "run_export")
    _add_snapshot(parser)
    _add_reviews(parser)
    _add_filters(parser)
    parser.add_argument("--format", choices=(*FORMATS, "organization"), default="csv", help="the format (csv)")
    parser.add_argument("--output", metavar="FILE", help="a file instead of stdout; never overwritten unasked")
    parser.add_argument("--overwrite", "--force", action="store_true", help="replace the file")


def _add_snapshots(commands: _Commands) -> None:
    parser = _command(commands, "snapshots", "list or delete snapshots", "listing", "list_snapshots")
    parser.add_argument("--delete", metavar="NAME", help="delete this snapshot")
    _add_json(parser)


def _add_diff(commands: _Commands) -> None:
    parser = _command(
        commands, "diff", "tell what changed between two snapshots, as written and in effect", "diffing", "diff_two"
    )
    parser.add_argument("old", nargs="?", metavar="OLD", help="a snapshot by name; the one before NEW")
    parser.add_argument("new", nargs="?", metavar="NEW", help="a snapshot by name; the newest")
    parser.add_argument("--account", action="append", metavar="ID", help="this account (id or name) only; repeatable")
    _add_json(parser)


def _add_remediate(commands: _Commands) -> None:
    parser = _command(
        commands, "remediate", "show the changes that mend a role, ranked and proved, or hand one over", "remediating",
        "remediate_role",
    )  # fmt: skip
    _add_snapshot(parser)
    parser.add_argument(
        "role",
        metavar="ROLE",
        help="an ARN, `account/name`, or a name that only one role has; a guardrail by id or name; `organization`",
    )
    parser.add_argument(
        "--second-opinion",
        action="store_true",
        help="also ask IAM Access Analyzer, as the caller: ValidatePolicy, and CheckNoNewAccess, which costs money",
    )
    parser.add_argument("--profile", help="with --second-opinion: a profile of the AWS configuration; or AWS_PROFILE")
    parser.add_argument(
        "--what-if", action="store_true", help="analyse the snapshot again with the change: what ends, what it brings"
    )
    parser.add_argument(
        "--fleet", action="store_true", help="for every role of its name, proved for each; those that differ apart"
    )
    parser.add_argument("--change", metavar="ID", help="the change to show, by its id; the best one unless told")
    parser.add_argument("--format", choices=REMEDIATION_FORMATS, help="print in this format instead of a difference")
    _add_json(parser)


def _add_analyse(commands: _Commands) -> None:
    parser = _command(
        commands, "analyse", "look at a snapshot again, under the settings in force", "config", "run_analyse"
    )
    _add_snapshot(parser)
    _add_settings(parser)
    _add_json(parser)


def _add_config(commands: _Commands) -> None:
    parser = _command(
        commands, "config", "show the settings in force, and where each comes from", "config", "run_config"
    )
    parser.add_argument("--example", action="store_true", help="print a settings file to begin with")
    parser.add_argument("--document", action="store_true", help="print the documentation of every setting (Markdown)")
    _add_settings(parser)
    _add_json(parser)


def _add_checks(commands: _Commands) -> None:
    _add_json(_command(commands, "checks", "list what is looked for", "listing", "list_checks"))


def _add_explain(commands: _Commands) -> None:
    parser = _command(
        commands, "explain", "why a finding stands where it stands, or what a check looks for", "explaining", "explain"
    )
    parser.add_argument(
        "what", metavar="ID", help="a finding's id, as `trustview findings --json` gives it, or a check's"
    )
    _add_snapshot(parser)
    _add_json(parser)
