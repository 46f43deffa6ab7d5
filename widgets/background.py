"""Work that goes on beside the keys. THE ONE PLACE that hands work to Textual."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, TypeVarTuple

from textual.dom import DOMNode
from textual.worker import Worker

Given = TypeVarTuple("Given")
Result = TypeVar("Result")


def begin_work(
    node: DOMNode,
    work: Callable[[*Given], Coroutine[Any, Any, Result]],
    *given: *Given,
    group: str = "default",
    is_exclusive: bool = False,
) -> Worker[Result]:
    """Begin `work` with what is given to it; it ends with the node, or when exclusive work of the same group begins.

    Work is a function and never a coroutine: when its node goes before the work had its turn, a coroutine would be left
    behind that nobody awaits.
    """

    async def call() -> Result:  # Textual makes a text of all that it is handed: no part of it is what was given
        return await work(*given)

    return node.run_worker(call, group=group, exclusive=is_exclusive)
