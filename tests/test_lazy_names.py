"""Packages whose names load when they are asked for: each name is there, and the first screen needs few of them."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

from trustview.lazy_names import LazyPackage

PACKAGES = tuple(
    f"trustview.{name}" for name in ("policy", "policy.narrowing", "snapshot", "analysis", "review", "store")
)
HEAVY = (
    "trustview.policy.evaluate", "trustview.policy.narrowing.narrow", "trustview.analysis.access",
    "trustview.analysis.checks", "trustview.snapshot.snapshot", "trustview.store.snapshot_writer",
    "trustview.export.rows", "sqlalchemy", "botocore", "moto",
)  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_a_package_is_there_and_is_no_module(package: str) -> None:
    module = import_module(package)
    assert isinstance(module, LazyPackage)
    for name in vars(module)["__all__"]:
        assert not isinstance(getattr(module, name), ModuleType), name


def test_a_name_that_is_not_there_is_refused_as_of_any_module() -> None:
    import trustview.analysis as package

    with pytest.raises(AttributeError, match="has no attribute 'nothing_of_the_kind'"):
        package.nothing_of_the_kind  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError):
        exec("from trustview.analysis import nothing_of_the_kind")  # noqa: S102 -- refused is what is tested


def test_a_name_stays_when_the_module_of_the_same_name_is_imported() -> None:
    said = _run("import trustview.analysis.analyse; from trustview.analysis import analyse; print(callable(analyse))")
    assert said == "True"


def test_the_first_screen_loads_nothing_that_it_does_not_show() -> None:
    said = _run(f"import trustview.ui.opening, sys; print([name for name in {HEAVY!r} if name in sys.modules])")
    assert said == "[]"


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
