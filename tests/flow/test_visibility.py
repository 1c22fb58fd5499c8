"""Who sees what: the neutral 404, the scope of every route, and each partij its own side only."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx2 as httpx

from schemas.people.partij import Scope
from schemas.storage.storage import Register
from tests.architecture.generated import api_document
from tests.callers import es256, public_jwk
from tests.line import (
    HELPER,
    LEERLING,
    NOWHERE,
    OTHER_HELPER,
    SANDBOX,
    SCHOOL,
    Caller,
    Json,
    Line,
    another,
    codes,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    persons,
    problem,
    recorded,
    shape,
    story,
    terugkoppeling,
    toestemming,
    veto,
)

MALFORMED = ["x", "A" * 32, "0" * 31, "0" * 33, "%2e%2e", "0" * 4_000, "' OR 1=1 --", "%00" * 4]


# ── the neutral 404


@story()
async def test_what_is_not_for_you_is_one_answer(line: Line) -> None:
    """Held, refused, withdrawn, lapsed, foreign, non-existing, malformed: the same 404, byte for byte."""
    ids = await _not_for_the_helper(line)
    before = await line.everything()
    shapes: dict[str, set[Any]] = {}
    for levering in [*ids.values(), NOWHERE, *MALFORMED]:
        for name, answer in (await _everything_about(line, levering)).items():
            shapes.setdefault(name, set()).add(shape(answer))
            assert answer.status_code == 404, (name, levering)
    assert len(set.union(*shapes.values())) == 1, shapes
    assert await line.everything() == before
    nothing = await line.other_school.get("/postbus")  # nothing was ever sent to it
    assert shape(await line.helper.get("/postbus")) == shape(nothing)
    assert nothing.json()["leveringen"] == []


async def _not_for_the_helper(line: Line) -> dict[str, str]:
    """One levering of each kind that does not exist for the helper."""

    async def about(leerlingid: str, **other: Any) -> tuple[Json, list[Json], Json]:
        leerling = await line.gezag(leerling={"leerlingid": leerlingid})
        given = await line.both_agree(leerling, **other)
        return leerling, given, await line.push(raw=another(leerlingid))

    lapsed = await line.push(raw=another("vervallen"))
    line.later(days=31)
    await line.sweep()
    held = await line.push()
    _, _, refused = await about("geweigerd", besluit="geweigerd")
    _, given, withdrawn = await about("ingetrokken")
    await line.withdraw(given[0])
    _, _, taken = await about("genomen")
    await line.take(only(taken))
    fine(await line.refuse(only(taken), "niet_voor_ons"))
    _, _, failed = await about("mislukt")
    await line.take(only(failed))
    fine(await line.refuse(only(failed), "onleesbaar"))
    foreign = await line.push(raw=another("vreemd"), ontvangers=[OTHER_HELPER])
    kinds = {
        "aangehouden": held,
        "geweigerd": refused,
        "ingetrokken": withdrawn,
        "teruggestuurd": taken,
        "mislukt": failed,
        "vervallen": lapsed,
        "vreemd": foreign,
    }
    return {name: only(pushed) for name, pushed in kinds.items()}


async def _everything_about(line: Line, levering: str) -> dict[str, httpx.Response]:
    return {
        "read": await line.helper.get(f"/leveringen/{levering}"),
        "take": await line.try_take(levering),
        "sign": await line.try_sign(levering, b"?"),
        "confirm": await line.helper.post(f"/leveringen/{levering}/_verwerkt"),
        "refuse": await line.refuse(levering, "geen_capaciteit"),
    }


@story("memory")
async def test_an_unknown_leerling_is_as_one_you_may_not_see(line: Line) -> None:
    """A fact about another's leerling, one nobody has, or a statement of another: the same 404."""
    leerling, pushed, given = await line.permitted()
    other = line.other_school
    answers = []
    for ref in (leerling["leerlingId"], NOWHERE, leerling["leerlingPersoonId"], persons(leerling)[0]):
        body = toestemming(persons(leerling)[0], leerlingId=ref)
        answers.append(await other.post("/toestemmingen", body, key=fresh()))
        answers.append(await other.post("/professionele-vetos", veto(leerlingId=ref), key=fresh()))
    for levering in (only(pushed), NOWHERE):
        body = veto(leveringId=levering)
        answers.append(await line.helper.post("/professionele-vetos", body, key=fresh()))
        answers.append(await line.other_helper.post("/professionele-vetos", body, key=fresh()))
    moment = {"moment": "2026-11-22T09:00:00Z"}
    for record in (given[0]["toestemmingId"], leerling["id"], NOWHERE, "x"):
        path = f"/toestemmingen/{record}/intrekkingen"
        answers.append(await other.post(path, moment, key=fresh()))
        answers.append(await line.helper.post(path, moment, key=fresh()))
    assert {a.status_code for a in answers} == {404}
    assert len({shape(a) for a in answers}) == 1
    assert await line.status(pushed) == "klaar"


@story("memory")
async def test_only_the_sender_reads_its_uitwisseling(line: Line) -> None:
    """Every other partij, the recipient too, gets the 404 that a non-existing one gives."""
    _, pushed, _ = await line.permitted()
    mine, levering = pushed["uitwisselingId"], only(pushed)
    paths = [
        "/uitwisselingen/{}",
        "/uitwisselingen/{}/leveringen",
        "/uitwisselingen/{}/bewijs",
        f"/uitwisselingen/{{}}/leveringen/{levering}",
        f"/uitwisselingen/{{}}/leveringen/{levering}/uitleg",
    ]
    shapes = set()
    for who in (line.other_school, line.helper, line.other_helper):
        for path in paths:
            shapes.add(shape(await who.get(path.format(mine))))
            shapes.add(shape(await who.get(path.format(NOWHERE))))
        replay = f"/uitwisselingen/{mine}/leveringen/{levering}/_herhaal"
        shapes.add(shape(await who.post(replay)))
        assert fine(await who.get("/uitwisselingen"))["uitwisselingen"] == []
    second = await line.push()
    crossed = f"/uitwisselingen/{second['uitwisselingId']}/leveringen/{levering}"
    shapes.add(shape(await line.school.get(crossed)))
    shapes.add(shape(await line.school.get(f"{crossed}/uitleg")))
    shapes |= {shape(await line.school.get(f"/uitwisselingen/{m}")) for m in MALFORMED[:4]}
    ((status, _, _),) = shapes
    assert status == 404
    for path in paths:
        assert (await line.school.get(path.format(mine))).status_code in (200, 202)


@story("memory")
async def test_a_recipient_reads_no_more_than_what_waits(line: Line) -> None:
    """The list and the state hold no name, no reason, no category and nothing of what stayed home."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    await line.push(categorieen=["contact", "gezondheid"], ontvangers=[HELPER, OTHER_HELPER])
    answer = await line.helper.get("/postbus")
    (item,) = fine(answer)["leveringen"]
    assert set(item) == {
        "leveringId",
        "soort",
        "onderwerp",
        "doel",
        "rol",
        "afzender",
        "klaarSinds",
        "links",
    }
    state = fine(await line.helper.get(f"/leveringen/{item['leveringId']}"))
    assert set(state) == {"leveringId", "status", "sinds", "opgehaald", "leaseTot"}
    for text in (answer.text, json.dumps(state)):
        assert LEERLING not in text
        assert "gezondheid" not in text


@story("memory")
async def test_the_postbus_goes_on_from_a_cursor(line: Line) -> None:
    """Pages follow each other without a gap; the last one says so, and no number of ours stands in it."""
    for name in ("een", "twee", "drie"):
        leerling = await line.gezag(leerling={"leerlingid": name})
        await line.both_agree(leerling)
        await line.push(raw=another(name))
    whole = [i["leveringId"] for i in await line.postbus()]
    page = fine(await line.helper.get("/postbus?aantal=1"))
    seen, pages = page["leveringen"], 1
    while page["na"] is not None:
        page = fine(await line.helper.get(f"/postbus?na={page['na']}&aantal=1"))
        seen, pages = seen + page["leveringen"], pages + 1
    assert ([i["leveringId"] for i in seen], pages) == (whole, 3)
    assert not [v for i in seen for v in i.values() if isinstance(v, int)]
    for wrong in ("na=0", f"na={NOWHERE}&na={NOWHERE}", "na=Jansen"):
        assert problem(await line.helper.get(f"/postbus?{wrong}")) == (
            400,
            "ongeldig-bericht",
            ("parameter.id",),
        )
    listed = fine(await line.school.get("/uitwisselingen?aantal=2"))
    rest = fine(await line.school.get(f"/uitwisselingen?aantal=2&voor={listed['volgende']}"))
    assert [len(listed["uitwisselingen"]), len(rest["uitwisselingen"])] == [2, 1]
    assert rest["volgende"] is None


@story("memory")
async def test_an_answer_is_its_senders_and_rests_on_the_schools_facts(line: Line) -> None:
    """The aanbieder follows its own terugkoppeling, without the reasons or signers that are the school's."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    answer = await line.answer_back(only(pushed))
    view = await line.levering(answer, line.helper)
    assert codes(view) == {"nietBeschikbaar"}
    assert view["ondertekenaars"] == []
    assert not any(p in json.dumps(view) for p in (*persons(leerling), leerling["leerlingId"]))
    mine = f"/uitwisselingen/{answer['uitwisselingId']}"
    assert (await line.school.get(mine)).status_code == 404
    proef = await line.helper.post("/uitwisselingen/_proef", terugkoppeling(only(pushed)))
    shown = fine(proef)["ontvangers"][0]
    assert (shown["ondertekenaars"], codes(shown)) == ([], {"nietBeschikbaar"})


@story("memory")
async def test_the_fg_reads_the_ledger_and_nothing_else(line: Line) -> None:
    """The checkpoint is his; every other operation is refused, whatever exists."""
    _, pushed, _ = await line.permitted()
    await line.context.checkpointer.publish()
    checkpoint = await line.fg.get("/ledger/checkpoint")
    assert checkpoint.status_code == 200
    assert checkpoint.text.startswith("ozlijn.test/2026\n")
    for path in ("/uitwisselingen", f"/uitwisselingen/{pushed['uitwisselingId']}", "/postbus"):
        assert problem(await line.fg.get(path)) == (403, "niet-bevoegd", ())
    assert problem(await line.fg.post("/uitwisselingen", envelope(), key=fresh()))[0] == 403
    assert problem(await line.fg.post("/gezagsgegevens", gezag(), key=fresh()))[0] == 403
    assert problem(await line.try_take(only(pushed), line.fg))[0] == 403


# ── scopes

PUBLIC = {
    ("POST", "/v1/token"),
    ("GET", "/v1/gezondheid"),
    ("GET", "/v1/gereedheid"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/v1/schemas"),
    ("GET", "/v1/schemas/{versie}/{bestand}"),
}
"""Routes without a scope: everything else must name one."""


async def _declared(line: Line) -> dict[tuple[str, str], str]:
    """Scope by (method, path), as the published description says."""
    document = (await line.http.get("/v1/openapi.json")).json()
    found = {("GET", "/metrics"): Scope.BEHEER.value}  # outside the API, so not in its document
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            if isinstance(told, dict) and told.get("security"):
                ((scopes,),) = [tuple(s.values()) for s in told["security"]]
                (scope,) = scopes
                found[method.upper(), f"/v1{path.removeprefix('/v1')}"] = scope
    return found


@story("memory", **SANDBOX)
async def test_every_route_declares_its_scope_or_is_public(line: Line) -> None:
    """A new route without a scope fails here; so does one that is public but not meant to be."""
    declared = await _declared(line)
    assert line.routes() == PUBLIC | declared.keys()
    assert set(declared.values()) == {s.value for s in Scope}


@story("memory", **SANDBOX)
async def test_every_scope_is_enforced(line: Line) -> None:
    """Per route: no token 401, a token with every other scope 403, one with that scope alone goes further."""
    every = [s.value for s in Scope]
    callers = await _clients(
        line, {s: [s] for s in every} | {f"zonder {s}": [o for o in every if o != s] for s in every}
    )
    before = await line.everything()
    for (method, path), scope in (await _declared(line)).items():
        url = re.sub(r"\{[^}]+\}", NOWHERE, path)
        for who, status in (("", 401), (f"zonder {scope}", 403), (scope, None)):
            headers = {"Authorization": f"Bearer {callers[who].token}"} if who else {}
            answer = await line.http.request(method, url, headers=headers)
            if status is None:
                assert answer.status_code not in (401, 403, 500), (method, path)
            else:
                assert problem(answer)[0] == status, (method, path, who)
                assert (answer.status_code == 401) == ("www-authenticate" in answer.headers)
    assert await line.everything() == before


async def _clients(line: Line, scopes: dict[str, list[str]]) -> dict[str, Caller]:
    """One client per name, all of a partij of their own."""
    callers = {
        name: Caller(line.http, "agb:99999909", f"systeem-{i}", es256()) for i, name in enumerate(scopes)
    }
    partij = {
        "id": "agb:99999909",
        "soort": "jeugdhulpaanbieder",
        "naam": "Met veel systemen (fictief)",
        "clients": [
            {"clientId": c.client_id, "scopes": scopes[name], "sleutels": [public_jwk(c.key)]}
            for name, c in callers.items()
        ],
    }
    old = await line.world.storage.register()
    new = Register(old.version, {**old.partijen, str(partij["id"]): json.dumps(partij)}, old.profielen)
    await line.apply(new)
    for caller in callers.values():
        await caller.sign_in()
    return callers


@story("memory")
async def test_a_partij_that_left_can_do_nothing_more(line: Line) -> None:
    """Out of the register: its token is refused, and what waits for it is not given."""
    leerling, pushed, _ = await line.permitted()
    old = await line.world.storage.register()
    left = {p: text for p, text in old.partijen.items() if p == SCHOOL}
    await line.apply(Register(old.version, left))
    assert (await line.try_take(only(pushed))).status_code == 401
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    recorded(await line.school.post("/gezagsgegevens", gezag(personen=same), key=fresh()))


@story("memory")
async def test_the_name_of_an_action_is_not_taken_for_an_id(line: Line) -> None:
    """What the document does not describe on a path is 405 with what it does, also where an id may stand."""
    paths = api_document()["paths"]
    asked = 0
    for path, item in paths.items():
        for method in ("get", "post", "put", "delete", "patch"):
            if method in item or "_" not in path.rpartition("/")[2]:
                continue
            address = re.sub(r"\{\w+\}", "0" * 32, path)
            answer = await line.school.http.request(
                method, f"/v1{address}", headers=line.school.headers(None, None)
            )
            assert answer.status_code == 405, (method, path)
            assert answer.headers["allow"] == ", ".join(sorted(m.upper() for m in item)), path
            asked += 1
    assert asked > 20
