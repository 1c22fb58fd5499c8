"""A practice as a file that plays it: who take part, what they send, who agrees, and what must come of it.

A step is a verb that any client could do over the API, so a file is a story and a test at once. What a file
must have to count as playing its practice is checked here, against the row of the table: every leg that can
go, a leg that waits shown as refused, per partner a field that came and one that stayed home with its reason,
the angles of the card, somebody who refuses, and how it ends. That every toestemming in it matters cannot be
read off a file: a test takes each away and plays again.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, ValidationError

from consent.vorm import as_json, parse_toml
from gateway.practices.dekking import (
    BERICHT_VAN,
    IN_AANTALLEN,
    Beenstand,
    Rijdekking,
    berichten_van,
    dekking,
    lijn_van,
)
from gateway.practices.regels import form, line_numbers, placed
from gateway.practices.tabel import Been, shipped_praktijken
from gateway.register.convenant import text_of
from schemas.base import Gegevenscategorie, Model, Tekst
from schemas.checks.woonplaats import Zekerheid
from schemas.decision.decision import Reden
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.identifiers import Bestuursnummer, Gemeentecode, PartijId
from schemas.messages.berichten import BERICHTEN, OVER_NIEMAND
from schemas.messages.inrichting import Geldhouder, Woonplaatsregel
from schemas.messages.toeleiding import Route
from schemas.messages.verwijzingen import Arrangementcode
from schemas.people.gronden import Onderwijssector
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijhoedanigheid, geldt_als, hoedanigheid_van
from schemas.people.omstandigheden import Omstandigheidsoort
from schemas.people.overstap import Overstapsoort
from schemas.people.partij import Besluitsoort, Partijsoort, Rol
from schemas.people.thuiszitten import Thuisgebeurtenis, Verzuimsoort
from schemas.people.toestemming import Gebruiksdoel, Hoedanigheid, ToestemmingFunctie

Sleutel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


KLOK: Final = "klok"
ANONIEM: Final = "anonieme_vraag"
LEERLING: Final = "leerling"


class Bron(Model):
    document: Tekst
    kaart: Annotated[str, StringConstraints(pattern=r"^S[0-9]{2}$")]


class Leerlinggegevens(Model):
    naam: Tekst
    geboren: dt.date
    woont_in: Gemeentecode
    school_staat_in: Gemeentecode


class Leerlingbij(Leerlinggegevens):
    """Another child of the same people: a brother or sister of whom something is told too."""

    sleutel: Sleutel


class Mens(Model):
    """Who says something about the leerling; the leerling himself needs no row to be asked."""

    sleutel: Sleutel
    naam: Tekst
    hoedanigheid: Hoedanigheid
    gezag: bool = False


class Spelpartij(Model):
    """One organisation, in one capacity, with a client of its own."""

    sleutel: Sleutel
    id: PartijId
    naam: Tekst
    soort: Partijsoort | None = None
    """Only of who is registered by kind and roles; anybody else by his capacity."""
    hoedanigheid: Partijhoedanigheid
    werkgever: Partijhoedanigheid | None = None
    """Of schoolmaatschappelijk werk."""
    bestuursnummer: Bestuursnummer | None = None
    """Of a school: schools of one bevoegd gezag have the same."""
    rollen: tuple[Rol, ...] = ()
    aangesloten: bool = True
    """False: exists, and is not on the line; who sends to it is told so."""


class Spelmandaat(Model):
    """Who decides in whose name, by the keys of the file."""

    gever: Sleutel
    nemer: Sleutel
    besluiten: Annotated[tuple[Besluitsoort, ...], Field(min_length=1, max_length=2)]
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date | None = None
    besluit_ref: Tekst


class Spelbericht(Model):
    """A message as its sender makes it, in the words of the published schema."""

    sleutel: Sleutel
    soort: Annotated[str, StringConstraints(max_length=100)]
    doel: Gebruiksdoel
    categorieen: Annotated[tuple[Gegevenscategorie, ...], Field(min_length=1)]
    inhoud: dict[str, Any]


class Speltoestemming(Model):
    """What a person is asked: which data, for what, to whom."""

    sleutel: Sleutel
    vraag: Tekst
    """As the person reads it."""
    van: Sleutel
    aan: Sleutel
    rol: Rol
    doel: Gebruiksdoel
    functie: ToestemmingFunctie = ToestemmingFunctie.AVG_BASIS
    categorieen: Annotated[tuple[Gegevenscategorie, ...], Field(min_length=1)]
    bij: Sleutel | None = None
    """Who records the answer, about a leerling of his own. None: the school."""


class Werkwoord(StrEnum):
    """What somebody does: one call of the API each, but for the rule of woonplaats, which anybody can ask."""

    STEMT_TOE = "stemt toe"
    WEIGERT = "weigert"
    TREKT_IN = "trekt in"
    STUURT = "stuurt"
    NEEMT = "neemt"
    VINDT_NIETS = "vindt niets"
    GAAT_VERDER = "gaat verder"
    WOONPLAATS = "bepaalt woonplaats"
    KIJKT = "kijkt"
    """The sender reads how a levering stands."""
    STELT_VAST = "stelt vast"
    """The sender states what is so, where a rule of a flow asks it."""
    BIEDT_AAN = "biedt overstap aan"
    AANVAARDT = "aanvaardt overstap"
    MELDT_THUIS = "meldt thuiszitten"
    """The school records that the leerling sits at home, or does no longer."""
    LEEST_TELLER = "leest teller"
    OPENT_ZAAK = "opent zaak"
    ZET_STAP = "zet stap"
    """A step in a zaak, as the API has them."""
    LEEST_ZAAK = "leest zaak"
    PLANT_OVERLEG = "plant overleg"
    ZET_OVERLEGSTAP = "zet overlegstap"
    LEEST_OVERLEG = "leest overleg"
    WEEGT_AF = "weegt af"
    """Two people weigh that something must be shared without toestemming, and which fields of it."""
    VRAAGT_ANONIEM = "vraagt zonder naam"
    """A question about nobody, held to what `ozlijn check` sees of who it is about; nothing is sent."""


class Hoek(StrEnum):
    """The angles of a card that a file must show."""

    TOELEIDING = "toeleiding"
    WOONPLAATS = "woonplaats"
    TOESTEMMING = "toestemming"
    WEIGERING = "weigering"


class Thuisveld(Model):
    veld: Tekst
    reden: Reden


class Verwacht(Model):
    """What must come of a step. Each part that is filled is held."""

    stand: Leveringstatus | None = None
    redenen: tuple[Reden | Literal["nietBeschikbaar"], ...] = ()
    dagen_thuis: int | None = None
    """What the counter of the school says, in calendar days."""
    zaak: dict[str, Any] = {}
    """What who looks must see of the zaak: by name of the field, a partij by its key."""
    overleg: dict[str, Any] = {}
    voor_hem: bool | None = None
    """Whether what was put in at a table is for this participant at all."""
    geen: tuple[Reden, ...] = ()
    """Reasons that must not be given."""
    gekregen: tuple[Tekst, ...] = ()
    """Fields that the recipient must have in hand."""
    thuis: tuple[Thuisveld, ...] = ()
    """Fields that stayed home, each with the reason the sender is told."""
    geweigerd: Tekst | None = None
    """The code with which the line refuses to take this in."""
    gemeente: Gemeentecode | None = None
    zekerheid: Zekerheid | None = None
    weg: Route | None = None
    """Which road the rules of the region give who lives there; only where there are such rules."""
    vraagt_mens: bool | None = None
    """Whether the table of the region gives no road, and asks a person."""
    voorfinanciert: Geldhouder | None = None
    """Who pays first, where it is settled afterwards."""


class Stap(Model):
    wie: Annotated[tuple[Sleutel, ...], Field(min_length=1, max_length=5)]
    doet: Werkwoord
    zegt: Tekst | None = None
    """Why, in words for who reads the story."""
    toont: tuple[Hoek, ...] = ()
    met: tuple[Sleutel, ...] = ()
    """The toestemmingen that are given, refused or withdrawn."""
    bericht: Sleutel | None = None
    aan: Sleutel | None = None
    rol: Rol | None = None
    als: Sleutel | None = None
    """What the levering is called from here on."""
    groep: Sleutel | None = None
    """What is sent is about this group of the sender, and about nobody in it."""
    namens: Sleutel | None = None
    """The person whose own words or request this is, sent by who stands by him."""
    in_antwoord_op: Sleutel | None = None
    levering: Sleutel | None = None
    over: Sleutel | None = None
    """About which other child. None: the leerling of this practice."""
    doel: Gebruiksdoel | None = None
    wel: Annotated[tuple[Omstandigheidsoort, ...], Field(max_length=30)] = ()
    niet: Annotated[tuple[Omstandigheidsoort, ...], Field(max_length=30)] = ()
    velden: Annotated[tuple[Tekst, ...], Field(max_length=30)] = ()
    """Which fields two people weighed, for one recipient."""
    functie: Rol | None = None
    """What is so and what is not, for that doel and that recipient, and in which function it is sent."""
    gebeurtenis: Thuisgebeurtenis | None = None
    verzuimsoort: Verzuimsoort | None = None
    zaak: Sleutel | None = None
    overleg: Sleutel | None = None
    """With `stuurt`: what is sent is put in at that table."""
    stap: dict[str, Any] = {}
    """What is done in that zaak or overleg; a partij by its key. An overleg is so many days from the step
    (`over_dagen`); none: today.
    """
    overstap: Overstapsoort | None = None
    van_sector: Onderwijssector | None = None
    naar_sector: Onderwijssector | None = None
    dagen: Annotated[int, Field(ge=1, le=400)] | None = None
    woont_in: Gemeentecode | None = None
    """Of another leerling of this school, of whom nothing but the gemeente is told."""
    aanbod: Literal["groep", "individueel"] = "individueel"
    plaats: Literal["school_in_schooltijd", "school_buiten_schooltijd", "thuis"] = "school_in_schooltijd"
    """For whom and where help is asked, when the question is which road leads there."""
    verwacht: Verwacht | None = None


class Eindstand(Model):
    levering: Sleutel
    stand: Leveringstatus


class Einde(Model):
    zegt: Tekst
    leveringen: Annotated[tuple[Eindstand, ...], Field(min_length=1)]


class Variant(Model):
    naam: Tekst
    been: bool = False
    """It plays a leg of the card that the main story does not, so it counts as much as that one."""
    stappen: Annotated[tuple[Stap, ...], Field(min_length=1)]
    einde: Einde


class Spel(Model):
    """One practice, to be played on a sandbox."""

    id: Annotated[str, StringConstraints(pattern=r"^S[0-9]{2}$")]
    titel: Tekst
    bron: Bron
    regio: Tekst
    """As the reader is told."""
    regiobestand: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,60}$")] | None = None
    """The region that we ship (gateway/practices/regios) under which it plays. None: under none."""
    arrangement: Arrangementcode | None = None
    """What this is called in the file of the region, whose table of woonplaats is asked about it."""
    vandaag: dt.date
    leerling: Leerlinggegevens
    leerlingen: Annotated[tuple[Leerlingbij, ...], Field(max_length=4)] = ()
    woonplaatsregels: Annotated[tuple[Woonplaatsregel, ...], Field(max_length=20)] = ()
    """What the region agreed about who lives where; the last row is for everybody else."""
    mensen: Annotated[tuple[Mens, ...], Field(max_length=6)] = ()
    partijen: Annotated[tuple[Spelpartij, ...], Field(min_length=2, max_length=12)]
    mandaten: Annotated[tuple[Spelmandaat, ...], Field(max_length=10)] = ()
    berichten: Annotated[tuple[Spelbericht, ...], Field(min_length=1, max_length=40)]
    toestemmingen: Annotated[tuple[Speltoestemming, ...], Field(min_length=1, max_length=40)]
    stappen: Annotated[tuple[Stap, ...], Field(min_length=1, max_length=150)]
    einde: Einde
    varianten: Annotated[tuple[Variant, ...], Field(min_length=1, max_length=5)]

    def partij(self, sleutel: str) -> Spelpartij:
        return next(p for p in self.partijen if p.sleutel == sleutel)

    def als(self, sleutel: str) -> Partijhoedanigheid:
        """In which capacity somebody takes part: a partij, or a person as what he is of the leerling."""
        if sleutel == LEERLING:
            return Partijhoedanigheid.LEERLING
        mens = next((m for m in self.mensen if m.sleutel == sleutel), None)
        if mens is None:
            return self.partij(sleutel).hoedanigheid
        return Partijhoedanigheid.OUDER if mens.gezag else Partijhoedanigheid.OUDER_ZONDER_GEZAG

    @property
    def school(self) -> Spelpartij:
        """The first: the leerling sits on it."""
        return next(p for p in self.partijen if p.hoedanigheid is Partijhoedanigheid.ONDERWIJS)

    def kind(self, sleutel: str | None) -> Leerlinggegevens:
        return self.leerling if sleutel is None else next(k for k in self.leerlingen if k.sleutel == sleutel)

    def bericht(self, sleutel: str) -> Spelbericht:
        return next(b for b in self.berichten if b.sleutel == sleutel)

    def toestemming(self, sleutel: str) -> Speltoestemming:
        return next(t for t in self.toestemmingen if t.sleutel == sleutel)

    @property
    def gegeven(self) -> tuple[tuple[int, int, str, str], ...]:
        """Every toestemming that must matter, as (story, place in it, who, what), in the order in which it is
        given. Story 0 is the main one, and those behind it the variants that play a leg of the card.
        """
        counted = [(0, self.stappen)]
        counted += [(i, v.stappen) for i, v in enumerate(self.varianten, start=1) if v.been]
        return tuple(
            (nr, n, who, what)
            for nr, stappen in counted
            for n, (who, what) in enumerate(
                (who, what)
                for s in stappen
                if s.doet is Werkwoord.STEMT_TOE
                for who in s.wie
                for what in s.met
            )
        )


# ── reading

_NODIG: Final = {
    Werkwoord.STEMT_TOE: ("met",),
    Werkwoord.WEIGERT: ("met",),
    Werkwoord.TREKT_IN: ("met",),
    Werkwoord.STUURT: ("bericht", "aan", "rol", "verwacht"),
    Werkwoord.NEEMT: ("levering", "verwacht"),
    Werkwoord.VINDT_NIETS: ("levering",),
    Werkwoord.GAAT_VERDER: ("dagen",),
    Werkwoord.WOONPLAATS: ("verwacht",),
    Werkwoord.KIJKT: ("levering", "verwacht"),
    Werkwoord.STELT_VAST: ("aan", "rol", "doel"),
    Werkwoord.BIEDT_AAN: ("aan", "overstap"),
    Werkwoord.AANVAARDT: ("levering",),
    Werkwoord.MELDT_THUIS: ("gebeurtenis",),
    Werkwoord.LEEST_TELLER: ("verwacht",),
    Werkwoord.OPENT_ZAAK: ("als", "stap"),
    Werkwoord.ZET_STAP: ("zaak", "stap"),
    Werkwoord.LEEST_ZAAK: ("zaak", "verwacht"),
    Werkwoord.PLANT_OVERLEG: ("als", "zaak", "stap"),
    Werkwoord.ZET_OVERLEGSTAP: ("overleg", "stap"),
    Werkwoord.LEEST_OVERLEG: ("overleg", "verwacht"),
    Werkwoord.WEEGT_AF: ("aan", "rol", "velden", "zegt"),
    Werkwoord.VRAAGT_ANONIEM: ("bericht",),
}
"""What a step of each verb must say."""
_GEEN_WEG: Final = frozenset({Reden.RULE_UNKNOWN, Reden.RULE_ON_HOLD})
_PER_MENS: Final = frozenset({Werkwoord.STEMT_TOE, Werkwoord.WEIGERT, Werkwoord.TREKT_IN})


def parse_spel(text: str, bestand: str, rij: Rijdekking | None) -> Spel:
    """A practice file. Raises InvalidMessage with every fault, each with its file, place and line.

    `rij`: the row of the table, with what the line can do of it; None for a practice of one's own.
    """
    data, lines = parse_toml(text), line_numbers(text)
    try:
        spel = Spel.model_validate_json(as_json(data))
    except ValidationError as error:
        raise InvalidMessage(tuple(placed(f, bestand, lines) for f in form(error, ""))) from None
    faults = [*_names(spel)]
    if not faults:
        faults = [*_whole(spel), *(() if rij is None else _of_card(spel, rij))]
    if faults:
        raise InvalidMessage(tuple(placed(f, bestand, lines) for f in faults))
    return spel


def _stories(spel: Spel) -> Iterator[tuple[str, Sequence[Stap], Einde]]:
    yield "", spel.stappen, spel.einde
    for i, v in enumerate(spel.varianten):
        yield f"/varianten/{i}", v.stappen, v.einde


def _names(spel: Spel) -> Iterator[Fault]:
    """Everything that is named must be there, once."""
    yield from _doubles(spel)
    yield from _parties(spel)
    for root, steps, end in _stories(spel):
        made: set[str] = set()
        for i, s in enumerate(steps):
            yield from _of_step(spel, s, f"{root}/stappen/{i}", made)
        for i, e in enumerate(end.leveringen):
            if e.levering not in made:
                yield _unknown(f"{root}/einde/leveringen/{i}/levering")


def _parties(spel: Spel) -> Iterator[Fault]:
    if not any(p.hoedanigheid is Partijhoedanigheid.ONDERWIJS for p in spel.partijen):
        yield Fault("praktijk.partij", "/partijen", "Er is een school: de leerling zit op de eerste.")
    if spel.regiobestand is not None and regiotekst(spel.regiobestand) is None:
        yield Fault("praktijk.regio", "/regiobestand", "Deze regio is er niet: zie gateway/practices/regios.")
    elif spel.regiobestand is not None:
        yield from _of_region(spel, spel.regiobestand)
    for i, p in enumerate(spel.partijen):
        if p.aangesloten and not _fits(p):
            text = "In deze rollen handelt deze partij niet in deze hoedanigheid."
            yield Fault("praktijk.partij", f"/partijen/{i}/rollen", text)
    for i, b in enumerate(spel.berichten):
        if b.soort not in BERICHTEN and b.soort != ANONIEM:
            yield Fault("praktijk.bericht", f"/berichten/{i}/soort", "Deze soort bericht bestaat niet.")
    yield from _named(spel)


def _of_region(spel: Spel, naam: str) -> Iterator[Fault]:
    """Where somebody lives is asked of the table of the region, of an arrangement that it has."""
    if spel.woonplaatsregels:
        text = "De regio heeft haar eigen tabel: haal de woonplaatsregels hier weg."
        yield Fault("praktijk.regio", "/woonplaatsregels", text)
    asks = any(s.doet is Werkwoord.WOONPLAATS for _, steps, _ in _stories(spel) for s in steps)
    codes = {a["code"] for a in tomllib.loads(regiotekst(naam) or "")["arrangementen"]}
    if (asks or spel.arrangement is not None) and spel.arrangement not in codes:
        yield Fault("praktijk.regio", "/arrangement", "Noem een arrangement uit het bestand van de regio.")


def _named(spel: Spel) -> Iterator[Fault]:
    """Who gives a mandate, who gets it, and between whom a toestemming is, must be there."""
    there = {p.sleutel for p in spel.partijen}
    for i, m in enumerate(spel.mandaten):
        for name, key in (("gever", m.gever), ("nemer", m.nemer)):
            if key not in there:
                yield _unknown(f"/mandaten/{i}/{name}")
    yield from _asked(spel, there)


def _asked(spel: Spel, there: set[str]) -> Iterator[Fault]:
    """Who sends, who receives and who records what a toestemming is about."""
    people = there | {m.sleutel for m in spel.mensen} | {LEERLING}
    for i, t in enumerate(spel.toestemmingen):
        for name, key, known in (
            ("van", t.van, there),
            ("aan", t.aan, people),
            ("bij", t.bij or t.van, there),
        ):
            if key not in known:
                yield _unknown(f"/toestemmingen/{i}/{name}")


def _fits(p: Spelpartij) -> bool:
    """Whether its roles are those of its capacity, however it is registered."""
    if p.soort is not None:
        acts = {hoedanigheid_van(p.soort, r) for r in p.rollen}
        return acts == {geldt_als(p.hoedanigheid, p.werkgever or Partijhoedanigheid.JEUGDHULP)}
    known = EIGENSCHAPPEN[p.hoedanigheid].functies
    return bool(p.rollen) and {r.value for r in p.rollen} <= {f.value for f in known}


def _doubles(spel: Spel) -> Iterator[Fault]:
    listed: Mapping[str, Sequence[Mens | Leerlingbij | Spelpartij | Spelbericht | Speltoestemming]] = {
        "partijen": spel.partijen,
        "mensen": spel.mensen,
        "leerlingen": spel.leerlingen,
        "berichten": spel.berichten,
        "toestemmingen": spel.toestemmingen,
    }
    for name, each in listed.items():
        keys = [x.sleutel for x in each]
        for i, key in enumerate(keys):
            if key in keys[:i] or key in {KLOK, LEERLING}:
                yield Fault("praktijk.dubbel", f"/{name}/{i}/sleutel", "Deze sleutel is al vergeven.")


def _of_step(spel: Spel, s: Stap, place: str, made: set[str]) -> Iterator[Fault]:
    """`made`: the leveringen so far; what this step makes is added."""
    partijen = {p.sleutel for p in spel.partijen}
    mensen = {m.sleutel for m in spel.mensen} | {LEERLING}
    who = mensen if s.doet in _PER_MENS else {KLOK} if s.doet is Werkwoord.GAAT_VERDER else partijen
    if s.doet in {Werkwoord.NEEMT, Werkwoord.VINDT_NIETS}:
        who = partijen | mensen
    there = {
        "wie": set(s.wie) <= who,
        "met": set(s.met) <= {t.sleutel for t in spel.toestemmingen},
        "bericht": s.bericht is None or s.bericht in {b.sleutel for b in spel.berichten},
        "aan": s.aan is None or s.aan in partijen | mensen,
        "namens": s.namens is None or s.namens in mensen,
        "inAntwoordOp": s.in_antwoord_op is None or s.in_antwoord_op in made,
        "levering": s.levering is None or s.levering in made,
        "zaak": s.zaak is None or s.zaak in made,
        "overleg": s.overleg is None or s.overleg in made,
        "over": s.over is None or s.over in {k.sleutel for k in spel.leerlingen},
    }
    yield from (_unknown(f"{place}/{name}") for name, found in there.items() if not found)
    said = {
        "met": s.met,
        "bericht": s.bericht,
        "aan": s.aan,
        "rol": s.rol,
        "levering": s.levering,
        "doel": s.doel,
        "overstap": s.overstap,
        "gebeurtenis": s.gebeurtenis,
        "zaak": s.zaak,
        "overleg": s.overleg,
        "stap": s.stap,
        "velden": s.velden,
        "zegt": s.zegt,
        "als": s.als,
        "dagen": s.dagen,
        "verwacht": s.verwacht,
    }
    for name in _NODIG[s.doet]:
        if not said[name]:
            yield Fault("praktijk.stap", f"{place}/{name}", "Dit ontbreekt bij dit werkwoord.")
    if s.als in made:
        yield Fault("praktijk.dubbel", f"{place}/als", "Deze sleutel is al vergeven.")
    if s.als is not None:
        made.add(s.als)


def _unknown(place: str) -> Fault:
    return Fault("praktijk.sleutel", place, "Hier staat niemand of niets met deze sleutel.")


def _whole(spel: Spel) -> Iterator[Fault]:
    """What a file must show to count as playing its practice."""
    takes = [s for s in spel.stappen if s.doet is Werkwoord.NEEMT and s.verwacht is not None]
    sends = [s for s in spel.stappen if s.doet is Werkwoord.STUURT and s.als is not None]
    for i, p in enumerate(spel.partijen):
        got = [s.verwacht for s in takes if s.wie == (p.sleutel,) and s.verwacht is not None]
        sent = [s for s in sends if s.aan == p.sleutel]
        counts = all(_about_nobody(spel, s) for s in sent)  # has nothing of a leerling to leave home
        if sent and not any(v.gekregen and (v.thuis or counts) for v in got):
            text = "Van deze partner staat er geen veld dat kwam, of geen dat thuisbleef met zijn reden."
            yield Fault("praktijk.bewijs", f"/partijen/{i}", text)
    shown = {h for _, steps, _ in _stories(spel) for s in steps if _proves(s) for h in s.toont}
    for hoek in (Hoek.TOELEIDING, Hoek.TOESTEMMING, Hoek.WEIGERING):
        if hoek not in shown:
            text = f"Geen stap die iets verwacht, toont de {hoek} van deze praktijk."
            yield Fault("praktijk.hoek", "/stappen", text)
    for i, v in enumerate(spel.varianten):
        if not any(s.doet in {Werkwoord.WEIGERT, Werkwoord.TREKT_IN} for s in v.stappen):
            yield Fault("praktijk.variant", f"/varianten/{i}", "In deze variant weigert niemand.")


def _about_nobody(spel: Spel, s: Stap) -> bool:
    return s.bericht is not None and spel.bericht(s.bericht).soort in OVER_NIEMAND


def _proves(s: Stap) -> bool:
    return s.doet is Werkwoord.VINDT_NIETS or (s.verwacht is not None and s.verwacht != Verwacht())


def _of_card(spel: Spel, rij: Rijdekking) -> Iterator[Fault]:
    """Every leg that the line can carry is in the story, and one that waits is shown as refused."""
    told = [spel.stappen, *(v.stappen for v in spel.varianten if v.been)]
    sends = [s for stappen in told for s in stappen if s.doet is Werkwoord.STUURT]
    for b in rij.benen:
        found = [s for s in sends if _plays(spel, s, b.been)]
        refused = [s for s in found if s.verwacht is not None and _not_taken(s.verwacht)]
        if b.stand is Beenstand.ANONIEM:
            yield from _of_question(told)
        if b.stand is Beenstand.GAAT and not (set(map(id, found)) - set(map(id, refused))):
            yield Fault("praktijk.been", "/stappen", f"Dit been van de kaart wordt niet gespeeld: {b.been}.")
        if b.stand is Beenstand.WACHT and not refused:
            text = f"Dit been heeft geen stroom; toon dat het niet gaat: {b.been}."
            yield Fault("praktijk.been", "/stappen", text)
        asks = b.stand is Beenstand.REGEL
        if asks and not any(s.doet is Werkwoord.WOONPLAATS for s in spel.stappen):
            yield Fault(
                "praktijk.been", "/stappen", f"De regel van de woonplaats is niet gevraagd: {b.been}."
            )
    if rij.praktijk.woonplaats != "?" and not any(
        Hoek.WOONPLAATS in s.toont for _, steps, _ in _stories(spel) for s in steps if _proves(s)
    ):
        yield Fault("praktijk.hoek", "/stappen", "Geen stap toont de woonplaats van deze praktijk.")
    if (spel.id, spel.bron.kaart) != (rij.praktijk.id, rij.praktijk.id):
        yield Fault("praktijk.kaart", "/id", "Dit bestand speelt een andere kaart dan het heet.")


def _of_question(told: Sequence[Sequence[Stap]]) -> Iterator[Fault]:
    """A question without a name is asked, and one with a name is shown as refused."""
    asked = [s for stappen in told for s in stappen if s.doet is Werkwoord.VRAAGT_ANONIEM]
    refused = [s for s in asked if s.verwacht is not None and s.verwacht.geweigerd is not None]
    if not refused or len(refused) == len(asked):
        text = "Vraag iets zonder naam, en toon dat een naam erin wordt geweigerd."
        yield Fault("praktijk.been", "/stappen", text)


def _not_taken(v: Verwacht) -> bool:
    """Whether the line shows that it has no road for this: it refuses it, or keeps it waiting."""
    return v.geweigerd is not None or bool(_GEEN_WEG & set(v.redenen))


def _plays(spel: Spel, s: Stap, been: Been) -> bool:
    if s.bericht is None or s.aan is None:
        return False
    soort = spel.bericht(s.bericht).soort
    if been.van is None:
        return soort in (*BERICHT_VAN.get(been.uitwisseling, ()), *IN_AANTALLEN.get(been.uitwisseling, ()))
    sides = (spel.als(s.wie[0]), spel.als(s.aan))
    return sides == (been.van, been.aan) and soort in berichten_van(been)


# ── what we ship


@cache
def regiotekst(naam: str) -> str | None:
    """The file of a region that we ship; None: there is no such region."""
    found = files("gateway.practices").joinpath("regios", naam, "regio.toml")
    return found.read_text(encoding="utf-8") if found.is_file() else None


def _folder() -> Any:
    return files("gateway.practices").joinpath("spelen")


@cache
def met_bestand() -> tuple[str, ...]:
    """The practices of which we ship a file, in order. A file is checked when it is read and by a test."""
    return tuple(
        sorted(f.name.removesuffix(".toml") for f in _folder().iterdir() if f.name.endswith(".toml"))
    )


def _row(naam: str, op: dt.date) -> Rijdekking | None:
    row = [p for p in shipped_praktijken() if p.id == naam]
    return dekking(row, lijn_van(op), ())[0] if row else None


def read_spel(naam: str, op: dt.date) -> tuple[Spel, Rijdekking]:
    """A practice that we ship, checked against its row. Raises InvalidMessage."""
    rij = _row(naam, op)
    assert rij is not None, "every file has a row"
    text = _folder().joinpath(f"{naam}.toml").read_text(encoding="utf-8")
    return parse_spel(text, f"{naam}.toml", rij), rij


def own_spel(bestand: Path, op: dt.date) -> tuple[Spel, Rijdekking]:
    """A file of one's own, held to the row of the card that it names. Raises InvalidMessage, WrongUse."""
    text = text_of(bestand)
    spel = parse_spel(text, bestand.name, None)
    rij = _row(spel.id, op)
    if rij is None:
        fault = Fault("praktijk.kaart", "/id", "Deze praktijk staat niet in de tabel.")
        raise InvalidMessage((placed(fault, bestand.name, line_numbers(text)),))
    return parse_spel(text, bestand.name, rij), rij
