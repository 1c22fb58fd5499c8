"""Which type of message may come from which capacity and go to which: the table wegen.toml, read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from consent.vorm import as_json, parse_toml
from schemas.base import Model
from schemas.people.hoedanigheden import MENSEN
from schemas.people.partijcodes import Partijhoedanigheid

P = Partijhoedanigheid
IEDEREEN: Final = frozenset(Partijhoedanigheid) - MENSEN
Hoedanigheden = (
    tuple[Literal["*"]] | Annotated[tuple[Partijhoedanigheid, ...], Field(min_length=1, max_length=40)]
)


class Bestandsweg(Model):
    """One row of the file."""

    bericht: str
    van: Hoedanigheden
    behalve: tuple[Partijhoedanigheid, ...] = ()
    aan: Hoedanigheden
    waarom: Annotated[str, StringConstraints(min_length=10, max_length=200)]


class Wegenbestand(Model):
    weg: Annotated[tuple[Bestandsweg, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Weg:
    van: frozenset[Partijhoedanigheid]
    aan: frozenset[Partijhoedanigheid]


@cache
def shipped_wegen() -> tuple[Bestandsweg, ...]:
    """The rows we ship. They are part of the installed package, so a process reads them once."""
    return parse_wegen(files(__package__).joinpath("wegen.toml").read_text(encoding="utf-8"))


@cache
def wegen() -> dict[str, tuple[Weg, ...]]:
    """The rows per type of message."""
    found: dict[str, tuple[Weg, ...]] = {}
    for row in shipped_wegen():
        weg = Weg(_read(row.van) - set(row.behalve), _read(row.aan))
        found[row.bericht] = (*found.get(row.bericht, ()), weg)
    return found


def parse_wegen(text: str) -> tuple[Bestandsweg, ...]:
    """Raises InvalidMessage or ValidationError for what is no such table."""
    return Wegenbestand.model_validate_json(as_json(parse_toml(text))).weg


def may_send(soort: str, van: Iterable[Partijhoedanigheid]) -> bool:
    """Whether a message of this type can come from somebody in one of these capacities."""
    own = set(van)
    return any(own & weg.van for weg in wegen().get(soort, ()))


def may_get(soort: str, van: Iterable[Partijhoedanigheid], aan: Partijhoedanigheid) -> bool:
    """Whether it can go from there to somebody in this capacity."""
    own = set(van)
    return any(own & weg.van and aan in weg.aan for weg in wegen().get(soort, ()))


def _read(names: Hoedanigheden) -> frozenset[Partijhoedanigheid]:
    return IEDEREEN if names == ("*",) else frozenset(P(h) for h in names)
