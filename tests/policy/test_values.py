"""The values of the language that no table asks for: ARNs, documents, contexts, what is kept ready for a request."""

from dataclasses import replace

import pytest

from tests.policy.simulation import OWN, ROLE
from trustview.policy import (
    Caller,
    CallerKind,
    Context,
    Layer,
    Outcome,
    PolicyStack,
    Request,
    closed_context,
    describe_evaluation,
    evaluate,
    matches,
    open_context,
    parse_arn,
    parse_policy,
    read_caller,
)
from trustview.policy.memory import MOST_PREPARED
from trustview.policy.statement import prepare, statements_on

ALLOW = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}
DENY = ALLOW | {"Effect": "Deny", "Principal": {"AWS": "111122223333"}}


def test_an_arn_has_six_parts() -> None:
    arn = parse_arn("arn:aws:iam::111122223333:role/team/Deploy")

    assert arn is not None
    assert (arn.partition, arn.service, arn.region, arn.account) == ("aws", "iam", "", "111122223333")
    assert (arn.resource_type, arn.path_and_name, arn.name) == ("role", "team/Deploy", "Deploy")


@pytest.mark.parametrize("text", ["", "arn", "arn:aws:iam::1", "arn:aws:iam::1:", "urn:aws:iam::1:role/x"])
def test_what_has_fewer_parts_is_no_arn(text: str) -> None:
    assert parse_arn(text) is None


def test_a_document_tells_what_allows_from_what_denies() -> None:
    document = parse_policy({"Statement": [ALLOW, DENY, ALLOW]})

    assert [statement.index for statement in document.allows] == [0, 2]
    assert [statement.index for statement in document.denies] == [1]


@pytest.mark.parametrize("context", [closed_context({"aws:A": "1"}), open_context({"aws:A": "1"}, absent=["aws:C"])])
def test_a_context_can_be_given_more_values(context: Context) -> None:
    more = context.with_values({"AWS:B": ["2", "3"]})

    assert more.values == {"aws:a": ("1",), "aws:b": ("2", "3")}
    assert more.is_open == context.is_open
    assert context.values == {"aws:a": ("1",)}


def test_a_key_is_absent_where_it_is_said_or_all_of_its_kind_are_known() -> None:
    caller = read_caller(f"arn:aws:iam::{OWN}:role/ci")
    context = open_context({"aws:PrincipalTag/a": "1"}, absent=["sts:ExternalId"], complete=["aws:PrincipalTag/"])

    assert context.look_up("STS:externalid", caller).is_absent
    assert context.look_up("aws:PrincipalTag/b", caller).is_absent
    assert not context.look_up("aws:PrincipalTag/A", caller).is_absent
    assert not context.look_up("aws:RequestTag/b", caller).is_absent


@pytest.mark.parametrize(("pattern", "text", "exactly", "ignoring_case"), [
    ("sts:*", "sts:AssumeRole", True, True),
    ("STS:*", "sts:AssumeRole", False, True),
    ("sts:Assume", "sts:AssumeRole", False, False),
    ("*", "", True, True),
])  # fmt: skip
def test_a_pattern_matches_a_text(pattern: str, text: str, exactly: bool, ignoring_case: bool) -> None:
    assert matches(pattern, text) is exactly
    assert matches(pattern, text, ignore_case=True) is ignoring_case


def test_a_text_too_long_to_be_remembered_is_matched_all_the_same() -> None:
    assert matches("a" * 3000 + "?", "a" * 3001)
    assert not matches("a" * 3000 + "?", "a" * 3000)


def test_a_hostile_pattern_is_answered_at_once() -> None:
    """Were stars tried one after the other, this would not end in our lifetime."""
    assert not matches("*a" * 60, "a" * 59 + "b" * 2000)
    assert matches("*a" * 60, "ba" * 60)


def test_who_is_meant_can_be_asked_without_the_rest() -> None:
    document = parse_policy({"Statement": [ALLOW | {"Condition": {"Bool": {"aws:A": "true"}}}, DENY]})
    caller = read_caller("444455556666")
    meant = [prepare(statement, document).means_caller(caller).value for statement in document.statements]

    assert meant == [True, False]


def test_a_statement_is_prepared_once_for_each_version_of_the_language() -> None:
    new = parse_policy({"Version": "2012-10-17", "Statement": ALLOW})
    old = replace(new, version="2008-10-17")
    (statement,) = new.statements

    assert prepare(statement, new) is prepare(statement, new)
    assert prepare(statement, old) is not prepare(statement, new)


def test_what_is_kept_ready_stays_within_bounds() -> None:
    document = parse_policy({"Version": "2012-10-17", "Statement": ALLOW})
    for number in range(3 * MOST_PREPARED):
        assert statements_on(f"sts:Action{number}", document).allows

    assert len(document.prepared) <= MOST_PREPARED


@pytest.mark.parametrize(
    ("account", "expected"),
    [("", Outcome.CONDITIONAL), ("444455556666", Outcome.CONDITIONAL), ("888877776666", Outcome.IMPLICIT_DENY)],
)
def test_who_has_no_name_may_be_whoever_of_its_account_is_named(account: str, expected: Outcome) -> None:
    for principal in ("arn:aws:iam::444455556666:user/ann", "arn:aws:sts::444455556666:assumed-role/ci/build"):
        trust = parse_policy({"Statement": ALLOW | {"Principal": {"AWS": principal}}})
        answer = evaluate(
            Request(Caller(CallerKind.PRINCIPAL, account), "sts:AssumeRole", ROLE, OWN), PolicyStack(trust)
        )

        assert answer.outcome is expected


def test_a_living_principal_is_met_by_its_unique_id() -> None:
    trust = parse_policy({"Statement": ALLOW | {"Principal": {"AWS": "AROAEXAMPLEEXAMPLE12"}}})
    named = Caller(CallerKind.ROLE, OWN, f"arn:aws:iam::{OWN}:role/ci", unique_id="AROAEXAMPLEEXAMPLE12")
    other = replace(named, unique_id="AROAEXAMPLEEXAMPLE99")
    answers = [
        evaluate(Request(who, "sts:AssumeRole", ROLE, OWN), PolicyStack(trust)).outcome for who in (named, other)
    ]

    assert answers == [Outcome.ALLOWED, Outcome.IMPLICIT_DENY]


def test_an_answer_is_described_with_its_reasons() -> None:
    trust = parse_policy({"Statement": [ALLOW | {"Sid": "All"}, DENY]})
    sayings = {
        f"arn:aws:iam::{OWN}:user/ann": "denied: statement 1 of the trust policy denies it",
        "arn:aws:iam::444455556666:user/ann": "allowed: statement 0 `All` of the trust policy allows it",
        "arn:aws:iam::444455556666:root": "not allowed: the root user cannot assume roles",
        "ec2.amazonaws.com": "depends on undocumented: `*` as principal for service callers: ",
    }
    for principal, says in sayings.items():
        answer = evaluate(Request(read_caller(principal), "sts:AssumeRole", ROLE, OWN), PolicyStack(trust))
        assert describe_evaluation(answer).startswith(says)


def test_a_missing_guardrail_is_described_with_its_level() -> None:
    stack = PolicyStack(parse_policy({"Statement": ALLOW}), scps=((parse_policy({"Statement": []}),),))
    answer = evaluate(Request(read_caller("444455556666"), "sts:AssumeRole", ROLE, OWN), stack)

    assert describe_evaluation(answer).startswith(f"not allowed: no statement of the {Layer.SCP.value} at level 0")


def test_levels_of_guardrails_that_stacks_share_bind_each_of_them_alike() -> None:
    everything, nothing = ({"Effect": effect, "Action": "*", "Resource": "*"} for effect in ("Allow", "Deny"))
    above = (parse_policy({"Statement": everything}),)
    open_levels, closed_levels = (above, above), (above, (parse_policy({"Statement": [everything, nothing]}),))
    asked = Request(read_caller(f"arn:aws:iam::{OWN}:role/ci"), "sts:AssumeRole", ROLE, OWN)
    answers = []
    for levels in (open_levels, closed_levels) * 2:
        stack = PolicyStack(parse_policy({"Statement": [ALLOW]}), identity=above, scps=levels)
        answers.append(evaluate(asked, stack))

    assert answers[:2] == answers[2:]
    assert [answer.outcome for answer in answers[:2]] == [Outcome.ALLOWED, Outcome.EXPLICIT_DENY]
    assert [(reason.layer, reason.level) for reason in answers[1].reasons] == [(Layer.SCP, 1)]
