"""Roles kept for emergencies that somebody can use without anybody being told."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Confidence, Modifier, Severity
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.watch import Watched, describe_watch, watch_of


@check(Severity.HIGH, Modifier.PRIVILEGE, Modifier.TIER)
def break_glass_unwatched(access: Access) -> Iterator[Evidence]:
    """Nobody is told when this role for emergencies is used.

    Why: such a role is an administrator that nobody needs on an ordinary day, and its only guard is that its use is
    noticed. That takes, in every Region of its account, a trail that records management events that read, and an
    EventBridge rule on the default bus that surely matches, in the state that gets such events, with a target. One
    Region without them is enough for whoever knows it; where it is not sure, the finding is medium.

    Fix: add the rule that `trustview watch ROLE` prints (JSON, AWS CLI, Terraform, CloudFormation) in the Regions
    named, with the on-call's topic as its target, and try it.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
    """
    for arn, grants in access.grants_by_role.items():
        role = access.role(arn)
        if not is_meant_for(role, access.settings.roles.break_glass):
            continue
        ways = tuple(grant for grant in grants if grant.reach.lets_in)
        if not ways:
            continue
        watch = watch_of(access.snapshot, role, dict.fromkeys(action for grant in ways for action in grant.actions))
        if watch is None or watch.state is Watched.COVERED:
            continue
        is_sure = watch.state is not Watched.UNCERTAIN
        yield Evidence(
            ways,
            describe_watch(watch),
            severity=Severity.HIGH if is_sure else Severity.MEDIUM,
            confidence=Confidence.PROVEN if is_sure else Confidence.CONDITIONAL,
        )
