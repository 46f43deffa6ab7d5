"""RCPs that spare tagged roles, where others than the guards can set the tag."""

from __future__ import annotations

import json
from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import is_wild
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated, listed
from trustview.analysis.finding import Confidence, Severity
from trustview.analysis.guardrails import any_role, bound_accounts, guardrail_subject, own_guardrails
from trustview.analysis.permissions import may_do
from trustview.policy import Condition, PolicyDocument
from trustview.snapshot import GuardrailKind, Role, User

# Stands for the name of the role that grants exemptions, which nobody can know from here.
GUARD = "grants-exemptions"
_PREFIXES = ("aws:resourcetag/", "iam:resourcetag/")


@check(Severity.MEDIUM, of_all=True, beside_trust=True)
def guardrail_exemption_can_be_taken(access: Access) -> Iterator[Evidence]:
    """Whoever may tag roles can take the exemption from a resource control policy.

    Why: the policy spares roles with a certain tag. Principals below it may set that tag on any role, and so open a way
    in that the policy was made to shut.

    Fix: deny `iam:TagRole` with this tag (`aws:TagKeys`, `aws:RequestTag`) in an SCP, but for the role that grants
    exemptions.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
    """
    for policy, document in own_guardrails(access, GuardrailKind.RCP):
        accounts = bound_accounts(access, policy)
        for statement, tag, value in _exemptions(document):
            able = tuple(_able(access, accounts, tag, value))
            unread = access.snapshot.unread_accounts.intersection(accounts)
            if able:
                because = (
                    f"statement {statement} spares roles tagged `{tag}` = `{value}`",
                    f"{len(able)} principals in {len({arn.split(':')[4] for arn in able})} accounts below it can set "
                    f"that tag: {listed(able)}",
                )
                subject = guardrail_subject(access, policy)
                confidence = Confidence.PROVEN if not unread else Confidence.CONDITIONAL
                yield Evidence(
                    (), because, confidence=confidence, subject=subject, statements=(statement,), by_hand=(_shut(tag),)
                )


def _shut(tag: str) -> str:
    """The statement of an SCP that leaves the tag to one role: an RCP does not bind `iam:TagRole`.

    IAM takes tags that differ in letter case for the same, and asks for `iam:TagRole` when a role is made with tags.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    """
    statement: dict[str, object] = {
        "Effect": "Deny",
        "Action": "iam:TagRole",
        "Resource": "*",
        "Condition": {
            "ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": tag},
            "ArnNotLike": {"aws:PrincipalArn": f"arn:*:iam::*:role/{GUARD}"},
        },
    }
    text = json.dumps(statement, ensure_ascii=False)
    return f"attach an SCP with this statement to the same places, with the role that may exempt for `{GUARD}`: {text}"


def _exemptions(document: PolicyDocument) -> Iterator[tuple[int, str, str]]:
    """Statement, tag and value of every exemption by a tag of the role."""
    for deny in document.denies:
        for condition in deny.conditions:
            if condition.key.lower().startswith(_PREFIXES) and is_negated(condition) and condition.values:
                yield deny.index, condition.key.partition("/")[2], _some_value(condition)


def _some_value(condition: Condition) -> str:
    """A value that takes the exemption."""
    value = condition.values[0]
    return value.replace("*", "").replace("?", "x") if is_wild(value) else value


def _able(access: Access, accounts: tuple[str, ...], tag: str, value: str) -> Iterator[str]:
    """The principals below that may set the tag on some role of their account."""
    request: dict[str, str | tuple[str, ...]] = {f"aws:RequestTag/{tag}": value, "aws:TagKeys": (tag,)}
    for account in accounts:
        facts = access.snapshot.facts_by_account.get(account)
        principals: list[Role | User] = [*facts.roles, *facts.users] if facts else []
        for principal in principals:
            if may_do(access, principal, "iam:TagRole", any_role(account).arn, request):
                yield principal.arn
