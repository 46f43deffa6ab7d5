"""Every widget has an example that runs: at every size, and by its name from the command line."""

from importlib import import_module
from pkgutil import iter_modules

import pytest
from textual.widget import Widget

import widgets
from tests.widgets.hosts import screen_lines
from widgets.examples import EXAMPLES, Example, main

WORDS = {
    "table": "web-3",
    "tree": "cluster",
    "graph": "jobs ×38",
    "diff": "registry/web:1.5",
    "json": "nothing is rolled out",
    "facts": "▲ paused",
    "sections": "▸ 1.5",
    "filter": "state:fail",
    "prompt": "▸ why?",
    "status": "read only",
    "wrapped": "n goes on",
    "heat": "not known",
    "keys": "filter",
}


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("name", EXAMPLES)
async def test_every_example_shows_itself_at_every_size(name: str, size: tuple[int, int]) -> None:
    app = Example(name)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert WORDS[name] in "\n".join(screen_lines(app))


def test_examples_are_listed_and_another_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [f"  {name}" for name in EXAMPLES]
    assert main(["\x1b[31mnone"]) == 2
    assert "there is no example `␛[31mnone`" in capsys.readouterr().err


BASES = {"PaintedLine", "ScrolledLines", "CursorLines", "ScrolledText", "SafeInput"}
"""What other widgets are made of, and are shown with."""


def test_every_widget_is_in_some_example() -> None:
    modules = [import_module(f"widgets.{one.name}") for one in iter_modules(widgets.__path__) if one.name != "examples"]
    found = {
        value.__name__
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Widget) and value.__module__ == module.__name__
    }
    shown = {kind.__name__ for make in EXAMPLES.values() for one in make() for kind in type(one).__mro__}
    assert {name for name in found if not name.startswith("_")} - BASES - shown == set()
    assert len(found) > 10
