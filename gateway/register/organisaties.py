"""An organisation in the register file, with the capacities in which it acts: the partijen that it becomes.

Each capacity is a partij of its own, with an id of its own, so that everything that keeps two partijen apart
keeps two capacities of one organisation apart too. Its kind, its regime and its walls follow from the
capacity and cannot be typed in. Which capacity keeps the id of before is said in the file, for what is kept
under that id stays there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, TypeVar

import orjson
from pydantic import Field, ValidationError

from gateway.register.tegenspraak import named_in
from schemas.base import Model, Tekst
from schemas.errors import Fault
from schemas.identifiers import Agb, Brin, Gemeentecode, Oin, PartijId, Vestigingscode
from schemas.people.hoedanigheden import EIGENSCHAPPEN, MENSEN, geldt_als
from schemas.people.partij import Client, Kenmerken, Nummer, Partij, Partijsoort, Postbus
from schemas.people.partijcodes import Kenmerksoort, Partijfunctie, Partijhoedanigheid

P, K = Partijhoedanigheid, Kenmerksoort
M = TypeVar("M", bound=Model)

SOORT: Final[Mapping[Partijhoedanigheid, Partijsoort]] = {
    P.ONDERWIJS: Partijsoort.SCHOOL,
    P.JEUGDHULP: Partijsoort.JEUGDHULPAANBIEDER,
    P.JEUGDHULP_GGZ: Partijsoort.JEUGDHULPAANBIEDER,
    P.GECERTIFICEERDE_INSTELLING: Partijsoort.GECERTIFICEERDE_INSTELLING,
    P.TOEGANG: Partijsoort.GEMEENTE,
    P.JEUGDTEAM: Partijsoort.GEMEENTE,
    P.LEERPLICHT_RMC: Partijsoort.GEMEENTE,
    P.VEILIG_THUIS: Partijsoort.VEILIG_THUIS,
    P.VERWIJSINDEX: Partijsoort.VERWIJSINDEX,
}
"""As which kind of partij a capacity is registered. All others are `andere`, and their capacity says what
they are.
"""

_VELD: Final[Mapping[Kenmerksoort, str]] = {
    K.BRIN: "brin",
    K.VESTIGING: "vestigingscode",
    K.RIO: "rio",
    K.BESTUURSNUMMER: "bestuursnummer",
    K.OIN: "oin",
    K.SWV_NUMMER: "swvNummer",
    K.KVK: "kvk",
    K.AGB: "agb",
    K.GEMEENTECODE: "gemeentecode",
    K.LRK: "lrk",
}
"""The field of each kind of number in the file."""
_ONE: Final = frozenset({"brin", "vestigingscode", "gemeentecode"})
"""Numbers of which an organisation has one. Of the others each of its capacities may have its own."""


class Bestandsclient(Client):
    """One system of the organisation, for all its capacities or for those that it names."""

    hoedanigheden: tuple[Partijhoedanigheid, ...] = ()


class Bestandshoedanigheid(Model):
    """One capacity as it stands in the file."""

    hoedanigheid: Partijhoedanigheid
    id: PartijId | None = None
    """None: that of the organisation."""
    rollen: tuple[Partijfunctie, ...] = ()
    aflevering: Postbus | None = None
    werkgever: Partijhoedanigheid | None = None


class Organisatie(Kenmerken):
    """One organisation as it stands in the file."""

    id: PartijId
    naam: Tekst
    oin: Oin | None = None
    brin: Brin | None = None
    vestigingscode: Vestigingscode | None = None
    agb: Agb | None = None
    gemeentecode: Gemeentecode | None = None
    nummers: Annotated[tuple[Nummer, ...], Field(max_length=20)] = ()
    hoedanigheden: Annotated[tuple[Bestandshoedanigheid, ...], Field(max_length=50)]
    clients: tuple[Bestandsclient, ...] = ()

    def partijen(self) -> Iterator[Partij]:
        """A partij for each capacity, in the order of the file."""
        several = len(self.hoedanigheden) > 1
        kenmerken = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        for h in self.hoedanigheden:
            ident = h.id or self.id
            own = kenmerken | dict(named_in(ident))
            mine = {v: own[v] for v in _fields(h.hoedanigheid, h.werkgever) if v in own}
            more = {v: mine.pop(v) for v in ("rio", "bestuursnummer", "swvNummer", "kvk", "lrk") if v in mine}
            mine["nummers"] = _of_capacity(self.nummers, _fields(h.hoedanigheid, h.werkgever))
            row = mine | {
                "id": ident,
                "soort": SOORT.get(h.hoedanigheid, Partijsoort.ANDERE),
                "naam": self.naam,
                "rollen": h.rollen,
                "hoedanigheid": h.hoedanigheid,
                "werkgever": h.werkgever,
                "organisatie": self.id if several else None,
                "kenmerken": more or None,
                "aflevering": None if h.aflevering is None else h.aflevering.model_dump(mode="json"),
                "clients": [
                    c.model_dump(mode="json", by_alias=True, exclude={"hoedanigheden"}, exclude_none=True)
                    for c in self.clients
                    if not c.hoedanigheden or h.hoedanigheid in c.hoedanigheden
                ],
            }
            yield Partij.model_validate_json(orjson.dumps(row))


def organisation_faults(place: str, table: Mapping[str, Any]) -> Iterator[Fault]:
    """What contradicts itself in the table of an organisation, at this place.

    What is not well-formed has its own fault and is passed over here, so that it hides no other.
    """
    rows = table.get("hoedanigheden")
    found = dict(_readable(Bestandshoedanigheid, rows))
    if rows == []:
        text = "Noem ten minste één hoedanigheid."
        yield Fault("register.hoedanigheid", f"{place}/hoedanigheden", text)
    yield from _number_faults(place, table, found)
    seen: set[Partijhoedanigheid] = set()
    for j, h in found.items():
        here = f"{place}/hoedanigheden/{j}"
        if h.hoedanigheid in seen:
            text = "Deze hoedanigheid staat er twee keer in."
            yield Fault("register.dubbel", f"{here}/hoedanigheid", text)
        seen.add(h.hoedanigheid)
        if h.hoedanigheid in MENSEN:
            text = "Dit is een mens, en geen hoedanigheid van een organisatie."
            yield Fault("register.hoedanigheid", f"{here}/hoedanigheid", text)
        else:
            yield from _name_faults(here, h, table)
            yield from _role_faults(here, h)
    for j in [j for j, h in found.items() if h.id is None][1:]:
        text = "Geef deze hoedanigheid een eigen id: dat van de organisatie is van een andere."
        yield Fault("register.hoedanigheid", f"{place}/hoedanigheden/{j}/id", text)
    for j, client in _readable(Bestandsclient, table.get("clients")):
        for k, named in enumerate(client.hoedanigheden):
            if named not in seen:
                text = "Deze hoedanigheid heeft de organisatie niet."
                where = f"{place}/clients/{j}/hoedanigheden/{k}"
                yield Fault("register.hoedanigheid", where, text)


def _number_faults(
    place: str, table: Mapping[str, Any], found: Mapping[int, Bestandshoedanigheid]
) -> Iterator[Fault]:
    """Numbers that its id contradicts, and numbers that belong to none of its capacities."""
    for field, value in named_in(table.get("id")):
        if isinstance(table.get(field), str) and table[field] != value:
            text = "Dit is iets anders dan in het id van de partij staat."
            yield Fault("register.kenmerk", f"{place}/{field}", text)
    kinds = {h.hoedanigheid for h in found.values()}
    if not found or len(found) != len(table["hoedanigheden"]) or kinds & MENSEN:
        return  # it is not known which numbers belong
    own = {v for h in found.values() for v in _fields(h.hoedanigheid, h.werkgever)}
    for field in sorted(set(_VELD.values()) - own):
        if table.get(field) is not None:
            text = "Geen van deze hoedanigheden heeft dit kenmerk."
            yield Fault("register.soort", f"{place}/{field}", text)


def _name_faults(here: str, h: Bestandshoedanigheid, table: Mapping[str, Any]) -> Iterator[Fault]:
    """An id that it cannot have, and numbers that it must have."""
    named = dict(named_in(h.id or table.get("id")))
    if not _fields(h.hoedanigheid, h.werkgever).issuperset(named):
        text = "Een partij in deze hoedanigheid kan zo niet heten: dit kenmerk is van een andere."
        yield Fault("register.soort", f"{here}/id", text)
    others = (f for f in _ONE & named.keys() if isinstance(table.get(f), str) and table[f] != named[f])
    if h.id is not None and any(others):
        text = "Dit is iets anders dan bij de organisatie staat."
        yield Fault("register.kenmerk", f"{here}/id", text)
    told = {**table, **named}
    if h.hoedanigheid is P.ONDERWIJS and not (told.get("brin") and told.get("vestigingscode")):
        text = "Een school heeft een brin en een vestigingscode."
        yield Fault("register.school", here, text)


def _role_faults(here: str, h: Bestandshoedanigheid) -> Iterator[Fault]:
    """Roles that do not belong to it, and an employer where one belongs."""
    for k, rol in enumerate(h.rollen):
        if rol not in EIGENSCHAPPEN[h.hoedanigheid].functies:
            text = "Bij deze hoedanigheid hoort deze rol niet."
            yield Fault("register.rol", f"{here}/rollen/{k}", text)
    if h.hoedanigheid is P.SCHOOLMAATSCHAPPELIJK_WERK:
        if geldt_als(h.hoedanigheid, h.werkgever) is None:
            text = "Noem in welke hoedanigheid de werkgever handelt: van hem hangt de geheimhouding af."
            yield Fault("register.werkgever", f"{here}/werkgever", text)
    elif h.werkgever is not None:
        text = "Alleen bij schoolmaatschappelijk werk hoort een werkgever."
        yield Fault("register.werkgever", f"{here}/werkgever", text)


def _of_capacity(nummers: tuple[Nummer, ...], fields: frozenset[str]) -> list[dict[str, str]]:
    """Of the later numbers of an organisation those that it has in a capacity."""
    rows = (n.model_dump(mode="json", by_alias=True, exclude_none=True) for n in nummers)
    kept = ({f: v for f, v in row.items() if f == "vanaf" or f in fields} for row in rows)
    return [row for row in kept if len(row) > 1]


def _fields(hoedanigheid: Partijhoedanigheid, werkgever: Partijhoedanigheid | None) -> frozenset[str]:
    """The fields of the numbers that an organisation can have in a capacity. Anybody can have an OIN."""
    of = werkgever if hoedanigheid is P.SCHOOLMAATSCHAPPELIJK_WERK and werkgever else hoedanigheid
    return frozenset({"oin", *(_VELD[k] for k in EIGENSCHAPPEN[of].kenmerken)})


def _readable(model: type[M], rows: object) -> Iterator[tuple[int, M]]:
    for j, each in enumerate(rows if isinstance(rows, list) else ()):
        try:
            yield j, model.model_validate_json(orjson.dumps(each))
        except ValidationError:
            continue
