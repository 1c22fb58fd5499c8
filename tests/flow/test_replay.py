"""`ozlijn replay`: decisions again, from what was kept of them, beside a running gateway."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from adapters.local.keys import create_keys
from gateway.explain.naspelen import Nagespeeld, Verschil, Waarom, replay
from gateway.register.regels import Regels
from gateway.register.voorstel import proposed
from schemas.decision.decision import Ground, Outcome, Reden
from schemas.errors import InvalidMessage, WrongUse
from schemas.messages.berichten import BERICHTEN
from tests.conftest import ROOT
from tests.flow import test_afwegingen as weighing
from tests.flow.test_cli import Done, ozlijn
from tests.line import (
    AANBIEDER,
    BORN,
    CATEGORIEN,
    LEERLING,
    NOW,
    OTHER_HELPER,
    Line,
    another,
    fresh,
    only,
    persons,
    story,
)
from tests.unit.consent.test_convenant import TEXT

PROFILE: Final = ROOT / "consent" / "profielen" / "arrangement-jeugdhulpverlener-s2j.toml"
BEGIN: Final = NOW.replace(hour=0)


async def again(line: Line, regels: Regels | None = None) -> dict[str, Nagespeeld]:
    """Replay everything; gives the results by levering."""
    regels = regels or await line.context.regels.current()
    found = replay(line.world.storage, line.world.vault, regels, BEGIN)
    return {n.levering.id: n async for n in found}


async def under(line: Line, *paths: Path) -> dict[str, Nagespeeld]:
    now = await line.context.regels.current()
    beleid = proposed(now.beleid, paths, line.settings.decision_minutes, now.kennisgevingen.values())
    return await again(line, dataclasses.replace(now, beleid=beleid))


async def command(line: Line, *arguments: object) -> Done:
    file = line.settings.keys.parent / "ozlijn.toml"
    kept = ("database", "keys", "issuer", "log_name")
    file.write_text("".join(f"{n} = {json.dumps(str(getattr(line.settings, n)))}\n" for n in kept))
    given = ("replay", "--since", NOW.date(), "--settings", file, *arguments)
    return await asyncio.to_thread(ozlijn, *given)


def edited(folder: Path, *swaps: tuple[str, str]) -> Path:
    text = PROFILE.read_text("utf-8")
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "profiel.toml"
    path.write_text(text, "utf-8")
    return path


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


async def every_kind(line: Line) -> set[str]:
    """Leveringen in every state and by every kind of decision; gives their ids."""
    leerling, klaar, given = await line.permitted(categorieen=[*CATEGORIEN, "gezondheid"])
    payload = await line.take(only(klaar))
    await line.sign_for(only(klaar), payload)
    answered = await line.answer_back(only(klaar))
    later = [await line.push(), await line.push(ontvangers=[OTHER_HELPER], allesOfNiets=True)]
    taken = await line.take(only(later[0]))
    assert (await line.refuse(only(later[0]), "onleesbaar")).status_code == 200
    path = f"/uitwisselingen/{later[0]['uitwisselingId']}/leveringen/{only(later[0])}/_herhaal"
    assert (await line.school.post(path, key=fresh())).status_code in (200, 202)
    last = await line.push(vrijeTekstNagekeken=False)
    line.later(minutes=1)
    await line.withdraw(given[0])
    refused = await line.push()
    held = await line.push(raw=another("LL-2016-0043"))
    other = await line.gezag(leerling={"leerlingid": "LL-2016-0043"})
    await line.agree(other, persons(other)[0])
    line.later(minutes=1)
    await line.both_agree(leerling)
    assert taken
    every = [klaar, answered, *later, last, refused, held]
    return {only(p) for p in every}


@story()
async def test_under_the_same_policy_every_decision_comes_out_the_same(line: Line) -> None:
    """First ones and later ones, permitted, held, refused, withdrawn; with the facts as they were then."""
    ids = await every_kind(line)
    found = await again(line)
    assert found.keys() == ids
    assert {i: (n.verschil, n.waarom, n.nu and n.nu.codes, n.toen.codes) for i, n in found.items()} == {
        i: (Verschil.GELIJK, None, n.toen.codes, n.toen.codes) for i, n in found.items()
    }
    assert len({n.toen.outcome for n in found.values()}) >= 3
    assert len({n.levering.status for n in found.values()}) >= 4
    assert all(n.zelfde_beleid for n in found.values())


@story()
async def test_a_sharing_without_toestemming_comes_out_the_same(line: Line) -> None:
    """A weighing of two people, used: the use itself is a later fact, and what refused it before is kept."""
    leerling = await weighing.refused_by_one(line)
    refused = await weighing.push(line)
    record = await weighing.weigh(line, leerling)
    assert (await weighing.look(line, record)).status_code == 201
    ready = await weighing.push(line)
    await line.take(only(ready))
    line.later(minutes=16)
    await line.take(only(ready))
    found = await again(line)
    assert {n.toen.ground for n in found.values()} == {Ground.NONE, Ground.BREAK_GLASS}
    assert {i: (n.verschil, n.waarom) for i, n in found.items()} == {
        only(p): (Verschil.GELIJK, None) for p in (refused, ready)
    }


@story()
async def test_only_what_was_decided_since_counts(line: Line) -> None:
    """The moment of the last decision, not that of acceptance."""
    leerling = await line.gezag()
    held = await line.push()
    line.later(days=3)
    regels = await line.context.regels.current()
    since = line.clock.now()

    async def seen() -> list[str]:
        found = replay(line.world.storage, line.world.vault, regels, since)
        return [n.levering.id async for n in found]

    assert await seen() == []
    await line.both_agree(leerling)
    assert await seen() == [only(held)]


@story("sqlite")
async def test_a_stricter_region_closes(line: Line) -> None:
    """What went would wait: told per levering with its fields and reasons, and counted."""
    folder = line.settings.keys.parent
    leerling = await line.gezag(gecontroleerdOp="2026-09-01")
    await line.both_agree(leerling)
    pushed = await line.push()
    region = written(folder, "regio.toml", "gezagMaxMaanden = 1\n")
    n = (await under(line, region))[only(pushed)]
    assert (n.verschil, n.nu and n.nu.outcome, n.zelfde_beleid) == (Verschil.DICHTER, Outcome.HOLD, False)
    assert n.velden == ((), n.toen.released)
    assert n.redenen[0] == (Reden.GEZAG_UNVERIFIED,)
    done = await command(line, "--policy", region, "--json")
    said = json.loads(done.out)
    assert (done.code, said["bekeken"]) == (1, 1)
    assert said["samenvatting"] == {
        "opener": 0,
        "dichter": 1,
        "anders": 0,
        "gelijk": 0,
        "nietNaTeRekenen": 0,
    }
    (row,) = said["leveringen"]
    assert row["leveringId"] == only(pushed)
    assert row["uitkomst"] == {"toen": n.toen.outcome, "nu": "HOLD"}
    assert (row["redenenErbij"], row["veldenWeg"]) == (["GEZAG_UNVERIFIED"], list(n.toen.released))
    assert (row["verschil"], row["waarom"], row["veldenErbij"]) == ("dichter", None, [])
    told = await command(line, "--policy", region)
    assert told.code == 1
    assert "+ reden GEZAG_UNVERIFIED" in told.out
    for value in (LEERLING, BORN, *persons(leerling)):
        assert value not in told.out + done.out


@story("sqlite")
async def test_another_profile_opens_and_closes_by_field(line: Line) -> None:
    """The message is judged whole, also the fields that were left out of what is kept."""
    folder = line.settings.keys.parent
    _, pushed, _ = await line.permitted()
    now = await again(line)
    gone = "leerling.naamdelen.roepnaam"
    lines = [r for r in PROFILE.read_text("utf-8").splitlines(keepends=True) if f'"{gone}"' in r]
    less = edited(folder, (lines[0], ""))
    n = (await under(line, less))[only(pushed)]
    assert gone in now[only(pushed)].toen.released
    assert (n.verschil, n.velden) == (Verschil.DICHTER, ((), (gone,)))
    home = n.toen.withheld[Reden.FIELD_NOT_IN_PROFILE]
    asked = {
        b.pad for b in BERICHTEN[n.levering.berichtsoort].bladen if b.categorie in CATEGORIEN and not b.vrij
    }
    new = next(p for p in home if p in asked)
    row = f'  {{ pad = "{new}", waarom = "Alleen om het te proberen.", norm = "AVG 5(1)(c)" }},\n'
    more = edited(folder, (lines[0], lines[0] + row))
    n = (await under(line, more))[only(pushed)]
    assert (n.verschil, n.velden) == (Verschil.OPENER, ((new,), ()))


@story("sqlite")
async def test_a_convenant_that_names_nobody_closes(line: Line) -> None:
    """It needs no signature here, for nothing goes by it."""
    folder = line.settings.keys.parent
    _, pushed, _ = await line.permitted()
    wrong = await command(line, "--policy", written(folder, "fout.toml", "gezagMaxMaanden = 99\n"))
    assert (wrong.code, wrong.out, "[beleid.ruimer]" in wrong.err) == (2, "", True)
    path = written(folder, "convenant.toml", TEXT.replace(AANBIEDER, "agb:99999909"))
    n = (await under(line, path))[only(pushed)]
    assert n.nu is not None
    assert (n.verschil, n.nu.outcome) == (Verschil.DICHTER, Outcome.DENY)


@story()
async def test_a_register_that_changed_is_told_as_the_cause(line: Line) -> None:
    """The recipient lost its role: the same rules give something else, and nothing of then can tell."""
    _, pushed, _ = await line.permitted()
    assert (await again(line))[only(pushed)].verschil is Verschil.GELIJK
    register = await line.world.storage.register()
    helper = json.loads(register.partijen[AANBIEDER]) | {"rollen": ["gedragswetenschapper"]}
    other = dataclasses.replace(register, partijen={**register.partijen, AANBIEDER: json.dumps(helper)})
    line.later(minutes=1)
    await line.apply(other)
    n = (await again(line))[only(pushed)]
    assert (n.verschil, n.zelfde_beleid) == (Verschil.NIET_NA_TE_REKENEN, True)
    assert n.waarom is Waarom.REGISTER


@story("sqlite")
async def test_a_decision_is_held_to_the_register_it_was_taken_under(line: Line) -> None:
    """Kept from then: it comes out of that again, so what differs now is by what was applied since."""
    _, pushed, _ = await line.permitted()
    register = await line.world.storage.register()
    helper = json.loads(register.partijen[AANBIEDER]) | {"rollen": ["gedragswetenschapper"]}
    other = dataclasses.replace(register, partijen={**register.partijen, AANBIEDER: json.dumps(helper)})
    await line.apply(other)
    done = await command(line, "--json")
    (told,) = json.loads(done.out)["leveringen"]
    assert (told["leveringId"], told["verschil"], told["nagerekend"]) == (only(pushed), "dichter", True)
    row = await line.world.storage.levering(only(pushed))
    assert row is not None
    assert line.database is not None
    forged = row.model_copy(update={"besluit": row.besluit.model_copy(update={"released": ()})})
    _overwrite(line.database, forged.id, forged.model_dump_json())
    (told,) = json.loads((await command(line, "--json")).out)["leveringen"]
    assert (told["waarom"]["code"], told["nagerekend"]) == ("onverklaard", False)


@story("sqlite")
async def test_a_decision_that_somebody_changed_does_not_come_out(line: Line) -> None:
    """Nothing explains it, and the command ends with 1."""
    _, pushed, _ = await line.permitted()
    done = await command(line)
    assert (done.code, done.out.count("gelijk")) == (0, 1)
    row = await line.world.storage.levering(only(pushed))
    assert row is not None
    assert line.database is not None
    forged = row.model_copy(update={"besluit": row.besluit.model_copy(update={"released": ()})})
    _overwrite(line.database, forged.id, forged.model_dump_json())
    n = (await again(line))[only(pushed)]
    assert (n.verschil, n.waarom) == (Verschil.NIET_NA_TE_REKENEN, Waarom.ONVERKLAARD)
    done = await command(line)
    assert (done.code, "[onverklaard]" in done.out) == (1, True)


@story("sqlite")
async def test_what_cannot_be_opened_is_told(line: Line) -> None:
    """With another hoofdsleutel every levering is named, none is guessed at. With other keys altogether not
    even the register is known to be ours.
    """
    folder = line.settings.keys.parent
    await line.permitted()
    create_keys(folder / "andere")
    lost = dataclasses.replace(line, settings=line.settings.model_copy(update={"keys": folder / "andere"}))
    done = await command(lost, "--json")
    assert (done.code, "register" in done.err) == (3, True)
    shutil.copy(line.settings.keys / "zoeksleutel", folder / "andere" / "zoeksleutel")
    done = await command(lost, "--json")
    assert done.code == 1
    (row,) = json.loads(done.out)["leveringen"]
    assert (row["verschil"], row["waarom"]["code"]) == ("nietNaTeRekenen", "gesloten")
    assert row["uitkomst"]["nu"] is None


@story("sqlite")
async def test_nothing_is_written_and_all_is_shown_when_asked(line: Line) -> None:
    """Nothing is written, also beside a running gateway, and --alles names what stays the same."""
    _, pushed, _ = await line.permitted()
    before = await line.everything()
    done = await command(line, "--alles", "--json")
    assert await line.everything() == before
    assert done.code == 0
    assert [(v["leveringId"], v["verschil"]) for v in json.loads(done.out)["leveringen"]] == [
        (only(pushed), "gelijk")
    ]


def test_wrong_use(tmp_path: Path) -> None:
    """No date, no settings: 2, before anything is opened."""
    assert ozlijn("replay").code == 2
    assert ozlijn("replay", "--since", "gisteren").code == 2
    assert ozlijn("replay", "--since", "2026-11-01", "--settings", tmp_path / "nergens").code == 2


@story("memory")
async def test_a_file_that_is_no_policy_is_refused(line: Line) -> None:
    """With all faults after the file's name; a register without profiles is none, nor are two regions."""
    folder = line.settings.keys.parent
    regels = await line.context.regels.current()

    def refused(*texts: str) -> set[str]:
        paths = [written(folder, f"{i}.toml", t) for i, t in enumerate(texts)]
        with pytest.raises(InvalidMessage) as caught:
            proposed(regels.beleid, paths, 15, ())
        assert all(str(folder) in f.place for f in caught.value.faults)
        return {f.code for f in caught.value.faults}

    assert refused("a = ", "gezagMaxMaanden = 99") == {"toml", "beleid.ruimer"}
    assert refused('velden = [{pad = "a*"}]')
    assert refused("afspraken = []")
    for texts in (["[[partijen]]"], ["besluitMinuten = 5", "bewaardagen = 5"]):
        paths = [written(folder, f"{i}.toml", t) for i, t in enumerate(texts)]
        with pytest.raises(WrongUse):
            proposed(regels.beleid, paths, 15, ())
    assert proposed(regels.beleid, [PROFILE.parent], 15, ()).hashes == regels.beleid.hashes


def _overwrite(database: Path, levering: str, text: str) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE levering SET json = ? WHERE id = ?", (text, levering))
