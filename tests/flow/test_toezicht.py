"""What an FG sees of the partijen under his toezicht, over HTTP and with `ozlijn fg`."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
import json
import shlex
import tomllib
from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner, Result

from gateway.cli.main import app
from gateway.explain.toezicht import Held, one
from schemas.errors import NotFound, WrongUse
from schemas.storage.storage import Periode, Register
from tests.conftest import ROOT
from tests.flow import test_afwegingen as weighing
from tests.flow.test_docs import blocks
from tests.line import (
    AANBIEDER,
    FG,
    HELPER,
    LEERLING,
    NOW,
    NOWHERE,
    OTHER_AANBIEDER,
    OTHER_HELPER,
    OTHER_SCHOOL,
    SCHOOL,
    Json,
    Line,
    another,
    bereik,
    codes,
    fine,
    fresh,
    only,
    persons,
    problem,
    recorded,
    shape,
    story,
)
from tests.release_data import restored_line

LIST: Final = "/toezicht/leveringen"
WEEK: Final = "van=2026-11-16&tot=2026-11-23"


async def seen(line: Line, query: str = "") -> list[Json]:
    found: list[Json] = fine(await line.fg.get(f"{LIST}?{query}"))["leveringen"]
    return found


async def watching(line: Line, *partijen: str) -> None:
    """From now on the FG watches over these partijen only."""
    old = await line.world.storage.register()
    made = dict(old.partijen)
    made[FG] = json.dumps(json.loads(made[FG]) | {"toezichtOp": partijen})
    await line.apply(Register(old.version, made))


async def weighed(line: Line) -> str:
    """A levering that went to the helper without toestemming, after a weighing of two people."""
    leerling = await weighing.refused_by_one(line)
    recorded(await weighing.look(line, await weighing.weigh(line, leerling)))
    sent = only(await weighing.push(line))
    await line.take(sent)
    return sent


async def command(line: Line, *arguments: object) -> Result:
    """`ozlijn` in a thread of its own, beside the gateway that runs in this one."""
    file = line.settings.keys.parent / "ozlijn.toml"
    kept = ("database", "keys", "issuer", "log_name")
    file.write_text("".join(f"{n} = {json.dumps(str(getattr(line.settings, n)))}\n" for n in kept))
    given = [*map(str, arguments), "--settings", str(file)]
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, given))


# ── the two questions


@story()
async def test_everything_of_last_week_without_toestemming(line: Line) -> None:
    """One call: what went after a weighing, with its reasons and norms; not what people agreed to."""
    went = await weighed(line)
    leerling = await line.gezag(leerling={"leerlingid": "andere"})
    await line.both_agree(leerling)
    agreed = only(await line.push(raw=another("andere")))
    await line.take(agreed)
    assert {r["leveringId"] for r in await seen(line, WEEK)} == {went, agreed}
    (row,) = await seen(line, f"{WEEK}&grond=zonder_toestemming")
    assert (row["leveringId"], row["kant"], row["partij"]) == (went, "afzender", SCHOOL)
    assert (row["grond"], row["zonderToestemming"], row["overgedragen"]) == ("break_glass", True, True)
    assert "BG_APPROVED" in codes(row)
    assert all(r["uitleg"] and r["normen"] for r in row["redenen"] if r["code"] == "BG_APPROVED")
    assert row["categorieen"] == ["contact", "factoren"]
    assert set(row["velden"]) <= set(weighing.PROFILE)
    (other,) = await seen(line, f"{WEEK}&grond=consent")
    assert (other["leveringId"], other["zonderToestemming"]) == (agreed, False)
    assert await seen(line, "van=2026-11-23&tot=2026-11-24") == []
    assert await seen(line, "van=2026-11-16&tot=2026-11-22") == [], "the last day is not in it"


@story()
async def test_what_somebody_received_about_a_leerling_and_why(line: Line) -> None:
    """One call, by the school's own leerlingid, with a kijkdoel; it is logged without the leerling."""
    _, pushed, _ = await line.permitted()
    sent = only(pushed)
    await line.take(sent)
    await line.push(raw=another("andere"))
    await line.push(ontvangers=[OTHER_HELPER])
    body = {
        "partij": SCHOOL,
        "leerling": {"leerlingid": LEERLING},
        "kijkdoel": "klacht",
        "ontvanger": AANBIEDER,
        "status": "klaar",
    }
    told = fine(await line.fg.post(f"{LIST}/_zoek", body))
    row = next(r for r in told["leveringen"] if r["leveringId"] == sent)
    assert {r["ontvanger"] for r in told["leveringen"]} == {AANBIEDER}
    assert (row["grond"], row["uitkomst"]) == ("consent", "PERMIT_REDUCED")
    assert "CONSENT_VALID" in codes(row)
    by_ref = {n: v for n, v in body.items() if n != "leerling"} | {"leerlingId": row["leerlingId"]}
    assert fine(await line.fg.post(f"{LIST}/_zoek", by_ref))["leveringen"] == told["leveringen"]
    whole = fine(await line.fg.get(f"{LIST}/{sent}"))
    assert {n: whole[n] for n in row} == row
    assert whole["toelichting"]["lezer"] == "fg"
    assert whole["toelichting"]["normen"]
    assert [h["gebeurtenis"] for h in whole["geschiedenis"]] == ["besloten", "opgehaald"]
    logged = [e for e in line.log_lines() if e["event"] == "toezicht.read"]
    assert [e["kijkdoel"] for e in logged] == ["klacht", "klacht", None]
    assert {(e["partij"], *e["over"]) for e in logged} == {(FG, SCHOOL)}
    assert LEERLING not in json.dumps(line.log_lines())
    assert LEERLING not in json.dumps([told, whole])


# ── as a recipient


@story()
async def test_a_recipient_is_seen_with_what_was_handed_over(line: Line) -> None:
    """Before that nothing; after it the fields, and no word on why, on which ground or what stayed home."""
    await watching(line, AANBIEDER)
    _, pushed, given = await line.permitted()
    sent = only(pushed)
    path = f"{LIST}/{sent}"
    assert await seen(line) == []
    unknown = shape(await line.fg.get(f"{LIST}/{NOWHERE}"))
    assert shape(await line.fg.get(path)) == unknown
    await line.take(sent)
    (row,) = await seen(line)
    assert (row["leveringId"], row["partij"], row["kant"]) == (sent, AANBIEDER, "ontvanger")
    assert set(row["categorieen"]) == {"contact", "onderwijspositie", "doelen"}
    hidden = ("uitwisselingId", "leerlingId", "uitkomst", "grond", "zonderToestemming")
    assert [row[name] for name in hidden] == [None] * 5
    assert row["redenen"] == []
    whole = fine(await line.fg.get(path))
    told = whole["toelichting"]
    assert (told["achtergehouden"], told["redenen"], told["besluit"]) == ([], [], None)
    assert whole["geschiedenis"] == []
    for question in ("grond=consent", "grond=none", "grond=zonder_toestemming", "status=ingetrokken"):
        assert await seen(line, question) == [], question
    line.later(minutes=1)
    await line.withdraw(given[0])
    (after,) = await seen(line)
    assert after == row | {"status": None}
    again = fine(await line.fg.get(path))
    assert again["toelichting"] == told, "a later decision is not told"


@story("memory")
async def test_a_sender_is_seen_without_the_facts_of_others(line: Line) -> None:
    """A no that the recipient recorded reads nietBeschikbaar, to the FG of the school as to the school."""
    leerling, first, _ = await line.permitted()
    await line.take(only(first))
    said = {"persoonId": persons(leerling)[0], "bereik": bereik(), "moment": "2026-11-22T09:00:00Z"}
    recorded(await line.helper.post("/bezwaren", said | {"leveringId": only(first)}, key=fresh()))
    second = await line.push()
    await watching(line, SCHOOL)
    whole = fine(await line.fg.get(f"{LIST}/{only(second)}"))
    assert codes(whole) == {"nietBeschikbaar"}
    assert (whole["uitkomst"], whole["grond"], whole["zonderToestemming"]) == (None, None, None)
    assert "REFUSED" not in json.dumps(whole)
    for grond in ("none", "consent", "zonder_toestemming"):
        assert only(second) not in [r["leveringId"] for r in await seen(line, f"grond={grond}")]
    theirs = await line.levering(second)
    assert whole["geschiedenis"] == theirs["geschiedenis"]
    assert leerling["leerlingId"] == whole["leerlingId"]


# ── neutral


@story("memory")
async def test_what_is_not_under_his_toezicht_is_not_there(line: Line) -> None:
    """Another's partij, an unknown one or leerling, or no toezicht at all: one empty list, one 404."""
    _, pushed, _ = await line.permitted()
    sent = only(pushed)
    await line.take(sent)
    row = (await seen(line))[0]
    unknown = {"partij": SCHOOL, "kijkdoel": "toezicht", "leerling": {"leerlingid": "LL-onbekend"}}
    assert fine(await line.fg.post(f"{LIST}/_zoek", unknown))["leveringen"] == [], "and not everybody"
    await watching(line, OTHER_SCHOOL)
    lists, searches, reads = set(), set(), set()
    for partij in (SCHOOL, AANBIEDER, OTHER_AANBIEDER, "brin:00AA00", OTHER_SCHOOL):
        answer = await line.fg.get(f"{LIST}?partij={partij}")
        lists.add(json.dumps(fine(answer)["leveringen"]))
        reads.add(shape(await line.fg.get(f"{LIST}/{sent}?partij={partij}")))
        for leerling in ({"leerling": {"leerlingid": LEERLING}}, {"leerlingId": row["leerlingId"]}):
            body = {"partij": partij, "kijkdoel": "toezicht", **leerling}
            searches.add(fine(await line.fg.post(f"{LIST}/_zoek", body))["leveringen"] == [])
    reads |= {shape(await line.fg.get(f"{LIST}/{i}")) for i in (sent, NOWHERE, "x")}
    assert (lists, searches, len(reads)) == ({"[]"}, {True}, 1)
    assert next(iter(reads))[0] == 404
    await watching(line)
    assert await seen(line) == []
    assert shape(await line.fg.get(f"{LIST}/{sent}")) in reads


@story("memory")
async def test_a_wrong_question_is_told_without_its_value(line: Line) -> None:
    """With the words that may be used; of a body as of an address."""
    for query, code in (
        ("van=gisteren", "parameter.vorm"),
        ("tot=2026-02-30", "parameter.dag"),
        ("grond=geheim", "parameter.keuze"),
        ("status=klaar&status=mislukt", "parameter.keuze"),
        ("partij=geheim", "parameter.vorm"),
        ("na=geheim", "parameter.vorm"),
        ("aantal=1001", "parameter.getal"),
    ):
        answer = await line.fg.get(f"{LIST}?{query}")
        assert problem(answer)[2] == (code,), query
        assert "geheim" not in answer.text
    both = {"partij": SCHOOL, "kijkdoel": "klacht", "leerling": {"leerlingid": "x"}, "leerlingId": NOWHERE}
    assert problem(await line.fg.post(f"{LIST}/_zoek", both))[2] == ("leerling.een",)
    without = {"partij": SCHOOL, "leerling": {"leerlingid": "geheim"}}
    answer = await line.fg.post(f"{LIST}/_zoek", without)
    assert answer.status_code == 400
    assert "geheim" not in answer.text


# ── pages, tables and the command


@story("memory")
async def test_pages_and_tables_hold_the_whole(line: Line) -> None:
    """Page by page as all at once; a table has the same rows, and says in a header how to go on."""
    for n in range(5):
        await line.push(raw=another(f"leerling-{n}"))
    everything = await seen(line)
    assert len(everything) == 5
    read: list[Any] = []
    na = ""
    while True:
        page = fine(await line.fg.get(f"{LIST}?aantal=2{na}"))
        read += page["leveringen"]
        if page["na"] is None:
            break
        na = f"&na={page['na']}"
    assert read == everything
    answer = await line.fg.get(f"{LIST}?aantal=2", {"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [r["leveringId"] for r in table] == [r["leveringId"] for r in everything[:2]]
    assert table[0]["redenen"] == " | ".join(r["code"] for r in everything[0]["redenen"])
    rest = await line.fg.get(f"{LIST}?na={answer.headers['vervolg-na']}", {"Accept": "text/csv"})
    assert "vervolg-na" not in rest.headers
    assert len(rest.text.splitlines()) == 4


@story("sqlite")
async def test_the_command_of_an_answer_gives_that_answer(line: Line) -> None:
    """Whoever holds the folder runs it, and has the same rows, the same table and the same explanation."""
    went = await weighed(line)
    answer = fine(await line.fg.get(f"{LIST}?{WEEK}&grond=zonder_toestemming&partij={SCHOOL}"))
    again, verify = answer["naTeRekenen"]
    done = await command(line, *shlex.split(again)[1:])
    assert (done.exit_code, json.loads(done.stdout)) == (0, answer)
    assert verify == "ozlijn ledger verify"
    csv_answer = await line.fg.get(f"{LIST}?{WEEK}", {"Accept": "text/csv"})
    told = await command(line, "fg", "leveringen", "--fg", FG, *_days(WEEK))
    assert (
        "  grond: Er is geen toestemming. Delen is na een afweging toch goedgekeurd. [break_glass]"
        in told.stdout
    )
    table = await command(line, "fg", "leveringen", "--fg", FG, *_days(WEEK), "--csv")
    assert (table.exit_code, table.stdout_bytes) == (0, csv_answer.content)
    whole = fine(await line.fg.get(f"{LIST}/{went}"))
    one, replay, _ = whole["naTeRekenen"]
    done = await command(line, *shlex.split(one)[1:])
    assert (done.exit_code, json.loads(done.stdout)) == (0, whole)
    done = await command(line, *shlex.split(replay)[1:], "--json")
    assert (done.exit_code, [n["nagerekend"] for n in json.loads(done.stdout)["leveringen"]]) == (0, [True])
    asked = {
        "partij": SCHOOL,
        "leerling": {"leerlingid": LEERLING},
        "kijkdoel": "klacht",
        "van": "2026-11-16",
    }
    found = fine(await line.fg.post(f"{LIST}/_zoek", asked))
    (search, _) = found["naTeRekenen"]
    done = await command(line, *shlex.split(search.replace("LEERLINGID", LEERLING))[1:])
    assert (done.exit_code, json.loads(done.stdout)) == (0, found)
    assert '"kijkdoel":"klacht"' in done.stderr
    assert LEERLING not in done.stderr
    for wrong in (
        ("--leerlingid", "x", "--partij", SCHOOL),
        ("--kijkdoel", "klacht"),
        ("--leerlingid", "x", "--kijkdoel", "klacht"),
        ("--json", "--csv"),
        ("--fg", FG, "--partij", SCHOOL),
    ):
        refused = await command(line, "fg", "leveringen", *wrong)
        assert isinstance(refused.exception, WrongUse), wrong
    unknown = await command(line, "fg", "levering", went, "--partij", OTHER_SCHOOL)
    assert (type(unknown.exception), unknown.stdout) == (NotFound, "")
    told = await command(line, "fg", "levering", went, "--partij", AANBIEDER)
    assert "BG_APPROVED" not in told.stdout, "as a recipient"
    assert HELPER["partij"] in told.stdout
    listed = await command(line, "fg", "leveringen", "--partij", SCHOOL, *_days(WEEK))
    assert [word in listed.stdout for word in (went, "BG_APPROVED", "AVG", "1 levering")] == [True] * 4


def _days(query: str) -> list[str]:
    return [part for pair in query.split("&") for part in ("--" + pair.replace("=", " ")).split()]


# ── the page and what an older release left


@story("sqlite")
async def test_the_page_works_as_written(line: Line) -> None:
    """Every address and every command of the howto, on what it is about: each finds what went."""
    went = await weighed(line)
    page = (ROOT / "docs" / "howto" / "toezicht-houden.md").read_text(encoding="utf-8")
    sample = tomllib.loads((ROOT / "deploy" / "partijen.toml").read_text(encoding="utf-8"))["partijen"]
    (fg,) = (p["id"] for p in sample if p["soort"] == "fg")
    assert f"--fg {fg} " in page  # who follows the runbook has this one
    page = page.replace(fg, FG)
    asked = 0
    for language, content, _ in blocks(page):
        if language == "http":
            head, _, body = content.partition("\n\n")
            method, path = head.strip().removesuffix("\n").split()
            call = line.fg.get(path.removeprefix("/v1"))
            if method == "POST":
                call.close()
                call = line.fg.post(path.removeprefix("/v1"), json.loads(body))
            found = fine(await call)["leveringen"]
            assert [r["leveringId"] for r in found] == [went], path
            asked += 1
        for text in content.splitlines() if language == "sh" else ():
            done = await command(line, *shlex.split(text)[1:])
            assert done.exit_code == 0, (text, done.stderr)
            if "--alles" not in text and " fg " in text:
                assert went in done.stdout
            asked += 1
    assert asked == 6


def test_what_an_older_release_stored_is_found_as_well(release_0_1_0: Path) -> None:
    """Each levering once, for its sender and, if it was handed over, for its recipient."""

    async def story() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            storage = line.world.storage
            rows = [v for _, v in await storage.all_leveringen(0, 500)]
            always = (NOW - dt.timedelta(days=3_650), NOW + dt.timedelta(days=3_650))
            handed = 0
            for partij in (SCHOOL, OTHER_SCHOOL, AANBIEDER, OTHER_AANBIEDER):
                found = await storage.leveringen_in(Periode((partij,), *always), 500)
                received = {v.id for v in rows if v.ontvanger == partij and v.overgedragen is not None}
                handed += len(received)
                assert {v.id for _, v in found} == {v.id for v in rows if v.afzender == partij} | received
                for at, v in found:
                    seen_one = await one(storage, v.id, (partij,), Held(line.context.stamps))
                    assert (seen_one.op, seen_one.klopt) == (at, True)
            assert handed > 3

    asyncio.run(story())
