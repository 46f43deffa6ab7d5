"""The proof that one policy is no wider than another, by boxes of requests.

`narrower` decides; `Facts` are what it may take for granted, `Proof` is its answer. One file holds one step: a policy
value as a set of texts (`pattern`, `automaton`, `texts`), what a coordinate may be (`parts`, `shape`, `key_reading`),
callers (`callers`, `grounds`), statements as boxes (`reading`, `boxes`), and the verdict (`narrow`, `witness`).
`find_shifts` tells who lost the way in and who gained one, `narrower_guardrail` decides of SCPs and RCPs.
"""

from typing import TYPE_CHECKING

from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.policy.narrowing.guardrail import narrower_guardrail
    from trustview.policy.narrowing.narrow import layer_of, narrower
    from trustview.policy.narrowing.proof import NO_FACTS, Facts, Proof, Verdict, Witness
    from trustview.policy.narrowing.shifts import Direction, Shift, find_shifts

__all__ = [
    "NO_FACTS",
    "Direction",
    "Facts",
    "Proof",
    "Shift",
    "Verdict",
    "Witness",
    "find_shifts",
    "layer_of",
    "narrower",
    "narrower_guardrail",
]

lazy_names(__name__)
