"""The server that the collector is measured against answers all that is asked: failures would be measured otherwise."""

import pytest

from benchmarks.collector import run_once


@pytest.mark.parametrize("name", ["plain", "floor", "ours"])
def test_each_collector_gets_all_its_answers(name: str) -> None:
    found = run_once(name, accounts=5, roles=2, in_flight=4)

    assert found["seconds"] > 0
    if name == "ours":
        assert found["roles"] == 6 * 2
