"""An organisation in the register with its capacities: what it becomes, and everything that is refused."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.stores.memory import MemoryStorage
from gateway.register.apply import apply_register, read_register, readings, remarks
from gateway.register.machtigingen import MACHTIGINGEN, Machtigingen
from gateway.register.organisaties import SOORT
from gateway.register.partijen import Partijen
from gateway.wiring import Leaves
from schemas.errors import InvalidMessage, WrongUse
from schemas.people.hoedanigheden import EIGENSCHAPPEN, MENSEN, gelezen
from schemas.people.partij import Partij, Partijsoort, Rol
from schemas.people.partijcodes import Kenmerksoort, Partijhoedanigheid
from schemas.storage.storage import Register
from tests.callers import CANARY, STAMPS
from tests.release_data import restore
from tests.unit.gateway.register.test_register import Write, client, document, other, school, write

__all__ = ["write"]

P, K = Partijhoedanigheid, Kenmerksoort
GEMEENTE, LEERPLICHT = "gemeente:9999", "oin:99999999000000000021"
POSTBUS = {"soort": "postbus"}
NUMBERS = {
    K.BRIN: {"brin": "99ZZ"},
    K.VESTIGING: {"vestigingscode": "00"},
    K.RIO: {"rio": "999X999"},
    K.BESTUURSNUMMER: {"bestuursnummer": "99999"},
    K.OIN: {"oin": "99999999000000000031"},
    K.SWV_NUMMER: {"swvNummer": "PO9999"},
    K.KVK: {"kvk": "99999999"},
    K.AGB: {"agb": "99999901"},
    K.GEMEENTECODE: {"gemeentecode": "9999"},
    K.LRK: {"lrk": "999999999"},
}
"""A number of every kind, invented."""


def capacity(name: str, **more: Any) -> dict[str, Any]:
    return {"hoedanigheid": name} | more


def gemeente(*capacities: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = capacities or (
        capacity("toegang", rollen=["toegangsmedewerker", "gezinscoach"], aflevering=POSTBUS),
        capacity("leerplicht_rmc", id=LEERPLICHT, rollen=["leerplichtambtenaar"], aflevering=POSTBUS),
    )
    return {
        "id": GEMEENTE,
        "naam": "Gemeente Verzonnen",
        "gemeentecode": "9999",
        "hoedanigheden": list(told),
    } | more


def partijen(register: Register) -> dict[str, Partij]:
    return {i: Partij.model_validate_json(text) for i, text in register.partijen.items()}


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        read_register(path)
    assert CANARY not in " ".join(f"{f.place} {f.text}" for f in caught.value.faults)
    return [(f.place.removeprefix("/partijen/0"), f.code) for f in caught.value.faults]


def test_each_capacity_becomes_a_partij_of_its_own(write: Write) -> None:
    """With the kind that follows from it, its own id, and every role to receive in."""
    found = partijen(read_register(write(document(gemeente(clients=[client("gemeente-zaken")])))))
    assert list(found) == [GEMEENTE, LEERPLICHT]
    toegang, leerplicht = found.values()
    assert (toegang.soort, toegang.hoedanigheid) == (Partijsoort.GEMEENTE, P.TOEGANG)
    assert (toegang.rollen, toegang.functies) == ((Rol.TOEGANGSMEDEWERKER, Rol.GEZINSCOACH), ())
    assert (leerplicht.soort, leerplicht.rollen) == (Partijsoort.GEMEENTE, (Rol.LEERPLICHTAMBTENAAR,))
    assert (leerplicht.oin, leerplicht.gemeentecode) == (LEERPLICHT[4:], "9999")
    for p in found.values():
        assert (p.organisatie, p.naam) == (GEMEENTE, "Gemeente Verzonnen")
        assert [c.client_id for c in p.clients] == ["gemeente-zaken"]


def test_a_client_can_be_of_some_capacities_only(write: Write) -> None:
    """Then it stands with no other."""
    clients = [client("voor-alles"), client("leerplicht", hoedanigheden=["leerplicht_rmc"])]
    found = partijen(read_register(write(document(gemeente(clients=clients)))))
    assert {i: [c.client_id for c in p.clients] for i, p in found.items()} == {
        GEMEENTE: ["voor-alles"],
        LEERPLICHT: ["voor-alles", "leerplicht"],
    }


def test_the_whole_form_of_a_partij_with_one_capacity(write: Write) -> None:
    """It keeps its id, and is no part of anything."""
    text = document(gemeente(capacity("toegang", rollen=["toegangsmedewerker"])))
    (only,) = partijen(read_register(write(text))).values()
    assert (only.id, only.organisatie, only.hoedanigheid) == (GEMEENTE, None, P.TOEGANG)


@pytest.mark.parametrize("hoedanigheid", [h for h in P if h not in MENSEN])
def test_every_capacity_can_be_registered(write: Write, hoedanigheid: Partijhoedanigheid) -> None:
    """With every number and function it can have, and somewhere to deliver: it receives in each of them."""
    e = EIGENSCHAPPEN[hoedanigheid]
    numbers: dict[str, str] = {}
    for kind in e.kenmerken:
        numbers |= NUMBERS[kind]
    told = capacity(hoedanigheid.value, rollen=[f.value for f in e.functies], aflevering=POSTBUS)
    if hoedanigheid is P.SCHOOLMAATSCHAPPELIJK_WERK:
        told["werkgever"] = "onderwijs"
    row = {"id": "oin:99999999000000000031", "naam": "Verzonnen", "hoedanigheden": [told]} | numbers
    (found,) = partijen(read_register(write(document(row)))).values()
    kept = found.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert ({**kept, **kept.get("kenmerken", {})}).items() >= numbers.items()
    assert (found.rollen, found.functies, found.aflevering is None) == (e.functies, (), False)
    assert found.soort is SOORT.get(hoedanigheid, Partijsoort.ANDERE)
    assert gelezen(found).hoedanigheden == (hoedanigheid,)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(gemeente(soort="gemeente"), [("", "json.onbekendVeld")], id="kind typed in"),
        pytest.param(gemeente(rollen=[]), [("", "json.onbekendVeld")], id="roles of the whole"),
        pytest.param(
            gemeente(capacity("toegang", geheimhouding="avg")),
            [("/hoedanigheden/0", "json.onbekendVeld")],
            id="regime typed in",
        ),
        pytest.param(gemeente(hoedanigheden=[]), [("/hoedanigheden", "register.hoedanigheid")], id="none"),
        pytest.param(
            gemeente(capacity(CANARY), capacity("toegang", rollen=["leerkracht"])),
            [("/hoedanigheden/0/hoedanigheid", "json.keuze"), ("/hoedanigheden/1/rollen/0", "register.rol")],
            id="one fault hides no other",
        ),
        pytest.param(
            gemeente(capacity("ouder")),
            [("/hoedanigheden/0/hoedanigheid", "register.hoedanigheid")],
            id="a person",
        ),
        pytest.param(
            gemeente(capacity("toegang"), capacity("toegang", id=LEERPLICHT)),
            [("/hoedanigheden/1/hoedanigheid", "register.dubbel")],
            id="twice",
        ),
        pytest.param(
            gemeente(capacity("toegang"), capacity("leerplicht_rmc")),
            [("/hoedanigheden/1/id", "register.hoedanigheid")],
            id="two without an id",
        ),
        pytest.param(
            gemeente(capacity("toegang"), capacity("leerplicht_rmc", id="gemeente:9998")),
            [("/hoedanigheden/1/id", "register.kenmerk")],
            id="another gemeente",
        ),
        pytest.param(
            gemeente(capacity("toegang"), capacity("leerplicht_rmc", id="agb:99999901")),
            [("/hoedanigheden/1/id", "register.soort")],
            id="the number of care",
        ),
        pytest.param(
            gemeente(gemeentecode="9998"), [("/gemeentecode", "register.kenmerk")], id="contradicts its id"
        ),
        pytest.param(gemeente(agb="99999901"), [("/agb", "register.soort")], id="number of none of them"),
        pytest.param(
            {
                "id": "oin:99999999000000000031",
                "naam": "Verzonnen",
                "hoedanigheden": [
                    capacity("onderwijs"),
                    capacity("schoolmaatschappelijk_werk", id=LEERPLICHT),
                ],
            },
            [
                ("/hoedanigheden/0", "register.school"),
                ("/hoedanigheden/1/werkgever", "register.werkgever"),
            ],
            id="a school without brin, and nobody's employee",
        ),
        pytest.param(
            gemeente(capacity("toegang", werkgever="onderwijs")),
            [("/hoedanigheden/0/werkgever", "register.werkgever")],
            id="employer of nobody",
        ),
        pytest.param(
            gemeente(clients=[client(hoedanigheden=["toegang", "wmo"])]),
            [("/clients/0/hoedanigheden/1", "register.hoedanigheid")],
            id="client of a capacity that is not there",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    write: Write, row: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """All of it at once, and nothing is dropped."""
    assert sorted(faults(write(document(row)))) == sorted(expected)


def test_two_organisations_are_compared_too(write: Write) -> None:
    """An id, a vestiging and a client are of one partij, in whichever form it stands."""
    row = {
        "id": "oin:99999999000000000031",
        "naam": "Verzonnen",
        "brin": "99ZZ",
        "vestigingscode": "00",
        "clients": [client()],
        "hoedanigheden": [capacity("onderwijs")],
    }
    assert faults(write(document(row, school()))) == [
        ("/partijen/1/vestigingscode", "register.dubbel"),
        ("/partijen/1/clients/0/clientId", "register.dubbel"),
    ]
    again = other("gemeente", LEERPLICHT)
    assert faults(write(document(gemeente(), again))) == [("/partijen/1/id", "register.dubbel")]


def test_the_fields_of_a_capacity_are_not_typed_into_a_kind(write: Write) -> None:
    """The form of before is what it was; its kind `andere` is none that anybody chooses."""
    assert faults(write(document(school(hoedanigheid="onderwijs")))) == [("", "json.onbekendVeld")]
    row = other("andere", "oin:99999999000000000031")
    assert faults(write(document(row))) == [("/soort", "register.soort")]


def test_kinds_and_roles_of_before_are_read_as_capacities(write: Write) -> None:
    """A gemeente acts in those that its roles name; a role that fits none is told and stays."""
    rows = [
        school(),
        other("jeugdhulpaanbieder", "agb:99999901", rollen=["jeugdhulpverlener"]),
        other("gemeente", GEMEENTE, rollen=["toegangsmedewerker", "leerplichtambtenaar", "administratie"]),
        other("gemeente", "gemeente:9998"),
        other("fg", "oin:99999999000000000007"),
    ]
    found = read_register(write(document(*rows)))
    assert {i: list(r.hoedanigheden) for i, r in readings(found).items()} == {
        "brin:99ZZ00": ["onderwijs"],
        "agb:99999901": ["jeugdhulp"],
        GEMEENTE: ["toegang", "leerplicht_rmc"],
        "gemeente:9998": [],
    }
    odd, open_wall = remarks(found)
    assert odd == f"{GEMEENTE}: bij geen hoedanigheid hoort deze rol: administratie; zij houdt wat zij had"
    assert open_wall.startswith(f"{GEMEENTE}: toegang, leerplicht_rmc staan achter één id")
    assert partijen(found)[GEMEENTE].rollen == ("toegangsmedewerker", "leerplichtambtenaar", "administratie")


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        pytest.param(["toegangsmedewerker", "leerplichtambtenaar"], "toegang", False, id="one of its roles"),
        pytest.param(["toegangsmedewerker"], "toegang", False, id="what it was"),
        pytest.param(["leerplichtambtenaar"], "toegang", True, id="what it was not"),
        pytest.param([], "toegang", False, id="it was nothing"),
    ],
)
def test_what_is_kept_under_an_id_never_comes_to_another_capacity(
    write: Write, before: list[str], after: str, moved: bool
) -> None:
    """Neither by a capacity that takes over an id, nor by going back to a form that has no walls."""

    async def story() -> None:
        store = MemoryStorage()

        async def put(row: dict[str, Any]) -> None:
            await apply_register(store, Leaves(), STAMPS, read_register(write(document(row))), remove=False)

        await put(other("gemeente", GEMEENTE, rollen=before))
        if moved:
            with pytest.raises(WrongUse, match=GEMEENTE):
                await put(gemeente(capacity(after)))
            return
        await put(gemeente(capacity(after)))
        with pytest.raises(WrongUse, match=GEMEENTE):
            await put(gemeente(capacity("leerplicht_rmc")))
        with pytest.raises(WrongUse, match=GEMEENTE):
            await put(other("gemeente", GEMEENTE, rollen=["toegangsmedewerker", "leerplichtambtenaar"]))
        await put(other("gemeente", GEMEENTE, rollen=["toegangsmedewerker"]))

    asyncio.run(story())


def test_jeugdhulp_can_be_marked_as_ggz(write: Write) -> None:
    """Which could not be told before, so its own data stays its own."""
    row = {"id": "agb:99999901", "naam": "Verzonnen", "hoedanigheden": [capacity("jeugdhulp_ggz")]}

    async def story() -> None:
        store = MemoryStorage()
        for each in (other("jeugdhulpaanbieder", "agb:99999901"), row):
            await apply_register(store, Leaves(), STAMPS, read_register(write(document(each))), remove=False)
        (found,) = partijen(await store.register()).values()
        assert (found.soort, found.hoedanigheid) == (Partijsoort.JEUGDHULPAANBIEDER, P.JEUGDHULP_GGZ)

    asyncio.run(story())


def test_the_example_on_the_page_is_taken(write: Write) -> None:
    """docs/partijen.md shows a register that `ozlijn apply` accepts, with a partij for each capacity."""
    page = (Path(__file__).parents[4] / "docs" / "partijen.md").read_text(encoding="utf-8")
    example, suppliers, numbers, successor = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    found = partijen(read_register(write(example)))
    assert [p.hoedanigheid for p in found.values()] == [P.TOEGANG, P.LEERPLICHT_RMC]
    assert remarks(read_register(write(example))) == ()
    second = school(id="brin:99ZZ01", vestigingscode="01", clients=[]).items()
    table = "\n".join(["[[partijen]]", *(f"{n} = {json.dumps(v)}" for n, v in second)])
    moved = read_register(write(successor + numbers + table))
    assert Partij.model_validate_json(moved.partijen["brin:99ZZ00"]).nummers
    assert json.loads(moved.beleid[MACHTIGINGEN])["opvolgingen"]
    given = read_register(write(document(school(clients=[])) + "\n" + suppliers))
    noon = dt.datetime(2027, 7, 31, 10, 0, tzinfo=dt.UTC)
    assert Machtigingen.of(given.beleid).scopes("leverancier:las-vlieger", "brin:99ZZ00", noon)


def test_a_register_of_before_stays_what_it_is_byte_for_byte(tmp_path: Path) -> None:
    """What release 0.1.0 stored is read as capacities, says nothing else when it is written again, and its
    hash and its stamp come from the stored text.
    """
    with closing(sqlite3.connect(restore(tmp_path))) as db:
        stored = dict(db.execute("SELECT id, json FROM register WHERE kind = 'partij'"))
    assert len(stored) > 4
    for text in stored.values():
        written = Partij.model_validate_json(text).model_dump_json(exclude_unset=True)
        assert json.loads(written) == json.loads(text)
    register = Register(2, stored, {})
    assert set(Partijen.parse(register).by_id) == set(stored)
    assert {i: list(r.hoedanigheden) for i, r in readings(register).items()} == {
        "agb:99999901": ["jeugdhulp"],
        "agb:99999902": ["gecertificeerde_instelling"],
        "brin:99XX01": ["onderwijs"],
        "brin:99ZZ00": ["onderwijs"],
    }
