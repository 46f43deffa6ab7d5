"""`trustview compare OLD NEW`: what is different between two policies, in effect and as written."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from trustview.analysis import compare_policies, describe_difference, facts_about, text_difference
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_line
from trustview.cli.selecting import open_selected, select_role
from trustview.errors import SourceError, TrustviewError, UsageError
from trustview.snapshot import Role
from trustview.store import SnapshotFile, find_workspace, open_bytes

_LONGEST = 1 << 20


def compare_two(arguments: Namespace) -> int:
    """Print the difference of two policies: of roles, managed policies and guardrails of a snapshot, or files."""
    if (arguments.new is None) is not arguments.majority:
        raise UsageError("name two policies, OLD and NEW, or one role and `--majority`")
    with open_selected(find_workspace(), arguments) as snapshot:
        organization = snapshot.organization()
        if arguments.majority:
            role = select_role(snapshot, arguments.old)
            old, new, account = _of_majority(snapshot, role), role.trust_policy, role.account
            names = ("as most of its fleet", role.arn)
        else:
            old, account = _policy(snapshot, arguments.old)
            new, other = _policy(snapshot, arguments.new)
            account = account if account == other else ""
            names = (arguments.old[:100], arguments.new[:100])
    found = compare_policies(old, new, facts_about(organization, account))
    if arguments.json:
        print_json({**asdict(found), "same": found.is_same})
        return ExitCode.DONE
    for label, sentence in describe_difference(found):
        print_line(f"{label:<11}{sentence}")
    print_line("")
    for line in text_difference(old, new, names):
        print_line(line)
    return ExitCode.DONE


def _policy(snapshot: SnapshotFile, source: str) -> tuple[str, str]:
    """The text that a word names, and the account of its role; empty where it is no role's."""
    if source.lstrip().startswith("{"):
        return source, ""
    managed = snapshot.policy(source)
    if managed is not None:
        return managed.document, ""
    organization = snapshot.organization()
    for guardrail in organization.guardrails if organization else ():
        if source in (guardrail.id, guardrail.name):
            return guardrail.document, ""
    try:
        role = select_role(snapshot, source)
    except UsageError:
        return _file(source), ""
    return role.trust_policy, role.account


def _file(source: str) -> str:
    """The text of a file; UsageError when the word names nothing at all."""
    try:
        with open_bytes(source) as stream:
            text = stream.read(_LONGEST + 1)
    except TrustviewError as error:
        raise UsageError(
            f"`{source}` is no policy: give a role, a managed policy's ARN, a guardrail, a file or JSON text"
        ) from error
    if len(text) > _LONGEST:
        raise SourceError(f"`{source}` is longer than 1 MiB: no policy is")
    return text.decode("utf-8", "replace")


def _of_majority(snapshot: SnapshotFile, role: Role) -> str:
    """The trust policy that most roles of the name have, as it would be in this role's account."""
    counts: dict[str, int] = {}
    for arn in snapshot.role_arns(role.name):
        other = snapshot.role(arn)
        if other is not None and other.path == role.path:
            own = other.trust_policy.replace(other.account, role.account)
            counts[own] = counts.get(own, 0) + 1
    return max(counts, key=lambda text: counts[text])
