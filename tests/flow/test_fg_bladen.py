"""The place of an FG: every page with something on it, and the way from an exception to a verdict."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from gateway.register.mensen import MENSEN
from gateway.register.regels import shipped_profiles
from gateway.web.bezoek import Niveau, Werkrol
from schemas.people.mensen import SCOPES, Mensrol
from tests.bezoekers import Bezoeker, Bezoekers, sign_in
from tests.flow.test_toezicht import watching, weighed
from tests.line import AANBIEDER, FG, LEERLING, OTHER_SCHOOL, SANDBOX, SCHOOL, Line, fine, open_line

Velden = dict[str, str | list[str]]
MAAND: Final = "maand=2026-11"
PAGES: Final = (
    "/fg",
    "/fg/vragen",
    *(f"/fg/vragen/vraag-{n}" for n in range(2, 24)),
    *("/fg/leveringen", "/fg/leerlingen", "/fg/profielen", "/fg/afwegingen", "/fg/steekproeven"),
    *("/fg/nakijken", "/fg/bewijspakketten", "/fg/gelezen", "/fg/afspraken", "/fg/partners"),
    *(f"/fg/partners/{AANBIEDER}", "/fg/perioden", "/fg/perioden/2026-11", "/fg/voorstellen"),
)


def texts(html: str) -> str:
    """What a person reads of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def fg_of(line: Line, sessies: Bezoekers, niveau: Niveau = Niveau.HOOG) -> Bezoeker:
    return await sign_in(line, sessies, FG, Werkrol.FG, SCOPES[Mensrol.FG], niveau)


def test_from_an_exception_to_a_verdict(tmp_path: Path) -> None:
    """He sees that something went without toestemming, reads it, looks at whom, and says what he thinks."""

    async def story() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            sent = await weighed(line)
            fg = await fg_of(line, sessies)
            for path in PAGES:
                answer = await fg.get(f"{path}?{MAAND}&partij={SCHOOL}")
                assert answer.status_code == 200, path
                assert LEERLING not in answer.text, path
            for month in ("9999-12", "0001-01", "2026-13", "morgen"):
                assert (await fg.get(f"/fg?maand={month}")).status_code == 200, "as if none was asked"
                assert (await fg.get(f"/fg/perioden/{month}")).status_code == 404
            begin = (await fg.get(f"/fg?{MAAND}")).text
            assert "1 afweging vraagt nu een oordeel van u" in texts(begin)
            listed = (await fg.get(f"/fg/vragen/vraag-10?{MAAND}")).text
            assert f"/fg/uitwisselingen/{sent}" in listed
            record = re.search(r"/fg/afwegingen/([0-9a-f]{32})", listed)
            assert record is not None
            one = await fg.get(f"/fg/uitwisselingen/{sent}")
            assert [w in texts(one.text) for w in ("Wat er gebeurde", "Zo rekent u dit zelf na")] == [
                True
            ] * 2
            nothing = await fg.post(f"/fg/uitwisselingen/{sent}")
            assert (nothing.status_code, "Kies waarvoor u kijkt." in nothing.text) == (422, True)
            assert LEERLING not in nothing.text
            shown = await fg.post(f"/fg/uitwisselingen/{sent}", {"kijkdoel": "klacht"})
            assert (shown.status_code, LEERLING in shown.text) == (200, True)
            assert "klacht" in texts((await fg.get(f"/fg/gelezen?{MAAND}")).text)
            assert "gelijk" in texts((await fg.get(f"/fg/uitwisselingen/{sent}/opnieuw")).text)
            here = f"/fg/afwegingen/{record[1]}"
            assert (await fg.get(here)).status_code == 200
            assert (await fg.post(here, {"oordeel": "terecht"})).status_code == 422
            told: Velden = {"oordeel": "terecht_te_ruim", "toelichting": "Fictief.", "sleutel": "0" * 32}
            done = await fg.post(here, told)
            assert (done.status_code, done.headers["location"]) == (303, f"{here}?gedaan=oordeel")
            after = texts((await fg.get(f"{here}?gedaan=oordeel")).text)
            assert "Uw oordeel is vastgelegd." in after
            assert "Terecht, maar te ruim. Fictief." in after
            assert "vraagt nu een oordeel" not in texts((await fg.get(f"/fg?{MAAND}")).text)
            assert [e["kijkdoel"] for e in await line.ledger() if e["soort"] == "log.read"] == ["klacht"]

    asyncio.run(story())


def test_organisations_have_names_and_pictures_have_numbers(tmp_path: Path) -> None:
    """On the pages of a month, a partner, a profile and one exchange: the number beside each bar stands in a
    table too, and nowhere stands an id where the register has a name.
    """

    async def story() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            sent = await weighed(line)
            fg = await fg_of(line, sessies)
            listed = texts((await fg.get(f"/fg/leveringen?{MAAND}")).text).partition("Zo rekent u")[0]
            assert "school (fictief) jeugdhulpaanbieder (fictief) " in listed
            assert AANBIEDER not in listed
            assert "een afweging" in listed
            one = texts((await fg.get(f"/fg/uitwisselingen/{sent}")).text)
            told = fine(await line.fg.get(f"/toezicht/leveringen/{sent}"))["toelichting"]
            mee = sum(len(g["velden"]) for g in told["meegegeven"])
            thuis = sum(len(g["velden"]) for g in told["achtergehouden"])
            numbers = f"gevraagd {mee + thuis} ging mee {mee} geopend niet gemeld bleef thuis {thuis}"
            assert one.count(numbers) == 3, "in both drawings and in the table"
            month = texts((await fg.get("/fg/perioden/2026-11")).text)
            assert "uitwisselingen 1 overgedragen 1 zonder toestemming 1 gaat niet door 0" in month
            partner = texts((await fg.get(f"/fg/partners/{AANBIEDER}?{MAAND}")).text)
            assert "jeugdhulpaanbieder (fictief)" in partner
            assert "Welke velden deze partner kreeg" in partner
            assert (await fg.get("/fg/partners/agb:12345678")).status_code == 404
            assert (await fg.get("/fg/perioden/2026-13")).status_code == 404
            year = texts((await fg.get(f"/fg/perioden?{MAAND}")).text)
            assert "november 2026 Overgedragen 1 Zonder toestemming 1 Gaat niet door 0" in year
            begin = (await fg.get(f"/fg?{MAAND}")).text
            assert begin.count(f"/fg/afspraken?{MAAND}") == 2

    asyncio.run(story())


def test_a_sample_is_worked_through_and_the_account_is_checked(tmp_path: Path) -> None:
    """Draw, judge every point of a case, and the page goes on; what he knows of the account is remembered."""

    async def story() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            await weighed(line)
            fg = await fg_of(line, sessies)
            empty = await fg.post("/fg/steekproeven", {"partij": SCHOOL})
            assert (empty.status_code, "Vul een woord of getal in." in empty.text) == (422, True)
            asked: Velden = {
                "partij": SCHOOL,
                "van": "2026-11-01",
                "tot": "2026-12-01",
                "zaad": "een",
                "aantal": "5",
            }
            made = await fg.post("/fg/steekproeven", asked | {"sleutel": "1" * 32})
            assert made.status_code == 303
            here = made.headers["location"].partition("?")[0]
            page = (await fg.get(here)).text
            assert "0 van 1 bekeken" in texts(page)
            case = re.search(r'name="levering" value="([0-9a-f]{32})"', page)
            assert case is not None
            few = await fg.post(here, {"levering": case[1], "grond": "goed"})
            assert few.status_code == 422
            points: Velden = dict.fromkeys(
                ("grond", "nodig", "ontvanger", "informatie", "vastlegging"), "goed"
            )
            done = await fg.post(here, points | {"levering": case[1], "sleutel": "2" * 32})
            assert done.status_code == 303
            assert "U bekeek alle gevallen." in texts((await fg.get(here)).text)
            page = (await fg.get("/fg/nakijken")).text
            assert "Nog niet nagekeken" in page
            root = {n: re.search(rf'name="{n}" value="([^"]+)"', page) for n in ("grootte", "wortel")}
            sent: Velden = {n: m[1] for n, m in root.items() if m is not None} | {"sleutel": "3" * 32}
            assert (await fg.post("/fg/nakijken", sent)).headers["location"].endswith("gedaan=nagekeken")
            assert "Sinds uw laatste controle" in (await fg.get("/fg/nakijken")).text
            pack = await fg.get(f"/fg/bewijspakketten/zonder-toestemming?{MAAND}")
            assert pack.headers["content-type"] == "application/zip"
            table = await fg.get(f"/fg/vragen/vraag-10/tabel?{MAAND}")
            assert table.content.startswith(b"\xef\xbb\xbfop;")

    asyncio.run(story())


def test_a_proposal_is_made_on_a_page_and_read_on_that_of_the_school(tmp_path: Path) -> None:
    """With every fault at its field first, and what was typed kept."""

    async def story() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            fg = await fg_of(line, sessies)
            path = "/fg/voorstellen"
            asked = (await fg.get(f"{path}?profiel=toeleiding-x&veld=leerling.bsn&partij={SCHOOL}")).text
            assert [f'value="{v}"' in asked for v in ("toeleiding-x", "leerling.bsn")] == [True, True]
            said: Velden = {"partij": SCHOOL, "soort": "profiel", "afspraak": "bestaat-niet", "velden": ""}
            empty = await fg.post(path, said)
            assert (empty.status_code, "Schrijf wat u voorstelt en waarom." in empty.text) == (422, True)
            said |= {"toelichting": "Laat dit <b>thuis</b>.", "sleutel": "4" * 32}
            wrong = await fg.post(path, said)
            assert (wrong.status_code, "er niet." in texts(wrong.text)) == (422, True)
            said |= {"afspraak": shipped_profiles()[0].id, "velden": "leerling.geboortedatum, school.naam"}
            done = await fg.post(path, said | {"sleutel": "5" * 32})
            assert (done.status_code, done.headers["location"]) == (303, f"{path}?gedaan=voorgesteld")
            assert "leerling.geboortedatum, school.naam" in texts((await fg.get(path)).text)
            ib = await sign_in(line, sessies, SCHOOL, Werkrol.IB, SCOPES[Mensrol.IB])
            (taak,) = re.findall(r"/ib/taken/[0-9a-f]{32}", (await ib.get("/ib")).text)
            page = (await ib.get(taak)).text
            assert "Laat dit &lt;b&gt;thuis&lt;/b&gt;." in page
            assert (await ib.post(f"{taak}/gedaan")).status_code == 303
            assert " Bekeken " in texts((await fg.get(path)).text)

    asyncio.run(story())


def test_a_register_asks_more_of_who_wants_to_see_a_name(tmp_path: Path) -> None:
    """A higher level, or a login of less long ago: on both pages where an FG sees whom it is about."""

    async def story() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            sent = await weighed(line)
            here, doel = f"/fg/uitwisselingen/{sent}", {"kijkdoel": "klacht"}
            who = {"partij": SCHOOL, "leerlingid": LEERLING, **doel}

            async def shown(niveau: Niveau, minutes: int) -> set[int]:
                fg = await sign_in(
                    line, sessies, FG, Werkrol.FG, SCOPES[Mensrol.FG], niveau, dt.timedelta(minutes=minutes)
                )
                answers = [await fg.post(here, dict(doel)), await fg.post("/fg/leerlingen", dict(who))]
                if all(a.status_code == 403 for a in answers):
                    assert not any(LEERLING in a.text for a in answers)
                return {a.status_code for a in answers}

            assert await shown(Niveau.LAAG, 0) == {403}
            assert await shown(Niveau.SUBSTANTIEEL, 6) == {403}, "not lately enough"
            assert await shown(Niveau.SUBSTANTIEEL, 4) == {200}
            old = await line.world.storage.register()
            asked = {"handeling": "ontmaskeren", "niveau": "hoog", "versMinuten": 2}
            row = {"uitgevers": [], "mensen": [], "eisen": [asked]}
            await line.apply(replace(old, beleid=old.beleid | {MENSEN: json.dumps(row)}))
            assert await shown(Niveau.SUBSTANTIEEL, 0) == {403}
            assert await shown(Niveau.HOOG, 3) == {403}
            assert await shown(Niveau.HOOG, 1) == {200}

    asyncio.run(story())


def test_what_is_not_under_his_toezicht_is_on_no_page(tmp_path: Path) -> None:
    """Each page of a foreign partij is neutral or empty; and nobody who is not sure enough sees a name."""

    async def story() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            sent = await weighed(line)
            low = await fg_of(line, sessies, Niveau.LAAG)
            refused = await low.post(f"/fg/uitwisselingen/{sent}", {"kijkdoel": "klacht"})
            assert (refused.status_code, LEERLING in refused.text) == (403, False)
            (weighing,) = fine(await line.fg.get("/toezicht/afwegingen?van=2026-11-01"))["afwegingen"]
            await watching(line, OTHER_SCHOOL)
            fg = await fg_of(line, sessies)
            unknown = await fg.get(f"/fg/uitwisselingen/{'0' * 32}")
            for path in (f"/fg/uitwisselingen/{sent}", f"/fg/afwegingen/{weighing['afwegingId']}"):
                answer = await fg.get(path)
                assert (answer.status_code, answer.content) == (404, unknown.content), path
            for path in PAGES:
                answer = await fg.get(f"{path}?{MAAND}&partij={SCHOOL}")
                assert answer.status_code == 200, path
                assert sent not in answer.text, path
                assert SCHOOL not in answer.text, path

    asyncio.run(story())
