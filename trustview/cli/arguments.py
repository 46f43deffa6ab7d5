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
from trustview.cli.review_arguments import add_review as _add_review
from trustview.cli.use_arguments import add_usage as _add_usage
from trustview.cli.use_arguments import add_watch as _add_watch

SCREENS = ("role", "overview", "chains", "changes", "signoff", "gaps", "help")
FORMATS = ("csv", "json", "jsonl", "markdown", "html", "sarif", "asff", "ocsf")
REMEDIATION_FORMATS = ("json", "cli", "terraform", "cloudformation", "markdown")
ROLLOUT_FORMATS = ("json", "cloudformation", "terraform")
PARTITIONS = ("aws", "aws-us-gov", "aws-cn")
PROGRESS_FORMS = ("auto", "plain", "json", "screen")

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


def _add_role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--role-name", metavar="NAME", help="the role of every account, its path before it; or TRUSTVIEW_ROLE_NAME"
    )
    parser.add_argument("--external-id", metavar="ID", help="the external id it asks for; or TRUSTVIEW_EXTERNAL_ID")


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", type=_number, metavar="NUMBER", help="processes that read files of a trail; as many as cores"
    )


def _number(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is less than 1")
    return number


def _add_identity(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", help="a profile of the AWS configuration; or AWS_PROFILE")
    _add_role(parser)
    parser.add_argument(
        "--session-name", metavar="NAME", help="how our sessions are called in CloudTrail; or TRUSTVIEW_SESSION_NAME"
    )
    parser.add_argument(
        "--via", metavar="ARN", help="a hub role to become first, which enters the accounts; or TRUSTVIEW_VIA"
    )
    parser.add_argument(
        "--no-session-policy", action="store_true", help="do not cut sessions in other accounts down to what is read"
    )


def _add_scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", action="append", metavar="ID", help="only this account; may be repeated")
    parser.add_argument(
        "--ou", action="append", metavar="OU", help="only accounts under this OU (id or name); repeatable"
    )
    parser.add_argument("--region", action="append", metavar="REGION", help="only these Regions; may be repeated")
    parser.add_argument(
        "--without", action="append", metavar="SERVICE", help="leave this service out, as gaps name it; repeatable"
    )
    parser.add_argument(
        "--with", action="append", dest="including", metavar="NAME",
        help="ask this too: access-analyzer-details, one call for each finding of unused access",
    )  # fmt: skip


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


def _add_collect(commands: _Commands) -> None:
    parser = _command(commands, "collect", "read the AWS Organization into a new snapshot", "collecting", "run_collect")
    _add_identity(parser)
    _add_scope(parser)
    _add_evidence(parser)
    parser.add_argument(
        "--max-age", default="0", metavar="AGE", help="reuse what was read at most so long ago: 30m, 12h, 7d"
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew instead of resuming an interrupted run")
    parser.add_argument(
        "--progress",
        choices=PROGRESS_FORMS,
        default="auto",
        help="on stderr: plain lines, or events as JSON lines; or a screen of its own",
    )
    _add_settings(parser)
    _add_json(parser)


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--evidence", default="none", metavar="SOURCE",
        help="where to learn who really assumed what: lookup (CloudTrail's event history), s3://BUCKET/PREFIX of a "
        "trail, athena:[WORKGROUP/]DATABASE.TABLE, lake:EVENT-DATA-STORE, or none",
    )  # fmt: skip
    parser.add_argument("--evidence-account", metavar="ID", help="the account of the bucket or the query; your own")


def _add_evidence(parser: argparse.ArgumentParser) -> None:
    _add_source(parser)
    parser.add_argument("--evidence-days", type=_number, default=90, metavar="DAYS", help="how far back (90)")
    parser.add_argument(
        "--evidence-pages", type=_number, metavar="NUMBER",
        help="of lookup, only the newest so many pages of 50 events for each kind of call; what is older is a hole",
    )  # fmt: skip
    parser.add_argument("--evidence-region", metavar="REGION", help="the Region of the bucket or the query; your own")
    parser.add_argument(
        "--query-results", metavar="S3-URI", help="where Athena writes its answer, if its workgroup does not say"
    )
    parser.add_argument("--yes", action="store_true", help="agree beforehand to what a query of Athena or Lake costs")


def _add_import(commands: _Commands) -> None:
    parser = _command(
        commands,
        "import",
        "make a snapshot from files of the AWS CLI and of a CloudTrail trail",
        "importing",
        "run_import",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
    _add_jobs(parser)
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


_SIMULATE = """\
A line is one object: {"id", "principal", "action", "resource", "resource_account", "context", "trust_policy",
"identity_policies", "permissions_boundary", "session_policy", "scps", "rcps"}. `principal` is the ARN of a user, role,
session or root, a service or an identity provider; `resource` the ARN of a role; `context` gives each key a text or a
list of texts, and what it does not give is absent. Policies are JSON objects: one, a list (`identity_policies`) or a
list of levels from the root down, each a list (`scps`, `rcps`). The last four may be left out or hold nothing.

Its answer is {"id", "outcome", "reasons"} with the outcome allowed, explicit_deny or implicit_deny. What AWS does not
document is never guessed: it counts as allowed, and the first reason begins with "not settled". A line that cannot be
read is answered {"id", "error"}, the others all the same; the exit code is then 3."""


def _add_simulate(commands: _Commands) -> None:
    parser = _command(
        commands, "simulate", "answer requests given with all their policies", "simulating", "run_simulate"
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _SIMULATE
    parser.add_argument("file", nargs="?", metavar="FILE", help="a file of JSON lines; stdin without it, or for `-`")
    _add_json(parser)


_NARROWER = """\
The verdict is proved, wider with a witness (a request that NEW allows and OLD does not), or unknown with what stopped
it. With `-` a line is one object: {"id", "old", "new", "organization", "role_account"}; `old` and `new` are policies,
`organization` is {"id", "accounts"} or null, the last two may be left out. Its answer is {"id", "verdict", "witness",
"reason"}; the witness is a line of `trustview simulate` without its trust policy. A line that cannot be read is
answered {"id", "error"}, the others all the same; the exit code is then 3."""


def _add_narrower(commands: _Commands) -> None:
    parser = _command(commands, "narrower", "prove that a policy is no wider than another", "narrowing", "run_narrower")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NARROWER
    parser.add_argument(
        "old", metavar="OLD", help="the policy today: a file, JSON text, or `-` for JSON lines of pairs"
    )
    parser.add_argument(
        "new", nargs="?", metavar="NEW", help="the policy proposed: a file, JSON text, or `-` for stdin"
    )
    parser.add_argument("--organization", metavar="ID", help="the organization whose members `--account` names")
    parser.add_argument("--account", action="append", metavar="ID", help="an account of the organization; repeatable")
    parser.add_argument("--role-account", metavar="ID", help="the account of the role that the trust policy belongs to")
    parser.add_argument("--fail-on", choices=("unknown", "wider"), help="exit with 4 when the verdict is this bad")
    _add_json(parser)


def _add_compare(commands: _Commands) -> None:
    text = "tell what is different between two policies, in effect and as written"
    parser = _command(commands, "compare", text, "comparing", "compare_two")
    _add_snapshot(parser)
    what = "a role, a managed policy's ARN, a guardrail's id or name, a file or JSON text"
    parser.add_argument("old", metavar="OLD", help=what)
    parser.add_argument("new", nargs="?", metavar="NEW", help=what)
    parser.add_argument("--majority", action="store_true", help="hold a role against most of those of its name")
    _add_json(parser)


def _add_doctor(commands: _Commands) -> None:
    parser = _command(
        commands, "doctor", "tell what the current credentials can and cannot read", "collecting", "run_doctor"
    )
    _add_identity(parser)
    _add_scope(parser)
    parser.add_argument("--all-accounts", action="store_true", help="try every account instead of a few")
    _add_json(parser)


def _add_iam_policy(commands: _Commands) -> None:
    parser = _command(
        commands, "iam-policy", "print what the caller and the role of every account have to be allowed", "permitting",
        "print_policies",
    )  # fmt: skip
    parser.add_argument("--account", metavar="ID", required=True, help="the account that the review is run from")
    parser.add_argument(
        "--caller",
        action="append",
        metavar="ARN",
        help="who may enter, a pattern of ARNs; repeatable",
    )
    parser.add_argument("--organization-id", metavar="ID", help="the organization that callers have to be of")
    _add_role(parser)
    _add_source(parser)
    parser.add_argument("--partition", choices=PARTITIONS, default="aws", help="the partition (aws)")
    parser.add_argument(
        "--format", choices=ROLLOUT_FORMATS, default="json",
        help="the policies (json), a StackSet template in YAML, a Terraform module",
    )  # fmt: skip
