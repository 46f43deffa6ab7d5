"""An input field of one line whose text is always safe, also when it was pasted."""

from textual.widgets import Input

from widgets.safe_text import safe_text


class SafeInput(Input):
    """Textual's input, one line high, without markup or control characters in what it shows."""

    DEFAULT_CSS = """
    SafeInput { width: 1fr; background: transparent; }
    SafeInput:focus { background: transparent; background-tint: $foreground 0%; }
    SafeInput > .input--placeholder { color: $text-muted; }
    """

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(placeholder=safe_text(placeholder), compact=True, id=id)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Make every value safe, wherever it comes from."""
        return safe_text(value)

    def validate_placeholder(self, placeholder: object) -> object:
        """Make every placeholder safe."""
        return safe_text(placeholder) if isinstance(placeholder, str) else placeholder

    def replace(self, text: str, start: int, end: int) -> None:
        """Put in `text`, made safe first so that the cursor ends up behind it."""
        super().replace(safe_text(text), start, end)
