"""The outsiders behind a grant, and how an ExternalId binds them: what the checks on third parties share."""

from __future__ import annotations

from trustview.analysis.access import Access
from trustview.analysis.audience import passes_when_absent
from trustview.analysis.conditions import is_about_external_id, is_negated
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.reach import Representative, ask_of_grant, callers_of, without
from trustview.policy import Condition, PrincipalForm

# Who calls with credentials of an account; providers and services are no third parties of this kind.
_OF_ACCOUNTS = frozenset(
    {
        PrincipalForm.EVERYONE, PrincipalForm.ACCOUNT, PrincipalForm.USER, PrincipalForm.ROLE, PrincipalForm.SESSION,
        PrincipalForm.FEDERATED_USER,
    }
)  # fmt: skip


def outsiders_of(access: Access, grant: Kind) -> tuple[str, ...]:
    """The accounts behind a grant that are not ours."""
    if grant.principal.form not in _OF_ACCOUNTS:
        return ()
    return tuple(account for account in grant.party_accounts if access.is_outsider(account))


def ways_of_outsiders(access: Access) -> list[Grant]:
    """The grants of accounts that are not ours, but for those that the role's own trust policy shuts."""
    memory = access.memory.setdefault("ways of outsiders", {})
    if "grants" not in memory:
        memory["grants"] = access.kinds.living(lambda kind: bool(outsiders_of(access, kind)))
    found: list[Grant] = memory["grants"]
    return found


def name_outsider(access: Access, account: str) -> str:
    """An outsider as evidence names it: the vendor with its account, or the account."""
    vendor = access.vendors.get(account)
    return f"{vendor.name} (`{account}`)" if vendor else f"`{account}`"


def trusts_all_of(grant: Kind) -> bool:
    """Whether any principal of the accounts is meant: no element and no condition names one."""
    if grant.principal.form not in (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE):
        return False
    return not any(_names_principals(condition) for condition in grant.conditions)


def _names_principals(condition: Condition) -> bool:
    """Whether only some principals of an account meet the condition."""
    if passes_when_absent(condition) or is_negated(condition) or not condition.values:
        return False
    key = condition.key.lower()
    if key == "aws:principalarn":
        return all(set(value.rpartition(":")[2].partition("/")[2]) - set("*?/") for value in condition.values)
    return key in ("aws:userid", "aws:username") and all(set(value) - set("*?:") for value in condition.values)


def external_ids_of(grant: Kind) -> tuple[Condition, ...]:
    """The conditions of a grant on the ExternalId."""
    return tuple(condition for condition in grant.conditions if is_about_external_id(condition))


def needs_external_id(access: Access, grant: Grant) -> bool:
    """Whether who sends no ExternalId is kept out, be it by a Deny."""
    return not any(
        ask_of_grant(
            access, grant, Representative(one.caller, without(one.context, "sts:ExternalId"), one.principal)
        ).may_be_allowed
        for one in callers_of(access, grant)
    )
