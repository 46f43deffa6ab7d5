"""The language: what a policy says and what it allows. Pure; knows no account, no file, no clock.

`parse_policy` reads a policy, `evaluate` decides a request against a `PolicyStack`, `judge_privilege` tells what a
principal may do with its own policies. Nothing here looks anything up:
every input of a decision is in its signature.
"""

from typing import TYPE_CHECKING

from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.policy.arn import Arn, is_account_id, parse_arn
    from trustview.policy.condition import evaluate_condition
    from trustview.policy.conditions import OPERATORS, OPERATORS_BY_NAME, Operator
    from trustview.policy.context_key import CallerKind, ContextKey, Presence, find_context_key
    from trustview.policy.document import Condition, Effect, PolicyDocument, Statement
    from trustview.policy.evaluate import evaluate
    from trustview.policy.evaluation import Evaluation, Outcome, Reason, ReasonKind
    from trustview.policy.explain import describe_evaluation, describe_privilege, describe_reason
    from trustview.policy.misplaced import find_misplaced
    from trustview.policy.parse import parse_policy, read_policy
    from trustview.policy.permission import Holder, Permission, Scope
    from trustview.policy.principal import BUILTIN_PROVIDERS, PrincipalElement, PrincipalForm, read_principal
    from trustview.policy.privilege import Escalation, PrivilegeVerdict, judge_privilege
    from trustview.policy.privilege_class import PRIVILEGE_WORDS, Privilege
    from trustview.policy.problem import Consequence, Problem
    from trustview.policy.request import Caller, Context, Request, caller_of, closed_context, open_context, read_caller
    from trustview.policy.service_rules import (
        ACTION_OF_CALLER,
        ASSUME_ACTIONS,
        ASSUME_ROLE,
        ASSUME_ROLE_WITH_SAML,
        ASSUME_ROLE_WITH_WEB_IDENTITY,
    )
    from trustview.policy.stack import Layer, Level, PolicyStack
    from trustview.policy.truth import Truth, all_of, any_of, depends, truth, undocumented
    from trustview.policy.wildcard import matches

__all__ = [
    "ACTION_OF_CALLER",
    "ASSUME_ACTIONS",
    "ASSUME_ROLE",
    "ASSUME_ROLE_WITH_SAML",
    "ASSUME_ROLE_WITH_WEB_IDENTITY",
    "BUILTIN_PROVIDERS",
    "OPERATORS",
    "OPERATORS_BY_NAME",
    "PRIVILEGE_WORDS",
    "Arn",
    "Caller",
    "CallerKind",
    "Condition",
    "Consequence",
    "Context",
    "ContextKey",
    "Effect",
    "Escalation",
    "Evaluation",
    "Holder",
    "Layer",
    "Level",
    "Operator",
    "Outcome",
    "Permission",
    "PolicyDocument",
    "PolicyStack",
    "Presence",
    "PrincipalElement",
    "PrincipalForm",
    "Privilege",
    "PrivilegeVerdict",
    "Problem",
    "Reason",
    "ReasonKind",
    "Request",
    "Scope",
    "Statement",
    "Truth",
    "all_of",
    "any_of",
    "caller_of",
    "closed_context",
    "depends",
    "describe_evaluation",
    "describe_privilege",
    "describe_reason",
    "evaluate",
    "evaluate_condition",
    "find_context_key",
    "find_misplaced",
    "is_account_id",
    "judge_privilege",
    "matches",
    "open_context",
    "parse_arn",
    "parse_policy",
    "read_caller",
    "read_policy",
    "read_principal",
    "truth",
    "undocumented",
]

lazy_names(__name__)
