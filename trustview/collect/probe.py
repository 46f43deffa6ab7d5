"""Probe: a Reader that asks as little as shows what may be asked; so the doctor asks what the collector asks.

A service's own `fetch` runs over it: of every list it gets the first item alone, so that each operation is asked once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.operations import Operation, find_operation
from trustview.collect.reader import Reader
from trustview.collect.sdk import Answer

PAGE_SIZES = ("MaxItems", "MaxResults", "maxResults", "Limit", "pageSize")


@dataclass(slots=True)
class Probe(Reader):
    """Asks in one account and Region; keeps which operations were answered, and why others were not.

    What is not offered in the Region is neither.
    """

    answered: set[Operation] = field(default_factory=set)
    refused: dict[Operation, Failure] = field(default_factory=dict)

    async def whole(self, service: str, operation: str, needs: str, **parameters: object) -> Answer:
        """An answer of which every list has one item at most; CallError when it cannot be had."""
        asked = {**parameters, **{name: 1 for name in PAGE_SIZES if name in parameters}}
        try:
            answer = await self.aws.call(self.account, self.region, service, operation, asked, needs)
        except CallError as error:
            self._note(service, operation, error.failure)
            raise
        self._note(service, operation, None)
        return {name: value[:1] if isinstance(value, list) else value for name, value in answer.items()}

    async def pages(self, service: str, operation: str, needs: str, **parameters: object) -> AsyncIterator[Answer]:
        """The first page alone."""
        yield await self.whole(service, operation, needs, **parameters)

    def _note(self, service: str, name: str, failure: Failure | None) -> None:
        operation = find_operation(service, name)
        if operation is None or (failure is not None and failure.kind is FailureKind.NO_ADDRESS):
            return
        if failure is None:
            self.answered.add(operation)
        else:
            self.refused[operation] = failure
