"""Proposal: what is proposed for one role, with all that a hand-over says about it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass

from trustview.analysis import Effect, describe_effect, pretty_policy
from trustview.snapshot import Role


@dataclass(frozen=True, slots=True)
class Ranked:
    """One of the changes that could be chosen: its id, its edits in words, and why it stands where it stands."""

    id: str
    changes: tuple[str, ...]
    reasons: tuple[str, ...]
    is_removal: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A role as it is and as proposed, and what the change does.

    `id` names the choice. `changes` say each edit, `closes` the titles of the findings that go away, `leaves` those
    that stay. `effect` says whether anything new is granted and who loses the way in, `notes` are labelled sentences
    about its observed use, `ranked` all that could be chosen, the best first; `mended` says what was found and goes
    away, each with why it stands where it stands.
    """

    before: Role
    after: Role
    account_name: str
    changes: tuple[str, ...]
    closes: tuple[str, ...]
    leaves: tuple[str, ...]
    effect: Effect
    id: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    ranked: tuple[Ranked, ...] = ()
    mended: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """The proof, who loses, and what was seen, in labelled sentences."""
        return (*describe_effect(self.effect), *self.notes)


@dataclass(frozen=True, slots=True)
class RemediationFormat:
    """A format: its name on the command line, the ending of its files, and the function that writes a proposal."""

    name: str
    ending: str
    write: Callable[[Proposal], str]


def one_line(policy: str) -> str:
    """A policy text on one line, every character that is not ASCII escaped; what is not JSON comes back as it is."""
    try:
        return json.dumps(json.loads(policy), separators=(",", ":"), ensure_ascii=True)
    except ValueError:
        return policy


def propose_text(proposal: Proposal) -> list[str]:
    """The lines of the unified difference of the two roles: the trust policy, indented alike, then what else is set."""
    now, then = describe_role(proposal.before, proposal.after), describe_role(proposal.after, proposal.before)
    return list(difflib.unified_diff(now, then, "role now", "role as proposed", n=99, lineterm=""))


def describe_role(role: Role, other: Role) -> list[str]:
    """A role in lines: its trust policy, then each setting that differs from the other's."""
    lines = pretty_policy(role.trust_policy).splitlines()
    if role.attached != other.attached:
        lines += [f"attached: {arn}" for arn in role.attached]
    if role.boundary != other.boundary:
        lines.append(f"permissions boundary: {role.boundary or 'none'}")
    if role.max_session_seconds != other.max_session_seconds:
        lines.append(f"longest session: {role.max_session_seconds} seconds")
    return lines
