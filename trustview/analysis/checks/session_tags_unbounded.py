"""Tags that callers put on their own sessions, or on themselves, where policies believe them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import passes_when_absent
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated, listed
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import first_of, remove_action, require
from trustview.analysis.mend_by_use import list_tags_seen
from trustview.analysis.permissions import may_do
from trustview.analysis.remediation import Change
from trustview.policy import ASSUME_ROLE, Condition, PrincipalForm, Privilege, Statement, matches
from trustview.snapshot import GuardrailKind, Role, User

_TAG_SESSION = "sts:TagSession"
_PRINCIPAL_TAG = re.compile(r"aws:PrincipalTag/([^}\"',]+)", re.IGNORECASE)


@check(Severity.MEDIUM)
def session_tags_unbounded(access: Access) -> Iterator[Evidence]:
    """Callers choose the tags on which access rests.

    Why: `sts:TagSession` lets the caller tag its session, and a session tag wins over the role's own tag. Policies that
    test `aws:PrincipalTag` then believe whatever the caller wrote: one customer, team or project can pass for another.
    A trust policy that tests a tag of the caller is no better where callers may tag themselves.

    Fix: bound the values with `aws:RequestTag/KEY` and the keys with `aws:TagKeys`, or do not allow `sts:TagSession`;
    deny `iam:TagRole` and `iam:TagUser` with that tag to all but those who give it.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    # Who may tag itself gets in with a tag that it has not got today: a grant that looks dead is none.
    for grant in access.kinds.grants(lambda kind: any(map(_believes_tag, kind.conditions))):
        yield from _tagged_by_themselves(access, grant)
    for grant in access.kinds.living(lambda kind: kind.actions == (ASSUME_ROLE,) and kind.principal.kind != "Service"):
        if not _may_tag(access, grant):
            continue
        free = sorted(_believed(access, access.role(grant.role)) - _bounded(access, grant))
        if free:
            tags = ", ".join(f"`{tag}`" for tag in free)
            because = f"the caller chooses the session tags, and policies here believe {tags}"
            changes, instead = first_of(*_mends(access, grant, tuple(free)))
            yield Evidence((grant,), (because,), changes=changes, instead=instead)


def _mends(access: Access, grant: Grant, free: tuple[str, ...]) -> Iterator[tuple[Change, ...]]:
    """Only the tags that were seen and nobody believes, only the caller's own values, or no tags at all."""
    document = access.trust_policy(access.role(grant.role))
    tagging = [s for s in document.allows if _allows_tagging(s) and grant.principal in s.principals]
    seen = list_tags_seen(access, grant, free)
    if seen:
        yield tuple(require(s.index, "ForAllValues:StringEquals", "aws:TagKeys", seen) for s in tagging)
    if document.substitutes_variables:
        yield tuple(
            require(s.index, "StringEqualsIfExists", f"aws:RequestTag/{tag}", (f"${{aws:PrincipalTag/{tag}}}",))
            for s in tagging for tag in free
        )  # fmt: skip
    named = [s for s in tagging if not s.not_actions and any(a.lower() == _TAG_SESSION.lower() for a in s.actions)]
    if len(named) == len(tagging):
        yield tuple(remove_action(s.index, _TAG_SESSION) for s in named)


def _tagged_by_themselves(access: Access, grant: Grant) -> Iterator[Evidence]:
    """Trust in a tag of the caller that callers, administrators aside, may put on themselves."""
    for condition in filter(_believes_tag, grant.conditions):
        tag = condition.key.partition("/")[2]
        able = tuple(p.arn for p in _behind(access, grant) if _may_take(access, p, tag, condition.values))
        if able:
            because = f"`{condition.key}` is believed, and {listed(able)} may put that tag on themselves"
            yield Evidence((grant,), (because,))


def _believes_tag(condition: Condition) -> bool:
    is_about = condition.key.lower().partition("/")[0] == "aws:principaltag"
    return is_about and not is_negated(condition) and not passes_when_absent(condition)


def _behind(access: Access, grant: Grant) -> Iterator[Role | User]:
    """The principals of ours whom a grant lets come."""
    if grant.principal.form in (PrincipalForm.ROLE, PrincipalForm.USER):
        snapshot = access.snapshot
        found = snapshot.roles_by_arn.get(grant.principal.value) or snapshot.users_by_arn.get(grant.principal.value)
        yield from (found,) if found else ()
    elif grant.principal.form in (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE):
        for account in grant.party_accounts:
            facts = access.snapshot.facts_by_account.get(account)
            if facts:
                yield from facts.roles
                yield from facts.users


def _may_take(access: Access, principal: Role | User, tag: str, values: tuple[str, ...]) -> bool:
    if access.privilege(principal) is Privilege.ADMIN or not access.may_ask(principal):
        return False
    action = "iam:TagRole" if isinstance(principal, Role) else "iam:TagUser"
    wanted = values[0] if values else ""
    return may_do(access, principal, action, principal.arn, {f"aws:RequestTag/{tag}": wanted, "aws:TagKeys": (tag,)})


def _may_tag(access: Access, grant: Grant) -> bool:
    """Whether the principal of a grant may also tag its session, by whatever statement."""
    document = access.trust_policy(access.role(grant.role))
    return any(_allows_tagging(s) and grant.principal in s.principals for s in document.allows)


def _allows_tagging(statement: Statement) -> bool:
    is_meant = any(matches(pattern, _TAG_SESSION, ignore_case=True) for pattern in statement.actions)
    return is_meant != statement.not_actions


def _bounded(access: Access, grant: Grant) -> frozenset[str]:
    """The tags whose value no statement leaves to the caller."""
    document = access.trust_policy(access.role(grant.role))
    tagging = [s for s in document.allows if _allows_tagging(s) and grant.principal in s.principals]
    bounded = [{tag for condition in s.conditions for tag in _bounded_by(condition)} for s in tagging]
    keys = [condition for s in tagging for condition in s.conditions if _lists_keys(condition)]
    unlisted = _believed(access, access.role(grant.role)) - {v.lower() for c in keys for v in c.values} if keys else ()
    return frozenset(set.intersection(*bounded) if bounded else ()) | frozenset(unlisted)


def _bounded_by(condition: Condition) -> Iterator[str]:
    prefix, _, tag = condition.key.lower().partition("/")
    if prefix == "aws:requesttag" and not is_negated(condition) and not set(condition.values) & {"*"}:
        yield tag


def _lists_keys(condition: Condition) -> bool:
    """Whether no other keys than those listed may be sent."""
    return (
        condition.key.lower() == "aws:tagkeys" and condition.quantifier == "ForAllValues" and not is_negated(condition)
    )


def _believed(access: Access, role: Role) -> frozenset[str]:
    """The principal tags that the role's policies, or the guardrails above it, test or put in."""
    documents = [*(policy.document for policy in role.inline)]
    documents += [access.snapshot.policies_by_arn[arn].document for arn in (*role.attached, role.boundary)
                  if arn in access.snapshot.policies_by_arn]  # fmt: skip
    organization = access.snapshot.organization
    if organization is not None:
        levels = organization.guardrails_of(role.account, GuardrailKind.SCP)
        documents += [policy.document for level in levels for policy in level]
    speaking = [text for text in documents if "principaltag" in text.lower()]
    return frozenset(tag.lower() for text in speaking for tag in _PRINCIPAL_TAG.findall(text))
