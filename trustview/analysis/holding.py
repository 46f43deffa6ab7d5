"""Holding: what hangs on a role, what each of its policies gives, and which guardrails are above it. THE ONE PLACE.

Each identity policy is judged alone, as if nothing else were there: what is given by two policies together shows in the
verdict on the whole, within boundary and SCPs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from trustview.analysis.attachments import attached_to, managed_text
from trustview.analysis.caller_facts import facts_of
from trustview.analysis.guardrail_levels import GuardrailLevels, allows_everything
from trustview.analysis.policy_sets import PolicySets
from trustview.analysis.privileges import Privileges
from trustview.policy import (
    CallerKind,
    PolicyDocument,
    PolicyStack,
    PrivilegeVerdict,
    Statement,
    judge_privilege,
    read_policy,
)
from trustview.policy.catalog import actions_meant
from trustview.policy.permission import Holder
from trustview.snapshot import GuardrailKind, Role, Snapshot


class HeldKind(StrEnum):
    """How a policy hangs on a role, or above it."""

    INLINE = "inline policy"
    MANAGED = "managed policy"
    BOUNDARY = "permissions boundary"
    SCP = "SCP"
    RCP = "RCP"

    @property
    def is_identity(self) -> bool:
        """Whether it gives something; the others only limit."""
        return self in (HeldKind.INLINE, HeldKind.MANAGED)


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """One policy. `place` is the id of the OU or account where a guardrail hangs; `document` is empty when unread.

    `verdict` says what an identity policy gives by itself; None for what only limits. `deciding` are the statements
    (from 0) that this rests on; of a guardrail or boundary those Denies that take away what the identity policies give,
    of an RCP those that bear on assuming the role. `is_plain`: a guardrail that allows everything and limits nothing.
    """

    kind: HeldKind
    name: str
    document: str
    place: str = ""
    arn: str = ""
    verdict: PrivilegeVerdict | None = None
    deciding: tuple[int, ...] = ()
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """All policies of a role, its own first; `verdict` is on all of them together, within boundary and SCPs.

    `is_unread`: some identity policy was not read, and may give anything.
    """

    verdict: PrivilegeVerdict
    policies: tuple[HeldPolicy, ...]
    is_unread: bool = False


def read_holding(snapshot: Snapshot, role: Role) -> Holding:
    """What a role of the snapshot holds; of its account's facts the role and its policies are enough."""
    judged = Privileges(snapshot, PolicySets(snapshot), GuardrailLevels(snapshot))
    own = tuple(_identity(snapshot, role))
    given = 0
    for policy in own:
        for statement in read_policy(policy.document).allows if policy.document else ():
            given |= actions_meant(statement.actions, inverted=statement.not_actions)
    limits = (*_boundary(snapshot, role, given), *_guardrails(snapshot, role, given))
    return Holding(judged.verdict(role), (*own, *limits), attached_to(snapshot, role).is_unread)


def _identity(snapshot: Snapshot, role: Role) -> Iterator[HeldPolicy]:
    for policy in role.inline:
        yield _given(snapshot, role, HeldPolicy(HeldKind.INLINE, policy.name, policy.document))
    for arn in role.attached:
        name = arn.rpartition("/")[2]
        yield _given(snapshot, role, HeldPolicy(HeldKind.MANAGED, name, managed_text(snapshot, arn), arn=arn))


def _given(snapshot: Snapshot, role: Role, policy: HeldPolicy) -> HeldPolicy:
    if not policy.document:
        return policy
    told = tuple((k.lower(), (v,) if isinstance(v, str) else v) for k, v in facts_of(snapshot, role).items())
    holder = Holder(CallerKind.ROLE, role.arn, told, role.attached)
    verdict = judge_privilege(PolicyStack(PolicyDocument(), (read_policy(policy.document),)), holder)
    ways = (*verdict.permissions, *(one for path in verdict.escalations for one in path.permissions))
    deciding = {reason.statement for way in ways for reason in way.reasons if reason.statement >= 0}
    return HeldPolicy(
        policy.kind, policy.name, policy.document, policy.place, policy.arn, verdict, tuple(sorted(deciding))
    )


def _boundary(snapshot: Snapshot, role: Role, given: int) -> Iterator[HeldPolicy]:
    if role.boundary:
        text = managed_text(snapshot, role.boundary)
        name = role.boundary.rpartition("/")[2]
        yield HeldPolicy(HeldKind.BOUNDARY, name, text, arn=role.boundary, deciding=_denying(text, given))


def _guardrails(snapshot: Snapshot, role: Role, given: int) -> Iterator[HeldPolicy]:
    """The SCPs on what it does and the RCPs on who becomes it, from the root down; none for service-linked roles."""
    organization = snapshot.organization
    if organization is None or role.is_service_linked:
        return
    assuming = actions_meant(("sts:*",), inverted=False)
    for kind, held, actions in (
        (GuardrailKind.SCP, HeldKind.SCP, given),
        (GuardrailKind.RCP, HeldKind.RCP, assuming),
    ):
        levels = organization.guardrails_of(role.account, kind)
        for place, level in zip(organization.path_to(role.account), levels, strict=False):
            for policy in level:
                deciding, is_plain = _denying(policy.document, actions), _is_plain(policy.document)
                yield HeldPolicy(held, policy.name, policy.document, place, deciding=deciding, is_plain=is_plain)


def _denying(text: str, actions: int) -> tuple[int, ...]:
    """The statements of a limit that take away some of these actions: Denies, and Allows that are not of everything."""
    statements = read_policy(text).statements if text else ()
    opens = any(map(allows_everything, statements))
    return tuple(number for number, one in enumerate(statements) if _limits(one, actions, is_open=opens))


def _limits(statement: Statement, actions: int, *, is_open: bool) -> bool:
    if statement.is_allow:
        return not is_open
    return bool(actions_meant(statement.actions, inverted=statement.not_actions) & actions)


def _is_plain(text: str) -> bool:
    return bool(text) and all(map(allows_everything, read_policy(text).statements))
