"""Small organizations made at random, in which everything that can tell two principals or two roles apart occurs."""

import json
import random
from typing import Any

from trustview.snapshot import (
    Account,
    AccountFacts,
    Group,
    GuardrailKind,
    GuardrailPolicy,
    InlinePolicy,
    ManagedPolicy,
    Organization,
    OrganizationalUnit,
    Role,
    Snapshot,
    User,
)

Json = dict[str, Any]

MANAGEMENT, PROD, SANDBOX, HUB = "111111111111", "222222222222", "333333333333", "444444444444"
ACCOUNTS = (MANAGEMENT, PROD, SANDBOX, HUB)
OUTSIDER = "888877776666"
ORGANIZATION = "o-random00001"
PROVIDER = "token.actions.githubusercontent.com"
PARENTS = {MANAGEMENT: "r-root", PROD: "ou-prod", SANDBOX: "ou-sand", HUB: "r-root"}
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NAMES = ("app", "app-one", "deploy", "Deploy-two", "audit")
USERS = ("ann", "bob")


def text(statements: list[Json], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": statements})


def allow(principal: object, condition: Json | None = None, action: object = "sts:AssumeRole") -> Json:
    return {"Effect": "Allow", "Principal": principal, "Action": action} | (
        {"Condition": condition} if condition else {}
    )


class RandomOrganization:
    """One organization by seed: `snapshot` as the product reads it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- reproducible, not secret
        self.arns = [f"arn:aws:iam::{a}:role{p}{n}" for a in ACCOUNTS for n, p in zip(NAMES, self.paths(), strict=True)]
        self.users = [f"arn:aws:iam::{account}:user/{name}" for account in ACCOUNTS for name in USERS]
        self.snapshot = self.make()

    def paths(self) -> list[str]:
        return [self.random.choice(("/", "/", "/ci/", "/team/x/")) for _ in NAMES]

    def make(self) -> Snapshot:
        accounts = tuple(self.account(account) for account in ACCOUNTS)
        return Snapshot("2026-11-20T06:00:00Z", "aws", self.organization(), accounts)

    def account(self, account: str) -> AccountFacts:
        roles = tuple(self.role(arn) for arn in self.arns if f":{account}:" in arn)
        users = tuple(self.user(arn) for arn in self.users if f":{account}:" in arn)
        group = Group(f"arn:aws:iam::{account}:group/g", account, "g", "/", "AGPAG", (self.inline(),))
        boundary = ManagedPolicy(f"arn:aws:iam::{account}:policy/b", "b", text([self.permission(), self.permission()]))
        return AccountFacts(account, "", roles, users, (group,), (boundary,))

    def role(self, arn: str) -> Role:
        account, path_and_name = arn.split(":")[4], arn.partition(":role")[2]
        path, _, name = path_and_name.rpartition("/")
        trust = text([self.trust(account) for _ in range(self.random.randint(1, 3))], self.version())
        return Role(arn, account, name, f"{path}/", unique_id(arn, "AROA"), trust, **self.more(account))

    def user(self, arn: str) -> User:
        account, name = arn.split(":")[4], arn.rpartition("/")[2]
        groups = ("g",) if self.random.random() < 0.3 else ()
        return User(arn, account, name, "/", unique_id(arn, "AIDA"), groups=groups, **self.more(account))

    def more(self, account: str) -> dict[str, Any]:
        pick = self.random
        inline = tuple(self.inline() for _ in range(pick.randint(0, 2)))
        boundary = f"arn:aws:iam::{account}:policy/b" if pick.random() < 0.2 else ""
        tags = (("team", pick.choice(("red", "blue"))),) if pick.random() < 0.6 else ()
        return {"inline": inline, "boundary": boundary, "tags": tags}

    def inline(self) -> InlinePolicy:
        return InlinePolicy("own", text([self.permission() for _ in range(self.random.randint(1, 2))], self.version()))

    def version(self) -> str:
        return self.random.choice(("2012-10-17",) * 4 + ("2008-10-17",))

    # ── what policies say ────────────────────────────────────────────────────────────────────────────────────

    def permission(self) -> Json:
        pick = self.random
        action = pick.choice(
            ("sts:AssumeRole", "sts:*", "STS:assume*", "*", "s3:GetObject", ["sts:AssumeRole", "ec2:*"])
        )
        statement: Json = {"Effect": pick.choice(("Allow",) * 5 + ("Deny",)), "Action": action}
        if pick.random() < 0.1:
            statement = {"Effect": statement["Effect"], "NotAction": "iam:*"}
        key = "NotResource" if pick.random() < 0.08 else "Resource"
        statement[key] = self.resource()
        if pick.random() < 0.3:
            statement["Condition"] = self.caller_side_condition()
        return statement

    def resource(self) -> object:
        pick = self.random
        account, arn = pick.choice(ACCOUNTS), pick.choice(self.arns)
        return pick.choice(
            (
                "*", "*", "*", arn, [arn, pick.choice(self.arns)], f"arn:aws:iam::{account}:role/*",
                f"arn:aws:iam::*:role/{pick.choice(NAMES)}*", "arn:aws:iam::*:role/ci/*", "arn:*:role/app",
                "arn:aws:iam::${aws:PrincipalAccount}:role/*", f"arn:aws:iam::{account[:-1]}?:role/*",
                "arn:aws:iam::*:role/${aws:PrincipalTag/team}*",
            )
        )  # fmt: skip

    def caller_side_condition(self) -> Json:
        pick = self.random
        return pick.choice(
            (
                {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
                {"StringNotEquals": {"aws:ResourceAccount": pick.choice(ACCOUNTS)}},
                {"StringNotEquals": {"aws:ResourceAccount": ["${aws:PrincipalAccount}", pick.choice(ACCOUNTS)]}},
                {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
                {"StringEquals": {"aws:ResourceTag/team": pick.choice(("red", "${aws:PrincipalTag/team}"))}},
                {"StringEqualsIfExists": {"iam:ResourceTag/team": "blue"}},
                {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{pick.choice(NAMES)}*"}},
                {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/ci/*"]}},
                {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
                {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
                {"StringNotEquals": {"aws:PrincipalTag/team": "red"}},
                {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
            )
        )

    def trust(self, own: str) -> Json:
        pick = self.random
        if pick.random() < 0.15:
            return self.deny()
        if pick.random() < 0.12:
            return self.other_callers(own)
        principal = pick.choice(
            (
                {"AWS": own}, {"AWS": f"arn:aws:iam::{pick.choice(ACCOUNTS)}:root"}, {"AWS": "*"}, "*",
                {"AWS": [pick.choice(ACCOUNTS), pick.choice(self.arns)]}, {"AWS": pick.choice(self.arns)},
                {"AWS": pick.choice(self.users)}, {"AWS": [OUTSIDER, pick.choice(ACCOUNTS)]},
                {"AWS": f"arn:aws:iam::{OUTSIDER}:role/vendor"}, {"AWS": f"arn:aws:iam::{HUB}:root"},
            )
        )  # fmt: skip
        action = pick.choice(("sts:AssumeRole",) * 3 + (["sts:AssumeRole", "sts:TagSession"], "sts:*"))
        condition = self.role_side_condition(own) if pick.random() < 0.5 else None
        return allow(principal, condition, action)

    def deny(self) -> Json:
        pick = self.random
        principal = pick.choice(
            (
                {"AWS": "*"},
                {"AWS": pick.choice(self.arns)},
                {"AWS": pick.choice(ACCOUNTS)},
                {"AWS": pick.choice(self.users)},
            )
        )
        condition = self.role_side_condition(pick.choice(ACCOUNTS)) if pick.random() < 0.7 else None
        return allow(principal, condition) | {"Effect": "Deny"}

    def other_callers(self, own: str) -> Json:
        pick = self.random
        source = {"StringEquals": {"aws:SourceAccount": pick.choice((own, OUTSIDER))}}
        provider = {"Federated": f"arn:aws:iam::{own}:oidc-provider/{PROVIDER}"}
        subject = {"StringLike": {f"{PROVIDER}:sub": pick.choice(("repo:acme/*", "repo:other/app:*"))}}
        return pick.choice(
            (
                allow({"Service": "ec2.amazonaws.com"}),
                allow({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}, source),
                allow(provider, subject, "sts:AssumeRoleWithWebIdentity"),
                allow(provider, None, "sts:AssumeRole*"),
            )
        )

    def role_side_condition(self, own: str) -> Json:
        pick = self.random
        return pick.choice(
            (
                {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
                {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
                {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}},
                {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-root/ou-prod/*"}},
                {"StringEquals": {"aws:PrincipalAccount": [own, pick.choice(ACCOUNTS)]}},
                {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
                {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{pick.choice(NAMES)}*"}},
                {"ArnEquals": {"aws:PrincipalArn": pick.choice(self.arns)}},
                {"StringLike": {"aws:PrincipalArn": "*:user/*"}},
                {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci/*"}},
                {"StringEquals": {"aws:PrincipalTag/team": pick.choice(("red", "${aws:ResourceTag/team}"))}},
                {"StringEquals": {"sts:ExternalId": "x-1"}},
                {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
                {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
            )
        )

    # ── guardrails ───────────────────────────────────────────────────────────────────────────────────────────

    def organization(self) -> Organization:
        pick = self.random
        units = tuple(
            OrganizationalUnit(*unit)
            for unit in (("r-root", "Root", ""), ("ou-prod", "Prod", "r-root"), ("ou-sand", "Sandbox", "r-root"))
        )
        everywhere = ("r-root", "ou-prod", "ou-sand", *ACCOUNTS)
        places = [place for place in everywhere if place != MANAGEMENT]
        guardrails = [
            GuardrailPolicy(f"p-{kind.name}", f"Full{kind.name}", kind, text([FULL]), everywhere, is_aws=True)
            for kind in GuardrailKind
        ]
        for number in range(pick.randint(0, 3)):
            scp = self.permission() | {"Effect": "Deny"}
            target = (pick.choice(places),)
            guardrails.append(GuardrailPolicy(f"p-s{number}", f"S{number}", GuardrailKind.SCP, text([scp]), target))
        for number in range(pick.randint(0, 2)):
            rcp = allow("*", self.rcp_condition()) | {"Effect": "Deny", "Resource": self.rcp_resource()}
            target = (pick.choice(places),)
            guardrails.append(GuardrailPolicy(f"p-r{number}", f"R{number}", GuardrailKind.RCP, text([rcp]), target))
        accounts = tuple(Account(account, account, PARENTS[account]) for account in ACCOUNTS)
        return Organization(ORGANIZATION, MANAGEMENT, units, accounts, tuple(guardrails))

    def rcp_resource(self) -> str:
        return self.random.choice(("*", "*", f"arn:aws:iam::*:role/{self.random.choice(NAMES)}*"))

    def rcp_condition(self) -> Json:
        return self.random.choice(
            (
                {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
                {"StringNotEquals": {"aws:PrincipalAccount": list(ACCOUNTS[1:])}},
                {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{SANDBOX}:*"}},
                {"StringEquals": {"aws:ResourceTag/team": "red", "aws:PrincipalAccount": HUB}},
            )
        )


def unique_id(arn: str, prefix: str) -> str:
    return prefix + "".join(character for character in arn.upper() if character.isalnum())[-17:].rjust(17, "0")
