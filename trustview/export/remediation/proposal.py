"""Proposal: what is proposed for one role, with all that a hand-over says about it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass

from trustview.analysis import Effect, pretty_policy


@dataclass(frozen=True, slots=True)
class Proposal:
    """A role, its trust policy as it is and as proposed (JSON texts), and what the change does.

    `changes` say each edit, `closes` the titles of the findings that go away, `leaves` those that stay. `effect` says
    whether anything new is granted and who loses the way in.
    """

    role: str
    name: str
    path: str
    account: str
    account_name: str
    current: str
    proposed: str
    changes: tuple[str, ...]
    closes: tuple[str, ...]
    leaves: tuple[str, ...]
    effect: Effect


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
    """The lines of the unified difference of the two policies, both indented alike."""
    now, then = pretty_policy(proposal.current), pretty_policy(proposal.proposed)
    names = ("trust policy now", "trust policy as proposed")
    return list(difflib.unified_diff(now.splitlines(), then.splitlines(), *names, n=99, lineterm=""))
