"""Every command by name, for the command palette."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from trustview.ui.commands import COMMANDS, Command, shown_keys


class CommandProvider(Provider):
    """Finds commands by the letters typed."""

    async def discover(self) -> Hits:
        """Every command, before anything is typed."""
        for command in _listed():
            yield DiscoveryHit(_title(command), partial(self._run, command.id), help=shown_keys(command))

    async def search(self, query: str) -> Hits:
        """The commands that match what is typed, best first."""
        matcher = self.matcher(query)
        for command in _listed():
            score = matcher.match(_title(command))
            if score > 0:
                yield Hit(
                    score, matcher.highlight(_title(command)), partial(self._run, command.id), help=shown_keys(command)
                )

    async def _run(self, command: str) -> None:
        await self.app.run_action(f"command('{command}')")


def _listed() -> list[Command]:
    return [command for command in COMMANDS if not command.is_built_in and command.id != "palette"]


def _title(command: Command) -> str:
    return command.description
