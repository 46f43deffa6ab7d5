"""Which of many ARNs may a pattern mean? An index that never leaves one out and is seldom far from the truth."""

from __future__ import annotations

from collections.abc import Iterable

from trustview.policy import matches


class ArnIndex:
    """Numbers of ARNs by account and by resource."""

    def __init__(self, arns: Iterable[str]) -> None:
        self._arns = tuple(arns)
        self._by_account: dict[str, dict[str, list[int]]] = {}
        self._by_resource: dict[str, list[int]] = {}
        self._odd: list[int] = []
        self._found: dict[str, frozenset[int]] = {}
        for number, arn in enumerate(self._arns):
            parts = arn.split(":", 5)
            if len(parts) < 6 or ":" in parts[5]:
                self._odd.append(number)
                continue
            self._by_account.setdefault(parts[4], {}).setdefault(parts[5], []).append(number)
            self._by_resource.setdefault(parts[5], []).append(number)

    def find(self, patterns: Iterable[str]) -> frozenset[int] | None:
        """The numbers of all ARNs that some of the patterns may match; None when that may be any."""
        found: list[frozenset[int]] = []
        for pattern in patterns:
            numbers = self._find(pattern)
            if numbers is None:
                return None
            found.append(numbers)
        return found[0] if len(found) == 1 else frozenset[int]().union(*found)

    def _find(self, pattern: str) -> frozenset[int] | None:
        parts = pattern.split(":", 5)
        # A wildcard may reach across colons: before the account nobody can say how far.
        if len(parts) < 6 or "${" in pattern or set("".join(parts[:4])) & set("*?"):
            return None
        if pattern not in self._found:
            self._found[pattern] = frozenset((*self._odd, *self._numbers(parts[4], parts[5])))
        return self._found[pattern]

    def _numbers(self, account: str, resource: str) -> Iterable[int]:
        is_wild = "*" in resource or "?" in resource
        if "*" in account or "?" in account:
            if not is_wild:
                return self._by_resource.get(resource, ())
            return [n for text, found in self._by_resource.items() if matches(resource, text) for n in found]
        of_account = self._by_account.get(account, {})
        if not is_wild:
            return of_account.get(resource, ())
        return [n for text, found in of_account.items() if matches(resource, text) for n in found]
