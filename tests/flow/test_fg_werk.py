"""What an FG does over HTTP: he asks within his reach, looks at a person for a doel, samples, and checks."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
import tempfile
import tomllib
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Final

import pypdf
import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.register.regels import shipped_profiles
from gateway.toezicht.pakket import NORMEN, check
from gateway.toezicht.vragen import VRAGEN
from gateway.toezicht.werk import getrokken
from schemas.errors import WrongUse
from schemas.storage.storage import Register
from tests.conftest import ROOT
from tests.flow.test_berichten import CONVENANT
from tests.flow.test_docs import blocks
from tests.flow.test_toezicht import command, watching, weighed
from tests.line import (
    AANBIEDER,
    FG,
    LEERLING,
    NOWHERE,
    OTHER_SCHOOL,
    SCHOOL,
    Json,
    Line,
    another,
    fine,
    fresh,
    only,
    problem,
    recorded,
    shape,
    story,
)

T: Final = "/toezicht"
PERIODE: Final = "van=2026-11-01&tot=2026-12-01"
BODY: Final = {"partij": SCHOOL, "van": "2026-11-01", "tot": "2026-12-01", "zaad": "proef-1", "aantal": 5}


async def ask(line: Line, nummer: int, query: str = "") -> Json:
    return fine(await line.fg.get(f"{T}/vragen/vraag-{nummer}?{PERIODE}&{query}"))


async def went(line: Line) -> str:
    """A levering that both ouders agreed to, that was taken and signed for."""
    _, pushed, _ = await line.permitted()
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    return only(pushed)


# ── reach


@story("memory")
async def test_no_answer_tells_of_a_partij_that_he_does_not_watch_over(line: Line) -> None:
    """Of a foreign partij, an unknown one, or none at all: each question has the same empty answer."""
    sent = await weighed(line)
    told = {n: (await ask(line, n, f"partij={SCHOOL}"))["rijen"] for n in range(2, 24)}
    assert {n for n, rows in told.items() if rows} >= {2, 4, 5, 6, 7, 8, 10, 12, 13, 17, 20, 21}
    await watching(line, OTHER_SCHOOL)
    answers: dict[int, set[str]] = {}
    for partij in (SCHOOL, AANBIEDER, "brin:00AA00"):
        for n in range(2, 24):
            answers.setdefault(n, set()).add(json.dumps((await ask(line, n, f"partij={partij}"))["rijen"]))
    assert {n: len(found) for n, found in answers.items()} == dict.fromkeys(range(2, 24), 1)
    assert all(found == {"[]"} for n, found in answers.items() if n != 21), "21 is about the account itself"
    nowhere = shape(await line.fg.get(f"{T}/leveringen/{NOWHERE}/opnieuw"))
    assert shape(await line.fg.get(f"{T}/leveringen/{sent}/opnieuw")) == nowhere
    shown = {"kijkdoel": "klacht"}
    unknown = shape(await line.fg.post(f"{T}/_toon", shown | {"leveringId": NOWHERE}))
    assert shape(await line.fg.post(f"{T}/_toon", shown | {"leveringId": sent})) == unknown
    assert unknown[0] == 404
    assert (await line.fg.post(f"{T}/steekproeven", BODY, key=fresh())).status_code == 404
    checked = {"partij": SCHOOL, "grootte": 0, "wortel": "A" * 43 + "="}
    assert (await line.fg.post(f"{T}/nagekeken", checked, key=fresh())).status_code == 404
    assert fine(await line.fg.get(f"{T}/steekproeven?partij={SCHOOL}"))["steekproeven"] == []
    assert not [e for e in await line.ledger() if e["soort"] == "log.read"], "nothing was looked at"


@story("memory")
async def test_a_recipient_is_told_what_it_received_and_no_more(line: Line) -> None:
    """Of what the school decided there is nothing in any answer to the FG of the recipient."""
    await watching(line, AANBIEDER)
    sent = await weighed(line)
    (row,) = (await ask(line, 3))["rijen"]
    assert (row["leveringId"], row["partij"], row["kant"]) == (sent, AANBIEDER, "ontvanger")
    assert (row["doorAfzenderVastgelegd"], row["zelfdeVelden"], row["getekend"]) == (True, True, False)
    for n in (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 22, 23):
        assert (await ask(line, n))["rijen"] == [], n
    everything = json.dumps([await ask(line, n) for n in range(2, 24)])
    assert "BG_APPROVED" not in everything
    assert "break_glass" not in everything


# ── looking at a person


@story()
async def test_who_looks_at_a_person_stands_in_the_account_first(line: Line) -> None:
    """By a search or a name: for which doel, by whom; and no name or leerlingid in account or log."""
    sent = await went(line)
    search = {
        "partij": SCHOOL,
        "leerling": {"leerlingid": LEERLING},
        "kijkdoel": "klacht",
        "van": "2026-01-01",
    }
    (row,) = fine(await line.fg.post(f"{T}/vragen/vraag-1/_zoek", search))["rijen"]
    assert (row["leveringId"], row["grond"]) == (sent, "consent")
    told = fine(await line.fg.post(f"{T}/_toon", {"leveringId": sent, "kijkdoel": "datalek"}))
    assert told["leerlingid"] == LEERLING
    nobody = search | {"leerling": {"leerlingid": "LL-onbekend"}}
    assert fine(await line.fg.post(f"{T}/vragen/vraag-1/_zoek", nobody))["rijen"] == []
    rows = (await ask(line, 23))["rijen"]
    assert [(r["kijkdoel"], r["wat"], r["door"]) for r in rows] == [
        ("klacht", "leerling", FG),
        ("datalek", "naam", FG),
        ("klacht", "leerling", FG),
    ]
    assert [r["leerlingId"] is None for r in rows] == [False, False, True]
    leaves = [e for e in await line.ledger() if e["soort"] == "log.read"]
    assert [(e["afzender"], e["ontvanger"], e["kijkdoel"]) for e in leaves] == [
        (FG, SCHOOL, d) for d in ("klacht", "datalek", "klacht")
    ]
    assert LEERLING not in json.dumps([leaves, line.log_lines(), rows])
    done = await command(line, "ledger", "verify")
    if line.database is not None:
        assert done.exit_code == 0, done.stdout


# ── opened


@story()
async def test_what_nobody_told_is_unknown_and_what_was_told_counts(line: Line) -> None:
    """A recipient tells which fields he used; until then the answer says niet gemeld, and never 0."""
    sent = await went(line)
    rows = (await ask(line, 5))["rijen"]
    assert {r["geopend"] for r in rows} == {"niet gemeld"}
    field = next(r["veld"] for r in rows if r["mee"])
    path = f"/leveringen/{sent}/gebruik"
    strange = await line.helper.post(path, {"geopend": ["bestaat.niet"]})
    assert problem(strange)[2] == ("toezicht.gebruik",)
    assert fine(await line.helper.post(path, {"geopend": [field]}))["status"] == "bevestigd"
    assert fine(await line.helper.post(path, {"geopend": []}))["status"] == "bevestigd", "what was said stays"
    counts = {r["veld"]: (r["mee"], r["gemeld"], r["geopend"]) for r in (await ask(line, 5))["rijen"]}
    assert counts[field] == (1, 1, 1)
    assert {v for f, v in counts.items() if f != field and v[0]} == {(1, 1, 0)}
    (profile,) = (await ask(line, 6))["rijen"]
    assert (profile["geopend"], profile["gemeld"]) == (1, profile["mee"])
    assert (await line.school.post(path, {"geopend": []})).status_code == 404
    (leaf,) = [e for e in await line.ledger() if "veldenGeopend" in e][:1]
    assert leaf["veldenGeopend"] == [field]


# ── samples, verdicts, again


@story()
async def test_a_sample_is_repeatable_and_its_verdicts_are_kept(line: Line) -> None:
    """The same seed draws the same; of a case the last verdict counts, and all stand in the account."""
    sent = await went(line)
    other = await line.push(raw=None)
    key = fresh()
    first = recorded(await line.fg.post(f"{T}/steekproeven", BODY, key=key))
    assert recorded(await line.fg.post(f"{T}/steekproeven", BODY, key=key)) == first
    second = recorded(await line.fg.post(f"{T}/steekproeven", BODY, key=fresh()))
    a, b = [fine(await line.fg.get(f"{T}/steekproeven/{s['id']}")) for s in (first, second)]
    cases = [g["leveringId"] for g in a["gevallen"]]
    assert cases == [g["leveringId"] for g in b["gevallen"]]
    assert (sorted(cases), a["uit"], a["bekeken"]) == (sorted([sent, only(other)]), 2, 0)
    points = dict.fromkeys(("grond", "nodig", "ontvanger", "informatie", "vastlegging"), "goed")
    path = f"{T}/steekproeven/{first['id']}/oordelen"
    few = await line.fg.post(path, {"leveringId": sent, "punten": {"grond": "goed"}}, key=fresh())
    assert problem(few)[2] == ("toezicht.punten",)
    foreign = await line.fg.post(path, {"leveringId": NOWHERE, "punten": points}, key=fresh())
    assert problem(foreign)[2] == ("toezicht.geval",)
    recorded(await line.fg.post(path, {"leveringId": sent, "punten": points}, key=fresh()))
    changed = {"leveringId": sent, "punten": points | {"nodig": "niet_goed"}, "toelichting": "Fictief."}
    recorded(await line.fg.post(path, changed, key=fresh()))
    (case,) = [
        g for g in fine(await line.fg.get(f"{T}/steekproeven/{first['id']}"))["gevallen"] if g["punten"]
    ]
    assert (case["punten"]["nodig"], case["toelichting"]) == ("niet_goed", "Fictief.")
    listed = fine(await line.fg.get(f"{T}/steekproeven?partij={SCHOOL}"))["steekproeven"]
    assert [s["id"] for s in listed] == [second["id"], first["id"]]
    soorten = [e["soort"] for e in await line.ledger() if e["soort"].startswith("sample.")]
    assert soorten == ["sample.drawn", "sample.drawn", "sample.judged", "sample.judged"]
    unknown = shape(await line.fg.get(f"{T}/steekproeven/{NOWHERE}"))
    assert shape(await line.school.get(f"{T}/steekproeven/{first['id']}"))[0] in (403, 404)
    await watching(line, OTHER_SCHOOL)
    assert shape(await line.fg.get(f"{T}/steekproeven/{first['id']}")) == unknown


def test_a_draw_depends_on_its_seed_and_on_what_there_is() -> None:
    """Not on the order in which it was read; another seed draws others."""
    there = [f"{n:032x}" for n in range(100)]
    assert getrokken(there, "a", 10) == getrokken(there[::-1], "a", 10)
    assert getrokken(there, "a", 10) != getrokken(there, "b", 10)
    assert len(set(getrokken(there, "a", 10))) == 10
    assert sorted(getrokken(there, "a", 500)) == there


@story("memory")
async def test_a_weighing_waits_for_a_verdict_and_a_decision_is_made_again(line: Line) -> None:
    """The queue tells what has no verdict yet; under the rules of then the same comes out."""
    sent = await weighed(line)
    (a,) = fine(await line.fg.get(f"{T}/afwegingen?{PERIODE}"))["afwegingen"]
    assert (a["leveringId"], a["oordeel"], a["teLaat"]) == (sent, None, False)
    body = {"oordeel": "terecht_te_ruim", "toelichting": "Fictief.", "moment": "2026-11-22T10:00:00Z"}
    recorded(await line.fg.post(f"/afwegingen/{a['afwegingId']}/nabeoordelingen", body, key=fresh()))
    (after,) = fine(await line.fg.get(f"{T}/afwegingen?{PERIODE}"))["afwegingen"]
    assert after == a | {"oordeel": "terecht_te_ruim"}
    again = fine(await line.fg.get(f"{T}/leveringen/{sent}/opnieuw"))
    assert (again["verschil"], again["nagerekend"], again["velden"]) == (
        "gelijk",
        True,
        {"erbij": [], "weg": []},
    )
    found = fine(await line.fg.get(f"{T}/uitzonderingen?{PERIODE}"))
    counts = {u["naam"]: u["aantal"] for u in found["uitzonderingen"]}
    assert (counts["zonderToestemming"], counts["naNee"], counts["naIntrekking"]) == (1, 1, 0)


# ── the account


@story()
async def test_he_sees_that_nothing_is_gone_since_he_last_looked(line: Line) -> None:
    """From a root that he was told before; a root that never was is refused, and a changed one shows."""
    await went(line)
    boom = (await ask(line, 20))["boom"]
    wrong = {"partij": SCHOOL, "grootte": boom["grootte"], "wortel": "A" * 43 + "="}
    assert problem(await line.fg.post(f"{T}/nagekeken", wrong, key=fresh()))[2] == ("toezicht.nagekeken",)
    body = {"partij": SCHOOL, "grootte": boom["grootte"], "wortel": boom["wortel"]}
    recorded(await line.fg.post(f"{T}/nagekeken", body, key=fresh()))
    await line.push()
    (row,) = (await ask(line, 19))["rijen"]
    assert (row["klopt"], row["grootteToen"]) == (True, boom["grootte"])
    assert row["grootteNu"] > boom["grootte"]
    assert row["bewijs"]
    assert {r["klopt"] for r in (await ask(line, 21))["rijen"]} == {True}


# ── agreements, partners, months


@story()
async def test_changed_profiles_and_ending_convenanten_are_told(line: Line) -> None:
    """With the fields that came and went, in the period in which the register was applied."""
    path = f"{T}/afspraken?{PERIODE}"
    assert fine(await line.fg.get(path))["profielen"] == []
    profiel = shipped_profiles()[0]
    less = profiel.model_dump(mode="json", by_alias=True) | {"versie": profiel.versie + 1}
    less["velden"] = less["velden"][1:]
    old = await line.world.storage.register()
    text = CONVENANT.format(SCHOOL=SCHOOL, AANBIEDER=AANBIEDER)
    ends = text.replace("2027-07-31", "2027-01-15")
    stored = {"convenant": json.dumps({"tekst": ends, "handtekening": ""})}
    await line.apply(Register(old.version, old.partijen, {profiel.id: json.dumps(less)}, stored))
    await line.apply(Register(old.version, old.partijen, {}, stored))
    told = fine(await line.fg.get(path))
    gone = profiel.velden[0].pad
    assert [
        (r["profiel"], r["versieNu"] - r["versieToen"], r["erbij"], r["weg"]) for r in told["profielen"]
    ] == [
        (profiel.id, 1, [], [gone]),
        (profiel.id, -1, [gone], []),
    ]
    (c,) = told["convenanten"]
    assert (c["convenant"], c["geldigTotEnMet"]) == ("convenant-fictie", "2027-01-15")
    assert c["partijen"] == [SCHOOL, AANBIEDER]
    found = fine(await line.fg.get(f"{T}/uitzonderingen?{PERIODE}"))
    counts = {u["naam"]: u["aantal"] for u in found["uitzonderingen"]}
    assert (counts["profielVeranderd"], counts["afspraakLooptAf"]) == (2, 1)
    before = fine(await line.fg.get(f"{T}/afspraken?van=2026-10-01&tot=2026-11-01"))
    assert (before["profielen"], before["convenanten"]) == ([], [])
    if line.database is not None:
        done = await command(line, *told["naTeRekenen"][0].split()[1:])
        assert json.loads(done.stdout)["profielen"] == told["profielen"]
    await watching(line, OTHER_SCHOOL)
    assert fine(await line.fg.get(path))["convenanten"] == [], "others agreed to that"


@story("sqlite")
async def test_a_register_that_somebody_wrote_over_does_not_hide_a_change(line: Line) -> None:
    """The account has the hash of what was applied: what the store keeps of then is held to it."""
    profiel = shipped_profiles()[0]
    other = profiel.model_dump(mode="json", by_alias=True) | {"versie": profiel.versie + 1}
    old = await line.world.storage.register()
    await line.apply(Register(old.version, old.partijen, {profiel.id: json.dumps(other)}))
    await line.apply(Register(old.version, old.partijen))
    assert line.database is not None
    with closing(sqlite3.connect(line.database)) as db, db:
        db.execute("DELETE FROM register_past WHERE kind = 'profiel'")
    told = fine(await line.fg.get(f"{T}/afspraken?{PERIODE}"))["profielen"]
    assert [r["profiel"] for r in told] == [None, None], "neither what it changed nor what changed it"


@story()
async def test_a_proposal_changes_nothing_and_becomes_a_taak(line: Line) -> None:
    """The school reads it with its taak and says that it looked; of what is not there nothing is proposed."""
    profiel = shipped_profiles()[0]
    said = {
        "partij": SCHOOL,
        "soort": "profiel",
        "afspraak": profiel.id,
        "velden": [profiel.velden[0].pad],
        "toelichting": "Niemand opende dit. Laat het thuis.",
    }
    before = await line.world.storage.register()
    made = await line.fg.post(f"{T}/voorstellen", said, key="een-sleutel")
    assert recorded(made) == (await line.fg.post(f"{T}/voorstellen", said, key="een-sleutel")).json()
    assert await line.world.storage.register() == before
    (taak,) = fine(await line.school.get("/taken"))["taken"]
    assert (taak["soort"], taak["velden"], taak.get("leerlingId")) == (
        "voorstel_bekijken",
        said["velden"],
        None,
    )
    read = f"/taken/{taak['id']}/voorstel"
    told = fine(await line.school.get(read))
    assert (told["afspraak"], told["toelichting"], told["status"]) == (
        profiel.id,
        said["toelichting"],
        "open",
    )
    assert (await line.other_school.get(read)).status_code == 404
    fine(await line.school.post(f"/taken/{taak['id']}/_gedaan"))
    (after,) = fine(await line.fg.get(f"{T}/voorstellen?partij={SCHOOL}"))["voorstellen"]
    assert (after["id"], after["status"]) == (made.json()["id"], "afgehandeld")
    for wrong in ({"afspraak": "bestaat-niet"}, {"soort": "convenant"}):
        refused = await line.fg.post(f"{T}/voorstellen", said | wrong, key=fresh())
        assert problem(refused)[2] == ("toezicht.afspraak",)
    soorten = [e["soort"] for e in await line.ledger()]
    assert (soorten.count("change.proposed"), soorten.count("task.done")) == (1, 1)
    if line.database is not None:
        assert (await command(line, "ledger", "verify")).exit_code == 0
    await watching(line, OTHER_SCHOOL)
    assert (await line.fg.post(f"{T}/voorstellen", said, key=fresh())).status_code == 404
    assert fine(await line.fg.get(f"{T}/voorstellen?partij={SCHOOL}"))["voorstellen"] == []


@story("memory")
async def test_a_period_is_counted_per_partner_and_a_year_per_month(line: Line) -> None:
    """What was sent and what was received apart, and of a foreign partij nothing."""
    sent = await weighed(line)
    leerling = await line.gezag(leerling={"leerlingid": "andere"})
    await line.both_agree(leerling)
    await line.take(only(await line.push(raw=another("andere"))))
    rows = fine(await line.fg.get(f"{T}/overzicht?{PERIODE}&partij={SCHOOL}"))["partners"]
    (row,) = rows
    assert (row["ander"], row["kant"], row["leveringen"], row["overgedragen"]) == (
        AANBIEDER,
        "afzender",
        2,
        2,
    )
    assert (row["zonderToestemming"], row["geweigerd"], row["mislukt"]) == (1, 0, 0)
    one = fine(await line.fg.get(f"{T}/leveringen/{sent}"))
    assert (one["geopend"], row["velden"] > len(one["velden"])) == (None, True)
    months = fine(await line.fg.get(f"{T}/maanden?tot=2026-12-01"))["maanden"]
    assert [m["maand"] for m in months] == ["2025-11", "2025-12", *(f"2026-{n:02}" for n in range(1, 12))]
    assert (months[-1]["overgedragen"], months[-1]["zonderToestemming"], months[-1]["volledig"]) == (
        2,
        1,
        True,
    )
    assert months[0]["overgedragen"] == 0
    old = fine(await line.fg.get(f"{T}/maanden?tot=2000-01-01"))["maanden"]
    assert ({m["overgedragen"] for m in old}, old[0]["maand"]) == ({0}, "1998-12")
    await watching(line, OTHER_SCHOOL)
    assert fine(await line.fg.get(f"{T}/overzicht?{PERIODE}"))["partners"] == []
    assert {m["overgedragen"] for m in fine(await line.fg.get(f"{T}/maanden"))["maanden"]} == {0}


# ── tables, packs, commands


@story("sqlite")
async def test_each_answer_comes_out_the_same_by_command_and_as_a_table(line: Line) -> None:
    """The command that an answer names gives the same rows; a table has the same number of lines."""
    await weighed(line)
    leerling = await line.gezag(leerling={"leerlingid": "andere"})
    await line.both_agree(leerling)
    await line.take(only(await line.push(raw=another("andere"))))
    for n in (2, 3, 4, 5, 7, 10, 13, 18, 20, 22):
        told = await ask(line, n, f"partij={SCHOOL}")
        done = await command(line, *told["naTeRekenen"][0].split()[1:])
        assert done.exit_code == 0, (n, done.exception)
        again = json.loads(done.stdout)
        assert (again["rijen"], again["boom"]) == (told["rijen"], told["boom"]), n
        raw = await line.fg.get(
            f"{T}/vragen/vraag-{n}?{PERIODE}&partij={SCHOOL}", headers={"Accept": "text/csv"}
        )
        lines = list(csv.DictReader(io.StringIO(raw.content.decode("utf-8-sig")), delimiter=";"))
        assert len(lines) == len(told["rijen"]), n
    shown = await command(line, "fg", "vraag", 10, "--partij", SCHOOL, "--van", "2026-11-01")
    assert "BG_APPROVED" in shown.stdout
    listed = await command(line, "fg", "vraag", 14, "--partij", SCHOOL, "--van", "2026-11-01", "--csv")
    assert listed.stdout.count("\n") == 1
    for wrong in (
        (1,),
        (4, "--leerlingid", "x"),
        (2, "--leerlingid", "x", "--kijkdoel", "klacht"),
        (4, "--json", "--csv"),
    ):
        refused = await command(line, "fg", "vraag", *wrong)
        assert isinstance(refused.exception, WrongUse), wrong


@story("memory")
async def test_a_pack_is_checked_without_a_gateway_and_a_change_in_it_shows(
    line: Line,
) -> None:
    """Every norm has its tables; a byte changed, a file taken away or put in: the command says which."""
    await weighed(line)
    for norm, (_, nummers) in NORMEN.items():
        raw = (await line.fg.get(f"{T}/bewijspakketten/{norm}?{PERIODE}")).content
        manifest, wrong = check(raw)
        assert (wrong, len(manifest["bestanden"]), manifest["norm"]) == ([], len(nummers) + 1, norm)
    assert (await line.fg.get(f"{T}/bewijspakketten/avg-99")).status_code == 404
    with zipfile.ZipFile(io.BytesIO(raw)) as opened:
        files = {n: opened.read(n) for n in opened.namelist()}
    paper = pypdf.PdfReader(io.BytesIO(files["bewijspakket.pdf"]))
    assert "/StructTreeRoot" in paper.root_object, "tagged, for who has it read aloud"
    said = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    for words in ("10. Wat ging zonder toestemming", "school (fictief)", "een afweging", "Geen gevallen."):
        assert words in said, words
    name = next(n for n in files if n.endswith(".csv"))
    for changed, said in (
        (files | {name: files[name] + b" "}, f"{name} is veranderd"),
        ({n: d for n, d in files.items() if n != name}, f"{name} ontbreekt"),
        (files | {"meer.csv": b""}, "meer.csv staat niet in het manifest"),
    ):
        made = Path(tempfile.mkdtemp()) / "pakket.zip"
        with zipfile.ZipFile(made, "w") as out:
            for n, data in changed.items():
                out.writestr(n, data)
        done = await asyncio.to_thread(CliRunner().invoke, app, ["fg", "pakket", str(made)])
        assert (done.exit_code, done.stdout.strip()) == (1, said)
    with pytest.raises(WrongUse):
        check(b"geen pakket")


@story("memory")
async def test_a_question_that_cannot_be_is_told_without_its_value(line: Line) -> None:
    """Question 1 without a leerling, a cursor of another question, an unknown question."""
    assert problem(await line.fg.get(f"{T}/vragen/vraag-1"))[2] == ("toezicht.leerling",)
    assert problem(await line.fg.get(f"{T}/vragen/vraag-20?na=1-{'0' * 32}"))[2] == ("parameter.id",)
    assert problem(await line.fg.get(f"{T}/vragen/vraag-4?na=12"))[2] == ("parameter.id",)
    assert (await line.fg.get(f"{T}/vragen/vraag-24")).status_code == 404
    search = {"partij": SCHOOL, "leerling": {"leerlingid": "geheim"}, "kijkdoel": "klacht"}
    answer = await line.fg.post(f"{T}/vragen/vraag-20/_zoek", search)
    assert problem(answer)[2] == ("toezicht.leerling",)
    assert "geheim" not in answer.text
    assert len(fine(await line.fg.get(f"{T}/vragen"))["vragen"]) == 23


@story("sqlite")
async def test_the_page_about_the_questions_works_as_written(line: Line) -> None:
    """Every command on it runs, and it names every question with its columns and every pack."""
    await weighed(line)
    page = (ROOT / "docs" / "fg.md").read_text(encoding="utf-8")
    sample = tomllib.loads((ROOT / "deploy" / "partijen.toml").read_text(encoding="utf-8"))["partijen"]
    (fg,) = (p["id"] for p in sample if p["soort"] == "fg")
    asked = 0
    for language, content, _ in blocks(page.replace(fg, FG)):
        for text in content.splitlines() if language == "sh" else ():
            settings = [] if text.endswith("fg vragen") else text.split()[1:]
            done = await command(line, *settings) if settings else CliRunner().invoke(app, ["fg", "vragen"])
            assert done.exit_code == 0, (text, done.stderr)
            asked += 1
    assert asked == 3
    for v in VRAGEN:
        assert f"| {v.nummer} | {v.tekst} | {v.norm} |" in page
    for norm, (naam, nummers) in NORMEN.items():
        assert f"| `{norm}` | {naam} | {', '.join(map(str, nummers))} |" in page
