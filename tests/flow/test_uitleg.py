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
    only,
    persons,
    story,
)


async def explained(line: Line, pushed: Json, who: Caller | None = None) -> Json:
    """The explanation of the only levering, which fits the published model."""
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/uitleg"
    answer = await (who or line.school).get(path)
    found = fine(answer)
    assert Uitleg.model_validate_json(answer.content).model_dump(mode="json").keys() == found.keys()
    return found


async def command(*arguments: object) -> Result:
    """`ozlijn explain` in a thread of its own, beside the gateway that runs in this one, without its keys."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, ["explain", *map(str, arguments)]))


async def with_keys(line: Line, *arguments: object) -> str:
    """The same with the settings of the gateway, and so with its keys."""
    file = line.settings.keys.parent / "ozlijn.toml"
    kept = ("database", "keys", "issuer", "log_name")
    file.write_text("".join(f"{n} = {json.dumps(str(getattr(line.settings, n)))}\n" for n in kept))
    done = await command(*arguments, "--settings", file)
    assert done.exit_code == 0, done.output
    return done.output


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
async def test_a_no_elsewhere_is_not_explained_to_the_school(line: Line) -> None:
    """The school knows that it is refused, and nothing in the explanation tells by what."""
    leerling, first, _ = await line.permitted()
    await line.take(only(first))
    await line.no_elsewhere(leerling, only(first))
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
        assert found == {"leveringId": only(pushed), "uitleg": shown | {"nu": None}}
    assert line.database is not None
    text = await told(line, only(pushed), "school")
    assert text.startswith(f"Levering {only(pushed)} van ")
    assert shown["tekst"] in text


@story("memory")
async def test_what_was_decided_and_what_would_be_now_are_told_apart(line: Line) -> None:
    """Each with its moment: while nothing changed they are the same; after a no it is the one of now that
    changed, also for what was delivered long before; and a term that passed is one of now as well.
    """
    leerling, pushed, given = await line.permitted()
    first = await explained(line, pushed)
    assert (first["nu"]["zelfde"], first["nu"]["uitkomst"]) == (True, first["uitkomst"])
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    taken = await explained(line, pushed)
    line.later(days=3)
    await line.withdraw(given[0])
    after = await explained(line, pushed)
    assert {n: v for n, v in after.items() if n != "nu"} == {n: v for n, v in taken.items() if n != "nu"}
    nu = after["nu"]
    assert (nu["zelfde"], nu["uitkomst"], nu["meegegeven"], nu["stappen"]) == (False, "DENY", [], [])
    assert {"CONSENT_WITHDRAWN", "WITHDRAWN_IN_FLIGHT"} & {r["code"] for r in nu["redenen"]}
    assert after["toen"] == {"op": after["beslistOp"], "rechtVan": "2026-11-22"}
    assert (nu["rechtVan"], nu["op"] > after["toen"]["op"]) == ("2026-11-25", True)
    await line.agree(leerling, persons(leerling)[0], moment="2026-11-24T09:00:00Z")
    line.later(days=400)
    for caller in line.callers.values():
        await caller.sign_in()
    later = await explained(line, pushed)
    assert later["toen"] == after["toen"]
    assert later["nu"]["rechtVan"] == "2027-12-30"
    assert later["nu"]["uitkomst"] != "PERMIT"
    before = await line.everything()
    await explained(line, pushed)
    assert await line.everything() == before


@story("memory")
async def test_what_was_refused_would_go_now(line: Line) -> None:
    """Its content is gone, and what would go is told from the fields it had: then nothing, now something."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    await line.agree(leerling, first, besluit="geweigerd")
    pushed = await line.push()
    for persoon in (first, second):
        await line.agree(leerling, persoon, moment="2026-11-22T09:00:00Z")
    u = await explained(line, pushed)
    assert (u["status"], u["uitkomst"], u["meegegeven"]) == ("geweigerd", "DENY", [])
    assert u["nu"]["uitkomst"] in ("PERMIT", "PERMIT_REDUCED")
    assert u["nu"]["meegegeven"]


@story("memory")
async def test_a_no_that_the_sender_may_not_know_of_is_not_told_in_what_would_be_now(line: Line) -> None:
    """One that the aanbieder recorded: now nothing is available, and no reason is there."""
    leerling, pushed, _ = await line.permitted()
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    await line.no_elsewhere(leerling, only(pushed))
    nu = (await explained(line, pushed))["nu"]
    assert (nu["uitkomst"], nu["grond"], nu["normen"]) == (None, None, [])
    assert {r["code"] for r in nu["redenen"]} == {"nietBeschikbaar"}


@story("sqlite")
async def test_the_command_tells_both_with_the_keys(line: Line) -> None:
    """In text under two headings, each with its moment; as data beside each other. Without the keys it says
    what is missing.
    """
    _, pushed, given = await line.permitted()
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    await line.withdraw(given[0])
    text = await with_keys(line, only(pushed), "--voor", "fg")
    then, _, now = text.partition("\nNu, ")
    assert "Toen, 22 november 2026, 11:00:00: besloten met wat toen was vastgelegd" in then
    assert "zo zou worden besloten met wat nu is vastgelegd" in now.splitlines()[0]
    assert "CONSENT_WITHDRAWN" in now
    assert "CONSENT_WITHDRAWN" not in then
    assert then.count("beleid ") == now.count("beleid ") == 1
    ((found),) = json.loads(await with_keys(line, only(pushed), "--json"))["leveringen"]
    shown = await explained(line, pushed)
    assert found["uitleg"] | {"nu": None} == shown | {"nu": None}
    assert found["uitleg"]["nu"] | {"op": "", "rechtVan": ""} == shown["nu"] | {"op": "", "rechtVan": ""}
    assert "Nu: dit is hier niet uit te rekenen." in await told(line, only(pushed), "school")


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
    """After a no elsewhere: the fg reads it with its article, the school and the ouder do not read that it is
    so.
    """
    leerling, first, _ = await line.permitted()
    await line.take(only(first))
    await line.no_elsewhere(leerling, only(first))
    pushed = await line.push()
    texts = {voor: await told(line, only(pushed), voor) for voor in ("school", "ouder", "fg")}
    assert "CONSENT_REFUSED" in texts["fg"]
    assert "UAVG artikel 5 lid 1" in texts["fg"]
    for voor in ("school", "ouder"):
        assert "REFUSED" not in texts[voor]
        assert "geweigerd" not in texts[voor]
        assert "UAVG" not in texts[voor]


@story("sqlite")
async def test_a_school_is_the_recipient_of_an_answer(line: Line) -> None:
    """A school reads what comes from jeugdhulp and no reason; the fg reads the reasons."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    answer = await line.answer_back(only(pushed))
    (school,) = await as_data(line, answer["uitwisselingId"])
    assert (school["uitleg"]["lezer"], school["uitleg"]["redenen"]) == ("ontvanger", [])
    assert school["uitleg"]["nu"] is None
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
