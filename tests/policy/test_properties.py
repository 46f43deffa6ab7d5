"""What always holds of the engine, whatever the policies say."""

import json
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.policy.simulation import simulate
from trustview.policy import OPERATORS, CallerKind, Outcome, Presence, find_context_key, read_caller

OWN, OTHER = "111122223333", "444455556666"
PRINCIPALS = (
    f"arn:aws:iam::{OWN}:role/ci", f"arn:aws:iam::{OWN}:user/ann", f"arn:aws:iam::{OTHER}:role/team/ci",
    f"arn:aws:iam::{OTHER}:user/ann", f"arn:aws:sts::{OTHER}:assumed-role/ci/build",
    f"arn:aws:iam::{OTHER}:role/aws-service-role/x.amazonaws.com/x",
)  # fmt: skip
NOT_OF_ACCOUNTS = (
    "ec2.amazonaws.com", f"arn:aws:iam::{OWN}:saml-provider/Okta",
    f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com",
)  # fmt: skip
NAMED = (
    "*",
    {"AWS": "*"},
    {"AWS": OWN},
    {"AWS": [f"arn:aws:iam::{OTHER}:root", f"arn:aws:iam::{OWN}:role/ci"]},
    {"AWS": f"arn:aws:iam::{OTHER}:role/team/ci"},
    {"AWS": f"arn:aws:iam::{OWN}:user/ann"},
    {"AWS": "AROAEXAMPLEEXAMPLE12"},
    {"AWS": "nobody"},
    {"Service": "ec2.amazonaws.com"},
    {"Federated": NOT_OF_ACCOUNTS[1]},
    {"Federated": NOT_OF_ACCOUNTS[2]},
    {"Federated": "*"},
)
ACTIONS = ("sts:AssumeRole", "sts:*", "*", "sts:AssumeRoleWith*", "sts:TagSession", "s3:GetObject")
ACTION_OF = {CallerKind.SAML: "sts:AssumeRoleWithSAML", CallerKind.OIDC: "sts:AssumeRoleWithWebIdentity"}
# Keys that are sometimes there, always there, never there, and lists; with values that meet and miss.
VALUES: dict[str, tuple[str, ...]] = {
    "aws:PrincipalOrgID": ("o-1", "o-2"),
    "aws:PrincipalAccount": (OWN, OTHER),
    "aws:PrincipalArn": (PRINCIPALS[0], PRINCIPALS[2]),
    "aws:PrincipalTag/team": ("a", "*"),
    "sts:ExternalId": ("x", "y"),
    "aws:MultiFactorAuthPresent": ("true", "false"),
    "aws:SourceAccount": (OWN, OTHER),
    "sts:DurationSeconds": ("900", "3600"),
    "token.actions.githubusercontent.com:sub": ("repo:acme/app:x", "repo:acme*"),
}
LISTS: dict[str, tuple[str, ...]] = {"aws:TagKeys": ("a", "b"), "aws:PrincipalOrgPaths": ("o-1/r/", "o-2/r/")}
OPERATOR_NAMES = tuple(operator.name for operator in OPERATORS)
KEYS = tuple(VALUES | LISTS)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for _ in range(draw(st.integers(0, 2))):
        quantifier = draw(st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]))
        operator = draw(st.sampled_from(OPERATOR_NAMES))
        suffix = draw(st.sampled_from(["", "", "IfExists"])) if operator != "Null" else ""
        key = draw(st.sampled_from(KEYS))
        known = st.sampled_from(
            ["true", "false"] if operator == "Null" else [*(VALUES | LISTS)[key], "${aws:PrincipalTag/team}"]
        )
        block.setdefault(f"{quantifier if operator != 'Null' else ''}{operator}{suffix}", {})[key] = draw(
            st.lists(known, min_size=1, max_size=2)
        )
    return block


@st.composite
def statements(
    draw: st.DrawFn, *, has_principal: bool, effects: tuple[str, ...] = ("Allow", "Allow", "Deny")
) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": draw(st.sampled_from(effects)), "Action": draw(st.sampled_from(ACTIONS))}
    if has_principal:
        key = draw(st.sampled_from(["Principal"] * 9 + ["NotPrincipal"]))
        found[key] = draw(st.sampled_from(NAMED))
    else:
        found["Resource"] = draw(st.sampled_from(["*", f"arn:aws:iam::{OWN}:role/target", "arn:aws:s3:::b"]))
    block = draw(conditions())
    return found | ({"Condition": block} if block else {})


def documents(*, has_principal: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(statements(has_principal=has_principal), min_size=1, max_size=3)


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    single = {key: draw(st.sampled_from(values)) for key, values in VALUES.items() if draw(st.booleans())}
    several = {
        key: draw(st.lists(st.sampled_from(values), max_size=2, unique=True))
        for key, values in LISTS.items()
        if draw(st.booleans())
    }
    return single | several


@st.composite
def cases(draw: st.DrawFn, principals: tuple[str, ...] = PRINCIPALS + NOT_OF_ACCOUNTS) -> dict[str, Any]:
    principal = draw(st.sampled_from(principals))
    identity = documents(has_principal=False)
    levels = st.lists(st.lists(identity, min_size=1, max_size=2), max_size=2)
    rcps = st.lists(statements(has_principal=False, effects=("Deny",)), max_size=1).map(
        lambda denies: [[[deny | {"Principal": "*"}] for deny in denies]]
    )
    return {
        "principal": principal,
        "action": ACTION_OF.get(read_caller(principal).kind, "sts:AssumeRole"),
        "context": draw(contexts()),
        "trust_policy": draw(documents(has_principal=True)),
        "identity_policies": draw(st.none() | st.lists(identity, max_size=2)),
        "permissions_boundary": draw(st.none() | identity),
        "session_policy": draw(st.none() | identity),
        "scps": draw(levels),
        "rcps": draw(rcps),
        "open": draw(st.booleans()),
    }


RANKS = {Outcome.EXPLICIT_DENY: 0, Outcome.IMPLICIT_DENY: 0, Outcome.CONDITIONAL: 1, Outcome.ALLOWED: 2}
MANY = settings(
    max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)


def rank(case: dict[str, Any]) -> int:
    return RANKS[simulate(case).outcome]


@MANY
@given(
    cases(PRINCIPALS), st.sampled_from(["trust_policy", "identity_policies", "permissions_boundary", "session_policy"])
)
def test_an_explicit_deny_wins_in_every_layer(case: dict[str, Any], layer: str) -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    if layer == "trust_policy":
        changed: Any = [*case[layer], {"Effect": "Deny", "Action": "*", "Principal": {"AWS": "*"}}]
    elif layer == "identity_policies":
        changed = [*(case[layer] or []), [deny]]
    else:
        changed = [*(case[layer] or []), deny]

    assert simulate(case | {layer: changed}).outcome is Outcome.EXPLICIT_DENY


@MANY
@given(cases(), statements(has_principal=True, effects=("Deny",)))
def test_a_deny_more_in_the_trust_policy_never_widens(case: dict[str, Any], deny: dict[str, Any]) -> None:
    assert rank(case | {"trust_policy": [*case["trust_policy"], deny]}) <= rank(case)


@MANY
@given(cases(), documents(has_principal=False), st.data())
def test_a_guardrail_a_boundary_or_a_session_policy_more_never_widens(
    case: dict[str, Any], document: list[dict[str, Any]], data: st.DataObject
) -> None:
    before = rank(case)
    denies = [statement | {"Effect": "Deny", "Principal": "*"} for statement in document]

    assert rank(case | {"scps": [*case["scps"], [document]]}) <= before
    assert rank(case | {"rcps": [*case["rcps"], [denies]]}) <= before
    if case["permissions_boundary"] is None:
        assert rank(case | {"permissions_boundary": document}) <= before
    if case["session_policy"] is None:
        assert rank(case | {"session_policy": document}) <= before


@MANY
@given(cases(), statements(has_principal=True, effects=("Allow",)))
def test_an_allow_more_in_the_trust_policy_never_narrows(case: dict[str, Any], allow: dict[str, Any]) -> None:
    assert rank(case | {"trust_policy": [*case["trust_policy"], allow]}) >= rank(case)


def listed(value: Any, *, inside: bool = False) -> Any:  # noqa: ANN401
    """Every scalar of the policy as a list of one, save those of which the grammar wants only one."""
    if isinstance(value, dict):
        return {key: item if _is_single(key, item) else listed(item, inside=True) for key, item in value.items()}
    if isinstance(value, list):
        return [listed(item) if isinstance(item, dict | list) else item for item in value]
    return [value] if inside else value


def _is_single(key: str, item: object) -> bool:
    return key in ("Effect", "Sid") or (item == "*" and key in ("Principal", "NotPrincipal"))


def scalar(value: Any) -> Any:  # noqa: ANN401
    """Every list of one text as the text."""
    if isinstance(value, dict):
        return {key: scalar(item) for key, item in value.items()}
    if isinstance(value, list):
        return value[0] if len(value) == 1 and isinstance(value[0], str) else [scalar(item) for item in value]
    return value


@MANY
@given(cases())
def test_a_text_and_a_list_of_one_say_the_same(case: dict[str, Any]) -> None:
    layers = ("trust_policy", "identity_policies", "permissions_boundary", "session_policy", "scps", "rcps")
    answer = simulate(case)

    assert simulate(case | {layer: listed(case[layer]) for layer in layers}) == answer
    assert simulate(case | {layer: scalar(case[layer]) for layer in layers}) == answer


@MANY
@given(cases(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_statements_matters(case: dict[str, Any], random: Any) -> None:  # noqa: ANN401
    answer = simulate(case)
    shuffled = [*case["trust_policy"], *case["trust_policy"][:1]]
    random.shuffle(shuffled)
    again = simulate(
        case
        | {"trust_policy": shuffled, "identity_policies": case["identity_policies"] and case["identity_policies"][::-1]}
    )

    assert RANKS[again.outcome] == RANKS[answer.outcome]
    assert again.depends_on == answer.depends_on


def complete(case: dict[str, Any], completion: dict[str, Any]) -> dict[str, Any]:
    """What an open context leaves unknown, filled in as a request of this caller can carry it."""
    caller, given_keys = read_caller(case["principal"]), case["context"]
    context: dict[str, Any] = dict(completion)
    for key in KEYS:
        presence = find_context_key(key).presence(caller.kind, caller.provider_name)
        if presence is Presence.NEVER:
            context.pop(key, None)
        elif presence is Presence.ALWAYS:
            context.setdefault(key, VALUES[key][0])
    # No session of a role ever proves MFA.
    if caller.kind is CallerKind.ROLE and context.get("aws:MultiFactorAuthPresent") == "true":
        del context["aws:MultiFactorAuthPresent"]
    return {**context, **given_keys}


@MANY
@given(cases(), contexts())
def test_a_definite_answer_in_an_open_context_holds_in_every_completion(
    case: dict[str, Any], completion: dict[str, Any]
) -> None:
    context = complete(case, completion)
    known = simulate(case | {"open": True})
    assume(known.outcome is not Outcome.CONDITIONAL)

    assert RANKS[simulate(case | {"open": False, "context": context}).outcome] == RANKS[known.outcome]


@MANY
@given(cases())
def test_an_answer_always_has_reasons_and_names_the_keys_it_rests_on(case: dict[str, Any]) -> None:
    answer = simulate(case)

    assert answer.reasons
    assert bool(answer.depends_on) == (answer.outcome is Outcome.CONDITIONAL)
    assert json.dumps([reason.note for reason in answer.reasons])
