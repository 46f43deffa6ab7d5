"""What was seen is put to another trust policy: what goes on, what breaks, what nobody can tell."""

import dataclasses

from tests.analysis.small_organization import DATADOG, PROD, SANDBOX, STRANGER, organization, policy, role, trust
from trustview.analysis import Coverage, Replay, describe_replay
from trustview.analysis.coverage import read_moment
from trustview.analysis.replay import replay
from trustview.snapshot import Use

CI, OTHER = f"arn:aws:iam::{SANDBOX}:role/ci", f"arn:aws:iam::{SANDBOX}:role/other"
ANN = f"arn:aws:iam::{PROD}:user/ann"
WHOLE = policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:root"}))
VENDOR = policy(trust({"AWS": f"arn:aws:iam::{DATADOG}:root"}))
GITHUB = f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"
ISSUER = "token.actions.githubusercontent.com"
START, END = "2026-08-26T09:00:00Z", "2026-11-24T09:00:00Z"
SEEN = Coverage(PROD, read_moment(START), read_moment(END), ("us-east-1",), ("cloudtrail",))


def use(caller: str, account: str, count: int = 1, **more: object) -> Use:
    fields: dict[str, object] = {"action": "sts:AssumeRole", "hour": "2026-11-20T08:00:00Z", **more}
    return Use(f"arn:aws:iam::{PROD}:role/target", caller, account, count=count, **fields)  # type: ignore[arg-type]


def fares(today: str, then: str, *uses: Use, external_ids: tuple[str, ...] = ()) -> Replay:
    return replay(role("target", today), then, uses, SEEN, organization(), external_ids)


def token(subject: str, count: int = 3) -> Use:
    return use(f"{GITHUB}:{subject}", PROD, count, action="sts:AssumeRoleWithWebIdentity")


def oidc(*subjects: str, aud: str = "sts.amazonaws.com") -> str:
    tested = {f"{ISSUER}:aud": aud, **({f"{ISSUER}:sub": list(subjects)} if subjects else {})}
    return policy(trust({"Federated": GITHUB}, {"StringEquals": tested}, "sts:AssumeRoleWithWebIdentity"))


def test_who_is_named_goes_on_and_who_is_not_breaks() -> None:
    found = fares(WHOLE, policy(trust({"AWS": CI})), use(CI, SANDBOX, 5), use(OTHER, SANDBOX, 2), use(OTHER, SANDBOX))

    assert found.kept == 5
    assert [(one.caller, one.count) for one in found.refused] == [(OTHER, 3)]


def test_the_last_hour_of_each_caller_is_told() -> None:
    uses = [use(OTHER, SANDBOX, hour=f"2026-11-{day}T08:00:00Z") for day in (18, 20, 19)]
    (one,) = fares(WHOLE, policy(trust({"AWS": CI})), *uses).refused

    assert one.last == "2026-11-20T08:00:00Z"


def test_a_caller_of_whom_only_the_account_is_known_may_break_and_is_not_said_to() -> None:
    named = policy(trust({"AWS": f"arn:aws:iam::{DATADOG}:role/crawler"}))
    found = fares(VENDOR, named, use(DATADOG, DATADOG, 4))

    assert (found.kept, found.refused) == (0, ())
    assert [(one.caller, one.count) for one in found.unsure] == [(DATADOG, 4)]


def test_an_outsider_is_surely_not_of_our_organization() -> None:
    inside = policy(trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": organization().id}}))
    found = fares(policy(trust({"AWS": "*"})), inside, use(STRANGER, STRANGER), use(CI, SANDBOX, 2))

    assert found.kept == 2
    assert [one.caller for one in found.refused] == [STRANGER]


def test_an_external_id_that_is_sent_is_counted_and_one_that_is_not_is_missing() -> None:
    asks = policy(trust({"AWS": f"arn:aws:iam::{DATADOG}:root"}, {"StringEquals": {"sts:ExternalId": "abc"}}))
    found = fares(VENDOR, asks, use(DATADOG, DATADOG, 2, external_id="abc"), use(DATADOG, DATADOG, 1))

    assert found.kept == 2
    assert [one.count for one in (*found.refused, *found.unsure)] == [1]


def test_a_new_external_id_is_to_be_agreed_and_breaks_nobody_else() -> None:
    asks = policy(trust({"AWS": [CI, f"arn:aws:iam::{DATADOG}:role/x"]}, {"StringEquals": {"sts:ExternalId": "new"}}))
    today = policy(trust({"AWS": [CI, OTHER, f"arn:aws:iam::{DATADOG}:role/x"]}))
    uses = (use(f"arn:aws:iam::{DATADOG}:role/x", DATADOG, 4), use(OTHER, SANDBOX))
    found = fares(today, asks, *uses, external_ids=("new",))

    assert [one.count for one in found.agreed] == [4]
    assert [one.caller for one in found.refused] == [OTHER]


def test_users_without_mfa_break_and_roles_do_not() -> None:
    today = policy(trust({"AWS": [ANN, CI]}))
    deny = {
        "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
        "Condition": {
            "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:user/*"},
            "BoolIfExists": {"aws:MultiFactorAuthPresent": "false", "aws:PrincipalIsAWSService": "false"},
        },
    }  # fmt: skip
    then = policy(trust({"AWS": [ANN, CI]}), deny)
    found = fares(today, then, use(ANN, PROD, 3), use(ANN, PROD, 2, with_mfa=2), use(CI, SANDBOX, 4))

    assert found.kept == 6
    assert [(one.caller, one.count) for one in found.refused] == [(ANN, 3)]


def test_a_subject_that_was_seen_is_known_and_an_audience_that_was_tested_before_makes_no_difference() -> None:
    then = oidc("repo:acme/app:ref:refs/heads/main")
    found = fares(oidc(), then, token("repo:acme/app:ref:refs/heads/main"), token("repo:acme/app:pull_request"))

    assert found.kept == 3
    assert [one.caller for one in found.refused] == [f"{GITHUB}:repo:acme/app:pull_request"]


def test_another_audience_is_not_called_the_same() -> None:
    found = fares(oidc(), oidc(aud="another"), token("repo:acme/app:pull_request"))

    assert (found.kept, len(found.unsure)) == (0, 1)


def test_what_cloudtrail_does_not_tell_of_a_service_is_not_guessed() -> None:
    service = {"Service": "config.amazonaws.com"}
    then = policy(trust(service, {"StringEquals": {"aws:SourceAccount": PROD}}))
    found = fares(policy(trust(service)), then, use("config.amazonaws.com", "", 7))

    assert (found.kept, found.refused) == (0, ())
    assert [(one.count, one.reason) for one in found.unsure] == [(7, "`aws:SourceAccount`")]


def test_session_tags_must_be_allowed_too() -> None:
    today = policy(trust({"AWS": CI}, action=["sts:AssumeRole", "sts:TagSession"]))
    found = fares(today, policy(trust({"AWS": CI})), use(CI, SANDBOX, 2, tags=("team",)), use(CI, SANDBOX, 5))

    assert found.kept == 5
    assert [one.count for one in found.refused] == [2]


def test_what_today_refuses_too_is_old_and_no_reason_against_the_change() -> None:
    found = fares(policy(trust({"AWS": CI})), policy(trust({"AWS": CI})), use(OTHER, SANDBOX))

    assert (found.refused, len(found.stale), found.is_complete) == ((), 1, False)


def test_refused_calls_are_no_use() -> None:
    assert fares(WHOLE, policy(trust({"AWS": CI})), use(OTHER, SANDBOX, 0, refused=9)).refused == ()


def test_an_account_without_cloudtrail_proves_nothing() -> None:
    unseen = Coverage(PROD, lacks=("no evidence of CloudTrail was read of the account",))
    found = replay(role("target", WHOLE), WHOLE, [], unseen, organization())

    assert not found.is_complete
    assert list(describe_replay(found)) == [("seen", "no evidence of CloudTrail was read of the account")]


def test_holes_are_said() -> None:
    hole = dataclasses.replace(SEEN, lacks=("nothing is known from 2026-09-01 to 2026-09-02 in `us-east-1`",))
    found = replay(role("target", WHOLE), WHOLE, [use(CI, SANDBOX)], hole, organization())

    assert not found.is_complete
    assert [label for label, _ in describe_replay(found)] == ["replay", "seen", "seen"]
    assert ("replay", "1 of 1 call seen go on as before") in describe_replay(found)
    assert ("seen", hole.lacks[0]) in describe_replay(found)
