"""Glyph, word and tone of every value that is shown: severities, verdicts, reaches, parties. The only such table.

A glyph is one cell wide everywhere; a word stands beside it or in the help, so that colour never carries alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustview.analysis import Confidence, Party, Privilege, ReachKind, Severity, Tier
from trustview.policy import PRIVILEGE_WORDS
from trustview.review import Verdict
from widgets.graph import EdgeKind
from widgets.tone import Cell, Tone

if TYPE_CHECKING:
    from trustview.policy import Condition


@dataclass(frozen=True, slots=True)
class Sign:
    """How a value looks: a glyph, a short word for columns, the whole word, and a tone."""

    glyph: str
    short: str
    word: str
    tone: Tone

    @property
    def cell(self) -> Cell:
        """Glyph and short word."""
        return Cell(f"{self.glyph} {self.short}", self.tone)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Glyph and whole word."""
        return (Cell(f"{self.glyph} {self.word}", self.tone),)


SEVERITIES = {
    Severity.CRITICAL: Sign("✖", "CRIT", "critical", Tone.CRITICAL),
    Severity.HIGH: Sign("▲", "HIGH", "high", Tone.HIGH),
    Severity.MEDIUM: Sign("■", "MED", "medium", Tone.MEDIUM),
    Severity.LOW: Sign("•", "LOW", "low", Tone.LOW),
    Severity.INFO: Sign("◦", "INFO", "info", Tone.MUTED),
}
NO_SEVERITY = Sign("·", "none", "nothing found", Tone.MUTED)

VERDICTS = {
    Verdict.APPROVE: Sign("✓", "approve", "approve", Tone.GOOD),
    Verdict.REVOKE: Sign("✗", "revoke", "revoke", Tone.CRITICAL),
    Verdict.NARROW: Sign("⚑", "narrow", "narrow", Tone.ACCENT),
    Verdict.ACCEPT_RISK: Sign("≈", "accept risk", "accept risk", Tone.MEDIUM),
    Verdict.DEFER: Sign("↷", "defer", "defer", Tone.LOW),
}
UNDECIDED = Sign(" ", "undecided", "undecided", Tone.MUTED)

REACHES = {
    ReachKind.OPEN: Sign("─", "open", "open", Tone.HIGH),
    ReachKind.CONDITIONAL: Sign("┄", "conditional", "conditional", Tone.PLAIN),
    ReachKind.BLOCKED: Sign("x", "blocked", "blocked", Tone.GOOD),
    ReachKind.DEAD: Sign("∅", "dead", "dead", Tone.MUTED),
    ReachKind.UNKNOWN: Sign("?", "unknown", "unknown", Tone.MEDIUM),
}
NO_REACH = Sign(" ", "", "", Tone.MUTED)
REACH_SENTENCES = {
    ReachKind.OPEN: "somebody gets in",
    ReachKind.CONDITIONAL: "who gets in depends on what the request carries",
    ReachKind.BLOCKED: "a guardrail or a Deny keeps it shut today",
    ReachKind.DEAD: "nobody can get in this way",
    ReachKind.UNKNOWN: "nobody can say: something could not be read",
}
EDGES = {
    ReachKind.OPEN: EdgeKind.OPEN,
    ReachKind.CONDITIONAL: EdgeKind.CONDITIONAL,
    ReachKind.BLOCKED: EdgeKind.BLOCKED,
    ReachKind.DEAD: EdgeKind.BLOCKED,
    ReachKind.UNKNOWN: EdgeKind.UNKNOWN,
}

PARTIES = {
    Party.SAME_ACCOUNT: Sign("·", "own account", "the role's own account", Tone.MUTED),
    Party.ORGANIZATION: Sign("○", "organization", "another account of the organization", Tone.PLAIN),
    Party.MANAGEMENT: Sign("◆", "management", "the management account", Tone.MEDIUM),
    Party.VENDOR: Sign("▲", "vendor", "a vendor that the public register knows; known is not approved", Tone.HIGH),
    Party.UNKNOWN_ACCOUNT: Sign("✖", "unknown", "an account that nobody knows", Tone.CRITICAL),
    Party.PUBLIC: Sign("✖", "public", "anyone with an AWS account", Tone.CRITICAL),
    Party.SERVICE: Sign("·", "service", "an AWS service", Tone.MUTED),
    Party.IDENTITY_PROVIDER: Sign("○", "provider", "users of an identity provider", Tone.PLAIN),
}

_PRIVILEGE_LOOKS = {
    Privilege.ADMIN: ("✖", Tone.CRITICAL),
    Privilege.ESCALATING: ("▲", Tone.HIGH),
    Privilege.WRITE: ("■", Tone.PLAIN),
    Privilege.READ_DATA: ("≡", Tone.PLAIN),
    Privilege.READ_CONFIG: ("·", Tone.PLAIN),
    Privilege.NONE: ("∅", Tone.MUTED),
    Privilege.UNKNOWN: ("?", Tone.MEDIUM),
}
PRIVILEGES = {
    privilege: Sign(glyph, privilege.value, PRIVILEGE_WORDS[privilege], tone)
    for privilege, (glyph, tone) in _PRIVILEGE_LOOKS.items()
}

CONFIDENCES = {
    Confidence.PROVEN: Sign("✓", "proven", "proven by the policies that were read", Tone.PLAIN),
    Confidence.CONDITIONAL: Sign("┄", "conditional", "conditional on what the request carries", Tone.PLAIN),
    Confidence.UNKNOWN: Sign("?", "unknown", "unknown: something could not be read", Tone.MEDIUM),
}

_PROVIDERS = {
    "token.actions.githubusercontent.com": "GitHub Actions",
    "app.terraform.io": "HCP Terraform",
    "gitlab.com": "GitLab",
    "accounts.google.com": "Google",
    "cognito-identity.amazonaws.com": "Cognito",
    "www.amazon.com": "Login with Amazon",
    "graph.facebook.com": "Facebook",
}


def provider_name(text: str) -> str:
    """What people call a well-known identity provider; any other text as it is."""
    return _PROVIDERS.get(text, text)


OUTLIER = Sign("≠", "outlier", "differs from the fleet of the same role name", Tone.HIGH)
SUSPENDED = Sign("⊘", "suspended", "suspended", Tone.MUTED)
UNREAD = Sign("?", "unread", "not all of it could be read", Tone.MEDIUM)


def severity_sign(severity: Severity | None) -> Sign:
    """The sign of a severity, or of none."""
    return NO_SEVERITY if severity is None else SEVERITIES[severity]


def tier_word(tier: Tier) -> str:
    """A tier in words; empty when it is not known."""
    return "" if tier is Tier.UNKNOWN else tier.name.lower()


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

_CONDITION_SIGNS = (
    ("sts:externalid", "E", "ExternalId"),
    ("aws:multifactorauth", "M", "MFA"),
    ("aws:principalorg", "O", "organization"),
    ("aws:source", "S", "source"),
    (":sub", "U", "subject"),
)
NO_CONDITION = ("!", "no condition")
OTHER_CONDITION = ("C", "other condition")
CONDITION_LEGEND = (NO_CONDITION, *((glyph, word) for _, glyph, word in _CONDITION_SIGNS), OTHER_CONDITION)


def condition_sign(conditions: tuple[Condition, ...]) -> tuple[str, str]:
    """The glyph on an edge and its word: the first known kind of condition, another one, or none."""
    keys = [condition.key.lower() for condition in conditions]
    for part, glyph, word in _CONDITION_SIGNS:
        if any(part in key for key in keys):
            return glyph, word
    return OTHER_CONDITION if keys else NO_CONDITION


def day_of(moment: str) -> str:
    """The day of a moment."""
    return moment.partition("T")[0]


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 item`, `2 items`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
