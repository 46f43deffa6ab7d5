"""Names of a package that load when they are asked for: the first screen needs few of them, and soon.

A package writes its imports once, under `if TYPE_CHECKING:`, and calls `lazy_names(__name__)`. That block is read when
a name is wanted for the first time; type checker and import-linter read the same one.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import cast


class LazyPackage(ModuleType):
    """A package that imports a name from the module that has it, when the name is asked for."""

    __lazy__: dict[str, tuple[str, str]]

    def __getattr__(self, name: str) -> object:
        place = self._places().get(name)
        if place is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(place[0]), place[1])
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # Importing a module of the package puts it here under its name, which a name that is exported keeps.
        if not (isinstance(value, ModuleType) and name in self._places()):
            super().__setattr__(name, value)

    def _places(self) -> dict[str, tuple[str, str]]:
        if "__lazy__" not in self.__dict__:
            self.__dict__["__lazy__"] = {name: place for name, *place in _imports(self)}
        return cast("dict[str, tuple[str, str]]", self.__dict__["__lazy__"])


def lazy_names(package: str) -> None:
    """Make a package lazy; called at the end of its `__init__`, once all else stands there."""
    sys.modules[package].__class__ = LazyPackage


def _imports(package: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Name, module and name there of each import under `if TYPE_CHECKING:`."""
    loader = package.__spec__.loader if package.__spec__ else None
    source = loader.get_source(package.__name__) if loader and hasattr(loader, "get_source") else ""
    for node in ast.parse(source).body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ast.ImportFrom) and line.module:
                    yield from ((each.asname or each.name, line.module, each.name) for each in line.names)
