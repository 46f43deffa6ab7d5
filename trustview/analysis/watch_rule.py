"""WatchRule: the EventBridge rule that would tell somebody when a role is assumed, as data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from trustview.analysis.watch import Watch, Watched

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class WatchRule:
    """A rule for the default bus of the role's account, in each of these Regions; `pattern` is JSON text.

    Its target is for the organization to choose.
    """

    role: str
    account: str
    name: str
    description: str
    pattern: str
    regions: tuple[str, ...]


def propose_rule(watch: Watch) -> WatchRule | None:
    """The rule for the Regions that are not surely covered; None where all are."""
    regions = tuple(one.region for one in watch.regions if one.state is not Watched.COVERED)
    if not regions:
        return None
    name = watch.role.rpartition("/")[2]
    pattern = {
        "source": ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["sts.amazonaws.com"],
            "eventName": sorted(action.partition(":")[2] for action in watch.actions),
            "requestParameters": {"roleArn": [watch.role]},
            "errorCode": [{"exists": False}],
        },
    }
    return WatchRule(
        role=watch.role,
        account=watch.role.split(":")[4],
        name=f"assumed-{re.sub(r'[^A-Za-z0-9._-]', '-', name)}"[:_LONGEST_NAME],
        description="Tells of every successful assumption of the role",
        pattern=json.dumps(pattern, indent=2),
        regions=regions,
    )
