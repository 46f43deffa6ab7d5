"""How fast the engine decides, alone and as `trustview simulate`, against `json.loads` of the same requests."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import Measure, measure
from benchmarks.request_mix import make_distinct_lines, make_lines
from trustview.cli.simulating import Simulator, simulate_stream
from trustview.policy import evaluate
from trustview.policy.simulation import Simulation


def measure_decisions() -> Iterator[Measure]:
    """The cases as they are, then with guardrails above them, then each with a trust policy of its own."""
    for subject, with_guardrails in (("cases", False), ("cases under guardrails", True)):
        yield from _measure(subject, make_lines(with_guardrails=with_guardrails))
    yield from _measure("policies that differ", make_distinct_lines())


def _measure(subject: str, lines: list[bytes]) -> Iterator[Measure]:
    count, text = len(lines), b"\n".join(lines) + b"\n"
    parsing = measure(subject, "json.loads", count, lambda: _each(json.loads, lines))
    yield parsing
    simulator = Simulator()
    asked = [found for _, found in map(simulator.read, lines) if isinstance(found, Simulation)]
    yield measure(subject, "engine alone", len(asked), lambda: _each(_decide, asked), parsing)
    yield measure(subject, "simulate, in process", count, lambda: _simulate(text), parsing)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.jsonl"
        path.write_bytes(text)
        yield measure(subject, "simulate, whole process", count, lambda: _run(path), parsing)


def _each(work: Callable[[Any], object], items: list[Any]) -> None:
    """Nothing is kept, so that nothing but the work itself is measured."""
    for item in items:
        work(item)


def _decide(asked: Simulation) -> object:
    return evaluate(asked.request, asked.stack)


def _simulate(text: bytes) -> object:
    return simulate_stream(io.BytesIO(text), io.BytesIO())


def _run(path: Path) -> object:
    command = [sys.executable, "-m", "trustview", "simulate", str(path)]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
