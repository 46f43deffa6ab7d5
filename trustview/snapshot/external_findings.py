"""ExternalFinding: what IAM Access Analyzer reported."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExternalFinding:
    """One finding of IAM Access Analyzer, once for all Regions that report it.

    `kind` is AWS's finding type (`ExternalAccess`, `UnusedIAMRole`…), `principal` the texts it names, `condition` its
    key-value pairs.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
    """

    id: str
    kind: str
    resource: str
    resource_type: str
    account: str
    status: str
    principal: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    condition: tuple[tuple[str, str], ...] = ()
    is_public: bool = False
    updated: str = ""
    regions: tuple[str, ...] = ()
