"""What is left over of a pair of policies, put to the engine: a request that shows the new one to be wider, or a doubt.

The one place that says what counts as shown. The old policy must surely refuse the request. Best is one that the new
policy surely allows and that is really sent; then one that a caller does not send by AWS's documentation; then one that
is allowed in a reading of what AWS leaves open. What only a caller who lies about itself could send shows nothing
while something else is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable

from trustview.policy.document import PolicyDocument
from trustview.policy.evaluate import evaluate
from trustview.policy.narrowing.boxes import Box
from trustview.policy.narrowing.callers import OPEN
from trustview.policy.narrowing.parts import YES
from trustview.policy.narrowing.proof import WIDER, Proof, Verdict
from trustview.policy.narrowing.reading import UNSAID, Reading
from trustview.policy.narrowing.stopped import explain_answer, explain_box
from trustview.policy.narrowing.witness import Sample, WitnessMaker

_IF = ", if AWS reads it so: it depends on "
_ODD = ", but by AWS's documentation no such caller sends it so: "
# What parts a request from one that is surely sent and surely allowed: another principal's keys, a reading, odd keys.
_Distance = tuple[bool, bool, bool]
_SURELY: _Distance = (False, False, False)


class Trial:
    """The requests that were tried, and what came of them."""

    def __init__(self, old: PolicyDocument, new: PolicyDocument, reading: Reading, maker: WitnessMaker) -> None:
        self._old, self._new, self._reading, self._maker = old, new, reading, maker
        self._shown: dict[_Distance, Proof] = {}
        self._stopped: Proof | None = None
        self._is_in_doubt = False

    def put(self, left: Box) -> None:
        """Try requests of a box that is left over."""
        is_shown = False
        if any(coordinate.startswith(OPEN) for coordinate in left.parts):
            self._stopped = self._stopped or explain_box(left, self._reading, (self._old, self._new))
        for sample in self._maker.samples(left):
            is_shown |= self._show(sample, left)
            if self.is_shown:
                return
        self._is_in_doubt |= not is_shown
        self._stopped = self._stopped or explain_box(left, self._reading, (self._old, self._new))

    @property
    def is_shown(self) -> bool:
        """Whether nothing better can be found."""
        return _SURELY in self._shown

    def so_far(self) -> Proof | None:
        """What is shown already, whatever else is left over; None when nothing is."""
        best = min(self._shown, default=None)
        return None if best is None or best[0] else self._shown[best]

    def outcome(self) -> Proof | None:
        """What came of it once all is tried; None when nothing was left over."""
        if self._shown and not self._is_in_doubt:
            return self._shown[min(self._shown)]
        return self.so_far() or self._stopped

    def _show(self, sample: Sample, left: Box) -> bool:
        """Whether the engine says that a request shows it; what it leaves open is kept."""
        witness = sample.witness
        after = evaluate(witness.request, witness.stack(self._new))
        before = evaluate(witness.request, witness.stack(self._old))
        if before.may_be_allowed or not after.may_be_allowed:
            if self._stopped is None:
                answers = (("new", self._new, after), ("old", self._old, before))
                self._stopped = next((explain_answer(*answer) for answer in answers if answer[2].depends_on), None)
            return False
        points = after.depends_on or tuple(_assumed(left))
        reason = WIDER + (f"{_IF}{', '.join(points)}" if points else "")
        reason += f"{_ODD}{', '.join(f'`{key}`' for key in sample.odd)}" if sample.odd else ""
        distance = (sample.is_foreign, bool(points), bool(sample.odd))
        self._shown.setdefault(distance, Proof(Verdict.WIDER, reason, witness, "new", left.path, points))
        return True


def _assumed(left: Box) -> Iterable[str]:
    """What of a box AWS leaves open and must be as it seems, where the engine reads it as it is written."""
    points = (name.removeprefix(OPEN) for name, part in left.parts.items() if name.startswith(OPEN) and part == YES)
    return dict.fromkeys(point.partition(UNSAID)[0] for point in points)
