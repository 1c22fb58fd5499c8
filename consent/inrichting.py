"""How a region works, as one file: partijen, narrowed flows, who decides, woonplaats, overleg, terms, money.

Data and no code: a new region needs no release. The file opens nothing. Its flows only narrow, its values are
only stricter (consent/regio.py), and where its tables do not say, a person is asked. Pure; what contradicts
in a file says consent/inrichting_nazien.py.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, ValidationError

from consent.regio import ONZE, Regiobeleid
from consent.vernauwing import Vernauwing
from consent.vorm import as_json, deepest, form_faults, parse_toml
from schemas.base import Model, Tekst
from schemas.checks.woonplaats import GEMEENTEN, Aangeboden, Gemeente, Gemeentelijst, Vraag, weg
from schemas.errors import Fault, InvalidMessage
from schemas.identifiers import Gemeentecode, PartijId
from schemas.messages.inrichting import (
    Adviseur,
    Bekostiging,
    Beslisser,
    Besluitvorm,
    Functie,
    Geldhouder,
    Geldstroom,
    Leeftijdsspanne,
    Rechtsvorm,
    Uitvoeringsvariant,
    Woonplaatssoort,
)
from schemas.messages.tellingen import KLEINSTE_AANTAL
from schemas.messages.toeleiding import Route
from schemas.messages.verwijzingen import Arrangementcode
from schemas.people.partij import Besluitsoort
from schemas.people.partijcodes import Partijfunctie, Partijhoedanigheid
from schemas.people.regio_delen import Deelcode, Overlegregel, Thuiszitterstap

Partijsleutel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
"""How the file calls a partij."""
IN_REGIO: Final = "in_regio"
ELDERS: Final = "elders"
ONBEKEND: Final = "onbekend"
Woont = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}|in_regio|elders|onbekend)$")]
MAANDEN: Final = 28 * 12
"""Ages run up to and including 27."""


class Regiopartij(Model):
    """Who takes part in one capacity. Keys of its systems stand in the register file, never here."""

    sleutel: Partijsleutel
    id: PartijId
    naam: Tekst
    hoedanigheid: Partijhoedanigheid
    werkgever: Partijhoedanigheid | None = None
    rollen: Annotated[tuple[Partijfunctie, ...], Field(max_length=20)] = ()


class Arrangementvorm(StrEnum):
    """How an arrangement reaches a leerling."""

    INDIVIDUEEL = "individueel"
    COLLECTIEF = "collectief"
    """By the population of a school."""
    KLAS = "klas"
    AANWEZIGHEID = "aanwezigheid"
    """Somebody is there, in fte."""
    PREVENTIEF = "preventief"
    """No leerling is identified."""


class Arrangement(Model):
    """One kind of arrangement, with its money. What the region did not state stays absent."""

    code: Arrangementcode
    naam: Tekst
    vorm: Arrangementvorm
    functies: Annotated[tuple[Functie, ...], Field(max_length=5)] = ()
    geldstromen: Annotated[tuple[Geldstroom, ...], Field(max_length=10)] = ()
    geldhouder: Geldhouder | None = None
    bekostiging: Bekostiging | None = None
    uitvoeringsvariant: Uitvoeringsvariant | None = None
    rechtsvorm: Rechtsvorm | None = None


class Rij(Model):
    """A row of a table that is read from the top: the first that fits answers. A condition that is absent
    fits all.
    """

    code: Arrangementcode
    """How the row is called in an answer."""
    arrangementen: Annotated[tuple[Arrangementcode, ...], Field(max_length=30)] = ()
    leeftijd: Leeftijdsspanne | None = None
    woont: Annotated[tuple[Woont, ...], Field(max_length=100)] = ()
    vraag: Tekst | None = None
    """The row does not answer: a person is asked this."""

    @property
    def vangt_alles(self) -> bool:
        return not self.arrangementen and self.leeftijd is None and not self.woont

    def fits(self, geval: Geval) -> bool | None:
        """None: it would for some ages, and his is not known."""
        if self.arrangementen and geval.arrangement not in self.arrangementen:
            return False
        wide = geval.woont if geval.woont in {ELDERS, ONBEKEND} else IN_REGIO
        if self.woont and not {geval.woont, wide}.intersection(self.woont):
            return False
        span = self.leeftijd
        if span is None or geval.maanden is None:
            return True if span is None else None
        return span.vanaf * 12 + span.vanaf_maanden <= geval.maanden < (span.tot_en_met + 1) * 12


class Toeleidingsrij(Rij):
    """Who decides that help is given, in which form, on which mandate."""

    beslisser: Beslisser | None = None
    door: Partijsleutel | None = None
    namens: Partijsleutel | None = None
    """In whose name, when it is not his own decision: then there is a mandaat."""
    vorm: Besluitvorm | None = None
    adviseur: Adviseur | None = None
    overleg: Deelcode | None = None
    """The kind of overleg in which it is decided."""


class Woonplaatsrij(Rij):
    """Which road leerlingen of these gemeenten have: by a rule, or always the same."""

    regel: Woonplaatssoort | None = None
    route: Route | None = None


class Regiomandaat(Model):
    """Who decides in whose name, by the keys of the file. It becomes a mandaat of the register."""

    gever: Partijsleutel
    nemer: Partijsleutel
    besluiten: Annotated[tuple[Besluitsoort, ...], Field(min_length=1, max_length=2)]
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date | None = None
    besluit_ref: Tekst


class Termijnen(Model):
    """Terms that the region agreed: each makes a taak in a zaak (gateway/zaak/taken.py). None: none was."""

    terugkoppeling_dagen: Annotated[int, Field(ge=1, le=365)] | None = None
    """After help began."""
    evaluatie_weken: Annotated[int, Field(ge=1, le=104)] | None = None
    overdracht_dagen: Annotated[int, Field(ge=1, le=365)] | None = None
    """Before a leerling leaves."""


class Bewaren(Model):
    """How long the region keeps what is over. What waits on the line is in `waarden` (bewaardagen)."""

    zaak_dagen: Annotated[int, Field(ge=0, le=3_650)] | None = None
    """After a zaak was closed. More than the gateway keeps counts as what the gateway keeps."""


@dataclass(frozen=True, slots=True)
class Geval:
    """One case: which arrangement, how old, where he lives."""

    arrangement: str
    maanden: int | None
    """His age in whole months; None: not known."""
    woont: str
    """A gemeente of the region, `elders` or `onbekend`."""


class Regio(Model):
    """One region. Made by `consent.inrichting_nazien.parse_inrichting`, which checks it."""

    id: Arrangementcode
    naam: Tekst
    versie: Annotated[int, Field(ge=1)]
    gemeenten: Annotated[tuple[Gemeentecode, ...], Field(min_length=1, max_length=60)]
    gemeenten_op: dt.date
    """The day on which their codes were looked up: gemeenten merge."""
    waarden: Regiobeleid = ONZE
    """What was the file of regional values."""
    partijen: Annotated[tuple[Regiopartij, ...], Field(max_length=2_000)] = ()
    mandaten: Annotated[tuple[Regiomandaat, ...], Field(max_length=2_000)] = ()
    stromen: Annotated[tuple[Vernauwing, ...], Field(max_length=200)] = ()
    arrangementen: Annotated[tuple[Arrangement, ...], Field(min_length=1, max_length=30)]
    toeleiding: Annotated[tuple[Toeleidingsrij, ...], Field(min_length=1, max_length=60)]
    woonplaats: Annotated[tuple[Woonplaatsrij, ...], Field(min_length=1, max_length=60)]
    overleg: Annotated[tuple[Overlegregel, ...], Field(max_length=50)] = ()
    thuiszitters: Annotated[tuple[Thuiszitterstap, ...], Field(max_length=100)] = ()
    termijnen: Termijnen = Termijnen()
    bewaren: Bewaren = Bewaren()
    kleinste_aantal: Annotated[int, Field(ge=KLEINSTE_AANTAL, le=1_000)] | None = None
    """The least count of leerlingen that goes in counts; None: ours, below which none goes anywhere."""

    def partij(self, sleutel: str) -> Regiopartij | None:
        return next((p for p in self.partijen if p.sleutel == sleutel), None)

    def arrangement(self, code: str) -> Arrangement | None:
        return next((a for a in self.arrangementen if a.code == code), None)

    def overlegregel(self, code: str) -> Overlegregel | None:
        return next((o for o in self.overleg if o.code == code), None)

    def woont_in(self, gemeente: Gemeente | None, lijst: Gemeentelijst = GEMEENTEN) -> str:
        """What the tables call where he lives. A code that says nothing of the day of the region's list is
        not known, and so becomes a question.
        """
        code = None if gemeente is None else lijst.op_dag(gemeente, self.gemeenten_op)
        if code is None or isinstance(code, Vraag):
            return ONBEKEND
        return code if code in self.gemeenten else ELDERS

    def toeleiding_voor(self, geval: Geval) -> Toeleidingsrij | None:
        """Who decides in this case. A row with a `vraag` says that a person must; None: his age must be
        known first.
        """
        nummer = first(self.toeleiding, geval)
        return None if nummer is None else self.toeleiding[nummer]

    def woonplaats_voor(self, geval: Geval, vraag: Aangeboden) -> tuple[Woonplaatsrij | None, Route | None]:
        """The row and its road. No road: ask a person what the row says, or his age when there is no row."""
        nummer = first(self.woonplaats, geval)
        if nummer is None:
            return None, None
        rij = self.woonplaats[nummer]
        if rij.regel is not None:
            return rij, weg(rij.regel, vraag, ingezetene=geval.woont in self.gemeenten)
        return rij, rij.route

    def betaalt(
        self, arrangement: str, route: Route | None
    ) -> tuple[Geldhouder | None, tuple[Geldstroom, ...]]:
        """Who pays first, and from which money it is settled, where the road makes that a question: the help
        begins and the gemeente where he lives settles afterwards. None: the region did not say.
        """
        found = self.arrangement(arrangement)
        if found is None or route is not Route.VOORFINANCIEREN_EN_VERREKENEN:
            return None, ()
        return found.geldhouder, found.geldstromen

    @property
    def leeftijden(self) -> tuple[int, ...]:
        """The first month of each band of ages between which no table makes a difference."""
        edges = {0}
        for rij in (*self.toeleiding, *self.woonplaats):
            if rij.leeftijd is not None:
                edges |= {
                    rij.leeftijd.vanaf * 12 + rij.leeftijd.vanaf_maanden,
                    (rij.leeftijd.tot_en_met + 1) * 12,
                }
        return tuple(sorted(e for e in edges if e < MAANDEN))

    @property
    def woonplaatsen(self) -> tuple[str, ...]:
        return (*self.gemeenten, ELDERS, ONBEKEND)

    def gevallen(self) -> Iterator[Geval]:
        """Every combination of arrangement, band of ages and residence."""
        ages = self.leeftijden
        for a in self.arrangementen:
            for maanden in ages:
                for woont in self.woonplaatsen:
                    yield Geval(a.code, maanden, woont)


def first(rijen: Iterable[Rij], geval: Geval) -> int | None:
    """The number of the first row that fits. None: no row does, or whether one does hangs on an age that is
    not known.
    """
    for nummer, rij in enumerate(rijen):
        fits = rij.fits(geval)
        if fits is not False:
            return nummer if fits else None
    return None


def maanden(geboren: dt.date, op: dt.date) -> int:
    """Whole months on a day."""
    return (op.year - geboren.year) * 12 + op.month - geboren.month - (op.day < geboren.day)


def read_form(data: Mapping[str, Any]) -> tuple[Regio | None, list[Fault]]:
    """The region, or every fault of form."""
    try:
        return Regio.model_validate_json(as_json(data)), []
    except ValidationError as error:
        text = "Dit ontbreekt, is onbekend of klopt niet."
        return None, list(deepest(tuple(form_faults(error, "regio.vorm", text))))


def stored_inrichting(text: str) -> Regio:
    """The region that was applied. It was checked then, and the form is all that is asked now: a newer
    gateway may find more, and must not stop for it. Raises InvalidMessage.
    """
    regio, faults = read_form(parse_toml(text))
    if regio is None:
        raise InvalidMessage(tuple(faults))
    return regio


def inrichting_hash(text: str) -> str:
    """SHA-256 (hex) of the file of a region, byte for byte: what decisions rest on."""
    return hashlib.sha256(text.encode()).hexdigest()
