"""ExternalFinding, Analyzer, ArchiveRule: what IAM Access Analyzer reported, where it looks, and what it hides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnusedPermission:
    """A service that a principal may use and does not, or the actions of it (empty: all of them)."""

    service: str
    actions: tuple[str, ...] = ()
    last_accessed: str = ""


@dataclass(frozen=True, slots=True)
class ExternalFinding:
    """One finding of IAM Access Analyzer, once for all Regions that report it.

    `kind` is AWS's finding type (`ExternalAccess`, `UnusedIAMRole`…), `principal` the texts it names, `condition` its
    key-value pairs, `rcp_restriction` whether a resource control policy may restrict it. `last_accessed` and `unused`
    belong to findings of unused access, and are empty when their details were not asked.
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
    rcp_restriction: str = ""
    last_accessed: str = ""
    unused: tuple[UnusedPermission, ...] = ()
    updated: str = ""
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """What an archive rule tests of one property of a finding; each test that is given must hold."""

    key: str
    eq: tuple[str, ...] = ()
    neq: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    exists: bool | None = None


@dataclass(frozen=True, slots=True)
class ArchiveRule:
    """A rule that archives new findings for which all criteria hold.

    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ArchiveRuleSummary.html
    """

    name: str
    criteria: tuple[Criterion, ...]
    created: str = ""
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Analyzer:
    """An analyzer of IAM Access Analyzer in one Region; `type` is AWS's (`ORGANIZATION`, `ACCOUNT_UNUSED_ACCESS`…).

    `unused_access_age` is after how many days without use it reports; `archive_rules` is None when they were not read.
    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_AnalyzerSummary.html
    """

    arn: str
    account: str
    region: str
    name: str
    type: str
    status: str
    unused_access_age: int | None = None
    archive_rules: tuple[ArchiveRule, ...] | None = None
    created: str = ""
