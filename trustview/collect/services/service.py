"""Service: one AWS API, or one question to it, as the collector asks and reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trustview.collect.evidence_source import SourceKind
from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.snapshot import Organization, Snapshot


class Extent(StrEnum):
    """How often a service is asked.

    Once for the organization, once about each account and OU (by the caller, from outside), in each account, in each
    enabled Region of each account; or once where the evidence of all of them lies.
    """

    ORGANIZATION = "organization"
    ABOUT = "about"
    ACCOUNT = "account"
    REGION = "region"
    EVIDENCE = "evidence"


# ── where ────────────────────────────────────────────────────────────────────────────────────────────────────────


def everywhere(_organization: Organization | None, _account: str, _own: str) -> bool:
    """In every account."""
    return True


def in_homes_of(principal: str) -> Callable[[Organization | None, str, str], bool]:
    """In the management account and in the delegated administrators of this service principal.

    Without an organization any account may be one.
    """

    def is_at(organization: Organization | None, account: str, _own: str) -> bool:
        return organization is None or account in _homes(organization, principal)

    return is_at


def in_one_home_of(principal: str) -> Callable[[Organization | None, str, str], bool]:
    """In one account that can answer for the organization: the caller's own if it can, else the management account."""

    def is_at(organization: Organization | None, account: str, own: str) -> bool:
        if organization is None:
            return True
        return account == (own if own in _homes(organization, principal) else organization.management_account)

    return is_at


def _homes(organization: Organization, principal: str) -> set[str]:
    delegates = (account for account, service in organization.delegated if service == principal)
    return {organization.management_account, *delegates}


# ── whether ──────────────────────────────────────────────────────────────────────────────────────────────────────


def always(_scope: Scope, _name: str) -> bool:
    """Whatever the scope."""
    return True


def unless_left_out(scope: Scope, name: str) -> bool:
    """Unless the scope leaves it out by its name."""
    return name not in scope.without


def for_evidence(kind: SourceKind) -> Callable[[Scope, str], bool]:
    """When the scope asks this kind of source for evidence of use."""

    def is_asked(scope: Scope, _name: str) -> bool:
        return scope.asks(kind)

    return is_asked


def whatever_is_trusted(_trust_policies: Iterable[str] | None) -> bool:
    """Whatever the roles of the account trust."""
    return True


def where_trusted(principal: str) -> Callable[[Iterable[str] | None], bool]:
    """Where a trust policy may name a principal that begins so; where the roles are not known, it may.

    Nobody becomes a role through a service that no role trusts: so that is not asked, and is no gap.
    """

    def is_of_use(trust_policies: Iterable[str] | None) -> bool:
        return trust_policies is None or any(_may_name(policy, principal) for policy in trust_policies)

    return is_of_use


def _may_name(policy: str, principal: str) -> bool:
    """Whether the text holds the principal, a wildcard, or an escape behind which either may stand."""
    return principal in policy or '"*"' in policy or "\\u" in policy


# ── the shape ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Service:
    """One question to AWS.

    `fetch` asks it and returns what to keep, JSON-ready; `read` is pure and makes values of one part; `join` puts the
    values of all parts into the snapshot. `client` is the SDK's name of the API. `is_at` says in which accounts it is
    asked, given the caller's own; `is_of_use` whether it is worth asking, given the trust policies of the account (None
    when they are not known); `choice` for which scopes. `not_asked` is the sentence of the gap for the others.
    A source of evidence that lies in one place has `try_out`: it asks little of what `fetch` asks, begins nothing that
    costs money, and says in a sentence what can be read; CallError when it cannot be.
    """

    name: str
    client: str
    extent: Extent
    fetch: Callable[[Reader, Scope], Awaitable[Any]]
    read: Callable[[Part], Any]
    join: Callable[[Snapshot, Sequence[Any]], Snapshot]
    is_at: Callable[[Organization | None, str, str], bool] = everywhere
    is_of_use: Callable[[Iterable[str] | None], bool] = whatever_is_trusted
    choice: Callable[[Scope, str], bool] = always
    not_asked: str = ""
    try_out: Callable[[Reader, Scope], Awaitable[str]] | None = None

    def is_asked(self, scope: Scope) -> bool:
        """Whether the scope asks for it."""
        return self.choice(scope, self.name)

    @property
    def is_in_few_accounts(self) -> bool:
        """Whether only some accounts of an organization can answer it."""
        return self.is_at is not everywhere

    @property
    def may_be_left_out(self) -> bool:
        """Whether a scope may leave it out by its name."""
        return self.choice is unless_left_out
