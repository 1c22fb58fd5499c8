"""Between two capacities of one organisation stands the wall that stands between any two partijen.

One organisation gives jeugdhulp and treats as ggz, one system works for both, and it says per call in which
capacity it does so. What it then reads is what a system of a stranger reads: every route, byte for byte.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.register.apply import apply_register
from gateway.register.organisaties import Organisatie
from schemas.people.hoedanigheden import EIGENSCHAPPEN, MENSEN
from schemas.people.partij import Scope
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.publication.voorbeelden import VOORBEELDEN
from schemas.storage.storage import Register
from tests.callers import public_jwk
from tests.flow.test_neutraal import masked
from tests.line import (
    AANBIEDER,
    IB,
    OTHER_AANBIEDER,
    SANDBOX,
    SCHOOL,
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
    problem,
    recorded,
    shape,
    story,
    veto,
)
from tests.release_data import restored_line

HULP, GGZ = "jeugdhulp", "jeugdhulp_ggz"
POSTBUS: Final = {"soort": "postbus"}
BORN: Final = VOORBEELDEN["hulpvraag"]["leerling"]["geboortedatum"]
TIME: Final = {"/v1/openapi.json", "/v1/proefklok"}
"""Answers that are nobody's; the clock of a sandbox says another time every time."""
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass
class InCapacity(Caller):
    """A system that names the capacity in which it calls, or none."""

    hoedanigheid: str | None = None

    def headers(self, key: str | None, more: Json | None) -> dict[str, str]:
        named = {} if self.hoedanigheid is None else {"Hoedanigheid": self.hoedanigheid}
        return super().headers(key, named | (more or {}))


def organisation(key: Any, *capacities: Json, naam: str = "Zorg voor Twee (fictief)") -> Register:
    row = {
        "id": AANBIEDER,
        "naam": naam,
        "clients": [
            {
                "clientId": client_of(AANBIEDER),
                "scopes": [s.value for s in Scope],
                "sleutels": [public_jwk(key)],
            }
        ],
        "hoedanigheden": list(capacities),
    }
    made = Organisatie.model_validate_json(json.dumps(row)).partijen()
    return Register(0, {p.id: p.model_dump_json(exclude_defaults=True) for p in made}, {})


BOTH: Final = (
    {"hoedanigheid": HULP, "rollen": ["jeugdhulpverlener"], "aflevering": POSTBUS},
    {
        "hoedanigheid": GGZ,
        "id": OTHER_AANBIEDER,
        "rollen": ["jeugdhulpverlener", "psychiater"],
        "aflevering": POSTBUS,
    },
)


async def join(line: Line, *capacities: Json) -> InCapacity:
    """Makes one organisation of the two aanbieders, with one system; gives that system, naming nothing."""
    old = await line.world.storage.register()
    key = line.helper.key
    new = organisation(key, *(capacities or BOTH))
    kept = {i: text for i, text in old.partijen.items() if i != OTHER_AANBIEDER}
    register = dataclasses.replace(old, partijen=kept | new.partijen)
    context = line.context
    await apply_register(line.world.storage, context.leaves, context.stamps, register, remove=True)
    name = client_of(AANBIEDER)
    bare = InCapacity(line.http, AANBIEDER, name, key)
    await bare.sign_in()
    for partij, hoedanigheid in ((AANBIEDER, HULP), (OTHER_AANBIEDER, GGZ)):
        line.callers[partij] = InCapacity(line.http, partij, name, key, bare.token, hoedanigheid)
    return bare


@story()
async def test_one_system_works_in_two_capacities_and_each_has_its_own(line: Line) -> None:
    """What was sent to the one is taken by the one; the other has nothing, and gets its own."""
    await join(line)
    _, pushed, _ = await line.permitted()
    assert [v["leveringId"] for v in await line.postbus()] == [only(pushed)]
    assert await line.postbus(line.other_helper) == []
    assert (await line.other_helper.post(f"/leveringen/{only(pushed)}/_ophalen")).status_code == 404
    payload = await line.take(only(pushed))
    assert (await line.sign_for(only(pushed), payload))["status"] == "afgeleverd"
    await line.context.checkpointer.publish()
    assert {leaf.get("ontvanger") for leaf in await line.ledger() if leaf.get("levering")} == {AANBIEDER}


@story("memory")
async def test_who_has_several_says_in_which_it_calls(line: Line) -> None:
    """Named none, twice or one that is not there: 400 with those there are, and nothing is done."""
    bare = await join(line)
    before = await line.everything()
    given: list[Json] = [{}, {"Hoedanigheid": "onderwijs"}, {"Hoedanigheid": f"{HULP}, {GGZ}"}]
    for headers in given:
        answer = await bare.get("/postbus", headers)
        assert problem(answer) == (400, "ongeldig-bericht", ("hoedanigheid.kies",))
        assert answer.json()["fouten"][0]["tekst"].endswith(f": {HULP}, {GGZ}")
    assert await line.everything() == before


@story("memory")
async def test_who_has_one_needs_to_name_nothing(line: Line) -> None:
    """And may name it. A kind and roles of before is one whole, in which nothing can be chosen apart."""
    bare = await join(line, BOTH[0])
    assert (await bare.get("/postbus")).status_code == 200
    assert (await bare.get("/postbus", {"Hoedanigheid": HULP})).status_code == 200
    assert (await bare.get("/postbus", {"Hoedanigheid": GGZ})).status_code == 400
    assert (await line.school.get("/postbus", {"Hoedanigheid": "onderwijs"})).status_code == 200
    fg = await line.fg.get("/taken", {"Hoedanigheid": "onderwijs"})
    assert fg.json()["fouten"][0]["tekst"].startswith("laat deze header weg")


EVERY: Final = tuple(h for h in EIGENSCHAPPEN if h not in MENSEN and h.value not in {"onderwijs", HULP})
"""Every capacity of an organisation but the two that stand in every line of a test."""


def id_of(hoedanigheid: Partijhoedanigheid) -> str:
    return f"oin:999999990000000001{EVERY.index(hoedanigheid):02d}"


LISTS: Final = ("/postbus", "/taken")


async def everybody(line: Line) -> dict[Partijhoedanigheid, InCapacity]:
    """One organisation in every capacity there is, and its one system in each of these."""
    rows: list[Json] = [
        {
            "hoedanigheid": h.value,
            "id": id_of(h),
            "rollen": [f.value for f in EIGENSCHAPPEN[h].functies],
            "aflevering": POSTBUS,
        }
        | ({"werkgever": HULP} if h is Partijhoedanigheid.SCHOOLMAATSCHAPPELIJK_WERK else {})
        for h in EVERY
    ]
    bare = await join(line, BOTH[0], *rows)
    return {h: InCapacity(line.http, id_of(h), bare.client_id, bare.key, bare.token, h.value) for h in EVERY}


@story("memory")
async def test_every_capacity_receives_and_without_a_rule_and_a_profile_gets_nothing(line: Line) -> None:
    """A school may name each of them; to none of them goes what nobody agreed to, and none is told of it."""
    there = await everybody(line)
    empty = [shape(await there[EVERY[0]].get(path)) for path in LISTS]
    for h, system in there.items():
        leerling = await line.gezag(leerling={"leerlingid": h.value})
        to = {"partij": id_of(h), "rol": EIGENSCHAPPEN[h].functies[-1].value}
        await line.both_agree(leerling, bereik=bereik(doelen=["opp"], ontvangers=[to]))
        pushed = await line.push(raw=another(h.value), doel="opp", ontvangers=[to])
        assert await line.status(pushed) in {"geweigerd", "aangehouden"}, h
        assert [shape(await system.get(path)) for path in LISTS] == empty, h
        taken = await system.post(f"/leveringen/{only(pushed)}/_neem")
        stranger = await system.post(f"/leveringen/{'0' * 32}/_neem")
        assert shape(taken) == shape(stranger), h


@story("memory")
async def test_every_capacity_starts_about_somebody_of_its_own(line: Line) -> None:
    """With its own key for him, and gezag that it recorded itself. Nothing goes that nobody agreed to, and
    the school that it is meant for learns nothing.
    """
    there = await everybody(line)
    for h, system in there.items():
        own = gezag(leerling={"leerlingid": "C-1"}, geboortedatum=BORN)
        recorded(await system.post("/gezagsgegevens", own, key=fresh()))
        found = fine(await system.post("/leerlingen/_zoek", {"leerlingid": "C-1"}))
        assert found["leerlingId"], h
        body = {
            "doel": "toeleiding",
            "ontvangers": [IB],
            "categorieen": ["contact", "doelen"],
            "leerling": {"leerlingid": "C-1"},
            "bericht": {"soort": "hulpvraag", "inhoud": VOORBEELDEN["hulpvraag"]},
        }
        pushed = accepted(await system.post("/uitwisselingen", body, key=fresh()))
        assert await line.status(pushed, system) in {"geweigerd", "aangehouden"}, h
    assert await line.postbus(line.school) == []
    assert (await line.school.post("/leerlingen/_zoek", {"leerlingid": "C-1"})).status_code == 404


@story("memory")
async def test_what_a_preview_proposes_opens_what_it_is_about(line: Line) -> None:
    """Of a flow that came later people must be asked with who sends it: agreed to as it stands, it goes."""
    await everybody(line)
    born = VOORBEELDEN["overlegset"]["leerling"]["geboortedatum"]
    leerling = await line.gezag(leerling={"leerlingid": "L-1"}, geboortedatum=born)
    jgz = Partijhoedanigheid.JGZ
    to = {"partij": id_of(jgz), "rol": "jeugdarts"}
    body = {
        "doel": "afstemming",
        "ontvangers": [to],
        "categorieen": ["contact", "doelen"],
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": "L-1"},
        "bericht": {"soort": "overlegset", "inhoud": VOORBEELDEN["overlegset"]},
    }
    (shown,) = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    assert {v["bereik"]["afzender"] for v in shown["voorstel"]} == {SCHOOL}
    for asked in shown["voorstel"]:
        for persoon in asked["personen"]:
            for functie in persoon["functies"]:
                who = {"functie": functie, "bereik": asked["bereik"]}
                await line.agree(leerling, persoon["persoonId"], **who)
    pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
    assert await line.status(pushed) == "klaar"


@story("memory")
async def test_toezicht_is_over_the_capacities_that_it_names(line: Line) -> None:
    """An FG of the one sees nothing of the other."""
    await join(line)
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    for partij, seen in ((AANBIEDER, [only(pushed)]), (OTHER_AANBIEDER, [])):
        found = fine(await line.fg.get(f"/toezicht/leveringen?partij={partij}"))
        assert [v["leveringId"] for v in found["leveringen"]] == seen


# ── every route


async def _lived(line: Line) -> list[str]:
    """Ids of everything that there is around one leerling and the first capacity."""
    leerling, pushed, given = await line.permitted()
    levering = only(pushed)
    await line.sign_for(levering, await line.take(levering))
    for persoon in persons(leerling):
        for functie in ("avg_basis", "secrecy_waiver"):
            await line.agree(leerling, persoon, functie=functie, bereik=bereik_terug())
    answer = await line.answer_back(levering)
    vetoed = recorded(await line.helper.post("/professionele-vetos", veto(leveringId=levering), key=fresh()))
    await line.withdraw(given[0])
    waiting = await line.answer_back(levering)
    notices = fine(await line.helper.get("/postbus/intrekkingen"))["intrekkingen"]
    assert notices
    taken = [t for who in (line.school, line.helper) for t in fine(await who.get("/taken"))["taken"]]
    return [
        levering,
        only(answer),
        only(waiting),
        pushed["uitwisselingId"],
        answer["uitwisselingId"],
        leerling["leerlingId"],
        *persons(leerling),
        given[0]["toestemmingId"],
        vetoed["id"],
        *(n["intrekkingId"] for n in notices),
        *(t["id"] for t in taken),
    ]


def _about(example: Any, ident: str) -> Any:
    return json.loads(_ID.sub(ident, json.dumps(example)))


def _example(operation: Json) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = [e.get("value") for e in content.get("examples", {}).values()]
    return examples[0] if examples else content.get("example")


async def _calls(line: Line, who: Caller, known: list[str]) -> int:
    """Every operation there is, about each of these ids; gives how many operations."""
    document = fine(await line.http.get("/v1/openapi.json"))
    made = 0
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            if not isinstance(told, dict) or not told.get("security"):
                continue
            made += 1
            body = _example(told)
            about_one = "{" in path or (body is not None and _ID.search(json.dumps(body)))
            for ident in known if about_one else known[:1]:
                url = re.sub(r"\{[^}]+\}", ident, path).removeprefix("/v1")
                if method == "get":
                    await who.get(url)
                else:
                    sent = None if body is None else _about(body, ident)
                    await who.post(url, sent, key=fresh())
    return made


async def _other_reads(folder: Path, *, joined: bool) -> tuple[list[Any], list[str], int]:
    async with open_line("memory", folder, **SANDBOX) as line:
        if joined:
            await join(line)
        known = await _lived(line)
        own = await line.helper.get(f"/leveringen/{known[0]}")
        assert own.status_code == 200
        line.answers.clear()
        made = await _calls(line, line.other_helper, known)
        # Who runs the gateway sees the codes of all: that is no scope for who takes part.
        told = [a for a in line.answers if not a.request.url.path.startswith("/v1/beheer/")]
        answers = [a for a in told if a.request.url.path not in TIME]
        return masked(answers, known), [k for a in answers for k in known if k in a.text], made


def test_another_capacity_reads_what_a_stranger_reads(tmp_path: Path) -> None:
    """Every operation of the API, about everything that the first capacity has: the same answers, byte for
    byte, and no id of it in any.
    """
    strange, _, _ = asyncio.run(_other_reads(tmp_path, joined=False))
    other, seen, made = asyncio.run(_other_reads(tmp_path, joined=True))
    assert made > 40
    assert seen == []
    assert len(other) == len(strange) > 200
    assert [(o, s) for o, s in zip(other, strange, strict=True) if o != s] == []


# ── what was there


def test_a_partij_of_release_0_1_0_gets_capacities(release_0_1_0: Path) -> None:
    """The one that keeps its id keeps all that waits there; the new one begins with nothing. The account
    verifies on, for nothing stored was rewritten.
    """

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            before = await line.postbus()
            assert before
            past = await line.ledger()
            new = {"hoedanigheid": GGZ, "id": "agb:99999909", "rollen": ["jeugdhulpverlener"]}
            old = await line.world.storage.register()
            made = organisation(line.helper.key, BOTH[0], new).partijen
            register = dataclasses.replace(old, partijen={**old.partijen, **made})
            context = line.context
            await apply_register(line.world.storage, context.leaves, context.stamps, register, remove=False)
            for hoedanigheid, waits in ((HULP, before), (GGZ, [])):
                who = InCapacity(
                    line.http, AANBIEDER, client_of(AANBIEDER), line.helper.key, hoedanigheid=hoedanigheid
                )
                await who.sign_in()
                assert await line.postbus(who) == waits
                line.callers[AANBIEDER] = who if hoedanigheid == HULP else line.callers[AANBIEDER]
            for view in before:
                await line.sign_for(view["leveringId"], await line.take(view["leveringId"]))
            ledger = await line.ledger()
            assert ledger[: len(past)] == past

    asyncio.run(tell())


def test_who_stood_there_as_andere_keeps_working(release_0_1_0: Path) -> None:
    """As a release registered it that knew no more of it: with functions, without roles and nowhere to
    deliver. It sends from now on; to receive, a file says where to deliver, and its functions are roles.
    """

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            context, old = line.context, await line.world.storage.register()
            ident, name = "oin:99999999000000000051", "swv-systeem"
            client = {
                "client_id": name,
                "scopes": [s.value for s in Scope],
                "sleutels": [public_jwk(line.helper.key)],
            }
            stood = {
                "id": ident,
                "soort": "andere",
                "naam": "Samenwerkingsverband Verzonnen",
                "clients": [client],
                "hoedanigheid": "samenwerkingsverband",
                "functies": ["consulent"],
            }
            there = dataclasses.replace(old, partijen={**old.partijen, ident: json.dumps(stood)})
            await apply_register(line.world.storage, context.leaves, context.stamps, there, remove=False)
            swv = Caller(line.http, ident, name, line.helper.key)
            await swv.sign_in()
            recorded(await swv.post("/gezagsgegevens", gezag(leerling={"leerlingid": "C-1"}), key=fresh()))
            to = {"partij": ident, "rol": "consulent"}
            asked = envelope(ontvangers=[to])
            answer = await line.school.post("/uitwisselingen", asked, key=fresh())
            assert problem(answer)[2] == ("ontvanger.onbekend",)
            row = stood | {"aflevering": POSTBUS, "rollen": stood["functies"], "functies": []}
            now = dataclasses.replace(there, partijen={**there.partijen, ident: json.dumps(row)})
            await apply_register(line.world.storage, context.leaves, context.stamps, now, remove=False)
            accepted(await line.school.post("/uitwisselingen", asked, key=fresh()))
            assert await line.postbus(swv) == []

    asyncio.run(tell())
