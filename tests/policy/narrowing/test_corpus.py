"""Real policies before and after an edit: nearly all get an answer, and what was widened on purpose is never proved."""

import json
from collections import Counter

import pytest

from tests.policy.narrowing.edits import CORPUS, NARROWING, WIDENING, Document, pairs
from tests.policy.narrowing.seeking import find_violation
from tests.policy.narrowing.test_cases import assert_shown
from trustview.policy import PolicyDocument, parse_policy
from trustview.policy.narrowing import Facts, Proof, Verdict, Witness, narrower
from trustview.policy.narrowing.comparison import witness_value
from trustview.policy.simulation import Simulation, answer_simulation, read_simulation

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")

# Edits that look like widenings and are none, because another statement or element covers them.
_COVERED = {
    # These name an account and one of its principals: the account was trusted before.
    "checkov--fail3: trust the account of who is named 0",
    "checkov--fail4: trust the account of who is named 0",
    "checkov--pass3-2: trust the account of who is named 0",
    "cloud-custodian--iam-getrole-2: trust the account of who is named 0",
    "cloud-custodian--iam-listinstanceprofiles-1: trust the account of who is named 0",
    # Everyone was trusted before.
    "checkov--awsstarprincipalinlist2: trust everyone 0",
    "cloudsplaining--test-trust-policies-2: trust another account 0",
    # Nobody was let in before nor is now: there is a Deny alone.
    "checkov--denyignore2: drop a Deny 0",
    "localstack--test-update-stack: drop a Deny 0",
    "panther-analysis--aws-iam-role-restricts-usage-3: drop a Deny 0",
    # Another statement trusts the same account without the condition, or the same service already.
    "landing-zone-accelerator-on---bootstrap-stack-test-ts: drop a condition 0",
    "landing-zone-accelerator-on---bootstrap-stack-test-ts: drop all conditions 0",
    "landing-zone-accelerator-on---bootstrap-stack-test-ts: let a missing key pass 0",
    "landing-zone-accelerator-on---bootstrap-stack-test-ts: widen a value 0",
    "landing-zone-accelerator-on---bootstrap-stack-test-ts: add a value 0",
    "govuk-infrastructure--network-flow-agent-assume-role: trust another service 0",
    # An operator that nobody knows was left beside the one that was edited.
    "amazon-eks-pod-identity-webh--readme: drop a condition 1",
    "amazon-eks-pod-identity-webh--readme: let a missing key pass 0",
    "amazon-eks-pod-identity-webh--readme: add a value 0",
}


# Edits that look like narrowings and are none.
_WIDER = {
    # The value that is asked now takes the place of another that was asked under the same operator.
    "amazon-eks-pod-identity-webh--readme: compare exactly 0",
    # STS denies tokens of this provider until their subject is asked.
    "aws-oidc-trust-examples--assume-role-2: require a subject 0",
}


def prove(before: Document, after: Document) -> tuple[PolicyDocument, PolicyDocument, Proof]:
    old, new = parse_policy(json.dumps(before)), parse_policy(json.dumps(after))
    return old, new, narrower(old, new)


def assert_asked_again(witness: Witness, before: Document, after: Document) -> None:
    """A witness as it is written can be put to `trustview simulate`, which says the same."""
    for trust_policy, outcomes in ((after, ["allowed"]), (before, ["explicit_deny", "implicit_deny"])):
        found = read_simulation({"trust_policy": trust_policy, **witness_value(witness)})
        assert isinstance(found, Simulation), found
        assert answer_simulation(found)["outcome"] in outcomes


def test_edits_that_narrow_are_proved() -> None:
    verdicts: Counter[Verdict] = Counter()
    for number, (name, before, after) in enumerate(pairs(NARROWING)):
        old, new, proof = prove(before, after)
        verdicts[proof.verdict] += 1
        assert (proof.verdict is Verdict.WIDER) == (name in _WIDER), name
        if number % 60 == 0 and proof.is_proved:
            assert find_violation(old, new, Facts(), count=150, seed=number) is None, name

    assert verdicts.total() > 2000
    assert verdicts[Verdict.UNKNOWN] <= 0.005 * verdicts.total()


def test_edits_that_widen_are_never_proved_and_their_witnesses_are_confirmed() -> None:
    verdicts: Counter[Verdict] = Counter()
    proved = set()
    for number, (name, before, after) in enumerate(pairs(WIDENING)):
        old, new, proof = prove(before, after)
        verdicts[proof.verdict] += 1
        if proof.is_proved:
            proved.add(name)
        elif proof.witness is not None:
            assert_shown(proof, old, new)
            if number % 20 == 0:
                assert_asked_again(proof.witness, before, after)

    assert proved == _COVERED
    assert verdicts.total() > 1500
    assert verdicts[Verdict.UNKNOWN] <= 0.015 * verdicts.total()
