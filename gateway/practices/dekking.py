"""What the line can do of every practice, and what stands in the way: asked of the rules, never typed in.

Three things answer: the rules of a flow (consent/stromen.toml) say whether a leg may go at all, the checks
of an envelope whether the line takes such a message from such a partij, and the profiles whether anything of
it may go to such a role. So a leg that becomes possible shows as possible on that day, without a change here.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from consent.beleid import Beleid, Proportionaliteitsprofiel
from consent.stromen import Kracht, Stand, Stroomregel
from gateway.exchange.intake.envelope import APART, envelope_faults
from gateway.ports.standards import Standards
from gateway.practices.tabel import Been, Praktijk, regels_van
from gateway.register.organisaties import SOORT
from gateway.register.regels import Regels, shipped_profiles
from gateway.register.stroomregels import shipped_stromen
from schemas.base import Gegevenscategorie
from schemas.exchange.uitwisseling import Bronverwijzing, EigenBericht, Verzending
from schemas.messages.berichten import BERICHTEN, GEDRAGEN, OVER_NIEMAND
from schemas.messages.terugkoppeling import Hulpstatus, Klassenadvies, Terugkoppeling
from schemas.people.hoedanigheden import (
    EIGENSCHAPPEN,
    MENSEN,
    Partijhoedanigheid,
    geldt_als,
    richting_van,
)
from schemas.people.partij import Partij, Partijsoort, Postbus, Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger

BERICHT_VAN: Final[Mapping[str, tuple[str, ...]]] = {
    "X1": ("hulpvraag",),
    "X2": ("opp_uittreksel",),
    "X3": ("terugkoppeling",),
    "X4": ("gezamenlijk_plan",),
    "X5": ("overlegset", "overleguitkomst"),
    "X6": ("toeleidingsbesluit",),
    "X7": ("woonplaatsvraag", "woonplaatsantwoord"),
    "X8": ("aanvraag_voorziening", "aanvraag_antwoord"),
    "X9": ("onderaanneming",),
    "X10": ("verrekening",),
    "X11": ("populatiemeting",),
    "X12": ("overstapset",),
    "X13": ("overgang_volwassenheid",),
    "X14": ("verzuimsignaal",),
    "X15": ("voortgangsbericht",),
    "X16": ("inzageoverzicht", "inzagereactie"),
    "X17": ("terugkeer",),
    "X18": ("voorwaarden",),
    "X19": ("escalatie",),
    "X20": ("deling_zonder_toestemming",),
}
"""The message types of an exchange. X21 has none that is sent: it may be about nobody."""
ZONDER_TOESTEMMING: Final[Mapping[str, tuple[str, ...]]] = {"X20": ("hulpvraag", "terugkoppeling")}
"""What goes when somebody shares without toestemming: an ordinary message for `veiligheid`. The record of why
stays with who weighed it, so it is no message that goes.
"""
IN_AANTALLEN: Final[Mapping[str, tuple[str, ...]]] = {"X14": ("verzuimtelling",)}
"""The message type of an exchange that a card has without parties, where another one is about a leerling."""
INZAGE: Final = ("inzageoverzicht",)
"""What an ouder or leerling gets on a leg that names no exchange: he reads what there is of him."""
_REGEL: Final = frozenset({"X7"})
"""Answered by a rule that anybody can ask (`ozlijn woonplaats`), so nothing is sent."""
_ANONIEM: Final = frozenset({"X21"})
"""About nobody that anybody could know, so it needs no line; who is named is refused."""


class Beenstand(StrEnum):
    """What the line does with one leg."""

    GAAT = "gaat"
    BUITEN = "buiten"
    """It may go, and not over this line: iJw carries it."""
    WACHT = "wacht"
    """No flow lets it: HOLD, RULE_UNKNOWN."""
    ZELF = "zelf"
    """People speak about themselves: nothing of it needs a line."""
    REGEL = "regel"
    """A rule answers, and nothing is sent."""
    ANONIEM = "anoniem"
    """A question without a name: nothing of it needs a line, and a name in it is refused."""
    MIST = "mist"
    """It may go, and the line cannot carry it yet."""


BEENSTANDEN: Final[Mapping[Beenstand, str]] = {
    Beenstand.GAAT: "gaat over de lijn",
    Beenstand.BUITEN: "mag, en gaat buiten de lijn om (iJw)",
    Beenstand.WACHT: "heeft geen stroom in de matrix, en wacht (RULE_UNKNOWN)",
    Beenstand.ZELF: "zeggen ouders of leerling zelf",
    Beenstand.REGEL: "beantwoordt een regel; er gaat niets",
    Beenstand.ANONIEM: "vraagt iemand zonder naam; een naam erin wordt geweigerd",
    Beenstand.MIST: "mag, en kan nog niet over de lijn",
}
"""In the words of who reads the coverage."""


class Obstakel(StrEnum):
    """What is missing for a leg that may go."""

    PAAR = "paar_niet_gedragen"
    BERICHT = "bericht_niet_gedragen"
    PROFIEL = "profiel_ontbreekt"
    CATALOGUS = "geen_uitwisseling"
    """The catalogue of exchanges has none for it, so there is no message to send."""


OBSTAKELS: Final[Mapping[Obstakel, str]] = {
    Obstakel.PAAR: "deze soort bericht gaat niet tussen deze twee",
    Obstakel.BERICHT: "deze soort bericht neemt de lijn nog niet aan",
    Obstakel.PROFIEL: "voor dit bericht aan deze rol is er geen profiel",
    Obstakel.CATALOGUS: "voor wat de kaart hier vraagt is er geen uitwisseling",
}
"""In the words of who reads the coverage."""
ALLEEN_WIE: Final = "gaat, met niet meer dan over wie het gaat: meer laat de stroom van dit bericht niet toe"


@dataclass(frozen=True, slots=True)
class Beendekking:
    been: Been
    stand: Beenstand
    obstakels: tuple[Obstakel, ...] = ()
    regels: tuple[str, ...] = ()
    """The rules of the flow, by name and version."""
    alleen_wie: bool = False
    """It goes, and the rules let nothing of the message go but about whom it is."""


class Praktijkstand(StrEnum):
    GESPEELD = "gespeeld"
    SPEELBAAR = "speelbaar"
    """Everything of it goes; there is no file yet that plays it."""
    DEELS = "deels"
    NIET = "niet"
    ZONDER_GEGEVENS = "zonder_gegevens"


STANDEN: Final[Mapping[Praktijkstand, str]] = {
    Praktijkstand.GESPEELD: "wordt gespeeld, van begin tot eind",
    Praktijkstand.SPEELBAAR: "kan worden gespeeld; er is nog geen bestand",
    Praktijkstand.DEELS: "een deel kan, en wordt daarom niet gespeeld",
    Praktijkstand.NIET: "nog niets ervan kan over de lijn",
    Praktijkstand.ZONDER_GEGEVENS: "er gaat niets van een leerling, dus er is niets te spelen",
}


@dataclass(frozen=True, slots=True)
class Rijdekking:
    praktijk: Praktijk
    stand: Praktijkstand
    benen: tuple[Beendekking, ...]

    @property
    def obstakels(self) -> tuple[Obstakel, ...]:
        """Each once, in the order of the list."""
        there = {o for b in self.benen for o in b.obstakels}
        return tuple(o for o in Obstakel if o in there)


class Lijn:
    """What the line can carry on a day, asked of what decides it."""

    def __init__(
        self, regels: Sequence[Stroomregel], profielen: Iterable[Proportionaliteitsprofiel], op: dt.date
    ) -> None:
        self._regels = regels
        self._profielen = tuple(p for p in profielen if p.geldt(op))

    def been(self, been: Been) -> Beendekking:
        if been.van is None or been.aan is None:
            return self._about_nobody(been)
        found = regels_van(been, self._regels)
        names = tuple(r.sleutel for r in found)
        allows = tuple(r for r in found if r.kracht is not Kracht.VERBOD and r.soorten)
        if been.van in MENSEN:
            return Beendekking(been, Beenstand.ZELF, (), names)
        if not allows or all(r.stand is Stand.AANGEHOUDEN for r in allows):
            return Beendekking(been, Beenstand.WACHT, (), names)
        if not any(r.gedragen for r in allows):
            return Beendekking(been, Beenstand.BUITEN, (), names)
        missing = tuple(self._missing(been, allows))
        if missing:
            return Beendekking(been, Beenstand.MIST, missing, names)
        bare = not any(_says_something(allows, s) for s in berichten_van(been))
        return Beendekking(been, Beenstand.GAAT, (), names, alleen_wie=bare)

    def _about_nobody(self, been: Been) -> Beendekking:
        if been.uitwisseling in _REGEL:
            return Beendekking(been, Beenstand.REGEL)
        if been.uitwisseling in _ANONIEM:
            return Beendekking(been, Beenstand.ANONIEM)
        sorts = (*BERICHT_VAN.get(been.uitwisseling, ()), *IN_AANTALLEN.get(been.uitwisseling, ()))
        sorts = tuple(s for s in sorts if s in OVER_NIEMAND)
        if not sorts:
            return Beendekking(been, Beenstand.MIST, (Obstakel.BERICHT,))
        if not any(p.bericht in GEDRAGEN.intersection(sorts) for p in self._profielen):
            return Beendekking(been, Beenstand.MIST, (Obstakel.PROFIEL,))
        return Beendekking(been, Beenstand.GAAT)

    def _missing(self, been: Been, allows: Sequence[Stroomregel]) -> list[Obstakel]:
        assert been.van is not None
        assert been.aan is not None
        van, aan = been.van, been.aan
        sorts = berichten_van(been)
        if not sorts:
            return [Obstakel.CATALOGUS]
        doelen = frozenset(d for r in allows for d in r.doelen)
        if been.uitwisseling in ZONDER_TOESTEMMING:
            doelen &= {Gebruiksdoel.VEILIGHEID}
        missing = min((self._of_message(van, aan, soort, doelen) for soort in sorts), key=len)
        return [o for o in Obstakel if o in missing]

    def _of_message(
        self, van: Partijhoedanigheid, aan: Partijhoedanigheid, soort: str, doelen: frozenset[Gebruiksdoel]
    ) -> set[Obstakel]:
        """What the checks of an envelope and the profiles say of this message between these two."""
        sender = _partij(van, "99")
        to_person = aan in MENSEN  # who sends it gives it to him
        recipient = sender if to_person else _partij(aan, "98")
        role = Rol.ZELF if to_person else recipient.rollen[0]
        told = soort in APART
        envelope = Verzending(
            doel=Gebruiksdoel.ARRANGEMENT,
            ontvangers=(
                Ontvanger(partij=recipient.id, rol=role, persoon_id="0" * 32 if to_person else None),
            ),
            categorieen=(Gegevenscategorie.CONTACT,),
            leerling=Bronverwijzing(leerlingid="1"),
            terugkoppeling=_terugkoppeling(van) if told else None,
            bericht=None if told else EigenBericht(soort=soort, inhoud={}),
        )
        rules = Regels({p.id: p for p in (sender, recipient)}, Beleid({}, ""))
        codes = {f.code for f in envelope_faults(sender, envelope, rules, Standards({}))}
        found = {o for code, o in _CODES.items() if code in codes}
        if not self._profiled(sender, recipient, soort, doelen, aan if to_person else None):
            found.add(Obstakel.PROFIEL)
        return found

    def _profiled(
        self,
        van: Partij,
        aan: Partij,
        soort: str,
        doelen: frozenset[Gebruiksdoel],
        mens: Partijhoedanigheid | None,
    ) -> bool:
        """For one of the doelen of which the rules of this flow speak."""
        sends, reads = (geldt_als(h, p.werkgever) for p in (van, aan) if (h := p.hoedanigheid))
        richting = richting_van(van, aan, sends)
        roles = aan.rollen if mens is None else (Rol.ZELF,)
        return any(
            (p.bericht, p.richting) == (soort, richting)
            and p.doel in doelen
            and p.rol in roles
            and p.tussen(sends, mens or reads)
            for p in self._profielen
        )


def lijn_van(op: dt.date) -> Lijn:
    """What we ship carries on that day."""
    return Lijn(shipped_stromen().op(op), shipped_profiles(), op)


def berichten_van(been: Been) -> tuple[str, ...]:
    """The message types in which a leg goes; none: neither the catalogue nor the card has one for it."""
    if been.bericht is not None:
        return (been.bericht,)
    of_exchange = ZONDER_TOESTEMMING.get(been.uitwisseling) or BERICHT_VAN.get(been.uitwisseling, ())
    return of_exchange or (INZAGE if been.aan in MENSEN else ())


def _terugkoppeling(van: Partijhoedanigheid) -> Terugkoppeling:
    """The least of who sends it: a school says nothing of how help stands."""
    if van is Partijhoedanigheid.ONDERWIJS:
        return Terugkoppeling(adviezen=(Klassenadvies.NEEM_CONTACT_OP,))
    return Terugkoppeling(status=Hulpstatus.ONTVANGEN)


def _says_something(allows: Sequence[Stroomregel], soort: str) -> bool:
    """Whether those rules let anything of this message go but about whom it is."""
    spoken = {c for r in allows for c in r.soorten} - {Gegevenscategorie.CONTACT}
    return any(b.categorie in spoken for b in BERICHTEN[soort].bladen)


_CODES: Final = {
    "bericht.afzender": Obstakel.PAAR,
    "bericht.ontvanger": Obstakel.PAAR,
    "bericht.concept": Obstakel.BERICHT,
    "soort.onbekend": Obstakel.BERICHT,
}
"""What an envelope is refused for, and what that means here."""


def _partij(h: Partijhoedanigheid, number: str) -> Partij:
    """Somebody in that capacity, in all its functions; schoolmaatschappelijk werk employed by jeugdhulp."""
    soort = SOORT.get(h, Partijsoort.ANDERE)
    school = soort is Partijsoort.SCHOOL
    return Partij(
        id=f"brin:99ZZ{number}" if school else f"agb:999999{number}",
        soort=soort,
        naam=h,
        hoedanigheid=h,
        werkgever=Partijhoedanigheid.JEUGDHULP if geldt_als(h, None) is None else None,
        rollen=EIGENSCHAPPEN[h].functies,
        aflevering=Postbus(soort="postbus"),
        brin="99ZZ" if school else None,
        vestigingscode=number if school else None,
    )


def dekking(praktijken: Iterable[Praktijk], lijn: Lijn, gespeeld: Iterable[str]) -> tuple[Rijdekking, ...]:
    """Every practice with all its legs. `gespeeld`: those of which a whole file is shipped."""
    played = frozenset(gespeeld)
    return tuple(_row(p, lijn, played) for p in praktijken)


def _row(praktijk: Praktijk, lijn: Lijn, played: frozenset[str]) -> Rijdekking:
    legs = tuple(lijn.been(b) for b in praktijk.gelezen)
    return Rijdekking(praktijk, _stand(praktijk, legs, played), legs)


def _stand(praktijk: Praktijk, legs: Sequence[Beendekking], played: frozenset[str]) -> Praktijkstand:
    if praktijk.geen_gegevens is not None:
        return Praktijkstand.ZONDER_GEGEVENS
    going = any(b.stand is Beenstand.GAAT for b in legs)
    if any(b.stand is Beenstand.MIST for b in legs) or not going:
        return Praktijkstand.DEELS if going else Praktijkstand.NIET
    return Praktijkstand.GESPEELD if praktijk.id in played else Praktijkstand.SPEELBAAR


def totalen(rows: Sequence[Rijdekking]) -> dict[str, dict[str, int]]:
    """How many rows stand where, how many legs, and what stands in the way of how many rows."""
    stands = Counter(r.stand for r in rows)
    legs = Counter(b.stand for r in rows for b in r.benen)
    obstacles = Counter(o for r in rows for o in r.obstakels)
    return {
        "praktijken": {s.value: stands[s] for s in Praktijkstand},
        "benen": {s.value: legs[s] for s in Beenstand},
        "obstakels": {o.value: obstacles[o] for o in Obstakel},
    }


def as_data(row: Rijdekking) -> dict[str, Any]:
    p = row.praktijk
    return {
        "id": p.id,
        "naam": p.naam,
        "regio": p.regio,
        "stand": row.stand,
        "geenGegevens": p.geen_gegevens,
        "zonderCode": list(p.zonder_code),
        "afwijking": p.afwijking,
        "obstakels": list(row.obstakels),
        "benen": [
            {
                "been": str(b.been),
                "stand": b.stand,
                "reden": "RULE_UNKNOWN" if b.stand is Beenstand.WACHT else None,
                "obstakels": list(b.obstakels),
                "alleenWie": b.alleen_wie,
                "regels": list(b.regels),
            }
            for b in row.benen
        ],
    }


def leg_lines(row: Rijdekking) -> list[str]:
    """One practice in full: every leg, and what the card says otherwise than the facts."""
    lines = []
    for b in row.benen:
        why = "; ".join(OBSTAKELS[o] for o in b.obstakels) or (
            ALLEEN_WIE if b.alleen_wie else BEENSTANDEN[b.stand]
        )
        rules = f" [{', '.join(b.regels)}]" if b.regels else ""
        lines.append(f"  {b.been}: {b.stand}. {why}{rules}")
    if row.praktijk.afwijking is not None:
        lines.append(f"  Kaart en feiten: {row.praktijk.afwijking}")
    return lines


def summary_lines(rows: Sequence[Rijdekking]) -> list[str]:
    """The totals in words; what occurs nowhere is not mentioned."""
    counts = totalen(rows)
    lines = [f"{len(rows)} praktijken:"]
    lines += [f"  {n:3} {s}: {STANDEN[Praktijkstand(s)]}" for s, n in counts["praktijken"].items() if n]
    lines.append("Hun benen, van wie aan wie:")
    lines += [f"  {n:3} {s}: {BEENSTANDEN[Beenstand(s)]}" for s, n in counts["benen"].items() if n]
    if any(counts["obstakels"].values()):
        lines.append("Wat in de weg staat, en bij hoeveel praktijken:")
    lines += [f"  {n:3} {o}: {OBSTAKELS[Obstakel(o)]}" for o, n in counts["obstakels"].items() if n]
    return lines


def why(row: Rijdekking) -> list[str]:
    """What is in the way of one row, in words; also what waits, and who has no code."""
    p = row.praktijk
    said = [] if p.geen_gegevens is None else [p.geen_gegevens.rstrip(".")]
    for o in row.obstakels:
        legs = ", ".join(str(b.been) for b in row.benen if o in b.obstakels)
        said.append(f"{OBSTAKELS[o]}: {legs}")
    holds = [str(b.been) for b in row.benen if b.stand is Beenstand.WACHT]
    if holds:
        said.append(f"wacht (RULE_UNKNOWN): {', '.join(holds)}")
    if bare := [str(b.been) for b in row.benen if b.alleen_wie]:
        said.append(f"{ALLEEN_WIE}: {', '.join(bare)}")
    if p.zonder_code:
        said.append(f"geen code voor: {', '.join(p.zonder_code)}")
    return said


def row_line(row: Rijdekking) -> str:
    """One row in one line: where it stands, and what is in the way."""
    p, said = row.praktijk, "; ".join(why(row))
    return f"{p.id} {row.stand}: {p.naam} ({p.regio})." + (f" {said}." if said else "")
