"""AWS services that act for somebody, and whether they say for whom: what the checks on service principals share.

The data are the services of which AWS documents that they send `aws:SourceArn` or `aws:SourceAccount` with a role, each
with its page. A service that sends neither would be locked out by such a condition, and so would one by a key that its
page does not show: `is_arn_alone` marks those of which it shows `aws:SourceArn` alone.
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from trustview.analysis.access import Access
from trustview.analysis.audience import is_wild
from trustview.analysis.conditions import is_negated
from trustview.analysis.door import narrow_to
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.reach import STRANGER_ORGANIZATION, Representative, callers_of, statement_of
from trustview.policy import Condition, is_account_id, parse_arn

SOURCE_KEYS = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
# Services whose roles can only be given to them by principals of the role's own account, who need `iam:PassRole`.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
IN_ACCOUNT = frozenset({"ecs-tasks.amazonaws.com", "eks-fargate-pods.amazonaws.com"})
_STRANGER = "000000000000"


@dataclass(frozen=True, slots=True)
class Deputy:
    """A service that says for whom it acts, and the `page` of AWS that tells what it sends.

    `source` is the widest ARN in one account that AWS gives for `aws:SourceArn`, with `{partition}` and `{account}` to
    be filled in; empty where it gives only single resources, or none.
    """

    page: str
    source: str = ""
    is_arn_alone: bool = False

    def source_in(self, grant: Grant) -> str:
        """The ARN of whatever makes the service act in the account of a grant's role."""
        return self.source.format(partition=grant.role.split(":", 2)[1], account=grant.account)


@lru_cache(maxsize=1)
def deputies() -> dict[str, Deputy]:
    """The services known to say for whom they act."""
    text = files("trustview.analysis").joinpath("deputies.json").read_text(encoding="utf-8")
    return {service: Deputy(**row) for service, row in json.loads(text).items()}


def source_conditions(grant: Kind) -> tuple[Condition, ...]:
    """The conditions of a grant that test for whom the service acts."""
    return tuple(condition for condition in grant.conditions if condition.key.lower() in SOURCE_KEYS)


def acts_for_strangers(access: Access, grant: Grant) -> bool:
    """Whether the service gets in while it acts for somebody else's account, every guardrail counted."""
    memory = access.memory.setdefault("acting for strangers", {})
    key = access.answers_alike(grant)
    if key not in memory:
        memory[key] = _acts_for_strangers(access, grant)
    return bool(memory[key])


def _acts_for_strangers(access: Access, grant: Grant) -> bool:
    role = access.role(grant.role)
    trust = narrow_to(access.trust_policy(role), statement_of(access, grant), grant.principal)
    return any(
        access.ask(role, one.caller, one.context, None, trust).may_be_allowed
        for one in (for_a_stranger(one, grant) for one in callers_of(access, grant))
    )


def for_a_stranger(one: Representative, grant: Grant) -> Representative:
    """The same service, acting for a resource of an account in no organization of ours."""
    service = grant.principal.value.partition(".")[0]
    values = {
        "aws:SourceAccount": _STRANGER,
        "aws:SourceArn": f"arn:aws:{service}:eu-west-1:{_STRANGER}:thing/of-a-stranger",
        "aws:SourceOrgID": STRANGER_ORGANIZATION,
        "aws:SourceOrgPaths": (f"{STRANGER_ORGANIZATION}/r-else/",),
    }
    return replace(one, context=one.context.with_values(values))


def foreign_sources(access: Access, grant: Kind) -> tuple[str, ...]:
    """The sources that a grant accepts and that are not ours, or could be anybody's."""
    conditions = [condition for condition in source_conditions(grant) if not is_negated(condition)]
    found = [value for condition in conditions for value in condition.values if _is_foreign(access, condition, value)]
    # Several conditions must all hold: one that bounds the source to us is enough.
    closes = any(
        condition.values and not any(_is_foreign(access, condition, value) for value in condition.values)
        and _names_owner(condition)
        for condition in conditions
    )  # fmt: skip
    return () if closes else tuple(dict.fromkeys(found))


def _is_foreign(access: Access, condition: Condition, value: str) -> bool:
    key = condition.key.lower()
    organization = access.snapshot.organization.id if access.snapshot.organization else ""
    if "${" in value:
        return False
    if key in ("aws:sourceorgid", "aws:sourceorgpaths"):
        return bool(organization) and value.partition("/")[0] != organization
    account = value
    if key == "aws:sourcearn":
        arn = parse_arn(value)
        account = arn.account if arn else "*" if is_wild(value) else ""
    if is_wild(account):
        return True
    return is_account_id(account) and access.is_outsider(account) and not _is_of_aws(access, account)


def _is_of_aws(access: Access, account: str) -> bool:
    return account in access.vendors and access.vendors[account].is_aws


def _names_owner(condition: Condition) -> bool:
    """Whether the condition says whose the source is: an S3 bucket's ARN has no account in it."""
    if condition.key.lower() != "aws:sourcearn":
        return True
    return all((arn := parse_arn(value)) is not None and bool(arn.account) for value in condition.values)
