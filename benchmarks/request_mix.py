"""The requests of the decision benchmark: the case tables of the engine, repeated as an organization repeats them.

Few distinct policies, many requests: each case is asked in a few accounts, each time for another context. Everything
follows from SEED.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from tests.policy.simulation import OWN, fields_of

SEED = 7
ACCOUNTS = (OWN, "210000000001")
TIMES_PER_ACCOUNT = 40
CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "evaluate"
OUTSIDER = "arn:aws:iam::888877776666:role/outsider"
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
# What hangs above most member accounts: the policies that AWS attaches, and a guardrail at the root.
GUARDRAIL = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "StayIn", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
        {
            "Sid": "RegionsInUse",
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*", "organizations:*", "support:*", "cloudfront:*", "route53:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1", "us-east-1"]}},
        },
        {
            "Sid": "NoRootUser",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}},
        },
    ],
}
FULL_RCP = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def make_lines(*, with_guardrails: bool) -> list[bytes]:
    """Requests as `trustview simulate` reads them; with three levels of SCPs and RCPs above, or as they are."""
    chance = random.Random(SEED)  # noqa: S311 -- it must repeat
    fields = [fields_of(case) for case in _cases()]
    if with_guardrails:
        fields = [_guarded(each) for each in fields]
    texts = [json.dumps(each).replace(OWN, account) for account in ACCOUNTS for each in fields] * TIMES_PER_ACCOUNT
    chance.shuffle(texts)
    return [_line(text, number) for number, text in enumerate(texts)]


def make_distinct_lines() -> list[bytes]:
    """Requests of which no two have the same trust policy: nothing that was read of one serves another."""
    lines = make_lines(with_guardrails=False)[: TIMES_PER_ACCOUNT * 100]
    return [_with_own_policy(line, number) for number, line in enumerate(lines)]


def _with_own_policy(line: bytes, number: int) -> bytes:
    fields = json.loads(line)
    return json.dumps(fields | {"trust_policy": {"Id": f"policy-{number}", **fields["trust_policy"]}}).encode()


def _cases() -> list[dict[str, Any]]:
    """Every case with a closed context; the operators as the tests ask them."""
    tables = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.json"))}
    alone = [_of_operator(case) for case in tables.pop("operators")]
    return [
        case for table in tables.values() for case in table if "trust_policy" in case and not case.get("open")
    ] + alone


def _of_operator(case: dict[str, Any]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": case["condition"]}
    document = {"Version": case.get("version", "2012-10-17"), "Statement": statement}
    return {"principal": OUTSIDER, "context": case.get("context", {}), "trust_policy": document} | {
        "identity_policies": [ALLOW_ALL]
    }


def _guarded(fields: dict[str, Any]) -> dict[str, Any]:
    levels = {"scps": [[ALLOW_ALL, GUARDRAIL], [ALLOW_ALL], [ALLOW_ALL]], "rcps": [[FULL_RCP]] * 3}
    return fields | {name: fields[name] or value for name, value in levels.items()}


def _line(text: str, number: int) -> bytes:
    """A line with an id and a moment of its own, so that no two lines are equal."""
    fields = json.loads(text)
    fields["context"] = {"aws:EpochTime": str(1_790_000_000 + number), **fields["context"]}
    return json.dumps({"id": f"request-{number}", **fields}).encode()
