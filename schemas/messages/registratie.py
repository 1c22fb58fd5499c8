"""Schoolregistratie: what the registration of a school says about its leerlingen, groepen and staff.

Identity, group and school only: no source of this kind (EDEXML, UWLR, CSV) knows support, gezag or consent.
What a CSV says of verzorgers is a hint for the person who records gezag.
It is about a whole school, so it is never an exchange of its own and is not in `berichten.py`; it is what a
school keeps beside its exchanges. Numbers of persons are not in it at all: the adapters drop them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst
from schemas.errors import Fault
from schemas.identifiers import Brin, Vestigingscode
from schemas.messages.bericht import Bericht
from schemas.messages.onderdelen import Code
from schemas.messages.vertaling import Bevinding
from schemas.people.toestemming import Hoedanigheid


def is_schooljaar(text: str) -> bool:
    """True for two consecutive years, `2024-2025`. Schema files list years and so run out; this does not."""
    first, dash, last = text.partition("-")
    years = all(len(y) == 4 and y.isascii() and y.isdigit() for y in (first, last))  # noqa: PLR2004  # digits
    return dash == "-" and years and int(last) == int(first) + 1


def _consecutive(text: str) -> str:
    if not is_schooljaar(text):
        raise PydanticCustomError("schooljaar", "geen twee opeenvolgende jaren")
    return text


Schooljaar = Annotated[str, StringConstraints(max_length=9), AfterValidator(_consecutive)]
Sleutelwaarde = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Sleutelsoort(StrEnum):
    LAS = "las"
    """Key of the school system: stable over a school career, and only meaningful with brin and vestiging."""
    ECK_ID = "eck_id"
    """The source uses the ECK iD as key. It is for the educational content chain only: never kept."""
    DUMMY = "dummy"
    """Made up by the source for this one file (it begins with `#`): it finds nobody again, so not kept."""


class Sleutel(Model):
    """Which kind of key the source gave, and the key itself when it may serve as a reference."""

    soort: Sleutelsoort
    waarde: Sleutelwaarde | None = None
    eck_id_gezien: bool = False
    """That the source sent an ECK iD, as key or beside it. The ECK iD itself never comes in."""

    @model_validator(mode="after")
    def _only_a_las_key_is_kept(self) -> Self:
        if (self.waarde is not None) != (self.soort is Sleutelsoort.LAS):
            raise PydanticCustomError("sleutel", "alleen een sleutel van het schoolsysteem heeft een waarde")
        return self


class Registratienaam(Model):
    """A name as a school system has it. A roepnaam alone is a whole name there.

    A system can send spaces for a name, so all of it may be missing.
    """

    achternaam: Tekst | None = None
    voorvoegsel: Tekst | None = None
    voornamen: Tekst | None = None
    """All of them in one text, as sent: where one ends and the next begins is not told."""
    voorletters: Tekst | None = None
    roepnaam: Tekst | None = None


class Schoolsleutel(Model):
    """How a source names a school that has no BRIN."""

    soort: Literal["bron", "instelling"]
    """`bron`: the key that the system itself gave. `instelling`: what a Flemish school has for a BRIN."""
    waarde: Sleutelwaarde


class Registratieschool(Model):
    """A source may know its school by a key of its own alone, or not say at all which school it is."""

    brin: Annotated[Brin | None, G.CONTACT] = None
    vestigingscode: Annotated[Vestigingscode, G.CONTACT] = "00"
    """A source without one means 00."""
    # The key of a system joins files: of no use to a recipient.
    sleutel: Annotated[Schoolsleutel | None, G.HERKOMST] = None

    @model_validator(mode="after")
    def _brin_is_enough(self) -> Self:
        if self.brin is not None and self.sleutel is not None:
            raise PydanticCustomError("sleutel", "een school met een brin heeft geen andere sleutel nodig")
        return self


class Vestiging(Model):
    """A location by the school's own key; not the vestigingscode of the ministry."""

    sleutel: Annotated[Sleutelwaarde, G.CONTACT]
    naam: Annotated[Tekst | None, G.CONTACT] = None


class Schoolgroep(Model):
    sleutel: Annotated[Sleutelwaarde, G.ONDERWIJSPOSITIE]
    naam: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    jaargroep: Annotated[Code | None, G.ONDERWIJSPOSITIE] = None
    """C: a mixed group; then only each leerling's own jaargroep counts."""
    samengesteld: Annotated[bool, G.ONDERWIJSPOSITIE] = False
    """A group beside the stamgroep."""


class Verzorgeraanwijzing(Model):
    """What a source says of an ouder or verzorger of a leerling: a hint for who records gezag, never gezag.

    Of somebody whose data are secret there is no name.
    """

    naam: Tekst | None = None
    hoedanigheid: Hoedanigheid | None = None
    gezag_volgens_bron: bool | None = None
    geheim: bool = False


class Schoolleerling(Model):
    # The key of a system joins files: of no use to a recipient.
    sleutel: Annotated[Sleutel, G.HERKOMST]
    naamdelen: Annotated[Registratienaam, G.CONTACT]
    geboortedatum: Annotated[dt.date | None, G.CONTACT] = None
    # `stelsel` matters here more than anywhere: 1 and 2 are the other way round in OSO.
    geslacht: Annotated[Code | None, G.CONTACT] = None
    start_groep3: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    jaargroep: Annotated[Code | None, G.ONDERWIJSPOSITIE] = None
    historisch: Annotated[bool, G.ONDERWIJSPOSITIE] = False
    """The source keeps this leerling only as history (jaargroep H)."""
    groepen: Annotated[tuple[Sleutelwaarde, ...], G.ONDERWIJSPOSITIE] = ()
    """Keys of `Schoolregistratie.groepen`, the stamgroep first."""
    vestiging: Annotated[Sleutelwaarde | None, G.CONTACT] = None
    """Key of `Schoolregistratie.vestigingen`."""
    instroomdatum: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    uitstroomdatum: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    """In the past: has left. The source may keep sending such a leerling."""
    verzorgers: Annotated[tuple[Verzorgeraanwijzing, ...], G.DERDEN] = ()
    """Only a CSV names them, in columns that the school declared."""


class Leerkracht(Model):
    """Anybody the school system lists as staff: another person, so nobody else can release him.

    The standard itself warns against deriving rights from `rollen`: they authorise nothing here.
    """

    sleutel: Annotated[Sleutel, G.HERKOMST]
    naamdelen: Annotated[Registratienaam, G.DERDEN]
    rollen: Annotated[tuple[Code, ...], G.DERDEN] = ()
    ouder_volgens_bron: Annotated[bool, G.DERDEN] = False
    """The source's own hint (rol OUD): an ouder who helps at school. Not of whom, and never gezag."""
    groepen: Annotated[tuple[Sleutelwaarde, ...], G.DERDEN] = ()


class Registratieherkomst(Model):
    standaard: Literal["edexml", "uwlr", "csv"]
    versie: Tekst
    bron: Tekst | None = None
    """The system as the agreed CSV mapping calls it. EDEXML and UWLR have an `auteur`: maybe a person."""
    datum: dt.date | None = None
    """The day the source says it made this."""


Deel = Literal["volledig", "structuur", "leerlingen", "leerkrachten"]


class Schoolregistratie(Bericht):
    """One school (brin and vestigingscode) in one schooljaar, as its system delivered it."""

    soort: ClassVar[str] = "schoolregistratie"

    school: Registratieschool
    schooljaar: Annotated[Schooljaar | None, G.ONDERWIJSPOSITIE] = None
    peildatum: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    deel: Annotated[Deel, G.HERKOMST]
    """What of the school is in here. Only in `volledig` does a missing leerling mean anything."""
    vestigingen: tuple[Vestiging, ...] = ()
    groepen: tuple[Schoolgroep, ...] = ()
    leerlingen: tuple[Schoolleerling, ...] = ()
    leerkrachten: tuple[Leerkracht, ...] = ()
    herkomst: Annotated[Registratieherkomst, G.HERKOMST]


@dataclass(frozen=True, slots=True)
class Registratievertaling:
    """What an adapter made of a delivery, and what it found odd, dropped or repaired."""

    bericht: Schoolregistratie
    bevindingen: tuple[Bevinding, ...]


@dataclass(frozen=True, slots=True)
class ZonderGegevens:
    """A good answer without content: nothing changed since last time, or nothing was found."""

    reden: Literal["geenwijzigingen", "geengegevens"]
    bevindingen: tuple[Bevinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Registratiecontrole:
    """Everything there is to say about a delivery, its refusal included. Holds no value of it."""

    fouten: tuple[Fault, ...]
    bevindingen: tuple[Bevinding, ...]

    @property
    def goed(self) -> bool:
        return not self.fouten
