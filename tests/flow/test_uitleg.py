"""Why it goes, waits or stays home: to the sender over HTTP, to an operator with `ozlijn explain`."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from gateway.cli.main import app
from schemas.errors import NotFound
from schemas.shown.uitleg import Uitleg
from tests.line import (
    HELPER,
    NOWHERE,
    OTHER_HELPER,
    Caller,
    Json,
    Line,
    fine,
    fresh,
    only,
    persons,
    recorded,
    story,
    veto,
)


async def explained(line: Line, pushed: Json, who: Caller | None = None) -> Json:
    """The explanation of the only levering, which fits the published model."""
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/uitleg"
    answer = await (who or line.school).get(path)
    found = fine(answer)
    assert Uitleg.model_validate_json(answer.content).model_dump(mode="json").keys() == found.keys()
    return found


async def command(*arguments: object) -> Result:
    """`ozlijn explain` in a thread of its own, beside the gateway that runs in this one."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, ["explain", *map(str, arguments)]))


async def told(line: Line, ident: str, voor: str) -> str:
    done = await command(ident, "--voor", voor, "--database", line.database)
    assert done.exit_code == 0, done.output
    return done.output


async def as_data(line: Line, ident: str, voor: str = "school") -> list[Json]:
    done = await command(ident, "--voor", voor, "--database", line.database, "--json")
    assert done.exit_code == 0, done.output
    found: list[Json] = json.loads(done.output)["leveringen"]
    return found


def in_words(u: Json) -> str:
    return json.dumps(u, ensure_ascii=False)


@story()
async def test_who_is_missing_is_told_until_he_has_signed(line: Line) -> None:
    """It waits for two ouders, then for one, then it goes; in roles, without anybody's reference."""
    leerling = await line.gezag()
    pushed = await line.push(categorieen=["doelen"])
    seen = []
    for persoon in (*persons(leerling), None):
        u = await explained(line, pushed)
        (doelen,) = u["categorieen"]
        seen.append((u["uitkomst"], doelen["stand"], [(o["wie"], o["aantal"]) for o in doelen["ontbreekt"]]))
        assert not any(p in in_words(u) for p in persons(leerling))
        assert u["lezer"] == "afzender"
        if persoon is not None:
            await line.agree(leerling, persoon)
    assert seen[:2] == [("HOLD", "wacht", [("ouder", 2)]), ("HOLD", "wacht", [("ouder", 1)])]
    assert seen[2][0] in ("PERMIT", "PERMIT_REDUCED")
    assert seen[2][2] == []


@story("memory")
async def test_what_stays_home_is_told_with_its_reason(line: Line) -> None:
    """Each field of the levering stands in the explanation once, with the reason that the levering shows."""
    _, pushed, _ = await line.permitted()
    view, u = await line.levering(pushed), await explained(line, pushed)
    shown = {(g["reden"], f["pad"]) for g in u["achtergehouden"] for f in g["velden"]}
    assert shown == {(g["reden"], pad) for g in view["achtergehouden"] for pad in g["velden"]}
    assert {f["pad"] for g in u["meegegeven"] for f in g["velden"]} == set(view["meegegeven"])
    assert (u["status"], u["statusTekst"]) == (view["status"], view["uitleg"])
    assert {r["code"] for r in u["redenen"]} >= {r["code"] for r in view["redenen"]}


@story("memory")
async def test_a_veto_is_not_explained_to_the_school(line: Line) -> None:
    """The school knows that it is refused, and nothing in the explanation tells by what."""
    _, first, _ = await line.permitted()
    await line.take(only(first))
    recorded(await line.helper.post("/professionele-vetos", veto(leveringId=only(first)), key=fresh()))
    u = await explained(line, await line.push())
    assert (u["uitkomst"], u["grond"], u["besluit"]) == (None, None, None)
    assert {r["code"] for r in u["redenen"]} == {"nietBeschikbaar"}
    assert {k["stand"] for k in u["categorieen"]} == {"niet_beschikbaar"}
    assert (u["meegegeven"], u["achtergehouden"], u["normen"]) == ([], [], [])


@story("memory")
async def test_an_answer_is_explained_to_the_aanbieder_without_the_schools_facts(line: Line) -> None:
    """Who sends back to a school reads what goes, and not who signed for it."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    answer = await line.answer_back(only(pushed))
    u = await explained(line, answer, line.helper)
    assert {c for k in u["categorieen"] for c in k["redenen"]} == {"nietBeschikbaar"}
    assert all(k["ontbreekt"] == [] for k in u["categorieen"])
    assert not any(p in in_words(u) for p in (*persons(leerling), leerling["leerlingId"]))


# ── the command


@story("sqlite")
async def test_the_command_says_what_the_api_says(line: Line) -> None:
    """Beside the running gateway and on a copy of the file, by the id of either; the same data."""
    await line.gezag()
    pushed = await line.push()
    shown = await explained(line, pushed)
    for ident in (only(pushed), pushed["uitwisselingId"]):
        ((found),) = await as_data(line, ident)
        assert found == {"leveringId": only(pushed), "uitleg": shown}
    assert line.database is not None
    text = await told(line, only(pushed), "school")
    assert text.startswith(f"Levering {only(pushed)} van ")
    assert shown["tekst"] in text


@story("sqlite")
async def test_the_command_works_on_a_copy(line: Line) -> None:
    """A copy of the database in another folder is enough: no settings, no keys."""
    _, pushed, _ = await line.permitted()
    before = await told(line, only(pushed), "fg")
    assert line.database is not None
    other = Path(shutil.copytree(line.database.parent, line.database.parent.parent / "kopie"))
    done = await command(only(pushed), "--voor", "fg", "--database", other / line.database.name)
    assert (done.exit_code, done.output) == (0, before)


@story("sqlite")
async def test_the_command_tells_each_reader_his_part(line: Line) -> None:
    """After a veto: the fg reads it with its article, the school and the ouder do not read that it is so."""
    _, first, _ = await line.permitted()
    await line.take(only(first))
    recorded(await line.helper.post("/professionele-vetos", veto(leveringId=only(first)), key=fresh()))
    pushed = await line.push()
    texts = {voor: await told(line, only(pushed), voor) for voor in ("school", "ouder", "fg")}
    assert "PROFESSIONAL_VETO" in texts["fg"]
    assert "Jeugdwet artikel 7.3.11 lid 1" in texts["fg"]
    for voor in ("school", "ouder"):
        assert "VETO" not in texts[voor]
        assert "hulpverlener vindt" not in texts[voor]
        assert "Jeugdwet" not in texts[voor]


@story("sqlite")
async def test_a_school_is_the_recipient_of_an_answer(line: Line) -> None:
    """A school reads what comes from jeugdhulp and no reason; the fg reads the reasons."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    answer = await line.answer_back(only(pushed))
    (school,) = await as_data(line, answer["uitwisselingId"])
    assert (school["uitleg"]["lezer"], school["uitleg"]["redenen"]) == ("ontvanger", [])
    (fg,) = await as_data(line, answer["uitwisselingId"], "fg")
    assert fg["uitleg"]["redenen"]
    assert fg["uitleg"]["besluit"]["besluitId"]


@story("sqlite")
async def test_an_unknown_id_is_said_to_be_unknown(line: Line) -> None:
    """One error of ours, for whatever was typed."""
    for ident in (NOWHERE, "x", "' OR 1=1 --"):
        done: Any = await command(ident, "--database", line.database)
        assert isinstance(done.exception, NotFound)
        assert done.output == ""


@story("sqlite")
async def test_several_leveringen_are_told_one_after_the_other(line: Line) -> None:
    """An uitwisseling to two recipients: two explanations, each under its own line."""
    await line.gezag()
    pushed = await line.push(ontvangers=[HELPER, OTHER_HELPER])
    text = await told(line, pushed["uitwisselingId"], "school")
    assert text.count("\nLevering ") == 1
    assert len(await as_data(line, pushed["uitwisselingId"])) == 2
