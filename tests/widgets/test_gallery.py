import pytest

from tests.widgets.gallery import EXAMPLES, example
from tests.widgets.hosts import screen_lines

WORDS = {
    "table": "web-3",
    "tree": "cluster",
    "graph": "jobs ×38",
    "diff": "registry/web:1.5",
    "json": "nothing is rolled out",
    "facts": "▲ paused",
    "filter": "state:fail",
    "prompt": "▸ why?",
    "status": "read only",
    "heat": "not known",
    "keys": "filter",
}


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("name", EXAMPLES)
async def test_every_example_shows_itself_at_every_size(name: str, size: tuple[int, int]) -> None:
    app = example(name)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert WORDS[name] in "\n".join(screen_lines(app))
