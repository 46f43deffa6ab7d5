"""JSON: the two policies with what changes between them, for scripts."""

from __future__ import annotations

import json

from trustview.export.remediation.proposal import Proposal, RemediationFormat


def write_json_policy(proposal: Proposal) -> str:
    """One object; the policies are objects too, every character that is not ASCII is escaped."""
    value = {
        "role": proposal.role,
        "account": proposal.account,
        "changes": list(proposal.changes),
        "closes": list(proposal.closes),
        "leaves": list(proposal.leaves),
        "proof": {
            "verdict": proposal.effect.verdict.value,
            "reason": proposal.effect.reason,
            "lost": list(proposal.effect.lost),
            "gained": list(proposal.effect.gained),
        },
        "current": json.loads(proposal.current),
        "proposed": json.loads(proposal.proposed),
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


JSON_POLICY = RemediationFormat("json", ".json", write_json_policy)
