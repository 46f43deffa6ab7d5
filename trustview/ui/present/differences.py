"""Sign and tone of what became of a grant, and of what was written."""

from __future__ import annotations

from trustview.analysis import EffectKind
from trustview.snapshot import DifferenceKind
from widgets.tone import Tone

EFFECTS = {
    EffectKind.NEW: ("+", Tone.HIGH),
    EffectKind.GONE: ("-", Tone.GOOD),
    EffectKind.REWORDED: ("~", Tone.PLAIN),
    EffectKind.EFFECT_CHANGED: ("≠", Tone.MEDIUM),
}
WRITTEN = {DifferenceKind.ADDED: "+", DifferenceKind.REMOVED: "-", DifferenceKind.CHANGED: "~"}
