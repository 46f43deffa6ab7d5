"""Privilege: what a principal may do with its policies, in classes. THE ONE PLACE that tells them.

Admin: it may change the permissions of every role, so that it can give itself everything else. Escalating: the actions
of some escalation path are all allowed on things that matter. Else what its actions do: write, read content, read
configuration. Each class is asked of the engine, after boundary, SCPs and every Deny.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import chain
from operator import or_

from trustview.policy.catalog import (
    EscalationPath,
    PathCategory,
    actions_meant,
    catalog,
    escalation_paths,
    expand,
    is_unknown,
)
from trustview.policy.document import PolicyDocument, Statement
from trustview.policy.permission import Holder, Pairs, Permission, Permissions, Scope
from trustview.policy.privilege_class import Privilege
from trustview.policy.stack import PolicyStack


@dataclass(frozen=True, slots=True)
class Escalation:
    """One path that the policies open, with the permission that each of its actions has."""

    path: EscalationPath
    permissions: tuple[Permission, ...]

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The keys that it rests on; those that its actions are limited to come as `resource …`."""
        keys = {key for permission in self.permissions for key in permission.depends_on}
        limits = {f"resource {text}" for p in self.permissions if p.scope is Scope.PATTERN for text in p.limits}
        return tuple(sorted(keys | limits))

    @property
    def is_limited(self) -> bool:
        """Whether some action of it is allowed on named things alone: what those may do nobody says here."""
        return any(permission.scope is Scope.NAMED for permission in self.permissions)


@dataclass(frozen=True, slots=True)
class PrivilegeVerdict:
    """The class and what decided it.

    `permissions` are the actions, `escalations` the paths that gave it; `limited` are paths over named things only,
    which do not count by themselves. `depends_on` are keys that it rests on; empty for a class that is sure. `unknown`
    are action patterns of which AWS documents nothing.
    """

    privilege: Privilege
    permissions: tuple[Permission, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    limited: tuple[Escalation, ...] = ()
    depends_on: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


# Whoever may do these to every role and policy can give itself everything else.
_ADMIN_ACTIONS = (
    ("iam:PutRolePolicy", "arn:{partition}:iam::{account}:role/*"),
    ("iam:AttachRolePolicy", "arn:{partition}:iam::{account}:role/*"),
    ("iam:CreatePolicyVersion", "arn:{partition}:iam::{account}:policy/*"),
)
# Keys of AWS that speak of what is asked for; the other global ones speak of who asks, and when, and whence.
_KEYS_OF_THE_TARGET = ("aws:resource", "aws:requesttag/", "aws:tagkeys", "aws:calledvia", "aws:viaawsservice")


def judge_privilege(stack: PolicyStack, holder: Holder = Holder()) -> PrivilegeVerdict:  # noqa: B008
    """The class of the holder's policies together, within boundary and SCPs; `stack` needs no trust policy."""
    permissions = Permissions(holder, stack)
    allowed = _perhaps_allowed(permissions)
    unknown = _unknown(permissions)
    names = tuple(name for name, _ in unknown)
    escalations = tuple(_escalations(permissions, allowed))
    limited = tuple(found for found in escalations if found.is_limited)
    opened = tuple(sorted((found for found in escalations if not found.is_limited), key=_surest_first))
    admin = _admin(permissions, allowed)
    if admin:
        return PrivilegeVerdict(Privilege.ADMIN, admin, opened, limited, _joined(admin), names)
    if opened:
        deciding = opened[0].permissions
        return PrivilegeVerdict(Privilege.ESCALATING, deciding, opened, limited, _of_any(opened), names)
    others = (*(permission for _, permission in unknown), *_writing(permissions, allowed))
    for privilege, actions in _doing():
        found = _widest(permissions, allowed & actions, others if privilege is Privilege.WRITE else ())
        if found:
            return PrivilegeVerdict(privilege, (found,), (), limited, found.depends_on, names)
    return PrivilegeVerdict(Privilege.NONE, unknown=names)


# ── admin and escalation ─────────────────────────────────────────────────────────────────────────────────────────


def _admin(permissions: Permissions, allowed: int) -> tuple[Permission, ...]:
    """The permissions that make an administrator, or none: each anywhere, and whatever is asked for."""
    if not _are_in(allowed, _ADMIN_ACTIONS):
        return ()
    whatever = Permissions(permissions.holder, _without_targets(permissions.stack))
    found = []
    for action, kind in _ADMIN_ACTIONS:
        permission = whatever.find(action, kind)
        if permission is None or permission.scope is not Scope.ANYWHERE:
            return ()
        if any(_speaks_of_the_target(key) for key in permission.depends_on):
            return ()
        found.append(permission)
    return tuple(found)


def _without_targets(stack: PolicyStack) -> PolicyStack:
    """The policies without the Allows that hold for some targets alone: an administrator needs none of them."""

    def keep(document: PolicyDocument) -> PolicyDocument:
        kept = (
            statement
            for statement in document.statements
            if not statement.is_allow or not any(_speaks_of_the_target(test.key) for test in statement.conditions)
        )
        return replace(document, statements=tuple(kept))

    return replace(
        stack,
        identity=tuple(map(keep, stack.identity or ())),
        boundary=keep(stack.boundary) if stack.boundary else None,
        scps=tuple(tuple(map(keep, level)) for level in stack.scps),
    )


def _speaks_of_the_target(key: str) -> bool:
    name = key.lower()
    is_global = name.startswith(("aws:", "undocumented:"))
    return not is_global or name.startswith(_KEYS_OF_THE_TARGET)


def _escalations(permissions: Permissions, allowed: int) -> Iterator[Escalation]:
    for path in _paths_within(allowed & _asked_by_paths()):
        if path.category is PathCategory.BOUNDARY_REMOVAL and permissions.stack.boundary is None:
            continue
        found = _follow(permissions, path)
        if found:
            yield found


@lru_cache(maxsize=1)
def _paths() -> tuple[tuple[EscalationPath, int], ...]:
    """The paths that permissions alone can open, each with the actions that it needs as a set."""
    opened = (path for path in escalation_paths() if path.category is not PathCategory.TRUST)
    return tuple((path, _needed(path.needs)) for path in opened)


@lru_cache(maxsize=1024)
def _paths_within(allowed: int) -> tuple[EscalationPath, ...]:
    """The paths of which every action is in a set."""
    return tuple(path for path, wanted in _paths() if allowed & wanted == wanted) if allowed else ()


@lru_cache(maxsize=1)
def _asked_by_paths() -> int:
    """Every action that some path needs."""
    return reduce(or_, (wanted for _, wanted in _paths()))


def _are_in(allowed: int, needs: tuple[tuple[str, str], ...]) -> bool:
    """Whether all these actions are in a set, as far as AWS defines them."""
    wanted = _needed(needs)
    return allowed & wanted == wanted


@lru_cache(maxsize=1024)
def _needed(needs: tuple[tuple[str, str], ...]) -> int:
    return actions_meant(tuple(action for action, _ in needs), inverted=False)


def _follow(permissions: Permissions, path: EscalationPath) -> Escalation | None:
    """The path with its permissions; None as soon as one of them is surely missing."""
    found = []
    for action, kind in path.needs:
        services = path.passes_to if action == "iam:PassRole" else ()
        carried: list[Pairs] = [(("iam:PassedToService", service),) for service in services]
        ways = (permissions.find(action, kind, on_itself=path.on_itself, carrying=pairs) for pairs in carried or [()])
        open_ways = [way for way in ways if way]
        if not open_ways:
            return None
        found.append(min(open_ways, key=lambda way: way.rank))
    return Escalation(path, tuple(found))


def _surest_first(found: Escalation) -> tuple[bool, bool]:
    return bool(found.depends_on), bool(found.path.given)


def _of_any(escalations: tuple[Escalation, ...]) -> tuple[str, ...]:
    """The keys on which it rests that some path is open; none when one is open for sure."""
    if not all(found.depends_on for found in escalations):
        return ()
    return tuple(sorted({key for found in escalations for key in found.depends_on}))


def _joined(permissions: tuple[Permission, ...]) -> tuple[str, ...]:
    return tuple(sorted({key for permission in permissions for key in permission.depends_on}))


# ── what actions do ──────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def _doing() -> tuple[tuple[Privilege, int], ...]:
    """The classes of those who may gain nothing, most powerful first, each with the actions that give it."""
    known = catalog()
    return (
        (Privilege.WRITE, known.changing),
        (Privilege.READ_DATA, known.content),
        (Privilege.READ_CONFIG, known.reading),
    )


def _perhaps_allowed(permissions: Permissions) -> int:
    """The actions of which every layer speaks in some Allow, without those that a plain Deny takes from everything."""
    allowed = catalog().everything
    denied = 0
    for layer in permissions.layers:
        spoken = 0
        for statement in layer:
            actions = actions_meant(statement.actions, inverted=statement.not_actions)
            if statement.is_allow:
                spoken |= actions
            elif _is_plain(statement):
                denied |= actions
        allowed &= spoken
    return allowed & ~denied


def _is_plain(statement: Statement) -> bool:
    """Whether a statement means every resource in every request."""
    is_everywhere = not statement.resources or any(not text.strip("*") for text in statement.resources)
    return is_everywhere and not statement.not_resources and not statement.conditions


def _widest(permissions: Permissions, actions: int, others: Iterable[Permission] = ()) -> Permission | None:
    """The widest permission for one of the actions; one stands for all of which the same statements speak."""
    groups = [actions] if actions else []
    for layer in permissions.layers:
        for statement in layer:
            meant = actions_meant(statement.actions, inverted=statement.not_actions)
            groups = [part for group in groups for part in (group & meant, group & ~meant) if part]
    asked = (permissions.find(_telling(permissions, group)) for group in groups)
    best: Permission | None = None
    for found in chain(asked, others):
        if found and (best is None or found.rank < best.rank):
            best = found
            if not best.depends_on:
                break
    return best


def _telling(permissions: Permissions, group: int) -> str:
    """An action that stands for a group: one of a service whose resources the policies name, if there is one."""
    for service in permissions.services_named:
        if part := group & expand(f"{service}:*"):
            return next(catalog().listed(part))
    return next(catalog().listed(group))


def _writing(permissions: Permissions, allowed: int) -> Iterator[Permission]:
    """The permissions of actions that write or only read, by what the request carries."""
    for action, pair in catalog().writes_with.items():
        found = permissions.find(action, carrying=(pair,)) if expand(action) & allowed else None
        if found:
            yield found


def _unknown(permissions: Permissions) -> tuple[tuple[str, Permission], ...]:
    """The action patterns of which nobody knows what they do, and that may be allowed."""
    patterns = {
        pattern: None
        for statement in permissions.layers[0]
        if statement.is_allow and not statement.not_actions
        for pattern in statement.actions
        if is_unknown(pattern)
    }
    found = ((pattern, permissions.find(pattern.replace("*", "X").replace("?", "X"))) for pattern in patterns)
    return tuple((pattern, permission) for pattern, permission in found if permission)
