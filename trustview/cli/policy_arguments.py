"""The commands about policies as such: `simulate`, `narrower`, `compare`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustview.cli.argument_groups import add_json, add_snapshot, command

if TYPE_CHECKING:
    from trustview.cli.argument_groups import Commands


_SIMULATE = """\
A line is one object: {"id", "principal", "action", "resource", "resource_account", "context", "trust_policy",
"identity_policies", "permissions_boundary", "session_policy", "scps", "rcps"}. `principal` is the ARN of a user, role,
session or root, a service or an identity provider; `resource` the ARN of a role; `context` gives each key a text or a
list of texts, and what it does not give is absent. Policies are JSON objects: one, a list (`identity_policies`) or a
list of levels from the root down, each a list (`scps`, `rcps`). The last four may be left out or hold nothing.

Its answer is {"id", "outcome", "reasons"} with the outcome allowed, explicit_deny or implicit_deny. What AWS does not
document is never guessed: it counts as allowed, and the first reason begins with "not settled". A line that cannot be
read is answered {"id", "error"}, the others all the same; the exit code is then 3."""


def add_simulate(commands: Commands) -> None:
    """`trustview simulate`."""
    parser = command(
        commands, "simulate", "answer requests given with all their policies", "simulating", "run_simulate"
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _SIMULATE
    parser.add_argument("file", nargs="?", metavar="FILE", help="a file of JSON lines; stdin without it, or for `-`")
    add_json(parser)


_NARROWER = """\
The verdict is proved, wider with a witness (a request that NEW allows and OLD does not), or unknown with what stopped
it. With `-` a line is one object: {"id", "old", "new", "organization", "role_account"}; `old` and `new` are policies,
`organization` is {"id", "accounts"} or null, the last two may be left out. Its answer is {"id", "verdict", "witness",
"reason"}; the witness is a line of `trustview simulate` without its trust policy. A line that cannot be read is
answered {"id", "error"}, the others all the same; the exit code is then 3."""


def add_narrower(commands: Commands) -> None:
    """`trustview narrower`."""
    parser = command(commands, "narrower", "prove that a policy is no wider than another", "narrowing", "run_narrower")
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
    add_json(parser)


def add_compare(commands: Commands) -> None:
    """`trustview compare`."""
    text = "tell what is different between two policies, in effect and as written"
    parser = command(commands, "compare", text, "comparing", "compare_two")
    add_snapshot(parser)
    what = "a role, a managed policy's ARN, a guardrail's id or name, a file or JSON text"
    parser.add_argument("old", metavar="OLD", help=what)
    parser.add_argument("new", nargs="?", metavar="NEW", help=what)
    parser.add_argument("--majority", action="store_true", help="hold a role against most of those of its name")
    add_json(parser)
