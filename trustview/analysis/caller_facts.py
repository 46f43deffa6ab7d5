"""Which condition keys are known of whatever a principal asks for? Its account's, its organization's and its own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from trustview.snapshot import Role, Snapshot, User

Facts = dict[str, str | tuple[str, ...]]


def facts_of_account(snapshot: Snapshot, account: str) -> Facts:
    """What is known of every principal of an account."""
    facts: Facts = {"aws:PrincipalAccount": account}
    organization = snapshot.organization
    if organization and snapshot.is_ours(account):
        facts["aws:PrincipalOrgID"] = organization.id
        if path := organization.principal_path(account):
            facts["aws:PrincipalOrgPaths"] = (path,)
    return facts


def facts_of(snapshot: Snapshot, principal: Role | User) -> Facts:
    """What is known of a principal of ours that asks for something in its own account."""
    facts = facts_of_account(snapshot, principal.account)
    facts |= {"aws:PrincipalArn": principal.arn, "aws:ResourceAccount": principal.account}
    facts["aws:PrincipalType"] = "User" if isinstance(principal, User) else "AssumedRole"
    if isinstance(principal, User):
        facts["aws:username"] = principal.name
    if "aws:PrincipalOrgID" in facts:
        facts["aws:ResourceOrgID"] = facts["aws:PrincipalOrgID"]
    return facts | {f"aws:PrincipalTag/{key}": value for key, value in principal.tags}
