"""Does another text of a guardrail let more through? THE ONE PLACE that decides it of an SCP or RCP.

Other guardrails hang beside it, so its two halves are asked apart: it must deny all that it denied, whatever anybody
allows; and, of an SCP, it must allow nothing new but what it denies itself. What holds of both holds of every level
that it stands on. Of an RCP only the Denies count: what it allows is AWS's own policy that allows everything.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trustview.policy.document import PolicyDocument
from trustview.policy.narrowing.narrow import narrower
from trustview.policy.narrowing.proof import ALLOW_ALL, NO_FACTS, WIDER, Facts, Proof, Verdict
from trustview.policy.stack import Layer

_NO_LONGER = "it no longer denies a request that it denied"
_PROVED = "it denies all that it denied, and allows nothing new"
# The statement that allows everything is in neither policy, and has a path that no other has.
_ALLOW = replace(ALLOW_ALL.statements[0], path="$.Allow")


def narrower_guardrail(old: PolicyDocument, new: PolicyDocument, layer: Layer, facts: Facts = NO_FACTS) -> Proof:
    """Prove that `new`, in the place of `old`, lets no request through that `old` stops; `layer` is SCP or RCP.

    An empty document is a guardrail that is not there yet: it denies nothing, and as an SCP allows nothing.
    """
    shown = [proof for proof in _halves(old, new, layer, facts) if not proof.is_proved]
    return next((p for p in shown if p.verdict is Verdict.WIDER), None) or next(
        iter(shown), Proof(Verdict.PROVED, _PROVED)
    )


def _halves(old: PolicyDocument, new: PolicyDocument, layer: Layer, facts: Facts) -> Iterator[Proof]:
    denies = narrower(_allowing(old), _allowing(new), facts, layer=layer)
    reason = f"{_NO_LONGER}{denies.reason.removeprefix(WIDER)}" if denies.verdict is Verdict.WIDER else denies.reason
    yield replace(denies, reason=reason, path="$" if denies.path == _ALLOW.path else denies.path)
    if layer is Layer.SCP:
        yield narrower(replace(old, statements=old.allows), new, facts, layer=layer)


def _allowing(document: PolicyDocument) -> PolicyDocument:
    """The Denies of a guardrail beside a statement that allows everything."""
    return replace(document, statements=(replace(_ALLOW, index=len(document.statements)), *document.denies))
