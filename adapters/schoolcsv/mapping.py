"""What a school agrees about its CSV: which column holds which field, and how dates and codes are written.

No system has a fixed layout (a Magister export is a query of the school's own), so this is declared per
source, in TOML. A column without a line here is never read. No field can take a number of a person.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from schemas.allowed import allowed
from schemas.base import Model, Tekst
from schemas.errors import Fault, InvalidMessage, WrongUse
from schemas.identifiers import Brin, Vestigingscode
from schemas.messages.registratie import Schooljaar
from schemas.toml import read_toml

MAX_BYTES: Final = 100_000
Kolom = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Waarde = Annotated[str, StringConstraints(min_length=1, max_length=100)]
# fmt: off
Jaargroepcode = Literal[
    "B", "D", "0", "1", "2", "3", "4", "5", "6", "7", "8", "11", "12", "13", "14", "15", "16",
    "S", "V", "C", "N", "H",
]
# fmt: on
Datumvorm = Literal["DD-MM-JJJJ", "JJJJ-MM-DD", "D-M-JJJJ", "DD/MM/JJJJ", "DD.MM.JJJJ", "JJJJMMDD"]
_NUMBERS: Final = frozenset({"bsn", "burgerservicenummer", "sofinummer", "onderwijsnummer", "pgn", "ondwnr"})


class Bestand(Model):
    scheidingsteken: Literal[";", ",", "\t", "|"] | None = None
    """Absent: the one under which the header holds the most declared columns, `;` first."""
    codering: Literal["utf-8", "utf-16", "windows-1252", "cp850", "cp437", "mac_roman"] | None = None
    """Absent: UTF-8, else Windows-1252. Any other must be named: nothing else can be told apart."""


class School(Model):
    """Each fact is either the same for the whole file or stands in a column."""

    brin: Brin | None = None
    brin_kolom: Kolom | None = None
    vestigingscode: Vestigingscode | None = None
    vestigingscode_kolom: Kolom | None = None
    schooljaar: Schooljaar | None = None
    schooljaar_kolom: Kolom | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.brin is None) == (self.brin_kolom is None):
            raise PydanticCustomError("brin", "geef brin of brin_kolom, niet allebei")
        if self.vestigingscode is not None and self.vestigingscode_kolom is not None:
            raise PydanticCustomError("vestigingscode", "geef vestigingscode of vestigingscode_kolom")
        if self.schooljaar is not None and self.schooljaar_kolom is not None:
            raise PydanticCustomError("schooljaar", "geef schooljaar of schooljaar_kolom")
        return self


class Kolommen(Model):
    """Column name by field."""

    sleutel: Kolom
    achternaam: Kolom | None = None
    voorvoegsel: Kolom | None = None
    voornamen: Kolom | None = None
    voorletters: Kolom | None = None
    roepnaam: Kolom | None = None
    geboortedatum: Kolom | None = None
    geslacht: Kolom | None = None
    jaargroep: Kolom | None = None
    groep: Kolom | None = None
    samengestelde_groep: Kolom | None = None
    instroomdatum: Kolom | None = None
    uitstroomdatum: Kolom | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.achternaam is None and self.roepnaam is None:
            raise PydanticCustomError("naam", "geef een kolom voor achternaam of roepnaam")
        if self.sleutel.casefold() in _NUMBERS:
            raise PydanticCustomError("sleutel", "een nummer van een persoon kan geen sleutel zijn")
        return self


class Verzorgerkolommen(Model):
    """The columns about one ouder or verzorger. What they say is a hint for who records gezag."""

    naam: Kolom
    relatie: Kolom | None = None
    gezag: Kolom | None = None
    geheim: Kolom | None = None
    """That the data of this person are secret: then his name is not read."""

    @model_validator(mode="after")
    def _no_number(self) -> Self:
        if _NUMBERS.intersection(self.naam.casefold().split()):
            raise PydanticCustomError("naam", "een nummer van een persoon kan geen naam zijn")
        return self


class Kolomafspraak(Model):
    """The whole agreement about one source."""

    versie: Literal[1]
    bron: Tekst
    """The name of the system, for the account of where a registration came from."""
    bestand: Bestand = Bestand()
    school: School
    kolommen: Kolommen
    datumvormen: Annotated[tuple[Datumvorm, ...], Field(min_length=1)] = ("DD-MM-JJJJ", "JJJJ-MM-DD")
    geslacht: dict[Waarde, Literal["0", "1", "2", "9"]] = {}
    """What the source writes, to ISO 5218: 0 unknown, 1 jongen, 2 meisje, 9 not specified."""
    jaargroep: dict[Waarde, Jaargroepcode] = {}
    """What the source writes, to the list of EDEXML. Empty: the source writes that list itself."""

    verzorgers: Annotated[tuple[Verzorgerkolommen, ...], Field(max_length=4)] = ()
    relatie: dict[Waarde, Literal["ouder", "voogd", "ander"]] = {}
    """What the source writes for what somebody is of the leerling."""
    ja_nee: dict[Waarde, bool] = {}
    """What the source writes for yes and no, for `gezag` and `geheim` of a verzorger."""

    @model_validator(mode="after")
    def _columns(self) -> Self:
        if self.kolommen.geslacht is not None and not self.geslacht:
            raise PydanticCustomError("geslacht", "een kolom geslacht vraagt om een tabel geslacht")
        if not self.relatie and any(v.relatie is not None for v in self.verzorgers):
            raise PydanticCustomError("relatie", "een kolom relatie vraagt om een tabel relatie")
        if not self.ja_nee and any((v.gezag or v.geheim) is not None for v in self.verzorgers):
            raise PydanticCustomError("ja_nee", "een kolom gezag of geheim vraagt om een tabel ja_nee")
        if any(count > 1 for count in Counter(name for _, name in self.columns()).values()):
            raise PydanticCustomError("kolom", "een kolom kan maar één gegeven zijn")
        return self

    def columns(self) -> Iterator[tuple[str, str]]:
        """(field, column) of everything that is read from the file."""
        for field in type(self.kolommen).model_fields:
            name = getattr(self.kolommen, field)
            if name is not None:
                yield field, name
        for i, verzorger in enumerate(self.verzorgers):
            for field in Verzorgerkolommen.model_fields:
                name = getattr(verzorger, field)
                if name is not None:
                    yield f"verzorgers.{i}.{field}", name
        for field in ("brin", "vestigingscode", "schooljaar"):
            name = getattr(self.school, f"{field}_kolom")
            if name is not None:
                yield field, name


_WORDS: Final = {"missing": "ontbreekt", "extra_forbidden": "is onbekend"}
_OWN: Final = frozenset(
    {"brin", "vestigingscode", "schooljaar", "naam", "sleutel", "geslacht", "relatie", "ja_nee", "kolom"}
)
"""Findings of the classes above, with words of their own."""


def _said(found: ErrorDetails) -> str:
    if found["type"] in _OWN:
        return f"klopt niet: {found['msg']}"
    return _WORDS.get(found["type"]) or f"klopt niet{allowed(found.get('ctx', {}))}"


def read_mapping(raw: bytes) -> Kolomafspraak:
    """Read an agreement from TOML. Raises WrongUse naming every field that is wrong."""
    text = _json_of(raw)
    try:
        return Kolomafspraak.model_validate_json(text)
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, e['loc'])) or 'geheel'} {_said(e)}"
            for e in error.errors(include_input=False, include_url=False)
        ]
    raise WrongUse(f"De kolomafspraak klopt niet. {'; '.join(wrong)}")


def read_sent_mapping(raw: bytes, place: str) -> Kolomafspraak:
    """The same for an agreement that somebody sent. Raises InvalidMessage with a fault for each part of it
    that is wrong, by names of ours only: what he wrote himself may be anything.
    """
    try:
        text = _json_of(raw)
    except WrongUse:
        said = "De kolomafspraak is te groot, of geen geldige TOML."
        raise InvalidMessage((Fault("kolommen.toml", place, said),)) from None
    try:
        return Kolomafspraak.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    wrong = []
    for each in found:
        part = str(each["loc"][0]) if each["loc"] else ""
        there = f"{place}/{part}" if part in Kolomafspraak.model_fields else place
        wrong.append(Fault("kolommen.waarde", there, f"Hier klopt de kolomafspraak niet: {_said(each)}."))
    raise InvalidMessage(tuple(dict.fromkeys(wrong)))


def _json_of(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise WrongUse("De kolomafspraak is te groot.")
    try:
        data: Any = read_toml(raw.decode())
        return json.dumps(data)
    except (ValueError, TypeError, RecursionError) as error:
        raise WrongUse("De kolomafspraak is geen geldige TOML.") from error
