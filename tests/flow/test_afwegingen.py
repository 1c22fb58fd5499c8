"""Sharing without toestemming over HTTP: a ground of the law, a weighing of two people, and what follows."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx2 as httpx

from schemas.storage.storage import Register
from tests.flow.test_berichten import BORN, FULL
from tests.line import (
    AANBIEDER,
    LEERLING,
    OTHER_AANBIEDER,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    bereik,
    codes,
    fine,
    fresh,
    only,
    persons,
    problem,
    recorded,
    story,
    veto,
)

GI: Final = {"partij": OTHER_AANBIEDER, "rol": "jeugdbeschermer"}
HELPER: Final = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
PROFILE: Final = (
    "leerling.naamdelen.voornamen[]",
    "leerling.naamdelen.voorvoegsel",
    "leerling.naamdelen.achternaam",
    "leerling.naamdelen.roepnaam",
    "leerling.geboortedatum",
    "school.naam",
    "vraag",
    "urgentie",
    "contactpersoon.naam",
    "contactpersoon.telefoon",
)
NAMES: Final = ("A. Opsteller", "B. Beoordelaar", "C. Ontvanger")


async def with_a_gi(line: Line) -> None:
    """The other aanbieder becomes the GI that carries out an ondertoezichtstelling."""
    old = await line.world.storage.register()
    made = dict(old.partijen)
    gi = json.loads(made[OTHER_AANBIEDER])
    made[OTHER_AANBIEDER] = json.dumps(
        gi | {"soort": "gecertificeerde_instelling", "rollen": ["jeugdbeschermer"]}
    )
    await line.apply(Register(old.version, made))


async def push(line: Line, ontvanger: Json = HELPER) -> Json:
    """Push the same request for help, for safety."""
    body = {
        "doel": "veiligheid",
        "ontvangers": [ontvanger],
        "categorieen": ["contact", "factoren"],
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": LEERLING},
        "bericht": {"soort": "hulpvraag", "inhoud": FULL["hulpvraag"]},
    }
    return accepted(await line.school.post("/uitwisselingen", body, key=fresh()))


async def refused_by_one(line: Line, ontvanger: Json = HELPER) -> Json:
    """A leerling of nine; one of his two ouders said no to exactly this."""
    leerling = await line.gezag(geboortedatum=BORN)
    over = {
        "richting": "S2J",
        "doelen": ["veiligheid"],
        "categorieen": ["contact", "factoren"],
        "ontvangers": [ontvanger],
    }
    await line.agree(leerling, persons(leerling)[0], besluit="geweigerd", bereik=over)
    return leerling


def afweging(leerling: Json, **other: Any) -> Json:
    questions = (
        "zorg",
        "toestemmingGevraagd",
        "schadeZonderDelen",
        "doelmatigheid",
        "subsidiariteit",
        "proportionaliteit",
        "nietGedeeld",
        "visieLeerling",
    )
    body = {
        "leerlingId": leerling["leerlingId"],
        "richting": "S2J",
        "ontvanger": HELPER,
        "ontvangerPersoon": NAMES[2],
        "zorgcodes": ["veiligheid_thuis"],
        "verslag": dict.fromkeys(questions, "Fictief antwoord."),
        "velden": [{"pad": p, "nodigOmdat": "Fictieve reden."} for p in PROFILE],
        "informeren": {"wanneer": "achteraf", "op": "2026-11-24"},
        "opsteller": {"medewerker": NAMES[0], "functie": "intern_begeleider"},
        "moment": "2026-11-22T09:30:00Z",
        "vensterVan": "2026-11-22T10:00:00Z",
        "vensterTot": "2026-11-24T10:00:00Z",
    } | other
    return {n: v for n, v in body.items() if v is not None}


def blik(**other: Any) -> Json:
    return {
        "door": {"medewerker": NAMES[1], "functie": "gedragswetenschapper"},
        "akkoord": True,
        "moment": "2026-11-22T09:45:00Z",
        "toelichting": "Fictief.",
    } | other


async def weigh(line: Line, leerling: Json, **other: Any) -> str:
    answer = await line.school.post("/afwegingen", afweging(leerling, **other), key=fresh())
    return str(recorded(answer)["id"])


async def look(line: Line, record: str, **other: Any) -> httpx.Response:
    return await line.school.post(f"/afwegingen/{record}/tweede-blikken", blik(**other), key=fresh())


async def taken(who: Caller) -> list[Json]:
    found: list[Json] = fine(await who.get("/taken"))["taken"]
    return found


async def kinds(who: Caller) -> list[str]:
    return [t["soort"] for t in await taken(who)]


def grond(leerling: Json, **other: Any) -> Json:
    return {
        "leerlingId": leerling["leerlingId"],
        "soort": "ots_gi",
        "ontvanger": GI,
        "doelen": ["veiligheid"],
        "grondstukRef": "beschikking/1",
        "grondstukHash": "sha256:" + "2" * 64,
        "noodzaakHash": "sha256:" + "3" * 64,
        "verklaardDoor": "directeur",
        "moment": "2026-11-22T09:00:00Z",
        "geldigVanaf": "2026-11-01",
        "geldigTotEnMet": "2027-10-31",
        "informeren": {"wanneer": "achteraf", "op": "2026-11-25"},
    } | other


# ── a ground of the law


@story()
async def test_an_ots_lets_the_gi_know_what_ouders_refused(line: Line) -> None:
    """CE-18, CE-19: to the GI that carries it out, and to nobody else; ouders must be told on its day."""
    await with_a_gi(line)
    leerling = await refused_by_one(line, GI)
    before = await push(line, GI)
    assert await line.status(before) == "aangehouden", "it waits for a ground"

    given = recorded(await line.school.post("/grondverklaringen", grond(leerling), key=fresh()))
    sent = before
    view = await line.levering(sent)
    why = {"GROUND_OTS_GI", "FIELD_NOT_IN_PROFILE", "RULE_UNKNOWN"}
    assert (view["status"], codes(view)) == ("klaar", why)
    assert "CONSENT_REFUSED" in str(view["categorieen"]), "what was overridden stays to be read"
    await line.take(only(sent), line.other_helper)
    (taak,) = [t for t in await taken(line.school) if t["soort"] == "ouders_informeren"]
    assert taak["uiterlijk"] == "2026-11-25T23:00:00.000Z", "the end of that day in the Netherlands"

    fine(await line.school.post(f"/taken/{taak['id']}/_gedaan"))
    assert await taken(line.school) == []
    (leaf,) = [e for e in await line.ledger() if e["soort"] == "task.done"]
    assert (leaf["taak"], leaf["over"]) == ("ouders_informeren", given["id"])

    other = await line.levering(await push(line, HELPER))
    assert other["status"] == "aangehouden", "of this recipient nobody was asked yet"
    refused = {"richting": "S2J", "doelen": ["veiligheid"], "categorieen": ["contact", "factoren"]}
    await line.agree(
        leerling, persons(leerling)[1], besluit="geweigerd", bereik=refused | {"ontvangers": [HELPER]}
    )
    assert codes(await line.levering(await push(line, HELPER))) >= {
        "CONSENT_REFUSED",
        "GROUND_RECIPIENT_MISMATCH",
    }


@story()
async def test_who_vetoed_sees_that_it_did_not_apply(line: Line) -> None:
    """The school shares by law what a professional vetoed: he is told that, once the recipient has it, and no
    more; the school reads nothing of the veto.
    """
    await with_a_gi(line)
    leerling = await line.gezag(geboortedatum=BORN)
    over = bereik(doelen=["veiligheid"], categorieen=["contact", "factoren"], ontvangers=[HELPER])
    await line.both_agree(leerling, bereik=over)
    first = only(await push(line))
    await line.sign_for(first, await line.take(first))
    body = veto(leveringId=first, doelen=["veiligheid"])
    said = recorded(await line.helper.post("/professionele-vetos", body, key=fresh()))
    recorded(await line.school.post("/grondverklaringen", grond(leerling), key=fresh()))
    before = {t["soort"] for t in await taken(line.school)}
    sent = await push(line, GI)
    assert await line.status(sent) == "klaar"
    assert await taken(line.helper) == []
    await line.take(only(sent), line.other_helper)
    (told,) = await taken(line.helper)
    assert (told["soort"], told["over"], told["doel"]) == ("veto_gold_niet", said["id"], "veiligheid")
    assert not {"leveringId", "ontvanger", "leerlingId", "personen"} & told.keys()
    assert "VETO" not in json.dumps(await line.levering(sent))
    assert {t["soort"] for t in await taken(line.school)} - before == {"ouders_informeren"}
    fine(await line.helper.post(f"/taken/{told['id']}/_gedaan"))
    assert await taken(line.helper) == []


@story("memory")
async def test_a_leerplicht_ground_waits_until_it_says_all_the_law_asks(line: Line) -> None:
    """A ground that was recorded before these fields holds the levering, with a taak; stated anew it goes
    without one.
    """
    old = await line.world.storage.register()
    made = dict(old.partijen)
    gemeente = json.loads(made[OTHER_AANBIEDER]) | {
        "id": "gemeente:0363",
        "soort": "gemeente",
        "rollen": ["leerplichtambtenaar"],
        "gemeentecode": "0363",
    }
    for own in ("agb", "clients", "oin"):
        gemeente.pop(own, None)
    made["gemeente:0363"] = json.dumps(gemeente)
    await line.apply(Register(old.version, made))
    leerling = await line.gezag(geboortedatum=BORN)
    to = {"partij": "gemeente:0363", "rol": "leerplichtambtenaar"}
    bare = grond(leerling, soort="leerplicht", ontvanger=to, doelen=["verzuim"], geldigTotEnMet="2027-07-31")
    recorded(await line.school.post("/grondverklaringen", bare, key=fresh()))
    body = {
        "doel": "verzuim",
        "ontvangers": [to],
        "categorieen": ["contact", "verzuim"],
        "leerling": {"leerlingid": LEERLING},
        "bericht": {"soort": "verzuimsignaal", "inhoud": FULL["verzuimsignaal"]},
    }
    sent = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
    view = await line.levering(sent)
    assert (view["status"], codes(view)) == ("aangehouden", {"GROUND_INCOMPLETE"})
    (taak,) = await taken(line.school)
    assert (taak["soort"], codes(taak)) == ("grond_aanvullen", {"GROUND_INCOMPLETE"})
    stated = {"verzuimgrond": "relatief_verzuim_16_uur", "sector": "po", "woongemeente": "0363"}
    recorded(await line.school.post("/grondverklaringen", bare | stated, key=fresh()))
    after = await line.levering(sent)
    assert (after["status"], "GROUND_LEERPLICHT" in codes(after)) == ("klaar", True)
    assert "grond_aanvullen" not in {t["soort"] for t in await taken(line.school)}


@story()
async def test_telling_is_put_off_with_a_reason(line: Line) -> None:
    """For a ground of the law telling can be put off as well, and only by the partij that asserted it."""
    await with_a_gi(line)
    leerling = await refused_by_one(line, GI)
    given = recorded(await line.school.post("/grondverklaringen", grond(leerling), key=fresh()))
    await line.take(only(await push(line, GI)), line.other_helper)
    later = {"wanneer": "uitgesteld", "op": "2026-12-01", "redenUitstel": "Fictieve reden."}
    put_off = {"informeren": later, "moment": "2026-11-22T10:00:00Z"}
    path = f"/grondverklaringen/{given['id']}/uitstellen"
    assert (await line.helper.post(path, put_off, key=fresh())).status_code == 404
    recorded(await line.school.post(path, put_off, key=fresh()))
    assert (await taken(line.school))[-1]["uiterlijk"] == "2026-12-01T23:00:00.000Z"


@story()
async def test_a_ground_is_asserted_with_all_its_faults_told(line: Line) -> None:
    """A recipient nobody knows in that role, a term that ends before it begins, an unreasoned delay."""
    leerling = await line.gezag(geboortedatum=BORN)
    body = grond(
        leerling,
        geldigTotEnMet="2026-10-01",
        informeren={"wanneer": "uitgesteld", "op": "2026-12-01"},
        moment="2026-11-23T09:00:00Z",
    )
    answer = await line.school.post("/grondverklaringen", body, key=fresh())
    assert set(problem(answer)[2]) == {
        "datum.volgorde",
        "informeren.reden",
        "moment.toekomst",
        "ontvanger.onbekend",
    }
    foreign = await line.other_school.post("/grondverklaringen", grond(leerling), key=fresh())
    assert foreign.status_code in {400, 404}


# ── a weighing


@story()
async def test_two_people_weigh_and_once_it_goes(line: Line) -> None:
    """CE-29: nothing on one person's word; with the second it goes, exactly what was weighed, and once."""
    leerling = await refused_by_one(line)
    record = await weigh(line, leerling)
    alone = await push(line)
    assert (await line.status(alone), codes(await line.levering(alone)) >= {"BG_FOUR_EYES_MISSING"}) == (
        "geweigerd",
        True,
    )
    recorded(await look(line, record))
    sent, twin = await push(line), await push(line)
    view = await line.levering(sent)
    assert (view["status"], codes(view)) == ("klaar", {"BG_APPROVED", "FIELD_NOT_IN_PROFILE"})
    assert "CONSENT_REFUSED" in str(view["categorieen"]), "it overrides a refusal and does not erase it"

    first = await line.take(only(sent))
    assert set(view["meegegeven"]) <= set(PROFILE)
    line.later(minutes=16)
    assert await line.take(only(sent)) == first, "a repeat of the same levering is no second use"
    await line.sign_for(only(sent), first)
    assert (await line.try_take(only(twin))).status_code == 404
    assert await line.status(twin) == "geweigerd"
    later = await line.levering(await push(line))
    assert "BG_SCOPE_EXCEEDED" in codes(later)

    intent = next(e for e in await line.ledger() if e["soort"] == "exchange.release_intent")
    assert (intent["ground"], intent["groundIds"]) == ("break_glass", [record])


@story()
async def test_what_waits_goes_on_a_weighing(line: Line) -> None:
    """Held for signatures; the weighing of two people sets it free, and nothing else had to be sent."""
    leerling = await line.gezag(geboortedatum=BORN)
    sent = await push(line)
    assert await line.status(sent) == "aangehouden"
    record = await weigh(line, leerling)
    assert await line.status(sent) == "aangehouden"
    recorded(await look(line, record))
    assert await line.status(sent) == "klaar"
    await line.take(only(sent))


@story()
async def test_the_same_person_twice_is_one(line: Line) -> None:
    """CE-30: refused at once, however he is spelled; so is a function that may not approve."""
    record = await weigh(line, await refused_by_one(line))
    same = {"medewerker": "a.  OPSTELLER".replace("  ", " "), "functie": "gedragswetenschapper"}
    assert problem(await look(line, record, door=same))[2] == ("afweging.zelfde",)
    fg = {"medewerker": NAMES[1], "functie": "functionaris_gegevensbescherming"}
    assert problem(await look(line, record, door=fg))[2] == ("afweging.functie",)
    assert await line.status(await push(line)) == "geweigerd"


@story()
async def test_a_no_of_the_second_person_ends_it(line: Line) -> None:
    """A levering that was klaar already does not go any more."""
    record = await weigh(line, await refused_by_one(line))
    recorded(await look(line, record))
    sent = await push(line)
    recorded(await look(line, record, akkoord=False))
    assert await line.status(sent) == "geweigerd"
    assert (await line.try_take(only(sent))).status_code == 404


@story()
async def test_after_its_window_nothing_goes(line: Line) -> None:
    """CE-31: at the instant it closes it is over, also for what was klaar."""
    leerling = await refused_by_one(line)
    recorded(await look(line, await weigh(line, leerling)))
    sent = await push(line)
    line.later(days=2)
    assert (await line.try_take(only(sent))).status_code == 404
    assert "BG_EXPIRED" in codes(await line.levering(await push(line)))


@story()
async def test_acute_danger_needs_its_second_look(line: Line) -> None:
    """One person may; after 24 hours the FG hears that nobody looked, and that person gets no further one."""
    leerling = await refused_by_one(line)
    record = await weigh(line, leerling, acuut="Fictief gevaar; niemand bereikbaar.")
    sent = await push(line)
    await line.take(only(sent))
    assert sorted(await kinds(line.school)) == ["ouders_informeren", "tweede_blik"]
    assert await kinds(line.fg) == ["nabeoordelen"]

    line.later(hours=24)
    await line.context.termijnen.run()
    assert sorted(await kinds(line.fg)) == ["nabeoordelen", "stilte_bekijken"]
    await line.context.termijnen.run()
    assert len(await taken(line.fg)) == 2, "once"
    moment = line.clock.now().isoformat()
    again = {"moment": moment, "vensterVan": moment, "vensterTot": "2026-11-25T10:00:00Z"}
    await weigh(line, leerling, acuut="Fictief gevaar; niemand bereikbaar.", **again)
    assert "BG_REVIEW_OVERDUE" in codes(await line.levering(await push(line)))

    recorded(await look(line, record, moment=moment))
    assert await kinds(line.fg) == ["nabeoordelen"], "the silence is over"
    (look_back,) = await taken(line.fg)
    assert problem(await line.fg.post(f"/taken/{look_back['id']}/_gedaan"))[0] == 409, "that takes a verdict"
    assert await line.status(await push(line)) == "klaar"


@story()
async def test_the_fg_looks_back(line: Line) -> None:
    """He reads the weighing without names; after "niet terecht" nothing more goes on it."""
    leerling = await refused_by_one(line)
    record = await weigh(line, leerling, aantalVrijgaven=3)
    recorded(await look(line, record))
    await line.take(only(await push(line)))
    (taak,) = await taken(line.fg)
    assert (taak["soort"], taak["over"]) == ("nabeoordelen", record)
    seen = await line.fg.get(f"/afwegingen/{record}")
    assert seen.json()["verslag"]["zorg"] == "Fictief antwoord."
    assert not [name for name in (*NAMES, leerling["leerlingId"]) if name in seen.text]
    own = await line.school.get(f"/afwegingen/{record}")
    assert all(name in own.text for name in NAMES)
    assert own.json()["vrijgaven"]

    waiting = await push(line)
    verdict = {"oordeel": "niet_terecht", "toelichting": "Fictief.", "moment": "2026-11-22T10:00:00Z"}
    path = f"/afwegingen/{record}/nabeoordelingen"
    assert (await line.school.post(path, verdict, key=fresh())).status_code == 404, "not the partij itself"
    recorded(await line.fg.post(path, verdict, key=fresh()))
    assert await taken(line.fg) == []
    assert await line.status(waiting) == "geweigerd"
    (judged,) = [e for e in await line.ledger() if e["soort"] == "weighing.reviewed"]
    assert (judged["oordeel"], judged["over"]) == ("niet_terecht", record)


@story()
async def test_confidential_until_its_day(line: Line) -> None:
    """Put off: vertrouwelijk until that day and not longer; renewed only with a reason."""
    leerling = await refused_by_one(line)
    off = {"wanneer": "uitgesteld", "op": "2026-11-24", "redenUitstel": "Fictieve reden."}
    record = await weigh(line, leerling, informeren=off)
    recorded(await look(line, record))
    await line.take(only(await push(line)))

    async def state() -> str:
        return str(fine(await line.school.get(f"/afwegingen/{record}"))["vertrouwelijkheid"])

    assert await state() == "vertrouwelijk"
    path = f"/afwegingen/{record}/uitstellen"
    bare = {"informeren": {"wanneer": "uitgesteld", "op": "2026-12-01"}, "moment": "2026-11-22T10:00:00Z"}
    assert problem(await line.school.post(path, bare, key=fresh()))[2] == ("informeren.reden",)
    line.later(days=2)
    assert await state() == "opgeheven"
    renewed = bare | {"informeren": off | {"op": "2026-12-01"}}
    recorded(await line.school.post(path, renewed, key=fresh()))
    assert await state() == "vertrouwelijk"
    (taak,) = [t for t in await taken(line.school) if t["soort"] == "ouders_informeren"]
    assert taak["uiterlijk"] == "2026-12-01T23:00:00.000Z"


@story()
async def test_what_was_recorded_for_a_leerling_is_read_back(line: Line) -> None:
    """The newest first, by who recorded it; of a foreign leerling and of nobody the same 404."""
    await with_a_gi(line)
    leerling = await refused_by_one(line)
    records = [await weigh(line, leerling) for _ in range(2)]
    given = recorded(await line.school.post("/grondverklaringen", grond(leerling), key=fresh()))
    here = f"/leerlingen/{leerling['leerlingId']}"
    found = fine(await line.school.get(f"{here}/afwegingen"))["afwegingen"]
    assert [a["id"] for a in found] == records[::-1]
    assert not [name for name in NAMES if name in str(found)]
    (one,) = fine(await line.school.get(f"{here}/grondverklaringen"))["grondverklaringen"]
    assert (one["id"], one["soort"]) == (given["id"], "ots_gi")
    for what in ("afwegingen", "grondverklaringen"):
        foreign = await line.other_school.get(f"{here}/{what}")
        unknown = await line.other_school.get(f"/leerlingen/{'0' * 32}/{what}")
        assert (foreign.status_code, foreign.content) == (404, unknown.content)


@story()
async def test_a_weighing_is_refused_with_all_its_faults(line: Line) -> None:
    """What could never carry is said when it is recorded, and never with a value."""
    leerling = await refused_by_one(line)
    verslag = dict(afweging(leerling)["verslag"]) | {"zorg": "  "}
    body = afweging(
        leerling,
        verslag=verslag,
        velden=[{"pad": "leerling.bsn-KANARIE", "nodigOmdat": "Fictief."}],
        vensterTot="2026-11-29T10:00:00Z",
        acuut=" ",
        opsteller={"medewerker": NAMES[0], "functie": "functionaris_gegevensbescherming"},
    )
    answer = await line.school.post("/afwegingen", body, key=fresh())
    assert sorted(problem(answer)[2]) == [
        "afweging.functie",
        "afweging.leeg",
        "afweging.leeg",
        "afweging.veld",
        "afweging.venster",
    ]
    assert "KANARIE" not in answer.text


@story()
async def test_a_weighing_is_nobody_elses(line: Line) -> None:
    """To another partij, and of an id that never was: the same 404, on every route."""
    record = await weigh(line, await refused_by_one(line))
    nowhere = "0" * 32
    for path, body in (("tweede-blikken", blik()), ("uitstellen", {"informeren": {}})):
        there = await line.helper.post(f"/afwegingen/{record}/{path}", body, key=fresh())
        unknown = await line.helper.post(f"/afwegingen/{nowhere}/{path}", body, key=fresh())
        assert (there.status_code, there.content) == (404, unknown.content)
    there, unknown = [await line.helper.get(f"/afwegingen/{r}") for r in (record, nowhere)]
    assert (there.status_code, there.content) == (404, unknown.content)
    assert SCHOOL in (await line.school.get(f"/afwegingen/{record}")).text


@story()
async def test_no_name_of_who_weighed_leaves_the_sealed_record(line: Line) -> None:
    """Not in the ledger, the log or what others read."""
    leerling = await refused_by_one(line)
    recorded(await look(line, await weigh(line, leerling)))
    await line.take(only(await push(line)))
    text = json.dumps([await line.ledger(), line.log_lines()])
    assert not [name for name in NAMES if name in text]


@story()
async def test_one_name_in_any_spelling_is_one_person(line: Line) -> None:
    """Composed or not, with other capitals or a dot: when in doubt the same. What nobody sees is refused."""
    leerling = await refused_by_one(line)
    who = {"medewerker": "Zo\u00eb de Fictieve", "functie": "intern_begeleider"}
    record = await weigh(line, leerling, opsteller=who)
    for name in ("Zoe\u0308 de Fictieve", "Zo\u00eb de  Fictieve", "zoe DE fictieve."):
        same = {"medewerker": name, "functie": "gedragswetenschapper"}
        assert problem(await look(line, record, door=same))[2] == ("afweging.zelfde",), name
    unseen = {"medewerker": "Zo\u00eb\u200b de Fictieve", "functie": "gedragswetenschapper"}
    assert problem(await look(line, record, door=unseen))[2] == ("kenmerk.onzichtbaar",)


@story()
async def test_nobody_looks_before_there_is_something_to_see(line: Line) -> None:
    """A second look is not older than the weighing."""
    record = await weigh(line, await refused_by_one(line))
    early = await look(line, record, moment="2026-11-22T09:29:00Z")
    assert problem(early)[2] == ("moment.volgorde",)


@story()
async def test_every_use_is_looked_back_on_and_told(line: Line) -> None:
    """Every use is reviewed, also after the FG judged an earlier one and ouders were told; one verdict ends
    all that is open.
    """
    leerling = await refused_by_one(line)
    record = await weigh(line, leerling, aantalVrijgaven=3)
    recorded(await look(line, record))
    for _ in range(2):
        sent = await push(line)
        await line.sign_for(only(sent), await line.take(only(sent)))
    assert await kinds(line.fg) == ["nabeoordelen"] * 2
    verdict = {"oordeel": "terecht", "toelichting": "Fictief.", "moment": "2026-11-22T10:00:00Z"}
    recorded(await line.fg.post(f"/afwegingen/{record}/nabeoordelingen", verdict, key=fresh()))
    assert await taken(line.fg) == []
    for taak in await taken(line.school):
        fine(await line.school.post(f"/taken/{taak['id']}/_gedaan"))
    await line.take(only(await push(line)))
    assert await kinds(line.fg) == ["nabeoordelen"]
    assert await kinds(line.school) == ["ouders_informeren"]


@story()
async def test_telling_cannot_be_put_off_for_ever(line: Line) -> None:
    """Not more than thirty days ahead, not beforehand in the future, and later only with a reason."""
    leerling = await refused_by_one(line)
    for wanneer, op in (("vooraf", "2026-11-23"), ("achteraf", "2027-01-01"), ("achteraf", "9999-12-31")):
        body = afweging(leerling, informeren={"wanneer": wanneer, "op": op})
        answer = await line.school.post("/afwegingen", body, key=fresh())
        assert problem(answer)[2] == ("informeren.dag",), (wanneer, op)
    record = await weigh(line, leerling)
    later = {"informeren": {"wanneer": "achteraf", "op": "2026-12-01"}, "moment": "2026-11-22T10:00:00Z"}
    answer = await line.school.post(f"/afwegingen/{record}/uitstellen", later, key=fresh())
    assert problem(answer)[2] == ("informeren.uitstel",)


@story()
async def test_the_weighing_that_can_be_used_is_used(line: Line) -> None:
    """A newer one for tomorrow, or one that was found not terecht, does not stand in its way."""
    leerling = await refused_by_one(line)
    recorded(await look(line, await weigh(line, leerling)))
    ahead = await weigh(line, leerling, vensterVan="2026-11-23T10:00:00Z", vensterTot="2026-11-24T10:00:00Z")
    recorded(await look(line, ahead))
    assert await line.status(await push(line)) == "klaar"
    verdict = {"oordeel": "niet_terecht", "toelichting": "Fictief.", "moment": "2026-11-22T10:00:00Z"}
    recorded(await line.fg.post(f"/afwegingen/{ahead}/nabeoordelingen", verdict, key=fresh()))
    assert await line.status(await push(line)) == "klaar"


@story()
async def test_a_weighing_nobody_used_locks_nobody_out(line: Line) -> None:
    """Only an acute one asks for a look afterwards."""
    leerling = await refused_by_one(line)
    await weigh(line, leerling)
    line.later(hours=60)
    moment = line.clock.now().isoformat()
    acute = {"acuut": "Fictief gevaar.", "moment": moment, "vensterVan": moment}
    await weigh(line, leerling, **acute, vensterTot="2026-11-27T10:00:00Z")
    assert await line.status(await push(line)) == "klaar"


@story()
async def test_without_an_fg_the_partij_looks_back_itself(line: Line) -> None:
    """The partij itself gets the taak, and its verdict ends it."""
    old = await line.world.storage.register()
    made = dict(old.partijen)
    fg = next(p for p in made if "toezichtOp" in made[p])
    made[fg] = json.dumps(json.loads(made[fg]) | {"toezichtOp": []})
    await line.apply(Register(old.version, made))
    leerling = await refused_by_one(line)
    record = await weigh(line, leerling)
    recorded(await look(line, record))
    await line.take(only(await push(line)))
    assert "nabeoordelen" in await kinds(line.school)
    verdict = {"oordeel": "terecht", "toelichting": "Fictief.", "moment": "2026-11-22T10:00:00Z"}
    recorded(await line.school.post(f"/afwegingen/{record}/nabeoordelingen", verdict, key=fresh()))
    assert "nabeoordelen" not in await kinds(line.school)
