"""JSON: the two policies with what changes between them, for scripts."""

from __future__ import annotations

import json

from trustview.export.remediation.proposal import Proposal, RemediationFormat
from trustview.snapshot import Role


def write_json_policy(proposal: Proposal) -> str:
    """One object; the policies are objects too, every character that is not ASCII is escaped."""
    value = {
        "role": proposal.before.arn,
        "account": proposal.before.account,
        "id": proposal.id,
        "changes": list(proposal.changes),
        "closes": list(proposal.closes),
        "leaves": list(proposal.leaves),
        "proof": {
            "verdict": proposal.effect.verdict.value,
            "reason": proposal.effect.reason,
            "lost": list(proposal.effect.lost),
            "gained": list(proposal.effect.gained),
            "but_for": proposal.effect.but_for,
        },
        "notes": [list(note) for note in proposal.notes],
        "current": json.loads(proposal.before.trust_policy),
        "proposed": json.loads(proposal.after.trust_policy),
        "settings": {"current": _settings(proposal.before), "proposed": _settings(proposal.after)},
        "choices": [
            {"id": one.id, "changes": list(one.changes), "reasons": list(one.reasons), "removes": one.is_removal}
            for one in proposal.ranked
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def _settings(role: Role) -> dict[str, object]:
    return {
        "attached": list(role.attached),
        "boundary": role.boundary or None,
        "max_session_seconds": role.max_session_seconds,
    }


JSON_POLICY = RemediationFormat("json", ".json", write_json_policy)
