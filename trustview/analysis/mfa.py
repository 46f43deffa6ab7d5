"""Who gets in without multi-factor authentication? What the checks on MFA share.

Only requests of IAM users carry the key: `true` with MFA, `false` from a console session without, none at all with
access keys. Sessions of roles carry no proof of MFA, services and federated callers have no such key.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trustview.analysis.access import Access
from trustview.analysis.conditions import MFA_KEYS, is_about_mfa, roles_that_deny
from trustview.analysis.door import narrow_to
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.reach import Representative, statement_of, without
from trustview.policy import Condition, Statement


def mfa_conditions_of(grant: Kind) -> tuple[Condition, ...]:
    """The conditions of a grant that test MFA."""
    return tuple(filter(is_about_mfa, grant.conditions))


def mfa_denies_of(access: Access, grant: Grant) -> tuple[Statement, ...]:
    """The Deny statements beside a grant that test MFA."""
    return _denies_of_role(access, grant.role)


def _denies_of_role(access: Access, role: str) -> tuple[Statement, ...]:
    denies = access.trust_policy(access.role(role)).denies
    return tuple([deny for deny in denies if any(map(is_about_mfa, deny.conditions))])


def roles_testing_mfa(access: Access) -> tuple[str, ...]:
    """The roles whose trust policy tests MFA, for a grant or in a Deny."""
    memory = access.memory.setdefault("roles testing MFA", {})
    if "roles" not in memory:
        asking = access.kinds.grants(lambda kind: bool(mfa_conditions_of(kind)))
        denying = (role for role in roles_that_deny(access) if _denies_of_role(access, role))
        memory["roles"] = tuple(dict.fromkeys((*(grant.role for grant in asking), *denying)))
    found: tuple[str, ...] = memory["roles"]
    return found


def without_mfa(one: Representative) -> Iterator[Representative]:
    """The same caller with access keys alone, and in a console session, both without MFA."""
    bare = without(one.context, *MFA_KEYS)
    yield replace(one, context=bare)
    yield replace(one, context=bare.with_values({"aws:MultiFactorAuthPresent": "false"}))


def comes_without_mfa(access: Access, grant: Grant, one: Representative) -> bool:
    """Whether a caller gets in by this grant without MFA, its own policies and every guardrail counted."""
    role = access.role(grant.role)
    trust = narrow_to(access.trust_policy(role), statement_of(access, grant), grant.principal)
    return any(
        access.ask(role, bare.caller, bare.context, bare.principal, trust).may_be_allowed for bare in without_mfa(one)
    )
