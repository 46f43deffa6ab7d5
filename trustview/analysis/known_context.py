"""What is surely known of a request before it is made; the rest of its context is open. THE ONE PLACE that says it."""

from __future__ import annotations

from dataclasses import dataclass, field

from trustview.analysis.caller_facts import facts_of_account
from trustview.policy import Caller, CallerKind, Context, PolicyDocument
from trustview.policy.statement import statements_on
from trustview.snapshot import Role, Snapshot, User

# Condition keys, in lower case as a context holds them.
_ROLE_TAGS = ("aws:resourcetag/", "iam:resourcetag/")
_PRINCIPAL_TAGS = "aws:principaltag/"
_NO_EXTERNAL_ID = frozenset({"sts:externalid"})
_NOTHING: frozenset[str] = frozenset()
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


@dataclass(slots=True)
class KnownCallers:
    """What is known of the requests of a snapshot's callers; what all principals of an account share is kept."""

    snapshot: Snapshot
    _of_account: dict[str, Values] = field(default_factory=dict)

    def context(self, caller: Caller, principal: Role | User | None, trust: PolicyDocument | None) -> Context:
        """The context of any request of a caller; `principal` the caller where we know it, `trust` its policy."""
        if caller.kind.is_iam:
            values = {**self._account(caller.account), "aws:principalarn": (caller.arn,)}
            if not caller.arn:
                del values["aws:principalarn"]
        else:
            values = dict(_OF_SERVICE if caller.kind is CallerKind.SERVICE else _OF_OTHERS)
            if caller.kind is CallerKind.SERVICE and caller.provider:
                values["aws:principalservicename"] = (caller.provider,)
        absent = _NO_EXTERNAL_ID if caller.kind is CallerKind.SERVICE else _NOTHING
        if principal is None or (trust is not None and lets_be_tagged(trust)):
            return Context(values, absent, is_open=True)
        for key, value in principal.tags:
            values[f"{_PRINCIPAL_TAGS}{key.lower()}"] = (value,)
        return Context(values, absent, is_open=True, complete=(_PRINCIPAL_TAGS,))

    def _account(self, account: str) -> Values:
        found = self._of_account.get(account)
        if found is None:
            facts = facts_of_account(self.snapshot, account) if self.snapshot.organization and account else {}
            known = {key.lower(): (v,) if isinstance(v, str) else v for key, v in facts.items()}
            found = self._of_account[account] = _OF_OTHERS | known
        return found


_OF_OTHERS: Values = {
    "aws:securetransport": ("true",),
    "aws:viaawsservice": ("false",),
    "aws:principalisawsservice": ("false",),
}
_OF_SERVICE: Values = _OF_OTHERS | {"aws:principalisawsservice": ("true",)}


def lets_be_tagged(trust: PolicyDocument) -> bool:
    """Whether sessions of a role may carry other tags than its own: its trust policy lets them be passed.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    return bool(statements_on(_TAG_SESSION, trust).allows)
