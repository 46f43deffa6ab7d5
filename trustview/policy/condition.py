"""Does a condition hold? Absent keys, quantifiers, `IfExists`, negation and `Null`, for every operator alike.

Rule 1: several values of a condition are OR; under a negated operator none may match.
Rule 2: a key that is unknown leaves the answer open on that key, save where every completion gives the same answer.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from trustview.policy.conditions import OPERATORS_BY_NAME, Operator
from trustview.policy.context_key import find_context_key
from trustview.policy.document import Condition
from trustview.policy.request import KeyValue, Request
from trustview.policy.truth import FALSE, Truth, all_of, any_of, depends, truth, undocumented
from trustview.policy.wildcard import Tokens, Variable, Wild, substitute, tokenize, variables


def evaluate_condition(condition: Condition, request: Request, *, substitutes: bool) -> Truth:
    """Whether the request meets the condition; `substitutes` says that the policy's version knows variables."""
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    if operator is None or not condition.key:
        return undocumented(f"operator `{condition.spelling}`")
    given = request.context.look_up(condition.key, request.caller)
    if operator.family == "null":
        return _evaluate_null(condition, given)
    if given.is_absent:
        return _when_absent(condition, operator)
    if given.candidates:
        answers = {
            _when_absent(condition, operator)
            if values is None
            else _compare_values(condition, operator, values, request, substitutes=substitutes)
            for values in given.candidates
        }
        return answers.pop() if len(answers) == 1 else depends(condition.key)
    if given.values is None:
        return _when_unknown(condition, operator, is_present=given.is_present)
    return _compare_values(condition, operator, given.values, request, substitutes=substitutes)


def _evaluate_null(condition: Condition, given: KeyValue) -> Truth:
    if given.values == ():
        return undocumented("`Null` on an empty list")
    if not given.is_present and not given.is_absent:
        return depends(condition.key)
    asked = {value.strip().lower() for value in condition.values}
    return truth(("true" if given.is_absent else "false") in asked)


def _when_absent(condition: Condition, operator: Operator) -> Truth:
    """A key that is not in the request at all."""
    if condition.quantifier == "ForAnyValue":
        return undocumented("`ForAnyValue` with `IfExists` on an absent key") if condition.if_exists else FALSE
    return truth(condition.quantifier == "ForAllValues" or condition.if_exists or operator.is_negated)


def _when_unknown(condition: Condition, operator: Operator, *, is_present: bool) -> Truth:
    """A key of which only the presence may be known: `*` under a Like operator matches whatever it holds."""
    matches_all = any(tokens == (Wild.ANY,) for tokens in _patterns(condition, operator, substitutes=False))
    if not matches_all or operator.family != "string":
        return depends(condition.key)
    whatever = truth(not operator.is_negated)
    completions = [whatever] if is_present else [whatever, _when_absent(condition, operator)]
    same = all(completion == completions[0] for completion in completions)
    return completions[0] if same else depends(condition.key)


def _compare_values(
    condition: Condition, operator: Operator, values: tuple[str, ...], request: Request, *, substitutes: bool
) -> Truth:
    if condition.quantifier == "ForAllValues":
        # An empty set, and a set of one empty text, pass.
        listed = () if values == ("",) else values
        return all_of(_compare_value(condition, operator, v, request, substitutes=substitutes) for v in listed)
    if condition.quantifier == "ForAnyValue":
        return any_of(_compare_value(condition, operator, v, request, substitutes=substitutes) for v in values)
    if not values:
        return _when_absent(condition, operator)
    if len(values) > 1 or find_context_key(condition.key).is_listed:
        return undocumented(f"`{condition.spelling}` without set operator on the list `{condition.key}`")
    return _compare_value(condition, operator, values[0], request, substitutes=substitutes)


def _compare_value(
    condition: Condition, operator: Operator, value: str, request: Request, *, substitutes: bool
) -> Truth:
    """Whether one context value matches one of the policy's values, or none of them under a negated operator."""
    patterns = _patterns(condition, operator, substitutes=substitutes)
    matched = any_of(_compare_pattern(operator, pattern, value, request) for pattern in patterns)
    return ~matched if operator.is_negated else matched


def _patterns(condition: Condition, operator: Operator, *, substitutes: bool) -> list[Tokens]:
    reads_variables = substitutes and operator.has_variables
    return [
        tokenize(value, substitutes=reads_variables, has_wildcards=operator.has_wildcards) for value in condition.values
    ]


def _compare_pattern(operator: Operator, pattern: Tokens, value: str, request: Request) -> Truth:
    filled, missing = fill_variables(pattern, request)
    if missing:
        return depends(*missing)
    if filled is None:
        return FALSE
    answer = operator.compare(filled, value)
    return undocumented(f"`{operator.name}` on a value of fewer than six parts") if answer is None else truth(answer)


def fill_variables(pattern: Tokens, request: Request) -> tuple[Tokens | None, tuple[str, ...]]:
    """The pattern with its variables put in, or None when one is null; and the keys of variables that are unknown."""
    found = variables(pattern)
    if not found:
        return pattern, ()
    unknown = tuple(v.key for v in found if request.context.look_up(v.key, request.caller).is_unknown)
    if unknown:
        return None, unknown

    def look_up(variable: Variable) -> str | None:
        values = request.context.look_up(variable.key, request.caller).values
        # Only a key with one value can be put in.
        return values[0] if values and len(values) == 1 else variable.default

    return substitute(pattern, look_up), ()
