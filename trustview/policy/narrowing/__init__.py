"""The proof that one policy is no wider than another, by boxes of requests.

`narrower` decides; `Facts` are what it may take for granted, `Proof` is its answer. One file holds one step: a policy
value as a set of texts (`pattern`, `automaton`, `texts`), what a coordinate may be (`parts`, `shape`, `key_reading`),
callers (`callers`, `grounds`), statements as boxes (`reading`, `boxes`), and the verdict (`narrow`, `witness`).
"""

from trustview.policy.narrowing.narrow import layer_of, narrower
from trustview.policy.narrowing.proof import NO_FACTS, Facts, Proof, Verdict, Witness

__all__ = ["NO_FACTS", "Facts", "Proof", "Verdict", "Witness", "layer_of", "narrower"]
