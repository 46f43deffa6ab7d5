"""What does AWS say of a proposed trust policy, or of an event pattern? It is asked only when the command line says so.

IAM Access Analyzer's `ValidatePolicy` tells what is wrong in the policy; `CheckNoNewAccess` whether it grants anything
that today's does not, for which AWS charges. EventBridge's `TestEventPattern` tells whether a pattern matches an event.
None changes anything. They are asked as the caller, whichever account the role is in.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html
https://aws.amazon.com/iam/access-analyzer/pricing/
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trustview.collect.aws import Aws, open_aws
from trustview.collect.failure import CallError
from trustview.collect.scope import Scope

_SERVICE = "accessanalyzer"
_OF_ROLES = {"policyType": "RESOURCE_POLICY", "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What AWS says. `grants_new` is None where it did not say; `reasons` are its own words.

    `warnings` are what it finds wrong in the policy: its type, code and words. `lacks` are sentences on what it was not
    asked or did not answer: lower case, no full stop.
    """

    grants_new: bool | None
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


async def ask_opinion(scope: Scope, current: str, proposed: str) -> Opinion:
    """Ask of a proposed trust policy (JSON text); CredentialsError when AWS does not know who asks."""
    async with open_aws(replace(scope, asks_opinion=True)) as aws:
        opinion = await _check(aws, current, proposed)
        try:
            warnings = [_warning(finding) async for finding in _validate(aws, proposed)]
        except CallError as error:
            lacks = (*opinion.lacks, f"`access-analyzer:ValidatePolicy` gives no answer: {error.failure.reason}")
            return replace(opinion, lacks=lacks)
        return replace(opinion, warnings=tuple(warnings))


async def _check(aws: Aws, current: str, proposed: str) -> Opinion:
    asked = {"existingPolicyDocument": current, "newPolicyDocument": proposed, "policyType": "RESOURCE_POLICY"}
    try:
        answer = await aws.call("", "", _SERVICE, "CheckNoNewAccess", asked, needs="result")
    except CallError as error:
        return Opinion(None, lacks=(f"`access-analyzer:CheckNoNewAccess` gives no answer: {error.failure.reason}",))
    said = [str(answer.get("message") or ""), *(str(one.get("description") or "") for one in answer.get("reasons", ()))]
    return Opinion({"PASS": False, "FAIL": True}.get(str(answer["result"])), tuple(filter(None, said)))


async def _validate(aws: Aws, proposed: str) -> AsyncIterator[Mapping[str, Any]]:
    asked = {"policyDocument": proposed, **_OF_ROLES}
    async for page in aws.pages("", "", _SERVICE, "ValidatePolicy", asked, needs="findings"):
        for finding in page["findings"]:
            yield finding


def _warning(finding: Mapping[str, Any]) -> str:
    kind = str(finding.get("findingType") or "").lower().replace("_", " ")
    return f"{kind} {finding.get('issueCode') or ''}: {finding.get('findingDetails') or ''}".strip()


# ── event patterns ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PatternOpinion:
    """Whether AWS matches a pattern to an event; None where it did not say, and `lack` says why."""

    matches: bool | None
    lack: str = ""


async def ask_patterns(scope: Scope, questions: Iterable[tuple[str, str]]) -> tuple[PatternOpinion, ...]:
    """Ask of pairs of pattern and event (JSON texts); CredentialsError when AWS does not know who asks."""
    async with open_aws(replace(scope, asks_opinion=True)) as aws:
        return tuple([await _test(aws, pattern, event) for pattern, event in questions])


async def _test(aws: Aws, pattern: str, event: str) -> PatternOpinion:
    asked = {"EventPattern": pattern, "Event": event}
    try:
        answer = await aws.call("", "", "events", "TestEventPattern", asked, needs="Result")
    except CallError as error:
        return PatternOpinion(None, f"`events:TestEventPattern` gives no answer: {error.failure.reason}")
    return PatternOpinion(bool(answer["Result"]))
