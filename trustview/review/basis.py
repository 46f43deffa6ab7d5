"""Basis: what a decision stands on: each grant of an item as it was written, whom it let in and what its role could do.

THE ONE PLACE that says what a decision is bound to. A basis is kept as text beside the journal, under the digest that
the decision names; the own account's id is taken out, so that a fleet of any size is described once.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from trustview.analysis import (
    Access,
    Analysis,
    Finding,
    Grant,
    Party,
    Privilege,
    ReachKind,
    Severity,
    Subject,
    SubjectKind,
    identity_texts,
    likeness,
    make_template,
    managed_text,
    own_policy,
)
from trustview.policy import PrincipalElement, PrincipalForm
from trustview.review.review import ReviewItem
from trustview.snapshot import GuardrailKind, Role, Snapshot, User
from trustview.snapshot.codec import decode, encode

Facts = tuple[tuple[str, str], ...]
"""What is known of somebody or something, and its state: `("RCP `name` on the role's account", digest)`."""

# Of grants to more accounts than this, the guardrails of the callers stand as one digest.
_MOST_ACCOUNTS = 8


@dataclass(frozen=True, slots=True)
class Stand:
    """Grants that say and do the same in all of `accounts`; `role`, `principal` and `policy` are templates.

    `policy` is JSON: the statement with this principal alone, beside every Deny of the trust policy. `standing` is
    who comes: when it changes, somebody else is meant. `around` is what decided the effect besides the text:
    guardrails, OUs, the caller's own policies; it explains a change and is none by itself. Of what is no grant,
    `role` is the subject's id, `policy` its document, and there is no reach, privilege or party.
    """

    role: str
    principal: str
    policy: str
    accounts: tuple[str, ...]
    reach: ReachKind | None = None
    privilege: Privilege | None = None
    party: Party | None = None
    depends_on: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    standing: Facts = ()
    around: Facts = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """An item as it stood: its grants, and what was found on them."""

    stands: tuple[Stand, ...]
    checks: tuple[str, ...] = ()
    severity: Severity | None = None


def write_basis(basis: Basis) -> str:
    """The text that is kept: always the same for the same basis."""
    return json.dumps(encode(basis), ensure_ascii=True, separators=(",", ":"))


def read_basis(text: str) -> Basis:
    """The basis of a kept text; ValueError when it is none."""
    return decode(Basis, json.loads(text))


def digest_of(text: str) -> str:
    """What a kept text goes by."""
    return hashlib.sha256(text.encode()).hexdigest()


def item_bases(snapshot: Snapshot, analysis: Analysis, items: Iterable[ReviewItem]) -> Iterator[tuple[str, Basis]]:
    """The basis of every item, by its id, in their order."""
    surroundings = _Surroundings(Access(snapshot, settings=analysis.settings))
    findings = {finding.id: finding for finding in analysis.findings}
    for item in items:
        if item.grants:
            stands = _stands((analysis.grants_by_id[grant] for grant in item.grants), surroundings)
        else:
            stands = (_stand_of(findings[item.findings[0]], surroundings),)
        yield item.id, Basis(stands, item.checks, item.severity)


def _stands(grants: Iterable[Grant], surroundings: _Surroundings) -> tuple[Stand, ...]:
    accounts: dict[Stand, list[str]] = {}
    for grant in grants:

        def own(text: str, account: str = grant.account) -> str:
            return make_template(text, account)[0]

        stand = Stand(
            role=own(grant.role),
            principal=own(_named(grant.principal)),
            policy=surroundings.policy(grant),
            accounts=(),
            reach=grant.reach.kind,
            privilege=grant.privilege,
            party=grant.party,
            depends_on=tuple(sorted({key.lower() for key in grant.reach.depends_on})),
            blocked_by=tuple(sorted(set(grant.reach.blocked_by))),
            standing=surroundings.standing(grant),
            around=surroundings.around(grant),
        )
        accounts.setdefault(stand, []).append(grant.account)
    return tuple(_with_accounts(stand, tuple(sorted(set(found)))) for stand, found in accounts.items())


def _named(element: PrincipalElement) -> str:
    """A principal, the same however it is spelled: an account may stand as its id or as its root."""
    is_account = element.form is PrincipalForm.ACCOUNT
    return f"{element.kind} {f'account {element.account}' if is_account else element.value}"


def _with_accounts(stand: Stand, accounts: tuple[str, ...]) -> Stand:
    return Stand(
        stand.role, stand.principal, stand.policy, accounts, stand.reach, stand.privilege, stand.party,
        stand.depends_on, stand.blocked_by, stand.standing, stand.around,
    )  # fmt: skip


def _stand_of(finding: Finding, surroundings: _Surroundings) -> Stand:
    """What a finding hangs on that is no grant."""
    subject = finding.subject
    return Stand(subject.id, subject.kind.value, surroundings.document(subject), tuple(sorted(subject.places)))


@dataclass
class _Surroundings:
    """What stands around grants; asked once for everybody who is alike."""

    access: Access
    _policies: dict[tuple[str, int, str], str] = field(default_factory=dict)
    _standings: dict[tuple[str, tuple[str, ...], str], Facts] = field(default_factory=dict)
    _arounds: dict[tuple[str, tuple[str, ...], str], Facts] = field(default_factory=dict)

    def policy(self, grant: Grant) -> str:
        """The grant's own part of the trust policy, as a template; empty where the role is not known."""
        role = self.access.snapshot.roles_by_arn.get(grant.role)
        if role is None:
            return ""
        who = f"{grant.principal.kind} {make_template(grant.principal.value, grant.account)[0]}"
        key = (likeness(role.trust_policy, role.account), grant.statement, who)
        if key not in self._policies:
            text = own_policy(self.access.trust_policy(role), grant.statement, grant.principal)
            self._policies[key] = make_template(text, role.account)[0]
        return self._policies[key]

    def document(self, subject: Subject) -> str:
        """The document of a guardrail; empty for anything else."""
        return self._guardrails.get(subject.id, "") if subject.kind is SubjectKind.GUARDRAIL else ""

    @cached_property
    def _guardrails(self) -> dict[str, str]:
        organization = self.access.snapshot.organization
        return {policy.id: policy.document for policy in organization.guardrails} if organization else {}

    def standing(self, grant: Grant) -> Facts:
        """Who comes: the tier of our accounts, the approval of others, the unique id of a named principal."""
        key = (grant.account, grant.party_accounts, grant.principal.value)
        if key not in self._standings:
            self._standings[key] = tuple(self._standing(grant))
        return self._standings[key]

    def _standing(self, grant: Grant) -> Iterator[tuple[str, str]]:
        access = self.access
        yield "the role's account", f"of tier {access.tier(grant.account).name.lower()}"
        for account in grant.party_accounts:
            if access.snapshot.is_ours(account):
                if account != grant.account:
                    yield f"account {account}", f"of tier {access.tier(account).name.lower()}"
            else:
                yield f"account {account}", "approved" if access.is_approved(account) else "not approved"
        principal = self._principal(grant)
        if principal is not None and principal.account != grant.account:
            yield f"`{principal.arn}`", f"the principal with the id {principal.id}"

    def around(self, grant: Grant) -> Facts:
        """What decides the effect besides the text."""
        key = (grant.account, grant.party_accounts, grant.principal.value)
        if key not in self._arounds:
            self._arounds[key] = tuple(self._around(grant))
        return self._arounds[key]

    def _around(self, grant: Grant) -> Iterator[tuple[str, str]]:
        yield from self._unit("the role's account", grant.account)
        yield from self._of_account("the role's account", grant.account, GuardrailKind.RCP)
        callers = [account for account in grant.party_accounts if self.access.snapshot.is_ours(account)]
        told = [
            fact
            for account in callers
            for name in ["the role's account" if account == grant.account else f"account {account}"]
            for fact in (*self._unit(name, account), *self._of_account(name, account, GuardrailKind.SCP))
        ]
        if len(callers) > _MOST_ACCOUNTS:
            told = [("the SCPs and OUs of the callers' accounts", _short(repr(told)))]
        yield from (fact for fact in told if fact[0] != "the OU of the role's account")
        principal = self._principal(grant)
        if principal is not None:
            texts = (*identity_texts(self.access.snapshot, principal), principal.boundary)
            boundary = managed_text(self.access.snapshot, principal.boundary) if principal.boundary else ""
            yield f"what the policies of `{grant.principal.value}` say", _short("\x00".join((*texts, boundary)))

    def _unit(self, name: str, account: str) -> Iterator[tuple[str, str]]:
        organization = self.access.snapshot.organization
        if organization is not None and account in organization.accounts_by_id:
            yield f"the OU of {name}", "/".join(("Root", *organization.unit_names(account)))

    def _of_account(self, name: str, account: str, kind: GuardrailKind) -> Iterator[tuple[str, str]]:
        organization = self.access.snapshot.organization
        levels = organization.guardrails_of(account, kind) if organization else ()
        times = Counter((policy.name, policy.document) for level in levels for policy in level)
        for (policy, document), count in times.items():
            on_levels = f" on {count} levels" if count > 1 else ""
            yield f"{kind.name} `{policy}` on {name}", f"{_short(document)}{on_levels}"

    def _principal(self, grant: Grant) -> Role | User | None:
        snapshot, value = self.access.snapshot, grant.principal.value
        return (
            snapshot.roles_by_arn.get(value) or snapshot.users_by_arn.get(value) or snapshot.principals_by_id.get(value)
        )


def _short(text: str) -> str:
    """A digest for comparing: nobody reads it."""
    return f"#{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
