"""Arn: the parts of Amazon Resource Names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustview.policy.memory import remember

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f")

_ACCOUNT_ID = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Arn:
    """The six parts of an ARN, as written."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @property
    def resource_type(self) -> str:
        """What stands before the first slash of the resource: `role`, `user`, `saml-provider`…"""
        return self.resource.partition("/")[0]

    @property
    def path_and_name(self) -> str:
        """What stands behind the resource type, with its path: `team/Deploy` of `role/team/Deploy`."""
        return self.resource.partition("/")[2]

    @property
    def name(self) -> str:
        """The last segment of the resource: `Deploy` of `role/team/Deploy`."""
        return self.resource.rpartition("/")[2]


@remember
def parse_arn(text: str) -> Arn | None:
    """Read an ARN; None when it has not six parts or does not begin with `arn:`."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or not parts[5]:
        return None
    return Arn(*parts[1:])


def is_account_id(text: str) -> bool:
    """Whether the text is twelve digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None
