"""Patterns: the values of one policy element, read once; does a text of a request match one of them?

Resources and condition values alike: variables are put in per request, everything else is ready beforehand.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from trustview.policy.request import Request
from trustview.policy.truth import Truth, any_of, depends, truth, undocumented
from trustview.policy.wildcard import Tokens, Variable, Wild, substitute, variables


class Patterns:
    """Policy values cut into tokens, with the operator's test of those that have no variables.

    `silence` names what AWS does not document when the test answers None.
    """

    __slots__ = ("_fixed", "_match_any", "_silence", "_with_variables", "matches_whatever")

    def __init__(
        self,
        values: Iterable[Tokens],
        match_any: Callable[[Sequence[Tokens]], Callable[[str], bool | None]],
        silence: str = "",
    ) -> None:
        listed = list(values)
        self._match_any, self._silence = match_any, silence
        self._with_variables = [tokens for tokens in listed if variables(tokens)]
        self._fixed = match_any([tokens for tokens in listed if not variables(tokens)])
        self.matches_whatever = (Wild.ANY,) in listed

    def match(self, text: str, request: Request) -> Truth:
        """Whether one of them matches the text; a pattern with a variable that is null matches nothing."""
        if not self._with_variables:
            return self._answer(self._fixed(text))
        return any_of(self._answers(text, request))

    def _answers(self, text: str, request: Request) -> Iterable[Truth]:
        yield self._answer(self._fixed(text))
        for pattern in self._with_variables:
            filled, missing = _fill(pattern, request)
            if missing:
                yield depends(*missing)
            elif filled is not None:
                yield self._answer(self._match_any([filled])(text))

    def _answer(self, found: bool | None) -> Truth:
        return undocumented(self._silence) if found is None else truth(found)


def _fill(pattern: Tokens, request: Request) -> tuple[Tokens | None, tuple[str, ...]]:
    """The pattern with its variables put in, or None when one is null; and the keys of variables that are unknown."""
    context, caller = request.context, request.caller
    unknown = tuple(v.key for v in variables(pattern) if context.look_up(v.key, caller).is_unknown)
    if unknown:
        return None, unknown

    def look_up(variable: Variable) -> str | None:
        values = context.look_up(variable.key, caller).values
        # Only a key with one value can be put in.
        return values[0] if values and len(values) == 1 else variable.default

    return substitute(pattern, look_up), ()
