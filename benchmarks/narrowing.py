"""How long a proof takes on real policies before and after an edit, against `json.loads` of the same two policies.

Every pair is measured once, with nothing kept from the pair before: policies are read anew and no cache is warm. It
needs the corpus beside the project; without it there is nothing to measure. Beside the table of all subjects,
`python -m benchmarks.narrowing` tells the median, the 99th percentile, the worst pairs, what stopped those that have no
answer, and the hard stop.
"""

from __future__ import annotations

import functools
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from statistics import median

from benchmarks.measure import Measure
from tests.policy.narrowing.edits import CORPUS, NARROWING, WIDENING, pairs
from tests.policy.narrowing.test_mutations import costly_pair
from trustview.policy import PolicyDocument, parse_policy
from trustview.policy.narrowing import Proof, Verdict, narrower


def measure_proofs() -> Iterator[Measure]:
    """The pairs that narrow, then those that widen."""
    if not CORPUS.exists():
        return
    for subject, edits in (("proofs, narrowed", NARROWING), ("proofs, widened", WIDENING)):
        parsing, proving, _ = _measure([(json.dumps(a), json.dumps(b)) for _, a, b in pairs(edits)])
        count = len(proving)
        yield Measure(subject, "json.loads, both", count, min(parsing), median(parsing))
        ratio = median(proving) / median(parsing)
        yield Measure(subject, "narrower", count, min(proving), median(proving), "json.loads, by median", ratio)


def _measure(texts: list[tuple[str, str]]) -> tuple[list[float], list[float], Counter[str]]:
    """Seconds of parsing and of proving each pair, and what stopped those that have no answer."""
    parsing, proving = list[float](), list[float]()
    stopped: Counter[str] = Counter()
    for before, after in texts:
        started = time.process_time()
        json.loads(before), json.loads(after)
        parsing.append(time.process_time() - started)
        _forget()
        seconds, proof = _prove(parse_policy(before), parse_policy(after))
        proving.append(seconds)
        stopped[proof.reason] += proof.verdict is Verdict.UNKNOWN
    return parsing, proving, +stopped


def _forget() -> None:
    """Empty every cache of a function, so that nothing is known before it is asked."""
    for cached in _caches():
        cached.cache_clear()


@functools.cache
def _caches() -> tuple[functools._lru_cache_wrapper[object], ...]:
    found = (each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper))
    return tuple(each for each in found if str(each.__module__).startswith("trustview."))


def _prove(old: PolicyDocument, new: PolicyDocument) -> tuple[float, Proof]:
    started = time.process_time()
    proof = narrower(old, new)
    return time.process_time() - started, proof


def main() -> int:
    """Print how proofs of the corpus spread, and what the hard stop costs."""
    if not CORPUS.exists():
        print("the corpus is not here", file=sys.stderr)
        return 1
    for subject, edits in (("narrowed", NARROWING), ("widened", WIDENING)):
        named = list(pairs(edits))
        parsing, proving, stopped = _measure([(json.dumps(a), json.dumps(b)) for _, a, b in named])
        ordered = sorted(proving)
        definite = 1 - stopped.total() / len(named)
        print(
            f"{subject}: {len(named)} pairs, {definite:.1%} definite, median {median(ordered) * 1e3:.2f} ms "
            f"({median(ordered) / median(parsing):.0f} x json.loads), "
            f"p99 {ordered[len(ordered) * 99 // 100] * 1e3:.2f} ms, max {ordered[-1] * 1e3:.2f} ms"
        )
        for seconds, (name, _, _) in sorted(zip(proving, named, strict=True), key=lambda pair: -pair[0])[:3]:
            print(f"    {seconds * 1e3:.2f} ms {name}")
        for reason, count in stopped.most_common():
            print(f"    {count} without an answer: {reason}")
    seconds, proof = _prove(*costly_pair())
    print(f"hard stop: {proof.verdict.value} after {seconds:.2f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
