"""What is a role's own and makes no difference between two grants: its account, its organization, and the Region in its
name. THE ONE PLACE that says what that is, where grants are compared.

Each is written as a byte that JSON escapes, so that no policy text can hold it; nothing is put back here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trustview.analysis.own_account import OWN_ACCOUNT
from trustview.quick_init import quick_init

OWN_ORGANIZATION, OWN_REGION = "\x03", "\x04"

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_REGION = re.compile(
    r"(?<![A-Za-z0-9])(?:us-gov|us-iso[a-z]?|eu-iso[a-z]?|eusc-[a-z]{2}|af|ap|ca|cn|eu|il|me|mx|sa|us)"
    r"-(?:central|(?:north|south)(?:east|west)?|east|west)-\d(?![A-Za-z0-9])"
)


@quick_init
@dataclass(frozen=True, slots=True)
class Own:
    """The parts; empty where there is none."""

    account: str
    organization: str = ""
    region: str = ""

    def take_out(self, text: str) -> str:
        """The text with a byte in place of each part."""
        parts = (self.account, OWN_ACCOUNT), (self.organization, OWN_ORGANIZATION), (self.region, OWN_REGION)
        for part, mark in parts:
            text = text.replace(part, mark) if part else text
        return text


def own_parts(account: str, organization: str, role_name: str) -> Own:
    """The parts of a role."""
    return Own(account, organization, _region_in(role_name))


@lru_cache(maxsize=16384)
def _region_in(role_name: str) -> str:
    """A role that is deployed for each Region carries it in its name."""
    found = _REGION.search(role_name)
    return found[0] if found else ""
