"""Which policies decide a principal's privilege, and that judging alike principals once changes no answer."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from tests.analysis.acme_snapshot import acme_snapshot
from tests.analysis.random_organization import RandomOrganization
from tests.analysis.small_organization import (
    ADMINISTRATOR,
    MANAGEMENT,
    PROD,
    guardrail,
    policy,
    role,
    snapshot,
    trust,
    user,
)
from trustview.analysis import Privilege
from trustview.analysis.access import Access
from trustview.analysis.attachments import attached_to, managed_text
from trustview.analysis.caller_facts import facts_of
from trustview.analysis.privilege import name_account
from trustview.policy import (
    CallerKind,
    Holder,
    PolicyDocument,
    PolicyStack,
    PrivilegeVerdict,
    describe_privilege,
    judge_privilege,
    read_policy,
)
from trustview.snapshot import Group, GuardrailKind, GuardrailPolicy, InlinePolicy, ManagedPolicy, Role, Snapshot, User

OPEN = policy(trust({"AWS": "*"}))
BOUNDARY = f"arn:aws:iam::{PROD}:policy/boundary"


def allow(actions: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"Effect": "Allow", "Action": actions, "Resource": resource} | more


def inline(*statements: dict[str, Any]) -> tuple[InlinePolicy, ...]:
    return (InlinePolicy("inline", policy(*statements)),)


def access_to(
    *principals: Role | User,
    policies: Iterable[ManagedPolicy] = (),
    groups: Iterable[Group] = (),
    guardrails: tuple[GuardrailPolicy, ...] = (),
) -> Access:
    found = snapshot(*principals, guardrails=guardrails)
    accounts = tuple(
        replace(facts, policies=(*facts.policies, *policies), groups=tuple(groups)) if facts.id == PROD else facts
        for facts in found.accounts
    )
    return Access(replace(found, accounts=accounts))


def privilege_of(principal: Role | User, *others: Role | User, **more: Any) -> Privilege:  # noqa: ANN401
    return access_to(principal, *others, **more).privilege(principal)


# ── which policies count ─────────────────────────────────────────────────────────────────────────────────────────


def test_inline_and_managed_policies_count_together() -> None:
    managed = ManagedPolicy(f"arn:aws:iam::{PROD}:policy/deploy", "deploy", policy(allow("s3:PutObject")))
    both = role("both", OPEN, inline=inline(allow("s3:GetObject")), attached=(managed.arn,))

    assert privilege_of(both, policies=[managed]) is Privilege.WRITE


def test_the_policies_of_its_groups_are_a_users() -> None:
    group = Group(f"arn:aws:iam::{PROD}:group/ops", PROD, "ops", "/", "AGPA", inline(allow("iam:*")), ())
    ann = user("ann", groups=("ops",))

    assert privilege_of(ann, groups=[group]) is Privilege.ADMIN
    assert privilege_of(user("bob"), groups=[group]) is Privilege.NONE


def test_a_user_may_change_the_policy_of_its_own_group() -> None:
    arn = f"arn:aws:iam::{PROD}:group/ops"
    own = Group(arn, PROD, "ops", "/", "AGPA", inline(allow("iam:PutGroupPolicy", arn)), ())
    other = replace(own, inline=inline(allow("iam:PutGroupPolicy", arn + "-other")))

    assert privilege_of(user("ann", groups=("ops",)), groups=[own]) is Privilege.ESCALATING
    assert privilege_of(user("ann", groups=("ops",)), groups=[other]) is Privilege.WRITE


def test_a_boundary_bounds() -> None:
    boundary = ManagedPolicy(BOUNDARY, "boundary", policy(allow("s3:*")))
    bound = role("bound", OPEN, attached=(ADMINISTRATOR,), boundary=BOUNDARY)

    assert privilege_of(bound, policies=[boundary]) is Privilege.WRITE


def test_a_boundary_that_was_not_read_hides_nothing() -> None:
    assert privilege_of(role("bound", OPEN, attached=(ADMINISTRATOR,), boundary=BOUNDARY)) is Privilege.ADMIN


def test_guardrails_bind_members_and_spare_management_and_service_linked_roles() -> None:
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    scp = guardrail(GuardrailKind.SCP, "no-iam", deny, PROD, MANAGEMENT)
    member = role("member", OPEN, attached=(ADMINISTRATOR,))
    chief = role("chief", OPEN, MANAGEMENT, attached=(ADMINISTRATOR,))
    linked = role("AWSServiceRoleForX", OPEN, path="/aws-service-role/x.amazonaws.com/", attached=(ADMINISTRATOR,))
    access = access_to(member, chief, linked, guardrails=(scp,))

    assert access.privilege(member) is Privilege.ESCALATING
    assert access.privilege(chief) is Privilege.ADMIN
    assert access.privilege(linked) is Privilege.ADMIN


def test_a_guardrail_may_spare_a_role_by_its_arn() -> None:
    spared = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-*"}}
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": spared}
    scp = guardrail(GuardrailKind.SCP, "no-iam", deny, PROD)
    one, two = (role(name, OPEN, attached=(ADMINISTRATOR,)) for name in ("break-glass", "deploy"))
    access = access_to(one, two, guardrails=(scp,))

    assert access.privilege(one) is Privilege.ADMIN
    assert access.privilege(two) is Privilege.ESCALATING


def test_an_account_whose_place_in_the_tree_is_not_known_has_no_path() -> None:
    statement = allow("s3:PutObject", Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-other/*"}})
    one = role("one", OPEN, inline=inline(statement))
    known = access_to(one)
    organization = known.snapshot.organization
    assert organization
    lost = Access(replace(known.snapshot, organization=replace(organization, units=())))

    assert known.privilege(one) is Privilege.NONE
    assert lost.privilege(one) is Privilege.WRITE


# ── what was not read ────────────────────────────────────────────────────────────────────────────────────────────


def test_unread_policies_leave_it_unknown_save_where_it_is_known_to_write() -> None:
    unread = f"arn:aws:iam::{PROD}:policy/unread"

    assert privilege_of(role("a", OPEN, attached=(unread,))) is Privilege.UNKNOWN
    assert privilege_of(role("b", OPEN, attached=(unread,), inline=inline(allow("s3:GetObject")))) is Privilege.UNKNOWN
    assert privilege_of(role("c", OPEN, attached=(unread,), inline=inline(allow("s3:PutObject")))) is Privilege.WRITE
    assert privilege_of(user("d", groups=("nobody-read-it",))) is Privilege.UNKNOWN


def test_the_administrator_policy_of_aws_is_known_without_being_read() -> None:
    empty = ManagedPolicy("arn:aws-cn:iam::aws:policy/AdministratorAccess", "AdministratorAccess", "")
    boundary = ManagedPolicy(BOUNDARY, "boundary", policy(allow("s3:*")))
    access = access_to(
        one := role("one", OPEN, attached=(empty.arn,)),
        two := role("two", OPEN, attached=(empty.arn,), boundary=BOUNDARY),
        policies=[empty, boundary],
    )

    assert access.privilege(one) is Privilege.ADMIN
    assert access.privilege(two) is Privilege.WRITE


# ── paths that lead to named principals ──────────────────────────────────────────────────────────────────────────

LAMBDA = ["lambda:CreateFunction", "lambda:InvokeFunction"]


def passing(name: str) -> tuple[InlinePolicy, ...]:
    return inline(allow(LAMBDA), allow("iam:PassRole", f"arn:aws:iam::{PROD}:role/{name}"))


def test_handing_over_an_administrators_role_escalates_and_a_harmless_one_does_not() -> None:
    admin = role("admin", OPEN, attached=(ADMINISTRATOR,))
    logs = role("logs", OPEN, inline=inline(allow("logs:PutLogEvents")))
    to_admin, to_logs, to_nobody = (
        role(f"passes-{name}", OPEN, inline=passing(name)) for name in ("admin", "logs", "nobody")
    )
    access = access_to(admin, logs, to_admin, to_logs, to_nobody)

    assert access.privilege(to_admin) is Privilege.ESCALATING
    assert access.privilege(to_logs) is Privilege.WRITE
    assert access.privilege(to_nobody) is Privilege.WRITE
    assert describe_privilege(access.privilege_verdict(to_admin))[0] == (
        "may gain more than it was given, by "
        f"iam:PassRole on arn:aws:iam::{PROD}:role/admin, lambda:CreateFunction, lambda:InvokeFunction"
    )
    assert f"on arn:aws:iam::{PROD}:role/logs" not in describe_privilege(access.privilege_verdict(to_logs))[0]


def test_the_keys_of_a_named_administrator_escalate() -> None:
    boss = user("boss", attached=(ADMINISTRATOR,))
    clerk = user("clerk", inline=inline(allow("s3:PutObject")))
    keys = {
        name: role(
            f"keys-{name}", OPEN, inline=inline(allow("iam:CreateAccessKey", f"arn:aws:iam::{PROD}:user/{name}"))
        )
        for name in ("boss", "clerk")
    }
    access = access_to(boss, clerk, *keys.values())

    assert access.privilege(keys["boss"]) is Privilege.ESCALATING
    assert access.privilege(keys["clerk"]) is Privilege.WRITE


def test_changing_a_named_role_and_becoming_it_escalates_whatever_it_may_now() -> None:
    logs = role("logs", OPEN, inline=inline(allow("logs:PutLogEvents")))
    both, one = (
        role(name, OPEN, inline=inline(allow(actions, logs.arn)))
        for name, actions in (("both", ["iam:PutRolePolicy", "sts:AssumeRole"]), ("one", ["iam:PutRolePolicy"]))
    )
    access = access_to(logs, both, one)

    assert access.privilege(both) is Privilege.ESCALATING
    assert access.privilege(one) is Privilege.WRITE


# ── judged once ──────────────────────────────────────────────────────────────────────────────────────────────────


def judge_alone(access: Access, principal: Role | User) -> PrivilegeVerdict:
    """The verdict of exactly this principal, with everything that is known of it and nothing shared or left out."""
    found = access.snapshot
    scps = found.organization.guardrails_of(principal.account, GuardrailKind.SCP) if found.organization else ()
    is_linked = isinstance(principal, Role) and principal.is_service_linked
    boundary = managed_text(found, principal.boundary)
    stack = PolicyStack(
        trust=PolicyDocument(),
        identity=tuple(map(read_policy, attached_to(found, principal).texts)),
        boundary=read_policy(boundary) if boundary else None,
        scps=() if is_linked else tuple(tuple(read_policy(policy.document) for policy in level) for level in scps),
    )
    facts = tuple(
        (key.lower(), (value,) if isinstance(value, str) else value)
        for key, value in facts_of(found, principal).items()
    )
    own = attached_to(found, principal).owned
    kind = CallerKind.USER if isinstance(principal, User) else CallerKind.ROLE
    return judge_privilege(stack, Holder(kind, principal.arn, facts, own))


def everyone(found: Snapshot) -> list[Role | User]:
    roles: list[Role | User] = [role for facts in found.accounts for role in facts.roles]
    return [*roles, *(user for facts in found.accounts for user in facts.users)]


def test_principals_judged_together_get_the_answer_that_each_gets_alone() -> None:
    found = acme_snapshot()
    access = Access(found)

    for principal in everyone(found)[::7]:
        together, alone = access._privileges.judged_alone(principal), judge_alone(access, principal)
        assert together.privilege is alone.privilege, principal.arn
        assert [e.path.id for e in together.escalations] == [e.path.id for e in alone.escalations], principal.arn
        assert together.unknown == alone.unknown


@pytest.mark.parametrize("seed", range(5))
def test_what_scps_say_of_other_actions_changes_no_answer(seed: int) -> None:
    found = RandomOrganization(seed).snapshot
    access = Access(found)

    for principal in everyone(found):
        judged, alone = access._privileges.judged_alone(principal), judge_alone(access, principal)
        together = name_account(judged, principal.account)
        assert (together.privilege, together.depends_on) == (alone.privilege, alone.depends_on), principal
        assert [e.path.id for e in together.escalations] == [e.path.id for e in alone.escalations], principal


def test_alike_principals_of_many_accounts_are_judged_once() -> None:
    found = acme_snapshot()
    access = Access(found)
    for principal in everyone(found):
        access.privilege(principal)

    assert len(access._privileges.judge._verdicts) < len(everyone(found)) / 3


NAMED: dict[str, tuple[dict[str, Any], ...]] = {
    "a bucket, which an SCP denies by one name": (allow("s3:PutObject", "arn:aws:s3:::NAME/*"),),
    "a bucket and a queue": (allow("s3:*", "arn:aws:s3:::NAME"), allow("sqs:*", f"arn:aws:sqs:eu-west-1:{PROD}:NAME")),
    "all but a bucket": (allow("s3:*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::NAME"}),
    "all things of a name, in another policy": (
        allow("s3:PutObject", "arn:aws:s3:::NAME/*"), {"Effect": "Deny", "Action": "*", "Resource": "*:app/*"},
    ),
    "a function": (allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:eu-west-1:{PROD}:function:NAME"),),
    "a name in a condition": (
        allow("s3:PutObject", Condition={"StringEquals": {"aws:PrincipalTag/bucket": "arn:aws:s3:::NAME"}}),
    ),
    "a name that is escaped": (allow("s3:PutObject", "arn:aws:s3:::NAME/\u00e9*"),),
    "a role of its own account": (allow("iam:PutRolePolicy", f"arn:aws:iam::{PROD}:role/of-NAME"),),
    "a name between two others": (allow("s3:PutObject", ["arn:aws:s3:::a", "arn:aws:s3:::NAME", "arn:aws:s3:::app"]),),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("statements", NAMED.values(), ids=NAMED)
def test_policies_that_differ_in_what_they_name_get_the_answer_that_each_gets_alone(
    statements: tuple[dict[str, Any], ...],
) -> None:
    scp = guardrail(GuardrailKind.SCP, "app", {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::app/*"}, PROD)
    for order in (("app", "billing", "app-one", "b"), ("billing", "app", "b", "app-one")):
        inlines = {name: policy(*statements).replace("NAME", name) for name in order}
        tags = (("bucket", "arn:aws:s3:::app"),)
        roles = [role(f"of-{n}", OPEN, inline=(InlinePolicy("own", inlines[n]),), tags=tags) for n in order]
        access = access_to(*roles, guardrails=(scp,))
        for one in roles:
            together, alone = name_account(access._privileges.judged_alone(one), one.account), judge_alone(access, one)
            assert together.privilege is alone.privilege, one.name
            assert together.depends_on == alone.depends_on
            assert [(p.action, p.limits) for p in together.permissions] == [
                (p.action, p.limits) for p in alone.permissions
            ]
            assert [e.depends_on for e in together.limited] == [e.depends_on for e in alone.limited]


TELLING = [
    ("StringEquals", "aws:PrincipalTag/team", "a", "b"),
    ("StringLike", "aws:PrincipalTag/team", "a*", "b"),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/team", "A", "b"),
    ("StringNotEquals", "aws:PrincipalTag/team", "b", "b"),
]


@pytest.mark.parametrize(("operator", "key", "value", "other"), TELLING, ids=[row[0] for row in TELLING])
def test_principals_that_a_condition_tells_apart_are_judged_apart(
    operator: str, key: str, value: str, other: str
) -> None:
    statement = allow("s3:PutObject", Condition={operator: {key: value}})
    one, two = (role(f"of-{team}", OPEN, inline=inline(statement), tags=(("team", team),)) for team in ("a", other))
    access = access_to(one, two)

    assert access.privilege(one) is Privilege.WRITE
    assert access.privilege(two) is Privilege.NONE


def test_principals_that_a_variable_tells_apart_are_judged_apart() -> None:
    statement = allow("iam:PutRolePolicy", f"arn:aws:iam::{PROD}:role/${{aws:PrincipalTag/team}}")
    one, two = (role(name, OPEN, inline=inline(statement), tags=(("team", "a"),)) for name in ("a", "b"))
    access = access_to(one, two)

    assert access.privilege(one) is Privilege.ESCALATING
    assert access.privilege(two) is Privilege.WRITE


def test_an_account_id_of_zeros_in_a_policy_is_another_account() -> None:
    statement = allow("iam:PutRolePolicy", "arn:aws:iam::000000000000:role/*")

    assert privilege_of(role("a", OPEN, inline=inline(statement))) is Privilege.WRITE


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:iam::22222222222?:role/*", Privilege.ESCALATING),
        ("arn:aws:iam::2*:role/*", Privilege.ESCALATING),
        ("arn:*2:role/*", Privilege.ESCALATING),
        ("arn:aws:iam::1*:role/*", Privilege.WRITE),
    ],
)
def test_a_pattern_over_account_ids_fits_the_own_account_as_it_is(resource: str, expected: Privilege) -> None:
    statements = (allow("iam:PutRolePolicy", resource), allow("sts:AssumeRole", resource))

    assert privilege_of(role("a", OPEN, inline=inline(*statements))) is expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"StringLike": {"aws:PrincipalAccount": "2222*"}}, Privilege.WRITE),
        ({"StringLike": {"aws:PrincipalAccount": "1*"}}, Privilege.NONE),
        ({"NumericLessThan": {"aws:PrincipalAccount": "222222222223"}}, Privilege.WRITE),
        ({"NumericLessThan": {"aws:PrincipalAccount": "222222222222"}}, Privilege.NONE),
    ],
)
def test_a_condition_on_a_part_of_the_account_id_is_asked_of_the_own_account(test: Any, expected: Privilege) -> None:  # noqa: ANN401
    statement = allow("s3:PutObject", Condition=test)

    assert privilege_of(role("a", OPEN, inline=inline(statement))) is expected


def test_a_verdict_names_the_principals_own_account() -> None:
    named = f"arn:aws:iam::{PROD}:role/app-*"
    one = role("one", OPEN, inline=inline(allow("iam:UpdateAssumeRolePolicy", named)))
    verdict = access_to(one).privilege_verdict(one)

    assert verdict.depends_on == (f"resource {named}",)
    assert json.dumps([p.limits for p in verdict.permissions]) == json.dumps([[named]])
    assert PROD in verdict.permissions[0].resource
