"""Use and EvidenceWindow: who really became whom, and how far that can be seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """Assumptions of one role by one caller, alike in all that is told here, within one hour, from CloudTrail.

    `caller` is the ARN of the user or role, the service or the provider subject; an account id when only that is known.
    `hour` is its beginning; `refused` counts calls that AWS refused; they are never use. `tags` are keys of session
    tags. `origin` is the network (a /24 or /48), the VPC endpoint or the service that the calls came from, `agent` the
    program.
    """

    role: str
    caller: str
    caller_account: str
    action: str
    hour: str
    count: int
    refused: int = 0
    with_mfa: int = 0
    external_id: str = ""
    region: str = ""
    source_identity: str = ""
    tags: tuple[str, ...] = ()
    origin: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceWindow:
    """The period for which an account's assumptions in a Region are known; `holes` are what is missing inside it."""

    account: str
    region: str
    source: str
    start: str
    end: str
    holes: tuple[tuple[str, str], ...] = ()
