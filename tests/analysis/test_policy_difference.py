"""Two policies compared in effect: who lost, who gained, when, and which actions."""

import json

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.small_organization import DATADOG, PROD, STRANGER, organization, policy, trust
from trustview.analysis import compare_policies, describe_difference, facts_about, text_difference
from trustview.policy.narrowing import Verdict

FACTS = facts_about(organization(), PROD)
VENDOR = f"arn:aws:iam::{DATADOG}:root"
WITH_ID = {"StringEquals": {"sts:ExternalId": "a-long-enough-id"}}
READ_ONLY, AUDIT = (f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "SecurityAudit"))


def test_policies_that_say_the_same_in_other_words_are_the_same() -> None:
    one, other = policy(trust({"AWS": VENDOR})), policy(trust({"AWS": [DATADOG]}))
    found = compare_policies(one, other, FACTS)

    assert found.is_same
    assert (found.lost, found.gained) == ((), ())
    assert list(describe_difference(found)) == [("in effect", "proved: both allow the same requests")]


def test_who_lost_all_and_who_lost_some_is_told_with_a_request_that_shows_it() -> None:
    old, new = policy(trust({"AWS": [VENDOR, STRANGER]})), policy(trust({"AWS": VENDOR}, WITH_ID))
    found = compare_policies(old, new, FACTS)

    assert (found.no_wider, found.no_narrower) == (Verdict.PROVED, Verdict.WIDER)
    assert {way.principal: way.whole for way in found.lost} == {VENDOR: False, STRANGER: True}
    assert found.gained == ()
    assert "a-long-enough-id" not in str(found.lost)


def test_who_gained_is_told_with_what_it_has_to_send() -> None:
    found = compare_policies(policy(trust({"AWS": STRANGER})), policy(trust({"AWS": VENDOR}, WITH_ID)), FACTS)

    (gained,) = found.gained
    assert gained.principal == VENDOR
    assert ("sts:externalid", "a-long-enough-id") in gained.when
    assert dict(describe_difference(found))["in effect"] == "each allows something that the other does not"


def test_of_managed_policies_the_actions_are_told_those_on_content_first() -> None:
    policies = acme_snapshot().policies_by_arn
    found = compare_policies(policies[READ_ONLY].document, policies[AUDIT].document, facts_about(None, ""))

    assert {"s3:GetObject", "dynamodb:GetItem"} <= set(found.actions_lost[:100])
    assert not {"s3:GetObject", "dynamodb:GetItem"} & set(found.actions_gained)
    assert any("more actions" in sentence for label, sentence in describe_difference(found) if label == "no longer")


def test_an_action_that_is_denied_everywhere_is_not_allowed() -> None:
    allow = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    found = compare_policies(policy(allow), policy(allow, deny), facts_about(None, ""))

    assert found.actions_lost == ("s3:GetObject",)
    assert found.actions_gained == ()


def test_what_is_no_policy_proves_nothing() -> None:
    assert not compare_policies("{", policy(trust({"AWS": VENDOR})), FACTS).is_same


def test_the_text_is_compared_as_people_read_it() -> None:
    lines = text_difference(json.dumps({"Statement": 1}), '{\n"Statement":   2}', ("now", "then"))

    assert lines[0] == "--- now"
    assert {'-  "Statement": 1', '+  "Statement": 2'} <= set(lines)
