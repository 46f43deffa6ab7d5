"""Severity, Confidence, Subject, Finding: one problem with one thing, how bad it is and how sure.

THE ONE PLACE where a severity is graded, and where a finding gets the fingerprint that makes it the same one next time:
check id, subject and the statements it is about; never the wording.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from trustview.analysis.grant import Reach, ReachKind
from trustview.analysis.remediation import Change
from trustview.analysis.tier import Tier
from trustview.policy import Privilege


class Severity(IntEnum):
    """How bad it is if it is true."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """`critical`, `high`, `medium`, `low` or `info`."""
        return self.name.lower()


class Confidence(StrEnum):
    """How sure: proven, conditional on named keys, or unknown because something could not be read."""

    PROVEN = "proven"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"


class SubjectKind(StrEnum):
    """What a finding can hang on."""

    ROLE = "role"
    GUARDRAIL = "guardrail"
    ORGANIZATION = "organization"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding hangs on.

    `id` is an ARN, or the id of a policy or organization; `account` is whose it is, guardrails being the management
    account's. `places` are the accounts, OUs or the root where it stands or hangs; `note` says for lists where that is,
    or who gets in.
    """

    kind: SubjectKind
    id: str
    name: str
    account: str
    places: tuple[str, ...]
    note: str = ""

    @property
    def item_id(self) -> str:
        """The id of the review item of its findings that are about no grant."""
        return fingerprint("subject", self.id)


def role_subject(arn: str) -> Subject:
    """A role as a subject; everything follows from its ARN."""
    account = arn.split(":", 5)[4] if arn.count(":") > 4 else ""
    return Subject(SubjectKind.ROLE, arn, arn.rpartition("/")[2], account, (account,))


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem with one subject.

    `id` is the fingerprint. `because` are sentences that say what was seen, `graded` those that say why the severity is
    what it is. `statements` index the subject's policy, `grants` are ids of the grants concerned (none where
    it is about no single grant), `changes` what would mend it, `instead` other changes that would.
    """

    id: str
    check: str
    severity: Severity
    confidence: Confidence
    subject: Subject
    statements: tuple[int, ...]
    grants: tuple[str, ...]
    because: tuple[str, ...]
    graded: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    changes: tuple[Change, ...] = field(default=())
    instead: tuple[tuple[Change, ...], ...] = ()

    @property
    def role(self) -> str:
        """The ARN of the role that it hangs on; empty when it hangs on something else."""
        return self.subject.id if self.subject.kind is SubjectKind.ROLE else ""

    @property
    def account(self) -> str:
        """The account of its subject."""
        return self.subject.account


def fingerprint(*parts: str) -> str:
    """A short digest that is the same for the same parts."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Modifier(StrEnum):
    """What moves a severity one step. A check whose own condition is one of them does not count it again."""

    PRIVILEGE = "privilege"
    TIER = "tier"
    LATENT = "latent"


def grade(
    severity: Severity, privilege: Privilege, tier: Tier, reach: Reach, counted: tuple[Modifier, ...] = ()
) -> tuple[Severity, tuple[str, ...]]:
    """The severity after the modifiers of the catalogue, and why: the check's own, then each that applied.

    `counted` are modifiers that the severity given holds already.
    """
    steps = []
    if privilege is Privilege.ADMIN and Modifier.PRIVILEGE not in counted:
        steps.append((1, "one up: the role is an administrator"))
    elif tier.is_sensitive and Modifier.TIER not in counted:
        steps.append((1, f"one up: the role is in a {tier.name.lower()} account"))
    if reach.blocked_by and not reach.is_shut_by_itself and Modifier.LATENT not in counted:
        kept = "it shut" if reach.kind is ReachKind.BLOCKED else "outsiders out"
        steps.append((-1, f"one down: {' and '.join(reach.blocked_by)} keeps {kept} today (latent)"))
    elif privilege is Privilege.NONE:
        steps.append((-1, "one down: the role may do nothing"))
    wanted = severity + sum(step for step, _ in steps)
    final = Severity(min(max(wanted, Severity.INFO), Severity.CRITICAL))
    moved = tuple(sentence for _, sentence in steps) if final is not severity else ()
    return final, (own_grade(severity), *moved)


def own_grade(severity: Severity) -> str:
    """What to say of the severity that a check has by itself."""
    return f"the check says {severity.word}"


def judge_confidence(reach: Reach) -> Confidence:
    """How sure a finding on a grant of this reach is."""
    if reach.kind is ReachKind.CONDITIONAL:
        return Confidence.CONDITIONAL
    return Confidence.UNKNOWN if reach.kind is ReachKind.UNKNOWN else Confidence.PROVEN
