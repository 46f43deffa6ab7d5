"""What the messages of all widgets have in common."""

from typing import Generic, TypeVar

from textual.message import Message
from textual.widget import Widget

W = TypeVar("W", bound=Widget)


class FromWidget(Message, Generic[W]):
    """A message that knows which widget it comes from."""

    def __init__(self, widget: W) -> None:
        super().__init__()
        self.widget = widget

    @property
    def control(self) -> W:
        """The widget it comes from; `@on` selects by it."""
        return self.widget


class Latest(FromWidget[W]):
    """A message of which only the last one matters: while several wait, the earlier ones are dropped."""

    def can_replace(self, message: Message) -> bool:
        """Replace a message of the same kind from the same widget that nobody has handled yet."""
        return type(message) is type(self) and message.control is self.control
