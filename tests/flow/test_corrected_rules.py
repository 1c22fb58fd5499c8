"""What the corrected facts do to what release 0.1.0 left behind (docs/decisions/0030)."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.exchange.accept import Push
from gateway.exchange.idempotency import Claim
from gateway.exchange.intake.intake import Intake
from gateway.exchange.intake.intakes import Intakes
from gateway.register.regels import Regels
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.exchange.taak import Taaksoort
from schemas.exchange.uitwisseling import Gebeurtenissoort, Leveringstatus, Verzending
from schemas.people.partij import Partij, Rol
from tests.flow.test_berichten import FULL, agree, known, push
from tests.line import (
    AANBIEDER,
    SCHOOL,
    Json,
    Line,
    accepted,
    bereik,
    client_of,
    fine,
    fresh,
    only,
    persons,
    story,
)
from tests.release_data import restored_line

NUMBER = "9999 90 019"
"""Passes the elfproef; of the range that is nobody's."""
HELPER = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}


def test_every_open_levering_of_release_0_1_0_is_decided_again_once(release_0_1_0: Path) -> None:
    """The one that level 3 goes from by one tick for several categories keeps that home, and says so.

    So do two to a GI by the rules of a flow, one of which has a taak already. The others get the answer they
    had, and are not touched; nor does a second round touch any.
    """
    with closing(sqlite3.connect(release_0_1_0)) as db:
        idents = [ident for (ident,) in db.execute("SELECT id FROM levering")]
        taken = db.execute("SELECT count(*) FROM taak").fetchone()

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            storage, rounds = line.context.storage, line.context.rounds
            before = {i: await storage.levering(i) for i in idents}
            assert await rounds.daily() == 3
            after = {i: await storage.levering(i) for i in idents}
            touched = [now for i in idents if (now := after[i]) is not None and before[i] != now]
            by_rule = [v for v in touched if Reden.CONSENT_NOT_EXPLICIT not in v.besluit.withheld]
            for v in by_rule:  # to a GI on an OTS goes what its rule names (V38), and no longer all
                assert (v.rol, v.status) == (Rol.JEUGDBESCHERMER, Leveringstatus.KLAAR)
                assert v.besluit.regels == {
                    Gegevenscategorie.CONTACT: ("V38m@1",),
                    Gegevenscategorie.FACTOREN: (),
                }
            (changed,) = (v.id for v in touched if v not in by_rule)
            was, now = before[changed], after[changed]
            assert was is not None
            assert now is not None
            assert was.status is now.status is Leveringstatus.KLAAR
            stays = set(now.besluit.withheld[Reden.CONSENT_NOT_EXPLICIT])
            assert stays
            assert set(now.besluit.released) == set(was.besluit.released) - stays
            history = await storage.history(changed)
            assert history[-1].soort is Gebeurtenissoort.OPNIEUW_BESLOTEN
            assert Reden.CONSENT_NOT_EXPLICIT in {r.code for r in history[-1].redenen}
            about = [t for t in await storage.taken_of(now.leerling) if t.levering == changed]
            assert [(t.soort, t.partij) for t in about] == [(Taaksoort.BESLUIT_BEKIJKEN, now.afzender)]
            assert await rounds.daily() == 0
            sender = line.callers[now.afzender]
            shown = fine(await sender.get(f"/taken/{about[0].id}"))
            assert (shown["leveringId"], shown["links"]["gedaan"]) == (
                changed,
                f"/v1/taken/{about[0].id}/_gedaan",
            )
            fine(await sender.post(f"/taken/{about[0].id}/_gedaan"))
            assert await rounds.daily() == 0

    asyncio.run(tell())
    with closing(sqlite3.connect(release_0_1_0)) as db:
        # One question for the way back stands in the place of one about an answer that waits, and what
        # goes with less now has its one taak.
        assert db.execute("SELECT count(*) FROM taak").fetchone() == (taken[0] + 3,)


def test_a_school_that_was_told_of_an_answer_is_asked_for_the_way_back(release_0_1_0: Path) -> None:
    """What release 0.1.0 asked about an answer that waits ends; the ground is asked of what it answers."""

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:

            async def asked() -> list[Json]:
                return [
                    t for t in fine(await line.school.get("/taken"))["taken"] if t.get("richting") == "J2S"
                ]

            (before,) = await asked()
            assert before["soort"] == "toestemming_vragen"
            await line.context.rounds.daily()
            (after,) = await asked()
            assert (after["soort"], after["functies"]) == ("terugweg_vragen", ["avg_basis"])
            assert after["leveringId"] in {v["id"] for v in await _sent(line)}
            ended = fine(await line.school.get(f"/taken/{before['id']}"))
            assert ended["status"] == "vervallen"
            theirs = fine(await line.helper.get("/taken"))["taken"]
            assert [t["soort"] for t in theirs if t.get("richting") == "J2S"] == ["geheimhouding_vragen"]
            await line.context.rounds.daily()
            assert await asked() == [after]

    asyncio.run(tell())


async def _sent(line: Line) -> list[Json]:
    """What the school sent itself."""
    every = fine(await line.school.get("/uitwisselingen"))["uitwisselingen"]
    return [v for u in every for v in u["leveringen"]]


# ── a number in a text


def with_number() -> Json:
    """A hulpvraag with a number in its text, with nothing of level 3 in it as the school says."""
    inhoud = FULL["hulpvraag"] | {"vraag": f"Rekenen gaat moeizaam. Nummer: {NUMBER}."}
    return push("hulpvraag", inhoud, vrijeTekstGewoon=["vraag"])


@story("memory")
async def test_a_text_with_a_number_stays_home(line: Line) -> None:
    """Its place is told, its number nowhere; the rest goes. Without the number the text goes too."""
    await agree(line, await known(line), "toeleiding", "S2J", HELPER)
    pushed = accepted(await line.school.post("/uitwisselingen", with_number(), key=fresh()))
    view = await line.levering(pushed)
    home = {h["reden"]: h["velden"] for h in view["achtergehouden"]}
    assert home["BSN_NOT_ALLOWED"] == ["vraag"]
    payload = await line.take(only(pushed))
    assert "vraag" not in json.loads(payload)["inhoud"]
    assert NUMBER not in payload.decode() + json.dumps(view)
    await line.sign_for(only(pushed), payload)
    without = push("hulpvraag", vrijeTekstGewoon=["vraag"])
    pushed = accepted(await line.school.post("/uitwisselingen", without, key=fresh()))
    assert json.loads(await line.take(only(pushed)))["inhoud"]["vraag"] == FULL["hulpvraag"]["vraag"]


@story("memory")
async def test_the_question_of_an_overleg_is_free_text_as_well(line: Line) -> None:
    """Level 3 until somebody marked it ordinary, and it stays home with a number in it; the rest goes."""
    leerling = await known(line)
    asked = ["contact", "doelen", "factoren", "jeugdhulp"]
    about = bereik(doelen=["afstemming"], categorieen=asked, ontvangers=[HELPER])
    for persoon in persons(leerling):
        await line.agree(leerling, persoon, bereik=about, uitdrukkelijk=["jeugdhulp"])
    inhoud = FULL["overlegset"]
    numbered = inhoud | {"vraag": f"Rekenen gaat moeizaam. Nummer: {NUMBER}."}
    for told, marked, reden in (
        (inhoud, [], "CONSENT_NOT_EXPLICIT"),
        (inhoud, ["vraag"], None),
        (numbered, ["vraag"], "BSN_NOT_ALLOWED"),
    ):
        body = push("overlegset", told, doel="afstemming", categorieen=asked, vrijeTekstGewoon=marked)
        pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
        home = {h["reden"]: h["velden"] for h in (await line.levering(pushed))["achtergehouden"]}
        assert [r for r, velden in home.items() if "vraag" in velden] == ([reden] if reden else [])
        payload = await line.take(only(pushed))
        went = json.loads(payload)["inhoud"]
        assert ("vraag" in went) is (reden is None)
        assert went["contactpersoon"]
        assert NUMBER not in json.dumps([went, home])
        await line.sign_for(only(pushed), payload)


class OfBefore(Intakes):
    """Takes messages in as release 0.1.0 did, which did not look for numbers in text."""

    async def translate(
        self, sender: Partij, verzending: Verzending, regels: Regels, *, provenance: bool
    ) -> Intake:
        return await self._read(sender, verzending, regels, provenance=provenance)


@story("memory")
async def test_what_was_accepted_with_a_number_in_its_text_does_not_go(line: Line) -> None:
    """It is looked for once more at the hand-over: the levering ends there, and its sender reads why."""
    await agree(line, await known(line), "toeleiding", "S2J", HELPER)
    ctx = line.context
    now = ctx.accept.intakes
    intakes = OfBefore(now.storage, now.standards, now.aside, ctx.clock)
    school = (await ctx.regels.current()).partijen[SCHOOL]
    claim = Claim.of(ctx.vault, ctx.stamps, SCHOOL, "uitwisselingen", fresh(), b"")
    sent = Push(
        sender=school,
        client=client_of(SCHOOL),
        verzending=Verzending.model_validate_json(json.dumps(with_number())),
        trace="0" * 32,
        claim=claim,
    )
    _, (levering,) = await dataclasses.replace(ctx.accept, intakes=intakes)(sent)
    assert levering.status is Leveringstatus.KLAAR
    assert "vraag" in levering.besluit.released
    assert (await line.try_take(levering.id)).status_code == 404
    after = await ctx.storage.levering(levering.id)
    assert after is not None
    assert after.status is Leveringstatus.GEWEIGERD
    assert Reden.BSN_NOT_ALLOWED in after.besluit.codes
    assert not line.has_content(levering.id)
    told = [t for t in fine(await line.school.get("/taken"))["taken"] if t.get("leveringId") == levering.id]
    assert [t["soort"] for t in told] == ["besluit_bekijken"]
    assert [e["soort"] for e in await line.ledger() if e.get("levering") == levering.id][
        -1
    ] == "exchange.decided"
