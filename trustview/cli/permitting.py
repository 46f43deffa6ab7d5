"""`trustview iam-policy`: what the caller and the role of every account have to be allowed, from the one list."""

from __future__ import annotations

import json
import re
from argparse import Namespace

from trustview.cli.collecting import given_or_set
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_text, say
from trustview.collect import (
    ROLE_NAME,
    Roll,
    Scope,
    caller_policy,
    evidence_policy,
    read_source,
    reader_policy,
    reader_trust,
    session_policy,
)
from trustview.errors import UsageError
from trustview.export import Rollout, write_module, write_policies, write_stack_set
from trustview.policy import is_account_id

_WRITERS = {"json": write_policies, "cloudformation": write_stack_set, "terraform": write_module}
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_CALLER = re.compile(r"arn:aws[a-z-]*:(iam|sts)::[0-9*?]+:[!-~]+")


def print_policies(arguments: Namespace) -> int:
    """Print the policies of a rollout in the format that is asked for."""
    roll = read_roll(arguments)
    source = read_source(arguments.evidence)
    is_elsewhere = arguments.evidence_account not in (None, roll.account)
    rollout = Rollout(
        roll.name,
        roll.path,
        caller_policy(roll) if is_elsewhere else caller_policy(roll, source),
        reader_trust(roll),
        reader_policy(),
        json.loads(session_policy()),
        evidence_policy(source, roll.partition) if is_elsewhere else None,
    )
    if is_elsewhere and arguments.format != "json":
        say(
            f"the reader role of account {arguments.evidence_account} needs the policy `evidence` too, which "
            "`--format json` prints"
        )
    print_text(_WRITERS[arguments.format](rollout))
    return ExitCode.DONE


def read_roll(arguments: Namespace) -> Roll:
    """Who enters what; UsageError when a value is none that AWS takes."""
    if not is_account_id(arguments.account):
        raise UsageError(f"`{arguments.account}` is no account id: give the 12 digits of the caller's account")
    if arguments.organization_id and not _ORGANIZATION.fullmatch(arguments.organization_id):
        raise UsageError(f"`{arguments.organization_id}` is no organization id: it looks like `o-a1b2c3d4e5`")
    for caller in arguments.caller or ():
        if not _CALLER.fullmatch(caller):
            raise UsageError(f"`{caller}` is no ARN: give `arn:aws:iam::{arguments.account}:role/Name`, `*` is allowed")
    role = given_or_set(arguments, "role_name") or ROLE_NAME
    scope = Scope(role_name=role, external_id=given_or_set(arguments, "external_id") or "")
    return Roll(
        account=arguments.account,
        role_name=scope.role_name,
        callers=tuple(arguments.caller or ()),
        organization=arguments.organization_id or "",
        external_id=scope.external_id,
        partition=arguments.partition,
    )
