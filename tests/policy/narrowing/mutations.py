"""Bugs to seed into the prover, each one change of its source, and how a prover with such a bug is loaded beside it."""

import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

import trustview.policy.narrowing

PACKAGE = "trustview.policy.narrowing"
_TABLE = Path(__file__).parents[2] / "cases" / "mutations" / "narrowing.json"
FOLDER = Path(str(trustview.policy.narrowing.__file__)).parent


@dataclass(frozen=True)
class Mutation:
    """In file `module`, `there` becomes `instead`; `bug` says what is wrong then."""

    bug: str
    module: str
    there: str
    instead: str


def read_mutations() -> list[Mutation]:
    """Every bug of the table."""
    return [Mutation(**entry) for entry in json.loads(_TABLE.read_text(encoding="utf-8"))]


@contextmanager
def seeded(mutation: Mutation | None) -> Iterator[ModuleType]:
    """The package `narrowing` loaded anew, with a bug in it; the one that others use stays what it is."""
    names = [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]
    kept = {name: sys.modules.pop(name) for name in names}
    parent = sys.modules["trustview.policy"]
    finder = _Finder(mutation)
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module(PACKAGE)
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
        sys.modules.update(kept)
        parent.narrowing = kept[PACKAGE]  # type: ignore[attr-defined]


class _Finder(MetaPathFinder):
    """Finds the modules of the package; the source of one of them is changed."""

    def __init__(self, mutation: Mutation | None) -> None:
        self._mutation = mutation

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != PACKAGE and not name.startswith(f"{PACKAGE}."):
            return None
        short = name.removeprefix(PACKAGE).removeprefix(".") or "__init__"
        file = FOLDER / f"{short}.py"
        source = file.read_text(encoding="utf-8")
        if self._mutation is not None and short == self._mutation.module:
            source = source.replace(self._mutation.there, self._mutation.instead)
        return spec_from_loader(name, _Loader(source, file), is_package=short == "__init__")


class _Loader(Loader):
    def __init__(self, source: str, file: Path) -> None:
        self._source, self._file = source, file

    def create_module(self, spec: ModuleSpec) -> None:
        """The usual module will do."""

    def get_source(self, name: str) -> str:
        """The source, by which the package finds the names that it loads when they are asked for."""
        return self._source

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, str(self._file), "exec"), module.__dict__)  # noqa: S102 - our own source
