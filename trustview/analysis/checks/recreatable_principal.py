"""Names in conditions that nobody bears. Under `Principal` AWS binds a name to one principal; here it is a text."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import is_wild, passes_when_absent
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import remove_way_in, replace_condition
from trustview.analysis.remediation import Change
from trustview.policy import parse_arn


@check(Severity.HIGH)
def recreatable_principal(access: Access) -> Iterator[Evidence]:
    """Whoever creates a role or user of a certain name can become this role.

    Why: `aws:PrincipalArn` compares texts. The principal that it names does not exist; whoever may create roles or
    users in that account takes the name, and gets in.

    Fix: name the principal under `Principal`, where AWS binds it to one identity, or remove the name.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    for grant in access.kinds.living(lambda kind: any(_names(kind))):
        free = tuple(dict.fromkeys(value for value in _names(grant) if _is_free(access, value)))
        if free:
            because = tuple(f"`{value}` does not exist: its name is free to take" for value in free)
            yield Evidence((grant,), because, changes=_drop(access, grant, free))


def _drop(access: Access, grant: Grant, free: tuple[str, ...]) -> tuple[Change, ...]:
    """Test the names that are borne; the way in goes where none of a test is."""
    changes = []
    for condition in grant.conditions:
        left = tuple(value for value in condition.values if value not in free)
        is_asked = condition.key.lower() == "aws:principalarn" and not is_negated(condition)
        if is_asked and not left:
            return remove_way_in(access, grant)
        if is_asked and left != condition.values:
            changes.append(replace_condition(grant.statement, condition, values=left))
    return tuple(changes)


def _names(grant: Kind) -> Iterator[str]:
    """The principals that conditions of a grant name in full."""
    for condition in grant.conditions:
        is_asked = condition.key.lower() == "aws:principalarn" and not is_negated(condition)
        if is_asked and not passes_when_absent(condition):
            yield from (value for value in condition.values if not is_wild(value) and "${" not in value)


def _is_free(access: Access, value: str) -> bool:
    """Whether a role or user of an account that we know in full does not exist."""
    arn, snapshot = parse_arn(value), access.snapshot
    if arn is None or arn.service != "iam" or arn.resource_type not in ("role", "user"):
        return False
    if arn.account not in snapshot.facts_by_account or arn.account in snapshot.unread_accounts:
        return False
    return value not in snapshot.roles_by_arn and value not in snapshot.users_by_arn
