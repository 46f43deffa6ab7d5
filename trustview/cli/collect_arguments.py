"""The commands that read AWS or its files, and what they need: `collect`, `import`, `doctor`, `iam-policy`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustview.cli.argument_groups import add_json, add_settings, command

if TYPE_CHECKING:
    from trustview.cli.argument_groups import Commands

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")
PROGRESS_FORMS = ("auto", "plain", "json", "screen")
ROLLOUT_FORMATS = ("json", "cloudformation", "terraform")


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


def add_collect(commands: Commands) -> None:
    """`trustview collect`."""
    parser = command(commands, "collect", "read the AWS Organization into a new snapshot", "collecting", "run_collect")
    _add_identity(parser)
    _add_scope(parser)
    _add_evidence(parser)
    parser.add_argument("--yes", action="store_true", help="agree beforehand to what a query of Athena or Lake costs")
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
    add_settings(parser)
    add_json(parser)


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


def add_import(commands: Commands) -> None:
    """`trustview import`."""
    parser = command(
        commands,
        "import",
        "make a snapshot from files of the AWS CLI and of a CloudTrail trail",
        "importing",
        "run_import",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
    _add_jobs(parser)
    add_settings(parser)
    add_json(parser)


def add_doctor(commands: Commands) -> None:
    """`trustview doctor`."""
    parser = command(
        commands, "doctor", "tell what the current credentials can and cannot read", "collecting", "run_doctor"
    )
    _add_identity(parser)
    _add_scope(parser)
    _add_evidence(parser)
    parser.add_argument("--all-accounts", action="store_true", help="try every account instead of a few")
    add_json(parser)


def add_iam_policy(commands: Commands) -> None:
    """`trustview iam-policy`."""
    parser = command(
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
