"""The other way round: who would receive from a school learns nothing until something may come.

A school wants to send to an aanbieder or a gemeente. Until it may, everything that recipient and its FG read
is what they would read if the school had wanted nothing: every route, byte for byte (ADR 0035).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from schemas.storage.storage import Register
from tests.callers import es256, public_jwk
from tests.flow.test_neutraal import (
    DOSSIER,
    YOUTH_BORN,
    _visited,
    about_somebody,
    invitations,
    masked,
    moves_on,
    questions_of_an_fg,
)
from tests.flow.test_registraties import KOLOMMEN, csv, offer
from tests.line import (
    AANBIEDER,
    FG,
    IB,
    LEERLING,
    NOW,
    NOWHERE,
    Caller,
    Json,
    Line,
    accepted,
    another,
    bereik,
    bereik_terug,
    client_of,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    open_line,
    persons,
    recorded,
    terugkoppeling,
    toestemming,
    veto,
)

GEMEENTE: Final = "gemeente:9999"
OTHER: Final = "LL-2016-0099"
STRANGER: Final = "f" * 32
Told = tuple[str, int, Any, str]
At: Final = "2026-11-22T09:00:00Z"


async def scene(line: Line, partij: str) -> Caller:
    """The recipient, with an FG that watches over it alone."""
    old = await line.world.storage.register()
    made = {p: json.loads(text) for p, text in old.partijen.items()}
    made[FG]["toezichtOp"] = [partij]
    key = es256()
    if partij == GEMEENTE:
        like = made[AANBIEDER]
        client = like["clients"][0] | {"clientId": client_of(GEMEENTE), "sleutels": [public_jwk(key)]}
        rollen = ["jeugdhulpverlener", "leerplichtambtenaar"]
        made[GEMEENTE] = like | {"id": GEMEENTE, "soort": "gemeente", "clients": [client], "rollen": rollen}
    await line.apply(Register(old.version, {p: json.dumps(each) for p, each in made.items()}))
    if partij == GEMEENTE:
        line.callers[GEMEENTE] = Caller(line.http, GEMEENTE, client_of(GEMEENTE), key)
    for caller in line.callers.values():
        await caller.sign_in()
    return line.callers[partij]


def over(to: Json, **other: Any) -> Json:
    return bereik(ontvangers=[to], **other)


# ── what the school wants

Wish = Callable[[Line, Json, Json], Awaitable[str]]
NEW: Final = {"doelen": ["afstemming"]}


async def nobody(line: Line, leerling: Json, to: Json) -> str:
    return NOWHERE


async def _push(line: Line, to: Json, **other: Any) -> str:
    body = envelope(raw=DOSSIER, doel="afstemming", ontvangers=[to], **other)
    return only(accepted(await line.school.post("/uitwisselingen", body, key=fresh())))


async def held(line: Line, leerling: Json, to: Json) -> str:
    return await _push(line, to)


async def half(line: Line, leerling: Json, to: Json) -> str:
    """One ouder agreed, for a term that ends while people look."""
    about = over(to, **NEW)
    await line.agree(leerling, persons(leerling)[0], bereik=about, geldigTotEnMet="2026-12-20")
    return await _push(line, to, allesOfNiets=True)


async def refused(line: Line, leerling: Json, to: Json) -> str:
    await line.agree(leerling, persons(leerling)[0], bereik=over(to, **NEW), besluit="geweigerd")
    return await _push(line, to)


async def vetoed(line: Line, leerling: Json, to: Json) -> str:
    """A veto of the school's own on what it sends."""
    body = veto(leerlingId=leerling["leerlingId"], doelen=["afstemming"])
    recorded(await line.school.post("/professionele-vetos", body, key=fresh()))
    return await _push(line, to)


async def protected(line: Line, leerling: Json, to: Json) -> str:
    people = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    await line.gezag(geboortedatum=YOUTH_BORN, personen=people, afgeschermdVoor=[to["partij"]])
    return await _push(line, to)


async def objected(line: Line, leerling: Json, to: Json) -> str:
    """Somebody who need not sign objects, and the check of gezag grew old."""
    people = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    people.append({"hoedanigheid": "ander", "gezag": False})
    again = await line.gezag(geboortedatum=YOUTH_BORN, personen=people, gecontroleerdOp="2026-11-02")
    (without,) = [p["persoonId"] for p in again["personen"] if not p["gezag"]]
    body = {
        "leerlingId": leerling["leerlingId"],
        "persoonId": without,
        "bereik": over(to, **NEW),
        "moment": At,
    }
    recorded(await line.school.post("/bezwaren", body, key=fresh()))
    return await _push(line, to)


async def incapable(line: Line, leerling: Json, to: Json) -> str:
    body = judgement("afstemming", leerlingId=leerling["leerlingId"], wilsbekwaam=False)
    recorded(await line.school.post("/bekwaamheidsoordelen", body, key=fresh()))
    return await _push(line, to)


async def incomplete(line: Line, leerling: Json, to: Json) -> str:
    """A ground of the law for leerplicht that does not say everything yet."""
    there = to | {"rol": "leerplichtambtenaar"} if to["partij"] == GEMEENTE else to
    recorded(
        await line.school.post(
            "/grondverklaringen", ground(there, leerlingId=leerling["leerlingId"]), key=fresh()
        )
    )
    body = envelope(raw=DOSSIER, doel="verzuim", ontvangers=[there], categorieen=["contact", "verzuim"])
    return only(accepted(await line.school.post("/uitwisselingen", body, key=fresh())))


def judgement(doel: str, **other: Any) -> Json:
    return {
        "wilsbekwaam": True,
        "doelen": [doel],
        "beoordelaar": "iemand",
        "functie": "orthopedagoog",
        "moment": At,
        "motivering": "Fictief.",
    } | other


def ground(to: Json, **other: Any) -> Json:
    return {
        "soort": "leerplicht",
        "ontvanger": to,
        "doelen": ["verzuim"],
        "grondstukRef": "stuk-1",
        "grondstukHash": "sha256:" + "0" * 64,
        "noodzaakHash": "sha256:" + "0" * 64,
        "verklaardDoor": "iemand",
        "moment": At,
        "geldigVanaf": "2026-11-22",
        "geldigTotEnMet": "2027-01-22",
        "informeren": {"wanneer": "vooraf", "op": "2026-11-22"},
    } | other


WISHES: Final = (held, half, refused, vetoed, protected, objected, incapable, incomplete)


# ── what the recipient reads


async def _everything(line: Line, wish: Wish, partij: str, *, knows: bool) -> list[Told]:
    """All answers to the recipient and its FG, on every route there is, after the school did as it wished.

    `knows`: it took something about this leerling before; or it never heard of him.
    """
    who, to = await scene(line, partij), {"partij": partij, "rol": "jeugdhulpverlener"}
    leerling = await line.gezag(geboortedatum=YOUTH_BORN)
    levering = STRANGER
    if knows:
        for persoon in (*persons(leerling), leerling["leerlingPersoonId"]):
            await line.agree(leerling, persoon, bereik=over(to))
        levering = only(await line.push(raw=DOSSIER, ontvangers=[to]))
        await line.sign_for(levering, await line.take(levering, who), who)
    line.clock.move_to(NOW)
    wanted = await wish(line, leerling, to)
    line.answers.clear()
    readers = {client_of(partij): who, client_of(FG): line.fg}
    bearer = set()
    for days in (0, 1, 14, 31, 61):
        line.clock.move_to(NOW)
        line.later(days=days)
        await line.context.rounds.daily()
        await line.sweep()
        for caller in readers.values():
            await caller.sign_in()
            bearer.add(f"Bearer {caller.token}")
        for caller in readers.values():
            if days:
                await _lists(caller)
            else:
                await _every_route(line, caller, levering, wanted, to)
    await _what_may_come(line, who, to)
    mine = [a for a in line.answers if a.request.headers.get("authorization") in bearer]
    people = [*persons(leerling), leerling["leerlingPersoonId"], leerling["leerlingId"]]
    return masked(mine, [*people, levering, wanted])


async def _what_may_come(line: Line, who: Caller, to: Json) -> None:
    """Of another leerling something comes: its number and its place in each list are of what came before."""
    other = await line.gezag(leerling={"leerlingid": OTHER}, gecontroleerdOp="2026-11-22")
    for persoon in persons(other):
        await line.agree(other, persoon, bereik=over(to))
    came = only(await line.push(raw=another(OTHER), ontvangers=[to]))
    await _lists(who)
    await line.take(came, who)
    await who.get(f"/leveringen/{came}")
    await _lists(who)


async def _lists(who: Caller) -> list[Json]:
    for path in (
        "/taken",
        "/taken?aantal=1",
        "/postbus",
        "/postbus?aantal=1",
        "/postbus/intrekkingen",
        "/uitwisselingen?aantal=1",
        "/toezicht/leveringen",
        "/toezicht/leveringen?grond=zonder_toestemming",
    ):
        await who.get(path)
    found = await who.get("/taken")
    taken: list[Json] = fine(found)["taken"]
    return taken


async def _every_route(line: Line, who: Caller, levering: str, wanted: str, to: Json) -> None:
    await _pushes(line, who, levering, wanted)
    await _one_by_one(line, who, levering, wanted)
    await _records(who, levering, wanted, to)
    for t in await _lists(who):
        await who.get(f"/taken/{t['id']}")
        await who.post(f"/taken/{t['id']}/_gedaan")
    await _lists(who)


async def _pushes(line: Line, who: Caller, levering: str, wanted: str) -> None:
    for ident in (levering, wanted):
        for path in ("/uitwisselingen/_proef", "/uitwisselingen"):
            await who.post(path, terugkoppeling(ident), key=None if path.endswith("_proef") else fresh())
    listed = await who.get("/uitwisselingen")
    own = [u["id"] for u in listed.json().get("uitwisselingen", ())]
    for pushed in (*own, NOWHERE):
        here = f"/uitwisselingen/{pushed}"
        for path in (here, f"{here}/leveringen", f"{here}/bewijs"):
            await who.get(path)
        sent = await who.get(f"{here}/leveringen")
        for v in (*(v["id"] for v in sent.json().get("leveringen", ())), levering, wanted):
            for path in (f"{here}/leveringen/{v}", f"{here}/leveringen/{v}/uitleg"):
                await who.get(path)
            await who.post(f"{here}/leveringen/{v}/_herhaal")


async def _one_by_one(line: Line, who: Caller, levering: str, wanted: str) -> None:
    for path in ("/kennisgevingen", "/convenanten", "/proportionaliteitsprofielen?aantal=1"):
        await who.get(path)
    for path in ("kennisgevingen/x", "convenanten/x", "proportionaliteitsprofielen/x"):
        await who.get(f"/{path}")
    await who.get("/ledger/checkpoint")
    await line.http.get("/metrics", headers=who.headers(None, None))
    for v in (wanted, levering):
        await who.get(f"/leveringen/{v}")
        await who.post(f"/leveringen/{v}/_neem")
        await line.try_sign(v, b"?", who)
        await who.post(f"/leveringen/{v}/_verwerkt")
        await who.get(f"/avgverzoeken/{v}")
        await who.post(f"/avgverzoeken/{v}/antwoorden", {"stap": 1, "uitkomst": "niet", "woorden": "x"})
        await who.post(f"/avgverzoeken/{v}/verlengingen", {"stap": 1, "woorden": "x"})
        await line.refuse(v, "niet_voor_ons", who)
        await who.get(f"/postbus/intrekkingen/{v}")
        await who.post(f"/postbus/intrekkingen/{v}/antwoorden", {"jws": "a.b.c" * 10})
        await who.get(f"/toezicht/leveringen/{v}")
        await questions_of_an_fg(who, v)
        await who.get(f"/taken/{v}")
        await who.post(f"/taken/{v}/_gedaan")
    for leerlingid in (LEERLING, "onbekend"):
        await who.post("/leerlingen/_zoek", {"leerlingid": leerlingid})
        await who.post("/toezicht/leveringen/_zoek", {"leerlingid": leerlingid})
    for what in (
        "toestemmingen",
        "gezagsgegevens",
        "bekwaamheidsoordelen",
        "bezwaren",
        "grondverklaringen",
        "omstandigheden",
        "afwegingen",
        "registraties",
    ):
        for ref in (wanted, levering):
            await who.get(f"/leerlingen/{ref}/{what}")
    for ident in (wanted, levering):
        await moves_on(who, ident, ident)
        await _zaken(who, ident)
        await invitations(who, ident, NOWHERE)
    file = offer(csv({"Geboren": YOUTH_BORN}), KOLOMMEN)
    await who.post("/registraties/_verschil", file)
    chosen = [{"leerlingid": LEERLING, "kenmerk": NOWHERE}]
    await who.post("/registraties", file | {"verschil": f"1-{NOWHERE}", "leerlingen": chosen}, key=fresh())
    back = {"telt": NOWHERE, "terugNaar": None}
    await who.post(f"/leerlingen/{wanted}/registraties/_herstel", back, key=fresh())


async def _zaken(who: Caller, levering: str) -> None:
    """A zaak about him, for who may not even know of the levering."""
    zaak = {"onderwerp": "leerling", "vorm": "individueel", "functie": "jeugdhulpverlener"}
    zaak |= {"wettelijkeTaak": "jeugdhulp"}
    made = await who.post("/zaken", {"leveringId": levering, "zaak": zaak}, key=fresh())
    here = (made.json().get("zaak") or {}).get("zaakId", NOWHERE)
    await who.post(f"/zaken/{here}/stappen", {"stap": {"soort": "heropend"}}, key=fresh())
    plan = {"soort": "arrangement", "inhoud": {}}
    await who.post(f"/zaken/{here}/toetsing", {"bericht": plan}, key=fresh())
    overleg = {"overlegsoort": "zat", "datum": "2026-12-01", "doel": "arrangement"}
    overleg |= {"functie": "jeugdhulpverlener", "wettelijkeTaak": "jeugdhulp"}
    table = await who.post("/overleggen", {"zaakId": here, "overleg": overleg}, key=fresh())
    tafel = (table.json().get("overleg") or {}).get("overlegId", NOWHERE)
    await who.post(f"/overleggen/{tafel}/stappen", {"stap": {"soort": "bekend"}}, key=fresh())
    await who.post(f"/overleggen/{tafel}/inbreng", {"verzending": terugkoppeling(levering)}, key=fresh())
    for path in ("/zaken", f"/zaken/{here}", "/toezicht/zaken", "/overleggen", f"/overleggen/{tafel}"):
        await who.get(path)


async def _records(who: Caller, levering: str, wanted: str, to: Json) -> None:
    for about in ({"leveringId": levering}, {"leveringId": wanted}, {"taakId": wanted}):
        own = gezag(leerling=None, geboortedatum=YOUTH_BORN) | about
        made = await who.post("/gezagsgegevens", own, key=fresh())
        youth = made.json().get("leerlingPersoonId", NOWHERE)
        for bereik_ in (bereik_terug(), over(to, **NEW)):
            body = toestemming(youth, functie="secrecy_waiver", bereik=bereik_) | about
            given = await who.post("/toestemmingen", body, key=fresh())
            record = given.json().get("toestemmingId", NOWHERE)
            for path in ("", "/bewijs", f"/intrekkingen/{NOWHERE}/bewijs"):
                await who.get(f"/toestemmingen/{record}{path}")
            await who.post(f"/toestemmingen/{record}/intrekkingen", {"moment": At}, key=fresh())
            objection = {"persoonId": youth, "bereik": bereik_, "moment": At} | about
            await who.post("/bezwaren", objection, key=fresh())
        await who.post("/bekwaamheidsoordelen", judgement("afstemming") | about, key=fresh())
        for richting in ("S2J", "J2S"):
            lifted = veto(besluit="opgeheven", richting=richting) | about
            await who.post("/professionele-vetos", lifted, key=fresh())
        await who.post("/grondverklaringen", ground(IB) | about, key=fresh())
        await who.post("/omstandigheden", {"wel": ["gevraagd"], **about}, key=fresh())
        await who.post("/afwegingen", {**about}, key=fresh())
    await who.get(f"/afwegingen/{NOWHERE}")
    for what in ("tweede-blikken", "nabeoordelingen", "uitstellen"):
        await who.post(f"/afwegingen/{NOWHERE}/{what}", {}, key=fresh())
    await who.post(f"/grondverklaringen/{NOWHERE}/uitstellen", {}, key=fresh())


# ── byte for byte


async def _read(wish: Wish, partij: str, folder: Path, *, knows: bool) -> list[Told]:
    async with open_line("memory", folder) as line:
        found = await _everything(line, wish, partij, knows=knows)
        assert about_somebody(line) - _visited(line) == set()
        return found


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], list[Told]]:
    """What a recipient reads when the school wants nothing; each is read once."""
    kept: dict[tuple[str, bool], list[Told]] = {}

    def read(partij: str, knows: bool) -> list[Told]:
        if (partij, knows) not in kept:
            folder = tmp_path_factory.mktemp("niets")
            kept[partij, knows] = asyncio.run(_read(nobody, partij, folder, knows=knows))
        return kept[partij, knows]

    return read


@pytest.mark.parametrize(
    ("wish", "partij", "knows"),
    [
        *((wish, AANBIEDER, True) for wish in WISHES),
        *((wish, GEMEENTE, True) for wish in (held, refused, incomplete)),
        *((wish, AANBIEDER, False) for wish in (half, protected)),
        (incomplete, GEMEENTE, False),
    ],
    ids=lambda v: getattr(v, "__name__", None) or {True: "known", False: "stranger"}.get(v, v),
)
def test_nothing_tells_a_recipient_that_a_school_wants_to_send(
    wish: Wish, partij: str, knows: bool, quiet: Callable[[str, bool], list[Told]], tmp_path: Path
) -> None:
    """Held for whichever reason, or refused: it reads what it reads when the school wants nothing."""
    having = asyncio.run(_read(wish, partij, tmp_path, knows=knows))
    for (told, *one), (again, *other) in zip(quiet(partij, knows), having, strict=True):
        assert (again, other) == (told, one)
