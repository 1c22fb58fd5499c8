"""An ouder or the leerling himself as who reads and who speaks, through the system of a school or of care."""

from __future__ import annotations

import json
from typing import Any, Final

from gateway.register.regels import shipped_profiles
from schemas.base import Gegevenscategorie
from schemas.people.partij import Rol
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.line import (
    AANBIEDER,
    NOWHERE,
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
    story,
    toestemming,
)

ALL: Final = [c.value for c in Gegevenscategorie if c.niveau > 0]
LEERLINGID: Final = "LL-zelf-1"
YOUNG, SIXTEEN = "2016-03-14", "2010-03-14"
EENHOOFDIG: Final[Json] = {
    "soort": "eenhoofdig",
    "personen": [{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": False}],
}


async def known(line: Line, born: str = YOUNG, **other: Any) -> Json:
    return await line.gezag(leerling={"leerlingid": LEERLINGID}, geboortedatum=born, **other)


def without_birth(soort: str) -> Json:
    """The example; the leerling in it has no birth date, for each test has its own."""
    inhoud = json.loads(json.dumps(VOORBEELDEN[soort]))
    inhoud.get("leerling", {}).pop("geboortedatum", None)
    return dict(inhoud)


def to(persoon: str, partij: str = SCHOOL) -> Json:
    return {"partij": partij, "rol": "zelf", "persoonId": persoon}


def body(soort: str, ontvanger: Json, doel: str = "arrangement", **other: Any) -> Json:
    return {
        "doel": doel,
        "ontvangers": [ontvanger],
        "categorieen": ALL,
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": LEERLINGID},
        "bericht": {"soort": soort, "inhoud": without_birth(soort)},
    } | other


async def push(line: Line, sent: Json, who: Caller | None = None) -> Json:
    return accepted(await (who or line.school).post("/uitwisselingen", sent, key=fresh()))


async def refusal(line: Line, sent: Json, who: Caller | None = None) -> set[tuple[str, str]]:
    before = await line.everything()
    answer = await (who or line.school).post("/uitwisselingen", sent, key=fresh())
    assert problem(answer)[0] == 400
    assert await line.everything() == before
    return {(f["code"], f["plaats"]) for f in answer.json()["fouten"]}


@story()
async def test_an_ouder_reads_the_plan_that_school_gives_him(line: Line) -> None:
    """By V72, without toestemming; taken by the school itself, marked as his, without where anybody lives."""
    leerling = await known(line)
    ouder = persons(leerling)[0]
    pushed = await push(line, body("gezamenlijk_plan", to(ouder)))
    view = await line.levering(pushed)
    assert (view["status"], view["persoonId"]) == ("klaar", ouder)
    assert "RULE_DUTY" in codes(view)
    assert await line.postbus() == []
    (item,) = await line.postbus(line.school)
    assert (item["leveringId"], item["persoonId"], item["rol"]) == (only(pushed), ouder, "zelf")
    payload = await line.take(only(pushed), line.school)
    inhoud = json.loads(payload)["inhoud"]
    assert inhoud.get("leerling", {}).keys() <= {"naamdelen"}
    assert "zaak" not in inhoud
    assert inhoud["doelen"]
    await line.sign_for(only(pushed), payload, line.school)
    assert not line.has_content(only(pushed))
    told = [leaf for leaf in await line.ledger() if leaf.get("levering") == only(pushed)]
    assert {leaf["ontvangerPersoon"] for leaf in told} == {ouder}
    assert [leaf["ontvanger"] for leaf in told if leaf["soort"] == "exchange.release_intent"] == [SCHOOL]


@story("memory")
async def test_who_has_no_gezag_gets_nothing(line: Line) -> None:
    """An ouder without it, and somebody whom nobody recorded: refused in the same words."""
    leerling = await known(line, **EENHOOFDIG)
    (other,) = [p["persoonId"] for p in leerling["personen"] if not p["gezag"]]
    shown = []
    for persoon in (other, NOWHERE):
        pushed = await push(line, body("gezamenlijk_plan", to(persoon)))
        view = await line.levering(pushed)
        assert view["status"] == "geweigerd"
        shown.append((view["redenen"], view["categorieen"], view["achtergehouden"]))
    assert shown[0] == shown[1]
    assert {r["code"] for r in shown[0][0]} == {"RECIPIENT_NOT_INVOLVED"}
    assert fine(await line.school.get("/taken"))["taken"] == []


@story("memory")
async def test_gezag_that_ends_before_it_is_given_stops_it(line: Line) -> None:
    """Decided again at the hand-over, by the record as it is then."""
    leerling = await known(line)
    first, second = persons(leerling)
    pushed = await push(line, body("gezamenlijk_plan", to(second)))
    await known(
        line,
        gecontroleerdOp="2026-11-20",
        soort="eenhoofdig",
        personen=[
            {"persoonId": first, "hoedanigheid": "ouder", "gezag": True},
            {"persoonId": second, "hoedanigheid": "ouder", "gezag": False},
        ],
    )
    assert (await line.try_take(only(pushed), line.school)).status_code == 404
    assert await line.status(pushed) in {"geweigerd", "ingetrokken"}


@story("memory")
async def test_an_old_check_of_gezag_makes_it_wait(line: Line) -> None:
    """With the taak to check; once that is done it goes."""
    leerling = await known(line, gecontroleerdOp="2025-11-01")
    ouder = persons(leerling)[0]
    pushed = await push(line, body("gezamenlijk_plan", to(ouder)))
    view = await line.levering(pushed)
    assert view["status"] == "aangehouden"
    assert "GEZAG_UNVERIFIED" in codes(view)
    assert "gezag_nagaan" in {t["soort"] for t in fine(await line.school.get("/taken"))["taken"]}
    await known(
        line,
        personen=[{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)],
    )
    assert await line.status(pushed) == "klaar"


@story("memory")
async def test_care_tells_ouders_of_somebody_of_sixteen_what_he_agrees_to(line: Line) -> None:
    """V71: his word alone, and for the ouder whom it names."""
    leerling = await known(line, SIXTEEN)
    asked = await push(
        line,
        body("voortgangsbericht", {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}),
    )
    zelf = leerling["leerlingPersoonId"]
    over = bereik(doelen=["arrangement"], categorieen=ALL, afzender=SCHOOL)
    await line.agree(leerling, zelf, bereik=over)
    await line.sign_for(only(asked), await line.take(only(asked)))
    there = await line.helper.post(
        "/gezagsgegevens",
        {
            "leveringId": only(asked),
            "geboortedatum": SIXTEEN,
            "soort": "gezamenlijk",
            "personen": [{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": True}],
            "bron": "gezagsregister",
            "gecontroleerdOp": "2026-11-01",
            "gecontroleerdDoor": "hulpverlener",
        },
        key=fresh(),
    )
    theirs = fine(there, 201)
    one, other = persons(theirs)
    sent = {
        p: body("overstapset", to(p, AANBIEDER), "overstap", inAntwoordOp=only(asked)) for p in (one, other)
    }
    pushed = {}
    for persoon, each in sent.items():
        each.pop("leerling")
        pushed[persoon] = await push(line, each, line.helper)
        assert await line.status(pushed[persoon], line.helper) == "aangehouden"
    to_one = bereik(
        richting="J2S",
        afzender=AANBIEDER,
        doelen=["overstap"],
        categorieen=ALL,
        ontvangers=[to(one, AANBIEDER)],
    )
    for functie in ("avg_basis", "secrecy_waiver"):
        made = toestemming(
            theirs["leerlingPersoonId"], leveringId=only(asked), functie=functie, bereik=to_one
        )
        fine(await line.helper.post("/toestemmingen", made, key=fresh()), 201)
    assert await line.status(pushed[one], line.helper) == "klaar", str(
        (await line.levering(pushed[one], line.helper))["categorieen"]
    )
    assert await line.status(pushed[other], line.helper) == "aangehouden"
    payload = await line.take(only(pushed[one]), line.helper)
    inhoud = json.loads(payload)["inhoud"]
    assert "watWerkt" in inhoud
    assert inhoud.get("leerling", {}).keys() <= {"naamdelen"}


@story("memory")
async def test_what_somebody_says_himself_is_marked_so(line: Line) -> None:
    """Handed in by the school of his child, by V74; account, uitwisseling and postbus say whose it is."""
    leerling = await known(line)
    ouder = persons(leerling)[0]
    ib = {"partij": SCHOOL, "rol": "intern_begeleider"}
    inhoud = {
        "levering": NOWHERE,
        "hoedanigheid": "ouder",
        "reactie": "bezwaar",
        "toelichting": "Liever niet.",
    }
    sent = body("inzagereactie", ib, "afstemming", namens=ouder)
    sent["bericht"]["inhoud"] = inhoud
    pushed = await push(line, sent)
    assert await line.status(pushed) == "klaar", codes(await line.levering(pushed))
    assert fine(await line.school.get(f"/uitwisselingen/{pushed['uitwisselingId']}"))["namens"] == ouder
    (item,) = await line.postbus(line.school)
    assert item["namens"] == "ouder"
    assert json.loads(await line.take(only(pushed), line.school))["inhoud"] == inhoud
    (leaf,) = [leaf for leaf in await line.ledger() if leaf["soort"] == "exchange.requested"]
    assert leaf["namens"] == ouder


@story("memory")
async def test_nobody_sends_his_own_message_in_somebody_elses_name(line: Line) -> None:
    """Only what people say themselves, of whom the record names with gezag, and as what he is."""
    leerling = await known(line, **EENHOOFDIG)
    (ouder,) = persons(leerling)
    (other,) = [p["persoonId"] for p in leerling["personen"] if not p["gezag"]]
    helper = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
    assert ("mens.soort", "/namens") in await refusal(line, body("gezamenlijk_plan", helper, namens=ouder))
    ib = {"partij": SCHOOL, "rol": "intern_begeleider"}
    for persoon in (other, NOWHERE):
        said = body("inzagereactie", ib, "afstemming", namens=persoon)
        assert await refusal(line, said) == {("mens.onbekend", "/namens")}
    school_asks = body("aanvraag_voorziening", helper, "toeleiding", namens=ouder)
    assert school_asks["bericht"]["inhoud"]["aanvrager"] == "school"
    assert await refusal(line, school_asks) == {("mens.ander", "/bericht/inhoud/aanvrager")}
    both = body("inzagereactie", to(ouder), "afstemming", namens=ouder)
    assert ("mens.naar", "/ontvangers") in await refusal(line, both)


@story("memory")
async def test_a_person_is_named_as_one(line: Line) -> None:
    """With the role `zelf` and no other, by who gives it himself, about a leerling."""
    leerling = await known(line)
    ouder = persons(leerling)[0]
    for wrong, place in (
        ({"partij": SCHOOL, "rol": "zelf"}, "persoonId"),
        ({"partij": SCHOOL, "rol": "intern_begeleider", "persoonId": ouder}, "persoonId"),
        (to(ouder, AANBIEDER), "partij"),
    ):
        found = await refusal(line, body("gezamenlijk_plan", wrong))
        assert ("ontvanger.zelf", f"/ontvangers/0/{place}") in found
    counts = body("populatiemeting", to(ouder))
    counts.pop("leerling")
    assert ("ontvanger.zelf", "/ontvangers/0") in await refusal(line, counts)


def test_no_profile_for_a_person_tells_where_anybody_lives() -> None:
    """An ouder must not find the other by it, and family and safety are not for one of the two."""
    for_people = [p for p in shipped_profiles() if p.rol is Rol.ZELF]
    assert len(for_people) > 5
    hidden = ("woonadres", "woonplaats", "postcode", "adres", "telefoon", "email", "gezin", "ouders")
    for profiel in for_people:
        assert [p for p in profiel.paden if any(h in p for h in hidden)] == []
