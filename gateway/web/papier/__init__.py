"""Paper: a PDF that a screen reader reads as well as a person, made from data.

It is PDF/UA-1: tagged, with its language and its title. What is said goes in as JSON and is never read as
markup, so nothing that somebody wrote can become an instruction; the letters are those that the library
brings, so a sheet looks the same everywhere. See docs/decisions/0059-paper.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import orjson
import typst
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from gateway.web.tonen import moment, teksten
from schemas.errors import Fault, MessageTooLarge

MEDIA: Final = "application/pdf"
MAX_BYTES: Final = 400_000
"""Of what is said on one piece of paper: some hundred sheets."""
AT_ONCE: Final = 2
"""So many are made at the same time; who comes later waits. Each takes a core for a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Kop:
    tekst: str
    niveau: int = 2
    """From 2: the title is the one of level 1."""
    soort: str = "kop"


@dataclass(frozen=True, slots=True)
class Alinea:
    tekst: str
    soort: str = "alinea"


@dataclass(frozen=True, slots=True)
class Lijst:
    regels: tuple[str, ...]
    soort: str = "lijst"


@dataclass(frozen=True, slots=True)
class Gegevens:
    """What is called how: (name, value)."""

    rijen: tuple[tuple[str, str], ...]
    soort: str = "gegevens"


@dataclass(frozen=True, slots=True)
class Tabel:
    titel: str
    koppen: tuple[str, ...]
    rijen: tuple[tuple[str, ...], ...]
    soort: str = "tabel"

    def __post_init__(self) -> None:
        if not self.koppen or any(len(rij) != len(self.koppen) for rij in self.rijen):
            raise ValueError("a row has as many cells as the table has columns")


@dataclass(frozen=True, slots=True)
class Vakjes:
    """Boxes to tick with a pen."""

    vraag: str
    keuzes: tuple[str, ...]
    soort: str = "vakjes"


@dataclass(frozen=True, slots=True)
class Handtekening:
    wie: str
    soort: str = "handtekening"


@dataclass(frozen=True, slots=True)
class Code:
    """To type over: in letters of one width."""

    tekst: str
    soort: str = "code"


@dataclass(frozen=True, slots=True)
class Plaatje:
    """A picture of our own making, in SVG, and what it shows in words."""

    svg: str = field(repr=False)
    alt: str
    soort: str = "plaatje"


@dataclass(frozen=True, slots=True)
class Nieuwblad:
    soort: str = "nieuwblad"


Blok = Kop | Alinea | Lijst | Gegevens | Tabel | Vakjes | Handtekening | Code | Plaatje | Nieuwblad


@dataclass(frozen=True, slots=True)
class Papier:
    """One document. `titel` stands above it and in its properties, so it names nobody.

    `groot`: in large letters, for who reads with difficulty.
    """

    titel: str
    blokken: Sequence[Blok] = field(repr=False)
    groot: bool = False


async def pdf(papier: Papier, nu: dt.datetime, *, sandbox: bool) -> bytes:
    """The document as PDF/UA-1, the same bytes for the same words at the same moment.

    In a sandbox every sheet says so. Raises MessageTooLarge.
    """
    said = _said(papier, nu, sandbox=sandbox)
    return await to_thread.run_sync(_made, said, nu, limiter=_turns())


def _said(papier: Papier, nu: dt.datetime, *, sandbox: bool) -> str:
    whole: dict[str, Any] = {
        "titel": papier.titel,
        "groot": papier.groot,
        "proef": sandbox,
        "proefbalk": teksten()["proefbalk"],
        "gemaakt": f"Gemaakt op {moment(nu)}",
        "blokken": [asdict(blok) for blok in papier.blokken],
    }
    said = orjson.dumps(whole)
    if len(said) > MAX_BYTES:
        raise MessageTooLarge((Fault("bericht.teGroot", "", "dit is meer dan op papier past"),))
    return said.decode()


_LIMITER: Final[RunVar[CapacityLimiter]] = RunVar("papier")


def _turns() -> CapacityLimiter:
    """One for each serving loop."""
    try:
        return _LIMITER.get()
    except LookupError:
        made = CapacityLimiter(AT_ONCE)
        _LIMITER.set(made)
        return made


def _made(said: str, nu: dt.datetime) -> bytes:
    made = typst.compile(
        _sheet(),
        root=_sheet().parent,
        font_paths=_letters(),
        ignore_system_fonts=True,
        sys_inputs={"papier": said},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=nu.astimezone(dt.UTC).replace(microsecond=0),
    )
    assert isinstance(made, bytes), "one document is one file"
    return made


@cache
def _letters() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _sheet() -> Path:
    with as_file(files("gateway.web.papier").joinpath("blad.typ")) as path:
        return path
