"""The rules of a flow that we ship, and those in a file that somebody is working on."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from consent.stromen import Stromen, met_wijziging, parse_stromen
from gateway.register.convenant import text_of


@cache
def shipped_stromen() -> Stromen:
    """The table we ship. It is part of the installed package, so a process reads it once."""
    return parse_stromen(files("consent").joinpath("stromen.toml").read_text(encoding="utf-8"))


def read_stromen(bestand: Path | None, wijziging: Path | None) -> Stromen:
    """A table from a file, or ours, with the changes of another file behind it.

    Raises InvalidMessage with every fault, its file and its line; WrongUse for what cannot be read.
    """
    table = shipped_stromen() if bestand is None else parse_stromen(text_of(bestand), bestand.name)
    return table if wijziging is None else met_wijziging(table, text_of(wijziging), wijziging.name)
