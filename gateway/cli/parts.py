"""What the commands share: help in Dutch, one line or JSON out, progress, and files that are bounded."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from gateway.cli.gebruik import wrong
from gateway.runtime.lezen import read_file
from gateway.runtime.tonen import shown, shown_lines
from schemas.errors import InvalidMessage, WrongUse

if TYPE_CHECKING:
    from rich.console import Console

_DUTCH = (
    ("Usage: ", "Gebruik: "),
    ("[OPTIONS]", "[OPTIES]"),
    ("COMMAND [ARGS]...", "OPDRACHT ..."),
    ("\nArguments:\n", "\nGegevens:\n"),
    ("\nOptions:\n", "\nOpties:\n"),
    ("\nCommands:\n", "\nOpdrachten:\n"),
    ("[required]", "[verplicht]"),
)
_DUTCH_HELP = {
    "help": "Toon deze uitleg.",
    "install_completion": "Laat de shell opdrachten en opties aanvullen.",
    "show_completion": "Toon wat daarvoor nodig is, om zelf te plaatsen.",
}


def _in_dutch(found: str) -> str:
    """The library's own words in Dutch, as the rest is; it has no translations to choose from."""
    for english, dutch in _DUTCH:
        found = found.replace(english, dutch)
    return found


class Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return _in_dutch(super().get_help(ctx))

    def get_help_option(self, ctx: Any) -> Any:
        return _told_in_dutch(super().get_help_option(ctx))


class Group(TyperGroup):
    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - the signature is the library's
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,
    ) -> Any:
        """Wrong use is told in Dutch, and nothing that was typed reaches the screen as it is."""
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)  # noqa: FBT003
        except TyperException as error:
            if not standalone_mode:
                raise
            _say_wrong(error)
            sys.exit(error.exit_code)
        if standalone_mode:
            sys.exit(code or 0)
        return code

    def get_help(self, ctx: Any) -> str:
        for param in self.params:
            _told_in_dutch(param)
        return _in_dutch(super().get_help(ctx))

    def get_help_option(self, ctx: Any) -> Any:
        return _told_in_dutch(super().get_help_option(ctx))


def _say_wrong(error: TyperException) -> None:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # a group without a command: its help is the answer
        tell(error.message)
        return
    if context is not None:
        tell(_in_dutch(context.get_usage()))
    tell(f"ozlijn: {shown(wrong(error))}. Zie {context.command_path if context else 'ozlijn'} --help.")


def _told_in_dutch(param: Any) -> Any:
    if param is not None and param.name in _DUTCH_HELP:
        param.help = _DUTCH_HELP[param.name]
    return param


@cache
def out() -> Console:
    """The screen, for tables. Only who prints one loads what that takes."""
    from rich.console import Console  # noqa: PLC0415

    return Console(emoji=False)


SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        metavar="BESTAND",
        help="Instellingenbestand (TOML). Anders: OZLIJN_SETTINGS en OZLIJN_*.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Uitvoer als gegevens, voor programma's.")]

MAX_FILE = 5 * 1024 * 1024
"""The most bytes of a bewijs or checkpoint. Of a larger file we read just enough to see that it is too
large.
"""


def say(text: str) -> None:
    """Print lines as they are. They may be copied, so nothing in them is wrapped, coloured or taken for
    markup. What a screen would act on is shown and not done: a name in it may be somebody else's.
    """
    _print(text, sys.stdout)


def tell(text: str) -> None:
    """The same on standard error, for what is beside the answer."""
    _print(text, sys.stderr)


def _print(text: str, screen: TextIO) -> None:
    screen.write(shown_lines(text) + "\n")
    screen.flush()


def say_faults(error: InvalidMessage) -> None:
    """Print each fault on a line of standard error."""
    for fault in error.faults:
        where = f" (regel {fault.line})" if fault.line else ""
        tell(shown(f"{fault.place or '/'}{where}: {fault.text} [{fault.code}]"))


def print_json(data: Any) -> None:
    import orjson  # noqa: PLC0415 - not every command answers with JSON

    print_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")


def print_bytes(data: bytes) -> None:
    """As they are, for a program or a file: no end of line is changed."""
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


@contextmanager
def progress(text: str, *, as_json: bool, total: int | None = None) -> Iterator[Any]:
    """Gives a function to call with how far the work is, or None when nobody looks at a screen.

    With `total` it also shows how much is left.
    """
    if as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    counted: tuple[ProgressColumn, ...] = (TextColumn("{task.description}: {task.completed:,.0f}"),)
    if total is not None:
        counted = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        SpinnerColumn(),
        *counted,
        TimeElapsedColumn(),
        console=Console(stderr=True, emoji=False),
        transient=True,
    ) as progress:
        task = progress.add_task(text, total=total)
        yield lambda done: progress.update(task, completed=done)


def read_bytes(path: Path) -> bytes:
    return read_file(path, MAX_FILE)


def read_text(path: Path) -> str:
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise WrongUse(f"{path} is geen tekst") from error
