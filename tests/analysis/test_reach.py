"""Who gets in through a grant: party and reach of every kind of principal, after every layer."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.analysis.small_organization import (
    ADMINISTRATOR,
    DATADOG,
    MANAGEMENT,
    ORGANIZATION,
    PROD,
    ROOT,
    SANDBOX,
    STRANGER,
    UNREAD,
    guardrail,
    may_assume,
    policy,
    role,
    snapshot,
    trust,
    user,
)
from trustview.analysis import Analysis, Grant, Party, ReachKind, analyse
from trustview.snapshot import (
    AccountFacts,
    GuardrailKind,
    GuardrailPolicy,
    InlinePolicy,
    ManagedPolicy,
    Role,
    Snapshot,
    User,
)  # fmt: skip

OUR_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}

CALLERS: tuple[Role | User, ...] = (
    role("ci", policy(trust({"Service": "ec2.amazonaws.com"})), SANDBOX, inline=may_assume()),
    role("idle", policy(trust({"Service": "ec2.amazonaws.com"})), SANDBOX),
    role("admin", policy(trust({"Service": "ec2.amazonaws.com"})), attached=(ADMINISTRATOR,)),
    user("ann", inline=may_assume()),
    user("bob"),
)

RCP_ONLY_OURS = guardrail(
    GuardrailKind.RCP,
    "OnlyOurs",
    {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Resource": "*",
        "Condition": {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    },
    ROOT,
)
SCP_ONLY_OURS = guardrail(
    GuardrailKind.SCP,
    "StopOutsiders",
    {
        "Effect": "Deny",
        "Action": "sts:AssumeRole",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
    },
    ROOT,
)
SCP_NO_ASSUMING = guardrail(
    GuardrailKind.SCP, "NoAssuming", {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}, SANDBOX
)


def analyse_grants(
    *statements: dict[str, Any], account: str = PROD, guardrails: tuple[GuardrailPolicy, ...] = ()
) -> tuple[Grant, ...]:
    target = role("target", policy(*statements), account)
    return of_target(analyse(snapshot(target, *CALLERS, guardrails=guardrails), checks=()))


def of_target(analysis: Analysis) -> tuple[Grant, ...]:
    return tuple(grant for grant in analysis.grants if grant.role.endswith(":role/target"))


CASES = [
    ("everyone without a condition gets in", trust({"AWS": "*"}), Party.PUBLIC, ReachKind.OPEN),
    ("a bare star is everyone", trust("*"), Party.PUBLIC, ReachKind.OPEN),
    (
        "everyone of our organization is a member",
        trust({"AWS": "*"}, OUR_ORGANIZATION),
        Party.ORGANIZATION,
        ReachKind.OPEN,
    ),
    (
        "a star bound to our organization and a partner's is not the organization alone",
        trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": [ORGANIZATION, "o-partner001"]}}),
        Party.PUBLIC,
        ReachKind.OPEN,
    ),
    (
        "an organization condition with IfExists keeps nobody out",
        trust({"AWS": "*"}, {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}),
        Party.PUBLIC,
        ReachKind.OPEN,
    ),
    (
        "a negated organization condition lets strangers in",
        trust({"AWS": "*"}, {"StringNotEquals": {"aws:PrincipalOrgID": "o-somebody00"}}),
        Party.PUBLIC,
        ReachKind.OPEN,
    ),
    (
        "an external id is something that anybody may send",
        trust({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "x"}}),
        Party.PUBLIC,
        ReachKind.CONDITIONAL,
    ),
    (
        "a star bound to one outside account is that account",
        trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalAccount": STRANGER}}),
        Party.UNKNOWN_ACCOUNT,
        ReachKind.OPEN,
    ),
    (
        "a star bound to the organization by a policy variable is the organization",
        trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}),
        Party.ORGANIZATION,
        ReachKind.OPEN,
    ),
    (
        "a star bound to the role's own account by a policy variable is that account",
        trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}),
        Party.SAME_ACCOUNT,
        ReachKind.OPEN,
    ),
    (
        "two conditions on accounts leave those that both name",
        trust(
            {"AWS": "*"},
            {
                "StringEquals": {"aws:PrincipalAccount": [STRANGER, SANDBOX]},
                "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{SANDBOX}:role/*"},
            },
        ),
        Party.ORGANIZATION,
        ReachKind.CONDITIONAL,
    ),
    (
        "a string operator lets a star reach across the colons of an ARN",
        trust({"AWS": "*"}, {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::*:{SANDBOX}:role/x"}}),
        Party.PUBLIC,
        ReachKind.CONDITIONAL,
    ),
    (
        "IfExists holds where another condition demands the key",
        trust(
            {"AWS": "*"},
            {
                "StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
                "Null": {"aws:PrincipalOrgID": "false"},
            },
        ),
        Party.ORGANIZATION,
        ReachKind.OPEN,
    ),
    (
        "whether a star means federated callers is not documented",
        trust({"AWS": "*"}, action="sts:AssumeRoleWithWebIdentity"),
        Party.PUBLIC,
        ReachKind.CONDITIONAL,
    ),
    (
        "a star under Federated is no IAM principal, and whom it means is not documented",
        trust({"Federated": "*"}, action=["sts:AssumeRole", "sts:AssumeRoleWithSAML"]),
        Party.PUBLIC,
        ReachKind.CONDITIONAL,
    ),
    ("the root of a stranger is a whole account", trust({"AWS": STRANGER}), Party.UNKNOWN_ACCOUNT, ReachKind.OPEN),
    ("a register account is a vendor", trust({"AWS": f"arn:aws:iam::{DATADOG}:root"}), Party.VENDOR, ReachKind.OPEN),
    (
        "an outsider can never be of our organization",
        trust({"AWS": DATADOG}, OUR_ORGANIZATION),
        Party.VENDOR,
        ReachKind.DEAD,
    ),
    (
        "an outsider of an organization that the policy names gets in",
        trust({"AWS": DATADOG}, {"StringEquals": {"aws:PrincipalOrgID": "o-vendororg1"}}),
        Party.VENDOR,
        ReachKind.OPEN,
    ),
    (
        "an outsider is in no path of our organization",
        trust({"AWS": DATADOG}, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}),
        Party.VENDOR,
        ReachKind.DEAD,
    ),
    ("the management account has a party of its own", trust({"AWS": MANAGEMENT}), Party.MANAGEMENT, ReachKind.OPEN),
    ("a member account is the organization", trust({"AWS": SANDBOX}), Party.ORGANIZATION, ReachKind.OPEN),
    (
        "a member meets the organization condition",
        trust({"AWS": SANDBOX}, OUR_ORGANIZATION),
        Party.ORGANIZATION,
        ReachKind.OPEN,
    ),
    ("the own root is the same account", trust({"AWS": PROD}), Party.SAME_ACCOUNT, ReachKind.OPEN),
    (
        "a named role of another account needs its own allow: it has one",
        trust({"AWS": f"arn:aws:iam::{SANDBOX}:role/ci"}),
        Party.ORGANIZATION,
        ReachKind.OPEN,
    ),
    (
        "a named role of another account without an allow of its own stays out",
        trust({"AWS": f"arn:aws:iam::{SANDBOX}:role/idle"}),
        Party.ORGANIZATION,
        ReachKind.DEAD,
    ),
    (
        "a user of the own account needs nothing of its own",
        trust({"AWS": f"arn:aws:iam::{PROD}:user/bob"}),
        Party.SAME_ACCOUNT,
        ReachKind.OPEN,
    ),
    (
        "a role that does not exist is nobody",
        trust({"AWS": f"arn:aws:iam::{SANDBOX}:role/gone"}),
        Party.ORGANIZATION,
        ReachKind.DEAD,
    ),
    (
        "a role of an account that was not read is unknown, never dead",
        trust({"AWS": f"arn:aws:iam::{UNREAD}:role/whoever"}),
        Party.ORGANIZATION,
        ReachKind.UNKNOWN,
    ),
    (
        "a principal of another partition is nobody",
        trust({"AWS": f"arn:aws-cn:iam::{STRANGER}:root"}),
        Party.UNKNOWN_ACCOUNT,
        ReachKind.DEAD,
    ),
    ("a deleted principal is nobody", trust({"AWS": "AROAEXAMPLEEXAMPLE12"}), Party.UNKNOWN_ACCOUNT, ReachKind.DEAD),
    ("the id of a living role is that role", trust({"AWS": "AROACI0000000000"}), Party.ORGANIZATION, ReachKind.OPEN),
    ("a service gets in", trust({"Service": "lambda.amazonaws.com"}), Party.SERVICE, ReachKind.OPEN),
    (
        "a source account leaves a service open on it",
        trust({"Service": "lambda.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": PROD}}),
        Party.SERVICE,
        ReachKind.CONDITIONAL,
    ),
    (
        "a service is in no organization",
        trust({"Service": "lambda.amazonaws.com"}, OUR_ORGANIZATION),
        Party.SERVICE,
        ReachKind.DEAD,
    ),
    (
        "Cognito is an identity provider, not a service",
        trust(
            {"Federated": "cognito-identity.amazonaws.com"},
            {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}},
            "sts:AssumeRoleWithWebIdentity",
        ),
        Party.IDENTITY_PROVIDER,
        ReachKind.CONDITIONAL,
    ),
    (
        "a SAML provider under the wrong action lets nobody in",
        trust({"Federated": f"arn:aws:iam::{PROD}:saml-provider/okta"}),
        Party.IDENTITY_PROVIDER,
        ReachKind.DEAD,
    ),
    (
        "whether a role passes BoolIfExists on MFA is not documented",
        trust(
            {"AWS": f"arn:aws:iam::{SANDBOX}:role/ci"}, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
        ),
        Party.ORGANIZATION,
        ReachKind.CONDITIONAL,
    ),
    (
        "multi-factor authentication is never there for a role",
        trust(
            {"AWS": f"arn:aws:iam::{SANDBOX}:role/ci"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        ),
        Party.ORGANIZATION,
        ReachKind.DEAD,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "party", "kind"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_party_and_reach_of_one_grant(statement: dict[str, Any], party: Party, kind: ReachKind) -> None:
    grants = analyse_grants(statement)

    assert [(grant.party, grant.reach.kind) for grant in grants] == [(party, kind)]
    assert grants[0].reach.reasons


def test_a_trust_policy_that_only_denies_grants_nothing() -> None:
    assert analyse_grants({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}) == ()


def test_an_action_that_gives_no_session_is_no_grant() -> None:
    assert analyse_grants(trust({"AWS": STRANGER}, action="sts:TagSession")) == ()


def test_a_trust_deny_blocks_and_is_named() -> None:
    deny = {"Sid": "NotThem", "Effect": "Deny", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"}
    (grant,) = analyse_grants(trust({"AWS": STRANGER}), deny)

    assert grant.reach.kind is ReachKind.BLOCKED
    assert grant.reach.blocked_by == ("trust policy statement 1 `NotThem`",)


def test_a_grant_is_judged_without_the_other_statements_of_its_policy() -> None:
    bound, plain = analyse_grants(trust({"AWS": STRANGER}, OUR_ORGANIZATION), trust({"AWS": STRANGER}))

    assert (bound.reach.kind, plain.reach.kind) == (ReachKind.DEAD, ReachKind.OPEN)


@pytest.mark.parametrize("place", ["trust policy", "resource control policy"])
def test_what_keeps_strangers_from_a_grant_to_everyone_still_lets_the_organization_in(place: str) -> None:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    deny["Condition"] = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    own = (deny,) if place == "trust policy" else ()
    guardrails = () if own else (RCP_ONLY_OURS,)
    (grant,) = analyse_grants(trust({"AWS": "*"}), *own, guardrails=guardrails)

    assert grant.reach.kind is ReachKind.CONDITIONAL
    assert grant.reach.depends_on[0] == "aws:PrincipalOrgID"
    assert grant.reach.blocked_by
    assert grant.reach.is_shut_by_itself == bool(own)


def test_a_resource_control_policy_blocks_strangers_and_is_named_with_its_place() -> None:
    (grant,) = analyse_grants(trust({"AWS": STRANGER}), guardrails=(RCP_ONLY_OURS,))

    assert grant.reach.kind is ReachKind.BLOCKED
    assert grant.reach.blocked_by == ("RCP `OnlyOurs` at Root",)


def test_a_resource_control_policy_with_the_service_exemption_lets_services_and_members_in() -> None:
    service, member = analyse_grants(
        trust({"Service": "ec2.amazonaws.com"}), trust({"AWS": SANDBOX}), guardrails=(RCP_ONLY_OURS,)
    )

    assert (service.reach.kind, member.reach.kind) == (ReachKind.OPEN, ReachKind.OPEN)


def test_an_exemption_by_a_tag_that_the_role_has_not_does_not_open_it() -> None:
    statement = json.loads(RCP_ONLY_OURS.document)["Statement"][0]
    statement["Condition"]["StringNotEqualsIfExists"]["aws:ResourceTag/trust"] = "approved"
    exempting = guardrail(GuardrailKind.RCP, "Exempting", statement, ROOT)
    plain = role("target", policy(trust({"AWS": STRANGER})))
    tagged = replace(plain, tags=(("trust", "approved"),))
    reaches = [of_target(analyse(snapshot(r, guardrails=(exempting,)), checks=()))[0].reach for r in (plain, tagged)]

    assert [reach.kind for reach in reaches] == [ReachKind.BLOCKED, ReachKind.OPEN]


def test_an_organization_that_the_guardrail_lets_pass_is_not_blocked() -> None:
    statement = json.loads(RCP_ONLY_OURS.document)["Statement"][0]
    statement["Condition"]["StringNotEqualsIfExists"]["aws:PrincipalOrgID"] = [ORGANIZATION, "o-partner001"]
    (grant,) = analyse_grants(
        trust({"AWS": STRANGER}), guardrails=(guardrail(GuardrailKind.RCP, "Partners", statement, ROOT),)
    )

    assert grant.reach.kind is ReachKind.OPEN


def test_a_level_of_which_no_guardrail_was_read_shuts_nobody_out() -> None:
    facts = snapshot(role("target", policy(trust({"AWS": f"arn:aws:iam::{SANDBOX}:role/ci"}))), *CALLERS)
    assert facts.organization
    only_a_document = replace(facts.organization, guardrails=(replace(SCP_NO_ASSUMING, targets=()),))
    (grant,) = of_target(analyse(replace(facts, organization=only_a_document), checks=()))

    assert grant.reach.kind is ReachKind.OPEN


def test_no_guardrail_protects_a_role_of_the_management_account() -> None:
    (grant,) = analyse_grants(trust({"AWS": STRANGER}), account=MANAGEMENT, guardrails=(RCP_ONLY_OURS,))

    assert grant.reach.kind is ReachKind.OPEN


def test_a_service_control_policy_never_stops_outsiders() -> None:
    (grant,) = analyse_grants(trust({"AWS": STRANGER}), guardrails=(SCP_ONLY_OURS,))

    assert grant.reach.kind is ReachKind.OPEN


def test_a_service_control_policy_on_the_callers_account_stops_its_principals() -> None:
    (grant,) = analyse_grants(trust({"AWS": f"arn:aws:iam::{SANDBOX}:role/ci"}), guardrails=(SCP_NO_ASSUMING,))

    assert grant.reach.kind is ReachKind.BLOCKED
    assert grant.reach.blocked_by == ("SCP `NoAssuming` at sandbox",)


def test_a_caller_of_which_a_policy_was_not_read_is_unknown_not_dead() -> None:
    caller = role(
        "ci2", policy(trust({"Service": "ec2.amazonaws.com"})), SANDBOX, attached=("arn:aws:iam::aws:policy/X",)
    )
    target = role("target", policy(trust({"AWS": caller.arn})))
    (grant,) = of_target(analyse(snapshot(target, caller), checks=()))

    assert grant.reach.kind is ReachKind.UNKNOWN


def test_the_graph_shows_which_members_of_a_trusted_account_can_use_the_grant() -> None:
    target = role("target", policy(trust({"AWS": PROD}), trust({"AWS": SANDBOX})))
    analysis = analyse(snapshot(target, *CALLERS), checks=())

    sources = {edge.source.rpartition(":")[2] for edge in analysis.graph.into(target.arn)}
    assert sources == {PROD, SANDBOX, "role/ci", "role/admin", "user/ann"}


def test_a_boundary_without_sts_keeps_a_role_of_the_same_account_out_but_not_a_user() -> None:
    boundary = InlinePolicy("b", policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))
    arn = f"arn:aws:iam::{PROD}:policy/b"
    bound_role = role("bound", policy(trust({"Service": "ec2.amazonaws.com"})), boundary=arn, inline=may_assume())
    bound_user = user("bound", boundary=arn)
    target = role("target", policy(trust({"AWS": bound_role.arn}), trust({"AWS": bound_user.arn})))
    facts = AccountFacts(
        PROD, roles=(target, bound_role), users=(bound_user,), policies=(ManagedPolicy(arn, "b", boundary.document),)
    )
    grants = of_target(analyse(Snapshot("2026-11-20T06:00:00Z", "aws", None, (facts,)), checks=()))

    assert [grant.reach.kind for grant in grants] == [ReachKind.DEAD, ReachKind.OPEN]


@pytest.mark.parametrize("order", [(PROD, SANDBOX), (SANDBOX, PROD)])
def test_accounts_of_one_unit_that_say_the_same_are_told_apart_by_their_own_scps(order: tuple[str, str]) -> None:
    trusting = (role("target", policy(trust({"AWS": account})), account) for account in order)
    shut = guardrail(GuardrailKind.SCP, "Shut", {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}, SANDBOX)
    facts = snapshot(*trusting, guardrails=(shut,))
    assert facts.organization
    beside = tuple(replace(account, parent=ROOT) for account in facts.organization.accounts)
    by_account = {facts.id: facts for facts in facts.accounts}
    analysis = analyse(
        replace(
            facts,
            organization=replace(facts.organization, accounts=beside),
            accounts=tuple(by_account[account] for account in order),
        ),
        checks=(),
    )

    kinds = {grant.account: grant.reach.kind for grant in analysis.grants}
    assert kinds == {PROD: ReachKind.OPEN, SANDBOX: ReachKind.BLOCKED}
