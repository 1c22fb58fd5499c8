"""A zaak through HTTP: who may do what in it, what each partner sees, and what must be done and when."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import itertools
import json
from typing import Any

from typer.testing import CliRunner

from adapters.ledger.leaves import Leaves
from adapters.stores.memory import MemoryStorage
from gateway.account.told import Told, compare
from gateway.cli.main import app
from gateway.ports.storage import Storage
from schemas.exchange.taak import Taaksoort
from tests.conftest import ROOT
from tests.line import (
    AANBIEDER,
    FG,
    OTHER_AANBIEDER,
    OTHER_SCHOOL,
    SCHOOL,
    Caller,
    Json,
    Line,
    fine,
    fresh,
    only,
    problem,
    recorded,
    story,
)
from tests.unit.schemas.bouwstenen import gegevens

STRANGER_404 = 404
OPP: Json = {
    "soort": "ontwikkelingsperspectief",
    "vastgesteldOp": "2026-02-01",
    "bestemming": "voorlopig",
    "overlegOp": "2026-01-20",
    "overlegResultaat": "overeenstemming",
    "inzageOuders": True,
}


def opening(leerling: Json, **other: Any) -> Json:
    zaak = {
        "onderwerp": "leerling",
        "vorm": "individueel",
        "functie": "intern_begeleider",
        "wettelijkeTaak": "passend_onderwijs",
        "functies": ["versterken"],
        "herzienOp": "2027-03-01",
    }
    return {"leerlingId": leerling["leerlingId"], "zaak": zaak | other}


def hulp(partij: str = AANBIEDER, **other: Any) -> Json:
    return {
        "soort": "partner_erbij",
        "partij": partij,
        "functie": "jeugdhulpverlener",
        "wettelijkeTaak": "jeugdhulp",
        "cellen": ["contact", "doelen"],
    } | other


async def open_zaak(line: Line, who: Caller | None = None, **other: Any) -> Json:
    leerling = await line.gezag()
    found: Json = recorded(
        await (who or line.school).post("/zaken", opening(leerling, **other), key=fresh())
    )["zaak"]
    return found


async def stap(who: Caller, zaak: str, **stap: Any) -> Json:
    return recorded(await who.post(f"/zaken/{zaak}/stappen", {"stap": stap}, key=fresh()))


async def faults(who: Caller, zaak: str, **stap: Any) -> tuple[str, ...]:
    status, _, codes = problem(await who.post(f"/zaken/{zaak}/stappen", {"stap": stap}, key=fresh()))
    assert status == 400
    return codes


async def mine(who: Caller) -> str:
    (one,) = fine(await who.get("/zaken"))["zaken"]
    return str(one["zaakId"])


async def taken(who: Caller) -> list[Json]:
    return [t for t in fine(await who.get("/taken"))["taken"] if t["soort"].startswith("zaak")]


@story()
async def test_regie_changes_hands_when_both_say_so_and_never_otherwise(line: Line) -> None:
    """Refused, the old one stays; what was done stands in the account."""
    zaak = await open_zaak(line)
    here = zaak["zaakId"]
    assert zaak["uBentRegisseur"]
    assert await faults(line.school, here, soort="regie_aangeboden", aan=AANBIEDER) == ("zaak.partner",)
    await stap(line.school, here, **hulp())
    theirs = await mine(line.helper)
    assert theirs != here
    await stap(line.school, here, soort="regie_aangeboden", aan=AANBIEDER)
    seen = fine(await line.helper.get(f"/zaken/{theirs}"))
    assert (seen["uBentRegisseur"], seen["regieVoorU"]) == (False, True)
    assert [(t["soort"], t["over"]) for t in await taken(line.helper)] == [("zaak_regie", theirs)]
    await stap(line.helper, theirs, soort="regie_niet_over")
    assert await taken(line.helper) == []
    assert fine(await line.school.get(f"/zaken/{here}"))["uBentRegisseur"]
    assert await faults(line.helper, theirs, soort="regie_over") == ("zaak.nietAangeboden",)
    await stap(line.school, here, soort="regie_aangeboden", aan=AANBIEDER, fase=2)
    now = (await stap(line.helper, theirs, soort="regie_over"))["zaak"]
    assert now["uBentRegisseur"]
    assert [(r["partij"], r["fase"]) for r in now["regie"]] == [(SCHOOL, None), (AANBIEDER, 2)]
    assert now["regie"][0]["tot"] == now["regie"][1]["van"]
    assert {t["soort"] for t in await taken(line.helper)} == {"zaak_ouders", "zaak_herzien"}
    assert await faults(line.school, here, soort="gesloten", reden="niet_gestart") == ("zaak.regisseur",)
    assert await faults(line.helper, theirs, soort="partner_eraf", partij=AANBIEDER) == ("zaak.regieEerst",)
    gone = await stap(line.school, here, soort="partner_eraf", partij=SCHOOL)
    assert gone["zaak"] is None
    assert (await line.school.get(f"/zaken/{here}")).status_code == STRANGER_404
    told = [e for e in await line.ledger() if e["soort"] == "case.step"]
    assert [(e["zaakstap"], e["zaakversie"], e["afzender"]) for e in told] == [
        ("geopend", 1, SCHOOL),
        ("partner_erbij", 2, SCHOOL),
        ("regie_aangeboden", 3, SCHOOL),
        ("regie_niet_over", 4, AANBIEDER),
        ("regie_aangeboden", 5, SCHOOL),
        ("regie_over", 6, AANBIEDER),
        ("partner_eraf", 7, SCHOOL),
    ]
    assert len({e["zaak"] for e in told}) == 1
    assert told[0]["zaak"] not in (here, theirs)


@story("memory")
async def test_a_partner_knows_of_who_brought_him_in_and_of_nobody_else(line: Line) -> None:
    """Two aanbieders at one zaak: neither learns of the other, by name, number, key or refusal."""
    zaak = (await open_zaak(line, niveau="opname"))["zaakId"]
    await stap(line.school, zaak, **hulp())
    await stap(line.school, zaak, **hulp(OTHER_AANBIEDER, cellen=["besluiten", "doelen"]))
    await stap(
        line.school, zaak, soort="actie", code="onderzoek", eigenaar=OTHER_AANBIEDER, uiterlijk="2026-12-01"
    )
    first, second = await mine(line.helper), await mine(line.other_helper)
    assert first != second
    one = fine(await line.helper.get(f"/zaken/{first}"))
    other = fine(await line.other_helper.get(f"/zaken/{second}"))
    assert [p["partij"] for p in one["partners"]] == [SCHOOL, AANBIEDER]
    own = fine(await line.school.get("/zaken"))["zaken"][0]["leerlingId"]
    assert own == (await line.gezag())["leerlingId"]
    assert one["leerlingId"] is other["leerlingId"] is None
    assert [p["partij"] for p in other["partners"]] == [SCHOOL, OTHER_AANBIEDER]
    assert one["acties"] == []
    assert [a["eigenaar"] for a in other["acties"]] == [OTHER_AANBIEDER]
    assert (one["functies"], other["functies"]) == (None, ["versterken"])
    assert one["niveau"] is other["niveau"] is None
    assert one["bevindingen"] == other["bevindingen"] == []
    for body in (
        {"soort": "actie", "code": "onderzoek", "uiterlijk": "2026-12-01"},
        {"soort": "opgeschaald"},
    ):
        place = "eigenaar" if body["soort"] == "actie" else "aan"
        for named in (OTHER_AANBIEDER, OTHER_SCHOOL):
            assert await faults(line.helper, first, **{**body, place: named}) == ("zaak.partner",)
    strange = [
        await who.get(f"/zaken/{key}")
        for who, key in (
            (line.helper, second),
            (line.helper, zaak),
            (line.other_helper, first),
            (line.other_school, zaak),
            (line.other_school, fresh()[:32].replace("-", "0")),
        )
    ]
    assert {a.status_code for a in strange} == {STRANGER_404}
    assert len({a.content for a in strange}) == 1
    assert OTHER_AANBIEDER not in "".join(a.text for a in line.answers if a.request.url.path.endswith(first))


async def runs(line: Line, zaak: str) -> None:
    """The school brings it that far that it runs."""
    await stap(line.school, zaak, **hulp())
    await stap(line.school, zaak, **OPP)
    plan = gegevens()
    plan["kern"] |= {"id": zaak}
    body = {"bericht": {"soort": "arrangement", "inhoud": plan}}
    recorded(await line.school.post(f"/zaken/{zaak}/toetsing", body, key=fresh()))
    await stap(line.school, zaak, soort="in_uitvoering", ingangsdatum="2026-11-22")


@story("memory")
async def test_that_another_zaak_runs_is_told_to_who_takes_part_in_it(line: Line) -> None:
    """The school and its own second zaak hear of it; an aanbieder that opens one of its own does not."""
    leerling, pushed, _ = await line.permitted()
    first = recorded(await line.school.post("/zaken", opening(leerling), key=fresh()))["zaak"]["zaakId"]
    await runs(line, first)
    await line.take(only(pushed), line.helper)
    second = recorded(await line.school.post("/zaken", opening(leerling), key=fresh()))["zaak"]
    assert "P04" in {b["code"] for b in second["bevindingen"]}
    await stap(line.school, first, soort="partner_eraf", partij=AANBIEDER)
    own = opening(leerling, functie="jeugdhulpverlener", wettelijkeTaak="jeugdhulp")
    body = {"leveringId": only(pushed), "zaak": own["zaak"]}
    theirs = recorded(await line.helper.post("/zaken", body, key=fresh()))["zaak"]
    assert theirs["uBentRegisseur"]
    assert "P04" not in {b["code"] for b in theirs["bevindingen"]}


@story("memory")
async def test_it_runs_only_when_no_hard_principle_is_open_and_ends_only_with_a_place(line: Line) -> None:
    zaak = (await open_zaak(line))["zaakId"]
    found = {b["code"] for b in fine(await line.school.get(f"/zaken/{zaak}"))["bevindingen"] if b["hard"]}
    assert found == {"P01", "P02", "P05", "P06", "P10", "P17"}
    assert set(await faults(line.school, zaak, soort="in_uitvoering", ingangsdatum="2026-11-22")) == found
    await stap(line.school, zaak, **hulp())
    await stap(line.school, zaak, **OPP)
    plan = gegevens()
    plan["kern"] |= {"id": zaak}
    bad = recorded(
        await line.school.post(
            f"/zaken/{zaak}/toetsing",
            {"bericht": {"soort": "arrangement", "inhoud": plan | {"doelen": []}}},
            key=fresh(),
        )
    )
    assert "P10" in {b["code"] for b in bad["plan"]}
    assert "P10" in await faults(line.school, zaak, soort="in_uitvoering", ingangsdatum="2026-11-22")
    good = recorded(
        await line.school.post(
            f"/zaken/{zaak}/toetsing", {"bericht": {"soort": "arrangement", "inhoud": plan}}, key=fresh()
        )
    )
    assert {b["code"] for b in good["zaak"]["bevindingen"] if b["hard"]} == set()
    await stap(line.school, zaak, soort="in_uitvoering", ingangsdatum="2026-11-22")
    assert await faults(line.school, zaak, soort="gesloten", reden="doel_bereikt") == ("P19",)
    theirs = await mine(line.helper)
    assert await faults(
        line.school,
        zaak,
        soort="plaatsing",
        bestemming="dagbesteding",
        bij=AANBIEDER,
        bevestigdOp="2026-11-22",
    ) == ("zaak.plaatsing",)
    await stap(
        line.helper,
        theirs,
        soort="plaatsing",
        bestemming="dagbesteding",
        bij=AANBIEDER,
        bevestigdOp="2026-11-22",
    )
    closed = await stap(line.school, zaak, soort="gesloten", reden="geplaatst")
    assert closed["zaak"]["status"] == "gesloten"
    assert await faults(
        line.helper, theirs, soort="actie", code="anders", eigenaar=AANBIEDER, uiterlijk="2027-03-01"
    ) == ("zaak.gesloten",)
    again = await stap(line.school, zaak, soort="heropend")
    assert again["zaak"]["status"] == "voorbereiding"
    stored = str(await line.everything())
    assert plan["doelen"][0]["omschrijving"] not in stored


@story("memory")
async def test_an_action_becomes_a_taak_and_its_regisseur_reminds(line: Line) -> None:
    zaak = (await open_zaak(line))["zaakId"]
    await stap(line.school, zaak, **hulp())
    theirs = await mine(line.helper)
    await stap(
        line.school, zaak, soort="actie", code="hulp_starten", eigenaar=AANBIEDER, uiterlijk="2026-11-28"
    )
    (doen,) = await taken(line.helper)
    assert (doen["soort"], doen["over"], doen.get("leerlingId")) == ("zaak_actie", theirs, None)
    # a taak of a zaak leads to no leerling
    refused = await line.helper.post(
        "/bezwaren",
        {"taakId": doen["id"], "persoonId": "0" * 32, "moment": "2026-11-22T10:00:00Z"},
        key=fresh(),
    )
    assert refused.status_code in (400, 404)
    assert [t["soort"] for t in await taken(line.school)] == ["zaak_herzien"]
    line.clock.move_to(dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC))
    await line.context.termijnen.run()
    assert {t["soort"] for t in await taken(line.school)} == {"zaak_herzien", "zaak_herinneren"}
    (actie,) = fine(await line.helper.get(f"/zaken/{theirs}"))["acties"]
    assert await faults(line.helper, theirs, soort="actie_gedaan", actie="0" * 32) == ("zaak.actie",)
    await stap(line.helper, theirs, soort="actie_gedaan", actie=actie["id"])
    assert await taken(line.helper) == []
    assert [t["soort"] for t in await taken(line.school)] == ["zaak_herzien"]
    later = await stap(
        line.school,
        zaak,
        soort="evaluatie",
        datum="2026-11-29",
        uitkomst="voortzetten",
        ouders="ja",
        leerling="nee_met_reden",
        herzienOp="2027-05-01",
    )
    assert later["zaak"]["herzienOp"] == "2027-05-01"
    (herzien,) = await taken(line.school)
    assert herzien["uiterlijk"].startswith("2027-05-01")


@story("memory")
async def test_who_decides_in_another_name_has_his_mandate(line: Line) -> None:
    zaak = (await open_zaak(line))["zaakId"]
    await stap(line.school, zaak, **hulp())
    besluit = {
        "soort": "besluit",
        "code": "hulp_toegekend",
        "wetten": ["jeugdwet"],
        "geldigVanaf": "2026-11-22",
    }
    assert await faults(line.helper, await mine(line.helper), **besluit, namens=OTHER_AANBIEDER) == ("P27",)
    own = await stap(line.helper, await mine(line.helper), **besluit)
    assert own["zaak"]["besluiten"][0]["door"] == AANBIEDER
    seen = fine(await line.school.get(f"/zaken/{zaak}"))["besluiten"]
    assert [(b["code"], b["door"]) for b in seen] == [("hulp_toegekend", AANBIEDER)]


@story("memory")
async def test_a_zaak_about_a_group_has_no_leerling(line: Line) -> None:
    """It needs no place to close, and gives no help by name (P15)."""
    zaak: Json = {"onderwerp": "groep", "vorm": "collectief", "functie": "intern_begeleider"}
    zaak |= {"wettelijkeTaak": "passend_onderwijs", "functies": ["versterken"], "herzienOp": "2027-03-01"}
    body = {"groep": {"sleutel": "groep-4"}, "zaak": zaak}
    made = recorded(await line.school.post("/zaken", body, key=fresh()))["zaak"]
    assert {b["code"] for b in made["bevindingen"] if b["hard"]} == {"P01", "P02", "P10", "P17"}
    given = {"code": "hulp_toegekend", "wetten": ["jeugdwet"], "geldigVanaf": "2026-11-22"}
    told = await stap(line.school, made["zaakId"], soort="besluit", **given)
    assert "P15" in {b["code"] for b in told["zaak"]["bevindingen"]}
    leerling = await line.gezag()
    for wrong, code in (
        ({"leerlingId": leerling["leerlingId"], "zaak": zaak}, "onderwerp.soort"),
        ({**body, "leerlingId": leerling["leerlingId"]}, "onderwerp.een"),
        ({**body, "zaak": {**zaak, "vorm": "individueel"}}, "P15"),
    ):
        assert problem(await line.school.post("/zaken", wrong, key=fresh()))[2] == (code,)
    await stap(line.school, made["zaakId"], soort="gesloten", reden="doel_bereikt")


@story("memory")
async def test_a_row_that_somebody_else_wrote_is_not_used_and_is_found(line: Line) -> None:
    """Changed it does not hold; put back as it once was it holds, and the account finds it."""
    here = (await open_zaak(line))["zaakId"]
    store = line.world.storage
    assert isinstance(store, MemoryStorage)
    ((_, first),) = await store.all_zaken(0, 10)
    await stap(line.school, here, **hulp())
    assert await different(store) == []
    store._zaken[first.id] = first
    assert (await line.school.get(f"/zaken/{here}")).status_code == 200
    assert await different(store) == ["zaak"]
    store._zaken[first.id] = dataclasses.replace(first, soort="zaak", versie=2)
    assert (await line.school.get(f"/zaken/{here}")).status_code == 503
    del store._zaken[first.id]
    assert await different(store) == ["zaak"]


async def different(store: Storage) -> list[str]:
    told = Told(store, Leaves())
    await told.read_on()
    return [broken.what async for broken in compare(store, told)]


@story("memory")
async def test_an_fg_sees_the_steps_of_who_is_under_his_toezicht_and_no_more(line: Line) -> None:
    here = (await open_zaak(line))["zaakId"]
    await stap(line.school, here, **hulp(OTHER_AANBIEDER))
    await stap(line.other_helper, await mine(line.other_helper), soort="partner_eraf", partij=OTHER_AANBIEDER)
    (seen,) = fine(await line.fg.get(f"/toezicht/zaken?partij={SCHOOL}"))["zaken"]
    assert (seen["zaakId"], [s["soort"] for s in seen["stappen"]]) == (here, ["geopend", "partner_erbij"])
    for other in (OTHER_AANBIEDER, AANBIEDER):
        assert fine(await line.fg.get(f"/toezicht/zaken?partij={other}"))["zaken"] == []
    assert fine(await line.fg.get("/toezicht/zaken"))["zaken"] == []


@story("memory", zaak_days=30)
async def test_a_closed_zaak_is_forgotten_and_the_account_stays(line: Line) -> None:
    here = (await open_zaak(line))["zaakId"]
    await stap(line.school, here, soort="gesloten", reden="niet_gestart")
    await line.context.purging.run()
    assert (await line.school.get(f"/zaken/{here}")).status_code == 200
    line.clock.move_to(dt.datetime(2026, 12, 23, 12, tzinfo=dt.UTC))
    done = await line.context.purging.run()
    assert done is not None
    assert done.zaken == 1
    assert (await line.school.get(f"/zaken/{here}")).status_code == 404
    assert fine(await line.school.get("/zaken"))["zaken"] == []
    assert await different(line.world.storage) == []


@story("memory")
async def test_a_need_to_know_without_a_flow_is_refused(line: Line) -> None:
    zaak = (await open_zaak(line))["zaakId"]
    assert await faults(line.school, zaak, **hulp(cellen=["contact", "nummer"])) == ("cel.geenStroom",)
    assert await faults(line.school, zaak, **hulp(functie="leerplichtambtenaar")) == ("functie.past",)
    assert await faults(line.school, zaak, **hulp("agb:99999977")) == ("partij.onbekend",)
    assert await faults(line.school, zaak, **hulp(FG)) == ("functie.past",)
    key = fresh()
    body = {"stap": hulp()}
    once = recorded(await line.school.post(f"/zaken/{zaak}/stappen", body, key=key))
    assert recorded(await line.school.post(f"/zaken/{zaak}/stappen", body, key=key)) == once
    assert await faults(line.school, zaak, **hulp()) == ("zaak.alPartner",)


def test_every_soort_of_a_zaak_leads_nobody_to_a_leerling() -> None:
    from schemas.exchange.taak import VAN_ZAAK

    assert {s for s in Taaksoort if s.value.startswith("zaak_")} == VAN_ZAAK


REGIO = (ROOT / "gateway/practices/regios/verzonnen-midden/regio.toml").read_text(encoding="utf-8")


@story("memory")
async def test_the_terms_of_a_region_become_taken(line: Line) -> None:
    """Looking back no later than agreed, telling how help goes, and preparing the end."""
    await line.region(REGIO)
    zaak = (await open_zaak(line, einddatum="2027-07-31", functies=["versterken"]))["zaakId"]
    await stap(line.school, zaak, **hulp())
    assert [(t["soort"], t["uiterlijk"][:10]) for t in await taken(line.school)] == [
        ("zaak_herzien", "2027-03-01")
    ]
    await stap(line.school, zaak, **OPP)
    plan = gegevens()
    plan["kern"] |= {"id": zaak}
    toets = {"bericht": {"soort": "arrangement", "inhoud": plan}}
    recorded(await line.school.post(f"/zaken/{zaak}/toetsing", toets, key=fresh()))
    await stap(line.school, zaak, soort="in_uitvoering", ingangsdatum="2026-11-22")
    assert {(t["soort"], t["uiterlijk"][:10]) for t in await taken(line.school)} == {
        ("zaak_herzien", "2027-02-14"),  # twelve weeks after it began
        ("zaak_overdracht", "2027-07-01"),  # thirty days before it ends
    }
    (told,) = await taken(line.helper)
    assert (told["soort"], told["uiterlijk"][:10]) == ("zaak_terugkoppeling", "2026-12-06")
    done = await line.helper.post(f"/taken/{told['id']}/_gedaan", {}, key=fresh())
    assert done.status_code == 200, done.text
    assert await taken(line.helper) == []


@story("sqlite")
async def test_an_operator_reads_a_zaak_as_one_partner_does(line: Line) -> None:
    """Byte for byte what the API shows that partner, and nothing for who has no part in it."""

    async def toon(*arguments: str) -> tuple[int, str]:
        file = line.settings.keys.parent / "ozlijn.toml"
        kept = ("database", "keys", "issuer", "log_name")
        file.write_text("".join(f"{n} = {json.dumps(str(getattr(line.settings, n)))}\n" for n in kept))
        asked = ["zaak", "toon", *arguments, "--settings", str(file)]
        done = await asyncio.to_thread(CliRunner().invoke, app, asked)
        return done.exit_code, done.output

    zaak = (await open_zaak(line))["zaakId"]
    await stap(line.school, zaak, **hulp())
    await stap(
        line.school, zaak, soort="actie", code="hulp_starten", eigenaar=AANBIEDER, uiterlijk="2027-11-28"
    )
    theirs = await mine(line.helper)
    listed = json.loads((await toon(AANBIEDER, "--json"))[1])
    assert listed == fine(await line.helper.get("/zaken"))
    for who, partij, key in ((line.school, SCHOOL, zaak), (line.helper, AANBIEDER, theirs)):
        code, out = await toon(partij, key, "--json")
        assert (code, json.loads(out)) == (0, fine(await who.get(f"/zaken/{key}")))
    words = (await toon(AANBIEDER, theirs))[1]
    assert f"Zaak {theirs}: voorbereiding, individueel, over leerling" in words
    assert f"Actie hulp_starten van {AANBIEDER}: voor 2027-11-28" in words
    assert "Open: P" not in words, "the principles are for the regisseur"
    assert "Open: P05 (hard)" in (await toon(SCHOOL, zaak))[1]
    assert (await toon(OTHER_AANBIEDER))[1] == "Deze partij doet aan geen zaak mee.\n"
    for partij, key in ((OTHER_AANBIEDER, zaak), (AANBIEDER, zaak)):
        assert (await toon(partij, key))[0] != 0


@story("memory")
async def test_a_plan_of_a_kind_that_does_not_exist_is_a_fault(line: Line) -> None:
    zaak = await open_zaak(line)
    sent = {"bericht": {"soort": "jeugdhulpaanbieder", "inhoud": {}}}
    status, _, codes = problem(await line.school.post(f"/zaken/{zaak['zaakId']}/toetsing", sent, key=fresh()))
    assert (status, codes) == (400, ("soort.onbekend",))


@story()
async def test_two_who_take_the_regie_at_once_leave_one_regisseur(line: Line) -> None:
    """Offered to two at once, taken over and taken back at once: one of each goes, and the account of the
    regie has no hole and no overlap.
    """
    zaak = (await open_zaak(line))["zaakId"]
    await stap(line.school, zaak, **hulp())
    await stap(line.school, zaak, **hulp(OTHER_AANBIEDER))

    async def at_once(*steps: tuple[Caller, str, Json]) -> list[int]:
        sent = (w.post(f"/zaken/{z}/stappen", {"stap": s}, key=fresh()) for w, z, s in steps)
        return sorted(a.status_code for a in await asyncio.gather(*sent))

    offer = [{"soort": "regie_aangeboden", "aan": p} for p in (AANBIEDER, OTHER_AANBIEDER)]
    assert await at_once(*((line.school, zaak, o) for o in offer)) == [201, 400]
    of = {AANBIEDER: line.helper, OTHER_AANBIEDER: line.other_helper}
    keys = {p: await mine(w) for p, w in of.items()}
    over: Json = {"soort": "regie_over"}
    back: Json = {"soort": "regie_niet_over"}
    tried = [(w, keys[p], over) for p, w in of.items() for _ in range(2)]
    answers = await at_once(*tried, (line.school, zaak, back))
    assert answers == [201, *[400] * 4], "one took it over, or it was taken back"
    seen = fine(await line.school.get(f"/zaken/{zaak}"))
    assert len(seen["regie"]) in {1, 2}
    ends = [(r["van"], r["tot"]) for r in seen["regie"]]
    assert ends[-1][1] is None
    assert all(was == begins for (_, was), (begins, _) in itertools.pairwise(ends))
