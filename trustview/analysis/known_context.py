"""What is surely known of a request before it is made; the rest of its context is open. THE ONE PLACE that says it."""

from __future__ import annotations

from trustview.analysis.caller_facts import facts_of_account
from trustview.policy import Caller, CallerKind, Context, matches, read_policy
from trustview.snapshot import Role, Snapshot, User

# Condition keys, in lower case as a context holds them.
_ROLE_TAGS = ("aws:resourcetag/", "iam:resourcetag/")
_PRINCIPAL_TAGS = "aws:principaltag/"
_NO_EXTERNAL_ID = frozenset({"sts:externalid"})
_TAG_SESSION = "sts:TagSession"

Values = dict[str, tuple[str, ...]]


def context_for_role(snapshot: Snapshot, role: Role, own: Context) -> Context:
    """The context of a request for a role, of a caller of whom `own` is known."""
    values: Values = {**own.values, "aws:resourceaccount": (role.account,)}
    organization = snapshot.organization
    if organization is not None and snapshot.is_ours(role.account):
        values["aws:resourceorgid"] = (organization.id,)
    for prefix in _ROLE_TAGS:
        values |= {f"{prefix}{key.lower()}": (value,) for key, value in role.tags}
    # Where the account was read in full the role has the tags that we see and no others.
    is_read = role.account not in snapshot.unread_accounts
    complete = (*own.complete, *_ROLE_TAGS) if is_read else own.complete
    return Context(values, own.absent, is_open=True, complete=complete)


def context_from_caller(
    snapshot: Snapshot, caller: Caller, principal: Role | User | None, memory: dict[str, Values]
) -> Context:
    """The context of any request of a caller; `principal` is the caller where we know it.

    `memory` keeps what is known of accounts.
    """
    is_service = caller.kind is CallerKind.SERVICE
    values: Values = {
        "aws:securetransport": ("true",),
        "aws:viaawsservice": ("false",),
        "aws:principalisawsservice": ("true" if is_service else "false",),
    }
    if is_service and caller.provider:
        values["aws:principalservicename"] = (caller.provider,)
    if caller.kind.is_iam:
        _add_caller(values, snapshot, caller, memory)
    absent = _NO_EXTERNAL_ID if is_service else frozenset()
    if principal is None or _may_be_tagged(principal):
        return Context(values, absent, is_open=True)
    values |= {f"{_PRINCIPAL_TAGS}{key.lower()}": (value,) for key, value in principal.tags}
    return Context(values, absent, is_open=True, complete=(_PRINCIPAL_TAGS,))


def _add_caller(values: Values, snapshot: Snapshot, caller: Caller, memory: dict[str, Values]) -> None:
    if caller.arn:
        values["aws:principalarn"] = (caller.arn,)
    if snapshot.organization is None or not caller.account:
        return
    if caller.account not in memory:
        facts = facts_of_account(snapshot, caller.account)
        memory[caller.account] = {
            key.lower(): (value,) if isinstance(value, str) else value for key, value in facts.items()
        }
    values |= memory[caller.account]


def _may_be_tagged(principal: Role | User) -> bool:
    """Whether sessions of the principal may carry other tags than its own: its trust policy lets them be passed.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    return isinstance(principal, Role) and any(
        any(matches(pattern, _TAG_SESSION, ignore_case=True) for pattern in statement.actions) != statement.not_actions
        for statement in read_policy(principal.trust_policy).allows
    )
