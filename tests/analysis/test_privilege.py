"""What a role may do, in classes."""

import json
from pathlib import Path

import pytest

from trustview.analysis import Privilege
from trustview.analysis.privilege import classify_privilege
from trustview.policy import PolicyDocument, parse_policy


def document(*actions: str, effect: str = "Allow", resource: str = "*", key: str = "Action") -> PolicyDocument:
    return parse_policy({"Statement": [{"Effect": effect, key: list(actions), "Resource": resource}]})


CASES = [
    ("no policy may nothing", [], None, Privilege.NONE),
    ("a policy that only denies may nothing", [document("s3:*", effect="Deny")], None, Privilege.NONE),
    ("a star is an administrator", [document("*")], None, Privilege.ADMIN),
    ("all of IAM is an administrator", [document("iam:*")], None, Privilege.ADMIN),
    ("all but something harmless is one too", [document("s3:*", key="NotAction")], None, Privilege.ADMIN),
    (
        "a Deny of what makes one takes it back",
        [document("*"), document("iam:*", effect="Deny")],
        None,
        Privilege.WRITE,
    ),
    ("a boundary takes it back", [document("*")], document("s3:*"), Privilege.WRITE),
    ("a boundary that only reads leaves reading", [document("*")], document("s3:Get*", "s3:List*"), Privilege.READ),
    ("an administrator of one bucket is none", [document("*", resource="arn:aws:s3:::b/*")], None, Privilege.WRITE),
    ("reading verbs read", [document("s3:GetObject", "ec2:Describe*", "dynamodb:BatchGetItem")], None, Privilege.READ),
    ("a wildcard over all verbs writes", [document("s3:*")], None, Privilege.WRITE),
    ("an unknown verb writes", [document("ssm:SendCommand")], None, Privilege.WRITE),
]


@pytest.mark.parametrize(("policies", "boundary", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_privilege(policies: list[PolicyDocument], boundary: PolicyDocument | None, expected: Privilege) -> None:
    assert classify_privilege(policies, boundary) is expected


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "managed_policies"
DOCUMENTS = [
    ("SecurityAudit--v85", Privilege.READ),
    ("ViewOnlyAccess--v43", Privilege.READ),
    ("ReadOnlyAccess--v178", Privilege.READ),
    ("PowerUserAccess--v8", Privilege.WRITE),
    ("AdministratorAccess--v1", Privilege.ADMIN),
]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")
@pytest.mark.parametrize(("name", "expected"), DOCUMENTS, ids=[name for name, _ in DOCUMENTS])
def test_the_class_of_a_policy_that_aws_wrote(name: str, expected: Privilege) -> None:
    value = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    value = value.get("PolicyVersion", value)

    assert classify_privilege([parse_policy(value.get("Document", value))], None) is expected
