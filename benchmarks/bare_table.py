"""The baseline of the cockpit: a Textual application that shows a DataTable of 100 rows and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable

COLUMNS = ("Sev", "Account", "Role", "Who gets in", "Worst finding", "Reach")


class BareTable(App[None]):
    """One table."""

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill it."""
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        for number in range(100):
            table.add_row(*(f"{column.lower()} {number}" for column in COLUMNS))
        table.focus()


if __name__ == "__main__":
    BareTable().run()
