"""A school vetoes what it sends itself, and nothing else (docs/decisions/0040)."""

from __future__ import annotations

from tests.line import (
    Json,
    Line,
    bereik_terug,
    codes,
    fresh,
    only,
    persons,
    problem,
    recorded,
    story,
    veto,
)


async def vetoes(line: Line, leerling: Json, **other: object) -> None:
    body = veto(leerlingId=leerling["leerlingId"], **other)
    recorded(await line.school.post("/professionele-vetos", body, key=fresh()))


@story("memory")
async def test_a_school_stops_what_it_would_send(line: Line) -> None:
    """Whoever agreed: what is ready is refused, a new one too, until it lifts the veto; its own reason it
    reads, and the aanbieder reads nothing.
    """
    leerling, pushed, _ = await line.permitted()
    await vetoes(line, leerling)
    view = await line.levering(pushed)
    assert (view["status"], codes(view)) == ("geweigerd", {"PROFESSIONAL_VETO"})
    assert await line.postbus() == []
    assert await line.status(await line.push()) == "geweigerd"
    await vetoes(line, leerling, besluit="opgeheven", moment="2026-11-22T09:30:00Z")
    assert await line.status(await line.push()) == "klaar"


@story("memory")
async def test_a_school_stops_nothing_that_jeugdhulp_shares(line: Line) -> None:
    """Its veto on what it sends does not touch an answer, and one on the answer itself is refused."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    wrong = veto(leerlingId=leerling["leerlingId"], richting="J2S", doelen=["afstemming"])
    before = await line.everything()
    refused = await line.school.post("/professionele-vetos", wrong, key=fresh())
    assert problem(refused) == (400, "ongeldig-bericht", ("veto.nietVanU",))
    assert refused.json()["fouten"][0]["plaats"] == "/richting"
    assert await line.everything() == before
    await vetoes(line, leerling, doelen=["afstemming", "arrangement"])
    for persoon in persons(leerling):
        for functie in ("avg_basis", "secrecy_waiver"):
            await line.agree(leerling, persoon, functie=functie, bereik=bereik_terug())
    answer = await line.answer_back(only(pushed))
    assert await line.status(answer, line.helper) == "klaar"
    # That of jeugdhulp itself does.
    own = veto(leveringId=only(pushed), richting="J2S", doelen=["afstemming"])
    recorded(await line.helper.post("/professionele-vetos", own, key=fresh()))
    assert await line.status(answer, line.helper) == "geweigerd"
