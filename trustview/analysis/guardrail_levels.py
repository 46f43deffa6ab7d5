"""Which SCPs bind a caller's account, and which RCPs a role's? Level by level, from the root down. THE ONE PLACE.

None for outsiders and for the management account.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trustview.analysis.policy_sets import ALLOWS_ALL
from trustview.policy import Level, Statement, read_policy
from trustview.snapshot import GuardrailKind, Snapshot

Texts = tuple[tuple[str, ...], ...]
GuardrailKey = int
_Place = tuple[str, GuardrailKind]


@dataclass(slots=True)
class GuardrailLevels:
    """The guardrails of a snapshot's organization, ready for questions about accounts."""

    snapshot: Snapshot
    _texts: dict[_Place, Texts] = field(default_factory=dict)
    _levels: dict[_Place, tuple[Level, ...]] = field(default_factory=dict)
    _read: dict[Texts, tuple[Level, ...]] = field(default_factory=dict)
    _keys: dict[_Place, GuardrailKey] = field(default_factory=dict)
    # For each level the place where it hangs and the ids of its policies.
    _numbers: dict[tuple[tuple[str, ...], ...], GuardrailKey] = field(default_factory=dict)

    def texts(self, account: str, kind: GuardrailKind) -> Texts:
        """The texts of the policies that bind an account."""
        organization = self.snapshot.organization
        if organization is None:
            return ()
        if (account, kind) not in self._texts:
            # AWS lets no level be without a policy of a kind in use: an empty one was not read, and nothing may be
            # concluded from it, least of all that it shuts everybody out.
            self._texts[account, kind] = tuple(
                tuple(policy.document for policy in level) or (ALLOWS_ALL,)
                for level in organization.guardrails_of(account, kind)
            )
        return self._texts[account, kind]

    def of(self, account: str, kind: GuardrailKind) -> tuple[Level, ...]:
        """The policies that bind an account, read; the same value for accounts that the same ones bind."""
        found = self._levels.get((account, kind))
        if found is None:
            texts = self.texts(account, kind)
            if texts not in self._read:
                self._read[texts] = tuple(tuple(map(read_policy, level)) for level in texts)
            found = self._levels[account, kind] = self._read[texts]
        return found

    def key(self, account: str, kind: GuardrailKind) -> GuardrailKey:
        """A number that is equal for accounts that the same guardrails bind, at the same places of the tree."""
        found = self._keys.get((account, kind))
        if found is None:
            organization = self.snapshot.organization
            levels = organization.guardrails_of(account, kind) if organization else ()
            places = organization.path_to(account)[:-1] if organization else ()
            # Reasons name the place: an account counts as one when more hangs on it than what allows everything.
            is_plain = not levels or all(
                allows_everything(statement)
                for policy in levels[-1]
                for statement in read_policy(policy.document).statements
            )
            own = ("" if is_plain else account,)
            hung = tuple(
                (place, *(policy.id for policy in level)) for place, level in zip((*places, *own), levels, strict=False)
            )
            found = self._keys[account, kind] = self._numbers.setdefault(hung, len(self._numbers))
        return found

    def name(self, account: str, kind: GuardrailKind, level: int, document: int) -> str:
        """The name of the guardrail that a reason points at, with the place where it hangs."""
        organization = self.snapshot.organization
        if organization is None:
            return kind.name
        policy = organization.guardrails_of(account, kind)[level][document]
        target = organization.path_to(account)[level]
        unit = organization.units_by_id.get(target)
        return f"{kind.name} `{policy.name}` at {unit.name if unit else self.snapshot.account_name(target)}"


def allows_everything(statement: Statement) -> bool:
    """Whether a statement allows every action on everything, whatever is asked."""
    return (
        statement.is_allow
        and statement.actions == statement.resources == ("*",)
        and not (statement.not_actions or statement.not_resources or statement.conditions)
    )
