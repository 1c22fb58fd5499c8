"""Every page that has an id in its address, with the real id of another partij: the page that says nothing.

A page with an id must stand in `OF`, so that a new one is asked too. What an operator sees has no such page.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Final

from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Blad
from gateway.web.paginas import PLAATSEN
from schemas.people.mensen import SCOPES, Mensrol
from tests.bezoekers import Bezoeker, Bezoekers, sign_in
from tests.flow.test_afwegingen import afweging
from tests.flow.test_ib import page, went
from tests.flow.test_overleg import erbij, planned
from tests.flow.test_overleg import stap as tafelstap
from tests.flow.test_toezicht import watching
from tests.flow.test_zaak import hulp, opening
from tests.flow.test_zaak import stap as zaakstap
from tests.line import (
    AANBIEDER,
    FG,
    OTHER_AANBIEDER,
    OTHER_SCHOOL,
    SANDBOX,
    SCHOOL,
    Line,
    fine,
    fresh,
    only,
    open_line,
    recorded,
)

OF: Final = (
    ("/(ib|postvak)/zaken/", "zaak"),
    ("/(ib|postvak)/overleggen/", "overleg"),
    ("/(ib|postvak)/opstellen/", "opstellen"),
    ("/(ib|postvak)/nood/afweging/", "afweging"),
    ("/(ib|postvak)/nood/", "nood"),
    ("/(ib|postvak)/gesprekken/", "taak"),
    ("/(ib|postvak)/taken/", "taak"),
    ("/ib/verzoeken/", "taak"),
    ("/ib/berichten/", "bericht"),
    ("/ib/toestemmingen/", "toestemming"),
    ("/ib/leerlingen/", "leerling"),
    ("/ib/uitnodigen/", "leerling"),
    ("/ib/leveringen/", "levering"),
    ("/postvak/leveringen/", "levering"),
    ("/postvak/intrekkingen/", "levering"),
    ("/mijn/delen/", "taak"),
    ("/mijn/bewijzen/", "toestemming"),
    ("/mijn/vragen/", "taak"),
    ("/mijn/brieven/", "levering"),
    ("/fg/uitwisselingen/", "uitwisseling"),
    ("/fg/afwegingen/", "afweging"),
    ("/fg/steekproeven/", "taak"),
)
"""By the beginning of an address: which real id goes in it."""
NOT_OURS: Final = (
    "/aanmelden/",
    "/post/uit/",
    "/fg/vragen/",
    "/fg/bewijspakketten/",
    "/fg/partners/",
    "/fg/perioden/",
)
"""Codes, tokens, numbers of questions, and what an FG asks of the partijen under his own toezicht."""
MARKS: Final = ("Noor", "KANARIE", "Verzonnen antwoord")
STEPS: Final = {"stap": "actie", "deel": "algemeen"}
ROLES: Final = (
    (Werkrol.IB, OTHER_SCHOOL),
    (Werkrol.ONTVANGER, OTHER_AANBIEDER),
    (Werkrol.OUDER, SCHOOL),
    (Werkrol.LEERLING, SCHOOL),
    (Werkrol.FG, FG),
    (Werkrol.BEHEERDER, OTHER_SCHOOL),
)
NEXT: Final = {"/ib": "/ib", "/postvak": "/postvak/taken"}
"""Where a question leads that is no longer asked: the same as for one that never was."""


async def real(line: Line, sessies: Bezoekers) -> dict[str, str]:
    """The ids of what a school and its aanbieder have, each made by the one whose it is."""
    leerling, pushed, given = await line.permitted()
    ref = leerling["leerlingId"]
    made = {"leerling": ref, "levering": only(pushed), "uitwisseling": pushed["uitwisselingId"]}
    made |= {"toestemming": given[0]["toestemmingId"]}
    zaak = recorded(await line.school.post("/zaken", opening(leerling), key=fresh()))["zaak"]["zaakId"]
    await zaakstap(line.school, zaak, **hulp())
    table = await planned(line, zaak)
    await tafelstap(line.school, table, **erbij(AANBIEDER, "contact"))
    made["taak"] = fine(await line.school.get("/taken"))["taken"][0]["id"]
    weighed = recorded(await line.school.post("/afwegingen", afweging(leerling), key=fresh()))["id"]
    ib = await sign_in(line, sessies, SCHOOL, Werkrol.IB, SCOPES[Mensrol.IB])
    naam = {"roepnaam": "Noor", "achternaam": "KANARIE", "leerlingid": "LL-77"}
    await ib.post(f"/ib/leerlingen/{ref}/naam", naam)
    begun = await ib.post("/ib/berichten/nieuw", {"leerling": ref, "soort": "hulpvraag"})
    made["bericht"] = went(begun, "/ib/berichten/").split("/")[3]
    plan = await ib.post(f"/ib/zaken/{zaak}/plan")
    made["opstellen"] = went(plan, "/ib/opstellen/").split("/")[3]
    start = {"leerling": ref, "ontvanger": f"{AANBIEDER}|jeugdhulpverlener", "persoon": "KANARIE"}
    made["nood"] = went(await ib.post("/ib/nood/nieuw", start), "/ib/nood/").split("/")[3]
    for path in (f"/ib/zaken/{zaak}", f"/ib/overleggen/{table}", f"/ib/nood/{made['nood']}/vragen"):
        await page(ib, path)  # for its own people it is there
    return made | {"zaak": zaak, "overleg": table, "afweging": weighed}


def address(blad: Blad, ids: dict[str, str]) -> str:
    """The address with the real id of the other partij in it."""
    kind = next(kind for form, kind in OF if re.match(form, blad.path))
    filled = {"uitwisseling": ids["uitwisseling"], "levering": ids["levering"], **STEPS}
    return re.sub(r"\{(\w+)\}", lambda m: filled.get(m[1], ids[kind]), blad.path)


def test_no_page_shows_anything_of_another_partij(tmp_path: Path) -> None:
    bladen = [b for p in PLAATSEN for b in p.table if "{" in b.path and not b.path.startswith(NOT_OURS)]

    async def scene() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            ids = await real(line, sessies)
            await watching(line, OTHER_SCHOOL)
            nothing = (await line.http.get("/er-is-hier-niets")).content
            told: list[str] = []
            for rol, partij in ROLES:
                who = await sign_in(line, sessies, partij, rol, SCOPES[Mensrol(rol.value)])
                for blad in bladen:
                    if rol in blad.rollen:
                        told += await shown(who, blad, ids, nothing)
            assert told == []

    asyncio.run(scene())


async def shown(who: Bezoeker, blad: Blad, ids: dict[str, str], nothing: bytes) -> list[str]:
    """The page, when it gives anything else than what is not there; none is right."""
    answer = await (who.post if blad.changes else who.get)(address(blad, ids))
    marked = any(m in answer.text for m in MARKS)
    if answer.status_code == 303 and blad.path.endswith("/gesprekken/{id}"):
        same = answer.headers["location"] == NEXT["/" + blad.path.split("/")[1]]
    else:
        same = (answer.status_code, answer.content) == (404, nothing)
    return [] if same and not marked else [f"{blad.method} {blad.path}: {answer.status_code}"]


def test_who_runs_the_gateway_has_no_page_about_one_of_anything() -> None:
    """He sees lists of ids and codes; so there is no address in which he could put another's."""
    own = [b.path for p in PLAATSEN for b in p.table if b.path.startswith("/beheer")]
    assert own
    assert not [p for p in own if "{" in p]
