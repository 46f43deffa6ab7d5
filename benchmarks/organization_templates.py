"""The policies that real organizations repeat: trust policies, permissions and guardrails of a generated organization.

Account ids are written as `{own}`, `{hub}`… and put in where the policy is used.
"""

from __future__ import annotations

from typing import Any

Statement = dict[str, Any]

HUBS = ("management", "security", "ci", "network", "data")
ORGANIZATION_ID = "o-generated1"

SERVICES = (
    "ec2", "lambda", "ecs-tasks", "glue", "states", "events", "codebuild", "codepipeline", "sagemaker", "batch",
    "firehose", "cloudformation", "backup", "config", "apigateway", "dms", "emr-serverless", "scheduler", "ssm", "rds",
)  # fmt: skip

# Ids and names of vendors of the bundled register.
VENDORS = (("464622532012", "datadog"), ("365761988620", "wiz-scanner"), ("987654321098", "unheard-of-partner"))


def allow(principal: object, condition: object = None, action: object = "sts:AssumeRole") -> Statement:
    """An Allow of a trust policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return statement | ({"Condition": condition} if condition else {})


def permit(action: object, resource: object = "*", condition: object = None) -> Statement:
    """An Allow of an identity policy."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def root(account: str) -> dict[str, str]:
    """Any principal of an account."""
    return {"AWS": f"arn:aws:iam::{account}:root"}


_MEMBERS = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}
_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
_GITHUB = "token.actions.githubusercontent.com"
_GITHUB_MAIN = {
    "StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com"},
    "StringLike": {f"{_GITHUB}:sub": "repo:acme/{app}:ref:refs/heads/main"},
}

# Roles that stand in every account: name, path, trust policy, attached managed policies of AWS.
BASELINE: tuple[tuple[str, str, tuple[Statement, ...], tuple[str, ...]], ...] = (
    ("OrganizationAccountAccessRole", "/", (allow(root("{management}")),), ("AdministratorAccess",)),
    ("SecurityAudit", "/security/", (allow(root("{security}")),), ("SecurityAudit",)),
    (
        "IncidentResponse",
        "/security/",
        (allow({"AWS": "arn:aws:iam::{security}:role/security/Responder"}, _MFA),),
        ("AdministratorAccess",),
    ),
    ("Deploy", "/ci/", (allow({"AWS": "arn:aws:iam::{ci}:role/ci/Pipeline"}),), ("PowerUserAccess",)),
    (
        "Terraform",
        "/ci/",
        (allow(root("{ci}"), {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::{ci}:role/ci/Terraform*"}}),),
        ("AdministratorAccess",),
    ),
    ("NetworkOperator", "/", (allow(root("{network}")),), ("PowerUserAccess",)),
    ("Inventory", "/", (allow({"AWS": "*"}, _MEMBERS),), ("SecurityAudit",)),
    (
        "datadog",
        "/vendors/",
        (allow(root("464622532012"), {"StringEquals": {"sts:ExternalId": "{external}"}}),),
        ("SecurityAudit",),
    ),
    ("Developer", "/", (allow(root("{own}"), _MFA),), ("PowerUserAccess",)),
    ("ReadOnly", "/", (allow(root("{own}")),), ("ReadOnlyAccess",)),
    (
        "AWSServiceRoleForConfig",
        "/aws-service-role/config.amazonaws.com/",
        (allow({"Service": "config.amazonaws.com"}),),
        (),
    ),
    (
        "AWSServiceRoleForSupport",
        "/aws-service-role/support.amazonaws.com/",
        (allow({"Service": "support.amazonaws.com"}),),
        (),
    ),
    (
        "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
        "/aws-reserved/sso.amazonaws.com/eu-west-1/",
        (
            allow(
                {"Federated": "arn:aws:iam::{own}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"},
                {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
                ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            ),
        ),
        ("AdministratorAccess",),
    ),
)

# Trust policies of roles of applications, with their weight among those that are no service's.
APPLICATION_TRUSTS: tuple[tuple[int, tuple[Statement, ...]], ...] = (
    (18, (allow({"AWS": "arn:aws:iam::{own}:role/{friend}"}),)),
    (14, (allow(root("{own}")),)),
    (
        14,
        (
            allow(
                {"Federated": f"arn:aws:iam::{{own}}:oidc-provider/{_GITHUB}"},
                _GITHUB_MAIN,
                "sts:AssumeRoleWithWebIdentity",
            ),
        ),
    ),
    (10, (allow({"AWS": "arn:aws:iam::{ci}:role/ci/Pipeline"}), allow({"Service": "codebuild.amazonaws.com"}))),
    (9, (allow(root("{other}")),)),
    (9, (allow({"AWS": ["arn:aws:iam::{other}:role/{friend}", "arn:aws:iam::{own}:role/{friend}"]}),)),
    (6, (allow(root("{data}")), allow({"Service": "glue.amazonaws.com"}))),
    (
        5,
        (
            allow(
                {"AWS": "*"},
                {
                    "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID},
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/{app}"},
                },
            ),
        ),
    ),
    (4, (allow(root("{vendor}"), {"StringEquals": {"sts:ExternalId": "{external}"}}),)),
    (2, (allow(root("{vendor}")),)),
    (
        3,
        (
            allow(
                {"AWS": "*"},
                {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION_ID}/r-root/ou-work/ou-prod/*"}},
            ),
        ),
    ),
    (3, (allow({"AWS": "arn:aws:iam::{own}:user/{person}"}, _MFA),)),
    (1, (allow({"AWS": "AROA{unique}"}),)),
    (1, (allow({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "{external}"}}),)),
    (
        1,
        (
            allow(root("{own}")),
            {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}},
            },
        ),
    ),
)

# Permissions of roles, with their weight; about one in ten may assume roles.
PERMISSIONS: tuple[tuple[int, tuple[Statement, ...]], ...] = (
    (
        24,
        (
            permit(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::{app}-{own}/*"),
            permit("s3:ListBucket", "arn:aws:s3:::{app}-{own}"),
        ),
    ),
    (20, (permit(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:eu-west-1:{own}:log-group:/{app}/*"),)),
    (
        16,
        (
            permit(
                ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
                "arn:aws:dynamodb:eu-west-1:{own}:table/{app}",
            ),
        ),
    ),
    (
        12,
        (
            permit(["sqs:SendMessage", "sqs:ReceiveMessage"], "arn:aws:sqs:eu-west-1:{own}:{app}"),
            permit("kms:Decrypt", "arn:aws:kms:eu-west-1:{own}:key/*"),
        ),
    ),
    (8, (permit(["secretsmanager:GetSecretValue"], "arn:aws:secretsmanager:eu-west-1:{own}:secret:{app}-*"),)),
    (6, (permit("ec2:Describe*"), permit("cloudwatch:PutMetricData"))),
    (4, (permit("sts:AssumeRole", "arn:aws:iam::{other}:role/{friend}"),)),
    (3, (permit("sts:AssumeRole", "arn:aws:iam::*:role/{friend}"),)),
    (2, (permit("sts:AssumeRole"),)),
    (
        2,
        (
            permit("iam:PassRole", "arn:aws:iam::{own}:role/{friend}"),
            permit(["lambda:CreateFunction", "lambda:InvokeFunction"]),
        ),
    ),
    (1, (permit(["iam:UpdateAssumeRolePolicy"], "arn:aws:iam::{own}:role/{friend}"),)),
    (1, (permit("*"),)),
)

# Roles of the hubs: the account, name, path and own permissions.
HUB_ROLES: tuple[tuple[str, str, str, tuple[Statement, ...]], ...] = (
    ("management", "BreakGlass", "/", (permit("*"),)),
    ("security", "Responder", "/security/", (permit("sts:AssumeRole", "arn:aws:iam::*:role/security/*"),)),
    ("security", "Auditor", "/security/", (permit("sts:AssumeRole", "arn:aws:iam::*:role/security/SecurityAudit"),)),
    ("ci", "Pipeline", "/ci/", (permit("sts:AssumeRole", "arn:aws:iam::*:role/ci/*"),)),
    ("ci", "TerraformRunner", "/ci/", (permit("sts:AssumeRole"),)),
    ("network", "Operator", "/", (permit("sts:AssumeRole", "arn:aws:iam::*:role/NetworkOperator"),)),
    ("data", "Crawler", "/", (permit("sts:AssumeRole"),)),
)

_FULL = permit("*")
# Guardrails: kind, name, statements, where they hang.
GUARDRAILS: tuple[tuple[str, str, tuple[Statement, ...], tuple[str, ...]], ...] = (
    (
        "SCP",
        "StayInTheOrganization",
        ({"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},),
        ("r-root",),
    ),
    (
        "SCP",
        "ProtectDeployments",
        (
            {
                "Effect": "Deny",
                "Action": "sts:AssumeRole",
                "Resource": "arn:aws:iam::*:role/ci/*",
                "Condition": {
                    "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/ci/*", "arn:aws:iam::*:role/BreakGlass"]}
                },
            },
        ),
        ("r-root",),
    ),
    (
        "SCP",
        "NoHopsOutOfTheSandbox",
        (
            {
                "Effect": "Deny",
                "Action": "sts:AssumeRole",
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
            },
        ),
        ("ou-sandbox",),
    ),
    (
        "RCP",
        "OnlyOurs",
        (
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sts:AssumeRole",
                "Resource": "*",
                "Condition": {
                    "StringNotEqualsIfExists": {
                        "aws:PrincipalOrgID": ORGANIZATION_ID,
                        "aws:PrincipalAccount": "464622532012",
                    },
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            },
        ),
        ("ou-prod",),
    ),
)
FULL_ACCESS = (_FULL,)

UNITS = (
    ("r-root", "Root", ""),
    ("ou-security", "Security", "r-root"),
    ("ou-work", "Workloads", "r-root"),
    ("ou-prod", "Production", "ou-work"),
    ("ou-test", "Test", "ou-work"),
    ("ou-sandbox", "Sandbox", "r-root"),
)

# AWS's own policies that the roles above attach, shortened to what tells their privilege.
MANAGED: dict[str, tuple[Statement, ...]] = {
    "AdministratorAccess": FULL_ACCESS,
    "PowerUserAccess": (
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        permit(["iam:CreateServiceLinkedRole", "iam:ListRoles", "organizations:DescribeOrganization"]),
    ),
    "ReadOnlyAccess": (permit(["ec2:Describe*", "s3:Get*", "s3:List*", "iam:Get*", "iam:List*", "rds:Describe*"]),),
    "SecurityAudit": (permit(["ec2:Describe*", "iam:Get*", "iam:List*", "s3:GetBucket*", "config:Describe*"]),),
    "AWSLambdaBasicExecutionRole": (permit(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),),
    "AmazonSSMManagedInstanceCore": (permit(["ssm:UpdateInstanceInformation", "ssmmessages:*", "ec2messages:*"]),),
}
