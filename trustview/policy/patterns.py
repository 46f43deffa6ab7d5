"""Patterns: the values of one policy element, read once; does a text of a request match one of them?

Resources and condition values alike: variables are put in per request, everything else is ready beforehand.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from trustview.policy.context_key import find_context_key
from trustview.policy.request import Request
from trustview.policy.truth import Truth, all_of, any_of, depends, truth, undocumented
from trustview.policy.wildcard import Tokens, Variable, Wild, substitute, variables


class Patterns:
    """Policy values cut into tokens, with the operator's test of those that have no variables.

    `silence` names what AWS does not document when the test answers None. Negated patterns ask that none match.
    """

    __slots__ = ("_answers", "_fixed", "_match_any", "_together", "_with_variables", "matches_whatever")

    def __init__(
        self,
        values: Iterable[Tokens],
        match_any: Callable[[Sequence[Tokens]], Callable[[str], bool | None]],
        silence: str = "",
        *,
        is_negated: bool = False,
    ) -> None:
        listed = list(values)
        self._match_any = match_any
        self._answers = {True: truth(not is_negated), False: truth(is_negated), None: undocumented(silence)}
        self._together = all_of if is_negated else any_of
        self._with_variables = [tokens for tokens in listed if variables(tokens)]
        self._fixed = match_any([tokens for tokens in listed if not variables(tokens)])
        self.matches_whatever = (Wild.ANY,) in listed

    def match(self, text: str, request: Request) -> Truth:
        """Whether one of them matches the text; a pattern with a variable that is null matches nothing."""
        if not self._with_variables:
            return self._answers[self._fixed(text)]
        return self._together([self._answers[self._fixed(text)], *self._filled(text, request)])

    def _filled(self, text: str, request: Request) -> Iterator[Truth]:
        for pattern in self._with_variables:
            filled, missing = _fill(pattern, request)
            if missing:
                yield depends(*missing)
            elif filled is not None:
                yield self._answers[self._match_any([filled])(text)]


def _fill(pattern: Tokens, request: Request) -> tuple[Tokens | None, tuple[str, ...]]:
    """The pattern with its variables put in, or None when one is null; and the keys of variables that are unknown."""
    unknown = tuple(key for variable in variables(pattern) for key in _unknown_in(variable, request))
    if unknown:
        return None, unknown

    def look_up(variable: Variable) -> str | None:
        values = request.context.look_up(variable.key, request.caller).values
        return values[0] if values else variable.default

    return substitute(pattern, look_up), ()


def _unknown_in(variable: Variable, request: Request) -> frozenset[str]:
    """What a variable's value depends on; AWS documents variables of keys with one value only."""
    given = request.context.look_up(variable.key, request.caller)
    if given.is_absent:
        return frozenset()
    if given.values is None:
        return depends(variable.key).keys
    is_list = len(given.values) != 1 or find_context_key(variable.key).is_listed
    return undocumented(f"the list `{variable.key}` as a variable").keys if is_list else frozenset()
