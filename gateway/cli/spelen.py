"""Playing a practice: a gateway on this computer, every partij a client of its own, the file as the story.

Each step is the call that any client would make. What comes of it is kept, and held against what the file
expects; the first that is otherwise ends the story, which then was not played.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import orjson

from consent.inrichting import maanden
from consent.inrichting_nazien import parse_inrichting
from consent.plek import Plek, regime
from consent.stromen import Kracht, Stand, Stroomregel
from gateway.cli.proeflijn import Proeflijn, System, running
from gateway.explain.stromen import GEEN_REGEL, berust_op
from gateway.explain.veldnamen import plek
from gateway.practices.spel import (
    KLOK,
    LEERLING,
    Einde,
    Spel,
    Spelpartij,
    Speltoestemming,
    Stap,
    Verwacht,
    Werkwoord,
    regiotekst,
)
from gateway.practices.tabel import shipped_praktijken
from gateway.regio.bestanden import with_region
from gateway.regio.weg import region_road
from gateway.register.organisaties import Organisatie
from gateway.register.regels import MANDAAT_LIJST, MANDATEN
from gateway.register.stroomregels import shipped_stromen
from gateway.register.tegenspraak import named_in
from gateway.wiring_files import FileReader
from schemas.checks.woonplaats import Gemeente, Verblijf, Woonplaatsfeiten, route, woonplaats
from schemas.errors import WrongUse
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.messages.berichten import OVER_NIEMAND
from schemas.messages.toeleiding import Woonplaatsvraag
from schemas.people.hoedanigheden import Partijhoedanigheid, geldt_als
from schemas.people.partij import Partij, Partijsoort, Registermandaat, Scope
from schemas.storage.storage import Register

T = TypeVar("T")
Weg: TypeAlias = tuple[str, str, str, str | None]
"""From whom, to whom, for which doel, about which other child."""
LOG_NAME: Final = "proef.ozlijn.praktijk/verantwoording"
BEHEER: Final = "oin:00000099000000000001"
_SENDING: Final = (Scope.VERZENDEN, Scope.LEZEN, Scope.POSTBUS)
_ZAAK: Final = (Scope.ZAKEN, Scope.ZAKEN_BIJWERKEN)
TAAL: Final = "uitlegtekst/1"
_NOEMT_PARTIJ: Final = frozenset({"partij", "aan", "eigenaar", "bij", "namens"})
"""The fields of a step in a zaak that name one."""
_VERSLAG: Final = (
    *("zorg", "toestemmingGevraagd", "schadeZonderDelen", "doelmatigheid"),
    *("subsidiariteit", "proportionaliteit", "nietGedeeld", "visieLeerling"),
)
"""What two people answer before they share without toestemming."""
_DAG: Final = {"overlegsoort": "datum", "gehouden": "datum", "uitgenodigd": "doelVerteldOp"}
"""Which field of a step of an overleg is a day that must not be past, or is today."""
_WERKGEVER: Final = Partijhoedanigheid.JEUGDHULP
"""Who employs schoolmaatschappelijk werk where a file does not say it."""


KRACHTEN: Final[Mapping[Kracht, str]] = {
    Kracht.VERBOD: "Mag niet, wie er ook ja zegt",
    Kracht.PLICHT: "Moet, ook zonder toestemming",
    Kracht.MAG: "Mag zonder toestemming",
    Kracht.TOESTEMMING: "Mag alleen met toestemming",
}
"""What a kind of rule means to who reads the story."""
ONBESLIST: Final = "Niet uitgezocht of het mag, dus het wacht"


class AndersError(Exception):
    """Something came out otherwise than the file says. Its text is for a person, and names no value."""


@dataclass(slots=True)
class Gespeeld:
    """One story as it went, as data."""

    naam: str
    stappen: list[dict[str, Any]] = field(default_factory=list)
    einde: dict[str, Any] | None = None
    anders: str | None = None
    """What came out otherwise; None: everything as the file says."""

    @property
    def gelukt(self) -> bool:
        return self.anders is None and self.einde is not None


@dataclass(slots=True)
class Uitgevoerd:
    spel: Spel
    verhalen: list[Gespeeld]

    @property
    def gelukt(self) -> bool:
        return all(v.gelukt for v in self.verhalen)


@contextlib.contextmanager
def sandbox(spel: Spel, opslag: str | None = None) -> Iterator[Speelveld]:
    """A gateway with the partijen of this practice, each with a client of its own. `opslag`: as `running`."""
    systems = {
        p.sleutel: System.fresh(f"systeem-{p.sleutel.replace('_', '-')}", p.id)
        for p in spel.partijen
        if p.aangesloten
    }
    beheer = System.fresh("proefomgeving", BEHEER)
    partijen = [_registered(p, systems[p.sleutel]) for p in spel.partijen if p.aangesloten]
    partijen.append(
        Partij(
            id=BEHEER,
            soort=Partijsoort.FG,
            naam="Beheer van de proefomgeving",
            oin=BEHEER.removeprefix("oin:"),
            clients=(beheer.as_client(Scope.PROEFKLOK),),
        )
    )
    ids = {p.sleutel: p.id for p in spel.partijen}
    mandaten = tuple(
        Registermandaat.model_validate(m.model_dump() | {"gever": ids[m.gever], "nemer": ids[m.nemer]})
        for m in spel.mandaten
    )
    register = Register(
        0,
        {p.id: p.model_dump_json(exclude_defaults=True) for p in partijen},
        beleid={MANDATEN: MANDAAT_LIJST.dump_json(mandaten).decode()} if mandaten else {},
    )
    if spel.regiobestand is not None:
        register = in_region(register, spel.regiobestand)
    clients = (*systems.values(), beheer)
    with running(clients, register, LOG_NAME, spel.vandaag, sandbox=True, opslag=opslag) as line:
        yield Speelveld(line, spel, systems, beheer)


def in_region(register: Register, naam: str) -> Register:
    """With the file of the region, and its partijen that have no part in this practice."""
    text = regiotekst(naam)
    assert text is not None, "the file was checked"
    regio = parse_inrichting(text, shipped_stromen(), (), naam).regio
    more = {}
    for p in regio.partijen:
        if p.id not in register.partijen:
            row = {"hoedanigheid": p.hoedanigheid, "werkgever": p.werkgever, "rollen": list(p.rollen)}
            whole = {
                "id": p.id,
                "naam": p.naam,
                "hoedanigheden": [row | {"aflevering": {"soort": "postbus"}}],
            }
            (made,) = Organisatie.model_validate_json(orjson.dumps(whole)).partijen()
            more[p.id] = made.model_dump_json(exclude_defaults=True)
    return with_region(replace(register, partijen={**register.partijen, **more}), regio, text)


def _registered(p: Spelpartij, system: System) -> Partij:
    """As `ozlijn apply` makes it of a register file."""
    clients = (system.as_client(*_SENDING, Scope.TOESTEMMING, Scope.GRONDEN, *_ZAAK),)
    if p.soort is None:
        row = {
            "id": p.id,
            "naam": p.naam,
            "bestuursnummer": p.bestuursnummer,
            "hoedanigheden": [
                {
                    "hoedanigheid": p.hoedanigheid,
                    "werkgever": p.werkgever,
                    "rollen": list(p.rollen),
                    "aflevering": {"soort": "postbus"},
                }
            ],
            "clients": [c.model_dump(mode="json", by_alias=True, exclude_none=True) for c in clients],
        }
        (made,) = Organisatie.model_validate_json(orjson.dumps(row)).partijen()
        return made
    return Partij.model_validate_json(
        orjson.dumps(
            dict(named_in(p.id))
            | {
                "id": p.id,
                "soort": p.soort,
                "naam": p.naam,
                "aflevering": {"soort": "postbus"},
                "rollen": list(p.rollen),
                "clients": [c.model_dump(mode="json", by_alias=True, exclude_none=True) for c in clients],
            }
        )
    )


@dataclass(slots=True)
class _Sent:
    """A levering of this story, and who sent it."""

    id: str
    uitwisseling: str
    van: str
    bericht: str
    stap: Stap


@dataclass(frozen=True, slots=True)
class _Missing:
    """A toestemming that is left out for now."""

    nr: int
    who: str
    what: str
    over: str | None


class Speelveld:
    """A running sandbox on which the stories of one practice are played, each about a leerling of its own."""

    def __init__(self, line: Proeflijn, spel: Spel, systems: Mapping[str, System], beheer: System) -> None:
        self._line, self._spel, self._systems, self._beheer = line, spel, systems, beheer
        self._regels = shipped_stromen().op(spel.vandaag)
        self._told = 0

    def play(self, verhaal: int = 0) -> Gespeeld:
        """One story: 0 is the main one, then the variants."""
        naam, stappen, einde = self._told_as(verhaal)
        return self._story(naam, stappen, einde, frozenset())[0]

    def variants(self) -> list[Gespeeld]:
        return [self.play(i) for i in range(1, len(self._spel.varianten) + 1)]

    def needless(self, verhaal: int = 0) -> list[tuple[str, str]]:
        """The toestemmingen of that story, by who and what, without which it comes out as the file says.

        In a telling several are left out, one for each way that data goes (from whom, to whom, for which
        doel). Where a step comes out otherwise, the one of that way is given after all; when the step is now
        as the file says, it was this one that it wanted. So a few tellings show of each what a telling of
        its own would. What comes too late to mend a step has one.
        """
        naam, stappen, einde = self._told_as(verhaal)
        given = {n: (who, what) for v, n, who, what in self._spel.gegeven if v == verhaal}
        together, alone = set(given), set()
        while len(together) > 1:
            _, story = self._story(naam, stappen, einde, frozenset(together))
            late = story.too_late or (set() if story.wanted else together)
            alone |= late
            together -= late | story.wanted
        alone |= together
        told = {n: self._story(naam, stappen, einde, frozenset({n}))[0] for n in sorted(alone)}
        return [given[n] for n, played in told.items() if played.gelukt]

    def _told_as(self, verhaal: int) -> tuple[str, tuple[Stap, ...], Einde]:
        if verhaal == 0:
            return "Het verhaal", self._spel.stappen, self._spel.einde
        v = self._spel.varianten[verhaal - 1]
        return v.naam, v.stappen, v.einde

    def _story(
        self, naam: str, stappen: tuple[Stap, ...], einde: Einde, without: frozenset[int]
    ) -> tuple[Gespeeld, _Story]:
        """`without`: the toestemmingen that are left out in turn, by their number in this story."""
        self._told += 1
        story = _Story(self._line, self._spel, self._systems, self._beheer, self._regels, self._told, without)
        played = Gespeeld(naam)
        try:
            for nr, s in enumerate(stappen, start=1):
                if without and without == story.wanted:
                    return played, story
                told: dict[str, Any] = {
                    "nr": nr,
                    "wie": [story.name(w) for w in s.wie],
                    "doet": s.doet,
                    "zegt": s.zegt,
                    "toont": list(s.toont),
                    "moment": story.today(),
                    "levering": s.levering or s.als,
                }
                played.stappen.append(told)
                story.wants(s, partial(self._do, story, s, told), partial(self._see, story, s))
            end = partial(story.end, einde)
            played.einde = story.wants(None, end, end)
        except (AndersError, WrongUse) as error:
            at = len(played.stappen)
            played.anders = f"stap {at}: {error}"
        return played, story

    @staticmethod
    def _do(story: _Story, s: Stap, told: dict[str, Any]) -> None:
        told |= story.step(s)
        story.hold(s, s.verwacht or Verwacht(), told)

    @staticmethod
    def _see(story: _Story, s: Stap) -> None:
        """The same step once more, after a toestemming came late: what was sent is not sent again."""
        told = story.again(s)
        story.hold(s, s.verwacht or Verwacht(), told)


class _Story:
    """One leerling, his people, and what became of each levering."""

    def __init__(
        self,
        line: Proeflijn,
        spel: Spel,
        systems: Mapping[str, System],
        beheer: System,
        regels: tuple[Stroomregel, ...],
        nr: int,
        without: frozenset[int],
    ) -> None:
        self._line, self._spel, self._systems, self._beheer = line, spel, systems, beheer
        self._regels, self._without = regels, without
        self._flows = {f for p in shipped_praktijken() if p.id == spel.id for f in p.stromen}
        self._leerlingid = f"LL-{spel.id}-{nr}"
        self._later = line.now().date() - spel.vandaag
        self._given = 0
        self._missing: dict[Weg | None, _Missing] = {}
        self.wanted: set[int] = set()
        """The toestemmingen that a step wanted, by their number in this story."""
        self.too_late: set[int] = set()
        """The one that was given after all, and mended nothing any more."""
        self._sent: dict[str, _Sent] = {}
        self._last: _Sent | None = None
        self._keys: dict[tuple[str, str, str], str] = {}
        self._records: dict[tuple[str, str, str | None], str] = {}
        self._gezag: dict[tuple[str, str | None], dict[str, Any]] = {}

    def _known_by(self, partij: str, over: str | None) -> dict[str, Any]:
        """The leerling and his people in the administration of this partij, recorded when first needed."""
        if (partij, over) not in self._gezag:
            self._gezag[partij, over] = self._record_gezag(partij, over)
        return self._gezag[partij, over]

    def _born(self, over: str | None) -> str:
        """As many days later as this story begins after the first: everybody is as old as the file says."""
        return (self._spel.kind(over).geboren + self._later).isoformat()

    def _key(self, over: str | None) -> str:
        """How an administration calls him."""
        return self._leerlingid if over is None else f"{self._leerlingid}-{over}"

    def name(self, sleutel: str) -> str:
        if sleutel == LEERLING:
            return self._spel.leerling.naam
        if sleutel == KLOK:
            return "De tijd"
        names = {m.sleutel: m.naam for m in self._spel.mensen}
        names |= {k.sleutel: k.naam for k in self._spel.leerlingen}
        return (names | {p.sleutel: p.naam for p in self._spel.partijen})[sleutel]

    def today(self) -> str:
        return self._line.now().date().isoformat()

    def _record_gezag(self, partij: str, over: str | None) -> dict[str, Any]:
        holders = [m for m in self._spel.mensen if m.gezag]
        return self._line.post(
            self._systems[partij],
            "/v1/gezagsgegevens",
            {
                "leerling": {"leerlingid": self._key(over)},
                "geboortedatum": self._born(over),
                "soort": {0: "onbekend", 1: "eenhoofdig"}.get(len(holders), "gezamenlijk"),
                "personen": [{"hoedanigheid": m.hoedanigheid, "gezag": m.gezag} for m in self._spel.mensen],
                "bron": "gezagsregister",
                "gecontroleerdOp": self.today(),
                "gecontroleerdDoor": "administratie (verzonnen)",
            },
        )

    def _person(self, sleutel: str, partij: str, over: str | None) -> str:
        known = self._known_by(partij, over)
        if sleutel == LEERLING:
            found: str = known["leerlingPersoonId"]
            return found
        at = next(i for i, m in enumerate(self._spel.mensen) if m.sleutel == sleutel)
        person: str = known["personen"][at]["persoonId"]
        return person

    def wants(self, s: Stap | None, do: Callable[[], T], again: Callable[[], T]) -> T:
        """What `do` says. Where it comes out otherwise while toestemmingen are left out, the one that this
        step wants is given after all, and `again` must come out as the file says.
        """
        try:
            return do()
        except (AndersError, WrongUse):
            m = self._missing.pop(self._way(s), None)
            if m is None or len(self._without) == 1:
                raise
            self._records[m.who, m.what, m.over] = self._statement(m.who, m.what, m.over, given=True)
            self.too_late = {m.nr}
            found = again()
            self.too_late = set()
            self.wanted.add(m.nr)
            return found

    def _way(self, s: Stap | None) -> Weg | None:
        """From whom, to whom and for which doel what this step is about goes."""
        if s is not None and s.levering in self._sent:
            s = self._sent[s.levering].stap
        if s is None or s.bericht is None or s.aan is None:
            return None
        return s.wie[0], s.aan, self._spel.bericht(s.bericht).doel, s.over

    def again(self, s: Stap) -> dict[str, Any]:
        """As `step`, but what was sent is looked at and not sent again, unless it was taken already."""
        if s.doet is Werkwoord.STUURT and self._last is not None:
            return self._state(self._last)
        if s.doet is Werkwoord.NEEMT:
            assert s.levering is not None
            sent = self._sent[s.levering]
            if self._state(sent)["stand"] == Leveringstatus.BEVESTIGD:
                self._send(sent.stap)
        return self.step(s)

    def step(self, s: Stap) -> dict[str, Any]:
        do: Mapping[Werkwoord, Callable[[Stap], dict[str, Any]]] = {
            Werkwoord.STEMT_TOE: self._say,
            Werkwoord.WEIGERT: self._say,
            Werkwoord.TREKT_IN: self._withdraw,
            Werkwoord.STUURT: self._send,
            Werkwoord.NEEMT: self._take,
            Werkwoord.VINDT_NIETS: self._find_nothing,
            Werkwoord.GAAT_VERDER: self._go_on,
            Werkwoord.WOONPLAATS: self._residence,
            Werkwoord.KIJKT: self._look,
            Werkwoord.STELT_VAST: self._state_facts,
            Werkwoord.BIEDT_AAN: self._offer,
            Werkwoord.AANVAARDT: self._accept,
            Werkwoord.MELDT_THUIS: self._at_home,
            Werkwoord.LEEST_TELLER: self._counter,
            Werkwoord.OPENT_ZAAK: self._open,
            Werkwoord.ZET_STAP: self._go,
            Werkwoord.LEEST_ZAAK: self._read,
            Werkwoord.PLANT_OVERLEG: self._plan,
            Werkwoord.ZET_OVERLEGSTAP: self._at_table,
            Werkwoord.LEEST_OVERLEG: self._read_table,
            Werkwoord.WEEGT_AF: self._weigh,
            Werkwoord.VRAAGT_ANONIEM: self._ask_without_name,
        }
        return do[s.doet](s)

    def _ask_without_name(self, s: Stap) -> dict[str, Any]:
        """What the check of a file says of it, which knows the names of these people."""
        assert s.bericht is not None
        asked = self._spel.bericht(s.bericht)
        people = (self._spel.leerling.naam, *(m.naam for m in self._spel.mensen))
        raw = orjson.dumps({"soort": asked.soort, "inhoud": asked.inhoud})
        names = [n for whole in people for n in whole.split()]
        found = FileReader(self._spel.vandaag, None, names)(raw, "vraag.json")
        faults = [{"code": f.code, "tekst": f.text} for f in found.fouten]
        return {"zonderNaam": asked.inhoud["vraag"]} | ({"geweigerd": faults} if faults else {})

    # ── people

    def _say(self, s: Stap) -> dict[str, Any]:
        for who in s.wie:
            for what in s.met:
                yes = s.doet is Werkwoord.STEMT_TOE
                nr, self._given = self._given, self._given + yes
                t = self._spel.toestemming(what)
                way = (t.van, t.aan, t.doel, s.over)
                if yes and nr in self._without and way not in self._missing:
                    self._missing[way] = _Missing(nr, who, what, s.over)
                else:
                    self._records[who, what, s.over] = self._statement(who, what, s.over, given=yes)
        return {"vragen": [self._spel.toestemming(t).vraag for t in s.met]}

    def _statement(self, who: str, what: str, over: str | None, *, given: bool) -> str:
        t, day = self._spel.toestemming(what), self._line.now().date()
        by = t.bij or self._spel.school.sleutel
        answer = self._line.post(
            self._systems[by],
            "/v1/toestemmingen",
            {
                "leerlingId": self._known_by(by, over)["leerlingId"],
                "persoonId": self._person(who, by, over),
                "besluit": "gegeven" if given else "geweigerd",
                "functie": t.functie,
                "bereik": self._road(t)
                | {
                    "doelen": [t.doel],
                    "categorieen": list(t.categorieen),
                    "ontvangers": [self._recipient(t.aan, t.rol, t.van, over)],
                },
                "moment": self._line.now().isoformat(),
                "geldigVanaf": day.isoformat(),
                "geldigTotEnMet": (day + dt.timedelta(days=300)).isoformat(),
                "uitdrukkelijk": list(t.categorieen),
                "bewijs": {
                    "methode": "digitaal_ondertekend",
                    "bewijsHash": _hash(f"{who} {what} {secrets.token_hex(8)}"),
                    "kennisgevingRef": TAAL,
                    "kennisgevingHash": _hash(TAAL),
                    "vastlegger": "zorgcoördinator (verzonnen)",
                },
            },
        )
        record: str = answer["toestemmingId"]
        return record

    def _road(self, t: Speltoestemming) -> dict[str, Any]:
        """From whom, with the column that follows from the secrecy of who sends."""
        van = self._spel.partij(t.van)
        secrecy = regime(Plek(van.hoedanigheid, werkgever=van.werkgever or _WERKGEVER))
        assert secrecy is not None, "an organisation keeps some secrecy"
        return {"richting": secrecy.kolom, "afzender": van.id}

    def _withdraw(self, s: Stap) -> dict[str, Any]:
        for who in s.wie:
            for what in s.met:
                record = self._records.get((who, what, s.over))
                if record is None:
                    raise AndersError(f"{who} heeft niets gegeven om in te trekken: {what}")
                path = f"/v1/toestemmingen/{record}/intrekkingen"
                by = self._spel.toestemming(what).bij or self._spel.school.sleutel
                self._line.post(self._systems[by], path, {"moment": self._line.now().isoformat()})
        return {"vragen": [self._spel.toestemming(t).vraag for t in s.met]}

    # ── facts

    def _state_facts(self, s: Stap) -> dict[str, Any]:
        """What a rule of a flow asks, stated by who sends."""
        assert s.aan is not None
        who, day = s.wie[0], self._line.now().date()
        about = (
            {"leerlingId": self._known_by(who, s.over)["leerlingId"]}
            if s.in_antwoord_op is None
            else {"leveringId": self._sent[s.in_antwoord_op].id}
        )
        self._line.post(
            self._systems[who],
            "/v1/omstandigheden",
            {
                **about,
                "ontvanger": self._recipient(s.aan, s.rol, who, s.over),
                "doelen": [s.doel],
                "wel": list(s.wel),
                "niet": list(s.niet),
                "noodzaakHash": _hash(s.zegt or self._spel.id) if "nodig" in s.wel else None,
                "functie": s.functie,
                "verklaardDoor": "administratie (verzonnen)",
                "moment": self._line.now().isoformat(),
                "geldigVanaf": day.isoformat(),
                "geldigTotEnMet": (day + dt.timedelta(days=60)).isoformat(),
            },
        )
        return {"aan": self.name(s.aan), "wel": list(s.wel), "niet": list(s.niet), "functie": s.functie}

    def _weigh(self, s: Stap) -> dict[str, Any]:
        """One person weighs, another agrees; what they answered stays with who weighed."""
        assert s.aan is not None
        who, now = s.wie[0], self._line.now()
        from_school = self._spel.als(who) is Partijhoedanigheid.ONDERWIJS
        body = {
            "leerlingId": self._known_by(who, s.over)["leerlingId"],
            "richting": "S2J" if from_school else "J2S",
            "ontvanger": self._recipient(s.aan, s.rol, who, s.over),
            "ontvangerPersoon": "ontvanger (verzonnen)",
            "zorgcodes": ["veiligheid_thuis"],
            "verslag": dict.fromkeys(_VERSLAG, s.zegt),
            "velden": [{"pad": pad, "nodigOmdat": s.zegt} for pad in s.velden],
            "informeren": {"wanneer": "achteraf", "op": (now.date() + dt.timedelta(days=2)).isoformat()},
            "opsteller": {"medewerker": "opsteller (verzonnen)", "functie": "leidinggevende"},
            "moment": now.isoformat(),
            "vensterVan": now.isoformat(),
            "vensterTot": (now + dt.timedelta(hours=48)).isoformat(),
        }
        record = self._line.post(self._systems[who], "/v1/afwegingen", body)["id"]
        second = {
            "door": {"medewerker": "tweede persoon (verzonnen)", "functie": "gedragswetenschapper"},
            "akkoord": True,
            "moment": self._line.now().isoformat(),
            "toelichting": s.zegt,
        }
        self._line.post(self._systems[who], f"/v1/afwegingen/{record}/tweede-blikken", second)
        return {"aan": self.name(s.aan), "gewogen": list(s.velden)}

    def _offer(self, s: Stap) -> dict[str, Any]:
        assert s.aan is not None
        body = {
            "leerlingId": self._known_by(s.wie[0], s.over)["leerlingId"],
            "naar": self._spel.partij(s.aan).id,
            "soort": s.overstap,
            "per": self.today(),
            "vanSector": s.van_sector,
            "naarSector": s.naar_sector,
        }
        self._line.post(self._systems[s.wie[0]], "/v1/overstappen", body)
        return {"aan": self.name(s.aan), "overstap": s.overstap}

    def _accept(self, s: Stap) -> dict[str, Any]:
        """The other school says which of its own leerlingen he is."""
        assert s.levering is not None
        who = s.wie[0]
        own = self._known_by(who, s.over)["leerlingId"]
        path = f"/v1/leveringen/{self._sent[s.levering].id}/overstap"
        self._line.post(self._systems[who], path, {"besluit": "aanvaard", "leerlingId": own})
        found = self._line.get(self._systems[who], path)
        return {"overstap": found["stand"], "meegaan": found["meegaan"]}

    def _at_home(self, s: Stap) -> dict[str, Any]:
        body = {
            "leerlingId": self._known_by(s.wie[0], s.over)["leerlingId"],
            "gebeurtenis": s.gebeurtenis,
            "op": self.today(),
            "verzuimsoort": s.verzuimsoort,
        }
        self._line.post(self._systems[s.wie[0]], "/v1/thuiszitten", body)
        return {"gebeurtenis": s.gebeurtenis}

    def _counter(self, s: Stap) -> dict[str, Any]:
        who = s.wie[0]
        path = f"/v1/leerlingen/{self._known_by(who, s.over)['leerlingId']}/thuiszitten"
        found = self._line.get(self._systems[who], path)["thuis"] or {}
        return {"dagenThuis": found.get("kalenderdagen"), "aanbod": found.get("aanbod")}

    # ── a zaak, and an overleg about it

    def _open(self, s: Stap) -> dict[str, Any]:
        who = s.wie[0]
        body = {"leerlingId": self._known_by(who, s.over)["leerlingId"], "zaak": self._filled(s.stap)}
        return self._started(s, "zaak", "/v1/zaken", body)

    def _plan(self, s: Stap) -> dict[str, Any]:
        assert s.zaak is not None
        body = {"zaakId": self._known_as("zaak", s.wie[0], s.zaak), "overleg": self._filled(s.stap)}
        return self._started(s, "overleg", "/v1/overleggen", body)

    def _started(self, s: Stap, what: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert s.als is not None
        answer = self._line.call(self._systems[s.wie[0]], "POST", path, body, secrets.token_hex(12))
        if refused := _refused(answer, 201):
            return refused
        made = answer.json()[what]
        self._keys[what, s.wie[0], s.als] = made[f"{what}Id"]
        return {what: self._with_keys(made)}

    def _go(self, s: Stap) -> dict[str, Any]:
        assert s.zaak is not None
        return self._stepped(s, "zaak", f"/v1/zaken/{self._known_as('zaak', s.wie[0], s.zaak)}/stappen")

    def _at_table(self, s: Stap) -> dict[str, Any]:
        return self._stepped(s, "overleg", f"{self._table(s)}/stappen")

    def _stepped(self, s: Stap, what: str, path: str) -> dict[str, Any]:
        body = {"stap": self._filled(s.stap)}
        answer = self._line.call(self._systems[s.wie[0]], "POST", path, body, secrets.token_hex(12))
        told: dict[str, Any] = {"gezet": s.stap["soort"]}
        named = s.stap.get("partij") or s.stap.get("aan")
        if named is not None:
            told["wie_erbij"] = self.name(named)
        if refused := _refused(answer, 201):
            return told | refused
        found = answer.json()[what]
        return told if found is None else told | {what: self._with_keys(found)}

    def _read(self, s: Stap) -> dict[str, Any]:
        assert s.zaak is not None
        path = f"/v1/zaken/{self._known_as('zaak', s.wie[0], s.zaak)}"
        return {"zaak": self._with_keys(self._line.get(self._systems[s.wie[0]], path))}

    def _read_table(self, s: Stap) -> dict[str, Any]:
        return {"overleg": self._with_keys(self._line.get(self._systems[s.wie[0]], self._table(s)))}

    def _table(self, s: Stap) -> str:
        assert s.overleg is not None
        return f"/v1/overleggen/{self._known_as('overleg', s.wie[0], s.overleg)}"

    def _known_as(self, what: str, who: str, key: str) -> str:
        """How this partij calls the zaak or overleg: each by a key of his own, the last that he came into."""
        many = {"zaak": "zaken", "overleg": "overleggen"}[what]
        if (what, who, key) not in self._keys:
            na: int | None = 0
            last = ""
            while na is not None:
                page = self._line.get(self._systems[who], f"/v1/{many}?na={na}&aantal=200")
                last = page[many][-1][f"{what}Id"] if page[many] else last
                na = page["na"]
            if not last:
                raise AndersError(f"{who} doet niet mee: {what}")
            self._keys[what, who, key] = last
        return self._keys[what, who, key]

    def _filled(self, stap: Mapping[str, Any]) -> dict[str, Any]:
        """A key of a partij becomes its id where a field names one, and a day is counted from today."""
        ids = {p.sleutel: p.id for p in self._spel.partijen}
        body = {k: ids.get(v, v) if k in _NOEMT_PARTIJ else v for k, v in stap.items() if k != "over_dagen"}
        body |= {k: [ids[v] for v in body[k]] for k in ("aanwezig", "oneens") if k in body}
        day = self._line.now().date() + dt.timedelta(days=stap.get("over_dagen", 0))
        if day_of := _DAG.get(stap.get("soort", "overlegsoort" if "overlegsoort" in stap else "")):
            body[day_of] = day.isoformat()
        return body

    def _with_keys(self, value: Any) -> Any:
        return _replaced(value, {p.id: p.sleutel for p in self._spel.partijen})

    # ── partijen

    def _send(self, s: Stap) -> dict[str, Any]:
        assert s.bericht is not None
        assert s.aan is not None
        who, bericht = s.wie[0], self._spel.bericht(s.bericht)
        self._last = None
        body: dict[str, Any] = {
            "doel": bericht.doel,
            "ontvangers": [self._recipient(s.aan, s.rol, who, s.over)],
            "categorieen": list(bericht.categorieen),
            "vrijeTekstNagekeken": True,
        }
        if s.in_antwoord_op is not None:
            body["inAntwoordOp"] = self._sent[s.in_antwoord_op].id
        elif s.groep is not None:
            body["groep"] = {"sleutel": s.groep}
        elif bericht.soort not in OVER_NIEMAND:
            self._known_by(who, s.over)
            body["leerling"] = {"leerlingid": self._key(s.over)}
        if s.namens is not None:
            body["namens"] = self._person(s.namens, who, s.over)
        content = bericht.inhoud
        if "geboortedatum" in content.get("leerling", {}):
            content = content | {"leerling": content["leerling"] | {"geboortedatum": self._born(s.over)}}
        if bericht.soort == "terugkoppeling":
            body["terugkoppeling"] = content
        else:
            body["bericht"] = {"soort": bericht.soort, "inhoud": content}
        told: dict[str, Any] = {
            "aan": self.name(s.aan),
            "bericht": bericht.soort,
            "waarom": self._why(self._spel.als(s.namens or who), self._spel.als(s.aan), bericht.doel),
        }
        made, said = self._pushed(s, body)
        told |= said
        if made is None:
            return told
        found = self._line.get(self._systems[who], f"/v1/uitwisselingen/{made}/leveringen")
        self._last = levering = _Sent(found["leveringen"][0]["id"], made, who, bericht.soort, s)
        if s.als is not None:
            self._sent[s.als] = levering
        return told | self._state(levering)

    def _recipient(self, aan: str, rol: str | None, van: str, over: str | None) -> dict[str, Any]:
        """A person gets what is his from who sends it, in whose own postbus it is laid for him."""
        if aan in {p.sleutel for p in self._spel.partijen}:
            return {"partij": self._spel.partij(aan).id, "rol": rol}
        own = self._spel.partij(van).id
        return {"partij": own, "rol": rol, "persoonId": self._person(aan, van, over)}

    def _client(self, wie: str, sent: _Sent) -> System:
        """Whose system takes a levering: of who receives, or for a person of who gives it to him."""
        return self._systems[wie if wie in self._systems else sent.van]

    def _pushed(self, s: Stap, body: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
        """The exchange that came of it, if any, and what the line says. At a table it is offered to each
        participant, with no more than he needs to know there: or it is not for him at all.
        """
        system, key = self._systems[s.wie[0]], secrets.token_hex(12)
        if s.overleg is None:
            answer = self._line.call(system, "POST", "/v1/uitwisselingen", body, key)
            refused = _refused(answer, 202)
            return (None, refused) if refused else (answer.json()["uitwisselingId"], {})
        put = {"verzending": body}
        answer = self._line.call(system, "POST", f"{self._table(s)}/inbreng", put, key)
        if refused := _refused(answer, 201):
            return None, refused
        made = answer.json()["ingebracht"][0]["uitwisselingId"]
        return made, {"voorHem": made is not None}

    def _why(self, van: Partijhoedanigheid, aan: Partijhoedanigheid, doel: str) -> str:
        """The rule of the flow that lets it, or bars it, in words and with its articles."""
        sides = [geldt_als(h, Partijhoedanigheid.JEUGDHULP) for h in (van, aan)]
        found = [r for r in self._regels if sides[0] in r.van and sides[1] in r.aan and r.soorten]
        of_card = [r for r in found if r.id[:3] in self._flows and doel in r.doelen]
        here = of_card or [r for r in found if doel in r.doelen]
        if not here:
            return GEEN_REGEL
        first = next((r for r in here if r.kracht is not Kracht.VERBOD), here[0])
        how = ONBESLIST if first.stand is Stand.AANGEHOUDEN else KRACHTEN[first.kracht]
        alike = (r for r in here if (r.kracht, r.stand) == (first.kracht, first.stand))
        return f"{how}. " + "; of: ".join(f"{r.wat} [{r.sleutel}: {berust_op(r)}]" for r in alike)

    def _state(self, sent: _Sent) -> dict[str, Any]:
        """How a levering stands, as its sender reads it."""
        path = f"/v1/uitwisselingen/{sent.uitwisseling}/leveringen"
        found: dict[str, Any] = self._line.get(self._systems[sent.van], path)["leveringen"][0]
        return {
            "stand": found["status"],
            "uitkomst": found["uitkomst"],
            "uitleg": found["uitleg"],
            "redenen": [{"code": r["code"], "tekst": r["uitleg"]} for r in found["redenen"]],
            "gaat": _named(sent.bericht, found["meegegeven"]),
            "thuis": [
                {
                    "reden": g["reden"],
                    "tekst": g["uitleg"],
                    "velden": g["velden"],
                    "namen": _named(sent.bericht, g["velden"]),
                }
                for g in found["achtergehouden"]
            ],
        }

    def _take(self, s: Stap) -> dict[str, Any]:
        assert s.levering is not None
        sent = self._sent[s.levering]
        before = self._state(sent)
        if before["stand"] != "klaar":
            raise AndersError(f"er staat niets klaar: {before['stand']} [{_codes(before)}]")
        got = self._line.receive(self._client(s.wie[0], sent), sent.id)
        fields = sorted(set(_leaves(got["inhoud"]["inhoud"])))
        return {
            "van": self.name(sent.van),
            "bericht": sent.bericht,
            "velden": fields,
            "gekregen": _named(sent.bericht, fields),
            "thuis": before["thuis"],
            "stand": got["status"],
        }

    def _find_nothing(self, s: Stap) -> dict[str, Any]:
        assert s.levering is not None
        sent = self._sent[s.levering]
        path = f"/v1/leveringen/{sent.id}/_neem"
        answer = self._line.call(self._client(s.wie[0], sent), "POST", path)
        if answer.status_code != 404:  # noqa: PLR2004 - the neutral answer
            raise AndersError(f"de ontvanger vond wel iets: {answer.status_code}")
        return {"antwoord": answer.json()["title"]}

    def _look(self, s: Stap) -> dict[str, Any]:
        assert s.levering is not None
        return self._state(self._sent[s.levering])

    # ── time and place

    def _go_on(self, s: Stap) -> dict[str, Any]:
        assert s.dagen is not None
        to = self._line.now() + dt.timedelta(days=s.dagen)
        body = {"nu": to.isoformat()}
        done = self._line.expect(self._line.call(self._beheer, "PUT", "/v1/proefklok", body))
        self._line.ahead = dt.datetime.fromisoformat(done["nu"]) - self._line.clock.now()
        return {"dagen": s.dagen, "vandaag": done["vandaag"]}

    def _residence(self, s: Stap) -> dict[str, Any]:
        """The rule that `ozlijn woonplaats` asks, with what a school knows: nothing is sent."""
        on = self._line.now().date() - self._later
        lives = Gemeente(code=s.woont_in or self._spel.leerling.woont_in, op=on)
        found = woonplaats(
            Woonplaatsfeiten(
                hulpvraag_op=on,
                geantwoord_door="ander",
                in_nederland=True,
                verblijf=Verblijf.GEEN,
                woonadres=lives,
                in_onderzoek=False,
            )
        )
        return {
            "gemeente": found.gemeente,
            "zekerheid": found.zekerheid,
            "grond": found.grond,
            "vraag": found.vraag,
            "schoolStaatIn": self._spel.leerling.school_staat_in,
            **self._region_road(s, found.gemeente, on),
        }

    def _region_road(self, s: Stap, gemeente: str | None, on: dt.date) -> dict[str, Any]:
        """What the table of the region says of who lives there, or the rules of the practice where it plays
        under none; without a road a person is asked.
        """
        school = self._spel.school.id.removeprefix("brin:")
        asked = Woonplaatsvraag(
            gemeente=gemeente,
            peildatum=on,
            brin=school[:4],
            vestigingscode=school[4:],
            arrangement=f"praktijk-{self._spel.id.lower()}",
            aanbod=s.aanbod,
            plaats=s.plaats,
        )
        if self._spel.regiobestand is None:
            return {"weg": route(asked, self._spel.woonplaatsregels)}
        text = regiotekst(self._spel.regiobestand)
        assert text is not None, "the file was checked"
        assert self._spel.arrangement is not None, "the file was checked"
        lives = None if gemeente is None else Gemeente(code=gemeente, op=on)
        return region_road(
            parse_inrichting(text, shipped_stromen()).regio,
            self._spel.arrangement,
            maanden(self._spel.leerling.geboren, on),
            lives,
            asked,
        )

    # ── what the file expects

    def hold(self, s: Stap, v: Verwacht, told: dict[str, Any]) -> None:
        """Raises AndersError where it came out otherwise."""
        if v.geweigerd is not None:
            codes = [f["code"] for f in told.get("geweigerd", ())]
            _same("de lijn weigert met", v.geweigerd if v.geweigerd in codes else codes, v.geweigerd)
            return
        if "geweigerd" in told:
            raise AndersError(f"de lijn nam het niet aan: {[f['code'] for f in told['geweigerd']]}")
        if v.stand is not None:
            _same(f"stand ({_codes(told)})", told.get("stand"), v.stand)
        self._hold_reasons(v, told)
        self._hold_fields(s, v, told)
        found = {
            "gemeente": v.gemeente,
            "zekerheid": v.zekerheid,
            "weg": v.weg,
            "vraagtMens": v.vraagt_mens,
            "voorfinanciert": v.voorfinanciert,
            "dagenThuis": v.dagen_thuis,
            "voorHem": v.voor_hem,
        }
        for name, expected in found.items():
            if expected is not None:
                _same(name, told.get(name), expected)
        for what, seen in (("zaak", v.zaak), ("overleg", v.overleg)):
            for name, expected in seen.items():
                there = told.get(what, {}).get(name)
                if name == "partners":
                    there = [p["partij"] for p in there or ()]
                _same(f"{what}, {name}", there, expected)

    def _hold_reasons(self, v: Verwacht, told: Mapping[str, Any]) -> None:
        there = {x["code"] for x in told.get("redenen", ())}
        for r in v.redenen:
            if r not in there:
                raise AndersError(f"reden {r} staat er niet bij: {_codes(told)}")
        for r in v.geen:
            if r in there:
                raise AndersError(f"reden {r} staat er ook bij: {_codes(told)}")

    def _hold_fields(self, s: Stap, v: Verwacht, told: dict[str, Any]) -> None:
        got = set(told.get("velden", ()))
        if missing := [g for g in v.gekregen if g not in got]:
            raise AndersError(f"niet gekregen: {', '.join(missing)}")
        home = {(f, g["reden"]) for g in told.get("thuis", ()) for f in g["velden"]}
        for each in v.thuis:
            if each.veld in got:
                raise AndersError(f"{each.veld} kwam aan bij {s.wie[0]}, en zou thuisblijven")
            if (each.veld, each.reden) not in home:
                why = sorted(reden for f, reden in home if f == each.veld)
                raise AndersError(
                    f"{each.veld} bleef niet thuis om {each.reden}: {why or 'het ging niet mee'}"
                )

    def end(self, einde: Einde) -> dict[str, Any]:
        stands = {e.levering: self._state(self._sent[e.levering])["stand"] for e in einde.leveringen}
        for e in einde.leveringen:
            _same(f"einde van {e.levering}", stands[e.levering], e.stand)
        return {"zegt": einde.zegt, "leveringen": stands}


def _refused(answer: Any, taken: int) -> dict[str, Any]:
    """What the line says against it; nothing when it took it in."""
    if answer.status_code == taken:
        return {}
    found = answer.json()
    faults = [{"code": f["code"], "tekst": f["tekst"]} for f in found.get("fouten", ())]
    return {"geweigerd": faults or [{"code": "", "tekst": found["title"]}]}


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _replaced(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_replaced(v, names) for v in value]
    return names.get(value, value) if isinstance(value, str) else value


def _same(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise AndersError(f"{what}: {found}, verwacht {expected}")


def _codes(told: Mapping[str, Any]) -> str:
    return ", ".join(r["code"] for r in told.get("redenen", ())) or "geen redenen"


def _named(bericht: str, paden: list[str]) -> list[str]:
    """The fields in words: per part of the message, each once."""
    parts: dict[str, list[str]] = {}
    for p in (plek(bericht, each) for each in paden):
        names = parts.setdefault(p.deelnaam if p.deel else "", [])
        if p.naam not in names:
            names.append(p.naam)
    own = parts.pop("", [])
    return own + [f"{part}: {', '.join(names)}" for part, names in parts.items()]


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{path}[]")
    else:
        yield path


def _hash(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def perform(spel: Spel, opslag: str | None = None) -> Uitgevoerd:
    """The main story and every variant, on one sandbox."""
    with sandbox(spel, opslag) as field_:
        return Uitgevoerd(spel, [field_.play(), *field_.variants()])
