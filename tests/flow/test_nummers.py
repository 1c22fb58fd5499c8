"""The number of the leerling over the whole line: to whom the law gives it, in one field, and nobody else."""

from __future__ import annotations

import copy
import json
from typing import Any, Final

from gateway.register.regels import shipped_profiles
from schemas.publication.voorbeelden import VOORBEELDEN
from schemas.storage.storage import Register
from tests.builders import a_bsn
from tests.line import (
    AANBIEDER,
    LEERLING,
    OTHER_AANBIEDER,
    OTHER_HELPER,
    OTHER_SCHOOL,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    codes,
    fine,
    fresh,
    gezag,
    only,
    problem,
    recorded,
    story,
)
from tests.strategies import ONDERWIJSNUMMER

BSN: Final = a_bsn(7_654)
BORN: Final = "2016-03-14"
LEERPLICHT: Final = {"partij": OTHER_AANBIEDER, "rol": "leerplichtambtenaar"}
RMC: Final = {"partij": OTHER_AANBIEDER, "rol": "rmc_consulent"}
SCHOLEN: Final = {"partij": OTHER_SCHOOL, "rol": "intern_begeleider"}
HELPER: Final = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
ZESTIEN: Final[Json] = {
    "wel": ["leerplichtig", "zestien_uur"],
    "niet": ["verwijderd", "in_of_uitschrijving_buiten_register", "centraal_gemeld"],
}


async def registered(line: Line, partij: str, **other: Any) -> None:
    """A partij of the line, from now on registered otherwise."""
    old = await line.world.storage.register()
    made = dict(old.partijen)
    made[partij] = json.dumps(json.loads(made[partij]) | other)
    await line.apply(Register(old.version, made, old.profielen))


async def with_leerplicht(line: Line) -> None:
    """The other aanbieder becomes leerplicht and RMC of a gemeente."""
    roles = ["leerplichtambtenaar", "rmc_consulent"]
    await registered(line, OTHER_AANBIEDER, soort="andere", hoedanigheid="leerplicht_rmc", rollen=roles)


def melding(to: Json = LEERPLICHT, nummer: Json | None = None, **other: Any) -> Json:
    inhoud = copy.deepcopy(VOORBEELDEN["verzuimsignaal"])
    inhoud["school"] |= {"brin": "99ZZ", "vestigingscode": "00"}
    inhoud["leerling"]["geboortedatum"] = BORN
    inhoud["persoonsnummer"] = nummer or {"bsn": BSN}
    return {
        "doel": "verzuim",
        "ontvangers": [to],
        "categorieen": ["contact", "verzuim", "nummer"],
        "leerling": {"leerlingid": LEERLING},
        "bericht": {"soort": "verzuimsignaal", "inhoud": inhoud},
    } | other


def overstap(to: Json = SCHOLEN) -> Json:
    inhoud = copy.deepcopy(VOORBEELDEN["overstapset"])
    inhoud["school"] |= {"brin": "99ZZ", "vestigingscode": "00"}
    inhoud["leerling"]["geboortedatum"] = BORN
    inhoud["persoonsnummer"] = {"onderwijsnummer": ONDERWIJSNUMMER}
    return {
        "doel": "overstap",
        "ontvangers": [to],
        "categorieen": ["contact", "factoren", "nummer"],
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": LEERLING},
        "bericht": {"soort": "overstapset", "inhoud": inhoud},
    }


async def push(line: Line, body: Json) -> Json:
    return accepted(await line.school.post("/uitwisselingen", body, key=fresh()))


async def state(
    line: Line, leerling: Json, to: Json, *, doel: str = "verzuim", by: Caller | None = None, **said: Any
) -> None:
    body = {
        "leerlingId": leerling["leerlingId"],
        "ontvanger": to,
        "doelen": [doel],
        "noodzaakHash": "sha256:" + "4" * 64 if "nodig" in said.get("wel", ()) else None,
        "verklaardDoor": "intern begeleider",
        "moment": "2026-11-22T09:00:00Z",
        "geldigVanaf": "2026-11-01",
        "geldigTotEnMet": "2027-07-31",
    } | said
    sent = {n: v for n, v in body.items() if v is not None}
    recorded(await (by or line.school).post("/omstandigheden", sent, key=fresh()))


async def the_leerling(line: Line, born: str = BORN) -> Json:
    return await line.gezag(geboortedatum=born)


async def by_v16(line: Line) -> Json:
    """The report of sixteen hours, ready for leerplicht."""
    await with_leerplicht(line)
    await state(line, await the_leerling(line), LEERPLICHT, **ZESTIEN)
    sent = await push(line, melding())
    assert await line.status(sent) == "klaar"
    return sent


def home(view: Json) -> dict[str, list[str]]:
    """The fields that stay home, by their reason."""
    return {a["reden"]: a["velden"] for a in view["achtergehouden"]}


def elsewhere(line: Line, number: str) -> list[str]:
    """Every answer of the gateway with a number in it, but what a recipient took and what a sender was shown
    of his own.
    """
    paths = (a.url.path for a in line.answers if number.encode() in a.content)
    return [p for p in paths if not p.endswith(("/_neem", "/_proef"))]


@story()
async def test_v16_leerplicht_reads_the_number_and_nobody_and_nothing_else_does(line: Line) -> None:
    """It waits sealed for the fact on which the duty rests; then it goes once, in its field, by that rule."""
    await with_leerplicht(line)
    leerling = await the_leerling(line)
    sent = await push(line, melding())
    held = await line.levering(sent)
    assert (held["status"], "PREDICATE_UNKNOWN" in codes(held)) == ("aangehouden", True)
    assert (await line.kept(only(sent)))["persoonsnummer"] == {"bsn": BSN}
    await state(line, leerling, LEERPLICHT, **ZESTIEN)
    view = await line.levering(sent)
    assert (view["status"], "RULE_DUTY" in codes(view)) == ("klaar", True)
    payload = await line.take(only(sent), line.other_helper)
    assert json.loads(payload)["inhoud"]["persoonsnummer"] == {"bsn": BSN}
    assert payload.count(BSN.encode()) == 1
    line.later(minutes=16)
    assert await line.take(only(sent), line.other_helper) == payload, "a repeat is those very bytes"
    await line.sign_for(only(sent), payload, line.other_helper)
    intent = next(e for e in await line.ledger() if e["soort"] == "exchange.release_intent")
    assert intent["regels"] == ["V16@1"]
    assert "nummer" in intent["categorieenVrijgegeven"]
    assert "persoonsnummer.bsn" in intent["veldenVrijgegeven"]
    here = f"/uitwisselingen/{sent['uitwisselingId']}/leveringen/{only(sent)}"
    told = fine(await line.school.get(f"{here}/uitleg"))
    assert "persoonsnummer.bsn" in json.dumps(told)
    await line.http.get("/metrics", headers=line.school.headers(None, None))
    assert elsewhere(line, BSN) == []
    assert BSN.encode() not in line.log.getvalue()
    assert BSN not in json.dumps(await line.ledger())
    assert not line.has_content(only(sent)), "signed for, and destroyed"


BY_LAW: Final[dict[str, tuple[Json, Json, str, str]]] = {
    "V14": (
        melding(),
        {"wel": ["leerplichtig", "verwijderd"], "niet": ["zestien_uur"]},
        BORN,
        "V14@1",
    ),
    "V15": (
        melding(nummer={"onderwijsnummer": ONDERWIJSNUMMER}),
        {"wel": ["leerplichtig", "gevraagd", "nodig"], "functie": "directeur"}
        | {"niet": ["zestien_uur", "verwijderd", "in_of_uitschrijving_buiten_register"]},
        BORN,
        "V15@1",
    ),
    "V17": (melding(RMC), {"niet": ["leerplichtig"], "wel": ["nodig"]}, "2007-09-10", "V17@2"),
}


@story("memory")
async def test_v14_v15_and_v17_give_it_too(line: Line) -> None:
    """Who was sent away, what leerplicht asked the hoofd, and who is no longer leerplichtig, to RMC."""
    await with_leerplicht(line)
    for n, (body, said, born, rule) in enumerate(BY_LAW.values()):
        his = {"leerlingid": f"LL-nummer-{n}"}
        leerling = await line.gezag(leerling=his, geboortedatum=born)
        body["bericht"]["inhoud"]["leerling"]["geboortedatum"] = born
        await state(line, leerling, body["ontvangers"][0], **said)
        sent = await push(line, body | {"leerling": his})
        assert await line.status(sent) == "klaar", rule
        payload = await line.take(only(sent), line.other_helper)
        number = body["bericht"]["inhoud"]["persoonsnummer"]
        assert json.loads(payload)["inhoud"]["persoonsnummer"] == number
        await line.sign_for(only(sent), payload, line.other_helper)
        intents = [e for e in await line.ledger() if e["soort"] == "exchange.release_intent"]
        assert intents[-1]["regels"] == [rule]


@story("memory")
async def test_v09_the_next_school_gets_it_when_he_leaves_for_it(line: Line) -> None:
    """With the report and without toestemming; to a school where he is only aangemeld nothing of it goes."""
    leerling, earlier = await the_leerling(line), ""
    for soort, goes in (("aanmelding", False), ("vertrek", True)):
        offer = {
            "leerlingId": leerling["leerlingId"],
            "naar": OTHER_SCHOOL,
            "soort": soort,
            "per": "2027-08-01",
            "vanSector": "po",
            "naarSector": "vo",
        }
        given = recorded(await line.school.post("/overstappen", offer, key=fresh()))
        sent = await push(line, overstap())
        view = await line.levering(sent)
        assert view["status"] == ("klaar" if goes else "aangehouden")
        if not goes:
            assert home(view)["BSN_NOT_ALLOWED"] == ["persoonsnummer.onderwijsnummer"]
            assert "persoonsnummer" not in await line.kept(only(sent))
            recorded(await line.school.post(f"/overstappen/{given['id']}/_ongedaan", key=fresh()))
            earlier = only(sent)
            continue
        before = await line.take(earlier, line.other_school)
        assert b"persoonsnummer" not in before, "what was not kept does not come back"
        await line.sign_for(earlier, before, line.other_school)
        payload = await line.take(only(sent), line.other_school)
        assert json.loads(payload)["inhoud"]["persoonsnummer"] == {"onderwijsnummer": ONDERWIJSNUMMER}
    assert elsewhere(line, ONDERWIJSNUMMER) == []


@story("memory")
async def test_v51_an_onderaanbieder_gets_the_bsn_with_his_task_and_not_before(line: Line) -> None:
    """Once he is directly involved and it is necessary; nobody is asked, and no number of a school fits."""
    inhoud = copy.deepcopy(VOORBEELDEN["onderaanneming"]) | {"persoonsnummer": {"bsn": BSN}}
    inhoud["leerling"]["geboortedatum"] = BORN
    body = {
        "doel": "toeleiding",
        "ontvangers": [OTHER_HELPER],
        "categorieen": ["contact", "factoren", "jeugdhulp", "nummer"],
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": "C-51"},
        "bericht": {"soort": "onderaanneming", "inhoud": inhoud},
    }
    known = gezag(leerling={"leerlingid": "C-51"}, geboortedatum=BORN)
    leerling = recorded(await line.helper.post("/gezagsgegevens", known, key=fresh()))
    early = accepted(await line.helper.post("/uitwisselingen", body, key=fresh()))
    assert home(await line.levering(early, line.helper))["BSN_NOT_ALLOWED"] == ["persoonsnummer.bsn"]
    wel = ["direct_betrokken", "nodig"]
    await state(line, leerling, OTHER_HELPER, doel="toeleiding", by=line.helper, wel=wel)
    payload = await line.take(only(early), line.other_helper)
    assert b"persoonsnummer" not in payload, "what was sent before the task was his is kept without it"
    await line.sign_for(only(early), payload, line.other_helper)
    sent = accepted(await line.helper.post("/uitwisselingen", body, key=fresh()))
    payload = await line.take(only(sent), line.other_helper)
    assert json.loads(payload)["inhoud"]["persoonsnummer"] == {"bsn": BSN}
    assert elsewhere(line, BSN) == []
    of_school = inhoud | {"persoonsnummer": {"onderwijsnummer": ONDERWIJSNUMMER}}
    wrong = body | {"bericht": {"soort": "onderaanneming", "inhoud": of_school}}
    answer = await line.helper.post("/uitwisselingen", wrong, key=fresh())
    assert answer.status_code == 400
    assert ONDERWIJSNUMMER not in answer.text


@story("memory")
async def test_nobody_without_the_legal_basis_gets_it(line: Line) -> None:
    """Of one push leerplicht gets it and jeugdhulp does not, who may have the rest; the sender reads why."""
    await with_leerplicht(line)
    leerling = await the_leerling(line)
    await state(line, leerling, LEERPLICHT, **ZESTIEN)
    over = {"richting": "S2J", "doelen": ["verzuim"], "categorieen": ["contact", "verzuim"]}
    await line.both_agree(leerling, bereik=over | {"ontvangers": [HELPER]})
    sent = await push(line, melding(ontvangers=[LEERPLICHT, HELPER]))
    of = {v["ontvanger"]: v for v in await line.leveringen(sent)}
    theirs, his = of[AANBIEDER], of[OTHER_AANBIEDER]
    assert (his["status"], theirs["status"]) == ("klaar", "klaar")
    assert "BSN_NOT_ALLOWED" in codes(theirs)
    assert home(theirs)["BSN_NOT_ALLOWED"] == ["persoonsnummer.bsn"]
    assert "persoonsnummer" not in await line.kept(theirs["id"])
    taken = await line.take(theirs["id"], line.helper)
    assert b"persoonsnummer" not in taken
    assert BSN.encode() not in taken
    path = f"/uitwisselingen/{sent['uitwisselingId']}/leveringen/{theirs['id']}/uitleg"
    assert "BSN_NOT_ALLOWED" in json.dumps(fine(await line.school.get(path)))


@story("memory")
async def test_another_type_or_another_place_has_no_room_for_it(line: Line) -> None:
    """Another type is refused, as are both kinds at once and a number that is none; without its value."""
    await the_leerling(line)
    hulpvraag = VOORBEELDEN["hulpvraag"] | {"persoonsnummer": {"bsn": BSN}}
    wrong: list[tuple[Json, Json]] = [
        ({"soort": "hulpvraag", "inhoud": hulpvraag}, {"doel": "toeleiding", "ontvangers": [HELPER]}),
        *[
            (melding(nummer=n)["bericht"], {})
            for n in (
                {"bsn": BSN, "onderwijsnummer": ONDERWIJSNUMMER},
                {"bsn": ONDERWIJSNUMMER},
                {"onderwijsnummer": BSN},
                {"bsn": str(int(BSN) + 1)},
                {"eckid": "https://ketenid.nl/201703/" + "a" * 128},
                {"bsn": None},
            )
        ],
    ]
    before = await line.everything()
    for bericht, other in wrong:
        answer = await line.school.post("/uitwisselingen", melding(bericht=bericht, **other), key=fresh())
        status, _, found = problem(answer)
        assert (status, bool(found)) == (400, True)
        assert not any(n in answer.text for n in (BSN, str(int(BSN) + 1), ONDERWIJSNUMMER, "ketenid"))
    assert await line.everything() == before


@story("memory")
async def test_a_number_in_a_text_or_an_address_stays_home(line: Line) -> None:
    """The number of the message in any other field of it: that field is left out, and the rest goes."""
    await with_leerplicht(line)
    leerling = await the_leerling(line)
    await state(line, leerling, LEERPLICHT, **ZESTIEN)
    body = melding()
    body["bericht"]["inhoud"]["leerling"] |= {"woonplaats": f"Nergens {a_bsn(3)[:4]} {a_bsn(3)[4:]}"}
    body["bericht"]["inhoud"]["contactpersoon"]["telefoon"] = BSN
    sent = await push(line, body)
    stays = ["contactpersoon.telefoon", "leerling.woonplaats"]
    assert sorted(home(await line.levering(sent))["BSN_NOT_ALLOWED"]) == stays
    payload = await line.take(only(sent), line.other_helper)
    assert payload.count(BSN.encode()) == 1
    assert b"Nergens" not in payload


# ── held again at the hand-over


@story("memory")
async def test_a_partij_that_lost_its_capacity_gives_no_number(line: Line) -> None:
    """The rest was sent as a school and goes; the number asks what the register says now. A repeat of what
    went with it gives nothing.
    """
    sent, again = await by_v16(line), await push(line, melding())
    first = await line.take(only(sent), line.other_helper)
    await line.sign_for(only(sent), first, line.other_helper)
    third = await push(line, melding())
    assert b"persoonsnummer" in await line.take(only(again), line.other_helper)
    await registered(line, SCHOOL, soort="andere", hoedanigheid="kinderopvang")
    line.later(minutes=16)
    assert (await line.try_take(only(again), line.other_helper)).status_code == 404
    payload = await line.take(only(third), line.other_helper)
    assert b"verzuimVan" in payload
    assert b"persoonsnummer" not in payload


@story("memory")
async def test_a_recipient_that_lost_its_capacity_gets_nothing(line: Line) -> None:
    sent = await by_v16(line)
    await registered(line, OTHER_AANBIEDER, hoedanigheid="jgz", rollen=["jeugdarts"])
    assert (await line.try_take(only(sent), line.other_helper)).status_code == 404


@story("memory")
async def test_a_changed_profile_or_fact_keeps_it_home(line: Line) -> None:
    """A profile without it, from the register; and a fact that the duty rested on and that is otherwise."""
    sent = await by_v16(line)
    (old,) = (p for p in shipped_profiles() if p.id == "verzuim-leerplichtambtenaar-s2j-verzuimsignaal")
    left = tuple(v for v in old.velden if not v.pad.startswith("persoonsnummer"))
    made = old.model_copy(update={"versie": old.versie + 1, "velden": left})
    now = await line.world.storage.register()
    own = {old.id: made.model_dump_json(exclude_defaults=True, by_alias=True)}
    await line.apply(Register(now.version, now.partijen, own))
    payload = await line.take(only(sent), line.other_helper)
    assert b"verzuimVan" in payload
    assert b"persoonsnummer" not in payload
    assert home(await line.levering(sent))["FIELD_NOT_IN_PROFILE"] == ["persoonsnummer.bsn"]
    await line.sign_for(only(sent), payload, line.other_helper)
    await line.apply(Register((await line.world.storage.register()).version, now.partijen))
    other = await push(line, melding())
    leerling = await the_leerling(line)
    no: Json = {"wel": ["leerplichtig"], "niet": ["zestien_uur", *ZESTIEN["niet"]]}
    await state(line, leerling, LEERPLICHT, **no)
    assert (await line.try_take(only(other), line.other_helper)).status_code == 404


@story("memory")
async def test_the_preview_of_a_sender_shows_what_would_go(line: Line) -> None:
    """His own message, to him: byte for byte what the recipient would get."""
    await with_leerplicht(line)
    await state(line, await the_leerling(line), LEERPLICHT, **ZESTIEN)
    shown = fine(await line.school.post("/uitwisselingen/_proef", melding()))
    assert json.dumps(shown).count(BSN) == 2, "now, and when everybody agreed"
    assert await line.postbus(line.other_helper) == []
