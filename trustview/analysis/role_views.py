"""RoleViews: which roles look alike to a power? Roles that none of its policies names are not looked at one by one."""

from __future__ import annotations

from collections.abc import Iterable

from trustview.analysis.access import Access
from trustview.analysis.arn_index import ArnIndex
from trustview.analysis.grant import Grant
from trustview.analysis.lens import Lens, View
from trustview.analysis.power import Power
from trustview.snapshot import Role


class RoleViews:
    """Some roles, numbered in their order, as powers see them; powers of one sight see the same."""

    def __init__(self, access: Access, roles: Iterable[Role]) -> None:
        self._access = access
        self._numbers = {role.arn: number for number, role in enumerate(roles)}
        self._index = ArnIndex(self._numbers)
        self._views: dict[int, dict[str, View]] = {}
        self._may_name: dict[int, tuple[frozenset[int] | None, ...]] = {}

    def number(self, arn: str) -> int:
        """The number of a role."""
        return self._numbers[arn]

    def numbers_of(self, account: str) -> frozenset[int]:
        """The numbers of the roles of an account."""
        facts = self._access.snapshot.facts_by_account.get(account)
        arns = [role.arn for role in facts.roles] if facts else []
        return frozenset([self._numbers[arn] for arn in arns if arn in self._numbers])

    def find(self, patterns: Iterable[str]) -> frozenset[int] | None:
        """The numbers of all roles that some of the patterns may name; None when that may be any."""
        return self._index.find(patterns)

    def view(self, power: Power, arn: str) -> View:
        """All that a power sees of a role."""
        lens = power.lens
        if not _looks_at_names_alone(lens):
            return self._look(power, arn)
        number = self._numbers[arn]
        tests = zip(self._named_by(power), lens.named, strict=True)
        return tuple([(numbers is None or number in numbers) and is_named(arn) for numbers, is_named in tests])

    def _look(self, power: Power, arn: str) -> View:
        views = self._views.setdefault(power.sight, {})
        found = views.get(arn)
        if found is None:
            lens = power.lens
            found = views[arn] = self._access.view_of_role(lens, self._access.role(arn), lens.accounts)
        return found

    def alike(self, power: Power, grants: list[Grant]) -> list[list[Grant]]:
        """Grants of roles, those together of which a power sees the same."""
        numbers = [self._numbers[grant.role] for grant in grants]
        told, others, by_view = self._told_apart(power, numbers), list[Grant](), dict[View, list[Grant]]()
        for number, grant in zip(numbers, grants, strict=True):
            if number in told:
                by_view.setdefault(self.view(power, grant.role), []).append(grant)
            else:
                others.append(grant)
        return [*by_view.values(), others] if others else list(by_view.values())

    def _told_apart(self, power: Power, numbers: list[int]) -> frozenset[int]:
        """Which of some roles a power may tell from the others."""
        asked = frozenset(numbers)
        if not _looks_at_names_alone(power.lens):
            return asked
        return frozenset[int]().union(*[asked if may is None else may & asked for may in self._named_by(power)])

    def _named_by(self, power: Power) -> tuple[frozenset[int] | None, ...]:
        """Of each list of resources that a power looks at, the numbers of the roles that it may name."""
        found = self._may_name.get(power.sight)
        if found is None:
            found = self._may_name[power.sight] = tuple(map(self.find, power.lens.resources))
        return found


def _looks_at_names_alone(lens: Lens) -> bool:
    """Whether all that a lens sees of a role is which of some patterns its ARN matches."""
    return not lens.sees_arn and not lens.reads_keys_of_role(lens.accounts)
