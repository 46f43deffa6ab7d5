"""PolicySet: the policies that hang on a principal; one value for all on whom the same ones hang, each of its account.

An organization has hundreds of thousands of principals and few sets. What depends on a principal's policies alone is
worked out once for its set, or once for its set and account where they name the account. THE ONE PLACE that reads them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from trustview.analysis.attachments import attached_to, managed_text
from trustview.analysis.skeleton import Skeleton, is_plain, skeleton_of
from trustview.analysis.template import ANY_ACCOUNT, is_shareable, likeness, names_own, read_for
from trustview.analysis.terms import assuming_part, speaks_of_assuming
from trustview.policy import PolicyDocument
from trustview.snapshot import Role, Snapshot, User

ALLOWS_ALL = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
_ADMINISTRATOR = ":policy/AdministratorAccess"
_SILENT = PolicyDocument()


@dataclass(frozen=True, slots=True, eq=False)
class PolicySet:
    """Policies by their likeness (see `template.py`); `boundary` is empty without one.

    `own` are the ARNs of managed policies and groups. `is_unread`: some policy was not read. `is_admin`: AWS's
    administrator policy is among those. `names_account`: what it says on assuming roles, or its boundary, differs from
    account to account. `speaking` says of each identity policy whether it says something on assuming roles.
    `skeletons` are the identity policies without the ARNs that they name, and `arns` these; None where one has none.
    """

    number: int
    identity: tuple[str, ...]
    boundary: str
    own: tuple[str, ...]
    is_unread: bool
    is_admin: bool
    names_account: bool
    speaking: tuple[bool, ...]
    skeletons: tuple[str, ...] | None
    arns: tuple[str, ...]

    @property
    def told(self) -> tuple[str, ...]:
        """The identity policies up to the last that says something on assuming roles; empty for those that say nothing.

        Reasons count policies.
        """
        last = max((place for place, speaks in enumerate(self.speaking) if speaks), default=-1)
        told = zip(self.identity[: last + 1], self.speaking, strict=False)
        return tuple([like if speaks else "" for like, speaks in told])


@dataclass(slots=True)
class PolicySets:
    """The policy sets of a snapshot's principals."""

    snapshot: Snapshot
    _sets: dict[Hashable, PolicySet] = field(default_factory=dict)
    _of_principal: dict[str, PolicySet] = field(default_factory=dict)
    _identity: dict[tuple[int, str], tuple[PolicyDocument, ...]] = field(default_factory=dict)
    _assuming: dict[tuple[int, str], tuple[PolicyDocument, ...]] = field(default_factory=dict)
    _speaking: dict[str, bool] = field(default_factory=dict)
    _plain: dict[str, str] = field(default_factory=dict)

    def of(self, principal: Role | User) -> PolicySet:
        """The set of a principal."""
        found = self._of_principal.get(principal.arn)
        if found is None:
            found = self._of_principal[principal.arn] = self._find(principal)
        return found

    def _find(self, principal: Role | User) -> PolicySet:
        snapshot, account = self.snapshot, principal.account
        attached = attached_to(snapshot, principal)
        boundary = managed_text(snapshot, principal.boundary) if principal.boundary else ""
        is_unread, managed = attached.is_unread, attached.managed
        key = (
            tuple([likeness(text, account) for text in attached.texts]),
            likeness(boundary, account) if boundary else "",
            tuple([likeness(arn, account) for arn in attached.owned]),
            is_unread,
            # AWS's administrator policy says the same everywhere: it need not have been read.
            is_unread and any(arn.endswith(_ADMINISTRATOR) and not managed_text(snapshot, arn) for arn in managed),
        )
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = self._make(key, account)
        return found

    def _make(self, key: tuple[tuple[str, ...], str, tuple[str, ...], bool, bool], account: str) -> PolicySet:
        identity, boundary, *_ = key
        bones = [self._bones(like) for like in identity]
        texts = [bone.text if bone else like for bone, like in zip(bones, identity, strict=True)]
        read = zip(texts, identity, strict=True)
        speaking = tuple([self._speaks_of_assuming(text, like, account) for text, like in read])
        told = [like for like, speaks in zip(identity, speaking, strict=True) if speaks]
        arns = tuple([arn for bone in bones if bone for arn in bone.arns])
        skeletons = tuple(texts) if all(bones) else None
        return PolicySet(len(self._sets), *key, any(map(names_own, (*told, boundary))), speaking, skeletons, arns)

    def _bones(self, like: str) -> Skeleton | None:
        """The skeleton of a policy that names nothing but ARNs."""
        found = skeleton_of(like) if is_shareable(like) else None
        if found is None:
            return None
        if found.text not in self._plain:
            self._plain[found.text] = found.text if is_plain(found, read_for(like, ANY_ACCOUNT)) else ""
        # One value for all policies of a skeleton.
        text = self._plain[found.text]
        return Skeleton(text, found.arns) if text else None

    def _speaks_of_assuming(self, text: str, like: str, account: str) -> bool:
        """Whether some statement means the assuming of roles: neither account nor ARNs make a difference to that."""
        if text not in self._speaking:
            self._speaking[text] = speaks_of_assuming(read_for(like, ANY_ACCOUNT if is_shareable(like) else account))
        return self._speaking[text]

    # ── documents ────────────────────────────────────────────────────────────────────────────────────────────

    def identity(self, principal: Role | User) -> tuple[PolicyDocument, ...]:
        """The identity policies that were read, the groups' included."""
        own, account = self.of(principal), principal.account
        key = (own.number, account if any(map(names_own, own.identity)) else "")
        if key not in self._identity:
            self._identity[key] = tuple(read_for(like, account) for like in own.identity)
        return self._identity[key]

    def assuming(self, principal: Role | User) -> tuple[PolicyDocument, ...]:
        """What they say on assuming roles; one that says nothing stands as an empty one where others follow."""
        own, account = self.of(principal), principal.account
        key = (own.number, account if own.names_account else "")
        found = self._assuming.get(key)
        if found is None:
            found = self._assuming[key] = tuple(
                [assuming_part(read_for(like, account)) if like else _SILENT for like in own.told]
            )
        return found

    def boundary(self, principal: Role | User) -> PolicyDocument | None:
        """The permissions boundary; None when there is none or it was not read."""
        like = self.of(principal).boundary
        return read_for(like, principal.account) if like else None
