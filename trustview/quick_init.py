"""quick_init: frozen values of which very many are made get an `__init__` nearly as quick as that of mutable ones.

A frozen dataclass sets each of its fields through `object.__setattr__`, which takes several times as long as an
assignment. Here a value belongs to a mutable draft of its class until its fields are assigned.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar

Value = TypeVar("Value")

_TEMPLATE = """
def __init__({parameters}):
    become(self, Draft)
    {assignments}
    self.__class__ = Made
"""


def quick_init(cls: type[Value]) -> type[Value]:
    """The same class with a quicker `__init__`; it stands above `@dataclass(frozen=True, slots=True)`.

    TypeError for a class that also does something else when a value is made, or lets a factory make what is not given.
    """
    slow: Any = cls.__init__
    every = fields(cls)  # type: ignore[arg-type]
    made = {f"make_{field.name}": field.default_factory for field in every if not field.init}
    is_plain = all(field.init == (field.default_factory is MISSING) and not field.kw_only for field in every)
    if not is_plain or hasattr(cls, "__post_init__"):
        raise TypeError(f"`{cls.__name__}` is more than its fields")
    source = _TEMPLATE.format(
        parameters=", ".join(["self", *(field.name for field in every if field.init)]),
        assignments="; ".join(
            f"self.{field.name} = {field.name if field.init else f'make_{field.name}()'}" for field in every
        ),
    )
    draft = type(cls.__name__, (), {"__slots__": tuple(field.name for field in every)})
    known: dict[str, Any] = {"Draft": draft, "Made": cls, "become": object.__dict__["__class__"].__set__, **made}
    exec(source, known)  # noqa: S102 -- names of fields alone, as dataclasses does
    quick = known["__init__"]
    quick.__defaults__, quick.__annotations__, quick.__qualname__ = (
        slow.__defaults__,
        slow.__annotations__,
        slow.__qualname__,
    )
    cls.__init__ = quick  # type: ignore[method-assign]
    return cls
