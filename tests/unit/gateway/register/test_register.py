"""The register file: read whole or not at all, every fault at once, applied once."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from adapters.stores.memory import MemoryStorage
from consent.leeftijd import midnight
from consent.recht import parse_wet
from gateway.register.apply import MAX_BYTES, apply_register, difference, read_register
from gateway.register.machtigingen import MACHTIGINGEN, Machtigingen
from gateway.register.partijen import Partijen
from gateway.register.profielbestanden import read_profielen
from gateway.register.regels import MANDAAT_LIJST, MANDATEN, RECHT
from gateway.register.tegenspraak import ROLLEN
from gateway.wiring import Leaves
from schemas.errors import Conflict, InvalidMessage, RecordUnavailable, WrongUse
from schemas.people.hoedanigheden import EIGENSCHAPPEN
from schemas.people.partij import Partij, Partijsoort, Rol
from schemas.storage.storage import Register
from tests.callers import CANARY, STAMPS, es256, public_jwk

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(text: str | bytes) -> Path:
        path = tmp_path / "partijen.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def toml(value: object) -> str:
    """One value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(n)} = {toml(v)}" for n, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def document(*partijen: dict[str, Any], **other: Any) -> str:
    return "\n".join(f"{n} = {toml(v)}" for n, v in {"partijen": partijen, **other}.items())


def school(**other: Any) -> dict[str, Any]:
    return {
        "id": "brin:99ZZ00",
        "soort": "school",
        "naam": "De Verzonnen Vlieger",
        "brin": "99ZZ",
        "vestigingscode": "00",
        "clients": [client()],
    } | other


def other(soort: str, ident: str, **more: Any) -> dict[str, Any]:
    """A partij of any kind, without clients."""
    return {"id": ident, "soort": soort, "naam": "Verzonnen"} | more


def client(name: str = "las-vlieger", **other: Any) -> dict[str, Any]:
    return {"clientId": name, "scopes": ["uitwisselingen:lezen"], "sleutels": [public_jwk(es256())]} | other


def profile(**other: Any) -> dict[str, Any]:
    """A shipped profile, with parts replaced."""
    source = files("consent").joinpath("profielen", "arrangement-jeugdhulpverlener-s2j.toml")
    made: dict[str, Any] = json.loads(
        json.dumps(tomllib.loads(source.read_text(encoding="utf-8")), default=str)
    )
    return made | other


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        read_register(path)
    shown = " ".join(f"{f.place} {f.text}" for f in caught.value.faults) + str(caught.value)
    assert CANARY not in shown
    return [(f.place, f.code) for f in caught.value.faults]


def test_a_file_becomes_a_register(write: Write) -> None:
    """Partijen and profiles by their id, without a version of their own."""
    found = read_register(write(document(school(), profielen=[profile()])))
    assert found.version == 0
    assert list(found.partijen) == ["brin:99ZZ00"]
    assert list(found.profielen) == [profile()["id"]]


def test_who_decides_in_whose_name_is_part_of_the_register(write: Write) -> None:
    """Mandaten are kept as they are and read back; without them nobody decides for another, as before."""
    gemeente = other("gemeente", "gemeente:9999")
    row = {
        "gever": "gemeente:9999",
        "nemer": "brin:99ZZ00",
        "besluiten": ["toeleidingsbesluit"],
        "geldigVanaf": "2026-01-01",
        "besluitRef": "mandaatbesluit 2026-3",
    }
    with_one = read_register(write(document(school(), gemeente, mandaten=[row])))
    (kept,) = MANDAAT_LIJST.validate_json(with_one.beleid[MANDATEN])
    assert kept.model_dump(mode="json", by_alias=True, exclude_none=True) == row
    without = read_register(write(document(school(), gemeente)))
    assert without.beleid == {}
    assert difference(without, with_one).nieuw == ("beleid mandaten",)
    wrong = [
        row | {"gever": "gemeente:9998"},
        row | {"nemer": "gemeente:9999"},
        row | {"geldigTotEnMet": "2025-12-31"},
        row | {"besluiten": []},
    ]
    assert sorted(faults(write(document(school(), gemeente, mandaten=wrong)))) == [
        ("/mandaten/0/gever", "register.mandaat"),
        ("/mandaten/1/nemer", "register.mandaat"),
        ("/mandaten/2/geldigTotEnMet", "datum.volgorde"),
        ("/mandaten/3/besluiten", "json.lengte"),
    ]


def test_a_text_that_was_shown_never_changes(write: Write) -> None:
    """A new version is added; another text under an old one is refused, and faults have their place."""
    one = {"id": "uitleg-delen", "versie": 1, "titel": "Delen", "tekst": "Zo delen wij."}

    async def story() -> None:
        store = MemoryStorage()

        async def put(*rows: dict[str, Any]) -> list[str]:
            found = read_register(write(document(school(clients=[]), kennisgevingen=rows)))
            done = await apply_register(store, Leaves(), STAMPS, found, remove=False)
            return [*done.nieuw, *done.gewijzigd]

        assert "kennisgeving uitleg-delen-1" in await put(one)
        with pytest.raises(WrongUse, match="nieuwe versie van: uitleg-delen-1"):
            await put(one | {"tekst": "Anders."})
        assert await put(one, one | {"versie": 2, "tekst": "Anders."}) == ["kennisgeving uitleg-delen-2"]

    asyncio.run(story())
    bad = document(school(), kennisgevingen=[one, one | {"versie": CANARY}])
    assert faults(write(bad)) == [("/kennisgevingen/1/versie", "kennisgeving.vorm")]


def test_all_faults_are_told_at_once(write: Write) -> None:
    """Shape, contradictions, keys and profiles together: one round of mending is enough."""
    off_curve = public_jwk(es256()) | {"x": "A" * 43}
    text = document(
        {n: v for n, v in school().items() if n != "brin"},
        school(clients=[client(), client("las-2", sleutels=[off_curve])]),
        {"id": CANARY, "soort": CANARY},
        school(id="brin:99XX01", geheim=CANARY, clients=[]),
        school(id="brin:99XX02", toezichtOp=["brin:99XX09"]),
        profielen=[profile(id=CANARY * 20), profile(), profile()],
        zaad=1,
    )
    found = faults(write(text))
    assert ("/partijen/0", "register.school") in found
    assert ("/partijen/1/id", "register.dubbel") in found
    assert ("/partijen/1/clients/0/clientId", "register.dubbel") in found
    assert ("/partijen/1/clients/1/sleutels/0", "register.sleutel") in found
    assert ("/partijen/2/id", "json.patroon") in found
    assert ("/partijen/2/soort", "json.keuze") in found
    assert ("/partijen/2/naam", "json.ontbreekt") in found
    assert ("/partijen/3", "json.onbekendVeld") in found
    assert ("", "json.onbekendVeld") in found
    assert any(place.startswith("/profielen/0") for place, _ in found)
    assert ("/partijen/4/toezichtOp", "register.toezicht") in found
    assert ("/partijen/4/toezichtOp/0", "register.toezicht") in found
    assert ("/profielen/2/id", "register.dubbel") in found
    assert "/partijen" not in [place for place, _ in found], "a fault that only follows from others"


@pytest.mark.parametrize(
    ("partij", "expected"),
    [
        pytest.param(school(brin="99XX"), [("brin", "kenmerk")], id="brin A is named, brin B is said"),
        pytest.param(school(vestigingscode="01"), [("vestigingscode", "kenmerk")], id="other vestiging"),
        pytest.param(
            school(id="brin:99XX01"), [("brin", "kenmerk"), ("vestigingscode", "kenmerk")], id="both"
        ),
        pytest.param(
            school(id="agb:99999901"), [("id", "soort")], id="a school under the id of a care provider"
        ),
        pytest.param(school(id="gemeente:9999"), [("id", "soort")], id="a school under the id of a gemeente"),
        pytest.param(school(agb="99999901"), [("agb", "soort")], id="a school with an AGB code"),
        pytest.param(
            other("gemeente", "brin:99ZZ00"), [("id", "soort")], id="a gemeente under the id of a school"
        ),
        pytest.param(
            other("gemeente", "gemeente:9999", gemeentecode="9998"), [("gemeentecode", "kenmerk")], id="g"
        ),
        pytest.param(
            other("gemeente", "gemeente:9999", brin="99ZZ"), [("brin", "soort")], id="gemeente with brin"
        ),
        pytest.param(
            other("jeugdhulpaanbieder", "agb:99999901", agb="99999902"), [("agb", "kenmerk")], id="agb"
        ),
        pytest.param(other("fg", "oin:99999999000000000001", oin="9" * 20), [("oin", "kenmerk")], id="oin"),
        pytest.param(other("fg", "agb:99999901"), [("id", "soort")], id="an fg under an AGB code"),
        pytest.param(
            other("verwijsindex", "gemeente:9999"), [("id", "soort")], id="an index under a gemeente"
        ),
        pytest.param(
            school(rollen=["leerkracht", "jeugdbeschermer"]), [("rollen/1", "rol")], id="school role"
        ),
        pytest.param(
            other("jeugdhulpaanbieder", "agb:99999901", rollen=["intern_begeleider", "leerplichtambtenaar"]),
            [("rollen/0", "rol"), ("rollen/1", "rol")],
            id="two roles of others",
        ),
        pytest.param(
            other("gecertificeerde_instelling", "agb:99999901", rollen=["jeugdhulpverlener"]),
            [("rollen/0", "rol")],
            id="a GI gives no help",
        ),
        pytest.param(
            other("fg", "oin:99999999000000000001", rollen=["administratie"]),
            [("rollen/0", "rol")],
            id="fg role",
        ),
        pytest.param(
            other("gemeente", "brin:99ZZ00", geheim=1, rollen=["leerkracht"]) | {"naam": 1},
            [("", "onbekendVeld"), ("id", "soort"), ("naam", "soort"), ("rollen/0", "rol")],
            id="behind faults of another kind",
        ),
    ],
)
def test_a_partij_that_contradicts_itself_is_refused(
    write: Write, partij: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Its id, kind, identifiers and roles: each fault at its place, and all of them at once."""
    found = faults(write(document(partij)))
    told = {
        (place.removeprefix("/partijen/0").removeprefix("/"), code.split(".")[1]) for place, code in found
    }
    assert {t for t in told if t[0] != "naam"} == {e for e in expected if e[0] != "naam"}


def test_every_kind_and_role_that_agree_are_taken(write: Write) -> None:
    """Each kind under the ids it can have, with every role it can have. Every role is of some capacity but
    `zelf`: nobody registers a person who reads for himself.
    """
    ids = {
        "school": ("brin:99ZZ00", "oin:99999999000000000009"),
        "jeugdhulpaanbieder": ("agb:99999901", "oin:99999999000000000002"),
        "gemeente": ("gemeente:9999", "oin:99999999000000000003"),
        "gecertificeerde_instelling": ("agb:99999904", "oin:99999999000000000004"),
        "veilig_thuis": ("agb:99999905", "oin:99999999000000000005"),
        "verwijsindex": ("oin:99999999000000000006",),
        "fg": ("oin:99999999000000000007",),
    }
    assert {*ids, "andere"} == set(Partijsoort) == set(ROLLEN)
    of_capacities = frozenset(f for e in EIGENSCHAPPEN.values() for f in e.functies)
    assert of_capacities == frozenset(Rol) - {Rol.ZELF} > frozenset().union(*ROLLEN.values())
    made = [
        other(soort, ident, rollen=sorted(ROLLEN[Partijsoort(soort)]))
        | ({"brin": "99ZZ", "vestigingscode": f"0{n}"} if soort == "school" else {})
        for soort, named in ids.items()
        for n, ident in enumerate(named)
    ]
    assert len(read_register(write(document(*made))).partijen) == len(made)
    twice = [m | {"vestigingscode": "00"} for m in made if m["soort"] == "school"]
    assert faults(write(document(*twice))) == [("/partijen/1/vestigingscode", "register.dubbel")]


def test_a_register_from_before_is_held_to_it_at_the_next_file(write: Write) -> None:
    """What was applied by an older release stays as it is; only a file without contradictions replaces it."""

    async def story() -> None:
        store = MemoryStorage()
        old = {"brin:99ZZ00": json.dumps(other("gemeente", "brin:99ZZ00"))}
        assert await store.apply_register(Register(0, old), 0, ())
        assert faults(write(document(other("gemeente", "brin:99ZZ00")))) == [
            ("/partijen/0/id", "register.soort")
        ]
        assert (await store.register()).partijen == old
        done = await apply_register(
            store,
            Leaves(),
            STAMPS,
            read_register(write(document(other("gemeente", "gemeente:9999")))),
            remove=True,
        )
        assert (done.nieuw, done.verwijderd) == (("gemeente:9999",), ("brin:99ZZ00",))

    asyncio.run(story())


def test_profiles_that_claim_one_case_are_refused(write: Write) -> None:
    """Two of the file, or one of the file and one we ship under another id; replacing ours is fine."""
    other_case = profile(id="eigen-ander", doel="overstap")
    twice = [profile(), profile(id="eigen-tweede"), profile(id="eigen-derde")]
    assert faults(write(document(school(), profielen=[other_case, profile(id="eigen")]))) == [
        ("/profielen/1", "profiel.botst")
    ]
    assert faults(write(document(school(), profielen=twice))) == [
        ("/profielen/1", "profiel.botst"),
        ("/profielen/2", "profiel.botst"),
    ]
    assert read_register(write(document(school(), profielen=[other_case, profile()]))).profielen


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("", "/partijen", "register.leeg"),
        ("partijen = []", "/partijen", "register.leeg"),
        ("partijen = 3", "/partijen", "json.type"),
        ("partijen = [3]", "/partijen/0", "json.type"),
    ],
    ids=["nothing", "empty", "number", "number inside"],
)
def test_a_file_without_partijen_is_refused(write: Write, text: str, place: str, code: str) -> None:
    """An empty file would otherwise take everybody's access away."""
    assert place in [p for p, _ in faults(write(text))], code


def test_a_profile_may_not_name_a_field_that_does_not_exist(write: Write) -> None:
    """The place counts from the register file."""
    velden = [*profile()["velden"], profile()["velden"][0] | {"pad": "leerling.geheimpje"}]
    found = faults(write(document(school(), profielen=[profile(velden=velden)])))
    assert found == [(f"/profielen/0/velden/{len(velden) - 1}/pad", "profiel.veld")]


def test_a_profile_asks_a_number_only_where_a_rule_gives_it(write: Write, tmp_path: Path) -> None:
    """Told at `apply`, and of a folder of profiles, at the field that asks it."""
    number = {"pad": "persoonsnummer.bsn", "waarom": "Om te vergelijken.", "norm": "AVG 5"}
    asks = profile(
        id="verzuim-leerplichtambtenaar-s2j-verzuimsignaal",
        doel="verzuim",
        rol="leerplichtambtenaar",
        bericht="verzuimsignaal",
        aan=["leerplicht_rmc"],
        velden=[number | {"pad": "verzuimVan"}, number],
    )
    assert list(read_register(write(document(school(), profielen=[asks]))).profielen) == [asks["id"]]
    wrong = asks | {"id": "eigen", "rol": "jeugdverpleegkundige", "aan": ["jgz"]}
    assert faults(write(document(school(), profielen=[wrong]))) == [
        ("/profielen/0/velden/1/pad", "profiel.nummer")
    ]
    file = tmp_path / "eigen.toml"
    file.write_text("\n".join(f"{n} = {toml(v)}" for n, v in wrong.items()), encoding="utf-8")
    assert [(f.place, f.code) for _, f in read_profielen([file]).fouten] == [
        ("/velden/1/pad", "profiel.nummer")
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = [", "geen geldige TOML"),
        (b"\xff\xfe", "geen geldige TOML"),
        (b"a = 99999999999999999999999", "geen geldige TOML"),
        (b"a = " + b"[" * 5_000, "geen geldige TOML"),
        (b'a = 1\nb = "x\n', r"geen geldige TOML \(regel 2\)"),
        (b"#" * (MAX_BYTES + 1), "groter dan 5 MB"),
    ],
    ids=["half", "not UTF-8", "large number", "deep", "second line", "too large"],
)
def test_what_is_no_toml_is_wrong_use(write: Write, content: bytes, message: str) -> None:
    """Never an unforeseen error, and where the line is known it is told."""
    with pytest.raises(WrongUse, match=message):
        read_register(write(content))


@pytest.mark.parametrize(
    ("name", "why"),
    [("nergens.toml", "niet te lezen"), (".", "geen gewoon bestand")],
    ids=["missing", "directory"],
)
def test_what_cannot_be_read_is_wrong_use(tmp_path: Path, name: str, why: str) -> None:
    """The message says which file."""
    with pytest.raises(WrongUse, match=why):
        read_register(tmp_path / name)


def register(**partijen: str) -> Register:
    return Register(0, partijen, {})


def test_the_difference_names_what_changes() -> None:
    """New, changed and gone, each in order of id."""
    changes = difference(register(a="1", b="1", c="1"), register(b="2", c="1", e="1", d="1"))
    assert (changes.nieuw, changes.gewijzigd, changes.verwijderd) == (("d", "e"), ("b",), ("a",))
    assert changes
    assert not difference(register(a="1"), register(a="1"))


async def version_and_size(storage: MemoryStorage) -> tuple[int, int]:
    return await storage.register_version(), (await storage.head()).size


def test_applying_twice_records_once() -> None:
    """The second time nothing is written: not to the register, not to the ledger."""

    async def scene() -> None:
        storage = MemoryStorage()
        assert (await apply_register(storage, Leaves(), STAMPS, register(a="1"), remove=False)).nieuw == (
            "a",
        )
        before = await version_and_size(storage)
        assert before[1] == 1
        assert not await apply_register(storage, Leaves(), STAMPS, register(a="1"), remove=True)
        assert await version_and_size(storage) == before
        (entry,) = await storage.entries(0, 10)
        leaf = json.loads(entry.canonical)
        assert leaf["soort"] == "register.changed"
        assert "a" not in leaf.values()

    asyncio.run(scene())


def test_nothing_disappears_without_being_told() -> None:
    """A removal needs `remove`; refused, everything stays as it was."""

    async def scene() -> None:
        storage = MemoryStorage()
        await apply_register(storage, Leaves(), STAMPS, register(a="1", b="1"), remove=False)
        before = await version_and_size(storage)
        with pytest.raises(WrongUse, match=r"--verwijder.*: a$"):
            await apply_register(storage, Leaves(), STAMPS, register(b="2", c="1"), remove=False)
        assert await version_and_size(storage) == before
        changes = await apply_register(storage, Leaves(), STAMPS, register(b="2", c="1"), remove=True)
        assert changes.verwijderd == ("a",)
        assert (await storage.register()).partijen == {"b": "2", "c": "1"}

    asyncio.run(scene())


def test_two_who_apply_at_once_do_not_overwrite_each_other() -> None:
    """The slower one gets Conflict, and the register is that of the faster one."""

    class Raced(MemoryStorage):
        async def apply_register(self, *arguments: Any, **named: Any) -> bool:
            await super().apply_register(register(z="1"), await self.register_version(), ())
            return await super().apply_register(*arguments, **named)

    async def scene() -> None:
        storage = Raced()
        with pytest.raises(Conflict):
            await apply_register(storage, Leaves(), STAMPS, register(a="1"), remove=False)
        assert (await storage.register()).partijen == {"z": "1"}

    asyncio.run(scene())


# ── the law

LAW = """
[[leeftijd]]
id = "zelf"
versie = 2
jaren = 15
wet = [{ artikel = "UAVG 5(1)" }]
geldigVanaf = 2027-01-01
"""


def with_law(text: str) -> Register:
    stored = parse_wet(text).model_dump_json(exclude_defaults=True)
    return Register(0, {"a": "1"}, {}, {}, {RECHT: stored} if text else {})


@pytest.mark.parametrize(
    ("before", "after", "day", "fits"),
    [
        ("", LAW, "2026-12-31", True),
        ("", LAW, "2027-01-01", False),
        (LAW, LAW.replace("= 15", "= 14"), "2026-12-31", True),
        (LAW, LAW.replace("= 15", "= 14"), "2027-01-01", False),
        (LAW, "", "2026-12-31", True),
        (LAW, "", "2027-01-01", False),
        (LAW, LAW.replace("2027-01-01", "2027-06-01"), "2027-01-01", False),
        (LAW, LAW + LAW.replace("= 2", "= 3").replace("2027", "2028"), "2027-06-01", True),
    ],
)
def test_a_change_of_the_law_is_applied_before_its_first_day(
    before: str, after: str, day: str, *, fits: bool
) -> None:
    """From that day on it neither comes, goes nor changes: what was decided under it is decided so again."""
    now = midnight(dt.date.fromisoformat(day))

    async def scene() -> None:
        storage = MemoryStorage()
        early = now - dt.timedelta(days=365)
        await apply_register(storage, Leaves(), STAMPS, with_law(before), remove=False, now=early)
        if fits:
            assert await apply_register(storage, Leaves(), STAMPS, with_law(after), remove=True, now=now)
            return
        with pytest.raises(WrongUse, match=r"leeftijd zelf versie 2$"):
            await apply_register(storage, Leaves(), STAMPS, with_law(after), remove=True, now=now)

    asyncio.run(scene())


def test_changes_of_the_law_are_read_with_their_faults(write: Write, tmp_path: Path) -> None:
    """Under the file's name, beside those of the register; a good one is a row of its own in the register."""
    file = tmp_path / "recht.toml"
    file.write_text(LAW.replace("= 2", "= 1").replace("= 15", "= 101"), encoding="utf-8")
    path = write(document(school()))
    with pytest.raises(InvalidMessage) as caught:
        read_register(path, recht=file)
    assert [(f.code, f.place) for f in caught.value.faults] == [("recht.vorm", "recht.toml/leeftijd/0/jaren")]
    file.write_text(LAW, encoding="utf-8")
    assert set(read_register(path, recht=file).beleid) == {RECHT}


# ── machtigingen

LEVERANCIER = {"id": "leverancier:las", "naam": "Verzonnen Systemen", "clients": [client("las-veel")]}


def machtiging(**other: Any) -> dict[str, Any]:
    return {
        "van": "brin:99ZZ00",
        "aan": "leverancier:las",
        "voor": ["uitwisselingen:lezen"],
        "geldigVanaf": "2026-08-01",
    } | other


def test_machtigingen_are_read_and_told_one_by_one(write: Write) -> None:
    """Beside the mandaten; a file without them has no such row, and they are told by name."""
    plain = read_register(write(document(school())))
    assert MACHTIGINGEN not in plain.beleid
    rows = [machtiging(), machtiging(geldigVanaf="2028-08-01")]
    made = read_register(write(document(school(), leveranciers=[LEVERANCIER], machtigingen=rows)))
    assert difference(plain, made).nieuw == (
        "leverancier:las",
        "machtiging brin:99ZZ00 aan leverancier:las",
        "machtiging brin:99ZZ00 aan leverancier:las (2)",
    )
    noon = dt.datetime(2026, 8, 1, 10, 0, tzinfo=dt.UTC)
    found = Machtigingen.of(made.beleid)
    assert found.scopes("leverancier:las", "brin:99ZZ00", noon) == {"uitwisselingen:lezen"}
    assert found.scopes("leverancier:las", "brin:99ZZ00", noon - dt.timedelta(days=1)) == frozenset()
    assert found.scopes("leverancier:las", "brin:99ZZ01", noon) == frozenset()


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ({"machtigingen": [machtiging(van="brin:99ZZ01")]}, "register.machtiging", "/machtigingen/0/van"),
        ({"machtigingen": [machtiging(aan="leverancier:weg")]}, "register.machtiging", "/machtigingen/0/aan"),
        ({"machtigingen": [machtiging(aan="brin:99ZZ00")]}, "register.machtiging", "/machtigingen/0/aan"),
        (
            {"machtigingen": [machtiging(voor=["beheer:lezen"])]},
            "register.machtiging",
            "/machtigingen/0/voor/0",
        ),
        ({"machtigingen": [machtiging(voor=["alles"])]}, "verkeerde_keuze", "/machtigingen/0/voor/0"),
        (
            {"machtigingen": [machtiging(geldigTotEnMet="2026-07-31")]},
            "datum.volgorde",
            "/machtigingen/0/geldigTotEnMet",
        ),
        (
            {"machtigingen": [machtiging(van="oin:99999999000000000001")]},
            "register.machtiging",
            "/machtigingen/0/van",
        ),
        ({"leveranciers": [LEVERANCIER, LEVERANCIER]}, "register.dubbel", "/leveranciers/1/id"),
        (
            {"leveranciers": [LEVERANCIER, LEVERANCIER]},
            "register.dubbel",
            "/leveranciers/1/clients/0/clientId",
        ),
        (
            {"leveranciers": [LEVERANCIER | {"clients": [client()]}]},
            "register.dubbel",
            "/leveranciers/0/clients/0/clientId",
        ),
    ],
)  # fmt: skip
def test_a_machtiging_that_cannot_be_is_a_fault(
    write: Write, more: dict[str, Any], code: str, place: str
) -> None:
    """From or to whom there is not, of what nobody gives away, and one client twice."""
    fg = other("fg", "oin:99999999000000000001")
    told = {"leveranciers": [LEVERANCIER]} | more
    with pytest.raises(InvalidMessage) as caught:
        read_register(write(document(school(), fg, **told)))
    assert place in {f.place for f in caught.value.faults}
    assert code == "verkeerde_keuze" or code in {f.code for f in caught.value.faults if f.place == place}


def test_a_client_of_a_school_and_a_leverancier_is_no_register(write: Write) -> None:
    """Of neither it would be certain for whom it may act, whoever wrote it."""
    made = read_register(write(document(school(), leveranciers=[LEVERANCIER], machtigingen=[machtiging()])))
    assert set(Partijen.parse(made).by_client) == {"las-vlieger", "las-veel"}
    broken = {**made.beleid, MACHTIGINGEN: made.beleid[MACHTIGINGEN].replace("las-veel", "las-vlieger")}
    with pytest.raises(RecordUnavailable):
        Partijen.parse(Register(1, made.partijen, beleid=broken))


# ── another number, another partij


def opvolging(**other: Any) -> dict[str, Any]:
    return {"van": "brin:99ZZ00", "naar": "brin:99ZZ01", "per": "2026-08-01"} | other


SECOND = {"id": "brin:99ZZ01", "brin": "99ZZ", "vestigingscode": "01", "clients": []}
CARE = other("jeugdhulpaanbieder", "agb:99999901")


def test_who_takes_over_may_all_but_watch(write: Write) -> None:
    """From the first day on, and along a chain; a register without any says nothing of it."""
    third = {"id": "brin:99ZZ02", "brin": "99ZZ", "vestigingscode": "02", "clients": []}
    rows = [opvolging(), opvolging(van="brin:99ZZ01", naar="brin:99ZZ02", per="2027-08-01")]
    made = read_register(write(document(school(), school(**SECOND), school(**third), opvolgingen=rows)))
    found = Partijen.parse(made).machtigingen
    first, later = (dt.datetime(year, 8, 1, 10, 0, tzinfo=dt.UTC) for year in (2026, 2027))
    assert found.opvolger("brin:99ZZ00", first - dt.timedelta(days=1)) is None
    assert found.opvolger("brin:99ZZ00", first) == "brin:99ZZ01"
    assert "uitwisselingen:lezen" in found.scopes("brin:99ZZ01", "brin:99ZZ00", first)
    assert "toezicht:lezen" not in found.scopes("brin:99ZZ01", "brin:99ZZ00", first)
    assert not found.scopes("brin:99ZZ02", "brin:99ZZ00", first)
    assert found.scopes("brin:99ZZ02", "brin:99ZZ00", later)
    plain = read_register(write(document(school(), school(**SECOND), school(**third))))
    assert difference(plain, made).nieuw == ("opvolging van brin:99ZZ00", "opvolging van brin:99ZZ01")


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        ([opvolging(van="brin:99ZZ09")], "register.opvolging", "/opvolgingen/0/van"),
        ([opvolging(naar="brin:99ZZ09")], "register.opvolging", "/opvolgingen/0/naar"),
        ([opvolging(naar="agb:99999901")], "register.opvolging", "/opvolgingen/0/naar"),
        ([opvolging(naar="brin:99ZZ00")], "register.opvolging", "/opvolgingen/0/naar"),
        ([opvolging(), opvolging()], "register.dubbel", "/opvolgingen/1/van"),
        (
            [opvolging(), opvolging(van="brin:99ZZ01", naar="brin:99ZZ00")],
            "register.opvolging",
            "/opvolgingen/1/naar",
        ),
    ],
)
def test_a_succession_that_cannot_be_is_a_fault(
    write: Write, rows: list[dict[str, Any]], code: str, place: str
) -> None:
    """By or of whom there is not, of another kind, twice, or in a ring."""
    with pytest.raises(InvalidMessage) as caught:
        read_register(write(document(school(), school(**SECOND), CARE, opvolgingen=rows)))
    assert (code, place) in [(f.code, f.place) for f in caught.value.faults]


NUMBER = {"brin": "99YY", "vestigingscode": "00", "vanaf": "2027-08-01"}


def test_a_school_is_called_by_the_number_of_the_day(write: Write) -> None:
    """Also one that is registered with its capacities; the first number stays where it was."""
    plain = school(nummers=[NUMBER])
    whole = {n: v for n, v in plain.items() if n != "soort"} | {
        "hoedanigheden": [{"hoedanigheid": "onderwijs"}]
    }
    for each in (plain, whole):
        stored = read_register(write(document(each))).partijen["brin:99ZZ00"]
        found = Partij.model_validate_json(stored)
        assert found.brin == "99ZZ"
        days = (dt.date(2027, 7, 31), dt.date(2027, 8, 1))
        assert [found.genummerd_op(d).brin for d in days] == ["99ZZ", "99YY"]


def test_each_kind_of_partij_is_called_by_its_numbers_of_the_day(write: Write) -> None:
    """Each number apart: what is not named stays; a capacity has only the numbers that are its own."""
    zorg = other("jeugdhulpaanbieder", "agb:99999901", nummers=[{"agb": "99999903", "vanaf": "2027-08-01"}])
    whole = {
        "id": "oin:00000099000000000031",
        "naam": "Samen (fictief)",
        "swvNummer": "PO9901",
        "kvk": "90000000",
        "gemeentecode": "9999",
        "nummers": [
            {"swvNummer": "PO9902", "gemeentecode": "9998", "vanaf": "2027-01-01"},
            {"swvNummer": "PO9903", "vanaf": "2028-01-01"},
        ],
        "hoedanigheden": [
            {"hoedanigheid": "samenwerkingsverband"},
            {"hoedanigheid": "toegang", "id": "gemeente:9999"},
        ],
    }
    stored = read_register(write(document(zorg, whole))).partijen
    found = {i: Partij.model_validate_json(t) for i, t in stored.items()}
    then = {i: p.genummerd_op(dt.date(2027, 9, 1)) for i, p in found.items()}
    assert then["agb:99999901"].agb == "99999903"
    swv, toegang = then["oin:00000099000000000031"], then["gemeente:9999"]
    assert swv.kenmerken is not None
    assert swv.kenmerken.swv_nummer == "PO9902"
    assert (swv.gemeentecode, toegang.gemeentecode) == (None, "9998")
    late = found["oin:00000099000000000031"].genummerd_op(dt.date(2028, 1, 1))
    assert late.kenmerken is not None
    assert late.kenmerken.swv_nummer == "PO9903"
    assert late.kenmerken.kvk == swv.kenmerken.kvk


@pytest.mark.parametrize(
    ("partijen", "code", "place"),
    [
        (
            [other("jeugdhulpaanbieder", "agb:99999901", nummers=[NUMBER])],
            "register.soort",
            "/partijen/0/nummers/0",
        ),
        (
            [other("jeugdhulpaanbieder", "agb:99999901", nummers=[{"vanaf": "2027-08-01"}])],
            "json.regel",
            "/partijen/0/nummers/0",
        ),
        (
            [school(nummers=[{"brin": "99YY", "vanaf": "2027-08-01"}])],
            "json.regel",
            "/partijen/0/nummers/0",
        ),
        ([school(nummers=[NUMBER, NUMBER])], "datum.volgorde", "/partijen/0/nummers"),
        (
            [school(nummers=[NUMBER | {"brin": "99ZZ", "vestigingscode": "01"}]), school(**SECOND)],
            "register.dubbel",
            "/partijen/1/vestigingscode",
        ),
    ],
)
def test_a_number_that_cannot_be_is_a_fault(
    write: Write, partijen: list[dict[str, Any]], code: str, place: str
) -> None:
    """Of who has none, out of order, or of another school."""
    with pytest.raises(InvalidMessage) as caught:
        read_register(write(document(*partijen)))
    assert (code, place) in [(f.code, f.place) for f in caught.value.faults]
