"""Every command by name, for the command palette."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from trustview.ui.commands import COMMANDS, Command, shown_keys


class CommandProvider(Provider):
    """Finds commands by the letters typed."""

    async def discover(self) -> Hits:
        """Every command, before anything is typed."""
        for command in _listed():
            title = Content(_keys(command) + command.description)
            yield DiscoveryHit(title, partial(self._run, command.id), text=command.description)

    async def search(self, query: str) -> Hits:
        """The commands that match what is typed, best first."""
        matcher = self.matcher(query)
        for command in _listed():
            score = matcher.match(command.description)
            if score > 0:
                title = Content.assemble(_keys(command), matcher.highlight(command.description))
                yield Hit(score, title, partial(self._run, command.id), text=command.description)

    async def _run(self, command: str) -> None:
        await self.app.run_action(f"command('{command}')")


def _listed() -> list[Command]:
    return [command for command in COMMANDS if not command.is_built_in and command.id != "palette"]


def _keys(command: Command) -> str:
    """The default keys in a column; shown as content, because `[` is a key here and no markup."""
    return f"{shown_keys(command):<15} "
