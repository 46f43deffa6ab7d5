"""Arguments that several commands share, each said once."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

SEVERITIES = ("info", "low", "medium", "high", "critical")

if TYPE_CHECKING:
    # argparse names no public type for it, and this one takes its parameter in the checker alone.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def command(commands: Commands, name: str, text: str, module: str, verb: str) -> argparse.ArgumentParser:
    """A command and the function that runs it; `text` says in a few words what it does."""
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(module=module, verb=verb)
    return parser


def add_snapshot(parser: argparse.ArgumentParser) -> None:
    """Which snapshot is meant."""
    parser.add_argument("--snapshot", metavar="NAME", help="a snapshot by name instead of the newest one")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Which settings are in force."""
    parser.add_argument("--settings", metavar="FILE", help="the settings, instead of trustview.toml in the workspace")


def add_reviews(parser: argparse.ArgumentParser) -> None:
    """Where decisions are kept; what was said before the command holds unless it is said again behind it."""
    text = "where decisions are kept, instead of a file in the workspace: postgresql://user@host/database; "
    text += "or TRUSTVIEW_REVIEW_DATABASE"
    parser.add_argument("--review-database", metavar="URL", default=argparse.SUPPRESS, help=text)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Values for scripts."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Which findings are meant."""
    parser.add_argument("--severity", choices=SEVERITIES, help="this severity and worse")
    parser.add_argument("--check", action="append", metavar="ID", help="this check only; may be repeated")
    parser.add_argument("--account", action="append", metavar="ID", help="this account (id or name) only; repeatable")
