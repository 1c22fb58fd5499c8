"""The difference between a school's registration and what is known: pure comparison, nothing is stored.

Per leerling by the school's own leerlingid. Two ids that look the same are told and stay two leerlingen. What
a file says of verzorgers is compared with the recorded gezag and becomes a hint for a person, never gezag.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson

from gateway.case.case import Case, Identity
from schemas.identifiers import ODDITIES, comparable, oddities
from schemas.messages.registratie import (
    Schoolgroep,
    Schoolleerling,
    Schoolregistratie,
    Sleutelsoort,
    Verzorgeraanwijzing,
)
from schemas.people.registratie import Gezagsaanwijzing, Leerlinggegevens
from schemas.people.toestemming import Gezagsgegevens, Gezagspersoon, Hoedanigheid
from schemas.storage.storage import LeerlingRow

MAX_LEERLINGID: Final = 100
"""As long as a leerlingid may be in any other request."""
REDENEN: Final = {
    "leerling.zonderSleutel": "Het bestand geeft geen sleutel van het schoolsysteem; zonder die is de "
    "leerling later niet terug te vinden.",
    "sleutel.eckId": "De sleutel is een ECK iD. Dat is alleen voor leermiddelen en wordt hier niet gebruikt.",
    "sleutel.teLang": f"Een leerlingid heeft hier ten hoogste {MAX_LEERLINGID} tekens.",
    "leerling.zonderGeboortedatum": "Het bestand noemt geen geboortedatum, en er is er nog geen bekend.",
    "leerling.andereGeboortedatum": "Er is een andere geboortedatum vastgelegd. Die bepaalt wie tekent, en "
    "verandert alleen als u nieuwe gezagsgegevens vastlegt.",
    "leerling.vertrokken": "Volgens het bestand is deze leerling van school, en hij is hier niet bekend.",
    "leerling.gewist": "Wat over deze leerling was vastgelegd is gewist.",
    **ODDITIES,
}
"""Why a leerling cannot be taken over: the Dutch text of each code."""
_FIELDS: Final = tuple(Leerlinggegevens.model_fields)
_KEPT: Final = frozenset(_FIELDS) - {"uitstroomdatum"}
"""What a file does not say stays as it was. A day of leaving that is gone means that he is still there."""


class Stand(StrEnum):
    NIEUW = "nieuw"
    """Nobody with this leerlingid is known. By taking over he becomes known."""
    GEWIJZIGD = "gewijzigd"
    """Known, and the file says something else or something more."""
    ONGEWIJZIGD = "ongewijzigd"
    NIET_OVER_TE_NEMEN = "niet_over_te_nemen"


@dataclass(frozen=True, slots=True)
class Veld:
    """A field that is not what it was, under its name on the wire."""

    veld: str
    was: str | None
    wordt: str | None


@dataclass(frozen=True, slots=True)
class Hint:
    """What the file and the recorded gezag have against each other about one person.

    `persoon` is his id in the recorded gezag, `gezegd` what the file says of him.
    """

    aanwijzing: Gezagsaanwijzing
    persoon: Gezagspersoon | None = None
    gezegd: Verzorgeraanwijzing | None = None


@dataclass(frozen=True, slots=True)
class Regel:
    """One leerling of the file beside what is known of him. `plaats` counts the leerlingen from 1."""

    plaats: int
    leerlingid: str | None
    ref: str | None
    stand: Stand
    redenen: tuple[str, ...] = ()
    velden: tuple[Veld, ...] = ()
    lijkt_op: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    wordt: Leerlinggegevens | None = None
    """What would count from then on; None when he cannot be taken over."""
    basis: bytes = b""
    """What this comparison rests on, as bytes that change when any of it does."""

    @property
    def aanwijzingen(self) -> tuple[Gezagsaanwijzing, ...]:
        return tuple(sorted({h.aanwijzing for h in self.hints}))


@dataclass(frozen=True, slots=True)
class Bekend:
    """What is known of one leerling: his record with everything in it, or no more than who looks like him."""

    row: LeerlingRow | None = None
    case: Case | None = None
    lijkt_op: tuple[LeerlingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Bestand:
    """A registration, prepared to be compared leerling by leerling.

    `adult` says of a birth date whether who was born then is of age on the day of comparing.
    """

    registratie: Schoolregistratie
    groepen: Mapping[str, Schoolgroep]
    """Of this registration, by their keys."""
    today: dt.date
    adult: Callable[[dt.date], bool]

    @classmethod
    def of(cls, registratie: Schoolregistratie, today: dt.date, adult: Callable[[dt.date], bool]) -> Bestand:
        return cls(registratie, {g.sleutel: g for g in registratie.groepen}, today, adult)

    def stamgroep(self, leerling: Schoolleerling) -> str | None:
        """The name of his group, else its key; None when he is in none, or the file does not name groups."""
        for key in leerling.groepen:
            group = self.groepen.get(key)
            if group is not None and not group.samengesteld:
                return group.naam or group.sleutel
        return None

    def identity(self, leerling: Schoolleerling) -> Identity | None:
        """How his school names him. None when the file gives nothing that can find him again."""
        key, school = leerling.sleutel.waarde, self.registratie.school
        if key is None or len(key) > MAX_LEERLINGID or school.brin is None:
            return None
        return Identity(school.brin, school.vestigingscode, key, leerling.geboortedatum, "/leerlingen")

    def gone(self, leerling: Schoolleerling) -> bool:
        left = leerling.uitstroomdatum
        return leerling.historisch or (left is not None and left < self.today)

    def compare(self, plaats: int, leerling: Schoolleerling, bekend: Bekend) -> Regel:
        """What would change for this leerling, and why not when he cannot be taken over."""
        case = bekend.case
        key, who = leerling.sleutel.waarde, self.identity(leerling)
        ref = None if bekend.row is None else bekend.row.ref
        reasons = tuple(self._reasons(leerling, bekend))
        shown = key if who is not None else None
        alike = tuple(sorted(row.ref for row in bekend.lijkt_op))
        hints = tuple(self._hints(leerling, case))
        if reasons:
            return Regel(plaats, shown, ref, Stand.NIET_OVER_TE_NEMEN, reasons, (), alike, hints)
        was = None if case is None or case.registratie is None else case.registratie.gegevens
        wordt = self._target(leerling, was, case)
        velden = tuple(_changes(was, wordt))
        known = Stand.GEWIJZIGD if velden else Stand.ONGEWIJZIGD
        stand = Stand.NIEUW if case is None else known
        return Regel(plaats, shown, ref, stand, (), velden, alike, hints, wordt, _basis(bekend, wordt))

    def _reasons(self, leerling: Schoolleerling, bekend: Bekend) -> Iterator[str]:
        key, born = leerling.sleutel.waarde, leerling.geboortedatum
        if key is None:
            eck = leerling.sleutel.soort is Sleutelsoort.ECK_ID
            yield "sleutel.eckId" if eck else "leerling.zonderSleutel"
            return
        if len(key) > MAX_LEERLINGID:
            yield "sleutel.teLang"
            return
        if bekend.row is not None and not bekend.row.key:
            yield "leerling.gewist"
            return
        if bekend.case is None:
            yield from oddities(key)
            if born is None:
                yield "leerling.zonderGeboortedatum"
            if self.gone(leerling):
                yield "leerling.vertrokken"
            return
        if born is not None and born not in bekend.case.authorities.births:
            yield "leerling.andereGeboortedatum"

    def _target(
        self, leerling: Schoolleerling, was: Leerlinggegevens | None, case: Case | None
    ) -> Leerlinggegevens:
        name = leerling.naamdelen
        born = leerling.geboortedatum or (None if case is None else case.authorities.geboortedatum)
        said = {
            "achternaam": name.achternaam,
            "voorvoegsel": name.voorvoegsel,
            "roepnaam": name.roepnaam,
            "geboortedatum": born,
            "jaargroep": None if leerling.jaargroep is None else leerling.jaargroep.code,
            "groep": self.stamgroep(leerling),
            "schooljaar": self.registratie.schooljaar,
            "instroomdatum": leerling.instroomdatum,
            "uitstroomdatum": leerling.uitstroomdatum,
        }
        if was is not None:
            said = was.model_dump() | {n: v for n, v in said.items() if v is not None or n not in _KEPT}
        return Leerlinggegevens.model_validate(said)

    def _hints(self, leerling: Schoolleerling, case: Case | None) -> Iterator[Hint]:
        known = None if case is None else case.authorities.snapshot
        born = case.authorities.geboortedatum if case is not None else leerling.geboortedatum
        said = leerling.verzorgers
        holders = (known is not None and any(p.gezag for p in known.personen)) or any(
            v.gezag_volgens_bron for v in said
        )
        if holders and born is not None and self.adult(born):
            yield Hint(Gezagsaanwijzing.MEERDERJARIG)
        if known is None:
            yield from (Hint(Gezagsaanwijzing.NIET_VASTGELEGD, gezegd=v) for v in said)
            if case is not None and not said:
                yield Hint(Gezagsaanwijzing.NIET_VASTGELEGD)
        elif said:
            yield from _against(known, said)


def _changes(was: Leerlinggegevens | None, wordt: Leerlinggegevens) -> Iterator[Veld]:
    before = {} if was is None else was.model_dump(mode="json", by_alias=True)
    after = wordt.model_dump(mode="json", by_alias=True)
    for name, value in after.items():
        if before.get(name) != value:
            yield Veld(name, before.get(name), value)


def _basis(bekend: Bekend, wordt: Leerlinggegevens) -> bytes:
    """What counts now about him, about his gezag and about who looks like him, and what would count."""
    case = bekend.case
    counts = None if case is None else case.registratie
    gezag = None if case is None else case.authorities.snapshot
    rests = {
        "leerling": None if bekend.row is None else bekend.row.id,
        "telt": None if counts is None else counts.id,
        "gezag": None if gezag is None else gezag.id,
        "lijktOp": sorted(row.id for row in bekend.lijkt_op),
        "wordt": wordt.model_dump(mode="json"),
    }
    return orjson.dumps(rests, option=orjson.OPT_SORT_KEYS)


def _against(known: Gezagsgegevens, said: Sequence[Verzorgeraanwijzing]) -> Iterator[Hint]:
    """What the file says of verzorgers against the recorded gezag. Persons are compared by name only."""
    nameless = any(p.naam is None for p in known.personen)
    hidden = any(v.naam is None for v in said)
    met: set[str] = set()
    for v in said:
        same = [p for p in known.personen if _same_name(p, v)]
        met |= {p.persoon for p in same}
        if len(same) == 1:
            yield from _differences(same[0], v)
        elif same or nameless or v.naam is None:
            yield Hint(Gezagsaanwijzing.NIET_TE_VERGELIJKEN, gezegd=v)
        else:
            yield Hint(Gezagsaanwijzing.PERSOON_NIET_VASTGELEGD, gezegd=v)
    for p in known.personen:
        if p.persoon not in met and p.naam is not None and not hidden:
            yield Hint(Gezagsaanwijzing.PERSOON_NIET_GENOEMD, p)


def _same_name(person: Gezagspersoon, said: Verzorgeraanwijzing) -> bool:
    if person.naam is None or said.naam is None:
        return False
    return comparable(person.naam) == comparable(said.naam)


def _differences(person: Gezagspersoon, said: Verzorgeraanwijzing) -> Iterator[Hint]:
    if said.gezag_volgens_bron is not None and said.gezag_volgens_bron is not person.gezag:
        yield Hint(Gezagsaanwijzing.GEZAG_VERSCHILT, person, said)
    kinds = {person.hoedanigheid}
    if person.hoedanigheid is Hoedanigheid.GI_VOOGD:
        kinds.add(Hoedanigheid.VOOGD)  # a school system has no word of its own for it
    if said.hoedanigheid is not None and said.hoedanigheid not in kinds:
        yield Hint(Gezagsaanwijzing.HOEDANIGHEID_VERSCHILT, person, said)
