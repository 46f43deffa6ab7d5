"""The condition operators, one file per family; `OPERATORS` lists them all.

An operator only compares one policy value with one context value; quantifiers, `IfExists`, negation, `Null` and absent
keys are decided once, in `policy/condition.py`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from trustview.policy.conditions.arn import ARN_OPERATORS
from trustview.policy.conditions.binary import BINARY_OPERATORS
from trustview.policy.conditions.boolean import BOOLEAN_OPERATORS
from trustview.policy.conditions.date import DATE_OPERATORS
from trustview.policy.conditions.ip import IP_OPERATORS
from trustview.policy.conditions.null import NULL_OPERATORS
from trustview.policy.conditions.numeric import NUMERIC_OPERATORS
from trustview.policy.conditions.operator import Operator
from trustview.policy.conditions.string import STRING_OPERATORS

OPERATORS: tuple[Operator, ...] = (
    *STRING_OPERATORS,
    *NUMERIC_OPERATORS,
    *DATE_OPERATORS,
    *BOOLEAN_OPERATORS,
    *BINARY_OPERATORS,
    *IP_OPERATORS,
    *ARN_OPERATORS,
    *NULL_OPERATORS,
)

OPERATORS_BY_NAME = {operator.name.lower(): operator for operator in OPERATORS}

__all__ = ["OPERATORS", "OPERATORS_BY_NAME", "Operator"]
