"""The arguments of the commands about use: who really came, and who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustview.cli.argument_groups import add_json, add_snapshot, command

WATCH_FORMATS = ("json", "cli", "terraform", "cloudformation")
_ROLE = "an ARN, `account/name`, or a name that only one role has"

if TYPE_CHECKING:
    from trustview.cli.argument_groups import Commands


def add_usage(commands: Commands) -> None:
    """`trustview usage`."""
    text = "tell who really used a role, when, and how far that can be seen"
    parser = command(commands, "usage", text, "using", "show_usage")
    parser.add_argument("role", metavar="ROLE", help=_ROLE)
    add_snapshot(parser)
    add_json(parser)


def add_watch(commands: Commands) -> None:
    """`trustview watch`."""
    text = "tell whether anybody is told when a role is assumed, and print the EventBridge rule that would"
    parser = command(commands, "watch", text, "watching", "show_watch")
    parser.add_argument("role", metavar="ROLE", help=_ROLE)
    add_snapshot(parser)
    parser.add_argument("--format", choices=WATCH_FORMATS, help="print the rule to add in this format, nothing else")
    parser.add_argument(
        "--second-opinion", action="store_true", help="also ask EventBridge, as the caller, what each pattern matches"
    )
    parser.add_argument("--profile", help="with --second-opinion: a profile of the AWS configuration; or AWS_PROFILE")
    add_json(parser)
