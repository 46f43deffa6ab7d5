"""The changes that checks offer: each builds the `Change` for one mistake, or none where no mend is surely right."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from trustview.analysis.access import Access
from trustview.analysis.conditions import listed
from trustview.analysis.grant import Grant, Party
from trustview.analysis.reach import statement_of
from trustview.analysis.remediation import Change, ChangeKind
from trustview.analysis.repeats import bear_on_repeats
from trustview.policy import ASSUME_ROLE, Condition, PolicyDocument, PrincipalForm

_IDENTITY_CENTER = "/aws-reserved/sso.amazonaws.com/"


def remove_principal(grant: Grant) -> tuple[Change, ...]:
    """Take the principal element away; none where it stands for more than is wrong."""
    if grant.is_inverted or grant.principal.form is PrincipalForm.EVERYONE:
        return ()
    element = grant.principal
    return (
        Change(
            ChangeKind.REMOVE_PRINCIPAL,
            grant.statement,
            f"remove `{element.value}` from statement {grant.statement}",
            principal_kind=element.kind,
            principal=element.value,
        ),
    )


def remove_statement(grant: Grant) -> Change:
    """Take the grant's whole statement away."""
    who = "everyone" if grant.principal.form is PrincipalForm.EVERYONE else f"`{grant.principal.value}`"
    summary = f"remove statement {grant.statement}, which lets {who} in"
    return Change(ChangeKind.REMOVE_STATEMENT, grant.statement, summary)


def remove_ways_in(document: PolicyDocument, grants: Iterable[Grant]) -> tuple[Change, ...]:
    """Take principals out of their statements, or a statement away in which nobody else stands."""
    grants = tuple(grants)
    statements = {statement.index: statement for statement in document.statements}
    found: dict[Change, None] = {}
    for grant in grants:
        named = {other.principal for other in grants if other.statement == grant.statement}
        is_shared = not named.issuperset(statements[grant.statement].principals)
        found |= dict.fromkeys((is_shared and remove_principal(grant)) or (remove_statement(grant),))
    return bear_on_repeats(document, grants, found)


def remove_way_in(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Take one way in away: where nobody comes by it, or nobody should."""
    return remove_ways_in(access.trust_policy(access.role(grant.role)), (grant,))


def first_of(*offers: tuple[Change, ...]) -> tuple[tuple[Change, ...], tuple[tuple[Change, ...], ...]]:
    """The first offer that is one, and the others: `changes` and `instead` of evidence."""
    made = [offer for offer in offers if offer]
    return (made[0], tuple(made[1:])) if made else ((), ())


def name_principals(grant: Grant, arns: tuple[str, ...], who: str) -> tuple[Change, ...]:
    """Put these in place of the principal element; none where Identity Center may give one another name any day.

    In the role's own account a name alone would let them in without policies of their own: there the account stays
    trusted, and `aws:PrincipalArn` is asked for.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
    """
    if not arns or any(_IDENTITY_CENTER in arn for arn in arns):
        return ()
    element = grant.principal
    if grant.party is Party.SAME_ACCOUNT and element.form is PrincipalForm.ACCOUNT:
        return (add_condition(grant, "ArnEquals", "aws:PrincipalArn", arns, f", {who}"),)
    return (
        Change(
            ChangeKind.REPLACE_PRINCIPAL,
            grant.statement,
            f"name {who} instead of `{element.value}` in statement {grant.statement}",
            values=arns,
            principal_kind=element.kind,
            principal=element.value,
        ),
    )


def require_organization(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Let only principals of our organization in; none where others, such as services, share the statement."""
    organization = access.snapshot.organization
    statement = statement_of(access, grant)
    is_for_accounts = all(element.kind in ("AWS", "*") for element in statement.principals)
    if organization is None or grant.is_inverted or not is_for_accounts or grant.actions != (ASSUME_ROLE,):
        return ()
    return (add_condition(grant, "StringEquals", "aws:PrincipalOrgID", (organization.id,)),)


def add_condition(grant: Grant, operator: str, key: str, values: tuple[str, ...], note: str = "") -> Change:
    """Test one more key in the grant's statement."""
    return require(grant.statement, operator, key, values, note)


# The roles of an account are mended alike: one value for all of them.
@lru_cache(maxsize=4096)
def require(statement: int, operator: str, key: str, values: tuple[str, ...], note: str = "") -> Change:
    """Test one more key in a statement."""
    summary = f"require `{key}` to be {listed(values)} in statement {statement}"
    return Change(ChangeKind.ADD_CONDITION, statement, f"{summary}{note}", operator=operator, key=key, values=values)


def replace_condition(
    statement: int, condition: Condition, operator: str = "", values: tuple[str, ...] = (), note: str = ""
) -> Change:
    """Test the same key with another operator, other values, or both."""
    operator, values = operator or condition.spelling, values or condition.values
    summary = f"test `{condition.key}` with `{operator}` for {listed(values)} in statement {statement}"
    return Change(
        ChangeKind.REPLACE_CONDITION,
        statement,
        f"{summary}{note}",
        operator=operator,
        key=condition.key,
        values=values,
        old_operator=condition.spelling,
    )


def remove_condition(statement: int, condition: Condition) -> Change:
    """Test the key no longer."""
    return Change(
        ChangeKind.REMOVE_CONDITION,
        statement,
        f"no longer test `{condition.key}` with `{condition.spelling}` in statement {statement}",
        operator=condition.spelling,
        key=condition.key,
    )


def external_id_of(grant: Grant) -> str:
    """An ExternalId for a role and a principal: the same each time, unlike every other, and 32 characters long."""
    return hashlib.sha256(f"{grant.role}\x00{grant.principal.value}".encode()).hexdigest()[:32]


AGREED = ", to be agreed with the vendor"


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────


def add_statement(statement: dict[str, object], summary: str) -> Change:
    """Put one more statement at the end of the policy."""
    return Change(ChangeKind.ADD_STATEMENT, -1, summary, values=(json.dumps(statement),))


def deny_users_without_mfa() -> Change:
    """Keep IAM users without MFA out; sessions of roles, which never carry proof of it, come as before.

    With access keys alone the key is absent: `BoolIfExists` denies then too.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    """
    statement: dict[str, object] = {
        "Sid": "DenyUsersWithoutMFA",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ASSUME_ROLE,
        "Condition": {
            "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:user/*"},
            "BoolIfExists": {"aws:MultiFactorAuthPresent": "false", "aws:PrincipalIsAWSService": "false"},
        },
    }
    return add_statement(statement, "deny IAM users who come without MFA; roles come as before")


def deny_outsiders(organization: str, spared: tuple[str, ...] = ()) -> Change:
    """Keep everybody out who is neither of the organization, nor of a spared account, nor an AWS service."""
    statement = outsiders_denied(organization, spared)
    but = f" and {listed(spared)}" if spared else ""
    return add_statement(statement, f"deny everybody but the organization{but}; AWS services come as before")


def shut_outsiders(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Deny everybody but the organization, and those of outside whom other ways into the role mean."""
    organization = access.snapshot.organization
    if organization is None or ASSUME_ROLE not in grant.actions:
        return ()
    others = (other for other in access.grants_by_role[grant.role] if other.id != grant.id)
    spared = {account for other in others for account in other.party_accounts if access.is_outsider(account)}
    return (deny_outsiders(organization.id, tuple(sorted(spared))),)


def outsiders_denied(
    organization: str, spared: tuple[str, ...] = (), exemption: tuple[str, str] | None = None
) -> dict[str, object]:
    """The Deny of everybody but the organization, as a trust policy and an RCP (`Resource` apart) can hold it.

    `spared` are accounts, `exemption` is a tag of roles with its value. Services and federated callers carry no
    `aws:PrincipalOrgID`: the former are exempt, the latter come by other actions.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    passes: dict[str, object] = {"aws:PrincipalOrgID": organization}
    if exemption is not None:
        passes[f"aws:ResourceTag/{exemption[0]}"] = exemption[1]
    if spared:
        passes["aws:PrincipalAccount"] = list(spared)
    return {
        "Sid": "DenyAssumeRoleFromOutsideOrg",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ASSUME_ROLE,
        "Condition": {
            "StringNotEqualsIfExists": passes,
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }


def remove_action(statement: int, action: str) -> Change:
    """Allow one action less in a statement."""
    summary = f"no longer allow `{action}` in statement {statement}"
    return Change(ChangeKind.REMOVE_ACTION, statement, summary, values=(action,))


# ── the role itself ──────────────────────────────────────────────────────────────────────────────────────────────


def replace_managed_policy(old: str, new: str, note: str = "") -> Change:
    """Attach one managed policy in place of another, or none; `note` says what is lost."""
    name = old.rpartition("/")[2]
    into = f"attach `{new.rpartition('/')[2]}` in place of `{name}`" if new else f"detach `{name}`"
    return Change(ChangeKind.REPLACE_MANAGED_POLICY, -1, f"{into}{note}", values=(new,) if new else (), principal=old)


def set_boundary(arn: str, note: str = "") -> Change:
    """Cap the role by a managed policy of its account."""
    summary = f"cap the role by the permissions boundary `{arn.rpartition(':policy')[2].lstrip('/')}`{note}"
    return Change(ChangeKind.SET_BOUNDARY, -1, summary, values=(arn,))


def limit_session(seconds: int) -> Change:
    """Let sessions last no longer than this."""
    summary = f"let sessions last {seconds // 3600} hour{'s' if seconds >= 7200 else ''} at most"
    return Change(ChangeKind.SET_MAX_SESSION, -1, summary, values=(str(seconds),))


def boundary_in_use(access: Access, account: str) -> str:
    """The boundary that most roles of an account have; empty where none has one that could be read."""
    memory = access.memory.setdefault("boundaries", {})
    if account not in memory:
        facts = access.snapshot.facts_by_account.get(account)
        known = Counter(role.boundary for role in facts.roles if role.boundary) if facts else Counter()
        found = (arn for arn, _ in known.most_common() if arn in access.snapshot.policies_by_arn)
        memory[account] = next(found, "")
    return str(memory[account])


def attach_policy(target: str, summary: str) -> Change:
    """Attach the guardrail of the remediation to an OU, the root or an account."""
    return Change(ChangeKind.ATTACH_POLICY, -1, summary, values=(target,))
