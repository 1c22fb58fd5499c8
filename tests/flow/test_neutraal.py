"""Whoever would receive learns nothing until something may come; and what it takes comes from two records.

An aanbieder wants to answer. Until the answer may come, everything the school reads is what it would read if
nobody had wanted to: every route, byte for byte (ADR 0035).
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import pytest

from gateway.register.organisaties import Organisatie
from schemas.people.hoedanigheden import EIGENSCHAPPEN, MENSEN
from schemas.people.partij import Scope
from schemas.people.partijcodes import Partijhoedanigheid as Hoedanig
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.callers import es256, public_jwk
from tests.flow.test_registraties import KOLOMMEN, chosen, csv, offer
from tests.line import (
    AANBIEDER,
    BORN,
    IB,
    LEERLING,
    NOW,
    NOWHERE,
    OTHER_SCHOOL,
    SCHOOL,
    Caller,
    Json,
    Line,
    bereik_terug,
    client_of,
    codes,
    dossier,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    open_line,
    persons,
    problem,
    recorded,
    shape,
    story,
    terugkoppeling,
    toestemming,
    veto,
)

YOUTH_BORN: Final = "2013-03-01"
"""Thirteen at NOW."""
DOSSIER: Final = dossier((BORN, YOUTH_BORN))


async def taken(line: Line, who: Caller) -> list[Json]:
    found: list[Json] = fine(await who.get("/taken"))["taken"]
    return found


async def sent(line: Line) -> tuple[Json, str]:
    """(gezag, levering) of a thirteen-year-old: everybody agreed, and the aanbieder has it."""
    leerling = await line.gezag(geboortedatum=YOUTH_BORN)
    for persoon in (*persons(leerling), leerling["leerlingPersoonId"]):
        await line.agree(leerling, persoon)
    levering = only(await line.push(raw=DOSSIER))
    await line.sign_for(levering, await line.take(levering))
    return leerling, levering


async def own_gezag(line: Line, levering: str, **other: Any) -> Json:
    """Who holds gezag as the aanbieder recorded it for itself."""
    body = gezag(leerling=None, leveringId=levering, geboortedatum=YOUTH_BORN, **other)
    return recorded(await line.helper.post("/gezagsgegevens", body, key=fresh()))


async def lifts(line: Line, levering: str, persoon: str, **other: Any) -> Json:
    body = toestemming(persoon, leveringId=levering, functie="secrecy_waiver", bereik=bereik_terug(), **other)
    return recorded(await line.helper.post("/toestemmingen", body, key=fresh()))


# ── end to end


@story()
async def test_a_thirteen_year_old_lets_an_answer_go(line: Line) -> None:
    """The youth lifts secrecy at the aanbieder, the ouders give the ground at school; neither side reads
    the people of the other's record, and the school was asked before anybody wanted to answer.
    """
    leerling, levering = await sent(line)
    (asked,) = await taken(line, line.school)
    assert (asked["soort"], asked["leveringId"]) == ("terugweg_vragen", levering)
    assert {v["persoonId"] for v in asked["vragen"]} == set(persons(leerling))
    assert {tuple(v["functies"]) for v in asked["vragen"]} == {("avg_basis",)}

    answer = await line.answer_back(levering)
    assert await line.status(answer, line.helper) == "aangehouden"
    assert await taken(line, line.school) == [asked]
    (first,) = await taken(line, line.helper)
    assert first["soort"] == "geheimhouding_vragen"
    assert not {"personen", "vragen", "redenen", "leerlingId"} & first.keys()
    assert first["links"]["vastleggen"] == "/v1/gezagsgegevens"

    own = await own_gezag(line, levering)
    (second,) = await taken(line, line.helper)
    ((vraag),) = second["vragen"]
    assert (second["soort"], vraag["persoonId"], vraag["functies"]) == (
        "toestemming_vragen",
        own["leerlingPersoonId"],
        ["secrecy_waiver"],
    )
    await lifts(line, levering, own["leerlingPersoonId"])
    assert await taken(line, line.helper) == []
    assert await line.status(answer, line.helper) == "aangehouden"
    assert await line.postbus(line.school) == []

    for vraag in asked["vragen"]:
        await line.agree(leerling, vraag["persoonId"], functie="avg_basis", bereik=vraag["bereik"])
    assert await line.status(answer, line.helper) == "klaar"
    assert await taken(line, line.school) == []
    payload = await line.take(only(answer), line.school)
    assert (await line.sign_for(only(answer), payload, line.school))["status"] == "afgeleverd"

    ours = {*persons(leerling), leerling["leerlingPersoonId"], leerling["leerlingId"]}
    theirs = {*persons(own), own["leerlingPersoonId"]}
    assert ours.isdisjoint(theirs)
    for who, hidden in ((line.helper, ours), (line.school, theirs)):
        read = "".join(
            a.text for a in line.answers if a.request.headers.get("authorization") == f"Bearer {who.token}"
        )
        assert [h for h in hidden if h in read] == []


@story("memory")
async def test_each_half_counts_from_its_own_record(line: Line) -> None:
    """Where the aanbieder recorded gezag, a yes to lift secrecy said at school is not its yes; a no is."""
    leerling, levering = await sent(line)
    youth = leerling["leerlingPersoonId"]
    own = await own_gezag(line, levering)
    for persoon in persons(leerling):
        await line.agree(leerling, persoon, bereik=bereik_terug())
    await line.agree(leerling, youth, functie="secrecy_waiver", bereik=bereik_terug())
    answer = await line.answer_back(levering)
    assert await line.status(answer, line.helper) == "aangehouden"
    await lifts(line, levering, own["leerlingPersoonId"])
    assert await line.status(answer, line.helper) == "klaar"
    await line.agree(
        leerling,
        youth,
        functie="secrecy_waiver",
        bereik=bereik_terug(),
        besluit="geweigerd",
        moment="2026-11-22T09:00:00Z",
    )
    assert await line.status(answer, line.helper) == "geweigerd"


@story("memory")
async def test_an_ouder_who_says_no_at_the_aanbieder_blocks(line: Line) -> None:
    """Of the youth alone it is asked there; the no of who holds gezag blocks all the same, and the school is
    not told whose.
    """
    leerling, levering = await sent(line)
    own = await own_gezag(line, levering)
    for persoon in persons(leerling):
        await line.agree(leerling, persoon, bereik=bereik_terug())
    await lifts(line, levering, own["leerlingPersoonId"])
    answer = await line.answer_back(levering)
    assert await line.status(answer, line.helper) == "klaar"
    await lifts(line, levering, persons(own)[0], besluit="geweigerd", moment="2026-11-22T09:00:00Z")
    view = await line.levering(answer, line.helper)
    assert (view["status"], "CONSENT_REFUSED" in codes(view)) == ("geweigerd", True)
    assert persons(own)[0] not in (await line.school.get("/taken")).text


@story("memory")
async def test_a_record_of_gezag_is_ones_own(line: Line) -> None:
    """The aanbieder's changes nothing of what the school sends; it names no person of another, and cannot be
    made about a levering that is not its own.
    """
    leerling, levering = await sent(line)
    await own_gezag(line, levering, soort="onbekend", personen=[], afgeschermdVoor=[AANBIEDER])
    assert await line.status(await line.push(raw=DOSSIER)) == "klaar"
    stranger = [{"persoonId": persons(leerling)[0], "hoedanigheid": "ouder", "gezag": True}]
    body = gezag(leerling=None, leveringId=levering, geboortedatum=YOUTH_BORN)
    wrong = await line.helper.post("/gezagsgegevens", body | {"personen": stranger}, key=fresh())
    assert problem(wrong) == (400, "ongeldig-bericht", ("persoon.onbekend",))
    assert (await line.other_helper.post("/gezagsgegevens", body, key=fresh())).status_code == 404
    for both in ({}, {"leerling": {"leerlingid": "x"}}):
        told = gezag(leerling=None) | both | ({"leveringId": levering} if both else {})
        answer = await line.helper.post("/gezagsgegevens", told, key=fresh())
        assert problem(answer) == (400, "ongeldig-bericht", ("leerling.een",))
    (shown,) = [t for t in await taken(line, line.school) if t["soort"] == "terugweg_vragen"]
    assert {v["persoonId"] for v in shown["vragen"]} == set(persons(leerling))


@story("memory")
async def test_the_sender_protects_a_person_too(line: Line) -> None:
    """Protection in the aanbieder's own record stops its answer as well."""
    leerling, levering = await sent(line)
    own = await own_gezag(line, levering)
    for persoon in persons(leerling):
        await line.agree(leerling, persoon, bereik=bereik_terug())
    await lifts(line, levering, own["leerlingPersoonId"])
    answer = await line.answer_back(levering)
    assert await line.status(answer, line.helper) == "klaar"
    people = [{"persoonId": p["persoonId"], "hoedanigheid": "ouder", "gezag": True} for p in own["personen"]]
    await own_gezag(line, levering, personen=people, afgeschermdVoor=[SCHOOL])
    view = await line.levering(answer, line.helper)
    assert (view["status"], codes(view)) == ("geweigerd", {"PROTECTED_PARTY"})


# ── byte for byte


_ID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{32}(?![0-9a-zA-Z])")
_TIME: Final = re.compile(r"T\d\d:\d\d:\d\d(\.\d+)?Z")
_MASKS: Final = (
    (re.compile(r"(?:(?<![\w+/])|(?<=\\n))eyJ[\w.-]+"), "JWS"),  # and not inside a hash
    (re.compile(r"sha256:[0-9a-f]{64}"), "HASH"),
    (re.compile(r"sha-256=:[^:]+:"), "DIGEST"),
    (re.compile(r"[A-Za-z0-9+/]{43}="), "BASE64"),
    (_TIME, "TIME"),
    # how large the account is goes up with every act of anybody; who has toezicht is told it
    (re.compile(r'"boom": ?\{[^}]*\}'), '"boom": "BOOM"'),
    (re.compile(r'"grootte": ?\d+'), '"grootte": 0'),
    (re.compile(r"\b\d{10}-(?=[0-9a-f]{32}\b)"), "SECONDS-"),
)
ACCOUNT: Final = {"/v1/ledger/checkpoint", "/metrics", "/v1/toezicht/bewijspakketten/avg-7"}
"""About the whole gateway and nobody in particular: its size goes up with every act of anybody."""
NOT_ABOUT_ANYBODY: Final = {
    ("POST", "/v1/token"),
    ("GET", "/v1/gezondheid"),
    ("GET", "/v1/gereedheid"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/v1/schemas"),
    ("GET", "/v1/schemas/{versie}/{bestand}"),
}


def masked(answers: list[Any], known: list[str]) -> list[tuple[str, int, Any, str]]:
    """Answers as far as anybody can compare them: random ids by the order in which they are first seen."""
    seen = {ident: f"KNOWN{n}" for n, ident in enumerate(known)}
    out = []
    for a in answers:
        if a.request.url.path in ACCOUNT:
            continue
        text = a.text
        for pattern, name in _MASKS:
            text = pattern.sub(name, text)
        if "json" in a.headers.get("content-type", ""):
            text = json.dumps(in_order(json.loads(text), seen))
        text = _ID.sub(lambda m: seen.setdefault(m[0], f"ID{len(seen)}"), text)
        headers = tuple((n, "" if n == "content-length" else _TIME.sub("TIME", v)) for n, v in shape(a)[2])
        path = _ID.sub("{id}", a.request.url.path)
        out.append((f"{a.request.method} {path}", a.status_code, headers, text))
    return out


def in_order(value: Any, seen: dict[str, str]) -> Any:
    """Lists of people stand in the order of their random ids: here in the order of what they say."""
    if isinstance(value, dict):
        return {name: in_order(v, seen) for name, v in value.items()}
    if isinstance(value, list):
        told = [in_order(v, seen) for v in value]
        return sorted(told, key=lambda v: _ID.sub(lambda m: seen.get(m[0], ""), json.dumps(v)))
    return value


async def nobody(line: Line, levering: str) -> str:
    return NOWHERE


async def held(line: Line, levering: str) -> str:
    return only(await line.answer_back(levering))


async def half(line: Line, levering: str) -> str:
    """Secrecy is lifted in the aanbieder's own record; the ground is not there."""
    own = await own_gezag(line, levering)
    await lifts(line, levering, own["leerlingPersoonId"])
    return await held(line, levering)


async def grown_old(line: Line, levering: str) -> str:
    """As held, and its own check of gezag and its judgement make it wait as well."""
    own = await own_gezag(line, levering, gecontroleerdOp="2025-12-10")
    await lifts(line, levering, own["leerlingPersoonId"], geldigTotEnMet="2026-12-20")
    body = {
        "leveringId": levering,
        "wilsbekwaam": False,
        "doelen": ["afstemming"],
        "beoordelaar": "iemand",
        "functie": "gedragswetenschapper",
        "moment": "2026-11-22T09:00:00Z",
        "motivering": "Fictief.",
    }
    recorded(await line.helper.post("/bekwaamheidsoordelen", body, key=fresh()))
    return await held(line, levering)


async def refused(line: Line, levering: str) -> str:
    own = await own_gezag(line, levering)
    await lifts(line, levering, own["leerlingPersoonId"], besluit="geweigerd")
    return await held(line, levering)


async def vetoed(line: Line, levering: str) -> str:
    body = veto(leveringId=levering, richting="J2S", doelen=["afstemming"])
    recorded(await line.helper.post("/professionele-vetos", body, key=fresh()))
    return await held(line, levering)


async def protected(line: Line, levering: str) -> str:
    await own_gezag(line, levering, afgeschermdVoor=[SCHOOL])
    return await held(line, levering)


async def objected(line: Line, levering: str) -> str:
    """Somebody who need not sign objects at the aanbieder."""
    people = [{"hoedanigheid": "ouder", "gezag": True}] * 2 + [{"hoedanigheid": "ander", "gezag": False}]
    own = await own_gezag(line, levering, personen=people)
    body = {
        "leveringId": levering,
        "persoonId": own["personen"][2]["persoonId"],
        "bereik": bereik_terug(),
        "moment": "2026-11-22T09:00:00Z",
    }
    recorded(await line.helper.post("/bezwaren", body, key=fresh()))
    return await held(line, levering)


async def begins(line: Line, levering: str) -> str:
    """The aanbieder tells of somebody of its own, by its own key, and answers nothing of the school."""
    own = gezag(leerling={"leerlingid": "eigen-9"}, geboortedatum=YOUTH_BORN)
    recorded(await line.helper.post("/gezagsgegevens", own, key=fresh()))
    body = terugkoppeling(levering, leerling={"leerlingid": "eigen-9"})
    del body["inAntwoordOp"]
    pushed = fine(await line.helper.post("/uitwisselingen", body, key=fresh()), 202)
    assert await line.status(pushed, line.helper) == "aangehouden"
    return only(pushed)


ELSE: Final = tuple(
    h for h in EIGENSCHAPPEN if h not in MENSEN and h not in {Hoedanig.ONDERWIJS, Hoedanig.JEUGDHULP}
)
"""Every capacity of an organisation but the two that stand in every line of a test."""
ALL: Final = "oin:99999999000000000200"


def id_of_else(hoedanigheid: Hoedanig) -> str:
    return f"oin:9999999900000000{200 + ELSE.index(hoedanigheid):04}"


async def others(line: Line) -> None:
    """One organisation in every other capacity there is, and its one system."""
    key = es256()
    rows = [
        {
            "hoedanigheid": h.value,
            "id": id_of_else(h),
            "rollen": [f.value for f in EIGENSCHAPPEN[h].functies],
            "aflevering": {"soort": "postbus"},
        }
        | ({"werkgever": "jeugdhulp"} if h is Hoedanig.SCHOOLMAATSCHAPPELIJK_WERK else {})
        for h in ELSE
    ]
    system = {"clientId": client_of(ALL), "scopes": [*Scope], "sleutels": [public_jwk(key)]}
    row = {"id": ALL, "naam": "Van alles (fictief)", "clients": [system], "hoedanigheden": rows}
    made = Organisatie.model_validate_json(json.dumps(row)).partijen()
    old = await line.world.storage.register()
    new = {p.id: p.model_dump_json(exclude_defaults=True) for p in made}
    await line.apply(dataclasses.replace(old, partijen=old.partijen | new))
    line.callers[ALL] = Caller(line.http, ALL, client_of(ALL), key)
    await line.callers[ALL].sign_in()


async def all_begin(line: Line, levering: str) -> str:
    """Every other capacity, and another school, about somebody of its own: a hulpvraag to the same school."""
    example = VOORBEELDEN["hulpvraag"]
    school = {"naam": "school (fictief)", "brin": "99XX", "vestigingscode": "01"}
    pushed: Json = {}
    for who, inhoud, named in (
        *((line.callers[ALL], example, {"Hoedanigheid": h.value}) for h in ELSE),
        (line.other_school, example | {"school": school}, {}),
    ):
        own = gezag(leerling={"leerlingid": "C-1"}, geboortedatum=example["leerling"]["geboortedatum"])
        recorded(await who.post("/gezagsgegevens", own, key=fresh(), headers=named))
        body = {
            "doel": "toeleiding",
            "ontvangers": [IB],
            "categorieen": ["contact", "doelen"],
            "leerling": {"leerlingid": "C-1"},
            "bericht": {"soort": "hulpvraag", "inhoud": inhoud},
        }
        pushed = fine(await who.post("/uitwisselingen", body, key=fresh(), headers=named), 202)
        here = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen"
        (view,) = fine(await who.get(here, named))["leveringen"]
        assert view["status"] in {"aangehouden", "geweigerd"}, named
    return only(pushed)


Wish = Callable[[Line, str], Any]


async def _everything_the_school_reads(line: Line, wish: Wish) -> list[tuple[str, int, Any, str]]:
    """All answers to the school, on every route there is, after the aanbieder did as it wished.

    Every write is of the kind that an attentive school could use to look: what it records, withdraws, asks
    again, and the rounds of the days after it.
    """
    await others(line)
    leerling, levering = await sent(line)
    for persoon in persons(leerling):
        # The ground for an answer, as the school asks it of everybody, and of one ouder only.
        if persoon == persons(leerling)[0]:
            await line.agree(leerling, persoon, bereik=bereik_terug(), geldigTotEnMet="2026-12-20")
    line.clock.move_to(NOW)
    answer = await wish(line, levering)
    line.answers.clear()
    for days in (0, 1, 14, 31, 61):
        line.clock.move_to(NOW.replace(day=1, month=12) if days == 61 else NOW)
        line.later(days=days)
        await line.context.rounds.daily()
        await line.sweep()
        for caller in line.callers.values():
            await caller.sign_in()
        if days:
            await line.school.get("/taken")
        else:
            await _every_route(line, leerling, levering, answer)
    bearer = {f"Bearer {t}" for t in _tokens(line)}
    mine = [a for a in line.answers if a.request.headers.get("authorization") in bearer]
    people = [*persons(leerling), leerling["leerlingPersoonId"], leerling["leerlingId"]]
    return masked(mine, [*people, levering, answer])


def _tokens(line: Line) -> set[str]:
    """Every token the school had."""
    found = set()
    for a in line.answers:
        if a.request.url.path == "/v1/token" and line.school.client_id.encode() in _claims(a):
            found.add(a.json()["access_token"])
    return found


def _claims(answer: Any) -> bytes:
    form = parse_qs(answer.request.content.decode())
    part = form["client_assertion"][0].split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def _every_route(line: Line, leerling: Json, levering: str, answer: str) -> None:
    await line.school.sign_in()
    await _looks(line, levering, answer)
    await _zaken(line, leerling)
    await _looks_at_people(line, leerling, answer)
    await _writes(line, leerling, answer)


async def _looks(line: Line, levering: str, answer: str) -> None:
    school = line.school
    waiting = await line.push(raw=DOSSIER)
    sent_before = fine(await school.get("/uitwisselingen"))["uitwisselingen"]
    for pushed in [p["id"] for p in sent_before] + [NOWHERE]:
        here = f"/uitwisselingen/{pushed}"
        for path in (here, f"{here}/leveringen", f"{here}/bewijs"):
            await school.get(path)
        for v in (levering, only(waiting), answer):
            for path in (f"{here}/leveringen/{v}", f"{here}/leveringen/{v}/uitleg"):
                await school.get(path)
            await school.post(f"{here}/leveringen/{v}/_herhaal")
    await school.post("/uitwisselingen/_proef", envelope(raw=DOSSIER))
    await school.post("/uitwisselingen/_proef", terugkoppeling(answer))
    await school.post("/uitwisselingen", terugkoppeling(answer), key=fresh())
    for path in ("/postbus", "/postbus/intrekkingen", "/taken", "/kennisgevingen", "/convenanten"):
        await school.get(path)
    await school.get("/proportionaliteitsprofielen?aantal=1")
    for path in ("kennisgevingen/x", "convenanten/x", "proportionaliteitsprofielen/x"):
        await school.get(f"/{path}")
    await school.get("/ledger/checkpoint")
    await line.http.get("/metrics", headers=school.headers(None, None))
    for v in (answer, levering):
        await school.get(f"/leveringen/{v}")
        await school.post(f"/leveringen/{v}/_neem")
        await line.try_sign(v, b"?", school)
        await school.post(f"/leveringen/{v}/_verwerkt")
        await school.get(f"/avgverzoeken/{v}")
        await school.post(f"/avgverzoeken/{v}/antwoorden", {"stap": 1, "uitkomst": "niet", "woorden": "x"})
        await school.post(f"/avgverzoeken/{v}/verlengingen", {"stap": 1, "woorden": "x"})
        await line.refuse(v, "niet_voor_ons", school)
        await school.get(f"/postbus/intrekkingen/{v}")
        await school.post(f"/postbus/intrekkingen/{v}/antwoorden", {"jws": "a.b.c" * 10})


async def _zaken(line: Line, leerling: Json) -> None:
    """A zaak about him with who may want to answer in it: what the school sees of it is its own."""
    school = line.school
    zaak = {"onderwerp": "leerling", "vorm": "individueel", "functie": "intern_begeleider"}
    zaak |= {"wettelijkeTaak": "passend_onderwijs"}
    about = {"leerlingId": leerling["leerlingId"], "zaak": zaak}
    here = recorded(await school.post("/zaken", about, key=fresh()))["zaak"]["zaakId"]
    erbij: Json = {"soort": "partner_erbij", "partij": AANBIEDER, "functie": "jeugdhulpverlener"}
    erbij |= {"wettelijkeTaak": "jeugdhulp", "cellen": ["contact"]}
    await school.post(f"/zaken/{here}/stappen", {"stap": erbij}, key=fresh())
    plan = {"soort": "arrangement", "inhoud": {}}
    await school.post(f"/zaken/{here}/toetsing", {"bericht": plan}, key=fresh())
    overleg = {"overlegsoort": "zat", "datum": "2026-12-01", "doel": "arrangement"}
    overleg |= {"functie": "intern_begeleider", "wettelijkeTaak": "passend_onderwijs"}
    body = {"zaakId": here, "overleg": overleg}
    tafel = recorded(await school.post("/overleggen", body, key=fresh()))["overleg"]["overlegId"]
    erbij["soort"] = "deelnemer_erbij"
    await school.post(f"/overleggen/{tafel}/stappen", {"stap": erbij}, key=fresh())
    await school.post(f"/overleggen/{tafel}/inbreng", {"verzending": envelope()}, key=fresh())
    overleggen = ("/overleggen", f"/overleggen/{tafel}", f"/overleggen/{NOWHERE}")
    for path in ("/zaken", f"/zaken/{here}", f"/zaken/{NOWHERE}", "/toezicht/zaken", *overleggen):
        await school.get(path)


async def _looks_at_people(line: Line, leerling: Json, answer: str) -> None:
    school, ref = line.school, leerling["leerlingId"]
    for t in await taken(line, school):
        await school.get(f"/taken/{t['id']}")
    await school.get(f"/taken/{answer}")
    for what in (
        "toestemmingen",
        "gezagsgegevens",
        "bekwaamheidsoordelen",
        "bezwaren",
        "grondverklaringen",
        "omstandigheden",
        "afwegingen",
    ):
        await school.get(f"/leerlingen/{ref}/{what}")


async def moves_on(who: Caller, ref: str, levering: str) -> None:
    """Everything about a leerling who changes school or sits at home, and copies of messages about him."""
    home = {"leerlingId": ref, "gebeurtenis": "begonnen", "op": "2026-11-20", "verzuimsoort": "thuiszitter"}
    await who.post("/thuiszitten", home, key=fresh())
    await who.get(f"/leerlingen/{ref}/thuiszitten")
    goes = {"leerlingId": ref, "naar": OTHER_SCHOOL, "soort": "vertrek", "per": "2027-08-01"}
    made = await who.post("/overstappen", goes, key=fresh())
    overstap = made.json().get("id", NOWHERE)
    await who.get(f"/overstappen/{overstap}")
    for path in (f"/leveringen/{levering}/overstap", f"/toezicht/leveringen/{levering}/overstap"):
        await who.get(path)
    no = {"besluit": "geweigerd", "grond": "niet_bij_ons"}
    await who.post(f"/leveringen/{levering}/overstap", no, key=fresh())
    await who.post(f"/overstappen/{overstap}/_ongedaan", key=fresh())
    copies = {"berichten": ["PEI+"], "leveringId": levering}
    await who.post("/ijw/kopieen", copies)
    await who.post(f"/zaken/{NOWHERE}/hulpstand", copies, key=fresh())


async def _writes(line: Line, leerling: Json, answer: str) -> None:
    school, about = line.school, {"leerlingId": leerling["leerlingId"]}
    at = "2026-11-22T09:30:00Z"
    first, second = persons(leerling)
    terug = bereik_terug()
    body = toestemming(second, bereik=terug, geldigTotEnMet="2026-12-20") | about
    given = recorded(await school.post("/toestemmingen", body, key=fresh()))
    await school.get("/taken")
    for path in ("", "/bewijs", f"/intrekkingen/{NOWHERE}/bewijs"):
        await school.get(f"/toestemmingen/{given['toestemmingId']}{path}")
    withdrawn = f"/toestemmingen/{given['toestemmingId']}/intrekkingen"
    await school.post(withdrawn, {"moment": at}, key=fresh())
    await school.get("/taken")
    objection = {"persoonId": first, "bereik": terug, "moment": at}
    await school.post("/bezwaren", objection | about, key=fresh())
    await school.post("/bezwaren", objection | {"leveringId": answer}, key=fresh())
    judged = {
        "wilsbekwaam": True,
        "doelen": ["afstemming"],
        "beoordelaar": "iemand",
        "functie": "orthopedagoog",
        "moment": at,
        "motivering": "Fictief.",
    }
    await school.post("/bekwaamheidsoordelen", judged | about, key=fresh())
    for richting in ("S2J", "J2S"):
        lifted = veto(besluit="opgeheven", richting=richting) | about
        await school.post("/professionele-vetos", lifted, key=fresh())
    grond = {
        "soort": "leerplicht",
        "ontvanger": IB,
        "doelen": ["verzuim"],
        "grondstukRef": "stuk-1",
        "grondstukHash": "sha256:" + "0" * 64,
        "noodzaakHash": "sha256:" + "0" * 64,
        "verklaardDoor": "iemand",
        "moment": at,
        "geldigVanaf": "2026-11-22",
        "geldigTotEnMet": "2027-01-22",
        "informeren": {"wanneer": "vooraf", "op": "2026-11-22"},
    }
    await school.post("/grondverklaringen", grond | about, key=fresh())
    stated = {k: grond[k] for k in ("ontvanger", "doelen", "verklaardDoor", "moment", "geldigVanaf")}
    stated |= {"wel": ["gevraagd"], "geldigTotEnMet": grond["geldigTotEnMet"]}
    await school.post("/omstandigheden", stated | about, key=fresh())
    await school.post("/afwegingen", {**about}, key=fresh())
    await school.get(f"/afwegingen/{NOWHERE}")
    for what in ("tweede-blikken", "nabeoordelingen", "uitstellen"):
        await school.post(f"/afwegingen/{NOWHERE}/{what}", {}, key=fresh())
    await school.post(f"/grondverklaringen/{NOWHERE}/uitstellen", {}, key=fresh())
    people = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    again = gezag(geboortedatum=YOUTH_BORN, personen=people, gecontroleerdOp="2026-11-20")
    await school.post("/gezagsgegevens", again, key=fresh())
    await school.post("/leerlingen/_zoek", {"leerlingid": LEERLING})
    await school.post("/leerlingen/_zoek", {"leerlingid": "onbekend"})
    await school.get("/toezicht/leveringen")
    await school.get(f"/toezicht/leveringen/{NOWHERE}")
    await school.post("/toezicht/leveringen/_zoek", {"leerlingid": LEERLING})
    await questions_of_an_fg(school, NOWHERE)
    await _registration(line, leerling["leerlingId"])
    await invitations(school, leerling["leerlingId"], first)
    await moves_on(school, leerling["leerlingId"], answer)
    for t in await taken(line, school):
        await school.post(f"/taken/{t['id']}/_gedaan")
    await school.get("/taken")


async def invitations(who: Caller, leerling: str, person: str) -> None:
    """Whom he may invite, somebody who is not there, and the end of what there never was."""
    path = f"/leerlingen/{leerling}/uitnodigingen"
    await who.get(path)
    await who.post(path, {"persoonId": NOWHERE})
    await who.post(f"{path}/_stop", {"persoonId": person})


async def questions_of_an_fg(who: Caller, levering: str) -> None:
    """Who watches over nobody asks what an FG asks."""
    toezicht = "/toezicht"
    for path in (
        "vragen",
        "vragen/vraag-10",
        "uitzonderingen",
        "afspraken",
        "overzicht",
        "maanden",
        "afwegingen",
        "steekproeven",
        "bewijspakketten/avg-7",
    ):
        await who.get(f"{toezicht}/{path}")
    await who.get(f"{toezicht}/leveringen/{levering}/opnieuw")
    await who.get(f"{toezicht}/steekproeven/{NOWHERE}")
    about = {"partij": who.partij, "leerling": {"leerlingid": LEERLING}, "kijkdoel": "klacht"}
    await who.post(f"{toezicht}/vragen/vraag-1/_zoek", about)
    await who.post(f"{toezicht}/_toon", {"leveringId": levering, "kijkdoel": "klacht"})
    drawn = {"partij": who.partij, "van": "2026-01-01", "tot": "2027-01-01", "zaad": "1"}
    await who.post(f"{toezicht}/steekproeven", drawn, key=fresh())
    points = dict.fromkeys(("grond", "nodig", "ontvanger", "informatie", "vastlegging"), "goed")
    judged = {"leveringId": levering, "punten": points}
    await who.post(f"{toezicht}/steekproeven/{NOWHERE}/oordelen", judged, key=fresh())
    checked = {"partij": who.partij, "grootte": 0, "wortel": "A" * 43 + "="}
    await who.post(f"{toezicht}/nagekeken", checked, key=fresh())
    await who.get(f"{toezicht}/voorstellen")
    await who.get(f"/taken/{NOWHERE}/voorstel")
    said = {"partij": who.partij, "soort": "profiel", "afspraak": "geen-profiel", "toelichting": "Niets."}
    await who.post(f"{toezicht}/voorstellen", said, key=fresh())
    await who.post(f"/leveringen/{levering}/gebruik", {"geopend": []})


async def _registration(line: Line, ref: str) -> None:
    """The school compares its registration, takes over, reads that and puts it back."""
    school = line.school
    file = offer(csv({"Geboren": YOUTH_BORN, "Ouder 1": "A. Verzonnen", "Gezag 1": "J"}), KOLOMMEN)
    shown = fine(await school.post("/registraties/_verschil", file))
    body = file | {"verschil": shown["verschil"], "leerlingen": chosen(shown, LEERLING)}
    (done,) = recorded(await school.post("/registraties", body, key=fresh()))["leerlingen"]
    assert done["leerlingId"] == ref
    await school.get(f"/leerlingen/{ref}/registraties")
    back = {"telt": done["id"], "terugNaar": None}
    recorded(await school.post(f"/leerlingen/{ref}/registraties/_herstel", back, key=fresh()))


def _visited(line: Line) -> set[tuple[str, str]]:
    """Of each route that was called: its method and template."""
    patterns = {(m, p): re.compile(re.sub(r"\{[^}]+\}", "[^/]+", p)) for m, p in line.routes()}
    calls = {(a.request.method, a.request.url.path) for a in line.answers}
    return {
        (m, template)
        for (m, template), pattern in patterns.items()
        if any(m == method and pattern.fullmatch(path) for method, path in calls)
    }


def about_somebody(line: Line) -> set[tuple[str, str]]:
    """The routes that can say something of somebody to who takes part.

    Who runs the gateway sees the codes of all partijen: that is no scope for who takes part (`ozlijn doctor`
    says so).
    """
    return {r for r in line.routes() if not r[1].startswith("/v1/beheer/")} - NOT_ABOUT_ANYBODY


async def _read(who: Wish, folder: Path) -> list[tuple[str, int, Any, str]]:
    async with open_line("memory", folder) as line:
        found = await _everything_the_school_reads(line, who)
        assert about_somebody(line) - _visited(line) == set()
        return found


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, Any, str]]:
    """What the school reads when nobody wants to answer."""
    return asyncio.run(_read(nobody, tmp_path_factory.mktemp("niemand")))


@pytest.mark.parametrize(
    "wish",
    [held, half, grown_old, refused, vetoed, protected, objected, begins, all_begin],
    ids=lambda w: w.__name__,
)
def test_nothing_tells_the_school_that_somebody_wants_to_answer(
    wish: Wish, quiet: list[tuple[str, int, Any, str]], tmp_path: Path
) -> None:
    """Held for whichever reason, or refused: what the school reads is what it reads when nobody wants to."""
    having = asyncio.run(_read(wish, tmp_path))
    for (told, *one), (again, *other) in zip(quiet, having, strict=True):
        assert (again, other) == (told, one)
    assert any("terugweg_vragen" in text for *_, text in having)
