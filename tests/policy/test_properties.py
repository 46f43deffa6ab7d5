"""What always holds of the engine, whatever the policies say."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.policy.amount import amount
from tests.policy.completions import completions
from tests.policy.random_cases import (
    CALLERS,
    NAMED,
    OTHER,
    random_case,
    random_document,
    random_rcp,
    random_statement,
)
from tests.policy.simulation import OWN, read_case, simulate
from trustview.policy import Caller, CallerKind, Evaluation, Outcome, ReasonKind, closed_context, evaluate, read_caller

RANDOMS = st.randoms(use_true_random=False)
CASES = RANDOMS.map(random_case)
LAYERS = ("trust_policy", "identity_policies", "permissions_boundary", "session_policy", "scps", "rcps")
RANKS = {Outcome.EXPLICIT_DENY: 0, Outcome.IMPLICIT_DENY: 0, Outcome.CONDITIONAL: 1, Outcome.ALLOWED: 2}
MANY = settings(
    max_examples=amount(50),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    deadline=None,
)


def ask(case: dict[str, Any]) -> Evaluation:
    """The answer, with its outcome told to hypothesis (`--hypothesis-show-statistics`)."""
    answer = simulate(case)
    event(answer.outcome.value)
    return answer


def rank(case: dict[str, Any]) -> int:
    return RANKS[ask(case).outcome]


def opened(case: dict[str, Any], random: Random) -> dict[str, Any]:
    """The case in an open context, of which less is known."""
    context = {key: value for key, value in case["context"].items() if random.random() < 0.3}
    return case | {"open": True, "context": context}


def with_statement(document: dict[str, Any], statement: dict[str, Any]) -> dict[str, Any]:
    listed = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return document | {"Statement": [*listed, statement]}


# ── what decides ─────────────────────────────────────────────────────────────────────────────────────────────────


@MANY
@given(CASES, st.sampled_from(LAYERS), st.booleans())
def test_an_explicit_deny_wins_in_every_layer_that_binds_the_caller(
    case: dict[str, Any], layer: str, is_open: bool
) -> None:
    caller = read_caller(case["principal"])
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    if layer == "trust_policy":
        del deny["Resource"]
        changed: Any = with_statement(case[layer], deny | {"Principal": {"AWS": "*"}})
    elif layer in ("scps", "rcps"):
        changed = [*case[layer], [[deny | ({"Principal": "*"} if layer == "rcps" else {})]]]
    elif layer == "identity_policies":
        changed = [*(case[layer] or []), deny]
    else:
        changed = deny
    is_exempt = caller.is_service_linked_role if layer == "scps" else "/aws-service-role/" in case["resource"]
    binds = not is_exempt if layer == "rcps" else caller.kind.is_iam and not (layer == "scps" and is_exempt)
    answer = ask(case | {layer: changed, "open": is_open})

    if caller.kind in (CallerKind.ROOT, CallerKind.FEDERATED_USER) or any("alone" in r.note for r in answer.reasons):
        assert answer.outcome is Outcome.IMPLICIT_DENY
    elif binds:
        assert answer.outcome is Outcome.EXPLICIT_DENY


@MANY
@given(CASES, RANDOMS)
def test_an_answer_names_what_decided_it(case: dict[str, Any], random: Random) -> None:
    """An Allow names a statement that allows, a Deny one that denies; what is open, its keys."""
    for asked in (case, opened(case, random)):
        answer = ask(asked)
        kinds = {reason.kind for reason in answer.reasons}
        statements = [reason for reason in answer.reasons if reason.statement >= 0]

        assert bool(answer.depends_on) == (answer.outcome is Outcome.CONDITIONAL)
        if answer.may_be_allowed:
            assert any(reason.kind is ReasonKind.ALLOWS for reason in statements)
        if answer.outcome is Outcome.ALLOWED:
            assert kinds == {ReasonKind.ALLOWS}
        if answer.outcome is Outcome.EXPLICIT_DENY:
            assert kinds == {ReasonKind.DENIES}
            assert len(statements) == len(answer.reasons)
        if answer.outcome is Outcome.IMPLICIT_DENY:
            assert ReasonKind.DENIES not in kinds
            assert answer.reasons


# ── what more policies do ────────────────────────────────────────────────────────────────────────────────────────


@MANY
@given(CASES, RANDOMS, st.booleans())
def test_a_deny_more_in_any_layer_never_widens(case: dict[str, Any], random: Random, is_open: bool) -> None:
    case = case | {"open": is_open}
    before = rank(case)
    deny = random_statement(random) | {"Effect": "Deny"}
    of_trust = random_statement(random, naming=NAMED) | {"Effect": "Deny"}

    assert rank(case | {"trust_policy": with_statement(case["trust_policy"], of_trust)}) <= before
    assert rank(case | {"identity_policies": [*(case["identity_policies"] or []), deny]}) <= before
    for layer in ("permissions_boundary", "session_policy"):
        if case[layer] is not None:
            assert rank(case | {layer: with_statement(case[layer], deny)}) <= before
    for layer in ("scps", "rcps"):
        if case[layer]:
            first = with_statement(case[layer][0][0], deny | ({"Principal": "*"} if layer == "rcps" else {}))
            assert rank(case | {layer: [[first], *case[layer][1:]]}) <= before


@MANY
@given(CASES, RANDOMS, st.booleans())
def test_a_guardrail_a_boundary_or_a_session_policy_more_never_widens(
    case: dict[str, Any], random: Random, is_open: bool
) -> None:
    case = case | {"open": is_open}
    before = rank(case)

    assert rank(case | {"scps": [*case["scps"], [random_document(random)]]}) <= before
    assert rank(case | {"rcps": [*case["rcps"], [random_rcp(random)]]}) <= before
    for layer in ("permissions_boundary", "session_policy"):
        if case[layer] is None:
            assert rank(case | {layer: random_document(random)}) <= before


@MANY
@given(CASES, RANDOMS, st.booleans())
def test_an_allow_more_never_narrows(case: dict[str, Any], random: Random, is_open: bool) -> None:
    case = case | {"open": is_open}
    before = rank(case)
    of_trust = random_statement(random, naming=NAMED) | {"Effect": "Allow"}

    assert rank(case | {"trust_policy": with_statement(case["trust_policy"], of_trust)}) >= before
    if case["identity_policies"] is not None:
        allow = random_statement(random) | {"Effect": "Allow"}
        assert rank(case | {"identity_policies": [*case["identity_policies"], allow]}) >= before


# ── what the way of writing does not change ──────────────────────────────────────────────────────────────────────


def listed(value: Any, *, inside: bool = False) -> Any:  # noqa: ANN401
    """Every scalar of the policy as a list of one, save those of which the grammar wants only one."""
    if isinstance(value, dict):
        return {key: item if _is_single(key, item) else listed(item, inside=True) for key, item in value.items()}
    if isinstance(value, list):
        return [listed(item) if isinstance(item, dict | list) else item for item in value]
    return [value] if inside else value


def _is_single(key: str, item: object) -> bool:
    return key in ("Effect", "Sid", "Version") or (item == "*" and key in ("Principal", "NotPrincipal"))


def scalar(value: Any) -> Any:  # noqa: ANN401
    """Every list of one text or statement as what is in it."""
    if isinstance(value, dict):
        return {key: scalar(item) for key, item in value.items()}
    if isinstance(value, list):
        is_one = len(value) == 1 and not isinstance(value[0], list | dict)
        return value[0] if is_one else [scalar(item) for item in value]
    return value


@MANY
@given(CASES, st.booleans())
def test_a_scalar_and_a_list_of_one_say_the_same(case: dict[str, Any], is_open: bool) -> None:
    case = case | {"open": is_open}
    answer = ask(case)

    assert simulate(case | {layer: listed(case[layer]) for layer in LAYERS}) == answer
    assert simulate(case | {layer: scalar(case[layer]) for layer in LAYERS}) == answer


def in_other_letters(value: Any) -> Any:  # noqa: ANN401
    """The policies with their actions, condition keys and variables in another letter case."""
    if isinstance(value, list):
        return [in_other_letters(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {key: in_other_letters(item) for key, item in value.items()}
    for key in ("Action", "NotAction"):
        if key in changed:
            actions = changed[key] if isinstance(changed[key], list) else [changed[key]]
            changed[key] = [action.swapcase() for action in actions]
    if "Condition" in changed:
        changed["Condition"] = {
            operator: {key.swapcase(): values for key, values in keys.items()}
            for operator, keys in changed["Condition"].items()
        }
    return changed


@MANY
@given(CASES, st.booleans())
def test_the_letter_case_of_actions_and_keys_does_not_matter(case: dict[str, Any], is_open: bool) -> None:
    case = case | {"open": is_open}
    answer = ask(case)
    context = {key.swapcase(): value for key, value in case["context"].items()}
    other = simulate(case | {"context": context} | {layer: in_other_letters(case[layer]) for layer in LAYERS})

    assert other.outcome is answer.outcome
    assert {key.lower() for key in other.depends_on} == {key.lower() for key in answer.depends_on}


@MANY
@given(CASES, RANDOMS, st.booleans())
def test_neither_order_nor_repetition_of_statements_matters(
    case: dict[str, Any], random: Random, is_open: bool
) -> None:
    case = case | {"open": is_open}
    answer = ask(case)

    def shuffled(document: dict[str, Any]) -> dict[str, Any]:
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        again = [*statements, *statements[:1]]
        random.shuffle(again)
        return document | {"Statement": again}

    changed: dict[str, Any] = {layer: shuffled(case[layer]) for layer in LAYERS[2:4] if case[layer] is not None}
    changed |= {layer: [[shuffled(d) for d in level] for level in case[layer]] for layer in ("scps", "rcps")}
    if case["identity_policies"]:
        changed["identity_policies"] = [shuffled(document) for document in case["identity_policies"][::-1]]
    other = simulate(case | changed | {"trust_policy": shuffled(case["trust_policy"])})

    assert other.outcome is answer.outcome
    assert other.depends_on == answer.depends_on


# ── what is not known ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_answer_in_an_open_context_agrees_with_every_completion() -> None:
    outcomes: Counter[Outcome] = Counter()
    split = 0
    for seed in range(amount(200)):
        random = Random(seed)  # noqa: S311
        case = opened(random_case(random), random)
        known = simulate(case)
        outcomes[known.outcome] += 1
        request, stack = read_case(case)
        closed = {
            evaluate(request._replace(context=closed_context(context)), stack).outcome
            for context in completions(case, request.caller, random, most=100)
        }
        split += len({RANKS[outcome] for outcome in closed}) > 1
        if known.outcome is not Outcome.CONDITIONAL:
            assert {RANKS[outcome] for outcome in closed} == {RANKS[known.outcome]}, (seed, case, known, closed)

    assert min(outcomes[outcome] for outcome in Outcome) > outcomes.total() / 50, outcomes
    # Many conditional answers are so for a reason: completions of them differ.
    assert split > outcomes[Outcome.CONDITIONAL] / 3


# Everybody for whom an unknown caller may stand: principals of the role's partition, and no service-linked roles, which
# nobody uses but their service.
OF_ACCOUNTS = tuple(name for name in CALLERS if read_caller(name).kind in (CallerKind.USER, CallerKind.ROLE))
MEMBERS = tuple(name for name in OF_ACCOUNTS if name.startswith("arn:aws:") and "aws-service-role" not in name)
UNKNOWN_CALLERS = {
    "any principal of an account": (Caller(CallerKind.PRINCIPAL, OTHER), [n for n in MEMBERS if f":{OTHER}:" in n]),
    "any principal of the role's account": (Caller(CallerKind.PRINCIPAL, OWN), [n for n in MEMBERS if f":{OWN}:" in n]),
    "any principal at all": (Caller(CallerKind.PRINCIPAL), list(MEMBERS)),
    "anybody": (Caller(CallerKind.UNKNOWN), list(CALLERS)),
}


@pytest.mark.parametrize("name", UNKNOWN_CALLERS)
def test_a_sure_answer_for_an_unknown_caller_holds_for_everyone_it_stands_for(name: str) -> None:
    unknown, names = UNKNOWN_CALLERS[name]
    sure: Counter[int] = Counter()
    for seed in range(amount(200)):
        random = Random(seed)  # noqa: S311
        case = random_case(random) | {"open": random.random() < 0.5, "action": "sts:AssumeRole"}
        request, stack = read_case(case)
        known = evaluate(request._replace(caller=unknown), stack)
        if known.outcome is Outcome.CONDITIONAL:
            continue
        sure[RANKS[known.outcome]] += 1
        for one in names:
            answer = evaluate(request._replace(caller=read_caller(one)), stack)
            assert RANKS[answer.outcome] == RANKS[known.outcome], (seed, one, case, known, answer)

    assert sure[0] > amount(200) / 20
    assert sure[2] > amount(200) / 100 or name == "anybody"


@MANY
@given(CASES)
def test_who_is_known_by_name_is_no_surprise_to_who_is_known_by_account(case: dict[str, Any]) -> None:
    """An unknown caller may get in wherever somebody for whom it stands does."""
    request, stack = read_case(case | {"open": True, "action": "sts:AssumeRole"})
    if request.caller.kind not in (CallerKind.USER, CallerKind.ROLE) or request.caller.is_service_linked_role:
        return
    if evaluate(request, stack).outcome is Outcome.ALLOWED:
        anyone = Caller(CallerKind.PRINCIPAL, request.caller.account)
        assert evaluate(request._replace(caller=anyone), stack).may_be_allowed


# ── whether the cases are worth it ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("is_open", "ranks"), [(False, {0, 2}), (True, {0, 1, 2})], ids=["closed", "open"])
def test_a_fair_share_of_the_cases_is_allowed_denied_and_conditional(is_open: bool, ranks: set[int]) -> None:
    outcomes: Counter[int] = Counter()

    @settings(MANY, max_examples=200, database=None, derandomize=True)
    @given(CASES)
    def count(case: dict[str, Any]) -> None:
        outcomes[RANKS[simulate(case | {"open": is_open}).outcome]] += 1

    count()

    assert min(outcomes[rank] for rank in ranks) > outcomes.total() / 20, outcomes
