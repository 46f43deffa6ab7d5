"""The `Condition` of a statement -> Conditions with their Problems.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trustview.policy.conditions import OPERATORS_BY_NAME, Operator
from trustview.policy.document import Condition
from trustview.policy.json_text import LONGEST_STEP, name_of, read_texts
from trustview.policy.problem import Consequence, Problems


def read_conditions(fields: dict[str, Any], path: str, problems: Problems) -> Iterator[Condition]:
    """Every condition of a statement's members; what is no condition comes out as one that nobody can decide."""
    if "Condition" not in fields:
        return
    value = fields["Condition"]
    if not isinstance(value, dict):
        problems.tell(path, f"a condition is an object, this is {name_of(value)}")
        if value:
            # Whatever it was meant to ask, nobody knows whether it is met.
            yield Condition(operator="", key="", values=(), path=path)
        return
    if not value:
        problems.tell(path, "the condition is empty", Consequence.UNASKED)
    for spelling, keys in value.items():
        here = f"{path}.{spelling[:LONGEST_STEP]}"
        if not isinstance(keys, dict):
            problems.tell(here, f"an operator takes an object of keys, this is {name_of(keys)}")
            yield Condition(operator=str(spelling), key="", values=(), path=here)
            continue
        if not keys:
            problems.tell(here, "the operator has no keys", Consequence.UNASKED)
        yield from _conditions_of(str(spelling), keys, here, problems)


def _conditions_of(spelling: str, keys: dict[str, Any], path: str, problems: Problems) -> Iterator[Condition]:
    """The conditions under one operator."""
    quantifier, if_exists, bare = _split(spelling)
    operator = OPERATORS_BY_NAME.get(bare.lower())
    if operator is None:
        problems.tell(path, f"`{spelling}` is no condition operator")
    elif operator.family == "null" and quantifier:
        always = quantifier == "ForAllValues"
        problems.tell(path, f"`{spelling}` asks nothing", Consequence.ALWAYS if always else Consequence.NEVER)
    seen: set[str] = set()
    for key, value in keys.items():
        here = f"{path}.{key[:LONGEST_STEP]}"
        if ":" not in key:
            problems.tell(here, f"`{key}` is no condition key: it names no service")
        if key.lower() in seen:
            problems.tell(here, f"`{key}` stands twice under one operator, whatever its letter case")
        seen.add(key.lower())
        values = read_texts(value, here, problems)
        _tell_values(operator, value, values, here, problems)
        yield Condition(operator.name if operator else bare, key, values, quantifier, if_exists, here)


def _split(spelling: str) -> tuple[str, bool, str]:
    """The set operator, whether `IfExists` stands behind, and the bare operator of a spelling."""
    quantifier, bare = "", spelling
    for known in ("ForAllValues", "ForAnyValue"):
        if spelling.lower().startswith(known.lower() + ":"):
            quantifier, bare = known, spelling[len(known) + 1 :]
    if_exists = bare.lower().endswith("ifexists") and bare.lower() != "nullifexists"
    return quantifier, if_exists, bare[: -len("IfExists")] if if_exists else bare


def _tell_values(
    operator: Operator | None, value: object, values: tuple[str, ...], path: str, problems: Problems
) -> None:
    """What is odd in the values of a condition."""
    if value == []:
        never = operator is None or not operator.is_negated
        problems.tell(path, "there is no value to match", Consequence.NEVER if never else Consequence.ALWAYS)
    if operator is not None and operator.family in ("null", "boolean"):
        if len(values) > 1:
            problems.tell(path, f"{operator.name} takes one value, this is a list", Consequence.UNDOCUMENTED)
        for text in values:
            if text.strip().lower() not in ("true", "false") and "${" not in text:
                problems.tell(path, f"`{text}` is neither true nor false", Consequence.UNDOCUMENTED)
