"""Jeugdhulp answers a school with the iJw messages it already sends, decided like any terugkoppeling."""

from __future__ import annotations

import base64
import json

from adapters import ijw
from tests.line import (
    BORN,
    IB,
    Caller,
    Json,
    Line,
    accepted,
    bereik_terug,
    envelope,
    fresh,
    only,
    persons,
    problem,
    story,
)
from tests.unit.adapters.ijw import test_melding
from tests.unit.adapters.ijw.test_melding import message
from tests.unit.adapters.ijw.voorbeelden import AGB, BSN

CLIENT = test_melding.START.inhoud["Client"] | {"Geboortedatum": {"Datum": BORN}}
START = ijw.JwBericht("JW305", test_melding.START.inhoud | {"Client": CLIENT})
START_OK = test_melding.accepted(START, "R1")


def _b64(bericht: ijw.JwBericht) -> str:
    return base64.b64encode(ijw.write(bericht)).decode()


def answer(levering: str, *bij: ijw.JwBericht, **other: object) -> Json:
    return {
        "doel": "afstemming",
        "ontvangers": [IB],
        "categorieen": ["jeugdhulp"],
        "inAntwoordOp": levering,
        "dossier": {"standaard": "ijw", "inhoud": _b64(START), "bij": [_b64(b) for b in bij]},
    } | other


async def _agree_back(line: Line, leerling: Json) -> None:
    for persoon in persons(leerling):
        for functie in ("avg_basis", "secrecy_waiver"):
            await line.agree(leerling, persoon, functie=functie, bereik=bereik_terug())


@story()
async def test_a_school_hears_of_an_accepted_start_after_the_decision(line: Line) -> None:
    """Without toestemming back to the school it waits; with it the school gets the code and the month."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    sent = accepted(await line.helper.post("/uitwisselingen", answer(only(pushed), START_OK), key=fresh()))
    assert await line.status(sent, line.helper) == "aangehouden"
    await _agree_back(line, leerling)
    assert await line.status(sent, line.helper) == "klaar"
    (waiting,) = await line.postbus(line.school)
    got = json.loads(await line.take(waiting["leveringId"], line.school))
    assert got["soort"] == "terugkoppeling"
    assert got["inhoud"] == {"status": "gestart", "sinds": "2026-04-01"}


@story()
async def test_nothing_of_the_messages_is_kept_or_told(line: Line) -> None:
    """The number, the product and the codes of the messages are in no answer, log line or stored byte."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    await _agree_back(line, leerling)
    said = await line.helper.post("/uitwisselingen", answer(only(pushed), START_OK), key=fresh())
    accepted(said)
    product = START.inhoud["Client"]["StartProducten"]["StartProduct"][0]
    secrets = [BSN, str(product["ToewijzingNummer"]), product["Product"]["Code"]]
    everything = said.text + json.dumps(line.log_lines()) + repr(await line.everything())
    assert [s for s in secrets if s in everything] == []
    assert AGB not in said.text


@story("memory")
async def test_what_does_not_add_up_is_refused_with_its_places(line: Line) -> None:
    """A school cannot send them, they answer a levering, and each wrong message is named by its place."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    levering = only(pushed)

    async def faults(body: Json, who: Caller = line.helper) -> set[str]:
        status, _, found = problem(await who.post("/uitwisselingen", body, key=fresh()))
        assert status == 400
        return set(found)

    other = test_melding.START, test_melding.START_OK
    body = answer(levering, other[1])
    body["dossier"]["inhoud"] = _b64(other[0])
    assert await faults(body) == {"leerling.andereGeboortedatum"}
    assert await faults(answer(levering)) == {"ijw.niet_aanvaard"}
    assert await faults(answer(levering, message("JW305", "X"))) == {"ijw.niet_aanvaard"}
    wrong = answer(levering)
    wrong["dossier"]["bij"] = ["KANARIE!", _b64(START_OK)]
    assert await faults(wrong) == {"dossier.base64"}
    assert "leerling.zonderSleutel" in await faults(answer(levering, START_OK, inAntwoordOp=None))
    assert "bericht.afzender" in await faults(answer(levering, START_OK), line.school)
    school = envelope()
    school["dossier"]["bij"] = [_b64(START_OK)]
    assert "dossier.bij" in await faults(school, line.school)
    assert "inhoud.oppDeel" in await faults(answer(levering, START_OK, oppDeel={}))


@story("memory")
async def test_a_message_of_another_standard_than_it_is_called_is_named(line: Line) -> None:
    """One fault that says which it is, and not everything that makes it no message of the other."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    named_oso = envelope()
    named_oso["dossier"]["inhoud"] = _b64(START)
    named_ijw = answer(only(pushed))
    named_ijw["dossier"]["inhoud"] = envelope()["dossier"]["inhoud"]
    for who, body in ((line.school, named_oso), (line.helper, named_ijw)):
        status, _, found = problem(await who.post("/uitwisselingen", body, key=fresh()))
        assert (status, set(found)) == (400, {"dossier.andereStandaard"})
    both = answer(only(pushed))
    both["dossier"] |= {"inhoud": "KANARIE!", "bij": ["KANARIE!"]}
    answered = await line.helper.post("/uitwisselingen", both, key=fresh())
    places = [f["plaats"] for f in answered.json()["fouten"]]
    assert places == ["/dossier/inhoud", "/dossier/bij/0"]
