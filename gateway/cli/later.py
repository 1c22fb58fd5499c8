"""Commands that are known by their name and one line, and loaded when one of them is called.

What a command needs is most of what it takes to start. So `ozlijn --help` loads none of them, and a command
loads itself alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer

from gateway.cli.parts import Command, Group


class Later(Command):
    """Stands in a list of commands for one that is not loaded."""

    def __init__(self, name: str, where: str, short: str) -> None:
        """`where` is its file below `gateway.cli` and its function, as in `bestanden:check`."""
        super().__init__(name, callback=None, short_help=short, rich_markup_mode=None)
        self._where = where

    def load(self) -> Any:
        """The command itself, with its options."""
        file, _, function = self._where.partition(":")
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        made = alone.command(self.name, cls=Command, short_help=self.short_help)
        made(getattr(import_module(f"gateway.cli.{file}"), function))
        return typer.main.get_command(alone)


class LaterGroup(Group):
    """A group that loads a command at the moment that it is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Later) else command, rest


def group(name: str, text: str, *commands: Later) -> LaterGroup:
    """Commands below one name. Without one of them it shows its help."""
    return LaterGroup(name=name, help=text, commands=commands, no_args_is_help=True, rich_markup_mode=None)
