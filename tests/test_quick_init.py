"""Values with a quick `__init__` are what they would be without it: frozen, equal, copied and told alike."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest

from trustview.analysis import Edge, Finding, Grant
from trustview.policy import Caller, PolicyDocument, Statement
from trustview.quick_init import quick_init


@dataclass(frozen=True, slots=True)
class Slow:
    """A value as dataclasses makes it."""

    name: str
    places: tuple[str, ...] = ()
    count: int = 1
    kept: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)


@quick_init
@dataclass(frozen=True, slots=True)
class Quick:
    """The same, made quickly."""

    name: str
    places: tuple[str, ...] = ()
    count: int = 1
    kept: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)


GIVEN: tuple[Callable[[Any], Any], ...] = (
    lambda made: made("one"),
    lambda made: made("one", ("here",), 2),
    lambda made: made(count=3, name="one"),
)


@pytest.mark.parametrize("give", GIVEN)
def test_it_is_told_as_before_and_hashed_alike(give: Callable[[Any], Any]) -> None:
    slow, quick = give(Slow), give(Quick)
    assert repr(quick) == repr(slow).replace("Slow", "Quick")
    assert hash(quick) == hash(slow)
    assert type(quick) is Quick
    assert quick == give(Quick) != replace(quick, count=9)


def test_it_takes_what_the_class_says() -> None:
    assert str(inspect.signature(Quick)) == str(inspect.signature(Slow))
    with pytest.raises(TypeError, match=r"Quick.__init__\(\) missing 1 required positional argument: 'name'"):
        Quick()  # type: ignore[call-arg]


def test_it_stays_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Quick("one").name = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del Quick("one").name


def test_each_value_has_what_its_factory_makes() -> None:
    one, other = Quick("one"), Quick("other")
    one.kept["seen"] = 1
    assert other.kept == {}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, replace])
def test_it_is_copied(again: Callable[[Quick], Quick]) -> None:
    one = Quick("one", ("here",), 2)
    assert again(one) == one
    assert type(again(one)) is Quick


@pytest.mark.parametrize("value", [Caller, Edge, Finding, Grant, PolicyDocument, Statement])
def test_values_of_which_very_many_are_made_are_made_so(value: type) -> None:
    assert value.__init__.__code__.co_names[:2] == ("become", "Draft")  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class _Counting:
    name: str

    def __post_init__(self) -> None:
        """Do more."""


@dataclass(frozen=True, slots=True)
class _Filled:
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    name: str


@dataclass(frozen=True, slots=True)
class _Constant:
    name: str = field(default="one", init=False)


@pytest.mark.parametrize("cls", [_Counting, _Filled, _Named, _Constant])
def test_a_class_that_does_more_is_refused(cls: type) -> None:
    with pytest.raises(TypeError, match="more than its fields"):
        quick_init(cls)
