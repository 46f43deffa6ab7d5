"""One demo server for all tests of this folder, a relay before it, and a plain shelf in memory."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from trustview.collect import Limits, Scope
from trustview.demo import Acme, Served, load_acme, serve_acme

from .relay import Relay, no_trouble, serve_relay

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FAST = Limits(organizations=10_000, lookup_events=10_000, sts=10_000, others=10_000)


def moment() -> datetime:
    """The clock of these tests stands still, so that two snapshots can be equal."""
    return NOW


@dataclass
class Shelf:
    """Parts in memory."""

    values: dict[str, object] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)

    def get(self, key: str) -> object | None:
        return self.values.get(key)

    def put(self, key: str, value: object) -> None:
        self.values[key] = value

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.values if key.startswith(prefix))

    def remove(self, prefix: str) -> None:
        for key in self.keys(prefix):
            del self.values[key]

    def begin_run(self, scope: str, began: str) -> str:
        run = f"run-{len(self.keys('runs/'))}"
        self.values[f"runs/{run}"] = (scope, began)
        return run

    def _of(self, scope: str) -> list[tuple[str, str]]:
        keys = sorted(self.keys("runs/"), reverse=True)
        runs = [(key.removeprefix("runs/"), self.values[key]) for key in keys]
        return [(run, about[1]) for run, about in runs if isinstance(about, tuple) and about[0] == scope]

    def find_run(self, scope: str) -> tuple[str, str] | None:
        return next((found for found in self._of(scope) if found[0] not in self.finished), None)

    def runs(self, scope: str) -> list[str]:
        return [run for run, _ in self._of(scope)]

    def finish_run(self, run: str) -> None:
        self.finished.append(run)


@pytest.fixture(scope="session")
def acme() -> Acme:
    return load_acme("current", NOW)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    pytest.importorskip("moto", reason="the demo's server needs moto")
    with serve_acme(now=NOW) as running:
        yield running


@pytest.fixture(scope="session")
def running_relay(served: Served) -> Iterator[Relay]:
    with serve_relay(served.endpoint) as running:
        yield running


@pytest.fixture
def relay(running_relay: Relay, served: Served, monkeypatch: pytest.MonkeyPatch) -> Relay:
    """The relay, without trouble and with nothing seen; the SDK's environment leads to it."""
    running_relay.trouble, running_relay.delay = no_trouble, lambda _request: 0.0
    running_relay.seen.clear()
    running_relay.answered.clear()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in running_relay.environment(dict(served.environment)).items():
        monkeypatch.setenv(name, value)
    return running_relay


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once: what is tested is that they come, not how long they wait."""
    monkeypatch.setattr("trustview.collect.aws.LONGEST_PAUSE", 0.001)
    monkeypatch.setattr("trustview.collect.budget.SLOWEST", 1_000.0)


def small(*accounts: str, **given: object) -> Scope:
    """A scope of a few accounts and, unless told otherwise, one Region, as fast as it goes."""
    return Scope(**{"accounts": accounts, "regions": ("eu-west-1",), "limits": FAST, **given})  # type: ignore[arg-type]
