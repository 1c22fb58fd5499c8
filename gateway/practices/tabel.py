"""The table of practices: 98 cards as data, each with what it asks of the line.

A row that names a capacity, an exchange, a flow or a reason that does not exist is refused when the table is
read, with file and line. The flows are those of consent/stromen.toml: a leg says by which one it may go, and
that this is a flow between these two is checked. Where a card and the facts differ the facts hold, and
`afwijking` says so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, ValidationError

from consent.leeftijd import AMSTERDAM
from consent.stromen import Stroomregel
from consent.vorm import as_json, parse_toml
from gateway.explain.stromen import REDENEN
from gateway.practices.regels import form, line_numbers, placed
from gateway.register.stroomregels import shipped_stromen
from schemas.base import Model, Tekst
from schemas.errors import Fault, InvalidMessage
from schemas.messages.berichten import GEDRAGEN
from schemas.people.hoedanigheden import Partijhoedanigheid, geldt_als

UITWISSELINGEN: Final = tuple(f"X{n}" for n in range(1, 22))
ZONDER_MENS: Final = frozenset({"X7", "X10", "X11", "X14", "X21"})
"""Exchanges that can be about nobody, and so need no flow; X14 where it is counted and not told."""
GEEN: Final = "-"


class Onderwerp(StrEnum):
    LEERLING = "leerling"
    GROEP = "groep"
    SCHOOL = "school"
    GEEN = "geen"


class Praktijksoort(StrEnum):
    INDIVIDUEEL = "individueel"
    COLLECTIEF = "collectief"
    PREVENTIEF = "preventief"
    OVERLEG = "overleg"
    BESTUURLIJK = "bestuurlijk"
    INSTRUMENT = "instrument"
    ONBEKEND = "?"


class Overlegvorm(StrEnum):
    GEEN = "geen"
    ZAT = "zat"
    DUO = "duo"
    KERNPARTNERS = "kernpartners"
    KNOOPPUNT = "knooppunt"
    CVB = "cvb"
    INTEGRAAL = "integraal"
    ACTIETAFEL = "actietafel"
    REGIEOVERLEG = "regieoverleg"
    REGIONAAL = "regionaal"


class Sector(StrEnum):
    PO = "po"
    VO = "vo"
    SO = "so"
    VSO = "vso"
    SBO = "sbo"
    PRO = "pro"
    MBO = "mbo"
    VOORSCHOOL = "voorschool"
    ONBEKEND = "?"


class Komt(Model):
    """What must arrive, and at whom."""

    wie: Partijhoedanigheid
    wat: Tekst


class Thuis(Model):
    """What must stay home from whom, with the reason code that says why."""

    wie: Partijhoedanigheid
    wat: Tekst
    reden: Tekst


_BEEN: Final = re.compile(r"(X\d{1,2}|-)(\?)?(?: ([a-z_]+) > ([a-z_]+) (V\d\d|-)(?: als ([a-z_]+))?)?")


@dataclass(frozen=True, slots=True)
class Been:
    """One leg: an exchange from one capacity to another, and the flow that lets it; or about nobody."""

    uitwisseling: str
    """X1 to X21, or empty where the catalogue has none."""
    afgeleid: bool
    """Not on the card: it follows from the rest."""
    van: Partijhoedanigheid | None = None
    aan: Partijhoedanigheid | None = None
    stroom: str | None = None
    """V01 to V76; None: no flow, so it waits, or about nobody."""
    bericht: str | None = None
    """Where the catalogue has no exchange for it: the type of message in which it goes all the same."""

    def __str__(self) -> str:
        said = self.uitwisseling or GEEN
        if self.van is None:
            return said
        went = "" if self.bericht is None else f" als {self.bericht}"
        return f"{said} {self.van} > {self.aan} {self.stroom or GEEN}{went}"


class Praktijk(Model):
    """One practice. "?" in a text: the card does not say."""

    id: Annotated[str, StringConstraints(pattern=r"^S[0-9]{2}$")]
    naam: Annotated[str, StringConstraints(min_length=3, max_length=60)]
    regio: Tekst
    sectoren: Annotated[tuple[Sector, ...], Field(min_length=1)]
    onderwerpen: Annotated[tuple[Onderwerp, ...], Field(min_length=1)]
    soorten: Annotated[tuple[Praktijksoort, ...], Field(min_length=1)]
    overleg: Overlegvorm
    partijen: Annotated[tuple[Partijhoedanigheid, ...], Field(min_length=1)]
    zonder_code: tuple[Tekst, ...] = ()
    """Parties on the card that are none of our capacities: a finding, and not made up."""
    benen: tuple[Annotated[str, StringConstraints(max_length=120)], ...] = ()
    toeleiding: Tekst
    woonplaats: Tekst
    toestemming: Tekst
    weigering: Tekst
    """The variant in which somebody refuses."""
    komt_aan: Komt
    blijft_thuis: Thuis
    einde: Tekst
    geen_gegevens: Tekst | None = None
    """Why nothing of a leerling goes; None: something does."""
    afwijking: Tekst | None = None
    """Where the card says otherwise than the facts, which hold."""

    @cached_property
    def gelezen(self) -> tuple[Been, ...]:
        return tuple(map(_leg, self.benen))

    @property
    def uitwisselingen(self) -> tuple[str, ...]:
        """Each once, in the order of the catalogue."""
        there = {b.uitwisseling for b in self.gelezen}
        return tuple(x for x in UITWISSELINGEN if x in there)

    @property
    def stromen(self) -> tuple[str, ...]:
        return tuple(sorted({b.stroom for b in self.gelezen if b.stroom is not None}))


def _leg(text: str) -> Been:
    """Raises ValueError for what is no leg."""
    found = _BEEN.fullmatch(text)
    if found is None or (found[1] != GEEN and found[1] not in UITWISSELINGEN):
        raise ValueError("no leg")
    if found[6] is not None and (found[1] != GEEN or found[6] not in GEDRAGEN):
        raise ValueError("a type of message where an exchange has its own, or one that is not carried")
    x, derived = "" if found[1] == GEEN else found[1], found[2] is not None
    if found[3] is None:
        return Been(x, derived)
    flow = None if found[5] == GEEN else found[5]
    return Been(x, derived, Partijhoedanigheid(found[3]), Partijhoedanigheid(found[4]), flow, found[6])


def regels_van(been: Been, regels: Sequence[Stroomregel]) -> tuple[Stroomregel, ...]:
    """The rules of the flow of a leg, between these two. Schoolmaatschappelijk werk counts as jeugdhulp: who
    works for the school itself sends nothing over the line.
    """
    if been.van is None or been.aan is None or been.stroom is None:
        return ()
    van, aan = (geldt_als(h, Partijhoedanigheid.JEUGDHULP) for h in (been.van, been.aan))
    return tuple(r for r in regels if r.id[:3] == been.stroom and van in r.van and aan in r.aan)


def parse_praktijken(text: str, bestand: str, regels: Sequence[Stroomregel]) -> tuple[Praktijk, ...]:
    """The table in a text. Raises InvalidMessage with every fault, each with its file, place and line."""
    data, lines = parse_toml(text), line_numbers(text)
    faults = [
        Fault("praktijk.vorm", f"/{name}", "In dit bestand staan alleen praktijken.")
        for name in data
        if name != "praktijk"
    ]
    listed = data.get("praktijk")
    rows: list[Praktijk] = []
    seen: set[str] = set()
    for i, each in enumerate(listed if isinstance(listed, list) else ()):
        place = f"/praktijk/{i}"
        try:
            row = Praktijk.model_validate_json(as_json(each))
        except ValidationError as error:
            faults += form(error, place)
            continue
        if row.id in seen:
            faults.append(Fault("praktijk.dubbel", f"{place}/id", "Deze praktijk staat er twee keer in."))
        seen.add(row.id)
        rows.append(row)
        faults += (Fault(f.code, f"{place}/{f.place}", f.text) for f in _of_row(row, regels))
    if not rows and not faults:
        faults.append(Fault("praktijk.vorm", "/praktijk", "In dit bestand staan geen praktijken."))
    if faults:
        raise InvalidMessage(tuple(placed(f, bestand, lines) for f in faults))
    return tuple(rows)


def _of_row(row: Praktijk, regels: Sequence[Stroomregel]) -> Iterator[Fault]:
    legs: list[Been] = []
    for i, text in enumerate(row.benen):
        place = f"benen/{i}"
        try:
            been = _leg(text)
        except ValueError:
            said = "Dit is geen been: een uitwisseling, en van wie aan wie langs welke stroom."
            yield Fault("praktijk.been", place, said)
            continue
        legs.append(been)
        yield from _of_leg(row, been, place, regels)
    people = {row.komt_aan.wie, row.blijft_thuis.wie}
    if not people <= set(row.partijen):
        yield Fault("praktijk.partij", "partijen", "Wie iets krijgt of niet krijgt, doet ook mee.")
    if row.blijft_thuis.reden not in REDENEN:
        yield Fault("praktijk.reden", "blijftThuis", "Deze redencode bestaat niet.")
    about = [b for b in legs if b.van is not None]
    if row.geen_gegevens is not None and about:
        yield Fault("praktijk.gegevens", "geenGegevens", "Er gaan gegevens van een leerling: zie de benen.")
    if row.geen_gegevens is None and Onderwerp.LEERLING not in row.onderwerpen and about:
        yield Fault("praktijk.gegevens", "onderwerpen", "Er gaan gegevens van een leerling: zie de benen.")
    if row.geen_gegevens is not None and Onderwerp.LEERLING in row.onderwerpen:
        text = "Het gaat over een leerling, en er staat waarom er niets gaat."
        yield Fault("praktijk.gegevens", "geenGegevens", text)


def _of_leg(row: Praktijk, been: Been, place: str, regels: Sequence[Stroomregel]) -> Iterator[Fault]:
    if been.van is None:
        if been.uitwisseling not in ZONDER_MENS:
            yield Fault("praktijk.been", place, "Deze uitwisseling gaat over iemand: van wie aan wie?")
        return
    if been.van not in row.partijen or been.aan not in row.partijen:
        yield Fault("praktijk.partij", place, "Deze partij doet in deze praktijk niet mee.")
    if been.stroom is None and row.afwijking is None:
        text = "Een been zonder stroom wacht; zeg in afwijking waarom de kaart het toch noemt."
        yield Fault("praktijk.been", place, text)
    if been.stroom is not None and not regels_van(been, regels):
        text = "Deze stroom is er niet tussen deze hoedanigheden; zie ozlijn stromen."
        yield Fault("praktijk.stroom", place, text)


@cache
def shipped_praktijken() -> tuple[Praktijk, ...]:
    """The table we ship, held to the rules of today: a process reads it once."""
    text = files("gateway.practices").joinpath("praktijken.toml").read_text(encoding="utf-8")
    today = dt.datetime.now(AMSTERDAM).date()
    return parse_praktijken(text, "praktijken.toml", shipped_stromen().op(today))


def as_data(row: Praktijk) -> dict[str, Any]:
    return row.model_dump(mode="json", by_alias=True, exclude_defaults=True)
