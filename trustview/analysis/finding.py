"""Severity, Confidence, Subject, Finding: one problem with one thing, how bad it is and how sure.

THE ONE PLACE where a finding gets the fingerprint that makes it the same one next time: check id, subject and the
statements it is about; never the wording. How it is graded: `grade.py`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import lru_cache

from trustview.analysis.remediation import Change
from trustview.quick_init import quick_init


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


@quick_init
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
    places = _places(arn.split(":", 5)[4] if arn.count(":") > 4 else "")
    return Subject(SubjectKind.ROLE, arn, arn.rpartition("/")[2], places[0], places)


# One value for the roles of an account, of which many have findings.
@lru_cache(maxsize=4096)
def _places(account: str) -> tuple[str]:
    return (account,)


@quick_init
@dataclass(frozen=True, slots=True)
class Finding:
    """One problem with one subject.

    `id` is the fingerprint. `because` are sentences that say what was seen, `graded` those that say why the severity is
    what it is. `statements` index the subject's policy, `grants` are ids of the grants concerned (none where
    it is about no single grant), `changes` what would mend it, `instead` other changes that would, `by_hand` what
    people have to do where no change of one thing does it.
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
    by_hand: tuple[str, ...] = ()

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
