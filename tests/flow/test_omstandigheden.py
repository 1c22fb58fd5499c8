"""What a sender states of one flow because a rule of it asks that, and a flow of which no rule speaks."""

from __future__ import annotations

import json
import re
from typing import Final

from tests.conftest import ROOT
from tests.flow.test_afwegingen import GI, push, with_a_gi
from tests.line import Json, Line, codes, fine, fresh, only, problem, recorded, story


def shown(leerling: Json) -> Json:
    """The body on the page, with something real for what it leaves open."""
    page = (ROOT / "docs" / "stromen.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    found: Json = json.loads(text.replace("sha256:…", "sha256:" + "4" * 64))
    return found | {"leerlingId": leerling["leerlingId"]}


BORN: Final = "2017-03-14"


@story()
async def test_what_a_rule_asks_is_stated_and_then_it_goes(line: Line) -> None:
    """It waits for a fact, which is asked of the sender alone; with it the duty of the rule holds."""
    await with_a_gi(line)
    leerling = await line.gezag(geboortedatum=BORN)
    sent = await push(line, GI)
    held = await line.levering(sent)
    assert (held["status"], "PREDICATE_UNKNOWN" in codes(held)) == ("aangehouden", True)
    (taak,) = fine(await line.school.get("/taken"))["taken"]
    assert (taak["soort"], taak.get("personen")) == ("grond_aanvullen", None), taak
    assert await line.postbus(line.other_helper) == []

    given = recorded(await line.school.post("/omstandigheden", shown(leerling), key=fresh()))
    view = await line.levering(sent)
    assert (view["status"], "RULE_DUTY" in codes(view)) == ("klaar", True)
    await line.take(only(sent), line.other_helper)
    told = [t for t in fine(await line.school.get("/taken"))["taken"] if t["soort"] == "ouders_informeren"]
    assert [t["uiterlijk"] for t in told] == ["2026-11-29T23:00:00.000Z"], "nobody named a day"
    listed = fine(await line.school.get(f"/leerlingen/{leerling['leerlingId']}/omstandigheden"))
    assert [o["id"] for o in listed["omstandigheden"]] == [given["id"]]

    stated, *_ = [e for e in await line.ledger() if e["soort"] == "circumstance.stated"]
    assert (stated["feit"], stated["ontvanger"]) == (given["id"], GI["partij"])
    assert "noodzaak" not in json.dumps(stated)
    decided = [e for e in await line.ledger() if e["soort"] == "exchange.release_intent"]
    assert decided[0]["regels"] == ["V38@1"]
    assert decided[0]["groundIds"] == [given["id"]]


@story("memory")
async def test_what_says_nothing_is_refused(line: Line) -> None:
    """With its place, and nothing is recorded."""
    await with_a_gi(line)
    leerling = await line.gezag(geboortedatum=BORN)
    before = await line.everything()
    wrong: dict[str, Json] = {
        "omstandigheid.leeg": {"wel": []},
        "omstandigheid.beide": {"niet": ["gevraagd"]},
        "omstandigheid.noodzaak": {"noodzaakHash": None},
        "datum.volgorde": {"geldigTotEnMet": "2026-11-01"},
        "ontvanger.onbekend": {"ontvanger": {"partij": "agb:99999999", "rol": "jeugdbeschermer"}},
    }
    for code, change in wrong.items():
        refused = await line.school.post("/omstandigheden", shown(leerling) | change, key=fresh())
        assert (refused.status_code, [f["code"] for f in refused.json()["fouten"]]) == (400, [code])
    told = shown(leerling) | {"informeren": {"wanneer": "uitgesteld", "op": "2026-12-01"}}
    assert problem(await line.school.post("/omstandigheden", told, key=fresh()))[0] == 400
    assert await line.everything() == before


@story("memory")
async def test_who_would_receive_learns_nothing_of_a_hold_without_a_rule(line: Line) -> None:
    """Not in his postbus, not in his taken, and not from what he asks by its id."""
    await with_a_gi(line)
    await line.gezag(geboortedatum=BORN)
    gi = line.other_helper
    empty = [(await gi.get(path)).json() for path in ("/postbus", "/taken", "/postbus/intrekkingen")]
    sent = await push(line, GI)
    assert await line.status(sent) == "aangehouden"
    assert [(await gi.get(p)).json() for p in ("/postbus", "/taken", "/postbus/intrekkingen")] == empty
    unknown = "0" * 32
    for path in ("/leveringen/{}", "/leveringen/{}/uitleg", "/leveringen/{}/geschiedenis"):
        mine, other = [await gi.get(path.format(i)) for i in (only(sent), unknown)]
        assert (mine.status_code, mine.json().get("title")) == (other.status_code, other.json().get("title"))
    assert (await line.try_take(only(sent), gi)).status_code == 404
