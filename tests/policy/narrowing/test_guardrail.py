"""Guardrails before and after a change: what is denied stays denied, whatever hangs beside them.

`TRUSTVIEW_PAIRS` and `TRUSTVIEW_REQUESTS` as in `test_soundness.py`.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.narrowing.random_pairs import pairs_of_policies
from tests.policy.narrowing.seeking import Seeker
from tests.policy.narrowing.test_cases import assert_shown
from tests.policy.narrowing.test_soundness import PAIRS, REQUESTS, Pair, many
from trustview.policy import Layer, Outcome, PolicyDocument, PolicyStack, evaluate, parse_policy
from trustview.policy.narrowing import Facts, Verdict, narrower_guardrail

ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OF_S3 = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
NO_LEAVING = {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
NO_ORGANIZATIONS = {"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}
NOTHING_BUT_S3 = {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}


def no_outsiders(**conditions: object) -> dict[str, Any]:
    tested = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}} | conditions
    return {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*", "Condition": tested}


NO_OUTSIDERS = no_outsiders()
BUT_SERVICES = no_outsiders(BoolIfExists={"aws:PrincipalIsAWSService": "false"})
BUT_TAGGED = no_outsiders(StringNotEquals={"aws:ResourceTag/external-trust": "approved"})
BUT_PIPELINES = {
    "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",
    "Condition": {"StringNotLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}},
}  # fmt: skip
ODD = NO_LEAVING | {"Condition": {"StringIs": {"aws:RequestedRegion": "x"}}}
FOR_SOME = NO_OUTSIDERS | {"Principal": {"AWS": "444455556666"}}
FOR_OTHERS = {k: v for k, v in NO_OUTSIDERS.items() if k != "Principal"} | {"NotPrincipal": {"AWS": "444455556666"}}


@dataclass(frozen=True)
class Case:
    name: str
    layer: Layer
    old: tuple[dict[str, Any], ...]
    new: tuple[dict[str, Any], ...]
    expect: Verdict
    says: str = ""


P, W, U = Verdict.PROVED, Verdict.WIDER, Verdict.UNKNOWN
CASES = (
    Case("a new RCP denies more and allows nothing", Layer.RCP, (), (NO_OUTSIDERS,), P),
    Case("an RCP that is gone", Layer.RCP, (NO_OUTSIDERS,), (), W, "it no longer denies"),
    Case("an RCP that spares services", Layer.RCP, (NO_OUTSIDERS,), (BUT_SERVICES,), W, "it no longer denies"),
    Case("an RCP that spares them no longer", Layer.RCP, (BUT_SERVICES,), (NO_OUTSIDERS,), P),
    Case("an RCP that spares roles with a tag", Layer.RCP, (NO_OUTSIDERS,), (BUT_TAGGED,), W),
    Case("an RCP on pipelines that is gone", Layer.RCP, (BUT_PIPELINES,), (), W),
    Case("one statement more", Layer.RCP, (BUT_SERVICES,), (BUT_SERVICES, BUT_PIPELINES), P),
    Case("a statement for some, of which AWS says nothing, is gone", Layer.RCP, (FOR_SOME,), (), U, "not settled"),
    Case("one for all but some is gone", Layer.RCP, (FOR_OTHERS,), (), U, "not settled"),
    Case("a statement for some becomes one for everyone", Layer.RCP, (FOR_SOME,), (NO_OUTSIDERS,), P),
    Case("a statement for everyone becomes one for some, of which AWS says nothing", Layer.RCP,
         (NO_OUTSIDERS,), (FOR_SOME,), W, "if AWS reads it so"),
    Case("what an RCP allows does not count", Layer.RCP, (), (ANYTHING | {"Principal": "*"},), P),
    Case("an SCP denies more", Layer.SCP, (ANYTHING,), (ANYTHING, NO_LEAVING), P),
    Case("an SCP denies less", Layer.SCP, (ANYTHING, NO_ORGANIZATIONS), (ANYTHING, NO_LEAVING), W, "no longer denies"),
    Case("a Deny is gone, and nothing allows it here, but something beside it may", Layer.SCP,
         (OF_S3, NO_LEAVING), (OF_S3,), W, "no longer denies"),
    Case("an SCP allows more", Layer.SCP, (OF_S3,), (ANYTHING,), W, "the new policy allows"),
    Case("an SCP allows more, and denies that itself", Layer.SCP, (OF_S3,), (ANYTHING, NOTHING_BUT_S3), P),
    Case("an SCP allows less", Layer.SCP, (ANYTHING,), (OF_S3,), P),
    Case("a Deny that lets others through in the place of a list of what is allowed", Layer.SCP,
         (OF_S3,), (ANYTHING, NO_LEAVING), W, "the new policy allows"),
    Case("an operator that nobody knows is gone", Layer.SCP,
         (ANYTHING, ODD), (ANYTHING,), U, "StringIs"),
    Case("an operator that nobody knows, and more is allowed", Layer.SCP,
         (OF_S3, ODD), (ANYTHING,), W,
         "the new policy allows"),
)  # fmt: skip


def guardrail(statements: tuple[dict[str, Any], ...]) -> PolicyDocument:
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_of_a_change(case: Case) -> None:
    old, new = guardrail(case.old), guardrail(case.new)
    proof = narrower_guardrail(old, new, case.layer)

    assert proof.verdict is case.expect, proof.reason
    assert case.says in proof.reason
    assert (proof.verdict is W) == (proof.witness is not None)
    if proof.witness is not None:
        beside = () if case.layer is Layer.RCP else (guardrail((ANYTHING,)),)
        allowed = [lets_through(proof.witness.request, case.layer, (one, *beside)) for one in (old, new)]
        # What the old one does not allow another beside it may: then the Denies alone tell.
        assert allowed == [False, True] or proof.depends_on or case.says == "the new policy allows"


def lets_through(request: Any, layer: Layer, level: tuple[PolicyDocument, ...]) -> bool:  # noqa: ANN401
    provider = request.caller.provider or "x.amazonaws.com"
    named = ({"AWS": "*", "Service": provider}, {"Federated": provider})
    trust = parse_policy({"Statement": [{"Effect": "Allow", "Principal": one, "Action": "*"} for one in named]})
    guardrails: dict[str, Any] = {"scps" if layer is Layer.SCP else "rcps": (level,)}
    return evaluate(request, PolicyStack(trust, None, **guardrails)).outcome is Outcome.ALLOWED


@many(PAIRS)
@given(pairs_of_policies(), pairs_of_policies(), st.sampled_from([Layer.SCP, Layer.RCP]), st.integers(0, 1 << 16))
def test_no_request_contradicts_a_proof_whatever_hangs_beside_it(
    pair: Pair, others: Pair, layer: Layer, seed: int
) -> None:
    old, new = pair
    proof = narrower_guardrail(old, new, layer)
    if proof.witness is not None and proof.reason.startswith("the new policy"):
        assert_shown(proof, old, new)
    if not proof.is_proved:
        return
    seeker = Seeker(old, new, Facts(), seed)
    for request in seeker.requests(REQUESTS):
        after, before = (lets_through(request, layer, (one, others[0])) for one in (new, old))
        assert not after or before or may_be(request, layer, (old, others[0]))


def may_be(request: Any, layer: Layer, level: tuple[PolicyDocument, ...]) -> bool:  # noqa: ANN401
    """Whether nobody knows if the request is let through."""
    trust = parse_policy({"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*"}})
    guardrails: dict[str, Any] = {"scps" if layer is Layer.SCP else "rcps": (level,)}
    return evaluate(request, PolicyStack(trust, None, **guardrails)).outcome is Outcome.CONDITIONAL
