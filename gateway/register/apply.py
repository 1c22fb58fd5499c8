"""`ozlijn apply`: partijen, keys, endpoints and profiles from one file, which is the whole truth. Idempotent.

Convenanten and the values of a region stand in files of their own and belong to the same whole.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import Field, ValidationError

from consent.beleid import Beleid, Proportionaliteitsprofiel, check_profiel, number_faults
from consent.kennisgeving import check_kennisgevingen
from consent.leeftijd import day
from consent.recht import Wet, parse_wet, with_changes
from consent.recht_nu import HUIDIG
from consent.regio import ONZE, Regiobeleid, loosened, parse_regio
from gateway.account.leaves import ACTIVITEIT, instant, new_id
from gateway.account.signatures import public_key
from gateway.account.stamps import Stamps, register_hash
from gateway.faults import faults_of
from gateway.ports.keys import LeafMaker
from gateway.ports.storage import Storage
from gateway.register.convenant import signed_convenant, text_of
from gateway.register.machtigingen import MACHTIGINGEN, read_machtigingen, told
from gateway.register.machtigingen import clients as clients_of
from gateway.register.mensen import MENSEN, Bestandsmens, read_mensen
from gateway.register.mensen import told as people_told
from gateway.register.organisaties import Bestandsclient, Organisatie, organisation_faults
from gateway.register.partijen import check_register
from gateway.register.regels import MANDAAT_LIJST, MANDATEN, RECHT, REGIO, shipped_profiles
from gateway.register.stroomregels import shipped_stromen
from gateway.register.tegenspraak import contradictions, named_in
from gateway.runtime.lezen import read_at_most
from gateway.runtime.namens import handelend
from schemas.account.verantwoording import EventType, Leaf, LedgerEvent
from schemas.base import Model
from schemas.errors import Conflict, Fault, GatewayError, InvalidMessage, Outdated, StateBroken, WrongUse
from schemas.identifiers import PartijId
from schemas.people.hoedanigheden import Gelezen, gelezen
from schemas.people.mensen import Eis, Uitgever
from schemas.people.partij import (
    NUMMERS,
    Client,
    Kenmerken,
    Leverancier,
    Machtiging,
    Opvolging,
    Partij,
    Partijregistratie,
    Partijsoort,
    Registermandaat,
)
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.storage.storage import Register
from schemas.toml import read_toml

MAX_BYTES = 5_000_000
M = TypeVar("M", bound=Model)


class RegisterBestand(Model):
    partijen: Annotated[tuple[dict[str, Any], ...], Field(max_length=10_000)] = ()
    """Each is a Partijregistratie, or an Organisatie when it names capacities."""
    profielen: tuple[dict[str, Any], ...] = ()
    kennisgevingen: Annotated[tuple[dict[str, Any], ...], Field(max_length=1_000)] = ()
    mandaten: Annotated[tuple[Registermandaat, ...], Field(max_length=10_000)] = ()
    leveranciers: Annotated[tuple[Leverancier, ...], Field(max_length=1_000)] = ()
    machtigingen: Annotated[tuple[Machtiging, ...], Field(max_length=20_000)] = ()
    opvolgingen: Annotated[tuple[Opvolging, ...], Field(max_length=10_000)] = ()
    uitgevers: Annotated[tuple[Uitgever, ...], Field(max_length=100)] = ()
    mensen: Annotated[tuple[Bestandsmens, ...], Field(max_length=20_000)] = ()
    eisen: Annotated[tuple[Eis, ...], Field(max_length=20)] = ()


@dataclass(frozen=True, slots=True)
class Verschil:
    """What applying a file changes, by id."""

    nieuw: tuple[str, ...]
    gewijzigd: tuple[str, ...]
    verwijderd: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.nieuw or self.gewijzigd or self.verwijderd)


def read_register(
    path: Path,
    convenanten: Sequence[Path] = (),
    convenant_key: str | None = None,
    regio: Path | None = None,
    recht: Path | None = None,
) -> Register:
    """The files as a register without a version. Raises WrongUse, or InvalidMessage with all faults.

    A convenant is only taken with a signature under `convenant_key`, in a file beside it (see
    `gateway/register/convenant.py`). `regio` has the values that a region makes stricter, `recht`
    the changes of the law, each with its first day. Files that give no policy together with the profiles we
    ship are a fault too.
    """
    raw = read_at_most(path, MAX_BYTES)
    try:
        data = read_toml(raw.decode())
        text = orjson.dumps(data)  # TOML knows larger numbers and deeper nesting than any register has
    except (ValueError, TypeError, RecursionError) as error:
        raise WrongUse(f"{path} is geen geldige TOML{_line(error)}") from error
    faults: list[Fault] = []
    try:
        RegisterBestand.model_validate_json(text)
    except ValidationError as error:
        faults += faults_of(error, RegisterBestand)
    partijen: list[tuple[str, Partij]] = []
    clients: list[tuple[str, Client]] = []
    for i, each in _tables(data.get("partijen")):
        read, odd = _read_one(i, each)
        faults += odd
        partijen += read
        clients += _clients(f"/partijen/{i}", each)
    if not data.get("partijen"):
        faults.append(Fault("register.leeg", "/partijen", "Er staat geen partij in het bestand."))
    faults += _between(partijen)
    leveranciers = list(_readable(Leverancier, data.get("leveranciers")))
    faults += _client_faults([*clients, *clients_of(leveranciers)])
    profielen: dict[str, Proportionaliteitsprofiel] = {}
    places: dict[str, int] = {}
    for i, each in _tables(data.get("profielen")):
        try:
            profiel = check_profiel(each)
        except InvalidMessage as error:
            faults += (replace(f, place=f"/profielen/{i}{f.place}") for f in error.faults)
            continue
        if profiel.id in profielen:
            faults.append(
                Fault("register.dubbel", f"/profielen/{i}/id", "Dit profiel staat er twee keer in.")
            )
        numbered = number_faults(profiel, shipped_stromen())
        faults += (replace(f, place=f"/profielen/{i}{f.place}") for f in numbered)
        profielen[profiel.id] = profiel
        places[profiel.id] = i
    faults += clashes(profielen, places)
    rows = data.get("kennisgevingen")
    texts, wrong = check_kennisgevingen(rows if isinstance(rows, list) else ())
    faults += (replace(f, place=f"/kennisgevingen{f.place}") for f in wrong)
    signed = _signed(convenanten, convenant_key, faults)
    beleid = _regional(regio, faults) | _of_law(recht, faults)
    known = {p.id: p for _, p in partijen}
    beleid |= _mandaten(data.get("mandaten"), known, faults)
    row, odd = read_machtigingen(
        leveranciers,
        list(_readable(Machtiging, data.get("machtigingen"))),
        list(_readable(Opvolging, data.get("opvolgingen"))),
        known,
    )
    people, wrong_people = read_mensen(
        list(_readable(Uitgever, data.get("uitgevers"))),
        list(_readable(Bestandsmens, data.get("mensen"))),
        list(_readable(Eis, data.get("eisen"))),
        known,
    )
    beleid, faults = beleid | row | people, [*faults, *odd, *wrong_people]
    if faults:
        raise InvalidMessage(tuple(faults))
    return Register(
        0,
        {p.id: p.model_dump_json(exclude_defaults=True) for p in known.values()},
        {i: p.model_dump_json(exclude_defaults=True) for i, p in profielen.items()},
        signed,
        beleid,
        {t.ref: t.model_dump_json(exclude_defaults=True) for t in texts},
    )


def _signed(paths: Sequence[Path], key: str | None, faults: list[Fault]) -> dict[str, str]:
    """Each convenant by its id, in the form in which it is stored. Adds faults to `faults`, with the file's
    name in the place.
    """
    found: dict[str, str] = {}
    for path in paths:
        try:
            convenant, stored = signed_convenant(path, key)
        except InvalidMessage as error:
            faults += (replace(f, place=f"{path.name}{f.place}") for f in error.faults)
            continue
        if convenant.id in found:
            text = "Dit convenant staat er twee keer in."
            faults.append(Fault("register.dubbel", f"{path.name}/id", text))
        found[convenant.id] = stored
    return found


def _regional(path: Path | None, faults: list[Fault]) -> dict[str, str]:
    if path is None:
        return {}
    try:
        found = parse_regio(text_of(path))
    except InvalidMessage as error:
        faults += (replace(f, place=f"{path.name}{f.place}") for f in error.faults)
        return {}
    faults += in_the_future(found, path.name)
    return {REGIO: found.model_dump_json(exclude_defaults=True)}


def in_the_future(beleid: Regiobeleid, place: str) -> Iterator[Fault]:
    besluit = beleid.toestemming_loopt_door
    if besluit is not None and besluit.besloten_op > day(dt.datetime.now(dt.UTC)):
        where = f"{place}/toestemmingLooptDoor/beslotenOp"
        yield Fault("beleid.toekomst", where, "Dit besluit is nog niet genomen.")


def _mandaten(found: object, known: Mapping[str, Partij], faults: list[Fault]) -> dict[str, str]:
    """The mandaten of the file as the one row they are stored in; none without them."""
    rows: list[Registermandaat] = []
    for i, each in _tables(found):
        try:
            row = Registermandaat.model_validate_json(orjson.dumps(each))
        except ValidationError:
            continue  # RegisterBestand gave the fault
        place = f"/mandaten/{i}"
        for name, partij in (("gever", row.gever), ("nemer", row.nemer)):
            if partij not in known:
                faults.append(
                    Fault("register.mandaat", f"{place}/{name}", "Deze partij staat niet in het register.")
                )
        if row.gever == row.nemer:
            text = "Wie zelf besluit, heeft geen mandaat van zichzelf nodig."
            faults.append(Fault("register.mandaat", f"{place}/nemer", text))
        if row.geldig_tot_en_met is not None and row.geldig_tot_en_met < row.geldig_vanaf:
            text = "De einddatum ligt voor de begindatum."
            faults.append(Fault("datum.volgorde", f"{place}/geldigTotEnMet", text))
        rows.append(row)
    return {MANDATEN: MANDAAT_LIJST.dump_json(tuple(rows), exclude_defaults=True).decode()} if rows else {}


def _of_law(path: Path | None, faults: list[Fault]) -> dict[str, str]:
    """The changes as they are stored, when the table of today can take them."""
    if path is None:
        return {}
    try:
        wet = parse_wet(text_of(path))
        with_changes(HUIDIG, wet)
    except InvalidMessage as error:
        faults += (replace(f, place=f"{path.name}{f.place}") for f in error.faults)
        return {}
    return {RECHT: wet.model_dump_json(exclude_defaults=True)}


def _line(error: Exception) -> str:
    found = re.search(r"at line (\d+)", str(error))
    return f" (regel {found[1]})" if found else ""


def _tables(found: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries that are tables, with their place. RegisterBestand already gave a fault for the others."""
    for i, each in enumerate(found if isinstance(found, list) else ()):
        if isinstance(each, dict):
            yield i, each


def _read_one(i: int, table: dict[str, Any]) -> tuple[list[tuple[str, Partij]], list[Fault]]:
    """The partijen that stand in one table, with their place, and what is wrong with it.

    A table that is not well-formed gives no partij, so that it does not hide the faults of others.
    """
    place = f"/partijen/{i}"
    organised = "hoedanigheden" in table
    form = Organisatie if organised else Partijregistratie
    faults = list(organisation_faults(place, table) if organised else contradictions(i, table))
    text = orjson.dumps(table)
    try:
        read = form.model_validate_json(text)
    except ValidationError as error:
        return [], [*(replace(f, place=f"{place}{f.place}") for f in faults_of(error, form)), *faults]
    if not isinstance(read, Organisatie):
        return [(place, Partij.model_validate_json(text))], faults
    if faults:
        return [], faults  # it cannot be told which partijen it is
    return [(f"{place}/hoedanigheden/{j}", p) for j, p in enumerate(read.partijen())], faults


def _clients(place: str, table: dict[str, Any]) -> Iterator[tuple[str, Client]]:
    for j, each in _tables(table.get("clients")):
        with contextlib.suppress(ValidationError):
            yield f"{place}/clients/{j}", Bestandsclient.model_validate_json(orjson.dumps(each))


def _readable(model: type[M], found: object) -> Iterator[tuple[int, M]]:
    """Those that are well-formed, with their place. RegisterBestand gave the fault for the others."""
    for i, each in _tables(found):
        with contextlib.suppress(ValidationError):
            yield i, model.model_validate_json(orjson.dumps(each))


def _client_faults(found: Iterable[tuple[str, Client]]) -> Iterator[Fault]:
    clients: set[str] = set()
    for place, c in found:
        if c.client_id in clients:
            text = "Deze client staat er twee keer in."
            yield Fault("register.dubbel", f"{place}/clientId", text)
        clients.add(c.client_id)
        for k, key in enumerate(c.sleutels):
            try:
                public_key(key)
            except GatewayError:
                text = "Dit is geen geldige openbare sleutel."
                yield Fault("register.sleutel", f"{place}/sleutels/{k}", text)


def _between(found: Sequence[tuple[str, Partij]]) -> list[Fault]:
    """Faults between the partijen of a file: what they contradict or leave out."""
    faults = []
    partijen: set[str] = set()
    bekend = {p.id for _, p in found}
    for place, p in found:
        if p.id in partijen:
            faults.append(Fault("register.dubbel", f"{place}/id", "Deze partij staat er twee keer in."))
        partijen.add(p.id)
        if p.soort is Partijsoort.SCHOOL and (p.brin is None or p.vestigingscode is None):
            text = "Een school heeft een brin en een vestigingscode."
            faults.append(Fault("register.school", place, text))
        faults += _later_numbers(place, p)
        faults += _toezicht(place, p, bekend)
    return [*faults, *_vestigingen(found)]


def _vestigingen(found: Sequence[tuple[str, Partij]]) -> Iterator[Fault]:
    """Faults for one vestiging under two names: it would be two schools, each with leerlingen of its own."""
    seen: dict[tuple[str, str], str] = {}
    for place, p in found:
        if p.brin is None or p.vestigingscode is None:
            continue
        own = {f"{place}/vestigingscode": (p.brin, p.vestigingscode)}
        own |= {
            f"{place}/nummers/{j}": (n.brin, n.vestigingscode)
            for j, n in enumerate(p.nummers)
            if n.brin is not None and n.vestigingscode is not None
        }
        for where, number in own.items():
            if seen.setdefault(number, p.id) != p.id:
                text = "Deze vestiging staat er onder een andere naam al in."
                yield Fault("register.dubbel", where, text)


def _later_numbers(place: str, p: Partij) -> Iterator[Fault]:
    """Faults in the numbers that a partij got later: each after the one before, of a kind that it has."""
    days = [n.vanaf for n in p.nummers]
    if days != sorted(set(days)):
        text = "Elk volgend nummer heeft een latere eerste dag."
        yield Fault("datum.volgorde", f"{place}/nummers", text)
    told = p.model_dump(include=set(NUMMERS), exclude_none=True, by_alias=False)
    more = p.kenmerken or Kenmerken()
    told |= more.model_dump(exclude_none=True, by_alias=False)
    has = {*told, *dict(named_in(p.id))}
    for j, n in enumerate(p.nummers):
        if not has.issuperset(n.genoemd):
            text = "Zo'n nummer heeft deze partij niet: noem eerst het nummer dat het vervangt."
            yield Fault("register.soort", f"{place}/nummers/{j}", text)


def _toezicht(place: str, p: Partij, bekend: set[PartijId]) -> Iterator[Fault]:
    """Faults in who watches. Only an FG may, and only over partijen that are there: else nobody would see
    what he must see.
    """
    if p.toezicht_op and p.soort is not Partijsoort.FG:
        text = "Alleen een partij van soort fg houdt toezicht."
        yield Fault("register.toezicht", f"{place}/toezichtOp", text)
    for j, other in enumerate(p.toezicht_op):
        if other not in bekend:
            text = "Deze partij staat niet in het register."
            yield Fault("register.toezicht", f"{place}/toezichtOp/{j}", text)


def clashes(own: dict[str, Proportionaliteitsprofiel], places: Mapping[str, int | str]) -> list[Fault]:
    """Faults for a policy that would not hold together. The profiles we ship count too, as far as the file
    does not replace them.
    """
    faults: list[Fault] = []
    kept = [p for p in shipped_profiles() if p.id not in own]
    for profiel in own.values():
        try:
            Beleid.of((*kept, profiel), "")
        except InvalidMessage as error:
            faults += (replace(f, place=f"/profielen/{places[profiel.id]}") for f in error.faults)
        else:
            kept.append(profiel)
    return faults


def difference(old: Register, new: Register) -> Verschil:
    before, after = _told(old), _told(new)
    return Verschil(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(i for i in after.keys() & before.keys() if after[i] != before[i])),
        tuple(sorted(before.keys() - after.keys())),
    )


def warning(old: Register, new: Register) -> str | None:
    """A warning in words about what applying makes looser than our own rules; None when nothing is."""
    return loosened(*(_regio(r) for r in (old, new)))


def readings(register: Register) -> dict[str, Gelezen]:
    """In which capacities each partij of a register acts, by its id. An FG acts in none."""
    found = map(Partij.model_validate_json, register.partijen.values())
    return {p.id: gelezen(p) for p in found if p.soort is not Partijsoort.FG}


def remarks(register: Register) -> tuple[str, ...]:
    """What a person must look at in the capacities that follow from kinds and roles, in words."""
    notes = []
    for ident, read in sorted(readings(register).items()):
        if read.zonder:
            roles = ", ".join(read.zonder)
            notes.append(f"{ident}: bij geen hoedanigheid hoort deze rol: {roles}; zij houdt wat zij had")
        if len(read.hoedanigheden) > 1:
            text = "staan achter één id en zien dus elkaars gegevens; geef elke hoedanigheid een eigen id"
            notes.append(f"{ident}: {', '.join(read.hoedanigheden)} {text}")
    return tuple(notes)


def _stored(text: str) -> Partij | None:
    """None: an older or a newer gateway wrote it, which says nothing here of its capacity."""
    try:
        return Partij.model_validate_json(text)
    except ValidationError:
        return None


def _walls_stay(old: Register, new: Register) -> None:
    """What is kept under an id is of the capacity that has it, so no other capacity comes to that id.

    Where kind and roles named several, each of these may keep it. Raises WrongUse.
    """
    moved = []
    for ident, text in new.partijen.items():
        if old.partijen.get(ident, text) == text:
            continue
        was, p = (_stored(t) for t in (old.partijen[ident], text))
        if was is None or p is None or (was.hoedanigheid is None and p.hoedanigheid is None):
            continue
        had = set(gelezen(was).hoedanigheden)
        if was.hoedanigheid is None and was.soort is Partijsoort.JEUGDHULPAANBIEDER:
            had.add(Partijhoedanigheid.JEUGDHULP_GGZ)  # which could not be told before
        if had and not had.issuperset(gelezen(p).hoedanigheden):
            moved.append(ident)
    if moved:
        raise WrongUse(
            "onder dit id ligt wat van een andere hoedanigheid is; geef de nieuwe een eigen id: "
            f"{', '.join(sorted(moved))}"
        )


def _numbers_stay(old: Register, new: Register) -> None:
    """The leerlingen of a school are found by the number that it had first. Raises WrongUse."""
    moved = []
    for ident, text in new.partijen.items():
        was, p = _stored(old.partijen.get(ident, "")), _stored(text)
        if was is None or p is None or was.brin is None:
            continue
        if (was.brin, was.vestigingscode) != (p.brin, p.vestigingscode):
            moved.append(ident)
    if moved:
        raise WrongUse(
            "de leerlingen van deze school staan onder haar eerste nummer; laat brin en vestigingscode zoals "
            f"ze waren en noem het nieuwe in [[partijen.nummers]]: {', '.join(sorted(moved))}"
        )


def _law_of_then(old: Register, new: Register, today: dt.date) -> None:
    """A change of the law is applied before its first day, and stays once that has come.

    What was decided under it must be decided so again, years later. Raises WrongUse.
    """
    before, after = (
        {
            (name, row.naam, row.versie): row
            for name, rows in Wet.model_validate_json(r.beleid.get(RECHT, "{}")).tabellen.items()
            for row in rows
        }
        for r in (old, new)
    )
    touched = [k for k in before.keys() | after.keys() if before.get(k) != after.get(k)]
    late = [k for k in touched for r in (before.get(k), after.get(k)) if r and r.geldig_vanaf <= today]
    if late:
        names = ", ".join(sorted({f"{name} {of} versie {versie}" for name, of, versie in late}))
        raise WrongUse(f"een wijziging van het recht verandert niet meer vanaf haar eerste dag: {names}")


def _regio(register: Register) -> Regiobeleid:
    text = register.beleid.get(REGIO)
    return ONZE if text is None else Regiobeleid.model_validate_json(text)


def _told(register: Register) -> dict[str, str]:
    """Everything in the register by the name under which it is told. A profile and a convenant may have one
    id.
    """
    return {
        **register.partijen,
        **register.profielen,
        **{f"convenant {i}": text for i, text in register.convenanten.items()},
        **{f"beleid {i}": text for i, text in _decisive(register).items()},
        **dict(told(register.beleid.get(MACHTIGINGEN, "{}"))),
        **dict(people_told(register.beleid.get(MENSEN, "{}"))),
        **{f"kennisgeving {i}": text for i, text in register.kennisgevingen.items()},
    }


async def apply_register(
    storage: Storage,
    leaves: LeafMaker,
    stamps: Stamps,
    new: Register,
    *,
    remove: bool,
    now: dt.datetime | None = None,
    shown: int | None = None,
) -> Verschil:
    """Make the register what the file says. When it is that already, nothing is done and nothing recorded.

    `shown`: the version against which somebody saw the difference; another one now raises Outdated.
    A register that somebody else wrote is replaced whatever it says, because this is how it is repaired.
    Raises WrongUse when something would disappear and `remove` was not given, and Conflict when somebody else
    applied at the same moment.
    """
    old = await storage.register()
    if shown is not None and old.version != shown:
        raise Outdated
    changes = difference(old, new)
    held = await _holds(storage, stamps, old)
    if not changes and held:
        return changes
    if changes.verwijderd and not remove:
        raise WrongUse(
            f"niet in het bestand, wel in het register (weg met --verwijder): {', '.join(changes.verwijderd)}"
        )
    # A kennisgeving that a stranger overwrote is no version that people read.
    rewritten = [ref for ref, text in new.kennisgevingen.items() if old.kennisgevingen.get(ref, text) != text]
    if held and rewritten:
        raise WrongUse(
            "een kennisgeving die er al is, verandert niet; maak een nieuwe versie van: "
            f"{', '.join(rewritten)}"
        )
    now = now or dt.datetime.now(dt.UTC)
    if held:  # what a stranger wrote is no law
        _law_of_then(old, new, day(now))
        _walls_stay(old, new)
        _numbers_stay(old, new)
    leaf = register_leaf(leaves, new, now, first=not (await storage.head()).size)
    stamped = replace(new, stamp=stamps.register(new, old.version + 1))
    again = (old.profielen, _decisive(old)) != (new.profielen, _decisive(new))
    if not await storage.apply_register(stamped, old.version, (leaf,), look_again=again):
        raise Conflict("het register is net door iemand anders gewijzigd")
    return changes


def _decisive(register: Register) -> dict[str, str]:
    """The rows that decisions rest on: who acts in whose name, or signs in, decides nothing."""
    return {i: text for i, text in register.beleid.items() if i not in (MACHTIGINGEN, MENSEN)}


def register_leaf(leaves: LeafMaker, new: Register, now: dt.datetime, *, first: bool) -> Leaf:
    """What the account says of a register, and who applied it when that is a person who signed in.

    The `first` line of a new account says that all rows are stamped.
    """
    person = handelend.get()
    event = LedgerEvent(
        soort=EventType.REGISTER_CHANGED,
        event_id=new_id(),
        vastgelegd_op=instant(now),
        verwerkingsactiviteit=ACTIVITEIT,
        policy_hash=register_hash(new),
        persoon=None if person is None else person.ref,
        werkstand="gestempeld" if first else None,
    )
    canonical = leaves.canonical(event.model_dump(mode="json", exclude_none=True))
    return Leaf(event.event_id, EventType.REGISTER_CHANGED, canonical)


async def _holds(storage: Storage, stamps: Stamps, register: Register) -> bool:
    try:
        await check_register(storage, stamps, register)
    except StateBroken as error:
        stamps.tell(error)
        return False
    return True
