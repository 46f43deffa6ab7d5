"""Does a condition hold? Absent keys, quantifiers, `IfExists`, negation and `Null`, for every operator alike.

Rule 1: several values of a condition are OR; under a negated operator none may match.
Rule 2: a key that is unknown leaves the answer open on that key, save where every completion gives the same answer.
A condition is prepared once (`prepare_condition`); what is left for each request is to look its key up and compare.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from trustview.policy.conditions import OPERATORS_BY_NAME, Operator
from trustview.policy.context_key import find_context_key
from trustview.policy.document import Condition
from trustview.policy.json_text import LONGEST_STEP
from trustview.policy.patterns import Patterns
from trustview.policy.request import KeyValue, Request
from trustview.policy.truth import FALSE, Truth, all_of, any_of, depends, truth, undocumented
from trustview.policy.wildcard import tokenize

# What is asked of each request.
Test = Callable[[Request], Truth]

# A set of one empty text counts as empty.
_EMPTY_SETS = ((), ("",))


def evaluate_condition(condition: Condition, request: Request, *, substitutes: bool) -> Truth:
    """Whether the request meets the condition; `substitutes` says that the policy's version knows variables."""
    return prepare_condition(condition, substitutes=substitutes)(request)


def prepare_condition(condition: Condition, *, substitutes: bool) -> Test:
    """The test of a condition; `substitutes` as in `evaluate_condition`."""
    # No operator's name is so long: what is longer stays unknown, and is told no further.
    name = condition.operator[:LONGEST_STEP]
    operator = OPERATORS_BY_NAME.get(name.lower())
    if operator is None or not condition.key:
        unanswered = undocumented(f"operator `{replace(condition, operator=name).spelling}`")
        return lambda _: unanswered
    if operator.family == "null":
        return _prepare_presence(condition, operator)
    return _Prepared(condition, operator, substitutes=substitutes).test


def _prepare_presence(condition: Condition, operator: Operator) -> Test:
    """`Null` asks whether the key is there, never what it holds; under a set operator it asks nothing.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html (null with qualifier)
    """
    if condition.quantifier:
        answer = truth(condition.quantifier == "ForAllValues")
        return lambda _: answer
    if not all(value.strip().lower() in ("true", "false") for value in condition.values):
        unanswered = undocumented("`Null` with a value that is neither true nor false")
        return lambda _: unanswered

    asks = operator.match_any([tokenize(v, substitutes=False, has_wildcards=False) for v in condition.values])

    def test(request: Request) -> Truth:
        given = request.context.look_up(condition.key, request.caller)
        if given.values == ():
            return undocumented("`Null` on an empty list")
        if not given.is_present and not given.is_absent:
            return depends(condition.key)
        return truth(bool(asks("true" if given.is_absent else "false")))

    return test


class _Prepared:
    """One condition of a known operator that compares values, with all that no request changes."""

    __slots__ = ("_absent", "_compare", "_key", "_match", "_name", "_present", "_unknown", "_unset")

    def __init__(self, condition: Condition, operator: Operator, *, substitutes: bool) -> None:
        self._key, self._name = condition.key, condition.key.lower()
        patterns = _read_values(condition, operator, substitutes=substitutes)
        self._match = patterns.match
        self._absent = _when_absent(condition, operator)
        # What is known of the presence alone, and of nothing. Sets may be empty: they answer like absence.
        is_bare_list = not condition.quantifier and find_context_key(condition.key).is_listed
        is_settled = patterns.matches_whatever and operator.family == "string" and not is_bare_list
        whatever = truth(not operator.is_negated) if is_settled else depends(condition.key)
        self._unknown = whatever if whatever == self._absent else depends(condition.key)
        self._present = self._unknown if condition.quantifier else whatever
        # Without a set operator several values have no documented answer, and none neither.
        self._unset = undocumented(f"`{condition.spelling}` without set operator on the list `{condition.key}`")
        without_set = _Prepared._compare_list if is_bare_list else _Prepared._compare_single
        # No bound methods: they would tie a knot that only the garbage collector undoes.
        self._compare = _BY_QUANTIFIER.get(condition.quantifier, without_set)

    def test(self, request: Request) -> Truth:
        """Whether what the key holds in a request meets the condition."""
        values = request.context.values.get(self._name)
        if values is not None:
            return self._compare(self, values, request)
        given = request.context.look_up(self._name, request.caller)
        if given.is_absent:
            return self._absent
        if given.candidates:
            return self._of_candidates(given, request)
        return self._present if given.is_present else self._unknown

    def _of_candidates(self, given: KeyValue, request: Request) -> Truth:
        answers = {
            self._absent if values is None else self._compare(self, values, request) for values in given.candidates
        }
        return answers.pop() if len(answers) == 1 else depends(self._key)

    def _compare_all(self, values: tuple[str, ...], request: Request) -> Truth:
        return self._absent if values in _EMPTY_SETS else all_of([self._match(value, request) for value in values])

    def _compare_any(self, values: tuple[str, ...], request: Request) -> Truth:
        return self._absent if values in _EMPTY_SETS else any_of([self._match(value, request) for value in values])

    def _compare_single(self, values: tuple[str, ...], request: Request) -> Truth:
        return self._match(values[0], request) if len(values) == 1 else self._unset

    def _compare_list(self, values: tuple[str, ...], request: Request) -> Truth:
        return self._unset


_BY_QUANTIFIER = {"ForAllValues": _Prepared._compare_all, "ForAnyValue": _Prepared._compare_any}


def _read_values(condition: Condition, operator: Operator, *, substitutes: bool) -> Patterns:
    """The values of a condition; under a negated operator none may match."""
    reads_variables = substitutes and operator.has_variables
    return Patterns(
        (
            tokenize(value, substitutes=reads_variables, has_wildcards=operator.has_wildcards)
            for value in condition.values
        ),
        operator.match_any,
        operator.silence,
        is_negated=operator.is_negated,
    )


def _when_absent(condition: Condition, operator: Operator) -> Truth:
    """A key that is not in the request at all."""
    if condition.quantifier == "ForAnyValue":
        return undocumented("`ForAnyValue` with `IfExists` on an absent key") if condition.if_exists else FALSE
    return truth(condition.quantifier == "ForAllValues" or condition.if_exists or operator.is_negated)
