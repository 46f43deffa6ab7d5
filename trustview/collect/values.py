"""Parts -> values: which parts make sense, and what is told of those that do not."""

from __future__ import annotations

from typing import Any

from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.parts import Part
from trustview.collect.services import Service

# What reading raises for answers of another shape than AWS's.
ODD_ANSWER = (KeyError, TypeError, ValueError, AttributeError, IndexError)


def can_be_read(service: Service, part: Part) -> bool:
    """Whether a part of the shelf makes sense: otherwise it is asked for again."""
    try:
        service.read(part)
    except ODD_ANSWER:
        return False
    return True


def read_value(service: Service, part: Part) -> Any:  # noqa: ANN401
    """The value of a part; CallError when the answers make no sense."""
    try:
        return service.read(part)
    except ODD_ANSWER as error:
        raise CallError(odd_answer(service, error)) from error


def odd_answer(service: Service, error: Exception) -> Failure:
    """What a gap says of answers that make no sense."""
    told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Failure(FailureKind.FAILED, "", f"the answers of `{service.name}` cannot be read ({told})")
