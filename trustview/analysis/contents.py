"""Which content a role may read, and where it may write: what the checks on permission scope share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from trustview.analysis.access import Access
from trustview.policy import PolicyDocument, Statement
from trustview.policy.catalog import actions_meant, catalog
from trustview.snapshot import Role

# What people know best stands first in a sentence.
_TELLING = (
    "s3:GetObject", "dynamodb:GetItem", "dynamodb:Scan", "secretsmanager:GetSecretValue", "ssm:GetParameter",
    "kms:Decrypt", "sqs:ReceiveMessage", "logs:GetLogEvents",
)  # fmt: skip


def contents_read(documents: tuple[PolicyDocument, ...], boundary: PolicyDocument | None) -> tuple[str, ...]:
    """The actions on content that identity policies allow somewhere, the boundary counted; the best known first."""
    found = 0
    for document in documents:
        found |= _contents_of(document).allowed
    for document in documents:
        found &= ~_contents_of(document).denied
    if boundary is not None:
        found &= _contents_of(boundary).allowed
    names = tuple(catalog().listed(found))
    return tuple(sorted(names, key=lambda name: (_TELLING.index(name) if name in _TELLING else len(_TELLING), name)))


def contents_read_by(access: Access, role: Role) -> tuple[str, ...]:
    """The actions on content that a role may do; the same for all roles of a policy set."""
    memory, own = access.memory.setdefault("contents read", {}), access.policies.of(role).number
    if own not in memory:
        memory[own] = contents_read(access.identity_policies(role), access.boundary(role))
    found: tuple[str, ...] = memory[own]
    return found


def services_written_anywhere(access: Access, role: Role) -> tuple[str, ...]:
    """The services in which a role may change something, on every resource and without a condition; as above."""
    memory, own = access.memory.setdefault("services written", {}), access.policies.of(role).number
    if own not in memory:
        memory[own] = _services_written_by(access.identity_policies(role))
    found: tuple[str, ...] = memory[own]
    return found


def _services_written_by(documents: tuple[PolicyDocument, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for document in documents:
        for statement in document.allows:
            if "*" in statement.resources and not statement.not_resources and not statement.conditions:
                found |= dict.fromkeys(_services_written(statement.actions, inverted=statement.not_actions))
    return tuple(found)


@lru_cache(maxsize=4096)
def _services_written(actions: tuple[str, ...], *, inverted: bool) -> tuple[str, ...]:
    changing = actions_meant(actions, inverted=inverted) & catalog().changing
    return tuple(dict.fromkeys(name.partition(":")[0] for name in catalog().listed(changing)))


@dataclass(frozen=True, slots=True)
class _Contents:
    """The actions on content that one policy allows somewhere, and those that it denies everywhere, as sets."""

    allowed: int
    denied: int


# An organization has few distinct policies, some of them with a thousand actions: each is read once.
@lru_cache(maxsize=4096)
def _contents_of(document: PolicyDocument) -> _Contents:
    everywhere = tuple(s for s in document.denies if not s.conditions and "*" in s.resources)
    return _Contents(_contents_in(document.allows), _contents_in(everywhere))


def _contents_in(statements: tuple[Statement, ...]) -> int:
    found = 0
    for statement in statements:
        found |= actions_meant(statement.actions, inverted=statement.not_actions)
    return found & catalog().content
