"""A region as files: read whole or not at all, applied in one commit, told before it is, and undone."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import shutil
from pathlib import Path

import pytest

from adapters.stores.memory import MemoryStorage
from consent.inrichting import Regio, inrichting_hash
from consent.vernauwing import Vernauwing
from gateway.account.stamps import register_hash
from gateway.regio.bestanden import HOOFD, read_regio
from gateway.regio.tonen import lines
from gateway.regio.verschil import NIETS, Wijziging, changes
from gateway.register.apply import apply_register, difference
from gateway.register.convenant import sign_convenant
from gateway.register.partijen import PartijenReader
from gateway.register.regels import INRICHTING, MANDATEN, REGIO, Regelbron, Regels, shipped_profiles
from gateway.register.stroomregels import shipped_stromen
from gateway.runtime.logs import make_log
from gateway.wiring import Leaves
from schemas.errors import Fault, InvalidMessage, WrongUse
from schemas.storage.storage import Register
from tests.builders import NOW
from tests.callers import STAMPS, es256
from tests.conftest import ROOT
from tests.unit.gateway.register.test_convenant import secret
from tests.unit.gateway.register.test_register import document

REGIOS = ROOT / "gateway" / "practices" / "regios"
MIDDLE = dt.date(2026, 9, 1)
CONVENANT = """
id = "afspraak-zuid"
versie = 1
titel = "Afspraak Verzonnen-Zuid"
geldigVan = 2026-01-01
geldigTotEnMet = 2027-07-31
partijen = ["brin:99ZZ00", "gemeente:9999"]
[[afspraken]]
doel = "toeleiding"
berichten = ["hulpvraag"]
"""


def partijen_of(regio: Regio) -> str:
    """A register file in which everybody of a region stands."""
    return document(
        *(
            {
                "id": p.id,
                "naam": p.naam,
                "hoedanigheden": [
                    {"hoedanigheid": p.hoedanigheid.value, "rollen": [r.value for r in p.rollen]}
                    | ({} if p.werkgever is None else {"werkgever": p.werkgever.value})
                ],
            }
            for p in regio.partijen
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The region of the knooppunt, with everybody registered."""
    found = Path(shutil.copytree(REGIOS / "verzonnen-zuid", tmp_path / "zuid"))
    (found / "partijen.toml").write_text(partijen_of(read_regio(found).regio), encoding="utf-8")
    return found


def change(folder: Path, old: str, new: str, name: str = HOOFD) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def faults(folder: Path, key: str | None = None) -> list[Fault]:
    with pytest.raises(InvalidMessage) as caught:
        read_regio(folder, None, key)
    return list(caught.value.faults)


def register(folder: Path, key: str | None = None) -> Register:
    found = read_regio(folder, None, key).register
    assert found is not None
    return found


async def rules(storage: MemoryStorage, key: str | None = None) -> Regels:
    log = make_log(io.BytesIO(), strict=True)
    source = Regelbron(PartijenReader(storage, STAMPS), shipped_profiles(), "r", 15, log, convenant_key=key)
    return await source.current()


async def applied(storage: MemoryStorage, new: Register, *, remove: bool = False) -> None:
    await apply_register(storage, Leaves(), STAMPS, new, remove=remove)


# ── applied


def test_a_region_is_applied_at_once_and_undone_by_the_former(folder: Path) -> None:
    """Rules, mandaten, values and the file itself come in one version; the former brings everything back."""
    before = register(folder)

    async def story() -> None:
        storage = MemoryStorage()
        await applied(storage, before)
        first = await rules(storage)
        assert first.inrichting is not None
        assert first.beleid.inrichting == inrichting_hash((folder / HOOFD).read_text(encoding="utf-8"))
        assert first.may_decide("brin:99ZZ00", "gemeente:9999", "toeleidingsbesluit", MIDDLE)
        change(folder, "versie = 1\n", "versie = 2\nwaarden = { gezagMaxMaanden = 3 }\n")
        change(
            folder,
            'besluiten = ["toeleidingsbesluit"]',
            'besluiten = ["toeleidingsbesluit", "aanvraag_antwoord"]',
        )
        await applied(storage, register(folder))
        second = await rules(storage)
        assert (second.version, second.beleid.gezag_max_maanden) == (first.version + 1, 3)
        assert second.inrichting is not None
        assert second.inrichting.versie == 2
        assert second.beleid.hash_on(NOW) != first.beleid.hash_on(NOW)
        with pytest.raises(WrongUse, match=f"beleid {REGIO}"):
            await applied(storage, before)
        await applied(storage, before, remove=True)
        back = await storage.register()
        assert register_hash(back) == register_hash(before)
        assert (await rules(storage)).beleid.hash_on(NOW) == first.beleid.hash_on(NOW)

    asyncio.run(story())


def test_a_comment_is_another_file_and_so_another_hash(folder: Path) -> None:
    """What decisions rest on can be laid beside the file itself."""
    one = register(folder)
    change(folder, "# A knooppunt", "# Een knooppunt")
    two = register(folder)
    assert difference(one, two).gewijzigd == (f"beleid {INRICHTING}",)


# ── narrowed


def test_what_a_region_cuts_off_is_cut_off_in_what_decides(folder: Path) -> None:
    """The table that decisions are made by is the narrowed one, and without a region the one we ship."""
    here = '[[arrangementen]]\ncode = "doelgroep"'
    row = '[[stromen]]\nregel = "V57"\nwaarom = "Afgesproken."\nsoorten = ["contact"]\n\n'
    change(folder, here, row + here)

    async def story() -> None:
        storage = MemoryStorage()
        await applied(storage, register(folder))
        stromen = (await rules(storage)).beleid.stromen
        assert stromen is not None
        found = [r.soorten for r in stromen.regels if r.id == "V57"]
        assert len(found) == 2
        assert [str(s) for s in found[0]] == ["contact"]

    asyncio.run(story())


# ── refused


def test_a_region_holds_to_the_register(folder: Path) -> None:
    """Everybody of it stands there, in that capacity and those roles."""
    text = (folder / "partijen.toml").read_text(encoding="utf-8")
    change(folder, 'id = "agb:99999901"', 'id = "agb:99999902"')
    change(folder, 'rollen = ["leerplichtambtenaar"]', 'rollen = ["rmc_consulent"]')
    change(folder, 'id = "agb:99999903"', 'id = "gemeente:9998"')
    (folder / "partijen.toml").write_text(
        text.replace('"agb:99999903"', '"gemeente:9998"')
        .replace('"jgz"', '"toegang"')
        .replace('["jeugdarts"]', '["toegangsmedewerker"]'),
        encoding="utf-8",
    )
    found = faults(folder)
    assert {(f.code, f.place) for f in found} == {
        ("regio.rol", "regio.toml/partijen/2/rollen"),
        ("regio.hoedanigheid", "regio.toml/partijen/3/hoedanigheid"),
        ("regio.rol", "regio.toml/partijen/3/rollen"),
        ("regio.partij", "regio.toml/partijen/5/id"),
    }
    rows = (folder / HOOFD).read_text(encoding="utf-8").splitlines()
    assert {rows[f.line - 1].split(" ")[0] for f in found if f.line} == {"id", "rollen", "hoedanigheid"}


def test_all_files_are_read_and_every_fault_is_told(folder: Path) -> None:
    """Of the region, the register, a convenant and a profile, each with its file."""
    (folder / "convenanten").mkdir()
    (folder / "convenanten" / "zuid.toml").write_text(CONVENANT.replace("versie = 1", ""), encoding="utf-8")
    (folder / "profielen").mkdir()
    (folder / "profielen" / "eigen.toml").write_text('id = "eigen"\n', encoding="utf-8")
    change(folder, '"9997"]', '"9997", "0398"]')
    change(folder, '"agb:99999901"', '"agb:9"', "partijen.toml")
    places = {f.place.split("/")[0] for f in faults(folder)}
    assert places == {"convenanten", "regio.toml", "partijen.toml"}
    change(folder, '"agb:9"', '"agb:99999901"', "partijen.toml")
    assert "eigen.toml" in {f.place.split("/")[0] for f in faults(folder)}


def test_what_is_no_folder_is_wrong_use(tmp_path: Path) -> None:
    """And so is a folder without a region."""
    for path in (tmp_path / "weg", tmp_path):
        with pytest.raises(WrongUse):
            read_regio(path)


def test_a_convenant_agrees_on_what_a_rule_lets_and_is_signed_to_be_applied(folder: Path) -> None:
    """Who stands in it is of the region; without the key it is read, and nothing can be applied."""
    (folder / "convenanten").mkdir()
    path = folder / "convenanten" / "zuid.toml"
    path.write_text(CONVENANT, encoding="utf-8")
    assert read_regio(folder).register is None
    _, key = sign_convenant(path, secret(es256("convenant")))
    new = register(folder, key)
    assert list(new.convenanten) == ["afspraak-zuid"]
    path.write_text(
        CONVENANT.replace('"gemeente:9999"]', '"agb:99999909"]').replace('"toeleiding"', '"verzuim"'),
        encoding="utf-8",
    )
    assert {(f.code, f.place, f.line) for f in faults(folder)} == {
        ("regio.partij", "convenanten/zuid.toml/partijen/1", 7),
        ("regio.stroom", "convenanten/zuid.toml/afspraken/0/doel", 9),
    }


def test_a_decision_of_an_fg_that_was_not_taken_yet_is_refused(folder: Path) -> None:
    """As in the file of values of before."""
    here = '[[partijen]]\nsleutel = "school"'
    row = '[waarden.toestemmingLooptDoor]\nfg = "F. Verzonnen"\nbeslotenOp = 2999-01-01\n\n'
    change(folder, here, row + here)
    assert [f.code for f in faults(folder)] == ["beleid.toekomst"]


def test_the_mandaten_of_the_register_file_stay(folder: Path) -> None:
    """Those of the region come behind them."""
    with (folder / "partijen.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[mandaten]]\ngever = "gemeente:9999"\nnemer = "agb:99999901"\n'
            'besluiten = ["aanvraag_antwoord"]\ngeldigVanaf = 2026-01-01\nbesluitRef = "m-1"\n'
        )
    rows = register(folder).beleid[MANDATEN]
    assert rows.index("m-1") < rows.index("mandaatbesluit knooppunt")


# ── told


def of(found: tuple[Wijziging, ...], part: str) -> list[Wijziging]:
    return [w for w in found if w.onderdeel.startswith(part)]


def test_nothing_changes_against_itself() -> None:
    """Of each region that we ship; against none everything is new, and the other way round all is gone."""
    for name in ("zuid", "oost", "midden", "stad", "haven", "dom"):
        regio = read_regio(REGIOS / f"verzonnen-{name}").regio
        assert changes(regio, regio, shipped_stromen()) == ()
        new, gone = (changes(a, b, shipped_stromen()) for a, b in ((None, regio), (regio, None)))
        assert [(w.onderdeel, w.voor_wie) for w in new] == [(w.onderdeel, w.voor_wie) for w in gone]
        assert [(w.was, w.wordt) for w in new] == [(w.wordt, w.was) for w in gone]
        assert {w.was for w in of(new, "partij")} == {NIETS}


def test_a_change_is_told_by_its_answers_and_for_whom() -> None:
    """Two rows that change places and answer the same are no change; an age that moves is told as ages."""
    old = read_regio(REGIOS / "verzonnen-zuid").regio
    one, two, *rest = old.toeleiding
    assert changes(old, old.model_copy(update={"toeleiding": (two, one, *rest)}), shipped_stromen()) == ()
    assert one.leeftijd is not None
    younger = one.model_copy(update={"leeftijd": one.leeftijd.model_copy(update={"tot_en_met": 12})})
    found = changes(old, old.model_copy(update={"toeleiding": (younger, two, *rest)}), shipped_stromen())
    assert {w.voor_wie for w in found} == {
        f"doelgroep, woont {woont}, 13 jaar tot 19 jaar" for woont in ("9999", "9998")
    }
    assert all(w.wordt.startswith("vraag een mens") for w in found)


def test_a_narrowed_flow_is_told_between_whom() -> None:
    """What goes no more, and back again when it is taken away."""
    old = read_regio(REGIOS / "verzonnen-zuid").regio
    row = Vernauwing.model_validate({"regel": "V24", "waarom": "Afgesproken.", "dicht": True})
    new = old.model_copy(update={"stromen": (row,)})
    (gone,) = changes(old, new, shipped_stromen())
    (back,) = changes(new, old, shipped_stromen())
    assert (gone.onderdeel, gone.voor_wie, gone.wordt) == ("stroom V24", "onderwijs > jgz", NIETS)
    assert (back.was, back.wordt) == (NIETS, gone.was)
    assert "contact" in gone.was


def test_a_region_in_words() -> None:
    """Who decides, which road, what does not go."""
    text = (REGIOS / "verzonnen-midden" / HOOFD).read_text(encoding="utf-8")
    told = list(lines(read_regio(REGIOS / "verzonnen-midden").regio, inrichting_hash(text)))
    assert any("gezondheid" in line for line in told)
    assert any(line.startswith("  alle andere: vraag een mens") for line in told)
    oost = list(lines(read_regio(REGIOS / "verzonnen-oost").regio, ""))
    assert any(line.startswith("  4 tot en met 17 jaar; woont 9999: ") for line in oost)
    assert not any(line.startswith("Bij een thuiszitter") for line in oost)
